"""Tables of people and enrolments: tried, taken, undone, given out; bad ones refused, nothing half-done."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from functions.register.domain.tables import PERSONS
from functions.register.store.people import find_card
from functions.register.store.tables import KINDS, TableJobItem
from infra.local.cloud import Cloud
from skolkit import jobs
from skolkit.clock import today
from skolkit.protected import DataKeyItem
from skolkit.tables import bucket, intake
from skolkit.tables.columns import template
from skolkit.tables.formats import Format, read_table, write_table
from skolkit.types import PersonId, new_id
from tests.support.areas import audit_rows, call, deliver, outbox
from tests.support.stored import stored
from tests.support.tables import KEPT, Clerk, Town, files, job_of, protect
from tests.support.town import HERE, MARGARETA, THERE, id_of, number, unit_of
from tests.support.world import drop


def registered() -> dict[tuple[str, str, str], Any]:
    """What the register says, without jobs, traces and times."""
    noise = ("JOB#", "OUTBOX#", "ONCE#", "UPLOAD#", "MAPPING", "IMPORT#", "TABLES", "TOMBSTONE#")
    return {
        key: {n: v for n, v in item.items() if n not in {"version", "modified", "feed_pk", "feed_sk"}}
        for key, item in stored().items()
        if key[0] == "skolkit-register" and not key[1].startswith(noise)
    }


def names() -> set[str]:
    return {item["given_name"]["S"] for item in registered().values() if "given_name" in item}


def counts(job: dict[str, Any]) -> tuple[int, ...]:
    return tuple(job["outcome"][n] for n in ("created", "changed", "unchanged", "refused"))


PEOPLE = ["Personnummer", "Förnamn", "Efternamn", "E-post", "Vårdnadshavare 1"]


def test_a_table_is_tried_taken_and_undone(town: Town) -> None:
    before, clerk = registered(), town.clerk
    upload = clerk.send(
        "persons",
        [
            PEOPLE,
            [number(980), "Nya", "Provsson", "nya@example.org", MARGARETA],
            [MARGARETA, "", "von Essen-Ny", "", ""],
        ],
    )  # fmt: skip
    path = {"upload": upload}
    tried = clerk.ask("try_table", path, {})
    assert (tried["state"], counts(tried)) == ("done", (1, 1, 0, 0)), tried
    assert registered() == before
    report = {line[:6] for line in clerk.file(tried, "report.csv")}
    assert ("3", "ändrad", id_of("Margareta"), "Efternamn", "Vuxen", "von Essen-Ny") in report
    assert clerk.rows(tried)[1] == {
        "line": 3, "outcome": "changed", "about": id_of("Margareta"), "fields": ["familyName"], "faults": [],
        "formulas": [],
    }  # fmt: skip
    assert "Essen" not in str(clerk.rows(tried))

    taken = clerk.ask("import_table", path, {})
    (new,) = [row["about"] for row in clerk.rows(taken) if row["outcome"] == "created"]
    assert new == clerk.rows(tried)[0]["about"]
    card = find_card(PersonId(new))
    assert card
    assert card.guardians(today()) == {id_of("Margareta")}
    assert [trace["actor"] for trace in audit_rows(new)] == [clerk.person]
    assert counts(clerk.ask("import_table", path, {})) == (0, 0, 2, 0)

    undone = clerk.undo(taken)
    assert (undone["outcome"]["restored"], undone["outcome"]["kept"]) == (2, 0), undone
    assert registered() == before


def test_an_undoing_keeps_and_names_what_has_been_changed_since(town: Town) -> None:
    lines = [["Id", "Förnamn"], [id_of("Asa"), "Asta"], [id_of("Ella"), "Ellen"]]
    taken = town.clerk.take("persons", lines)
    town.clerk.take("persons", [["Id", "Efternamn"], [id_of("Ella"), "Senare"]])
    undone = town.clerk.undo(taken)
    assert (undone["outcome"]["restored"], undone["outcome"]["kept"]) == (1, 1), undone
    assert town.clerk.file(undone, "report.csv")[1:] == [("3", id_of("Ella"), KEPT)]
    assert {"Asa", "Ellen"} < names()


def test_a_new_person_somebody_has_worked_on_stays(town: Town) -> None:
    made = town.clerk.take("persons", [PEOPLE, [number(980), "Nya", "Provsson", "", ""]])
    new = town.clerk.rows(made)[0]["about"]
    head = ["Id", "Skolenhet", "Skolform", "Årskurs", "Startdatum"]
    enrolled = town.clerk.take("enrolments", [head, [new, HERE, "GR", "3", "2026-08-18"]])
    assert town.clerk.outcomes(enrolled) == ["created"]
    assert town.clerk.undo(made)["outcome"]["kept"] == 1
    assert find_card(PersonId(new))


HEAD = ["Id", "Skolenhet", "Skolform", "Årskurs", "Startdatum", "Slutdatum"]


def test_enrolments_are_judged_as_over_http_and_told(town: Town) -> None:
    fritids = [id_of("Asa"), HERE, "FTH", "", "2026-08-18", ""]
    other = [id_of("Asa"), THERE, "GR", "4", "2026-09-01", ""]
    early = [id_of("Ella"), HERE, "FTH", "", "2015-08-18", ""]
    nowhere = [id_of("Ella"), "99990033", "FTH", "", "2026-08-18", ""]
    nobody = [new_id(), HERE, "GR", "3", "2026-08-18", ""]
    xlsx = write_table([HEAD, fritids, other, early, nowhere, nobody, other], "xlsx")
    taken = town.clerk.take("enrolments", xlsx, "xlsx")
    assert town.clerk.outcomes(taken) == ["created", *["refused"] * 5]
    assert town.clerk.reasons(taken) == [
        "Eleven är redan inskriven i en obligatorisk skolform under en del av tiden.",
        "Startdatum ligger före födelsen.",
        "Skolenheten finns inte i registret.",
        "Personen finns inte i registret.",
        "Samma som rad 3.",
    ]
    refused = town.clerk.file(taken, "refused.csv")
    assert refused[0] == (*HEAD, "rad", "orsak", "råd")
    assert refused[1][:5] == tuple(other[:5])
    told = [e["data"]["pupil"] for e in outbox("register") if e["type"] == "register.PupilEnrolled.v1"]
    assert told == [id_of("Asa")]


def test_a_file_ends_one_enrolment_and_begins_the_next(town: Town) -> None:
    end = [id_of("Asa"), HERE, "GR", "", "2026-08-18", "2026-12-31"]
    begin = [id_of("Asa"), THERE, "GR", "3", "2027-01-01", ""]
    tried = town.clerk.trial("enrolments", [HEAD, end, begin])
    assert town.clerk.outcomes(tried) == ["changed", "created"], town.clerk.reasons(tried)
    taken = town.clerk.take("enrolments", [HEAD, end, begin])
    assert town.clerk.outcomes(taken) == ["changed", "created"]
    facts = [e["type"].split(".")[1] for e in outbox("register") if e["data"].get("pupil") == id_of("Asa")]
    assert sorted(facts) == ["EnrolmentChanged", "EnrolmentEnded", "PupilEnrolled"]
    undone = town.clerk.undo(taken)
    assert undone["outcome"] == {"restored": 2, "kept": 0, "files": ["report.csv"]}
    card = find_card(id_of("Asa"))
    assert card
    assert sorted((e.end is None, e.cancelled) for e in card.enrolments) == [(True, False), (True, True)]


def test_more_rows_of_a_pupil_than_fit_together_are_refused_whole(town: Town) -> None:
    days = ([id_of("Asa"), HERE, "FTH", "", f"2026-{n:02}-01", f"2026-{n:02}-02"] for n in range(1, 13))
    fitting = list(days)
    taken = town.clerk.take("enrolments", [HEAD, *fitting])
    assert town.clerk.outcomes(taken) == ["created"] * 12
    over = town.clerk.trial("enrolments", [HEAD, *fitting, [*fitting[0][:4], "2027-01-01", "2027-01-02"]])
    assert over["outcome"]["fault"]["reason"] == "Över 12 rader om samma."


def test_a_units_administrator_changes_only_the_units_people(town: Town) -> None:
    lines = [["Id", "Förnamn"], [id_of("Asa"), "Asta"], [id_of("Fjärran"), "Fel"], [new_id(), "Ingen"]]
    taken = town.here.take("persons", lines)
    assert town.here.outcomes(taken) == ["changed", "refused", "refused"]
    assert len(set(town.here.reasons(taken))) == 1
    assert [row["about"] for row in town.here.rows(taken)] == [id_of("Asa"), None, None]
    moved = [id_of("Fjärran"), HERE, "FTH", "", "2026-08-18", ""]
    placed = [id_of("Asa"), THERE, "FTH", "", "2026-08-18", ""]
    taken = town.here.take("enrolments", [HEAD, moved, placed])
    assert town.here.outcomes(taken) == ["refused", "refused"]
    assert "Fel" not in names()


def test_rows_of_a_file_may_name_each_other_and_are_not_each_other(town: Town) -> None:
    """Twins with a parent, all new; the trial says what the import does."""
    parent = number(980, "19850504")
    lines = [
        PEOPLE,
        [parent, "Ny", "Förälder", "", ""],
        [number(981), "Ett", "Tvilling", "", parent],
        [number(982), "Två", "Tvilling", "", parent],
    ]
    tried, taken = town.clerk.trial("persons", lines), town.clerk.take("persons", lines)
    assert town.clerk.outcomes(tried) == town.clerk.outcomes(taken) == ["created"] * 3
    card = find_card(PersonId(town.clerk.rows(taken)[2]["about"]))
    assert card
    assert card.guardians(today()) == {town.clerk.rows(taken)[0]["about"]}


def test_bad_rows_are_told_and_good_ones_taken(town: Town) -> None:
    lines = [
        [*PEOPLE, "Födelsedatum", "Skyddsmarkering"],
        ["19811218-9877", "Fel", "Siffra", "", "", "", ""],
        [number(981), "", "Namnlös", "", "", "", ""],
        [number(982), "Fel", "Märkning", "", "", "", "Hemlig"],
        [number(983, "19500101"), "Äldre", "Barn", "", MARGARETA, "", ""],
        [number(984), "Okänd", "Vuxen", "", number(985), "", ""],
        [number(986), "Bra", "Rad", "", "", "", ""],
        [f"{number(986)[:8]}-{number(986)[8:]}", "Samma", "Nummer", "", "", "", ""],
        ["", "Ingen", "Alls", "", "", "", ""],
        [number(987, "20170203"), "Asa", "Nästan", "", "", "", ""],
        [number(988), "=1+1", "Formel", "", "", "", ""],
    ]
    content = "\r\n".join(";".join(line) for line in lines).encode()
    taken = town.clerk.take("persons", content)
    expected = [*["refused"] * 5, "created", *["refused"] * 4]
    assert town.clerk.outcomes(taken) == expected, town.clerk.reasons(taken)
    told = str(town.clerk.rows(taken))
    assert "Siffra" not in told
    assert "19811218" not in told
    reasons = town.clerk.reasons(taken)
    assert reasons[3] == "Den ansvariga är inte äldre än barnet."
    assert reasons[-2:] == ["Personen finns troligen redan i registret.", "Formeln har inget värde."]
    assert "Bra" in names()
    assert not names() & {"Fel", "Äldre", "Okänd", "Samma", "Ingen"}


def test_two_records_are_never_given_one_number(town: Town) -> None:
    lines = [["Id", "Personnummer"], [id_of("Asa"), MARGARETA], [id_of("Margareta"), number(980, "19811218")]]
    taken = town.clerk.take("persons", lines)
    assert town.clerk.reasons(taken) == [
        "Numret tillhör redan en annan person.", "Det görs inte med en tabell.",
    ]  # fmt: skip


def test_protection_is_neither_set_lifted_nor_seen_through_by_a_table(town: Town) -> None:
    head = ["Id", "Efternamn", "Skyddsmarkering", "Telefon"]
    hidden = [id_of("Gömd"), "Nyhemlig", "", ""]
    lines = [head, hidden, [id_of("Asa"), "", "Sekretessmarkering", ""]]
    taken = town.clerk.take("persons", lines)
    assert town.clerk.reasons(taken) == [
        "Personen finns inte i registret.", "Det görs inte med en tabell.",
    ]  # fmt: skip
    own = town.here.take("persons", [head, hidden])
    assert town.here.outcomes(own) == ["changed"]
    assert "hemlig" not in str(town.here.file(own, "report.csv")).casefold()
    sealed = [head, [id_of("Gömd"), "", "", "070-174 06 05"], [id_of("Gömd"), "", "Ingen", ""]]
    assert town.here.outcomes(town.here.take("persons", sealed)) == ["refused", "refused"]
    by_number = [["Personnummer", "Förnamn", "Efternamn", "Skyddsmarkering", "Telefon"]]
    by_number += [[number(980), "Ny", "Dold", "Sekretessmarkering", "070-174 06 05"]]
    made = town.clerk.take("persons", by_number)
    new = town.clerk.rows(made)[0]["about"]
    contact = stored()["skolkit-register", f"PERSON#{new}", "CONTACT"]
    assert "phone" not in contact
    assert contact["sealed_reach"]
    assert list(DataKeyItem.query(f"PERSON#{new}", consistent_read=True))
    assert town.clerk.undo(made)["outcome"]["restored"] == 1
    assert list(DataKeyItem.query(f"PERSON#{new}", consistent_read=True)) == []


def test_an_export_is_what_an_import_takes(town: Town) -> None:
    exported: dict[str, Any] = {}
    for table in ("persons", "enrolments"):
        exported = town.here.export(table, unit_of(HERE), "xlsx")
        listed = town.here.file(exported, "export.xlsx")
        assert len(listed) == 3
        again = town.here.take(table, listed, "xlsx")
        assert counts(again) == (0, 0, 2, 0), town.here.reasons(again)
    assert [t["action"] for t in audit_rows(unit_of(HERE))] == ["export_table"] * 2
    assert town.clerk.link(exported, "export.xlsx").status == 404
    assert town.here.link(exported, "report.csv").status == 404
    everybody = town.clerk.file(town.clerk.export("persons", None), "export.csv")
    assert {line[2] for line in everybody[1:]} == {"Asa", "Ella", "Fjärran"}


def test_exported_at_ten_protected_at_eleven(town: Town) -> None:
    """No file shows somebody who has become protected: exports, reports, uploads, pictures of before."""
    head = ["Id", "Efternamn", "E-post"]
    lines = [head, [id_of("Asa"), "Kanariefågel", "kanarie@example.org"], [id_of("Ella"), "Ellasson", ""]]
    taken = town.clerk.take("persons", lines)
    tried = town.clerk.trial("persons", [head, [id_of("Asa"), "Kanariefågel-Ny", "k@example.org"]])
    exports = [town.clerk.export("persons", unit_of(HERE)), town.clerk.export("enrolments", None, "xlsx")]
    far = town.clerk.export("persons", unit_of(THERE))
    shown = {name for name, text in files().items() if "anarie" in text}
    assert any("anarie" in str(before.images) for before in KINDS.befores(job_of(taken), 0, 99))
    assert any(name.startswith("exports/") for name in shown)
    protect(town, "Asa")
    assert {name: text for name, text in files().items() if "anarie" in text} == {}
    assert not any("anarie" in str(before.images) for before in KINDS.befores(job_of(taken), 0, 99))
    for job, name in ((exports[0], "export.csv"), (exports[1], "export.xlsx")):
        gone = town.clerk.link(job, name)
        assert (gone.status, gone.body["type"]) == (410, "urn:skolkit:problem:file-gone")
        assert f"exports/register/{job['id']}/{name}" not in files()
    assert town.clerk.link(far, "export.csv").status == 200
    assert "Ellasson" in str(town.clerk.file(taken, "report.csv"))
    assert id_of("Asa") in str(town.clerk.file(tried, "report.csv"))
    undone = town.clerk.undo(taken)
    assert (undone["outcome"]["restored"], undone["outcome"]["kept"]) == (1, 1)
    assert {line[0] for line in town.clerk.file(town.clerk.export("persons", None), "export.csv")[1:]} == {
        id_of("Ella"), id_of("Fjärran"),
    }  # fmt: skip


def test_a_protection_in_the_middle_of_a_job_is_in_its_files(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Set after the pupil has been read and before the file is there."""
    asked = town.clerk.call("export_table", {"table": "persons"}, body={"unit": None, "format": "csv"})
    put, done = bucket.put, list[str]()

    def late(key: str, content: bytes, *more: str) -> None:
        put(key, content, *more)
        if key.startswith("exports/") and not done:
            done.append(key)
            protect(town, "Asa")

    monkeypatch.setattr(bucket, "put", late)
    town.clerk.work(asked.body["id"])
    assert done
    shown = town.clerk.file(town.clerk.job(asked.body["id"]), "export.csv")
    assert {line[2] for line in shown[1:]} == {"Ella", "Fjärran"}


def test_a_protection_that_nobody_has_heard_of_yet_is_in_the_file(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    put = bucket.put_json

    def early(key: str, value: Any) -> None:
        put(key, value)
        if "/rows/" in key:
            protect(town, "Ella", heard=False)

    asked = town.clerk.call(
        "export_table", {"table": "persons"}, body={"unit": unit_of(HERE), "format": "csv"}
    )
    monkeypatch.setattr(bucket, "put_json", early)
    town.clerk.work(asked.body["id"])
    shown = town.clerk.file(town.clerk.job(asked.body["id"]), "export.csv")
    assert {line[2] for line in shown[1:]} == {"Asa"}


@pytest.mark.parametrize(
    "content", [b"F\x81rnamn;Id\n1;x", b"Skostorlek;Id\n41;x", b"Telefon\n1", b"\n", b"\xd0\xcf\x11\xe0"]
)
def test_an_unfit_file_changes_nothing_and_says_why(town: Town, content: bytes) -> None:
    before = registered()
    taken = town.clerk.take("persons", content)
    assert (taken["state"], taken["outcome"]["reason"]) == ("failed", "unfit-table")
    assert taken["outcome"]["fault"]["reason"]
    assert registered() == before
    assert town.clerk.call("undo_import", {"job": taken["id"]}).status == 409


def test_ones_own_headings_are_kept_for_the_next_file(town: Town) -> None:
    lines = [["Elevid", "Tilltal", "Skostorlek"], [id_of("Asa"), "Asta", "41"]]
    own = {"mapping": {"Elevid": "id", "Tilltal": "givenName", "Skostorlek": ""}}
    assert town.clerk.trial("persons", lines)["state"] == "failed"
    upload = {"upload": town.clerk.send("persons", lines)}
    assert counts(town.clerk.ask("try_table", upload, own)) == (0, 1, 0, 0)
    assert counts(town.clerk.trial("persons", lines)) == (0, 1, 0, 0)
    assert town.here.trial("persons", lines)["state"] == "failed"


def test_a_worker_that_dies_is_followed_by_one_that_goes_on(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(intake, "PIECE", 3)
    before = registered()
    lines = [PEOPLE[:3], *([number(n), f"Namn{'abcdefg'[n - 980]}", "Provsson"] for n in range(980, 987))]
    upload, real, deaths = town.clerk.send("persons", lines), bucket.put_json, list[str]()

    def dying(key: str, value: Any) -> None:
        if "/results/00001" in key and not deaths:
            deaths.append(key)
            raise OSError("gone")
        real(key, value)

    monkeypatch.setattr(bucket, "put_json", dying)
    asked = town.clerk.call("import_table", {"upload": upload}, body={})
    (fact,) = town.clerk.facts(asked.body["id"])
    assert deliver("register", "work_on_tables", fact) != []
    assert deliver("register", "work_on_tables", fact) == []
    job = town.clerk.job(asked.body["id"])
    assert (job["state"], counts(job)) == ("done", (7, 0, 0, 0)), job
    assert town.clerk.undo(job)["outcome"]["restored"] == 7
    assert registered() == before


def test_whoever_loses_the_right_before_the_job_is_done_changes_nothing(town: Town, cloud: Cloud) -> None:
    upload = town.here.send("persons", [["Id", "Förnamn"], [id_of("Asa"), "Asta"]])
    asked = town.here.call("import_table", {"upload": upload}, body={})
    ended = {"person": id_of("Här"), "unit": HERE, "role": "administrator", "startDate": "2020-08-01"}
    assert drop(cloud, "organisation/duties/end.jsonl", [ended | {"endDate": "2026-01-01"}])["failed"] == 0
    town.here.work(asked.body["id"])
    assert town.here.call("read_table_job", {"job": asked.body["id"]}).status == 404
    job = jobs.find(TableJobItem, asked.body["id"])
    assert job
    assert (job.state, job.outcome) == ("failed", {"reason": "no-longer-yours"})
    assert "Asta" not in names()


def test_templates_and_who_may(town: Town) -> None:
    formats: tuple[Format, ...] = ("csv", "xlsx")
    for format in formats:
        query = {"format": format}
        made = call("register", "read_template", town.here.person, path={"table": "persons"}, query=query)
        content = base64.b64decode(made.body["content"])
        assert next(iter(read_table(content, format))).texts[1] == "Personnummer"
    nobody = Clerk("register", id_of("Utomstående"))
    assert nobody.call("start_upload", {"table": "persons"}, body={"format": "csv"}).status == 404
    mine = town.clerk.send("persons", [["Id"], [id_of("Asa")]])
    assert town.here.call("try_table", {"upload": mine}, body={}).status == 404
    for unit in (unit_of(THERE), None):
        body = {"unit": unit, "format": "csv"}
        assert town.here.call("export_table", {"table": "persons"}, body=body).status == 404


def test_ten_thousand_bad_rows_and_a_forgotten_example_are_told(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(intake, "PIECE", 1000)
    before = registered()
    example = next(iter(list(read_table(template(PERSONS, "csv"), "csv"))[1:])).texts
    bad = (["", f"{n}", "Fel", "", "Rad"] for n in range(10_000))
    taken = town.clerk.take("persons", [[c.sv for c in PERSONS], example, *bad])
    assert (taken["state"], counts(taken), taken["done"]) == ("done", (0, 0, 0, 10_001), 10_001)
    assert len(town.clerk.file(taken, "refused.csv")) == 10_002
    assert registered() == before

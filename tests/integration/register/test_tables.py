"""Tables of people and enrolments: tried, taken, undone, given out; bad ones refused, nothing half-done."""

from __future__ import annotations

import base64
from collections.abc import Iterable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from functions.register.imports.tables import PERSONS
from functions.register.store.people import find_card
from infra.local.cloud import Cloud
from skolkit import files, table_jobs
from skolkit.clock import today
from skolkit.sweden.codes import check_digit
from skolkit.table_files import Format, read_table, template, write_table
from skolkit.types import PersonId, new_id
from tests.integration.register.test_search import HERE, id_of, pupil, row, take, town, unit_of
from tests.support.areas import IMPORTS_BUCKET, Answer, audit_rows, call, deliver, outbox
from tests.support.schools import stored

__all__ = ["town"]
ADMIN = "Cityadmin"


def number(serial: int, day: str = "20160504") -> str:
    nine = f"{day[2:]}{serial:03}"
    return f"{day}{serial:03}{check_digit(nine)}"


def send(cloud: Cloud, table: str, content: bytes | Iterable[Iterable[str]], format: str = "csv") -> str:
    """Upload a file as the form would; the upload's id."""
    made = call("register", "start_upload", id_of(ADMIN), body={"table": table, "format": format})
    assert made.status == 201, made.body
    assert made.body["fields"]["key"].endswith(f"{made.body['id']}/upload.{format}")
    if not isinstance(content, bytes):
        content = write_table([list(line) for line in content], format)  # type: ignore[arg-type]
    cloud.client("s3").put_object(Bucket=IMPORTS_BUCKET, Key=made.body["fields"]["key"], Body=content)
    return str(made.body["id"])


def ask(name: str, path: dict[str, str] | None = None, who: str = ADMIN, **body: Any) -> dict[str, Any]:
    """Ask for a job, let it be done, and what came of it."""
    asked = call(
        "register", name, id_of(who), path=path or {}, body=None if name == "undo_import" else body,
        headers={"idempotency-key": new_id()},
    )  # fmt: skip
    assert asked.status == 202, asked.body
    fact = [e for e in outbox("register") if e["data"].get("job") == asked.body["id"]]
    assert deliver("register", "work_on_tables", fact[0]) == []
    assert deliver("register", "work_on_tables", fact[0]) == []  # as the queue may
    ended = call("register", "read_table_job", id_of(who), path={"job": asked.body["id"]})
    assert ended.status == 200
    body_: dict[str, Any] = ended.body
    return body_


def rows(job: dict[str, Any], who: str = ADMIN) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    cursor: dict[str, Any] = {}
    while True:
        page = call("register", "list_table_rows", id_of(who), path={"job": job["id"]}, query=cursor)
        assert page.status == 200, page.body
        found += page.body["data"]
        if not page.body["cursor"]:
            return found
        cursor = {"cursor": page.body["cursor"]}


def link(job: dict[str, Any], name: str, who: str = ADMIN) -> Answer:
    path, query = {"job": job["id"]}, {"name": name}
    return call("register", "link_table_file", id_of(who), path=path, query=query)


def file(cloud: Cloud, job: dict[str, Any], name: str, who: str = ADMIN) -> list[tuple[str, ...]]:
    answer = link(job, name, who)
    assert answer.status == 200, answer.body
    url = urlsplit(answer.body["url"])
    assert parse_qs(url.query)["X-Amz-Expires"] == ["300"]
    key = url.path.partition(f"{IMPORTS_BUCKET}/")[2] or url.path.lstrip("/")
    content = cloud.client("s3").get_object(Bucket=IMPORTS_BUCKET, Key=key)["Body"].read()
    return [line.texts for line in read_table(content, name.rpartition(".")[2])]  # type: ignore[arg-type]


PEOPLE = ["Personnummer", "Förnamn", "Efternamn", "E-post", "Vårdnadshavare 1"]


def test_a_table_is_tried_taken_and_undone(town: Cloud) -> None:
    before = registered()
    upload = send(
        town, "persons",
        [
            PEOPLE,
            [number(980), "Nya", "Provsson", "nya@example.org", "19811218-9876"],
            ["19811218-9876", "Margareta", "von Essen-Ny", "", ""],
        ],
    )  # fmt: skip
    path = {"upload": upload}
    tried = ask("try_table", path)
    assert tried["state"] == "done", tried
    assert {n: tried["outcome"][n] for n in ("created", "changed", "unchanged", "refused")} == {
        "created": 1, "changed": 1, "unchanged": 0, "refused": 0,
    }  # fmt: skip
    assert registered() == before
    report = file(town, tried, "report.csv")
    assert ("3", "ändrad", id_of("Margareta"), "Efternamn", "von Essen", "von Essen-Ny") in {
        line[:6] for line in report
    }
    told = {row["line"]: row for row in rows(tried)}
    assert told[3] == {
        "line": 3, "outcome": "changed", "person": id_of("Margareta"), "fields": ["familyName"], "faults": [],
    }  # fmt: skip
    assert "Essen" not in str(told)

    taken = ask("import_table", path)
    (new,) = [row["person"] for row in rows(taken) if row["outcome"] == "created"]
    card = find_card(PersonId(new))
    assert card
    assert card.guardians(today()) == {id_of("Margareta")}
    assert found_by("essen-ny") == {"Margareta", "Nya"} - {"Nya"}
    again = ask("import_table", path)
    assert again["outcome"]["unchanged"] == 2, again

    undone = ask("undo_import", {"job": taken["id"]})
    assert undone["outcome"]["restored"] == 2, undone
    assert registered() == before


def found_by(name: str) -> set[str]:
    answer = call("register", "search_people", id_of(ADMIN), body={"name": name})
    return {person["givenName"] for person in answer.body["data"]}


def registered() -> dict[tuple[str, str, str], Any]:
    """What the register says, without jobs, traces and times."""
    noise = ("JOB#", "OUTBOX#", "ONCE#", "UPLOAD#", "MAPPING", "IMPORT#", "ABOUT#")
    return {
        key: {n: v for n, v in item.items() if n not in {"version", "modified", "feed_pk", "feed_sk"}}
        for key, item in stored().items()
        if key[0] == "skolkit-register" and not key[1].startswith(noise)
    }


def test_an_undoing_keeps_what_has_been_changed_since(town: Cloud) -> None:
    lines = [["Id", "Förnamn"], [id_of("Asa"), "Asta"], [id_of("Asal"), "Asala"]]
    taken = ask("import_table", {"upload": send(town, "persons", lines)})
    assert taken["outcome"]["changed"] == 2
    take(town, pupil("Asal", "Senare", "99990025", "Margareta"))
    undone = ask("undo_import", {"job": taken["id"]})
    assert {k: undone["outcome"][k] for k in ("restored", "kept")} == {"restored": 1, "kept": 1}
    assert file(town, undone, "report.csv")[1:] == [("3", id_of("Asal"), "ändrad sedan dess")]
    first, second = find_card(id_of("Asa")), find_card(id_of("Asal"))
    assert first
    assert second
    assert (first.given_name, second.family_name) == ("Asa", "Senare")


def test_enrolments_are_added_beside_those_there_are(town: Cloud) -> None:
    head = ["Id", "Skolenhet", "Skolform", "Årskurs", "Startdatum", "Slutdatum"]
    fritids = [id_of("Åsa"), HERE, "FTH", "", "2026-08-18", ""]
    other = [id_of("Asa"), "99990025", "GR", "4", "2026-09-01", ""]
    early = [id_of("Asal"), HERE, "FTH", "", "2015-08-18", ""]
    nowhere = [id_of("Asal"), "99990033", "FTH", "", "2026-08-18", ""]
    nobody = [new_id(), HERE, "GR", "3", "2026-08-18", ""]
    xlsx = write_table([head, [*fritids[:4], "2026-08-19", ""], other, early, nowhere, nobody, other], "xlsx")
    taken = ask("import_table", {"upload": send(town, "enrolments", xlsx, "xlsx")})
    assert [row["outcome"] for row in rows(taken)] == ["created", *["refused"] * 5]
    reasons = [row["faults"][0]["reason"] for row in rows(taken)[1:]]
    assert reasons == [
        "Eleven är redan inskriven i en obligatorisk skolform under en del av tiden.",
        "Startdatum ligger före födelsen.",
        "Skolenheten finns inte i registret.",
        "Personen finns inte i registret.",
        "Samma som rad 3.",
    ]
    refused = file(town, taken, "refused.csv")
    assert refused[0] == (*head, "rad", "orsak", "råd")
    assert refused[1][:5] == tuple(other[:5])
    card = find_card(id_of("Åsa"))
    assert card
    assert len(card.enrolments) == 2


def test_bad_rows_are_told_and_good_ones_taken(town: Cloud) -> None:
    lines = [
        [*PEOPLE, "Skyddsmarkering"],
        ["19811218-9877", "Fel", "Siffra", "", "", ""],
        [number(981), "", "Namnlös", "", "", ""],
        [number(982), "Fel", "Märkning", "", "", "Hemlig"],
        [number(983, "19500101"), "Äldre", "Barn", "", "19811218-9876", ""],
        [number(984), "Okänd", "Vuxen", "", number(985), ""],
        [number(986), "Bra", "Rad", "", "", ""],
        [f"{number(986)[:8]}-{number(986)[8:]}", "Samma", "Nummer", "", "", ""],
        ["", "Ingen", "Alls", "", "", ""],
    ]
    taken = ask("import_table", {"upload": send(town, "persons", lines)})
    assert [row["outcome"] for row in rows(taken)] == [*["refused"] * 5, "created", *["refused"] * 2]
    told = str(rows(taken))
    assert "Siffra" not in told
    assert "19811218" not in told
    assert found_by("rad") == {"Bra"}


def test_a_protected_person_is_neither_shown_nor_opened_by_a_table(town: Cloud) -> None:
    lines = [["Id", "Efternamn", "Skyddsmarkering", "Telefon"]]
    lines += [[id_of("Hemlig"), "Nyhemlig", "", "070-174 06 05"], [id_of("Gömd"), "", "Ingen", ""]]
    lines += [[id_of("Asa"), "", "Sekretessmarkering", "070-174 06 05"]]
    taken = ask("import_table", {"upload": send(town, "persons", lines)})
    assert [row["outcome"] for row in rows(taken)] == ["changed", "refused", "changed"]
    assert "hemlig" not in str(file(town, taken, "report.csv")).casefold()
    assert found_by("asa") == {"Åsa", "Asal"}
    contact = next(v for k, v in stored().items() if k[1].endswith(id_of("Asa")) and k[2] == "CONTACT")
    assert "phone" not in contact
    assert contact["sealed_reach"]
    exported = ask("export_table", unit=unit_of(HERE), table="persons", who="Unitadmin")
    listed = file(town, exported, "export.csv", "Unitadmin")
    assert [line[2] for line in listed[1:]] == ["Åsa"]
    undone = ask("undo_import", {"job": taken["id"]})
    assert undone["outcome"]["restored"] == 2
    assert found_by("asa") == {"Asa", "Åsa", "Asal"}


def test_an_export_is_what_an_import_takes(town: Cloud) -> None:
    exported: dict[str, Any] = {}
    for table in ("persons", "enrolments"):
        exported = ask("export_table", unit=unit_of(HERE), table=table, format="xlsx", who="Unitadmin")
        listed = file(town, exported, "export.xlsx", "Unitadmin")
        assert len(listed) == 3
        again = ask("import_table", {"upload": send(town, table, listed, "xlsx")})
        assert again["outcome"]["unchanged"] == 2, rows(again)
    assert [t["action"] for t in audit_rows(unit_of(HERE))] == ["export_table"] * 2
    assert link(exported, "export.xlsx").status == 404
    assert link(exported, "report.csv", "Unitadmin").status == 404


@pytest.mark.parametrize(
    "content",
    ["Förnamn;Id\nÅsa;x".encode("latin-1"), b"Skostorlek;Id\n41;x", b"Telefon\n1", b"", b"\xd0\xcf\x11\xe0"],
)
def test_an_unfit_file_changes_nothing_and_says_why(town: Cloud, content: bytes) -> None:
    before = registered()
    taken = ask("import_table", {"upload": send(town, "persons", content or b"\n")})
    assert taken["state"] == "failed"
    assert taken["outcome"]["fault"]["reason"]
    assert taken["outcome"]["reason"] == "unfit-table"
    assert registered() == before
    undo = call(
        "register", "undo_import", id_of(ADMIN), path={"job": taken["id"]},
        headers={"idempotency-key": new_id()},
    )  # fmt: skip
    assert undo.status == 409


def test_the_municipalitys_own_headings_are_kept(town: Cloud) -> None:
    lines = [["Elevid", "Tilltal", "Skostorlek"], [id_of("Asa"), "Asta", "41"]]
    own = {"Elevid": "id", "Tilltal": "givenName", "Skostorlek": ""}
    assert ask("try_table", {"upload": send(town, "persons", lines)})["state"] == "failed"
    assert ask("try_table", {"upload": send(town, "persons", lines)}, mapping=own)["outcome"]["changed"] == 1
    assert ask("try_table", {"upload": send(town, "persons", lines)})["outcome"]["changed"] == 1


def test_a_worker_that_dies_is_followed_by_one_that_goes_on(
    town: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(table_jobs, "PIECE", 2)
    before = registered()
    lines = [["Personnummer", "Förnamn", "Efternamn"]]
    lines += [[number(n), f"Namn{'abcdefg'[n - 980]}", "Provsson"] for n in range(980, 987)]
    upload, real, saves = send(town, "persons", lines), files.put_json, list[str]()

    def dying(key: str, value: Any) -> None:
        if "/results/00001" in key and not saves:
            saves.append(key)
            raise OSError("gone")
        real(key, value)

    monkeypatch.setattr(files, "put_json", dying)
    asked = call(
        "register", "import_table", id_of(ADMIN), path={"upload": upload}, body={},
        headers={"idempotency-key": new_id()},
    )  # fmt: skip
    (fact,) = [e for e in outbox("register") if e["data"].get("job") == asked.body["id"]]
    assert deliver("register", "work_on_tables", fact) != []
    assert deliver("register", "work_on_tables", fact) == []
    job = call("register", "read_table_job", id_of(ADMIN), path={"job": asked.body["id"]}).body
    assert (job["state"], job["outcome"]["created"]) == ("done", 7), job
    undone = ask("undo_import", {"job": job["id"]})
    assert undone["outcome"]["restored"] == 7, undone
    assert registered() == before


def test_templates_and_who_may(town: Cloud) -> None:
    formats: tuple[Format, ...] = ("csv", "xlsx")
    for format in formats:
        made = call(
            "register", "read_template", id_of(ADMIN), path={"table": "persons"}, query={"format": format}
        )
        content = base64.b64decode(made.body["content"])
        assert next(iter(read_table(content, format))).texts[1] == "Personnummer"
    for who in ("Unitadmin", "Margareta"):
        upload = call("register", "start_upload", id_of(who), body={"table": "persons", "format": "csv"})
        assert upload.status == 404
    take(town, row("Annan", "Chef"))
    mine = send(town, "persons", [["Id"], [id_of("Asa")]])
    refused = call(
        "register", "try_table", id_of("Unitadmin"), path={"upload": mine}, body={},
        headers={"idempotency-key": new_id()},
    )  # fmt: skip
    assert refused.status == 404


def test_ten_thousand_bad_rows_and_a_forgotten_example_are_told(
    town: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(table_jobs, "PIECE", 1000)
    before = registered()
    example = next(iter(list(read_table(template(PERSONS.columns, "csv"), "csv"))[1:])).texts
    lines = [
        [c.sv for c in PERSONS.columns],
        example,
        *(["", f"{n}", "Fel", "", "Rad"] for n in range(10_000)),
    ]
    taken = ask("import_table", {"upload": send(town, "persons", lines)})
    assert (taken["state"], taken["outcome"]["refused"], taken["done"]) == ("done", 10_001, 10_001)
    assert len(file(town, taken, "refused.csv")) == 10_002
    assert registered() == before

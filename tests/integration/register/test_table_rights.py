"""Tables and who may: what is undone, what rows reveal, what is withdrawn when somebody becomes protected."""

from __future__ import annotations

from typing import Any

import pytest

from functions.register.store.people import find_card
from functions.register.store.tables import KINDS
from infra.local.cloud import Cloud
from skolkit.tables import bucket, intake
from skolkit.types import new_id
from tests.support.areas import audit_rows
from tests.support.tables import Town, files, job_of, protect
from tests.support.town import HERE, MARGARETA, THERE, id_of, number
from tests.support.world import drop

HEAD = ["Id", "Skolenhet", "Skolform", "Årskurs", "Startdatum", "Slutdatum"]
UNKNOWN = "Personen finns inte i registret."


def enrolments(name: str) -> list[tuple[str, bool]]:
    card = find_card(id_of(name))
    assert card
    return sorted((str(e.end), e.cancelled) for e in card.enrolments)


def named(bird: str) -> list[list[str]]:
    """A table that names Asa."""
    return [["Id", "Efternamn"], [id_of("Asa"), bird]]


def showing(bird: str) -> list[str]:
    """The files that show it."""
    return [name for name, text in files().items() if bird in text]


def test_whoever_has_lost_a_pupil_puts_nothing_of_theirs_back(town: Town) -> None:
    renamed = town.here.take("persons", [["Id", "Förnamn"], [id_of("Asa"), "Asta"]])
    ended = town.here.take("enrolments", [HEAD, [id_of("Ella"), HERE, "GR", "", "2026-08-18", "2026-11-01"]])
    moved = [
        [id_of("Asa"), HERE, "GR", "", "2026-08-18", "2026-11-01"],
        [id_of("Asa"), THERE, "GR", "3", "2026-11-02", ""],
        [id_of("Ella"), THERE, "GR", "3", "2026-11-02", ""],
    ]
    assert town.clerk.outcomes(town.clerk.take("enrolments", [HEAD, *moved])) == [
        "changed", "created", "created",
    ]  # fmt: skip
    for job in (renamed, ended):
        undone = town.here.undo(job)
        assert (undone["outcome"]["restored"], undone["outcome"]["kept"]) == (0, 1)
    card = find_card(id_of("Asa"))
    assert card
    assert card.given_name == "Asta"
    # The municipality may, but a pupil is at one school at a time.
    again = town.clerk.take("enrolments", [HEAD, [id_of("Ella"), HERE, "GR", "", "2026-08-18", "2026-10-01"]])
    town.clerk.take("enrolments", [HEAD, [id_of("Ella"), HERE, "GR", "3", "2026-10-02", "2026-11-01"]])
    before = enrolments("Ella")
    assert town.clerk.undo(again)["outcome"]["kept"] == 1
    assert enrolments("Ella") == before


def test_an_enrolment_of_somebody_protected_since_stays(town: Town) -> None:
    taken = town.here.take("enrolments", [HEAD, [id_of("Asa"), HERE, "FTH", "", "2026-08-18", ""]])
    protect(town, "Asa", heard=False)
    assert town.here.undo(taken)["outcome"]["kept"] == 1


def test_what_came_of_a_file_is_theirs_who_still_have_all_of_its_units(town: Town, cloud: Cloud) -> None:
    both = {"person": id_of("Här"), "unit": THERE, "role": "administrator", "startDate": "2020-08-01"}
    assert drop(cloud, "organisation/duties/both.jsonl", [both])["failed"] == 0
    taken = town.here.take("persons", named("Talgoxe"))
    assert town.here.link(taken, "report.csv").status == 200
    ended = [both | {"endDate": "2026-01-01"}]
    assert drop(cloud, "organisation/duties/both.jsonl", ended)["failed"] == 0
    path = {"job": taken["id"]}
    assert town.here.link(taken, "report.csv").status == 404
    assert town.here.call("list_table_rows", path).status == 404
    assert town.here.call("undo_import", path).status == 404


def test_a_row_of_enrolments_tells_nothing_of_whom_one_may_not_see(town: Town) -> None:
    for id in (id_of("Gömd"), id_of("Asa"), new_id()):
        lines = [[id, THERE, "Okänd", "", "2026-08-18", ""], [id, THERE, "GR", "3", "2010-08-18", ""]]
        tried = town.there.trial("enrolments", [HEAD, *lines])
        assert town.there.reasons(tried) == [UNKNOWN, UNKNOWN]
        assert {row["about"] for row in town.there.rows(tried)} == {None}


def test_a_protection_in_the_middle_of_a_piece_takes_its_values(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    put, done = bucket.put_json, list[str]()

    def late(key: str, value: Any) -> None:
        if "/results/" in key and not done:
            done.append(key)
            protect(town, "Asa")
        put(key, value)

    monkeypatch.setattr(bucket, "put_json", late)
    taken = town.clerk.take("persons", [*named("Steglits"), [id_of("Ella"), "Ellasson"]])
    assert done
    assert town.clerk.outcomes(taken) == ["changed", "changed"]
    (mine,) = [b for b in KINDS.befores(job_of(taken), 0, 99) if b.about == id_of("Asa")]
    assert mine.images is None
    assert "Steglits" not in str(mine.rows)
    assert showing("Steglits") == []
    assert "Ellasson" in str(town.clerk.file(taken, "report.csv"))


def test_a_protection_that_nobody_has_heard_of_yet_is_in_the_report(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    put, done = bucket.put_json, list[str]()

    def late(key: str, value: Any) -> None:
        put(key, value)
        if "/results/" in key and not done:
            done.append(key)
            protect(town, "Asa", heard=False)

    monkeypatch.setattr(bucket, "put_json", late)
    tried = town.clerk.trial("persons", named("Grönsiska"))
    assert done
    assert "Grönsiska" not in str(town.clerk.file(tried, "report.csv"))


def test_rows_refused_unplanned_are_withdrawn_too(town: Town) -> None:
    formula = [id_of("Ella"), "Domherre", "=1+1"]
    head = ["Id", "Efternamn", "Förnamn"]
    lines = [head, [id_of("Asa"), "Domherre", ""], [id_of("Asa"), "Domherre", ""], formula]
    tried = town.clerk.trial("persons", "\r\n".join(";".join(line) for line in lines).encode())
    assert town.clerk.outcomes(tried) == ["changed", "refused", "refused"]
    assert showing("Domherre")
    protect(town, "Asa")
    protect(town, "Ella")
    assert showing("Domherre") == []


def test_a_job_that_failed_is_withdrawn_and_gets_no_report(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(*_: object) -> None:
        raise intake.UnfitTable

    with monkeypatch.context() as patched:
        patched.setattr(intake, "write_reports", failing)
        taken = town.clerk.take("persons", named("Bofink"))
    assert taken["state"] == "failed"
    assert showing("Bofink")
    protect(town, "Asa")
    assert showing("Bofink") == []
    (before,) = KINDS.befores(job_of(taken), 0, 99)
    assert before.images is None
    assert not [name for name in files() if taken["id"] in name and name.startswith("reports/")]


def test_numbers_of_others_are_told_at_a_price(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    head = ["Personnummer", "Förnamn", "Efternamn"]
    half = [[MARGARETA, "", "Ny"], [number(980), "", "Ny"]]
    tried = town.there.trial("persons", [head, *half])
    faults = [row["faults"] for row in town.there.rows(tried)]
    assert faults[0] == faults[1]
    assert audit_rows(id_of("Margareta")) == []
    whole = [head, [MARGARETA, "Någon", "Ny"]]
    tried = town.there.trial("persons", whole)
    assert town.there.reasons(tried) == ["Numret tillhör redan en annan person."]
    (trace,) = audit_rows(id_of("Margareta"))
    assert (trace["actor"], trace["action"], trace["changes"]) == (
        town.there.person, "try_table", tried["id"],
    )  # fmt: skip
    monkeypatch.setattr(intake, "MOST_MET", 0)
    failed = town.there.trial("persons", whole)
    assert (failed["state"], failed["outcome"]["reason"]) == ("failed", "meets-too-many")

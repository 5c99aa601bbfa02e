"""Tables of groups and staff: tried, taken, undone, given out; each row judged as over HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest

from functions.organisation.domain.groups import DatedGroup
from functions.organisation.imports.tables import TABLES
from functions.organisation.store.duties import records_of
from functions.organisation.store.groups import find_group
from functions.organisation.store.tables import KINDS, TableJobItem
from infra.local.cloud import Cloud
from skolkit import jobs
from skolkit.clock import today
from skolkit.identity import SCHOOL_SCOPE, Caller
from skolkit.table import BOOKKEEPING, dynamodb
from skolkit.tables.plans import Asker
from skolkit.types import GroupId, PersonId
from tests.support.areas import audit_rows, deliver, outbox
from tests.support.fixtures import lay_tables
from tests.support.stored import Undo, stored
from tests.support.tables import KEPT, Clerk, files
from tests.support.town import HERE, MARGARETA, THERE, id_of, lay_town, number, unit_of

GROUPS = ["Grupp-id", "Skolenhet", "Grupp", "Grupptyp", "Person-id", "Roll", "Startdatum", "Slutdatum"]
STAFF = ["Tjänst-id", "Person-id", "Skolenhet", "Befattning", "Startdatum", "Slutdatum", "Tjänstgöringsgrad"]
TODAY = str(today())


@dataclass(frozen=True)
class Office:
    """A clerk of the municipality and one of each unit."""

    clerk: Clerk
    here: Clerk
    there: Clerk


@pytest.fixture(scope="module")
def made(cloud: Cloud) -> Iterator[Undo]:
    """The town, laid once, and the way back to it."""
    lay_tables(cloud)
    lay_town(cloud)
    undo = Undo(stored())
    yield undo
    undo.close()


@pytest.fixture
def office(made: Undo) -> Iterator[Office]:
    yield Office(*(Clerk("organisation", id_of(name)) for name in ("Stad", "Här", "Där")))
    made.undo()


def group(id: str) -> DatedGroup:
    found = find_group(GroupId(id))
    assert found
    return found[1]


def organised() -> dict[tuple[str, str, str], Any]:
    noise = ("JOB#", "OUTBOX#", "ONCE#", "UPLOAD#", "MAPPING", "IMPORT#", "TABLES", "TOMBSTONE#")
    return {
        key: {n: v for n, v in item.items() if n not in BOOKKEEPING}
        for key, item in stored().items()
        if key[0] == "skolkit-organisation" and not key[1].startswith(noise)
    }


def in_class(name: str, part: str = "elev", *days: str) -> list[str]:
    return [id_of("3A"), "", "", "", id_of(name), part, *days, *[""] * (2 - len(days))]


def test_a_class_is_filled_and_emptied_again(office: Office) -> None:
    before, here = organised(), office.here
    new = ["", HERE, "Kören", "Schema"]
    lines = [
        GROUPS,
        in_class("Asa"),
        [*new, id_of("Asa"), "", "", ""],
        [*new, id_of("Ella"), "elev", TODAY, ""],
        [*new, id_of("Lärare"), "Lärare", "", ""],
        in_class("Ella", "elev", "2026-08-18", "2030-01-01"),
    ]
    tried = here.trial("groups", lines)
    assert here.outcomes(tried) == ["created"] * 4 + ["changed"], here.reasons(tried)
    assert organised() == before
    taken = here.take("groups", lines)
    assert here.outcomes(taken) == ["created"] * 4 + ["changed"], here.reasons(taken)
    assert set(group(id_of("3A")).on(today()).members) == {id_of("Asa"), id_of("Ella")}
    told = {
        e["data"]["group"]: e["type"].split(".")[1] for e in outbox("organisation") if "Group" in e["type"]
    }
    (choir,) = (id for id, kind in told.items() if id != id_of("3A") and kind == "GroupMembersChanged")
    assert group(choir).on(today()).teachers == {id_of("Lärare")}
    assert {trace["actor"] for trace in audit_rows(choir)} == {here.person}
    assert here.outcomes(here.take("groups", lines)) == ["unchanged"] * 5
    undone = here.undo(taken)
    assert (undone["outcome"]["restored"], undone["outcome"]["kept"]) == (5, 0), undone
    assert {k: v for k, v in organised().items() if v != before.get(k)} == {}
    assert organised() == before


def test_rows_of_groups_are_judged_as_over_http(office: Office) -> None:
    lines = [
        GROUPS,
        in_class("Fjärran"),
        in_class("Utomstående", "mentor"),
        in_class("Asa", "elev", "2026-09-01", "2026-08-01"),
        in_class("Gömd"),
        ["", HERE, "Okänd", "", id_of("Asa"), "", "", ""],
        ["", THERE, "Grannklass", "Klass", "", "", "", ""],
        [id_of("3A"), "", "", "Kör", id_of("Asa"), "", "", ""],
    ]
    taken = office.here.take("groups", lines)
    outcomes = office.here.outcomes(taken)
    assert outcomes == ["refused"] * 3 + ["created"] + ["refused"] * 3, office.here.reasons(taken)
    assert office.here.reasons(taken)[0] == "Personen är inte inskriven vid skolenheten under den tiden."
    assert office.here.reasons(taken)[3] == "Gruppen finns inte, eller flera heter så."
    foreign = office.there.take("groups", [GROUPS, in_class("Fjärran"), in_class("Gömd")])
    assert office.there.outcomes(foreign) == ["refused", "refused"]
    municipal = office.clerk.take("groups", [GROUPS, in_class("Gömd"), in_class("Asa")])
    assert office.clerk.outcomes(municipal) == ["refused", "created"]


def test_an_undoing_keeps_a_class_that_somebody_has_changed(office: Office) -> None:
    taken = office.here.take("groups", [GROUPS, in_class("Asa")])
    office.here.take("groups", [GROUPS, in_class("Ella", "elev", "2026-08-18", "2030-01-01")])
    undone = office.here.undo(taken)
    assert (undone["outcome"]["restored"], undone["outcome"]["kept"]) == (0, 1)
    assert office.here.file(undone, "report.csv")[1:] == [("2", id_of("Asa"), KEPT)]


def duties(name: str) -> list[tuple[str, date | None, int | None]]:
    return [(d.duty_role, d.end, d.percent) for d in records_of(id_of(name))]


def test_staff_is_employed_and_changed(office: Office) -> None:
    before = organised()
    new = ["", id_of("Utomstående"), HERE, "Kurator", TODAY, "", "60"]
    (old,) = records_of(id_of("Lärare"))
    ended = [old.id, "", "", "", "", "2030-06-30", "80"]
    taken = office.here.take("staff", [STAFF, new, ended])
    assert office.here.outcomes(taken) == ["created", "changed"], office.here.reasons(taken)
    assert duties("Utomstående") == [("Kurator", None, 60)]
    assert duties("Lärare") == [("Lärare", date(2030, 6, 30), 80)]
    assert office.here.outcomes(office.here.take("staff", [STAFF, new, ended])) == ["unchanged"] * 2
    assert office.here.undo(taken)["outcome"]["restored"] == 2
    assert organised() == before


def test_only_the_organiser_gives_what_opens_a_unit(office: Office) -> None:
    lines = [
        STAFF,
        ["", id_of("Utomstående"), HERE, "Rektor", TODAY, "", ""],
        ["", id_of("Utomstående"), "kommunen", "Kurator", TODAY, "", ""],
        ["", id_of("Utomstående"), THERE, "Kurator", TODAY, "", ""],
        ["", id_of("Utomstående"), "", "Kurator", TODAY, "", ""],
    ]
    assert office.here.outcomes(office.here.take("staff", lines)) == ["refused"] * 4
    (boss,) = records_of(id_of("Där"))
    ended = [STAFF, [boss.id, "", "", "", "", TODAY, ""]]
    assert office.there.outcomes(office.there.take("staff", ended)) == ["refused"]
    taken = office.clerk.take(
        "staff", [*lines[:2], lines[3], [boss.id, id_of("Ella"), "", "", "", TODAY, ""]]
    )
    assert office.clerk.outcomes(taken) == ["created"] * 2 + ["refused"], office.clerk.reasons(taken)


def test_an_undoing_asks_again_for_the_right_to_what_it_restores(office: Office) -> None:
    boss = ["", id_of("Utomstående"), HERE, "Rektor", TODAY, "", ""]
    for table, lines, allowed, others in (
        ("staff", [STAFF, boss], [office.clerk], [office.here, office.there]),
        ("groups", [GROUPS, in_class("Asa")], [office.clerk, office.here], [office.there]),
    ):
        taken = jobs.find(TableJobItem, office.clerk.take(table, lines)["id"])
        assert taken
        (before,) = KINDS.befores(taken, 0, 99)
        for clerk in (*allowed, *others):
            asker = Asker(Caller(clerk.person, "tables", frozenset({SCHOOL_SCOPE})))
            assert TABLES[table].may_undo(asker, before.images or []) == (clerk in allowed)


NUMBERED = ["Grupp-id", "Personnummer", "Roll", "Startdatum", "Slutdatum"]


def test_no_table_tells_whose_number_is_in_the_register(office: Office) -> None:
    pupil = number(979, "20170203")
    Clerk("register", office.clerk.person).take(
        "persons", [["Id", "Personnummer"], [id_of("Fjärran"), pupil]]
    )
    days = (("", ""), ("", "2020-01-01"), ("2026-09-01", "2026-08-01"))
    parts = [(part, *span) for part in ("elev", "mentor") for span in days]
    for head, table, lines in (
        (NUMBERED, "groups", [[id_of("3A"), None, *part] for part in parts]),
        (
            ["Personnummer", *STAFF[2:5]],
            "staff",
            [[None, THERE, "Kurator", TODAY], [None, "kommunen", "", ""]],
        ),
    ):
        told = []
        for civic_no in (MARGARETA, pupil, number(980)):
            named = [[civic_no if cell is None else cell for cell in line] for line in lines]
            rows = office.here.rows(office.here.trial(table, [head, *named]))
            assert {row["outcome"] for row in rows} == {"refused"}
            told.append(rows)
        assert told[0] == told[1] == told[2]


def test_an_export_is_what_an_import_takes(office: Office) -> None:
    for table in ("groups", "staff"):
        for unit, clerk in ((unit_of(HERE), office.here), (None, office.clerk)):
            listed = clerk.file(clerk.export(table, unit), "export.csv")
            assert len(listed) > 1
            again = clerk.take(table, listed)
            assert set(clerk.outcomes(again)) == {"unchanged"}, clerk.reasons(again)
    body = {"unit": None, "format": "csv"}
    assert office.here.call("export_table", {"table": "groups"}, body=body).status == 404


def test_exported_at_ten_protected_at_eleven(office: Office) -> None:
    groups = office.here.export("groups", unit_of(HERE))
    staff = office.here.export("staff", unit_of(HERE))
    key = f"exports/organisation/{groups['id']}/export.csv"
    shown = files()[key]
    assert "Ella" in shown
    assert "Lärare" in shown
    _protect("Ella")
    assert office.here.link(groups, "export.csv").status == 410
    assert key not in files()
    assert office.here.link(staff, "export.csv").status == 200
    again = office.here.file(office.here.export("groups", unit_of(HERE)), "export.csv")
    assert {row[8] for row in again[1:]} == {"Lärare"}


def _protect(name: str) -> None:
    """Let somebody be protected, and the organisation hear of it."""
    key = ("skolkit-register", f"PERSON#{id_of(name)}", "PROFILE")
    row = stored()[key] | {"marking": {"S": "Sekretessmarkering"}}
    dynamodb().put_item(TableName=key[0], Item=row)
    fact = {
        "id": "0192f0c0-0000-7000-8000-000000000309", "type": "register.PersonProtected.v1",
        "time": "2026-11-23T09:12:00.000Z", "data": {"person": PersonId(id_of(name))},
    }  # fmt: skip
    assert deliver("organisation", "withdraw_tables", fact) == []

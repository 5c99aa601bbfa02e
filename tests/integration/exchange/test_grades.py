"""Grades through SS 12000: what is there and when, filters, orders, pages, changes, deletions, lookups."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from functions.grades.domain.subjects import graded
from functions.grades.store import catalogue
from infra.local.cloud import Cloud
from skolkit.clock import now
from skolkit.sweden.codes import SchoolForm
from skolkit.types import PersonId, UnitId, new_id
from tests.integration.grades.test_publication import publish, told
from tests.integration.test_attendance_day import at as turn_to
from tests.support.areas import acting_as, audit_rows
from tests.support.fixtures import lay_tables
from tests.support.grade_book import entry, put
from tests.support.grading import Graded, make_graded
from tests.support.meter import metered
from tests.support.standard import ask, connect, every, pages
from tests.support.stored import Undo, stored

MATHS = graded(SchoolForm.COMPULSORY, "MA", "Matematik")


@pytest.fixture(scope="module")
def made(cloud: Cloud) -> Iterator[tuple[Graded, Undo]]:
    lay_tables(cloud)
    school = make_graded(cloud)
    undo = Undo(stored())
    yield school, undo
    undo.close()


@pytest.fixture
def school(made: tuple[Graded, Undo]) -> Iterator[Graded]:
    """A school with an open period of year 9; what a test changes is put back."""
    yield made[0]
    made[1].undo()


def book(school: Graded, *days: int, pupil: str | None = None, unit: str | None = None) -> list[str]:
    """Earlier grades of a pupil, registered on days of October 2026; their ids."""
    one, where = pupil or school.klass.pupil_ids[0], unit or school.world.unit
    rows = [
        replace(
            entry(one, where, graded(SchoolForm.COMPULSORY, f"ÄMNE{n}", "Ämne"), "C"),
            at=datetime(2026, 10, day, 12, tzinfo=UTC), registered_by=PersonId(school.teachers[0]),
        )
        for n, day in enumerate(days)
    ]  # fmt: skip
    found = [one.id for one in put(one, where, *rows)]
    time.sleep(0.06)  # until they are published
    return found


def of(client: str, **more: Any) -> list[str]:
    return [row["id"] for row in every(client, "grades", **more)]


def test_filters_orders_and_pages(school: Graded) -> None:
    one, other, client = *school.klass.pupil_ids[:2], connect()
    mine, theirs = book(school, 3, 1, 2), book(school, 5, pupil=other)
    away = book(school, 4, pupil=other, unit=(there := new_id()))
    ordered = [mine[1], mine[2], mine[0], *away, *theirs]
    assert set(of(client)) == set(ordered)
    assert of(client, sortkey="registeredDateAsc") == ordered
    assert of(client, sortkey="registeredDateDesc") == ordered[::-1]
    assert of(client, student=one, sortkey="registeredDateDesc") == [mine[0], mine[2], mine[1]]
    assert of(client, organisation=there) == away
    assert of(client, organisation=school.world.unit, sortkey="registeredDateDesc") == [
        *theirs, mine[0], mine[2], mine[1]
    ]  # fmt: skip
    days = {"registeredDate_onOrAfter": "2026-10-02", "registeredDate_onOrBefore": "2026-10-04"}
    assert of(client, **days) == [mine[2], mine[0], *away]
    assert of(client, organisation=there, registeredDate_onOrAfter="2026-10-05") == []
    assert of(client, registeredDate_onOrBefore="2026-10-01") == [mine[1]]
    assert set(of(client, registeredBy=school.teachers[0])) == set(ordered)
    assert of(client, registeredBy=one) == of(client, gradingTeacher=school.teachers[0]) == []
    for more in ({}, {"sortkey": "registeredDateDesc"}, {"sortkey": "ModifiedDesc"}, {"student": one}, days):
        asked: dict[str, Any] = dict(more)
        whole = of(client, **asked)
        assert [e["id"] for page in pages(client, "grades", limit=2, **asked) for e in page] == whole


def test_one_and_many(school: Graded) -> None:
    client, mine = connect(), book(school, 1, 2)
    answer = ask(client, "read_grades", path={"id": mine[0]})
    assert (answer.status, answer.body["id"], answer.body["gradeValue"]) == (200, mine[0], "C")
    assert answer.body["meta"]["created"] > "2026-10-02"  # here, not when it was decided
    assert ask(client, "read_grades", path={"id": new_id()}).status == 404
    found = ask(client, "lookup_grades", body={"ids": [*mine, new_id()]}).body
    assert {row["id"] for row in found} == set(mine)
    assert audit_rows(school.klass.pupil_ids[0])[-1]["action"] == "lookup_grades"


def test_a_client_sees_a_grade_when_the_home_does_and_its_poll_tells_it(
    school: Graded, monkeypatch: pytest.MonkeyPatch
) -> None:
    client, teacher = connect(), school.teachers[0]
    values = dict[str, Any](zip(school.klass.pupil_ids, "ABCDEF-", strict=False))
    assert school.propose(teacher, values).status == 200
    time.sleep(0.06)
    assert of(client) == []  # a proposal is none
    assert school.decide(teacher, list(values)).status == 201
    time.sleep(0.06)
    with acting_as("grades"):
        ids = {one.id for pupil in values for one in catalogue.entries([PersonId(pupil)])}
    some = next(iter(ids))
    assert of(client) == of(client, student=next(iter(values))) == []
    assert ask(client, "read_grades", path={"id": some}).status == 404
    assert ask(client, "lookup_grades", body={"ids": list(ids)}).body == []
    polled = now()
    at = polled + timedelta(hours=1)
    assert publish(school, at).status == 200
    assert told() == [] == of(client)
    turn_to(monkeypatch, at + timedelta(seconds=1))
    assert set(of(client)) == ids
    told()
    new = every(client, "grades", meta_modified_after=polled.isoformat())
    assert {row["student"]["id"]: row["gradeValue"] for row in new} == values
    assert {row["gradingTeacher"]["id"] for row in new} == {teacher}
    assert {row["meta"]["created"] < row["meta"]["modified"] for row in new} == {True}
    with acting_as("grades"):
        chain = catalogue.entries([PersonId(new[0]["student"]["id"])])
    assert [one.number for one in chain] == [1]
    told()  # every fact again
    assert of(client, meta_modified_after=max(row["meta"]["modified"] for row in new)) == []


def test_grades_are_told_to_systems_also_when_it_is_too_late_for_homes(
    school: Graded, monkeypatch: pytest.MonkeyPatch
) -> None:
    teacher, pupil = school.teachers[0], school.klass.pupil_ids[0]
    assert school.set(teacher, {pupil: "B"}).status == 201
    time.sleep(0.06)
    polled = now()
    at = polled + timedelta(hours=1)
    assert publish(school, at).status == 200
    turn_to(monkeypatch, at + timedelta(days=3))
    assert told() == []
    (row,) = every(connect(), "grades", meta_modified_after=polled.isoformat())
    assert row["student"]["id"] == pupil


def test_what_is_corrected_is_two_grades_and_what_is_withdrawn_is_gone(school: Graded) -> None:
    client, pupil = connect(), school.klass.pupil_ids[0]
    first, second = book(school, 1, 2)
    seen = max(row["meta"]["modified"] for row in every(client, "grades"))
    by = PersonId(school.teachers[0])
    right = entry(pupil, school.world.unit, MATHS, "B", kind="correction", replaces=first, registered_by=by)
    gone = entry(pupil, school.world.unit, MATHS, "C", kind="withdrawal", replaces=second, registered_by=by)
    put(pupil, school.world.unit, right, gone)
    time.sleep(0.06)
    found = {row["id"]: row.get("correctionType") for row in every(client, "grades")}
    assert found == {first: None, right.id: "Rättelse"}
    assert of(client, meta_modified_after=seen) == [right.id]
    for id in (second, gone.id):
        assert ask(client, "read_grades", path={"id": id}).status == 404


def test_units_forms_and_withheld_attributes(school: Graded) -> None:
    mine = book(school, 1)
    away = book(school, 2, unit=(there := new_id()), pupil=school.klass.pupil_ids[1])
    assert of(connect(units=frozenset({UnitId(there)}))) == away
    assert of(connect(forms=frozenset({SchoolForm.UPPER_SECONDARY}))) == []
    narrow = connect(withheld=frozenset({"grades.gradeValue"}), forms=frozenset({SchoolForm.COMPULSORY}))
    answer = every_without_check(narrow)
    assert {row["id"] for row in answer} == {*mine, *away}
    assert not any("gradeValue" in row for row in answer)


def every_without_check(client: str) -> list[dict[str, Any]]:
    """What is withheld is required by the standard's description."""
    from tests.support.areas import call
    from tests.support.standard import READ

    answer = call("exchange", "list_grades", None, scopes=READ, claimed={"client_id": client})
    found: list[dict[str, Any]] = answer.body["data"]
    return found


def test_a_pull_reads_little_more_than_the_grades(school: Graded) -> None:
    for pupil in school.klass.pupil_ids:
        book(school, *[1 + n % 28 for n in range(30)], pupil=pupil)
    client = connect()
    with metered() as use:
        found = of(client, limit=1000)
    assert len(found) == 30 * len(school.klass.pupil_ids)
    assert use.reads / len(found) <= 0.6

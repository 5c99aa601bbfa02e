"""Two records that proved to be one person: every area's rows go with the one that is kept, and back."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest

from functions.register.domain.watch import WatchException
from functions.register.store import watch as watch_store
from functions.register.usecases.watch import open_case
from infra.local.cloud import Cloud
from infra.local.population import NewPupil
from skolkit.clock import today
from skolkit.table import commit
from skolkit.types import PersonId, new_id
from tests.integration.test_attendance_day import at, invalid, pump, report, save
from tests.support.areas import Answer, acting_as, call, deliver, outbox
from tests.support.stored import stored
from tests.support.world import Lesson, World, make_world

FOLLOWING = ("attendance", "messages", "organisation", "register")
# What tells of the merge itself, and what says how often or when a row was written.
OWN = ("OUTBOX#", "ONCE#", "MERGE#", "ABOUT#")
BOOKKEEPING = {"version", "modified", "feed_pk", "feed_sk"}


@pytest.fixture
def world(tables: Cloud, monkeypatch: pytest.MonkeyPatch) -> World:
    made = make_world(tables)
    at(monkeypatch, made.of_class()[0].start)
    return made


@pytest.fixture
def double(world: World) -> tuple[NewPupil, NewPupil, Lesson]:
    """A pupil who is in the class twice; both have a notice of the same day, the other a lesson away."""
    kept, other = world.classmates()[:2]
    lesson = world.of_class()[0]
    save(lesson, {other.id: invalid(lesson)})
    pump()
    for pupil in (kept, other):
        sent = report(pupil.id, pupil.guardians[0].guardian_id, world.days[-1].isoformat())
        assert sent.status == 201, sent.body
    with acting_as("register"):
        assert open_case(other.id, "schoolAttendance", "leftSchool", today())
        commit(watch_store.exception_item(other.id, WatchException("lateStart", date(2020, 1, 1))))
    plan = {"schoolForm": "GR", "startDate": "2026-08-18", "content": []}
    put = call("organisation", "put_study_plan", world.staff("principal"), path={"pupil": other.id},
               body=plan, headers={"if-match": '"0"'})  # fmt: skip
    assert put.status == 200, put.body
    return kept, other, lesson


def rows() -> dict[Any, Any]:
    """What is stored, lists of people in any order."""
    found = {
        key: {name: value for name, value in row.items() if name not in BOOKKEEPING}
        for key, row in stored().items()
        if not key[1].startswith(OWN)
    }
    for row in found.values():
        if row["kind"]["S"] == "group":
            row["stays"] = {"S": json.dumps(sorted(json.loads(row["stays"]["S"]), key=str))}
    return found


def follow(kind: str) -> None:
    """Tell everybody, twice."""
    fact = [e for e in outbox("register") if e["type"] == kind][-1]
    for area in FOLLOWING:
        for _ in range(2):
            assert deliver(area, "follow_merge", fact) == [], area


def merge(keeper: PersonId, kept: str, other: str) -> Answer:
    return call("register", "merge_persons", keeper, path={"person": kept}, body={"duplicate": other},
                headers={"idempotency-key": new_id()})  # fmt: skip


def test_what_every_area_keeps_goes_along_and_back(
    world: World, double: tuple[NewPupil, NewPupil, Lesson]
) -> None:
    kept, other, lesson = double
    keeper, mentor = world.staff("administrator"), world.klass.mentor_ids[0]
    before = rows()
    made = merge(keeper, kept.id, other.id)
    assert made.status == 201, made.body
    late = [e for e in outbox("register") if e["type"] == "register.PersonsMerged.v1"][-1]
    follow("register.PersonsMerged.v1")

    def data(area: str, name: str, by: str, pupil: str, **query: str) -> Any:
        return call(area, name, by, path={"pupil": pupil}, query=query).body

    assert len(data("attendance", "list_absences", mentor, kept.id)["data"]) == 2
    day = data("attendance", "read_pupil_day", mentor, kept.id, date=today(lesson.start).isoformat())
    assert [d["lesson"] for d in day["deviations"]] == [lesson.id]
    assert len(data("messages", "list_deliveries", mentor, kept.id)["data"]) == 2
    assert data("organisation", "read_study_plan", mentor, kept.id)["schoolForm"] == "GR"
    group = call("organisation", "read_group", mentor, path={"group": world.klass.id}).body
    members = [member["person"] for member in group["members"]]
    assert (members.count(kept.id), members.count(other.id)) == (1, 0)
    with acting_as("register"):
        (case,), (exception,) = watch_store.watch_of(kept.id)
        assert (case.person, case.closed, exception.kind) == (kept.id, None, "lateStart")
    assert not [key for key in rows() if f"#{other.id}" in key[1] and key[0] != "skolkit-register"
                and not key[2].startswith("MERGED#") and key[2] != "GROUPS"]  # fmt: skip

    assert call("register", "undo_merge", keeper, path={"merge": made.body["id"]}).status == 204
    follow("register.PersonsParted.v1")
    for area in FOLLOWING:  # a fact that comes late says what was once true
        assert deliver(area, "follow_merge", late) == []
    after = rows()
    assert set(after) == set(before)
    for key, row in after.items():
        assert row == before[key], key


def test_a_record_with_a_duty_is_not_closed(world: World) -> None:
    keeper = world.staff("administrator")
    refused = merge(keeper, world.classmates()[0].guardians[0].guardian_id, world.klass.mentor_ids[0])
    assert (refused.status, refused.body["type"]) == (409, "urn:skolkit:problem:still-employed")

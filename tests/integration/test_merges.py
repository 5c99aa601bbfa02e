"""Two records that proved to be one person: every area's rows go with the one that is kept, and back."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest

from functions.attendance import store as attendance_store
from functions.register.domain.watch import WatchException
from functions.register.store import watch as watch_store
from functions.register.usecases.watch import open_case
from infra.local.cloud import Cloud
from infra.local.population import NewPupil
from skolkit.aws import client
from skolkit.clock import today
from skolkit.extracts import part_key
from skolkit.table import commit
from skolkit.types import PersonId, new_id
from tests.integration.test_attendance_day import at, invalid, pump, report, save
from tests.support.areas import EXTRACTS_BUCKET, Answer, acting_as, call, deliver, outbox
from tests.support.stored import stored
from tests.support.world import Lesson, World, drop, make_world, person_row

FOLLOWING = ("attendance", "organisation", "register")
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
    """A pupil who is in the class twice; both have notices of the same day, the other of another day too, and
    a lesson away.
    """
    kept, other = world.classmates()[:2]
    lesson = world.of_class()[0]
    save(lesson, {other.id: invalid(lesson)})
    pump()
    for pupil, n in ((kept, -1), (other, -1), (other, -2)):
        sent = report(pupil.id, pupil.guardians[0].guardian_id, world.days[n].isoformat())
        assert sent.status == 201, sent.body
    with acting_as("register"):
        assert open_case(other.id, "schoolAttendance", "leftSchool", today())
        commit(watch_store.exception_item(other.id, WatchException("lateStart", date(2020, 1, 1))))
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

    assert len(data("attendance", "list_absences", mentor, kept.id)["data"]) == 3
    first = data("attendance", "list_absences", mentor, kept.id, limit="2")
    rest = data("attendance", "list_absences", mentor, kept.id, limit="2", cursor=first["cursor"])
    assert [len(first["data"]), len(rest["data"]), rest["cursor"]] == [2, 1, None]
    with acting_as("attendance"):
        (marked,) = attendance_store.days_of(kept.id, [world.days[-2]])
    assert len(marked.notices) == 1
    day = data("attendance", "read_pupil_day", mentor, kept.id, date=today(lesson.start).isoformat())
    assert [d["lesson"] for d in day["deviations"]] == [lesson.id]
    assert len(data("messages", "list_deliveries", mentor, kept.id)["data"]) == 2
    group = call("organisation", "read_group", mentor, path={"group": world.klass.id}).body
    members = [member["person"] for member in group["members"]]
    assert (members.count(kept.id), members.count(other.id)) == (1, 0)
    with acting_as("register"):
        (case,), (exception,) = watch_store.watch_of(kept.id)
        assert (case.person, case.closed, exception.kind) == (kept.id, None, "lateStart")
    assert call("register", "undo_merge", keeper, path={"merge": made.body["id"]}).status == 204
    follow("register.PersonsParted.v1")
    for area in FOLLOWING:  # a fact that comes late says what was once true
        assert deliver(area, "follow_merge", late) == []
    after = rows()
    assert set(after) == set(before)
    for key, row in after.items():
        assert row == before[key], key


def test_a_notice_of_the_closed_record_is_changed_by_the_kept_one(
    world: World, double: tuple[NewPupil, NewPupil, Lesson]
) -> None:
    kept, other, _ = double
    guardian = kept.guardians[0].guardian_id
    assert merge(world.staff("administrator"), kept.id, other.id).status == 201
    follow("register.PersonsMerged.v1")
    listed = call("attendance", "list_absences", guardian, path={"pupil": kept.id}).body["data"]
    (theirs,) = [n for n in listed if n["startDate"] == world.days[-2].isoformat()]
    path = {"pupil": kept.id, "notice": theirs["id"]}
    gone = call("attendance", "withdraw_absence", guardian, path=path, headers={"if-match": '"1"'})
    assert gone.status == 204, gone.body
    with acting_as("attendance"):
        (day,) = attendance_store.days_of(kept.id, [world.days[-2]])
    assert day.notices == {}


def test_an_extract_tells_of_both_records(world: World, double: tuple[NewPupil, NewPupil, Lesson]) -> None:
    kept, other, lesson = double
    assert merge(world.staff("administrator"), kept.id, other.id).status == 201
    follow("register.PersonsMerged.v1")
    asked = call("access", "request_extract", kept.id, path={"person": kept.id},
                 headers={"idempotency-key": new_id()})  # fmt: skip
    assert asked.status == 202, asked.body
    (fact,) = [f for f in outbox("access") if f["type"] == "access.ExtractRequested.v1"]
    parts: dict[str, Any] = {}
    for area in ("attendance", "messages", "register"):
        assert deliver(area, "answer_extract", fact) == []
        key = part_key(area, fact["data"]["request"])
        content = client("s3").get_object(Bucket=EXTRACTS_BUCKET, Key=key)["Body"].read()
        parts |= {s["title"]["sv"]: s["rows"] for s in json.loads(content)["sections"]}
    assert len(parts["Frånvaroanmälningar"]) == 3
    minutes = int((lesson.end - lesson.start).total_seconds()) // 60
    assert [row[4] for row in parts["Närvaro på lektioner"] if row[4]] == [minutes]
    assert len(parts["Skickade underrättelser"]) == 2
    assert len(parts["Skolplikt och aktivitetsansvar"]) == 2


@pytest.mark.parametrize(
    "refused", ["still-employed", "protection-differs", "plan-on-the-other", "open-matters"]
)
def test_a_record_under_which_something_goes_on_is_not_closed(
    world: World, tables: Cloud, refused: str
) -> None:
    keeper, (kept, other) = world.staff("administrator"), world.classmates()[:2]
    one, two = kept.id, other.id
    if refused == "still-employed":
        one, two = kept.guardians[0].guardian_id, world.klass.mentor_ids[0]
    elif refused == "protection-differs":
        marked = person_row(other) | {"securityMarking": "Sekretessmarkering"}
        drop(tables, "register/persons/p.jsonl", [marked])
        own = {"id": new_id(), "person": keeper, "unit": world.unit, "startDate": "2026-01-01"}
        drop(tables, "organisation/duties/own.jsonl", [own | {"role": "administrator"}])
    elif refused == "plan-on-the-other":
        plan = {"schoolForm": "GR", "startDate": "2026-08-18", "content": []}
        put = call("organisation", "put_study_plan", world.staff("principal"), path={"pupil": other.id},
                   body=plan, headers={"if-match": '"0"'})  # fmt: skip
        assert put.status == 200, put.body
    else:
        moved = {"person": other.id, "direction": "out", "from_municipality": "9999",
                 "to_municipality": "0180", "date": "2026-11-20"}  # fmt: skip
        fact = {"id": new_id(), "type": "register.PersonMoved.v1", "time": "2026-11-23T07:00:00.000Z"}
        assert deliver("register", "open_leaving", fact | {"data": moved}) == []
    answer = merge(keeper, one, two)
    assert (answer.status, answer.body["type"]) == (409, f"urn:skolkit:problem:{refused}"), answer.body


def test_a_closed_record_is_protected_with_the_kept_one(
    world: World, tables: Cloud, double: tuple[NewPupil, NewPupil, Lesson]
) -> None:
    kept, other, lesson = double
    assert merge(world.staff("administrator"), kept.id, other.id).status == 201
    marked = person_row(kept) | {"securityMarking": "Sekretessmarkering"}
    drop(tables, "register/persons/p.jsonl", [marked])
    fact = [e for e in outbox("register") if e["type"] == "register.PersonProtected.v1"][-1]
    for _ in range(2):
        assert deliver("register", "hide_papers", fact) == []
    told = [e for e in outbox("register") if e["type"] == "register.PersonProtected.v1"]
    assert [e["data"]["person"] for e in told].count(other.id) == 1
    assert deliver("register", "hide_papers", told[-1]) == []
    office = world.staff("administrator")  # of the whole municipality
    rows = call("attendance", "open_lesson", office, path={"lesson": lesson.id}).body["rows"]
    assert [row["givenName"] for row in rows if row["pupil"] == other.id] == [""]

"""A school the morning after its last planned day, and what is asked about absence that is looked into."""

from __future__ import annotations

from datetime import date, time, timedelta
from typing import Any

import pytest

from functions.attendance import store as attendance
from functions.attendance.domain.lesson import Entry, Minutes, Sheet
from functions.attendance.usecases import inquiry
from infra.local.cloud import Cloud
from skolkit.clock import local
from skolkit.table import commit
from skolkit.types import LessonId, PersonId, new_id
from tests.integration.test_attendance_day import at
from tests.support.areas import Answer, acting_as, call, deliver, outbox, run_schedule
from tests.support.world import World, drop, make_world

OFFICER, NURSE = PersonId(new_id()), PersonId(new_id())


def school_with_officers(tables: Cloud, monkeypatch: pytest.MonkeyPatch) -> World:
    """A school the morning after its last planned day, with a nurse and an attendance officer."""
    made = make_world(tables)
    people = [
        {"id": id, "givenName": "Prov", "familyName": "Person", "birthDate": "1980-01-31"}
        for id in (OFFICER, NURSE)
    ]
    drop(tables, "register/persons/more.jsonl", people)
    duties = [(OFFICER, "attendance_officer", None), (NURSE, "school_nurse", str(made.population.unit.code))]
    rows = [{"person": p, "role": r, "unit": u, "startDate": "2020-08-01"} for p, r, u in duties]
    drop(tables, "organisation/duties/more.jsonl", rows)
    later(monkeypatch, made, 1)
    return made


def later(monkeypatch: pytest.MonkeyPatch, world: World, days: int) -> None:
    """So many days after the last planned one."""
    at(monkeypatch, local(world.days[-1] + timedelta(days=days), time(9)))


def miss(world: World, pupil: str, days: list[date], *, valid: bool = False) -> None:
    """A pupil was away from all the class's lessons of some days."""
    with acting_as("attendance"):
        for lesson in (one for day in days for one in world.of_class(day)):
            sheet = attendance.sheet(LessonId(lesson.id))
            assert isinstance(sheet, Sheet)
            whole = sheet.minutes
            entry = Entry(Minutes(0, valid=whole) if valid else Minutes(0, invalid=whole))
            commit(attendance.deviation_item(PersonId(pupil), sheet, entry))


def night() -> None:
    """The schedule, and everything its fact leads to."""
    known = {f["id"] for f in outbox("attendance")}
    run_schedule("attendance", "watch_absence")
    for fact in outbox("attendance"):
        if fact["type"] == "attendance.InquiryWatchAsked.v1" and fact["id"] not in known:
            for _ in range(2):
                assert deliver("attendance", "run_absence_watch", fact) == []


def told(kind: str, template: str = "") -> list[dict[str, Any]]:
    facts = [f["data"] for f in outbox("attendance") if f["type"] == f"attendance.{kind}.v1"]
    return [f for f in facts if not template or f["template"] == template]


def suggestions(world: World, by: str = "") -> list[dict[str, Any]]:
    answer = call(
        "attendance", "list_inquiry_suggestions", by or world.staff("principal"), path={"unit": world.unit}
    )
    assert answer.status == 200, answer.body
    rows: list[dict[str, Any]] = answer.body["data"]
    return rows


def post(name: str, by: str, body: Any = None, **path: str) -> Answer:
    return call("attendance", name, by, path=path, body=body, headers={"idempotency-key": new_id()})


def opened(world: World, pupil: str, **body: Any) -> dict[str, Any]:
    answer = post("open_inquiry", world.staff("principal"), body, pupil=pupil)
    assert answer.status == 201, answer.body
    found: dict[str, Any] = answer.body
    return found


def note(case: str, by: str, kind: str, code: str, **other: Any) -> Answer:
    body = {"kind": kind, "code": code, "day": other.pop("day", world_day()).isoformat(), **other}
    return post("add_inquiry_note", by, body, inquiry=case)


def world_day() -> date:
    """Today, as the frozen clock has it."""
    found: date = vars(inquiry)["today"]()
    return found


def read(case: str, by: str) -> Answer:
    return call("attendance", "read_inquiry", by, path={"inquiry": case})

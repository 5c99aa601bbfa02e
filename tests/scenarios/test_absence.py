"""A guardian reports absence for coming days, changes it and takes it back (process 19)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from infra.local.population import NewPupil
from skolkit.clock import today
from skolkit.sweden.calendar import SchoolYear, default_calendar
from skolkit.types import PersonId, new_id
from tests.support.areas import Answer
from tests.support.deployed import Deployed
from tests.support.scenes import little_school, open_lesson, refused

PROCESSES = (19,)


@pytest.fixture
def own(school: Deployed) -> Deployed:
    return little_school(school, "99990025")


def report(own: Deployed, pupil: NewPupil, first: date, last: date | None = None, **more: Any) -> Answer:
    by = more.pop("by", pupil.guardians[0].guardian_id)
    days = {"startDate": first.isoformat(), "endDate": (last or first).isoformat()}
    return own.call(
        "attendance", "report_absence", by, path={"pupil": pupil.id},
        body={**days, "reason": "illness", **more}, headers={"idempotency-key": new_id()},
    )  # fmt: skip


def change(
    own: Deployed, pupil: NewPupil, notice: str, etag: str | None, body: dict[str, Any] | None
) -> Answer:
    """Change a notice, or withdraw it when there is no body."""
    return own.call(
        "attendance", "change_absence" if body else "withdraw_absence", pupil.guardians[1].guardian_id,
        path={"pupil": pupil.id, "notice": notice}, body=body, headers={"if-match": etag} if etag else None,
    )  # fmt: skip


def ahead(count: int, after: date | None = None) -> date:
    """A school day after a day (today): the first, the second …"""
    found, day = 0, after or today()
    while found < count:
        day += timedelta(days=1)
        found += default_calendar(SchoolYear.of(day)).is_school_day(day)
    return day


def notices(own: Deployed, pupil: NewPupil) -> list[dict[str, Any]]:
    listed = own.call("attendance", "list_absences", pupil.guardians[0].guardian_id, path={"pupil": pupil.id})
    data: list[dict[str, Any]] = listed.body["data"]
    return data


def test_coming_days_are_reported_changed_and_taken_back(own: Deployed) -> None:
    """The other guardian may change what the first has reported; the teacher's list follows each time."""
    pupil = own.world.classmates()[0]
    lesson = next(x for x in own.world.of_class() if today(x.start) > today())
    day = today(lesson.start)
    made = report(own, pupil, day)
    assert (made.status, made.headers["etag"]) == (201, '"1"'), made.body
    assert expected(own, pupil, lesson) == (0, "illness")

    later = {
        "startDate": ahead(2, day).isoformat(),
        "endDate": ahead(2, day).isoformat(),
    }
    refused(change(own, pupil, made.body["id"], None, later | {"reason": "other"}), 428, "version-required")
    moved = change(own, pupil, made.body["id"], '"1"', later | {"reason": "medicalVisit"})
    assert (moved.status, moved.body["reason"]) == (200, "medicalVisit"), moved.body
    assert expected(own, pupil, lesson)[0] > 0
    refused(change(own, pupil, made.body["id"], '"1"', later | {"reason": "other"}), 412, "changed-meanwhile")

    partly = {
        "startDate": day.isoformat(),
        "endDate": day.isoformat(),
        "startTime": "00:00",
        "endTime": "23:59",
    }
    back = change(own, pupil, made.body["id"], moved.headers["etag"], partly | {"reason": "dentalVisit"})
    assert expected(own, pupil, lesson) == (0, "dentalVisit")
    asked = {"date": day.isoformat()}
    seen = own.call(
        "attendance", "read_pupil_day", pupil.guardians[0].guardian_id, path={"pupil": pupil.id}, query=asked
    )
    assert [n["reason"] for n in seen.body["notices"]] == ["dentalVisit"]

    refused(change(own, pupil, made.body["id"], '"1"', None), 412, "changed-meanwhile")
    assert change(own, pupil, made.body["id"], back.headers["etag"], None).status == 204
    assert expected(own, pupil, lesson)[0] > 0
    assert [(n["id"], n["withdrawn"]) for n in notices(own, pupil)] == [(made.body["id"], True)]
    refused(change(own, pupil, made.body["id"], '"4"', None), 404, "not-found")
    assert report(own, pupil, day).status == 201  # the day is free again


def test_what_cannot_be_is_refused_and_nothing_is_kept(own: Deployed) -> None:
    pupil, day = own.world.classmates()[1], ahead(1)
    saturday = day + timedelta(days=5 - day.weekday())
    refused(report(own, pupil, saturday, saturday + timedelta(days=1)), 422, "no-school-day", "startDate")
    refused(report(own, pupil, today() - timedelta(days=1), day), 409, "absence-passed", "startDate")
    refused(report(own, pupil, day, day - timedelta(days=1)), 422, "unknown-span", "endDate")
    refused(report(own, pupil, day, day + timedelta(days=20)), 422, "too-far-ahead", "endDate")
    refused(report(own, pupil, day + timedelta(days=90)), 422, "too-far-ahead", "endDate")
    refused(report(own, pupil, day, startTime="10:00", endTime="09:00"), 422, "unknown-span", "endTime")
    refused(
        report(own, pupil, day, day + timedelta(days=1), startTime="10:00"), 422, "unknown-span", "endTime"
    )
    refused(report(own, pupil, day, reason="tired"), 422, "invalid", "reason")
    refused(report(own, pupil, day, note="feber och snuva"), 422, "invalid", "note")
    wrong = own.call(
        "attendance", "report_absence", pupil.guardians[0].guardian_id, path={"pupil": pupil.id},
        body={"startDate": "2026-02-30"}, headers={"idempotency-key": new_id()},
    )  # fmt: skip
    refused(wrong, 422, "invalid", "startDate")
    assert {fault["field"] for fault in wrong.body["errors"]} == {"startDate", "endDate", "reason"}
    assert notices(own, pupil) == []


def test_overlapping_absence_is_refused(own: Deployed) -> None:
    pupil, day = own.world.classmates()[2], ahead(2)
    morning = report(own, pupil, day, startTime="08:00", endTime="10:00")
    assert morning.status == 201
    refused(report(own, pupil, day), 409, "overlapping-absence", "startDate")
    refused(
        report(own, pupil, day, startTime="09:59", endTime="11:00"), 409, "overlapping-absence", "startDate"
    )
    assert report(own, pupil, day, startTime="10:00", endTime="11:00").status == 201
    days = {"startDate": day.isoformat(), "endDate": day.isoformat(), "reason": "other"}
    refused(change(own, pupil, morning.body["id"], '"1"', days), 409, "overlapping-absence", "startDate")
    assert len(notices(own, pupil)) == 2


def test_another_child_does_not_exist(own: Deployed) -> None:
    pupil, other = own.world.classmates()[3:5]
    stranger = next(g.guardian_id for g in other.guardians if g not in pupil.guardians)
    made = report(own, pupil, ahead(1))
    for by in (stranger, PersonId(pupil.id), own.world.of_class()[-1].teachers[0]):
        if by not in own.world.klass.mentor_ids:
            refused(report(own, pupil, ahead(2), by=by), 404, "not-found")
    refused(change(own, other, made.body["id"], '"1"', None), 404, "not-found")
    assert [n["withdrawn"] for n in notices(own, pupil)] == [False]


def expected(own: Deployed, pupil: NewPupil, lesson: Any) -> tuple[int, str | None]:
    """What the teacher's list says of the pupil before it is saved: minutes present and the reason."""
    opened = open_lesson(own, lesson)
    row = next(row for row in opened.body["rows"] if row["pupil"] == pupil.id)
    return row["attendanceMinutes"], row["absenceReason"]

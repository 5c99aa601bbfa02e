"""Several children in one request, days that have been, and two who report at once (process 19)."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest

from functions.attendance import store
from functions.attendance.usecases import absence as absences
from infra.local.population import NewPupil
from skolkit.types import PersonId, new_id
from tests.integration.attendance.conftest import Morning, is_school_day, span
from tests.integration.test_attendance_day import open_
from tests.support.areas import acting_as, audit_rows, outbox
from tests.support.stored import stored


def siblings(morning: Morning) -> tuple[PersonId, list[NewPupil]]:
    """A mentor, who may report the whole class, and its pupils."""
    return morning.world.klass.mentor_ids[0], morning.world.classmates()


def body(*notices: tuple[str, dict[str, Any]]) -> dict[str, Any]:
    return {"notices": [{"pupil": pupil, **days} for pupil, days in notices]}


def listed(morning: Morning, pupil: NewPupil) -> list[dict[str, Any]]:
    data: list[dict[str, Any]] = morning.ask(
        "list_absences", pupil.guardians[0].guardian_id, pupil=pupil.id
    ).body["data"]
    return data


def test_a_guardian_reports_both_children_with_a_tap(morning: Morning) -> None:
    """One transaction: a notice and what is shown of it, a mark in the day, a fact and a trace of each."""
    mentor, (one, other, *_) = siblings(morning)
    key, day = new_id(), morning.day
    part = span(day) | {"startTime": "08:00", "endTime": "10:00", "reason": "dentalVisit"}
    sent = body((one.id, span(day, day + timedelta(days=1))), (other.id, part))
    first, again = (morning.ask("report_absences", mentor, sent, key=key) for _ in range(2))
    assert first.status == again.status == 201, first.body
    assert again.body == first.body
    assert [notice["student"] for notice in first.body["data"]] == [one.id, other.id]
    for pupil, notice in zip((one, other), first.body["data"], strict=True):
        assert [n["id"] for n in listed(morning, pupil)] == [notice["id"]]
        rows = [row for row in audit_rows(pupil.id) if row["action"] == "report_absences"]
        assert [(row["actor"], row["reason"], row["changes"]) for row in rows] == [
            (mentor, "mentor", notice["id"])
        ]
    told = [f["data"]["pupil"] for f in outbox("attendance") if f["type"].endswith("AbsenceNotified.v1")]
    assert sorted(told) == sorted([one.id, other.id])
    lesson = morning.world.of_class(day)[0]
    away = {row["pupil"]: row["notifiedReason"] for row in open_(lesson).body["rows"]}
    assert (away[one.id], away[other.id]) == ("illness", "dentalVisit")


def test_all_or_nothing(morning: Morning) -> None:
    """One child's notice cannot be, so no child's is."""
    mentor, (one, other, *_) = siblings(morning)
    assert morning.report(other, morning.day).status == 201
    before = stored()
    sent = body((one.id, span(morning.day)), (other.id, span(morning.day)))
    refused = morning.ask("report_absences", mentor, sent)
    assert (refused.status, refused.body["type"]) == (409, "urn:skolkit:problem:overlapping-absence")
    assert stored() == before


def test_a_foreign_child_is_as_one_that_does_not_exist(morning: Morning) -> None:
    _, mates = siblings(morning)
    own, guardian = mates[0], mates[0].guardians[0].guardian_id
    foreign = next(p for p in mates if guardian not in {g.guardian_id for g in p.guardians})
    before, answers = stored(), []
    for other in (foreign.id, PersonId(new_id())):
        for rows in (
            ((own.id, span(morning.day)), (other, span(morning.day))),
            ((other, span(morning.day)),),
        ):
            answer = morning.ask("report_absences", guardian, body(*rows))
            answers.append((answer.status, answer.body, {**answer.headers}))
    assert answers[0][0] == 404
    assert all(answer == answers[0] for answer in answers)
    assert stored() == before


def test_ten_children_and_no_more(morning: Morning) -> None:
    mentor, mates = siblings(morning)
    eleven = body(*((pupil.id, span(morning.day)) for pupil in mates[:11]))
    assert len(eleven["notices"]) == 11
    refused = morning.ask("report_absences", mentor, eleven)
    assert (refused.status, refused.body["errors"][0]["field"]) == (422, "notices")
    ten = {"notices": eleven["notices"][:10]}
    assert morning.ask("report_absences", mentor, ten).status == 201
    none = morning.ask("report_absences", mentor, {"notices": []})
    assert none.status == 422


def test_what_a_transaction_has_no_room_for_is_refused_and_the_most_it_has_is_written(
    morning: Morning,
) -> None:
    mentor, mates = siblings(morning)
    week = morning.next_school_day(morning.day + timedelta(days=6))
    five, six = (span(week, week + timedelta(days=n)) for n in (4, 5))
    full = morning.ask("report_absences", mentor, body(*((p.id, six) for p in mates[:10])))
    assert (full.status, full.body["type"]) == (422, "urn:skolkit:problem:too-many-days")
    most = morning.ask("report_absences", mentor, body(*((p.id, five) for p in mates[:10])))
    assert most.status == 201, most.body
    twice = morning.ask("report_absences", mentor, body(*((mates[0].id, span(morning.day)) for _ in "12")))
    assert (twice.status, twice.body["type"]) == (422, "urn:skolkit:problem:same-pupil-twice")


def test_two_who_report_the_same_day_at_once(morning: Morning, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second reads before the first has written, finds out when it writes, and is told why not."""
    pupil = morning.world.classmates()[0]
    one, other = (g.guardian_id for g in pupil.guardians)
    real, made = absences.accept, list[Any]()

    def slow(drafts: Any) -> Any:
        accepted = real(drafts)
        if not made:
            made.append(None)
            made[0] = morning.report(pupil, morning.day, by=other)
        return accepted

    monkeypatch.setattr(absences, "accept", slow)
    late = morning.report(pupil, morning.day, by=one)
    assert made[0].status == 201
    assert (late.status, late.body["type"]) == (409, "urn:skolkit:problem:overlapping-absence")
    assert [n["id"] for n in listed(morning, pupil)] == [made[0].body["id"]]


def test_a_crowd_that_reports_the_same_day_makes_one_notice(morning: Morning) -> None:
    pupil = morning.world.classmates()[0]
    with acting_as("attendance"), ThreadPoolExecutor(6) as crowd:
        answers = list(crowd.map(lambda _: _quietly(morning, pupil), range(6)))
    assert sorted(answers).count(201) == 1
    assert set(answers) <= {201, 409, 503}
    assert len(listed(morning, pupil)) == 1


def _quietly(morning: Morning, pupil: NewPupil) -> int:
    from functions.attendance.app.base import app
    from tests.support.areas import Context, gateway_event, operation

    event = gateway_event(
        operation("attendance", "report_absence"), person=pupil.guardians[0].guardian_id,
        path={"pupil": pupil.id}, query={}, body=span(morning.day), headers={"idempotency-key": new_id()},
    )  # fmt: skip
    status: int = app(event, Context())["statusCode"]
    return status


def test_the_school_reports_what_has_been_and_the_home_does_not(morning: Morning) -> None:
    pupil, world = morning.world.classmates()[0], morning.world
    office = next(s.id for s in world.population.staff if s.role == "administrator")
    mentor, guardian = world.klass.mentor_ids[0], pupil.guardians[0].guardian_id
    day = morning.day
    while not (is_school_day(day - timedelta(days=1))):
        day -= timedelta(days=1)
    morning.wake(day)
    yesterday = day - timedelta(days=1)
    refused = morning.report(pupil, yesterday, by=guardian)
    assert (refused.status, refused.body["type"]) == (409, "urn:skolkit:problem:absence-passed")
    for by, back, status, role in (
        (mentor, 4, 409, None), (office, 31, 409, None), (mentor, 1, 201, "mentor"),
        (office, 30, 201, "administrator"),
    ):  # fmt: skip
        first = day - timedelta(days=back)
        last = first if back == 1 else first + timedelta(days=6)
        sent = morning.report(pupil, first, min(last, yesterday), by=by)
        assert sent.status == status, (by, back, sent.body)
        if status == 409:
            assert sent.body["type"] == "urn:skolkit:problem:too-far-back"
        else:
            assert sent.body["reportedAs"] == role
            row = [r for r in audit_rows(pupil.id) if r["action"] == "report_absence"][-1]
            assert (row["actor"], row["reason"]) == (by, role)
    with acting_as("attendance"):
        assert len(store.pupil_day(pupil.id, yesterday).notices) == 1

"""Publication (process 32): one moment on the period lets every home see, and homes are told, once each."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from functions.grades.store import publications
from skolkit.clock import now, stamp
from tests.integration.grades.test_grading import refused
from tests.integration.test_attendance_day import at as turn_to
from tests.support.areas import Answer, acting_as, call, deliver, outbox, run_schedule
from tests.support.grading import Graded


def publish(school: Graded, at: datetime | None, version: int = 1) -> Answer:
    return call(
        "grades", "publish_grades", school.principal, path={"period": school.period},
        body={"at": stamp(at) if at else None}, headers={"if-match": f'"{version}"'},
    )  # fmt: skip


def seen(person: str, pupil: str) -> list[str]:
    answer = call("grades", "list_grades", person, path={"pupil": pupil})
    assert answer.status == 200, answer.body
    return [row["gradeValue"] for row in answer.body["data"]]


def decided(school: Graded) -> datetime:
    """Let the whole class have a grade, to be shown in an hour."""
    assert school.set(school.teachers[0], dict.fromkeys(school.klass.pupil_ids, "B")).status == 201
    at = now() + timedelta(hours=1)
    assert publish(school, at).status == 200
    return at


def told() -> list[dict[str, Any]]:
    """What is due to be told, when all that the minute's look hands over has been done."""
    run_schedule("grades", "ask_publications")
    for kind in ("grades.PublicationDue.v1", "grades.HomesDue.v1"):
        for fact in outbox("grades"):
            if fact["type"] == kind:
                assert deliver("grades", "tell_of_grades", fact) == []
    return [fact["data"] for fact in outbox("grades") if fact["type"] == "grades.MessageDue.v1"]


def test_every_home_sees_at_the_moment_and_none_before(
    school: Graded, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = decided(school)
    homes = [(g.guardian_id, p.id) for p in school.pupils for g in p.guardians]
    everybody = [*homes, *((p.id, p.id) for p in school.pupils)]
    assert len(everybody) > len(school.pupils)
    for moment, expected in ((now(), []), (at - timedelta(milliseconds=1), []), (at, ["B"])):
        monkeypatch.setattr("functions.grades.usecases.catalogue.now", lambda moment=moment: moment)
        assert {tuple(seen(person, pupil)) for person, pupil in everybody} == {tuple(expected)}


def test_homes_are_told_once_when_the_moment_has_passed(
    school: Graded, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = decided(school)
    assert told() == []
    turn_to(monkeypatch, at)
    messages = told()
    guardians = {g.guardian_id for p in school.pupils for g in p.guardians}
    assert {one for message in messages for one in message["recipients"]} == guardians
    assert {(m["template"], m["about"], str(m["values"])) for m in messages} == {
        ("grades_published", None, "{}")
    }
    assert told() == messages  # another minute, and every fact again
    (message,) = [f for f in outbox("grades") if f["type"] == "grades.MessageDue.v1"]
    assert deliver("messages", "deliver_message", message) == []


def test_a_moment_that_is_moved_or_taken_back_tells_nobody(
    school: Graded, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = decided(school)
    later = at + timedelta(days=1)
    assert publish(school, later, 2).status == 200
    turn_to(monkeypatch, at)
    assert told() == []
    assert publish(school, None, 3).status == 200
    turn_to(monkeypatch, later)
    assert told() == []
    turn_to(monkeypatch, at)
    assert publish(school, None, 4).status == 200
    assert publish(school, later, 5).status == 200
    turn_to(monkeypatch, later - timedelta(seconds=59))
    refused(publish(school, None, 6), 409, "published-soon")
    turn_to(monkeypatch, later)
    assert told() != []


def test_a_moment_that_is_moved_tells_when_the_new_one_comes(
    school: Graded, monkeypatch: pytest.MonkeyPatch
) -> None:
    later = decided(school) + timedelta(days=1)
    assert publish(school, later, 2).status == 200
    with acting_as("grades"):
        assert [due.at for due in publications.due(later)] == [datetime.fromisoformat(stamp(later))]
    turn_to(monkeypatch, later)
    assert told() != []


def test_nothing_is_sent_to_or_because_of_the_protected(
    school: Graded, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = decided(school)
    child = next(p for p in school.pupils if p.guardians)
    marked = call(
        "register", "protect_person", school.world.staff("administrator"), path={"person": child.id},
        body={"securityMarking": "Sekretessmarkering", "basis": "populationRegister"},
        headers={"if-match": '"1"'},
    )  # fmt: skip
    assert marked.status == 200, marked.body
    turn_to(monkeypatch, at)
    recipients = {one for message in told() for one in message["recipients"]}
    others = {g.guardian_id for p in school.pupils if p.id != child.id for g in p.guardians}
    assert recipients == others
    assert not {g.guardian_id for g in child.guardians} - others & recipients


def test_who_has_no_grade_in_the_period_is_not_told(school: Graded, monkeypatch: pytest.MonkeyPatch) -> None:
    one = next(p for p in school.pupils if p.guardians)
    assert school.set(school.teachers[0], {one.id: "C"}).status == 201
    at = now() + timedelta(hours=1)
    assert publish(school, at).status == 200
    turn_to(monkeypatch, at + timedelta(days=3))
    assert told() == []  # too late for a message, as when facts come again from the archive
    assert seen(one.guardians[0].guardian_id, one.id) == ["C"]

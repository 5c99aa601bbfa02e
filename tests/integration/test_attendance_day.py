"""The school day in-process: notices, lessons, gaps, deliveries, the evening (processes 19, 20, 21, 28)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from functions.attendance import store
from functions.attendance.usecases import notices as noticing
from functions.messages import store as messages
from functions.messages.domain.deliveries import LEASE, Channel, Delivery, State, Wishes
from infra.local.cloud import Cloud
from skolkit import clock
from skolkit.clock import stamp, today
from skolkit.table import Overwrite, commit
from skolkit.types import NoticeId, PersonId, new_id
from tests.support.areas import Answer, acting_as, audit_rows, call, deliver, outbox
from tests.support.world import Lesson, World, drop, make_world, person_row


@pytest.fixture
def world(tables: Cloud, monkeypatch: pytest.MonkeyPatch) -> World:
    made = make_world(tables)
    at(monkeypatch, made.of_class()[0].start)
    return made


def at(monkeypatch: pytest.MonkeyPatch, instant: datetime) -> None:
    """Let it be another time in every module that asks the clock."""
    import sys

    for name, module in list(sys.modules.items()):
        if name.startswith("functions.") and hasattr(module, "now"):
            monkeypatch.setattr(module, "now", lambda: instant)
        if name.startswith("functions.") and hasattr(module, "today"):
            monkeypatch.setattr(module, "today", lambda when=None: clock.today(when or instant))


def open_(lesson: Lesson, person: PersonId | None = None) -> Answer:
    return call("attendance", "open_lesson", person or lesson.teachers[0], path={"lesson": lesson.id})


def save(lesson: Lesson, away: dict[str, dict[str, Any]], person: PersonId | None = None) -> Answer:
    """Save a lesson with everybody present but `away`, as a phone does: open, change, send."""
    opened = open_(lesson).body
    fields = (
        "pupil",
        "attendanceMinutes",
        "validAbsenceMinutes",
        "invalidAbsenceMinutes",
        "otherAttendanceMinutes",
    )
    rows = [{name: row[name] for name in fields} | away.get(row["pupil"], {}) for row in opened["rows"]]
    return call(
        "attendance", "save_lesson", person or lesson.teachers[0], path={"lesson": lesson.id},
        body={"rows": rows}, headers={"if-match": f'"{opened["version"]}"'},
    )  # fmt: skip


def invalid(lesson: Lesson, minutes: int | None = None) -> dict[str, Any]:
    whole = int((lesson.end - lesson.start).total_seconds()) // 60
    away = whole if minutes is None else minutes
    return {"attendanceMinutes": whole - away, "invalidAbsenceMinutes": away}


def report(pupil: str, guardian: str, day: str, **other: Any) -> Answer:
    return call(
        "attendance", "report_absence", guardian, path={"pupil": pupil},
        body={"startDate": day, "endDate": day, "reason": "illness", **other},
        headers={"idempotency-key": new_id()},
    )  # fmt: skip


def pump() -> None:
    """Carry every fact to its consumers, twice and then in reverse: buses repeat and reorder."""
    for area, function, kinds in [
        ("attendance", "decide_guardian_notices", {"attendance.LessonReported.v1"}),
        ("messages", "deliver_guardian_notice", {"attendance.GuardianNoticeDue.v1"}),
        ("attendance", "record_notice_outcome", {"messages.NoticeDelivered.v1", "messages.NoticeFailed.v1"}),
    ]:
        facts = [e for source in ("attendance", "messages") for e in outbox(source) if e["type"] in kinds]
        for envelope in [*facts, *reversed(facts)]:
            assert deliver(area, function, envelope) == []


def test_a_notice_fills_in_the_lesson(world: World) -> None:
    pupil, lesson = world.classmates()[0], world.of_class()[0]
    sent = report(pupil.id, pupil.guardians[0].guardian_id, today(lesson.start).isoformat())
    assert sent.status == 201, sent.body
    row = next(row for row in open_(lesson).body["rows"] if row["pupil"] == pupil.id)
    assert row["givenName"] == pupil.given_name
    assert row["attendanceMinutes"] == 0
    assert row["validAbsenceMinutes"] == row["notifiedMinutes"] > 0
    assert row["absenceReason"] == "illness"


def test_a_repeated_post_is_one_notice(world: World) -> None:
    pupil = world.classmates()[0]
    guardian, day = pupil.guardians[0].guardian_id, world.days[0].isoformat()
    body = {"startDate": day, "endDate": day, "reason": "illness"}
    key = {"idempotency-key": new_id()}
    first, again = (
        call("attendance", "report_absence", guardian, path={"pupil": pupil.id}, body=body, headers=key)
        for _ in range(2)
    )
    assert again.status == first.status == 201
    assert again.body == first.body
    other = call(
        "attendance",
        "report_absence",
        guardian,
        path={"pupil": pupil.id},
        body=body | {"reason": "other"},
        headers=key,
    )
    assert (other.status, other.body["type"]) == (409, "urn:skolkit:problem:key-reused")
    listed = call("attendance", "list_absences", guardian, path={"pupil": pupil.id})
    assert [notice["id"] for notice in listed.body["data"]] == [first.body["id"]]


def test_change_and_withdraw_follow_the_version(world: World) -> None:
    pupil = world.classmates()[0]
    guardian, day = pupil.guardians[0].guardian_id, world.days[1].isoformat()
    notice = report(pupil.id, guardian, day).body
    path = {"pupil": pupil.id, "notice": notice["id"]}
    part = {
        "startDate": day,
        "endDate": day,
        "startTime": "08:00",
        "endTime": "09:00",
        "reason": "dentalVisit",
    }
    changed = call(
        "attendance", "change_absence", guardian, path=path, body=part, headers={"if-match": '"1"'}
    )
    assert (changed.status, changed.headers["etag"]) == (200, '"2"')
    stale = call("attendance", "withdraw_absence", guardian, path=path, headers={"if-match": '"1"'})
    assert stale.status == 412
    assert (
        call("attendance", "withdraw_absence", guardian, path=path, headers={"if-match": '"2"'}).status == 204
    )
    day_view = call("attendance", "read_pupil_day", guardian, path={"pupil": pupil.id}, query={"date": day})
    assert day_view.body["notices"] == []
    assert report(pupil.id, guardian, day).status == 201


def test_a_page_of_notices_leads_to_the_next(world: World) -> None:
    pupil = world.classmates()[0]
    guardian = pupil.guardians[0].guardian_id
    made = [report(pupil.id, guardian, day.isoformat()).body["id"] for day in world.days[:3]]
    seen: list[str] = []
    cursor: dict[str, Any] = {}
    for _ in range(3):
        page = call(
            "attendance", "list_absences", guardian, path={"pupil": pupil.id}, query={"limit": 1, **cursor}
        ).body
        seen += [notice["id"] for notice in page["data"]]
        cursor = {"cursor": page["cursor"]}
    assert seen == made[::-1]
    stolen = call(
        "attendance", "list_absences", pupil.guardians[1].guardian_id, path={"pupil": pupil.id},
        query={"limit": 1, "cursor": call(
            "attendance", "list_absences", guardian, path={"pupil": pupil.id}, query={"limit": 1}
        ).body["cursor"]},
    )  # fmt: skip
    assert stolen.status == 400


def test_a_lesson_is_saved_once_and_corrected_with_a_trace(world: World) -> None:
    pupil, lesson = world.classmates()[0], world.of_class()[0]
    saved = save(lesson, {pupil.id: invalid(lesson, 15)})
    assert (saved.status, saved.body["unexcused"]) == (200, 1)
    corrected = save(lesson, {pupil.id: invalid(lesson, 0)})
    assert (corrected.status, corrected.body["version"]) == (200, saved.body["version"] + 1)
    trail = [row for row in audit_rows(lesson.id) if row["action"] != "open_lesson"]
    assert [row["action"] for row in trail] == ["save_lesson", "correct_lesson"]
    assert pupil.id in trail[1]["changes"]
    with acting_as("attendance"):
        assert store.pupil_day(pupil.id, today(lesson.start)).deviations == ()


def test_bad_lessons_are_told_field_by_field_and_nothing_is_saved(world: World) -> None:
    lesson, stranger = world.of_class()[0], world.population.guardians[0].id
    opened = open_(lesson).body
    bad = [{"pupil": row["pupil"], "attendanceMinutes": 1} for row in opened["rows"][1:]]
    for body, code in [
        ({"rows": bad}, "roster-mismatch"),
        (
            {"rows": [*bad, {"pupil": opened["rows"][0]["pupil"], "attendanceMinutes": 1}]},
            "minutes-do-not-add-up",
        ),
        ({"rows": [*bad, {"pupil": stranger, "attendanceMinutes": 1}]}, "roster-mismatch"),
        ({"rows": [*bad, {"pupil": "191", "attendanceMinutes": -1}]}, "invalid"),
    ]:
        answer = call(
            "attendance", "save_lesson", lesson.teachers[0], path={"lesson": lesson.id}, body=body,
            headers={"if-match": f'"{opened["version"]}"'},
        )  # fmt: skip
        assert (answer.status, answer.body["type"]) == (422, f"urn:skolkit:problem:{code}")
        assert all({"field", "reason", "advice"} <= set(fault) for fault in answer.body["errors"])
    assert not open_(lesson).body["isReported"]


def test_unexcused_absence_reaches_each_guardian_once(world: World, tables: Cloud) -> None:
    pupil = world.classmates()[0]
    first, second = world.of_class(world.days[0])[:2]
    with acting_as("messages"):
        phone = pupil.guardians[1].guardian_id
        commit(messages.preferences_item(phone, Wishes(Channel.SMS), 0))
    save(first, {pupil.id: invalid(first)})
    pump()
    pump()
    assert len(tables.messages()) == 1
    assert len(tables.text_messages()) == 1
    mail = tables.messages()[0]
    assert mail["Subject"] == "Frånvaro i dag" or mail["Subject"] == "Absence today"
    assert pupil.given_name in mail["BodyText"]
    assert pupil.family_name not in mail["BodyText"]
    log = call("messages", "list_deliveries", world.klass.mentor_ids[0], path={"pupil": pupil.id})
    assert sorted(d["state"] for d in log.body["data"]) == ["accepted", "accepted"]
    assert second.start >= first.end


def test_the_next_lesson_of_the_same_gap_is_not_told_again(
    world: World, tables: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    pupil = world.classmates()[0]
    lessons = world.of_class(world.days[0])[:3]
    at(monkeypatch, lessons[-1].end)
    save(lessons[0], {pupil.id: invalid(lessons[0])})
    save(lessons[1], {pupil.id: invalid(lessons[1])})
    pump()
    sent = len(tables.messages()) + len(tables.text_messages())
    assert sent == 2
    save(lessons[2], {pupil.id: invalid(lessons[2])})
    pump()
    assert len(tables.messages()) + len(tables.text_messages()) == 2


def test_lateness_is_told_as_such_and_absence_after_it_anew(
    world: World, tables: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Late to the first lesson, away from the second; then the first proves to have been missed, too."""
    pupil, (first, second, *_) = world.classmates()[0], world.of_class(world.days[0])
    homes = len(pupil.guardians)
    save(first, {pupil.id: invalid(first, 5) | {"lateMinutes": 5}})
    pump()
    late = [mail for mail in tables.messages() if mail["Subject"] in ("Sen ankomst i dag", "Late today")]
    assert len(late) == len(tables.messages()) == homes
    assert all("5 min" in mail["BodyText"] and pupil.given_name in mail["BodyText"] for mail in late)
    day = call(
        "attendance", "read_pupil_day", pupil.guardians[0].guardian_id, path={"pupil": pupil.id},
        query={"date": world.days[0].isoformat()},
    )  # fmt: skip
    assert [(d["lateMinutes"], d["leftEarlyMinutes"]) for d in day.body["deviations"]] == [(5, 0)]
    at(monkeypatch, second.end)
    save(second, {pupil.id: invalid(second)})
    pump()
    assert len(tables.messages()) == 2 * homes
    save(first, {pupil.id: invalid(first) | {"lateMinutes": 0}})
    pump()
    assert len(tables.messages()) in (2 * homes, 3 * homes)
    with acting_as("attendance"):
        gaps = store.pupil_day(PersonId(pupil.id), world.days[0]).gaps
    told = {lesson for gap in gaps for lesson in gap.lessons if not gap.late}
    assert told == {first.id, second.id}


def test_a_lesson_attended_in_between_makes_two_gaps(
    world: World, tables: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    pupil = world.classmates()[0]
    lessons = world.of_class(world.days[0])[:3]
    at(monkeypatch, lessons[-1].end)
    for lesson, away in zip(lessons, (True, False, True), strict=True):
        save(lesson, {pupil.id: invalid(lesson)} if away else {})
    pump()
    assert len(tables.messages()) + len(tables.text_messages()) == 4


def test_a_notice_that_arrives_first_keeps_guardians_undisturbed(world: World, tables: Cloud) -> None:
    pupil, lesson = world.classmates()[0], world.of_class()[0]
    save(lesson, {pupil.id: invalid(lesson)})
    report(pupil.id, pupil.guardians[0].guardian_id, today(lesson.start).isoformat())
    pump()
    assert tables.messages() + tables.text_messages() == []


def test_nothing_is_sent_about_a_protected_pupil(world: World, tables: Cloud) -> None:
    pupil, lesson = world.classmates()[0], world.of_class()[0]
    row = person_row(pupil) | {"securityMarking": "Sekretessmarkering"}
    assert drop(tables, "register/persons/protected.jsonl", [row])["failed"] == 0
    save(lesson, {pupil.id: invalid(lesson)})
    pump()
    assert tables.messages() + tables.text_messages() == []
    failures = [e for e in outbox("messages") if e["type"] == "messages.NoticeFailed.v1"]
    assert {e["data"]["reason"] for e in failures} == {"protected"}


def test_a_sender_that_died_is_followed_by_another_and_a_receipt_settles_it(
    world: World, tables: Cloud
) -> None:
    pupil, lesson = world.classmates()[0], world.of_class()[0]
    save(lesson, {pupil.id: invalid(lesson)})
    for envelope in outbox("attendance"):
        if envelope["type"] == "attendance.LessonReported.v1":
            deliver("attendance", "decide_guardian_notices", envelope)
    due = next(e for e in outbox("attendance") if e["type"] == "attendance.GuardianNoticeDue.v1")
    guardian = min(g.guardian_id for g in pupil.guardians)
    key = messages.DeliveryKey(pupil.id, today(lesson.start), NoticeId(due["data"]["notice"]), guardian)
    with acting_as("messages"):  # claimed, and then the function died before it could send
        claim = Delivery(State.CLAIMED, Channel.MAIL, lesson.start)
        commit(messages.delivery_item(key, claim))
    assert deliver("messages", "deliver_guardian_notice", due) == [
        "0"
    ]  # comes again; the other guardian is told
    assert len(tables.messages()) + len(tables.text_messages()) == 1
    with acting_as("messages"):
        item = messages.delivery_item(key, claim)
        item.at = stamp(lesson.start - LEASE - timedelta(seconds=1))
        commit(Overwrite(item))
    assert deliver("messages", "deliver_guardian_notice", due) == []
    assert deliver("messages", "deliver_guardian_notice", due) == []
    assert len(tables.messages()) + len(tables.text_messages()) == 2


def test_the_evening_closes_what_was_lost_and_counts_it(
    world: World, tables: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    pupil, other = world.classmates()[:2]
    lessons = world.of_class(world.days[0])
    at(monkeypatch, lessons[-1].end)
    save(lessons[0], {pupil.id: invalid(lessons[0]), other.id: invalid(lessons[0])})
    report(other.id, other.guardians[0].guardian_id, world.days[0].isoformat())
    with acting_as("attendance"):  # the queue lost everything
        noticing.sweep_evening(world.days[0])
        counts = store.sweep(world.unit, world.days[0])
    assert counts
    assert counts["unexcusedLessons"] == 2
    assert (counts["due"], counts["explained"]) == (1, 1)
    assert counts["unreportedLessons"] > 0
    for envelope in outbox("attendance"):
        if envelope["type"] == "attendance.GuardianNoticeDue.v1":
            assert deliver("messages", "deliver_guardian_notice", envelope) == []
    for envelope in outbox("messages"):
        assert deliver("attendance", "record_notice_outcome", envelope) == []
    with acting_as("attendance"):
        noticing.sweep_evening(world.days[0])
        counts = store.sweep(world.unit, world.days[0])
    assert counts
    assert counts["delivered"] == 1
    assert "due" not in counts
    principal = call(
        "attendance", "read_sweep", world.staff("principal"), path={"unit": world.unit},
        query={"date": world.days[0].isoformat()},
    )  # fmt: skip
    assert principal.body["counts"] == counts


def test_a_mentor_sees_unreported_lessons_and_unexcused_pupils(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    pupil, lessons = world.classmates()[0], world.of_class(world.days[0])
    at(monkeypatch, lessons[2].end)
    save(lessons[0], {pupil.id: invalid(lessons[0], 20)})
    view = call(
        "attendance", "mentor_day", world.klass.mentor_ids[0], path={"group": world.klass.id},
        query={"date": world.days[0].isoformat()},
    )  # fmt: skip
    assert view.status == 200, view.body
    assert [(u["pupil"], u["invalidAbsenceMinutes"]) for u in view.body["unexcused"]] == [(pupil.id, 20)]
    assert {lesson.id for lesson in lessons[1:3]} <= {u["id"] for u in view.body["unreported"]}
    assert lessons[0].id not in {u["id"] for u in view.body["unreported"]}


def test_a_teachers_day_says_what_is_reported(world: World) -> None:
    lesson = world.of_class()[0]
    before = call(
        "attendance", "my_lessons", lesson.teachers[0], query={"date": world.days[0].isoformat()}
    ).body
    save(lesson, {})
    after = call(
        "attendance", "my_lessons", lesson.teachers[0], query={"date": world.days[0].isoformat()}
    ).body
    assert [entry["isReported"] for entry in before["data"]] == [False] * len(before["data"])
    assert next(entry for entry in after["data"] if entry["id"] == lesson.id)["isReported"]


def test_everybody_elses_child_and_lesson_do_not_exist(world: World) -> None:
    pupil, lesson = world.classmates()[0], world.of_class()[0]
    own = {g.guardian_id for g in pupil.guardians}
    stranger = next(g.id for g in world.population.guardians if g.id not in own)
    paths: list[tuple[str, dict[str, str]]] = [
        ("list_absences", {"pupil": pupil.id}),
        ("read_pupil_day", {"pupil": pupil.id}),
        ("open_lesson", {"lesson": lesson.id}),
        ("mentor_day", {"group": world.klass.id}),
        ("read_sweep", {"unit": world.unit}),
    ]
    for name, path in paths:
        missing = {key: new_id() for key in path}
        there = call("attendance", name, stranger, path=path)
        nowhere = call("attendance", name, stranger, path=missing)
        assert (there.status, there.body) == (nowhere.status, nowhere.body), name
        assert there.status == 404
    assert report(pupil.id, stranger, world.days[0].isoformat()).status == 404

"""From way to way until a message has arrived (processes 21 and 28): what comes back, what nothing is heard
of, providers that take nothing, the night, pupils of age, and the call list at the end.
"""

from __future__ import annotations

import json
from datetime import date, time, timedelta
from typing import Any

import pytest

from functions.messages import store
from functions.messages.domain.deliveries import RULES, Channel, Kind
from infra.local.cloud import Cloud
from infra.local.population import NewPupil
from skolkit.clock import local, today
from skolkit.table import Overwrite, commit
from tests.integration.test_attendance_day import at, invalid, pump, report, save
from tests.support.areas import Answer, acting_as, call, deliver, outbox, run_schedule
from tests.support.ways import (
    became,
    calls,
    homes,
    log,
    mails,
    missed,
    pump_due,
    pump_due_only,
    receipt,
    refusing,
    remind,
    texts,
)
from tests.support.world import Lesson, World, drop, person_row


def test_a_bounce_goes_on_by_sms_and_next_time_sms_is_first(
    world: World, tables: Cloud, lesson: Lesson, pupil: NewPupil, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = homes(world, pupil)
    missed(lesson, pupil)
    assert [mails(tables, one), texts(tables, one)] == [1, 0]
    receipt(world, pupil, one, "Bounce")
    pump_due()
    assert became(world, pupil, one) == ("sms", "accepted", [("mail", "bounced")])
    assert became(world, pupil, other) == ("mail", "accepted", [])
    assert [mails(tables, one), texts(tables, one)] == [1, 1]
    assert calls(world, lesson).body["data"] == []

    later = world.of_class()[len(world.of_class(world.days[0]))]  # of the next day
    at(monkeypatch, later.end)
    save(later, {pupil.id: invalid(later)})
    pump()
    assert [mails(tables, one), texts(tables, one)] == [1, 2]
    assert [t["failure"] for t in log(world, pupil)[0]["tried"] + log(world, pupil)[1]["tried"]] == [
        "bounced"
    ]


def test_a_full_mailbox_is_no_wrong_address(
    world: World, tables: Cloud, lesson: Lesson, pupil: NewPupil
) -> None:
    one, _ = homes(world, pupil)
    missed(lesson, pupil)
    receipt(world, pupil, one, "Bounce", "Transient")
    pump_due()
    assert texts(tables, one) == 1
    with acting_as("messages"):
        assert store.WaysItem.find(*store.ways_key(one.id)) is None


def test_a_mail_nobody_confirms_is_followed_by_sms_and_a_confirmed_one_by_nothing(
    world: World, tables: Cloud, lesson: Lesson, pupil: NewPupil, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = homes(world, pupil)
    missed(lesson, pupil)
    receipt(world, pupil, one, "Delivery")
    pump_due()
    assert [texts(tables, home) for home in (one, other)] == [0, 0]
    at(monkeypatch, lesson.end + RULES.confirm + timedelta(seconds=1))
    for _ in range(2):
        pump_due()
    assert became(world, pupil, one) == ("mail", "confirmed", [])
    assert became(world, pupil, other) == ("sms", "accepted", [("mail", "unconfirmed")])
    assert [texts(tables, home) for home in (one, other)] == [0, 1]


def test_whom_no_way_reaches_is_called_and_the_evening_counts_it(
    world: World, tables: Cloud, lesson: Lesson, pupil: NewPupil, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = homes(world, pupil)
    with acting_as("messages"):
        for home in (one, other):
            commit(store.shut_item(home.id, Channel.SMS, store.mark_of(home.phone)))
    missed(lesson, pupil)
    for home in (one, other):
        receipt(world, pupil, home, "Bounce")
    pump_due()
    listed = calls(world, lesson).body["data"]
    assert {(c["pupil"], c["recipient"], c["reason"], c["called"]) for c in listed} == {
        (pupil.id, home.id, "bounced", "open") for home in (one, other)
    }
    first = calls(world, lesson, limit=1).body
    second = calls(world, lesson, limit=1, cursor=first["cursor"]).body
    assert [c["id"] for c in first["data"] + second["data"]] == [c["id"] for c in listed]
    mentor, day = world.klass.mentor_ids[0], today(lesson.start)
    assert calls(world, lesson, mentor).body["data"] == listed

    run_schedule("attendance", "evening_sweep")
    assert swept(world, day)["toCall"] == 1
    path = {"unit": world.unit, "call": listed[0]["id"]}

    def note(outcome: str, version: int) -> Answer:
        return call(
            "attendance", "record_call", mentor, path=path, query={"date": str(day)},
            body={"called": outcome}, headers={"if-match": f'"{version}"'},
        )  # fmt: skip

    assert [note("notReached", 1).status, note("reached", 1).status] == [200, 412]
    noted = note("reached", 2)
    assert (noted.body["by"], noted.body["attempts"]) == (mentor, 2)
    run_schedule("attendance", "evening_sweep")
    counts = swept(world, day)
    assert (counts["gaps"], counts["told"], counts.get("toCall", 0)) == (1, 1, 0)


def swept(world: World, day: date) -> dict[str, int]:
    read = call(
        "attendance",
        "read_sweep",
        world.staff("principal"),
        path={"unit": world.unit},
        query={"date": str(day)},
    )
    counts: dict[str, int] = read.body["counts"]
    return counts


def test_an_absence_nobody_was_told_of_by_the_evening_alarms(
    world: World,
    lesson: Lesson,
    pupil: NewPupil,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The facts are lost on the way to messages. In the afternoon they are said again; what nobody has
    answered when the day is to be proven is counted by name.
    """
    save(lesson, {pupil.id: invalid(lesson)})
    day = today(lesson.start)
    for hour, alarms in ((16, False), (18, True)):
        at(monkeypatch, local(day, time(hour, 30)))
        capsys.readouterr()
        run_schedule("attendance", "evening_sweep")
        assert swept(world, day)["withoutAttempt"] == 1
        assert ("UnexcusedWithoutAttempt" in capsys.readouterr().out) == alarms
    pump()
    run_schedule("attendance", "evening_sweep")
    assert "withoutAttempt" not in swept(world, day)
    assert "UnexcusedWithoutAttempt" not in capsys.readouterr().out


def test_a_pupil_of_age_is_told_and_the_guardians_are_not(
    world: World, tables: Cloud, lesson: Lesson, pupil: NewPupil
) -> None:
    born = today(lesson.start).replace(year=today(lesson.start).year - 18) - timedelta(days=1)
    row = person_row(pupil) | {"birthDate": born.isoformat(), "email": "elev@example.org", "civicNo": None}
    assert drop(tables, "register/persons/grown.jsonl", [row])["failed"] == 0
    missed(lesson, pupil)
    (mail,) = tables.messages()
    assert mail["To"] == ["elev@example.org"]
    assert mail["BodyText"].startswith(("Du saknades", "You were missing"))
    assert tables.text_messages() == []
    assert [d["recipient"] for d in log(world, pupil)] == [pupil.id]


def test_a_pupil_in_nobodys_custody_is_on_the_call_list(
    world: World, tables: Cloud, lesson: Lesson, pupil: NewPupil
) -> None:
    row = person_row(pupil) | {"responsibles": []}
    assert drop(tables, "register/persons/alone.jsonl", [row])["failed"] == 0
    missed(lesson, pupil)
    assert tables.messages() + tables.text_messages() == []
    assert [(c["recipient"], c["reason"]) for c in calls(world, lesson).body["data"]] == [
        (pupil.id, "no_guardian")
    ]


def test_a_protected_family_is_called_without_details(
    world: World, tables: Cloud, lesson: Lesson, pupil: NewPupil
) -> None:
    """The unit's principal sees which pupil, never a name of the home; a principal of the municipality that
    there is somebody.
    """
    row = person_row(pupil) | {"securityMarking": "Sekretessmarkering"}
    assert drop(tables, "register/persons/protected.jsonl", [row])["failed"] == 0
    missed(lesson, pupil)
    assert tables.messages() + tables.text_messages() == []
    listed = calls(world, lesson).body["data"]
    assert [(c["pupil"], c["reason"]) for c in listed] == [(pupil.id, "protected")] * 2
    assert {name for c in listed for name, value in c.items() if value is None} >= {
        "recipient", "recipientGivenName", "recipientFamilyName"
    }  # fmt: skip


def test_what_is_reported_in_time_and_the_next_lessons_disturb_nobody(
    world: World, tables: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Explained: quiet. Three lessons in a row: one notice each guardian, and no second after a bounce."""
    lessons, (told, quiet) = world.of_class(world.days[0])[:3], world.classmates()[:2]
    at(monkeypatch, lessons[-1].end)
    away: dict[str, dict[str, Any]] = {told.id: invalid(lessons[0]), quiet.id: invalid(lessons[0])}
    assert save(lessons[0], away).status == 200
    report(quiet.id, quiet.guardians[0].guardian_id, world.days[0].isoformat())
    pump()
    for lesson in lessons[1:]:
        assert save(lesson, {told.id: invalid(lesson)}).status == 200
        pump()
    assert len(tables.messages()) == 2
    assert tables.text_messages() == []
    assert log(world, quiet) == []


def test_a_provider_that_is_away_for_an_hour(
    world: World, tables: Cloud, lesson: Lesson, pupil: NewPupil, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SES takes nothing while the queue gives up and the clock asks again and again; then it does, and both
    have one mail, whatever is repeated.
    """
    save(lesson, {pupil.id: invalid(lesson)})
    for envelope in outbox("attendance"):
        if envelope["type"] == "attendance.LessonReported.v1":
            deliver("attendance", "decide_guardian_notices", envelope)
    (due,) = [e for e in outbox("attendance") if e["type"] == "attendance.GuardianNoticeDue.v1"]
    with refusing(monkeypatch, "SESV2"):
        for _ in range(5):
            assert deliver("messages", "deliver_guardian_notice", due) == ["0"]
        for minutes in range(1, 61, 3):
            at(monkeypatch, lesson.end + timedelta(minutes=minutes))
            pump_due_only()
    assert {d["state"] for d in log(world, pupil)} == {"waiting"}
    assert tables.messages() == []
    waiting = [d for d in log(world, pupil) if d["until"]]
    assert len(waiting) == 2
    at(monkeypatch, lesson.end + timedelta(hours=3))
    pump_due_only()
    assert len(tables.messages()) == 2
    for _ in range(2):
        assert deliver("messages", "deliver_guardian_notice", due) == []
        pump_due_only()
    assert len(tables.messages()) == 2
    assert {d["state"] for d in log(world, pupil)} == {"accepted"}


def test_the_clock_hands_over_once_what_waits(
    world: World, lesson: Lesson, pupil: NewPupil, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However often the provider refuses, each delivery has one time at which it is looked at again."""
    missed(lesson, pupil)
    at(monkeypatch, lesson.end + RULES.confirm + timedelta(seconds=1))
    run_schedule("messages", "hand_over_due")
    handed = [e for e in outbox("messages") if e["type"] == "messages.DeliveryDue.v1"]
    run_schedule("messages", "hand_over_due")
    assert len(handed) == 2
    assert [e for e in outbox("messages") if e["type"] == "messages.DeliveryDue.v1"] == handed


def test_what_can_wait_is_held_until_the_morning_and_sent_once(
    world: World, tables: Cloud, lesson: Lesson, pupil: NewPupil, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = homes(world, pupil)
    night = local(today(lesson.start), time(22, 15))
    at(monkeypatch, night)
    held, urgent = remind(one.id, when=night), remind(other.id, urgent=True, when=night)
    for envelope in (held, urgent, held):
        assert deliver("messages", "deliver_message", envelope) == []
    pump_due_only()
    assert [mails(tables, one), mails(tables, other)] == [0, 1]
    at(monkeypatch, local(today(lesson.start) + timedelta(days=1), time(6, 30)))
    for _ in range(2):
        pump_due_only()
        assert deliver("messages", "deliver_message", held) == []
    assert [mails(tables, one), mails(tables, other)] == [1, 1]
    told = {e["type"] for e in outbox("messages")}
    assert not told & {"messages.NoticeDelivered.v1", "messages.NoticeFailed.v1"}  # only of absence


def test_people_choose_ways_hours_and_language(
    world: World, tables: Cloud, lesson: Lesson, pupil: NewPupil, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, _ = homes(world, pupil)
    body = {
        "channel": "mail", "channels": {"absence": ["sms"], "reminder": ["mail"]},
        "quietHours": {"start": "00:00", "end": "00:00"}, "language": "en",
    }  # fmt: skip
    wrong = body | {"channels": {"reminder": ["sms", "sms"]}}
    refused = call("messages", "choose_preferences", one.id, body=wrong, headers={"if-match": '"0"'})
    assert (refused.status, refused.body["errors"][0]["field"]) == (422, "channels.reminder")
    chosen = call("messages", "choose_preferences", one.id, body=body, headers={"if-match": '"0"'})
    assert chosen.status == 200, chosen.body
    read = call("messages", "read_preferences", one.id)
    assert read.body == chosen.body
    assert read.body["channels"] == body["channels"]
    night = local(today(lesson.start), time(23))
    at(monkeypatch, night)
    assert deliver("messages", "deliver_message", remind(one.id, when=night)) == []
    (mail,) = [m for m in tables.messages() if one.email in m["To"]]
    assert mail["Subject"] == "Protected details have been opened"
    missed(lesson, pupil)
    assert [mails(tables, one), texts(tables, one)] == [1, 1]


def test_what_was_chosen_before_there_were_kinds_still_holds(world: World, pupil: NewPupil) -> None:
    one, _ = homes(world, pupil)
    with acting_as("messages"):
        commit(Overwrite(store.PreferencesItem(f"PERSON#{one.id}", "PREFERENCES", channel="sms")))
        wishes, version = store.preferences(one.id)
    assert (wishes.order(Kind.NEWS), version) == ((Channel.SMS, Channel.PUSH, Channel.MAIL), 1)
    read = call("messages", "read_preferences", one.id)
    assert (read.body["channel"], read.body["channels"], read.body["quietHours"]) == ("sms", {}, None)


def test_an_address_that_came_back_is_used_again_when_it_has_been_changed(
    world: World, tables: Cloud, lesson: Lesson, pupil: NewPupil
) -> None:
    one, _ = homes(world, pupil)
    with acting_as("messages"):
        commit(store.shut_item(one.id, Channel.MAIL, store.mark_of("old@example.org")))
    missed(lesson, pupil)
    assert became(world, pupil, one) == ("mail", "accepted", [])
    stored = json.dumps(str(outbox("messages"))) + str(log(world, pupil))
    assert one.email not in stored

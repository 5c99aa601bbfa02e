"""The morning after: who is asked whether the pupil is still ill, once, and what a tap does (process 19)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from functions.attendance.usecases.absence import accept
from infra.local.cloud import Cloud
from infra.local.population import NewPupil
from skolkit.clock import today
from skolkit.types import new_id
from tests.integration.attendance.conftest import Morning, is_school_day
from tests.support.areas import audit_rows, deliver, outbox, run_schedule
from tests.support.stored import stored
from tests.support.world import drop, person_row


@pytest.fixture
def ill(morning: Morning) -> tuple[Morning, NewPupil, str]:
    """A pupil reported ill for a day, and the next school day's morning."""
    pupil = morning.world.classmates()[0]
    made = morning.report(pupil, morning.day)
    assert made.status == 201, made.body
    morning.wake(morning.next_school_day())
    return morning, pupil, made.body["id"]


def due() -> list[dict[str, Any]]:
    return [f for f in outbox("attendance") if f["type"] == "attendance.MessageDue.v1"]


def asked(cloud: Cloud) -> list[str]:
    """Run the morning twice, carry what it says twice, and read the mails."""
    for _ in range(2):
        run_schedule("attendance", "ask_homes")
    for fact in [*due(), *due()]:
        assert deliver("messages", "deliver_message", fact) == []
    return sorted(address for mail in cloud.messages() for address in mail["To"])


def addresses(morning: Morning, pupil: NewPupil) -> list[str]:
    homes = {g.id: g.email for g in morning.world.population.guardians}
    return sorted(str(homes[g.guardian_id]) for g in pupil.guardians)


def test_each_guardian_is_asked_once(ill: tuple[Morning, NewPupil, str], tables: Cloud) -> None:
    morning, pupil, notice = ill
    assert asked(tables) == addresses(morning, pupil)
    mail = tables.messages()[0]
    assert mail["Subject"] in ("Fortfarande sjuk?", "Still ill?")
    assert pupil.given_name in mail["BodyText"]
    assert pupil.family_name not in mail["BodyText"]
    (fact,) = due()
    assert fact["data"]["about"] == pupil.id
    assert set(fact["data"]["values"]) == {"day"}
    (listed,) = morning.ask("list_absences", pupil.guardians[0].guardian_id, pupil=pupil.id).body["data"]
    assert (listed["id"], listed["askedDate"]) == (notice, morning.day.isoformat())
    assert [r["actor"] for r in audit_rows(pupil.id) if r["action"] == "ask_homes"] == ["system:ask_homes"]


def test_a_tap_reports_today_once(ill: tuple[Morning, NewPupil, str], tables: Cloud) -> None:
    """The same tap twice is one; the other guardian's tap is told that it is done."""
    morning, pupil, notice = ill
    asked(tables)
    one, other = (g.guardian_id for g in pupil.guardians)
    path: dict[str, Any] = {"pupil": pupil.id, "notice": notice}
    key = new_id()
    body = {"until": morning.day.isoformat()}
    first, again = (morning.ask("prolong_absence", one, body, key=key, **path) for _ in range(2))
    assert first.status == again.status == 201, first.body
    assert first.body == again.body
    assert (first.body["startDate"], first.body["endDate"]) == (morning.day.isoformat(),) * 2
    late = morning.ask("prolong_absence", other, {}, **path)
    assert (late.status, late.body["type"]) == (409, "urn:skolkit:problem:overlapping-absence")
    back = morning.ask("tell_back", other, **path)
    assert (back.status, back.body["type"]) == (409, "urn:skolkit:problem:not-ended")
    listed = morning.ask("list_absences", one, pupil=pupil.id).body["data"]
    assert [(n["answer"], n["reportedAs"]) for n in listed] == [("", "guardian"), ("prolonged", "guardian")]
    before = len(tables.messages())
    morning.wake(morning.next_school_day())  # and the next morning asks about the new one
    assert len(asked(tables)) == before + 2


def test_back_at_school_is_the_end_of_it(ill: tuple[Morning, NewPupil, str], tables: Cloud) -> None:
    morning, pupil, notice = ill
    path: dict[str, Any] = {"pupil": pupil.id, "notice": notice}
    key = new_id()
    for _ in range(2):
        told = morning.ask("tell_back", pupil.guardians[0].guardian_id, key=key, **path)
        assert (told.status, told.body["answer"]) == (200, "back"), told.body
    assert asked(tables) == []
    still = morning.ask("prolong_absence", pupil.guardians[1].guardian_id, {}, **path)
    assert still.status == 201  # the other guardian knows better


def test_whom_nothing_is_asked_about(ill: tuple[Morning, NewPupil, str], tables: Cloud) -> None:
    """Reported for today, withdrawn, ill longer, away for another reason, out of school."""
    morning, pupil, _ = ill
    yesterday = morning.day
    while True:
        yesterday -= timedelta(days=1)
        if is_school_day(yesterday):
            break
    today_ = morning.day
    mates = morning.world.classmates()
    guardian = mates[0].guardians[0].guardian_id
    assert morning.report(pupil, today_, by=guardian).status == 201
    morning.wake(yesterday)
    gone = morning.report(mates[1], yesterday)
    withdrawn = morning.ask(
        "withdraw_absence", mates[1].guardians[0].guardian_id, version=1, pupil=mates[1].id,
        notice=gone.body["id"],
    )  # fmt: skip
    assert withdrawn.status == 204
    assert morning.report(mates[2], yesterday, today_).status == 201
    assert morning.report(mates[3], yesterday, reason="dentalVisit").status == 201
    assert morning.report(mates[4], yesterday).status == 201
    row = person_row(mates[4]) | {"enrolments": []}
    ended = drop(tables, "register/persons/left.jsonl", [row])
    assert ended["failed"] == 0, ended
    assert morning.report(mates[5], yesterday).status == 201
    assert morning.report(mates[5], today_, reason="other").status == 201  # whole days, as leave is
    assert morning.report(mates[6], yesterday).status == 201
    part: dict[str, Any] = {"startTime": "13:00", "endTime": "14:00", "reason": "medicalVisit"}
    assert morning.report(mates[6], today_, **part).status == 201  # an hour says nothing of the illness
    morning.wake(today_)
    told = asked(tables)
    assert told == addresses(morning, mates[6]), told


def test_nothing_is_asked_about_the_protected(morning: Morning, tables: Cloud) -> None:
    hidden = morning.world.classmates()[0]
    assert morning.report(hidden, morning.day).status == 201
    row = person_row(hidden) | {"securityMarking": "Sekretessmarkering"}
    assert drop(tables, "register/persons/hidden.jsonl", [row])["failed"] == 0
    morning.wake(morning.next_school_day())
    before = stored()
    run_schedule("attendance", "ask_homes")
    assert stored() == before


def test_whoever_is_of_age_is_asked_and_answers_alone(morning: Morning, tables: Cloud) -> None:
    """Föräldrabalken 9:1."""
    pupil = morning.world.classmates()[0]
    grown = date(today().year - 18, 1, 1)
    row = person_row(pupil) | {"birthDate": grown.isoformat(), "email": "vuxen@example.org"}
    row.pop("civicNo", None)
    taken = drop(tables, "register/persons/grown.jsonl", [row])
    assert taken["failed"] == 0, taken
    guardian = pupil.guardians[0].guardian_id
    refused = morning.report(pupil, morning.day, by=guardian)
    assert refused.status == 404
    own = morning.report(pupil, morning.day, by=pupil.id)
    assert (own.status, own.body["reportedAs"]) == (201, "pupil"), own.body
    morning.wake(morning.next_school_day())
    run_schedule("attendance", "ask_homes")
    assert [fact["data"]["recipients"] for fact in due()] == [[pupil.id]]
    path: dict[str, Any] = {"pupil": pupil.id, "notice": own.body["id"]}
    assert morning.ask("prolong_absence", guardian, {}, **path).status == 404
    assert morning.ask("tell_back", guardian, **path).status == 404
    assert morning.ask("prolong_absence", pupil.id, {}, **path).status == 201


def test_the_question_waits_for_the_next_school_day_and_not_for_longer_than_a_week(
    morning: Morning, tables: Cloud
) -> None:
    pupil = morning.world.classmates()[0]
    friday = morning.day
    while friday.weekday() != 4 or not is_school_day(friday):
        friday += timedelta(days=1)
    morning.wake(friday)
    assert morning.report(pupil, friday, friday + timedelta(days=1)).status == 201  # until the Saturday
    for days in (1, 2):
        morning.wake(friday + timedelta(days=days))
        assert asked(tables) == []
    monday = morning.next_school_day(friday)
    morning.wake(monday)
    wanted = addresses(morning, pupil) if (monday - friday).days <= 7 else []
    assert asked(tables) == wanted
    last = last_before_the_holiday(morning)
    other = morning.world.classmates()[1]
    morning.wake(last)
    assert morning.report(other, last).status == 201
    before = len(tables.messages())
    morning.wake(morning.next_school_day(last))
    asked(tables)
    assert len(tables.messages()) == before


def last_before_the_holiday(morning: Morning) -> date:
    """The last school day before the next long holiday."""
    day = morning.day
    while (morning.next_school_day(day) - day).days <= 8:
        day = morning.next_school_day(day)
    return day


def test_two_taps_at_once_make_one_notice(
    ill: tuple[Morning, NewPupil, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    morning, pupil, notice = ill
    one, other = (g.guardian_id for g in pupil.guardians)
    path: dict[str, Any] = {"pupil": pupil.id, "notice": notice}
    made = list[Any]()

    def slow(drafts: Any) -> Any:
        accepted = accept(drafts)
        if not made:
            made.append(None)
            made[0] = morning.ask("prolong_absence", other, {}, **path)
        return accepted

    monkeypatch.setattr("functions.attendance.usecases.illness.accept", slow)
    late = morning.ask("prolong_absence", one, {}, **path)
    assert made[0].status == 201
    assert (late.status, late.body["type"]) == (409, "urn:skolkit:problem:overlapping-absence")

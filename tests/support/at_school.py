"""What has been said and done around the pupil of `schools`: absence, lessons, leave, care, letters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, time, timedelta
from typing import TYPE_CHECKING

from functions.attendance.domain import absence as absence_rules
from functions.attendance.domain import csn, inquiry, inquiry_paper, suggestions
from functions.attendance.domain import phone as phone_rules
from functions.attendance.domain.absence import Span
from functions.attendance.domain.care import Entry as CareEntry
from functions.attendance.domain.care import Hours, Plan, Schedule
from functions.attendance.domain.care_holidays import Period
from functions.attendance.domain.gaps import Call
from functions.attendance.domain.leave import Leave, LeaveId, Purpose
from functions.attendance.domain.lesson_check_in import Window
from functions.attendance.store import care, care_units
from functions.attendance.store import csn as csn_store
from functions.attendance.store import inquiry as inquiry_store
from functions.attendance.store import leave as leave_store
from functions.attendance.store import notices as notices_store
from functions.attendance.store import phone as phone_store
from functions.attendance.store import suggestions as suggestions_store
from functions.attendance.store.calls import call_item
from functions.attendance.store.lesson_check_in import WindowItem, window_item
from functions.messages.domain.deliveries import Channel, Delivery, Said, State
from functions.messages.store import DeliveryKey, delivery_item
from functions.register.queries import phone_number
from infra.local.population import NewPupil
from skolkit.clock import now, today
from skolkit.config import phone_key
from skolkit.links import number_code
from skolkit.sweden.calendar import SchoolYear, default_calendar
from skolkit.table import commit
from skolkit.types import LessonId, NoticeId, PersonId, UnitId, new_id
from tests.support import attached, forms, letters
from tests.support.areas import Answer, acting_as, call, deliver, outbox
from tests.support.asks import (
    CHECK_IN_CODE,
    CSN_APPROVED,
    CSN_MONTH,
    PHONE,
    PROOF,
    Ask,
    browser,
    new_key,
    over,
    series,
)
from tests.support.world import Lesson, World

if TYPE_CHECKING:
    from tests.support.schools import Schools


def cared(pupils: Sequence[NewPupil], unit: UnitId, placement: str) -> dict[str, str]:
    """Let pupils have a schedule and one that waits, under the same ids, and the unit a holiday."""
    names = ("schedule", "asked schedule", "period")
    made, begin = {name: new_id() for name in names}, today() + timedelta(days=7)
    for pupil in pupils:
        owner = pupil.guardians[0].guardian_id
        one = Schedule(
            id=made["schedule"], owner=owner, placement=placement, unit=unit, start=begin,
            end=begin + timedelta(days=90), weeks=1, entries=(CareEntry(1, 1, Hours(time(7), time(8))),),
        )  # fmt: skip
        asked = replace(one, id=made["asked schedule"], state="Begärt")
        commit(
            care.plan_item(Plan(pupil.id, (one, asked)), today()),
            care_units.asked_item(unit, begin, pupil.id, owner, asked.id),
        )
    first = today() + timedelta(days=20)
    period = Period(
        made["period"], unit, first, first + timedelta(days=4), first - timedelta(days=5), "asScheduled"
    )
    commit(care_units.period_item(period))
    return made


def reported(home: World, pupil: NewPupil, people: Mapping[str, PersonId]) -> dict[str, str]:
    """An illness that ended yesterday, absence that comes again, and codes for the telephone of everybody."""
    yesterday = today() - timedelta(days=1)
    ended = absence_rules.Notice(
        NoticeId(new_id()), pupil.id, home.unit, absence_rules.Span(yesterday, yesterday),
        absence_rules.Reason.ILLNESS, people["guardian"],
    )  # fmt: skip
    with acting_as("attendance"):
        commit(notices_store.notice_item(ended))
    started = call("attendance", "start_series", people["guardian"], **vars(series(pupil.id, home.days, 0)))
    assert started.status == 201, started.body
    for n, person in enumerate(sorted(set(people.values()))):
        number = PHONE["number"] if person == people["guardian"] else f"0701{n:06}"
        proven(person, number, PHONE["pin"])
        waits_for_proof(person)
    return {
        "ill": ended.id, "series": started.body["id"], "occasion": started.body["occasions"][0]["id"]
    }  # fmt: skip


def proven(person: str, number: str, pin: str, version: int = 0) -> Answer:
    """Let somebody choose a number and a code, and prove the number by the text message: the last answer."""
    chosen = call(
        "attendance", "choose_phone_pin", person, body={"number": number, "pin": pin}, headers=over(version)
    )
    if chosen.status != 200:
        return chosen
    due = [f["data"] for f in outbox("attendance") if f["data"].get("template") == "phone_code"]
    mine = max((one for one in due if one["recipients"] == [person]), key=lambda one: str(one["id"]))
    code = number_code(mine["id"], person, phone_number(number))
    return call("attendance", "prove_phone_number", person, body={"code": code}, headers=new_key())


def waits_for_proof(person: PersonId) -> None:
    """Somebody who has asked for a new code, and been sent a known one."""
    hashed = [phone_rules.hashed(code, b"salt" * 4, phone_key()) for code in (PHONE["pin"], PROOF)]
    proof = phone_rules.Proof("0" * 64, hashed[0], hashed[1], now() + timedelta(days=2))
    with acting_as("attendance"):
        commit(phone_store.proof_item(person, proof))


def written(home: World, pupil: NewPupil, people: Mapping[str, PersonId]) -> dict[str, str]:
    """News to the class, put up and planned, questions to its homes and pupils, and a guardian's reported
    conversation; with files.
    """
    plan, paper = attached.attachment(people["mentor"]), attached.attachment(people["guardian"])
    to_class = letters.audience("group", home.klass.id)
    news = letters.published(people["mentor"], to_class, attachments=[plan])
    later = (now() + timedelta(days=30)).isoformat()
    planned = letters.post(people["mentor"], to_class, publishAt=later).body["id"]
    conversation, message = letters.conversation(people["guardian"], pupil.id, attachments=[paper])
    path = {"conversation": conversation, "message": message}
    reported = call("messages", "report_message", people["mentor"], path=path, body={"reason": "Fel"})
    assert reported.status == 204, reported.body
    asked = {
        "form": forms.form(home), "secret form": forms.form(home, sensitive=True),
        "own form": forms.form(
            home, letters.audience("group", home.klass.id, "pupils"), respondents="person"
        ),
    }  # fmt: skip
    return {
        **path, **asked, "form file": forms.exported(people["mentor"], asked["form"]), "news": news,
        "planned": planned, "news attachment": plan, "attachment": paper,
        "consent": letters.consent(home, "photo"),
    }  # fmt: skip


def invalid_absence(pupils: Sequence[PersonId], unit: UnitId) -> None:
    """Let pupils have cases for CSN: an undecided one of last month, and an approved one."""
    for pupil in pupils:
        for month, state in ((CSN_MONTH, "proposed"), (CSN_APPROVED, "approved")):
            first = date.fromisoformat(f"{month}-01")
            finding = csn.Finding(first, 300, 2, ())
            decided = csn.Reported(first, 300, today()) if state == "approved" else None
            case = csn.Case(pupil, first, unit, state, finding, decided=decided)  # type: ignore[arg-type]
            commit(*csn_store.case_writes(case))


def exported(by: PersonId, unit: UnitId) -> str:
    """Let a file of the unit's attendance have been written."""
    asked = call(
        "attendance", "export_attendance", by, path={"unit": unit}, body={"table": "pupils"},
        headers=new_key(),
    )  # fmt: skip
    assert asked.status == 202, asked.body
    facts = [fact for fact in outbox("attendance") if fact["type"] == "attendance.ExportAsked.v1"]
    assert deliver("attendance", "write_export", *facts) == []
    return str(asked.body["id"])


def investigated(schools: Schools) -> dict[str, str]:
    """A suggestion about the pupil that nobody has decided on, and an investigation of a classmate's absence
    in which the other teacher has a part: beside it one of the pupil may be opened.
    """
    people, unit = schools.people, schools.home.unit
    mate = people["classmate"]
    case = inquiry.Case(
        new_id(),
        mate,
        unit,
        schools.day,
        people["principal"],
        "inquiry-1",
        now(),
        team=(people["other teacher"],),
    )
    one = suggestions.Suggestion(new_id(), schools.pupil.id, unit, "share", schools.day, (), "inquiry-1")
    paper = inquiry_paper.Paper(
        new_id(), "whole", people["principal"], now(), state="ready", sha256="0" * 64, made=now()
    )
    standing = suggestions.Standing(schools.pupil.id).suggested("share", one.id, one.day, 20)
    commit(
        *inquiry_store.writes(case),
        inquiry_store.paper_item(case.id, paper),
        *suggestions_store.raising(one),
        suggestions_store.standing_item(standing),
        suggestions_store.standing_item(suggestions.Standing(mate, case.id)),
    )
    return {"inquiry": case.id, "inquiry paper": paper.id, "suggestion": one.id}


def told(home: World, head: PersonId, pupil: NewPupil, day: date) -> dict[str, str]:
    """A call that is to be made about the pupil, an emergency message, and how many guardians it goes to."""
    unit, guardian = {"unit": home.unit}, pupil.guardians[0].guardian_id
    with acting_as("attendance"):
        one = Call(new_id(), home.unit, day, pupil.id, guardian, NoticeId(new_id()), "bounced")
        commit(call_item(one))
    asked = {"audience": "guardians"}
    number = call("messages", "preview_emergency", head, path=unit, query=asked).body["recipients"]
    body = {"texts": {"sv": "Stängt i dag"}, **asked, "recipients": number}
    sent = call("messages", "send_emergency", head, path=unit, body=body, headers=new_key())
    assert sent.status == 201, sent.body
    return {"call": one.id, "emergency": str(sent.body["id"]), "recipients": str(number)}


def pushed(guardian: PersonId, pupil: NewPupil, day: date) -> dict[str, str]:
    """A guardian's device, and a message to them that a provider has."""
    body = browser("https://fcm.googleapis.com/fcm/send/old")
    made = call("messages", "subscribe_to_push", guardian, body=body, headers=new_key())
    assert made.status == 201, made.body
    key = DeliveryKey(pupil.id, day, NoticeId(new_id()), guardian)
    said = Said("still_ill", {"day": day.isoformat()}, named=True)
    with acting_as("messages"):
        commit(delivery_item(key, Delivery(State.ACCEPTED, Channel.MAIL, now(), said=said)))
    return {"subscription": str(made.body["id"]), "delivery": key.tag}


def leaves(pupils: Sequence[PersonId], unit: UnitId, one: PersonId, other: PersonId) -> dict[str, str]:
    """An application for leave that waits for its decision, and one that waits for the guardian `one`; the
    same for all pupils.
    """
    days = default_calendar(SchoolYear(SchoolYear.of(today()).start_year + 1)).school_days()
    ids = {"leave": new_id(), "asked leave": new_id()}
    first = Leave(
        id=LeaveId(ids["leave"]), pupil=pupils[0], unit=unit, asked=Span(days[0], days[1]),
        purpose=Purpose.TRAVEL, words="", applicant=one, applied=now(), touched=today(), days=2,
    )  # fmt: skip
    asked = replace(
        first, id=LeaveId(ids["asked leave"]), asked=Span(days[5], days[6]), applicant=other,
        state="consent", awaits=(one,),
    )  # fmt: skip
    commit(
        *(leave_store.leave_item(replace(each, pupil=pupil)) for pupil in pupils for each in (first, asked)),
        leave_store.waiting_item(unit, first, pupils[0]),
    )
    return ids


def window(lesson: Lesson) -> WindowItem:
    """Let the lesson's check-in be open."""
    window = Window(CHECK_IN_CODE, lesson.teachers[0], lesson.start, lesson.end)
    return window_item(LessonId(lesson.id), window)


def cancelled(lesson: Lesson) -> str:
    """Let a lesson not be held."""
    why = Ask({"lesson": lesson.id}, body={"reason": "teacherAway"}, headers=over(1))
    told = call("attendance", "cancel_lesson", lesson.teachers[0], **vars(why))
    assert told.status == 200, told.body
    return lesson.id

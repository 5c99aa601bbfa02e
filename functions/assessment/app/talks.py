"""Development talks and their minutes (process 30)."""

from __future__ import annotations

from functions.assessment.app.base import api, on
from functions.assessment.domain import minutes as minutes_rules
from functions.assessment.domain import talks as rules
from functions.assessment.schemas import talks as schemas
from functions.assessment.schemas.common import PageQuery
from functions.assessment.schemas.owed import OwedPage
from functions.assessment.usecases import minutes, owed, talk_calendars, talk_deadlines, talks
from skolkit.clock import today
from skolkit.cursor import BadCursor
from skolkit.errors import ChangedMeanwhile, NotFound
from skolkit.http import CalendarFile, Request
from skolkit.types import GroupId, PersonId, UnitId

_OFFERING = (rules.TooManySlots, rules.SlotPast, rules.WrongLength, rules.SlotOverlaps)


@api.operation(
    "POST", "/v1/groups/{group}/talk-rounds", process=30, status=201, keyed=True,
    body=schemas.NewTalks, answer=schemas.TalkRoundView,
    errors=(NotFound, ChangedMeanwhile, rules.WrongDeadline, *_OFFERING),
)  # fmt: skip
def offer_talks(request: Request[schemas.NewTalks, None]) -> schemas.TalkRoundView:
    """Offer the homes of a group times for development talks"""
    assert request.key
    return talks.offer_talks(request.caller, GroupId(request.id("group")), request.body, request.key)


@api.operation(
    "PUT", "/v1/groups/{group}/talk-rounds/{round}", process=30, versioned=True,
    body=schemas.TalkRoundBody, answer=schemas.TalkRoundView,
    errors=(NotFound, ChangedMeanwhile, rules.WrongDeadline),
)  # fmt: skip
def change_talk_round(request: Request[schemas.TalkRoundBody, None]) -> schemas.TalkRoundView:
    """Change a round's title and last day to book"""
    group, round = GroupId(request.id("group")), request.id("round")
    return talk_deadlines.change_talk_round(request.caller, group, round, request.body, request.version)


@api.operation(
    "POST", "/v1/groups/{group}/talk-rounds/{round}/slots", process=30, keyed=True,
    body=schemas.NewSlots, answer=schemas.TalkRoundView, errors=(NotFound, ChangedMeanwhile, *_OFFERING),
)  # fmt: skip
def add_talk_slots(request: Request[schemas.NewSlots, None]) -> schemas.TalkRoundView:
    """Offer more times"""
    assert request.key
    group, round = GroupId(request.id("group")), request.id("round")
    return talks.add_talk_slots(request.caller, group, round, request.body, request.key)


@api.operation(
    "DELETE", "/v1/groups/{group}/talk-rounds/{round}/slots/{slot}", process=30, versioned=True, status=204,
    errors=(NotFound, ChangedMeanwhile, rules.SlotBooked),
)  # fmt: skip
def remove_talk_slot(request: Request[None, None]) -> None:
    """Take a free time away"""
    group, round, slot = GroupId(request.id("group")), request.id("round"), request.id("slot")
    talks.remove_talk_slot(request.caller, group, round, slot, request.version)


@api.operation(
    "GET", "/v1/groups/{group}/talk-rounds", process=30,
    query=PageQuery, answer=schemas.TalkRoundPage, errors=(NotFound, BadCursor),
)  # fmt: skip
def list_talk_rounds(request: Request[None, PageQuery]) -> schemas.TalkRoundPage:
    """A group's rounds of talks, the newest first"""
    return talks.list_talk_rounds(request.caller, GroupId(request.id("group")), request.query)


@api.operation(
    "GET", "/v1/groups/{group}/talk-rounds/{round}", process=30,
    answer=schemas.RoundTalksView, errors=(NotFound,),
)  # fmt: skip
def read_talk_round(request: Request[None, None]) -> schemas.RoundTalksView:
    """A round of talks: who has booked what, and who has not"""
    return talks.read_talk_round(request.caller, GroupId(request.id("group")), request.id("round"))


@api.operation(
    "GET", "/v1/groups/{group}/talk-rounds/{round}/calendar", process=30,
    answer=CalendarFile, errors=(NotFound,),
)  # fmt: skip
def read_round_calendar(request: Request[None, None]) -> CalendarFile:
    """One's own booked talks of a round, for one's calendar"""
    group, round = GroupId(request.id("group")), request.id("round")
    return talk_calendars.read_round_calendar(request.caller, group, round)


@api.operation(
    "GET", "/v1/me/talks", process=30,
    query=schemas.FromQuery, answer=schemas.MyTalksPage, errors=(BadCursor,),
)  # fmt: skip
def list_my_talks(request: Request[None, schemas.FromQuery]) -> schemas.MyTalksPage:
    """One's own talks, by day"""
    return talks.list_my_talks(request.caller, request.query)


@api.operation(
    "GET", "/v1/units/{unit}/pupils-without-talk", process=30,
    query=PageQuery, answer=OwedPage, errors=(NotFound, BadCursor),
)  # fmt: skip
def list_pupils_without_talk(request: Request[None, PageQuery]) -> OwedPage:
    """A unit's pupils who have no development talk this term, by form and year"""
    return owed.list_pupils_without_talk(request.caller, UnitId(request.id("unit")), request.query)


@api.operation(
    "GET", "/v1/pupils/{pupil}/talks", process=30,
    query=PageQuery, answer=schemas.PupilTalksPage, errors=(NotFound, BadCursor),
)  # fmt: skip
def list_pupil_talks(request: Request[None, PageQuery]) -> schemas.PupilTalksPage:
    """A pupil's talks, and the rounds in which there is something to book"""
    return talks.list_pupil_talks(request.caller, PersonId(request.id("pupil")), request.query)


@api.operation(
    "GET", "/v1/pupils/{pupil}/talk-rounds/{round}/slots", process=30,
    answer=schemas.SlotsView, errors=(NotFound,),
)  # fmt: skip
def list_talk_slots(request: Request[None, None]) -> schemas.SlotsView:
    """The times that a pupil's home may choose from, and its own"""
    return talks.list_talk_slots(request.caller, PersonId(request.id("pupil")), request.id("round"))


@api.operation(
    "GET", "/v1/pupils/{pupil}/talk-rounds/{round}/calendar", process=30,
    answer=CalendarFile, errors=(NotFound,),
)  # fmt: skip
def read_talk_calendar(request: Request[None, None]) -> CalendarFile:
    """The talk that a home has booked in a round, for its calendar"""
    return talk_calendars.read_talk_calendar(
        request.caller, PersonId(request.id("pupil")), request.id("round")
    )


@api.operation(
    "POST", "/v1/pupils/{pupil}/talk-rounds/{round}/talks", process=30, status=201, keyed=True,
    body=schemas.NewBooking, answer=schemas.SlotView,
    errors=(
        NotFound, ChangedMeanwhile, rules.DeadlinePassed, rules.SlotPast, rules.SlotTaken,
        rules.BookedAlready, rules.WhoComes,
    ),
)  # fmt: skip
def book_talk(request: Request[schemas.NewBooking, None]) -> schemas.SlotView:
    """Book a time for a development talk, or change to another"""
    assert request.key
    pupil, round = PersonId(request.id("pupil")), request.id("round")
    return talks.book_talk(request.caller, pupil, round, request.body, request.key)


@api.operation(
    "DELETE", "/v1/pupils/{pupil}/talk-rounds/{round}/talks/{slot}", process=30, versioned=True, status=204,
    errors=(NotFound, ChangedMeanwhile, rules.DeadlinePassed, rules.SlotPast),
)  # fmt: skip
def cancel_talk(request: Request[None, None]) -> None:
    """Cancel a development talk"""
    pupil, round, slot = PersonId(request.id("pupil")), request.id("round"), request.id("slot")
    talks.cancel_talk(request.caller, pupil, round, slot, request.version)


@api.operation(
    "PUT", "/v1/pupils/{pupil}/talk-rounds/{round}/talks/{slot}/minutes", process=30, versioned=True,
    body=schemas.NewMinutes, answer=schemas.MinutesView,
    errors=(NotFound, ChangedMeanwhile, minutes_rules.NotHeldYet),
)  # fmt: skip
def write_minutes(request: Request[schemas.NewMinutes, None]) -> schemas.MinutesView:
    """Write the minutes of a talk"""
    pupil, round, slot = PersonId(request.id("pupil")), request.id("round"), request.id("slot")
    return minutes.write_minutes(request.caller, pupil, round, slot, request.body, request.version)


@api.operation(
    "GET", "/v1/pupils/{pupil}/talk-rounds/{round}/talks/{slot}/minutes", process=30,
    answer=schemas.MinutesView, errors=(NotFound,),
)  # fmt: skip
def read_minutes(request: Request[None, None]) -> schemas.MinutesView:
    """The minutes of a talk, who has signed them and what they said before"""
    pupil, round, slot = PersonId(request.id("pupil")), request.id("round"), request.id("slot")
    return minutes.read_minutes(request.caller, pupil, round, slot)


@api.operation(
    "POST", "/v1/pupils/{pupil}/talk-rounds/{round}/talks/{slot}/minutes/signatures", process=30, keyed=True,
    body=schemas.NewSignature, answer=schemas.MinutesView,
    errors=(
        NotFound, ChangedMeanwhile, minutes_rules.NotReadyToSign, minutes_rules.OldMinutes,
        minutes_rules.SignedAlready, minutes_rules.NotAParty,
    ),
)  # fmt: skip
def sign_minutes(request: Request[schemas.NewSignature, None]) -> schemas.MinutesView:
    """Sign the minutes of a talk as they are"""
    assert request.key
    pupil, round, slot = PersonId(request.id("pupil")), request.id("round"), request.id("slot")
    return minutes.sign_minutes(request.caller, pupil, round, slot, request.body, request.key)


@on.on_schedule(
    "cron(0 8 * * ? *)", process=30, timeout=300,
    meaning="Hem påminns inte om utvecklingssamtal, rektorer inte om elever utan; ring dem som saknar tid.",
)  # fmt: skip
def remind_of_talks() -> None:
    """Every morning: remind homes of talks to book and of those of tomorrow, principals of who has none."""
    talk_deadlines.remind_of_talks(today())
    owed.remind_principals(today())

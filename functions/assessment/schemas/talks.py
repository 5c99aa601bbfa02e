"""Development talks and their minutes over HTTP."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Annotated, Literal

from pydantic import AwareDatetime, Field

from functions.assessment.domain.minutes import Part
from functions.assessment.domain.talks import MOST_OFFERED
from functions.assessment.schemas.common import Id, PageQuery
from skolkit.http import Shape

Https = Annotated[str, Field(pattern=r"^https://[^\s\"'<>\\^`{|}]{4,1990}$", max_length=2000)]

_EARLIEST, _LATEST = datetime(2000, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)


class NewSlot(Shape):
    """A time to offer: how many minutes from a start on, in a room or by a video link (https)."""

    start: Annotated[AwareDatetime, Field(ge=_EARLIEST, le=_LATEST)]
    minutes: Annotated[int, Field(ge=1, le=1000)]
    room: Annotated[str, Field(max_length=80)] = ""
    link: Https | None = None


class NewSlots(Shape):
    """Times to offer."""

    slots: Annotated[list[NewSlot], Field(min_length=1, max_length=MOST_OFFERED)]


class TalkRoundBody(Shape):
    """A round's title and `deadline`, the last day homes book, change and cancel."""

    title: Annotated[str, Field(min_length=1, max_length=120)]
    deadline: date


class NewTalks(TalkRoundBody, NewSlots):
    """A round of talks. `separateHomes`: two may have one each."""

    separate_homes: bool = False


class TalkRoundView(Shape):
    """A round of talks."""

    id: str
    group: str
    title: str
    deadline: date
    separate_homes: bool
    slots: int
    version: int


class TalkRoundPage(Shape):
    """A page of a group's rounds, the newest first."""

    data: list[TalkRoundView]
    cursor: str | None


class SlotView(Shape):
    """A time. `free`, or booked by whom the caller may see it: the pupil, who comes, the pupil too or not."""

    id: str
    round: str
    mentor: str
    start: datetime
    end: datetime
    room: str
    link: str
    free: bool
    pupil: str | None = None
    given_name: str | None = None
    family_name: str | None = None
    guardians: tuple[str, ...] = ()
    pupil_takes_part: bool = False
    version: int


class SlotsView(Shape):
    """The times that are free, and the caller's own."""

    round: TalkRoundView
    slots: list[SlotView]


class UnbookedView(Shape):
    """A pupil whose home, or one of the homes, has no talk: who has none."""

    pupil: str
    given_name: str
    family_name: str
    people: list[str]


class RoundTalksView(SlotsView):
    """A round as its mentor follows it; `withheld` are pupils not shown to the caller."""

    unbooked: list[UnbookedView]
    withheld: int


class NewBooking(Shape):
    """The time that is booked. `guardians`: who comes, else all together, or, with a talk for each home, who
    books. `instead` is the time that is given up.
    """

    slot: Id
    guardians: Annotated[tuple[Id, ...], Field(max_length=4)] = ()
    pupil_takes_part: bool = True
    instead: Id | None = None


class PupilTalksPage(Shape):
    """`open` are rounds in which there is something to book (on the first page), `data` the talks booked,
    those of the newest round first.
    """

    open: list[TalkRoundView]
    data: list[SlotView]
    cursor: str | None


class MyTalksPage(Shape):
    """A page of one's days with talks."""

    data: list[SlotView]
    cursor: str | None


class FromQuery(PageQuery):
    """From which day on; from today without one."""

    from_day: date | None = None


class AgreementOf(Shape):
    """What was agreed: who does what, by when."""

    what: Annotated[str, Field(min_length=1, max_length=300)]
    who: Literal["school", "home", "pupil"]
    due: date | None = None


class NewMinutes(Shape):
    """The minutes of a talk; `ready` when the home may read and sign them."""

    held: date
    text: Annotated[str, Field(min_length=1, max_length=8000)]
    agreements: Annotated[tuple[AgreementOf, ...], Field(max_length=30)] = ()
    ready: bool = False


class NewSignature(Shape):
    """The digest of the minutes that are signed."""

    digest: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class SignatureView(Shape):
    """Who signed as what, when, and the level of the sign-in."""

    person: str
    part: Part
    at: datetime
    assurance: int


class MinutesView(Shape):
    """Minutes; `awaits` says who has not signed: "mentor" or the ids of people. What they said before is in
    `earlier`, with its signatures, which are of that version only.
    """

    pupil: str
    round: str
    slot: str
    number: int
    held: date
    text: str
    agreements: list[AgreementOf]
    ready: bool
    by: str
    at: datetime
    digest: str
    signatures: list[SignatureView]
    awaits: list[str]
    earlier: tuple[MinutesView, ...] = ()
    version: int

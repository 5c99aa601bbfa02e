"""Leaving, transfers, notices and hand-overs over HTTP."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from functions.register.domain.leaving import LeavesFor
from functions.register.domain.notices import Channel, Purpose, Recipient
from functions.register.schemas.common import Id
from functions.register.schemas.enrolment import EducationCode, PlaceKept, Year
from skolkit.http import Shape
from skolkit.sweden.codes import MunicipalityCode, OrganisationNumber, SchoolForm, SchoolUnitCode

Municipality = Annotated[str, Field(pattern=r"^[0-9]{4}$"), AfterValidator(MunicipalityCode)]
Organisation = Annotated[str, Field(pattern=r"^[0-9]{10}$"), AfterValidator(OrganisationNumber)]
UnitCode = Annotated[str, Field(pattern=r"^[1-9][0-9]{7}$"), AfterValidator(SchoolUnitCode)]
Reference = Annotated[str, Field(pattern=r"^[A-Z0-9][A-Z0-9 /:.-]{2,39}$")]


class DestinationShape(Shape):
    """Where the pupil goes, as far as it is known: kommunkod, organisation number, school unit code."""

    municipality: Municipality | None = None
    organisation: Organisation | None = None
    school_unit: UnitCode | None = None


class NewLeaving(Shape):
    """That a pupil leaves the municipality's schools with a last day, and why."""

    last_day: date
    reason: LeavesFor
    destination: DestinationShape = DestinationShape()


class LeavingDecision(Shape):
    """Whether the pupil of an open case leaves (with last day and reason) or keeps the place."""

    outcome: Literal["leaves", "stays"]
    last_day: date | None = None
    reason: LeavesFor | None = None
    destination: DestinationShape = DestinationShape()


class NewTransfer(Shape):
    """To which unit, and from when. `lastDay` is the day before `firstDay` unless said."""

    enrolment: Id
    to_unit: Id
    first_day: date
    last_day: date | None = None
    year: Year | None = None
    school_form: SchoolForm | None = None
    education_code: EducationCode | None = None
    gap_allowed: bool = False


class TransferAnswer(Shape):
    """The receiving unit's answer."""

    accepted: bool


class TransferView(Shape):
    """A transfer. `new` is the enrolment at the receiving unit, once it is done."""

    id: Id
    person: Id
    state: Literal["asked", "done", "declined"]
    from_unit: Id
    to_unit: Id
    old: Id
    new: str
    last_day: date
    first_day: date
    year: int | None
    school_form: SchoolForm
    asked: datetime
    asked_by: Id
    due: date
    answered: datetime | None
    answered_by: Id | None
    warnings: list[PlaceKept]
    version: int


class DocumentView(Shape):
    """A document that has been made: `letter` (HTML), `text` or `data` (JSON); SHA-256 in hexadecimal."""

    kind: str
    sha256: str


class NoticeView(Shape):
    """A notice. `code` is a kommunkod or an organisation number, "" for the home; `day` the first day of who
    started or the last of who left; `due` until when it is sent, then acknowledged.
    """

    id: Id
    purpose: Purpose
    recipient: Recipient
    code: str
    unit: Id
    school_form: SchoolForm
    year: int | None
    day: date
    law: str
    due: date
    created: datetime
    documents: list[DocumentView]
    sent: datetime | None
    sent_by: Id | None
    channel: Channel | None
    acknowledged: datetime | None
    acknowledged_by: Id | None
    version: int


class LeavingView(Shape):
    """A leaving case. `keepsUntil`: so long the pupil may keep the place (skollagen 10:28)."""

    id: Id
    person: Id
    unit: Id
    school_form: SchoolForm
    year: int | None
    origin: Literal["moved", "asked"]
    opened: datetime
    due: date
    keeps_until: date | None
    moved_to: str | None
    moved_on: date | None
    state: Literal["open", "left", "stays"]
    last_day: date | None
    reason: LeavesFor | None
    destination: DestinationShape
    decided: datetime | None
    decided_by: Id | None
    warnings: list[PlaceKept]
    version: int


class MattersView(Shape):
    """A pupil's leaving cases, transfers and notices, oldest first; those the caller may see."""

    person: Id
    leavings: list[LeavingView]
    transfers: list[TransferView]
    notices: list[NoticeView]


class StayView(Shape):
    """A time at one unit."""

    unit: Id
    school_form: SchoolForm
    start_date: date
    end_date: date | None


class RepeatedYear(Shape):
    """A year read again, and in which school year."""

    year: int
    school_year: str


class PartView(Shape):
    """A part of the certificate that another area owns."""

    part: str
    state: Literal["notHandedIn"]


class CertificateView(Shape):
    """What the register knows for a leaving certificate (avgångsintyg, skolförordningen 6:17–18)."""

    person: Id
    leaving: Id
    year_left: int | None
    last_day: date
    stays: list[StayView]
    repeated: list[RepeatedYear]
    parts: list[PartView]


class NoticeMark(Shape):
    """What has happened to a notice: sent, and how, or acknowledged by its recipient."""

    state: Literal["sent", "acknowledged"]
    channel: Channel | None = None


class LinkView(Shape):
    """Where to fetch a document, for `seconds`, without further proof: do not pass it on."""

    url: str
    seconds: int
    sha256: str


class DocumentQuery(Shape):
    """Which of the documents."""

    kind: Literal["letter", "text", "data"] = "letter"


class NewHandover(Shape):
    """For which leaving case. A pupil with protected identity needs a decision, by its registry number
    (diarienummer).
    """

    leaving: Id
    special_decision: Reference | None = None


class MattersQuery(Shape):
    """Whose list, a unit's or without one the municipality's, and how much of it."""

    unit: Id | None = None
    limit: Annotated[int, Field(ge=1, le=100)] = 50
    cursor: Annotated[str, Field(max_length=900)] | None = None


class WaitingView(Shape):
    """Something that waits until a day."""

    kind: Literal["leaving", "transfer", "notice"]
    id: Id
    person: Id
    units: list[Id]
    due: date
    overdue: bool


class WaitingPage(Shape):
    """What waits, by day; `cursor` leads to the next page."""

    data: list[WaitingView]
    cursor: str | None

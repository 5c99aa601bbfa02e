"""Investigations of absence, suggestions and thresholds over HTTP."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import Field

from functions.attendance.domain.inquiry import (
    MOST_TEAM,
    MOST_TEXT,
    Effect,
    NoteKind,
    Outcome,
    Participant,
)
from functions.attendance.domain.inquiry_paper import Edition
from functions.attendance.domain.inquiry_paper import State as PaperState
from functions.attendance.domain.suggestions import Cause
from functions.attendance.schemas.common import Id
from skolkit.http import Shape

Percent = Annotated[int, Field(ge=1, le=100)]


class Thresholds(Shape):
    """When absence is to be looked into: per cent, days and numbers as in `InquiryRules`."""

    window: Annotated[int, Field(ge=14, le=60)] = 30
    share: Percent = 15
    unexcused_days: Annotated[int, Field(ge=1, le=30)] = 3
    weekday_times: Annotated[int, Field(ge=2, le=9)] = 3
    subject_share: Percent = 40
    subject_lessons: Annotated[int, Field(ge=1, le=40)] = 4
    valid_days: Annotated[int, Field(ge=2, le=40)] = 10
    valid_share: Percent = 30
    pause: Annotated[int, Field(ge=0, le=120)] = 30
    worse: Annotated[int, Field(ge=0, le=500)] = 50


class NewThresholds(Thresholds):
    """A unit's own thresholds from a day on."""

    valid_from: date


class RulesVersion(Thresholds):
    """One version of the thresholds."""

    id: str
    valid_from: date


class RulesView(Shape):
    """The thresholds of today and every version the unit has decided. `version` is what If-Match takes."""

    in_force: RulesVersion
    versions: list[RulesVersion]
    version: int


class ReasonView(Shape):
    """A threshold that was passed: `of` is the weekday (1–7) or subject of a pattern."""

    cause: Cause
    of: str
    figures: dict[str, int]


class SuggestionRow(Shape):
    """A suggestion. `withheld`: the identity is protected, and the caller has no task for the pupil."""

    id: Id
    day: date
    cause: Cause
    withheld: bool
    pupil: Id | None
    given_name: str | None
    family_name: str | None
    reasons: list[ReasonView]
    rules: str
    proposed_by: str | None


class SuggestionPage(Shape):
    """Suggestions nobody has decided on, oldest first."""

    data: list[SuggestionRow]
    cursor: str | None


class SuggestionState(Shape):
    """A suggestion after a change, without the figures."""

    id: Id
    state: Literal["open", "dismissed", "opened"]


class NewDismissal(Shape):
    """Why a suggestion leads to no investigation."""

    reason: Literal["known", "handledOtherwise", "illnessWithPlan", "wrongFigures"]


class NewInquiry(Shape):
    """Who is to investigate; without a handler it is whoever opens."""

    handler: Id | None = None
    team: Annotated[list[Id], Field(max_length=MOST_TEAM, default_factory=list)]


class Team(Shape):
    """Who investigates."""

    handler: Id | None
    team: Annotated[list[Id], Field(max_length=MOST_TEAM, default_factory=list)]


class NewNote(Shape):
    """A note: a code of its kind and a day. A text only where codes do not do; nothing of it leaves the
    case.
    """

    kind: NoteKind
    code: Annotated[str, Field(pattern=r"^[a-zA-Z]{1,40}$")]
    day: date
    participants: Annotated[list[Participant], Field(max_length=6, default_factory=list)]
    text: Annotated[str, Field(max_length=MOST_TEXT)] = ""
    shared: bool = False


class NewClosing(Shape):
    """What an investigation led to."""

    outcome: Literal["attendanceRestored", "supportGoesOn", "specialSupport", "noCause", "otherAuthority"]
    effect: Effect


class NoteView(Shape):
    """A note as written."""

    kind: NoteKind
    code: str
    day: date
    participants: list[Participant]
    text: str
    shared: bool
    by: str
    at: datetime


class NewPaper(Shape):
    """Which paper: the `whole` case, or the part that the `home` may see."""

    edition: Edition


class PaperView(Shape):
    """A paper of a case. `sha256` and `made` when it is ready."""

    id: Id
    edition: Edition
    state: PaperState
    asked: datetime
    made: datetime | None
    sha256: str


class PaperLink(Shape):
    """Where to fetch a paper for some seconds."""

    url: str
    seconds: int
    sha256: str


class InquiryState(Shape):
    """A case after a change, without what is in it."""

    id: Id
    unit: Id
    opened: date
    step: str
    handler: Id | None
    team: list[Id]
    follow_ups: list[date]
    closed: date | None
    outcome: Outcome | None
    effect: Effect | None
    version: int


class InquiryView(InquiryState):
    """A case with the pupil, why it was opened, when the organiser was told, and the notes."""

    pupil: Id
    given_name: str
    family_name: str
    protected: bool
    reasons: list[ReasonView]
    rules: str
    opened_by: str
    organiser_told: datetime | None
    notes: list[NoteView]
    papers: list[PaperView]


class InquiryRow(Shape):
    """A case in a list. `withheld` as for suggestions."""

    id: Id
    opened: date
    step: str
    handler: Id | None
    follow_ups: list[date]
    closed: date | None
    withheld: bool
    pupil: Id | None
    given_name: str | None
    family_name: str | None


class InquiryPage(Shape):
    """Open cases, oldest first."""

    data: list[InquiryRow]
    cursor: str | None


class PupilInquiries(Shape):
    """All that has been suggested and investigated about a pupil."""

    pupil: Id
    suggestions: list[SuggestionRow]
    inquiries: list[InquiryRow]


class SharedNote(Shape):
    """A measure, or a day of follow-up, that the school has shared with the home."""

    kind: NoteKind
    code: str
    day: date
    text: str


class SharedInquiry(Shape):
    """An investigation as the home sees it."""

    id: Id
    opened: date
    closed: date | None
    outcome: Outcome | None
    shared: list[SharedNote]
    follow_ups: list[date]
    papers: list[PaperView]


class SharedInquiries(Shape):
    """A pupil's investigations as the home sees them."""

    pupil: Id
    data: list[SharedInquiry]


class InquiryCounts(Shape):
    """How many there are at a unit; `closed` since the school year began."""

    unit: Id
    suggestions: int
    open: int
    closed: int

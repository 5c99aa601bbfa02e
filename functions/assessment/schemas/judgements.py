"""Rounds of written assessments, and the assessments, over HTTP."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Self

from pydantic import AwareDatetime, Field, model_validator

from functions.assessment.schemas.common import Id, Subject
from functions.assessment.schemas.notes import Level, NoteView, Short
from skolkit.http import Shape
from skolkit.sweden.codes import SchoolForm

Words = Annotated[str, Field(max_length=4000)]


class NewRound(Shape):
    """Which years and subjects of a unit are assessed, and from when to when teachers write."""

    title: Annotated[str, Field(min_length=1, max_length=120)]
    school_form: SchoolForm
    years: Annotated[list[int], Field(min_length=1, max_length=10)]
    subjects: Annotated[list[Subject], Field(min_length=1, max_length=40)]
    first_day: date
    last_day: date

    @model_validator(mode="after")
    def _once(self) -> Self:
        if len({*self.years}) < len(self.years) or len({*self.subjects}) < len(self.subjects):
            raise ValueError("years and subjects come once")
        return self


class RoundView(Shape):
    """A round. `publishedAt` may lie ahead; `incomplete`: it was published though something was missing."""

    id: str
    unit: str
    title: str
    school_form: SchoolForm
    years: list[int]
    subjects: list[str]
    first_day: date
    last_day: date
    published_at: datetime | None
    incomplete: bool
    version: int


class RoundPage(Shape):
    """A page of a unit's rounds, the newest first."""

    data: list[RoundView]
    cursor: str | None


class NewPublication(Shape):
    """When homes may read, now without a moment; `incomplete`: though something is missing."""

    publish_at: AwareDatetime | None = None
    incomplete: bool = False


class MissingView(Shape):
    """How many assessments are missing in a class and subject, and whose they are to write."""

    unit: str
    round: str
    group: str | None
    subject: str
    teachers: list[str]
    pupils: list[str]


class MissingPage(Shape):
    """A page of what is missing."""

    data: list[MissingView]
    cursor: str | None


class AreaOf(Shape):
    """A knowledge area's part of an assessment."""

    name: Annotated[str, Field(min_length=1, max_length=120)]
    level: Level | None = None
    text: Annotated[str, Field(max_length=1000)] = ""


class NewJudgement(Shape):
    """An assessment. `notes` are those it is built from; `ready`: whole, for the home when the round is
    published; `reason` why one that the home has read is changed.
    """

    level: Level | None = None
    text: Words = ""
    areas: Annotated[tuple[AreaOf, ...], Field(max_length=20)] = ()
    notes: Annotated[tuple[Id, ...], Field(max_length=100)] = ()
    ready: bool = False
    reason: Short = ""


class AreaView(Shape):
    """A knowledge area's part, with what its level means."""

    name: str
    level: int | None
    level_text: str
    level_text_en: str
    text: str


class JudgementView(Shape):
    """An assessment as it is, or was: `number` says which version."""

    pupil: str
    round: str
    subject: str
    level: int | None
    level_text: str
    level_text_en: str
    text: str
    areas: list[AreaView]
    notes: list[str]
    ready: bool
    number: int
    reason: str
    by: str
    at: datetime
    version: int


class SuggestedArea(Shape):
    """What the notes say of a knowledge area: the level noted last, and the texts that are shared."""

    area: str
    level: int | None
    notes: int
    text: str


class WorkView(Shape):
    """What a teacher writes from: the assessment as it is, earlier versions, the notes of the school year and
    what they suggest.
    """

    version: int
    judgement: JudgementView | None
    earlier: list[JudgementView]
    suggested: list[SuggestedArea]
    notes: list[NoteView]


class SheetRow(Shape):
    """A pupil of a group: how far the assessment is."""

    pupil: str
    given_name: str
    family_name: str
    level: int | None
    ready: bool
    version: int


class SheetView(Shape):
    """A group's assessments in a subject; `withheld` are pupils not shown to the caller."""

    round: str
    subject: str
    rows: list[SheetRow]
    withheld: int


class PublishedView(Shape):
    """An assessment that the home reads, with what it said before."""

    title: str
    published_at: datetime | None
    judgement: JudgementView
    earlier: list[JudgementView]


class PublishedPage(Shape):
    """A page of a pupil's assessments, those of the newest round first."""

    data: list[PublishedView]
    cursor: str | None


class ReceiptView(Shape):
    """That somebody of the home has read, and when first."""

    person: str
    at: datetime


class ReceiptsView(Shape):
    """Who of the home has read, and who of the guardians of today has not."""

    read: list[ReceiptView]
    unread: list[str]


class SheetQuery(Shape):
    """Of which subject."""

    subject: Subject

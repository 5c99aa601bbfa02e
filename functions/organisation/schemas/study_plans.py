"""Programmes and study plans over HTTP, in the words of SS 12000 `Programme` and `StudyPlan`."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import AwareDatetime, Field, model_validator

from functions.organisation.domain.programmes import Part, ProgrammeType
from functions.organisation.domain.study_plans import Adapted, Missing, PlanPart, Scope
from functions.organisation.schemas.common import Id, PageQuery
from functions.organisation.schemas.syllabuses import Code, Name
from skolkit.http import Shape
from skolkit.sweden.codes import SchoolForm

Language = Annotated[str, Field(pattern="^[a-z]{3}$")]
Upper = Literal[SchoolForm.UPPER_SECONDARY, SchoolForm.ADAPTED_UPPER_SECONDARY]


class ContentRow(Shape):
    """A part of a programme. Of each inner list of syllabuses one is enough (Swedish, or as second
    language).
    """

    type: Part
    points: Annotated[int, Field(ge=0, le=4000)] | None = None
    content: Annotated[
        list[Annotated[list[Id], Field(min_length=1, max_length=6)]], Field(max_length=100)
    ] = Field(default_factory=list)


class NewProgramme(Shape):
    """A programme or orientation as it is from a day on. `points`: of the whole, where not those of the
    law.
    """

    code: Code
    name: Name
    type: ProgrammeType
    school_form: Upper
    valid_from: date
    points: Annotated[int, Field(ge=100, le=4000)] | None = None
    parent_programme: Id | None = None
    content: Annotated[list[ContentRow], Field(max_length=12)] = Field(default_factory=list)


class ProgrammeView(NewProgramme):
    """A programme."""

    id: Id


class ProgrammeQuery(PageQuery):
    """Which school form."""

    school_form: Upper = SchoolForm.UPPER_SECONDARY


class ProgrammePage(Shape):
    """Programmes by code and day; `cursor` leads to the next page."""

    data: list[ProgrammeView]
    cursor: str | None


class EntryRow(Shape):
    """Something the pupil reads: `type` in gymnasieskolan, `title` elsewhere; both days inclusive."""

    syllabus: Id
    type: PlanPart | None = None
    title: Annotated[str, Field(max_length=60)] | None = None
    start_date: date | None = None
    end_date: date | None = None


class NewPlan(Shape):
    """A pupil's study plan. `scope`: the full programme, utökat or reducerat program."""

    school_form: SchoolForm
    start_date: date
    end_date: date | None = None
    programme: Id | None = None
    scope: Scope = "full"
    swedish: Literal["SV", "SVA"] = "SV"
    sprakval: Language | None = None
    mother_tongue: Language | None = None
    content: Annotated[list[EntryRow], Field(max_length=80)] = Field(default_factory=list)

    @model_validator(mode="after")
    def _each_once(self) -> NewPlan:
        if len({row.syllabus for row in self.content}) < len(self.content):
            raise ValueError("the same syllabus twice")
        return self


class NewAdaptation(Shape):
    """A decision on anpassad studiegång or anpassad timplan, with its reason."""

    kind: Adapted
    reason: Annotated[str, Field(min_length=10, max_length=2000)]
    start_date: date
    end_date: date | None = None


class AdaptationView(NewAdaptation):
    """The decision with its paragraph and who made it."""

    law: str
    decided_by: Id
    decided_at: AwareDatetime


class GapView(Shape):
    """Something the plan lacks, or has too much of, with the paragraph."""

    missing: Missing
    law: str
    syllabus: str | None
    type: str | None
    reason: str
    reason_en: str


class PlanView(NewPlan):
    """A pupil's study plan; `warnings` only for the present one."""

    pupil: Id
    adaptation: AdaptationView | None
    changed_by: Id
    changed_at: AwareDatetime
    warnings: list[GapView]
    version: int


class PlanPage(Shape):
    """The versions of a plan, the newest first; `cursor` leads to the next page."""

    data: list[PlanView]
    cursor: str | None

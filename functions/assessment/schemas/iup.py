"""Individual development plans over HTTP."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

from pydantic import Field

from functions.assessment.domain.iup import State
from functions.assessment.schemas.common import Subject
from functions.assessment.schemas.judgements import JudgementView, ReceiptsView
from functions.assessment.schemas.talks import AgreementOf
from skolkit.http import Shape


class GoalOf(Shape):
    """A goal, in a subject or for the pupil's development in other ways."""

    text: Annotated[str, Field(min_length=1, max_length=400)]
    subject: Subject | None = None


class NewPlan(Shape):
    """A plan: goals, what the school does, what was agreed at the talk (`agreed`, its day), and the day it is
    followed up. It need not be whole before it is published.
    """

    goals: Annotated[tuple[GoalOf, ...], Field(max_length=20)] = ()
    needs: Annotated[str, Field(max_length=3000)] = ""
    steps: Annotated[tuple[AgreementOf, ...], Field(max_length=30)] = ()
    agreed: date | None = None
    follow_up: date | None = None


class NewFollowUp(Shape):
    """What a follow-up found, and the next day for one if there is to be one."""

    text: Annotated[str, Field(min_length=1, max_length=2000)]
    next_day: date | None = None


class FollowUpView(Shape):
    """A follow-up."""

    by: str
    at: datetime
    text: str


class PlanView(NewPlan):
    """A plan. `published`: how many versions the home has been given; `changed` since the last."""

    pupil: str
    school_year: str
    by: str
    at: datetime
    published: int
    changed: bool
    next_follow_up: date | None
    version: int


class EditionView(Shape):
    """A version that the home reads, with the assessments it is built on, and how far its PDF is."""

    number: int
    published_at: datetime
    plan: PlanView
    judgements: list[JudgementView]
    paper: State
    sha256: str


class IupView(Shape):
    """A year's plan. `plan` is what the mentor works on, for those with a task; `latest` what the home reads,
    `earlier` the numbers of versions before; `receipts` for those with a task.
    """

    version: int
    plan: PlanView | None
    latest: EditionView | None
    earlier: list[int]
    follow_ups: list[FollowUpView]
    receipts: ReceiptsView | None


class YearView(Shape):
    """That there is a plan of a school year."""

    year: int
    school_year: str
    published: int


class YearPage(Shape):
    """A page of a pupil's plans, the newest first."""

    data: list[YearView]
    cursor: str | None


class PaperLink(Shape):
    """Where to fetch the PDF, for how many seconds, and its SHA-256."""

    url: str
    seconds: int
    sha256: str

"""Correction, change and withdrawal of decided grades over HTTP (process 33)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

from pydantic import Field

from functions.grades.domain.cases import Flaw, Ground, Kind, Outcome, State
from functions.grades.domain.catalogue import Choice, DeciderRole
from functions.grades.schemas.common import Id
from functions.grades.schemas.grading import EntryView, Language, Value, Words
from skolkit.http import Shape

Prose = Annotated[str, Field(min_length=10, max_length=2000)]


class ProposalBody(Shape):
    """What the entry is to say instead; what is left out stays as it is."""

    value: Value | None = None
    finished: bool | None = None
    choice: Choice | None = None
    language: Language | None = None
    adapted_study_plan: Words | None = None
    remark: Words | None = None
    support: Annotated[str, Field(max_length=2000)] | None = None
    title: Annotated[str, Field(max_length=200)] | None = None


class NewCase(Shape):
    """A case about an entry: its kind, what is wrong and why, and what the entry is to say instead (nothing
    for a withdrawal).
    """

    kind: Kind
    flaw: Flaw
    reason: Prose
    proposal: ProposalBody = ProposalBody()


class NewComment(Shape):
    """What the home says."""

    text: Annotated[str, Field(min_length=1, max_length=2000)]


class ChangeAnswer(Shape):
    """Whether one of those who decided on the grade wants it changed."""

    agrees: bool


class NewVerdict(Shape):
    """The principal's decision. `unheard`: why it is unnecessary to hear the home, when its time is not over;
    `ground`: why a change is not for those who decided on the grade; `motivation` of a refusal.
    """

    outcome: Outcome
    motivation: Annotated[str, Field(max_length=2000)] = ""
    unheard: Annotated[str, Field(max_length=500)] = ""
    ground: Ground | None = None


class CommentView(Shape):
    """Somebody's comment."""

    by: Id
    timestamp: datetime
    text: str


class AnswerView(Shape):
    """Somebody's answer to a change."""

    by: Id
    timestamp: datetime
    agrees: bool


class VerdictView(Shape):
    """How a case ended; `entry` came in the old one's place."""

    outcome: Outcome
    decided_by: Id
    timestamp: datetime
    motivation: str
    ground: Ground | None
    unheard: str
    entry: Id | None


class CaseView(Shape):
    """A case. `hearUntil` is the last day for the home's comments; who is of the home
    sees own comments only.
    """

    id: Id
    student: Id
    entry: Id
    organisation: Id
    kind: Kind
    flaw: Flaw
    reason: str
    proposal: ProposalBody
    noticed_by: Id
    opened_timestamp: datetime
    hear_until: date | None
    state: State
    comments: list[CommentView]
    answers: list[AnswerView]
    verdict: VerdictView | None
    version: int


class SignatureView(Shape):
    """The order by which an entry is signed, and who signs."""

    order: Id
    entry: Id
    signed_by: Id
    role: DeciderRole
    timestamp: datetime


class ChainView(Shape):
    """A decision, what replaced it, in order, the cases that led to it and the orders to sign."""

    data: list[EntryView]
    cases: list[CaseView]
    signatures: list[SignatureView]


class WaitingCase(Shape):
    """A case that waits at a unit. Names are null for who the caller may not see."""

    id: Id
    student: Id
    entry: Id
    given_name: str | None
    family_name: str | None
    kind: Kind
    opened_timestamp: datetime
    hear_until: date | None


class CasePage(Shape):
    """Cases that wait at a unit, oldest first."""

    data: list[WaitingCase]
    cursor: str | None

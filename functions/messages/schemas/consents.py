"""Consents over HTTP."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import Field

from functions.messages.domain.consents import Answer, Outcome
from functions.messages.schemas.common import Id
from functions.messages.schemas.news import NewsText
from skolkit.http import Shape

KindId = Annotated[str, Field(pattern=r"^[a-z][a-zA-Z]{1,30}$")]
Name = Annotated[str, Field(min_length=1, max_length=60)]


class KindNames(Shape):
    """What a kind of consent is called."""

    sv: Name
    en: Name


class KindChange(Shape):
    """A kind of consent; `both`: everybody with custody must say yes."""

    name: KindNames
    both: bool


class KindView(KindChange):
    """A kind as it is; version 0 is the product's own."""

    id: KindId
    version: int


class KindList(Shape):
    """All kinds of consent."""

    data: list[KindView]


class NewConsent(Shape):
    """A question to the homes of groups of one unit. `remind_days` before the deadline those who have not
    answered are reminded, 0: never.
    """

    kind: KindId
    groups: Annotated[list[Id], Field(min_length=1, max_length=60)]
    texts: Annotated[list[NewsText], Field(min_length=1, max_length=8)]
    deadline: date
    until: date
    remind_days: Annotated[int, Field(ge=0, le=30)] = 2


class ConsentView(Shape):
    """A question as staff see it."""

    id: Id
    kind: KindId
    both: bool
    groups: list[Id]
    texts: list[NewsText]
    asked: str
    deadline: date
    until: date
    closed: bool
    version: int


class ConsentPage(Shape):
    """Questions, newest first."""

    data: list[ConsentView]
    cursor: str | None


class OwnConsentView(Shape):
    """A question about one child, and the caller's own latest answer."""

    consent: Id
    pupil: Id
    kind: KindId
    both: bool
    texts: list[NewsText]
    deadline: date
    until: date
    closed: bool
    answer: Answer | None


class OwnConsentPage(Shape):
    """What the caller is asked, newest first."""

    data: list[OwnConsentView]
    cursor: str | None


class NewAnswer(Shape):
    """Yes, no, or a yes taken back."""

    answer: Answer


class AnswerView(Shape):
    """One answer of the caller's."""

    answer: Answer
    at: str


class AnswersView(Shape):
    """What the caller has answered about a child, oldest first, and what holds now."""

    consent: Id
    pupil: Id
    answers: list[AnswerView]
    outcome: Outcome


class GroupCount(Shape):
    """How the homes of a group have answered."""

    group: Id
    answered: int
    granted: int
    refused: int
    unanswered: int


class StatisticsView(Shape):
    """Answers by group."""

    groups: list[GroupCount]


class FollowUpQuery(Shape):
    """Which pupils of the group, and how many."""

    outcome: Outcome | None = None
    limit: Annotated[int, Field(ge=1, le=100)] = 50
    cursor: Annotated[str, Field(max_length=600)] | None = None


class FollowUpRow(Shape):
    """What holds for a pupil, and how many of those asked have not answered."""

    pupil: Id
    given_name: str
    family_name: str
    outcome: Outcome
    missing: int


class FollowUpPage(Shape):
    """A group's pupils."""

    data: list[FollowUpRow]
    cursor: str | None

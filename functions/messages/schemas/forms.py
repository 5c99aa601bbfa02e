"""Forms over HTTP."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from functions.messages.domain.forms import Respondents, State
from functions.messages.domain.questions import LIMITS, Kind
from functions.messages.schemas.common import Id
from functions.messages.schemas.news import AudienceView, Language, NewAudience, NewsText
from skolkit.http import Shape
from skolkit.tables.formats import Format

QuestionId = Annotated[str, Field(pattern=r"^[a-z][a-zA-Z0-9]{0,29}$")]
Number = Annotated[float, Field(ge=-1e12, le=1e12, allow_inf_nan=False)]
Answered = Annotated[str, Field(min_length=1, max_length=LIMITS.text)]
RemindDays = Annotated[int, Field(ge=0, le=30)]


class Phrase(Shape):
    """A question or an option in one language."""

    language: Language
    text: Annotated[str, Field(min_length=1, max_length=300)]


Phrases = Annotated[list[Phrase], Field(min_length=1, max_length=8)]


class OptionShape(Shape):
    """One of the answers of a choice."""

    id: QuestionId
    texts: Phrases


class ConditionShape(Shape):
    """Shown when an earlier question has an answer: an option's id, or yes or no."""

    question: QuestionId
    answer: QuestionId


class QuestionShape(Shape):
    """A question. `length` of a text, `low` and `high` of a number, `first` and `last` of a date, all of them
    included; `options` of a choice.
    """

    id: QuestionId
    kind: Kind
    texts: Phrases
    required: bool = True
    options: Annotated[list[OptionShape], Field(max_length=30, default_factory=list)]
    length: Annotated[int, Field(ge=1, le=LIMITS.text)] | None = None
    low: Number | None = None
    high: Number | None = None
    first: date | None = None
    last: date | None = None
    shown_when: ConditionShape | None = None


class FormChange(Shape):
    """Title and lead text, and the questions in order."""

    texts: Annotated[list[NewsText], Field(min_length=1, max_length=8)]
    questions: Annotated[list[QuestionShape], Field(min_length=1, max_length=40)]


class NewForm(FormChange):
    """A draft to groups, years or the whole of one unit. One answer per `child` by any guardian, one of each
    `guardian` about each child, or one of each `person` about themselves. What is `sensitive` is read by
    whoever asks and the principal alone, and deleted earlier.
    """

    audiences: Annotated[list[NewAudience], Field(min_length=1, max_length=60)]
    respondents: Respondents
    deadline: date
    remind_days: RemindDays = 2
    sensitive: bool = False


class NewState(Shape):
    """Publish, close, open again or withdraw."""

    state: Literal["published", "closed", "withdrawn"]


class NewDeadline(Shape):
    """Another last day to answer, and how many days before it those who have not are reminded, 0: never."""

    deadline: date
    remind_days: RemindDays = 2


class FormView(FormChange):
    """A form as staff see it; `answered`: somebody has, and the questions stay."""

    id: Id
    audiences: list[AudienceView]
    respondents: Respondents
    sensitive: bool
    state: State
    deadline: date
    remind_days: int
    asked: str | None
    answered: bool
    version: int


class FormPage(Shape):
    """Forms, newest first."""

    data: list[FormView]
    cursor: str | None


class AskedForm(Shape):
    """A form somebody is asked to fill in, about a child or themselves."""

    form: Id
    person: Id
    texts: list[NewsText]
    respondents: Respondents
    sensitive: bool
    state: State
    deadline: date
    answered: bool


class AskedFormPage(Shape):
    """What the caller is asked, newest first."""

    data: list[AskedForm]
    cursor: str | None


class AnswerShape(Shape):
    """An answer to one question: one value, by the question's kind."""

    question: QuestionId
    text: Answered | None = None
    number: Number | None = None
    day: date | None = None
    yes: bool | None = None
    chosen: Annotated[list[QuestionId], Field(max_length=30)] | None = None


class NewAnswers(Shape):
    """All answers to a form; what is left out is not answered."""

    answers: Annotated[list[AnswerShape], Field(max_length=40)]


class FormToAnswer(AskedForm):
    """A form with its questions, and what has been answered: `at` when, `own` by the caller. What another
    guardian has answered is withheld (`answers` null) where an identity is protected.
    """

    questions: list[QuestionShape]
    answers: list[AnswerShape] | None
    at: str | None
    own: bool
    version: int


class ValueCount(Shape):
    """How often: an option's id, yes or no, a number or a date."""

    value: str
    count: int


class QuestionCount(Shape):
    """How a question has been answered; texts are only counted."""

    question: QuestionId
    answered: int
    counts: list[ValueCount]


class FormStatistics(Shape):
    """How many answers are awaited, how many there are, and what they say."""

    asked: int
    answered: int
    questions: list[QuestionCount]


class RowQuery(Shape):
    """How much of the list, from where."""

    limit: Annotated[int, Field(ge=1, le=90)] = 50
    cursor: Annotated[str, Field(max_length=600)] | None = None


class AnswerRow(Shape):
    """An answer: about whom, by whom ("" when it is withheld), when."""

    person: Id
    given_name: str
    family_name: str
    by_name: str
    at: str
    answers: list[AnswerShape]


class AnswerPage(Shape):
    """Answers, by person."""

    data: list[AnswerRow]
    cursor: str | None


class UnansweredRow(Shape):
    """About whom an answer is missing, and how many."""

    person: Id
    given_name: str
    family_name: str
    missing: int


class UnansweredPage(Shape):
    """About whom answers are missing."""

    data: list[UnansweredRow]
    cursor: str | None


class NewFormExport(Shape):
    """All answers as a file: CSV (semicolons, UTF-8) or an Excel workbook."""

    format: Format = "csv"

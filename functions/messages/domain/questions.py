"""The questions of a form and what is a right answer to them (process 28): text, a number, a date, yes or no,
one or several of some options; required or not; shown always, or when an earlier question has an answer.

An answer is taken whole as it was sent, or refused with the question named. Limits are data with an id, so
that a municipality can decide its own.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from skolkit.errors import DomainError, Text

Kind = Literal["text", "number", "date", "yesNo", "oneOf", "severalOf"]
CHOICES = ("oneOf", "severalOf")
YES, NO = "yes", "no"
Texts = tuple[tuple[str, str], ...]  # language and text


@dataclass(frozen=True, slots=True)
class Limits:
    """What is decided, not derived [PROPOSED]: characters of one text, and of all texts of a form together,
    so that all answers of a large school are read in a few round trips.
    """

    id: str = "2026"
    text: int = 2_000
    texts: int = 10_000


LIMITS = Limits()


class QuestionTwice(DomainError):
    """Questions, and the options of one, are told apart by their ids."""

    status = 422
    reason = Text("Samma id förekommer två gånger.", "The same id comes twice.")
    advice = Text("Ge varje fråga och alternativ ett eget id.", "Give each question and option its own id.")


class QuestionUnclear(DomainError):
    """Options are for choices, which have at least two, and bounds for what they bound; the lower first."""

    status = 422
    reason = Text("Frågan {question} är inte fullständig.", "The question {question} is not complete.")
    advice = Text(
        "Ge val minst två alternativ, och gränser bara där de hör hemma, den lägre först.",
        "Give choices two options at least, and bounds only where they belong, the lower one first.",
    )


class LanguageMissing(DomainError):
    """Every question and option is in exactly the languages of the form."""

    status = 422
    reason = Text(
        "Frågan {question} finns inte på samma språk som formuläret.",
        "The question {question} is not in the languages of the form.",
    )
    advice = Text("Skriv frågor och alternativ på varje språk.", "Write questions, options in each language.")


class ConditionUnclear(DomainError):
    """A question is shown by the answer to an earlier choice, or yes or no."""

    status = 422
    reason = Text(
        "Frågan {question} visas av ett svar som inte finns.",
        "The question {question} is shown by an answer that there is not.",
    )
    advice = Text("Välj en tidigare fråga och ett av dess svar.", "Choose an earlier question and an answer.")


class TooMuchText(DomainError):
    """The texts that a form asks for are together no longer than `Limits.texts`."""

    status = 422
    reason = Text("Svaren skulle bli längre än {most} tecken.", "The answers could exceed {most} characters.")
    advice = Text("Ge textfrågorna kortare gräns.", "Give the text questions a lower limit.")


class UnknownQuestion(DomainError):
    """The form has no such question."""

    status = 422
    reason = Text("Formuläret har ingen fråga {question}.", "The form has no question {question}.")
    advice = Text("Hämta formuläret på nytt.", "Read the form again.")


class AnsweredTwice(DomainError):
    """A question is answered once."""

    status = 422
    reason = Text("Frågan {question} besvaras två gånger.", "The question {question} is answered twice.")
    advice = Text("Behåll ett svar per fråga.", "Keep one answer per question.")


class WrongKindOfAnswer(DomainError):
    """A question is answered by what it asks for, and by nothing else."""

    status = 422
    reason = Text(
        "Frågan {question} besvaras inte så ({kind}).", "The question {question} is answered by {kind}."
    )
    advice = Text("Svara med det frågan gäller.", "Answer with what is asked for.")


class OutsideBounds(DomainError):
    """A text has something in it and is not too long, a number or date is within its bounds, a choice is one
    of the options, each once.
    """

    status = 422
    reason = Text(
        "Svaret på frågan {question} ligger utanför gränserna.",
        "The answer to the question {question} is outside its bounds.",
    )
    advice = Text("Håll svaret inom frågans gränser.", "Keep the answer within the bounds of the question.")


class NotAsked(DomainError):
    """A question that is not shown is not answered."""

    status = 422
    reason = Text(
        "Frågan {question} ställs inte efter svaren ovanför.",
        "The question {question} is not asked after the answers above.",
    )
    advice = Text("Ta bort svaret.", "Leave the answer out.")


class AnswerMissing(DomainError):
    """What is required and shown is answered."""

    status = 422
    reason = Text("Frågan {question} ska besvaras.", "The question {question} must be answered.")
    advice = Text("Svara på frågan.", "Answer the question.")


@dataclass(frozen=True, slots=True)
class Option:
    """One of the answers of a choice; `texts` with their languages."""

    id: str
    texts: Texts


@dataclass(frozen=True, slots=True)
class Condition:
    """Shown when an earlier question has an answer: an option's id, or yes or no."""

    question: str
    answer: str


@dataclass(frozen=True, slots=True)
class Question:
    """`texts` with their languages; `length` of a text, `low` and `high` of a number, `first` and `last` of
    a date, all of them included; `options` of a choice.
    """

    id: str
    kind: Kind
    texts: Texts
    required: bool = True
    options: tuple[Option, ...] = ()
    length: int | None = None
    low: float | None = None
    high: float | None = None
    first: date | None = None
    last: date | None = None
    shown_when: Condition | None = None

    @property
    def choices(self) -> tuple[str, ...]:
        """The answers there are to choose from, by id."""
        return (YES, NO) if self.kind == "yesNo" else tuple(option.id for option in self.options)

    @property
    def longest(self) -> int:
        return (self.length or LIMITS.text) if self.kind == "text" else 0


@dataclass(frozen=True, slots=True)
class Given:
    """An answer to one question: one of the values, by its kind."""

    question: str
    text: str | None = None
    number: float | None = None
    day: date | None = None
    yes: bool | None = None
    chosen: tuple[str, ...] | None = None

    @property
    def names(self) -> frozenset[str]:
        """What is chosen, for conditions and counting."""
        if self.yes is not None:
            return frozenset({YES if self.yes else NO})
        return frozenset(self.chosen or ())


_VALUE: Mapping[Kind, str] = {
    "text": "text", "number": "number", "date": "day", "yesNo": "yes", "oneOf": "chosen",
    "severalOf": "chosen",
}  # fmt: skip
_BOUNDS: Mapping[str, tuple[Kind, ...]] = {
    "length": ("text",), "low": ("number",), "high": ("number",), "first": ("date",), "last": ("date",),
}  # fmt: skip


def check_questions(
    questions: Sequence[Question], languages: Collection[str], limits: Limits = LIMITS
) -> None:
    """Raises what is wrong with a form's questions, naming the question."""
    before: dict[str, Question] = {}
    for n, one in enumerate(questions):
        place = f"questions.{n}"
        if one.id in before:
            raise QuestionTwice(field=f"{place}.id", value=one.id)
        _check_question(one, place, languages)
        condition = one.shown_when
        if condition and condition.answer not in _answers(before.get(condition.question)):
            raise ConditionUnclear(field=f"{place}.shownWhen", value=one.id, question=one.id)
        before[one.id] = one
    if sum(one.longest for one in questions) > limits.texts:
        raise TooMuchText(field="questions", most=limits.texts)


def _answers(question: Question | None) -> tuple[str, ...]:
    return question.choices if question else ()


def _check_question(one: Question, place: str, languages: Collection[str]) -> None:
    ids = [option.id for option in one.options]
    if len(set(ids)) < len(ids):
        raise QuestionTwice(field=f"{place}.options", value=one.id)
    odd = [
        name for name, kinds in _BOUNDS.items() if getattr(one, name) is not None and one.kind not in kinds
    ]
    turned = (
        (one.low is not None and one.high is not None and one.low > one.high)
        or (one.first is not None and one.last is not None and one.first > one.last)
    )  # fmt: skip
    if odd or turned or (len(ids) >= 2) != (one.kind in CHOICES) or (ids and one.kind not in CHOICES):
        raise QuestionUnclear(field=place, value=one.id, question=one.id)
    said = (one.texts, *(option.texts for option in one.options))
    if any(sorted(language for language, _ in texts) != sorted(languages) for texts in said):
        raise LanguageMissing(field=f"{place}.texts", value=one.id, question=one.id)


def check_answers(questions: Sequence[Question], given: Sequence[Given]) -> None:
    """Whether the answers are right and complete. Raises what is wrong with one, naming the question."""
    asked = {one.id: one for one in questions}
    found: dict[str, tuple[int, Given]] = {}
    for n, one in enumerate(given):
        named = {"field": f"answers.{n}.question", "value": one.question, "question": one.question}
        if one.question not in asked:
            raise UnknownQuestion(**named)  # type: ignore[arg-type]
        if one.question in found:
            raise AnsweredTwice(**named)  # type: ignore[arg-type]
        found[one.question] = (n, one)
    for question in questions:
        n, answer = found.get(question.id, (0, None))
        shown = _is_shown(question, {id: one for id, (_, one) in found.items()})
        if answer is None and shown and question.required:
            raise AnswerMissing(field="answers", value=question.id, question=question.id)
        if answer is not None and not shown:
            raise NotAsked(field=f"answers.{n}", value=question.id, question=question.id)
        if answer is not None:
            _check_answer(question, answer, f"answers.{n}")


def _is_shown(question: Question, given: Mapping[str, Given]) -> bool:
    """An answer to a question that is not shown itself is refused before, so one step is enough."""
    condition = question.shown_when
    return condition is None or (
        condition.question in given and condition.answer in given[condition.question].names
    )


def _check_answer(question: Question, answer: Given, place: str) -> None:
    values = {name for name in set(_VALUE.values()) if getattr(answer, name) is not None}
    if values != {_VALUE[question.kind]}:
        raise WrongKindOfAnswer(
            field=place, value=question.id, question=question.id, kind=_VALUE[question.kind]
        )
    if not _fits(question, answer):
        raise OutsideBounds(field=place, value=question.id, question=question.id)


def _fits(question: Question, answer: Given) -> bool:
    if answer.text is not None:
        return bool(answer.text.strip()) and len(answer.text) <= question.longest
    if answer.number is not None:
        return (question.low is None or question.low <= answer.number) and (
            question.high is None or answer.number <= question.high
        )
    if answer.day is not None:
        return (question.first or date.min) <= answer.day <= (question.last or date.max)
    if answer.chosen is not None:
        most = 1 if question.kind == "oneOf" else len(question.options)
        chosen = set(answer.chosen)
        return 1 <= len(answer.chosen) == len(chosen) <= most and chosen <= set(question.choices)
    return True


@dataclass(frozen=True, slots=True)
class Distribution:
    """How a question has been answered: by how many, and how often each value, but no texts."""

    question: str
    answered: int
    counts: Mapping[str, int] = field(default_factory=dict)


def distributions(questions: Sequence[Question], answers: Iterable[Sequence[Given]]) -> list[Distribution]:
    """How each question has been answered. Choices in their order, also those nobody made; numbers and dates
    in theirs.
    """
    given = [{one.question: one for one in answer} for answer in answers]
    found = []
    for question in questions:
        own = [one[question.id] for one in given if question.id in one]
        counts: dict[str, int] = {}
        if question.kind == "number":
            numbers = Counter(one.number for one in own if one.number is not None)
            counts = {written(number): numbers[number] for number in sorted(numbers)}
        elif question.kind == "date":
            days = Counter(one.day for one in own if one.day is not None)
            counts = {day.isoformat(): days[day] for day in sorted(days)}
        elif question.kind != "text":
            names = Counter(name for one in own for name in one.names)
            counts = {name: names[name] for name in question.choices}
        found.append(Distribution(question.id, len(own), counts))
    return found


def written(number: float) -> str:
    """A number as it is shown, with a point.

    >>> written(3.0), written(2.5)
    ('3', '2.5')
    """
    return str(int(number)) if number.is_integer() else str(number)


def said(texts: Texts, language: str = "sv") -> str:
    """In a language, or the first there is."""
    return dict(texts).get(language, texts[0][1])


def told(questions: Sequence[Question], given: Iterable[Given]) -> list[tuple[str, str]]:
    """Every question with its answer in words, whole; "" where there is none."""
    found = {one.question: one for one in given}
    return [(said(question.texts), _words(question, found.get(question.id))) for question in questions]


def _words(question: Question, given: Given | None) -> str:
    if given is None:
        return ""
    if given.number is not None:
        return written(given.number).replace(".", ",")
    if given.day is not None:
        return given.day.isoformat()
    labels = {YES: "Ja", NO: "Nej"} | {option.id: said(option.texts) for option in question.options}
    return given.text or ", ".join(labels[name] for name in question.choices if name in given.names)

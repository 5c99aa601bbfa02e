"""Any answers to any form are taken as they were sent, or refused with the question named."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from functions.messages.domain import forms, questions
from functions.messages.domain.deadlines import DeadlinePassed
from functions.messages.domain.questions import (
    CHOICES,
    Condition,
    Given,
    Kind,
    Option,
    Question,
    check_answers,
    check_questions,
    distributions,
    told,
)
from functions.messages.schemas.forms import AnswerShape, QuestionShape
from functions.messages.store.forms import given_of, question_of
from skolkit.errors import DomainError

DAY = date(2026, 11, 26)
IDS = ["a", "b", "c", "d"]
OPTIONS = ["x", "y", "z"]
SV = (("sv", "Fråga"),)
DAYS = st.dates(DAY, DAY + timedelta(days=20))
NUMBERS = st.floats(-5, 5, allow_nan=False) | st.integers(-5, 5).map(float)
TEXTS = st.text(max_size=12)


@st.composite
def asked(draw: DrawFn) -> tuple[Question, ...]:
    """A form that is right: every kind of question, bounds or none, some shown by an earlier answer."""
    made: list[Question] = []
    for id in IDS[: draw(st.integers(1, 4))]:
        kind: Kind = draw(st.sampled_from(get_args(Kind)))
        bounds: dict[str, Any] = {}
        if kind == "text":
            bounds["length"] = draw(st.none() | st.integers(1, 10))
        if kind == "number" and draw(st.booleans()):
            bounds["low"], bounds["high"] = sorted(draw(st.tuples(NUMBERS, NUMBERS)))
        if kind == "date" and draw(st.booleans()):
            bounds["first"], bounds["last"] = sorted(draw(st.tuples(DAYS, DAYS)))
        if kind in CHOICES:
            names = draw(st.lists(st.sampled_from(OPTIONS), min_size=2, unique=True))
            bounds["options"] = tuple(Option(name, SV) for name in names)
        before = [Condition(one.id, answer) for one in made for answer in one.choices]
        if draw(st.booleans()) and before:
            bounds["shown_when"] = draw(st.sampled_from(before))
        made.append(Question(id, kind, SV, required=draw(st.booleans()), **bounds))
    return tuple(made)


ANY = st.builds(
    Given, st.sampled_from([*IDS, "unknown"]), text=st.none() | TEXTS, number=st.none() | NUMBERS,
    day=st.none() | DAYS, yes=st.none() | st.booleans(),
    chosen=st.none() | st.lists(st.sampled_from([*OPTIONS, "w"]), max_size=3).map(tuple),
)  # fmt: skip


@st.composite
def nearly(draw: DrawFn, form: tuple[Question, ...]) -> list[Given]:
    """Answers of the right kind, mostly: some left out, some outside bounds, some not asked for."""
    values: dict[Kind, Any] = {
        "text": lambda _: {"text": draw(TEXTS)},
        "number": lambda _: {"number": draw(NUMBERS)},
        "date": lambda _: {"day": draw(DAYS)},
        "yesNo": lambda _: {"yes": draw(st.booleans())},
        "oneOf": lambda names: {"chosen": (draw(st.sampled_from(names)),)},
        "severalOf": lambda names: {"chosen": tuple(draw(st.lists(st.sampled_from(names), max_size=3)))},
    }
    return [Given(one.id, **values[one.kind]([*one.choices, "w"])) for one in form if draw(st.integers(0, 4))]


VALUE = {"text": "text", "number": "number", "date": "day", "yesNo": "yes"}


def is_right(form: tuple[Question, ...], answers: list[Given]) -> bool:
    """The rule said again, question by question."""
    names = [one.question for one in answers]
    found = {one.question: one for one in answers}
    if len(found) < len(names) or not set(names) <= {one.id for one in form}:
        return False
    return all(
        fits(one, found[one.id]) and is_shown(one, found) if one.id in found
        else not (one.required and is_shown(one, found))
        for one in form
    )  # fmt: skip


def is_shown(one: Question, found: dict[str, Given]) -> bool:
    if one.shown_when is None:
        return True
    other = found.get(one.shown_when.question)
    if other is None:
        return False
    wanted = one.shown_when.answer
    return wanted in (other.chosen or ()) or (other.yes is not None and wanted == ["no", "yes"][other.yes])


def fits(one: Question, answer: Given) -> bool:
    values = {name: getattr(answer, name) for name in ("text", "number", "day", "yes", "chosen")}
    given_ = {name: value for name, value in values.items() if value is not None}
    if set(given_) != {VALUE.get(one.kind, "chosen")}:
        return False
    (value,) = given_.values()
    match one.kind:
        case "text":
            return value.strip() != "" and len(value) <= (one.length or 2000)
        case "number":
            return one.low is None or one.high is None or one.low <= value <= one.high
        case "date":
            return one.first is None or one.last is None or one.first <= value <= one.last
        case "oneOf":
            return len(value) == 1 and value[0] in one.choices
        case "severalOf":
            return len(value) == len(set(value)) > 0 and set(value) <= set(one.choices)
        case _:
            return True


@given(st.data())
def test_answers_are_right_or_refused_with_the_question_named(data: st.DataObject) -> None:
    form = data.draw(asked())
    check_questions(form, ["sv"])
    answers = data.draw(nearly(form) | st.lists(ANY, max_size=5))
    if is_right(form, answers):
        check_answers(form, answers)
        return
    with pytest.raises(DomainError) as caught:
        check_answers(form, answers)
    refusal = caught.value
    assert refusal.status == 422
    assert refusal.value in {*(one.id for one in form), *(one.question for one in answers)}
    assert str(refusal.value) in refusal.said.sv
    assert refusal.field.startswith("answers")


@pytest.mark.parametrize("chosen", [(), ("x", "x"), ("x", "y", "z"), ("w",)])
def test_each_option_is_chosen_once(chosen: tuple[str, ...]) -> None:
    form = [Question("a", "severalOf", SV, options=(Option("x", SV), Option("y", SV)))]
    check_answers(form, [Given("a", chosen=("y", "x"))])
    with pytest.raises(questions.OutsideBounds):
        check_answers(form, [Given("a", chosen=chosen)])


@given(ANY)
def test_an_answer_is_stored_as_it_was_sent(answer: Given) -> None:
    values = {name: getattr(answer, name) for name in ("text", "number", "day", "yes")}
    chosen = None if answer.chosen is None else list(answer.chosen)
    shape = AnswerShape.model_construct(question=answer.question, **values, chosen=chosen)
    row = json.loads(json.dumps(shape.model_dump(mode="json", exclude_none=True)))
    assert given_of(row) == answer


@given(asked())
def test_a_question_is_stored_as_it_was_asked(form: tuple[Question, ...]) -> None:
    for one in form:
        said = [{"language": "sv", "text": "Fråga"}]
        shape = QuestionShape(
            id=one.id, kind=one.kind, texts=said, required=one.required,
            options=[{"id": o.id, "texts": said} for o in one.options],
            length=one.length, low=one.low, high=one.high, first=one.first, last=one.last,
            shown_when={"question": one.shown_when.question, "answer": one.shown_when.answer}
            if one.shown_when else None,
        )  # fmt: skip
        assert question_of(json.loads(json.dumps(shape.model_dump(mode="json")))) == one


@given(st.data())
def test_numbers_say_how_often_each_and_never_a_text(data: st.DataObject) -> None:
    form = data.draw(asked())
    right = [a for a in data.draw(st.lists(nearly(form), max_size=4)) if is_right(form, a)]
    for one, found in zip(form, distributions(form, right), strict=True):
        own = [a for answers in right for a in answers if a.question == one.id]
        assert found.answered == len(own)
        if one.kind == "text":
            assert not found.counts
        elif one.kind == "severalOf":
            assert sum(found.counts.values()) == sum(len(a.chosen or ()) for a in own)
        else:
            assert sum(found.counts.values()) == len(own)
        assert one.kind not in (*CHOICES, "yesNo") or list(found.counts) == list(one.choices)
    for answers in right:
        words = told(form, answers)
        assert len(words) == len(form)
        assert [bool(word) for _, word in words] == [one.id in {a.question for a in answers} for one in form]


ONE = Question("a", "yesNo", SV)


@pytest.mark.parametrize(
    ("form", "refusal"),
    [
        ([ONE, ONE], questions.QuestionTwice),
        ([Question("a", "oneOf", SV, options=(Option("x", SV),))], questions.QuestionUnclear),
        ([Question("a", "text", SV, options=(Option("x", SV),))], questions.QuestionUnclear),
        ([Question("a", "oneOf", SV, options=(Option("x", SV),) * 2)], questions.QuestionTwice),
        ([Question("a", "number", SV, low=2, high=1)], questions.QuestionUnclear),
        ([Question("a", "number", SV, first=DAY)], questions.QuestionUnclear),
        ([Question("a", "date", SV, first=DAY, last=DAY - timedelta(days=1))], questions.QuestionUnclear),
        ([Question("a", "yesNo", (("en", "What?"),))], questions.LanguageMissing),
        ([Question("a", "oneOf", SV, options=(Option("x", SV), Option("y", ())))], questions.LanguageMissing),
        ([Question("a", "text", SV, shown_when=Condition("a", "yes"))], questions.ConditionUnclear),
        ([ONE, Question("b", "text", SV, shown_when=Condition("a", "maybe"))], questions.ConditionUnclear),
        ([Question("b", "text", SV, shown_when=Condition("a", "yes")), ONE], questions.ConditionUnclear),
        ([Question(f"t{n}", "text", SV) for n in range(6)], questions.TooMuchText),
    ],
)
def test_a_form_that_is_not_right_is_refused(form: list[Question], refusal: type[DomainError]) -> None:
    with pytest.raises(refusal):
        check_questions(form, ["sv"])


def test_what_is_shown_by_what_is_not_shown_is_not_asked() -> None:
    form = [
        ONE,
        Question("b", "yesNo", SV, shown_when=Condition("a", "yes")),
        Question("c", "text", SV, shown_when=Condition("b", "yes")),
    ]
    check_answers(form, [Given("a", yes=False)])
    with pytest.raises(questions.NotAsked) as refused:
        check_answers(form, [Given("a", yes=False), Given("c", text="x")])
    assert refused.value.value == "c"
    with pytest.raises(questions.AnswerMissing):
        check_answers(form, [Given("a", yes=True), Given("b", yes=True)])


@given(st.integers(-3, 400))
def test_the_deadline_is_the_last_day_and_within_a_year(days: int) -> None:
    deadline = DAY + timedelta(days=days)
    if 0 <= days <= 365:
        forms.check_deadline(deadline, DAY)
        forms.check_open("published", deadline, deadline)
        with pytest.raises(DeadlinePassed):
            forms.check_open("published", deadline, deadline + timedelta(days=1))
    else:
        with pytest.raises(forms.WrongDeadline):
            forms.check_deadline(deadline, DAY)
    with pytest.raises(forms.FormClosed):
        forms.check_open("closed", deadline, DAY)


@pytest.mark.parametrize("before", get_args(forms.State))
@pytest.mark.parametrize("after", get_args(forms.State))
def test_a_form_goes_from_draft_over_published_to_withdrawn(before: forms.State, after: forms.State) -> None:
    right = {
        ("draft", "published"), ("published", "closed"), ("closed", "published"), ("draft", "withdrawn"),
        ("published", "withdrawn"), ("closed", "withdrawn"),
    }  # fmt: skip
    if (before, after) in right:
        forms.check_move(before, after)
    else:
        with pytest.raises(forms.WrongMove):
            forms.check_move(before, after)


def test_about_children_their_guardians_are_asked() -> None:
    forms.check_respondents("person", ["pupils", "staff"])
    forms.check_respondents("guardian", ["guardians"])
    for respondents in ("child", "guardian"):
        with pytest.raises(forms.WrongRespondents):
            forms.check_respondents(respondents, ["guardians", "pupils"])

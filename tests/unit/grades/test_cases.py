"""Rättelse, ändring and withdrawal, and trials: the rules (skollagen 3:19–21, 10:23, 15:28)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.grades.domain import case_refusals as refusals
from functions.grades.domain import cases as rules
from functions.grades.domain import trials
from functions.grades.domain.cases import Case, Home, Proposal, Verdict
from functions.grades.domain.catalogue import Decider, Entry, Subject
from functions.grades.domain.orders import Vouched
from functions.grades.domain.scales import EARLIER, SCALES, IllegalValue, NoScale, scale_of
from functions.grades.domain.trials import Handling, Trial
from skolkit.errors import DomainError
from skolkit.sweden.codes import SchoolForm
from skolkit.types import PersonId, UnitId

NOW = datetime(2026, 11, 26, 9, tzinfo=UTC)
HOW = Vouched(NOW, NOW, 3)
DAY = date(2026, 11, 26)
ONE, TWO, HEAD = PersonId("one"), PersonId("two"), PersonId("head")
PUPIL, MOTHER, FATHER = PersonId("pupil"), PersonId("mother"), PersonId("father")
HOME = Home(PUPIL, frozenset({MOTHER, FATHER}))
MATHS = Subject(code="GRGRMAT01", name="Matematik", form=SchoolForm.COMPULSORY)
UNIT = UnitId("unit")


def entry(value: str = "C", **more: Any) -> Entry:
    plain = Entry(
        id="e", pupil=PUPIL, kind="decision", subject=MATHS, value=value, scale="gr-2011", at=NOW, unit=UNIT,
        school_year="2026/27", term="HT", deciders=(Decider(person=ONE), Decider(person=TWO)),
    )  # fmt: skip
    return replace(plain, **more)


def case(kind: Any = "correction", flaw: Any = "miswriting", **more: Any) -> Case:
    plain = Case(
        id="c", pupil=PUPIL, entry="e", unit=UNIT, kind=kind, flaw=flaw, reason="Ett fel i katalogen.",
        noticed_by=ONE, opened=NOW, proposal=Proposal(value="A"), hear_until=DAY + rules.HEARING,
    )  # fmt: skip
    return replace(plain, **more)


def change(value: str = "A", **more: Any) -> Case:
    return case("change", "newCircumstances", proposal=Proposal(value=value), **more)


def said(by: PersonId = HEAD, **more: Any) -> Verdict:
    return Verdict(outcome=more.pop("outcome", "approved"), by=by, at=NOW, **more)


@given(st.sampled_from(SCALES), st.data())
def test_a_change_never_lowers_in_any_scale(scale: Any, data: st.DataObject) -> None:
    old, new = (data.draw(st.sampled_from(scale.legal)) for _ in range(2))
    held = entry(old, scale=scale.id, support="En skriftlig bedömning finns.", title="Titel")
    asked = change(new)
    if scale.rank(new) > scale.rank(old):
        assert rules.check_case(asked, held, [held], taken=False) == asked
        return
    with pytest.raises((refusals.GradeLowered, refusals.NothingToCorrect)):
        rules.check_case(asked, held, [held], taken=False)
    if new != old:
        rules.check_case(case(proposal=Proposal(value=new)), held, [held], taken=False)  # a correction may


def test_the_new_entry_says_what_the_old_one_did_but_for_what_was_wrong() -> None:
    old = entry(
        "F", finished=True, support="x" * 20, remark="r", period="p", activity="a", number=7, trial=True
    )
    proposal = Proposal(value="D", remark="", language=None)
    new = rules.entry_after(case(proposal=proposal), old, (Decider(person=HEAD),), HEAD, "n", NOW)
    assert new == replace(
        old, id="n", kind="correction", value="D", remark="", replaces="e", reason="miswriting", number=0,
        deciders=(Decider(person=HEAD),), registered_by=HEAD,
    )  # fmt: skip
    gone = rules.entry_after(case("withdrawal", "wrongImport"), old, (), HEAD, "n", NOW)
    assert (gone.value, gone.kind, gone.replaces) == ("F", "withdrawal", "e")


@pytest.mark.parametrize(
    ("comments", "days", "heard"),
    [
        ((), 14, False),
        ((), 15, True),
        ((MOTHER,), 0, False),
        ((MOTHER, FATHER), 0, True),
        ((PUPIL,), 0, False),
    ],
)
def test_the_home_is_heard_when_all_have_said_or_time_is_over(
    comments: tuple[PersonId, ...], days: int, heard: bool
) -> None:
    one = case()
    for who in comments:
        one = rules.comment(one, who, "Ja.", NOW)
    assert one.heard(HOME, DAY + timedelta(days=days)) == heard
    alone = Home(PUPIL, frozenset())
    assert one.heard(alone, DAY + timedelta(days=days)) == ((heard and not comments) or PUPIL in comments)


def test_the_principal_decides_when_the_home_is_heard_or_need_not_be() -> None:
    with pytest.raises(refusals.NotHeard) as refusal:
        rules.decide(case(), entry(), said(unheard="kort"), HOME, (), DAY)
    assert "2026-12-10" in refusal.value.said.sv
    words = "Hemmet har själv påpekat det."
    assert rules.decide(case(), entry(), said(unheard=words), HOME, (), DAY).state == "approved"
    decided = rules.decide(case(), entry(), said(), HOME, (), DAY + timedelta(days=15))
    assert decided.state == "approved"
    with pytest.raises(refusals.CaseClosed):
        rules.decide(decided, entry(), said(), HOME, (), DAY)
    with pytest.raises(refusals.CaseClosed):
        rules.comment(decided, MOTHER, "Sent", NOW)
    for kin in (MOTHER, PUPIL):
        with pytest.raises(refusals.OwnGrade):
            rules.decide(case(hear_until=None), entry(), said(kin), HOME, (), DAY)


def test_a_case_takes_so_many_comments() -> None:
    one = case()
    for _ in range(rules.MOST_COMMENTS):
        one = rules.comment(one, MOTHER, "Ja.", NOW)
    with pytest.raises(refusals.CommentsFull):
        rules.comment(one, MOTHER, "Ja.", NOW)


@pytest.mark.parametrize(
    ("deciders", "employed", "answers", "ground"),
    [
        ((ONE, TWO), (ONE, TWO), {}, None),
        ((ONE, TWO), (ONE, TWO), {ONE: False}, "disagreement"),
        ((ONE, TWO), (ONE,), {ONE: True}, "partlyGone"),
        ((ONE, TWO), (HEAD,), {}, "notEmployed"),
        ((), (ONE,), {}, "notEmployed"),
    ],
)
def test_whose_change_it_is(
    deciders: tuple[PersonId, ...], employed: tuple[PersonId, ...], answers: dict[PersonId, bool], ground: Any
) -> None:
    held = entry(deciders=tuple(Decider(person=p) for p in deciders))
    one = change()
    for who, agrees in answers.items():
        one, _ = rules.answer(one, held, who, HOME, employed, HOW, agrees=agrees)
    assert rules.ground_of(one, held, employed) == ground
    for named in ("notEmployed", "partlyGone", "disagreement", "hindered"):
        if named == (ground or "hindered"):
            assert rules.decide(one, held, said(ground=named), HOME, employed, DAY).state == "approved"
        else:
            with pytest.raises(refusals.NotForThePrincipalToChange):
                rules.decide(one, held, said(ground=named), HOME, employed, DAY)


def test_what_a_principal_decided_is_the_principals_to_change() -> None:
    held = entry(deciders=(Decider(person=HEAD, role="principal"),))
    assert rules.ground_of(change(), held, [HEAD]) == "notEmployed"
    with pytest.raises(refusals.NotToAnswerChange):
        rules.answer(change(), held, HEAD, HOME, [HEAD], HOW, agrees=True)


def test_all_who_decided_agree_and_each_answers_once() -> None:
    held, both = entry(), (ONE, TWO)
    one, whole = rules.answer(change(), held, ONE, HOME, both, HOW, agrees=True)
    assert not whole
    for who in (ONE, HEAD):
        with pytest.raises(refusals.NotToAnswerChange):
            rules.answer(one, held, who, HOME, both, HOW, agrees=True)
    assert rules.answer(one, held, TWO, HOME, both, HOW, agrees=True)[1]
    assert not rules.answer(one, held, TWO, HOME, both, HOW, agrees=False)[1]
    with pytest.raises(refusals.NotToAnswerChange):
        rules.answer(case(), held, ONE, HOME, both, HOW, agrees=True)


def test_nobody_changes_the_grade_of_an_own_child() -> None:
    with pytest.raises(refusals.OwnGrade):
        rules.answer(change(), entry(), ONE, Home(PUPIL, frozenset({ONE})), (ONE, TWO), HOW, agrees=True)


def test_only_a_language_has_a_language() -> None:
    asked = case(proposal=Proposal(language="deu", choice="languageChoice"))
    with pytest.raises(refusals.NothingToCorrect):
        rules.check_case(asked, entry(), [], taken=False)
    modern = replace(MATHS, code="GRGRMSP01", name="Moderna språk", language="fra", choice="pupilsChoice")
    new = asked.proposal.on(entry(subject=modern))
    assert (new.subject.language, new.subject.choice) == ("deu", "languageChoice")
    own = replace(MATHS, code="GRGRMOD01", name="Modersmål", language="ara")
    assert asked.proposal.on(entry(subject=own)).subject == replace(own, language="deu")


def test_only_what_came_from_a_file_is_withdrawn() -> None:
    asked = case("withdrawal", "wrongImport")
    with pytest.raises(refusals.WrongFlaw):
        rules.check_case(asked, entry(), [], taken=False)
    held = entry(kind="imported", source="Gamla")
    assert rules.check_case(asked, held, [held], taken=False).proposal == Proposal()
    gone = entry(id="w", kind="withdrawal", source="Gamla", replaces="e")
    for about in (held, gone):
        with pytest.raises(refusals.AlreadyReplaced):
            rules.check_case(asked, about, [held, gone], taken=False)


@pytest.mark.parametrize(
    ("value", "form", "day", "scale"),
    [
        ("MVG", SchoolForm.COMPULSORY, date(2012, 6, 30), "gr-1994"),
        ("MVG", SchoolForm.COMPULSORY, date(2012, 7, 1), None),
        ("A", SchoolForm.COMPULSORY, date(2012, 6, 1), "gr-2011"),
        ("IG", SchoolForm.UPPER_SECONDARY, date(2015, 6, 1), "gy-1994"),
        ("IG", SchoolForm.COMPULSORY, date(2009, 6, 1), None),
        ("5", SchoolForm.COMPULSORY, date(1998, 6, 30), "relativ-1962"),
        ("1", SchoolForm.UPPER_SECONDARY, date(1990, 6, 1), "relativ-1962"),
        ("5", SchoolForm.COMPULSORY, date(2000, 6, 1), None),
        ("G", SchoolForm.PRESCHOOL_CLASS, date(2000, 6, 1), None),
    ],
)
def test_a_grade_is_in_the_scale_of_its_day(
    value: str, form: SchoolForm, day: date, scale: str | None
) -> None:
    if scale:
        assert scale_of(value, form, day).id == scale
        return
    with pytest.raises((IllegalValue, NoScale)):
        scale_of(value, form, day)


def test_nothing_is_counted_from_earlier_scales() -> None:
    for one in EARLIER:
        assert {one.worth(value).points for value in one.legal} == {None}
        assert one.valid_to


# Trials


def trial(form: SchoolForm = SchoolForm.COMPULSORY, **more: Any) -> Trial:
    plain = Trial(
        id="t", pupil=PUPIL, unit=UNIT, subject=replace(MATHS, form=form), applicant=MOTHER, applied=NOW,
        rules="provning-2011",
    )  # fmt: skip
    return replace(plain, **more)


FORMS = (SchoolForm.COMPULSORY, SchoolForm.UPPER_SECONDARY, SchoolForm.ADAPTED_COMPULSORY)


@pytest.mark.parametrize(
    ("form", "own", "held", "refusal", "fee"),
    [
        (SchoolForm.COMPULSORY, "GR", "C", None, 0),
        (SchoolForm.COMPULSORY, "", None, None, 0),
        (SchoolForm.UPPER_SECONDARY, "GY", None, None, 0),
        (SchoolForm.UPPER_SECONDARY, "GY", "F", None, 0),
        (SchoolForm.UPPER_SECONDARY, "GY", "E", trials.PassedAlready, None),
        (SchoolForm.UPPER_SECONDARY, "", "E", None, 500),
        (SchoolForm.UPPER_SECONDARY, "", "F", None, 0),
        (SchoolForm.UPPER_SECONDARY, "GR", None, None, 500),
        (SchoolForm.ADAPTED_COMPULSORY, "GRAN", None, trials.NoTrial, None),
        (SchoolForm.ADULT_UPPER_SECONDARY, "", None, trials.NoTrial, None),
    ],
)
def test_who_is_tried_and_what_it_costs(
    form: SchoolForm, own: str, held: str | None, refusal: type[DomainError] | None, fee: int | None
) -> None:
    stands, asked = entry(held) if held else None, trial(form)
    if refusal:
        with pytest.raises(refusal):
            trials.apply(asked, stands, [], own, FORMS)
        return
    assert trials.apply(asked, stands, [trial(form, state="graded")], own, FORMS) == asked
    assert trials.most_fee(asked, stands, own) == fee
    for state in ("applied", "admitted"):
        with pytest.raises(trials.TrialOpen):
            trials.apply(asked, stands, [trial(form, state=state)], own, FORMS)


@pytest.mark.parametrize("state", ["refused", "withdrawn", "graded", "notTaken"])
def test_what_has_ended_takes_nothing(state: Any) -> None:
    ended = trial(state=state, examiner=ONE, day=DAY)
    how = Handling(admitted=True, by=HEAD, examiner=ONE, day=DAY)
    with pytest.raises(trials.NotNow):
        trials.handle(ended, how, DAY, most=0, fits=True)
    with pytest.raises(trials.NotNow):
        trials.withdraw(ended)
    with pytest.raises(trials.NotNow):
        trials.not_taken(ended, DAY)
    with pytest.raises(trials.NotNow):
        trials.grade(ended, "A", "", "", 9, "n", NOW, DAY)


def test_a_trial_is_graded_on_its_day_or_later() -> None:
    ready = trial(state="admitted", examiner=ONE, day=DAY)
    with pytest.raises(trials.NotNow):
        trials.grade(ready, "A", "", "", 9, "n", NOW, DAY - timedelta(days=1))
    done, made = trials.grade(ready, "A", "", "", 9, "n", NOW, DAY)
    assert (done.state, done.entry) == ("graded", "n")
    assert (made.kind, made.trial, made.finished, made.school_year, made.term) == (
        "trial", True, True, "2026/27", "HT",
    )  # fmt: skip
    spring = date(2027, 6, 1)
    assert trials.grade(ready, "A", "", "", 9, "n", NOW, spring)[1].term == "VT"

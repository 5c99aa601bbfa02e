"""Marking without names (process 31): sealed until both have marked, a third, and then the key."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.assessment.domain import marking as rules
from functions.assessment.domain.marking import Code, Marking, Paper
from functions.assessment.domain.national_tests import GRADES, Outcome
from functions.assessment.domain.sittings import MarkingId, Result, UnknownPart
from skolkit.errors import DomainError
from skolkit.types import PersonId, UnitId
from tests.unit.assessment.test_national_tests import TEST, done
from tests.unit.assessment.test_sittings import NOW, PUPILS, SITTING, TEACHER

ONE, TWO, THIRD = (PersonId(name) for name in ("one", "two", "third"))
MARKING = Marking(
    id=MarkingId("m"), sitting=SITTING.id, unit=UnitId("u"), name="Engelska", part=TEST.parts[0],
    grades=GRADES, markers=(ONE, TWO), papers=1, state="marking",
)  # fmt: skip
PAPER = Paper(code=Code("AB12"))


def mark(paper: Paper, by: PersonId, grade: str, marking: Marking = MARKING) -> Paper:
    return rules.mark(marking, paper, by, done(grade), NOW, "rows.0")


def plan(code: str = "A", markers: Any = (ONE, TWO), pupils: Any = PUPILS, **more: Any) -> Any:
    kin, results = more.get("kin", {}), more.get("results", [])
    return rules.plan(more.get("sitting", SITTING), code, markers, pupils, kin, results)


def test_a_part_is_marked_by_two_who_do_not_hold_the_key() -> None:
    assert plan() == TEST.parts[0]
    sealed = rules.sealed(SITTING, MARKING)
    assert sealed.markers == {ONE, TWO}
    assert sealed.is_sealed("A")
    assert not sealed.is_sealed("B")
    known = Result(pupil=PUPILS[0], sitting=SITTING.id, paper=TEST, unit=UnitId("u"), parts={"A": done("A")})
    cases: list[tuple[type[DomainError], dict[str, Any]]] = [
        (UnknownPart, {"code": "X"}),
        (rules.TwoMarkers, {"markers": (ONE,)}),
        (rules.TwoMarkers, {"markers": (ONE, ONE)}),
        (rules.TwoMarkers, {"markers": (ONE, TEACHER)}),
        (rules.TooFewPapers, {"pupils": PUPILS[:1]}),
        (rules.UnknownCode, {"pupils": (*PUPILS, PersonId("stranger"))}),
        (rules.AlreadyMarked, {"sitting": sealed}),
        (rules.AlreadyMarked, {"results": [known]}),
    ]
    for refusal, what in cases:
        with pytest.raises(refusal):
            plan(**what)
    plan(results=[replace(known, parts={"A": Outcome("lost")})])


def test_nobody_marks_their_own_child_or_themselves() -> None:
    for kin, markers in (({TWO: [PUPILS[1]]}, (ONE, TWO)), ({}, (ONE, PUPILS[0]))):
        with pytest.raises(rules.Biased):
            plan(kin=kin, markers=markers)
    plan(kin={TWO: [PUPILS[1]]}, pupils=(PUPILS[0], PUPILS[2]))
    with pytest.raises(rules.Biased):
        rules.check_markers(SITTING, (ONE, TWO), THIRD, PUPILS, {THIRD: [PUPILS[2]]})


@given(st.integers(1, 45), st.integers())
def test_codes_are_all_different_and_in_order(count: int, seed: int) -> None:
    codes = rules.draw(count, random.Random(seed).choice)
    assert len(set(codes)) == count
    assert codes == sorted(codes)
    assert all(len(code) == 4 and set(code) <= set(rules.LETTERS) for code in codes)


def test_a_mark_is_sealed_until_both_have_marked() -> None:
    first = mark(PAPER, ONE, "B")
    assert rules.seen_by(MARKING, first, ONE) == {ONE: done("B")}
    assert rules.seen_by(MARKING, first, TWO) == {}
    assert rules.seen_by(MARKING, first, TEACHER) == {}
    both = mark(first, TWO, "C")
    for who in (ONE, TWO, TEACHER):
        assert rules.seen_by(MARKING, both, who) == {ONE: done("B"), TWO: done("C")}


def test_two_who_think_alike_settle_it() -> None:
    both = mark(mark(PAPER, ONE, "B"), TWO, "B")
    assert (both.settled, both.how) == (done("B"), "alike")
    with pytest.raises(rules.Settled):
        mark(both, ONE, "A")


def test_two_who_differ_come_to_the_same_and_every_mark_stays() -> None:
    differ = mark(mark(PAPER, ONE, "B"), TWO, "C")
    assert differ.settled is None
    agreed = mark(differ, TWO, "B")
    assert (agreed.settled, agreed.how) == (done("B"), "agreed")
    assert [(m.by, m.outcome.grade) for m in agreed.marks] == [(ONE, "B"), (TWO, "C"), (TWO, "B")]


def test_one_who_changes_before_the_other_has_marked_does_not_settle_it() -> None:
    changed = mark(mark(PAPER, ONE, "B"), ONE, "C")
    assert changed.settled is None
    assert mark(changed, TWO, "C").how == "alike"


@pytest.mark.parametrize(
    ("marks", "holds"), [("ABA", "A"), ("ABB", "B"), ("ACB", "B"), ("CEA", "C"), ("FAC", "C")]
)
def test_a_third_decides(marks: str, holds: str) -> None:
    three = replace(MARKING, third=THIRD)
    differ = mark(mark(PAPER, ONE, marks[0], three), TWO, marks[1], three)
    decided = mark(differ, THIRD, marks[2], three)
    assert (decided.settled, decided.how) == (done(holds), "third")


@given(st.lists(st.sampled_from(GRADES), min_size=3, max_size=3))
def test_the_middle_is_the_same_in_any_order_and_never_outside(grades: list[str]) -> None:
    found = {rules.middle([done(g) for g in order], GRADES).grade for order in (grades, grades[::-1])}
    assert found == {sorted(grades)[1]}


def test_the_third_waits_for_the_two_to_differ() -> None:
    three = replace(MARKING, third=THIRD)
    for paper in (PAPER, mark(PAPER, ONE, "B", three)):
        with pytest.raises(rules.NotYourTurn):
            mark(paper, THIRD, "A", three)


def test_nothing_is_marked_before_or_after() -> None:
    for state in ("preparing", "opened"):
        with pytest.raises(rules.NotNow):
            mark(PAPER, ONE, "B", replace(MARKING, state=state))
    with pytest.raises(rules.NotNow):
        rules.begin(MARKING)
    assert rules.begin(replace(MARKING, state="preparing")).state == "marking"


def test_the_key_opens_when_every_paper_has_its_mark() -> None:
    settled = mark(mark(PAPER, ONE, "B"), TWO, "B")
    lost = rules.lose(MARKING, replace(PAPER, code=Code("CD34")))
    two = replace(MARKING, papers=2)
    assert rules.open_key(two, [settled, lost]).state == "opened"
    for papers in ([settled, PAPER], [settled]):
        with pytest.raises(rules.NotAllMarked) as refused:
            rules.open_key(two, papers)
        assert refused.value.said.sv.startswith("1 prov")
    with pytest.raises(rules.NotNow):
        rules.open_key(replace(MARKING, state="preparing"), [settled])
    with pytest.raises(rules.Settled):
        rules.lose(MARKING, settled)
    with pytest.raises(rules.NotNow):
        rules.lose(replace(MARKING, state="opened"), PAPER)

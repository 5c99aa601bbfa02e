"""Who writes a national test, what is reported of it, and exemption (process 31)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from functions.assessment.domain import sittings as rules
from functions.assessment.domain.national_tests import Outcome
from functions.assessment.domain.sittings import (
    Change,
    Exemption,
    MarkingId,
    Result,
    Sealed,
    Sitting,
    SittingId,
    Slot,
)
from skolkit.errors import ChangedMeanwhile, DomainError
from skolkit.types import GroupId, PersonId, UnitId
from tests.unit.assessment.test_national_tests import TEST, done

PUPILS = tuple(PersonId(f"pupil {n}") for n in range(3))
TEACHER, HEAD = PersonId("teacher"), PersonId("head")
NOW = datetime(2027, 3, 2, 8, tzinfo=UTC)
SITTING = Sitting(
    id=SittingId("s"), unit=UnitId("u"), group=GroupId("g"), paper=TEST, responsible=TEACHER, pupils=PUPILS,
    version=1,
)  # fmt: skip


def report(sitting: Sitting = SITTING, old: Result | None = None, **parts: Any) -> Result:
    version = old.version or 0 if old else 0
    return rules.report(sitting, old, Change(PUPILS[0], version, parts), TEACHER, NOW, 4)


@pytest.mark.parametrize(
    ("change", "members", "refusal"),
    [
        ({"pupils": (*PUPILS, PersonId("stranger"))}, PUPILS, rules.UnknownGroup),
        ({"special": frozenset({PersonId("stranger")})}, PUPILS, rules.UnknownGroup),
        ({"slots": {"X": Slot(NOW)}}, PUPILS, rules.UnknownPart),
        ({"slots": {"A": Slot(datetime(2027, 2, 28, 22, tzinfo=UTC))}}, PUPILS, rules.OutsideTheDays),
        ({"slots": {"A": Slot(datetime(2027, 3, 12, 23, 30, tzinfo=UTC))}}, PUPILS, rules.OutsideTheDays),
    ],
)
def test_pupils_are_of_the_group_and_times_in_the_days(
    change: dict[str, Any], members: Any, refusal: type[DomainError]
) -> None:
    with pytest.raises(refusal):
        rules.check(replace(SITTING, **change), members, [])


def test_the_first_and_the_last_day_are_days_of_the_test_in_sweden() -> None:
    first, last = datetime(2027, 2, 28, 23, tzinfo=UTC), datetime(2027, 3, 12, 22, 59, tzinfo=UTC)
    rules.check(replace(SITTING, slots={"A": Slot(first), "B": Slot(last)}), PUPILS, [])


def test_nobody_writes_the_same_test_twice_but_another_one_too() -> None:
    other = replace(SITTING, id=SittingId("t"), pupils=PUPILS[2:])
    with pytest.raises(rules.AlreadySitting):
        rules.check(SITTING, PUPILS, [other])
    rules.check(SITTING, PUPILS, [SITTING, replace(other, paper=replace(TEST, id=TEST.id + "x"))])  # type: ignore[arg-type]


def test_forty_five_fit() -> None:
    many = tuple(PersonId(str(n)) for n in range(46))
    rules.check(replace(SITTING, pupils=many[:45]), many, [])
    with pytest.raises(rules.TooManyPupils):
        rules.check(replace(SITTING, pupils=many), many, [])


def test_parts_come_one_by_one_and_the_last_makes_the_grade() -> None:
    first = report(A=done("B"), B=done("B"))
    assert (first.grade, first.by, first.at) == (None, TEACHER, NOW)
    whole = report(old=replace(first, version=1), C=done(15))
    assert whole.grade == "A"
    assert report(old=replace(whole, version=2), C=Outcome("lost")).grade is None
    assert set(report(old=replace(whole, version=2), C=None).parts) == {"A", "B"}


def test_reports_name_what_they_are_wrong_about() -> None:
    sealed = replace(SITTING, sealed={"A": Sealed(MarkingId("m"), (TEACHER,))})
    exempt = replace(report(A=Outcome("lost")), parts={"B": Outcome("exempt")}, version=1)
    cases: list[tuple[type[DomainError], Any]] = [
        (rules.UnknownPart, lambda: report(X=done("A"))),
        (rules.UnknownPart, lambda: report(A=Outcome("exempt"))),
        (rules.SealedPart, lambda: report(sealed, A=done("A"))),
        (rules.ExemptPart, lambda: report(old=exempt, B=done("A"))),
        (rules.ExemptPart, lambda: report(old=exempt, B=None)),
        (rules.NotInTheSitting, lambda: report(replace(SITTING, pupils=PUPILS[1:]), A=done("A"))),
    ]
    for refusal, attempt in cases:
        with pytest.raises(refusal) as refused:
            attempt()
        assert refused.value.field.startswith("rows.4.")
    stale = Change(PUPILS[0], 1, {})
    with pytest.raises(ChangedMeanwhile):
        rules.report(SITTING, None, stale, TEACHER, NOW, 0)


def test_an_opened_part_is_reported_by_name_again() -> None:
    opened = replace(SITTING, sealed={"A": Sealed(MarkingId("m"), (TEACHER,), opened=True)})
    assert report(opened, A=done("C")).parts["A"].grade == "C"
    assert opened.markers == frozenset()


def ruling(ruling: Any, ground: Any, *parts: str) -> Exemption:
    return Exemption(
        pupil=PUPILS[0], test=TEST.id, number=0, parts=parts, ruling=ruling, ground=ground, motivation="…",
        by=HEAD, role="principal", at=NOW,
    )  # fmt: skip


NEW = Result(pupil=PUPILS[0], sitting=None, paper=TEST, unit=UnitId("u"))


def test_who_is_exempt_may_be_let_in_again_and_every_decision_stays() -> None:
    exempt, first = rules.decide(NEW, [], ruling("exempt", "newlyArrived", "A", "B"))
    assert {code: one.state for code, one in exempt.parts.items()} == {"A": "exempt", "B": "exempt"}
    lifted, second = rules.decide(exempt, [first], ruling("lifted", "reasonsGone", "A"))
    assert set(lifted.parts) == {"B"}
    assert (first.number, second.number) == (1, 2)
    refused, _ = rules.decide(NEW, [], ruling("refused", "noSpecialReasons", "C"))
    assert refused.parts == {}


def test_a_part_that_was_not_taken_can_be_exempted_one_that_was_done_not() -> None:
    away = replace(NEW, parts={"A": Outcome("didNotTakePart"), "B": done("E")})
    exempt, _ = rules.decide(away, [], ruling("exempt", "otherSpecialReasons", "A"))
    assert exempt.parts["A"].state == "exempt"
    with pytest.raises(rules.HasResult):
        rules.decide(away, [], ruling("exempt", "otherSpecialReasons", "B"))


@pytest.mark.parametrize(
    ("decision", "refusal"),
    [
        (ruling("exempt", "noSpecialReasons", "A"), rules.WrongDecision),
        (ruling("refused", "newlyArrived", "A"), rules.WrongDecision),
        (ruling("lifted", "newlyArrived", "A"), rules.WrongDecision),
        (ruling("lifted", "reasonsGone", "A"), rules.WrongDecision),
        (ruling("exempt", "newlyArrived", "X"), rules.UnknownPart),
        (ruling("exempt", "newlyArrived"), rules.UnknownPart),
    ],
)
def test_a_decision_has_its_ground_and_changes_something(
    decision: Exemption, refusal: type[DomainError]
) -> None:
    with pytest.raises(refusal):
        rules.decide(NEW, [], decision)


def test_exempting_again_changes_nothing() -> None:
    exempt, first = rules.decide(NEW, [], ruling("exempt", "newlyArrived", "A"))
    with pytest.raises(rules.WrongDecision):
        rules.decide(exempt, [first], ruling("exempt", "newlyArrived", "A"))

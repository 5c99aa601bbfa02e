"""Matrices, progress and goals at risk (process 30)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.assessment.domain import matrices as rules
from functions.assessment.domain.matrices import Criterion, Matrix, MatrixId, Observation, Progress
from functions.assessment.domain.terms import term_of
from skolkit.types import GroupId, PersonId, UnitId

PUPIL, OTHER, TEACHER = PersonId("pupil"), PersonId("other"), PersonId("teacher")
AT = datetime(2026, 11, 2, 9, tzinfo=UTC)
LEVELS = ("no", "nearly", "yes", "more")
MATRIX = Matrix(
    id=MatrixId("m"), unit=UnitId("u"), syllabus="s", subject="Engelska", title="Tala", by=TEACHER,
    criteria=(Criterion("K1", "…", LEVELS, 2), Criterion("K2", "…", LEVELS, 1)), version=1,
)  # fmt: skip


def saw(level: int, criterion: str = "K1", days: int = 0, pupil: PersonId = PUPIL) -> Observation:
    return Observation(
        id=f"{days}", pupil=pupil, matrix=MATRIX.id, criterion=criterion, level=level, text="", by=TEACHER,
        group=GroupId("g"), at=AT + timedelta(days=days),
    )  # fmt: skip


NEW = Progress(PUPIL, MATRIX.id)


def test_a_matrix_has_codes_of_their_own_and_goals_there_are() -> None:
    assert rules.check(MATRIX) == MATRIX
    one = MATRIX.criteria[0]
    for criteria in ((one, one), (replace(one, goal=4),)):
        with pytest.raises(rules.FaultyMatrix):
            rules.check(replace(MATRIX, criteria=criteria))


def test_what_is_in_use_keeps_its_criteria() -> None:
    other = replace(MATRIX, title="Ny", criteria=MATRIX.criteria[:1])
    assert rules.change(MATRIX, other).criteria == other.criteria
    used = replace(MATRIX, used=True)
    assert rules.change(used, replace(MATRIX, title="Ny")) == replace(used, title="Ny")
    for new in (other, replace(MATRIX, syllabus="t")):
        with pytest.raises(rules.MatrixInUse):
            rules.change(used, new)


def test_pupils_of_the_group_are_observed_against_what_there_is() -> None:
    rules.observe(MATRIX, [PUPIL], saw(3), "rows.0")
    with pytest.raises(rules.NotInTheGroup):
        rules.observe(MATRIX, [OTHER], saw(3), "rows.0")
    for wrong in (saw(4), saw(0, "K3")):
        with pytest.raises(rules.UnknownCriterion):
            rules.observe(MATRIX, [PUPIL], wrong, "rows.0")


@given(st.lists(st.integers(0, 3), min_size=1, max_size=8), st.randoms())
def test_the_latest_level_holds_whatever_comes_first(levels: list[int], chance: object) -> None:
    observations = [saw(level, days=n) for n, level in enumerate(levels)]
    shuffled = list(observations)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    one = NEW
    for observation in shuffled:
        one = rules.follow(one, [observation])
    assert one == rules.follow(NEW, observations)
    standing = one.standings["K1"]
    assert (standing.level, standing.count) == (levels[-1], len(levels))


@pytest.mark.parametrize(
    ("levels", "risk"),
    [((0, 0), False), ((0, 1, 1), True), ((1, 1, 2), False), ((2, 2, 1), True), ((3, 0, 0, 2), False)],
)
def test_a_goal_is_at_risk_after_three_observations_below_it(levels: tuple[int, ...], risk: bool) -> None:
    one = rules.follow(NEW, [saw(level, days=n) for n, level in enumerate(levels)])
    assert rules.not_reached(MATRIX, one) == risk


def test_another_criterion_has_its_own_goal() -> None:
    one = rules.follow(NEW, [saw(1, "K2", days=n) for n in range(3)])
    assert not rules.not_reached(MATRIX, one)
    assert rules.not_reached(MATRIX, one, replace(rules.RULES, tries=9)) is False


def test_who_lacks_a_criterion_has_not_been_observed() -> None:
    both = rules.follow(NEW, [saw(2), saw(0, "K2")])
    one = replace(rules.follow(NEW, [saw(2)]), pupil=OTHER)
    third = PersonId("third")
    assert rules.not_observed(MATRIX, [PUPIL, OTHER, third], {PUPIL: both, OTHER: one}) == [OTHER, third]


@pytest.mark.parametrize(
    ("day", "term"),
    [(date(2026, 7, 1), "2026/27 HT"), (date(2026, 12, 31), "2026/27 HT"), (date(2027, 1, 1), "2026/27 VT"),
     (date(2027, 6, 30), "2026/27 VT")],
)  # fmt: skip
def test_a_term_is_half_a_school_year(day: date, term: str) -> None:
    assert term_of(day) == term

"""What merit values cost: 100,000 pupils with 17 grades each (wanted: 3 s on one core), whole with how every
grade counted, and the sum alone. The numbers are printed, run it with `-s`; asserted is only how they relate
to summing the same points.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Sequence

import pytest

from functions.grades.domain.marks import Mark
from functions.grades.domain.merit import merit, merit_value, value_of
from tests.support.marks import year_nine

PUPILS = 100_000
VALUES = "ABCDEF"


def seconds(act: Callable[[], object]) -> float:
    """Of processor time: what else the machine does is not counted."""
    started = time.process_time()
    act()
    return time.process_time() - started


def made(count: int) -> list[list[Mark]]:
    """Pupils with grades in 16 subjects and a language choice, from a few hundred different ones."""
    chance = random.Random(9)
    kinds = [year_nine("".join(chance.choices(VALUES, k=16)), chance.choice(VALUES)) for _ in range(500)]
    return [chance.choice(kinds) for _ in range(count)]


def total(pupils: Sequence[Sequence[Mark]]) -> float:
    return sum(mark.points or 0.0 for marks in pupils for mark in marks)


def test_merit_of_a_country(capsys: pytest.CaptureFixture[str]) -> None:
    pupils = made(PUPILS)
    points = [([m.points or 0.0 for m in marks[:16]], marks[16].points or 0.0) for marks in pupils]
    plain = seconds(lambda: total(pupils))
    values = seconds(lambda: [merit_value(marks) for marks in pupils])
    arithmetic = seconds(lambda: [value_of(*both) for both in points])
    whole = seconds(lambda: [merit(marks) for marks in pupils[: PUPILS // 10]]) * 10
    with capsys.disabled():
        print(f"\nmerit value of {PUPILS:,} pupils: {values:.2f} s ({values / plain:.1f} plain sums)")
        print(f"from points that are ready: {arithmetic:.2f} s; with how each counted: {whole:.2f} s")
        print(f"a plain sum of the same grades: {plain:.2f} s")
    assert values < 40 * plain
    assert [merit_value(marks) for marks in pupils[:500]] == [merit(marks).value for marks in pupils[:500]]

"""Rules of calculation as data with the day each of them is in force from. What is calculated says by which
one, so that a new formula is another row, and an old answer can be made again.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from fractions import Fraction
from math import floor
from typing import Protocol, TypeVar


class Dated(Protocol):
    """A rule set: its name, and the first day it is in force."""

    @property
    def id(self) -> str: ...

    @property
    def valid_from(self) -> date: ...


R = TypeVar("R", bound=Dated)


def in_force(rules: Sequence[R], day: date) -> R:
    """The rules of a day: the latest that have begun, the first ones for any day before."""
    begun = [one for one in rules if one.valid_from <= day]
    return max(begun, key=lambda one: one.valid_from) if begun else min(rules, key=lambda one: one.valid_from)


def two_decimals(number: Fraction) -> float:
    """A number with two decimals, a half upwards: exact, since the halves of floats are not.

    >>> two_decimals(Fraction(14_125, 1000))
    14.13
    """
    return floor(number * 100 + Fraction(1, 2)) / 100

"""The register's part of a leaving certificate (avgångsintyg, skolförordningen 6:17)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from functions.register.domain.enrolment import Enrolment
from functions.register.domain.leaving import Leaving
from skolkit.sweden.calendar import SchoolYear
from skolkit.sweden.codes import SchoolForm
from skolkit.types import UnitId


@dataclass(frozen=True, slots=True)
class Stay:
    """A time at one unit without a break other than a summer; `end` None while it goes on."""

    unit: UnitId
    school_form: SchoolForm
    start: date
    end: date | None


@dataclass(frozen=True, slots=True)
class LeavingCertificate:
    """What the register knows for a leaving certificate (avgångsintyg, skolförordningen 6:17): the year left,
    the time at the school, repeated years by year and school year. Subjects read, latest grades and offered
    hours are other areas' parts.
    """

    year_left: int | None
    last_day: date
    stays: tuple[Stay, ...]
    repeated: tuple[tuple[int, str], ...]


MISSING_PARTS = ("subjectsRead", "latestGrades", "offeredHours")
"""Parts of the certificate and the hand-over that other areas own, and that none has handed in yet."""


def certificate(enrolments: Sequence[Enrolment], case: Leaving, day: date) -> LeavingCertificate:
    """The register's part of the certificate; `day` counts as the last one while the case is open."""
    last = case.last_day or day
    mine = sorted(
        (e for e in enrolments if not e.cancelled and e.school_form == case.school_form and e.start <= last),
        key=lambda e: e.start,
    )
    return LeavingCertificate(case.year, last, tuple(_stays(mine)), tuple(_repeated(mine)))


def _stays(enrolments: Sequence[Enrolment]) -> Iterator[Stay]:
    begun: Enrolment | None = None
    for e, following in pairwise([*enrolments, None]):
        assert e
        begun = begun or e
        if following is None or following.unit != e.unit or _apart(e, following):
            yield Stay(e.unit, e.school_form, begun.start, e.end)
            begun = None


def _apart(earlier: Enrolment, later: Enrolment) -> bool:
    return earlier.end is not None and later.start - earlier.end > timedelta(days=80)


def _repeated(enrolments: Sequence[Enrolment]) -> Iterator[tuple[int, str]]:
    """Years that began anew in a later school year, as enrolments of their own."""
    first: dict[int, SchoolYear] = {}
    for e in enrolments:
        if e.year is not None:
            begun = SchoolYear.of(e.start)
            if first.setdefault(e.year, begun) != begun:
                yield e.year, str(begun)

"""Statistics of attendance: a unit's day in cells (class, subject, year, sex, hour of the day, teacher), what
is too small to be shown, and pupils whose absence is over a threshold.

A cell of fewer pupils than `Rules.fewest` is not shown, and neither is another one, so that nobody finds it
by subtracting the shown ones from the whole (skyddade personuppgifter, rules §4.6).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

from functions.attendance.domain.totals import GroupDay, Sums, key_of, time_key
from skolkit.errors import DomainError, Text
from skolkit.types import GroupId, PersonId

Dimension = Literal["all", "class", "subject", "year", "sex", "hour", "teacher"]
Grouping = Literal["all", "class", "subject", "year", "sex", "hour", "weekday", "week", "month"]
Measure = Literal["invalid", "absence"]


@dataclass(frozen=True, slots=True)
class Rules:
    """What is each municipality's choice [M]. `fewest`: pupils of a cell that is shown; `share`: per cent of
    absence from which a pupil is listed, and in how many `days` (rules §5.1: over 15 % in 30 days);
    `longest`: days of one table.
    """

    id: str = "statistics-2026"
    valid_from: date = date(2026, 7, 1)
    fewest: int = 5
    share: float = 15.0
    days: int = 30
    longest: int = 400


RULES = Rules()


class SpanTooLong(DomainError):
    """A table is about a school year at most, and ends after it begins."""

    status = 422
    reason = Text("Perioden är för lång, eller slutar innan den börjar.", "The span is too long or reversed.")
    advice = Text("Välj högst 400 dagar.", "Choose 400 days at most.")


@dataclass(frozen=True, slots=True)
class PupilFacts:
    """What a cell needs of a pupil on a day."""

    klass: GroupId | None = None
    year: int | None = None
    sex: str = "Okänt"


@dataclass(frozen=True, slots=True)
class Cell:
    """Sums of a part of a unit's day: of one value of a dimension, of one sex or ("") of all. `pupils` is how
    many were on a list; for a teacher lessons are counted, once each, and nobody's minutes.
    """

    dimension: Dimension
    value: str
    sex: str
    pupils: int
    sums: Sums

    def as_row(self) -> list[Any]:
        """The cell as rows keep it."""
        return [self.dimension, self.value, self.sex, self.pupils, *self.sums.row()]

    @classmethod
    def of_row(cls, row: Sequence[Any]) -> Cell:
        """The cell that a row keeps."""
        return cls(row[0], row[1], row[2], row[3], Sums(*row[4:]))


@dataclass(slots=True)
class _Growing:
    pupils: set[PersonId] = field(default_factory=set)
    sums: Sums = field(default_factory=Sums)


def unit_day(
    days: Iterable[GroupDay], facts: Mapping[PersonId, PupilFacts]
) -> tuple[tuple[Cell, ...], dict[PersonId, Sums]]:
    """A unit's day in cells and by pupil."""
    cells: dict[tuple[Dimension, str, str], _Growing] = {}
    pupils: dict[PersonId, Sums] = {}
    leave: set[PersonId] = set()
    for day in days:
        for lesson in day.lessons:
            if lesson.state == "notHeld":
                continue
            for pupil in lesson.roster:
                sums, known = lesson.of(pupil), facts.get(pupil, PupilFacts())
                pupils[pupil] = pupils.get(pupil, Sums()) + sums
                if lesson.is_leave(pupil):
                    leave.add(pupil)
                values: list[tuple[Dimension, str]] = [
                    ("all", ""), ("class", known.klass or ""), ("subject", lesson.subject),
                    ("year", "" if known.year is None else str(known.year)), ("sex", known.sex),
                    ("hour", key_of("hour", day, lesson)),
                ]  # fmt: skip
                for dimension, value in values:
                    for sex in ("",) if dimension == "sex" else ("", known.sex):
                        cell = cells.setdefault((dimension, value, sex), _Growing())
                        cell.pupils.add(pupil)
                        cell.sums += sums
            for teacher in lesson.teachers:
                cell = cells.setdefault(("teacher", teacher, ""), _Growing())
                cell.sums += Sums(lessons=1, unreported=int(lesson.state == "planned"))
    made = tuple(Cell(*key, len(c.pupils), c.sums) for key, c in sorted(cells.items()))
    return made, {p: sums + Sums(leave=int(p in leave)) for p, sums in sorted(pupils.items())}


@dataclass(frozen=True, slots=True)
class Part:
    """A row of a table: `sums` None when it is too small to be shown. `sexes` has the parts by sex when they
    were asked for and may be shown.
    """

    value: str
    pupils: int
    sums: Sums | None
    sexes: Mapping[str, Sums] | None = None


def table(
    days: Iterable[tuple[date, Sequence[Cell]]],
    by: Grouping,
    *,
    split: bool = False,
    fewest: int = RULES.fewest,
) -> list[Part]:
    """The rows of a span's table, by value. A row counts as small as it was on its smallest day: else the
    difference of two spans would show that day.
    """
    dimension: Dimension = "all" if by in ("weekday", "week", "month") else by  # type: ignore[assignment]
    found: dict[str, dict[str, tuple[int, Sums]]] = {}
    for day, cells in days:
        for cell in cells:
            if cell.dimension != dimension:
                continue
            key = time_key(by, day) if by in ("weekday", "week", "month") else cell.value
            row = found.setdefault(key, {})
            pupils, sums = row.get(cell.sex, (cell.pupils, Sums()))
            row[cell.sex] = min(pupils, cell.pupils), sums + cell.sums
    sizes = {key: row[""][0] for key, row in found.items() if "" in row}
    hidden = too_small(sizes, fewest)
    unsplit = _unsplit(found, hidden, fewest) if split else set(found)
    return [
        Part(
            key, sizes[key],
            None if key in hidden else found[key][""][1],
            None if key in unsplit else {sex: sums for sex, (_, sums) in found[key].items() if sex},
        )
        for key in sorted(sizes)
    ]  # fmt: skip


def too_small(sizes: Mapping[str, int], fewest: int) -> set[str]:
    """Which rows are not shown: those of fewer pupils, and the smallest others until what is not shown is two
    rows and as many pupils together.

    >>> sorted(too_small({"a": 20, "b": 3, "c": 25}, 5)), too_small({"a": 5, "b": 6}, 5)
    (['a', 'b'], set())
    """
    hidden = {key for key, size in sizes.items() if size < fewest}
    for key in sorted(sizes, key=lambda key: (sizes[key], key)):
        if not hidden or (len(hidden) > 1 and sum(sizes[one] for one in hidden) >= fewest):
            break
        hidden.add(key)
    return hidden


def _unsplit(found: Mapping[str, Mapping[str, tuple[int, Sums]]], hidden: set[str], fewest: int) -> set[str]:
    """Rows whose parts by sex are not shown; never one row alone, whose parts the others would tell."""
    small = {
        key for key, row in found.items()
        if key in hidden or any(size < fewest for sex, (size, _) in row.items() if sex)
    }  # fmt: skip
    others = sorted((row[""][0], key) for key, row in found.items() if key not in small and "" in row)
    if len(small) == 1 and others:
        small.add(others[0][1])
    return small


def over(
    sums: Mapping[PersonId, Sums], measure: Measure, share: float, minutes: int = 0
) -> list[tuple[PersonId, Sums]]:
    """Pupils whose absence is at least `share` per cent of the reported minutes and `minutes`, most first."""

    def away(one: Sums) -> int:
        return one.invalid + (one.valid if measure == "absence" else 0)

    found = [
        (pupil, one) for pupil, one in sums.items()
        if one.reported and away(one) >= minutes and 100 * away(one) >= share * one.reported
    ]  # fmt: skip
    return sorted(found, key=lambda row: (-away(row[1]) / row[1].reported, row[0]))


def check_span(first: date, last: date, rules: Rules = RULES) -> None:
    """Raises `SpanTooLong`."""
    if not 0 <= (last - first).days < rules.longest:
        raise SpanTooLong(field="lastDay", value=last.isoformat())

"""The units of the municipality put together: what of the sum may be shown beside what each unit shows, so
that no unit's hidden counts follow by subtraction (decision 0046).

A boundary between two grades that the sum shows, and that some units hide in a band, tells how many of those
units' pupils are on each side of it together. It is shown only where enough pupils of such a unit could be on
the other side without anything that is shown being otherwise, since as many of others could be on this one: a
table in which they are is as good as the true one to whoever knows all that is shown. One such unit alone is
never enough, so that of two units of which one is shown the other is not.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from functions.grades.domain import disclosure
from functions.grades.domain.disclosure import Band, Rules, Shown

Cell = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """What a unit has, by sex and grade, and what it shows: the bands of all and those of each sex, as places
    in the order of grades. What is not shown is one band.
    """

    counts: Mapping[str, tuple[int, ...]]
    fine: tuple[Cell, ...]
    coarse: tuple[Cell, ...]

    def of(self, sex: str, places: Cell) -> int:
        return sum(self.counts[sex][place] for place in places)

    def moved(self, sex: str, within: Cell | None, here: Cell, there: Cell) -> int:
        """How many of a sex could have a grade `there` instead of `here` without anything that the unit shows
        being otherwise; in one of its bands alone (`within`).
        """
        found = 0
        for band in self.fine:
            inside = within is None or set(band) <= set(within)
            if inside and set(band) & set(here) and set(band) & set(there):
                found += self.of(sex, tuple(set(band) & set(here)))
        return found


def part(counts: Mapping[str, Mapping[str, int]], values: Sequence[str], seen: Shown | None) -> Part:
    """A unit's part of a sum, with what is shown of it (None: nothing)."""
    whole = tuple(range(len(values)))
    fine = _cells(seen.bands, values) if seen else ()
    sexes = next(iter(seen.sexes.values()), ()) if seen else ()
    return Part(
        {sex: tuple(found.get(value, 0) for value in values) for sex, found in sorted(counts.items())},
        fine or (whole,), _cells(sexes, values) or (whole,),
    )  # fmt: skip


def _cells(bands: Sequence[Band], values: Sequence[str]) -> tuple[Cell, ...]:
    """The bands as places; a grade that is in none, since nobody has it, is a band of its own."""
    found = [tuple(values.index(value) for value in band.values) for band in bands]
    known = {place for cell in found for place in cell}
    alone = [(place,) for place in range(len(values)) if place not in known] if found else []
    return tuple(sorted([*found, *alone]))


def together(parts: Sequence[Part], values: Sequence[str], rules: Rules = disclosure.RULES) -> Shown:
    """What of the sum of all units may be shown."""
    sexes = sorted({sex for part in parts for sex in part.counts})
    rows = {sex: [sum(p.of(sex, (n,)) for p in parts) for n in range(len(values))] for sex in sexes}
    whole = [sum(column) for column in zip(*rows.values(), strict=True)]
    if sum(whole) < rules.fewest:
        return Shown()
    fine = disclosure.merged([(n,) for n in range(len(values))], [whole], rules.fewest)
    fine = _coarser(fine, whole, parts, sexes, rules)
    if not disclosure.differ(fine, whole):
        return Shown(sum(whole))
    coarse = disclosure.merged(fine, list(rows.values()), rules.fewest)
    for sex in sexes:
        coarse = _coarser(coarse, whole, parts, [sex], rules)
    split = len(rows) > 1 and all(disclosure.differ(coarse, row) for row in rows.values())
    return Shown(
        sum(whole), disclosure.bands(fine, whole, values),
        {sex: disclosure.bands(coarse, row, values) for sex, row in rows.items()} if split else {},
    )  # fmt: skip


def _coarser(
    cells: Sequence[Cell], whole: Sequence[int], parts: Sequence[Part], sexes: Sequence[str], rules: Rules
) -> list[Cell]:
    """The cells with those put together that would tell of a unit, each with its smaller neighbour."""
    found = list(cells)
    while len(found) > 1 and (telling := next(_telling(found, parts, sexes, rules), None)) is not None:
        beside = [n for n in (telling - 1, telling + 1) if 0 <= n < len(found)]
        other = min(beside, key=lambda n: sum(whole[place] for place in found[n]))
        first = min(telling, other)
        found[first : first + 2] = [found[first] + found[first + 1]]
    return found


def _telling(
    cells: Sequence[Cell], parts: Sequence[Part], sexes: Sequence[str], rules: Rules
) -> Iterator[int]:
    """The numbers of cells that leave a unit's counts too narrow."""
    places = [(sex, a, b) for sex in sexes for a in cells for b in cells if a != b]
    all = {place: sum(one.moved(place[0], None, *place[1:]) for one in parts) for place in places}
    for one in parts:
        others = {(sex, a, b): all[sex, a, b] - one.moved(sex, None, a, b) for sex, a, b in places}
        for band in one.fine if len(sexes) > 1 else one.coarse:
            size = sum(one.of(sex, band) for sex in sexes)
            meeting = [n for n, cell in enumerate(cells) if set(cell) & set(band)]
            if len(meeting) < 2 or not size:
                continue
            for n in meeting:
                wide = max(_freedom(one, others, band, cells[n], cells[m], sexes) for m in meeting if m != n)
                if wide < min(rules.fewest, size):
                    yield n


def _freedom(
    one: Part, others: Mapping[tuple[str, Cell, Cell], int], band: Cell, here: Cell, there: Cell,
    sexes: Sequence[str],
) -> int:  # fmt: skip
    """How far apart the counts of a unit in a cell can be, by exchanges with others of the same sex."""
    return sum(
        min(one.moved(sex, band, a, b), others[sex, b, a])
        for sex in sexes
        for a, b in ((here, there), (there, here))
    )

"""What the grades of compulsory school's last years are enough for, counted: the mean merit value
(genomsnittligt meritvärde) and how many are eligible for which programmes, exact for who answers for the
unit, and what of it everybody may see (decision 0046).

Eligibilities lie within each other: who may begin a preparatory programme may begin a vocational one. Shown
side by side, two of them would tell by their difference of those in between, so they are one row: each pupil
is counted with what the grades are enough for, and small counts are put together as in any row.

A mean beside the subjects is an equation between them, from which a count that is hidden in a band would
follow. So it is rounded as coarsely as leaves every hidden count as free as it was, or not shown.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Literal

from functions.grades.domain import eligibility as eligible
from functions.grades.domain import merit
from functions.grades.domain.catalogue import Entry
from functions.grades.domain.disclosure import RULES as COUNTS
from functions.grades.domain.disclosure import Band, Shown, shown
from functions.grades.domain.marks import COMPULSORY, Mark
from functions.grades.domain.periods import Period
from functions.grades.domain.programmes import programme
from functions.grades.domain.rulebook import in_force
from functions.grades.domain.scales import BY_ID
from functions.grades.domain.statistics import ELIGIBLE, MERIT, SEXES, Row, Table, sex_of
from functions.grades.domain.subjects import BY_CODE
from skolkit.types import GroupId, PersonId

FIRST_YEAR = 9
Level = Literal["all", "social", "science", "arts", "vocational", "none"]
LEVELS: tuple[Level, ...] = ("all", "social", "science", "arts", "vocational", "none")
"""What grades are enough for, from all programmes to none; `arts` are preparatory ones that name no
subjects."""

Kind = Literal["vocational", "arts", "social", "science"]
PROGRAMMES: Mapping[Kind, tuple[str, ...]] = MappingProxyType(
    {"vocational": (), "arts": ("ES",), "social": ("EK", "HU", "SA"), "science": ("NA", "TE")}
)
"""The programmes by what they ask for (gymnasieförordningen 7:1); vocational: all of them."""
_ASKED: Mapping[Kind, str] = {"vocational": "VO", "arts": "ES", "social": "SA", "science": "NA"}
WITHIN: Mapping[Kind, frozenset[str]] = MappingProxyType(
    {
        "vocational": frozenset(LEVELS) - {"none"},
        "arts": frozenset(LEVELS) - {"none", "vocational"},
        "social": frozenset({"all", "social"}),
        "science": frozenset({"all", "science"}),
    }
)
"""The levels at which somebody is eligible."""


@dataclass(frozen=True, slots=True)
class Rules:
    """What is each municipality's choice [M]: a mean of so many at least; by how many it is of, the step it
    is rounded to, the first that fits; and the coarser ones that are tried after it.
    """

    id: str = "means-2026"
    valid_from: date = date(2026, 7, 1)
    fewest: int = 10
    steps: tuple[tuple[int, float], ...] = ((200, 1.0), (50, 2.0), (0, 5.0))
    coarser: tuple[float, ...] = (5.0, 10.0)


RULES = Rules()


@dataclass(frozen=True, slots=True)
class Leaver:
    """What a pupil's grades are worth, and the class the pupil is in."""

    merit: float
    level: Level
    klass: GroupId | None = None


def is_last(period: Period, year: int | None) -> bool:
    """Whether the grades of a year are those that somebody applies with, or soon."""
    return period.form in COMPULSORY and year is not None and year >= FIRST_YEAR


def leaver(marks: Iterable[Mark], day: date, klass: GroupId | None = None) -> Leaver:
    """What a pupil's grades are worth by the rules of a day."""
    all = list(marks)
    rules = in_force(eligible.RULES, day)
    able = {
        kind: eligible.eligibility(all, programme(code), rules=rules).eligible
        for kind, code in _ASKED.items()
    }
    return Leaver(merit.merit_value(all, in_force(merit.RULES, day)), _level(able), klass)


def _level(able: Mapping[Kind, bool]) -> Level:
    if able["social"] and able["science"]:
        return "all"
    return next((kind for kind in ("social", "science", "arts", "vocational") if able[kind]), "none")


def pupils_of(period: Period, entries: Iterable[Entry]) -> dict[int | None, frozenset[PersonId]]:
    """The pupils with decisions of the period, by the years whose results are counted."""
    found: dict[int | None, set[PersonId]] = {}
    for entry in entries:
        if period.covers(entry.subject.form, entry.year) and is_last(period, entry.year):
            found.setdefault(entry.year, set()).add(entry.pupil)
    return {year: frozenset(pupils) for year, pupils in found.items()}


def rows(leavers: Mapping[PersonId, Leaver], sexes: Mapping[PersonId, str]) -> tuple[Row, ...]:
    """The two rows: merit values, of which each that somebody has is a column, and eligibility."""
    if not leavers:
        return ()
    values = sorted({one.merit for one in leavers.values()}, reverse=True)
    worth: dict[PersonId, str] = {pupil: str(one.merit) for pupil, one in leavers.items()}
    able: dict[PersonId, str] = {pupil: one.level for pupil, one in leavers.items()}
    classes = {pupil: one.klass for pupil, one in leavers.items()}
    return (
        result_row(MERIT, "Meritvärde", tuple(map(str, values)), worth, classes, sexes),
        result_row(ELIGIBLE, "Behörighet", LEVELS, able, classes, sexes),
    )


def result_row(
    code: str, name: str, values: tuple[str, ...], said: Mapping[PersonId, str],
    classes: Mapping[PersonId, GroupId | None], sexes: Mapping[PersonId, str],
) -> Row:  # fmt: skip
    """A row of one value for each pupil, by sex and class."""
    parts: dict[str, Counter[str]] = {sex: Counter() for sex in SEXES}
    groups: dict[GroupId, Counter[str]] = {}
    for pupil, value in said.items():
        parts[sex_of(pupil, sexes)][value] += 1
        if klass := classes[pupil]:
            groups.setdefault(klass, Counter())[value] += 1
    return Row(
        code=code, name=name, scale=code, values=values,
        sexes={sex: dict(counts) for sex, counts in parts.items()},
        groups={group: dict(counts) for group, counts in sorted(groups.items())},
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Eligible:
    """How many are eligible for the programmes of a kind; None where it would tell of single pupils."""

    kind: Kind
    count: int | None


@dataclass(frozen=True, slots=True)
class Part:
    """Results of all, or of a sex or class: how many they are (None: too few to say), the mean merit value,
    and what it is rounded to (None: exact, or no mean is shown).
    """

    size: int | None
    mean: float | None
    step: float | None
    eligible: tuple[Eligible, ...]


def exact(table: Table) -> tuple[Part, dict[str, Part], dict[GroupId, Part]] | None:
    """What who answers for the unit sees: of all, by sex, by class. None where no results are counted."""
    found = {row.code: row for row in table.rows}
    if MERIT not in found:
        return None
    worth, able = found[MERIT], found[ELIGIBLE]

    def part(merits: Mapping[str, int], levels: Mapping[str, int]) -> Part:
        bands = tuple(Band((level,), levels.get(level, 0)) for level in LEVELS)
        return Part(sum(merits.values()), worth.mean(merits), None, eligible_by(bands))

    return (
        part(worth.whole, able.whole),
        {sex: part(counts, able.sexes.get(sex, {})) for sex, counts in worth.sexes.items()},
        {group: part(counts, able.groups.get(group, {})) for group, counts in worth.groups.items()},
    )


def eligible_by(bands: Sequence[Band]) -> tuple[Eligible, ...]:
    """What bands tell of each kind: nothing where one has both eligible and others in it."""
    return tuple(Eligible(kind, _within(bands, levels)) for kind, levels in WITHIN.items())


def _within(bands: Sequence[Band], levels: frozenset[str]) -> int | None:
    inside = [band for band in bands if set(band.values) <= levels]
    if not bands or any(set(b.values) & levels and not set(b.values) <= levels and b.count for b in bands):
        return None
    return sum(band.count for band in inside)


def open_results(rows: Sequence[Row], rules: Rules = RULES) -> tuple[Part, dict[str, Part]] | None:
    """What everybody sees, of all and by sex, beside the subjects' rows. None where no results are
    counted.
    """
    found = {row.code: row for row in rows}
    if MERIT not in found:
        return None
    able, subjects = open_levels(rows)
    worth = found[MERIT]
    sizes: dict[str | None, int] = {None: sum(worth.whole.values())}
    sizes |= {sex: sum(counts.values()) for sex, counts in worth.sexes.items()}
    means = _means(worth, subjects, rules)

    def part(of: str | None) -> Part:
        mean, step = means.get(of, (None, None))
        told = of in means or of in able or (of is None and sizes[of] >= COUNTS.fewest)
        return Part(sizes[of] if told else None, mean, step, eligible_by(able.get(of, ())))

    return part(None), {sex: part(sex) for sex in SEXES if sex in able or sex in means}


def open_levels(rows: Sequence[Row]) -> tuple[dict[str | None, tuple[Band, ...]], list[_Subject]]:
    """The bands of what grades are enough for that may be shown beside the subjects' rows: of all and of both
    sexes, of all alone, or none.
    """
    row = next(row for row in rows if row.code == ELIGIBLE)
    subjects = [_Subject.of(r, shown(r.sexes, r.values)) for r in rows if _is_subject(r)]
    return kept_levels(shown(row.sexes, levels_of(row)), subjects), subjects


def levels_of(row: Row) -> list[str]:
    """The levels that somebody is at: the others are no columns, so that a small count is put together with
    one that somebody is at.
    """
    return [level for level in LEVELS if row.whole.get(level)]


def kept_levels(able: Shown, subjects: Sequence[_Subject]) -> dict[str | None, tuple[Band, ...]]:
    """What of bands of levels leaves the subjects as open as they are."""
    bands: dict[str | None, tuple[Band, ...]] = {None: able.bands}
    if not able.bands or not _is_free(able.bands, subjects, None):
        return {}
    if able.sexes and all(_is_free(some, subjects, sex) for sex, some in able.sexes.items()):
        bands.update(able.sexes)
    return bands


def _is_subject(row: Row) -> bool:
    return row.code in BY_CODE and BY_CODE[row.code].kind != "block"


def subjects_of(rows: Sequence[Row], seen: Mapping[str, Shown]) -> list[_Subject]:
    """The subjects' rows as they are shown elsewhere than in a unit's table."""
    return [_Subject.of(row, seen[row.code]) for row in rows if _is_subject(row)]


@dataclass(frozen=True, slots=True)
class _Subject:
    """A subject's row as it is shown: the bands of all and of each sex, with what the values are worth, and
    what the true counts are worth.
    """

    code: str
    bands: Mapping[str | None, tuple[Band, ...]]
    points: Mapping[str, float]
    passed: frozenset[str]
    true: Mapping[str | None, float]

    @classmethod
    def of(cls, row: Row, seen: Shown) -> _Subject:
        scale = BY_ID[row.scale]
        points = {value: scale.worth(value).points or 0.0 for value in row.values}
        parts = {None: row.whole} | dict(row.sexes)
        bands: dict[str | None, tuple[Band, ...]] = {
            None: seen.bands or (Band(row.values, sum(row.whole.values())),)
        }
        for sex, counts in row.sexes.items():
            bands[sex] = seen.sexes.get(sex) or (Band(row.values, sum(counts.values())),)
        true = {of: sum(points[v] * n for v, n in counts.items()) for of, counts in parts.items()}
        passed = frozenset(value for value in row.values if scale.worth(value).passed)
        return cls(BY_CODE[row.code].designation, bands, points, passed, true)

    def failed(self, of: str | None) -> tuple[int, int]:
        """How many have no pass, from the bands: at least and at most."""
        least = sum(b.count for b in self.bands[of] if not set(b.values) & self.passed)
        mixed = [
            b.count for b in self.bands[of] if set(b.values) & self.passed and set(b.values) - self.passed
        ]
        return least, least + sum(mixed)


def _means(row: Row, subjects: Sequence[_Subject], rules: Rules) -> dict[str | None, tuple[float, float]]:
    """The means that are shown, each with its step: of all, and of both sexes or none."""
    counts: dict[str | None, Mapping[str, int]] = {None: row.whole} | dict(row.sexes)
    whole = _mean_of(counts[None], subjects, None, rules)
    if whole is None:
        return {}
    parts = {sex: _mean_of(counts[sex], subjects, sex, rules) for sex in SEXES}
    both = {sex: mean for sex, mean in parts.items() if mean}
    # The sexes' means together are one of all, rounded otherwise: what both leave open must be free, too.
    if len(both) == len(SEXES):
        sums = [_interval(*both[sex], sum(counts[sex].values())) for sex in SEXES]
        sizes = sum(counts[None].values())
        low, high = _interval(*whole, sizes)
        joint = max(low, sum(s[0] for s in sums)), min(high, sum(s[1] for s in sums))
        own = sum(float(v) * n for v, n in counts[None].items())
        if _leaves_free(joint, own, subjects, None):
            return {None: whole} | dict(both.items())
    return {None: whole}


def _mean_of(
    counts: Mapping[str, int], subjects: Sequence[_Subject], of: str | None, rules: Rules
) -> tuple[float, float] | None:
    size, exact_sum = sum(counts.values()), sum(float(v) * n for v, n in counts.items())
    if size < rules.fewest or sum(n > 0 for n in counts.values()) < 2:
        return None
    first = next(step for least, step in rules.steps if size >= least)
    for step in dict.fromkeys((first, *(s for s in rules.coarser if s > first))):
        mean = round(exact_sum / size / step) * step
        if _leaves_free(_interval(mean, step, size), exact_sum, subjects, of):
            return mean, step
    return None


def _interval(mean: float, step: float, size: int) -> tuple[float, float]:
    """The sums that a rounded mean leaves possible."""
    return (mean - step / 2) * size, (mean + step / 2) * size


def _leaves_free(sums: tuple[float, float], own: float, subjects: Sequence[_Subject], of: str | None) -> bool:
    """Whether each grade within a band may still be anyone's of the band and nobody's, when the sum of all
    subjects is known as well as the sum of merit values is: as if they were the same, which they are where
    nobody has more than seventeen.
    """
    apart = sum(subject.true[of] for subject in subjects) - own
    low, high = sums[0] + apart, sums[1] + apart
    ranges = [
        (min(points) * band.count, max(points) * band.count, points, band.count)
        for subject in subjects
        for band in subject.bands[of]
        for points in [{subject.points[value] for value in band.values}]
    ]
    least, most = sum(r[0] for r in ranges), sum(r[1] for r in ranges)
    for bottom, top, points, count in ranges:
        if len(points) < 2 or not count:
            continue
        for value in points:
            others = points - {value}
            for ends in ((value, value), (min(others), max(others))):
                if least - bottom + ends[0] * count > high or most - top + ends[1] * count < low:
                    return False
    return True


def _is_free(bands: Sequence[Band], subjects: Sequence[_Subject], of: str | None) -> bool:
    """Whether what is told of eligibility leaves how many have failed a subject as open as its row does, or
    wide enough: who has is not eligible where it is asked for, and who is not has failed one of those, or
    many.
    """
    fewest = COUNTS.fewest
    failed = {subject.code: subject.failed(of) for subject in subjects}
    limits = {code: list(ends) for code, ends in failed.items()}
    for kind, levels in WITHIN.items():
        able = _within(bands, levels)
        if able is None:
            continue
        unable = sum(band.count for band in bands) - able
        asked = [code for code in _subjects(kind) if code in failed]
        most = sum(failed[code][1] for code in asked)
        for code in asked:
            # If there are more than can have failed these, some lack other things, and nobody knows how many.
            least = unable - (most - failed[code][1]) if unable <= most else 0
            limits[code] = [max(limits[code][0], least), min(limits[code][1], unable)]
    return all((low, high) == failed[code] or high - low >= fewest for code, (low, high) in limits.items())


def _subjects(kind: Kind) -> list[str]:
    rules = eligible.NOW
    return [code for group in rules.core for code in group] + list(rules.include.get(_ASKED[kind], ()))

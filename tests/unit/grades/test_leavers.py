"""What grades are enough for, counted; and that neither a mean nor a share gives away what bands hide."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from itertools import product

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from functions.grades.domain import leavers as rules
from functions.grades.domain.disclosure import RULES as COUNTS
from functions.grades.domain.disclosure import Band, shown
from functions.grades.domain.leavers import LEVELS, Leaver, Part, leaver, open_results
from functions.grades.domain.scales import BY_ID
from functions.grades.domain.statistics import ELIGIBLE, MERIT, Row
from skolkit.types import GroupId, PersonId
from tests.support.marks import valued, year_nine

DAY = date(2027, 6, 10)
SCALE = BY_ID["gr-2011"]
POINTS = {value: SCALE.worth(value).points or 0.0 for value in SCALE.legal}


def level_without(*codes: str) -> str:
    marks = [valued(m, "F") if m.code in codes else m for m in year_nine()]
    return leaver(marks, DAY).level


@pytest.mark.parametrize(
    ("failed", "level"),
    [
        ((), "all"), (("GE",), "science"), (("KE",), "social"), (("GE", "KE"), "arts"), (("MA",), "none"),
        (("BL", "HKK", "IDH", "MU", "SL"), "vocational"), (("SV",), "none"),
    ],
)  # fmt: skip
def test_what_grades_are_enough_for(failed: tuple[str, ...], level: str) -> None:
    assert level_without(*failed) == level


def test_the_merit_value_is_the_pupils() -> None:
    assert leaver(year_nine("C" * 16, "A"), DAY).merit == 260.0


def some(*values: tuple[float, str], klass: str = "9a") -> dict[PersonId, Leaver]:
    return {
        PersonId(f"p{n}"): Leaver(merit, level, GroupId(klass))  # type: ignore[arg-type]
        for n, (merit, level) in enumerate(values)
    }


def by_sex(count: int) -> dict[PersonId, str]:
    return {PersonId(f"p{n}"): ("Kvinna", "Man")[n % 2] for n in range(count)}


def test_results_are_counted_by_sex_and_class() -> None:
    found = some((200.0, "all"), (100.0, "none"), (240.0, "social"))
    worth, able = rules.rows(found, by_sex(3))
    assert (worth.code, worth.values, able.code, able.values) == (
        MERIT, ("240.0", "200.0", "100.0"), ELIGIBLE, LEVELS,
    )  # fmt: skip
    assert (worth.mean(worth.whole), worth.mean(worth.sexes["Kvinna"])) == (180.0, 220.0)
    assert able.groups == {GroupId("9a"): {"all": 1, "none": 1, "social": 1}}
    assert rules.rows({}, {}) == ()


def subject(
    code: str, girls: dict[str, int], boys: dict[str, int] | None = None, values: Sequence[str] = SCALE.legal
) -> Row:
    sexes = {"Kvinna": girls, "Man": boys or {}}
    return Row(code=code, name=code, scale=SCALE.id, values=tuple(values), sexes=sexes)


def shown_of(found: dict[PersonId, Leaver], *subjects: Row) -> tuple[Part, dict[str, Part]]:
    seen = open_results([*rules.rows(found, by_sex(len(found))), *subjects])
    assert seen
    return seen


def counts(part: Part) -> dict[str, int | None]:
    return {one.kind: one.count for one in part.eligible}


def test_a_usual_year_is_shown() -> None:
    values = {(250.0, "all"): 30, (180.0, "social"): 10, (150.0, "vocational"): 10, (80.0, "none"): 12}
    found = some(*(one for one, count in values.items() for _ in range(count)))
    whole, sexes = shown_of(found)
    assert (whole.size, whole.mean, whole.step) == (62, 190.0, 2.0)
    assert counts(whole) == {"vocational": 50, "arts": 40, "social": 40, "science": 30}
    assert counts(sexes["Man"]) == {"vocational": 25, "arts": 20, "social": 20, "science": 15}
    assert (sexes["Man"].mean, sexes["Man"].step) == (190.0, 5.0)


def test_who_is_between_two_eligibilities_is_not_told_of() -> None:
    """With all three counts shown, their difference would be the one who may begin a vocational programme."""
    found = some(*[(250.0, "all")] * 30, (150.0, "vocational"), *[(80.0, "none")] * 12)
    whole, _ = shown_of(found)
    assert counts(whole) == {"vocational": None, "arts": 30, "social": 30, "science": 30}


def test_of_few_and_of_all_alike_nothing_is_shown() -> None:
    few, _ = shown_of(some(*[(250.0, "all")] * 5, *[(80.0, "none")] * 4))
    assert (few.size, few.mean, set(counts(few).values())) == (9, None, {None})
    alike, sexes = shown_of(some(*[(250.0, "all")] * 40))
    assert (alike.mean, set(counts(alike).values()), sexes) == (None, {None}, {})


CODES = ("GRGRMAT01", "GRGRENG01", "GRGRSVE01")


@st.composite
def classes(draw: st.DrawFn) -> list[dict[str, int]]:
    """Three subjects' grades of a class, most of them passes."""
    size = draw(st.integers(12, 24))
    found = []
    for _ in range(3):
        fails = draw(st.integers(0, 9))
        high = draw(st.integers(0, size - fails))
        found.append({"A": high, "E": size - fails - high, "F": fails})
    return found


def totals(bands: Sequence[Band]) -> Iterator[tuple[float, tuple[int, ...]]]:
    """Every way to fill bands: what it is worth, and how many have an F, an E and an A."""
    for one in product(*(_filled(band) for band in bands)):
        yield sum(worth for worth, _ in one), tuple(map(sum, zip(*(c for _, c in one), strict=True)))


def _filled(band: Band) -> list[tuple[float, tuple[int, ...]]]:
    found = []
    for split in product(range(band.count + 1), repeat=len(band.values)):
        if sum(split) == band.count:
            of = dict(zip(band.values, split, strict=True))
            found.append((sum(POINTS[v] * n for v, n in of.items()), tuple(of.get(v, 0) for v in "FEA")))
    return found


@given(classes())
@settings(max_examples=80, deadline=None)
def test_a_mean_leaves_every_hidden_grade_as_it_was(found: list[dict[str, int]]) -> None:
    """Somebody who knows that the merit values are nothing but the sum of three subjects' points, makes every
    table that fits the bands and the mean.
    """
    size = sum(found[0].values())
    total = sum(POINTS[v] * n for one in found for v, n in one.items())
    assume(total > 0)
    rows = [subject(code, one, values="AEF") for code, one in zip(CODES, found, strict=True)]
    # Merit values that have the sum; which pupil has which does not matter here.
    high = total // 2.5 // size * 2.5
    more = round((total - high * size) / 2.5)
    merits = [high + 2.5] * more + [high] * (size - more)
    assume(len(set(merits)) > 1)
    whole, _ = shown_of(some(*((one, "all") for one in merits)), *rows)
    if whole.mean is None or whole.step is None:
        return
    bands = [shown(r.sexes, r.values).bands or (Band(r.values, size),) for r in rows]
    free = [list(dict.fromkeys(totals(of))) for of in bands]
    low, high = (whole.mean - whole.step / 2) * size, (whole.mean + whole.step / 2) * size
    for place, mine in enumerate(free):
        others = [of for n, of in enumerate(free) if n != place]
        sums = {a + b for (a, _), (b, _) in product(*others)}
        for column in range(3):
            before = {counts_[column] for _, counts_ in mine}
            after = {c[column] for worth, c in mine if any(low <= worth + other <= high for other in sums)}
            assert after == before


def test_a_mean_is_rounded_coarser_or_left_out_where_it_would_tell() -> None:
    """One F in one subject, hidden among the E: a fine mean would say that it is one."""
    row = subject("GRGRMAT01", {"A": 7, "E": 4, "F": 1}, {"A": 6, "E": 6})
    found = some(*[(20.0, "all")] * 13, *[(10.0, "all")] * 10, (0.0, "none"))
    whole, sexes = shown_of(found, row)
    assert (whole.mean, whole.step) in {(None, None), (20.0, 10.0), (15.0, 5.0), (10.0, 10.0)}
    plain, _ = shown_of(found, replace(row, sexes={"Kvinna": {"A": 7, "E": 5}, "Man": {"A": 6, "E": 6}}))
    assert plain.step == 5.0
    assert not any(part.mean for part in sexes.values())


@given(st.integers(1, 4), st.integers(0, 9), st.sampled_from([0, 2, 8]), st.data())
@settings(max_examples=100, deadline=None)
def test_a_share_leaves_how_many_have_failed_open(
    one: int, two: int, three: int, data: st.DataObject
) -> None:
    """Who has failed Swedish, English or mathematics is not eligible, and nobody else is not."""
    size = 20
    fails = [one, two, three]
    ends = max(fails), min(size, sum(fails))
    unable = data.draw(st.one_of(st.sampled_from(ends), st.integers(*ends)))
    rows = [
        subject(code, {"A": size - max(n, 7), "E": max(n, 7) - n, "F": n})
        for code, n in zip(CODES, fails, strict=True)
    ]
    found = some(*[(200.0, "all")] * (size - unable), *[(80.0, "none")] * unable)
    told = counts(shown_of(found, *rows)[0])["vocational"]
    if told is None:
        return
    assert told == size - unable
    ranges = []
    for row in rows:
        bands = shown(row.sexes, row.values).bands or (Band(row.values, size),)
        least = sum(b.count for b in bands if not {*b.values} & {*"ABCDE"})
        mixed = sum(b.count for b in bands if {*b.values} & {*"ABCDE"} and "F" in b.values)
        ranges.append(range(least, least + mixed + 1))
    fits = [f for f in product(*ranges) if max(f) <= unable <= min(size, sum(f))]
    assert tuple(fails) in fits
    for place, before in enumerate(ranges):
        after = {f[place] for f in fits}
        assert len(after) == len(before) or max(after) - min(after) >= COUNTS.fewest

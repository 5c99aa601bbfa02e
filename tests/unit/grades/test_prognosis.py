"""What a wish takes: the raises reach it, no fewer steps do, and asking for more never takes less."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from functions.grades.domain.eligibility import Judged, eligibility
from functions.grades.domain.marks import Mark
from functions.grades.domain.merit import merit
from functions.grades.domain.prognosis import (
    ORDINARY,
    Raise,
    UnknownSubject,
    WhatIf,
    Wish,
    changed,
    prognosis,
)
from functions.grades.domain.programmes import Programme, programme
from functions.grades.domain.scales import BY_ID, IllegalValue
from tests.support.marks import mark, pupils, raised, spanish, valued, year_nine

SCALE = BY_ID["gr-2011"]
NA, VO = programme("NA"), programme("VO")
PROGRAMMES = st.sampled_from([NA, VO, programme("EK"), programme("ES")])


def steps(raises: tuple[Raise, ...]) -> int:
    return sum(one.steps for one in raises)


def test_what_has_been_reached_takes_nothing() -> None:
    found = prognosis(year_nine("C" * 16), Wish(NA, 240.0))
    assert (found.raises, found.reached, found.merit) == ((), True, found.reached_merit)
    assert found.eligibility
    assert found.eligibility.eligible
    assert prognosis(year_nine(), Wish()).eligibility is None


def test_the_passes_that_eligibility_lacks_are_named() -> None:
    marks = [valued(m, {"MA": "F", "KE": "-"}.get(m.code, m.value)) for m in year_nine("D" * 16)]
    found = prognosis(marks, Wish(NA))
    assert found.raises == (Raise("MA", None, "F", "E", 1), Raise("KE", None, "-", "E", 2))
    assert found.reached
    assert found.reached_merit.value == found.merit.value + 20.0


def test_an_f_is_nearer_than_a_dash_and_a_dash_than_nothing() -> None:
    core = [mark(code, "E") for code in ("SVA", "EN", "MA")]
    marks = [*core, mark("BL", "-"), mark("SL", "F"), *(mark(code, "E") for code in ("MU", "TK", "HI"))]
    assert prognosis([*marks, mark("ML", "F", language="ara")], Wish(VO)).raises == (
        Raise("ML", "ara", "F", "E", 1),
        Raise("SL", None, "F", "E", 1),
    )
    assert prognosis(marks, Wish(VO)).raises == (
        Raise("SL", None, "F", "E", 1),
        Raise("BL", None, "-", "E", 2),
    )
    (new,) = prognosis([m for m in marks if m.code not in ("BL", "SL")] + [mark("GE", "E")], Wish(VO)).raises
    assert (new.before, new.after, new.steps) == (None, "E", 2)


def test_the_other_swedish_is_never_proposed() -> None:
    marks = [valued(m, "F") if m.code == "SV" else m for m in year_nine()]
    assert [one.subject for one in prognosis(marks, Wish(VO)).raises] == ["SV"]
    second = [m for m in year_nine() if m.code != "SV"] + [mark("SVA", "F")]
    assert [one.subject for one in prognosis(second, Wish(VO)).raises] == ["SVA"]


def test_a_merit_value_is_reached_by_the_lowest_grades_that_count() -> None:
    found = prognosis(year_nine("A" * 14 + "EF", "C"), Wish(merit=320.0))
    assert found.reached_merit.value == 320.0
    assert {(one.subject, one.before, one.after) for one in found.raises} == {
        (ORDINARY[15], "F", "D"),
        (ORDINARY[14], "E", "D"),
    }
    assert steps(found.raises) == 3


def test_a_merit_value_beyond_the_scale_is_not_reached() -> None:
    assert not prognosis(year_nine("B" * 16), Wish(merit=320.5)).reached
    assert prognosis(year_nine("B" * 16), Wish(merit=320.0)).reached
    assert prognosis(year_nine("B" * 16, "F"), Wish(merit=340.0)).reached
    assert prognosis([], Wish(merit=320.0)).reached
    assert not prognosis([], Wish(merit=322.5)).reached


def test_points_of_an_aptitude_test_count_towards_the_wish() -> None:
    found = prognosis(year_nine(), Wish(merit=180.0), test=20.0)
    assert (found.raises, found.reached, found.reached_merit.value) == ((), True, 180.0)
    assert steps(prognosis(year_nine(), Wish(merit=182.5), test=20.0).raises) == 1


def test_what_the_organiser_has_found_counts() -> None:
    marks = [valued(m, "F") if m.code == "EN" else m for m in year_nine()]
    assert prognosis(marks, Wish(VO), judged=Judged(without_english=True)).raises == ()
    assert prognosis(marks, Wish(VO), judged=Judged(frozenset({"EN"}))).raises == ()


def test_what_if() -> None:
    supposed = [
        WhatIf("MA", "A"),
        WhatIf("GRGRMSP01", "B", "spa", "languageChoice"),
        WhatIf("ML", "C", "ara"),
    ]
    found = prognosis(year_nine("E" * 16, "E"), Wish(), supposed)
    assert found.merit.value == 15 * 10 - 10 + 20 + 15 + 17.5
    assert prognosis(year_nine(), Wish(), [WhatIf("HKK", "-")]).merit.value == 150.0
    unfinished = [*year_nine(), spanish("A", finished=False)]
    assert prognosis(unfinished, Wish(), [WhatIf("M", "D", "spa", "languageChoice")]).merit.value == 172.5
    with pytest.raises(UnknownSubject):
        prognosis([], Wish(), [WhatIf("NO", "A")])
    with pytest.raises(UnknownSubject):
        prognosis([], Wish(), [WhatIf("XX", "A")])
    with pytest.raises(IllegalValue):
        prognosis(year_nine(), Wish(), [WhatIf("MA", "G")])


@given(pupils(), PROGRAMMES, st.integers(0, 136).map(lambda n: n * 2.5))
@settings(max_examples=60)
def test_after_the_raises_the_wish_is_fulfilled(marks: list[Mark], wished: Programme, value: float) -> None:
    found = prognosis(marks, Wish(wished, value))
    known = {(m.code, m.language): m for m in marks}
    assert found.reached == (found.reached_merit.value >= value)
    for one in found.raises:
        old = known.get((one.subject, one.language))
        assert one.before is None or (old is not None and old.value == one.before)
        assert one.steps >= 1


@given(pupils(), PROGRAMMES)
@settings(max_examples=60)
def test_eligibility_can_always_be_reached_in_as_many_passes_as_are_missing(
    marks: list[Mark], wished: Programme
) -> None:
    found = prognosis(marks, Wish(wished))
    assert found.reached
    assert len(found.raises) == sum(lack.count for lack in eligibility(marks, wished).missing)


@given(pupils(), st.integers(0, 136), st.integers(0, 136))
@settings(max_examples=60)
def test_a_higher_wish_never_takes_less(marks: list[Mark], one: int, other: int) -> None:
    low, high = (prognosis(marks, Wish(merit=n * 2.5)) for n in sorted((one, other)))
    assert low.reached or not high.reached
    if high.reached:
        assert steps(low.raises) <= steps(high.raises)


@given(raised())
@settings(max_examples=60)
def test_better_grades_never_take_more(pair: tuple[list[Mark], list[Mark]]) -> None:
    before, after = (prognosis(marks, Wish(merit=250.0)) for marks in pair)
    if before.reached and not any(m.code == "DA" for m in pair[0]):
        assert steps(after.raises) <= steps(before.raises)


@given(
    st.lists(st.sampled_from("ABCDEF-"), min_size=3, max_size=3), st.integers(0, 24).map(lambda n: n * 2.5)
)
@settings(max_examples=40)
def test_no_fewer_steps_reach_it(values: list[str], more: float) -> None:
    """Against every combination of raises of three subjects, thirteen others having an A."""
    fixed = year_nine("A" * 16)[:13]
    free = [mark(code, value) for code, value in zip(ORDINARY[13:], values, strict=True)]
    wish = merit([*fixed, *free]).value + more
    least = min(
        (
            sum(SCALE.rank(new) - SCALE.rank(old.value) for new, old in zip(chosen, free, strict=True))
            for chosen in product("ABCDEF-", repeat=3)
            if all(SCALE.rank(new) >= SCALE.rank(old.value) for new, old in zip(chosen, free, strict=True))
            and merit([*fixed, *(valued(o, n) for n, o in zip(chosen, free, strict=True))]).value >= wish
        ),
        default=None,
    )
    found = prognosis([*fixed, *free], Wish(merit=wish))
    assert found.reached is (least is not None)
    assert least is None or steps(found.raises) == least


def test_supposed_grades_are_as_finished_as_the_others() -> None:
    autumn = [mark("MA", "E", finished=False)]
    assert all(not m.finished for m in changed(autumn, [WhatIf("MA", "A"), WhatIf("EN", "A")]))
    assert all(m.finished for m in changed([mark("MA", "E")], [WhatIf("EN", "A")]))

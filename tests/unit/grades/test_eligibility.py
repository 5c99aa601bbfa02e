"""Eligibility for the programmes, and what is told to be missing (skollagen 16:29–33, 17:10; GyF 7:1)."""

from __future__ import annotations

from datetime import date
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.grades.domain.eligibility import Eligibility, Judged, Missing, eligibility
from functions.grades.domain.marks import Mark
from functions.grades.domain.programmes import PROGRAMMES, Programme, UnknownProgramme, offered, programme
from tests.support.marks import mark, pupils, raised, spanish

PRACTICAL = ("BL", "HKK", "IDH", "MU", "SL", "TK", "GE", "HI", "RE", "SH", "BI", "FY", "KE")
NATIONAL = offered(date(2026, 8, 1))


def passes(*codes: str) -> list[Mark]:
    return [mark(code, "E") for code in codes]


def ask(marks: list[Mark], code: str, **judged: Any) -> Eligibility:
    return eligibility(marks, programme(code), Judged(**judged))


@pytest.mark.parametrize(
    ("core", "others", "code", "expected"),
    [
        (("SV", "EN", "MA"), 5, "VO", True), (("SV", "EN", "MA"), 4, "VO", False),
        (("SVA", "EN", "MA"), 9, "ES", True), (("SV", "EN", "MA"), 8, "ES", False),
        (("SV", "EN"), 13, "VO", False), (("EN", "MA"), 13, "VO", False), (("SV", "MA"), 13, "BF", False),
    ],
)  # fmt: skip
def test_core_and_number(core: tuple[str, ...], others: int, code: str, expected: bool) -> None:
    """Skollagen 16:30–31: five other subjects for a vocational programme, nine for the others."""
    assert ask(passes(*core, *PRACTICAL[:others]), code).eligible is expected


@pytest.mark.parametrize("code", ["EK", "HU", "SA"])
@pytest.mark.parametrize("without", ["GE", "HI", "RE", "SH"])
def test_social_programmes_ask_for_each_social_subject(code: str, without: str) -> None:
    marks = passes("SV", "EN", "MA", *(c for c in PRACTICAL if c != without))
    assert ask(marks, code).missing == (Missing("included", (without,), 1, "gymnasieförordningen 7:1"),)
    assert ask([*marks, mark(without, "E")], code).eligible
    assert ask(marks, "ES").eligible


@pytest.mark.parametrize("code", ["NA", "TE"])
@pytest.mark.parametrize("without", ["BI", "FY", "KE"])
def test_scientific_programmes_ask_for_each_science(code: str, without: str) -> None:
    marks = passes("SV", "EN", "MA", *(c for c in PRACTICAL if c != without))
    assert ask(marks, code).missing == (Missing("included", (without,), 1, "gymnasieförordningen 7:1"),)
    assert ask([*marks, mark(without, "E")], code).eligible


def test_the_answer_says_exactly_what_is_missing() -> None:
    marks = [*passes("EN", "BI", "FY", "IDH"), mark("MA", "F"), mark("KE", "-"), mark("SL", "F")]
    found = ask(marks, "NA")
    assert found.missing == (
        Missing("core", ("SV", "SVA"), 1, "skollagen 16:30–31"),
        Missing("core", ("MA",), 1, "skollagen 16:30–31"),
        Missing("included", ("KE",), 1, "gymnasieförordningen 7:1"),
        Missing("others", (), 5, "skollagen 16:31"),
    )
    assert (found.others, found.of_others, found.eligible) == (3, 9, False)
    assert ask(marks, "VO").missing[-1] == Missing("others", (), 2, "skollagen 16:30")


@given(pupils(), st.sampled_from(NATIONAL))
def test_with_just_what_is_missing_the_pupil_is_eligible(marks: list[Mark], wished: Programme) -> None:
    found = eligibility(marks, wished)
    final = found.basis == "final"
    lacked = [lack.subjects[0] for lack in found.missing if lack.subjects]
    spare = sum(lack.count for lack in found.missing if lack.kind == "others")
    more = [mark(code, "E", key=f"new {code}", finished=final, place=99) for code in lacked]
    more += [mark("ML", "E", key=f"ML{n}", language=f"x{n}", finished=final) for n in range(spare)]
    replaced = {*lacked, *(["SVA"] if "SV" in lacked else [])}
    kept = [m for m in marks if m.code not in replaced]
    assert eligibility([*kept, *more], wished).eligible
    if more:
        assert not eligibility([*kept, *more[1:]], wished).eligible


def test_english_may_be_missing_for_special_reasons() -> None:
    """Skollagen 16:32: everything else is still asked for."""
    marks = passes("SV", "MA", *PRACTICAL[:5])
    assert not ask(marks, "VO").eligible
    assert ask(marks, "VO", without_english=True).eligible
    assert not ask(marks[:-1], "VO", without_english=True).eligible
    assert not ask(passes("SV", "EN", *PRACTICAL), "VO", without_english=True).eligible


def test_equal_knowledge_acquired_otherwise_counts_as_a_pass() -> None:
    """Skollagen 16:33."""
    marks = passes("SV", "EN", *PRACTICAL[:4])
    assert not ask(marks, "VO", otherwise=frozenset({"MA"})).eligible
    assert ask(marks, "VO", otherwise=frozenset({"MA", "SH"})).eligible
    assert not ask(marks, "VO", otherwise=frozenset({"MA", "BL"})).eligible, "counted once"
    assert not ask(marks, "VO", otherwise=frozenset({"MA", "SVA"})).eligible, "the other Swedish is no more"
    assert ask(passes("EN", "MA", *PRACTICAL[:5]), "VO", otherwise=frozenset({"SVA"})).eligible


def test_languages_count_among_the_others_and_blocks_do_not() -> None:
    marks = passes("SV", "EN", "MA", *PRACTICAL[:3])
    french, arabic = mark("M", "E", language="fra", choice="pupilsChoice"), mark("ML", "E", language="ara")
    assert ask([*marks, spanish("E"), arabic], "VO").eligible
    assert ask([*marks, spanish("E"), french], "VO").others == 5
    assert ask([*marks, *passes("NO", "SO")], "VO").others == 3
    assert ask([*marks, mark("SVA", "E")], "VO").others == 3


def test_programme_oriented_choice() -> None:
    """Skollagen 17:10: Swedish, and English or mathematics with four others, or both with three."""
    four, three = PRACTICAL[:4], PRACTICAL[:3]
    assert ask(passes("SV", "EN", *four), "VO").choice
    assert ask(passes("SVA", "MA", *four), "VO").choice
    assert not ask(passes("SV", "EN", *three), "VO").choice
    assert ask(passes("SV", "EN", "MA", *three), "VO").choice
    assert not ask(passes("SV", "EN", "MA", *PRACTICAL[:2]), "VO").choice
    assert not ask(passes("EN", "MA", *four), "VO").choice
    assert not ask(passes("SV", *PRACTICAL), "VO").choice
    assert not ask(passes("SV", "EN", "MA", *PRACTICAL), "VO").choice, "who is eligible needs none"


@given(raised(), st.sampled_from(NATIONAL))
def test_raising_a_grade_never_takes_eligibility_away(
    pair: tuple[list[Mark], list[Mark]], wished: Programme
) -> None:
    before, after = (eligibility(marks, wished) for marks in pair)
    assert after.eligible or not before.eligible
    assert sum(m.count for m in after.missing) <= sum(m.count for m in before.missing)


@given(pupils(), st.randoms())
def test_the_order_of_grades_does_not_matter(marks: list[Mark], random: Random) -> None:
    other = list(marks)
    random.shuffle(other)
    assert [eligibility(other, p) for p in NATIONAL] == [eligibility(marks, p) for p in NATIONAL]


def test_the_national_programmes_of_a_day() -> None:
    """Skollagen bilaga 1: twelve vocational and six others since 2025."""
    now = {p.code for p in NATIONAL}
    assert len([p for p in NATIONAL if p.kind == "vocational"]) == 12
    assert len([p for p in NATIONAL if p.kind == "preparatory"]) == 6
    assert {"FR", "FS"} <= now
    assert not {"HV", "HA", "IMV"} & now
    assert "HV" in {p.code for p in offered(date(2025, 6, 30))}
    assert "FR" not in {p.code for p in offered(date(2025, 6, 30))}
    assert "HA" in {p.code for p in offered(date(2022, 6, 30))}
    assert len({p.code for p in PROGRAMMES}) == len(PROGRAMMES)


@pytest.mark.parametrize("code", ["", "XX", "N", "IM"])
def test_a_programme_that_does_not_exist(code: str) -> None:
    with pytest.raises(UnknownProgramme):
        programme(code)

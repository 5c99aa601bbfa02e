"""The chain of a pupil's decisions, and which of them stands (SkolF 6:10; skollagen 3:19–21)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.grades.domain import catalogue as rules
from functions.grades.domain.catalogue import Entry, Subject
from functions.grades.domain.held import Stand, with_entries
from functions.grades.domain.scales import SCALES, IllegalValue, NoScale, scale
from functions.grades.domain.subjects import LanguageMissing, check_named, graded, subject_of
from skolkit.sweden.codes import SchoolForm
from skolkit.types import PersonId, UnitId

MATHS = Subject(code="GRGRMAT01", name="Matematik", form=SchoolForm.COMPULSORY)
ENGLISH = Subject(code="GRGRENG01", name="Engelska", form=SchoolForm.COMPULSORY)
AT = datetime(2026, 12, 10, 9, tzinfo=UTC)


def entry(id: str, value: str = "C", subject: Subject = MATHS, **more: Any) -> Entry:
    plain = Entry(
        id=id, pupil=PersonId("pupil"), kind="decision", subject=subject, value=value, scale="gr-2011", at=AT,
        unit=UnitId("unit"), school_year="2026/27", term="HT",
    )  # fmt: skip
    return replace(plain, **more)


ENTRIES = st.lists(
    st.builds(
        lambda value, subject, days: entry("", value, subject, at=AT + timedelta(days=days)),
        st.sampled_from("ABCDEF-"), st.sampled_from([MATHS, ENGLISH]), st.integers(0, 400),
    ),
    min_size=1, max_size=12,
)  # fmt: skip


@given(ENTRIES, st.data())
def test_an_altered_moved_or_missing_entry_breaks_the_chain(found: list[Entry], data: st.DataObject) -> None:
    chain = rules.chained(found, 0, "")
    assert rules.broken(chain) is None
    where = data.draw(st.integers(0, len(chain) - 1))
    altered = replace(chain[where], remark="x" + chain[where].remark)
    after = [*chain[:where], altered, *chain[where + 1 :]]
    assert rules.broken(after) == (where + 2 if where + 1 < len(chain) else None)
    if where + 1 < len(chain):
        assert rules.broken([*chain[:where], *chain[where + 1 :]]) == where + 1
    assert rules.broken([replace(one, number=one.number + 1) for one in chain]) == 1


@given(ENTRIES, st.integers(0, 12))
def test_a_chain_goes_on_where_it_ended(found: list[Entry], cut: int) -> None:
    first = rules.chained(found[:cut], 0, "")
    end = (first[-1].number, first[-1].digest) if first else (0, "")
    assert (*first, *rules.chained(found[cut:], *end)) == rules.chained(found, 0, "")


REPLACING = ("correction", "change", "withdrawal")
KINDS = st.sampled_from(["decision", "imported", "trial", *REPLACING])
STEPS = st.lists(
    st.tuples(KINDS, st.sampled_from("ABCDEF"), st.integers(0, 9), st.sampled_from([MATHS, ENGLISH])),
    max_size=12,
)  # fmt: skip


def grown(steps: list[tuple[Any, str, int, Subject]]) -> list[Entry]:
    """A chain as it may grow: what replaces replaces what nothing has replaced, an import is of any day."""
    made: list[Entry] = []
    for number, (kind, value, back, subject) in enumerate(steps):
        gone = {one.replaces for one in made}
        free = [one for one in made if one.id not in gone and one.kind != "withdrawal"]
        if kind in REPLACING and not free:
            continue
        replaces = free[back % len(free)] if kind in REPLACING else None
        at = AT + timedelta(days=number) - timedelta(days=back * 7 if kind == "imported" else 0)
        trial = replaces.trial if replaces else kind == "trial"
        more = {"kind": kind, "replaces": replaces.id if replaces else None, "at": at, "trial": trial}
        made.append(entry(str(number), value, subject, **more))
    return made


@given(STEPS, st.randoms())
def test_what_is_replaced_or_withdrawn_does_not_stand_whatever_order_things_came_in(
    steps: list[tuple[Any, str, int, Subject]], chance: Random
) -> None:
    made = grown(steps)
    found = rules.standing(made)
    gone = {one.replaces for one in made}
    for key, one in found.items():
        assert (one.subject.key, one.kind != "withdrawal", one.id in gone) == (key, True, False)
        assert rules.family(one, made)[-1] == one
    left = [one for one in made if one.id not in gone and one.kind != "withdrawal"]
    assert set(found) == {one.subject.key for one in left}
    if len({one.at for one in made}) == len(made):
        chance.shuffle(made)
        assert rules.standing(made) == found
    assert Stand.of(made).held.keys() == found.keys()


def test_an_imported_grade_does_not_stand_before_a_later_decision() -> None:
    decided = entry("1", "D")
    early = entry("2", "A", kind="imported", at=AT - timedelta(days=1))
    assert stands(decided, early) == "1"
    assert stands(decided, replace(early, at=AT + timedelta(days=1))) == "2"
    withdrawn = entry("3", "A", kind="withdrawal", replaces="2")
    assert stands(decided, replace(early, at=AT + timedelta(days=1)), withdrawn) == "1"


def test_what_is_moved_to_another_subject_leaves_what_was_there_before() -> None:
    maths, wrong = entry("1", "D"), entry("2", "A")
    moved = entry("3", "A", ENGLISH, kind="correction", replaces="2")
    found = rules.standing([maths, wrong, moved])
    assert {key: one.id for key, one in found.items()} == {MATHS.key: "1", ENGLISH.key: "3"}


@given(st.lists(st.tuples(st.booleans(), st.sampled_from("ABCDEF")), max_size=10))
def test_what_stands_is_the_same_step_by_step(steps: list[tuple[bool, str]]) -> None:
    made = [
        entry(str(number), value, kind="trial" if trial else "decision", trial=trial)
        for number, (trial, value) in enumerate(steps)
    ]
    stepwise: Any = {}
    for one in made:
        stepwise = with_entries(stepwise, [one])
    assert {key: held.id for key, held in stepwise.items()} == {
        key: one.id for key, one in rules.standing(made).items()
    }


def stands(*entries: Entry) -> str:
    return rules.standing(entries)[MATHS.key].id


def test_the_latest_decision_stands_and_a_correction_in_place_of_what_it_corrects() -> None:
    autumn, spring = entry("1", "D"), entry("2", "C")
    assert stands(autumn, spring) == "2"
    corrected = entry("3", "A", kind="correction", replaces="1")
    assert stands(autumn, corrected) == "3"
    assert stands(autumn, spring, corrected) == "2"  # the autumn's grade no longer stands
    assert stands(autumn, spring, replace(corrected, replaces="2")) == "3"


@pytest.mark.parametrize(
    ("before", "trial", "stands_then"), [("D", "B", "2"), ("B", "D", "1"), ("B", "B", "1")]
)
def test_a_trial_never_lowers(before: str, trial: str, stands_then: str) -> None:
    assert stands(entry("1", before), entry("2", trial, kind="trial", trial=True)) == stands_then
    assert stands(entry("2", trial, kind="trial", trial=True)) == "2"


def test_a_dash_is_lower_than_every_grade() -> None:
    assert stands(entry("1", "-"), entry("2", "F", kind="trial", trial=True)) == "2"
    assert (entry("1", "-").passed, entry("1", "-").points, entry("1", "-").rank) == (False, None, -1)


@pytest.mark.parametrize(
    ("form", "on", "legal"),
    [
        (SchoolForm.COMPULSORY, date(2026, 6, 1), "ABCDEF-"),
        (SchoolForm.UPPER_SECONDARY, date(2026, 6, 1), "ABCDEF-"),
        (SchoolForm.ADAPTED_COMPULSORY, date(2026, 6, 1), "ABCDE"),
        (SchoolForm.ADAPTED_UPPER_SECONDARY, date(2026, 6, 1), "ABCDE"),
        (SchoolForm.ADULT_BASIC, date(2024, 12, 31), "ABCDEF"),
    ],
)
def test_every_form_has_its_scale(form: SchoolForm, on: date, legal: str) -> None:
    assert "".join(scale(form, on).legal) == legal


def test_scales_of_passes_and_of_diploma_projects() -> None:
    assert scale(SchoolForm.ADULT_SWEDISH, date(2025, 1, 1)).legal == ("Godkänt", "Icke godkänt")
    assert scale(SchoolForm.UPPER_SECONDARY, date(2026, 6, 1), work=True).legal == ("E", "F")
    with pytest.raises(NoScale):
        scale(SchoolForm.PRESCHOOL_CLASS, date(2026, 6, 1))
    with pytest.raises(NoScale):
        scale(SchoolForm.COMPULSORY, date(2010, 6, 1))


@pytest.mark.parametrize("one", SCALES, ids=lambda one: one.id)
def test_a_scale_ranks_what_is_legal_and_refuses_the_rest(one: Any) -> None:
    ranks = [one.rank(value) for value in one.legal]
    assert ranks == sorted(ranks, reverse=True)
    assert len(set(ranks)) == len(ranks)
    for illegal in ("G", "a", "", "VG", *([] if one.dash else ["-"])):
        with pytest.raises(IllegalValue):
            one.worth(illegal)


def test_points_as_published() -> None:
    points = {
        value: scale(SchoolForm.COMPULSORY, date(2026, 6, 1)).worth(value).points for value in "ABCDEF-"
    }
    assert points == {"A": 20, "B": 17.5, "C": 15, "D": 12.5, "E": 10, "F": 0, "-": None}


def test_a_subject_is_known_by_code_and_by_designation() -> None:
    for code in ("MA", "GRGRMAT01"):
        assert graded(SchoolForm.COMPULSORY, code, "vad som helst") == MATHS
    assert subject_of("MATE1A00X") is None
    level = graded(SchoolForm.UPPER_SECONDARY, "MATE1A00X", "Matematik nivå 1a", points=100)
    assert (level.name, level.points, level.work) == ("Matematik nivå 1a", 100, False)
    assert graded(SchoolForm.UPPER_SECONDARY, "GYAREK", "Gymnasiearbete", points=100).work


def test_languages_are_named_and_each_is_a_subject_of_its_own() -> None:
    bare = graded(SchoolForm.COMPULSORY, "M", "")
    with pytest.raises(LanguageMissing):
        check_named(bare, "pupil")
    german = graded(SchoolForm.COMPULSORY, "M", "", language="deu", choice="languageChoice")
    check_named(german, "pupil")
    assert german.key != replace(german, choice="pupilsChoice").key != replace(german, language="fra").key
    with pytest.raises(LanguageMissing):
        check_named(replace(german, choice=None), "pupil")
    check_named(graded(SchoolForm.COMPULSORY, "ML", "", language="ara"), "pupil")
    assert graded(SchoolForm.COMPULSORY, "MA", "", language="deu", choice="languageChoice") == MATHS

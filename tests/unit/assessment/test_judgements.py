"""Written assessments and the notes they are built from: levels, drafts, versions."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.assessment.domain import judgements as rules
from functions.assessment.domain import levels
from functions.assessment.domain import notes as note_rules
from functions.assessment.domain.judgements import Area, Judgement
from functions.assessment.domain.notes import Note
from skolkit.types import PersonId
from tests.unit.assessment.test_rounds import NOW, ROUND

TODAY = NOW.date()
PUPIL, TEACHER = PersonId("pupil"), PersonId("teacher")
OPEN, PUBLIC = ROUND, replace(ROUND, publish_at=NOW - timedelta(hours=1))
READY = Judgement(
    pupil=PUPIL, round="round", subject="MA", by=TEACHER, at=NOW, level=1, text="Bra", ready=True
)
NOTE = Note(
    id="note", pupil=PUPIL, subject="MA", day=TODAY, by=TEACHER, at=NOW, scale="omdome-2026", level=1
)  # fmt: skip


def test_the_scale_of_a_day_is_the_newest_in_force() -> None:
    assert levels.in_force(TODAY).id == "omdome-2026"
    assert levels.in_force(date(1990, 1, 1)) == levels.SCALES[0]
    assert all(words.sv and words.en for scale in levels.SCALES for words in scale.words.values())


@given(st.integers(-100, 100))
def test_a_level_outside_the_scale_is_refused_and_says_which_there_are(level: int) -> None:
    if level in (-1, 0, 1, 2):
        levels.SCALES[0].check(level)
        return
    with pytest.raises(levels.UnknownLevel, match="unknown-level") as refusal:
        levels.SCALES[0].check(level)
    assert "-1, 0, 1, 2" in refusal.value.faults[0].advice.sv


def test_missing_basis_needs_no_text_but_the_other_levels_do() -> None:
    basis = replace(READY, level=-1, text="")
    assert rules.write(None, basis, OPEN, NOW, TODAY).ready
    for level in (0, 1, 2, None):
        with pytest.raises(rules.NotReady):
            rules.write(None, replace(READY, level=level, text=""), OPEN, NOW, TODAY)
    with pytest.raises(levels.UnknownLevel):
        rules.write(None, replace(READY, areas=(Area("Tal", 4),)), OPEN, NOW, TODAY)


@given(st.lists(st.tuples(st.booleans(), st.integers(-1, 2), st.sampled_from(["", "Nytt"]))))
def test_before_publication_there_is_one_version_and_after_it_every_change_is_one(
    changes: list[tuple[bool, int, str]],
) -> None:
    for round in (OPEN, PUBLIC):
        held: Judgement | None = None
        kept = list[Judgement]()
        for ready, level, reason in changes:
            new = replace(READY, ready=ready, level=level, reason=reason)
            try:
                fresh = rules.write(held, new, round, NOW, TODAY)
            except (rules.DraftTooLate, rules.ReasonMissing):
                assert round is PUBLIC
                assert not ready or (held and not reason)
                continue
            if rules.replaces(held, fresh):
                assert held
                kept.append(held)
            held = fresh
        if held:
            assert [one.number for one in (*kept, held)] == list(range(1, held.number + 1))
        assert round is PUBLIC or not kept


def test_what_a_home_has_read_is_changed_for_a_reason() -> None:
    with pytest.raises(rules.ReasonMissing):
        rules.write(READY, replace(READY, level=2), PUBLIC, NOW, TODAY)
    assert rules.write(READY, replace(READY, level=2, reason="Nytt underlag"), PUBLIC, NOW, TODAY).number == 2
    assert rules.write(READY, replace(READY, level=2), OPEN, NOW, TODAY).number == 1


def test_a_draft_of_a_published_round_becomes_the_first_version() -> None:
    draft = replace(READY, ready=False)
    assert rules.write(draft, READY, PUBLIC, NOW, TODAY).number == 1
    with pytest.raises(rules.NotInRound):
        rules.write(None, replace(READY, subject="SL"), OPEN, NOW, TODAY)


NOTES = st.lists(
    st.builds(
        replace,
        st.just(NOTE),
        area=st.sampled_from(["Tal", "Algebra"]),
        level=st.sampled_from([None, 0, 1, 2]),
        text=st.sampled_from(["", "a", "b"]),
        shared=st.booleans(),
        at=st.integers(0, 9).map(lambda n: datetime(2026, 11, 1, n, tzinfo=UTC)),
    )
)


@given(NOTES)
def test_a_draft_says_what_the_notes_say_and_nothing_that_is_not_shared(noted: list[Note]) -> None:
    drafted = note_rules.draft(noted)
    assert sum(one.notes for one in drafted) == len(noted)
    for one in drafted:
        mine = sorted((n for n in noted if n.area == one.area), key=lambda n: n.at)
        known = [n.level for n in mine if n.level is not None]
        assert one.level == (known[-1] if known else None)
        assert (
            sorted(one.text.split("\n")) == sorted(n.text for n in mine if n.shared and n.text)
            or not one.text
        )


def test_what_is_noted_has_been() -> None:
    assert note_rules.check(NOTE, TODAY) == NOTE
    for day in (TODAY + timedelta(days=1), date(2025, 6, 30)):
        with pytest.raises(note_rules.NotOfThisYear):
            note_rules.check(replace(NOTE, day=day), TODAY)
    earliest = replace(NOTE, day=date(2025, 7, 1))
    assert note_rules.check(earliest, TODAY) == earliest

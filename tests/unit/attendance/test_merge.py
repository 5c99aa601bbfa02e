"""Reports of one lesson from several phones, in any order and any number of times (process 20, decision
0024).
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import chain, permutations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from functions.attendance.domain.absence import Reason
from functions.attendance.domain.lesson import (
    Activity,
    Entry,
    LessonNotHeld,
    Mark,
    Minutes,
    NotHeld,
    RosterMismatch,
    Sheet,
    cancel,
    deviations_changed,
    save,
)
from functions.attendance.domain.merge import SKEW, Line, MadeAtOutOfRange, Outcome, merge
from functions.attendance.store import sheet_item, sheet_of
from skolkit.types import GroupId, LessonId, PersonId, UnitId

START = datetime(2026, 11, 23, 8, 10, tzinfo=UTC)
NOW = START + timedelta(hours=6)
ROSTER = tuple(PersonId(f"pupil-{n}") for n in range(3))
ANNA, BO = PersonId("anna"), PersonId("bo")
HERE, AWAY, SICK = (
    Entry(Minutes(50)), Entry(Minutes(0, invalid=50)), Entry(Minutes(0, valid=50), Reason.ILLNESS),
)  # fmt: skip
LATE = Entry(Minutes(40, invalid=10), late=10)
OUT = Entry(Minutes(0, other=50), activity=Activity.EXCURSION)


def sheet() -> Sheet:
    return Sheet(
        lesson=LessonId("l"), group=GroupId("g"), unit=UnitId("u"), subject="Matematik", start=START,
        end=START + timedelta(minutes=50), teachers=(ANNA, BO), roster=ROSTER, entries={},
    )  # fmt: skip


def line(pupil: int, entry: Entry, minute: float, based_on: int = 0) -> Line:
    return Line(ROSTER[pupil], entry, START + timedelta(minutes=minute), based_on)


Report = tuple[PersonId, list[Line]]
reports = st.lists(
    st.tuples(
        st.sampled_from([ANNA, BO]),
        st.lists(
            st.builds(
                line,
                st.integers(0, 2),
                st.sampled_from([HERE, AWAY, SICK, LATE, OUT]),
                st.integers(0, 4),  # few moments, so that many are the same
                st.sampled_from([0, Mark(ANNA, START + timedelta(minutes=3)).version]),
            ),
            min_size=1, max_size=3, unique_by=lambda one: one.pupil,
        ),
    ),
    max_size=6,
)  # fmt: skip


def told(reports: list[Report]) -> Sheet:
    """The sheet after reports; how often it was written is of no interest."""
    now = sheet()
    for by, lines in reports:
        now = merge(now, lines, by, NOW).sheet
    return replace(now, version=0)


def strict(by: PersonId, one: Line) -> tuple[object, ...]:
    m = one.entry.minutes
    return (one.made, m.invalid, m.valid, m.other, one.entry.late, by)


@given(reports, st.randoms(use_true_random=False))
def test_the_order_and_repetition_of_reports_do_not_matter(reports: list[Report], random: object) -> None:
    """And the sheet is that of a plain model: of every line there has been the greatest stands."""
    shuffled = [*reports, *reports]
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    straight = told(reports)
    assert told(shuffled) == straight
    said = [(by, one) for by, lines in reports for one in lines]
    model = {p: max(((b, o) for b, o in said if o.pupil == p), key=lambda x: strict(*x)) for p in
             {one.pupil for _, one in said}}  # fmt: skip
    assert straight.entries == {p: one.entry for p, (_, one) in model.items()}
    assert straight.marks == {p: Mark(by, one.made) for p, (by, one) in model.items()}
    assert straight.is_reported == (len(model) == len(ROSTER))


@given(reports)
def test_every_permutation_of_few_reports_is_the_same_sheet(reports: list[Report]) -> None:
    assume(len(reports) <= 4)
    assert len({repr(sorted(told(list(some)).marks.items())) for some in permutations(reports)}) == 1


@given(reports)
def test_what_is_stored_is_what_was_merged(reports: list[Report]) -> None:
    """Also the deviations, kept apart, add up to those of the sheet."""
    now, apart = sheet(), dict[PersonId, Entry]()
    for by, lines in reports:
        merged = merge(now, lines, by, NOW).sheet
        for pupil, entry in deviations_changed(now, merged).items():
            if entry:
                apart[pupil] = entry
            else:
                del apart[pupil]
        now = merged
    assert apart == {p: e for p, e in now.entries.items() if e.minutes.deviates}
    assert sheet_of(sheet_item(now, stored=None)) == replace(now, version=0)


def test_a_pupils_line_made_last_stands_and_the_other_is_told() -> None:
    first = merge(sheet(), [line(0, HERE, 5), line(1, HERE, 5)], ANNA, NOW)
    assert set(first.outcomes.values()) == {Outcome.TAKEN}
    late = merge(first.sheet, [line(0, AWAY, 4), line(1, AWAY, 6), line(2, LATE, 4)], BO, NOW)
    assert late.outcomes == {
        ROSTER[0]: Outcome.LOST, ROSTER[1]: Outcome.REPLACED, ROSTER[2]: Outcome.TAKEN
    }  # fmt: skip
    assert late.sheet.entries == {ROSTER[0]: HERE, ROSTER[1]: AWAY, ROSTER[2]: LATE}
    assert (late.sheet.reported_by, late.sheet.reported_at) == (BO, START + timedelta(minutes=6))
    seen = late.sheet.marks[ROSTER[1]].version
    again = merge(late.sheet, [line(1, SICK, 7, seen)], ANNA, NOW)
    assert again.outcomes == {ROSTER[1]: Outcome.TAKEN}


def test_the_same_moment_is_settled_by_strictness_then_by_id() -> None:
    both = [(ANNA, [line(0, HERE, 5)]), (BO, [line(0, AWAY, 5)])]
    for some in (both, both[::-1]):
        assert told(some).entries == {ROSTER[0]: AWAY}
    same = [(ANNA, [line(0, AWAY, 5)]), (BO, [line(0, AWAY, 5)])]
    for some in (same, same[::-1]):
        assert told(some).marks[ROSTER[0]].by == BO


def test_a_slow_clock_does_not_lose_what_was_made_over_a_line_seen() -> None:
    first = merge(sheet(), [line(0, HERE, 9)], ANNA, NOW).sheet
    over = merge(first, [line(0, AWAY, 7, first.marks[ROSTER[0]].version)], BO, NOW)
    assert over.outcomes == {ROSTER[0]: Outcome.TAKEN}
    assert over.sheet.entries[ROSTER[0]] == AWAY


def test_a_report_that_says_the_same_changes_nothing() -> None:
    first = merge(sheet(), [line(0, HERE, 5)], ANNA, NOW).sheet
    again = merge(first, [line(0, HERE, 5)], ANNA, NOW)
    assert again.sheet is first
    assert again.outcomes == {ROSTER[0]: Outcome.KNOWN}


def test_lines_are_made_between_the_lessons_start_and_now() -> None:
    at = START + timedelta(minutes=10)
    early, ahead = line(0, HERE, -1), Line(ROSTER[1], HERE, at + SKEW + timedelta(seconds=1))
    claimed = line(2, HERE, 1, Mark(BO, at + SKEW * 2).version)  # over a line of the future
    with pytest.raises(MadeAtOutOfRange) as refused:
        merge(sheet(), [early, ahead, claimed], ANNA, at)
    assert [f.field for f in refused.value.faults] == ["rows.0.madeAt", "rows.1.madeAt", "rows.2.madeAt"]
    assert merge(sheet(), [Line(ROSTER[1], HERE, at + SKEW)], ANNA, at).sheet.entries


def test_strangers_and_twins_are_refused() -> None:
    stranger = Line(PersonId("x"), HERE, START)
    with pytest.raises(RosterMismatch):
        merge(sheet(), [line(0, HERE, 1), line(0, AWAY, 1), stranger], ANNA, NOW)


def test_a_whole_save_stands_over_all_that_was_seen_also_from_clocks_ahead() -> None:
    ahead = merge(sheet(), [Line(ROSTER[0], AWAY, NOW + SKEW)], BO, NOW).sheet
    saved, _ = save(ahead, [(p, HERE) for p in ROSTER], ANNA, NOW, ahead.version)
    late = merge(saved, [Line(ROSTER[0], AWAY, NOW + SKEW), line(1, AWAY, 5)], BO, NOW)
    assert set(late.outcomes.values()) == {Outcome.LOST}
    assert late.sheet is saved


def test_a_report_of_a_lesson_not_held_is_refused() -> None:
    cancelled = cancel(sheet(), NotHeld.TEACHER_AWAY, 1)
    with pytest.raises(LessonNotHeld):
        merge(cancelled, [line(0, HERE, 1)], ANNA, NOW)
    restored = cancel(cancelled, None, cancelled.version)
    assert merge(restored, [line(0, HERE, 1)], ANNA, NOW).sheet.entries


def test_ninety_pupils_each_with_a_mark_of_its_own_fit_one_item() -> None:
    roster = tuple(PersonId(f"{n:08d}-0000-4000-8000-000000000000") for n in range(90))
    full = replace(sheet(), roster=roster, lesson=LessonId("0" * 36))
    entry = Entry(
        Minutes(30, valid=10, invalid=5, other=5), Reason.DENTAL_VISIT, 5, 5, Activity.WORK_EXPERIENCE
    )
    lines = [Line(p, entry, START + timedelta(milliseconds=n)) for n, p in enumerate(roster)]
    merged = merge(full, lines, ANNA, NOW).sheet
    item = sheet_item(merged, stored=1).serialize()
    size = sum(len(name) + len(next(iter(value.values()))) for name, value in item.items())
    assert size < 20_000  # of 400 KB
    assert len(list(chain(deviations_changed(full, merged)))) + 4 <= 100  # in one transaction

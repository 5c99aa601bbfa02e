"""One sheet per lesson, minutes that add up (process 20; skollagen 7:17, rules §5.3)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.attendance.domain.absence import Reason
from functions.attendance.domain.lesson import (
    Entry,
    LessonNotStarted,
    Minutes,
    MinutesDoNotAddUp,
    RosterMismatch,
    Sheet,
    expected,
    save,
)
from skolkit.errors import ChangedMeanwhile
from skolkit.types import GroupId, LessonId, PersonId, UnitId

START = datetime(2026, 11, 23, 8, 10, tzinfo=UTC)
ROSTER = tuple(PersonId(f"pupil-{n}") for n in range(4))
TEACHER = PersonId("teacher")


def sheet() -> Sheet:
    return Sheet(
        lesson=LessonId("l"), group=GroupId("g"), unit=UnitId("u"), subject="Matematik", start=START,
        end=START + timedelta(minutes=50), teachers=(TEACHER,), roster=ROSTER, entries={},
    )  # fmt: skip


def rows(**other: Entry) -> list[tuple[PersonId, Entry]]:
    return [(p, other.get(p.replace("-", "_"), Entry(Minutes(50)))) for p in ROSTER]


def test_a_whole_class_is_saved_at_once() -> None:
    late, away = Entry(Minutes(35, invalid=15)), Entry(Minutes(0, valid=50), Reason.ILLNESS)
    saved, changed = save(sheet(), rows(pupil_1=late, pupil_2=away), TEACHER, START, 1)
    assert saved.is_reported
    assert saved.version == 2
    assert changed == {ROSTER[1]: late, ROSTER[2]: away}


def test_a_correction_tells_what_is_no_longer_a_deviation() -> None:
    away = Entry(Minutes(0, invalid=50))
    saved, _ = save(sheet(), rows(pupil_1=away, pupil_2=away), TEACHER, START, 1)
    _, changed = save(saved, rows(pupil_2=away), TEACHER, START, 2)
    assert changed == {ROSTER[1]: None}
    _, nothing = save(saved, rows(pupil_1=away, pupil_2=away), TEACHER, START, 2)
    assert nothing == {}


def test_a_lesson_in_the_future_is_refused() -> None:
    with pytest.raises(LessonNotStarted):
        save(sheet(), rows(), TEACHER, START - timedelta(seconds=1), 1)


def test_an_old_version_is_refused() -> None:
    with pytest.raises(ChangedMeanwhile):
        save(sheet(), rows(), TEACHER, START, 0)


def test_every_fault_of_the_roster_is_told() -> None:
    stranger = PersonId("stranger")
    given = [(ROSTER[0], Entry(Minutes(50))), (ROSTER[0], Entry(Minutes(50))), (stranger, Entry(Minutes(50)))]
    with pytest.raises(RosterMismatch) as refused:
        save(sheet(), given, TEACHER, START, 1)
    assert [fault.field for fault in refused.value.faults] == ["rows.1.pupil", "rows.2.pupil", "rows"]


def test_minutes_must_add_up_and_a_reason_needs_valid_absence() -> None:
    wrong = rows(pupil_0=Entry(Minutes(49)), pupil_3=Entry(Minutes(50), Reason.ILLNESS))
    with pytest.raises(MinutesDoNotAddUp) as refused:
        save(sheet(), wrong, TEACHER, START, 1)
    assert [fault.field for fault in refused.value.faults] == ["rows.0", "rows.3.absenceReason"]
    assert "50" in refused.value.said.sv


@given(st.lists(st.integers(0, 70), min_size=4, max_size=4))
def test_only_sums_equal_to_the_length_are_saved(parts: list[int]) -> None:
    entry = Entry(Minutes(*parts))
    if sum(parts) == 50:
        saved, changed = save(sheet(), rows(pupil_0=entry), TEACHER, START, 1)
        assert saved.entries[ROSTER[0]].minutes.total == saved.minutes
        assert (ROSTER[0] in changed) == (parts[0] != 50)
    else:
        with pytest.raises(MinutesDoNotAddUp):
            save(sheet(), rows(pupil_0=entry), TEACHER, START, 1)


@given(st.integers(0, 100))
def test_what_is_expected_always_adds_up(notified: int) -> None:
    entry = expected(sheet(), notified, Reason.DENTAL_VISIT)
    assert entry.minutes.total == 50
    assert (entry.reason is None) == (notified == 0)

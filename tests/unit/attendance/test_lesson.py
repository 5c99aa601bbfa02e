"""One sheet per lesson, minutes that add up (process 20; skollagen 7:17, rules §5.3)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.attendance.domain.absence import Reason
from functions.attendance.domain.lesson import (
    Activity,
    Entry,
    LessonNotHeld,
    LessonNotStarted,
    Minutes,
    MinutesDoNotAddUp,
    NotHeld,
    RosterMismatch,
    Sheet,
    cancel,
    deviations_changed,
    expected,
    is_on_one_day,
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


def test_late_and_left_early_are_part_of_the_absence_of_somebody_who_was_there() -> None:
    fine = Entry(Minutes(30, valid=15, invalid=5), Reason.OTHER, late=5, left=15)
    saved, _ = save(sheet(), rows(pupil_0=fine), TEACHER, START, 1)
    assert saved.entries[ROSTER[0]] == fine
    wrong = rows(
        pupil_0=Entry(Minutes(40, invalid=10), late=6, left=5),  # more than the absence
        pupil_1=Entry(Minutes(0, invalid=50), late=50),  # was never there
        pupil_2=Entry(Minutes(0, valid=10, other=40), late=10),  # came late to something else
        pupil_3=Entry(Minutes(50), activity=Activity.EXCURSION),  # but was here
    )
    with pytest.raises(MinutesDoNotAddUp) as refused:
        save(sheet(), wrong, TEACHER, START, 1)
    told = [fault.field for fault in refused.value.faults]
    assert told == ["rows.0.lateMinutes", "rows.1.lateMinutes", "rows.3.otherAttendanceKind"]


def test_a_lesson_that_is_not_held_has_nobody_absent() -> None:
    away = Entry(Minutes(0, invalid=50))
    saved, _ = save(sheet(), rows(pupil_1=away), TEACHER, START, 1)
    with pytest.raises(ChangedMeanwhile):
        cancel(saved, NotHeld.PREMISES, 1)
    cancelled = cancel(saved, NotHeld.PREMISES, saved.version)
    assert (cancelled.entries, cancelled.is_reported, cancelled.not_held) == ({}, False, NotHeld.PREMISES)
    assert deviations_changed(saved, cancelled) == {ROSTER[1]: None}
    with pytest.raises(LessonNotHeld):
        save(cancelled, rows(), TEACHER, START, cancelled.version)
    restored = cancel(cancelled, None, cancelled.version)
    assert save(restored, rows(), TEACHER, START, restored.version)[0].is_reported
    assert cancel(restored, None, restored.version) is restored


def test_a_lesson_over_midnight_does_not_exist() -> None:
    evening = datetime(2026, 11, 23, 22, 30, tzinfo=UTC)  # half past eleven in Sweden
    assert is_on_one_day(evening, evening + timedelta(minutes=29))
    assert not is_on_one_day(evening, evening + timedelta(minutes=30))
    assert not is_on_one_day(evening, evening)
    turned = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)  # over the repeated hour: ninety minutes are ninety
    assert is_on_one_day(turned, turned + timedelta(minutes=90))


@given(st.integers(0, 60), st.integers(0, 50))
def test_who_checked_in_late_is_expected_so(late: int, notified: int) -> None:
    entry = expected(sheet(), notified, Reason.OTHER, late)
    assert entry.minutes.total == 50
    assert entry.late == (min(late, 49) if not notified else 0)
    save(sheet(), rows(pupil_0=entry), TEACHER, START, 1)

"""Sums of attendance: which lessons count, on which Swedish day, once."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from functions.attendance.domain import totals
from functions.attendance.domain.absence import Reason
from functions.attendance.domain.lesson import Entry, Minutes, Sheet
from functions.attendance.domain.totals import GroupDay, Sums
from skolkit.clock import LOCAL
from skolkit.types import GroupId, LessonId, PersonId, UnitId

GROUP, UNIT = GroupId("group"), UnitId("unit")
ANNA, BO = PersonId("anna"), PersonId("bo")


def sheet(at: str, *, minutes: int = 40, lesson: str = "lesson", **rows: tuple[int, int, int]) -> Sheet:
    """A sheet by local time; reported when there are `rows` of attendance, valid and invalid minutes."""
    start = datetime.fromisoformat(at).replace(tzinfo=LOCAL).astimezone(UTC)
    made = Sheet(
        LessonId(lesson), GROUP, UNIT, "MA", start, start + timedelta(minutes=minutes), (), (ANNA, BO), {}
    )
    if not rows:
        return made
    entries = {PersonId(pupil): Entry(Minutes(*row)) for pupil, row in rows.items()}
    return replace(made, entries={BO: Entry(Minutes(minutes))} | entries, reported_at=made.end)


def counted(day: date, *sheets: Sheet, planned: tuple[str, ...] = ()) -> GroupDay:
    return totals.group_day(GROUP, day, [LessonId(p) for p in planned], sheets, UNIT)


def of(pupil: PersonId, *days: GroupDay) -> Sums:
    return totals.of_pupil([pupil], days).get("", Sums())


def test_a_reported_lesson_counts_by_minutes() -> None:
    day = counted(date(2026, 11, 23), sheet("2026-11-23T08:00", anna=(20, 5, 15)))
    sums = of(ANNA, day)
    assert (sums.attendance, sums.valid, sums.invalid) == (20, 5, 15)
    assert (sums.reported, sums.offered, sums.lessons, sums.late) == (40, 40, 1, 1)
    assert of(BO, day).late == 0
    assert sums.share(sums.invalid) == 37.5


def test_an_unreported_lesson_counts_only_while_it_is_planned() -> None:
    plain = sheet("2026-11-23T08:00")
    assert of(ANNA, counted(date(2026, 11, 23), plain, planned=("lesson",))) == Sums(
        offered=40, lessons=1, unreported=1
    )
    assert counted(date(2026, 11, 23), plain).lessons == ()


def test_a_reported_lesson_counts_also_when_the_timetable_has_it_no_longer() -> None:
    assert of(ANNA, counted(date(2026, 11, 23), sheet("2026-11-23T08:00", anna=(0, 0, 40)))).invalid == 40


def test_a_lesson_moved_to_another_day_counts_on_the_day_of_its_sheet() -> None:
    moved = sheet("2026-11-24T08:00", anna=(40, 0, 0))
    assert counted(date(2026, 11, 23), moved, planned=("lesson",)).lessons == ()
    assert of(ANNA, counted(date(2026, 11, 24), moved)).attendance == 40


def test_days_and_months_are_swedish() -> None:
    late = sheet("2026-10-31T23:30", anna=(40, 0, 0))
    day = counted(date(2026, 10, 31), late)
    assert totals.of_pupil([ANNA], [day], "month").keys() == {"2026-10"}
    assert totals.of_pupil([ANNA], [day], "hour").keys() == {"23"}
    early = sheet("2026-11-01T00:10", anna=(40, 0, 0))
    assert early.start.astimezone(LOCAL).date() == date(2026, 11, 1)
    assert counted(date(2026, 11, 1), early).lessons
    assert not counted(date(2026, 10, 31), early).lessons


def test_lessons_around_the_change_of_the_clock_are_as_long_as_they_are() -> None:
    """On 25 October 2026 the hour from two to three comes twice, on 28 March 2027 not at all."""
    for day, hours in ((date(2026, 10, 25), 25), (date(2027, 3, 28), 23)):
        first = datetime.combine(day, datetime.min.time(), LOCAL)
        last = datetime.combine(day + timedelta(days=1), datetime.min.time(), LOCAL)
        assert (last.timestamp() - first.timestamp()) / 3600 == hours
        sheets = [
            sheet(f"{day}T{hour:02}:00", lesson=f"{hour}", anna=(0, 0, 40)) for hour in (0, 1, 4, 12, 23)
        ]
        found = counted(day, *sheets)
        assert of(ANNA, found).invalid == 5 * 40
        assert list(totals.of_pupil([ANNA], [found], "hour")) == ["00", "01", "04", "12", "23"]


def test_two_records_of_a_pupil_on_one_list_are_one_lesson() -> None:
    day = counted(date(2026, 11, 23), sheet("2026-11-23T08:00", anna=(0, 0, 40), bo=(40, 0, 0)))
    assert totals.of_pupil([ANNA, BO], [day])[""] == of(ANNA, day)
    assert totals.of_pupil([BO, ANNA], [day])[""] == of(BO, day)


def test_leave_is_counted_in_days() -> None:
    leave = [
        sheet(f"2026-11-{day}T{hour:02}:00", lesson=f"{day}{hour}", anna=(0, 40, 0))
        for day in (23, 24) for hour in (8, 9)
    ]  # fmt: skip
    away = Entry(Minutes(0, 40), _leave())
    leave = [replace(one, entries=dict(one.entries) | {ANNA: away}) for one in leave]
    days = [counted(date(2026, 11, n), *leave) for n in (23, 24)]
    assert (of(ANNA, *days).leave, of(ANNA, *days).valid) == (2, 160)


def _leave() -> Reason:
    return totals.LEAVE  # type: ignore[return-value]


def test_what_has_not_ended_is_not_counted_yet() -> None:
    one = sheet("2026-11-23T08:00", anna=(40, 0, 0))
    day = counted(date(2026, 11, 23), one)
    assert totals.of_pupil([ANNA], [day], None, one.end - timedelta(minutes=1)) == {}
    assert totals.of_pupil([ANNA], [day], None, one.end)

"""The two nights of the year when the clock is turned (directive 2000/84/EC): notices, sweeps, deliveries,
leave, sums and CSN's months mean Swedish days and clock times, and waiting means real minutes.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from functions.attendance.domain import csn, gaps, leave, totals
from functions.attendance.domain.absence import Span
from functions.attendance.domain.lesson import Entry, Minutes, Sheet, is_on_one_day
from functions.attendance.usecases import notices
from functions.messages.domain import deliveries
from functions.messages.domain.deliveries import Channel, Kind
from infra.areas import load_all
from skolkit.clock import LOCAL, local, today
from skolkit.sweden.calendar import is_workday
from skolkit.types import GroupId, LessonId, PersonId, UnitId

SPRING, AUTUMN = date(2026, 3, 29), date(2026, 10, 25)
SUNDAYS = pytest.mark.parametrize("sunday", [SPRING, AUTUMN])
DAY = timedelta(days=1)


@SUNDAYS
def test_a_notice_covers_the_minutes_there_are(sunday: date) -> None:
    """Of a stay from midnight to half past four: three and a half hours in spring, five and a half in autumn;
    a part from one to four is two or four.
    """
    night = local(sunday, time(0)), local(sunday, time(4, 30))
    real = int((night[1] - night[0]).total_seconds()) // 60
    assert real == (210 if sunday == SPRING else 330)
    assert Span(sunday, sunday).minutes_of(*night) == real
    part = Span(sunday, sunday, time(1), time(4))
    assert part.minutes_of(*night) == (120 if sunday == SPRING else 240)
    missed = gaps.Missed(LessonId("l"), *night)
    assert gaps.is_explained(missed, [part])
    assert not gaps.is_explained(missed, [Span(sunday - DAY, sunday - DAY), Span(sunday + DAY, sunday + DAY)])


@SUNDAYS
@pytest.mark.parametrize("days", [-2, -1, 0, 1])
def test_an_evening_closes_its_own_day(sunday: date, days: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """By the clock at 16:30 and 18:30, and when it is as late as a quarter to five in the night."""
    day = sunday + timedelta(days=days)
    for at in (local(day, time(16, 30)), local(day, time(18, 30)), local(day + DAY, time(4, 45))):
        monkeypatch.setattr(notices, "now", lambda at=at: at)
        assert notices.day_to_sweep() == day
    assert local(day, gaps.PROVEN).astimezone(LOCAL).time() == gaps.PROVEN


@SUNDAYS
def test_no_lesson_goes_over_midnight_and_a_lesson_in_the_night_of_change_is_on_one_day(sunday: date) -> None:
    for day in (sunday - DAY, sunday, sunday + DAY):
        late, midnight = local(day, time(23, 30)), local(day + DAY, time(0))
        assert is_on_one_day(late, midnight - timedelta(minutes=1))
        assert not is_on_one_day(late, midnight)
    before, after = local(sunday, time(1, 45)), local(sunday, time(3, 15))
    assert is_on_one_day(before, after)
    assert is_on_one_day(after - timedelta(minutes=20), after)


@SUNDAYS
def test_waiting_is_real_minutes_and_the_day_is_the_clocks(sunday: date) -> None:
    at = local(sunday, time(1, 50))
    looked, again = deliveries.look_again(Channel.MAIL, True, at), deliveries.try_again(1, at)
    assert looked == at + deliveries.RULES.confirm
    assert again == at + deliveries.RULES.retry
    claimed = deliveries.Delivery(deliveries.State.CLAIMED, Channel.MAIL, local(sunday, time(1, 59)))
    assert not deliveries.may_send(claimed, claimed.at + timedelta(minutes=1))
    assert deliveries.may_send(claimed, claimed.at + timedelta(minutes=3))
    for day in (sunday - DAY, sunday):
        assert not deliveries.is_late(Kind.ABSENCE, day, local(day, time(23, 59)))
        assert deliveries.is_late(Kind.ABSENCE, day, local(day + DAY, time(7, 1)))


@SUNDAYS
def test_leave_over_the_change_is_counted_in_school_days(sunday: date) -> None:
    friday, tuesday = sunday - 2 * DAY, sunday + 2 * DAY
    over = Span(friday, tuesday)
    assert leave.school_days(over, is_workday) == 3
    assert leave.marked_days(over) == [friday, sunday + DAY, tuesday]
    beside = Span(friday, friday), [Span(sunday + DAY, tuesday)]
    assert leave.in_a_row(*beside, is_workday) == 3
    assert not leave.is_due(friday, sunday, 2, is_workday)
    assert leave.is_due(friday, tuesday, 2, is_workday)


@SUNDAYS
def test_sums_and_months_are_by_the_clock_on_both_sides(sunday: date) -> None:
    """A lesson at ten past eight is one of the hour 08, and late on the last evening of a month is that
    month's.
    """
    for day in (sunday - 2 * DAY, sunday + DAY):
        found = totals.group_day(GroupId("g"), day, [], [_sheet(local(day, time(8, 10)))], UnitId("u"))
        (lesson,) = found.lessons
        assert totals.key_of("hour", found, lesson) == "08"
        assert totals.key_of("weekday", found, lesson) == str(day.isoweekday())
        assert (lesson.minutes, lesson.of(PersonId("p")).invalid) == (40, 40)
    last = (sunday.replace(day=28) + 4 * DAY).replace(day=1) - DAY
    missed = csn.Missed(LessonId("l"), local(last, time(23, 30)), "Matematik", 20)
    assert missed.day == last
    assert csn.month_before(last + DAY) == last.replace(day=1)


def _sheet(start: datetime) -> Sheet:
    whole = Entry(Minutes(0, 0, 40))
    sheet = Sheet(
        LessonId("l"), GroupId("g"), UnitId("u"), "Matematik", start, start + timedelta(minutes=40), (),
        (PersonId("p"),), {PersonId("p"): whole},
    )  # fmt: skip
    return replace(sheet, reported_by=PersonId("t"), reported_at=start)


def test_nothing_is_to_happen_in_the_hour_that_is_not_there() -> None:
    """EventBridge Scheduler leaves out what is to happen at 02:30 on the day when the clock goes forward."""
    missing = datetime.combine(SPRING, time(2, 30), ZoneInfo("Europe/Stockholm")).astimezone(UTC)
    assert today(missing) == SPRING
    assert missing.astimezone(LOCAL).hour == 3
    at = {
        f"{area.name}.{trigger.name}": trigger.source[0].removeprefix("cron(").split()[1]
        for area in load_all() for trigger in area.triggers
        if trigger.kind == "schedule" and trigger.source[0].startswith("cron(")
    }  # fmt: skip
    assert len(at) > 9
    assert [name for name, hour in at.items() if "2" in hour.replace("-", ",").split(",")] == []

"""Events as a file (RFC 5545): what is put in comes out again, in the right hour of every week."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import Any

import pytest
from dateutil.tz import tzical  # type: ignore[import-untyped]
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar

from functions.exchange.domain import calendars as rules
from functions.exchange.domain.calendars import Event
from functions.exchange.domain.days_off import spans
from functions.exchange.usecases.calendar_files import calendar_file
from skolkit.clock import local
from skolkit.sweden.calendar import SchoolYear, default_calendar, is_workday, open_year
from skolkit.types import UnitId, new_id, stable_id

AT = datetime(2026, 11, 27, 8, 0, tzinfo=UTC)
YEAR = SchoolYear(2026)
UNIT = UnitId(stable_id("unit", "1"))


def file(*events: Event, name: str = "") -> str:
    return calendar_file(name, events, AT).ical


def read(text: str) -> list[Mapping[str, Any]]:
    return list(Calendar.from_ical(text).walk("VEVENT"))


def lesson(start: datetime, **more: Any) -> Event:
    fields: dict[str, Any] = {"uid": new_id(), "start": start, "end": start + timedelta(minutes=40)}
    return Event(**fields | {"summary": "Matematik", "place": "A1", "sequence": 3, "changed": AT} | more)


@pytest.mark.parametrize(
    ("day", "offset"),
    [
        (date(2026, 10, 23), "+0200"), (date(2026, 10, 25), "+0100"), (date(2026, 10, 26), "+0100"),
        (date(2027, 3, 26), "+0100"), (date(2027, 3, 28), "+0200"), (date(2027, 3, 29), "+0200"),
    ],
)  # fmt: skip
def test_ten_past_eight_is_ten_past_eight_on_both_sides_of_a_change_of_the_clock(
    day: date, offset: str
) -> None:
    """Read by the rules that are in the file, and not by what the computer knows of Stockholm."""
    text = file(lesson(local(day, time(8, 10))))
    assert f"DTSTART;TZID=Europe/Stockholm:{day:%Y%m%d}T081000" in text
    zone = zone_in(text)
    assert datetime.combine(day, time(8, 10), zone).strftime("%z") == offset
    assert datetime.combine(day, time(8, 10), zone) == local(day, time(8, 10))


def zone_in(text: str) -> Any:
    """The file's own time zone, read by another library (dateutil)."""
    from io import StringIO

    begin, end = text.index("BEGIN:VTIMEZONE"), text.index("END:VTIMEZONE") + len("END:VTIMEZONE")
    return tzical(StringIO(text[begin:end] + "\r\n")).get("Europe/Stockholm")


@given(
    st.integers(0, 16 * 365 * 24 * 60).map(lambda n: datetime(2020, 1, 1, tzinfo=UTC) + timedelta(minutes=n)),
    st.timedeltas(timedelta(0), timedelta(hours=8)),
)
def test_every_instant_is_the_same_when_it_is_read(start: datetime, length: timedelta) -> None:
    start = start.replace(microsecond=0)
    end = start + timedelta(seconds=length.seconds)
    text = file(lesson(start, end=end))
    (event,) = read(text)
    assert (event["dtstart"].dt, event["dtend"].dt) == (start, end)
    if event["dtstart"].dt.tzinfo != UTC:
        zone = zone_in(text)
        assert event["dtstart"].dt.replace(tzinfo=zone).astimezone(UTC) == start


def test_the_hour_that_comes_twice_is_said_in_utc() -> None:
    first, second = datetime(2026, 10, 25, 0, 30, tzinfo=UTC), datetime(2026, 10, 25, 1, 30, tzinfo=UTC)
    text = file(lesson(first), lesson(second))
    assert [event["dtstart"].dt for event in read(text)] == [first, second]
    assert "DTSTART:20261025T003000Z" in text


texts = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Zl", "Zp"]), max_size=200)


@given(texts.filter(str.strip), texts, texts)
def test_whatever_is_said_comes_out_again_in_short_lines(summary: str, place: str, name: str) -> None:
    text = file(lesson(AT, summary=summary, place=place), name=name)
    (event,) = read(text)
    assert str(event["summary"]) == summary
    assert str(event.get("location", "")) == place
    assert str(Calendar.from_ical(text)["x-wr-calname"]) == (name or "Skolan")
    lines = text.split("\r\n")
    assert lines[-1] == ""
    assert all(len(line.encode()) <= 75 and "\n" not in line and "\r" not in line for line in lines)


@given(texts.map(lambda said: said + "\r\nATTENDEE:mailto:x@example.org\nBEGIN:VALARM"))
def test_no_text_can_add_a_line_of_its_own(said: str) -> None:
    text = file(lesson(AT, summary=said, place=said))
    (event,) = read(text)
    assert "attendee" not in event
    assert event.subcomponents == []  # type: ignore[attr-defined]


def test_a_file_says_what_it_is_and_how_often_to_come() -> None:
    (event,) = read(text := file(lesson(AT, link="https://mote.example.org/a?b=c;d,e")))
    for line in (
        "VERSION:2.0", "METHOD:PUBLISH", "NAME:Skolan", "X-WR-CALNAME:Skolan", "X-PUBLISHED-TTL:PT6H",
        "REFRESH-INTERVAL;VALUE=DURATION:PT6H", "TRANSP:OPAQUE", "CLASS:PRIVATE", "SEQUENCE:3",
        "LAST-MODIFIED:20261127T080000Z", "DTSTAMP:20261127T080000Z",
    ):  # fmt: skip
        assert line in text.split("\r\n"), line
    assert event["url"] == "https://mote.example.org/a?b=c;d,e"
    assert read(file()) == []
    assert "VTIMEZONE" not in file()


def test_the_same_events_make_the_same_file() -> None:
    events = [lesson(local(date(2027, 3, day), time(8, 10))) for day in (26, 29)]
    assert file(*events) == calendar_file("", events, AT + timedelta(days=9)).ical


def test_thirty_weeks_of_a_teacher_are_below_400_kilobytes() -> None:
    events = [
        lesson(
            local(date(2026, 11, 2) + timedelta(days=day), time(8 + number, 10)),
            summary="Svenska som andraspråk · 8ABC grupp 2", place="Hus C, sal 214",
        )
        for day in range(30 * 7)
        if day % 7 < 5
        for number in range(5)
    ]  # fmt: skip
    assert len(events) == 750
    assert len(file(*events).encode()) < 400_000


def test_events_of_the_window_each_once_the_latest_change_counts() -> None:
    first, last = rules.window(date(2026, 11, 27))
    assert ((last - first).days, first.weekday()) == (210, 4)
    inside = [lesson(local(day, time(0, 30))) for day in (first, last)]
    outside = [lesson(local(day, time(12))) for day in (first - timedelta(days=1), last + timedelta(days=1))]
    old = lesson(local(last, time(12)), sequence=1)
    new = lesson(local(last, time(13)), uid=old.uid, sequence=2)
    assert rules.in_order([new, *inside, old, *outside], first, last) == [*inside, new]


def test_every_day_without_school_is_in_a_span_and_no_school_day_is() -> None:
    year = default_calendar(YEAR)
    found = spans({YEAR: [year]})
    days = {
        span.first + timedelta(days=n) for span in found for n in range((span.last - span.first).days + 1)
    }
    day = YEAR.start
    while day <= YEAR.end:
        if year.is_school_day(day):
            assert day not in days, day
        elif day.weekday() < 5:
            assert day in days, day
        day += timedelta(days=1)
    assert all(one.last < two.first for one, two in pairwise(found))
    assert [span.name for span in found] == [
        "Sommarlov", "Studiedag", "Lov", "Studiedag", "Jullov", "Studiedag", "Lov", "Studiedag", "Påsklov",
        "Lov", "Sommarlov",
    ]  # fmt: skip


def test_a_summer_is_one_break_over_the_turn_of_the_school_years() -> None:
    years = {year: [default_calendar(year)] for year in (SchoolYear(2025), YEAR)}
    summers = [span for span in spans(years) if span.first < date(2026, 7, 1) <= span.last]
    (summer,) = summers
    gone = summer.first - default_calendar(SchoolYear(2025)).spring.last
    assert timedelta(0) < gone <= timedelta(days=4)
    assert summer.last < default_calendar(YEAR).autumn.first


def test_only_what_is_off_at_all_units_is_off_for_whoever_works_at_several() -> None:
    found = spans({YEAR: [default_calendar(YEAR), open_year(YEAR)]})
    assert all(not is_workday(span.first) for span in found)
    assert "Nyårsdagen" in {span.name for span in found}
    assert spans({YEAR: []}) == []


def test_a_break_keeps_its_uid_and_ends_the_day_after() -> None:
    one = rules.day_off("Jullov", date(2026, 12, 21), date(2027, 1, 6), [UNIT])
    longer = rules.day_off("Jullov", date(2026, 12, 21), date(2027, 1, 7), [UNIT])
    assert (one.uid, one.end, one.busy) == (longer.uid, date(2027, 1, 7), False)
    (event,) = read(file(one))
    assert event["dtstart"].to_ical() == b"20261221"
    assert event["dtstart"].params["VALUE"] == "DATE"

"""The rules of the weekly digest: which week, when it is too late, who is told alike."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.messages.domain.deliveries import AlwaysSent, Channel, Kind, Wishes, checked
from functions.messages.domain.digest import (
    RULES,
    Digest,
    DigestRules,
    Week,
    alike,
    is_late,
    may_be_told,
)
from functions.messages.domain.templates import TEMPLATES
from skolkit.clock import LOCAL, local
from skolkit.types import PersonId

DAYS = st.dates(date(2020, 1, 1), date(2040, 12, 31))


def test_it_goes_out_on_sunday_at_five_summer_and_winter() -> None:
    assert RULES.schedule == "cron(0 17 ? * SUN *)"
    assert DigestRules(weekday="FRI", at=time(15, 30)).schedule == "cron(30 15 ? * FRI *)"
    spring, autumn = Week(date(2026, 3, 29)), Week(date(2026, 10, 25))
    assert local(spring.day, RULES.at) == datetime(2026, 3, 29, 15, tzinfo=UTC)
    assert local(autumn.day, RULES.at) == datetime(2026, 10, 25, 16, tzinfo=UTC)


@given(DAYS)
def test_a_week_is_closed_once_and_named_alike_until_the_next(day: date) -> None:
    week = Week.closed_on(day)
    assert week.day.strftime("%a") == "Sun"
    assert 0 <= (day - week.day).days < 7
    assert week.first <= week.day < week.coming[0] <= week.coming[1]
    assert week.day - week.first == timedelta(days=6)
    assert Week.closed_on(week.day + timedelta(days=6)).id == week.id
    assert Week.closed_on(week.day + timedelta(days=7)).id != week.id


@given(DAYS, st.integers(0, 48 * 60))
def test_it_is_late_a_day_after_its_time(day: date, minutes: int) -> None:
    at = local(Week.closed_on(day).day, RULES.at) + timedelta(minutes=minutes)
    assert is_late(Week.closed_on(day), at) == (minutes > 24 * 60)
    assert at.astimezone(LOCAL).hour is not None


@given(
    st.dictionaries(st.uuids().map(lambda u: PersonId(str(u))), st.builds(Digest, *[st.integers(0, 2)] * 5))
)
def test_everybody_with_something_is_told_it_once(digests: dict[PersonId, Digest]) -> None:
    told = [(person, values) for values, people in alike(digests) for person in people]
    assert sorted(person for person, _ in told) == sorted(p for p, d in digests.items() if d != Digest())
    assert all(values == digests[person].values() for person, values in told)
    assert len(list(alike(digests))) == len({d for d in digests.values() if d != Digest()})


def test_a_protected_home_is_not_told() -> None:
    home, child, other = PersonId("home"), PersonId("child"), PersonId("other")
    assert may_be_told(home, [child, other], [])
    assert not may_be_told(home, [child, other], [home])
    assert not may_be_told(home, [child, other], [other])


def test_the_text_counts_what_there_is() -> None:
    template = TEMPLATES["digest"]
    assert template.kind is Kind.DIGEST
    assert set(template.lines) == set(Digest(1, 1, 1, 1, 1, 1).values())
    _, text = template.write("sv", {"name": "", "text": "", **Digest(news=2, leave=1).values()})
    assert text == "Olästa nyheter: 2\nBeviljad ledighet kommande vecka: 1\n\nLogga in för att se mer."
    assert template.write("en", {"absence": "40"})[1].startswith("Absence this week, minutes: 40")


def test_what_is_turned_off() -> None:
    for kind in (Kind.DIGEST, Kind.NEWS, Kind.MESSAGE):
        assert checked(Wishes(kinds={kind: ()})).order(kind) == ()
    for kind in (Kind.ABSENCE, Kind.REMINDER):
        with pytest.raises(AlwaysSent):
            checked(Wishes(kinds={kind: ()}))
    assert Wishes().order(Kind.DIGEST)[0] is Channel.PUSH

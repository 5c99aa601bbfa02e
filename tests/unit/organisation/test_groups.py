"""Groups keep their history: who comes and goes changes only the days from then on."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.organisation.domain.groups import DatedGroup, MembershipEndsBeforeStart, Post, Stay
from skolkit.types import GroupId, PersonId, UnitId

FIRST = date(2026, 8, 18)
span = st.integers(0, 60).map(lambda n: FIRST + timedelta(days=n))
people = st.sampled_from([PersonId("a"), PersonId("b"), PersonId("c")])


def group(*stays: Stay) -> DatedGroup:
    return DatedGroup(
        id=GroupId("7b"),
        unit=UnitId("u"),
        name="7B",
        kind="klass",
        stays=stays,
        mentors=frozenset({Post(PersonId("m"))}),
    )


@st.composite
def histories(draw: st.DrawFn) -> DatedGroup:
    made = group()
    for _ in range(draw(st.integers(0, 6))):
        start = draw(span)
        length = draw(st.none() | st.integers(0, 30))
        end = None if length is None else start + timedelta(days=length)
        made = made.with_member(Stay(draw(people), start, end))
    return made


@given(histories(), people, span, span)
def test_a_new_membership_changes_no_earlier_day_and_nobody_else(
    before: DatedGroup, person: PersonId, start: date, day: date
) -> None:
    after = before.with_member(Stay(person, start))
    assert set(after.on(day).members) - {person} == set(before.on(day).members) - {person}
    if day >= start:
        assert person in after.on(day).members
    else:
        assert (person in after.on(day).members) == (person in before.on(day).members)


@given(histories(), people, span, span)
def test_whoever_leaves_is_gone_from_that_day_on(
    before: DatedGroup, person: PersonId, left: date, day: date
) -> None:
    after = before.without_member(person, left)
    still = person in before.on(day).members and day < left
    assert (person in after.on(day).members) == still


@given(histories(), people, span)
def test_saying_it_twice_changes_nothing(before: DatedGroup, person: PersonId, start: date) -> None:
    once = before.with_member(Stay(person, start))
    assert once.with_member(Stay(person, start)) == once


@given(histories(), span)
def test_what_is_kept_with_people_says_the_same(made: DatedGroup, day: date) -> None:
    members = {
        p for p, parts in made.parts().items() if any(x.part == "member" and x.covers(day) for x in parts)
    }
    assert members == set(made.on(day).members)
    assert [part.part for part in made.parts()[PersonId("m")]] == ["mentor"]


def test_a_membership_does_not_end_before_it_starts() -> None:
    with pytest.raises(MembershipEndsBeforeStart):
        group().with_member(Stay(PersonId("a"), FIRST, FIRST - timedelta(days=1)))

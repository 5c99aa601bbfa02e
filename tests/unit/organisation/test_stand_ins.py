"""Nobody delegates more than they have or what is theirs in person, and a substitute has exactly the lessons
and the time they were appointed for.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.organisation.domain import stand_ins as rules
from functions.organisation.domain.stand_ins import Delegation, Substitution, TaughtLesson
from skolkit.errors import DomainError
from skolkit.types import GroupId, LessonId, PersonId, UnitId

UNIT, MONDAY = UnitId("unit"), date(2026, 11, 23)
DRAFT = Delegation(
    id="1", unit=UNIT, by=PersonId("principal"), to=PersonId("deputy"),
    actions=frozenset({"attendance:read_sweep"}), basis="skollagen 2:10", start=MONDAY,
    end=MONDAY + timedelta(days=30), rules="2026-1",
)  # fmt: skip
OWN = {"attendance:read_sweep", "organisation:delegate", "grades:issue_final_grades"}
EIGHT = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)  # eight o'clock in Sweden
LESSON = TaughtLesson(
    LessonId("lesson"), UNIT, GroupId("7b"), (PersonId("ill"),), EIGHT, EIGHT + timedelta(minutes=60)
)
SUBSTITUTION = Substitution(
    id="2", unit=UNIT, to=PersonId("substitute"), replaces=PersonId("ill"),
    start=EIGHT - timedelta(hours=1), end=EIGHT + timedelta(days=2),
)  # fmt: skip


def refused(draft: Delegation, *, employed: bool = True) -> type[DomainError]:
    with pytest.raises(DomainError) as refusal:
        rules.delegate(draft, OWN, employed=employed)
    return type(refusal.value)


def test_what_one_may_do_oneself_can_be_delegated() -> None:
    assert rules.delegate(DRAFT, OWN, employed=True) == DRAFT


def test_never_more_than_one_has_oneself() -> None:
    """Skollagen 2:10."""
    more = replace(DRAFT, actions=DRAFT.actions | {"register:import"})
    assert refused(more) is rules.MoreThanYouHave


@pytest.mark.parametrize(
    ("action", "law"),
    [("grades:issue_final_grades", "SkolF 6:14"), ("organisation:delegate", "skollagen 2:10")],
)
def test_what_is_decided_in_person_is_refused_with_its_paragraph(action: str, law: str) -> None:
    with pytest.raises(rules.DecidedInPerson) as refusal:
        rules.delegate(replace(DRAFT, actions=frozenset({action})), OWN, employed=True)
    assert law in refusal.value.said.sv


def test_only_to_somebody_else_at_the_unit_and_for_a_time() -> None:
    assert refused(replace(DRAFT, to=DRAFT.by)) is rules.InYourOwnStead
    assert refused(DRAFT, employed=False) is rules.NotEmployedHere
    assert refused(replace(DRAFT, end=MONDAY - timedelta(days=1))) is rules.PeriodEndsBeforeStart
    assert refused(replace(DRAFT, end=MONDAY + timedelta(days=401))) is rules.PeriodTooLong


def test_what_becomes_reserved_later_is_gone_from_what_was_given() -> None:
    given = replace(DRAFT, actions=frozenset({"attendance:read_sweep", "organisation:delegate"}))
    assert given.powers() == {"attendance:read_sweep"}


@given(st.integers(-40, 80), st.integers(-40, 80))
def test_a_delegation_holds_between_its_days_and_until_it_is_revoked(day: int, revoked: int) -> None:
    on, ended = MONDAY + timedelta(days=day), MONDAY + timedelta(days=revoked)
    assert DRAFT.covers(on) == (0 <= day <= 30)
    assert DRAFT.revoked(ended).covers(on) == (0 <= day <= 30 and day < revoked)


def has(lesson: TaughtLesson, at: datetime, one: Substitution = SUBSTITUTION) -> bool:
    return one.has_lesson(lesson, at)


def test_a_substitute_has_the_lesson_on_its_day_only() -> None:
    assert has(LESSON, EIGHT)
    assert has(LESSON, EIGHT - rules.EARLY)
    assert not has(LESSON, EIGHT - rules.EARLY - timedelta(seconds=1))
    assert has(LESSON, EIGHT + timedelta(hours=15, minutes=59))
    assert not has(LESSON, EIGHT + timedelta(hours=16))  # midnight


def test_and_no_other_lesson() -> None:
    assert not has(replace(LESSON, teachers=(PersonId("well"),)), EIGHT)
    assert not has(replace(LESSON, unit=UnitId("elsewhere")), EIGHT)
    assert not has(replace(LESSON, start=SUBSTITUTION.start - timedelta(minutes=1)), EIGHT)
    assert not has(replace(LESSON, end=SUBSTITUTION.end + timedelta(minutes=1)), EIGHT)
    for narrow in ({"group": GroupId("8c")}, {"lesson": LessonId("another")}):
        assert not has(LESSON, EIGHT, replace(SUBSTITUTION, **narrow))
    for fitting in ({"group": GroupId("7b")}, {"lesson": LessonId("lesson")}):
        assert has(LESSON, EIGHT, replace(SUBSTITUTION, **fitting))


@given(st.integers(-3000, 3000))
def test_a_revoked_substitution_gives_nothing_more(minutes: int) -> None:
    at = EIGHT + timedelta(minutes=minutes)
    gone = SUBSTITUTION.revoked(EIGHT)
    assert not (has(LESSON, at, gone) and at >= EIGHT)


def test_a_class_list_goes_with_a_group_and_not_with_a_single_lesson() -> None:
    staff = {PersonId("ill")}
    group = GroupId("7b")
    assert SUBSTITUTION.has_group(UNIT, group, staff, EIGHT)
    assert not SUBSTITUTION.has_group(UNIT, group, {PersonId("well")}, EIGHT)
    assert not SUBSTITUTION.has_group(UnitId("elsewhere"), group, staff, EIGHT)
    assert not SUBSTITUTION.has_group(UNIT, group, staff, SUBSTITUTION.end + timedelta(seconds=1))
    assert not replace(SUBSTITUTION, lesson=LESSON.id).has_group(UNIT, group, staff, EIGHT)
    assert not replace(SUBSTITUTION, group=GroupId("8c")).has_group(UNIT, group, staff, EIGHT)


def test_nobody_replaces_themselves_or_somebody_from_elsewhere() -> None:
    assert rules.substitute(SUBSTITUTION, employed=True) == SUBSTITUTION
    for draft, employed, reason in (
        (replace(SUBSTITUTION, replaces=SUBSTITUTION.to), True, rules.InYourOwnStead),
        (SUBSTITUTION, False, rules.NotEmployedHere),
        (replace(SUBSTITUTION, end=EIGHT - timedelta(days=1)), True, rules.PeriodEndsBeforeStart),
        (replace(SUBSTITUTION, end=EIGHT + timedelta(days=300)), True, rules.PeriodTooLong),
    ):
        with pytest.raises(reason):
            rules.substitute(draft, employed=employed)

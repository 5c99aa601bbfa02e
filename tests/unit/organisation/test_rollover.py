"""Who goes on, who leaves and which class follows which when a school year ends."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.organisation.domain.composition import Candidate, Mark, Rule, Term, compose
from functions.organisation.domain.groups import (
    DatedGroup,
    GroupEndsBeforeStart,
    OutsideTheGroupsTime,
    Post,
    Stay,
)
from functions.organisation.domain.ladder import FKLASS, GR, GRAN, GY, GYAN, SAM, SP, NoSuchLadder, ladder
from functions.organisation.domain.rollover import (
    PupilYear,
    UnitPlan,
    after,
    changed_since,
    formed,
    plan_unit,
    successor,
    undo,
)
from skolkit.sweden.codes import SchoolForm
from skolkit.types import GroupId, PersonId, UnitId

FIRST, LAST = date(2027, 7, 1), date(2027, 6, 30)
AUTUMN = date(2026, 8, 18)
TODAYS = ladder(FIRST)


def pupil(name: str, year: int | None = 7, form: SchoolForm = GR, **more: object) -> PupilYear:
    return replace(PupilYear(PersonId(name), form, year, None), **more)  # type: ignore[arg-type]


def klass(name: str, *members: str, kind: str = "klass", **more: object) -> DatedGroup:
    made = DatedGroup(
        id=GroupId(name),
        unit=UnitId("u"),
        name=name,
        kind=kind,  # type: ignore[arg-type]
        stays=tuple(Stay(PersonId(m), AUTUMN) for m in members),
        mentors=frozenset({Post(PersonId("mentor"))}),
    )
    return replace(made, **more)  # type: ignore[arg-type]


def plan(pupils: list[PupilYear], *groups: DatedGroup, last: int = 9) -> UnitPlan:
    return plan_unit(pupils, list(groups), TODAYS, {GR: last}, FIRST)


@pytest.mark.parametrize(("form", "last"), [(GR, 9), (GRAN, 9), (SP, 10), (GY, 3), (GYAN, 4)], ids=str)
def test_every_form_has_its_last_year(form: SchoolForm, last: int) -> None:
    """Skollagen 10:4, 11:6, 12:4, 16:15, 19:17."""
    assert TODAYS.steps[form, last] is None
    assert TODAYS.steps[form, last - 1] == (form, last)


def test_preschool_class_and_sami_school_lead_into_compulsory_school() -> None:
    assert (TODAYS.steps[FKLASS, 0], TODAYS.steps[SAM, 6]) == ((GR, 1), (GR, 7))


def test_a_ten_year_school_is_only_for_a_rollover_that_names_it() -> None:
    day = date(2028, 7, 1)
    assert ladder(day).id == "2011"
    steps = ladder(day, "ten-year-2028").steps
    assert (steps[FKLASS, 0], steps[GR, 1], steps[GR, 8], steps[GR, 9]) == ((GR, 2), (GR, 3), (GR, 10), None)
    for named, first in (("ten-year-2028", FIRST), ("nonsense", day)):
        with pytest.raises(NoSuchLadder):
            ladder(first, named)


def test_a_class_is_followed_by_one_with_the_same_members_and_mentors() -> None:
    made = plan([pupil("a"), pupil("b")], klass("7A", "a", "b"))
    (one,) = made.groups
    then = formed(one, TODAYS, FIRST)
    assert then is not None
    assert (then.id, then.name, then.start, then.year) == (successor(GroupId("7A"), FIRST), "8A", FIRST, 8)
    assert then.on(FIRST).members == ("a", "b")
    assert then.on(FIRST).mentors == {"mentor"}
    left = after(one, FIRST)
    assert (left.on(LAST).members, left.on(FIRST).members, left.end) == (("a", "b"), (), LAST)
    assert (made.movers, made.problems) == (2, ())


def test_the_last_year_leaves_and_its_class_has_no_successor() -> None:
    made = plan([pupil("a", 9)], klass("9A", "a"))
    assert (made.leavers, made.groups[0].formed, made.groups[0].ends) == (("a",), None, True)
    assert [(m.year, m.to) for m in made.moves] == [(9, None)]


def test_who_lacks_a_unit_next_year_is_told_of_and_stays_enrolled() -> None:
    made = plan([pupil("a", 6), pupil("b", 6, elsewhere=True), pupil("c", 5)], klass("6A", "a", "b"), last=6)
    assert (made.unplaced, made.placed) == (("a",), ("b",))
    assert [p.code for p in made.problems] == ["without-class", "unplaced"]
    assert {x for m in made.moves for x, _ in m.pupils} == {"b", "c"}


def test_the_unit_teaches_as_far_as_it_has_pupils_unless_told() -> None:
    pupils = [pupil("a", 4), pupil("b", 3)]
    assert plan_unit(pupils, [], TODAYS, {}, FIRST).unplaced == ("a",)
    assert plan_unit(pupils, [], TODAYS, {GR: 5}, FIRST).unplaced == ()


def test_teaching_groups_go_on_only_when_marked_and_others_lose_those_who_leave() -> None:
    pupils = [pupil("a"), pupil("z", 9)]
    groups = [
        klass("7A MA", "a", kind="undervisning"),
        klass("7A SP", "a", kind="undervisning", carried=True),
        klass("Kören", "a", "z", kind="övrigt"),
        klass("Arbetslag", "x", kind="personalgrupp"),
    ]
    found = {p.before.name: p for p in plan(pupils, *groups).groups}
    assert set(found) == {"7A MA", "7A SP", "Kören"}
    assert (found["7A MA"].ends, found["7A MA"].formed) == (True, None)
    carried = found["7A SP"].formed
    assert carried is not None
    assert (carried.name, carried.members) == ("8A SP", ("a",))
    assert (found["Kören"].ends, found["Kören"].gone) == (False, ("z",))


def test_a_group_dated_by_hand_keeps_its_day() -> None:
    long = klass("MA2", "a", kind="undervisning", end=date(2027, 12, 20))
    assert plan([pupil("a")], long).groups == ()


def test_whoever_was_to_come_to_the_class_later_comes_to_the_next() -> None:
    later = Stay(PersonId("new"), date(2027, 8, 17))
    old = klass("7A", "a")
    (one,) = plan([pupil("a")], replace(old, stays=(*old.stays, later))).groups
    then = formed(one, TODAYS, FIRST)
    assert then is not None
    assert later in then.stays
    assert later not in after(one, FIRST).stays


def test_run_again_there_is_nothing_to_do() -> None:
    (one,) = plan([pupil("a")], klass("7A", "a")).groups
    then = formed(one, TODAYS, FIRST)
    assert then is not None
    again = plan([pupil("a", end=LAST, then=(GR, 8))], after(one, FIRST), then)
    assert (again.moves, again.groups, again.problems) == ((), (), ())


def test_a_rule_goes_on_with_the_year() -> None:
    rule = Rule((Term(school_form=GR, year=7), Term(group=GroupId("7A"))))
    (one,) = plan([pupil("a")], klass("7A idrott", "a", carried=True, kind="schema", rule=rule)).groups
    then = formed(one, TODAYS, FIRST)
    assert then is not None
    assert then.rule is not None
    assert then.rule.terms == (Term(school_form=GR, year=8), Term(group=successor(GroupId("7A"), FIRST)))


YEARS = st.integers(1, 9)


@given(st.lists(YEARS, max_size=12), st.integers(1, 9))
def test_everybody_goes_exactly_one_way(years: list[int], last: int) -> None:
    pupils = [pupil(f"p{n}", year) for n, year in enumerate(years)]
    made = plan(pupils, klass("7A", *(p.person for p in pupils)), last=last)
    moving = [x for move in made.moves if move.to for x, _ in move.pupils]
    ways = [*moving, *made.leavers, *made.placed, *made.unplaced]
    assert sorted(ways) == sorted(p.person for p in pupils)
    assert all(move.to is None or move.to[1] == move.year + 1 for move in made.moves)


@given(st.lists(YEARS, max_size=8), st.sets(st.integers(0, 7)))
def test_undone_a_group_is_as_before_but_for_those_kept(years: list[int], kept: set[int]) -> None:
    pupils = [pupil(f"p{n}", year) for n, year in enumerate(years)]
    for one in plan(pupils, klass("7A", *(p.person for p in pupils))).groups:
        left, made = after(one, FIRST), formed(one, TODAYS, FIRST)
        assert undo(one, left, made, left, made, ()).group == one.before
        assert undo(one, left, made, left, made, ()).followed is None
        those = {PersonId(f"p{n}") for n in kept}
        some = undo(one, left, made, left, made, those)
        assert {s.person for s in left.stays if s.person in those} == {
            s.person for s in some.group.stays if s.end == LAST
        }
        assert changed_since(left, left) == set()


def test_a_group_has_nobody_outside_its_time() -> None:
    made = klass("7A", "a").timed(AUTUMN, LAST)
    assert made.on(FIRST).mentors == frozenset()
    assert [p.end for p in made.parts()[PersonId("mentor")]] == [LAST]
    with pytest.raises(OutsideTheGroupsTime):
        made.with_members([Stay(PersonId("b"), FIRST)])
    with pytest.raises(GroupEndsBeforeStart):
        made.timed(FIRST, LAST)
    assert made.with_members([Stay(PersonId("b"), LAST)]).stays[-1].end == LAST


def candidate(name: str, year: int, *groups: str) -> Candidate:
    return Candidate(PersonId(name), GR, year, None, frozenset(map(GroupId, groups)))


def test_a_rule_says_who_comes_and_leaves_and_marks_win() -> None:
    rule = Rule((Term(year=7), Term(year=8, group=GroupId("g"))))
    pupils = [candidate("a", 7), candidate("b", 8), candidate("c", 8, "g"), candidate("d", 7)]
    marks: dict[PersonId, Mark] = {PersonId("d"): "out", PersonId("x"): "in"}
    changes = compose(rule, marks, pupils, [PersonId("x"), PersonId("b"), PersonId("a")])
    assert (changes.come, changes.leave) == (("c",), ("b",))
    settled = compose(rule, marks, pupils, [PersonId(p) for p in ("x", "a", "c")])
    assert (settled.come, settled.leave) == ((), ())

"""The yearly rollover (läsårsskifte) of one unit: who goes on, who leaves, which classes follow which."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from functions.organisation.domain.composition import Rule, Term
from functions.organisation.domain.groups import DatedGroup, GroupKind, Post, Stay
from functions.organisation.domain.ladder import Ladder, Place
from skolkit.errors import DomainError, Text
from skolkit.sweden.codes import SchoolForm
from skolkit.types import GroupId, PersonId, stable_id

FOLLOWED: frozenset[GroupKind] = frozenset({"klass", "mentor"})
YEARLY: frozenset[GroupKind] = FOLLOWED | {"undervisning", "schema", "provgrupp"}
"""Kinds that end with the school year when nobody has given them another day; of those, the first are
followed by one of the next year. Departments, staff groups and others go on, without those who leave.
"""


class RolloverNotDone(DomainError):
    """Only a rollover that is done and not undone can be undone."""

    reason = Text("Läsårsskiftet går inte att ångra nu.", "The rollover cannot be undone now.")
    advice = Text(
        "Vänta tills det är klart; en förhandsgranskning eller ett ångrat skifte går inte att ångra.",
        "Wait until it is done; a preview, or one already undone, cannot be undone.",
    )


@dataclass(frozen=True, slots=True)
class PupilYear:
    """A pupil of a unit on the last day of its school year: the enrolment of that day.

    `then` is the form and year of an enrolment at the unit that begins with the new year, by hand or by an
    earlier rollover; `elsewhere`: enrolled at another unit on the new year's first day.
    """

    person: PersonId
    form: SchoolForm
    year: int | None
    end: date | None
    then: tuple[SchoolForm, int | None] | None = None
    elsewhere: bool = False


@dataclass(frozen=True, slots=True)
class Move:
    """Pupils who go from one year to the next, or leave when `to` is None; `pupils` with the last day their
    enrolment had.
    """

    form: SchoolForm
    year: int
    to: Place | None
    pupils: tuple[tuple[PersonId, date | None], ...]


@dataclass(frozen=True, slots=True)
class Formed:
    """A group of the new school year, which follows another."""

    id: GroupId
    name: str
    school_form: SchoolForm | None
    year: int | None
    members: tuple[PersonId, ...]


@dataclass(frozen=True, slots=True)
class GroupPlan:
    """What becomes of a group: it ends or loses `gone`, and may be followed."""

    before: DatedGroup
    ends: bool
    gone: tuple[PersonId, ...] = ()
    formed: Formed | None = None


@dataclass(frozen=True, slots=True)
class Problem:
    """What somebody should look at, by code and ids."""

    code: str
    ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class UnitPlan:
    """The rollover of a unit. Ids: `leavers` finish their school form, `placed` go on at another unit,
    `unplaced` would go on but the unit does not teach the year and they are enrolled nowhere; their enrolment
    is left open, as no child of compulsory age may fall out of the register.
    """

    moves: tuple[Move, ...]
    groups: tuple[GroupPlan, ...]
    leavers: tuple[PersonId, ...]
    placed: tuple[PersonId, ...]
    unplaced: tuple[PersonId, ...]
    problems: tuple[Problem, ...]

    @property
    def movers(self) -> int:
        return sum(len(move.pupils) for move in self.moves if move.to)


def successor(group: GroupId, first_day: date) -> GroupId:
    """The id of the group that follows one: the same however often it is made.

    >>> successor(GroupId("a"), date(2027, 7, 1)) == successor(GroupId("a"), date(2027, 7, 1))
    True
    """
    return GroupId(stable_id("rollover", group, first_day.isoformat()))


def next_name(name: str, year: int | None, then: int | None) -> str:
    """The name of the class that follows.

    >>> next_name("7A", 7, 8), next_name("FA", 0, 1), next_name("Igelkotten", 3, 4)
    ('8A', '1A', 'Igelkotten')
    """
    if year is None or then is None:
        return name
    start = r"(0|F)(?![0-9a-zåäö])" if year == 0 else rf"{year}(?![0-9])"
    return re.sub(f"^{start}", str(then), name)


def plan_unit(
    pupils: Sequence[PupilYear],
    groups: Sequence[DatedGroup],
    ladder: Ladder,
    last_years: Mapping[SchoolForm, int],
    first_day: date,
) -> UnitPlan:
    """What the rollover does at a unit whose `last_years` are the last it teaches in each form.

    A form without one is taught as far as there are pupils today.
    """
    last = _last_years(pupils, last_years)
    goes = {p.person: (p, _goes(p, ladder, last, first_day)) for p in pupils}
    of = {way: tuple(sorted(x for x, (_, (w, _)) in goes.items() if w == way)) for way in _WAYS}
    then = {x: place for x, (_, (way, place)) in goes.items() if way in {"moves", "stays", "settled"}}
    gone = {*of["leaves"], *of["placed"], *of["unplaced"]}
    taken = {g.id for g in groups}
    last_day = first_day - timedelta(days=1)
    now = [g for g in groups if g.covers(last_day)]
    plans = [p for g in now if (p := _group(g, goes, then, gone, ladder, taken, first_day))]
    return UnitPlan(
        moves=_moves(goes, first_day),
        groups=tuple(plans),
        leavers=of["leaves"],
        placed=of["placed"],
        unplaced=of["unplaced"],
        problems=tuple(_problems(plans, of, groups, first_day)),
    )


_WAYS = ("moves", "stays", "settled", "leaves", "placed", "unplaced", "yearless")
_Way = tuple[str, tuple[SchoolForm, int | None] | None]
_Goes = Mapping[PersonId, tuple[PupilYear, _Way]]


def _goes(pupil: PupilYear, ladder: Ladder, last: Mapping[SchoolForm, int], first_day: date) -> _Way:
    if pupil.then:
        return "settled", pupil.then
    if pupil.year is None:
        known = any(form == pupil.form for form, _ in ladder.steps)
        return ("yearless" if known else "stays"), (pupil.form, None)
    step = ladder.steps.get((pupil.form, pupil.year), (pupil.form, pupil.year))
    dated = pupil.end is not None and pupil.end < first_day
    if step is None or (dated and not pupil.elsewhere):
        return "leaves", None
    if pupil.elsewhere:
        return "placed", None
    if step == (pupil.form, pupil.year):
        return "stays", step
    return ("moves", step) if step[1] <= last.get(step[0], -1) else ("unplaced", None)


def _last_years(pupils: Iterable[PupilYear], said: Mapping[SchoolForm, int]) -> dict[SchoolForm, int]:
    found: dict[SchoolForm, int] = {}
    for pupil in pupils:
        if pupil.year is not None:
            found[pupil.form] = max(found.get(pupil.form, -1), pupil.year)
    return found | dict(said)


def _moves(goes: _Goes, first_day: date) -> tuple[Move, ...]:
    """Those who move, and those who leave for good with an enrolment that is still open."""
    found: dict[tuple[str, int, Place | None], list[tuple[PersonId, date | None]]] = {}
    for person, (pupil, (way, place)) in sorted(goes.items()):
        ends = way in {"leaves", "placed"} and (pupil.end is None or pupil.end >= first_day)
        if pupil.year is not None and (way == "moves" or ends):
            to = (place[0], place[1]) if place and place[1] is not None else None
            found.setdefault((pupil.form, pupil.year, to), []).append((person, pupil.end))
    return tuple(
        Move(SchoolForm(form), year, to, tuple(people))
        for (form, year, to), people in sorted(found.items(), key=lambda x: (x[0][0], x[0][1], str(x[0][2])))
    )


def _group(
    group: DatedGroup,
    goes: _Goes,
    then: Mapping[PersonId, tuple[SchoolForm, int | None] | None],
    gone: Collection[PersonId],
    ladder: Ladder,
    taken: Collection[GroupId],
    first_day: date,
) -> GroupPlan | None:
    last_day = first_day - timedelta(days=1)
    followed = (group.kind in FOLLOWED or group.carried) and (group.end is None or group.end <= last_day)
    ends = group.end is None and (group.kind in YEARLY or group.carried)
    there = group.on(last_day).members
    id = successor(group.id, first_day)
    formed = _formed(group, id, there, goes, then, ladder) if followed and id not in taken else None
    left = () if ends else tuple(p for p in there if p in gone and _open(group, p, last_day))
    return GroupPlan(group, ends, left, formed) if ends or left or formed else None


def _open(group: DatedGroup, person: PersonId, day: date) -> bool:
    return any(s.person == person and s.covers(day) and s.end is None for s in group.stays)


def _formed(
    group: DatedGroup,
    id: GroupId,
    there: Sequence[PersonId],
    goes: _Goes,
    then: Mapping[PersonId, tuple[SchoolForm, int | None] | None],
    ladder: Ladder,
) -> Formed | None:
    years = Counter((p.form, p.year) for x in there if x in goes and (p := goes[x][0]).year is not None)
    now = years.most_common(1)[0][0] if years else (group.school_form, group.year)
    step = ladder.steps.get((now[0], now[1])) if now[0] and now[1] is not None else None
    members = tuple(p for p in there if p in then and (goes[p][1][0] != "settled" or then[p] == step))
    if not members:
        return None
    one_year = group.year is not None or len(years) == 1
    year = step[1] if step and one_year else None
    form = step[0] if step else group.school_form
    return Formed(id, next_name(group.name, now[1], step[1] if step else None), form, year, members)


def _problems(
    plans: Sequence[GroupPlan],
    of: Mapping[str, tuple[PersonId, ...]],
    groups: Sequence[DatedGroup],
    first_day: date,
) -> Iterable[Problem]:
    classes = [plan.formed for plan in plans if plan.formed and plan.before.kind == "klass"]
    classed = {p for one in classes for p in one.members}
    coming = [g for g in groups if g.kind == "klass" and g.covers(first_day) and g.start == first_day]
    classed |= {p for g in coming for p in g.on(first_day).members}
    names = Counter([*(one.name for one in classes), *(g.name for g in coming)])
    found = {
        "year-missing": of["yearless"],
        "without-class": tuple(p for p in of["moves"] if p not in classed),
        "unplaced": of["unplaced"],
        "same-name": tuple(one.id for one in classes if names[one.name] > 1),
    }
    return (Problem(code, ids) for code, ids in found.items() if ids)


# What a plan makes of each group


def after(plan: GroupPlan, first_day: date) -> DatedGroup:
    """The old group as the rollover leaves it."""
    last_day = first_day - timedelta(days=1)
    if plan.ends:
        return plan.before.timed(plan.before.start, last_day)
    made = plan.before
    for person in plan.gone:
        made = made.without_member(person, first_day)
    return made


def formed(plan: GroupPlan, ladder: Ladder, first_day: date) -> DatedGroup | None:
    """The group of the new year: the same members, mentors and teachers from its first day on, with those who
    were to come to the old one later.
    """
    made, before = plan.formed, plan.before
    if made is None:
        return None
    last_day = first_day - timedelta(days=1)
    later = [s for s in before.stays if s.start >= first_day and s.person not in made.members]
    return DatedGroup(
        id=made.id,
        unit=before.unit,
        name=made.name,
        kind=before.kind,
        stays=(*(Stay(person, first_day) for person in made.members), *later),
        mentors=_kept(before.mentors, last_day),
        teachers=_kept(before.teachers, last_day),
        start=first_day,
        school_form=made.school_form,
        year=made.year,
        carried=before.carried,
        rule=_next_rule(before.rule, ladder, first_day),
        marks=before.marks,
    )


def _kept(posts: Iterable[Post], last_day: date) -> frozenset[Post]:
    return frozenset(replace(p, start=None) for p in posts if p.covers(last_day) and p.end != last_day)


def _next_rule(rule: Rule | None, ladder: Ladder, first_day: date) -> Rule | None:
    if rule is None:
        return None
    return replace(rule, terms=tuple(_next_term(term, ladder, first_day) for term in rule.terms))


def _next_term(term: Term, ladder: Ladder, first_day: date) -> Term:
    step = (
        ladder.steps.get((term.school_form, term.year))
        if term.school_form and term.year is not None
        else None
    )
    year = step[1] if step else term.year
    form = step[0] if step else term.school_form
    return replace(
        term, school_form=form, year=year, group=successor(term.group, first_day) if term.group else None
    )


# Undone again


@dataclass(frozen=True, slots=True)
class Undone:
    """What undoing makes of a group and of the one that followed; None for one that is no more."""

    group: DatedGroup
    followed: DatedGroup | None


def changed_since(expected: DatedGroup, now: DatedGroup) -> set[PersonId]:
    """Whose membership is no longer as the rollover left it."""
    people = {s.person for s in (*expected.stays, *now.stays)}
    return {p for p in people if _of(expected, p) != _of(now, p)}


def undo(
    plan: GroupPlan,
    left: DatedGroup,
    made: DatedGroup | None,
    now: DatedGroup,
    now_made: DatedGroup | None,
    kept: Collection[PersonId],
) -> Undone:
    """The group as it was before, except for the `kept` people, and for what else was changed by hand since.

    `left` and `made` are what the rollover wrote, `now` and `now_made` what is stored.
    """
    before = plan.before
    stays = (
        *(s for s in before.stays if s.person not in kept),
        *(s for s in now.stays if s.person in kept),
    )
    group = replace(
        now,
        stays=stays,
        end=before.end if now.end == left.end else now.end,
        mentors=before.mentors if now.mentors == left.mentors else now.mentors,
        teachers=before.teachers if now.teachers == left.teachers else now.teachers,
    )
    if now_made is None or made is None:
        return Undone(group, now_made)
    staying = tuple(s for s in now_made.stays if s.person in kept)
    touched = replace(now_made, stays=()) != replace(made, stays=())
    return Undone(group, replace(now_made, stays=staying) if staying or touched else None)


def _of(group: DatedGroup, person: PersonId) -> list[Stay]:
    return [stay for stay in group.stays if stay.person == person]

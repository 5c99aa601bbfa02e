"""Groups composed by rules: decided, tried, applied, and followed when somebody is enrolled (process 13)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from functions.organisation import queries
from functions.organisation.domain.composition import (
    Candidate,
    Changes,
    NoRule,
    Rule,
    RuleForAnotherUnit,
    Term,
    compose,
)
from functions.organisation.domain.groups import DatedGroup, Stay
from functions.organisation.events import GroupMembersChanged, PupilEnrolled
from functions.organisation.schemas.composition import (
    ApplyRule,
    ChangesView,
    RuleShape,
    RuleView,
    TermShape,
)
from functions.organisation.store import groups as groups_store
from functions.organisation.usecases.group_admin import save
from functions.organisation.usecases.group_rights import editable, unchanged
from functions.register import queries as register
from skolkit.audit import Trace, record_read
from skolkit.clock import today
from skolkit.errors import NotFound
from skolkit.identity import Caller
from skolkit.table import Once, commit, fetch
from skolkit.types import GroupId, PersonId


def read_rule(caller: Caller, id: GroupId) -> RuleView:
    """A group's rule, with who is in or out by hand. Three round trips: group, duties, audit row."""
    item, group, _ = editable(caller, id)
    if group.rule is None:
        raise NotFound
    record_read(Trace(caller.person_id, "read_rule", id))
    return _rule_view(group, item.version)


def set_rule(caller: Caller, id: GroupId, new: RuleShape, version: int) -> RuleView:
    """Decide a group's rule; nobody is moved yet. Four round trips: group, duties, classes named, commit."""
    item, group, _ = editable(caller, id)
    unchanged(item, version)
    rule = Rule(tuple(map(_term, new.terms)), new.automatic)
    named = [term.group for term in rule.terms if term.group]
    (known,) = fetch(groups_store.wanted_groups(named))
    for place, group_id in enumerate(named):
        if group_id not in known or known[group_id].unit != group.unit or group_id == id:
            raise RuleForAnotherUnit(field=f"terms.{place}.group", value=group_id)
    made = replace(group, rule=rule)
    save(caller, "set_rule", item, group, made, ())
    return _rule_view(made, item.version)


def preview_rule(caller: Caller, id: GroupId, day: date | None) -> ChangesView:
    """Who would come and who would leave from a day on. Five round trips: group, duties, the unit's pupils,
    their groups (one per 100), audit row.
    """
    _, group, _ = editable(caller, id)
    changes = _changes(group, day or today())
    record_read(Trace(caller.person_id, "preview_rule", id))
    return ChangesView(group=id, come=list(changes.come), leave=list(changes.leave))


def apply_rule(caller: Caller, id: GroupId, new: ApplyRule, version: int) -> ChangesView:
    """Do what the preview shows, of this version of the group. As the preview, and one per 90 people."""
    item, group, _ = editable(caller, id)
    unchanged(item, version)
    changes = _changes(group, new.start_date)
    made = _moved(group, changes, new.start_date)
    save(caller, "apply_rule", item, group, made, [GroupMembersChanged(group=id, unit=group.unit)])
    return ChangesView(group=id, come=list(changes.come), leave=list(changes.leave))


def follow_rules(fact: PupilEnrolled, id: str) -> None:
    """Put somebody newly enrolled into the groups whose automatic rule fits; `id` is the fact's.

    Three round trips, and three for each group that fits.
    """
    day = max(fact.start, today())
    automatic = [row.id for row in groups_store.listed_groups(fact.unit, day, day) if row.automatic]
    known = register.pupils([fact.pupil]) if automatic else {}
    if fact.pupil not in known:
        return
    (candidate,) = _candidates(known[fact.pupil].enrolments, fact, day) or (None,)
    for group_id, found in groups_store.group_items(automatic).items():
        group = groups_store.stored_group(found)
        if (
            candidate
            and group.rule
            and candidate.person in compose(group.rule, group.marks, [candidate], ()).come
        ):
            _follow(found, group, candidate.person, day, Once(f"RULE#{id}#{group_id}"))


def _follow(item: groups_store.GroupItem, group: DatedGroup, person: PersonId, day: date, once: Once) -> None:
    made = _moved(group, Changes((person,), ()), day)
    if person in group.on(day).members:
        return
    parts = groups_store.parts_items([person])[person]
    groups_store.set_parts(parts, group.id, made.parts()[person])
    trace = Trace("system:follow_rules", "follow_rules", person, changes=f"group {group.id}")
    fact = GroupMembersChanged(group=group.id, unit=group.unit)
    commit(*groups_store.group_writes(made, item), parts, facts=[fact], trace=trace, once=once)


def _changes(group: DatedGroup, day: date) -> Changes:
    if group.rule is None:
        raise NoRule
    there = {p: e for p, e in register.enrolments_at(group.unit) if e.covers(day)}
    (groups,) = fetch(queries.wanted_groups_of(list(there), day))
    pupils = [
        Candidate(p, e.school_form, e.year, e.education_code, frozenset(groups[p])) for p, e in there.items()
    ]
    return compose(group.rule, group.marks, pupils, group.on(day).members)


def _candidates(enrolments: Sequence[register.Enrolment], fact: PupilEnrolled, day: date) -> list[Candidate]:
    here = [e for e in enrolments if e.unit == fact.unit and e.covers(day)]
    (groups,) = fetch(queries.wanted_groups_of([fact.pupil], day))
    return [
        Candidate(fact.pupil, e.school_form, e.year, e.education_code, frozenset(groups[fact.pupil]))
        for e in here[:1]
    ]


def _moved(group: DatedGroup, changes: Changes, day: date) -> DatedGroup:
    made = group
    for person in changes.leave:
        made = made.without_member(person, day)
    return made.with_members([Stay(person, max(day, group.start or day)) for person in changes.come])


def _term(said: TermShape) -> Term:
    return Term(said.school_form, said.year, said.education_code, GroupId(said.group) if said.group else None)


def _rule_view(group: DatedGroup, version: int) -> RuleView:
    assert group.rule
    terms = [
        TermShape(school_form=t.school_form, year=t.year, education_code=t.education_code, group=t.group)
        for t in group.rule.terms
    ]
    return RuleView(
        group=group.id,
        terms=terms,
        automatic=group.rule.automatic,
        put_in=sorted(p for p, mark in group.marks.items() if mark == "in"),
        kept_out=sorted(p for p, mark in group.marks.items() if mark == "out"),
        version=version,
    )

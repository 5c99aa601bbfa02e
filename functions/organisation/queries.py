"""What other areas may read of the organisation."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from functions.access.guard import Duty, Role
from functions.organisation.domain.calendars import in_force
from functions.organisation.domain.groups import Around, GroupKind, GroupRecord, GroupRow, PartIn
from functions.organisation.domain.staffing import ActivityRecord, Certification, DutyRecord, Taught
from functions.organisation.domain.stand_ins import Delegation, Substitution, TaughtLesson
from functions.organisation.domain.study_plans import PlanCodes, Planned, codes, codes_by_part
from functions.organisation.domain.syllabuses import Syllabus, SyllabusId
from functions.organisation.domain.units import MUNICIPALITY, Child, UnitRecord
from functions.organisation.store import activities as activities_store
from functions.organisation.store import calendars as calendars_store
from functions.organisation.store import duties as duties_store
from functions.organisation.store import groups as groups_store
from functions.organisation.store import stand_ins as stand_ins_store
from functions.organisation.store import study_plans as study_plans_store
from functions.organisation.store import syllabuses as syllabuses_store
from functions.organisation.store import units as units_store
from functions.organisation.store.stand_ins import DutySpan, HeldRecord, Offices
from skolkit.clock import now, today
from skolkit.sweden.calendar import SchoolCalendar, SchoolYear
from skolkit.sweden.codes import SchoolForm, SchoolUnitCode
from skolkit.table import Wanted, chunks, fetch
from skolkit.types import GroupId, PersonId, UnitId, is_id, stable_id

__all__ = [
    "MUNICIPALITY",
    "ActivityRecord",
    "Around",
    "Certification",
    "Child",
    "Delegation",
    "Duty",
    "DutyRecord",
    "DutySpan",
    "GroupRecord",
    "GroupRow",
    "HeldRecord",
    "Offices",
    "PartIn",
    "PlanCodes",
    "Planned",
    "Substitution",
    "Syllabus",
    "Taught",
    "TaughtLesson",
    "UnitRecord",
    "activities_at",
    "activity",
    "administrators_at",
    "ancestors",
    "calendar",
    "calendars",
    "children",
    "duties_of",
    "duty_ends",
    "duty_history",
    "duty_records_at",
    "duty_records_of",
    "element",
    "group",
    "groups_at",
    "has_study_plan",
    "held_at",
    "holders_at",
    "is_certified",
    "mentor_groups",
    "offices_of",
    "page_of_activities",
    "parts_at",
    "plan_codes",
    "principals_at",
    "staff_around",
    "unit",
    "unit_id",
    "unit_named",
    "units",
    "wanted_activities",
    "wanted_activities_of_groups",
    "wanted_certifications",
    "wanted_duties",
    "wanted_groups",
    "wanted_groups_of",
    "wanted_parts",
    "wanted_syllabuses",
    "wanted_taught",
    "wanted_units",
]


def unit_id(code: SchoolUnitCode) -> UnitId:
    """The id of the unit with a school unit code, whether it is in the register or not. No round trip."""
    return UnitId(stable_id("unit", code))


def unit_named(text: str) -> UnitId:
    """A unit's id from its school unit code or the id itself: files may give either. Raises `CodeError`."""
    return UnitId(text) if is_id(text) else unit_id(SchoolUnitCode(text))


def unit(unit: UnitId) -> UnitRecord | None:
    """A school unit; None for other elements of the organisation. One round trip."""
    found = units_store.find_unit(unit)
    return found if found and found.is_school_unit else None


def element(id: UnitId) -> UnitRecord | None:
    """Any element of the organisation, a school unit or what is above them. One round trip."""
    return units_store.find_unit(id)


def ancestors(id: UnitId) -> tuple[UnitRecord, ...]:
    """What an element is below, nearest first, up to the organiser. A round trip each, and one for itself."""
    return tuple(units_store.lineage(id)[1:])


def children(id: UnitId) -> tuple[Child, ...]:
    """What is right below an element, by name. One round trip per megabyte (about 4,000)."""
    return tuple(units_store.children(id))


def wanted_elements(ids: Sequence[UnitId]) -> Wanted[dict[UnitId, UnitRecord]]:
    """Any elements of the organisation by id, for `skolkit.table.fetch`; unknown ids are left out."""
    return units_store.wanted_units(ids)


def wanted_units(ids: Sequence[UnitId]) -> Wanted[dict[UnitId, UnitRecord]]:
    """School units by id, for `skolkit.table.fetch`; unknown ids and other elements are left out."""
    wanted = units_store.wanted_units(ids)
    return Wanted(
        wanted.item,
        wanted.keys,
        lambda found: {u: r for u, r in wanted.answer(found).items() if r.is_school_unit},
    )


def units() -> Iterator[UnitRecord]:
    """The municipality's own active units by name. One round trip per megabyte (about 2,000 units)."""
    return units_store.listed_units()


def calendar(unit: UnitId, school_year: SchoolYear) -> SchoolCalendar:
    """Which days pupils go to school, or children to preschool: the unit's own decided year, else the
    municipality's, else the usual one. One round trip, consistent.
    """
    wanted = calendars_store.wanted_calendars(unit, school_year), units_store.wanted_units([unit])
    (own, municipal), found = fetch(*wanted, consistent=True)
    forms = found[unit].school_forms if unit in found and found[unit].is_school_unit else None
    return in_force(school_year, forms, own, municipal)[0]


def calendars(units: Sequence[UnitId], years: Sequence[SchoolYear]) -> dict[SchoolYear, list[SchoolCalendar]]:
    """The same of several units and school years: each unit's, in their order. One round trip."""
    pairs = [(unit, year) for year in years for unit in units]
    wanted = [calendars_store.wanted_calendars(*pair) for pair in pairs]
    *decided, found = fetch(*wanted, units_store.wanted_units(units))
    made: dict[SchoolYear, list[SchoolCalendar]] = {year: [] for year in years}
    for (unit, year), (own, municipal) in zip(pairs, decided, strict=True):
        forms = found[unit].school_forms if unit in found and found[unit].is_school_unit else None
        made[year].append(in_force(year, forms, own, municipal)[0])
    return made


def group(group: GroupId, on: date) -> GroupRecord | None:
    """A group as it is on a day. One round trip, consistent."""
    found = groups_store.find_group(group)
    return found[1].on(on) if found else None


def groups_at(unit: UnitId, on: date, kind: GroupKind | None = None) -> list[GroupRow]:
    """A unit's groups of a day, of one kind or all, without their members. One round trip, consistent."""
    rows = groups_store.listed_groups(unit, on, on)
    return [row for row in rows if kind in (None, row.kind)]


def mentor_groups(mentor: PersonId, on: date) -> tuple[GroupRecord, ...]:
    """The groups that someone is a mentor of on a day. Two round trips."""
    (parts,) = fetch(groups_store.wanted_parts([mentor]), consistent=True)
    mine = [p.group for p in parts[mentor] if p.part == "mentor" and p.covers(on)]
    (groups,) = fetch(wanted_groups(mine, on), consistent=True)
    return tuple(group for group in groups.values() if mentor in group.mentors)


def wanted_groups(ids: Sequence[GroupId], on: date) -> Wanted[dict[GroupId, GroupRecord]]:
    """Groups as they are on a day, by id, for `skolkit.table.fetch`; unknown ones are left out."""
    dated = groups_store.wanted_groups(ids)
    return Wanted(dated.item, dated.keys, lambda found: {g: d.on(on) for g, d in dated.answer(found).items()})


def wanted_groups_of(people: Sequence[PersonId], on: date) -> Wanted[dict[PersonId, tuple[GroupId, ...]]]:
    """The groups that people are members of on a day, for `skolkit.table.fetch`; () for those in none."""
    parts = groups_store.wanted_parts(people)
    return Wanted(
        parts.item,
        parts.keys,
        lambda found: {
            person: tuple(dict.fromkeys(p.group for p in mine if p.part == "member" and p.covers(on)))
            for person, mine in parts.answer(found).items()
        },
    )


def wanted_parts(people: Sequence[PersonId]) -> Wanted[dict[PersonId, tuple[PartIn, ...]]]:
    """People's parts in groups of all times (member, mentor, teacher), for `skolkit.table.fetch`."""
    return groups_store.wanted_parts(people)


def staff_around(person: PersonId, on: date) -> Around:
    """The groups someone is a member of on a day, with mentors and teachers. Two round trips, consistent; one
    for somebody in no group.
    """
    return groups_store.around(person, on)


def administrators_at(unit: UnitId) -> tuple[PersonId, ...]:
    """Who administers a unit today; with `MUNICIPALITY`, the whole municipality. One round trip per 100
    duties.
    """
    return duties_store.holders_at(unit, "administrator", today())


def holders_at(unit: UnitId, role: Role) -> tuple[PersonId, ...]:
    """Who has a role at a unit today; with `MUNICIPALITY`, in the whole municipality. One round trip per 100
    duties.
    """
    return duties_store.holders_at(unit, role, today())


def principals_at(unit: UnitId) -> tuple[PersonId, ...]:
    """Who leads a unit today. One round trip per 100 duties."""
    return duties_store.holders_at(unit, "principal", today())


def duties_of(person: PersonId) -> tuple[Duty, ...]:
    """What someone is employed as today, and where, and what has been delegated to them (`Duty.only`).

    One round trip: a consistent query; one more per delegator for those who act in somebody's stead.
    """
    return offices_of(person).duties


def offices_of(person: PersonId) -> Offices:
    """The same, with the substitutions whose time is now. The same round trips."""
    return stand_ins_store.offices_of(person, now())


def duty_history(person: PersonId) -> tuple[DutySpan, ...]:
    """What someone has been employed as, of all times. One round trip: a consistent query."""
    return stand_ins_store.history_of(person)


def duty_records_of(person: PersonId) -> tuple[DutyRecord, ...]:
    """All duties someone has and has had. One round trip: a consistent query."""
    return tuple(duties_store.records_of(person))


def duty_records_at(unit: UnitId) -> tuple[DutyRecord, ...]:
    """All duties there are and have been at a unit; with `MUNICIPALITY`, those in the whole municipality. One
    round trip per megabyte (some 3,000).
    """
    return tuple(duties_store.records_at(unit))


def parts_at(unit: UnitId) -> Iterator[tuple[PersonId, PartIn]]:
    """Everybody's parts in a unit's groups of all times. One round trip per 3,000 groups, and one per 100."""
    groups = [row.id for row in groups_store.listed_groups(unit, date.min, date.max)]
    for some in chunks(groups, 100):
        (found,) = fetch(groups_store.wanted_groups(some))
        for dated in found.values():
            for person, parts in dated.parts().items():
                yield from ((person, part) for part in parts)


def duty_ends(person: PersonId) -> tuple[date | None, ...]:
    """The last day of every duty someone has had, None of one that goes on. One round trip."""
    return duties_store.ends_of(person)


def held_at(
    unit: UnitId, cursor: str | None, limit: int, *bound_to: str
) -> tuple[list[HeldRecord], str | None]:
    """A page of the duties, delegations and substitutions at a unit, today's and coming ones, by person. One
    round trip.
    """
    return stand_ins_store.held_at(unit, today(), cursor, limit, *bound_to)


def wanted_duties(ids: Sequence[str]) -> Wanted[dict[str, DutyRecord]]:
    """Duties by id, for `skolkit.table.fetch`; unknown ones are left out."""
    return duties_store.wanted_duties(ids)


def has_study_plan(person: PersonId) -> bool:
    """Whether somebody has a study plan. One consistent get."""
    return study_plans_store.find_plan(person) is not None


def plan_codes(person: PersonId) -> PlanCodes | None:
    """What is read in which part of somebody's study plan, by code; None without a plan of upper secondary
    school. Two round trips.
    """
    plan = study_plans_store.find_plan(person)
    if plan is None or plan.school_form is not SchoolForm.UPPER_SECONDARY:
        return None
    (catalogue,) = fetch(syllabuses_store.wanted_syllabuses([entry.syllabus for entry in plan.entries]))
    return codes(plan, catalogue)


def plan_parts(person: PersonId, form: SchoolForm) -> dict[str, frozenset[str]] | None:
    """What is read in each part of somebody's study plan of a form, by code; None without one. Two round
    trips.
    """
    plan = study_plans_store.find_plan(person)
    if plan is None or plan.school_form is not form:
        return None
    (catalogue,) = fetch(syllabuses_store.wanted_syllabuses([entry.syllabus for entry in plan.entries]))
    return codes_by_part(plan, catalogue)


def is_certified(person: PersonId, subject: str | None, form: SchoolForm, year: int | None = None) -> bool:
    """Whether someone is certified today and qualified in a subject: may teach it, and set grades in it alone
    (skollagen 2:13, 3:16). One round trip.
    """
    return duties_store.find_certification(person).is_qualified(subject, form, year, today())


def wanted_certifications(people: Sequence[PersonId]) -> Wanted[dict[PersonId, Certification]]:
    """Certifications by person, for `skolkit.table.fetch`; those nothing is known of are left out."""
    return duties_store.wanted_certifications(people)


def activity(id: str) -> ActivityRecord | None:
    """An activity. One round trip."""
    return activities_store.find_activity(id)


def activities_at(unit: UnitId, since: date) -> Iterator[ActivityRecord]:
    """A unit's activities that have not ended before a day. One query per 100."""
    cursor: str | None = None
    while True:
        found, cursor = activities_store.page_of_activities(unit, since, cursor, 100, "all")
        yield from found
        if cursor is None:
            return


def page_of_activities(
    unit: UnitId, since: date, cursor: str | None, limit: int, *bound_to: str
) -> tuple[list[ActivityRecord], str | None]:
    """A page of them, and the cursor of the next. One query."""
    return activities_store.page_of_activities(unit, since, cursor, limit, *bound_to)


def wanted_activities(ids: Sequence[str]) -> Wanted[dict[str, ActivityRecord]]:
    """Activities by id, for `skolkit.table.fetch`; unknown ones are left out."""
    return activities_store.wanted_activities(ids)


def wanted_activities_of_groups(groups: Sequence[GroupId]) -> Wanted[dict[GroupId, tuple[str, ...]]]:
    """The ids of groups' activities of all times, for `skolkit.table.fetch`; () for none."""
    return activities_store.wanted_of_groups(groups)


def wanted_syllabuses(ids: Sequence[str]) -> Wanted[dict[SyllabusId, Syllabus]]:
    """Syllabuses by id, for `skolkit.table.fetch`; unknown ones are left out."""
    return syllabuses_store.wanted_syllabuses([SyllabusId(id) for id in ids])


def wanted_taught(people: Sequence[PersonId]) -> Wanted[dict[PersonId, tuple[Taught, ...]]]:
    """People's parts in activities of all times, for `skolkit.table.fetch`; () for none."""
    return activities_store.wanted_taught(people)

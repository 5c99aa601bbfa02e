"""Statistics of attendance (process 20): lists and tables of groups and units, made of what the nights have
counted. Whole lists are put together before a page of them is shown, so that none ends early.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from functions.access import guard
from functions.attendance.domain import statistics as rules
from functions.attendance.domain import totals as totals_rules
from functions.attendance.domain.statistics import Measure, Part
from functions.attendance.domain.totals import Sums
from functions.attendance.schemas.statistics import (
    AbsentQuery,
    ComplianceDay,
    ComplianceView,
    GroupTotalsQuery,
    PartView,
    PupilSums,
    PupilSumsPage,
    ReportingQuery,
    SpanQuery,
    TableQuery,
    TableView,
    TeacherPage,
    TeacherRow,
)
from functions.attendance.store import totals as store
from functions.attendance.usecases.totals import folded, pupil_days, span_of, view
from functions.organisation import queries as organisation
from functions.register import queries as register
from functions.register.queries import PersonName
from skolkit.audit import Trace, record_read
from skolkit.clock import now
from skolkit.cursor import seal, unseal
from skolkit.errors import NotFound
from skolkit.identity import Caller
from skolkit.table import fetch
from skolkit.types import GroupId, PersonId, UnitId

Row = tuple[PersonId, Sums]
TOLD = "delivered"
NOT_DUE = ("explained", "corrected")


def list_group_totals(caller: Caller, id: GroupId, query: GroupTotalsQuery) -> PupilSumsPage:
    """The pupils of a group with their sums: of its own lessons for its teachers, of all lessons for its
    mentors and the unit's office.
    """
    first, last = span_of(query)
    group = organisation.group(id, last)
    if group is None:
        raise NotFound
    duties = () if caller.person in group.mentors else organisation.duties_of(caller.person_id)
    facts = guard.Group(id, group.unit, group.teachers, group.mentors)
    action: guard.Action = "attendance:read_group_totals"
    if query.scope == "members":
        action = "attendance:read_mentor_day"
    guard.require(caller, action, facts, duties)
    if query.scope == "members":
        found = {pupil: _whole(pupil, first, last) for pupil in group.members}
    else:
        found = folded(_of_group(id, first, last))
    trace = Trace(caller.person_id, "list_group_totals", id)
    bound = ("list_group_totals", id, query.scope, str(first), str(last), caller.seal)
    return _page(sorted(found.items()), query, (first, last), bound, trace)


def _whole(pupil: PersonId, first: date, last: date) -> Sums:
    records = register.records_of(pupil)
    return totals_rules.of_pupil(records, pupil_days(records, first, last), None, now()).get("", Sums())


def _of_group(id: GroupId, first: date, last: date) -> dict[PersonId, Sums]:
    days = list(store.counted_days(id, first, last))
    pupils = {pupil for day in days for pupil in day.pupils}
    made = {p: totals_rules.of_pupil([p], days, None, now()) for p in pupils}
    return {pupil: sums[""] for pupil, sums in made.items() if sums}


def list_absent_pupils(caller: Caller, unit: UnitId, query: AbsentQuery) -> PupilSumsPage:
    """A unit's pupils whose absence is over a threshold, most first. A query per megabyte of the span, a
    batch per 100 pupils.
    """
    first, last = span_of(query)
    _require(caller, unit)
    rows = absent_pupils(unit, first, last, query.measure, query.share, query.minutes)
    trace = Trace(caller.person_id, "list_absent_pupils", unit)
    asked = (query.measure, str(query.share), str(query.minutes))
    bound = ("list_absent_pupils", unit, str(first), str(last), *asked, caller.seal)
    return _page(rows, query, (first, last), bound, trace)


def absent_pupils(
    unit: UnitId, first: date, last: date, measure: Measure, share: float, minutes: int
) -> list[Row]:
    """All of a unit's pupils over a threshold, most first."""
    found: dict[PersonId, Sums] = {}
    for _, pupils in store.unit_pupils(unit, first, last):
        for pupil, sums in pupils.items():
            found[pupil] = found.get(pupil, Sums()) + sums
    return rules.over(folded(found), measure, share, minutes)


def _page(
    rows: Sequence[Row], query: SpanQuery, span: tuple[date, date], bound: Sequence[str], trace: Trace
) -> PupilSumsPage:
    assert isinstance(query, GroupTotalsQuery | AbsentQuery)
    place = unseal(query.cursor, *bound)
    at = place["next"] if place else 0
    some = rows[at : at + query.limit]
    names: dict[PersonId, PersonName] = fetch(register.wanted_names([pupil for pupil, _ in some]))[0]
    record_read(trace)
    shown = [
        PupilSums(
            pupil=pupil, given_name=names[pupil].given_name, family_name=names[pupil].family_name,
            sums=view(sums),
        )
        for pupil, sums in some if pupil in names and not names[pupil].protected
    ]  # fmt: skip
    after = {"next": at + len(some)} if at + len(some) < len(rows) else None
    return PupilSumsPage(
        first_day=span[0], last_day=span[1], data=shown, withheld=len(some) - len(shown),
        cursor=seal(after, *bound),
    )  # fmt: skip


def read_statistics(caller: Caller, unit: UnitId, query: TableQuery) -> TableView:
    """A unit's attendance by class, subject, year, sex, hour, weekday, week or month. A query per megabyte of
    the span.
    """
    first, last = span_of(query)
    _require(caller, unit)
    parts = rules.table(store.unit_cells(unit, first, last), query.by, split=query.split)
    return TableView(
        unit=unit, first_day=first, last_day=last, by=query.by, data=[_part(part) for part in parts]
    )


def _part(part: Part) -> PartView:
    sexes = {sex: view(sums) for sex, sums in part.sexes.items()} if part.sexes else None
    return PartView(value=part.value, sums=view(part.sums) if part.sums else None, sexes=sexes)


def list_reporting(caller: Caller, unit: UnitId, query: ReportingQuery) -> TeacherPage:
    """A unit's teachers with their lessons and those nobody has reported, most first."""
    first, last = span_of(query)
    _require(caller, unit)
    rows = reporting(unit, first, last)
    bound = ("list_reporting", unit, str(first), str(last), caller.seal)
    place = unseal(query.cursor, *bound)
    at = place["next"] if place else 0
    some = rows[at : at + query.limit]
    names = teacher_names([teacher for teacher, _ in some])
    record_read(Trace(caller.person_id, "list_reporting", unit))
    data = [
        TeacherRow(
            teacher=teacher, given_name=names[teacher][0], family_name=names[teacher][1],
            lessons=sums.lessons, unreported_lessons=sums.unreported,
        )
        for teacher, sums in some
    ]  # fmt: skip
    after = {"next": at + len(some)} if at + len(some) < len(rows) else None
    return TeacherPage(first_day=first, last_day=last, data=data, cursor=seal(after, *bound))


def reporting(unit: UnitId, first: date, last: date) -> list[Row]:
    """All of a unit's teachers who have had lessons, those with most unreported ones first."""
    found: dict[PersonId, Sums] = {}
    for _, cells in store.unit_cells(unit, first, last):
        for cell in cells:
            if cell.dimension == "teacher":
                teacher = PersonId(cell.value)
                found[teacher] = found.get(teacher, Sums()) + cell.sums
    return sorted(found.items(), key=lambda row: (-row[1].unreported, row[0]))


def teacher_names(ids: Sequence[PersonId]) -> Mapping[PersonId, tuple[str, str]]:
    """Given and family names; empty for whoever is protected or not there."""
    names: dict[PersonId, PersonName] = fetch(register.wanted_names(ids))[0]
    open_ = {id: name for id, name in names.items() if not name.protected}
    return {id: (open_[id].given_name, open_[id].family_name) if id in open_ else ("", "") for id in ids}


def read_notice_compliance(caller: Caller, unit: UnitId, query: SpanQuery) -> ComplianceView:
    """How many of a unit's unexcused lessons the home was told of the same day, as the evenings found. One
    query.
    """
    first, last = span_of(query)
    _require(caller, unit)
    found = list(store.sweeps(unit, first, last))
    lessons, told = told_the_same_day(counts for _, counts in found)
    return ComplianceView(
        unit=unit, first_day=first, last_day=last, lessons=lessons, told=told,
        share=round(100 * told / lessons, 1) if lessons else 100.0,
        data=[ComplianceDay(day=day, counts=counts) for day, counts in found],
    )  # fmt: skip


def told_the_same_day(evenings: Iterable[Mapping[str, int]]) -> tuple[int, int]:
    """Unexcused lessons of which the home was due a notice, and those it was told of."""
    lessons = told = 0
    for counts in evenings:
        lessons += counts.get("unexcusedLessons", 0) - sum(counts.get(name, 0) for name in NOT_DUE)
        told += counts.get(TOLD, 0)
    return lessons, told


def _require(caller: Caller, unit: UnitId) -> None:
    duties = organisation.duties_of(caller.person_id)
    guard.require(caller, "attendance:read_statistics", guard.Unit(unit), duties)

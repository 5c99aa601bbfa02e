"""What other systems write of attendance, by the same rules, facts and traces as the app's own (decision
0048).

Who acts is `client:<id>`, with the rights that the client has been given; whatever it names must be there for
it. An id that it chooses is kept, and sending the same again answers the same.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, time, timedelta
from typing import Any

from functions.attendance import store as sheets
from functions.attendance.domain import care as care_rules
from functions.attendance.domain import care_day
from functions.attendance.domain import lesson as lesson_rules
from functions.attendance.domain import merge as merging
from functions.attendance.domain.absence import Notice, Reason, Reporter, Span
from functions.attendance.domain.care import Entry as WeekEntry
from functions.attendance.domain.care import Hours, Plan, Schedule
from functions.attendance.domain.care_refusals import ScheduleBegun
from functions.attendance.domain.lesson import Entry, Minutes, Sheet
from functions.attendance.domain.shown import attendance_id, shown_of
from functions.attendance.ss12000 import bodies
from functions.attendance.ss12000.absences import ABSENCES
from functions.attendance.ss12000.care import EVENTS, SCHEDULES
from functions.attendance.ss12000.lessons import ATTENDANCES, lesson_of
from functions.attendance.ss12000.shapes import WEEKDAYS, forms_of
from functions.attendance.store import care as care_store
from functions.attendance.store import care_units, notices, shown
from functions.attendance.usecases import care
from functions.attendance.usecases.absence import accept, notified
from functions.attendance.usecases.corrections import require_unlocked
from functions.attendance.usecases.sheets import changes, text_of, write_sheet
from functions.organisation import queries as organisation
from functions.register import queries as register
from skolkit.audit import Trace
from skolkit.clock import LOCAL, now, stamp, today
from skolkit.errors import DomainError, NotFound, Text
from skolkit.retry import persist
from skolkit.ss12000 import Author, Entity, Resource
from skolkit.table import commit, fetch
from skolkit.types import GroupId, LessonId, NoticeId, PersonId, UnitId, new_id


class IdTaken(DomainError):
    """What has this id already is something else, or has been taken back."""

    reason = Text("Id:t finns redan med ett annat innehåll.", "The id is there already with other content.")
    advice = Text("Skicka med ett nytt id.", "Send it with a new id.")


class LeaveIsDecided(DomainError):
    """Leave is granted by a decision, which a system cannot take."""

    reason = Text("Ledighet beviljas av rektor.", "Leave is granted by the principal.")
    advice = Text(
        "Anmäl som frånvaro, eller ansök om ledighet i Skolkit.",
        "Report it as absence, or apply for leave in Skolkit.",
    )
    law = "skollagen 7:18"


class OutOfTime(DomainError):
    """Comings and goings are written down at most some days afterwards, and never ahead."""

    reason = Text(
        "Tiden ligger för långt bak eller i framtiden.", "The time is too far back or in the future."
    )
    advice = Text("Kontrollera tiden och skicka igen.", "Check the time and send again.")


def write(resource: str, author: Author, body: Any) -> Entity:
    """Write something of a resource; the entity as it is then."""
    return persist(lambda: _WRITES[resource](author, body))


def delete(resource: str, author: Author, id: str) -> None:
    """Take something of a resource back. Raises `NotFound` where it is not, or not for the client."""
    persist(lambda: _DELETES[resource](author, id))


def _entity(resource: Resource, id: str) -> Entity:
    found = resource.by_ids([id])
    if not found:
        raise NotFound
    return found[0]


def _again(resource: Resource, id: str, *, same: bool) -> Entity:
    """What was written before under this id, if it is the same."""
    if not same:
        raise IdTaken(field="id")
    return _entity(resource, id)


def _by(author: Author, reference: bodies.Ref | None, field: str) -> PersonId | None:
    """Who is said to have done it: somebody in the register, whom the client may know."""
    if reference is None:
        return None
    person = PersonId(str(reference.id))
    if register.anyone(person) is None or not author.sees(person, None, None):
        raise NotFound(field=field)
    return person


# Absence


def _write_absence(author: Author, new: bodies.NewAbsence) -> Entity:
    """Some seven round trips."""
    if new.type == "Beviljad ledighet":
        raise LeaveIsDecided(field="type")
    record = register.pupil(PersonId(str(new.student.id)))
    if record is None or record.unit is None:
        raise NotFound(field="student")
    author.require(record.id, record.unit, forms_of([record.unit])[record.unit].all)
    if new.organisation and str(new.organisation.id) != record.unit:
        raise NotFound(field="organisation")
    by = _by(author, new.registered_by, "registeredBy")
    role = Reporter.GUARDIAN if by in record.guardians else Reporter.ADMINISTRATOR
    role = Reporter.PUPIL if by == record.id else role
    id = str(new.id or new_id())
    draft = Notice(
        NoticeId(id), record.id, record.unit, _span(new.start_time, new.end_time), Reason.OTHER,
        by or PersonId(author.actor), role,
    )  # fmt: skip
    key = shown.absence_key(id)
    if known := shown.absences([key], consistent=True).get(key):
        return _again(ABSENCES, id, same=known.value == shown_of(draft))
    if notices.notice(record.id, draft.id):
        raise IdTaken(field="id")  # it has been taken back
    (made,) = accept([draft])
    trace = Trace(author.actor, "write_absence", record.id, role, id)
    commit(*made.writes, facts=[notified(made.notice)], trace=trace)
    return _entity(ABSENCES, id)


def _span(start: datetime, end: datetime) -> Span:
    """The days and times between two instants: midnight is the beginning of a day, or the end of the one
    before; whole minutes.
    """
    first, last = (at.astimezone(LOCAL).replace(second=0, microsecond=0) for at in (start, end))
    day = last.date() - timedelta(days=1) if last.time() == time.min else last.date()
    at, until = (t if t != time.min else None for t in (first.time(), last.time()))
    return Span(first.date(), day, at, until)


# Lessons


def _write_attendance(author: Author, new: bodies.NewAttendance) -> Entity:
    """Some six round trips. The line stands over the one that is there, as of somebody who has seen it."""
    sheet, pupil = _lesson(author, str(new.calendar_event.id), str(new.student.id))
    by = _by(author, new.reporter, "reporter") or PersonId(author.actor)
    mark = sheet.marks.get(pupil)
    line = merging.Line(pupil, _entry(new), now(), mark.version if mark else 0)
    merged = merging.merge(sheet, [line], by, now())
    if merged.outcomes[pupil] is not merging.Outcome.KNOWN:
        trace = Trace(
            author.actor, "write_attendance", sheet.lesson, changes=text_of(changes(sheet, merged.sheet))
        )
        write_sheet(sheet, merged.sheet, trace, still=require_unlocked(sheet))
    return _entity(ATTENDANCES, attendance_id(sheet.lesson, pupil))


def _lesson(author: Author, lesson: str, pupil: str) -> tuple[Sheet, PersonId]:
    """The sheet of a lesson that a pupil is on the list of."""
    sheet = sheets.sheet(LessonId(lesson))
    if sheet is None or pupil not in sheet.roster:
        raise NotFound
    author.require(PersonId(pupil), sheet.unit, forms_of([sheet.unit])[sheet.unit].lessons)
    return sheet, PersonId(pupil)


def _entry(new: bodies.NewAttendance) -> Entry:
    minutes = Minutes(
        new.attendance_minutes, new.valid_absence_minutes, new.invalid_absence_minutes,
        new.other_attendance_minutes,
    )  # fmt: skip
    if not minutes.valid or new.absence_reason is None:
        return Entry(minutes)
    known = new.absence_reason in {reason.value for reason in Reason}
    return Entry(minutes, Reason(new.absence_reason) if known else Reason.OTHER)


def _delete_attendance(author: Author, id: str) -> None:
    """Take a pupil's line back: the lesson is to be reported again. Some six round trips."""
    lesson = lesson_of(id)
    sheet = sheets.sheet(lesson) if lesson else None
    pupil = next((p for p in sheet.roster if attendance_id(sheet.lesson, p) == id), None) if sheet else None
    if sheet is None or pupil is None or pupil not in sheet.entries:
        raise NotFound
    _lesson(author, sheet.lesson, pupil)
    after = lesson_rules.without(sheet, pupil)
    trace = Trace(author.actor, "delete_attendance", sheet.lesson, changes=text_of(changes(sheet, after)))
    write_sheet(sheet, after, trace, still=require_unlocked(sheet))


# Coming and going


def _write_event(author: Author, new: bodies.NewAttendanceEvent) -> Entity:
    """Some seven round trips."""
    day, child = today(new.time), PersonId(str(new.person.id))
    group = organisation.group(GroupId(str(new.group.id)), day)
    if group is None or child not in group.members:
        raise NotFound
    author.require(child, group.unit, forms_of([group.unit])[group.unit].care)
    by = _by(author, new.registered_by, "registeredBy") or PersonId(author.actor)
    event = care_day.Event(str(new.id or new_id()), new.event_type, new.time, by, now())
    key = shown.event_key(event.id)
    if known := shown.events([key], consistent=True).get(key):
        one = known.value
        said = (one.child, one.group, one.type, stamp(one.at))
        return _again(EVENTS, event.id, same=said == (child, group.id, event.type, stamp(event.time)))
    _take(author, "write_attendance_event", (group.id, day, child), group.unit, event)
    return _entity(EVENTS, event.id)


def _take(
    author: Author, action: str, place: tuple[GroupId, Any, PersonId], unit: UnitId, event: care_day.Event
) -> None:
    (days,) = fetch(care_store.wanted_events([place]), consistent=True)
    events, version = days.get(place, ((), None))
    after, outcome = care_day.take(events, event)
    if outcome == "outOfTime":
        raise OutOfTime(field="time")
    if outcome != "recorded":
        raise IdTaken(field="id")  # it has been taken back
    group, _, child = place
    commit(
        care_store.events_item(*place, after, version),
        *shown.event_writes(child, group, unit, events, after),
        trace=Trace(author.actor, action, child, changes=event.corrects or event.id),
    )


def _delete_event(author: Author, id: str) -> None:
    """It never happened; that it was said is kept. Some five round trips."""
    key = shown.event_key(id)
    known = shown.events([key], consistent=True).get(key)
    if known is None:
        raise NotFound
    one = known.value
    author.require(one.child, one.unit, forms_of([one.unit])[one.unit].care)
    by = PersonId(author.actor)
    void = care_day.Event(
        new_id(), "In" if one.type == "In" else "Ut", one.at, by, now(), corrects=id, void=True
    )
    _take(author, "delete_attendance_event", (one.group, today(one.at), one.child), one.unit, void)


# Homes' weeks


def _write_schedule(author: Author, new: bodies.NewAttendanceSchedule) -> Entity:
    """Some ten round trips, and one for each unit until the placement's is found when nothing has been said
    of it before.
    """
    placement = str(new.placement.id)
    child = _child(author, _whose(placement))
    place = next((p for p in child.placements if p.id == placement), None)
    if place is None:
        raise NotFound(field="placement")
    author.require(child.record.id, place.unit, forms_of([place.unit])[place.unit].care)
    asked = [_by(author, state.registered_by, "state") for state in new.state]
    said = child.care(today())
    own = care_store.read_child(child.record.id, today()).plan if child.record.also else said.plan
    drawn = _drawn(new, place, _owner(child, own, asked))
    key = shown.schedule_key(drawn.id)
    if known := shown.schedules([key], consistent=True).get(key):
        same = next((s for s in own.schedules if s.id == drawn.id), None)
        unchanged = same is not None and replace(same, state=drawn.state, version=1) == drawn
        return _again(SCHEDULES, known.value.id, same=unchanged)
    unit = care_units.read_unit(place.unit)
    drawn = care_rules.check_schedule(drawn, place, child.record.birth_date, today())
    lead = unit.settings.schedule_lead_days
    drawn = replace(drawn, state=care_rules.state_of_new(unit.settings, lead, drawn.start, today()))
    care.require_schedule_apart(care.added(said.plan, drawn), said, unit, drawn)
    trace = Trace(
        author.actor, "write_attendance_schedule", child.record.id, changes=f"{drawn.id} {drawn.state}"
    )
    commit(
        care_store.plan_item(care.added(own, drawn), today()),
        *shown.schedule_writes(child.record.id, None, drawn),
        *care.asking(drawn, child.record.id),
        trace=trace,
    )
    return _entity(SCHEDULES, drawn.id)


def _whose(placement: str) -> PersonId:
    """The child of a placement."""
    keys = shown.schedules_at(placement)
    for known in shown.schedules(keys[:1], consistent=True).values():
        return known.value.child
    for unit in organisation.units():
        for person, enrolment in register.enrolments_at(unit.id):
            if enrolment.id == placement:
                return person
    raise NotFound(field="placement")


def _child(author: Author, id: PersonId) -> care.Child:
    record = register.pupil(id)
    known = register.pupils([id]).get(id) if record else None
    if record is None or known is None or not author.sees(id, None, None):
        raise NotFound
    return care.Child(record, care.placements_of(known), staff=True)


def _owner(child: care.Child, plan: Plan, asked: list[PersonId | None]) -> PersonId:
    """Whose home it is: the guardian who asked last, or the only one there is."""
    guardians = child.record.guardians
    named = [person for person in asked if person in guardians]
    only = next(iter(guardians)) if len(guardians) == 1 else None
    return care_rules.home_of(plan, child.record.id, named[-1] if named else only, guardians, staff=True)


def _drawn(new: bodies.NewAttendanceSchedule, place: care_rules.Placement, owner: PersonId) -> Schedule:
    entries = (
        WeekEntry(e.week_offset + 1, WEEKDAYS.index(e.day_of_week) + 1, Hours(e.start_time, e.end_time))
        for e in new.schedule_entries
    )
    return Schedule(
        id=str(new.id or new_id()), owner=owner, placement=place.id, unit=place.unit, start=new.start_date,
        end=new.end_date, weeks=new.number_of_weeks, entries=tuple(sorted(entries)),
    )  # fmt: skip


def _delete_schedule(author: Author, id: str) -> None:
    """Take a home's weeks back before they begin. Some six round trips."""
    key = shown.schedule_key(id)
    known = shown.schedules([key], consistent=True).get(key)
    if known is None:
        raise NotFound
    one = known.value
    author.require(one.child, one.unit, forms_of([one.unit])[one.unit].care)
    child = _child(author, one.child)
    said = child.care(today())
    own = care_store.read_child(one.child, today()).plan if child.record.also else said.plan
    old = next((s for s in own.schedules if s.id == id and s.state != "Nekat"), None)
    if old is None:
        raise NotFound
    if old.start <= today():
        raise ScheduleBegun(field="startDate", value=old.start.isoformat())
    care.require_schedule_apart(care.without(said.plan, old), said, care_units.read_unit(old.unit), old)
    commit(
        care_store.plan_item(care.without(own, old), today()),
        *shown.schedule_writes(one.child, old, None),
        *care.answered_schedule(old, one.child),
        trace=Trace(author.actor, "delete_attendance_schedule", one.child, changes=id),
    )


_WRITES: Mapping[str, Callable[[Author, Any], Entity]] = {
    "attendances": _write_attendance,
    "absences": _write_absence,
    "attendanceEvents": _write_event,
    "attendanceSchedule": _write_schedule,
}
_DELETES: Mapping[str, Callable[[Author, str], None]] = {
    "attendances": _delete_attendance,
    "attendanceEvents": _delete_event,
    "attendanceSchedule": _delete_schedule,
}

"""Counted days as the standard's `AggregatedAttendance`: every pupil's minutes of each activity in a span. It
is made when asked for, has no id and is in no feed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from uuid import UUID

from functions.attendance.domain.totals import GroupDay, Sums
from functions.attendance.ss12000.shapes import AggregatedAttendance, Forms, forms_of, person
from functions.attendance.store import totals as store
from functions.organisation import queries as organisation
from functions.timetable import queries as timetable
from skolkit.clock import now
from skolkit.ss12000 import Asked, Entity, Filters, Place, Reference, Step, as_asked
from skolkit.sweden.codes import SS12000_SCHOOL_TYPE
from skolkit.table import fetch
from skolkit.types import GroupId, LessonId, PersonId, UnitId, stable_id

NEVER = datetime(1970, 1, 1, tzinfo=UTC)


def aggregated(sums: Sums, activity: str, pupil: PersonId, first: date, last: date) -> AggregatedAttendance:
    """A pupil's sums of one activity from a first to a last day."""
    return AggregatedAttendance(
        activity=Reference(id=UUID(activity)),
        student=person(pupil),
        start_date=first,
        end_date=last,
        attendance_sum=sums.attendance,
        valid_absence_sum=sums.valid,
        invalid_absence_sum=sums.invalid,
        other_attendance_sum=sums.other,
        reported_sum=sums.reported,
        offered_sum=sums.offered,
    )


@dataclass(frozen=True, slots=True)
class Aggregated:
    """The list: group by group, by id."""

    meant = staticmethod(as_asked)
    belongs = None

    def walk(self, asked: Asked, place: Place | None, limit: int) -> Iterator[Step]:  # noqa: ARG002
        """On through the groups that have counted something. A query for each, and a batch or two; before
        them one for every unit, or every pupil asked for.
        """
        first, last = asked.filters["startDate"], asked.filters["endDate"]
        for group in sorted(_groups(asked.filters, first, last)):
            if place is None or group > place:
                yield Step(group, _of_group(group, first, last))

    def keeps(self, entity: Entity, filters: Filters) -> bool:
        """Whether the pupil, the unit and the school form are asked for."""
        students, units, types = (filters.get(name) for name in ("student", "organisation", "schoolType"))
        mine = {SS12000_SCHOOL_TYPE[form] for form in entity.in_forms() or ()}
        return (
            (not students or entity.about in students)
            and (not units or bool((entity.in_units() or frozenset()) & set(units)))
            and (not types or bool(mine & set(types)))
        )


def _groups(filters: Filters, first: date, last: date) -> set[GroupId]:
    if students := filters.get("student"):
        return {g for student in students for g in store.groups_counted(PersonId(student), first, last)}
    units = filters.get("organisation") or [unit.id for unit in organisation.units()]
    return {g for unit in units for g in store.groups_counted_at(UnitId(unit), first, last)}


def _of_group(group: GroupId, first: date, last: date) -> list[Entity]:
    """A group's pupils and activities, lessons that have not ended left out."""
    days, until = list(store.counted_days(group, first, last)), now()
    activities = _activities(group, days)
    found: dict[tuple[str, PersonId, UnitId], Sums] = defaultdict(Sums)
    for day in days:
        for lesson in day.lessons:
            if lesson.end <= until and lesson.state != "notHeld":
                for pupil in lesson.roster:
                    found[activities[lesson.lesson], pupil, day.unit] += lesson.of(pupil)
    forms = forms_of(unit for _, _, unit in found)
    return [
        _entity(aggregated(found[key], key[0], key[1], first, last), key[1], key[2], forms[key[2]])
        for key in sorted(found)
    ]


def _entity(shape: AggregatedAttendance, pupil: PersonId, unit: UnitId, forms: Forms) -> Entity:
    around = frozenset((unit,)), forms.lessons
    return Entity("", shape, NEVER, NEVER, *around, pupil, frozenset((pupil,)))


def _activities(group: GroupId, days: Sequence[GroupDay]) -> dict[LessonId, str]:
    """Which activity lessons are of: the group's in their subject, else the id that it would have been given
    from both. Two batches, and one per 100 days.
    """
    planned, ids = fetch(
        timetable.wanted_group_days([group], [day.day for day in days]),
        organisation.wanted_activities_of_groups([group]),
    )
    codes = {lesson.id: lesson.subject_code for lessons in planned.values() for lesson in lessons}
    known: dict[str, organisation.ActivityRecord]
    (known,) = fetch(organisation.wanted_activities(ids[group]))
    return {
        lesson.lesson: _activity(group, codes.get(lesson.lesson, lesson.subject), day.day, known.values())
        for day in days
        for lesson in day.lessons
    }


def _activity(group: GroupId, subject: str, day: date, known: Iterable[organisation.ActivityRecord]) -> str:
    mine = [a.id for a in known if a.subject == subject and a.start <= day and (not a.end or day <= a.end)]
    return min(mine) if mine else stable_id("activity", group, subject)


AGGREGATED = Aggregated()

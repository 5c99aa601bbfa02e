"""Files of lessons with dates (process 16): a file replaces every group's day that it names.

Rows of one group and day stand together. Lessons are written by group and day and, as copies, by teacher and
day and by lesson; each group whose days changed is told of.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, timedelta
from typing import Annotated, Self

from pydantic import AfterValidator, AwareDatetime, Field, model_validator

from functions.organisation import queries as organisation
from functions.register import queries as register
from functions.timetable import store
from functions.timetable.domain import (
    GroupDay,
    Lessons,
    PlannedLesson,
    activity_of,
    in_order,
    joined,
    of_groups_day,
    of_teachers_day,
)
from functions.timetable.events import ImportFinished, TimetablePublished
from skolkit.clock import today
from skolkit.errors import Text
from skolkit.events import Fact
from skolkit.imports import FileRow, Importer, Row, RowFault, Source, save
from skolkit.table import Erase, Write, fetch
from skolkit.types import GroupId, LessonId, PersonId, UnitId, stable_id

LONGEST = timedelta(hours=10)


class ImpossibleTimes(ValueError):
    """A lesson ends after it starts, the same day."""

    sv = "lektionen slutar inte efter att den börjat, eller är längre än tio timmar"
    en = "the lesson does not end after its start, or is longer than ten hours"

    def __init__(self) -> None:
        super().__init__(self.en)


Id = Annotated[str, Field(pattern=r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")]


class LessonRow(FileRow):
    """One lesson on one day. `start` and `end` are RFC 3339 with offset; `unit` is a school unit code or an
    id.
    """

    id: Id | None = None
    group: Id
    unit: Annotated[str, AfterValidator(organisation.unit_named)]
    subject_code: Annotated[str, Field(max_length=20)]
    subject: Annotated[str, Field(min_length=1, max_length=100)]
    teachers: Annotated[tuple[Id, ...], Field(max_length=10)] = ()
    start: AwareDatetime
    end: AwareDatetime
    room: Annotated[str, Field(max_length=50)] = ""
    activity: Id | None = None

    @model_validator(mode="after")
    def _takes_time(self) -> Self:
        if not self.start < self.end <= self.start + LONGEST:
            raise ImpossibleTimes
        return self

    def lesson(self) -> PlannedLesson:
        """The planned lesson; without an id it is known by group, subject and start."""
        start = self.start.astimezone(UTC)
        own = self.id or stable_id("lesson", self.group, self.subject_code, start.isoformat())
        return PlannedLesson(
            id=LessonId(own),
            group=GroupId(self.group),
            unit=UnitId(self.unit),
            subject_code=self.subject_code,
            subject=self.subject,
            teachers=tuple(map(PersonId, self.teachers)),
            start=start,
            end=self.end.astimezone(UTC),
            room=self.room,
            activity=self.activity,
        )


def take_lessons(rows: Sequence[Row[LessonRow]], source: Source) -> list[RowFault]:
    """Write the days of groups and teachers that changed.

    Per 100 lessons of about 20 groups and 60 teachers: 5 reads and 3 transactions; unchanged ones 3 reads.
    """
    lessons, faults = _planned({row.line: row.data.lesson() for row in rows})
    refused = {fault.line for fault in faults}
    arrived: dict[GroupDay, list[PlannedLesson]] = {}
    for line, lesson in lessons.items():
        if line not in refused:
            arrived.setdefault((lesson.group, lesson.day), []).append(lesson)
    stored = store.group_day_items(list(arrived))
    before = {pair: store.lessons_of(item) for pair, item in stored.items()}
    after: dict[GroupDay, Lessons] = {}
    for pair, new in arrived.items():
        same = pair in stored and stored[pair].source == source.id
        after[pair] = of_groups_day(before.get(pair, ()), new, same_file=same)
    changed = [pair for pair in after if after[pair] != before.get(pair, ())]
    # The copies first: after a crash in between the group's day still differs and is done again.
    bundles: list[list[Write | Fact]] = [[item] for item in _teacher_days(changed, before, after)]
    bundles += [[write] for write in _copies(changed, before, after)]
    bundles += [[store.group_day_item(pair, stored.get(pair), after[pair], source.id)] for pair in changed]
    save([*bundles, *([fact] for fact in _facts(changed, after))], source)
    return faults


def _teacher_days(
    changed: Sequence[GroupDay], before: dict[GroupDay, Lessons], after: dict[GroupDay, Lessons]
) -> Iterable[store.TeacherDayItem]:
    touched = {
        (teacher, day): None
        for group, day in changed
        for lesson in (*before.get((group, day), ()), *after[group, day])
        for teacher in lesson.teachers
    }
    stored = store.teacher_day_items(list(touched))
    for teacher, day in touched:
        item = stored.get((teacher, day))
        old = store.lessons_of(item) if item else ()
        groups = [group for group, changed_day in changed if changed_day == day]
        arrived = in_order(lesson for group in groups for lesson in after[group, day])
        new = of_teachers_day(teacher, old, groups, arrived)
        if new != old:
            yield store.teacher_day_item((teacher, day), item, new)


def _copies(
    changed: Sequence[GroupDay], before: dict[GroupDay, Lessons], after: dict[GroupDay, Lessons]
) -> Iterable[Write]:
    """What makes the lessons by id as the changed days say, and rooms that are new."""
    arrived = [lesson for pair in changed for lesson in after[pair]]
    touched = dict.fromkeys(x.id for pair in changed for x in (*before.get(pair, ()), *after[pair]))
    rooms = list(dict.fromkeys((lesson.unit, lesson.room) for lesson in arrived if lesson.room))
    stored, known = fetch(
        store.wanted_lesson_items(list(touched)), store.wanted_rooms(rooms), consistent=True
    )
    yield from (store.room_item(*room) for room in rooms if room not in known)
    by_id: dict[LessonId, list[PlannedLesson]] = {}
    for lesson in arrived:
        by_id.setdefault(lesson.id, []).append(lesson)
    days = set(changed)
    for id in touched:
        item = stored.get(id)
        old = {lesson.group: lesson for lesson in store.lessons_of(item)} if item else {}
        new = joined(old, days, by_id.get(id, ()))
        if new and new != old:
            yield store.lesson_item(id, item, new)
        elif item and not new:
            yield Erase(item)


def _facts(changed: Sequence[GroupDay], after: dict[GroupDay, Lessons]) -> Iterable[TimetablePublished]:
    for group in dict.fromkeys(group for group, _ in changed):
        days = [day for other, day in changed if other == group]
        unit = after[group, days[0]][0].unit
        yield TimetablePublished(group=group, unit=unit, first_day=min(days), last_day=max(days))


_UNKNOWN = {
    "group": Text(
        "Gruppen finns inte, eller hör till en annan skolenhet.",
        "The group does not exist, or is of another unit.",
    ),
    "teachers": Text("Läraren finns inte i registret.", "The teacher is not in the register."),
    "activity": Text("Aktiviteten finns inte.", "The activity does not exist."),
}
_ADVICE = Text(
    "Läs in grupper, aktiviteter och personal först, eller rätta id.",
    "Import groups, activities and staff first, or correct the id.",
)


def _planned(lessons: dict[int, PlannedLesson]) -> tuple[dict[int, PlannedLesson], list[RowFault]]:
    """The lessons with their activities and the forms of their groups, and what is wrong with some."""
    groups = list({lesson.group for lesson in lessons.values()})
    teachers = list({teacher for lesson in lessons.values() for teacher in lesson.teachers})
    some_day = next(iter(lessons.values())).day
    known, names, theirs = fetch(
        organisation.wanted_groups(groups, some_day), register.wanted_names(teachers),
        organisation.wanted_activities_of_groups(groups),
    )  # fmt: skip
    named = {lesson.activity for lesson in lessons.values() if lesson.activity}
    ids = sorted(named | {id for of in theirs.values() for id in of})
    (activities,) = fetch(organisation.wanted_activities(ids))
    faults, planned = [], {}
    for line, lesson in lessons.items():
        group = known.get(lesson.group)
        planned[line] = replace(
            lesson, activity=lesson.activity or activity_of(lesson, activities.values()),
            form=group.school_form if group else None,
        )  # fmt: skip
        if lesson.activity and lesson.activity not in activities:
            faults.append(RowFault(line, "activity", _UNKNOWN["activity"], _ADVICE, lesson.activity))
        if group is None or group.unit != lesson.unit:
            faults.append(RowFault(line, "group", _UNKNOWN["group"], _ADVICE, lesson.group))
        faults += [
            RowFault(line, "teachers", _UNKNOWN["teachers"], _ADVICE, teacher)
            for teacher in lesson.teachers
            if teacher not in names
        ]
    return planned, faults


LESSONS: Importer[LessonRow] = Importer(
    name="import_lessons",
    item=store.TimetableImportItem,
    finished=ImportFinished,
    read=LessonRow.model_validate_json,
    take=take_lessons,
    key=lambda row: (row.id, row.group, row.start, row.subject_code),
    together=lambda row: (row.group, today(row.start)),
    shown=("group", "unit", "subjectCode", "start", "end", "teachers"),
)

"""Files of activities (process 15) in the words of SS 12000 `Activity`: what groups are taught by whom, and
who sets grades in it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Annotated

from pydantic import Field

from functions.organisation.domain.groups import DatedGroup
from functions.organisation.domain.staffing import (
    ActivityNeedsGroup,
    ActivityRecord,
    ActivityType,
    DutyEndsBeforeStart,
    DutyRecord,
    Teaching,
)
from functions.organisation.events import ActivityChanged, ImportFinished
from functions.organisation.imports.common import Id, Name, Unit, unknown_unit
from functions.organisation.schemas.staffing import Minutes, SchoolGrade, Subject
from functions.organisation.store import activities as store
from functions.organisation.store import base as base_store
from functions.organisation.store import duties as duties_store
from functions.organisation.store import groups as groups_store
from functions.organisation.store import units as units_store
from skolkit.errors import DomainError, Text
from skolkit.imports import FileRow, Importer, Row, RowFault, Source, save
from skolkit.sweden.codes import SchoolForm
from skolkit.table import fetch
from skolkit.types import GroupId, PersonId, UnitId


class TeachingRow(FileRow):
    """A teacher's part: by duty."""

    duty: Id
    minutes_planned: Minutes = 0
    grader: bool = False
    start_date: date | None = None
    end_date: date | None = None


class ActivityRow(FileRow):
    """An activity of a unit."""

    id: Id
    unit: Unit
    display_name: Name
    activity_type: ActivityType = "Undervisning"
    start_date: date
    end_date: date | None = None
    groups: Annotated[tuple[Id, ...], Field(max_length=20)] = ()
    teachers: Annotated[tuple[TeachingRow, ...], Field(max_length=20)] = ()
    minutes_planned: Minutes | None = None
    subject: Subject | None = None
    school_form: SchoolForm | None = None
    year: SchoolGrade | None = None
    syllabus: Id | None = None

    def activity(self, duties: Mapping[str, DutyRecord], old: ActivityRecord | None = None) -> ActivityRecord:
        """The activity; what a file cannot say stays. Raises `ActivityNeedsGroup`, `DutyEndsBeforeStart`."""
        return ActivityRecord(
            id=self.id, unit=UnitId(self.unit), name=self.display_name, type=self.activity_type,
            start=self.start_date, end=self.end_date, groups=tuple(map(GroupId, self.groups)),
            teachers=tuple(
                Teaching(
                    t.duty, PersonId(duties[t.duty].person), t.minutes_planned, t.grader, t.start_date,
                    t.end_date,
                )
                for t in self.teachers
            ),
            minutes=self.minutes_planned, subject=self.subject, school_form=self.school_form, year=self.year,
            syllabus=self.syllabus, parent=old.parent if old else None,
            calendar_events_required=old.calendar_events_required if old else True,
        )  # fmt: skip


_ADVICE = Text("Läs in det som raden hänvisar till först.", "Import what the row refers to first.")
_UNKNOWN = {
    "groups": Text(
        "Gruppen finns inte, eller hör till en annan skolenhet.",
        "The group does not exist, or is of another unit.",
    ),
    "teachers": Text(
        "Tjänsten finns inte, eller hör till en annan skolenhet.",
        "The duty does not exist, or is of another unit.",
    ),
    "id": Text("Id:t är redan en annan enhets aktivitet.", "The id is another unit's activity already."),
}


def take_activities(rows: Sequence[Row[ActivityRow]], source: Source) -> list[RowFault]:
    """Write activities that differ from the stored ones, and tell. Per 100 rows: 4 reads, and for each
    changed one 2 reads and a transaction.
    """
    units, groups, duties, stored = fetch(
        units_store.wanted_units([UnitId(row.data.unit) for row in rows]),
        groups_store.wanted_groups([GroupId(g) for row in rows for g in row.data.groups]),
        duties_store.wanted_duties([t.duty for row in rows for t in row.data.teachers]),
        store.wanted_activities([row.data.id for row in rows]),
        consistent=True,
    )
    faults: list[RowFault] = []
    for row in rows:
        if row.data.unit not in units:
            faults.append(unknown_unit(row.line, row.data.unit))
        elif fault := _wrong(row, groups, duties, stored):
            faults.append(fault)
        else:
            old = stored.get(row.data.id)
            activity = row.data.activity(duties, old)
            if activity != old:  # one at a time: they share the lists of groups and teachers
                fact = ActivityChanged(activity=activity.id, unit=activity.unit)
                save([[*store.activity_writes(old, activity), fact]], source)
    return faults


def _wrong(
    row: Row[ActivityRow], groups: Mapping[GroupId, DatedGroup], duties: Mapping[str, DutyRecord],
    stored: Mapping[str, ActivityRecord],
) -> RowFault | None:  # fmt: skip
    """What is wrong with a row, if anything."""
    data, line = row.data, row.line
    for group in data.groups:
        if GroupId(group) not in groups or groups[GroupId(group)].unit != data.unit:
            return RowFault(line, "groups", _UNKNOWN["groups"], _ADVICE, group)
    for teaching in data.teachers:
        if teaching.duty not in duties or duties[teaching.duty].unit != data.unit:
            return RowFault(line, "teachers", _UNKNOWN["teachers"], _ADVICE, teaching.duty)
    if data.id in stored and stored[data.id].unit != data.unit:
        return RowFault(line, "id", _UNKNOWN["id"], _ADVICE, data.id)
    try:
        data.activity(duties)
    except (ActivityNeedsGroup, DutyEndsBeforeStart) as refusal:
        return _fault(line, refusal)
    return None


def _fault(line: int, refusal: DomainError) -> RowFault:
    return RowFault(line, refusal.field, refusal.said, refusal.advised, str(refusal.value or ""))


ACTIVITIES: Importer[ActivityRow] = Importer(
    name="import_activities",
    item=base_store.OrganisationImportItem,
    finished=ImportFinished,
    read=ActivityRow.model_validate_json,
    take=take_activities,
    key=lambda row: row.id,
    shown=("unit", "activityType", "subject", "schoolForm", "year", "startDate", "endDate"),
)

"""Files of duties (process 15), in the words of SS 12000; older files say a role of the system instead."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Self

from pydantic import Field, model_validator

from functions.access.guard import Role
from functions.organisation.domain.staffing import (
    GUARD_ROLE,
    OF_ROLE,
    Assignment,
    AssignmentType,
    DutyEndsBeforeStart,
    DutyRecord,
    DutyRole,
)
from functions.organisation.events import DutyChanged, ImportFinished
from functions.organisation.imports.common import Id, Unit, unknown_unit
from functions.organisation.store import base as base_store
from functions.organisation.store import duties as duties_store
from functions.organisation.store import units as units_store
from skolkit.errors import Text
from skolkit.events import Fact
from skolkit.imports import FileRow, Importer, Row, RowFault, Source, save
from skolkit.table import Write, fetch
from skolkit.types import GroupId, PersonId, UnitId, stable_id


class RoleMissing(ValueError):
    """A duty has a `dutyRole`, or in older files a `role`; not both."""

    sv = "ange antingen dutyRole eller role"
    en = "give either dutyRole or role"


class EndsFirst(ValueError):
    """A duty ends no earlier than it starts."""

    sv, en = DutyEndsBeforeStart.reason.sv, DutyEndsBeforeStart.reason.en


class AssignmentRow(FileRow):
    """A task towards a group."""

    assignment_role_type: AssignmentType
    group: Id
    start_date: date | None = None
    end_date: date | None = None


class DutyRow(FileRow):
    """Someone's employment at a unit, or at the whole municipality when `unit` is null."""

    id: Id | None = None
    person: Id
    unit: Unit | None
    role: Role | None = None
    duty_role: DutyRole | None = None
    start_date: date
    end_date: date | None = None
    assignment_role: Annotated[tuple[AssignmentRow, ...], Field(max_length=20)] = ()
    signature: Annotated[str, Field(max_length=20)] | None = None
    duty_percent: Annotated[int, Field(ge=0, le=100)] | None = None
    hours_per_year: Annotated[int, Field(ge=1, le=3000)] | None = None
    description: Annotated[str, Field(max_length=100)] | None = None

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if (self.role is None) == (self.duty_role is None):
            raise RoleMissing
        if self.end_date and self.end_date < self.start_date:
            raise EndsFirst
        return self

    def duty(self) -> DutyRecord:
        """The duty; its id is the file's, else follows from person, role, unit and first day."""
        said = self.role or self.duty_role
        source = ("duty", self.person, str(said), self.unit or "*", self.start_date.isoformat())
        duty_role = self.duty_role or OF_ROLE[self.role or "teacher"]
        return DutyRecord(
            id=self.id or stable_id(*source), person=PersonId(self.person), duty_role=duty_role,
            unit=UnitId(self.unit) if self.unit else None, role=self.role or GUARD_ROLE.get(duty_role),
            start=self.start_date, end=self.end_date, signature=self.signature, percent=self.duty_percent,
            hours=self.hours_per_year, description=self.description,
            assignments=tuple(
                Assignment(a.assignment_role_type, GroupId(a.group), a.start_date, a.end_date)
                for a in self.assignment_role
            ),
        )  # fmt: skip


_ADVICE = Text(
    "En tjänst behåller person och enhet; ge den nya ett eget id.",
    "A duty keeps its person and unit; give the new one an id of its own.",
)
_TAKEN = Text("Id:t är redan en annan tjänsts.", "The id is another duty's already.")


def take_duties(rows: Sequence[Row[DutyRow]], source: Source) -> list[RowFault]:
    """Write duties that differ from the stored ones, and tell. Per 100 rows: 4 reads and 5 transactions."""
    units = [UnitId(row.data.unit) for row in rows if row.data.unit]
    found = {row.line: row.data.duty() for row in rows}
    known, stored = fetch(
        units_store.wanted_units(units), duties_store.wanted_duties([d.id for d in found.values()]),
        consistent=True,
    )  # fmt: skip
    faults: list[RowFault] = []
    bundles: list[list[Write | Fact]] = []
    for line, duty in found.items():
        old = stored.get(duty.id)
        if duty.unit and duty.unit not in known:
            faults.append(unknown_unit(line, duty.unit))
        elif old and (old.person, old.unit) != (duty.person, duty.unit):
            faults.append(RowFault(line, "id", _TAKEN, _ADVICE, duty.id))
        elif old != duty:
            fact = DutyChanged(duty=duty.id, person=duty.person, unit=duty.unit)
            bundles.append([*duties_store.duty_writes(old, duty), fact])
    save(bundles, source)
    return faults


DUTIES: Importer[DutyRow] = Importer(
    name="import_duties",
    item=base_store.OrganisationImportItem,
    finished=ImportFinished,
    read=DutyRow.model_validate_json,
    take=take_duties,
    key=lambda row: row.duty().id,
    shown=("unit", "role", "dutyRole", "startDate", "endDate", "dutyPercent", "hoursPerYear"),
)

"""Files of duties."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from functions.access.guard import Role
from functions.organisation.events import ImportFinished
from functions.organisation.imports.common import Id, Unit, unknown_unit
from functions.organisation.store import base as base_store
from functions.organisation.store import duties as duties_store
from functions.organisation.store import units as units_store
from skolkit.imports import FileRow, Importer, Row, RowFault, Source, differing, save
from skolkit.table import fetch
from skolkit.types import PersonId, UnitId


class DutyRow(FileRow):
    """Someone's employment at a unit, or at the whole municipality when `unit` is null."""

    person: Id
    unit: Unit | None
    role: Role
    start_date: date
    end_date: date | None = None


def take_duties(rows: Sequence[Row[DutyRow]], source: Source) -> list[RowFault]:
    """Write duties that differ from the stored ones. Per 100 rows: 2 reads and 2 transactions."""
    units = [UnitId(row.data.unit) for row in rows if row.data.unit]
    known = fetch(units_store.wanted_units(units), consistent=True)[0]
    faults = [
        unknown_unit(row.line, row.data.unit) for row in rows if row.data.unit and row.data.unit not in known
    ]
    good = [row.data for row in rows if row.data.unit is None or row.data.unit in known]
    items = [
        duties_store.duty_item(
            PersonId(d.person), d.role, UnitId(d.unit) if d.unit else None, d.start_date, d.end_date
        )
        for d in good
    ]
    save([[item] for item in differing(items)], source)
    return faults


DUTIES: Importer[DutyRow] = Importer(
    name="import_duties",
    item=base_store.OrganisationImportItem,
    finished=ImportFinished,
    read=DutyRow.model_validate_json,
    take=take_duties,
    key=lambda row: (row.person, row.role, row.unit, row.start_date),
    shown=("unit", "role", "startDate", "endDate"),
)

"""Files of programme structures (process 14)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from functions.organisation.events import ImportFinished
from functions.organisation.schemas.study_plans import NewProgramme
from functions.organisation.store import base as base_store
from functions.organisation.store import programmes as programmes_store
from functions.organisation.usecases.study_plans import programme_of
from skolkit.imports import Importer, Row, RowFault, Source, differing, save


def take_programmes(rows: Sequence[Row[NewProgramme]], source: Source) -> list[RowFault]:
    """Write programmes that differ from the stored ones. Per 100 rows: 1 read and 2 transactions."""
    items = [programmes_store.programme_item(programme_of(row.data)) for row in rows]
    save([[item] for item in differing(items)], source)
    return []


def _read(raw: Any) -> NewProgramme:
    if isinstance(raw, str):
        return NewProgramme.model_validate_json(raw)
    return NewProgramme.model_validate(raw)


PROGRAMMES: Importer[NewProgramme] = Importer(
    name="import_programmes",
    item=base_store.OrganisationImportItem,
    finished=ImportFinished,
    read=_read,
    take=take_programmes,
    key=lambda row: (row.school_form, row.code, row.valid_from),
    shown=("code", "type", "schoolForm", "validFrom", "points"),
)

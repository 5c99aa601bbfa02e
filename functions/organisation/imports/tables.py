"""The organisation's tables: groups with their members, and staff, in and out (processes 13 and 15)."""

from __future__ import annotations

from functions.organisation.domain.tables import GROUPS, STAFF
from functions.organisation.imports import group_table, staff_table
from functions.organisation.imports.table_people import hidden, protected, whom
from skolkit.tables.plans import Table

_TABLES = (
    Table(
        name="groups",
        columns=GROUPS,
        needed=(("group", "name"),),
        same=group_table.same_as,
        key=group_table.key_of,
        begin=group_table.begin,
        may_undo=group_table.may_undo,
        back=group_table.back,
        heads=group_table.heads,
        page=group_table.page,
        hidden=hidden,
        protected=protected,
        whom=whom,
    ),
    Table(
        name="staff",
        columns=STAFF,
        needed=(("duty", "person", "civicNo"),),
        same=staff_table.key_of,
        key=staff_table.key_of,
        begin=staff_table.begin,
        may_undo=staff_table.may_undo,
        back=staff_table.back,
        heads=staff_table.heads,
        page=staff_table.page,
        hidden=hidden,
        protected=protected,
        whom=staff_table.whom,
    ),
)
TABLES: dict[str, Table] = {table.name: table for table in _TABLES}

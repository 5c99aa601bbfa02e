"""Tables of groups and staff, in and out (processes 13 and 15). Whoever administers a unit may send one:
each row is judged by their rights. A unit's administrators export the unit, the municipality's everything.
"""

from __future__ import annotations

from functions.access import guard
from functions.organisation import queries
from functions.organisation.domain.tables import GROUPS, STAFF
from functions.organisation.events import PersonProtected, TableAsked
from functions.organisation.store.tables import KINDS
from skolkit.errors import ChangedMeanwhile
from skolkit.identity import Caller
from skolkit.tables.desk import Desk, named
from skolkit.types import UnitId

ATTEMPTS = 5  # a worker may commit its job meanwhile


def _may_import(caller: Caller) -> None:
    duties = queries.duties_of(caller.person_id)
    guard.require(caller, "organisation:import_table", guard.SYSTEM, duties)


def _may_export(caller: Caller, unit: UnitId | None) -> None:
    resource = guard.Unit(unit) if unit else guard.SYSTEM
    duties = queries.duties_of(caller.person_id)
    guard.require(caller, "organisation:export_table", resource, duties)


def _held(caller: Caller) -> frozenset[str]:
    duties = queries.duties_of(caller.person_id)
    return frozenset(named(duty.role, duty.unit) for duty in duties if duty.role == "administrator")


DESK = Desk(
    columns={"groups": GROUPS, "staff": STAFF},
    kinds=KINDS,
    asked=TableAsked,
    may_import=_may_import,
    may_export=_may_export,
    held=_held,
)


def work_on_tables(asked: TableAsked) -> None:
    """Do a job, or go on with it."""
    from functions.organisation.imports.tables import TABLES
    from skolkit.tables.work import work

    work(asked, KINDS, TABLES, DESK.allowed, again=TableAsked)


def withdraw_tables(fact: PersonProtected) -> None:
    """Let no file of a table show somebody who has become protected."""
    from functions.organisation.imports.tables import TABLES
    from skolkit.tables.withdrawal import withdraw

    for _ in range(ATTEMPTS - 1):
        try:
            withdraw(KINDS, TABLES, fact.person)
        except ChangedMeanwhile:
            continue
        return
    withdraw(KINDS, TABLES, fact.person)

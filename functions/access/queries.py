"""What other areas may read of access: the retention plan and the legal holds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from functions.access.domain.plan import plan_named
from functions.access.store import retention as store
from functions.register import queries as register
from skolkit.retention.rules import Hold, Line
from skolkit.types import PersonId


def retention_lines(plan: str) -> Mapping[str, Line]:
    """The lines of a version of the plan, by document type. KeyError for an unknown one. No round trip."""
    types = plan_named(plan).types
    return {id: Line(id, t.event, t.months, t.action, t.basis) for id, t in types.items()}


def holds(known: Sequence[Hold] = ()) -> list[Hold]:
    """The legal holds that stand, over a person with all records of the person. One consistent query, and of
    each hold over a person that is not among the `known` one per record.
    """
    before = {hold.id: hold for hold in known}
    return [before.get(row.sk) or _hold(row) for row in store.standing_holds()]


def deletes() -> bool:
    """Whether the municipality lets the nightly run delete, now. One consistent get."""
    return store.find_settings().mode == "real"


def _hold(row: store.HoldItem) -> Hold:
    also = register.same_person(PersonId(row.person)) if row.person else ()
    return Hold(row.sk, row.person, row.document, row.unit, also)

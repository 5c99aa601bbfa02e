"""What other areas may read of access: the retention plan and the legal holds."""

from __future__ import annotations

from collections.abc import Mapping

from functions.access.domain.plan import plan_named
from functions.access.store import retention as store
from skolkit.retention.rules import Hold, Line


def retention_lines(plan: str) -> Mapping[str, Line]:
    """The lines of a version of the plan, by document type. KeyError for an unknown one. No round trip."""
    types = plan_named(plan).types
    return {id: Line(id, t.event, t.months, t.action, t.basis) for id, t in types.items()}


def holds() -> list[Hold]:
    """The legal holds that stand. One consistent query."""
    return [Hold(row.sk, row.person, row.document, row.unit) for row in store.standing_holds()]

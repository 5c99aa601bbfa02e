"""The retention plan (gallringsplan) and what must be told of each document type: purpose, categories,
source, recipients and how long it is kept (GDPR art. 13–15 and 30; arkivlagen (1990:782) 10 §).

Versioned data: a run or a document says which version it followed. Where no law says a period the value is
what municipalities usually decide, to be replaced by the municipality's own plan (dokumenthanteringsplan).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from functions.access.domain import plan_2026_11, plan_2026_11_tests
from functions.access.domain.document_types import DocumentType


@dataclass(frozen=True, slots=True)
class Plan:
    """A version of the plan, in force from a day until the next one's."""

    id: str
    valid_from: date
    types: Mapping[str, DocumentType]


# The first one a run followed: what was planned before it was taken away by hand.
_LINES = (*plan_2026_11.TYPES, *plan_2026_11_tests.TYPES)
PLANS = (Plan("2026-11", date(2026, 11, 1), {kind.id: kind for kind in _LINES}),)


def plan_named(id: str) -> Plan:
    """A version of the plan. KeyError for one there has never been."""
    return {plan.id: plan for plan in PLANS}[id]


def plan_on(day: date) -> Plan:
    """The plan in force on a day; the first one for any day before it.

    >>> plan_on(date(2027, 1, 1)).id
    '2026-11'
    """
    return max((p for p in PLANS if p.valid_from <= day), key=lambda p: p.valid_from, default=PLANS[0])

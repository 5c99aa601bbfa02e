"""School years: the draft, the decided one, and every decision there has been."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from pynamodb.attributes import BooleanAttribute, JSONAttribute, NumberAttribute, UnicodeAttribute

from functions.organisation.domain.calendars import Decision
from functions.organisation.domain.units import MUNICIPALITY
from functions.organisation.store.base import OrganisationItem
from skolkit.clock import stamp
from skolkit.cursor import seal, unseal
from skolkit.sweden.calendar import SchoolCalendar, SchoolYear, Term
from skolkit.table import Wanted, Write
from skolkit.types import PersonId, UnitId


class YearFields(OrganisationItem):
    """The days of a school year."""

    autumn = JSONAttribute()
    spring = JSONAttribute()
    days_off = JSONAttribute()
    study_days = JSONAttribute()


class CalendarItem(YearFields, discriminator="calendar"):
    """The decided school year of a unit, or of the municipality under the organiser's id: the latest
    decision's.

    `number` is None for one from a file of before decisions were kept.
    """

    number = NumberAttribute(null=True)


class DraftItem(YearFields, discriminator="calendar_draft"):
    """A proposed school year; `decided` when it has been decided as it is."""

    decided = BooleanAttribute(default=False)


class DecisionItem(YearFields, discriminator="calendar_decision"):
    """One decision; never written again."""

    decided_by = UnicodeAttribute(null=True)
    decided_at = UnicodeAttribute(null=True)
    reason = UnicodeAttribute()
    rules = UnicodeAttribute()


def _key(unit: UnitId, year: SchoolYear) -> tuple[str, str]:
    return f"UNIT#{unit}", f"CALENDAR#{year}"


def wanted_calendars(unit: UnitId, year: SchoolYear) -> Wanted[tuple[SchoolCalendar | None, ...]]:
    """The unit's own decided year and the municipality's."""
    keys = [_key(unit, year), _key(MUNICIPALITY, year)]

    def answer(found: dict[tuple[str, str], CalendarItem]) -> tuple[SchoolCalendar | None, ...]:
        return tuple(_calendar(found[key], year) if key in found else None for key in keys)

    return Wanted(CalendarItem, keys, answer)


def wanted_decided(
    keys: Sequence[tuple[UnitId, SchoolYear]],
) -> Wanted[dict[tuple[UnitId, SchoolYear], tuple[CalendarItem, SchoolCalendar]]]:
    """Decided years with their items; units without are left out."""

    def answer(
        found: dict[tuple[str, str], CalendarItem],
    ) -> dict[tuple[UnitId, SchoolYear], tuple[CalendarItem, SchoolCalendar]]:
        return {
            (u, y): (item, _calendar(item, y)) for u, y in keys if (item := found.get(_key(u, y))) is not None
        }

    return Wanted(CalendarItem, [_key(*key) for key in keys], answer)


def find_calendar(unit: UnitId, year: SchoolYear) -> tuple[CalendarItem, SchoolCalendar] | None:
    """The decided year of exactly this unit. One consistent get."""
    item = CalendarItem.find(*_key(unit, year))
    return (item, _calendar(item, year)) if item else None


def find_draft(unit: UnitId, year: SchoolYear) -> tuple[DraftItem, SchoolCalendar] | None:
    """The proposed year. One consistent get."""
    item = DraftItem.find(f"UNIT#{unit}", f"DRAFT#{year}")
    return (item, _calendar(item, year)) if item else None


def draft_item(unit: UnitId, calendar: SchoolCalendar, *, decided: bool = False) -> DraftItem:
    """The item of a proposal."""
    key = f"UNIT#{unit}", f"DRAFT#{calendar.school_year}"
    return DraftItem(*key, **_days(calendar), decided=decided)


def decision_writes(decision: Decision, current: CalendarItem | None) -> list[Write]:
    """What stores a decision: the year that holds, over the one read, and the decision for good."""
    days = _days(decision.calendar)
    year = decision.calendar.school_year
    kept = DecisionItem(
        f"UNIT#{decision.unit}", f"DECIDED#{year}#{decision.number:04}", **days, reason=decision.reason,
        rules=decision.rules, decided_by=decision.decided_by,
        decided_at=stamp(decision.decided_at) if decision.decided_at else None,
    )  # fmt: skip
    holds = CalendarItem(*_key(decision.unit, year), **days, number=decision.number)
    return [holds.over(current.version if current else None), kept]


def first_of_history(unit: UnitId, item: CalendarItem, calendar: SchoolCalendar) -> Decision | None:
    """The decision that a year from before decisions were kept stands for; None when it is kept."""
    if item.number:
        return None
    return Decision(
        unit=unit, calendar=calendar, number=1, decided_by=None, decided_at=None, reason="ordinary"
    )


def page_of_decisions(
    unit: UnitId, year: SchoolYear, cursor: str | None, limit: int, *bound_to: str
) -> tuple[list[Decision], str | None]:
    """Every decision of a unit's year, the latest first. One query."""
    found = DecisionItem.query(
        f"UNIT#{unit}", DecisionItem.sk.startswith(f"DECIDED#{year}#"), scan_index_forward=False,
        limit=limit, page_size=limit, last_evaluated_key=unseal(cursor, *bound_to),
    )  # fmt: skip
    decisions = [_decision(unit, year, item) for item in found]
    return decisions, seal(found.last_evaluated_key, *bound_to)


def _decision(unit: UnitId, year: SchoolYear, item: DecisionItem) -> Decision:
    return Decision(
        unit=unit,
        calendar=_calendar(item, year),
        number=int(item.sk.rpartition("#")[2]),
        decided_by=PersonId(item.decided_by) if item.decided_by else None,
        decided_at=datetime.fromisoformat(item.decided_at) if item.decided_at else None,
        reason=item.reason,  # type: ignore[arg-type]
        rules=item.rules,
    )


def _calendar(item: YearFields, year: SchoolYear) -> SchoolCalendar:
    return SchoolCalendar(
        year,
        Term(*map(date.fromisoformat, item.autumn)),
        Term(*map(date.fromisoformat, item.spring)),
        frozenset(map(date.fromisoformat, item.days_off)),
        frozenset(map(date.fromisoformat, item.study_days)),
    )


def _days(calendar: SchoolCalendar) -> dict[str, Any]:
    terms = {"autumn": calendar.autumn, "spring": calendar.spring}
    return {
        **{name: [str(term.first), str(term.last)] for name, term in terms.items()},
        "days_off": sorted(map(str, calendar.days_off)),
        "study_days": sorted(map(str, calendar.study_days)),
    }

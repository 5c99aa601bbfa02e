"""Delegations and substitutions, beside the duties of the person who has them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, get_args

from pynamodb.attributes import ListAttribute, UnicodeAttribute

from functions.access.guard import Action, Duty
from functions.organisation.domain.stand_ins import Delegation, Substitution, TaughtLesson
from functions.organisation.store.base import OrganisationItem, day_of, text_of
from functions.organisation.store.duties import DutyItem
from functions.organisation.store.held import HeldItem
from skolkit.clock import stamp, today
from skolkit.cursor import seal, unseal
from skolkit.types import GroupId, LessonId, PersonId, UnitId

_ACTIONS = frozenset(get_args(Action))


class DelegationItem(HeldItem, discriminator="delegation"):
    """Somebody else's duty, for some actions."""

    by = UnicodeAttribute()
    actions: ListAttribute[Any] = ListAttribute()
    basis = UnicodeAttribute()
    rules = UnicodeAttribute()


class SubstitutionItem(HeldItem, discriminator="substitution"):
    """Somebody else's lessons; `start` and `end` are instants."""

    replaces = UnicodeAttribute()
    group = UnicodeAttribute(null=True)
    lesson = UnicodeAttribute(null=True)


@dataclass(frozen=True, slots=True)
class DutySpan:
    """A duty and its days, both inclusive; `end` None while it is open."""

    duty: Duty
    start: date
    end: date | None

    def covers(self, day: date) -> bool:
        return self.start <= day and (self.end is None or day <= self.end)


@dataclass(frozen=True, slots=True)
class Offices:
    """What somebody has today: `duties`, of which the delegated ones say for what only, and `substitutions`
    whose time is now. `delegations` are those that the delegated duties come from.
    """

    duties: tuple[Duty, ...]
    substitutions: tuple[Substitution, ...] = ()
    delegations: tuple[Delegation, ...] = ()

    def has_lesson(self, lesson: TaughtLesson, at: datetime) -> bool:
        """Whether the lesson is theirs as a substitute at that instant."""
        return any(one.has_lesson(lesson, at) for one in self.substitutions)


@dataclass(frozen=True, slots=True)
class HeldRecord:
    """A duty (`role`), a delegation or a substitution of a person at a unit."""

    person: PersonId
    what: Duty | Delegation | Substitution
    start: str
    end: str | None


def _sk(kind: str, id: str) -> str:
    # In the same range as the duties, so that one query finds all.
    return f"DUTY#~{kind}#{id}"


def delegation_item(one: Delegation, version: int | None = None) -> HeldItem:
    """The item of a delegation, to be written over the version read."""
    item = DelegationItem(
        f"PERSON#{one.to}", _sk("delegation", one.id), unit=one.unit, start=one.start.isoformat(),
        end=one.end.isoformat(), ended=text_of(one.ended), by=one.by, actions=sorted(one.actions),
        basis=one.basis, rules=one.rules,
    )  # fmt: skip
    item.shown_at_unit()
    return item.over(version)


def substitution_item(one: Substitution, version: int | None = None) -> HeldItem:
    """The item of a substitution, to be written over the version read."""
    item = SubstitutionItem(
        f"PERSON#{one.to}", _sk("substitution", one.id), unit=one.unit, start=stamp(one.start),
        end=stamp(one.end), ended=stamp(one.ended) if one.ended else None, replaces=one.replaces,
        group=one.group, lesson=one.lesson,
    )  # fmt: skip
    item.shown_at_unit()
    return item.over(version)


def find_delegation(to: PersonId, id: str) -> tuple[Delegation, int] | None:
    """A delegation and its version. One consistent get."""
    item = DelegationItem.find(f"PERSON#{to}", _sk("delegation", id))
    return (_delegation(item), item.version) if item else None


def find_substitution(to: PersonId, id: str) -> tuple[Substitution, int] | None:
    """A substitution and its version. One consistent get."""
    item = SubstitutionItem.find(f"PERSON#{to}", _sk("substitution", id))
    return (_substitution(item), item.version) if item else None


def offices_of(person: PersonId, at: datetime) -> Offices:
    """What somebody has at an instant. One consistent query; one more per delegator for those who act in
    somebody's stead: a delegation is worth nothing once its giver has the duty no longer.
    """
    rows = list(
        OrganisationItem.query(f"PERSON#{person}", HeldItem.sk.startswith("DUTY#"), consistent_read=True)
    )
    day = today(at)
    own = tuple(_duty(row) for row in rows if isinstance(row, DutyItem) and row.role and _covers(row, day))
    given = [_delegation(row) for row in rows if isinstance(row, DelegationItem)]
    given = [one for one in given if one.covers(day)]
    leading = {by: _led(by, day) for by in {one.by for one in given}}
    valid = tuple(one for one in given if one.unit in leading[one.by])
    stead = tuple(Duty("principal", one.unit, _ACTIONS & one.powers()) for one in valid)
    taken = (_substitution(row) for row in rows if isinstance(row, SubstitutionItem))
    return Offices((*own, *stead), tuple(one for one in taken if one.covers(at)), valid)


def _led(person: PersonId, day: date) -> set[UnitId]:
    rows = DutyItem.query(f"PERSON#{person}", HeldItem.sk.startswith("DUTY#"), consistent_read=True)
    return {UnitId(row.unit) for row in rows if row.unit and row.role == "principal" and _covers(row, day)}


def history_of(person: PersonId) -> tuple[DutySpan, ...]:
    """The duties of somebody's own of all times. One consistent query."""
    rows = DutyItem.query(f"PERSON#{person}", HeldItem.sk.startswith("DUTY#"), consistent_read=True)
    return tuple(
        DutySpan(_duty(row), date.fromisoformat(row.start), day_of(row.end)) for row in rows if row.role
    )


def held_at(
    unit: UnitId, day: date, cursor: str | None, limit: int, *bound_to: str
) -> tuple[list[HeldRecord], str | None]:
    """A page of what people have at a unit on a day or later, by person, and the cursor of the next. One
    query; what has ended takes a place on the page and is left out.
    """
    found = HeldItem.held.query(
        f"HELD#{unit}", limit=limit, page_size=limit, last_evaluated_key=unseal(cursor, *bound_to)
    )
    records = list(_records(found, day))
    return records, seal(found.last_evaluated_key, *bound_to)


def _records(rows: Any, day: date) -> Iterator[HeldRecord]:
    for row in rows:
        if row.ended or (row.end or text_of(day) or "")[:10] < day.isoformat():
            continue
        match row:
            case DutyItem() if row.role:
                yield HeldRecord(row.holder, _duty(row), row.start, row.end)
            case DelegationItem():
                yield HeldRecord(row.holder, _delegation(row), row.start, row.end)
            case SubstitutionItem():
                yield HeldRecord(row.holder, _substitution(row), row.start, row.end)


def _covers(row: HeldItem, day: date) -> bool:
    text = day.isoformat()
    covers: bool = row.start <= text <= (row.end or text)
    return covers


def _duty(row: DutyItem) -> Duty:
    return Duty(row.role, UnitId(row.unit) if row.unit else None)  # type: ignore[arg-type]


def _delegation(row: DelegationItem) -> Delegation:
    return Delegation(
        id=row.sk.rpartition("#")[2],
        unit=UnitId(row.unit),
        by=PersonId(row.by),
        to=row.holder,
        actions=frozenset(row.actions),
        basis=row.basis,  # type: ignore[arg-type]
        start=date.fromisoformat(row.start),
        end=date.fromisoformat(row.end),
        rules=row.rules,
        ended=day_of(row.ended),
    )


def _substitution(row: SubstitutionItem) -> Substitution:
    return Substitution(
        id=row.sk.rpartition("#")[2],
        unit=UnitId(row.unit),
        to=row.holder,
        replaces=PersonId(row.replaces),
        start=datetime.fromisoformat(row.start),
        end=datetime.fromisoformat(row.end),
        group=GroupId(row.group) if row.group else None,
        lesson=LessonId(row.lesson) if row.lesson else None,
        ended=datetime.fromisoformat(row.ended) if row.ended else None,
    )

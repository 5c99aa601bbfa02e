"""The table of staff (process 15): a row is a duty, which is made or changed as over HTTP.

A duty is known by id, or by person, unit, role and first day, which it keeps; those that open a unit, or the
municipality, are the organiser's to give (skollagen 2:9–10).
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Annotated, Any

from pydantic import Field

from functions.access import guard
from functions.organisation import queries
from functions.organisation.domain import staffing as rules
from functions.organisation.domain.staffing import DutyRecord, DutyRole
from functions.organisation.domain.tables import MUNICIPAL, duty_cells
from functions.organisation.domain.units import MUNICIPALITY
from functions.organisation.events import DutyChanged
from functions.organisation.imports.common import Id, Unit
from functions.organisation.imports.table_people import People, name_cells, names_of, who_of
from functions.organisation.imports.table_people import whom as named_by
from functions.organisation.store import duties as store
from skolkit.clock import today
from skolkit.errors import DomainError, Text
from skolkit.imports import FileRow, validated
from skolkit.table import Write, fetch
from skolkit.tables.items import Image
from skolkit.tables.plans import Asker, Back, Line, Page, Plan, Planned, Shown, changes, refused
from skolkit.types import PersonId, UnitId, is_id

PAGE = 100
_SHOWN = ("unit", "dutyRole", "startDate", "endDate", "dutyPercent", "hoursPerYear")


class NoSuchDuty(DomainError):
    """A row names a duty, or a unit, that there is not or that is not the caller's."""

    status = 422
    reason = Text("Tjänsten eller skolenheten finns inte.", "There is no such duty or school unit.")
    advice = Text(
        "Ange tjänst-id, eller person, skolenhet, befattning och startdatum för en ny.",
        "Give the duty id, or person, unit, role and start date of a new one.",
    )


class DutyKeepsThis(DomainError):
    """A duty keeps its person, unit, role and first day."""

    status = 422
    reason = Text(
        "En tjänst behåller person, enhet, befattning och startdatum.",
        "A duty keeps its person, unit, role and start date.",
    )
    advice = Text("Avsluta tjänsten och lägg in en ny.", "End the duty and enter a new one.")


class DutyLine(FileRow):
    """A row, in the words of SS 12000; `unit` is None for the whole municipality."""

    duty: Id | None = None
    unit: Unit | None = None
    duty_role: DutyRole | None = None
    start_date: date | None = None
    end_date: date | None = None
    duty_percent: Annotated[int, Field(ge=0, le=100)] | None = None
    hours_per_year: Annotated[int, Field(ge=1, le=3000)] | None = None
    signature: Annotated[str, Field(max_length=20)] | None = None
    description: Annotated[str, Field(max_length=100)] | None = None


def key_of(values: Mapping[str, str]) -> Hashable:
    """Which duty a row is."""
    words = (values.get(name, "") for name in ("unit", "dutyRole", "startDate"))
    return values.get("duty") or (who_of(values), *words)


def begin(asker: Asker, lines: Sequence[Line]) -> Callable[[Sequence[Line]], Plan]:
    """Plans of rows of staff. Three round trips for a piece, two per row."""
    return _Staff(asker, People.of(asker.caller, lines)).plan


@dataclass(frozen=True, slots=True)
class _Staff:
    asker: Asker
    people: People

    def plan(self, lines: Sequence[Line]) -> Plan:
        (line,) = lines
        row, faults = validated(line.line, lambda: _read(line), _SHOWN)
        if row is None:
            who = whom([line]).get(line.line, "")
            seen = PersonId(who) if self.people.named(line) else None
            hidden = self.people.hidden(seen)
            return Plan([Planned(line.line, "", who, faults=tuple(faults), hidden=hidden)])
        seen = None
        try:
            old = self._known(line, row)
            seen = old.person if old else self._person(line)
            new = _changed(old, line, row) if old else self._new(line, row, seen)
            if old and new != old and old.role in rules.RIGHTS:
                self._require_organiser()
        except DomainError as refusal:
            who, hidden = seen or whom([line]).get(line.line, ""), self.people.hidden(seen)
            told = Planned(line.line, "", who, faults=(refused(line.line, refusal),), hidden=hidden)
            return Plan([told])
        differ = changes(duty_cells(old) if old else {}, duty_cells(new))
        hidden = self.people.hidden(new.person)
        told = Planned(line.line, new.person, created=old is None, changes=differ, hidden=hidden)
        if not differ:
            return Plan([told])
        fact = DutyChanged(duty=new.id, person=new.person, unit=new.unit)
        return Plan([told], new.person, store.duty_writes(old, new), [fact])

    def _known(self, line: Line, row: DutyLine) -> DutyRecord | None:
        """The duty that a row changes, if the caller may. Raises `NoSuchDuty`, `UnknownPerson`."""
        if row.duty:
            old = store.find_duty(row.duty)
            who = who_of(line.values)
            if old is None or not self._may_edit(old.unit) or not self._seen(old.person):
                raise NoSuchDuty(field="duty")
            if who and self._person(line) != old.person:
                raise DutyKeepsThis(field="person")
            return old
        unit = _unit(line, row)
        if not self._may_edit(unit):
            raise NoSuchDuty(field="unit")
        person = self._person(line)
        same = [
            duty
            for duty in store.records_of(person)
            if (duty.unit, duty.duty_role, duty.start) == (unit, row.duty_role, row.start_date)
        ]
        # The row with the person has no version of its own: the duty's is that of its card.
        return store.find_duty(same[0].id) if same else None

    def _new(self, line: Line, row: DutyLine, person: PersonId) -> DutyRecord:
        """As `create_duty`."""
        unit = _unit(line, row)
        if row.duty_role is None or row.start_date is None:
            raise NoSuchDuty(field="dutyRole" if row.duty_role is None else "startDate")
        role = rules.GUARD_ROLE.get(row.duty_role)
        if unit is None or role in rules.RIGHTS:
            self._require_organiser()
        if queries.element(unit or MUNICIPALITY) is None:
            raise NoSuchDuty(field="unit")
        return DutyRecord(
            id=self.asker.id_of(line.line), person=person, unit=unit, duty_role=row.duty_role, role=role,
            start=row.start_date, end=row.end_date, percent=row.duty_percent, hours=row.hours_per_year,
            signature=row.signature, description=row.description,
        )  # fmt: skip

    def _may_edit(self, unit: UnitId | None) -> bool:
        return self._may("organisation:edit_staff", guard.Unit(unit or MUNICIPALITY))

    def _require_organiser(self) -> None:
        if not self._may("organisation:administer", guard.SYSTEM):
            raise NoSuchDuty(field="dutyRole")

    def _person(self, line: Line) -> PersonId:
        person = self.people.named(line)
        if person is None:
            raise rules.UnknownPerson(field="civicNo" if line.get("civicNo") else "person")
        return person

    def _seen(self, person: PersonId) -> bool:
        """Whether a person named by a duty's id may be known to the caller."""
        known = People.of(self.people.caller, [Line(0, {"person": person})])
        return known.named(Line(0, {"person": person})) is not None

    def _may(self, action: guard.Action, resource: guard.Resource) -> bool:
        return guard.allowed(self.people.caller, action, resource, self.people.duties)


def _read(line: Line) -> DutyLine:
    raw: dict[str, Any] = {n: v for n, v in line.values.items() if n not in {"person", "civicNo"}}
    if raw.get("unit", "").casefold() in (MUNICIPAL, MUNICIPALITY):
        del raw["unit"]
    return DutyLine.model_validate(raw)


def _unit(line: Line, row: DutyLine) -> UnitId | None:
    if not line.get("unit"):
        raise NoSuchDuty(field="unit")
    return UnitId(row.unit) if row.unit else None


def _changed(old: DutyRecord, line: Line, row: DutyLine) -> DutyRecord:
    """The duty with what the row says; empty cells leave what there is. Raises `DutyKeepsThis`."""
    said = {"unit": _unit(line, row) if line.get("unit") else old.unit}
    said |= {"duty_role": row.duty_role or old.duty_role, "start": row.start_date or old.start}  # type: ignore[dict-item]
    for name, value in said.items():
        if getattr(old, name) != value:
            raise DutyKeepsThis(field={"duty_role": "dutyRole", "start": "startDate"}.get(name, name))
    return replace(
        old, end=row.end_date or old.end, signature=row.signature or old.signature,
        percent=old.percent if row.duty_percent is None else row.duty_percent,
        hours=row.hours_per_year or old.hours, description=row.description or old.description,
    )  # fmt: skip


def whom(lines: Sequence[Line]) -> dict[int, str]:
    """Whose duties lines are, whoever may see them; "" for nobody's. Two round trips."""
    duties = store.wanted_duties([duty for line in lines if is_id(duty := line.get("duty"))])
    found = fetch(duties, consistent=True)[0]
    named = named_by(lines)
    return {
        line.line: duty.person if (duty := found.get(line.get("duty"))) else named[line.line]
        for line in lines
    }


def may_undo(asker: Asker, images: Sequence[Image]) -> bool:
    """Whether whoever asks may still give and change the duty that an import gave or changed: what opens a
    unit, or the municipality, is still the organiser's to give. One round trip.
    """
    caller, duties = asker.caller, queries.duties_of(asker.caller.person_id)
    card = next(image for image in images if str(image["pk"]).startswith("DUTY#"))
    for said in (card["before"], card["after"]):
        if said is None:
            continue
        unit = said.get("unit", {}).get("S")
        if not guard.allowed(caller, "organisation:edit_staff", guard.Unit(unit or MUNICIPALITY), duties):
            return False
        opens = said.get("role", {}).get("S") in rules.RIGHTS or (unit is None and card["before"] is None)
        if opens and not guard.allowed(caller, "organisation:administer", guard.SYSTEM, duties):
            return False
    return True


def back(images: Sequence[Image], writes: Sequence[Write]) -> Back:
    """A duty that an import made goes; what it changed says what it said before."""
    for image in images:
        if image["sk"] == "DUTY":
            said = image["after"] or image["before"]
            unit = said.get("unit", {}).get("S")
            duty, person = str(image["pk"]).removeprefix("DUTY#"), PersonId(said["person"]["S"])
            return Back(writes, [DutyChanged(duty=duty, person=person, unit=UnitId(unit) if unit else None)])
    return Back(writes)


def heads(pk: str, sk: str) -> bool:
    """The item that a duty's partition is about."""
    return pk.startswith("DUTY#") and sk == "DUTY"


def page(asker: Asker, unit: UnitId | None, place: dict[str, Any]) -> Page:
    """Some of a unit's duties that are not over, or of the municipality's and every unit's in turn. Two
    round trips.
    """
    units = place.get("units") or ([unit] if unit else [MUNICIPALITY, *(u.id for u in queries.units())])
    number = int(place.get("number", 0))
    here = UnitId(units[number])
    bound = asker.caller.person_id, here
    found, cursor = store.page_of_duties(here, today(), place.get("cursor"), PAGE, *bound)
    names = names_of([duty.person for duty in found])
    (records,) = fetch(queries.wanted_units([here]))
    code = next((str(record.code) for record in records.values() if record.code), None)
    rows = [
        Shown(
            [duty.person],
            duty_cells(duty) | ({"unit": code} if code else {}) | name_cells(names[duty.person]),
        )
        for duty in found
        if duty.person in names
    ]
    after = number + (cursor is None)
    return Page(rows, {"units": units, "number": after, "cursor": cursor} if after < len(units) else None)

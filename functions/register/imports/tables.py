"""The register's tables: persons and enrolments, in and out (processes 2 and 3)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from functions.organisation import queries as organisation
from functions.register.domain.contacts import Contact
from functions.register.domain.people import PersonCard
from functions.register.domain.tables import ENROLMENTS, PERSONS, enrolment_cells, person_cells
from functions.register.events import CustodyChanged
from functions.register.imports import enrolment_table, person_table
from functions.register.imports.person_table import number_in, owners_of, who_of
from functions.register.store import people as store
from functions.register.store.contacts import contact_of
from functions.register.store.enrolments import OPEN, UnitPupil, page_of_pupils
from functions.register.store.items import ContactItem
from skolkit.clock import today
from skolkit.events import Fact
from skolkit.table import Write, fetch
from skolkit.tables.items import Image
from skolkit.tables.plans import Asker, Back, Line, Page, Shown, Table
from skolkit.types import PersonId, UnitId

PAGE = 100


def _which(values: Mapping[str, str]) -> tuple[str, ...] | None:
    who = who_of(values)
    words = ("enroledAt", "schoolType", "startDate")
    return (who, *(values.get(word, "") for word in words)) if who else None


def _page_of_persons(asker: Asker, unit: UnitId | None, place: dict[str, Any]) -> Page:
    """A page of the pupils of today, each once. Two round trips per pupil with the guardians' protection."""
    found, then = _pupils(asker, unit, place)
    rows = [(card, contact) for card, row, contact in found if _first(card, unit, row)]
    adults = sorted({adult for card, _ in rows for adult in card.guardians(today())})
    withheld = hidden(adults)
    shown = []
    for card, contact in rows:
        cells = person_cells(card, contact, today())
        cells = {n: "" if v in withheld else v for n, v in cells.items()}
        shown.append(Shown([card.id, *(card.guardians(today()) - withheld)], cells))
    return Page(shown, then)


def _page_of_enrolments(asker: Asker, unit: UnitId | None, place: dict[str, Any]) -> Page:
    """A page of the enrolments of today. One round trip per pupil."""
    found, then = _pupils(asker, unit, place)
    rows = [
        Shown([card.id], enrolment_cells(card, e))
        for card, row, _ in found
        for e in card.enrolments
        if e.id == row.enrolment
    ]
    return Page(rows, then)


def _pupils(
    asker: Asker, unit: UnitId | None, place: dict[str, Any]
) -> tuple[list[tuple[PersonCard, UnitPupil, Contact]], dict[str, Any] | None]:
    """A page of a unit's pupils, or of every unit's in turn; nobody who is protected."""
    units = place.get("units") or ([unit] if unit else [u.id for u in organisation.units()])
    number, caller = int(place.get("number", 0)), asker.caller.person_id
    if number >= len(units):
        return [], None
    here = UnitId(units[number])
    rows, cursor = page_of_pupils(here, today(), None, place.get("cursor"), PAGE, caller, here)
    after = number + (cursor is None)
    then = {"units": units, "number": after, "cursor": cursor} if after < len(units) else None
    return list(_cards(rows)), then


def _cards(rows: Sequence[UnitPupil]) -> Iterator[tuple[PersonCard, UnitPupil, Contact]]:
    for row in rows:
        items = store.rows_of(row.person)
        card = store.card_of(row.person, items)
        held = next((item for item in items if isinstance(item, ContactItem)), None)
        contact = contact_of(row.person, held)
        if card and not card.protected and isinstance(contact, Contact):
            yield card, row, contact


def _first(card: PersonCard, unit: UnitId | None, row: UnitPupil) -> bool:
    """Whether this is the first of the lists' rows in which the pupil is found today."""
    there = [e for e in card.enrolments if e.covers(today()) and unit in (None, e.unit)]
    first = min(there, key=lambda e: (e.end.isoformat() if e.end else OPEN, e.start, e.id), default=None)
    return first is not None and first.id == row.enrolment


def hidden(ids: Sequence[str]) -> set[str]:
    """Whom no export may show. One round trip per 100, consistent."""
    people = [PersonId(id) for id in ids]
    (names,) = fetch(store.wanted_names(people), consistent=True)
    return {id for id in people if id not in names or names[id].protected}


def protected(ids: Sequence[str]) -> set[str]:
    """Whom of some ids are protected people's. One round trip per 100, consistent."""
    (names,) = fetch(store.wanted_names([PersonId(id) for id in ids]), consistent=True)
    return {id for id, name in names.items() if name.protected}


def _whom(lines: Sequence[Line]) -> dict[int, str]:
    owners = owners_of(lines, ("civicNo",))
    return {
        line.line: line.get("id") or owners.get(number_in(line.get("civicNo")) or "", "") for line in lines
    }


def _back_of_persons(images: Sequence[Image], writes: Sequence[Write]) -> Back:
    children = {str(i["pk"]).removeprefix("PERSON#") for i in images if i["sk"] == "KIN"}
    facts: list[Fact] = [CustodyChanged(child=PersonId(child)) for child in sorted(children)]
    return Back(writes, facts)


def _heads(pk: str, sk: str) -> bool:
    return pk.startswith("PERSON#") and sk == "PROFILE"


def _number(values: Mapping[str, str]) -> str | None:
    return number_in(values.get("civicNo", ""))


_TABLES = (
    Table(
        name="persons",
        columns=PERSONS,
        needed=(("id", "civicNo"),),
        same=who_of,
        key=who_of,
        named=_number,
        begin=person_table.begin,
        may_undo=person_table.may_undo,
        back=_back_of_persons,
        heads=_heads,
        page=_page_of_persons,
        hidden=hidden,
        protected=protected,
        whom=_whom,
    ),
    Table(
        name="enrolments",
        columns=ENROLMENTS,
        needed=(("id", "civicNo"), ("enroledAt",), ("schoolType",), ("startDate",)),
        same=_which,
        key=who_of,
        begin=enrolment_table.begin,
        may_undo=enrolment_table.may_undo,
        back=enrolment_table.back,
        guarded=("marking", "merged_into"),
        heads=lambda *_: False,
        most=12,
        page=_page_of_enrolments,
        hidden=hidden,
        protected=protected,
        whom=_whom,
    ),
)
TABLES: dict[str, Table] = {table.name: table for table in _TABLES}

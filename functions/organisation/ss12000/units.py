"""Elements of the organisation as the standard's `Organisation`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from functions.organisation.store import units as store
from skolkit.http import Shape
from skolkit.ss12000 import (
    NEWEST_FIRST,
    Entity,
    Filters,
    Key,
    Meta,
    Order,
    Reference,
    Resource,
    collated,
    holds,
)
from skolkit.sweden.codes import SS12000_SCHOOL_TYPE
from skolkit.types import stable_id


class Organisation(Shape):
    """An element of the organisation. The one line of address that the register has is no `address`."""

    id: UUID
    meta: Meta
    display_name: str
    organisation_code: str | None = None
    organisation_type: str
    organisation_number: str | None = None
    parent_organisation: Reference | None = None
    school_unit_code: str | None = None
    school_types: list[str] | None = None
    municipality_code: str | None = None
    url: str | None = None
    email: str | None = None
    phone_number: str | None = None
    start_date: date | None = None
    end_date: date | None = None


def organisation(stored: store.StoredUnit) -> Entity:
    """An element as an entity. Which units there are is no secret: every client may see them all."""
    unit, created, changed = stored
    shape = Organisation(
        id=UUID(unit.id),
        meta=Meta(created=created, modified=changed),
        display_name=unit.name,
        organisation_code=unit.organisation_code,
        organisation_type=unit.type,
        organisation_number=unit.organisation_number and str(unit.organisation_number),
        parent_organisation=Reference(id=UUID(unit.parent)) if unit.parent else None,
        school_unit_code=unit.code and str(unit.code),
        school_types=[SS12000_SCHOOL_TYPE[form] for form in unit.school_forms] or None,
        municipality_code=unit.municipality_code and str(unit.municipality_code),
        url=unit.url,
        email=unit.email,
        phone_number=unit.phone,
        start_date=unit.start,
        end_date=unit.end,
    )
    return Entity(unit.id, shape, created, changed)


def _load(keys: Sequence[Key], consistent: bool) -> dict[Key, list[Entity]]:
    found = store.stored_units(keys, consistent=consistent)
    return {key: [organisation(stored)] for key, stored in found.items()}


def _narrow(filters: Filters) -> Sequence[Key] | None:
    codes = filters.get("schoolUnitCode")
    if codes:
        return _by_code(codes)
    parents = filters.get("parent")
    if parents:
        return [store.unit_key(child.id) for parent in parents for child in store.children(parent)]
    return None


def _by_code(codes: Sequence[str]) -> Sequence[Key]:
    """A unit's id is made from its code."""
    return [store.unit_key(stable_id("unit", code)) for code in codes]


def _keeps(entity: Entity, filters: Filters) -> bool:
    shape = entity.shape
    assert isinstance(shape, Organisation)
    parent = shape.parent_organisation and str(shape.parent_organisation.id)
    said = {
        "parent": parent, "schoolUnitCode": shape.school_unit_code, "type": shape.organisation_type,
        "organisationCode": shape.organisation_code,
    }  # fmt: skip
    forms = filters.get("schoolTypes")
    return (
        all(value in filters.get(name, (value,)) for name, value in said.items())
        and filters.get("municipalityCode") in (None, shape.municipality_code)
        and (not forms or bool(set(forms) & set(shape.school_types or ())))
        and holds(filters, shape.start_date, shape.end_date)
    )


def _name(entity: Entity) -> str:
    shape = entity.shape
    assert isinstance(shape, Organisation)
    return shape.display_name


ORGANISATIONS = Resource(
    kind=store.UnitItem,
    load=_load,
    key=store.unit_key,
    ids=lambda key: [key[0].removeprefix("UNIT#")],
    orders={"ModifiedDesc": NEWEST_FIRST, "DisplayNameAsc": Order(1, lambda e: collated(_name(e)))},
    narrow=_narrow,
    keeps=_keeps,
    lookups={"schoolUnitCodes": _by_code, "organisationCodes": store.keys_of_organisation_codes},
    name=_name,
)

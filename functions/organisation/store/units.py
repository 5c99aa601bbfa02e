"""Units, and the organisation they are in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import NamedTuple

from pynamodb.attributes import BooleanAttribute, JSONAttribute, NumberAttribute, UnicodeAttribute
from pynamodb.indexes import AllProjection, GlobalSecondaryIndex

from functions.organisation.domain.units import DEEPEST, Change, Child, UnitRecord
from functions.organisation.store.base import OrganisationItem, day_of, text_of
from skolkit.clock import now, today
from skolkit.cursor import seal, unseal
from skolkit.feed import merged, times_of
from skolkit.imports import KEPT_DAYS
from skolkit.ss12000 import collated
from skolkit.sweden.codes import MunicipalityCode, OrganisationNumber, SchoolForm, SchoolUnitCode
from skolkit.table import Overwrite, Remove, Wanted, Write, fetch
from skolkit.types import UnitId


class Listed(GlobalSecondaryIndex["UnitItem"]):
    """The municipality's own active units, by name."""

    class Meta:
        index_name = "listed"
        projection = AllProjection()

    listed_pk = UnicodeAttribute(hash_key=True)
    listed_sk = UnicodeAttribute(range_key=True)


class UnitItem(OrganisationItem, discriminator="unit"):
    """An element of the organisation. `listed_*` only for school units, while municipal and active."""

    fed, orders = True, 1
    code = UnicodeAttribute(null=True)
    name = UnicodeAttribute()
    municipality_code = UnicodeAttribute(null=True)
    municipal = BooleanAttribute()
    status = UnicodeAttribute()
    school_forms = JSONAttribute()
    address = UnicodeAttribute(null=True)
    lat = NumberAttribute(null=True)
    lon = NumberAttribute(null=True)
    pupils = NumberAttribute(null=True)
    email = UnicodeAttribute(null=True)
    phone = UnicodeAttribute(null=True)
    url = UnicodeAttribute(null=True)
    org_type = UnicodeAttribute(null=True)
    parent = UnicodeAttribute(null=True)
    organisation_code = UnicodeAttribute(null=True)
    organisation_number = UnicodeAttribute(null=True)
    start = UnicodeAttribute(null=True)
    end = UnicodeAttribute(null=True)
    listed_pk = UnicodeAttribute(null=True)
    listed_sk = UnicodeAttribute(null=True)
    listed = Listed()

    def order_texts(self) -> Sequence[str]:
        """By name."""
        return (collated(self.name),)


class ChildItem(OrganisationItem, discriminator="unit_child"):
    """An element in its parent's partition, by name."""

    unit = UnicodeAttribute()
    name = UnicodeAttribute()
    org_type = UnicodeAttribute()
    status = UnicodeAttribute()
    end = UnicodeAttribute(null=True)


class TreeItem(OrganisationItem, discriminator="tree"):
    """The one item that every move writes, so that two at once cannot make a loop between them."""


class UnitDiffItem(OrganisationItem, discriminator="unit_diff"):
    """What one import, or a dry run of it, found different about a unit; kept for a month."""

    unit = UnicodeAttribute()
    changes = JSONAttribute()
    preview = BooleanAttribute()


def unit_key(unit: str) -> tuple[str, str]:
    """Where a unit is."""
    return f"UNIT#{unit}", "UNIT"


def unit_item(unit: UnitRecord) -> UnitItem:
    """The item of a unit."""
    listed = unit.municipal and unit.status == "AKTIV" and unit.is_school_unit
    return UnitItem(
        *unit_key(unit.id),
        code=unit.code and str(unit.code),
        name=unit.name,
        municipality_code=unit.municipality_code and str(unit.municipality_code),
        municipal=unit.municipal,
        status=unit.status,
        school_forms=[form.value for form in unit.school_forms],
        address=unit.address,
        lat=unit.lat,
        lon=unit.lon,
        pupils=unit.pupils,
        email=unit.email,
        phone=unit.phone,
        url=unit.url,
        org_type=unit.type,
        parent=unit.parent,
        organisation_code=unit.organisation_code,
        organisation_number=unit.organisation_number and str(unit.organisation_number),
        start=text_of(unit.start),
        end=text_of(unit.end),
        listed_pk="MUNICIPAL" if listed else None,
        listed_sk=f"{unit.name}#{unit.id}" if listed else None,
    )


def find_unit(unit: UnitId) -> UnitRecord | None:
    """One get."""
    item = UnitItem.find(*unit_key(unit))
    return _unit(item) if item else None


def wanted_units(ids: Sequence[UnitId]) -> Wanted[dict[UnitId, UnitRecord]]:
    """Units by id; unknown ones are left out."""

    def answer(found: dict[tuple[str, str], UnitItem]) -> dict[UnitId, UnitRecord]:
        return {u: _unit(found[key]) for u in ids if (key := unit_key(u)) in found}

    return Wanted(UnitItem, [unit_key(unit) for unit in ids], answer)


def listed_units() -> Iterator[UnitRecord]:
    """The municipality's own active units by name; one query per megabyte."""
    day = today()
    return (u for item in UnitItem.listed.query("MUNICIPAL") if (u := _unit(item)).open_on(day))


def page_of_units(cursor: str | None, limit: int, *bound_to: str) -> tuple[list[UnitRecord], str | None]:
    """A page of the same list (shorter by those that have ended since), and the cursor of the next one. One
    query.
    """
    found = UnitItem.listed.query(
        "MUNICIPAL", limit=limit, page_size=limit, last_evaluated_key=unseal(cursor, *bound_to)
    )
    day = today()
    units = [unit for item in found if (unit := _unit(item)).open_on(day)]
    return units, seal(found.last_evaluated_key, *bound_to)


def page_of_children(
    parent: UnitId, cursor: str | None, limit: int, *bound_to: str
) -> tuple[list[Child], str | None]:
    """What is right below an element, by name. One query."""
    found = ChildItem.query(
        f"UNIT#{parent}", ChildItem.sk.startswith("CHILD#"), limit=limit, page_size=limit,
        last_evaluated_key=unseal(cursor, *bound_to),
    )  # fmt: skip
    children = [_child(item) for item in found]
    return children, seal(found.last_evaluated_key, *bound_to)


def children(parent: UnitId) -> list[Child]:
    """Everything right below an element. One consistent query per megabyte (about 4,000)."""
    found = ChildItem.query(f"UNIT#{parent}", ChildItem.sk.startswith("CHILD#"), consistent_read=True)
    return [_child(item) for item in found]


def below(element: UnitId) -> frozenset[UnitId]:
    """An element and everything below it. A consistent query each."""
    found, left = {element}, [element]
    while left:
        more = {UnitId(child.id) for child in children(left.pop())} - found
        found |= more
        left += more
    return frozenset(found)


def lineage(parent: UnitId | None) -> list[UnitRecord]:
    """An element and what it is below, nearest first, at most `DEEPEST` and one more. A consistent get
    each.
    """
    found: list[UnitRecord] = []
    while parent is not None and len(found) <= DEEPEST:
        unit = find_unit(parent)
        if unit is None:
            break
        found.append(unit)
        parent = unit.parent
    return found


class StoredUnit(NamedTuple):
    """A unit, and when it came to be and was changed."""

    unit: UnitRecord
    created: datetime
    changed: datetime


def stored_units(keys: Sequence[tuple[str, str]], *, consistent: bool) -> dict[tuple[str, str], StoredUnit]:
    """Units by key. One `BatchGetItem` per 100."""
    found: dict[tuple[str, str], UnitItem]
    (found,) = fetch(Wanted(UnitItem, keys, dict), consistent=consistent)
    return {key: StoredUnit(_unit(item), *times_of(item)) for key, item in found.items()}


def keys_of_organisation_codes(codes: Sequence[str]) -> list[tuple[str, str]]:
    """The units of codes: all units are looked through, a municipality has some hundreds."""
    keys = [(c.pk, c.sk) for _, c in merged(UnitItem, None, index="order_1") if not c.deleted]
    found = stored_units(keys, consistent=False)
    return [key for key, stored in found.items() if stored.unit.organisation_code in codes]


def tree() -> TreeItem:
    """The item that moves write. One consistent get."""
    return TreeItem.find("TREE", "TREE") or TreeItem("TREE", "TREE")


def unit_writes(old: UnitRecord | None, new: UnitRecord) -> list[Write]:
    """What stores an element over the one that was read, with its line in the parent's list."""
    writes: list[Write] = [unit_item(new).over(old.version, old.created) if old else unit_item(new)]
    before, after = _child_item(old) if old else None, _child_item(new)
    if before and (after is None or (before.pk, before.sk) != (after.pk, after.sk)):
        writes.append(Remove(before))
    return [*writes, Overwrite(after)] if after else writes


def diff_item(import_id: str, unit: UnitId, found: Sequence[Change], *, preview: bool) -> UnitDiffItem:
    """The item of a difference."""
    expires = int(now().timestamp()) + KEPT_DAYS * 86_400
    return UnitDiffItem(
        f"IMPORT#{import_id}",
        f"DIFF#{unit}",
        unit=unit,
        changes=list(found),
        preview=preview,
        expires=expires,
    )


def page_of_diffs(
    import_id: str, cursor: str | None, limit: int, *bound_to: str
) -> tuple[list[UnitDiffItem], str | None]:
    """What an import found different. One query."""
    found = UnitDiffItem.query(
        f"IMPORT#{import_id}", UnitDiffItem.sk.startswith("DIFF#"), limit=limit, page_size=limit,
        last_evaluated_key=unseal(cursor, *bound_to),
    )  # fmt: skip
    return list(found), seal(found.last_evaluated_key, *bound_to)


def _child_item(unit: UnitRecord) -> ChildItem | None:
    if unit.parent is None:
        return None
    return ChildItem(
        f"UNIT#{unit.parent}", f"CHILD#{unit.name}#{unit.id}", unit=unit.id, name=unit.name,
        org_type=unit.type, status=unit.status, end=text_of(unit.end),
    )  # fmt: skip


def _child(item: ChildItem) -> Child:
    return Child(
        UnitId(item.unit), item.name, item.org_type, item.status, day_of(item.end)  # type: ignore[arg-type]
    )  # fmt: skip


def _unit(item: UnitItem) -> UnitRecord:
    pk: str = item.pk
    return UnitRecord(
        id=UnitId(pk.removeprefix("UNIT#")),
        code=SchoolUnitCode(item.code) if item.code else None,
        name=item.name,
        municipality_code=MunicipalityCode(item.municipality_code) if item.municipality_code else None,
        municipal=item.municipal,
        status=item.status,  # type: ignore[arg-type]
        school_forms=tuple(map(SchoolForm, item.school_forms)),
        address=item.address,
        lat=item.lat,
        lon=item.lon,
        pupils=None if item.pupils is None else int(item.pupils),
        email=item.email,
        phone=item.phone,
        url=item.url,
        type=item.org_type or "Skolenhet",  # type: ignore[arg-type]
        parent=UnitId(item.parent) if item.parent else None,
        organisation_code=item.organisation_code,
        organisation_number=OrganisationNumber(item.organisation_number)
        if item.organisation_number
        else None,
        start=day_of(item.start),
        end=day_of(item.end),
        version=item.version,
        created=item.created,
    )

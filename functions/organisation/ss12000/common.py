"""What the organisation's resources have in common."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import cache
from typing import Protocol, TypeVar

from functions.organisation.domain.units import MUNICIPALITY
from functions.organisation.store import units
from functions.organisation.store.base import Stored
from skolkit.http import Shape
from skolkit.ss12000 import Entity, Filters, Key
from skolkit.sweden.codes import SchoolForm
from skolkit.types import UnitId

FEW = 4
"""Elements whose own lists are read one by one; for more, everything is gone through."""

T = TypeVar("T")
S = TypeVar("S", bound=Shape)


class Reads(Protocol[T]):
    """Reads what is stored by key."""

    def __call__(self, keys: Sequence[Key], *, consistent: bool) -> dict[Key, Stored[T]]: ...


def loading(
    read: Reads[T], entity: Callable[[T, datetime, datetime], Entity | None]
) -> Callable[[Sequence[Key], bool], dict[Key, list[Entity]]]:
    """How a resource loads what is one entity an item, or none."""

    def load(keys: Sequence[Key], consistent: bool) -> dict[Key, list[Entity]]:
        found = read(keys, consistent=consistent)
        return {key: [made] if (made := entity(*row)) else [] for key, row in found.items()}

    return load


def shape(kind: type[S], entity: Entity) -> S:
    """An entity's shape, which is of one kind in a resource."""
    assert isinstance(entity.shape, kind)
    return entity.shape


def within(filters: Filters) -> Filters:
    """Filters with all elements that `organisation` stands for: itself, and those below it; everything is
    below the organiser. A consistent query for each element.
    """
    element = filters.get("organisation")
    if element is None:
        return filters
    others = {name: value for name, value in filters.items() if name != "organisation"}
    return others if element == MUNICIPALITY else others | {"organisation": units.below(element)}


def of_units_forms(_: frozenset[UnitId], forms: frozenset[SchoolForm]) -> Callable[[Entity], bool]:
    """Whether what says no school form of its own is of these by its unit's. A consistent get per unit."""

    @cache
    def forms_at(unit: UnitId) -> frozenset[SchoolForm]:
        found = units.find_unit(unit)
        return frozenset(found.school_forms if found else ())

    def belongs(entity: Entity) -> bool:
        said = not forms or entity.forms is not None
        return said or any(forms & forms_at(unit) for unit in entity.in_units() or ())

    return belongs


def at_few(filters: Filters, keys_at: Callable[[UnitId], list[Key]]) -> list[Key] | None:
    """What is at the elements that filters name, when they are few."""
    elements = filters.get("organisation")
    if elements is None or len(elements) > FEW:
        return None
    return [key for element in sorted(elements) for key in keys_at(element)]

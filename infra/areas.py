"""The process areas that exist, and whose data each may read. The only place where that is decided:
infrastructure grants exactly this, and everything else about an area is read from its own declarations."""

from __future__ import annotations

import importlib
import importlib.util
import pkgutil
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from skolkit.http import Api, Operation
    from skolkit.kept import Kept
    from skolkit.triggers import Trigger


@dataclass(frozen=True, slots=True)
class AreaSpec:
    """An area, the areas whose tables its functions may read, and those that its writing function may write,
    by the other area's own use cases (decision 0048).
    """

    name: str
    reads: tuple[str, ...] = ()
    writes: tuple[str, ...] = ()


AREAS: tuple[AreaSpec, ...] = (
    AreaSpec("organisation", reads=("register", "access")),
    AreaSpec("register", reads=("organisation", "access")),
    AreaSpec("timetable", reads=("organisation", "register", "access")),
    AreaSpec("attendance", reads=("register", "organisation", "timetable", "access")),
    AreaSpec("messages", reads=("register", "organisation", "attendance", "access")),
    AreaSpec("assessment", reads=("register", "organisation", "access")),
    AreaSpec("grades", reads=("register", "organisation", "attendance", "assessment", "access")),
    AreaSpec(
        "exchange",
        reads=("register", "organisation", "timetable", "attendance", "assessment", "grades", "access"),
        writes=("attendance",),
    ),
    AreaSpec("access", reads=("register", "organisation")),
)


@dataclass(frozen=True, slots=True)
class Area:
    """What an area's code declares. `standard`: a second API beside its own; `indexes`: its secondary indexes
    by name, as DynamoDB's API describes them."""

    spec: AreaSpec
    api: Api
    standard: Api | None
    triggers: tuple[Trigger, ...]
    indexes: dict[str, dict[str, Any]]

    @property
    def name(self) -> str:
        return self.spec.name

    @property
    def apis(self) -> tuple[Api, ...]:
        return (self.api, self.standard) if self.standard else (self.api,)

    @property
    def operations(self) -> list[Operation]:
        return [operation for api in self.apis for operation in api.operations]


def function_name(area: str, name: str) -> str:
    """The physical name of a function; `name` is the trigger's, or `reader` or `writer`."""
    return f"skolkit-{area}-{name}"


def load(spec: AreaSpec) -> Area:
    """Read the declarations of `functions/<area>`; importing it has no side effects."""
    app = importlib.import_module(f"functions.{spec.name}.app")
    triggers = tuple(app.on.triggers) if hasattr(app, "on") else ()
    return Area(spec, app.api, getattr(app, "standard", None), triggers, _indexes(spec.name))


def load_all() -> tuple[Area, ...]:
    """Every area, in the order they are deployed."""
    return tuple(load(spec) for spec in AREAS)


def _indexes(area: str) -> dict[str, dict[str, Any]]:
    """The indexes of the item classes in the area's `store`, and the feed that every table has."""
    from skolkit.config import table_name
    from skolkit.table import Item

    if importlib.util.find_spec(f"functions.{area}.store"):
        store = importlib.import_module(f"functions.{area}.store")
        for module in pkgutil.iter_modules(getattr(store, "__path__", ())):
            importlib.import_module(f"{store.__name__}.{module.name}")
    found = {"feed": FEED}
    for item in _descendants(Item):
        meta = getattr(item, "Meta", None)
        if meta is not None and meta.table_name == table_name(area):
            found |= {f"order_{number}": order(number) for number in range(1, item.orders + 1)}
            # PynamoDB keeps to itself what it would create the table from.
            schemas = (index._get_schema() for index in item._indexes.values())  # noqa: SLF001
            found |= {str(schema["index_name"]): _hash_first(dict(schema)) for schema in schemas}
    return dict(sorted(found.items()))


def kept(area: str) -> Mapping[str, Kept]:
    """What the area's `kept` module says of the kinds of item it stores; {} without one."""
    name = f"functions.{area}.kept"
    if importlib.util.find_spec(name) is None:
        return {}
    found: Mapping[str, Kept] = importlib.import_module(name).KEPT
    return found


def kinds(area: str) -> dict[str, type[Any]]:
    """The kinds of item an area stores, by name."""
    from skolkit.config import table_name
    from skolkit.table import Item

    _indexes(area)  # imports the modules of its store
    return {
        item.kind_name(): item
        for item in _descendants(Item)
        if getattr(item, "Meta", None) is not None
        and item.Meta.table_name == table_name(area)
        and item.__module__.startswith(f"functions.{area}.")
        and item.kind.get_discriminator(item)
    }


def personal() -> tuple[str, ...]:
    """The areas that keep something about people, in order of name."""
    return tuple(sorted(spec.name for spec in AREAS if any(kind.whose for kind in kept(spec.name).values())))


def retaining() -> tuple[str, ...]:
    """The areas that keep something which the plan deletes or archives, in order of name."""
    from functions.access.domain.plan import PLANS

    due = {id for plan in PLANS for id, kind in plan.types.items() if kind.action in ("archive", "delete")}
    return tuple(
        sorted(spec.name for spec in AREAS if any(k.document in due for k in kept(spec.name).values()))
    )


def _hash_first(schema: dict[str, Any]) -> dict[str, Any]:
    """The key as AWS wants it told; PynamoDB has the attributes by name."""
    return schema | {"key_schema": sorted(schema["key_schema"], key=lambda key: key["KeyType"])}


FEED: dict[str, Any] = {
    "index_name": "feed",
    "key_schema": [
        {"AttributeName": "feed_pk", "KeyType": "HASH"},
        {"AttributeName": "feed_sk", "KeyType": "RANGE"},
    ],
    "attribute_definitions": [
        {"AttributeName": "feed_pk", "AttributeType": "S"},
        {"AttributeName": "feed_sk", "AttributeType": "S"},
    ],
    "projection": {"ProjectionType": "KEYS_ONLY"},
}


def order(number: int) -> dict[str, Any]:
    """The index of an order of fed kinds."""
    keys = FEED["key_schema"][0], {"AttributeName": f"order_{number}", "KeyType": "RANGE"}
    return {
        "index_name": f"order_{number}",
        "key_schema": list(keys),
        "attribute_definitions": [
            {"AttributeName": key["AttributeName"], "AttributeType": "S"} for key in keys
        ],
        "projection": {"ProjectionType": "KEYS_ONLY"},
    }


def _descendants(parent: type[Any]) -> list[type[Any]]:
    return [kind for child in parent.__subclasses__() for kind in (child, *_descendants(child))]

"""The devices on which somebody gets push messages: one item of the person's, and one per device that says
whose it is, since a device is that of whoever signed in on it last.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime
from typing import Any

from pynamodb.attributes import JSONAttribute, UnicodeAttribute

from functions.messages.domain.push import Device
from functions.messages.store import MessagesItem
from skolkit.clock import stamp
from skolkit.table import Remove, Wanted, Write, fetch
from skolkit.types import PersonId, stable_id


class DevicesItem(MessagesItem, discriminator="devices"):
    """The devices of a person: id, endpoint, keys and since when, of each."""

    devices = JSONAttribute()


class DeviceItem(MessagesItem, discriminator="device"):
    """Whose a device is."""

    person = UnicodeAttribute()


def _key(person: PersonId) -> tuple[str, str]:
    return f"PERSON#{person}", "DEVICES"


def _owner_key(id: str) -> tuple[str, str]:
    return f"DEVICE#{id}", "OWNER"


def id_of(endpoint: str) -> str:
    """The id of the subscription with this endpoint, which it does not give away."""
    return stable_id("push", endpoint)


def wanted(people: Collection[PersonId]) -> Wanted[dict[PersonId, tuple[Device, ...]]]:
    """The devices of people, for `fetch`."""
    asked = {_key(person): person for person in people}
    return Wanted(
        DevicesItem, list(asked), lambda found: {asked[key]: _devices(item) for key, item in found.items()}
    )


def wanted_owner(id: str) -> Wanted[DeviceItem | None]:
    """Whose a device is, for `fetch`."""
    return Wanted(DeviceItem, [_owner_key(id)], lambda found: found.get(_owner_key(id)))


def wanted_held(person: PersonId) -> Wanted[tuple[tuple[Device, ...], int | None]]:
    """A person's devices and the version of the list, for `fetch`."""

    def held(found: dict[Any, DevicesItem]) -> tuple[tuple[Device, ...], int | None]:
        item = found.get(_key(person))
        return (_devices(item), item.version) if item else ((), None)

    return Wanted(DevicesItem, [_key(person)], held)


def held_by(person: PersonId) -> tuple[tuple[Device, ...], int | None]:
    """A person's devices and the version of the list. One consistent get."""
    found: tuple[tuple[Device, ...], int | None]
    (found,) = fetch(wanted_held(person), consistent=True)
    return found


def held_item(person: PersonId, devices: Collection[Device], version: int | None) -> DevicesItem:
    """The list to write over the version read."""
    rows = [[d.id, d.endpoint, d.p256dh, d.auth, stamp(d.at)] for d in devices]
    return DevicesItem(*_key(person), devices=rows).over(version)


def owner_item(id: str, person: PersonId, version: int | None) -> DeviceItem:
    """Whose a device is from now on, to write over the version read."""
    return DeviceItem(*_owner_key(id), person=person).over(version)


def without(person: PersonId, ids: Collection[str]) -> list[Write]:
    """That somebody no longer has some devices; nothing where they have none of them. One consistent get."""
    devices, version = held_by(person)
    left = [one for one in devices if one.id not in ids]
    lost = [one.id for one in devices if one.id in ids]
    if not lost:
        return []
    # The list's version guards the rest: whoever takes a device over writes both lists.
    return [held_item(person, left, version), *(Remove(DeviceItem(*_owner_key(id))) for id in lost)]


def _devices(item: DevicesItem) -> tuple[Device, ...]:
    return tuple(
        Device(id, endpoint, p256dh, auth, datetime.fromisoformat(at).astimezone(UTC))
        for id, endpoint, p256dh, auth, at in item.devices
    )

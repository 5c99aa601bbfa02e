"""The messages table: preferences by person and deliveries by pupil. Keys are built only here. No addresses
are kept.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zlib import crc32

from pynamodb.attributes import JSONAttribute, NumberAttribute, UnicodeAttribute

from functions.messages.domain.deliveries import (
    Channel,
    Delivery,
    Failure,
    Kind,
    Said,
    State,
    Wishes,
    usual_quiet,
)
from skolkit.clock import stamp
from skolkit.config import settings, table_name
from skolkit.cursor import page_through, seal, unseal
from skolkit.retention.items import ErasureItem, RetentionJob
from skolkit.table import Item, Overwrite, Wanted
from skolkit.types import NoticeId, PersonId

# A delivery is remembered longer than facts can be replayed (rules §9.4: until no longer of use).
LOG_DAYS = 400
DUE_SHARDS = 4  # at the end of the night a school's messages are due at the same moment


class MessagesItem(Item):
    """Anything in the messages table."""

    class Meta:
        table_name = table_name("messages")


class PreferencesItem(MessagesItem, discriminator="preferences"):
    """How a person wants to be reached. The first shape had `channel` alone."""

    channel = UnicodeAttribute()
    kinds = JSONAttribute(null=True)
    quiet = UnicodeAttribute(null=True)
    language = UnicodeAttribute(null=True)


class WaysItem(MessagesItem, discriminator="ways"):
    """Ways to a person that came back: the mark of the address by channel, until another address is used."""

    shut = JSONAttribute()


class DeliveryItem(MessagesItem, discriminator="delivery"):
    """One message to one recipient. `mark` tells whether an address is still the same, not which it is."""

    state = UnicodeAttribute()
    at = UnicodeAttribute()
    channel = UnicodeAttribute(null=True)
    failure = UnicodeAttribute(null=True)
    attempts = NumberAttribute(default=1)
    tried = JSONAttribute(null=True)
    until = UnicodeAttribute(null=True)
    mark = UnicodeAttribute(null=True)
    said = JSONAttribute(null=True)


class DueItem(MessagesItem, discriminator="due"):
    """That something is to be done at a time: a delivery looked at again (`DUE#<shard>` / `<when>#<tag>`),
    news published, a question reminded of (`DUE`, in `board`). The row goes when it has been handed on.
    """


@dataclass(frozen=True, slots=True)
class DeliveryKey:
    """Which delivery: about a pupil's day, one notice, one recipient."""

    pupil: PersonId
    day: date
    notice: NoticeId
    recipient: PersonId

    @property
    def pk(self) -> str:
        return f"PUPIL#{self.pupil}"

    @property
    def sk(self) -> str:
        return f"DELIVERY#{self.day}#{self.notice}#{self.recipient}"

    @property
    def tag(self) -> str:
        """The delivery in one word, as mails carry it."""
        return "_".join((self.pupil, self.day.isoformat(), self.notice, self.recipient))

    @classmethod
    def tagged(cls, tag: str) -> DeliveryKey:
        """The delivery that has this tag."""
        pupil, day, notice, recipient = tag.split("_")
        return cls(PersonId(pupil), date.fromisoformat(day), NoticeId(notice), PersonId(recipient))

    @classmethod
    def of(cls, item: DeliveryItem) -> DeliveryKey:
        _, day, notice, recipient = item.sk.split("#")
        return cls(
            PersonId(item.pk.partition("#")[2]),
            date.fromisoformat(day),
            NoticeId(notice),
            PersonId(recipient),
        )


def _preferences_key(person: PersonId) -> tuple[str, str]:
    return f"PERSON#{person}", "PREFERENCES"


def ways_key(person: PersonId) -> tuple[str, str]:
    """Where it is said which ways to a person came back."""
    return f"PERSON#{person}", "WAYS"


def preferences(person: PersonId) -> tuple[Wishes, int]:
    """How a person wants to be reached and its version; 0 when they have not chosen."""
    item = PreferencesItem.find(*_preferences_key(person))
    return (_wishes(item, None), item.version or 0) if item else (Wishes(), 0)


def wanted_wishes(people: list[PersonId]) -> tuple[Wanted[Any], Wanted[Any]]:
    """What `wishes_of` needs, for `fetch`."""
    chosen = Wanted(PreferencesItem, [_preferences_key(person) for person in people], dict)
    ways = Wanted(WaysItem, [ways_key(person) for person in people], dict)
    return chosen, ways


def wishes_of(
    people: list[PersonId], chosen: dict[Any, PreferencesItem], ways: dict[Any, WaysItem]
) -> dict[PersonId, Wishes]:
    """How people want to be reached, and which ways to them came back; what `wanted_wishes` found."""
    return {
        person: _wishes(chosen.get(_preferences_key(person)), ways.get(ways_key(person))) for person in people
    }


def _wishes(chosen: PreferencesItem | None, ways: WaysItem | None) -> Wishes:
    shut = {Channel(name): mark for name, mark in ways.shut.items()} if ways else None
    if chosen is None:
        return Wishes(shut=shut)
    kinds = {Kind(kind): tuple(map(Channel, order)) for kind, order in (chosen.kinds or {}).items()}
    quiet = usual_quiet(chosen.quiet or "")
    return Wishes(Channel(chosen.channel), kinds, quiet, chosen.language, shut)


def preferences_item(person: PersonId, wishes: Wishes, version: int) -> PreferencesItem:
    """The preferences to write over the version read (0: none yet)."""
    pk, sk = _preferences_key(person)
    return PreferencesItem(
        pk=pk, sk=sk, channel=wishes.first, kinds=dict(wishes.kinds) if wishes.kinds else None,
        quiet=str(wishes.quiet) if wishes.quiet else None, language=wishes.language,
    ).over(version)  # fmt: skip


def shut_item(person: PersonId, channel: Channel, mark: str) -> WaysItem:
    """That a way to a person came back, to write over what is known. One consistent get."""
    pk, sk = ways_key(person)
    known = WaysItem.find(pk, sk)
    shut = {**(known.shut if known else {}), channel.value: mark}
    return WaysItem(pk=pk, sk=sk, shut=shut).over(known.version if known else None)


def mark_of(address: str) -> str:
    """What tells an address from another without giving it away."""
    return hmac.new(settings().cursor_key, b"address" + address.encode(), hashlib.sha256).hexdigest()[:32]


def delivery(key: DeliveryKey) -> Delivery | None:
    """What is known of a delivery; one consistent GetItem."""
    item = DeliveryItem.find(key.pk, key.sk)
    return _delivery(item) if item else None


def delivery_item(key: DeliveryKey, delivery: Delivery) -> DeliveryItem:
    """The delivery to write over the version read."""
    item = DeliveryItem(
        pk=key.pk,
        sk=key.sk,
        state=delivery.state,
        at=stamp(delivery.at),
        channel=delivery.channel,
        failure=delivery.failure,
        attempts=delivery.attempts,
        tried=[list(one) for one in delivery.tried] or None,
        until=stamp(delivery.until) if delivery.until else None,
        mark=delivery.mark,
        said=_said_row(delivery.said) if delivery.said else None,
        expires=int((delivery.at + timedelta(days=LOG_DAYS)).timestamp()),
    )
    return item.over(delivery.version)


def due_items(key: DeliveryKey, delivery: Delivery) -> list[Overwrite]:
    """That the delivery is to be looked at again, if it is."""
    return [Overwrite(_due_item(key, delivery.until))] if delivery.until else []


def _due_item(key: DeliveryKey, at: datetime) -> DueItem:
    shard = crc32(key.tag.encode()) % DUE_SHARDS
    return DueItem(pk=f"DUE#{shard}", sk=f"{stamp(at)}#{key.tag}")


def due(shard: int, at: datetime, limit: int) -> list[tuple[DueItem, DeliveryKey, datetime]]:
    """What is to be looked at again until `at`, the oldest first; one consistent query."""
    found = DueItem.query(
        f"DUE#{shard}", DueItem.sk < f"{stamp(at)}#~", limit=limit, page_size=limit, consistent_read=True
    )
    return [
        (item, DeliveryKey.tagged(item.sk.partition("#")[2]), _instant(item.sk.partition("#")[0]))
        for item in found
    ]


def wanted_deliveries(keys: Sequence[DeliveryKey]) -> Wanted[dict[DeliveryKey, Delivery]]:
    """What is known of several deliveries, for `fetch`."""
    asked = {(key.pk, key.sk): key for key in keys}
    return Wanted(
        DeliveryItem, list(asked), lambda found: {asked[k]: _delivery(item) for k, item in found.items()}
    )


def deliveries(
    records: Sequence[PersonId], limit: int, cursor: str | None, caller: str
) -> tuple[list[tuple[DeliveryKey, Delivery]], str | None]:
    """A pupil's deliveries, newest day first, closed records' last, with the cursor to the next page."""

    def read(pk: str, after: Any, size: int) -> tuple[list[tuple[DeliveryKey, Delivery]], Any]:
        found = DeliveryItem.query(
            pk, DeliveryItem.sk.startswith("DELIVERY#"), limit=size, page_size=size,
            scan_index_forward=False, last_evaluated_key=after,
        )  # fmt: skip
        return [(DeliveryKey.of(item), _delivery(item)) for item in found], found.last_evaluated_key

    bound = ("deliveries", records[0], caller)
    partitions = [f"PUPIL#{record}" for record in records]
    page, place = page_through(partitions, unseal(cursor, *bound), limit, read)
    return page, seal(place, *bound)


def _delivery(item: DeliveryItem) -> Delivery:
    return Delivery(
        state=State(item.state),
        channel=Channel(item.channel) if item.channel else None,
        at=_instant(item.at),
        failure=Failure(item.failure) if item.failure else None,
        attempts=int(item.attempts),
        tried=tuple((Channel(way), Failure(why)) for way, why in item.tried or ()),
        until=_instant(item.until) if item.until else None,
        mark=item.mark,
        said=_said_of(item.said) if item.said else None,
        version=item.version,
    )


def _said_row(said: Said) -> dict[str, Any]:
    row = {"template": said.template, "values": dict(said.values), "named": said.named}
    return row | {"urgent": said.urgent, "only": said.only}


def _said_of(row: dict[str, Any]) -> Said:
    return Said(**(row | {"only": Channel(row["only"]) if row["only"] else None}))


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


class MessagesRetentionItem(RetentionJob, discriminator="messages_retention"):
    """The area's part of a retention run."""

    class Meta:
        table_name = table_name("messages")


class MessagesErasureItem(ErasureItem, discriminator="messages_erasure"):
    """The proof of what one transaction erased."""

    class Meta:
        table_name = table_name("messages")

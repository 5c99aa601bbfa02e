"""The messages table: preferences by person and deliveries by pupil. Keys are built only here. No addresses
are kept.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from pynamodb.attributes import NumberAttribute, UnicodeAttribute

from functions.messages.domain.deliveries import Channel, Delivery, Failure, State
from skolkit.clock import stamp
from skolkit.config import table_name
from skolkit.cursor import page_through, seal, unseal
from skolkit.retention.items import ErasureItem, RetentionJob
from skolkit.table import Item, Wanted
from skolkit.types import NoticeId, PersonId

LOG_DAYS = (
    400  # a delivery is remembered longer than facts can be replayed (rules §9.4: until no longer of use)
)


class MessagesItem(Item):
    """Anything in the messages table."""

    class Meta:
        table_name = table_name("messages")


class PreferencesItem(MessagesItem, discriminator="preferences"):
    """How a person wants to be reached."""

    channel = UnicodeAttribute()


class DeliveryItem(MessagesItem, discriminator="delivery"):
    """One notice to one recipient."""

    state = UnicodeAttribute()
    at = UnicodeAttribute()
    channel = UnicodeAttribute(null=True)
    failure = UnicodeAttribute(null=True)
    attempts = NumberAttribute(default=1)


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


def preferences(person: PersonId) -> tuple[Channel, int]:
    """A person's channel and its version; (mail, 0) when they have not chosen."""
    item = PreferencesItem.find(*_preferences_key(person))
    return (Channel(item.channel), item.version or 0) if item else (Channel.MAIL, 0)


def wanted_channels(people: list[PersonId]) -> Wanted[dict[PersonId, Channel]]:
    """The chosen channels of several people, for `fetch`; mail for who has not chosen."""

    def answer(found: dict[tuple[str, str], PreferencesItem]) -> dict[PersonId, Channel]:
        chosen = {key[0].partition("#")[2]: Channel(item.channel) for key, item in found.items()}
        return {person: chosen.get(person, Channel.MAIL) for person in people}

    return Wanted(PreferencesItem, [_preferences_key(person) for person in people], answer)


def preferences_item(person: PersonId, channel: Channel, version: int) -> PreferencesItem:
    """The preferences to write over the version read (0: none yet)."""
    pk, sk = _preferences_key(person)
    return PreferencesItem(pk=pk, sk=sk, channel=channel).over(version)


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
        expires=int((delivery.at + timedelta(days=LOG_DAYS)).timestamp()),
    )
    return item.over(delivery.version)


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
        at=datetime.fromisoformat(item.at).astimezone(UTC),
        failure=Failure(item.failure) if item.failure else None,
        attempts=int(item.attempts),
        version=item.version,
    )


class MessagesRetentionItem(RetentionJob, discriminator="messages_retention"):
    """The area's part of a retention run."""

    class Meta:
        table_name = table_name("messages")


class MessagesErasureItem(ErasureItem, discriminator="messages_erasure"):
    """The proof of what one transaction erased."""

    class Meta:
        table_name = table_name("messages")

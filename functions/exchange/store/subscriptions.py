"""Subscriptions of all clients, in one partition that is read once a minute, and how far the feeds of what
they are about have been followed.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pynamodb.attributes import JSONAttribute, NumberAttribute, UnicodeAttribute

from functions.exchange.domain.subscriptions import News, Subscription
from functions.exchange.store import ExchangeItem
from skolkit.clock import stamp
from skolkit.cursor import seal, unseal

PK = "SUBSCRIPTIONS"


class SubscriptionItem(ExchangeItem, discriminator="exchange_subscription"):
    """A subscription; the database removes it when it has ended (`expires`)."""

    name = UnicodeAttribute()
    target = UnicodeAttribute()
    kinds = JSONAttribute()
    made = UnicodeAttribute()
    ends = UnicodeAttribute()
    waiting = JSONAttribute()
    telling = JSONAttribute()
    turn = NumberAttribute(default=0)
    due = UnicodeAttribute(null=True)
    failing = UnicodeAttribute(null=True)
    tries = NumberAttribute(default=0)
    fault = UnicodeAttribute(null=True)
    paused = UnicodeAttribute(null=True)
    told = UnicodeAttribute(null=True)


class PlaceItem(ExchangeItem, discriminator="exchange_place"):
    """Until when each resource's feed has been followed, as stamps of the table."""

    seen = JSONAttribute(default=dict)


def subscription_item(known: Subscription) -> SubscriptionItem:
    """The item of a subscription, over the version it changes."""
    times: dict[str, Any] = {
        name: stamp(at) if (at := getattr(known, name)) else None
        for name in ("made", "ends", "due", "failing", "paused", "told")
    }
    item = SubscriptionItem(
        PK, f"{known.client}#{known.id}", name=known.name, target=known.target, kinds=list(known.kinds),
        waiting=_written(known.waiting), telling=_written(known.telling), turn=known.turn, tries=known.tries,
        fault=known.fault or None, expires=int(known.ends.timestamp()), **times,
    )  # fmt: skip
    return item.over(known.version)


def find(client: str, id: str) -> Subscription | None:
    """A client's subscription. One consistent get."""
    item = SubscriptionItem.find(PK, f"{client}#{id}")
    return _subscription(item) if item else None


def of_client(client: str) -> list[Subscription]:
    """All of a client, oldest first. One consistent query."""
    own = SubscriptionItem.sk.startswith(f"{client}#")
    found = map(_subscription, SubscriptionItem.query(PK, own, consistent_read=True))
    return sorted(found, key=lambda one: (one.made, one.id))


def every() -> list[Subscription]:
    """All there are. One consistent query per megabyte."""
    return [_subscription(item) for item in SubscriptionItem.query(PK, consistent_read=True)]


def page(cursor: str | None, limit: int, *bound_to: str) -> tuple[list[Subscription], str | None]:
    """Some of all, by client, and the cursor of the next page. One query."""
    found = SubscriptionItem.query(PK, limit=limit, last_evaluated_key=unseal(cursor, *bound_to))
    rows = [_subscription(item) for item in found]
    return rows, seal(found.last_evaluated_key, *bound_to)


def place() -> PlaceItem:
    """How far the feeds have been followed. One consistent get."""
    return PlaceItem.find("FEEDS", "PLACE") or PlaceItem("FEEDS", "PLACE")


def _subscription(item: SubscriptionItem) -> Subscription:
    client, _, id = str(item.sk).partition("#")
    return Subscription(
        id=id,
        client=client,
        name=item.name,
        target=item.target,
        kinds=tuple(item.kinds),
        made=datetime.fromisoformat(item.made),
        ends=datetime.fromisoformat(item.ends),
        waiting=_read(item.waiting),
        telling=_read(item.telling),
        turn=int(item.turn),
        due=_time(item.due),
        failing=_time(item.failing),
        tries=int(item.tries),
        fault=item.fault or "",  # type: ignore[arg-type]
        paused=_time(item.paused),
        told=_time(item.told),
        version=item.version,
    )


def _time(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _written(news: News) -> dict[str, list[str]]:
    return {"modified": sorted(news.modified), "deleted": sorted(news.deleted)}


def _read(written: dict[str, Any]) -> News:
    return News(frozenset(written["modified"]), frozenset(written["deleted"]))

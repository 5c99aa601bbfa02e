"""What has changed is found in the feeds once a minute, and told to those who have subscribed (decision
0050).

Nothing can be lost: how far the feeds have been followed is moved after what was found has been put down in
the subscriptions, and what a notice says stays there until its receiver has taken it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime
from functools import partial, reduce
from operator import or_

from functions.exchange.domain import subscriptions as rules
from functions.exchange.domain.subscriptions import NOTHING, Fault, News, Subscription
from functions.exchange.events import NoticeDue
from functions.exchange.store import clients
from functions.exchange.store import subscriptions as store
from functions.exchange.usecases.resources import resource_of
from functions.exchange.usecases.subscriptions import RESOURCE_OF
from skolkit import config, feed, outbound
from skolkit.clock import now, stamp, today
from skolkit.retry import persist
from skolkit.table import FEED_SHARDS, commit
from skolkit.telemetry import count, failure, logger

CHUNK = 500  # keys of a feed read at a time


def watch() -> None:
    """Put down what has changed since the last time, and hand over what is due. Two round trips; four queries
    for each kind somebody has subscribed to, side by side; one transaction for each notice.
    """
    at = now()
    living = [one for one in store.every() if one.lives(at)]
    if not living:
        return
    found = _found(living, store.place().seen, at - config.feed_lag())
    news = News(
        frozenset(kind for kind, (one, _) in found.items() if one.modified),
        frozenset(kind for kind, (one, _) in found.items() if one.deleted),
    )
    for one in living:
        persist(partial(_put_down, one, news, at))
    if found:
        persist(lambda: _move({kind: until for kind, (_, until) in found.items()}))


def _move(seen: dict[str, str]) -> None:
    """The feeds have been followed until then; never back, when two were at it."""
    place = store.place()
    place.seen = place.seen | {kind: max(until, place.seen.get(kind, "")) for kind, until in seen.items()}
    commit(place)


def _put_down(known: Subscription, news: News, at: datetime) -> None:
    changed = rules.heard(known, news)
    if changed == known and not known.ready(at):
        return
    current = store.find(known.client, known.id)
    if current is None:
        return
    changed = rules.heard(current, news)
    facts = []
    if changed.ready(at):
        changed = rules.handed_over(changed, at)
        facts = [NoticeDue(client=changed.client, subscription=changed.id, turn=changed.turn)]
    if changed != current:
        commit(store.subscription_item(changed), facts=facts)


def _found(
    living: Sequence[Subscription], seen: Mapping[str, str], until: datetime
) -> dict[str, tuple[News, str]]:
    """What is new of each kind somebody has subscribed to, and until when it has been looked for. A kind that
    cannot be read is left for the next time, and does not hold up the others.
    """
    high = stamp(until)
    begun: dict[str, datetime] = {}
    for one in living:
        begun |= {kind: min(one.made, begun.get(kind, one.made)) for kind in one.kinds}
    since = {kind: max(stamp(first - config.feed_lag()), seen.get(kind, "")) for kind, first in begun.items()}
    found = {}
    with ThreadPoolExecutor(2 * FEED_SHARDS) as pool:
        for kind, low in since.items():
            if low >= high:
                continue
            try:
                parts = pool.map(partial(_news, kind, low, high), range(FEED_SHARDS))
                found[kind] = (reduce(or_, parts), high)
            except Exception as error:  # noqa: BLE001 - one area's trouble must not keep the others' changes
                logger().error("feed not followed", kind=kind, **failure(error))
                count("FeedNotFollowed", 1)
    return found


def _news(kind: str, low: str, high: str, shard: int) -> News:
    """What a shard has after a moment and until another. One query per `CHUNK`; the rest is of no interest
    when there is a change and a deletion.
    """
    item, place, news = resource_of(RESOURCE_OF[kind]).kind, f"{low}$", NOTHING
    while True:
        rows = feed.stretch(item, shard, place, f"{high}$", CHUNK)
        deleted = any(changed.deleted for _, changed in rows)
        modified = any(not changed.deleted for _, changed in rows)
        news |= News(frozenset({kind} if modified else ()), frozenset({kind} if deleted else ()))
        if len(rows) < CHUNK or (news.modified and news.deleted):
            return news
        place = feed.after(rows[-1][0])


def send(fact: NoticeDue) -> None:
    """Send a notice that is due, if nobody has before; what came of it is kept. Two round trips, the request,
    and two more.
    """
    known = store.find(fact.client, fact.subscription)
    at = now()
    if known is None or not known.lives(at) or known.paused or known.turn != fact.turn or not known.telling:
        return
    news = _allowed(known)
    if not news:
        _settle(fact, rules.dropped)
        return
    fault = _post(known, news, at)
    if not fault:
        _settle(fact, lambda one: rules.taken(one, now()))
        return
    logger().warning("notice not taken", client=known.client, subscription=known.id, fault=fault)
    settled = _settle(fact, lambda one: rules.failed(one, now(), fault))
    if settled and settled.paused:
        count("SubscriptionPaused", 1)


def _allowed(known: Subscription) -> News:
    """What the client may be told today: it may have been stopped since, or lost a right."""
    client = clients.find_client(known.client)
    if client is None or not client.may("read", "subscriptions", today()):
        return NOTHING
    return known.telling.of([kind for kind in known.kinds if client.may("read", RESOURCE_OF[kind], today())])


def _settle(fact: NoticeDue, becomes: Callable[[Subscription], Subscription]) -> Subscription | None:
    def attempt() -> Subscription | None:
        current = store.find(fact.client, fact.subscription)
        if current is None or current.turn != fact.turn:
            return None
        changed = becomes(current)
        commit(store.subscription_item(changed))
        return replace(changed, version=changed.version + 1)

    return persist(attempt)


def _post(known: Subscription, news: News, at: datetime) -> Fault:
    """Why the receiver has not taken the notice; "" when it has."""
    body = news.body()
    signed = rules.signature(rules.secret_of(config.webhook_key(), known.id), at, body)
    headers = {"content-type": "application/json", "user-agent": "Skolkit", "skolkit-signature": signed}
    try:
        to = rules.target(known.target, config.webhook_origins())
        status = outbound.post(to.scheme, to.host, to.port, to.path, body, headers, local=to.local)
    except (rules.BadTarget, outbound.LeadsInside):
        return "address"
    except outbound.TooSlow:
        return "slow"
    except outbound.Untrusted:
        return "tls"
    except outbound.Undelivered:
        return "connection"
    if 200 <= status < 300:
        return ""
    return "gone" if status == 410 else "refused"

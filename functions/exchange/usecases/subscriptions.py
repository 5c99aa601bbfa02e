"""Subscriptions as their clients keep them, and as an administrator watches over them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from functions.access import guard
from functions.exchange.domain import subscriptions as rules
from functions.exchange.domain.clients import ClientRefused
from functions.exchange.domain.subscriptions import Subscription
from functions.exchange.schemas.standard import Paged
from functions.exchange.schemas.subscriptions import (
    NewSubscription,
    PageQuery,
    SubscribedKind,
    SubscriptionPage,
    SubscriptionState,
    SubscriptionView,
)
from functions.exchange.store import subscriptions as store
from functions.exchange.usecases.readers import admit
from functions.exchange.usecases.resources import RESOURCES
from functions.organisation import queries as organisation
from skolkit import config
from skolkit.audit import Trace
from skolkit.clock import now, stamp, today
from skolkit.cursor import seal, unseal
from skolkit.errors import ChangedMeanwhile, NotFound
from skolkit.http import Rendered, Request
from skolkit.identity import Caller
from skolkit.retry import persist
from skolkit.table import Erase, commit
from skolkit.types import new_id

SECRET = "Skolkit-Webhook-Secret"
RESOURCE_OF = {entity: name for name, (_, entity) in RESOURCES.items()}


def subscribe(caller: Caller, body: NewSubscription) -> Rendered:
    """Begin to tell a client of changes. The header has the secret that notices are signed with, which is not
    shown again, but to the same request sent again: that one renews what it began. Three round trips. Raises
    `BadTarget`, `TooManySubscriptions`.
    """
    client = admit(caller, "subscriptions", "write")
    kinds = tuple(dict.fromkeys(one.resource for one in body.resource_types))
    if not all(client.may("read", RESOURCE_OF[kind], today()) for kind in kinds):
        raise ClientRefused(field="resourceTypes")
    rules.target(body.target, config.webhook_origins())
    made = persist(lambda: _begun(client.id, body, kinds))
    secret = rules.secret_of(config.webhook_key(), made.id)
    return Rendered(json_text=_view(made).model_dump_json(by_alias=True).encode(), headers={SECRET: secret})


def _begun(client: str, body: NewSubscription, kinds: tuple[str, ...]) -> Subscription:
    at, days = now(), config.subscription_days()
    living = [one for one in store.of_client(client) if one.lives(at)]
    asked = (body.name, body.target, set(kinds))
    for one in living:
        if (one.name, one.target, set(one.kinds)) == asked:
            return _kept(rules.renewed(one, at, days), "renew_subscription")
    if len(living) >= rules.MOST:
        raise rules.TooManySubscriptions(most=rules.MOST)
    made = Subscription(
        id=new_id(), client=client, name=body.name, target=body.target, kinds=kinds, made=at,
        ends=at + timedelta(days=days),
    )  # fmt: skip
    return _kept(made, "subscribe")


def _kept(changed: Subscription, action: str, actor: str = "") -> Subscription:
    client = f"client:{changed.client}"
    trace = Trace(actor or client, action, client, changes=changed.id)
    item = store.subscription_item(changed)
    commit(item, trace=trace)
    return replace(changed, version=item.version)


def list_subscriptions(request: Request[None, Paged]) -> Rendered:
    """A client's own, oldest first. Two round trips."""
    client = admit(request.caller, "subscriptions")
    place = unseal(request.query.page_token, request.caller.seal, "subscriptions")
    living = [one for one in store.of_client(client.id) if one.lives(now())]
    rest = [one for one in living if place is None or (stamp(one.made), one.id) > tuple(place["after"])]
    page = rest[: request.query.limit or rules.MOST]
    last = {"after": [stamp(page[-1].made), page[-1].id]} if len(page) < len(rest) else None
    token = seal(last, request.caller.seal, "subscriptions")
    rows = [_view(one).model_dump(mode="json", by_alias=True) for one in page]
    return Rendered(json_text=_json({"data": rows, "pageToken": token}))


def _json(body: object) -> bytes:
    from pydantic_core import to_json

    return to_json(body)


def read_subscription(caller: Caller, id: str) -> SubscriptionView:
    """One of a client's own. Two round trips."""
    return _view(_own(admit(caller, "subscriptions").id, id))


def renew_subscription(caller: Caller, id: str) -> SubscriptionView:
    """Let it go on from now as long as a new one, and try again if it was given up. Three round trips."""
    client = admit(caller, "subscriptions", "write").id

    def attempt() -> Subscription:
        renewed = rules.renewed(_own(client, id), now(), config.subscription_days())
        return _kept(renewed, "renew_subscription")

    return _view(persist(attempt))


def end_subscription(caller: Caller, id: str) -> None:
    """Tell the client no more, from now. Three round trips."""
    client = admit(caller, "subscriptions", "write").id

    def attempt() -> None:
        item = store.subscription_item(_own(client, id))
        about = f"client:{client}"
        commit(Erase(item), trace=Trace(about, "end_subscription", about, changes=id))

    persist(attempt)


def _own(client: str, id: str) -> Subscription:
    found = store.find(client, id)
    if found is None or not found.lives(now()):
        raise NotFound
    return found


def _view(known: Subscription) -> SubscriptionView:
    kinds = [SubscribedKind.model_validate({"resource": kind}) for kind in known.kinds]
    return SubscriptionView.model_validate(
        {
            "id": known.id, "expires": stamp(known.ends), "name": known.name, "resource_types": kinds,
            "target": known.target,
        }
    )  # fmt: skip


def administer(caller: Caller) -> None:
    """Whether the caller may see and lead what is connected. One round trip. Raises `NotFound`."""
    duties = organisation.duties_of(caller.person_id)
    guard.require(caller, "exchange:administer", guard.SYSTEM, duties)


def list_all_subscriptions(caller: Caller, query: PageQuery) -> SubscriptionPage:
    """All clients', with what goes wrong. Two round trips."""
    administer(caller)
    rows, cursor = store.page(query.cursor, query.limit, caller.seal, "subscriptions")
    return SubscriptionPage(data=[_state(one) for one in rows if one.lives(now())], cursor=cursor)


def resume_subscription(caller: Caller, client: str, id: str, version: int) -> SubscriptionState:
    """Try again now what was given up. Three round trips."""
    administer(caller)
    known = _own(client, id)
    if known.version != version:
        raise ChangedMeanwhile(field="If-Match", value=version)
    return _state(_kept(rules.resumed(known), "resume_subscription", caller.person_id))


def _state(known: Subscription) -> SubscriptionState:
    news = known.waiting | known.telling
    return SubscriptionState.model_validate(
        {
            "id": known.id, "client": known.client, "name": known.name, "host": known.host,
            "kinds": known.kinds, "created": stamp(known.made), "expires": stamp(known.ends),
            "waiting": sorted(news.modified | news.deleted),
            "last_told": known.told and stamp(known.told),
            "failing_since": known.failing and stamp(known.failing),
            "next_try": stamp(known.due) if known.due and known.failing else None,
            "fault": known.fault or None, "paused": known.paused and stamp(known.paused),
            "version": known.version,
        }
    )  # fmt: skip

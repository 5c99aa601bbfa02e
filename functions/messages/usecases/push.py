"""The devices on which somebody gets push messages, and that they have seen one (processes 21 and 28)."""

from __future__ import annotations

from contextlib import suppress
from functools import partial

from functions.access import guard
from functions.messages import push, store
from functions.messages.domain import deliveries as rules
from functions.messages.domain.deliveries import State
from functions.messages.domain.push import Device, target, with_device
from functions.messages.schemas.push import (
    NewPushSubscription,
    PushKeyView,
    PushSubscriptionList,
    PushSubscriptionView,
)
from functions.messages.store import DeliveryKey, devices
from functions.messages.usecases.sending import answers, tell
from skolkit.audit import Trace
from skolkit.clock import now
from skolkit.errors import NotFound
from skolkit.idempotency import RequestKey
from skolkit.identity import Caller
from skolkit.retry import persist
from skolkit.table import Write, commit, fetch


def read_push_key() -> PushKeyView:
    """The municipality's public key, the same for everybody. No round trip."""
    return PushKeyView(key=push.public_key())


def list_push_subscriptions(caller: Caller) -> PushSubscriptionList:
    """On which devices the caller gets messages. One round trip."""
    guard.require(caller, "messages:read_own_preferences", guard.Person(caller.person_id))
    held, _ = devices.held_by(caller.person_id)
    return PushSubscriptionList(data=[_view(one) for one in held])


def subscribe_to_push(caller: Caller, new: NewPushSubscription, key: RequestKey) -> PushSubscriptionView:
    """Get messages on a device; it is no longer that of whoever had it before. Two round trips, three where
    it was another's.
    """
    guard.require(caller, "messages:edit_own_preferences", guard.Person(caller.person_id))
    target(new.endpoint, push.services())
    push.check_key(new.keys.p256dh)
    id = devices.id_of(new.endpoint)
    device = Device(id, new.endpoint, new.keys.p256dh, new.keys.auth, now())
    return persist(partial(_subscribe, caller, device, key))


def _subscribe(caller: Caller, device: Device, key: RequestKey) -> PushSubscriptionView:
    me = caller.person_id
    wanted = devices.wanted_held(me), devices.wanted_owner(device.id)
    (held, version), owner = fetch(*wanted, consistent=True)
    now_held = with_device(held, device)
    writes: list[Write] = [devices.held_item(me, now_held, version)]
    writes.append(devices.owner_item(device.id, me, owner.version if owner else None))
    traces = [Trace(me, "subscribe_to_push", me, changes=device.host)]
    if owner and owner.person != me:
        theirs, before = devices.held_by(owner.person)
        left = [one for one in theirs if one.id != device.id]
        writes.append(devices.held_item(owner.person, left, before))
        traces.append(Trace(me, "take_over_device", owner.person, changes=device.host))
    view = _view(device)
    commit(*writes, trace=traces, once=key.once(view.model_dump_json(by_alias=True)))
    return view


def unsubscribe_from_push(caller: Caller, id: str) -> None:
    """Get no more messages on a device. Two round trips."""
    guard.require(caller, "messages:edit_own_preferences", guard.Person(caller.person_id))
    persist(partial(_unsubscribe, caller, id))


def _unsubscribe(caller: Caller, id: str) -> None:
    writes = devices.without(caller.person_id, [id])
    if not writes:
        raise NotFound
    commit(*writes, trace=Trace(caller.person_id, "unsubscribe_from_push", caller.person_id))


def mark_delivery_seen(caller: Caller, tag: str, key: RequestKey) -> None:
    """The caller has seen a message to them: no other way is tried. Two round trips."""
    guard.require(caller, "messages:edit_own_preferences", guard.Person(caller.person_id))
    persist(partial(_mark_seen, caller, _own(caller, tag), key))


def _own(caller: Caller, tag: str) -> DeliveryKey:
    with suppress(ValueError):
        found = DeliveryKey.tagged(tag)
        if found.recipient == caller.person and found.tag == tag:
            return found
    raise NotFound


def _mark_seen(caller: Caller, delivery: DeliveryKey, key: RequestKey) -> None:
    known = store.delivery(delivery)
    if known is None or not known.attempts:
        raise NotFound
    seen = rules.seen(known, now())
    if seen is None:
        return
    told = known.state is State.ACCEPTED  # whoever sends it says so when a provider has it
    facts = [] if told else answers(delivery, seen)
    trace = Trace(caller.person_id, "mark_delivery_seen", caller.person_id)
    commit(store.delivery_item(delivery, seen), facts=facts, trace=trace, once=key.once(""))
    tell(seen)


def _view(device: Device) -> PushSubscriptionView:
    return PushSubscriptionView(id=device.id, host=device.host, at=device.at)

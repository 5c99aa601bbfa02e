"""The devices on which people get push messages (processes 21 and 28)."""

from __future__ import annotations

from functions.messages.app.base import api
from functions.messages.domain.push import BrokenSubscription, TooManyDevices, UnknownPushService
from functions.messages.schemas import push as schemas
from functions.messages.usecases import push
from skolkit.errors import NotFound
from skolkit.http import Request


@api.operation("GET", "/v1/push-key", process=28, answer=schemas.PushKeyView)
def read_push_key(_: Request[None, None]) -> schemas.PushKeyView:
    """The key with which a browser subscribes"""
    return push.read_push_key()


@api.operation("GET", "/v1/me/push-subscriptions", process=28, answer=schemas.PushSubscriptionList)
def list_push_subscriptions(request: Request[None, None]) -> schemas.PushSubscriptionList:
    """The devices on which the caller gets messages"""
    return push.list_push_subscriptions(request.caller)


@api.operation(
    "POST", "/v1/me/push-subscriptions", process=28, status=201, keyed=True,
    body=schemas.NewPushSubscription, answer=schemas.PushSubscriptionView,
    errors=(UnknownPushService, BrokenSubscription, TooManyDevices),
)  # fmt: skip
def subscribe_to_push(request: Request[schemas.NewPushSubscription, None]) -> schemas.PushSubscriptionView:
    """Get messages on a device"""
    assert request.key
    return push.subscribe_to_push(request.caller, request.body, request.key)


@api.operation(
    "DELETE", "/v1/me/push-subscriptions/{subscription}", process=28, status=204, errors=(NotFound,)
)
def unsubscribe_from_push(request: Request[None, None]) -> None:
    """Get no more messages on a device"""
    push.unsubscribe_from_push(request.caller, request.id("subscription"))


@api.operation(
    "POST", "/v1/me/deliveries/{delivery}/seen", process=21, status=204, keyed=True, errors=(NotFound,)
)
def mark_delivery_seen(request: Request[None, None]) -> None:
    """Say that one has seen a message, by the id in it"""
    assert request.key
    push.mark_delivery_seen(request.caller, request.path["delivery"], request.key)

"""Subscriptions, notices, and what clients report (process 35)."""

from __future__ import annotations

from functions.exchange.app.base import api, on, standard
from functions.exchange.domain import subscriptions as rules
from functions.exchange.domain.clients import ClientRefused
from functions.exchange.events import NoticeDue
from functions.exchange.schemas import subscriptions as schemas
from functions.exchange.schemas.standard import Paged
from functions.exchange.usecases import reports
from functions.exchange.usecases import subscriptions as usecases
from skolkit.cursor import BadCursor
from skolkit.errors import NotFound
from skolkit.events import Envelope
from skolkit.http import Rendered, Request

READ = "skolkit/ss12000.read"


@standard.operation(
    "GET", "/subscriptions", process=35, scope=READ, query=Paged, answer=Rendered,
    errors=(ClientRefused, BadCursor),
)  # fmt: skip
def list_subscriptions(request: Request[None, Paged]) -> Rendered:
    """A client's subscriptions, oldest first"""
    return usecases.list_subscriptions(request)


@standard.operation(
    "POST", "/subscriptions", process=35, scope=READ, body=schemas.NewSubscription, answer=Rendered,
    status=201, errors=(ClientRefused, rules.BadTarget, rules.TooManySubscriptions),
)  # fmt: skip
def subscribe(request: Request[schemas.NewSubscription, None]) -> Rendered:
    """Be told of changes at an address"""
    return usecases.subscribe(request.caller, request.body)


@standard.operation(
    "GET", "/subscriptions/{id}", process=35, scope=READ, answer=schemas.SubscriptionView,
    errors=(ClientRefused, NotFound),
)  # fmt: skip
def read_subscription(request: Request[None, None]) -> schemas.SubscriptionView:
    """One of a client's subscriptions"""
    return usecases.read_subscription(request.caller, request.id("id"))


@standard.operation(
    "PATCH", "/subscriptions/{id}", process=35, scope=READ, answer=schemas.SubscriptionView,
    errors=(ClientRefused, NotFound),
)  # fmt: skip
def renew_subscription(request: Request[None, None]) -> schemas.SubscriptionView:
    """Let a subscription go on, and try again if it was given up"""
    return usecases.renew_subscription(request.caller, request.id("id"))


@standard.operation(
    "DELETE", "/subscriptions/{id}", process=35, scope=READ, errors=(ClientRefused, NotFound)
)  # fmt: skip
def end_subscription(request: Request[None, None]) -> None:
    """Be told no more"""
    usecases.end_subscription(request.caller, request.id("id"))


@standard.operation(
    "POST", "/log", process=35, scope=READ, body=schemas.LogEntry, answer=Rendered, status=201,
    errors=(ClientRefused,),
)  # fmt: skip
def log_event(request: Request[schemas.LogEntry, None]) -> Rendered:
    """Say what happened to data that was fetched"""
    return reports.log(request.caller, request.body)


@standard.operation(
    "POST", "/statistics", process=35, scope=READ, body=schemas.StatisticsEntry, answer=Rendered, status=201,
    errors=(ClientRefused,),
)  # fmt: skip
def count_transferred(request: Request[schemas.StatisticsEntry, None]) -> Rendered:
    """Say how much was taken over"""
    return reports.count_transferred(request.caller, request.body)


@api.operation(
    "GET", "/v1/subscriptions", process=35, query=schemas.PageQuery, answer=schemas.SubscriptionPage,
    errors=(NotFound,),
)  # fmt: skip
def list_all_subscriptions(request: Request[None, schemas.PageQuery]) -> schemas.SubscriptionPage:
    """Subscriptions of all connected systems, and which have been given up"""
    return usecases.list_all_subscriptions(request.caller, request.query)


@api.operation(
    "POST", "/v1/clients/{client}/subscriptions/{subscription}/resume", process=35, versioned=True,
    answer=schemas.SubscriptionState, errors=(NotFound,),
)  # fmt: skip
def resume_subscription(request: Request[None, None]) -> schemas.SubscriptionState:
    """Try again to tell a system that had stopped answering"""
    client, id = request.path["client"], request.id("subscription")
    return usecases.resume_subscription(request.caller, client, id, request.version)


@api.operation(
    "GET", "/v1/clients/{client}/log", process=35, query=schemas.PageQuery, answer=schemas.LogPage,
    errors=(NotFound,),
)  # fmt: skip
def list_client_log(request: Request[None, schemas.PageQuery]) -> schemas.LogPage:
    """What a connected system says went wrong, newest first"""
    return reports.list_log(request.caller, request.path["client"], request.query)


@api.operation(
    "GET", "/v1/clients/{client}/statistics", process=35, query=schemas.PageQuery,
    answer=schemas.StatisticsPage, errors=(NotFound,),
)  # fmt: skip
def list_client_statistics(request: Request[None, schemas.PageQuery]) -> schemas.StatisticsPage:
    """What a connected system says it took over, newest first"""
    return reports.list_statistics(request.caller, request.path["client"], request.query)


@on.on_schedule(
    "rate(1 minute)", process=35, timeout=55, runbook="subscriptions", alarms=("FeedNotFollowed",),
    meaning="Andra system får inte veta att det finns ändringar att hämta och märker dem när de frågar.",
)  # fmt: skip
def watch_changes() -> None:
    """Find what has changed since the last time, and hand over what is to be told."""
    from functions.exchange.usecases import notices

    notices.watch()


@on.on_facts(
    NoticeDue.type, process=35, timeout=30, batch=1, runbook="subscriptions", alarms=("SubscriptionPaused",),
    meaning="Ett anslutet system får inga notiser om ändringar mer: det har inte svarat på ett dygn eller"
    " vill inte ha fler.",
)  # fmt: skip
def send_notice(envelope: Envelope) -> None:
    """Tell a subscriber that there is something to fetch."""
    from functions.exchange.usecases import notices

    notices.send(NoticeDue.model_validate(envelope.data))

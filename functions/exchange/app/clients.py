"""Integration clients, decided on by the municipality's administrators (process 35)."""

from __future__ import annotations

from functions.exchange.app.base import api, on
from functions.exchange.domain.clients import BadGrant, ClientExpired
from functions.exchange.schemas import clients as schemas
from functions.exchange.usecases import clients as usecases
from skolkit.errors import Busy, ChangedMeanwhile, NotFound
from skolkit.http import Request


@api.operation(
    "GET", "/v1/clients", process=35, query=schemas.ListQuery, answer=schemas.ClientPage, errors=(NotFound,)
)
def list_clients(request: Request[None, schemas.ListQuery]) -> schemas.ClientPage:
    """Systems that are let in, those registered last first"""
    return usecases.list_clients(request.caller, request.query)


@api.operation(
    "POST", "/v1/clients", process=35, status=201, keyed=True, body=schemas.ClientBody,
    answer=schemas.SecretView, errors=(NotFound, BadGrant, Busy),
)  # fmt: skip
def register_client(request: Request[schemas.ClientBody, None]) -> schemas.SecretView:
    """Let another system in; its secret is told this once"""
    assert request.key
    return usecases.register_client(request.caller, request.body, request.key)


@api.operation("GET", "/v1/clients/{client}", process=35, answer=schemas.ClientView, errors=(NotFound,))
def read_client(request: Request[None, None]) -> schemas.ClientView:
    """A system and what it may"""
    return usecases.read_client(request.caller, request.id("client"))


@api.operation(
    "PUT", "/v1/clients/{client}", process=35, versioned=True, body=schemas.ClientBody,
    answer=schemas.ClientView, errors=(NotFound, ChangedMeanwhile, BadGrant, Busy),
)  # fmt: skip
def change_client(request: Request[schemas.ClientBody, None]) -> schemas.ClientView:
    """Change what a system may"""
    return usecases.change_client(request.caller, request.id("client"), request.body, request.version)


@api.operation(
    "DELETE", "/v1/clients/{client}", process=35, status=204, versioned=True,
    errors=(NotFound, ChangedMeanwhile),
)  # fmt: skip
def delete_client(request: Request[None, None]) -> None:
    """Take a system away for good"""
    usecases.delete_client(request.caller, request.id("client"), request.version)


@api.operation(
    "POST", "/v1/clients/{client}/secrets", process=35, status=201, keyed=True, body=schemas.NewSecret,
    answer=schemas.SecretView, errors=(NotFound, ChangedMeanwhile, ClientExpired, Busy),
)  # fmt: skip
def rotate_secret(request: Request[schemas.NewSecret, None]) -> schemas.SecretView:
    """Give a system another secret; the old one holds for a time"""
    assert request.key
    return usecases.rotate_secret(request.caller, request.id("client"), request.body, request.key)


@api.operation(
    "POST", "/v1/clients/{client}/stop", process=35, keyed=True, answer=schemas.ClientView,
    errors=(NotFound, ChangedMeanwhile),
)  # fmt: skip
def stop_client(request: Request[None, None]) -> schemas.ClientView:
    """Stop a system at once"""
    assert request.key
    return usecases.stop_client(request.caller, request.id("client"), request.key)


@api.operation(
    "POST", "/v1/clients/{client}/start", process=35, keyed=True, answer=schemas.ClientView,
    errors=(NotFound, ChangedMeanwhile, Busy),
)  # fmt: skip
def start_client(request: Request[None, None]) -> schemas.ClientView:
    """Let a stopped system in again"""
    assert request.key
    return usecases.start_client(request.caller, request.id("client"), request.key)


@api.operation(
    "GET", "/v1/clients/{client}/uses", process=35, query=schemas.ListQuery, answer=schemas.UsePage,
    errors=(NotFound,),
)  # fmt: skip
def list_client_uses(request: Request[None, schemas.ListQuery]) -> schemas.UsePage:
    """What a system has fetched, by day and resource"""
    return usecases.list_client_uses(request.caller, request.id("client"), request.query)


@on.on_schedule(
    "cron(20 3 * * ? *)", process=35,
    uses=("cognito-idp:DeleteUserPoolClient", "cognito-idp:UpdateUserPoolClient"),
    meaning="Anslutna system: gamla hemligheter tas inte bort, och ingen får veta vilka som snart upphör.",
)  # fmt: skip
def keep_clients() -> None:
    """Every night: end old secrets, and tell of systems that end within a month."""
    usecases.keep_clients()

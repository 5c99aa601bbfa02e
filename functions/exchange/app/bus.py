"""The event bus: what is told on it, and telling it again (process 35)."""

from __future__ import annotations

from functions.exchange.app.base import api
from functions.exchange.domain import replays as rules
from functions.exchange.schemas import bus as schemas
from functions.exchange.usecases import events, replays
from skolkit.cursor import BadCursor
from skolkit.errors import ChangedMeanwhile, NotFound
from skolkit.http import Request


@api.operation(
    "GET", "/v1/events", process=35, query=schemas.EventQuery, answer=schemas.EventPage,
    errors=(NotFound, BadCursor),
)  # fmt: skip
def list_events(request: Request[None, schemas.EventQuery]) -> schemas.EventPage:
    """The facts on the bus: who publishes them and who listens"""
    return events.list_events(request.caller, request.query)


@api.operation("GET", "/v1/events/{type}", process=35, answer=schemas.EventView, errors=(NotFound,))
def read_event(request: Request[None, None]) -> schemas.EventView:
    """A fact with its JSON Schema and a sample"""
    return events.read_event(request.caller, request.path["type"])


@api.operation(
    "POST", "/v1/replays", process=35, keyed=True, status=202, body=schemas.NewReplay,
    answer=schemas.ReplayView,
    errors=(
        NotFound, rules.SpanBackwards, rules.BeyondArchive, rules.NotArchivedYet, rules.UnknownFact,
        rules.NobodyListens, rules.ReplayGoesOn,
    ),
)  # fmt: skip
def start_replay(request: Request[schemas.NewReplay, None]) -> schemas.ReplayView:
    """Tell facts of the last 90 days again to those who listen to them"""
    assert request.key
    return replays.start_replay(request.caller, request.body, request.key)


@api.operation(
    "GET", "/v1/replays", process=35, query=schemas.ReplayQuery, answer=schemas.ReplayPage,
    errors=(NotFound, BadCursor),
)  # fmt: skip
def list_replays(request: Request[None, schemas.ReplayQuery]) -> schemas.ReplayPage:
    """The replays there have been, newest first"""
    return replays.list_replays(request.caller, request.query)


@api.operation("GET", "/v1/replays/{replay}", process=35, answer=schemas.ReplayView, errors=(NotFound,))
def read_replay(request: Request[None, None]) -> schemas.ReplayView:
    """A replay, and how far it has come"""
    return replays.read_replay(request.caller, request.id("replay"))


@api.operation(
    "DELETE", "/v1/replays/{replay}", process=35, versioned=True, status=204,
    errors=(NotFound, ChangedMeanwhile, rules.ReplayEnded),
)  # fmt: skip
def cancel_replay(request: Request[None, None]) -> None:
    """Stop a replay"""
    replays.cancel_replay(request.caller, request.id("replay"), request.version)

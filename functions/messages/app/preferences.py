"""How people want to be reached (process 28)."""

from __future__ import annotations

from functions.messages.app.base import api
from functions.messages.domain.deliveries import AlwaysSent, RepeatedChannel
from functions.messages.schemas import preferences as schemas
from functions.messages.usecases import preferences
from skolkit.errors import ChangedMeanwhile
from skolkit.http import Request


@api.operation("GET", "/v1/me/preferences", process=28, answer=schemas.PreferencesView)
def read_preferences(request: Request[None, None]) -> schemas.PreferencesView:
    """How the caller wants to be reached"""
    return preferences.read_preferences(request.caller)


@api.operation(
    "PUT", "/v1/me/preferences", process=28, versioned=True,
    body=schemas.Preferences, answer=schemas.PreferencesView,
    errors=(ChangedMeanwhile, RepeatedChannel, AlwaysSent),
)  # fmt: skip
def choose_preferences(request: Request[schemas.Preferences, None]) -> schemas.PreferencesView:
    """Choose how to be reached"""
    return preferences.choose_preferences(request.caller, request.body, request.version)

"""Choosing a channel."""

from __future__ import annotations

from functions.access import guard
from functions.messages import store
from functions.messages.schemas.preferences import Preferences, PreferencesView
from skolkit.audit import Trace
from skolkit.identity import Caller
from skolkit.table import commit


def read_preferences(caller: Caller) -> PreferencesView:
    """How the caller wants to be reached."""
    guard.require(caller, "messages:read_own_preferences", guard.Person(caller.person_id))
    channel, version = store.preferences(caller.person_id)
    return PreferencesView(channel=channel, version=version)


def choose_preferences(caller: Caller, chosen: Preferences, version: int) -> PreferencesView:
    """Choose how to be reached."""
    guard.require(caller, "messages:edit_own_preferences", guard.Person(caller.person_id))
    trace = Trace(caller.person_id, "choose_preferences", caller.person_id, changes=chosen.channel)
    commit(store.preferences_item(caller.person_id, chosen.channel, version), trace=trace)
    return PreferencesView(channel=chosen.channel, version=version + 1)

"""Choosing how to be reached."""

from __future__ import annotations

from functions.access import guard
from functions.messages import store
from functions.messages.domain.deliveries import Quiet, Wishes, checked
from functions.messages.schemas.preferences import Preferences, PreferencesView, QuietHours
from skolkit.audit import Trace
from skolkit.identity import Caller
from skolkit.table import commit


def read_preferences(caller: Caller) -> PreferencesView:
    """How the caller wants to be reached."""
    guard.require(caller, "messages:read_own_preferences", guard.Person(caller.person_id))
    return _view(*store.preferences(caller.person_id))


def choose_preferences(caller: Caller, chosen: Preferences, version: int) -> PreferencesView:
    """Choose how to be reached. What is not sent is what is usual."""
    guard.require(caller, "messages:edit_own_preferences", guard.Person(caller.person_id))
    quiet = chosen.quiet_hours
    wishes = checked(
        Wishes(
            first=chosen.channel,
            kinds={kind: tuple(order) for kind, order in chosen.channels.items()},
            quiet=Quiet(quiet.start.replace(tzinfo=None), quiet.end.replace(tzinfo=None)) if quiet else None,
            language=chosen.language,
        )
    )
    trace = Trace(caller.person_id, "choose_preferences", caller.person_id, changes=chosen.channel)
    commit(store.preferences_item(caller.person_id, wishes, version), trace=trace)
    return _view(wishes, version + 1)


def _view(wishes: Wishes, version: int) -> PreferencesView:
    quiet = wishes.quiet
    return PreferencesView(
        channel=wishes.first,
        channels={kind: list(order) for kind, order in (wishes.kinds or {}).items()},
        quiet_hours=QuietHours(start=quiet.start, end=quiet.end) if quiet else None,
        language=wishes.language,
        version=version,
    )

"""Who may do what with what is exchanged with other systems (`allowed`)."""

from __future__ import annotations

from tests.contract.people import ADMINISTRATORS, ANYONE, GUARDIANS, OPEN
from tests.support import requests_exchange

ALLOWED: dict[str, set[str]] = requests_exchange.ALLOWED | {
    "exchange.cancel_replay": {"administrator"},
    "exchange.fetch_calendar": OPEN,
    "exchange.list_all_subscriptions": {"administrator"},
    "exchange.list_client_log": {"administrator"},
    "exchange.list_client_statistics": {"administrator"},
    "exchange.list_events": {*ADMINISTRATORS, "far administrator"},
    "exchange.list_my_calendars": ANYONE,
    "exchange.list_replays": {"administrator"},
    "exchange.read_event": {*ADMINISTRATORS, "far administrator"},
    "exchange.read_replay": {"administrator"},
    "exchange.resume_subscription": {"administrator"},
    "exchange.revoke_calendar": {"pupil"},
    "exchange.start_replay": {"administrator"},
    "exchange.subscribe_calendar (group)": {"teacher", "mentor", "pupil", "classmate"},
    "exchange.subscribe_calendar": {*GUARDIANS, "pupil"},
}

"""What exchange keeps about people."""

from __future__ import annotations

from skolkit.kept import Kept

KEPT = {
    "exchange_client": Kept("exchange.client", ("changed_by",)),
    "exchange_credential": Kept("exchange.client"),
    "exchange_use_day": Kept("exchange.use"),
    "exchange_use_minute": Kept("exchange.use"),
    "exchange_subscription": Kept("exchange.client"),
    "exchange_place": Kept("exchange.client"),
    "exchange_log": Kept("exchange.log", ("person",)),
    "exchange_logged_person": Kept("exchange.log", ("pk",)),
    "exchange_statistics": Kept("exchange.log"),
    "replay": Kept("exchange.replay", ("asked_by", "cancelled_by")),
    "replay_latest": Kept("exchange.replay"),
    "exchange_calendar": Kept("exchange.calendar", ("owner", "person")),
    "exchange_calendar_listed": Kept("exchange.calendar", ("pk",)),
}

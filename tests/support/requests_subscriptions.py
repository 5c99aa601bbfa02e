"""The right requests about what connected systems subscribe to and report, and a system that has."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING

from functions.exchange.domain.subscriptions import Subscription
from functions.exchange.schemas.subscriptions import LogEntry, StatisticsEntry
from functions.exchange.store import reports, subscriptions
from skolkit.clock import now
from skolkit.table import commit
from skolkit.types import new_id
from tests.support.areas import acting_as
from tests.support.asks import Ask, over

if TYPE_CHECKING:
    from tests.support.schools import Schools


def connected(client: str) -> dict[str, str]:
    """The id of a system's subscription that has been given up; the system has reported, too."""
    webhook, at = new_id(), now()
    wish = Subscription(
        id=webhook, client=client, name="Ändringar", target="https://system.example.se/hook",
        kinds=("Organisation",), made=at, ends=at + timedelta(days=7), paused=at, failing=at, fault="refused",
    )  # fmt: skip
    said = LogEntry.model_validate({"message": "Okänd kurskod", "severityLevel": "Warning"})
    counts = StatisticsEntry.model_validate(
        {"resourceType": "Person", "newCount": 1, "updatedCount": 2, "deletedCount": 3}
    )
    with acting_as("exchange"):
        commit(
            subscriptions.subscription_item(wish),
            *reports.log_items(client, said, at), reports.statistics_item(client, counts, at),
        )  # fmt: skip
    return {"webhook": webhook}


def _of(s: Schools) -> dict[str, str]:
    return {"client": s.made["client"]}


REQUESTS: dict[str, Callable[[Schools], Ask]] = {
    "exchange.list_all_subscriptions": lambda _: Ask(),
    "exchange.list_client_log": lambda s: Ask(_of(s)),
    "exchange.list_client_statistics": lambda s: Ask(_of(s)),
    "exchange.resume_subscription": lambda s: Ask(
        _of(s) | {"subscription": s.made["webhook"]}, headers=over(1)
    ),
}

"""What following the feeds costs while nobody changes anything, as decision 0050 says it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from functions.exchange.domain.subscriptions import Subscription
from functions.exchange.store import subscriptions as store
from functions.exchange.usecases import notices
from infra.local.cloud import Cloud
from skolkit.clock import now
from skolkit.table import FEED_SHARDS, commit
from skolkit.types import new_id
from tests.support.areas import acting_as
from tests.support.meter import metered


def subscriptions(count: int) -> None:
    at = now() - timedelta(minutes=2)
    with acting_as("exchange"):
        for _ in range(count):
            commit(store.subscription_item(Subscription(
                id=new_id(), client=f"client-{new_id()}", name="Ändringar", kinds=("Organisation",), made=at,
                target="https://system.example.se/hook", ends=at + timedelta(days=7),
            )))  # fmt: skip


@pytest.mark.usefixtures("tables")
@pytest.mark.parametrize("count", [1, 20])
def test_a_minute_without_changes(tables: Cloud, count: int) -> None:
    """A consistent query of the subscriptions, the place twice, half a read unit for each shard of a kind,
    and the place moved; however many have subscribed.
    """
    subscriptions(count)
    with acting_as("exchange"), metered() as use:
        notices.watch()
    assert sorted(use.operations) == sorted(
        ["Query"] * (1 + FEED_SHARDS) + ["GetItem"] * 2 + ["TransactWriteItems"]
    )
    read = 1.0 + (count > 1) * 4
    assert use.reads <= read + 2 * 1.0 + FEED_SHARDS * 0.5, use.reads
    assert use.writes <= 4.0, use.writes


@pytest.mark.usefixtures("tables")
def test_a_minute_without_subscriptions_is_one_query(tables: Cloud) -> None:
    with acting_as("exchange"), metered() as use:
        notices.watch()
    assert use.operations == ["Query"]
    assert use.reads <= 1.0

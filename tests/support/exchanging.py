"""What others see over SS 12000 while it is another time at school."""

from __future__ import annotations

import time
from datetime import datetime
from typing import Any

import pytest

from functions.exchange.usecases import readers
from functions.exchange.usecases.resources import resource_of
from skolkit import clock
from skolkit.ss12000 import Asked
from tests.integration.test_attendance_day import at
from tests.support.areas import acting_as
from tests.support.standard import every

LAG = 0.06  # seconds until a change is published


def at_school(monkeypatch: pytest.MonkeyPatch, instant: datetime) -> None:
    """Let it be another time at school; whoever asks from outside goes by the table's clock."""
    at(monkeypatch, instant)
    monkeypatch.setattr(readers, "now", clock.now)


def published(client: str, resource: str, **query: Any) -> list[dict[str, Any]]:
    """All of a list, when everything that has been written is published."""
    time.sleep(LAG)
    return every(client, resource, **query)


def gone(resource: str, after: datetime) -> set[str]:
    """The ids of a resource that are told as deleted, of what was changed since."""
    with acting_as("exchange"):
        steps = resource_of(resource).walk(Asked(changed_after=after), None, 100)
        return {id for step in steps for id in step.gone}

"""A school just after a lesson, and a push service: for tests of how messages find their way."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from functions.messages import push
from infra.local.cloud import Cloud
from infra.local.population import NewPupil
from tests.integration.test_attendance_day import at
from tests.support.push_service import PushService
from tests.support.world import Lesson, World, make_world


@pytest.fixture
def world(tables: Cloud, monkeypatch: pytest.MonkeyPatch) -> World:
    made = make_world(tables)
    at(monkeypatch, made.of_class()[0].end)
    return made


@pytest.fixture
def lesson(world: World) -> Lesson:
    return world.of_class()[0]


@pytest.fixture
def pupil(world: World) -> NewPupil:
    return world.classmates()[0]


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Iterator[PushService]:
    with PushService() as running:
        monkeypatch.setenv("SKOLKIT_PUSH_SERVICES", running.origin)
        push._silent.clear()
        yield running
        assert running.refused == []

"""A school that has been taken in once; what a test changes is put back."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from infra.local.cloud import Cloud
from tests.support.fixtures import lay_tables
from tests.support.stored import Undo, stored
from tests.support.world import World, make_world


@pytest.fixture(scope="module")
def made(cloud: Cloud) -> Iterator[tuple[World, Undo]]:
    lay_tables(cloud)
    world = make_world(cloud)
    undo = Undo(stored())
    yield world, undo
    undo.close()


@pytest.fixture
def world(made: tuple[World, Undo]) -> Iterator[World]:
    """The school today; what a test changes is put back."""
    world, undo = made
    yield world
    undo.undo()

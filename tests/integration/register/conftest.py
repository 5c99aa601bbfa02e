"""The town whose clerks send tables."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from infra.local.cloud import Cloud
from tests.support.fixtures import lay_tables
from tests.support.stored import Undo, stored
from tests.support.tables import Clerk, Town
from tests.support.town import id_of, lay_town


@pytest.fixture(scope="module")
def made(cloud: Cloud) -> Iterator[Undo]:
    """The town, laid once, and the way back to it."""
    lay_tables(cloud)
    lay_town(cloud)
    undo = Undo(stored())
    yield undo
    undo.close()


@pytest.fixture
def town(made: Undo) -> Iterator[Town]:
    yield Town(*(Clerk("register", id_of(name)) for name in ("Stad", "Här", "Där")))
    made.undo()

"""Two schools, made once per module; what a test changes is put back."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from infra.local.cloud import Cloud
from tests.support.fixtures import lay_tables
from tests.support.schools import Schools, make_schools
from tests.support.stored import Undo, stored


@pytest.fixture(scope="module")
def made(cloud: Cloud) -> Iterator[tuple[Schools, Undo]]:
    lay_tables(cloud)
    schools = make_schools(cloud)
    undo = Undo(stored())
    yield schools, undo
    undo.close()


@pytest.fixture
def schools(made: tuple[Schools, Undo]) -> Iterator[Schools]:
    """Two schools and everybody around one pupil."""
    schools, undo = made
    yield schools
    undo.undo()

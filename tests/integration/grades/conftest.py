"""A school with a class that is to be graded; what a test changes is put back."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from infra.local.cloud import Cloud
from tests.support.fixtures import lay_tables
from tests.support.grading import Graded, make_graded
from tests.support.stored import Undo, stored


@pytest.fixture(scope="module")
def made(cloud: Cloud) -> Iterator[tuple[Graded, Undo]]:
    lay_tables(cloud)
    graded = make_graded(cloud)
    undo = Undo(stored())
    yield graded, undo
    undo.close()


@pytest.fixture
def school(made: tuple[Graded, Undo]) -> Iterator[Graded]:
    """The school with its open period; what a test changes is put back."""
    graded, undo = made
    subjects = dict(graded.activities)
    yield graded
    graded.activities = subjects
    undo.undo()

"""A municipality with old papers, made once per module; what a test changes is put back."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import pytest

from infra import layers
from infra.local.cloud import Cloud
from tests.support.aged import Aged, age_municipality
from tests.support.fixtures import lay_tables
from tests.support.stored import Undo, stored


@pytest.fixture(scope="module", autouse=True)
def _typst() -> Iterator[None]:
    """The layer that the collecting and the archiving function have."""
    packages = str(layers.build_heavy(layers.LOCAL, "documents"))
    sys.path.insert(0, packages)
    yield
    sys.path.remove(packages)


@pytest.fixture(scope="module")
def laid(cloud: Cloud) -> Iterator[tuple[Aged, Undo]]:
    lay_tables(cloud)
    aged = age_municipality()
    undo = Undo(stored())
    yield aged, undo
    undo.close()


@pytest.fixture
def aged(laid: tuple[Aged, Undo]) -> Iterator[Aged]:
    """The municipality, as it was before the last test."""
    aged, undo = laid
    yield aged
    undo.undo()

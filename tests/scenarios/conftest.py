"""Scenarios: people's days over real HTTP on the embedded cloud, deployed once for all of them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from infra.local.cloud import Cloud, free_port
from tests.support.deployed import Deployed, start


@pytest.fixture(scope="session")
def school() -> Iterator[Deployed]:
    """The product with one school, for the whole session."""
    with Cloud(port=free_port()) as cloud:
        yield start(cloud)

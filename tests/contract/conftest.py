"""Contract tests: what the operations, facts and rights promise, kept by all areas."""

from __future__ import annotations

import pytest

from infra.local.cloud import Cloud
from tests.support.fixtures import lay_tables


@pytest.fixture(scope="module")
def tables(cloud: Cloud) -> Cloud:
    """The tables, laid once per module: what is promised is asked many times of the same people."""
    lay_tables(cloud)
    return cloud

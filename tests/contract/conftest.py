"""Contract tests: what the operations, facts and rights promise, kept by all areas. One made-up municipality per module."""

from __future__ import annotations

import inspect

import pytest

from tests.integration.conftest import cloud
from tests.integration.conftest import tables as empty_tables

__all__ = ["cloud", "tables"]

# The same tables, made once per module: what is promised is asked many times of the same people.
tables = pytest.fixture(scope="module", name="tables")(inspect.unwrap(empty_tables))

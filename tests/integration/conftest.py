"""Integration tests: use cases and triggers in-process against embedded DynamoDB, S3, KMS, SES and SNS."""

from __future__ import annotations

import pytest

from infra.local.cloud import Cloud
from tests.support.fixtures import lay_tables


@pytest.fixture
def tables(cloud: Cloud) -> Cloud:
    """The tables, empty for every test."""
    lay_tables(cloud)
    return cloud

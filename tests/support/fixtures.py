"""Fixtures that several suites share; each is made once per test process, whichever suite asks first."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from functions.grades.signing.keys import ISSUER, SEAL
from functions.grades.signing.keys import key as kms_key
from infra.local.cloud import Cloud, free_port
from skolkit import aws, table
from tests.support.areas import (
    ARCHIVE_BUCKET,
    AUDIT_BUCKET,
    CATALOGUE_BUCKET,
    DOCUMENTS_BUCKET,
    EXTRACTS_BUCKET,
    FILES_BUCKET,
    IMPORTS_BUCKET,
    TABLES_BUCKET,
    create_tables,
)
from tests.support.deployed import Deployed, start
from tests.support.privacy import details_of, read_logs
from tests.support.push_service import PushService
from tests.support.receivers import Receiver


@pytest.fixture(scope="session")
def cloud() -> Iterator[Cloud]:
    """One embedded AWS without a deployment, which this process's own code talks to."""
    with Cloud(port=free_port()) as running:
        os.environ.update(running.environment())
        os.environ.update(
            SKOLKIT_AREA="none",
            SKOLKIT_BUS="skolkit",
            SKOLKIT_BUS_ARN="arn:aws:events:eu-north-1:000000000000:event-bus/skolkit",
            SKOLKIT_CURSOR_KEY="only for tests",
            SKOLKIT_PHONE_KEY="only for tests",
            SKOLKIT_FEED_LAG="0.05",
            SKOLKIT_PUSH_KEY="only for tests",
            SKOLKIT_WEBHOOK_KEY="only for tests",
            SKOLKIT_SIGN_IN_MINUTES="5",
            SKOLKIT_SIGN_IN_LEVEL="3",
            SKOLKIT_ARCHIVE=ARCHIVE_BUCKET,
            SKOLKIT_CATALOGUE=CATALOGUE_BUCKET,
            SKOLKIT_EXTRACTS=EXTRACTS_BUCKET,
            SKOLKIT_FILES=FILES_BUCKET,
            SKOLKIT_TABLES=TABLES_BUCKET,
            SKOLKIT_REPORTS=IMPORTS_BUCKET,
            SKOLKIT_ORIGIN="https://skola.example.org",
            SKOLKIT_SENDER="skola@example.org",
            SKOLKIT_AUDIT_BUCKET=AUDIT_BUCKET,
            SKOLKIT_DOCUMENTS=DOCUMENTS_BUCKET,
            POWERTOOLS_SERVICE_NAME="test",
            POWERTOOLS_METRICS_NAMESPACE="Skolkit",
        )
        aws.session.cache_clear()
        aws.client.cache_clear()
        table.connection.cache_clear()
        yield running


@pytest.fixture(scope="session")
def school() -> Iterator[Deployed]:
    """The whole product deployed, with one school, over HTTP."""
    with PushService() as push, Receiver() as receiver, Cloud(port=free_port()) as running:
        made = start(running, push, receiver)
        yield made
        read_logs(running, details_of(made.world))


def lay_tables(cloud: Cloud) -> None:
    """Every table, bucket and key that the areas expect, empty."""
    cloud.reset()
    create_tables()
    for bucket in (DOCUMENTS_BUCKET, EXTRACTS_BUCKET, FILES_BUCKET, IMPORTS_BUCKET, TABLES_BUCKET):
        cloud.client("s3").create_bucket(
            Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": "eu-north-1"}
        )
    for bucket in (ARCHIVE_BUCKET, AUDIT_BUCKET, CATALOGUE_BUCKET):
        cloud.client("s3").create_bucket(
            Bucket=bucket,
            CreateBucketConfiguration={"LocationConstraint": "eu-north-1"},
            ObjectLockEnabledForBucket=True,
        )
    os.environ["SKOLKIT_POOL"] = user_pool(cloud)
    kms = cloud.client("kms")
    key = kms.create_key()["KeyMetadata"]["KeyId"]
    kms.create_alias(AliasName="alias/skolkit-protected", TargetKeyId=key)
    mac = kms.create_key(KeySpec="HMAC_256", KeyUsage="GENERATE_VERIFY_MAC")["KeyMetadata"]["KeyId"]
    kms.create_alias(AliasName="alias/skolkit-audit", TargetKeyId=mac)
    for alias, spec in ((ISSUER, "ECC_NIST_P384"), (SEAL, "ECC_NIST_P256")):
        made = kms.create_key(KeySpec=spec, KeyUsage="SIGN_VERIFY")["KeyMetadata"]["KeyId"]
        kms.create_alias(AliasName=alias, TargetKeyId=made)
    kms_key.cache_clear()
    cloud.client("ses").verify_email_identity(EmailAddress="skola@example.org")


def user_pool(cloud: Cloud) -> str:
    """A user pool that knows the scopes of other systems; its id."""
    cognito = cloud.client("cognito-idp")
    pool: str = cognito.create_user_pool(PoolName="skolkit")["UserPool"]["Id"]
    scopes = [{"ScopeName": f"ss12000.{word}", "ScopeDescription": word} for word in ("read", "write")]
    cognito.create_resource_server(UserPoolId=pool, Identifier="skolkit", Name="skolkit", Scopes=scopes)
    return pool

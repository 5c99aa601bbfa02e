"""The buckets: what falls into them, and when it ends."""

from __future__ import annotations

from aws_cdk import Duration, Stack
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3

from infra.stacks import base
from skolkit.files import QUARANTINE, QUARANTINE_DAYS, RELEASED
from skolkit.tables.bucket import DAYS


def bucket(stack: Stack, name: str, physical: str, key: kms.Key, *rules: s3.LifecycleRule) -> s3.Bucket:
    """A bucket as all of ours are: encrypted, versioned, private, and not deleted with its stack."""
    return s3.Bucket(
        stack,
        name,
        bucket_name=physical,
        encryption=s3.BucketEncryption.KMS,
        encryption_key=key,
        bucket_key_enabled=True,
        block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
        enforce_ssl=True,
        versioned=True,
        object_ownership=s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
        lifecycle_rules=list(rules),
        removal_policy=base.KEPT,
    )


def imports(stack: Stack, key: kms.Key) -> None:
    """Where files are dropped. It tells the default bus, so that it need not know the functions of other
    stacks."""
    made = bucket(
        stack,
        "Imports",
        base.imports_bucket(),
        key,
        s3.LifecycleRule(
            id="files are read once",
            expiration=Duration.days(30),
            noncurrent_version_expiration=Duration.days(30),
            abort_incomplete_multipart_upload_after=Duration.days(7),
        ),
    )
    _tell_the_bus(made)


def _tell_the_bus(bucket: s3.Bucket) -> None:
    """CDK's own switch for this brings a function of its own; the property alone does the same."""
    base.override(
        bucket, NotificationConfiguration={"EventBridgeConfiguration": {"EventBridgeEnabled": True}}
    )


def extracts(stack: Stack, key: kms.Key) -> None:
    """Register extracts and the areas' parts of them: fetched by link within a month, then gone."""
    bucket(
        stack,
        "Extracts",
        base.extracts_bucket(),
        key,
        s3.LifecycleRule(
            id="parts are needed until the extract is whole",
            prefix="parts/",
            expiration=Duration.days(2),
            noncurrent_version_expiration=Duration.days(1),
        ),
        s3.LifecycleRule(
            id="extracts are fetched within a month",
            expiration=Duration.days(30),
            noncurrent_version_expiration=Duration.days(1),
            abort_incomplete_multipart_upload_after=Duration.days(1),
        ),
    )


def documents(stack: Stack, key: kms.Key) -> None:
    """What people fetch by a link that soon ends: letters, packages. Nothing in it expires by itself."""
    bucket(
        stack,
        "Documents",
        base.documents_bucket(),
        key,
        s3.LifecycleRule(
            id="what was replaced or withdrawn of papers ends",
            prefix="attendance/inquiries/",
            noncurrent_version_expiration=Duration.days(1),
        ),
        s3.LifecycleRule(
            id="grade documents that were replaced or revoked end",
            prefix="grades/documents/",
            noncurrent_version_expiration=Duration.days(1),
        ),
        s3.LifecycleRule(
            id="what was replaced ends",
            noncurrent_version_expiration=Duration.days(400),
            abort_incomplete_multipart_upload_after=Duration.days(7),
        ),
    )


def tables(stack: Stack, key: kms.Key, domain: str) -> None:
    """Tables taken in and given out: personal data of many at a time, so that each kind of file ends as soon
    as it has served.
    """
    made = bucket(
        stack,
        "Tables",
        base.tables_bucket(),
        key,
        *(
            s3.LifecycleRule(
                id=f"{kind} end",
                prefix=f"{kind}/",
                expiration=Duration.days(days),
                noncurrent_version_expiration=Duration.days(1),
                abort_incomplete_multipart_upload_after=Duration.days(1),
            )
            for kind, days in DAYS.items()
        ),
    )
    _from_browsers(made, domain)


def files(stack: Stack, key: kms.Key, domain: str) -> None:
    """Files that people send each other. What is still in quarantine after a week was never scanned, and
    goes; what has been released goes when its row does (decision 0031).
    """
    made = bucket(
        stack,
        "Files",
        base.files_bucket(),
        key,
        s3.LifecycleRule(
            id="quarantine ends",
            prefix=f"{QUARANTINE}/",
            expiration=Duration.days(QUARANTINE_DAYS),
            noncurrent_version_expiration=Duration.days(1),
            abort_incomplete_multipart_upload_after=Duration.days(1),
        ),
        s3.LifecycleRule(
            id="what was deleted is gone within a day",
            prefix=f"{RELEASED}/",
            noncurrent_version_expiration=Duration.days(1),
            expired_object_delete_marker=True,
        ),
    )
    _tell_the_bus(made)
    _from_browsers(made, domain)


def _from_browsers(bucket: s3.Bucket, domain: str) -> None:
    """People's browsers send files by a form of ours and fetch them by a link."""
    bucket.add_cors_rule(
        allowed_methods=[s3.HttpMethods.GET, s3.HttpMethods.POST],
        allowed_origins=[f"https://{domain}"],
        max_age=3600,
    )

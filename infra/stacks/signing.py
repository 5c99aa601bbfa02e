"""What signatures rest on: two keys that never leave KMS, and the bucket of signed pages of the catalogue of
grades."""

from __future__ import annotations

from collections.abc import Iterator

from aws_cdk import Aws, CfnParameter, Duration, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3

from infra.stacks import base, buckets


def keys(stack: Stack) -> Iterator[tuple[str, kms.Key, str]]:
    """The key that issues certificates and the one of the municipality's seal: names and exports.

    Only functions of grades sign with them. An administrator of the account may delete a key, but not use it
    (nor can who changes the policy do so unseen).
    """
    for name, alias, spec, export, text in (
        ("Issuer", "issuer", kms.KeySpec.ECC_NIST_P384, base.ISSUER_EXPORT, "Issues signers' certificates."),
        ("Seal", "seal", kms.KeySpec.ECC_NIST_P256, base.SEAL_EXPORT, "The municipality's electronic seal."),
    ):
        made = kms.Key(
            stack,
            f"{name}Key",
            alias=f"alias/skolkit-{alias}",
            key_spec=spec,
            key_usage=kms.KeyUsage.SIGN_VERIFY,
            removal_policy=base.KEPT,
            description=text,
        )
        made.add_to_resource_policy(
            iam.PolicyStatement(
                sid="OnlyGradesSigns",
                effect=iam.Effect.DENY,
                actions=["kms:Sign"],
                principals=[iam.AnyPrincipal()],
                resources=["*"],
                # CloudFormation names a role for its stack.
                conditions={
                    "ArnNotLike": {
                        "aws:PrincipalArn": f"arn:{Aws.PARTITION}:iam::{Aws.ACCOUNT_ID}:role/skolkit-grades-*"
                    }
                },
            )
        )
        yield f"{name}KeyArn", made, export


def catalogue(stack: Stack, key: kms.Key) -> tuple[s3.Bucket, CfnParameter]:
    """Signed pages: nothing in it ends by itself. They go to the municipality's archive, which keeps grades
    for ever.
    """
    days = CfnParameter(
        stack,
        "CatalogueDays",
        type="Number",
        default=3653,
        min_value=400,
        description="How long signed pages of the catalogue of grades are locked, in days.",
    )
    bucket = buckets.bucket(
        stack,
        "Catalogue",
        base.catalogue_bucket(),
        key,
        s3.LifecycleRule(
            id="what was put twice ends when it may",
            noncurrent_version_expiration=Duration.days(400),
            abort_incomplete_multipart_upload_after=Duration.days(7),
        ),
    )
    return bucket, days

"""What each function may do, spelled out: exactly the actions its kind uses, on its area's table, on the
tables its area reads, and what its declaration asks for. No action takes `*` where AWS lets it take a
resource."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from aws_cdk import Fn
from aws_cdk import aws_iam as iam

from infra.areas import Area, personal, retaining
from infra.stacks import base

READ = ("dynamodb:BatchGetItem", "dynamodb:GetItem", "dynamodb:Query")
WRITE = ("dynamodb:ConditionCheckItem", "dynamodb:DeleteItem", "dynamodb:PutItem")
BULK = ("dynamodb:BatchWriteItem",)
STREAM = ("dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator")

QUEUE = (
    "sqs:ChangeMessageVisibility", "sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:GetQueueUrl",
    "sqs:ReceiveMessage",
)  # fmt: skip
KEY = ("kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey")


def allow(actions: Iterable[str], *resources: str, **more: Any) -> iam.PolicyStatement:
    """An Allow statement."""
    return iam.PolicyStatement(actions=sorted(actions), resources=list(resources) or None, **more)


def always(area: str, name: str) -> list[iam.PolicyStatement]:
    """Every function: its own log, and traces, which belong to no resource."""
    return [
        allow(("logs:CreateLogStream", "logs:PutLogEvents"), base.log_streams_arn(area, name)),
        allow(("xray:PutTelemetryRecords", "xray:PutTraceSegments"), "*"),
    ]


def reads(area: Area) -> list[iam.PolicyStatement]:
    """Read the own table and those of `reads`, by key and by index, and leave a row in the audit table."""
    tables = [base.table_arn(name) for name in (area.name, *area.spec.reads)]
    return [
        allow(READ, *tables, *(f"{table}/index/*" for table in tables)),
        allow(("dynamodb:PutItem",), base.table_arn("audit")),
        allow(KEY, base.key_arn()),
    ]


def writes(area: Area) -> list[iam.PolicyStatement]:
    """Also change the own table and those of `writes`, an item at a time (in transactions)."""
    tables = [base.table_arn(name) for name in (area.name, *area.spec.writes)]
    return [*reads(area), allow(WRITE, *tables)]


def works(area: Area) -> list[iam.PolicyStatement]:
    """Also put many items at once: what consumers, schedules and imports do."""
    return [*reads(area), allow((*WRITE, *BULK), base.table_arn(area.name))]


def relays(stream_arn: str) -> list[iam.PolicyStatement]:
    """Read the outbox stream and publish on the bus; nothing of the table itself."""
    return [
        allow(STREAM, stream_arn),
        allow(("dynamodb:ListStreams",), "*"),
        allow(("kms:Decrypt",), base.key_arn()),
        allow(("events:PutEvents",), base.bus_arn()),
    ]


def follows(area: Area, stream_arn: str) -> list[iam.PolicyStatement]:
    """Read the own table and its stream, and keep in the table what follows from it; nothing of others."""
    return [
        allow(STREAM, stream_arn),
        allow(("dynamodb:ListStreams",), "*"),
        allow((*READ, *WRITE), base.table_arn(area.name)),
        allow(KEY, base.key_arn()),
    ]


def takes_files(prefix: str) -> list[iam.PolicyStatement]:
    """Read what is dropped under the prefix and write its reports, and nothing else in the bucket."""
    bucket = base.bucket_arn(base.imports_bucket())
    return [
        allow(("s3:GetObject",), f"{bucket}/{prefix}*"),
        allow(("s3:PutObject",), f"{bucket}/reports/{prefix}*"),
    ]


def scans(area: Area) -> list[iam.PolicyStatement]:
    """Read and change single items of the own table. Whoever looks through files of strangers has nothing of
    other areas.
    """
    return [
        allow(("dynamodb:GetItem", "dynamodb:PutItem"), base.table_arn(area.name)),
        allow(("dynamodb:PutItem",), base.table_arn("audit")),
        allow(KEY, base.key_arn()),
    ]


def _mail() -> Mapping[str, Any]:
    sender = base.arn("ses", f"identity/{Fn.import_value(base.DOMAIN_EXPORT)}")
    return {"resources": [sender, base.arn("ses", "configuration-set/skolkit")]}


def _segments() -> Mapping[str, Any]:
    return {"resources": [f"{base.bucket_arn(base.audit_bucket())}/audit/segments/*"]}


def _extracts(folder: str) -> Mapping[str, Any]:
    return {"resources": [f"{base.bucket_arn(base.extracts_bucket())}/{folder}/*"]}


def _archive(folder: str) -> Mapping[str, Any]:
    return {"resources": [f"{base.bucket_arn(base.archive_bucket())}/{folder}/*"]}


_PAPERS = {
    "assessment": "assessment/iup", "attendance": "attendance/inquiries", "grades": "grades/documents",
    "register": "register/leaving",
}  # fmt: skip


def _catalogue() -> Mapping[str, Any]:
    return {"resources": [f"{base.bucket_arn(base.catalogue_bucket())}/pages/grades/*"]}


def _signing() -> Mapping[str, Any]:
    """The keys that issue certificates and seal."""
    return {"resources": [Fn.import_value(base.ISSUER_EXPORT), Fn.import_value(base.SEAL_EXPORT)]}


def _papers(area: str) -> Mapping[str, Any]:
    """An area's own papers about pupils in the bucket of documents."""
    return {"resources": [f"{base.bucket_arn(base.documents_bucket())}/{_PAPERS[area]}/*"]}


def _tables(*kinds: str) -> Callable[[str], Mapping[str, Any]]:
    """An area's own files of tables, of some kinds."""
    return lambda area: {
        "resources": [f"{base.bucket_arn(base.tables_bucket())}/{kind}/{area}/*" for kind in kinds]
    }


def _files(folder: str) -> Callable[[str], Mapping[str, Any]]:
    """An area's own files in the bucket of files."""
    return lambda area: {"resources": [f"{base.bucket_arn(base.files_bucket())}/{folder}/{area}/*"]}


# The narrowest resource of every action an area may ask for in `uses`, given its name; another one fails the
# synthesis. What follows the action says which of several resources.
_USES: Mapping[str, Callable[[str], Mapping[str, Any]]] = {
    "ses:SendEmail": lambda _: _mail(),
    "sns:Publish": lambda _: {"not_resources": ["arn:*:sns:*:*:*"]},
    "kms:GetPublicKey": lambda _: _signing(),
    "kms:Sign": lambda _: _signing(),
    "s3:GetObjectVersion catalogue": lambda _: _catalogue(),
    "s3:PutObject catalogue": lambda _: _catalogue(),
    "kms:Decrypt protected": lambda _: {"resources": [Fn.import_value(base.PROTECTED_EXPORT)]},
    "kms:GenerateDataKey protected": lambda _: {"resources": [Fn.import_value(base.PROTECTED_EXPORT)]},
    "dynamodb:DeleteItem keys": lambda _: {"resources": [base.table_arn("keys")]},
    "dynamodb:GetItem keys": lambda _: {"resources": [base.table_arn("keys")]},
    "dynamodb:PutItem keys": lambda _: {"resources": [base.table_arn("keys")]},
    "dynamodb:Query keys": lambda _: {"resources": [base.table_arn("keys")]},
    "s3:GetObject papers": _papers,
    "s3:PutObject papers": _papers,
    "s3:DeleteObject papers": _papers,
    "s3:ListBucket papers": lambda area: {
        "resources": [base.bucket_arn(base.documents_bucket())],
        "conditions": {"StringLike": {"s3:prefix": f"{_PAPERS[area]}/*"}},
    },
    "s3:GetObject population": lambda _: {
        "resources": [f"{base.bucket_arn(base.imports_bucket())}/register/population/*"]
    },
    "dynamodb:DescribeStream audit": lambda _: {"resources": [Fn.import_value(base.AUDIT_STREAM_EXPORT)]},
    "dynamodb:GetRecords audit": lambda _: {"resources": [Fn.import_value(base.AUDIT_STREAM_EXPORT)]},
    "dynamodb:GetShardIterator audit": lambda _: {"resources": [Fn.import_value(base.AUDIT_STREAM_EXPORT)]},
    "dynamodb:Query audit": lambda _: {"resources": [base.table_arn("audit")]},
    "dynamodb:ListStreams": lambda _: {"resources": ["*"]},
    "kms:GenerateMac": lambda _: {"resources": [Fn.import_value(base.AUDIT_KEY_EXPORT)]},
    "s3:GetObject audit": lambda _: _segments(),
    "s3:PutObject audit": lambda _: _segments(),
    "s3:PutObject": lambda _: {
        "resources": [f"{base.bucket_arn(base.imports_bucket())}/reports/organisation/rollover/*"]
    },
    "s3:PutObject extract-part": lambda area: _extracts(f"parts/{area}"),
    "s3:GetObject extract-parts": lambda _: {
        "resources": [r for name in personal() for r in _extracts(f"parts/{name}")["resources"]]
    },
    "s3:PutObject extract": lambda _: _extracts("documents/whole"),
    "s3:GetObject extract": lambda _: _extracts("documents/whole"),
    "s3:DeleteObject extract": lambda _: _extracts("documents/whole"),
    "s3:GetObject table-work": _tables("work"),
    "s3:GetObject tables": _tables("work", "reports", "exports"),
    "s3:PutObject tables": _tables("work", "reports", "exports"),
    "s3:DeleteObject tables": _tables("work", "reports", "exports"),
    "s3:GetObject uploads": _tables("uploads"),
    "s3:PutObject uploads": _tables("uploads"),
    "s3:DeleteObject uploads": _tables("uploads"),
    "s3:PutObject quarantine": _files("quarantine"),
    "s3:GetObject quarantine": _files("quarantine"),
    "s3:DeleteObject quarantine": _files("quarantine"),
    "s3:PutObject released": _files("released"),
    "s3:GetObject released": _files("released"),
    "s3:DeleteObject released": _files("released"),
    "dynamodb:PutItem check-tries": lambda area: {
        "resources": [base.table_arn(area)],
        "conditions": {"ForAllValues:StringLike": {"dynamodb:LeadingKeys": ["TRIES#*"]}},
    },
    "dynamodb:UpdateItem uses": lambda area: {
        "resources": [base.table_arn(area)],
        "conditions": {"ForAllValues:StringLike": {"dynamodb:LeadingKeys": ["USE#*"]}},
    },
    "dynamodb:Scan own": lambda area: {"resources": [base.table_arn(area)]},
    "s3:GetObject package": lambda area: _archive(f"packages/{area}"),
    "s3:PutObject package": lambda area: _archive(f"packages/{area}"),
    "s3:PutObject proof": lambda area: _archive(f"proofs/{area}"),
    "s3:GetObject certificate": lambda _: _archive("proofs/access"),
    "s3:GetObject proofs": lambda _: {
        "resources": [r for name in retaining() for r in _archive(f"proofs/{name}")["resources"]]
    },
    "s3:PutObject retention-report": lambda _: _extracts("reports/retention"),
    "s3:GetObject retention-report": lambda _: _extracts("reports/retention"),
    "events:StartReplay": lambda _: {"resources": [base.arn("events", f"archive/{base.BUS}")]},
    # A replay has a name of its own, which nobody knows before it is asked for.
    "events:CancelReplay": lambda _: {"resources": [base.arn("events", f"replay/{base.BUS}-*")]},
    "events:DescribeReplay": lambda _: {"resources": [base.arn("events", f"replay/{base.BUS}-*")]},
    "cognito-idp:AdminGetUser": lambda _: {"resources": [Fn.import_value(base.POOL_EXPORT)]},
    "cognito-idp:CreateUserPoolClient": lambda _: {"resources": [Fn.import_value(base.POOL_EXPORT)]},
    "cognito-idp:DeleteUserPoolClient": lambda _: {"resources": [Fn.import_value(base.POOL_EXPORT)]},
    "cognito-idp:UpdateUserPoolClient": lambda _: {"resources": [Fn.import_value(base.POOL_EXPORT)]},
}


def uses(area: str, actions: Iterable[str]) -> list[iam.PolicyStatement]:
    """What an area declares beyond its tables. KeyError names an action nobody has decided a resource for."""
    return [
        iam.PolicyStatement(actions=[action.partition(" ")[0]], **_USES[action](area))
        for action in sorted(actions)
    ]

"""What each function may do, spelled out: exactly the actions its kind uses, on its area's table, on the
tables its area reads, and what its declaration asks for. No action takes `*` where AWS lets it take a
resource."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from aws_cdk import Fn
from aws_cdk import aws_iam as iam

from infra.areas import Area
from infra.stacks import base

READ = ("dynamodb:BatchGetItem", "dynamodb:GetItem", "dynamodb:Query")
WRITE = ("dynamodb:DeleteItem", "dynamodb:PutItem")
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
    """Also change the own table, an item at a time (in transactions)."""
    return [*reads(area), allow(WRITE, base.table_arn(area.name))]


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


def takes_files(prefix: str) -> list[iam.PolicyStatement]:
    """Read what is dropped under the prefix and write its reports, and nothing else in the bucket."""
    bucket = base.bucket_arn(base.imports_bucket())
    return [
        allow(("s3:GetObject",), f"{bucket}/{prefix}*"),
        allow(("s3:PutObject",), f"{bucket}/reports/{prefix}*"),
    ]


def _mail() -> Mapping[str, Any]:
    sender = base.arn("ses", f"identity/{Fn.import_value(base.DOMAIN_EXPORT)}")
    return {"resources": [sender, base.arn("ses", "configuration-set/skolkit")]}


# The narrowest resource of every action a trigger may ask for in `uses`; another one fails the synthesis.
_USES: Mapping[str, Callable[[], Mapping[str, Any]]] = {
    "ses:SendEmail": _mail,
    # A text message is published to a phone number, which is no resource; this leaves out every topic.
    "sns:Publish": lambda: {"not_resources": ["arn:*:sns:*:*:*"]},
    # Records of the population register, which facts only say where to find.
    "s3:GetObject": lambda: {
        "resources": [f"{base.bucket_arn(base.imports_bucket())}/register/population/*"]
    },
    "kms:Encrypt": lambda: {"resources": [Fn.import_value(base.PROTECTED_EXPORT)]},
    "cognito-idp:AdminGetUser": lambda: {"resources": [Fn.import_value(base.POOL_EXPORT)]},
}


def uses(actions: Iterable[str]) -> list[iam.PolicyStatement]:
    """What a trigger declares beyond its tables. KeyError names an action nobody has decided a resource
    for."""
    return [iam.PolicyStatement(actions=[action], **_USES[action]()) for action in sorted(actions)]

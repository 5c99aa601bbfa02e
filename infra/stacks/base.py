"""What every stack has: the stage it is for, the conditions that follow from it, and the names that are
fixed.

Names are fixed because one account holds one municipality and stage; ARNs are made from them instead of from
CDK references, because areas read each other's tables and references between their stacks would be circular.
"""

from __future__ import annotations

from typing import Any

import jsii
from aws_cdk import (
    Acknowledgment,
    Aspects,
    Aws,
    CfnCondition,
    CfnParameter,
    CfnResource,
    DefaultStackSynthesizer,
    Fn,
    IAspect,
    RemovalPolicy,
    Stack,
    Token,
    Validations,
)
from aws_cdk import aws_logs as logs
from constructs import Construct, IConstruct

from infra.areas import function_name

# Data outlives its stack, but not a first deployment that failed.
KEPT = RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE
BUS = "skolkit"
KEY_EXPORT, PROTECTED_EXPORT = "skolkit-key-arn", "skolkit-protected-key-arn"
AUDIT_KEY_EXPORT, AUDIT_STREAM_EXPORT = "skolkit-audit-key-arn", "skolkit-audit-stream-arn"
ISSUER_EXPORT, SEAL_EXPORT = "skolkit-issuer-key-arn", "skolkit-seal-key-arn"
POOL_EXPORT, DOMAIN_EXPORT = "skolkit-user-pool-arn", "skolkit-domain-name"

# Types the embedded AWS does not know; it refuses a whole template for one of them unless its condition is
# false.
NOT_EMBEDDED = frozenset(
    {
        "AWS::CloudWatch::CompositeAlarm",
        "AWS::EventSchemas::Registry",
        "AWS::EventSchemas::Schema",
        "AWS::Events::Archive",
        "AWS::Logs::QueryDefinition",
    }
)


class SkolkitStack(Stack):
    """A stack with `Stage` (how much is protected and kept) and `Profile` (the real AWS or the embedded
    one)."""

    def __init__(self, scope: Construct, name: str, **options: Any) -> None:
        synthesizer = DefaultStackSynthesizer(generate_bootstrap_version_rule=False)
        super().__init__(scope, f"skolkit-{name}", synthesizer=synthesizer, **options)
        stage = CfnParameter(
            self,
            "Stage",
            default="prod",
            allowed_values=["local", "test", "prod"],
            description="What is protected from deletion and how long logs are kept.",
        )
        profile = CfnParameter(
            self,
            "Profile",
            default="aws",
            allowed_values=["aws", "local"],
            description="local leaves out the few resource types that the embedded AWS lacks.",
        )
        self.is_aws = _condition(self, "IsAws", profile, "aws")
        self.is_embedded = _condition(self, "IsEmbedded", profile, "local")
        self.is_prod = _condition(self, "IsProd", stage, "prod")
        self.is_local = _condition(self, "IsLocal", stage, "local")
        Aspects.of(self).add(OnlyInAws(self.is_aws))
        acknowledge(self, "W8001", "Every stack takes the same parameters, also one it has no use for.")
        acknowledge(self, "W3005", "CDK waits for a function's role by name as well as by reference.")

    def log_group(self, name: str, group: str) -> logs.CfnLogGroup:
        """A log group; what it holds is kept 180 days in production, 30 elsewhere."""
        days = Token.as_number(Fn.condition_if(self.is_prod.logical_id, 180, 30))
        made = logs.CfnLogGroup(self, name, log_group_name=group, retention_in_days=days)
        made.apply_removal_policy(RemovalPolicy.DESTROY)
        return made


def acknowledge(stack: Stack, rule: str, reason: str) -> None:
    """Say why a rule of CDK's validation and of cfn-lint, which share their numbers, does not apply."""
    Validations.of(stack).acknowledge(Acknowledgment(id=f"CloudFormation-Validate::{rule}", reason=reason))
    options = stack.template_options
    known = (options.metadata or {}).get("cfn-lint", {}).get("config", {}).get("ignore_checks", [])
    options.metadata = {"cfn-lint": {"config": {"ignore_checks": [*known, rule]}}}


def _condition(stack: Stack, name: str, parameter: CfnParameter, value: str) -> CfnCondition:
    return CfnCondition(stack, name, expression=Fn.condition_equals(parameter.value_as_string, value))


@jsii.implements(IAspect)
class OnlyInAws:
    """Puts the condition on every resource that the embedded AWS does not know."""

    def __init__(self, condition: CfnCondition) -> None:
        self._condition = condition

    def visit(self, node: IConstruct) -> None:
        if CfnResource.is_cfn_resource(node):
            resource: Any = node
            if resource.cfn_resource_type in NOT_EMBEDDED:
                resource.cfn_options.condition = self._condition


def override(construct: Construct, **properties: Any) -> None:
    """Set properties of an L2 construct's resource for which CDK takes no condition."""
    resource: Any = construct.node.default_child
    for name, value in properties.items():
        resource.add_property_override(name, value)


def arn(service: str, name: str) -> str:
    """The ARN of something of this account and region."""
    return f"arn:{Aws.PARTITION}:{service}:{Aws.REGION}:{Aws.ACCOUNT_ID}:{name}"


def function_arn(area: str, name: str) -> str:
    """A function of any area, built yet or not."""
    return arn("lambda", f"function:{function_name(area, name)}")


def table_arn(area: str) -> str:
    """An area's table, or `audit`."""
    return arn("dynamodb", f"table/skolkit-{area}")


def log_group_name(area: str, name: str) -> str:
    """Where Lambda writes what the function prints."""
    return f"/aws/lambda/{function_name(area, name)}"


def log_streams_arn(area: str, name: str) -> str:
    """What a function may write to: the streams of its own log group."""
    return arn("logs", f"log-group:{log_group_name(area, name)}:log-stream:*")


def bus_arn() -> str:
    """The bus all facts travel on."""
    return arn("events", f"event-bus/{BUS}")


def topic_arn() -> str:
    """Where alarms are sent."""
    return arn("sns", "skolkit-alarms")


def imports_bucket() -> str:
    """The bucket files are dropped in."""
    return f"skolkit-imports-{Aws.ACCOUNT_ID}-{Aws.REGION}"


def audit_bucket() -> str:
    """Where the audit trail is archived, locked."""
    return f"skolkit-audit-{Aws.ACCOUNT_ID}-{Aws.REGION}"


def extracts_bucket() -> str:
    """The bucket of register extracts and their parts."""
    return f"skolkit-extracts-{Aws.ACCOUNT_ID}-{Aws.REGION}"


def tables_bucket() -> str:
    """The bucket of tables taken in and given out."""
    return f"skolkit-tables-{Aws.ACCOUNT_ID}-{Aws.REGION}"


def files_bucket() -> str:
    """The bucket of files that people send each other: in quarantine until scanned, then released."""
    return f"skolkit-files-{Aws.ACCOUNT_ID}-{Aws.REGION}"


def archive_bucket() -> str:
    """Where archived documents and the proofs of deletions are, locked."""
    return f"skolkit-archive-{Aws.ACCOUNT_ID}-{Aws.REGION}"


def catalogue_bucket() -> str:
    """Where the signed pages of the catalogue of grades are, locked."""
    return f"skolkit-catalogue-{Aws.ACCOUNT_ID}-{Aws.REGION}"


def documents_bucket() -> str:
    """The bucket of documents that people fetch by a link."""
    return f"skolkit-documents-{Aws.ACCOUNT_ID}-{Aws.REGION}"


def bucket_arn(name: str) -> str:
    """A bucket by name."""
    return f"arn:{Aws.PARTITION}:s3:::{name}"


def origin() -> str:
    """The one address of all APIs."""
    return f"https://{Fn.import_value(DOMAIN_EXPORT)}"


def sender() -> str:
    """The address that mail comes from; its domain is the service's own."""
    return f"noreply@{Fn.import_value(DOMAIN_EXPORT)}"


def key_arn() -> str:
    """The key of all tables, the drop box and the alarms."""
    return Fn.import_value(KEY_EXPORT)

"""One Lambda function as all of ours are: its own role and log group, the shared code and layers, traced, on
one runtime. What it may do and what starts it is said by the caller."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from pathlib import Path

from aws_cdk import AssetHashType, CfnParameter, Duration, Fn
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_lambda_destinations as destinations
from aws_cdk import aws_sqs as sqs

import functions
from infra.areas import function_name
from infra.layers import CLOUD_PYTHON, HEAVY, LOCKS
from infra.local.paths import ROOT
from infra.stacks import base, permissions
from infra.stacks.core import CURSOR_SECRET, PHONE_SECRET, PUSH_SECRET, WEBHOOK_SECRET

SIGNING = ("assessment", "grades")  # areas where people sign
RUNTIME = lambda_.Runtime(f"python{CLOUD_PYTHON}", lambda_.RuntimeFamily.PYTHON)


class Functions:
    """Makes the functions of one area (`made`, by name). The layers are versions of the area's own stack, so
    that one area can be deployed without the others."""

    def __init__(self, stack: base.SkolkitStack, area: str, built: Path) -> None:
        self._stack, self._area = stack, area
        self.made: dict[str, lambda_.Function] = {}
        package = Path(functions.__path__[0])
        self._code = _asset(built / "code", _hash(_ours(package)))
        kernel = _asset(built / "common", _hash(_ours(ROOT / "layers" / "common")))
        packages = _asset(built / "dependencies", _hash(ROOT / lock for lock in LOCKS))
        self._layers = [self._layer("Kernel", kernel), self._layer("Dependencies", packages)]
        self._built, self._heavy = built, dict[str, lambda_.LayerVersion]()
        self._own = _own(stack, area)

    def _layer(self, name: str, code: lambda_.AssetCode) -> lambda_.LayerVersion:
        return lambda_.LayerVersion(
            self._stack,
            name,
            layer_version_name=f"skolkit-{self._area}-{name.lower()}",
            code=code,
            compatible_runtimes=[RUNTIME],
            compatible_architectures=[lambda_.Architecture.ARM_64],
        )

    def _heavy_layer(self, name: str) -> lambda_.LayerVersion:
        if name not in self._heavy:
            code = _asset(self._built / name, _hash([ROOT / HEAVY[name]]))
            self._heavy[name] = self._layer(name.capitalize(), code)
        return self._heavy[name]

    def make(
        self, name: str, handler: str, statements: Sequence[iam.PolicyStatement], *,
        timeout: int, memory: int, description: str, mails: bool = False, archives: bool = False,
        reports: bool = False, documents: bool = False, layers: Sequence[str] = (),
        failures: sqs.IQueue | None = None,
    ) -> lambda_.Function:  # fmt: skip
        """A function. `timeout` in seconds, `memory` in MB; `mails`: it is told what address mail comes from;
        `archives`: where the audit trail is archived, `reports`: in which bucket reports are, `documents`:
        documents; `layers`: heavy ones it needs; `failures`: where asynchronous calls go that failed thrice.
        """
        log = self._stack.log_group(f"{name}-log", base.log_group_name(self._area, name))
        own = [*permissions.always(self._area, name), *statements]
        if failures:
            own.append(permissions.allow(("sqs:SendMessage",), failures.queue_arn))
        role = iam.Role(
            self._stack,
            f"{name}-role",
            assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"),
            description=f"Only for {function_name(self._area, name)}",
            inline_policies={"own": iam.PolicyDocument(statements=own)},
        )
        made = lambda_.Function(
            self._stack,
            name,
            function_name=function_name(self._area, name),
            description=description,
            runtime=RUNTIME,
            architecture=lambda_.Architecture.ARM_64,
            handler=handler,
            code=self._code,
            layers=[*self._layers, *map(self._heavy_layer, layers)],
            # Its policy is complete as written above; CDK adds nothing to it.
            role=role.without_policy_updates(),
            timeout=Duration.seconds(timeout),
            memory_size=memory,
            tracing=lambda_.Tracing.ACTIVE,
            environment=self._environment()
            | ({"SKOLKIT_SENDER": base.sender(), "SKOLKIT_ORIGIN": base.origin()} if mails else {})
            | ({"SKOLKIT_AUDIT_BUCKET": base.audit_bucket()} if archives else {})
            | ({"SKOLKIT_REPORTS": base.imports_bucket()} if reports else {})
            | ({"SKOLKIT_DOCUMENTS": base.documents_bucket()} if documents else {}),
            on_failure=destinations.SqsDestination(failures) if failures else None,
        )
        made.node.add_dependency(log)
        self.made[name] = made
        return made

    def _environment(self) -> dict[str, str]:
        """What `skolkit.config.settings` and Powertools read."""
        return self._own | {
            "SKOLKIT_AREA": self._area,
            "SKOLKIT_BUS": base.BUS,
            "SKOLKIT_ARCHIVE": base.archive_bucket(),
            "SKOLKIT_CATALOGUE": base.catalogue_bucket(),
            "SKOLKIT_EXTRACTS": base.extracts_bucket(),
            "SKOLKIT_FILES": base.files_bucket(),
            "SKOLKIT_TABLES": base.tables_bucket(),
            "SKOLKIT_CURSOR_KEY": _secret(CURSOR_SECRET),
            "POWERTOOLS_SERVICE_NAME": self._area,
            "POWERTOOLS_METRICS_NAMESPACE": "Skolkit",
        }


def _own(stack: base.SkolkitStack, area: str) -> dict[str, str]:
    """What the functions of one area alone are told."""
    if area == "attendance":
        return {"SKOLKIT_PHONE_KEY": _secret(PHONE_SECRET)}
    if area == "exchange":
        lag = Fn.condition_if(stack.is_local.logical_id, "2", "30").to_string()
        pool = Fn.select(1, Fn.split("/", Fn.import_value(base.POOL_EXPORT)))
        own = {"SKOLKIT_FEED_LAG": lag, "SKOLKIT_POOL": pool, "SKOLKIT_BUS_ARN": base.bus_arn()}
        return own | {"SKOLKIT_ORIGIN": base.origin()} | _webhooks(stack)
    if area in SIGNING:
        more = _timestamps(stack) | {"SKOLKIT_ORIGIN": base.origin()} if area == "grades" else {}
        return _step_up(stack) | more
    if area != "messages":
        return {}
    services = CfnParameter(
        stack,
        "PushServices",
        default="",
        allowed_pattern="[a-z0-9.*:/ -]*",
        description="Hosts of push services that may be sent to, with spaces between (*.example.org is "
        "every host below); empty for those of today's browsers.",
    )
    quiet = CfnParameter(
        stack,
        "QuietHours",
        default="21:00-06:30",
        allowed_pattern="[0-2][0-9]:[0-5][0-9]-[0-2][0-9]:[0-5][0-9]",
        description="When people who have chosen nothing are left alone, Swedish time; equal ends: never.",
    )
    told = {
        "SKOLKIT_PUSH_SERVICES": services.value_as_string,
        "SKOLKIT_QUIET_HOURS": quiet.value_as_string,
    }
    return told | {"SKOLKIT_PUSH_KEY": _secret(PUSH_SECRET)}


def _webhooks(stack: base.SkolkitStack) -> dict[str, str]:
    """Where notices to other systems may be sent, and for how long."""
    origins = CfnParameter(
        stack,
        "WebhookOrigins",
        default="",
        allowed_pattern="(https?://[a-z0-9.-]+:[0-9]+ ?)*",
        description="Origins on this machine that notices may be sent to, with spaces between, for tests; "
        "empty for public hosts alone.",
    )
    days = CfnParameter(
        stack,
        "SubscriptionDays",
        type="Number",
        default=7,
        min_value=1,
        max_value=90,
        description="How many days a subscription to changes lasts when it is not renewed.",
    )
    return {
        "SKOLKIT_WEBHOOK_KEY": _secret(WEBHOOK_SECRET),
        "SKOLKIT_WEBHOOK_HOSTS": origins.value_as_string,
        "SKOLKIT_SUBSCRIPTION_DAYS": days.value_as_string,
    }


def _timestamps(stack: base.SkolkitStack) -> dict[str, str]:
    """Where signed pages are stamped."""
    service = CfnParameter(
        stack,
        "TimeStamps",
        default="",
        allowed_pattern="(https?://[^ ]+)?",
        description="Address of a time-stamping service (RFC 3161) for signed pages; empty for none.",
    )
    return {"SKOLKIT_TIMESTAMPS": service.value_as_string}


def _step_up(stack: base.SkolkitStack) -> dict[str, str]:
    """What a sign-in must be to sign with it. The embedded identity provider vouches for no level."""
    minutes = CfnParameter(
        stack,
        "SignInMinutes",
        type="Number",
        default=5,
        min_value=1,
        max_value=60,
        description="How old a sign-in may be when something is signed, in minutes.",
    )
    level = CfnParameter(
        stack,
        "SignInLevel",
        type="Number",
        default=3,
        min_value=0,
        max_value=4,
        description="The level of assurance (tillitsnivå) a sign-in must have when something is signed.",
    )
    held = Fn.condition_if(stack.is_local.logical_id, "0", level.value_as_string).to_string()
    return {"SKOLKIT_SIGN_IN_MINUTES": minutes.value_as_string, "SKOLKIT_SIGN_IN_LEVEL": held}


def _secret(name: str) -> str:
    return f"{{{{resolve:secretsmanager:{name}:SecretString}}}}"


def _ours(directory: Path) -> list[Path]:
    kinds = ("*.py", "*.cedar*", "*.typ", "*.yar", "process_map.json", "catalogue.json")
    return [file for kind in kinds for file in directory.rglob(kind)]


def _asset(directory: Path, asset_hash: str) -> lambda_.AssetCode:
    """Named for its source, so that the template is the same whichever platform it was built for."""
    return lambda_.Code.from_asset(
        str(directory),
        exclude=["**/openapi.json"],
        asset_hash=asset_hash,
        asset_hash_type=AssetHashType.CUSTOM,
    )


def _hash(files: Iterable[Path]) -> str:
    digest = hashlib.sha256()
    for file in sorted(files):
        digest.update(f"{file.parent.name}/{file.name}\n".encode() + file.read_bytes())
    return digest.hexdigest()

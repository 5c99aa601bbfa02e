"""What starts the functions that are not HTTP: facts through a queue, the clock, dropped files, the table's
stream and sign-ins. Each has a place where what failed is kept."""

from __future__ import annotations

from typing import Any

from aws_cdk import Aws, Duration, Fn
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_lambda_event_sources as sources
from aws_cdk import aws_scheduler as scheduler
from aws_cdk import aws_sqs as sqs

from infra.areas import Area, function_name
from infra.stacks import base, permissions
from infra.stacks.functions import Functions
from skolkit.clock import LOCAL
from skolkit.triggers import Trigger

ATTEMPTS = 5
BUCKETS = {"imports": base.imports_bucket, "files": base.files_bucket}
CHANGES_ATTEMPTS = 10
CHANGES_WINDOW = 2  # seconds that changes are gathered: a file's rows about one person come together


class Started:
    """A trigger's function, and the dead-letter queue of what it could not do (None for sign-ins, which just
    fail)."""

    def __init__(self, trigger: Trigger, function: lambda_.Function, failures: sqs.Queue | None) -> None:
        self.trigger, self.function, self.failures = trigger, function, failures


def start(
    stack: base.SkolkitStack, area: Area, trigger: Trigger, functions: Functions, table: dynamodb.Table
) -> Started:
    """Build one trigger's function and what starts it."""
    failures = None if trigger.kind == "identity" else _queue(stack, area, f"{trigger.name}-dlq", days=14)
    queue = None
    if trigger.kind == "facts":
        queue = _queue(stack, area, trigger.name, timeout=6 * trigger.timeout, failures=failures)
    statements = permissions.uses(area.name, trigger.uses) + _rights(area, trigger, table, queue)
    function = functions.make(
        trigger.name,
        f"functions.{area.name}.app.{trigger.name}",
        statements,
        timeout=trigger.timeout,
        memory=trigger.memory,
        mails="ses:SendEmail" in trigger.uses,
        archives="s3:PutObject audit" in trigger.uses,
        reports="s3:PutObject" in trigger.uses,
        layers=trigger.layers,
        documents=any(one.endswith(" papers") for one in trigger.uses),
        failures=failures if queue is None else None,
        description=trigger.meaning[:256] or f"{area.api.title}: {trigger.name}",
    )
    if failures is None:
        _on_sign_in(trigger, function)
    elif queue:
        _on_facts(stack, area, trigger, function, queue, failures)
    elif trigger.kind == "schedule":
        _on_schedule(stack, area, trigger, function, failures)
    elif trigger.kind == "file":
        _on_file(stack, trigger, function, failures)
    elif trigger.kind == "changes":
        _on_changes(trigger, function, table, failures)
    else:
        _on_outbox(trigger, function, table, failures)
    return Started(trigger, function, failures)


def _rights(
    area: Area, trigger: Trigger, table: dynamodb.Table, queue: sqs.Queue | None
) -> list[iam.PolicyStatement]:
    stream = table.table_stream_arn or ""
    match trigger.kind:
        case "facts":
            assert queue
            return [*permissions.works(area), permissions.allow(permissions.QUEUE, queue.queue_arn)]
        case "schedule":
            return permissions.works(area)
        case "file":
            if trigger.bucket == "files":
                return permissions.scans(area)
            files = [statement for prefix in trigger.source for statement in permissions.takes_files(prefix)]
            return [*permissions.works(area), *files]
        case "relay":
            return permissions.relays(stream)
        case "changes":
            return permissions.follows(area, stream)
        case "identity":
            return []


def _queue(
    stack: base.SkolkitStack, area: Area, name: str, *,
    timeout: int = 30, days: int = 4, failures: sqs.Queue | None = None,
) -> sqs.Queue:  # fmt: skip
    return sqs.Queue(
        stack,
        f"{name}-queue",
        queue_name=f"skolkit-{area.name}-{name}",
        encryption=sqs.QueueEncryption.SQS_MANAGED,
        enforce_ssl=True,
        visibility_timeout=Duration.seconds(timeout),
        retention_period=Duration.days(days),
        dead_letter_queue=sqs.DeadLetterQueue(queue=failures, max_receive_count=ATTEMPTS)
        if failures
        else None,
    )


def _on_facts(
    stack: base.SkolkitStack,
    area: Area,
    trigger: Trigger,
    function: lambda_.Function,
    queue: sqs.Queue,
    failures: sqs.Queue,
) -> None:
    """Bus → rule → queue → function; the rule's own failures end in the same dead-letter queue, in the same
    form."""
    own = trigger.bus == "skolkit"
    events.Rule(
        stack,
        f"{trigger.name}-rule",
        # A replay from the archive names the rules it is for.
        rule_name=function_name(area.name, trigger.name) if own else None,
        event_bus=events.EventBus.from_event_bus_name(stack, f"{trigger.name}-bus", base.BUS)
        if own
        else None,
        # On the account's own bus only SES speaks of mail.
        event_pattern=events.EventPattern(
            source=None if own else ["aws.ses"], detail_type=list(trigger.source)
        ),
        targets=[targets.SqsQueue(queue, dead_letter_queue=failures)],
    )
    function.add_event_source(
        sources.SqsEventSource(queue, batch_size=trigger.batch, report_batch_item_failures=True)
    )


def _on_schedule(
    stack: base.SkolkitStack, area: Area, trigger: Trigger, function: lambda_.Function, failures: sqs.Queue
) -> None:
    role = iam.Role(
        stack,
        f"{trigger.name}-clock-role",
        assumed_by=iam.ServicePrincipal(
            "scheduler.amazonaws.com", conditions={"StringEquals": {"aws:SourceAccount": Aws.ACCOUNT_ID}}
        ),
        inline_policies={
            "own": iam.PolicyDocument(
                statements=[
                    permissions.allow(("lambda:InvokeFunction",), function.function_arn),
                    permissions.allow(("sqs:SendMessage",), failures.queue_arn),
                ]
            )
        },
    )
    schedule = scheduler.CfnSchedule
    schedule(
        stack,
        f"{trigger.name}-clock",
        name=function_name(area.name, trigger.name),
        description=trigger.meaning[:512],
        schedule_expression=trigger.source[0],
        schedule_expression_timezone=LOCAL.key,
        flexible_time_window=schedule.FlexibleTimeWindowProperty(mode="OFF"),
        target=schedule.TargetProperty(
            arn=function.function_arn,
            role_arn=role.role_arn,
            input="{}",
            dead_letter_config=schedule.DeadLetterConfigProperty(arn=failures.queue_arn),
            # Later than an hour after its time a sweep would be a surprise; the dead-letter queue alarms
            # instead.
            retry_policy=schedule.RetryPolicyProperty(
                maximum_event_age_in_seconds=3600, maximum_retry_attempts=3
            ),
        ),
    )


def _on_file(
    stack: base.SkolkitStack, trigger: Trigger, function: lambda_.Function, failures: sqs.Queue
) -> None:
    """The default bus tells of new objects, of one bucket."""
    events.Rule(
        stack,
        f"{trigger.name}-rule",
        event_pattern=events.EventPattern(
            source=["aws.s3"],
            detail_type=["Object Created"],
            detail={
                "bucket": {"name": [BUCKETS[trigger.bucket]()]},
                "object": {"key": [{"prefix": prefix} for prefix in trigger.source]},
            },
        ),
        targets=[targets.LambdaFunction(function, dead_letter_queue=failures)],
    )


def _on_outbox(
    trigger: Trigger, function: lambda_.Function, table: dynamodb.Table, failures: sqs.Queue
) -> None:
    """New outbox rows only, in order: one batch of a shard at a time, halved when it fails."""
    new_fact = lambda_.FilterCriteria.filter(
        {"eventName": ["INSERT"], "dynamodb": {"NewImage": {"kind": {"S": ["outbox"]}}}}
    )
    function.add_event_source(
        sources.DynamoEventSource(
            table,
            starting_position=lambda_.StartingPosition.TRIM_HORIZON,
            batch_size=trigger.batch,
            parallelization_factor=1,
            bisect_batch_on_error=True,
            report_batch_item_failures=True,
            # A day of trying: the bus is down longer than that only if something else must be done.
            max_record_age=Duration.hours(23),
            filters=[new_fact],
            on_failure=sources.SqsDlq(failures),
        )
    )


def _on_changes(
    trigger: Trigger, function: lambda_.Function, table: dynamodb.Table, failures: sqs.Queue
) -> None:
    """Items of some kinds that are written, and whatever is removed from some partitions (the stream has no
    old images, so that only the key tells). The stream's second reader; there may be two.
    """
    removed = {"eventName": ["REMOVE"], "dynamodb": {"Keys": {"pk": {"S": [{"prefix": trigger.gone}]}}}}
    patterns: list[dict[str, Any]] = [removed]
    if trigger.source:
        patterns.insert(0, {"dynamodb": {"NewImage": {"kind": {"S": list(trigger.source)}}}})
    function.add_event_source(
        sources.DynamoEventSource(
            table,
            starting_position=lambda_.StartingPosition.TRIM_HORIZON,
            batch_size=trigger.batch,
            max_batching_window=Duration.seconds(CHANGES_WINDOW),
            parallelization_factor=1,
            bisect_batch_on_error=True,
            report_batch_item_failures=True,
            # What cannot be kept must not hold up what can: a runbook makes up for it.
            retry_attempts=CHANGES_ATTEMPTS,
            max_record_age=Duration.hours(23),
            filters=[lambda_.FilterCriteria.filter(pattern) for pattern in patterns],
            on_failure=sources.SqsDlq(failures),
        )
    )


def _on_sign_in(trigger: Trigger, function: lambda_.Function) -> None:
    function.add_permission(
        f"{trigger.name}-cognito",
        principal=iam.ServicePrincipal("cognito-idp.amazonaws.com"),
        source_arn=Fn.import_value(base.POOL_EXPORT),
    )

"""Nothing that starts by itself can be lost: it has a dead-letter queue, and that has an alarm."""

from __future__ import annotations

from typing import Any

from infra.areas import Area
from tests.infrastructure.conftest import Assembly, Resource, as_text

# What follows an area's table: kinds that change, and partitions that are removed.
FOLLOWED = {
    "assessment": (set[str](), "PUPIL#"),
    "messages": (set[str](), "FILE#"),
    "register": ({"person", "enrolment", "kin"}, "PERSON#"),
}


def queue_name(cdk: Assembly, stack: str, arn: Any) -> str:
    return str(cdk.referred(stack, arn).properties["QueueName"])


def test_queues_give_up_to_a_dead_letter_queue_after_five_times(cdk: Assembly) -> None:
    for queue in cdk.of("AWS::SQS::Queue"):
        name = queue.properties["QueueName"]
        if name.endswith("-dlq"):
            assert queue.properties["MessageRetentionPeriod"] == 14 * 86400, queue
            continue
        redrive = queue.properties["RedrivePolicy"]
        assert redrive["maxReceiveCount"] == 5, queue
        assert queue_name(cdk, queue.stack, redrive["deadLetterTargetArn"]) == f"{name}-dlq"


def test_queues_are_encrypted_and_refuse_plain_text(cdk: Assembly) -> None:
    guarded = {
        str(cdk.referred(policy.stack, queue))
        for policy in cdk.of("AWS::SQS::QueuePolicy")
        for queue in policy.properties["Queues"]
        for statement in policy.properties["PolicyDocument"]["Statement"]
        if statement["Effect"] == "Deny"
        and statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
    }
    for queue in cdk.of("AWS::SQS::Queue"):
        assert queue.properties["SqsManagedSseEnabled"] is True
        assert str(queue) in guarded


def test_what_reads_a_queue_or_stream_reports_each_failure(cdk: Assembly) -> None:
    for mapping in cdk.of("AWS::Lambda::EventSourceMapping"):
        assert mapping.properties["FunctionResponseTypes"] == ["ReportBatchItemFailures"], mapping
        function = cdk.referred(mapping.stack, mapping.properties["FunctionName"])
        if "StartingPosition" in mapping.properties:
            destination = mapping.properties["DestinationConfig"]["OnFailure"]["Destination"]
            assert queue_name(cdk, mapping.stack, destination).endswith("-dlq")
            assert mapping.properties["BisectBatchOnFunctionError"] is True
            assert mapping.properties["ParallelizationFactor"] == 1
            filters = [f["Pattern"] for f in mapping.properties["FilterCriteria"]["Filters"]]
            outbox = ['"outbox"' in pattern for pattern in filters]
            name = function.properties["FunctionName"]
            assert outbox == ([True] if name.endswith("-relay") else [False] * len(filters)), name
            assert filters, name
        else:
            queue = cdk.referred(mapping.stack, mapping.properties["EventSourceArn"])
            assert queue.properties["VisibilityTimeout"] >= 6 * function.properties["Timeout"], mapping


def test_what_follows_a_table_is_not_started_by_its_own_writes(
    cdk: Assembly, areas: tuple[Area, ...]
) -> None:
    """It reads what people write and writes what only search reads, or only hears of what was removed; a
    stream has no more than two readers.
    """
    readers: dict[str, list[str]] = {}
    for mapping in cdk.of("AWS::Lambda::EventSourceMapping"):
        if "StartingPosition" in mapping.properties:
            function = cdk.referred(mapping.stack, mapping.properties["FunctionName"])
            readers.setdefault(mapping.stack, []).append(function.properties["FunctionName"])
            assert mapping.properties.get("MaximumRetryAttempts", -1) in (-1, 10)
    assert all(len(names) <= 2 for names in readers.values()), readers
    for area in areas:
        for trigger in area.triggers:
            if trigger.kind == "changes":
                assert FOLLOWED[area.name] == (set(trigger.source), trigger.gone)
                assert f"skolkit-{area.name}-{trigger.name}" in readers[f"skolkit-{area.name}"]


def test_every_rule_target_has_a_dead_letter_queue(cdk: Assembly) -> None:
    for rule in cdk.of("AWS::Events::Rule"):
        for target in rule.properties["Targets"]:
            arn = target["DeadLetterConfig"]["Arn"]
            assert queue_name(cdk, rule.stack, arn).endswith("-dlq"), rule


def test_facts_are_heard_on_our_bus_and_only_aws_on_the_default_one(
    cdk: Assembly, areas: tuple[Area, ...]
) -> None:
    heard = set()
    for rule in cdk.of("AWS::Events::Rule"):
        pattern = rule.properties["EventPattern"]
        if rule.properties.get("EventBusName") == "skolkit":
            heard |= set(pattern["detail-type"])
        else:
            assert set(pattern["source"]) <= {"aws.s3", "aws.ses"}, rule
    wanted = {
        s for a in areas for t in a.triggers if (t.kind, t.bus) == ("facts", "skolkit") for s in t.source
    }
    assert heard == wanted


def test_schedules_keep_swedish_time_and_what_they_could_not_start(cdk: Assembly) -> None:
    for schedule in cdk.of("AWS::Scheduler::Schedule"):
        assert schedule.properties["ScheduleExpressionTimezone"] == "Europe/Stockholm", schedule
        target = schedule.properties["Target"]
        assert queue_name(cdk, schedule.stack, target["DeadLetterConfig"]["Arn"]).endswith("-dlq")
        assert target["RetryPolicy"]["MaximumEventAgeInSeconds"] <= 3600


def test_functions_called_asynchronously_keep_what_failed(cdk: Assembly, areas: tuple[Area, ...]) -> None:
    kept = {}
    for config in cdk.of("AWS::Lambda::EventInvokeConfig"):
        function = cdk.referred(config.stack, config.properties["FunctionName"])
        queue = queue_name(
            cdk, config.stack, config.properties["DestinationConfig"]["OnFailure"]["Destination"]
        )
        kept[function.properties["FunctionName"]] = queue
    for area in areas:
        for trigger in area.triggers:
            if trigger.kind in ("schedule", "file"):
                name = f"skolkit-{area.name}-{trigger.name}"
                assert kept[name] == f"{name}-dlq"


def test_every_dead_letter_queue_has_an_alarm(cdk: Assembly) -> None:
    watched = {
        queue_of(cdk, alarm)
        for alarm in cdk.of("AWS::CloudWatch::Alarm")
        if alarm.properties["MetricName"] == "ApproximateNumberOfMessagesVisible"
        and alarm.properties["Threshold"] == 1
    }
    queues = {queue.properties["QueueName"] for queue in cdk.of("AWS::SQS::Queue")}
    assert watched == {name for name in queues if name.endswith("-dlq")}


def queue_of(cdk: Assembly, alarm: Resource) -> str:
    (dimension,) = alarm.properties["Dimensions"]
    return queue_name(cdk, alarm.stack, dimension["Value"])


def test_the_archive_is_kept_ninety_days_and_only_in_aws(cdk: Assembly) -> None:
    (archive,) = cdk.of("AWS::Events::Archive")
    assert archive.properties["RetentionDays"] == 90
    assert archive.raw["Condition"] == "IsAws"
    assert as_text(archive.properties["SourceArn"])

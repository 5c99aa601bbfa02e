"""Alarms, read off the handlers: each says in Swedish what it means for people, who acts, and where the
runbook is."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from aws_cdk import Aws, Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sns as sns

from infra.areas import function_name
from infra.stacks import base
from infra.stacks.triggers import Started
from skolkit.http import Watched

RUNBOOKS = Path(__file__).resolve().parents[1] / "runbooks"
LAG = Duration.minutes(5)
DASHBOARD = "Driften"


class Alarms:
    """The alarms of one area; `names` in the order they were made."""

    def __init__(self, stack: base.SkolkitStack, area: str) -> None:
        self._stack, self._area = stack, area
        self._topic = actions.SnsAction(sns.Topic.from_topic_arn(stack, "alarms", base.topic_arn()))
        self.names: list[str] = []

    def started(self, started: Started) -> None:
        """What can go wrong with a trigger: it fails, what failed is waiting, it counts what it could not do,
        and for what reads the stream that it lags."""
        trigger = started.trigger
        self._errors(trigger.name, started.function, trigger.meaning, trigger.runbook)
        if started.failures:
            depth = started.failures.metric_approximate_number_of_messages_visible(
                period=Duration.minutes(1), statistic="Maximum"
            )
            self._alarm(f"{trigger.name}-dlq", depth, 1, trigger.meaning, trigger.runbook)
        for name in trigger.alarms:
            self._counted(f"{trigger.name}-{name}", name, trigger.meaning, trigger.runbook)
        if trigger.kind in ("relay", "changes"):
            age = started.function.metric("IteratorAge", period=Duration.minutes(1), statistic="Maximum")
            self._alarm(f"{trigger.name}-lag", age, LAG.to_milliseconds(), trigger.meaning, trigger.runbook)

    def http(self, reader: lambda_.Function, writer: lambda_.Function, watched: Iterable[Watched]) -> None:
        """Answers that are our fault, and what else the area's APIs watch."""
        meaning = "Människor får felmeddelanden när de använder tjänsten."
        metric = cloudwatch.Metric(
            namespace="AWS/ApiGateway",
            metric_name="5XXError",
            statistic="Sum",
            period=Duration.minutes(5),
            dimensions_map={"ApiName": f"skolkit-{self._area}", "Stage": "live"},
        )
        self._alarm("api-5xx", metric, 5, meaning, "http")
        for name, function in (("reader", reader), ("writer", writer)):
            self._errors(name, function, meaning, "http")
        for one in watched:
            self._counted(f"api-{one.metric}", one.metric, one.meaning, one.runbook)

    def _counted(self, alarm: str, name: str, meaning: str, runbook: str) -> None:
        metric = cloudwatch.Metric(
            namespace="Skolkit", metric_name=name, statistic="Sum", period=Duration.minutes(5),
            dimensions_map={"service": self._area},
        )  # fmt: skip
        self._alarm(alarm, metric, 1, meaning, runbook)

    def _errors(self, name: str, function: lambda_.Function, meaning: str, runbook: str) -> None:
        metric = function.metric_errors(period=Duration.minutes(5), statistic="Sum")
        self._alarm(f"{name}-errors", metric, 1, meaning, runbook)

    def _alarm(
        self, name: str, metric: cloudwatch.IMetric, threshold: float, meaning: str, runbook: str
    ) -> None:
        alarm = cloudwatch.Alarm(
            self._stack,
            f"{name}-alarm",
            alarm_name=function_name(self._area, name),
            alarm_description=text(meaning, runbook),
            metric=metric,
            threshold=threshold,
            evaluation_periods=1,
            comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
            treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
        )
        alarm.add_alarm_action(self._topic)
        alarm.add_ok_action(self._topic)
        self.names.append(function_name(self._area, name))


def text(meaning: str, runbook: str) -> str:
    """What the alarm says. FileNotFoundError or ValueError when the runbook is missing or names nobody."""
    guide = (RUNBOOKS / f"{runbook}.md").read_text(encoding="utf-8")
    who = re.search(r"^\*\*Vem agerar:\*\* (.+)$", guide, re.MULTILINE)
    if not who or not meaning:
        raise ValueError(
            f"an alarm with runbook {runbook} needs a meaning, and the runbook a line '**Vem agerar:** …'"
        )
    console = f"https://{Aws.REGION}.console.aws.amazon.com/cloudwatch/home?region={Aws.REGION}"
    link = f"{console}#dashboards:name={DASHBOARD}"
    return f"{meaning}\n\nVem agerar: {who[1]}\n\nRunbook: infra/runbooks/{runbook}.md ({link})"

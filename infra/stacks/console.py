"""What the municipality's administrators see in the cloud console: the dashboards *Verksamheten* (is the
school day getting through?) and *Driften* (are the machines well?), one alarm per area, and saved questions
to the logs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_logs as logs
from constructs import Construct

from infra.areas import function_name
from infra.stacks import base, rest
from infra.stacks.alarms import DASHBOARD, RUNBOOKS
from infra.stacks.area import AreaStack

_FIVE_MINUTES = Duration.minutes(5)


class ConsoleStack(base.SkolkitStack):
    """`skolkit-console`."""

    def __init__(self, scope: Construct, areas: Sequence[AreaStack]) -> None:
        super().__init__(scope, "console", description="Skolkit: dashboards and saved questions")
        for stack in areas:
            _area_alarm(self, stack)
        cloudwatch.Dashboard(
            self,
            "Business",
            dashboard_name="Verksamheten",
            default_interval=Duration.hours(12),
            widgets=_business(areas),
        )
        cloudwatch.Dashboard(
            self,
            "Operations",
            dashboard_name=DASHBOARD,
            default_interval=Duration.hours(12),
            widgets=_operations(areas),
        )
        _questions(self, areas)


def _area_alarm(stack: ConsoleStack, area: AreaStack) -> None:
    """Red when any of the area's alarms is; those send the messages, this one gives the overview."""
    any_of = " OR ".join(f'ALARM("{name}")' for name in area.alarm_names)
    cloudwatch.CfnCompositeAlarm(
        stack,
        f"{area.area.name}-alarm",
        alarm_name=f"skolkit-{area.area.name}",
        alarm_description=f"Något i {area.area.api.title} fungerar inte; det röda larmets text säger vad.",
        alarm_rule=any_of,
    )


Rows = list[Sequence[cloudwatch.IWidget]]


def _business(areas: Sequence[AreaStack]) -> Rows:
    """The metrics the areas count themselves, what waits to be done, and what has been done today."""
    counted = cloudwatch.MathExpression(
        expression="SEARCH('Namespace=\"Skolkit\"', 'Sum', 300)",
        using_metrics={},
        label="",
        period=_FIVE_MINUTES,
    )
    consumers = _triggers(areas, "facts")
    runs = [_function(a, name, "Invocations", "Sum") for a, name in _triggers(areas, "schedule", "file")]
    return [
        [cloudwatch.TextWidget(markdown=_BUSINESS, width=24, height=3)],
        [_graph("Det som verksamheten räknar", [counted], width=24)],
        [
            _graph(
                "Händelser som väntar",
                [_queue(a, name, "ApproximateNumberOfMessagesVisible", "Maximum") for a, name in consumers],
            ),
            _graph(
                "Äldsta väntande händelse (sekunder)",
                [_queue(a, name, "ApproximateAgeOfOldestMessage", "Maximum") for a, name in consumers],
            ),
        ],
        [
            _graph(
                "Händelser behandlade",
                [_queue(a, name, "NumberOfMessagesDeleted", "Sum") for a, name in consumers],
            ),
            _graph("Scheman och importer som gått", runs),
        ],
        [_graph("Det som inte gick och väntar på någon", _stuck(areas), width=24)],
    ]


def _operations(areas: Sequence[AreaStack]) -> Rows:
    functions = [(area.area.name, name) for area in areas for name in area.functions]
    names = [area.area.name for area in areas]
    return [
        [cloudwatch.TextWidget(markdown=_OPERATIONS, width=24, height=3)],
        [
            _graph("Anrop", [_api(name, "Count", "Sum") for name in names]),
            _graph("Fel från oss (5xx)", [_api(name, "5XXError", "Sum") for name in names]),
        ],
        [
            _graph("Svarstid p95 (ms)", [_api(name, "Latency", "p95") for name in names]),
            _graph(
                "Utkorgens och sökningens eftersläpning (ms)",
                [
                    _function(a, name, "IteratorAge", "Maximum")
                    for a, name in _triggers(areas, "relay", "changes")
                ],
            ),
        ],
        [
            _graph("Fel i funktioner", [_function(a, name, "Errors", "Sum") for a, name in functions]),
            _graph("Strypta anrop", [_function(a, name, "Throttles", "Sum") for a, name in functions]),
        ],
        [
            _graph("Döda brev", _stuck(areas)),
            _graph("Samtidigt", [_function(a, n, "ConcurrentExecutions", "Maximum") for a, n in functions]),
        ],
        [
            _graph(
                "Databasen läser (enheter)", [_table(name, "ConsumedReadCapacityUnits") for name in names]
            ),
            _graph(
                "Databasen skriver (enheter)", [_table(name, "ConsumedWriteCapacityUnits") for name in names]
            ),
        ],
        *([cloudwatch.TextWidget(markdown=text, width=24, height=8)] for text in _runbooks()),
    ]


_BUSINESS = """# Verksamheten
Kommer skoldagen fram? Det som växer under *väntar* dröjer; något under *väntar på någon* kräver ett beslut:
se larmets runbook längst ned på *Driften*."""
_OPERATIONS = """# Driften
Mår tjänsten bra? Larmens text säger vad som hänt och vem som agerar; vad man gör står i runbooken nedan."""


def _runbooks() -> Iterable[str]:
    return (file.read_text(encoding="utf-8") for file in sorted(RUNBOOKS.glob("*.md")))


def _graph(title: str, metrics: Sequence[cloudwatch.IMetric], width: int = 12) -> cloudwatch.GraphWidget:
    return cloudwatch.GraphWidget(title=title, left=list(metrics), width=width, height=6)


def _triggers(areas: Sequence[AreaStack], *kinds: str) -> list[tuple[str, str]]:
    """Area and name of the triggers of these kinds."""
    return [(area.area.name, t.name) for area in areas for t in area.area.triggers if t.kind in kinds]


def _metric(namespace: str, name: str, statistic: str, label: str, **dimensions: str) -> cloudwatch.Metric:
    return cloudwatch.Metric(
        namespace=f"AWS/{namespace}",
        metric_name=name,
        statistic=statistic,
        label=label,
        period=_FIVE_MINUTES,
        dimensions_map=dimensions,
    )


def _function(area: str, name: str, metric: str, statistic: str) -> cloudwatch.Metric:
    own = function_name(area, name)
    return _metric("Lambda", metric, statistic, f"{area}: {name}", FunctionName=own)


def _queue(area: str, name: str, metric: str, statistic: str) -> cloudwatch.Metric:
    return _metric("SQS", metric, statistic, f"{area}: {name}", QueueName=function_name(area, name))


def _stuck(areas: Sequence[AreaStack]) -> list[cloudwatch.Metric]:
    triggers = _triggers(areas, "facts", "schedule", "file", "relay", "changes")
    return [_queue(a, f"{name}-dlq", "ApproximateNumberOfMessagesVisible", "Maximum") for a, name in triggers]


def _api(area: str, metric: str, statistic: str) -> cloudwatch.Metric:
    return _metric("ApiGateway", metric, statistic, area, ApiName=f"skolkit-{area}", Stage=rest.STAGE)


def _table(area: str, metric: str) -> cloudwatch.Metric:
    return _metric("DynamoDB", metric, "Sum", area, TableName=f"skolkit-{area}")


_QUESTIONS = {
    "Fel den senaste tiden": (
        "fields @timestamp, @log, message, function, operation, error, where.0\n"
        "| filter level = 'ERROR'\n| sort @timestamp desc\n| limit 100"
    ),
    "Långsammaste operationerna": (
        "filter ispresent(ms)\n| stats count() as antal, pct(ms, 50) as p50, pct(ms, 95) as p95 by message\n"
        "| sort p95 desc"
    ),
    "Svar per operation och status": (
        "filter ispresent(status)\n| stats count() as antal by message, status\n| sort antal desc"
    ),
    "Kallstarter": (
        "filter ispresent(@initDuration)\n| stats count() as antal, pct(@initDuration, 95) as p95 by @log"
    ),
}


def _questions(stack: ConsoleStack, areas: Sequence[AreaStack]) -> None:
    """Each question once per area: one may ask at most 50 log groups."""
    for area in areas:
        for number, (name, query) in enumerate(_QUESTIONS.items(), 1):
            logs.CfnQueryDefinition(
                stack,
                f"{area.area.name}-question-{number}",
                name=f"Skolkit/{area.area.api.title}/{name}",
                query_string=query,
                log_group_names=[base.log_group_name(area.area.name, own) for own in area.functions],
            )

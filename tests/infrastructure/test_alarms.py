"""Somebody is told, in Swedish, what it means and what to do."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from infra.areas import Area
from infra.stacks.alarms import text
from tests.infrastructure.conftest import Assembly, as_text

ROOT = Path(__file__).parents[2]
SWEDISH = re.compile(r"[åäöÅÄÖ]| och | inte | kan ")


def test_every_alarm_says_what_it_means_who_acts_and_which_runbook(cdk: Assembly) -> None:
    for alarm in cdk.of("AWS::CloudWatch::Alarm"):
        said = as_text(alarm.properties["AlarmDescription"])
        meaning, who, runbook = said.split("\n\n")
        assert SWEDISH.search(meaning), (alarm, meaning)
        assert who.startswith("Vem agerar: "), alarm
        named = re.match(r"Runbook: (infra/runbooks/[a-z-]+\.md) \(https://", runbook)
        assert named, alarm
        assert (ROOT / named[1]).exists(), named[1]


def test_every_alarm_is_sent_to_somebody(cdk: Assembly) -> None:
    for alarm in cdk.of("AWS::CloudWatch::Alarm"):
        (action,) = alarm.properties["AlarmActions"]
        assert as_text(action).endswith(":skolkit-alarms"), alarm
        assert alarm.properties["TreatMissingData"] == "notBreaching"


def test_what_cannot_be_erased_alarms_in_every_area(cdk: Assembly, areas: tuple[Area, ...]) -> None:
    """The metric as `count` writes it: in our namespace, by the area's name as service."""
    found = {
        alarm.properties["Dimensions"][0]["Value"]
        for alarm in cdk.of("AWS::CloudWatch::Alarm")
        if (alarm.properties.get("Namespace"), alarm.properties["MetricName"])
        == ("Skolkit", "RetentionFailed")
        and alarm.properties["Dimensions"][0]["Name"] == "service"
    }
    erasing = {a.name for a in areas if any(t.name == "answer_retention" for t in a.triggers)}
    assert found == erasing != set()


def test_every_function_that_fails_has_an_alarm(cdk: Assembly) -> None:
    watched = {
        (alarm.stack, alarm.properties["Dimensions"][0]["Value"]["Ref"])
        for alarm in cdk.of("AWS::CloudWatch::Alarm")
        if alarm.properties["MetricName"] == "Errors"
    }
    assert watched == {(f.stack, f.name) for f in cdk.of("AWS::Lambda::Function")}


def test_relays_that_lag_and_apis_that_fail_have_an_alarm(cdk: Assembly, areas: tuple[Area, ...]) -> None:
    names = {alarm.properties["AlarmName"] for alarm in cdk.of("AWS::CloudWatch::Alarm")}
    for area in areas:
        assert f"skolkit-{area.name}-api-5xx" in names
        for trigger in area.triggers:
            if trigger.kind in ("relay", "changes"):
                assert f"skolkit-{area.name}-{trigger.name}-lag" in names


def test_one_alarm_per_area_sums_up_its_alarms(cdk: Assembly, areas: tuple[Area, ...]) -> None:
    rules = {
        c.properties["AlarmName"]: c.properties["AlarmRule"]
        for c in cdk.of("AWS::CloudWatch::CompositeAlarm")
    }
    assert set(rules) == {f"skolkit-{area.name}" for area in areas}
    for alarm in cdk.of("AWS::CloudWatch::Alarm"):
        assert f'ALARM("{alarm.properties["AlarmName"]}")' in rules[alarm.stack]


def test_every_trigger_has_a_meaning_and_a_runbook_in_swedish(areas: tuple[Area, ...]) -> None:
    for area in areas:
        for trigger in area.triggers:
            guide = (ROOT / "infra" / "runbooks" / f"{trigger.runbook}.md").read_text()
            for part in ("**Vem agerar:**", "**Vad det betyder.**", "**Åtgärda.**", "**Klart när**"):
                assert part in guide, (trigger.runbook, part)
            assert trigger.meaning, trigger.name


def test_an_alarm_without_meaning_is_refused() -> None:
    with pytest.raises(ValueError, match="needs a meaning"):
        text("", "relay")


def test_the_console_has_two_dashboards_and_the_runbooks(cdk: Assembly) -> None:
    boards = {
        board.properties["DashboardName"]: as_text(board.properties["DashboardBody"])
        for board in cdk.of("AWS::CloudWatch::Dashboard")
    }
    assert set(boards) == {"Verksamheten", "Driften"}
    for runbook in (ROOT / "infra" / "runbooks").glob("*.md"):
        title = json.dumps(runbook.read_text().splitlines()[0])[1:-1]
        assert title in boards["Driften"] or json.loads(f'"{title}"') in boards["Driften"], runbook

"""A partner's stack: what it may be told, by which rule, who may empty its queue, and that a fact arrives
there once it is deployed.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from infra.facts import people_in, published
from infra.local import deploy
from infra.local.cloud import Cloud, CloudError
from infra.local.synth import node_environment
from infra.stacks.partner import SHARED
from tests.infrastructure.conftest import as_text
from tests.support.areas import AREAS
from tests.support.replays import lay_bus, tell

PARTNER = "111122223333"
GROUP: dict[str, Any] = {
    "id": "0192f0c0-0000-7000-8000-000000000001",
    "type": "organisation.GroupFormed.v1",
    "data": {},
}
PARAMETERS: dict[str, str] = {
    "Stage": "local", "Profile": "local", "PartnerName": "bibliotek", "PartnerAccount": PARTNER,
    "PartnerBus": "", "Facts": GROUP["type"],
}  # fmt: skip


@pytest.fixture(scope="module")
def assembly(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The partner's assembly."""
    made = tmp_path_factory.mktemp("partner")
    command = [sys.executable, "-m", "infra.partner", str(made)]
    subprocess.run(command, env=node_environment(), check=True, capture_output=True)
    return made


@pytest.fixture(scope="module")
def template(assembly: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((assembly / "skolkit-partner.template.json").read_text())
    return found


def statements(template: dict[str, Any], policy: str) -> Iterator[dict[str, Any]]:
    yield from template["Resources"][policy]["Properties"]["PolicyDocument"]["Statement"]


def test_what_is_shared_tells_of_nobody_and_asks_for_no_work() -> None:
    facts = {fact.type: fact for area in AREAS for fact in published(area)}
    assert set(SHARED) <= set(facts)
    for type in SHARED:
        assert list(people_in(facts[type])) == [], type
        assert not type.split(".")[1].endswith(("Asked", "Due", "Continued", "Answered")), type
    assert list(people_in(facts["register.PersonProtected.v1"])) == ["person"]


def test_nothing_else_can_be_chosen(template: dict[str, Any]) -> None:
    assert template["Parameters"]["Facts"]["AllowedValues"] == list(SHARED)
    assert "PartnerAccount" in json.dumps(template["Rules"]["OneWay"])


def test_the_rule_lets_through_the_chosen_facts_of_ours_alone(template: dict[str, Any]) -> None:
    for rule in ("ToBus", "ToQueue"):
        made = template["Resources"][rule]["Properties"]
        assert made["EventBusName"] == "skolkit"
        assert made["EventPattern"] == {"source": [{"prefix": "skolkit."}], "detail-type": {"Ref": "Facts"}}
        (target,) = made["Targets"]
        assert target["DeadLetterConfig"] == {"Arn": {"Fn::GetAtt": ["Failures", "Arn"]}}
    conditions = {name: template["Resources"][name].get("Condition") for name in ("ToBus", "ToQueue", "Role")}
    assert conditions == {"ToBus": "ByBus", "ToQueue": "ByQueue", "Role": "ByBus"}


def test_the_rule_may_put_on_the_partners_bus_and_nothing_else(template: dict[str, Any]) -> None:
    role = template["Resources"]["Role"]["Properties"]
    (policy,) = role["Policies"]
    (may,) = policy["PolicyDocument"]["Statement"]
    assert (may["Action"], may["Resource"]) == ("events:PutEvents", {"Ref": "PartnerBus"})
    (trust,) = role["AssumeRolePolicyDocument"]["Statement"]
    assert trust["Principal"] == {"Service": "events.amazonaws.com"}
    assert trust["Condition"] == {"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}}


def test_the_partner_may_empty_its_queue_and_the_rule_alone_may_fill_it(template: dict[str, Any]) -> None:
    plain, fills, empties = statements(template, "QueuePolicy")
    assert (plain["Effect"], plain["Condition"]) == ("Deny", {"Bool": {"aws:SecureTransport": "false"}})
    assert fills["Action"] == "sqs:SendMessage"
    source = as_text(fills["Condition"]["ArnEquals"]["aws:SourceArn"])
    assert source.endswith(":rule/skolkit/skolkit-partner-${PartnerName}")
    assert as_text(empties["Principal"]["AWS"]).endswith(":iam::${PartnerAccount}:root")
    assert not {"sqs:SendMessage", "sqs:PurgeQueue", "sqs:*"} & set(empties["Action"])
    for statement in (plain, fills, empties):
        assert statement["Resource"] == {"Fn::GetAtt": ["Queue", "Arn"]}
    assert [s["Principal"] for s in statements(template, "FailuresPolicy")][1:] == [
        {"Service": "events.amazonaws.com"}
    ]


def test_queues_are_encrypted_kept_and_watched(template: dict[str, Any]) -> None:
    watched = {}
    for resource in template["Resources"].values():
        if resource["Type"] == "AWS::SQS::Queue":
            assert resource["Properties"]["SqsManagedSseEnabled"] is True
            assert resource["Properties"]["MessageRetentionPeriod"] == 14 * 86400
        if resource["Type"] == "AWS::CloudWatch::Alarm":
            (queue,) = resource["Properties"]["Dimensions"]
            watched[queue["Value"]["Fn::GetAtt"][0]] = resource["Properties"]["MetricName"]
            assert "infra/runbooks/partner.md" in as_text(resource["Properties"]["AlarmDescription"])
            assert "skolkit-alarms" in as_text(resource["Properties"]["AlarmActions"][0])
    assert watched == {
        "Failures": "ApproximateNumberOfMessagesVisible", "Queue": "ApproximateAgeOfOldestMessage",
    }  # fmt: skip


def test_cfn_lint_finds_nothing(assembly: Path) -> None:
    program = Path(sys.executable).with_name("cfn-lint")
    file = str(assembly / "skolkit-partner.template.json")
    done = subprocess.run(
        [str(program), "-r", "eu-north-1", "--", file], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout


@pytest.fixture
def bus(cloud: Cloud) -> Cloud:
    cloud.reset()
    lay_bus(cloud)
    return cloud


def received(cloud: Cloud, queue: str) -> list[str]:
    sqs = cloud.client("sqs")
    url = sqs.get_queue_url(QueueName=queue)["QueueUrl"]
    found = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, WaitTimeSeconds=1)
    return [json.loads(message["Body"])["detail"]["type"] for message in found.get("Messages", [])]


def test_a_fact_arrives_in_the_partners_queue_and_no_other_does(bus: Cloud, assembly: Path) -> None:
    deploy.deploy(bus, assembly, PARAMETERS, lambda _: None)
    tell(bus, [GROUP, GROUP | {"type": "organisation.GroupReopened.v1"}, GROUP | {"type": "x.Y.v1"}])
    assert received(bus, "skolkit-partner-bibliotek") == ["organisation.GroupFormed.v1"]


def test_a_fact_arrives_on_the_partners_bus(bus: Cloud, assembly: Path) -> None:
    events, sqs = bus.client("events"), bus.client("sqs")
    theirs = events.create_event_bus(Name="theirs")["EventBusArn"]
    url = sqs.create_queue(QueueName="theirs")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    events.put_rule(
        Name="all", EventBusName="theirs", EventPattern=json.dumps({"source": [{"prefix": "skolkit."}]})
    )
    events.put_targets(Rule="all", EventBusName="theirs", Targets=[{"Id": "all", "Arn": arn}])
    deploy.deploy(bus, assembly, PARAMETERS | {"PartnerAccount": "", "PartnerBus": theirs}, lambda _: None)
    tell(bus, [GROUP])
    assert received(bus, "theirs") == ["organisation.GroupFormed.v1"]
    with pytest.raises(sqs.exceptions.QueueDoesNotExist):
        sqs.get_queue_url(QueueName="skolkit-partner-bibliotek")


@pytest.mark.parametrize(
    "wrong", [{"Facts": "register.PersonProtected.v1"}, {"PartnerName": "Å"}, {"PartnerAccount": "1"}]
)  # fmt: skip
def test_wrong_parameters_are_refused(bus: Cloud, assembly: Path, wrong: dict[str, str]) -> None:
    with pytest.raises(CloudError):
        deploy.deploy(bus, assembly, PARAMETERS | wrong, lambda _: None)


def test_difference_allowed_values_are_held_against_a_list_as_a_whole(bus: Cloud, assembly: Path) -> None:
    """CloudFormation holds them against each member."""
    with pytest.raises(CloudError, match="AllowedValues"):
        deploy.deploy(bus, assembly, PARAMETERS | {"Facts": ",".join(SHARED[:2])}, lambda _: None)

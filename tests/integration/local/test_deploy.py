"""The deployer against the embedded AWS, with a template by hand: what it skips, repairs and explains. The
assertions marked as differences are the register of infra/local/README.md."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from infra.local import deploy
from infra.local.cloud import Cloud, CloudError, free_port

PARAMETERS = {"Profile": "local"}
TABLE = {
    "Type": "AWS::DynamoDB::Table",
    "Properties": {
        "TableName": "things",
        "BillingMode": "PAY_PER_REQUEST",
        "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}],
        "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
        "TimeToLiveSpecification": {"AttributeName": "expires", "Enabled": True},
        "PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": True},
    },
}
BUS = {"Type": "AWS::Events::EventBus", "Properties": {"Name": "things"}}
ARCHIVE = {
    "Type": "AWS::Events::Archive",
    "Condition": "IsAws",
    "Properties": {
        "ArchiveName": "things",
        "SourceArn": {"Fn::GetAtt": ["Bus", "Arn"]},
        "EventPattern": {"source": [{"prefix": "things."}]},
        "RetentionDays": 30,
    },
}
SCHEDULE = {
    "Type": "AWS::Scheduler::Schedule",
    "Properties": {
        "Name": "sweep",
        "ScheduleExpression": "cron(30 16 * * ? *)",
        "ScheduleExpressionTimezone": "Europe/Stockholm",
        "FlexibleTimeWindow": {"Mode": "OFF"},
        "Target": {
            "Arn": "arn:aws:sqs:eu-north-1:000000000000:things",
            "RoleArn": "arn:aws:iam::000000000000:role/x",
        },
    },
}


@pytest.fixture(scope="module")
def own_cloud() -> Iterator[Cloud]:
    """An embedded AWS that only these tests change."""
    with Cloud(port=free_port()) as cloud:
        yield cloud


@pytest.fixture
def cloud(own_cloud: Cloud) -> Cloud:
    """The same, emptied."""
    own_cloud.reset()
    return own_cloud


def _assembly(root: Path, resources: dict[str, Any], name: str = "skolkit-things") -> Path:
    template = {
        "Parameters": {"Profile": {"Type": "String"}},
        "Conditions": {"IsAws": {"Fn::Equals": [{"Ref": "Profile"}, "aws"]}},
        "Resources": resources,
        "Outputs": {"Kind": {"Value": {"Ref": "Profile"}}},
    }
    root.mkdir(exist_ok=True)
    file = root / f"{name}.template.json"
    file.write_text(json.dumps(template))
    code = root / "asset.code"
    code.mkdir(exist_ok=True)
    (code / "app.py").write_text("def handler(event, context):\n    return 'hello'\n")
    place = {"bucketName": "assets-${AWS::AccountId}"}
    assets = {
        "t": {
            "source": {"path": file.name, "packaging": "file"},
            "destinations": {"d": place | {"objectKey": f"{hash(file.read_text())}.json"}},
        },
        "c": {
            "source": {"path": code.name, "packaging": "zip"},
            "destinations": {"d": place | {"objectKey": "code.zip"}},
        },
    }
    (root / f"{name}.assets.json").write_text(json.dumps({"files": assets}))
    stack = {"type": "aws:cloudformation:stack", "properties": {"templateFile": file.name}}
    (root / "manifest.json").write_text(json.dumps({"artifacts": {name: stack}}))
    return root


def _deploy(cloud: Cloud, assembly: Path) -> dict[str, dict[str, str]]:
    return deploy.deploy(cloud, assembly, PARAMETERS, lambda _text: None)


def _changed(cloud: Cloud) -> Any:
    stack = cloud.client("cloudformation").describe_stacks(StackName="skolkit-things")["Stacks"][0]
    return stack.get("LastUpdatedTime", stack["CreationTime"])


def test_outputs_and_assets_arrive(cloud: Cloud, tmp_path: Path) -> None:
    assert _deploy(cloud, _assembly(tmp_path, {"Table": TABLE})) == {"skolkit-things": {"Kind": "local"}}
    stored = cloud.client("s3").get_object(Bucket="assets-000000000000", Key="code.zip")["Body"].read()
    assert zipfile.ZipFile(io.BytesIO(stored)).namelist() == ["app.py"]


def test_unchanged_stack_is_left_alone_and_a_changed_one_updated(cloud: Cloud, tmp_path: Path) -> None:
    _deploy(cloud, _assembly(tmp_path, {"Table": TABLE}))
    first = _changed(cloud)
    _deploy(cloud, _assembly(tmp_path, {"Table": TABLE}))
    assert _changed(cloud) == first
    _deploy(cloud, _assembly(tmp_path, {"Table": TABLE, "Bus": BUS}))
    assert _changed(cloud) != first
    assert cloud.client("events").describe_event_bus(Name="things")["Name"] == "things"


def test_failed_stack_names_resource_and_reason_and_can_be_mended(cloud: Cloud, tmp_path: Path) -> None:
    broken = {
        "Bus": {"Type": "AWS::Events::EventBus", "Properties": {"Name": {"Fn::ImportValue": "missing"}}}
    }
    with pytest.raises(CloudError, match=r"skolkit-things(.|\n)*missing"):
        _deploy(cloud, _assembly(tmp_path, broken))
    _deploy(cloud, _assembly(tmp_path, {"Bus": BUS}))
    assert cloud.client("events").describe_event_bus(Name="things")["Name"] == "things"


def test_difference_unknown_type_rejects_the_template_unless_its_condition_is_false(
    cloud: Cloud, tmp_path: Path
) -> None:
    unconditional = {key: value for key, value in ARCHIVE.items() if key != "Condition"}
    with pytest.raises(CloudError, match="AWS::Events::Archive"):
        _deploy(cloud, _assembly(tmp_path, {"Bus": BUS, "Archive": unconditional}))
    _deploy(cloud, _assembly(tmp_path, {"Bus": BUS, "Archive": ARCHIVE}))


def test_archive_is_made_by_api(cloud: Cloud, tmp_path: Path) -> None:
    _deploy(cloud, _assembly(tmp_path, {"Bus": BUS, "Archive": ARCHIVE}))
    archive = cloud.client("events").describe_archive(ArchiveName="things")
    assert archive["EventSourceArn"].endswith("event-bus/things")
    assert archive["RetentionDays"] == 30


def test_difference_expiry_and_point_in_time_recovery_are_not_taken_from_the_template(
    cloud: Cloud, tmp_path: Path
) -> None:
    _deploy(cloud, _assembly(tmp_path, {"Table": TABLE}))
    dynamodb = cloud.client("dynamodb")
    expiry = dynamodb.describe_time_to_live(TableName="things")["TimeToLiveDescription"]
    # Turned on by the deployer.
    assert expiry["TimeToLiveStatus"] in ("ENABLED", "ENABLING")
    backups = dynamodb.describe_continuous_backups(TableName="things")["ContinuousBackupsDescription"]
    assert backups["PointInTimeRecoveryDescription"]["PointInTimeRecoveryStatus"] == "DISABLED"


def test_difference_the_time_zone_of_a_schedule_is_lost(cloud: Cloud, tmp_path: Path) -> None:
    _deploy(cloud, _assembly(tmp_path, {"Sweep": SCHEDULE}))
    assert cloud.client("scheduler").get_schedule(Name="sweep")["ScheduleExpressionTimezone"] == "UTC"

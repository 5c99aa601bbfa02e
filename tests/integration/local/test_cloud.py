"""The embedded AWS under supervision: what survives which kind of end, and that the host does not leak in."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pytest

from infra.local import login
from infra.local.cloud import Cloud, CloudError, free_port, port_in_use

START = """
import time
from pathlib import Path
from infra.local.cloud import Cloud
cloud = Cloud(port={port}, state=Path({state!r}))
cloud.start()
cloud.client("sqs").create_queue(QueueName="kept")
print("up", flush=True)
time.sleep(60)
"""

READER = """
import os

def handler(event, context):
    with open(os.environ["SEEN"], "a") as seen:
        for record in event["Records"]:
            print(record["dynamodb"]["Keys"]["id"]["S"], file=seen)
"""


WHERE = """
import os

def handler(event, context):
    return [{word!r}, os.path.realpath(__file__)]
"""


def _queues(cloud: Cloud) -> list[str]:
    urls = cloud.client("sqs").list_queues().get("QueueUrls", [])
    return [url.rsplit("/", 1)[1] for url in urls]


def test_state_survives_a_clean_stop(tmp_path: Path) -> None:
    with Cloud(port=free_port(), state=tmp_path) as cloud:
        cloud.client("sqs").create_queue(QueueName="kept")
        assert cloud.alive()
    assert not cloud.alive()
    with Cloud(port=free_port(), state=tmp_path) as again:
        assert _queues(again) == ["kept"]
        again.reset()
        assert _queues(again) == []


def test_readers_of_a_stream_go_on_where_they_were(tmp_path: Path) -> None:
    """Changes read before the stop do not come again, those not read then come after the next start."""
    seen = tmp_path / "seen"
    with Cloud(port=free_port(), state=tmp_path) as cloud:
        reader = _reader(cloud, _table_with_stream(cloud), seen)
        _put(cloud, "1")
        _await_read(cloud, reader)
        cloud.client("lambda").update_event_source_mapping(UUID=reader, Enabled=False)
        _put(cloud, "2")
    with Cloud(port=free_port(), state=tmp_path) as again:
        again.client("lambda").update_event_source_mapping(UUID=reader, Enabled=True)
        assert _keys(seen, 2) == ["1", "2"]
        _put(again, "3")
        assert _keys(seen, 3) == ["1", "2", "3"]


def _table_with_stream(cloud: Cloud) -> str:
    made = cloud.client("dynamodb").create_table(
        TableName="read",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "KEYS_ONLY"},
    )
    return str(made["TableDescription"]["LatestStreamArn"])


def _archive(source: str) -> bytes:
    code = io.BytesIO()
    with zipfile.ZipFile(code, "w") as archive:
        archive.writestr("reader.py", source)
    return code.getvalue()


def _function(cloud: Cloud, name: str, source: str, **variables: str) -> None:
    cloud.client("lambda").create_function(
        FunctionName=name,
        Runtime="python3.13",
        Handler="reader.handler",
        Role="arn:aws:iam::000000000000:role/reader",
        Code={"ZipFile": _archive(source)},
        Environment={"Variables": variables},
    )


def _reader(cloud: Cloud, stream: str, seen: Path) -> str:
    """The stream's event source mapping for a function that writes the key of every change to a file."""
    functions = cloud.client("lambda")
    _function(cloud, "reader", READER, SEEN=str(seen))
    made = functions.create_event_source_mapping(
        FunctionName="reader", EventSourceArn=stream, StartingPosition="TRIM_HORIZON"
    )
    return str(made["UUID"])


def test_the_same_code_is_unpacked_once_and_changed_code_is_run(tmp_path: Path) -> None:
    with Cloud(port=free_port(), state=tmp_path) as cloud:
        functions = cloud.client("lambda")

        def said(name: str) -> list[str]:
            answer: list[str] = json.loads(functions.invoke(FunctionName=name)["Payload"].read())
            return answer

        for name in ("one", "other"):
            _function(cloud, name, WHERE.format(word="first"))
        first = said("one")
        assert first[0] == "first"
        assert said("other") == first
        functions.update_function_code(FunctionName="one", ZipFile=_archive(WHERE.format(word="second")))
        second = said("one")
        assert second[0] == "second"
        assert second[1] != first[1]
        assert said("other") == first


def _put(cloud: Cloud, key: str) -> None:
    cloud.client("dynamodb").put_item(TableName="read", Item={"id": {"S": key}})


def _await_read(cloud: Cloud, reader: str) -> None:
    """Until the reader has been given a batch and its place is noted, at most ten seconds."""
    functions = cloud.client("lambda")
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        if functions.get_event_source_mapping(UUID=reader)["LastProcessingResult"].startswith("OK"):
            return
        time.sleep(0.05)


def _keys(seen: Path, count: int) -> list[str]:
    """The keys the reader was given, once there are `count` of them or after ten seconds."""
    deadline = time.monotonic() + 10
    keys: list[str] = []
    while len(keys) < count and time.monotonic() < deadline:
        time.sleep(0.05)
        keys = seen.read_text().split() if seen.exists() else []
    return keys


def test_state_survives_a_killed_supervisor(tmp_path: Path) -> None:
    port = free_port()
    script = START.format(port=port, state=str(tmp_path))
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True) as supervisor:
        assert supervisor.stdout is not None
        assert supervisor.stdout.readline() == "up\n"
        supervisor.kill()
    with Cloud(port=port, state=tmp_path) as again:
        assert _queues(again) == ["kept"]


def test_killed_emulator_loses_what_came_after_the_last_clean_stop_but_starts_again(tmp_path: Path) -> None:
    """A difference from AWS: see infra/local/README.md."""
    with Cloud(port=free_port(), state=tmp_path) as cloud:
        cloud.client("sqs").create_queue(QueueName="kept")
    with Cloud(port=free_port(), state=tmp_path) as cloud:
        cloud.client("sqs").create_queue(QueueName="lost")
        os.kill(int((tmp_path / "cloud.pid").read_text()), signal.SIGKILL)
        cloud.wait()
    with Cloud(port=free_port(), state=tmp_path) as again:
        assert _queues(again) == ["kept"]


def test_a_state_half_saved_is_not_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("infra.local.cloud.STOP_SECONDS", 0.0)
    with Cloud(port=free_port(), state=tmp_path):
        pass
    again = Cloud(port=free_port(), state=tmp_path)
    with pytest.raises(CloudError, match="--fresh"):
        again.start()
    again.erase()
    with again:
        assert again.alive()


def test_state_in_use_is_neither_shared_nor_erased(tmp_path: Path) -> None:
    with Cloud(port=free_port(), state=tmp_path) as cloud:
        cloud.client("sqs").create_queue(QueueName="kept")
        with pytest.raises(CloudError, match="already running"):
            Cloud(port=free_port(), state=tmp_path).start()
        with pytest.raises(CloudError, match="already running"):
            Cloud(port=free_port(), state=tmp_path).erase()
    erased = Cloud(port=free_port(), state=tmp_path)
    erased.erase()
    with erased:
        assert _queues(erased) == []


def test_busy_port_names_another_one(tmp_path: Path) -> None:
    with Cloud(port=free_port()) as cloud:
        with pytest.raises(CloudError, match=rf"Port {cloud.port} is busy.*--port {cloud.port + 1}"):
            Cloud(port=cloud.port, state=tmp_path).start()
        assert port_in_use(cloud.port)
    assert not port_in_use(cloud.port)


def test_host_environment_stays_outside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_PROFILE", "production")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "real")
    with Cloud(port=free_port(), state=tmp_path):
        pid = int((tmp_path / "cloud.pid").read_text())
        environment = Path(f"/proc/{pid}/environ")
        if not environment.exists():
            pytest.skip("This operating system does not show a process's environment.")
        variables = environment.read_bytes().split(b"\0")
    assert not [one for one in variables if b"production" in one or b"real" in one]
    assert f"HOME={tmp_path / 'tmp'}".encode() in variables


def test_sign_in_is_the_phone_apps(tmp_path: Path) -> None:
    with Cloud(port=free_port()) as cloud:
        cognito = cloud.client("cognito-idp")
        pool = cognito.create_user_pool(PoolName=login.POOL)["UserPool"]["Id"]
        with pytest.raises(CloudError, match="no client for the phone app"):
            login.sign_in(cloud, "anna", "Fel-losenord-1")
        cognito.create_user_pool_client(
            UserPoolId=pool,
            ClientName="phone",
            GenerateSecret=False,
            CallbackURLs=["http://127.0.0.1/portal/"],
            AllowedOAuthFlows=["code"],
            AllowedOAuthScopes=["openid"],
            AllowedOAuthFlowsUserPoolClient=True,
        )
        cognito.admin_create_user(UserPoolId=pool, Username="anna", MessageAction="SUPPRESS")
        cognito.admin_set_user_password(
            UserPoolId=pool, Username="anna", Password="Ratt-losenord-1", Permanent=True
        )
        assert login.sign_in(cloud, "anna", "Ratt-losenord-1").count(".") == 2
        with pytest.raises(CloudError, match="anna could not sign in"):
            login.sign_in(cloud, "anna", "Fel-losenord-1")


def test_policies_are_evaluated_when_asked_for() -> None:
    with Cloud(port=free_port(), auth=True) as cloud:
        iam = cloud.client("iam")
        iam.create_user(UserName="nobody")
        key = iam.create_access_key(UserName="nobody")["AccessKey"]
        import boto3
        from botocore.exceptions import ClientError

        sqs = boto3.client(
            "sqs",
            endpoint_url=cloud.endpoint,
            region_name="eu-north-1",
            aws_access_key_id=key["AccessKeyId"],
            aws_secret_access_key=key["SecretAccessKey"],
            verify=str(cloud.certificate),
        )
        with pytest.raises(ClientError, match="AccessDenied"):
            sqs.list_queues()

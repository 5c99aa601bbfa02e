"""The audit trail's archive on the embedded stream, bucket and key: every row once, whatever dies when."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from functions.access.domain.segments import read
from functions.access.store import segments as store
from functions.access.usecases import segments
from infra.local import audit
from infra.local.cloud import Cloud
from skolkit.audit import Trace, record_read
from skolkit.clock import now, today
from skolkit.config import AUDIT_TABLE
from skolkit.table import commit, dynamodb
from tests.support.areas import AUDIT_BUCKET, acting_as, audit_rows, create_audit_table, run_schedule


@pytest.fixture
def trail(tables: Cloud) -> Iterator[Cloud]:
    with acting_as("access"):
        yield tables


def write(count: int, about: str = "someone") -> None:
    for number in range(count):
        record_read(Trace("actor", f"read_{number}", about))


def archived(cloud: Cloud) -> list[dict[str, Any]]:
    s3 = cloud.client("s3")
    keys = [one["Key"] for one in s3.list_objects_v2(Bucket=AUDIT_BUCKET).get("Contents", [])]
    bodies = [s3.get_object(Bucket=AUDIT_BUCKET, Key=key)["Body"].read() for key in sorted(keys)]
    return [row for body in bodies for row in read(body).rows]


def whole(cloud: Cloud) -> bool:
    return audit.verify(cloud, now().date() - timedelta(days=1), now().date())


def test_every_row_is_archived_once_in_order(trail: Cloud) -> None:
    write(7)
    run_schedule("access", "append_segments")
    run_schedule("access", "append_segments")
    assert segments.append_segments() == 0
    write(3, "another")
    assert segments.append_segments() == 3
    rows = archived(trail)
    assert [row["action"] for row in rows] == [f"read_{n}" for n in (*range(7), *range(3))]
    assert all(row["event"] == "INSERT" and row["expires"] for row in rows)
    assert int(store.chain().number) == 2
    assert whole(trail)


@pytest.mark.parametrize("dies_at", ["seal", "put_segment", "commit"])
def test_a_run_that_dies_loses_and_doubles_nothing(
    trail: Cloud, monkeypatch: pytest.MonkeyPatch, dies_at: str
) -> None:
    class Died(Exception):
        pass

    def die(*_: Any) -> None:
        raise Died

    write(4)
    with monkeypatch.context() as patch:
        patch.setattr(segments if dies_at == "commit" else store, dies_at, die)
        with pytest.raises(Died):
            segments.append_segments()
    write(2)
    segments.append_segments()
    assert len(archived(trail)) == 6
    assert whole(trail)


def test_a_large_backlog_becomes_several_segments(trail: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(segments, "ROWS", 10)
    write(25)
    assert segments.append_segments() == 25
    assert len({row["sk"] for row in archived(trail)}) == 25
    assert whole(trail)


def test_nobody_changes_or_deletes_a_segment(trail: Cloud, capsys: pytest.CaptureFixture[str]) -> None:
    write(2)
    segments.append_segments()
    write(2)
    segments.append_segments()
    s3, key = trail.client("s3"), store.key_of(1)
    rule = {"DefaultRetention": {"Mode": "GOVERNANCE", "Days": 1}}
    s3.put_object_lock_configuration(
        Bucket=AUDIT_BUCKET, ObjectLockConfiguration={"ObjectLockEnabled": "Enabled", "Rule": rule}
    )
    write(1)
    segments.append_segments()
    (version,) = s3.list_object_versions(Bucket=AUDIT_BUCKET, Prefix=store.key_of(3))["Versions"]
    with pytest.raises(ClientError, match="AccessDenied"):
        s3.delete_object(Bucket=AUDIT_BUCKET, Key=store.key_of(3), VersionId=version["VersionId"])
    assert whole(trail)
    # Somebody with the key of the bucket but not of the seal puts another version over the first.
    forged = store.segment_file(2)
    s3.put_object(Bucket=AUDIT_BUCKET, Key=key, Body=forged)
    assert not whole(trail)
    said = capsys.readouterr().out
    assert "FAULT" in said


def test_a_row_changed_in_the_table_shows(trail: Cloud, capsys: pytest.CaptureFixture[str]) -> None:
    write(1)
    (row,) = audit_rows("someone")
    dynamodb().update_item(
        TableName=AUDIT_TABLE,
        Key={"pk": {"S": row["pk"]}, "sk": {"S": row["sk"]}},
        UpdateExpression="SET actor = :nobody",
        ExpressionAttributeValues={":nobody": {"S": "nobody"}},
    )
    segments.append_segments()
    assert not whole(trail)
    assert "was changed or deleted in the table" in " ".join(capsys.readouterr().out.split())


@pytest.mark.parametrize(("hours", "well"), [(23, True), (25, False)])
def test_a_day_without_reading_the_stream_shows(
    trail: Cloud, monkeypatch: pytest.MonkeyPatch, hours: int, well: bool
) -> None:
    write(1)
    with monkeypatch.context() as patch:
        patch.setattr(segments, "now", lambda: now() - timedelta(hours=hours))
        segments.append_segments()
    segments.append_segments()
    assert whole(trail) == well


def test_a_place_that_has_aged_out_is_no_loss_while_the_stream_is_read(
    trail: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After a quiet day the last row read is no longer in the stream; nothing after it is gone."""
    write(1)
    segments.append_segments()
    chain = store.chain()
    chain.places = dict.fromkeys(chain.places, "000000000000000000001")
    commit(chain)
    dynamodb().delete_table(TableName=AUDIT_TABLE)
    create_audit_table()
    write(2)
    assert segments.append_segments() == 2
    assert whole(trail)


def test_nothing_archived_is_said(trail: Cloud, capsys: pytest.CaptureFixture[str]) -> None:
    assert not audit.verify(trail, today(), today())
    assert "Nothing has been archived" in capsys.readouterr().out

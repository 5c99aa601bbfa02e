"""Checks the archived audit trail: that segment follows segment, that every seal is KMS's, that no row is
there twice and none was changed in the table. Reads only the locked bucket, and asks KMS about the seals.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Protocol

from botocore.exceptions import ClientError
from rich.table import Table

from functions.access.domain.segments import BrokenSegment, Chain, Segment, read
from functions.access.store.segments import ALGORITHM, KEY, PREFIX
from infra.local.cloud import CloudError
from infra.local.steps import console

LISTED = 20  # segments in the table at most; all are checked


class Clients(Protocol):
    """What makes clients: the embedded cloud, or the account of the current credentials."""

    def client(self, service: str) -> Any: ...


class Account:
    """The AWS account of the current credentials."""

    def client(self, service: str) -> Any:
        """A client of it."""
        import boto3

        return boto3.session.Session().client(service)


@dataclass(frozen=True)
class Checked:
    """A segment's number, when it was made, how many rows it has, and whether all is well with it."""

    number: int
    made: str
    rows: int
    well: bool


def verify(clients: Clients, first: date, last: date) -> bool:
    """Check the segments that were kept from `first` to `last` (UTC days, inclusive) and print what was
    found; whether all is well.
    """
    s3, kms = clients.client("s3"), clients.client("kms")
    bucket = _bucket(clients)
    chain, checked = Chain(), list[Checked]()
    for key in _keys(s3, bucket, first, last):
        known = len(chain.faults)
        try:
            segment = read(s3.get_object(Bucket=bucket, Key=key)["Body"].read())
        except BrokenSegment:
            chain.faults.append(f"{key}: is not a segment")
            continue
        except s3.exceptions.NoSuchKey:
            chain.faults.append(f"{key}: is hidden by a delete marker")
            continue
        chain.follow(segment, sealed=_sealed(kms, segment))
        header = segment.header
        checked.append(Checked(header.number, header.made, header.rows, len(chain.faults) == known))
    _print(chain, checked, first, last)
    return not chain.faults and bool(checked)


def _sealed(kms: Any, segment: Segment) -> bool:
    try:
        reply = kms.verify_mac(
            KeyId=KEY, MacAlgorithm=ALGORITHM, Message=bytes.fromhex(segment.digest), Mac=segment.mac
        )
    except ClientError as error:
        if error.response["Error"]["Code"] in ("KMSInvalidMacException", "ValidationException"):
            return False
        raise
    return bool(reply["MacValid"])


def _keys(s3: Any, bucket: str, first: date, last: date) -> Iterator[str]:
    """The segments of the days, by number; every version that ever had the key counts once, its first."""
    begin = datetime.combine(first, time.min, UTC)
    end = datetime.combine(last, time.min, UTC) + timedelta(days=1)
    found: dict[str, datetime] = {}
    for page in s3.get_paginator("list_object_versions").paginate(Bucket=bucket, Prefix=PREFIX):
        for one in page.get("Versions", []):
            key, at = one["Key"], one["LastModified"]
            found[key] = min(at, found.get(key, at))
    yield from (key for key in sorted(found) if begin <= found[key] < end)


def _bucket(clients: Clients) -> str:
    names: list[str] = [one["Name"] for one in clients.client("s3").list_buckets()["Buckets"]]
    found = [name for name in names if re.fullmatch(r"skolkit-audit-\d{12}-[a-z0-9-]+", name)]
    if len(found) != 1:
        raise CloudError(
            "There is no archive of the audit trail here. Start the system with `python3 -m infra run`, or "
            "sign in to the municipality's AWS account and give --aws."
        )
    return found[0]


def _print(chain: Chain, checked: list[Checked], first: date, last: date) -> None:
    table = Table(title=f"Audit trail {first} – {last}", title_justify="left")
    for name, justify in (("segment", "right"), ("made (UTC)", "left"), ("rows", "right"), ("", "left")):
        table.add_column(name, justify=justify)  # type: ignore[arg-type]
    for one in checked[-LISTED:]:
        made = one.made[:19].replace("T", " ")
        table.add_row(str(one.number), made, str(one.rows), "ok" if one.well else "[red]FAULT[/red]")
    if len(checked) > LISTED:
        table.caption = f"the last {LISTED} of {len(checked)} segments"
    console.print(table)
    for fault in chain.faults[:100]:
        console.print(f"  {fault}", style="red", markup=False)
    if not checked:
        console.print("Nothing has been archived in these days.", style="red")
        return
    state = f"{len(chain.faults)} faults." if chain.faults else "Whole: chain, seals and rows are right."
    console.print(
        f"{len(checked)} segments, {chain.rows} rows. {state}", style="red" if chain.faults else "green"
    )

"""Register extracts: one item per request, and which of them are still waiting for an area."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from pynamodb.attributes import BooleanAttribute, UnicodeAttribute

from functions.access.store.base import AccessItem
from skolkit.clock import now, stamp
from skolkit.config import table_name
from skolkit.jobs import JobItem
from skolkit.types import PersonId, new_id

KEPT_DAYS = 30  # as the files: the lifecycle rule of the extracts bucket


class ExtractItem(JobItem, discriminator="extract"):
    """An extract of what is kept about `person`; `place` says which areas it waits for and since when."""

    person = UnicodeAttribute()
    contacts = BooleanAttribute()

    class Meta:
        table_name = table_name("access")


class OpenExtractItem(AccessItem, discriminator="open_extract"):
    """An extract that is not whole yet."""


class ExtractAboutItem(AccessItem, discriminator="extract_about"):
    """That there is an extract, with whom it is about."""


def new_extract(
    person: PersonId, by: PersonId, areas: Sequence[str], *, contacts: bool
) -> tuple[ExtractItem, OpenExtractItem, ExtractAboutItem]:
    """The items of a request that waits for `areas`: the job, its mark, and its row with the person."""
    id, at = new_id(), now()
    item = ExtractItem(
        f"JOB#{id}", "JOB", job="request_extract", asked_by=by, asked=stamp(at), state="running",
        total=len(areas), person=person, contacts=contacts,
        place={"waiting": list(areas), "since": stamp(at), "asks": 1},
        expires=int((at + timedelta(days=KEPT_DAYS)).timestamp()),
    )  # fmt: skip
    return item, open_extract(id), ExtractAboutItem(f"PERSON#{person}", f"EXTRACT#{id}", expires=item.expires)


def open_extract(id: str) -> OpenExtractItem:
    """The mark of an extract that is not whole yet."""
    return OpenExtractItem("EXTRACTS#OPEN", id)


def find_extract(id: str) -> ExtractItem | None:
    """One consistent get."""
    return ExtractItem.find(f"JOB#{id}", "JOB")


def extracts_about(person: PersonId) -> Iterator[ExtractItem]:
    """The extracts about a person. One consistent query, and a get for each."""
    for row in ExtractAboutItem.query(f"PERSON#{person}", consistent_read=True):
        if item := find_extract(str(row.sk).removeprefix("EXTRACT#")):
            yield item


def has_expired(item: ExtractItem, at: datetime) -> bool:
    """Whether its files are gone; DynamoDB removes the item itself up to two days late."""
    return int(item.expires or 0) <= at.timestamp()


def open_extracts() -> Iterator[str]:
    """The extracts that are not whole yet. One consistent query per megabyte."""
    rows = OpenExtractItem.query("EXTRACTS#OPEN", consistent_read=True)
    return (str(row.sk) for row in rows)


def audit_about(person: PersonId) -> Iterator[dict[str, str]]:
    """The audit trail about one person, oldest first. One query per megabyte."""
    from skolkit.config import AUDIT_TABLE
    from skolkit.table import dynamodb

    pages = dynamodb().get_paginator("query").paginate(
        TableName=AUDIT_TABLE,
        KeyConditionExpression="pk = :pk",
        ExpressionAttributeValues={":pk": {"S": f"ABOUT#{person}"}},
        ConsistentRead=True,
    )  # fmt: skip
    for page in pages:
        for row in page["Items"]:
            yield {name: value["S"] for name, value in row.items() if "S" in value}

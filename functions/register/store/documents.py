"""Documents about leaving pupils in the bucket of documents: letters, data, packages."""

from __future__ import annotations

from collections.abc import Iterable

from functions.register.domain.handover import digest
from skolkit.aws import client
from skolkit.config import documents_bucket

LINK_SECONDS = 300
FOLDER = "register/leaving/"
TYPES = {
    "letter": ("html", "text/html; charset=utf-8"),
    "text": ("txt", "text/plain; charset=utf-8"),
    "data": ("json", "application/json; charset=utf-8"),
}


def put(name: str, kind: str, content: bytes) -> tuple[str, str, str]:
    """Store a document of a kind; kind, key and SHA-256. `name` is made of ids. One round trip to S3."""
    ending, media = TYPES[kind]
    key = f"{FOLDER}{name}.{ending}"
    client("s3").put_object(
        Bucket=documents_bucket(),
        Key=key,
        Body=content,
        ContentType=media,
        ContentDisposition=f'attachment; filename="{name.rpartition("/")[2]}.{ending}"',
    )
    return kind, key, digest(content)


def link(key: str) -> str:
    """Where to fetch a document for five minutes. No round trip."""
    url: str = client("s3").generate_presigned_url(
        "get_object", Params={"Bucket": documents_bucket(), "Key": key}, ExpiresIn=LINK_SECONDS
    )
    return url


def handovers(case: str) -> set[str]:
    """The jobs that have made packages of a case. One round trip to S3."""
    beginning = f"{FOLDER}{case}/handover-"
    pages = (
        client("s3").get_paginator("list_objects_v2").paginate(Bucket=documents_bucket(), Prefix=beginning)
    )
    keys = (entry["Key"] for page in pages for entry in page.get("Contents", ()))
    return {key.removeprefix(beginning).partition(".")[0] for key in keys}


def remove(keys: Iterable[str]) -> None:
    """Take documents away: no link leads to them any more. One round trip each."""
    for key in keys:
        client("s3").delete_object(Bucket=documents_bucket(), Key=key)

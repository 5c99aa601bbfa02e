"""Papers of investigations in the bucket of documents: `attendance/inquiries/<case>/<paper>.pdf`."""

from __future__ import annotations

import hashlib

from skolkit.aws import client
from skolkit.config import documents_bucket

LINK_SECONDS = 300


def _key(case: str, paper: str) -> str:
    return f"attendance/inquiries/{case}/{paper}.pdf"


def put(case: str, paper: str, content: bytes) -> str:
    """Store a paper; its SHA-256. One round trip to S3."""
    client("s3").put_object(
        Bucket=documents_bucket(), Key=_key(case, paper), Body=content, ContentType="application/pdf",
        ContentDisposition=f'attachment; filename="utredning-{paper}.pdf"',
    )  # fmt: skip
    return hashlib.sha256(content).hexdigest()


def link(case: str, paper: str) -> str:
    """Where to fetch a paper for five minutes. No round trip."""
    url: str = client("s3").generate_presigned_url(
        "get_object", Params={"Bucket": documents_bucket(), "Key": _key(case, paper)}, ExpiresIn=LINK_SECONDS
    )
    return url


def remove(case: str, paper: str) -> None:
    """Take a paper away: no link leads to it any more. One round trip to S3."""
    client("s3").delete_object(Bucket=documents_bucket(), Key=_key(case, paper))

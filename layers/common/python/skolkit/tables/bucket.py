"""Where the files of tables are: uploads by a form that S3 checks, downloads by links that soon expire.

`uploads/`, `work/`, `reports/` and `exports/` of the bucket of tables, each below the area's name; every one
has a lifecycle of its own, which is `DAYS`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any, Literal

from skolkit.aws import client
from skolkit.config import bucket, settings

Kind = Literal["uploads", "work", "reports", "exports"]
DAYS: Mapping[Kind, int] = {"uploads": 7, "work": 30, "reports": 7, "exports": 1}
UPLOAD_SECONDS = 900
LINK_SECONDS = 300
# Without the right to list, S3 says of a file that is not there that one may not read it.
_MISSING = {"NoSuchKey", "404", "AccessDenied", "403"}


def key(kind: Kind, *parts: str) -> str:
    """A key below the area's own prefix."""
    return "/".join((kind, settings().area, *parts))


def upload_form(key: str, content_type: str, most: int) -> dict[str, Any]:
    """`{url, fields}` of a form that takes one file of this key and type and at most `most` bytes."""
    form: dict[str, Any] = client("s3").generate_presigned_post(
        Bucket=bucket("tables"),
        Key=key,
        Fields={"Content-Type": content_type},
        Conditions=[{"Content-Type": content_type}, ["content-length-range", 1, most]],
        ExpiresIn=UPLOAD_SECONDS,
    )
    return form


def link(key: str, name: str) -> str:
    """A link that downloads a file under a name, for five minutes."""
    disposition = f'attachment; filename="{name}"'
    url: str = client("s3").generate_presigned_url(
        "get_object",
        Params={"Bucket": bucket("tables"), "Key": key, "ResponseContentDisposition": disposition},
        ExpiresIn=LINK_SECONDS,
    )
    return url


def get(key: str) -> bytes | None:
    """A file's content, or None. Only for files known to be small."""
    from botocore.exceptions import ClientError

    try:
        return bytes(client("s3").get_object(Bucket=bucket("tables"), Key=key)["Body"].read())
    except ClientError as error:
        if error.response["Error"]["Code"] in _MISSING:
            return None
        raise


def size_of(key: str) -> int | None:
    """A file's size in bytes, or None when there is none."""
    from botocore.exceptions import ClientError

    try:
        return int(client("s3").head_object(Bucket=bucket("tables"), Key=key)["ContentLength"])
    except ClientError as error:
        if error.response["Error"]["Code"] in _MISSING:
            return None
        raise


def put(key: str, content: bytes, content_type: str = "application/json") -> None:
    """Write a file."""
    client("s3").put_object(Bucket=bucket("tables"), Key=key, Body=content, ContentType=content_type)


def get_json(key: str) -> Any:
    """A file of ours as JSON, or None."""
    content = get(key)
    return None if content is None else json.loads(content)


def put_json(key: str, value: Any) -> None:
    """Write a file of ours as JSON."""
    put(key, json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode())


def remove(keys: Iterable[str]) -> None:
    """Delete files, at once for whoever has a link to one; S3 forgets the old version within a day."""
    for one in keys:
        client("s3").delete_object(Bucket=bucket("tables"), Key=one)

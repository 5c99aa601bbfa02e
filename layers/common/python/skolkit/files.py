"""Files that people send and fetch, in the bucket of imports under `tables/<area>/`: uploads by a form that
S3 checks, downloads by links that soon expire.
"""

from __future__ import annotations

import json
import os
from typing import Any

from skolkit.aws import client
from skolkit.config import ConfigError, settings

UPLOAD_SECONDS = 900
LINK_SECONDS = 300


def bucket() -> str:
    """The bucket of imports, exports and their reports."""
    name = os.environ.get("SKOLKIT_FILES", "")
    if not name:
        raise ConfigError("SKOLKIT_FILES is not set")
    return name


def key_of(*parts: str) -> str:
    """A key under the area's own prefix."""
    return "/".join(("tables", settings().area, *parts))


def upload_form(key: str, content_type: str, most: int) -> dict[str, Any]:
    """`{url, fields}` of a form that takes one file of this key and type and at most `most` bytes."""
    form: dict[str, Any] = client("s3").generate_presigned_post(
        Bucket=bucket(),
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
        Params={"Bucket": bucket(), "Key": key, "ResponseContentDisposition": disposition},
        ExpiresIn=LINK_SECONDS,
    )
    return url


def get(key: str) -> bytes | None:
    """A file's content, or None. Only for files known to be small."""
    from botocore.exceptions import ClientError

    try:
        return bytes(client("s3").get_object(Bucket=bucket(), Key=key)["Body"].read())
    except ClientError as error:
        if error.response["Error"]["Code"] in {"NoSuchKey", "404"}:
            return None
        raise


def size_of(key: str) -> int | None:
    """A file's size in bytes, or None when there is none."""
    from botocore.exceptions import ClientError

    try:
        return int(client("s3").head_object(Bucket=bucket(), Key=key)["ContentLength"])
    except ClientError as error:
        if error.response["Error"]["Code"] in {"NoSuchKey", "404"}:
            return None
        raise


def put(key: str, content: bytes, content_type: str = "application/json") -> None:
    """Write a file."""
    client("s3").put_object(Bucket=bucket(), Key=key, Body=content, ContentType=content_type)


def get_json(key: str) -> Any:
    """A file of ours as JSON, or None."""
    content = get(key)
    return None if content is None else json.loads(content)


def put_json(key: str, value: Any) -> None:
    """Write a file of ours as JSON."""
    put(key, json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode())

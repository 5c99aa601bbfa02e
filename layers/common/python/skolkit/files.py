"""Files that people send each other: uploaded into quarantine by a form that S3 checks, read there by the
scanner alone, released to be fetched by a link that soon expires (decision 0031).

`quarantine/` and `released/` of the bucket of files, each below the area's name. Keys and links hold ids,
never what a file is called: its name is a header of the released object.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Any
from urllib.parse import quote

from skolkit.aws import client
from skolkit.config import bucket, settings
from skolkit.types import is_id

QUARANTINE, RELEASED = "quarantine", "released"
QUARANTINE_DAYS = 7
UPLOAD_SECONDS = 900
LINK_SECONDS = 300
# Without the right to list, S3 says of a file that is not there that one may not read it.
_MISSING = {"NoSuchKey", "404", "AccessDenied", "403"}


def upload_form(id: str, content_type: str, size: int) -> dict[str, Any]:
    """`{url, fields}` of a form that takes one file of this type, of at least one byte and at most `size`."""
    form: dict[str, Any] = client("s3").generate_presigned_post(
        Bucket=bucket("files"),
        Key=_key(QUARANTINE, id),
        Fields={"Content-Type": content_type},
        Conditions=[{"Content-Type": content_type}, ["content-length-range", 1, size]],
        ExpiresIn=UPLOAD_SECONDS,
    )
    return form


def arrived(key: str) -> str | None:
    """The id of the file that came into the area's quarantine; None for a key that is none of ours."""
    prefix = _key(QUARANTINE, "")
    id = key.removeprefix(prefix)
    return id if key.startswith(prefix) and is_id(id) else None


def in_quarantine(id: str) -> bytes | None:
    """A file's content before it is released; None when it has gone."""
    from botocore.exceptions import ClientError

    try:
        return bytes(client("s3").get_object(Bucket=bucket("files"), Key=_key(QUARANTINE, id))["Body"].read())
    except ClientError as error:
        if error.response["Error"]["Code"] in _MISSING:
            return None
        raise


def release(id: str, content: bytes, content_type: str, name: str) -> None:
    """Give out exactly what was scanned, to be saved under its name and never shown by a browser."""
    client("s3").put_object(
        Bucket=bucket("files"), Key=_key(RELEASED, id), Body=content, ContentType=content_type,
        ContentDisposition=disposition(name),
    )  # fmt: skip


def leave_quarantine(id: str) -> None:
    """Delete a file that has been scanned."""
    client("s3").delete_object(Bucket=bucket("files"), Key=_key(QUARANTINE, id))


def forget(id: str) -> None:
    """Delete a released file; who has a link to it gets nothing any more."""
    client("s3").delete_object(Bucket=bucket("files"), Key=_key(RELEASED, id))


def link(id: str) -> str:
    """A link that downloads a released file, for five minutes."""
    url: str = client("s3").generate_presigned_url(
        "get_object", Params={"Bucket": bucket("files"), "Key": _key(RELEASED, id)}, ExpiresIn=LINK_SECONDS
    )
    return url


def disposition(name: str) -> str:
    """The header by which a file is saved under its name, whatever the letters (RFC 6266, RFC 5987).

    >>> print(disposition('Läsår "1".pdf'))
    attachment; filename="Lasar _1_.pdf"; filename*=UTF-8''L%C3%A4s%C3%A5r%20%221%22.pdf
    """
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    plain = re.sub(r'[^ -~]|["\\%]', "_", plain)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"


def _key(folder: str, id: str) -> str:
    return f"{folder}/{settings().area}/{id}"

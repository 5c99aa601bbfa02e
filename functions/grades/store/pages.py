"""Signed pages: the file in the locked bucket, `pages/grades/<period>/<activity>/<order>.pdf`, and what is
known of it, `PERIOD#<period>` / `PAGE#<activity>#<number>`.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any, cast

from pynamodb.attributes import NumberAttribute, UnicodeAttribute

from functions.grades.domain.pages import Kind, SignedPage, Signer
from functions.grades.store import GradesItem
from skolkit.aws import client
from skolkit.clock import stamp
from skolkit.config import bucket
from skolkit.cursor import seal, unseal
from skolkit.types import PersonId, UnitId

LINK_SECONDS = 300


class PageItem(GradesItem, discriminator="catalogue_page"):
    """A signed page; put once."""

    unit = UnicodeAttribute()
    page_kind = UnicodeAttribute()
    order = UnicodeAttribute()
    sha256 = UnicodeAttribute()
    object_version = UnicodeAttribute()
    made = UnicodeAttribute()
    signers = UnicodeAttribute()
    pupils = UnicodeAttribute()
    named = UnicodeAttribute()
    entries = NumberAttribute()


def _file(period: str, activity: str, order: str) -> str:
    return f"pages/grades/{period}/{activity}/{order}.pdf"


def put_file(period: str, activity: str, order: str, content: bytes) -> str:
    """Store a file; its version in the bucket, which stays whatever is put there later. One round trip."""
    done = client("s3").put_object(
        Bucket=bucket("catalogue"), Key=_file(period, activity, order), Body=content,
        ContentType="application/pdf", ChecksumAlgorithm="SHA256",
        ContentDisposition=f'attachment; filename="betygskatalog-{order}.pdf"',
    )  # fmt: skip
    return str(done["VersionId"])


def link(page: SignedPage) -> str:
    """Where to fetch a page for five minutes. No round trip."""
    where = {"Bucket": bucket("catalogue"), "Key": _file(page.period, page.activity, page.order)}
    url: str = client("s3").generate_presigned_url(
        "get_object", Params=where | {"VersionId": page.version}, ExpiresIn=LINK_SECONDS
    )
    return url


def page_item(page: SignedPage) -> PageItem:
    """The item of a new page."""
    signers = [[s.person, s.role, stamp(s.at), stamp(s.signed_in_at), s.level] for s in page.signers]
    return PageItem(
        f"PERIOD#{page.period}", f"PAGE#{page.activity}#{page.number:05}", unit=page.unit,
        page_kind=page.kind, entries=page.entries,
        order=page.order, sha256=page.sha256, object_version=page.version, made=stamp(page.made),
        signers=_compact(signers), pupils=_compact(page.pupils), named=_compact(page.named),
    )  # fmt: skip


def find_page(period: str, activity: str, number: int) -> SignedPage | None:
    """One consistent get."""
    item = PageItem.find(f"PERIOD#{period}", f"PAGE#{activity}#{number:05}")
    return _page(item) if item else None


def last_page(period: str, activity: str) -> SignedPage | None:
    """The sheet's latest page. One consistent query."""
    begins = PageItem.sk.startswith(f"PAGE#{activity}#")
    found = PageItem.query(
        f"PERIOD#{period}", begins, scan_index_forward=False, limit=1, consistent_read=True
    )
    return next((_page(item) for item in found), None)


def pages_of(
    period: str, activity: str, limit: int = 100, cursor: str | None = None, *bound_to: str
) -> tuple[list[SignedPage], str | None]:
    """A part of a sheet's pages, the first first. One consistent query."""
    found = PageItem.query(
        f"PERIOD#{period}", PageItem.sk.startswith(f"PAGE#{activity}#"), limit=limit, consistent_read=True,
        last_evaluated_key=unseal(cursor, "pages", period, activity, *bound_to),
    )  # fmt: skip
    listed = [_page(item) for item in found]
    return listed, seal(found.last_evaluated_key, "pages", period, activity, *bound_to)


def _page(item: PageItem) -> SignedPage:
    _, activity, number = str(item.sk).split("#")
    return SignedPage(
        period=str(item.pk).removeprefix("PERIOD#"), activity=activity, unit=UnitId(item.unit),
        number=int(number), kind=cast("Kind", item.page_kind), order=item.order, sha256=item.sha256,
        version=item.object_version, made=_instant(item.made), entries=int(item.entries),
        signers=tuple(_signer(row) for row in json.loads(item.signers)),
        pupils=tuple(map(PersonId, json.loads(item.pupils))),
        named=tuple(map(PersonId, json.loads(item.named))),
    )  # fmt: skip


def _signer(row: list[Any]) -> Signer:
    person, role, at, signed_in, level = row
    return Signer(
        person=PersonId(person), role=role, at=_instant(at), signed_in_at=_instant(signed_in), level=level
    )


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def _compact(rows: object) -> str:
    return json.dumps(rows, separators=(",", ":"))

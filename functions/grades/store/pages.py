"""Signed pages: the file in the locked bucket, `pages/grades/<period>/<activity>/<order>.pdf`, and what is
known of it, `PERIOD#<period>` / `PAGE#<activity>#<number>`. Of a pupil's decisions that have no sheet
`pages/grades/-/-/<order>.pdf` and `PUPIL#<id>` / `PAGE#-#<number>`.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import cast

from pynamodb.attributes import NumberAttribute, UnicodeAttribute

from functions.grades.domain.pages import Kind, Series, SignedPage
from functions.grades.store import GradesItem
from functions.grades.store.orders import signer_of, signer_row
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


def _file(series: Series, order: str) -> str:
    return f"pages/grades/{series.period or '-'}/{series.activity or '-'}/{order}.pdf"


def _place(series: Series) -> tuple[str, str]:
    """The key of a series, and what its pages begin with."""
    if series.pupil:
        return f"PUPIL#{series.pupil}", "PAGE#-#"
    return f"PERIOD#{series.period}", f"PAGE#{series.activity}#"


def put_file(series: Series, order: str, content: bytes) -> str:
    """Store a file; its version in the bucket, which stays whatever is put there later. One round trip."""
    done = client("s3").put_object(
        Bucket=bucket("catalogue"), Key=_file(series, order), Body=content,
        ContentType="application/pdf", ChecksumAlgorithm="SHA256",
        ContentDisposition=f'attachment; filename="betygskatalog-{order}.pdf"',
    )  # fmt: skip
    return str(done["VersionId"])


def link(page: SignedPage) -> str:
    """Where to fetch a page for five minutes. No round trip."""
    where = {"Bucket": bucket("catalogue"), "Key": _file(page.series, page.order)}
    url: str = client("s3").generate_presigned_url(
        "get_object", Params=where | {"VersionId": page.version}, ExpiresIn=LINK_SECONDS
    )
    return url


def page_item(page: SignedPage) -> PageItem:
    """The item of a new page."""
    key, begins = _place(page.series)
    return PageItem(
        key, f"{begins}{page.number:05}", unit=page.unit, page_kind=page.kind, entries=page.entries,
        order=page.order, sha256=page.sha256, object_version=page.version, made=stamp(page.made),
        signers=_compact([signer_row(one) for one in page.signers]), pupils=_compact(page.pupils),
        named=_compact(page.named),
    )  # fmt: skip


def find_page(series: Series, number: int) -> SignedPage | None:
    """One consistent get."""
    key, begins = _place(series)
    item = PageItem.find(key, f"{begins}{number:05}")
    return _page(item) if item else None


def last_page(series: Series) -> SignedPage | None:
    """The latest page of a series. One consistent query."""
    key, begins = _place(series)
    found = PageItem.query(
        key, PageItem.sk.startswith(begins), scan_index_forward=False, limit=1, consistent_read=True
    )
    return next((_page(item) for item in found), None)


def pages_of(
    series: Series, limit: int = 100, cursor: str | None = None, *bound_to: str
) -> tuple[list[SignedPage], str | None]:
    """A part of a series, the first page first. One consistent query."""
    key, begins = _place(series)
    found = PageItem.query(
        key, PageItem.sk.startswith(begins), limit=limit, consistent_read=True,
        last_evaluated_key=unseal(cursor, "pages", key, begins, *bound_to),
    )  # fmt: skip
    listed = [_page(item) for item in found]
    return listed, seal(found.last_evaluated_key, "pages", key, begins, *bound_to)


def pages_of_pupil(pupil: PersonId) -> list[SignedPage]:
    """All pages of a pupil's decisions that have no sheet: as many as there are trials and corrections. One
    consistent query.
    """
    key, begins = _place(Series(pupil=pupil))
    return [_page(item) for item in PageItem.query(key, PageItem.sk.startswith(begins), consistent_read=True)]


def _page(item: PageItem) -> SignedPage:
    _, activity, number = str(item.sk).split("#")
    kind, _, of = str(item.pk).partition("#")
    series = Series(pupil=PersonId(of)) if kind == "PUPIL" else Series(period=of, activity=activity)
    return SignedPage(
        series=series, unit=UnitId(item.unit),
        number=int(number), kind=cast("Kind", item.page_kind), order=item.order, sha256=item.sha256,
        version=item.object_version, made=_instant(item.made), entries=int(item.entries),
        signers=tuple(signer_of(row) for row in json.loads(item.signers)),
        pupils=tuple(map(PersonId, json.loads(item.pupils))),
        named=tuple(map(PersonId, json.loads(item.named))),
    )  # fmt: skip


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def _compact(rows: object) -> str:
    return json.dumps(rows, separators=(",", ":"))

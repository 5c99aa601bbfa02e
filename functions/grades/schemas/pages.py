"""Signed pages and the municipality's certificates, as they are shown."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from functions.grades.schemas.common import Id
from skolkit.http import Shape


class PageSigner(Shape):
    """Who signed a page, as what, and when they signed in to do so."""

    person: Id
    role: Literal["teacher", "principal"]
    signed_timestamp: datetime
    signed_in_timestamp: datetime


class CataloguePage(Shape):
    """A signed page of the catalogue: its number on the sheet and the SHA-256 of its file."""

    number: int
    kind: Literal["decisions", "closing"]
    order: Id
    sha256: str
    created: datetime
    entries: int
    signers: list[PageSigner]


class CataloguePages(Shape):
    """Signed pages of a sheet, the first first."""

    data: list[CataloguePage]
    cursor: str | None


class CataloguePageLink(Shape):
    """Where to fetch a page, for how long, and what its file must add up to."""

    url: str
    seconds: int
    sha256: str


class CertificateView(Shape):
    """A certificate: `root` is the municipality's own, `seal` is on every page. Times RFC 3339."""

    kind: Literal["root", "seal"]
    pem: str
    sha256: str
    since: str
    until: str


class Certificates(Shape):
    """Every certificate that there has been."""

    certificates: list[CertificateView]

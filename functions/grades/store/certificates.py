"""The municipality's certificates, all of them, for as long as there are signatures to check: `CERTIFICATES`
/ `<kind>#<key>#<number>`. What can be replaced is the key in KMS, not what it has signed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, cast

from pynamodb.attributes import UnicodeAttribute

from functions.grades.store import GradesItem

Kind = Literal["root", "seal"]


class CertificateItem(GradesItem, discriminator="catalogue_certificate"):
    """A certificate, put once: who is first makes it."""

    pem = UnicodeAttribute()
    sha256 = UnicodeAttribute()
    since = UnicodeAttribute()
    until = UnicodeAttribute()


@dataclass(frozen=True, slots=True)
class Kept:
    """A certificate: whose key it is for (`signing.keys.Key.id`, of a seal its issuer's too), the number of
    that key's certificates, its text and fingerprint, and its days as RFC 3339.
    """

    kind: Kind
    key: str
    number: int
    pem: str
    sha256: str
    since: str
    until: str


def certificates() -> list[Kept]:
    """All certificates, those of a key in order. One consistent query."""
    return [_kept(item) for item in CertificateItem.query("CERTIFICATES", consistent_read=True)]


def certificate_item(kept: Kept) -> CertificateItem:
    """The item of a new certificate."""
    return CertificateItem(
        "CERTIFICATES", f"{kept.kind}#{kept.key}#{kept.number:03}", pem=kept.pem, sha256=kept.sha256,
        since=kept.since, until=kept.until,
    )  # fmt: skip


def _kept(item: CertificateItem) -> Kept:
    kind, key, number = str(item.sk).split("#")
    return Kept(cast("Kind", kind), key, int(number), item.pem, item.sha256, item.since, item.until)

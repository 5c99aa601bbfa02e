"""The municipality's certificates: made when first needed, published for everybody. Making them needs the
layer `signing`, reading them nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from functions.grades.schemas.pages import Certificates, CertificateView
from functions.grades.signing.keys import ISSUER, SEAL, Key, key
from functions.grades.store import certificates as store
from functions.grades.store.certificates import Kept, Kind
from functions.organisation.queries import MUNICIPALITY
from skolkit.audit import Trace
from skolkit.clock import now, stamp
from skolkit.retry import persist
from skolkit.table import commit

if TYPE_CHECKING:
    from functions.grades.signing.certificates import Certificate

RENEW = timedelta(days=90)  # a certificate is replaced this long before it ends
_SYSTEM = "system:write_page"


@dataclass(frozen=True, slots=True)
class Authority:
    """What the municipality signs with."""

    issuer: Key
    key: Key
    root: Certificate
    seal: Certificate


def list_certificates() -> Certificates:
    """All of the municipality's certificates. One round trip."""
    data = [
        CertificateView(kind=c.kind, pem=c.pem, sha256=c.sha256, since=c.since, until=c.until)
        for c in store.certificates()
    ]
    return Certificates(certificates=data)


def authority(municipality: str) -> Authority:
    """What to sign with today. One round trip, and once a process one for each key; the first time, and when
    a certificate is about to end or KMS has another key, two more for each certificate made.
    """
    return persist(partial(_authority, municipality, now()))


def _authority(municipality: str, at: datetime) -> Authority:
    from functions.grades.signing import certificates as make

    issuer, seal_key, known = key(ISSUER), key(SEAL), store.certificates()
    root = _good(known, "root", issuer.id, at)
    if root is None:
        root = make.root(municipality, issuer, at)
        _keep(known, "root", issuer.id, root)
    both = f"{root.sha256[:32]}{seal_key.id[:32]}"
    seal = _good(known, "seal", both, at)
    if seal is None:
        seal = make.seal(municipality, seal_key, root, issuer, at)
        _keep(known, "seal", both, seal)
    return Authority(issuer, seal_key, root, seal)


def _good(known: list[Kept], kind: Kind, of: str, at: datetime) -> Certificate | None:
    """The latest certificate of a key that lasts for a while yet."""
    from functions.grades.signing.certificates import roots

    mine = [one for one in known if (one.kind, one.key) == (kind, of) and one.until > stamp(at + RENEW)]
    return roots(mine[-1].pem)[0] if mine else None


def _keep(known: list[Kept], kind: Kind, of: str, made: Certificate) -> None:
    number = sum((one.kind, one.key) == (kind, of) for one in known) + 1
    kept = Kept(kind, of, number, made.pem, made.sha256, stamp(made.since), stamp(made.until))
    trace = Trace(_SYSTEM, "issue_certificate", MUNICIPALITY, changes=f"{kind} {made.sha256}")
    commit(store.certificate_item(kept), trace=trace)

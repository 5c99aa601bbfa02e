"""Signs a PDF (PAdES baseline B-B, ETSI EN 319 142-1; with a time-stamping service B-T): persons first, the
municipality's seal last. What the archive asks of the file (PDF/A-3, PDF/UA-1) stays true: a signature has no
picture, lies outside the page, and leaves the metadata alone.
"""

from __future__ import annotations

import io
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from asn1crypto.keys import PrivateKeyInfo
from asn1crypto.tsp import TimeStampReq, TimeStampResp
from asn1crypto.x509 import Certificate as Asn1
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import InvisSigSettings, MDPPerm, SigFieldSpec, SigSeedSubFilter
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner, Signer, SimpleSigner
from pyhanko.sign.timestamps import TimeStamper
from pyhanko.sign.validation.dss import DocumentSecurityStore
from pyhanko_certvalidator.registry import SimpleCertificateStore

from functions.grades.signing.certificates import Certificate, OneTime
from functions.grades.signing.keys import Key

SEAL_FIELD = "Sigill"
_TIMEOUT = 10  # seconds for the time-stamping service


@dataclass(frozen=True, slots=True)
class Personal:
    """A person's signature: with what, and why, in words that it covers."""

    with_: OneTime
    reason: str


@dataclass(frozen=True, slots=True)
class Sealing:
    """The municipality's seal: its certificate and who issued that, its key in KMS, why; `timestamps` is the
    address of a service ("" none).
    """

    certificate: Certificate
    root: Certificate
    key: Key
    reason: str
    municipality: str
    timestamps: str = ""


def signed(pdf: bytes, persons: Sequence[Personal], sealing: Sealing) -> bytes:
    """The PDF with every signature, the seal last, and all their certificates up to the municipality's own.
    Calls KMS once, the time-stamping service at most once. Raises what those raise.
    """
    chain = [*(person.with_.certificate for person in persons), sealing.certificate, sealing.root]
    for number, person in enumerate(persons, start=1):
        certificate = Asn1.load(person.with_.certificate.der)
        signer = SimpleSigner(
            signing_cert=certificate, signing_key=PrivateKeyInfo.load(person.with_.private),
            cert_registry=SimpleCertificateStore(), embed_roots=False,
        )  # fmt: skip
        first = chain if number == 1 else []
        pdf = _added(pdf, f"Underskrift{number}", signer, person.reason, sealing, first)
    stamper = _Stamper(sealing.timestamps) if sealing.timestamps else None
    last = _KmsSigner(sealing)
    return _added(
        pdf, SEAL_FIELD, last, sealing.reason, sealing, [] if persons else chain,
        digest=sealing.key.hash, stamper=stamper,
    )  # fmt: skip


class _Untouched(IncrementalPdfFileWriter):  # type: ignore[misc]
    """Leaves the document's metadata as Typst wrote it: PDF/A wants its two places to say the same."""

    def _update_meta(self) -> None:
        pass


class _KmsSigner(Signer):  # type: ignore[misc]
    """Signs with a key that never leaves KMS."""

    def __init__(self, sealing: Sealing) -> None:
        super().__init__(signing_cert=Asn1.load(sealing.certificate.der), embed_roots=False)
        self._key = sealing.key

    async def async_sign_raw(self, data: bytes, digest_algorithm: str, dry_run: bool = False) -> bytes:
        if dry_run:
            return bytes(512)  # as long as any signature of ours
        if digest_algorithm != self._key.hash:
            raise ValueError(f"the key signs {self._key.hash}, not {digest_algorithm}")
        return self._key.sign(data)


class _Stamper(TimeStamper):  # type: ignore[misc]
    """A time-stamping service (RFC 3161) over HTTP."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self._url = url

    async def async_request_tsa_response(self, req: TimeStampReq) -> TimeStampResp:
        asked = urllib.request.Request(
            self._url, data=req.dump(), headers={"Content-Type": "application/timestamp-query"}
        )
        with urllib.request.urlopen(asked, timeout=_TIMEOUT) as answer:
            return TimeStampResp.load(answer.read())


def _added(
    pdf: bytes, field: str, signer: Any, reason: str, sealing: Sealing, first: Sequence[Certificate], *,
    digest: str = "sha256", stamper: TimeStamper | None = None,
) -> bytes:  # fmt: skip
    """One more signature. The `first` also says what may come after it, signatures and nothing else, and lays
    certificates in the document's security store (DSS, ETSI EN 319 142-1 5.4), which every signature covers.
    """
    writer = _Untouched(io.BytesIO(pdf))
    if first:
        certificates = [Asn1.load(one.der) for one in first]
        DocumentSecurityStore.supply_dss_in_writer(writer, None, certs=certificates)
    about = PdfSignatureMetadata(
        field_name=field,
        md_algorithm=digest,
        subfilter=SigSeedSubFilter.PADES,
        reason=reason,
        location=sealing.municipality,
        certify=bool(first),
        docmdp_permissions=MDPPerm.FILL_FORMS,
    )
    place = SigFieldSpec(
        field,
        readable_field_name="Kommunens sigill" if field == SEAL_FIELD else "Personlig underskrift",
        invis_sig_settings=InvisSigSettings(box_out_of_bounds=True),
    )
    made = PdfSigner(about, signer=signer, timestamper=stamper, new_field_spec=place).sign_pdf(writer)
    content: bytes = made.getvalue()
    return content

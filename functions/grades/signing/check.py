"""Whether a signed PDF still is what was signed, by pyHanko's own validator and against the municipality's
certificate alone. Stricter than PDF readers: not one byte may differ, also where no signature looks.
"""

from __future__ import annotations

import io
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from asn1crypto.cms import ContentInfo
from asn1crypto.x509 import Certificate as Asn1
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import ModificationLevel
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.settings import KeyUsageConstraints
from pyhanko.sign.validation.status import SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext

from functions.grades.signing.certificates import ONE_TIME, Certificate
from functions.grades.signing.pades import SEAL_FIELD

# It tells every difference with its content, to a log that must not have it.
logging.getLogger("pyhanko").setLevel(logging.CRITICAL + 1)
logging.getLogger("pyhanko_certvalidator").setLevel(logging.CRITICAL + 1)


@dataclass(frozen=True, slots=True)
class Signature:
    """One signature: its field, who signed (the certificate's words), when by their own clock and why.
    `intact`: what it covers is unchanged; `trusted`: the municipality issued its certificate, good at that
    time; `whole`: it covers the file to its end, which only the seal does; `stamped`: when a time-stamping
    service saw it.
    """

    field: str
    signer: str
    organisation: str
    person: str | None
    role: str | None
    at: datetime | None
    reason: str
    intact: bool
    trusted: bool
    whole: bool
    stamped: datetime | None = None


@dataclass(frozen=True, slots=True)
class Checked:
    """What was found: the signatures in order, the attached files by name, and everything that is wrong."""

    signatures: tuple[Signature, ...]
    attached: dict[str, bytes]
    faults: tuple[str, ...]


def check(pdf: bytes, trusted: Sequence[Certificate]) -> Checked:
    """Look at a file, which may be anything."""
    try:
        reader = PdfFileReader(io.BytesIO(pdf), strict=True)
        embedded = list(reader.embedded_signatures)
        found = tuple(_signature(one, trusted) for one in embedded)
        faults = [fault for one in embedded for fault in _loose(pdf, one)]
        return Checked(found, _attached(reader), (*_faults(found), *faults))
    except Exception as error:  # noqa: BLE001 - a damaged file breaks the reader in any way
        return Checked((), {}, (f"filen går inte att läsa som undertecknad PDF ({type(error).__name__})",))


def _signature(embedded: Any, trusted: Sequence[Certificate]) -> Signature:
    at: datetime | None = embedded.self_reported_timestamp
    context = ValidationContext(
        trust_roots=[Asn1.load(one.der) for one in trusted], allow_fetching=False, moment=at
    )
    status = validate_pdf_signature(
        embedded, context, key_usage_settings=KeyUsageConstraints(key_usage={"non_repudiation"})
    )
    only_signed = status.modification_level in (ModificationLevel.NONE, ModificationLevel.FORM_FILLING)
    subject = embedded.signer_cert.subject.native
    stamp = status.timestamp_validity
    return Signature(
        field=embedded.field_name,
        signer=subject.get("common_name", ""),
        organisation=subject.get("organization_name", ""),
        person=subject.get("serial_number"),
        role=subject.get("title"),
        at=at,
        reason=str(embedded.sig_object.get("/Reason", "")),
        intact=bool(status.intact and status.valid and status.docmdp_ok and only_signed),
        trusted=bool(status.trusted),
        whole=status.coverage == SignatureCoverageLevel.ENTIRE_FILE,
        stamped=stamp.timestamp if stamp and stamp.intact and stamp.valid else None,
    )


def _faults(found: Sequence[Signature]) -> list[str]:
    """What is wrong with the signatures as a whole."""
    if not found:
        return ["filen har ingen underskrift"]
    *persons, last = found
    faults = [f"{one.field}: innehållet är ändrat" for one in found if not one.intact]
    faults += [f"{one.field}: certifikatet är inte kommunens" for one in found if not one.trusted]
    if last.field != SEAL_FIELD or last.person or not last.whole:
        faults.append("kommunens sigill är inte det sista i filen")
    for one in persons:
        if not one.person:
            faults.append(f"{one.field}: certifikatet är ingen persons")
        if not (one.at and last.at and one.at <= last.at <= one.at + ONE_TIME):
            faults.append(f"{one.field}: tiden stämmer inte med sigillets")
    return faults


def _loose(pdf: bytes, embedded: Any) -> list[str]:
    """What no signature covers: the signature itself, which has one way to be written, and no room beside."""
    start, end = embedded.byte_range[1], embedded.byte_range[2]
    content = ContentInfo.load(embedded.pkcs7_content)
    written = content.dump(force=True)  # as DER has it, without room in its frame
    room = end - start - 2 - 2 * len(written)
    if pdf[start:end] != b"<" + written.hex().upper().encode() + b"0" * room + b">":
        return [f"{embedded.field_name}: underskriften är omskriven"]
    signed = content["content"]
    info = signed["signer_infos"][0]
    told = [
        content["content_type"].native == "signed_data",
        signed["version"].native == "v1",
        signed["digest_algorithms"].dump() == _set_of(info["digest_algorithm"].dump()),
        info["version"].native == "v1",
        info["sid"].chosen["issuer"].dump() == embedded.signer_cert.issuer.dump(),
        len(signed["signer_infos"]) == 1,
        len(signed["certificates"]) == 1,
        signed["crls"].native is None,
    ]
    return [] if all(told) else [f"{embedded.field_name}: underskriften är omskriven"]


def _set_of(der: bytes) -> bytes:
    return b"\x31" + bytes([len(der)]) + der


def _attached(reader: PdfFileReader) -> dict[str, bytes]:
    """The attached files by name."""
    names = reader.root["/Names"]["/EmbeddedFiles"]["/Names"]
    return {str(names[n]): names[n + 1]["/EF"]["/F"].data for n in range(0, len(names), 2)}

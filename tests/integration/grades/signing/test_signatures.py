"""A signed page holds for pyHanko's own validator and for poppler; a page that was touched does not."""

from __future__ import annotations

import io
import json
import random
import re
import shutil
import subprocess
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from asn1crypto.x509 import Certificate as Asn1
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding
from pyhanko.pdf_utils.generic import TextStringObject
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.dss import DocumentSecurityStore
from pyhanko_certvalidator import ValidationContext

from functions.grades.domain import pages
from functions.grades.signing import certificates
from functions.grades.signing.check import check
from functions.grades.signing.keys import RAW_LIMIT, SEAL, KeyNotForSigning, key
from infra.local.cloud import Cloud
from skolkit.clock import now
from tests.integration.grades.signing.conftest import Municipality
from tests.support.pages import PRINCIPAL, TEACHER, a_page, signing, words


def test_a_page_is_signed_by_the_teacher_and_sealed_by_the_municipality(
    municipality: Municipality, signed: bytes
) -> None:
    checked = check(signed, [municipality.root])
    teacher, seal = checked.signatures
    assert checked.faults == ()
    assert (teacher.person, teacher.role, teacher.organisation) == (TEACHER, "Lärare", "Vallmo kommun")
    assert (teacher.intact, teacher.trusted, teacher.whole) == (True, True, False)
    assert teacher.reason == pages.reason(a_page(), signing())
    assert (seal.field, seal.person, seal.signer) == ("Sigill", None, "Betygskatalogens sigill")
    assert (seal.intact, seal.trusted, seal.whole) == (True, True, True)
    said = json.loads(checked.attached["beslut.json"])
    assert (len(said["entries"]), pages.broken(said)) == (30, [])


def test_pyhankos_own_validator_needs_nothing_of_ours(municipality: Municipality, signed: bytes) -> None:
    for one in PdfFileReader(io.BytesIO(signed)).embedded_signatures:
        context = ValidationContext(
            trust_roots=[Asn1.load(municipality.root.der)], allow_fetching=False, moment=now()
        )
        assert validate_pdf_signature(one, context).bottom_line
    assert re.search(rb"/SubFilter\s*/ETSI\.CAdES\.detached", signed)


def test_two_persons_may_sign(municipality: Municipality) -> None:
    page = replace(a_page(3), signings=(signing(size=3), signing(PRINCIPAL, 3)))
    checked = check(municipality.sign(page, words(3)), [municipality.root])
    assert checked.faults == ()
    assert [one.role for one in checked.signatures] == ["Lärare", "Rektor", None]


@pytest.mark.skipif(shutil.which("pdfsig") is None, reason="poppler's pdfsig is not installed")
def test_poppler_says_the_same(signed: bytes, tmp_path: Path) -> None:
    page = tmp_path / "page.pdf"
    page.write_bytes(signed)
    told = subprocess.run(
        ["pdfsig", "-nocert", str(page)], capture_output=True, text=True, check=False
    ).stdout
    assert told.count("Signature is Valid.") == 2
    assert told.count("Total document signed") == 1
    altered = bytearray(signed)
    altered[signed.index(b"/Creator") + 10] ^= 1
    page.write_bytes(altered)
    told = subprocess.run(
        ["pdfsig", "-nocert", str(page)], capture_output=True, text=True, check=False
    ).stdout
    assert "Signature is Valid." not in told


@pytest.mark.skipif(
    not (shutil.which("pdfsig") and shutil.which("certutil")), reason="no pdfsig, or no certutil (NSS)"
)
def test_poppler_trusts_who_trusts_the_municipality(
    municipality: Municipality, signed: bytes, tmp_path: Path
) -> None:
    """The README's own lines."""
    (tmp_path / "kommun.pem").write_text(municipality.root.pem)
    (tmp_path / "sida1.pdf").write_bytes(signed)
    (tmp_path / "nss").mkdir()

    def ran(command: str) -> str:
        done = subprocess.run(command.split(), cwd=tmp_path, capture_output=True, text=True, check=True)
        return done.stdout

    ran("certutil -d nss -N --empty-password")
    assert "Certificate is Trusted." not in ran("pdfsig -nssdir nss sida1.pdf")
    ran("certutil -d nss -A -n kommun -t CT,C,C -i kommun.pem")
    assert ran("pdfsig -nssdir nss sida1.pdf").count("Certificate is Trusted.") == 2


def test_one_byte_altered_anywhere_is_found(municipality: Municipality) -> None:
    """Everywhere a few, and in the seal itself, which no signature covers, many: in its frame, its text, its
    padding. (Seven bits of every byte of it have been tried once: four escaped, in the length that its frame
    gives, and are refused since.)
    """
    signed = municipality.sign(a_page(1), words(1))
    seal = list(PdfFileReader(io.BytesIO(signed)).embedded_signatures)[-1]
    start, end = seal.byte_range[1], seal.byte_range[2]
    chance = random.Random(5)  # the same places every time
    places = [chance.randrange(len(signed)) for _ in range(30)] + [
        chance.randrange(start, end) for _ in range(60)
    ]
    for place in (start, end - 1, 0, len(signed) - 1, *places):
        altered = bytearray(signed)
        altered[place] ^= chance.choice((1, 2, 4, 8, 16, 32))
        assert check(bytes(altered), [municipality.root]).faults, place


def test_what_is_added_or_cut_off_is_found(municipality: Municipality, signed: bytes) -> None:
    for touched in (signed + b"\n", signed[:-1], signed[: len(signed) // 2], b"", b"%PDF-1.7", signed * 2):
        assert check(touched, [municipality.root]).faults
    writer = IncrementalPdfFileWriter(io.BytesIO(signed))
    writer.root["/Lang"] = TextStringObject("en")
    writer.update_root()
    out = io.BytesIO()
    writer.write(out)
    assert "kommunens sigill är inte det sista i filen" in check(out.getvalue(), [municipality.root]).faults


def test_decisions_swapped_in_the_attachment_are_found(municipality: Municipality, signed: bytes) -> None:
    """Of the same length, in an update that leaves the signed bytes alone."""
    writer = IncrementalPdfFileWriter(io.BytesIO(signed))
    names = writer.root["/Names"]["/EmbeddedFiles"]["/Names"]
    reference = names[1]["/EF"].raw_get("/F")
    stream = writer.get_object(reference.reference)
    stream._data = stream.data.replace(b'"value":"D"', b'"value":"A"')
    stream._encoded_data = None
    writer.mark_update(reference.reference)
    out = io.BytesIO()
    writer.write(out)
    checked = check(out.getvalue(), [municipality.root])
    assert any("Sigill" in fault for fault in checked.faults)
    assert pages.broken(json.loads(checked.attached["beslut.json"]))


def test_only_the_municipalitys_certificate_is_trusted(municipality: Municipality, signed: bytes) -> None:
    other = certificates.root("Vallmo kommun", municipality.key, now())
    found = check(signed, [other]).faults
    assert found == ("Underskrift1: certifikatet är inte kommunens", "Sigill: certifikatet är inte kommunens")


def test_a_persons_certificate_is_good_for_minutes(municipality: Municipality) -> None:
    made = certificates.one_time(
        "Vallmo kommun", TEACHER, "Lärare", municipality.root, municipality.issuer, now()
    )
    read = x509.load_der_x509_certificate(made.certificate.der)
    assert made.certificate.until - made.certificate.since <= timedelta(minutes=11)
    assert read.subject.rfc4514_string() == (
        f"CN=Lärare {TEACHER},2.5.4.5={TEACHER},2.5.4.12=Lärare,O=Vallmo kommun,C=SE"
    )
    usage = read.extensions.get_extension_for_class(x509.KeyUsage).value
    assert (usage.content_commitment, usage.key_cert_sign) == (True, False)
    read.verify_directly_issued_by(x509.load_der_x509_certificate(municipality.root.der))
    late = certificates.one_time(
        "Vallmo kommun", TEACHER, "Lärare", municipality.root, municipality.issuer, now() - timedelta(hours=1)
    )
    from functions.grades.signing.pades import Personal, Sealing
    from functions.grades.signing.pades import signed as sign
    from functions.grades.usecases.pages import TEMPLATE
    from skolkit import pdf

    plain = pdf.pdf(TEMPLATE, pages.content(a_page(1), words(1)), pages.attached(a_page(1), words(1)))
    sealing = Sealing(municipality.seal, municipality.root, municipality.key, "Sida 1", "Vallmo kommun")
    found = check(sign(plain, [Personal(late, "för sent")], sealing), [municipality.root])
    assert "Underskrift1: certifikatet är inte kommunens" in found.faults


def test_the_municipalitys_certificates_say_what_they_are(municipality: Municipality) -> None:
    root, seal = (x509.load_der_x509_certificate(c.der) for c in (municipality.root, municipality.seal))
    root.verify_directly_issued_by(root)
    seal.verify_directly_issued_by(root)
    limits = root.extensions.get_extension_for_class(x509.BasicConstraints)
    assert (limits.critical, limits.value.ca, limits.value.path_length) == (True, True, 0)
    assert municipality.root.is_of(municipality.issuer)
    assert not municipality.root.is_of(municipality.key)
    assert certificates.roots(municipality.root.pem) == [municipality.root]


@pytest.mark.parametrize("length", [1, RAW_LIMIT, RAW_LIMIT + 1, 100_000])
@pytest.mark.parametrize("spec", ["ECC_NIST_P256", "ECC_NIST_P384", "RSA_3072"])
def test_kms_signs_what_is_short_whole_and_of_what_is_long_the_digest(
    cloud: Cloud, municipality: Municipality, spec: str, length: int
) -> None:
    kms = cloud.client("kms")
    made = kms.create_key(KeySpec=spec, KeyUsage="SIGN_VERIFY")["KeyMetadata"]["KeyId"]
    held, message = key(made), b"x" * length
    public: Any = serialization.load_der_public_key(held.public)
    digest = hashes.SHA384() if held.hash == "sha384" else hashes.SHA256()
    if spec == "RSA_3072":
        public.verify(held.sign(message), message, padding.PKCS1v15(), digest)
    else:
        public.verify(held.sign(message), message, ec.ECDSA(digest))


def test_a_key_that_signs_otherwise_is_named(cloud: Cloud, municipality: Municipality) -> None:
    kms = cloud.client("kms")
    made = kms.create_key(KeySpec="ECC_NIST_EDWARDS25519", KeyUsage="SIGN_VERIFY")["KeyMetadata"]["KeyId"]
    with pytest.raises(KeyNotForSigning, match="ECC_NIST_EDWARDS25519"):
        key(made)
    assert key(SEAL) is municipality.key


def test_the_signed_file_is_still_for_archives_and_for_all(municipality: Municipality, signed: bytes) -> None:
    """PDF/A-3a and PDF/UA-1 as Typst made it: metadata untouched, signatures without a picture and outside
    the page, what is attached told in the catalogue.
    """
    reader = PdfFileReader(io.BytesIO(signed), strict=True)
    assert signed.count(b"<pdfaid:part>3</pdfaid:part><pdfaid:conformance>A</pdfaid:conformance>") == 1
    assert signed.count(b"<pdfuaid:part>1</pdfuaid:part>") == 1
    assert len(re.findall(rb"/Type\s*/Metadata", signed)) == 1
    assert signed.count(b"pyHanko") == 0
    root = reader.root
    assert root["/MarkInfo"]["/Marked"]
    assert root["/OutputIntents"][0]["/S"] == "/GTS_PDFA1"
    assert root["/AF"][0]["/AFRelationship"] == "/Data"
    assert root["/AcroForm"]["/SigFlags"] == 3
    page = root["/Pages"]["/Kids"][0]
    assert page["/Tabs"] == "/S"
    assert len(page["/Annots"]) == 2
    for widget in (page["/Annots"][n] for n in range(2)):
        assert widget["/F"] & 0b110 == 0b100  # printed, not hidden
        left, bottom, right, top = widget["/Rect"]
        assert (left == right, bottom == top, left < 0) == (True, True, True)
        assert widget["/TU"]


def test_the_file_holds_every_certificate_up_to_the_municipalitys_own(
    municipality: Municipality, signed: bytes
) -> None:
    """Whoever has the root's fingerprint alone needs nothing else; nobody issues lists of what is revoked."""
    reader = PdfFileReader(io.BytesIO(signed), strict=True)
    held = list(DocumentSecurityStore.read_dss(reader).load_certs())
    used = [one.signer_cert for one in reader.embedded_signatures]
    root = Asn1.load(municipality.root.der)
    assert {one.sha256 for one in held} == {root.sha256, *(one.sha256 for one in used)}
    store = reader.root["/DSS"]
    assert "/CRLs" not in store
    assert "/OCSPs" not in store
    mine = next(one for one in held if one.sha256.hex() == municipality.root.sha256)
    assert check(signed, [certificates.Certificate.of(mine.dump())]).faults == ()
    first = next(iter(reader.embedded_signatures))
    in_first = PdfFileReader(io.BytesIO(signed[: first.byte_range[2] + first.byte_range[3]]))
    assert "/DSS" in in_first.root


def test_a_time_stamp_is_taken_where_there_is_a_service(municipality: Municipality, stamping: str) -> None:
    checked = check(municipality.sign(a_page(2), words(2), timestamps=stamping), [municipality.root])
    assert checked.faults == ()
    stamped = checked.signatures[-1].stamped
    assert stamped
    assert abs(stamped - datetime.now(UTC)) < timedelta(minutes=5)
    assert checked.signatures[0].stamped is None

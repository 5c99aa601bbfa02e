"""The layers that the signing function has, the municipality's certificates from keys in KMS, and a page."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import TYPE_CHECKING

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from functions.grades.domain import pages
from functions.grades.signing.keys import ISSUER, SEAL, Key, key
from infra import layers
from infra.local.cloud import Cloud
from skolkit import pdf
from skolkit.clock import now
from tests.support.fixtures import lay_tables
from tests.support.pages import a_page, words

# Before the test modules, which import what signs.
for name in ("documents", "signing"):
    sys.path.append(str(layers.build_heavy(layers.LOCAL, name)))

if TYPE_CHECKING:
    from functions.grades.signing.certificates import Certificate


@dataclass(frozen=True)
class Municipality:
    """Its keys and certificates."""

    issuer: Key
    key: Key
    root: Certificate
    seal: Certificate

    def sign(self, page: pages.Page, known: pages.Words, timestamps: str = "") -> bytes:
        """The page as a signed PDF, by who its signers are."""
        from functions.grades.signing.certificates import one_time
        from functions.grades.signing.pades import Personal, Sealing, signed
        from functions.grades.usecases.pages import TEMPLATE

        persons = [
            Personal(
                one_time(
                    known.municipality, one.signer.person, one.signer.title, self.root, self.issuer, now()
                ),
                pages.reason(page, one),
            )
            for one in page.signings
        ]
        sealing = Sealing(self.seal, self.root, self.key, "Sida 1", known.municipality, timestamps)
        plain = pdf.pdf(TEMPLATE, pages.content(page, known), pages.attached(page, known))
        return signed(plain, persons, sealing)


@pytest.fixture(scope="module")
def municipality(cloud: Cloud) -> Municipality:
    lay_tables(cloud)
    from functions.grades.signing import certificates

    issuer, seal_key = key(ISSUER), key(SEAL)
    root = certificates.root("Vallmo kommun", issuer, now() - timedelta(days=1))
    seal = certificates.seal("Vallmo kommun", seal_key, root, issuer, now())
    return Municipality(issuer, seal_key, root, seal)


@pytest.fixture
def stamping() -> Iterator[str]:
    """The address of a time-stamping service (RFC 3161)."""
    from asn1crypto.keys import PrivateKeyInfo
    from asn1crypto.tsp import TimeStampReq
    from asn1crypto.x509 import Certificate as Asn1
    from pyhanko.sign.timestamps import DummyTimeStamper

    private = rsa.generate_private_key(65537, 2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Tidsstämplar")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(private.public_key())
        .serial_number(1)
        .not_valid_before(now() - timedelta(days=1))
        .not_valid_after(now() + timedelta(days=1))
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), critical=True)
        .sign(private, hashes.SHA256())
    )
    held = private.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    authority = DummyTimeStamper(
        Asn1.load(made.public_bytes(serialization.Encoding.DER)), PrivateKeyInfo.load(held)
    )

    class Service(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = TimeStampReq.load(self.rfile.read(int(self.headers["Content-Length"])))
            answer = authority.request_tsa_response(asked).dump()
            self.send_response(200)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Service) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.fixture(scope="module")
def signed(municipality: Municipality) -> bytes:
    """A class of thirty, signed by its teacher."""
    return municipality.sign(a_page(), words())

"""The municipality's certificates (X.509, RFC 5280): its own, self-signed, which everybody may check against;
the seal's; and one for each signature of a person, which is good for minutes.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from asn1crypto.x509 import Certificate as Signed
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from functions.grades.signing.keys import Key

ROOT_YEARS, SEAL_YEARS = 25, 5
RENEW = timedelta(days=90)  # a seal's certificate is replaced this long before it ends
ONE_TIME = timedelta(minutes=10)
SKEW = timedelta(minutes=1)
# Documents (id-kp-documentSigning, RFC 9336), and mail for readers that know nothing of that yet: poppler
# with NSS takes whoever may sign mail, and refuses others.
_PURPOSES = (x509.ObjectIdentifier("1.3.6.1.5.5.7.3.36"), ExtendedKeyUsageOID.EMAIL_PROTECTION)
_NOT_REVOKED = x509.ObjectIdentifier("2.5.29.56")  # noRevAvail, RFC 9608: it ends before a list could say so
_HASHES: dict[str, tuple[Any, Any]] = {
    "sha256": (hashes.SHA256(), ec.SECP256R1()),
    "sha384": (hashes.SHA384(), ec.SECP384R1()),
}


@dataclass(frozen=True, slots=True)
class Certificate:
    """A certificate (DER) and its days."""

    der: bytes
    since: datetime
    until: datetime

    @classmethod
    def of(cls, der: bytes) -> Certificate:
        read = x509.load_der_x509_certificate(der)
        return cls(der, read.not_valid_before_utc, read.not_valid_after_utc)

    @property
    def pem(self) -> str:
        read = x509.load_der_x509_certificate(self.der)
        return read.public_bytes(serialization.Encoding.PEM).decode()

    @property
    def sha256(self) -> str:
        """Its fingerprint, in hexadecimal."""
        return x509.load_der_x509_certificate(self.der).fingerprint(hashes.SHA256()).hex()

    def is_of(self, key: Key) -> bool:
        """Whether it says that this is its key."""
        return _spki(x509.load_der_x509_certificate(self.der).public_key()) == key.public


@dataclass(frozen=True, slots=True)
class OneTime:
    """A person's certificate with its key (PKCS #8, DER), which is thrown away after one signature."""

    certificate: Certificate
    private: bytes


def roots(pem: str) -> list[Certificate]:
    """The certificates in a text. Raises `ValueError` when there is none."""
    read = x509.load_pem_x509_certificates(pem.encode())
    return [Certificate.of(one.public_bytes(serialization.Encoding.DER)) for one in read]


def root(municipality: str, issuer: Key, now: datetime) -> Certificate:
    """The municipality's own certificate, self-signed. One call to KMS."""
    name = _name(municipality, "Rotcertifikat för betygskatalogen")
    builder = _begun(name, name, issuer.public, now, now + timedelta(days=ROOT_YEARS * 365.25))
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    return _issued(builder.add_extension(_usage(ca=True), critical=True), issuer)


def seal(municipality: str, key: Key, issued_by: Certificate, issuer: Key, now: datetime) -> Certificate:
    """The certificate of the municipality's seal: an organisation's, no person's. One call to KMS."""
    until = min(now + timedelta(days=SEAL_YEARS * 365.25), issued_by.until)
    name = _name(municipality, "Betygskatalogens sigill")
    return _issued(_leaf(name, key.public, issued_by, now, until), issuer)


def one_time(
    municipality: str, person: str, role: str, issued_by: Certificate, issuer: Key, now: datetime
) -> OneTime:
    """A new key and a certificate that it is a person's, in a role, for ten minutes. The person is named by
    id: a page goes to an archive, and people change name and may become protected. One call to KMS.
    """
    made = ec.generate_private_key(ec.SECP256R1())
    name = _name(municipality, f"{role} {person}"[:64], person=person, role=role)
    builder = _leaf(name, _spki(made.public_key()), issued_by, now, now + ONE_TIME)
    builder = builder.add_extension(x509.UnrecognizedExtension(_NOT_REVOKED, b"\x05\x00"), critical=False)
    private = made.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return OneTime(_issued(builder, issuer), private)


def _name(municipality: str, common: str, *, person: str = "", role: str = "") -> x509.Name:
    said = [
        (NameOID.COUNTRY_NAME, "SE"),
        (NameOID.ORGANIZATION_NAME, municipality[:64]),
        (NameOID.TITLE, role),
        (NameOID.SERIAL_NUMBER, person),
        (NameOID.COMMON_NAME, common),
    ]
    return x509.Name([x509.NameAttribute(kind, value) for kind, value in said if value])


def _leaf(
    name: x509.Name, public: bytes, issued_by: Certificate, since: datetime, until: datetime
) -> x509.CertificateBuilder:
    issuer = x509.load_der_x509_certificate(issued_by.der)
    identifier = issuer.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    return (
        _begun(name, issuer.subject, public, since, until)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(ca=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage(_PURPOSES), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(identifier), critical=False
        )
    )


def _begun(
    name: x509.Name, issuer: x509.Name, public: bytes, since: datetime, until: datetime
) -> x509.CertificateBuilder:
    key = _public(public)
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before((since - SKEW).astimezone(UTC))
        .not_valid_after(until.astimezone(UTC))
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
    )


def _issued(builder: x509.CertificateBuilder, issuer: Key) -> Certificate:
    """Signed by a key in KMS. The library signs with keys it holds only, so a passing one of the same kind
    signs first and gives way.
    """
    digest, curve = _HASHES[issuer.hash]
    draft = builder.sign(ec.generate_private_key(curve), digest).public_bytes(serialization.Encoding.DER)
    made = Signed.load(draft)
    made["signature_value"] = issuer.sign(made["tbs_certificate"].dump())
    return Certificate.of(made.dump())


def _usage(*, ca: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not ca, content_commitment=not ca, key_encipherment=False, data_encipherment=False,
        key_agreement=False, key_cert_sign=ca, crl_sign=ca, encipher_only=False, decipher_only=False,
    )  # fmt: skip


def _public(spki: bytes) -> Any:
    return serialization.load_der_public_key(spki)


def _spki(key: Any) -> bytes:
    made: bytes = key.public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return made

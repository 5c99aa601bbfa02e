"""The municipality's two keys in KMS: one issues certificates, one seals. Only signatures come out."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cache
from typing import Literal

from skolkit.aws import client

ISSUER, SEAL = "alias/skolkit-issuer", "alias/skolkit-seal"
RAW_LIMIT = 4096  # bytes that KMS takes and digests itself
Hash = Literal["sha256", "sha384"]

# How a key signs, by the algorithms KMS says it has; its newest first.
_ALGORITHMS: dict[str, Hash] = {
    "ECDSA_SHA_384": "sha384",
    "ECDSA_SHA_256": "sha256",
    "RSASSA_PKCS1_V1_5_SHA_256": "sha256",
}


class KeyNotForSigning(RuntimeError):
    """The key in KMS is of a kind that signs with nothing we know; the text names it."""


@dataclass(frozen=True, slots=True)
class Key:
    """A key in KMS: its `alias`, its public half (SubjectPublicKeyInfo, DER), and how it signs."""

    alias: str
    public: bytes
    algorithm: str

    @property
    def hash(self) -> Hash:
        return _ALGORITHMS[self.algorithm]

    @property
    def id(self) -> str:
        """The same as long as the key is the same, whatever its alias points at."""
        return hashlib.sha256(self.public).hexdigest()

    def sign(self, message: bytes) -> bytes:
        """The signature of a message: whole where KMS takes it, else its digest. One call."""
        whole = len(message) <= RAW_LIMIT
        made: bytes = client("kms").sign(
            KeyId=self.alias,
            Message=message if whole else hashlib.new(self.hash, message).digest(),
            MessageType="RAW" if whole else "DIGEST",
            SigningAlgorithm=self.algorithm,
        )["Signature"]
        return made


@cache
def key(alias: str) -> Key:
    """A key by its alias; asked for once a process. Raises `KeyNotForSigning`."""
    found = client("kms").get_public_key(KeyId=alias)
    for algorithm in _ALGORITHMS:
        if algorithm in found["SigningAlgorithms"]:
            return Key(alias, found["PublicKey"], algorithm)
    raise KeyNotForSigning(f"{alias} is {found['KeySpec']}; signing needs ECC_NIST_P256 or RSA_3072")

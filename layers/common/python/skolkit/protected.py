"""Addresses and numbers of people with protected identity, sealed before they are stored.

A separate KMS key (`alias/skolkit-protected`) whose policy admits only the functions that write them; the
person's id is the encryption context, so that one person's secret cannot be passed off as another's. KMS
encrypts up to 4 KB itself: no cryptography library, no data key in memory.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from skolkit.aws import client
from skolkit.types import PersonId

KEY = "alias/skolkit-protected"


def seal(person: PersonId, values: Mapping[str, object]) -> bytes:
    """The values as ciphertext that only holders of `kms:Decrypt` on the key can open for this person.

    One KMS call. `values` are at most 4,096 bytes as JSON; a longer text is refused by KMS.
    """
    text = json.dumps({name: value for name, value in values.items() if value}, ensure_ascii=False)
    reply = client("kms").encrypt(KeyId=KEY, Plaintext=text.encode(), EncryptionContext={"person": person})
    return bytes(reply["CiphertextBlob"])


def unseal(person: PersonId, sealed: bytes | None) -> dict[str, Any]:
    """What `seal` made unreadable; {} of nothing. One KMS call, for those who may decrypt."""
    if not sealed:
        return {}
    reply = client("kms").decrypt(KeyId=KEY, CiphertextBlob=sealed, EncryptionContext={"person": person})
    opened: dict[str, Any] = json.loads(reply["Plaintext"])
    return opened

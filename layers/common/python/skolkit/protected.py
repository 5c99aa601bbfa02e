"""Addresses and numbers of people with protected identity, sealed before they are stored, and made unreadable
for good when their time is over.

Every text is sealed (AES-256-GCM) with a data key of its own from KMS (`alias/skolkit-protected`), with the
person's id as encryption context and as associated data, so that one person's secret cannot be passed off as
another's. The data key lies, wrapped by KMS, in a table without backups. Once it is deleted there, every copy
of the text, in a backup or an archive, is noise (decision 0020).

Sealing never opens anything: who may only seal asks KMS for a new key each time. What KMS itself sealed
before there were data keys can still be opened.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from pynamodb.attributes import BinaryAttribute

from skolkit.aws import client
from skolkit.config import table_name
from skolkit.table import Erase, Item, Remove, Write, commit
from skolkit.telemetry import logger
from skolkit.types import PersonId, new_id

KEY = "alias/skolkit-protected"
MARK = b"SK2\0"  # no ciphertext of KMS begins so
KEYS = 90  # in one transaction with what they open
NONCE = 12  # bytes, as NIST SP 800-38D recommends for GCM; a key seals one text only


class DataKeyItem(Item, discriminator="data_key"):
    """A data key of a person, wrapped by KMS."""

    wrapped = BinaryAttribute(legacy_encoding=False)

    class Meta:
        table_name = table_name("keys")


def seal(person: PersonId, values: Mapping[str, object]) -> bytes:
    """The values as ciphertext that only those who may decrypt can open, for this person, as long as its key
    is kept. One call to KMS, one write of the key.
    """
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # 25 ms that few functions ever pay

    text = json.dumps({name: value for name, value in values.items() if value}, ensure_ascii=False)
    reply = client("kms").generate_data_key(KeyId=KEY, KeySpec="AES_256", EncryptionContext=_context(person))
    id, nonce = new_id(), os.urandom(NONCE)
    # Before what it seals: a key too many harms nobody, a text without its key is lost.
    commit(DataKeyItem(*_place(person, id), wrapped=reply["CiphertextBlob"]))
    sealed = AESGCM(reply["Plaintext"]).encrypt(nonce, text.encode(), person.encode())
    return MARK + UUID(id).bytes + nonce + sealed


def unseal(person: PersonId, sealed: bytes | None) -> dict[str, Any]:
    """What `seal` made unreadable; {} of nothing, and when its key is gone. A read of the key and a call to
    KMS, for those who may decrypt. Raises `cryptography.exceptions.InvalidTag` for what is another's.
    """
    if not sealed:
        return {}
    if not sealed.startswith(MARK):
        return _read(client("kms").decrypt(
            KeyId=KEY, CiphertextBlob=sealed, EncryptionContext=_context(person)
        )["Plaintext"])  # fmt: skip
    rest = sealed[20:]
    key = DataKeyItem.find(*_place(person, str(_key_of(sealed))))
    if key is None:
        logger().warning("sealed text without its key")
        return {}
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    reply = client("kms").decrypt(KeyId=KEY, CiphertextBlob=key.wrapped, EncryptionContext=_context(person))
    return _read(AESGCM(reply["Plaintext"]).decrypt(rest[:NONCE], rest[NONCE:], person.encode()))


def shredding(person: PersonId, *sealed: bytes | None) -> tuple[tuple[Write, ...], tuple[Write, ...]]:
    """What makes all that was ever sealed for a person unreadable: first what is to be committed with the
    deletion of what is kept of it, among that the keys of `sealed`, which still is; then, for more than
    `KEYS`, keys of texts that have been replaced, to go before. One consistent query; nothing for most
    people.
    """
    used = set(map(_key_of, sealed))
    keys = list(DataKeyItem.query(f"PERSON#{person}", consistent_read=True))
    keys.sort(key=lambda key: str(key.sk).removeprefix("KEY#") in used)  # stable: otherwise by age
    return tuple(map(Erase, keys[-KEYS:])), tuple(map(Erase, keys[:-KEYS]))


def shredded_with(item: Item) -> list[Write]:
    """The keys of what is sealed in an item of a person's partition, to be committed with its deletion. No
    round trip.
    """
    person = PersonId(str(item.pk).removeprefix("PERSON#"))
    values = (getattr(item, name) for name in item.get_attributes())
    ids = filter(None, (_key_of(value) for value in values if isinstance(value, bytes)))
    return [Remove(DataKeyItem(*_place(person, id))) for id in ids]


def _key_of(sealed: bytes | None) -> str | None:
    return str(UUID(bytes=sealed[4:20])) if sealed and sealed.startswith(MARK) else None


def _place(person: PersonId, id: str) -> tuple[str, str]:
    return f"PERSON#{person}", f"KEY#{id}"


def _context(person: PersonId) -> dict[str, str]:
    return {"person": person}


def _read(text: bytes) -> dict[str, Any]:
    opened: dict[str, Any] = json.loads(text)
    return opened

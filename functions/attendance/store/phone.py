"""Codes for the telephone: `PERSON#<guardian>` knows of the number, `PHONE#<hash>` of the guardians who call
from it and how often somebody has tried. Neither can be read back to a number or a code.
"""

from __future__ import annotations

from datetime import UTC, datetime

from pynamodb.attributes import NumberAttribute, UnicodeAttribute

from functions.attendance.domain.phone import Hashed, Proof, Tries
from functions.attendance.store import AttendanceItem
from skolkit.clock import stamp
from skolkit.table import Erase, Overwrite, Remove, Write
from skolkit.types import PersonId

PIN = "PHONE-PIN"
PROOF = "PHONE-PROOF"


class PhonePinItem(AttendanceItem, discriminator="phone_pin"):
    """That somebody has a code, and the hash of the number it is for."""

    number = UnicodeAttribute()
    changed = UnicodeAttribute()


class PhoneProofItem(AttendanceItem, discriminator="phone_proof"):
    """A number and a code that somebody has chosen and not proved yet; forgotten when it is too late."""

    number = UnicodeAttribute()
    salt = UnicodeAttribute()
    code = UnicodeAttribute()
    proof_salt = UnicodeAttribute()
    proof = UnicodeAttribute()
    until = UnicodeAttribute()
    wrong = NumberAttribute(default=0)


class PhoneItem(AttendanceItem, discriminator="phone"):
    """A guardian of a number, with the hash of the code. `proved` when the number was; of one from before
    that was asked for nothing is taken.
    """

    guardian = UnicodeAttribute()
    proved = UnicodeAttribute(null=True)
    salt = UnicodeAttribute()
    code = UnicodeAttribute()


class TriesItem(AttendanceItem, discriminator="phone_tries"):
    """How often codes have been tried, of a number or by a provider."""

    tries = NumberAttribute()
    until = UnicodeAttribute()


def find_pin(person: PersonId) -> PhonePinItem | None:
    """What is known of somebody's code; one consistent GetItem."""
    return PhonePinItem.find(f"PERSON#{person}", PIN)


def guardians_of(number: str) -> dict[PersonId, Hashed]:
    """Who calls from a number (its hash). One consistent query."""
    rows = PhoneItem.query(f"PHONE#{number}", PhoneItem.sk.startswith("G#"), consistent_read=True)
    return {PersonId(row.guardian): Hashed(row.salt, row.code) for row in rows if row.proved}


def find_proof(person: PersonId) -> tuple[PhoneProofItem, Proof] | None:
    """What somebody has chosen and not proved. One consistent GetItem."""
    item = PhoneProofItem.find(f"PERSON#{person}", PROOF)
    if item is None:
        return None
    code, proof = Hashed(item.salt, item.code), Hashed(item.proof_salt, item.proof)
    until = datetime.fromisoformat(item.until).astimezone(UTC)
    return item, Proof(item.number, code, proof, until, int(item.wrong), item.version)


def proof_item(person: PersonId, proof: Proof) -> PhoneProofItem:
    """What is to be proved, to write over the version read."""
    item = PhoneProofItem(
        f"PERSON#{person}", PROOF, number=proof.number, salt=proof.code.salt, code=proof.code.hash,
        proof_salt=proof.proof.salt, proof=proof.proof.hash, until=stamp(proof.until), wrong=proof.wrong,
    )  # fmt: skip
    item.expires = int(proof.until.timestamp())
    return item.over(proof.version)


def setting(
    person: PersonId, known: PhonePinItem | None, number: str, code: Hashed, at: datetime, version: int
) -> list[Write]:
    """A code, in place of an earlier one; guarded by the version of what the person has."""
    own = PhonePinItem(f"PERSON#{person}", PIN, number=number, changed=stamp(at))
    row = PhoneItem(*_guardian_key(number, person), guardian=person, salt=code.salt, code=code.hash)
    row.proved = stamp(at)
    moved = known is not None and known.number != number
    return [own.over(version), Overwrite(row), *([_gone(person, known)] if known and moved else [])]


def removing(person: PersonId, known: PhonePinItem) -> list[Write]:
    """No code any more, if it is still the one that was read."""
    return [Erase(known), _gone(person, known)]


def _gone(person: PersonId, known: PhonePinItem) -> Write:
    return Remove(PhoneItem(*_guardian_key(known.number, person)))


def _guardian_key(number: str, person: PersonId) -> tuple[str, str]:
    return f"PHONE#{number}", f"G#{person}"


def tries_of(who: str) -> Tries:
    """How often codes have been tried: of `PHONE#<hash>` or by `CLIENT#<id>`. One consistent GetItem."""
    item = TriesItem.find(who, "TRIES")
    if item is None:
        return Tries()
    return Tries(int(item.tries), datetime.fromisoformat(item.until).astimezone(UTC), item.version)


def tries_item(who: str, tries: Tries) -> TriesItem:
    """The count to write over the version read; the database forgets it when it does not count any more."""
    assert tries.until
    item = TriesItem(who, "TRIES", tries=tries.count, until=stamp(tries.until))
    item.expires = int(tries.until.timestamp())
    return item.over(tries.version)

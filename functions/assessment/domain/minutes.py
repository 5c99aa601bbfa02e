"""The minutes of a development talk (process 30): written at the talk by the mentor, signed by the parties,
each signature of exactly one version. Whatever is changed is a new version that nobody has signed.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Literal

from functions.assessment.domain.talks import Booking
from skolkit.clock import stamp
from skolkit.errors import DomainError, Text
from skolkit.types import PersonId

Part = Literal["mentor", "guardian", "pupil"]
SIGNING_AGE = 16
"""From when a pupil acts for themselves in matters of the school act (skollagen 29:12)."""


class NotHeldYet(DomainError):
    """Minutes are of a talk that has been held."""

    status = 422
    reason = Text("Samtalet har inte hållits än.", "The talk has not been held yet.")
    advice = Text("Ange den dag samtalet hölls.", "Give the day the talk was held.")


class NotReadyToSign(DomainError):
    """A draft is not signed."""

    reason = Text("Protokollet är ett utkast.", "The minutes are a draft.")
    advice = Text("Vänta tills mentorn har gjort det färdigt.", "Wait until the mentor has finished them.")


class OldMinutes(DomainError):
    """A signature is of the minutes as they are."""

    reason = Text(
        "Protokollet har ändrats sedan du läste det.", "The minutes have changed since you read them."
    )
    advice = Text("Läs det på nytt och signera sedan.", "Read them again and then sign.")


class SignedAlready(DomainError):
    """Everybody signs a version once."""

    reason = Text("Du har redan signerat.", "You have signed already.")
    advice = Text("Inget mer behövs.", "Nothing more is needed.")


class NotAParty(DomainError):
    """Those who were to take part in the talk sign."""

    reason = Text("Du är inte part i samtalet.", "You are not a party to the talk.")
    advice = Text("Låt den som deltog signera.", "Let whoever took part sign.")


@dataclass(frozen=True, slots=True)
class Agreement:
    """What was agreed: who does what, by when."""

    what: str
    who: Literal["school", "home", "pupil"]
    due: date | None = None


@dataclass(frozen=True, slots=True)
class Signature:
    """Somebody's signature: as what, when, and how sure the sign-in was (DIGG's level, 0 when it says
    nothing).
    """

    person: PersonId
    part: Part
    at: datetime
    assurance: int
    client: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Minutes:
    """One version of the minutes. `guardians` are those who were to come; `ready`: the home reads them."""

    pupil: PersonId
    round: str
    slot: str
    held: date
    text: str
    agreements: tuple[Agreement, ...]
    guardians: tuple[PersonId, ...]
    takes_part: bool
    by: PersonId
    at: datetime
    ready: bool = False
    number: int = 1
    signatures: tuple[Signature, ...] = ()
    version: int | None = None

    @property
    def digest(self) -> str:
        """SHA-256 over all that the version says."""
        said = {
            "pupil": self.pupil, "round": self.round, "slot": self.slot, "number": self.number,
            "held": self.held.isoformat(), "text": self.text, "by": self.by, "at": stamp(self.at),
            "guardians": self.guardians, "takesPart": self.takes_part,
            "agreements": [[a.what, a.who, a.due.isoformat() if a.due else None] for a in self.agreements],
        }  # fmt: skip
        text = json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()


def write(old: Minutes | None, new: Minutes, booking: Booking | None, today: date) -> Minutes:
    """The minutes in the place of the old ones, signed by nobody; a new version of those that the home reads,
    which are never a draft again. Raises `NotHeldYet`.
    """
    if new.held > today:
        raise NotHeldYet(field="held", value=new.held.isoformat())
    guardians = booking.guardians if booking else old.guardians if old else ()
    takes_part = booking.takes_part if booking else old.takes_part if old else False
    was_ready = old is not None and old.ready
    number = (old.number if old else 1) + int(was_ready)
    return replace(
        new, number=number, ready=new.ready or was_ready, signatures=(), guardians=guardians,
        takes_part=takes_part,
    )  # fmt: skip


def part_of(
    minutes: Minutes,
    person: PersonId,
    age: int | None,
    custody: Collection[PersonId],
    mentors: Collection[PersonId],
) -> Part:
    """As what somebody signs: mentors of today, guardians who were to come and have custody still, a pupil of
    sixteen. Raises `NotAParty`.
    """
    if person in mentors:
        return "mentor"
    if person == minutes.pupil and (age or 0) >= SIGNING_AGE:
        return "pupil"
    if person in minutes.guardians and person in custody:
        return "guardian"
    raise NotAParty(field="minutes")


def sign(minutes: Minutes, digest: str, signature: Signature) -> Minutes:
    """The minutes with one signature more. Raises `NotReadyToSign`, `OldMinutes`, `SignedAlready`."""
    if not minutes.ready:
        raise NotReadyToSign(field="minutes")
    if digest != minutes.digest:
        raise OldMinutes(field="digest")
    if signature.person in {one.person for one in minutes.signatures}:
        raise SignedAlready(field="minutes")
    return replace(minutes, signatures=(*minutes.signatures, signature))


def awaits(minutes: Minutes, age: int | None, custody: Collection[PersonId]) -> tuple[str, ...]:
    """Who has not signed yet: "mentor", and the ids of guardians and of a pupil of sixteen who took part."""
    signed = {one.person for one in minutes.signatures}
    mentor = any(one.part == "mentor" for one in minutes.signatures)
    people = [person for person in minutes.guardians if person in custody and person not in signed]
    if minutes.takes_part and (age or 0) >= SIGNING_AGE and minutes.pupil not in signed:
        people.append(minutes.pupil)
    return (*(() if mentor else ("mentor",)), *people)

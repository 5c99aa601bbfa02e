"""Absence by telephone (process 19): who a caller is, how often one may guess, and what is said.

A guardian chooses a code for the number they will call from. Nothing that is said or sent back names anybody.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from itertools import pairwise

from skolkit.errors import DomainError, Text
from skolkit.types import PersonId


@dataclass(frozen=True, slots=True)
class PhoneRules:
    """How often a code may be guessed, of a number and by a whole provider, and for how long nothing more is
    tried [PROPOSED]. A number is proved within `proof`; so many codes for that are sent to somebody before
    they have to rest, and a code may be wrong `tries` times.
    """

    tries: int = 5
    provider_tries: int = 100
    rest: timedelta = timedelta(hours=1)
    guardians: int = 5
    proof: timedelta = timedelta(minutes=30)
    proofs: int = 5


RULES = PhoneRules()


class UnfitPin(DomainError):
    """A code is 4–8 digits and not one of those that everybody tries first."""

    status = 422
    reason = Text("Koden går inte att använda.", "The code cannot be used.")
    advice = Text(
        "Välj 4–8 siffror som inte är samma siffra eller en rad som 1234.",
        "Choose 4–8 digits that are not all the same or a row like 1234.",
    )


class UnfitNumber(DomainError):
    """The number cannot be called from."""

    status = 422
    reason = Text("Det är inget telefonnummer.", "That is not a telephone number.")
    advice = Text("Skriv numret med riktnummer.", "Write the number with its area code.")


class NumberFull(DomainError):
    """A family's telephone has a few users, not a crowd: each makes a guess more likely to hit."""

    reason = Text(
        "För många har redan en kod för det numret.", "Too many already have a code for that number."
    )
    advice = Text("Välj ett annat nummer.", "Choose another number.")


class TooManyCodes(DomainError):
    """Codes are sent as text messages, a few at a time."""

    status = 429
    reason = Text("För många koder har skickats.", "Too many codes have been sent.")
    advice = Text("Försök igen om en timme.", "Try again in an hour.")


class WrongCode(DomainError):
    """What proves a number is the code that was sent to it, some minutes long."""

    reason = Text("Koden stämmer inte eller gäller inte längre.", "The code is wrong or no longer valid.")
    advice = Text(
        "Koden skickas till numret i dina kontaktuppgifter. Välj det numret och begär en ny kod.",
        "The code is sent to the number among your contact details. Choose that number, ask for a new code.",
    )


class Outcome(StrEnum):
    """What became of a call."""

    REPORTED = "reported"
    ALREADY = "alreadyReported"
    NO_SCHOOL = "noSchool"
    CHOOSE_CHILD = "chooseChild"
    REFUSED = "refused"
    LOCKED = "locked"
    OFFICE = "callOffice"


SAID: dict[Outcome, Text] = {
    Outcome.REPORTED: Text("Tack. Frånvaron är anmäld.", "Thank you. The absence is reported."),
    Outcome.ALREADY: Text(
        "Det finns redan en anmälan för den dagen.", "There is already a notice for that day."
    ),
    Outcome.NO_SCHOOL: Text("Det är ingen skoldag den dagen.", "There is no school on that day."),
    Outcome.CHOOSE_CHILD: Text(
        "Ange vilket barn: de fyra siffrorna för månad och dag barnet är fött.",
        "Say which child: the four digits of the month and day the child was born.",
    ),
    Outcome.REFUSED: Text("Numret eller koden stämmer inte.", "The number or the code is not right."),
    Outcome.LOCKED: Text(
        "För många försök. Försök igen om en timme eller ring skolan.",
        "Too many attempts. Try again in an hour or call the school.",
    ),
    Outcome.OFFICE: Text("Ring skolans expedition.", "Please call the school's office."),
}


def said(outcome: Outcome, language: str | None) -> str:
    """What is read aloud or sent back; in both languages to whoever is not known (None)."""
    text = SAID[outcome]
    return f"{text.sv} {text.en}" if language is None else text.in_language(language)


def check_pin(pin: str) -> None:
    """Raises `UnfitPin`."""
    steps = {int(b) - int(a) for a, b in pairwise(pin)} if pin.isdecimal() else {0}
    if not re.fullmatch(r"[0-9]{4,8}", pin) or steps in ({0}, {1}, {-1}):
        raise UnfitPin(field="pin")


@dataclass(frozen=True, slots=True)
class Hashed:
    """A code as it is kept: a salt and a slow hash (scrypt) of the code sealed with the municipality's key,
    so that neither the table nor the key alone is enough to try codes.
    """

    salt: str
    hash: str


NOBODY = Hashed("00" * 16, "")
"""What the code of a number that nobody has is compared with, which takes as long."""


def number_hash(number: str, key: bytes) -> str:
    """What a number is found by: a keyed hash, since all numbers there are can be tried in an hour."""
    return hmac.new(key, b"number\x1f" + number.encode(), hashlib.sha256).hexdigest()


COST = 2**14
"""How much memory and time a hash takes (RFC 7914, N); tests lower it."""


def hashed(pin: str, salt: bytes, key: bytes) -> Hashed:
    """The code as it is kept; 16 MB and some 50 ms, RFC 7914."""
    sealed = hmac.new(key, b"pin\x1f" + pin.encode(), hashlib.sha256).digest()
    slow = hashlib.scrypt(sealed, salt=salt, n=COST, r=8, p=1, dklen=32)
    return Hashed(salt.hex(), slow.hex())


def fits(pin: str, kept: Hashed, key: bytes) -> bool:
    """Whether it is the code."""
    return hmac.compare_digest(hashed(pin, bytes.fromhex(kept.salt), key).hash, kept.hash)


@dataclass(frozen=True, slots=True)
class Proof:
    """A chosen number and code that wait for the proof, which was sent as a text message."""

    number: str
    code: Hashed
    proof: Hashed
    until: datetime
    wrong: int = 0
    version: int | None = None

    def stands(self, now: datetime) -> bool:
        """Whether it can still be proved."""
        return now < self.until and self.wrong < RULES.tries


@dataclass(frozen=True, slots=True)
class Tries:
    """How often a wrong code has been tried, or one is being tried now; forgotten at `until`."""

    count: int = 0
    until: datetime | None = None
    version: int | None = None


def is_locked(tries: Tries, most: int, now: datetime) -> bool:
    """Whether nothing is tried any more before `until`."""
    return tries.until is not None and now < tries.until and tries.count >= most


def tried(tries: Tries, now: datetime) -> Tries:
    """One more try; an hour without any begins anew. It is counted before the code is looked at, so that many
    at once are no way around.
    """
    begins_anew = tries.until is None or now >= tries.until
    return Tries(1 if begins_anew else tries.count + 1, now + RULES.rest, tries.version)


def given_back(tries: Tries) -> Tries:
    """The tries without the one that was right. Those of others stay counted: a guardian of the number who
    knows their own code must not be able to guess another's between calls of their own.
    """
    return replace(tries, count=max(0, tries.count - 1))


@dataclass(frozen=True, slots=True)
class Child:
    """A child that the caller may report for."""

    id: PersonId
    born: date
    protected: bool


def choose(children: Sequence[Child], index: int | None, born: str | None) -> list[Child]:
    """Those that are meant: by place among them from the eldest (1), or by the digits of the birth date
    (month and day, or all eight); all of them when neither is said.
    """
    eldest = sorted(children, key=lambda child: (child.born, child.id))
    if index is not None:
        return eldest[index - 1 : index]
    digits = born or ""
    return [child for child in eldest if child.born.strftime("%Y%m%d").endswith(digits)]

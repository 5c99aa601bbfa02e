"""What is to be signed (signing order): which decisions were made in one go, who made each of them, and on
which sign-in that rests.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from functions.grades.domain.catalogue import DeciderRole, Entry
from skolkit.types import PersonId

CLOSING = "-"
"""The activity of an order that is for a whole period: the principal closes it."""

Place = tuple[PersonId, int]
"""Where an entry is in the catalogue: the pupil, and the number in the pupil's chain."""


@dataclass(frozen=True, slots=True)
class Vouched:
    """That somebody decided: when, and with which sign-in (its time, its level of assurance 0–4), so that it
    was under that person's sole control (eIDAS (EU) 910/2014 art. 26 c).
    """

    at: datetime
    signed_in: datetime
    level: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Signer:
    """Who signs: as what, when they decided, and the sign-in it rests on (time, level of assurance 0–4)."""

    person: PersonId
    role: DeciderRole
    at: datetime
    signed_in_at: datetime
    level: int

    @classmethod
    def of(cls, person: PersonId, role: DeciderRole, vouched: Vouched) -> Signer:
        return cls(
            person=person, role=role, at=vouched.at, signed_in_at=vouched.signed_in, level=vouched.level
        )

    @property
    def title(self) -> str:
        return {"teacher": "Lärare", "principal": "Rektor"}[self.role]


@dataclass(frozen=True, slots=True)
class Signing:
    """One personal signature: whose, and which decisions it is for. Whoever decided on some of them with one
    sign-in and on the rest with another signs twice.
    """

    signer: Signer
    entries: tuple[Place, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """An order to sign decisions, of which a page is made: `period` and `activity` are "" where there is no
    sheet (a trial, what corrects an imported grade), `entries` the decisions, `digest` theirs together,
    `signings` who signs which of them: everybody who decided. The one with which the principal closes a
    period has no entries: every sheet gets a page of all of its decisions.
    """

    id: str
    period: str
    activity: str
    at: datetime
    entries: tuple[Place, ...]
    digest: str
    signings: tuple[Signing, ...]

    def signings_of(self, person: PersonId) -> tuple[Signing, ...]:
        """What somebody signs."""
        return tuple(one for one in self.signings if one.signer.person == person)


def order_for(id: str, made: Iterable[tuple[Entry, Mapping[PersonId, Vouched]]]) -> Order:
    """The order to sign entries of one sheet, or one of none: each by its deciders, with the sign-in of
    each. KeyError when somebody decided without.
    """
    pairs = list(made)
    entries = [entry for entry, _ in pairs]
    first = entries[0]
    sheet = (first.period, first.activity) if first.period and first.activity else ("", "")
    return Order(
        id=id, period=sheet[0], activity=sheet[1], at=max(entry.at for entry in entries),
        entries=tuple(map(place_of, entries)), digest=digest_of(entries), signings=_signings(pairs),
    )  # fmt: skip


def closing_order(id: str, period: str, by: PersonId, vouched: Vouched) -> Order:
    """The order with which the principal closes a period."""
    signer = Signer.of(by, "principal", vouched)
    return Order(
        id=id, period=period, activity=CLOSING, at=vouched.at, entries=(), digest="",
        signings=(Signing(signer),),
    )  # fmt: skip


def signed_by_all(order: Order, entries: Iterable[Entry]) -> tuple[Signing, ...]:
    """A closing order's signatures on the page of one sheet: for all of its decisions."""
    places = tuple(map(place_of, entries))
    return tuple(Signing(one.signer, places) for one in order.signings)


def _signings(made: Iterable[tuple[Entry, Mapping[PersonId, Vouched]]]) -> tuple[Signing, ...]:
    """One for each person and sign-in, as they decided; `at` is when the last of its decisions was made."""
    found = dict[tuple[PersonId, DeciderRole, datetime, int], list[tuple[datetime, Place]]]()
    for entry, vouched in made:
        for decider in entry.deciders:
            own = vouched[decider.person]
            key = (decider.person, decider.role, own.signed_in, own.level)
            found.setdefault(key, []).append((own.at, place_of(entry)))
    signings = [
        Signing(
            Signer(person=person, role=role, at=max(at for at, _ in said), signed_in_at=since, level=level),
            tuple(place for _, place in said),
        )
        for (person, role, since, level), said in found.items()
    ]
    return tuple(sorted(signings, key=lambda s: (s.signer.at, s.signer.person, s.signer.signed_in_at)))


def place_of(entry: Entry) -> Place:
    """Where an entry is."""
    return entry.pupil, entry.number


def digest_of(entries: Iterable[Entry]) -> str:
    """SHA-256 over the digests of entries, in order of pupil and number."""
    ordered = sorted(entries, key=place_of)
    return hashlib.sha256("\n".join(e.digest for e in ordered).encode()).hexdigest()

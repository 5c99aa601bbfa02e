"""What is to be signed (signing order): who decided what in one go, as what, and on which sign-in
it rests.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from functions.grades.domain.catalogue import DeciderRole, Entry
from skolkit.types import PersonId

CLOSING = "-"
"""The activity of an order that is for a whole period: the principal closes it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """An order to sign decisions: `signed_in` and `level` are of the sign-in with which they were made (eIDAS
    (EU) 910/2014 art. 26), `period` and `activity` are "" where there is no sheet (a trial, what corrects an
    imported grade), `entries` the keys (pupil, number) in the catalogue, `digest` theirs together. A page is
    about the decisions of one order. The one with which the principal closes a period has no entries: every
    sheet gets a page of all of its decisions.
    """

    id: str
    period: str
    activity: str
    by: PersonId
    role: DeciderRole
    at: datetime
    signed_in: datetime
    level: int
    entries: tuple[tuple[PersonId, int], ...]
    digest: str


def digest_of(entries: Iterable[Entry]) -> str:
    """SHA-256 over the digests of entries, in order of pupil and number."""
    ordered = sorted(entries, key=lambda e: (e.pupil, e.number))
    return hashlib.sha256("\n".join(e.digest for e in ordered).encode()).hexdigest()

"""What people answer when they are asked: rows in the question's partition, only ever added, and with each
person that there are some. Keys are built only here.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeVar

from pynamodb.attributes import UnicodeAttribute

from functions.messages.store import MessagesItem
from skolkit.table import Wanted
from skolkit.types import PersonId


class Given(MessagesItem):
    """One answer about a child, or about whoever answers."""

    by = UnicodeAttribute()
    at = UnicodeAttribute()

    @property
    def subject(self) -> PersonId:
        return PersonId(self.sk.split("#")[1])


class Held(MessagesItem):
    """That there is an answer by or about somebody."""


G = TypeVar("G", bound=Given)
H = TypeVar("H", bound=Held)


def given_key(pk: str, subject: PersonId, rest: str) -> tuple[str, str]:
    """An answer about somebody, in the partition of what is asked."""
    return pk, f"A#{subject}#{rest}"


def held_key(pk: str, person: PersonId, subject: PersonId) -> tuple[str, str]:
    """With a person: that they have answered about somebody, or somebody about them."""
    return f"PERSON#{person}", f"{pk}#{subject}"


def wanted_held(
    kind: type[H], asked: Sequence[tuple[str, PersonId, PersonId]]
) -> Wanted[dict[tuple[str, PersonId, PersonId], H]]:
    """Those there are, by what is asked, the person, and whom it is about."""
    keys = {held_key(*one): one for one in asked}
    return Wanted(kind, list(keys), lambda found: {keys[key]: item for key, item in found.items()})


def answers_of(kind: type[G], pk: str, subject: PersonId | None = None) -> list[G]:
    """All answers, or those about one person, in order of key. One consistent query per megabyte."""
    prefix = f"A#{subject}#" if subject else "A#"
    return list(kind.query(pk, kind.sk.startswith(prefix), consistent_read=True))


def answered_with(given: type[G], held: type[Held], prefix: str, person: PersonId) -> Iterator[list[G]]:
    """What somebody has answered, or others about them, by question. One query, and one per question."""
    for row in held.query(f"PERSON#{person}", held.sk.startswith(f"{prefix}#"), consistent_read=True):
        pk, _, subject = row.sk.rpartition("#")
        yield [a for a in answers_of(given, pk, PersonId(subject)) if person in (subject, a.by)]


def held_of(kind: type[H], answers: Sequence[Given]) -> list[H]:
    """With whom the answers are. A get per answer and person."""
    keys = {held_key(a.pk, PersonId(who), a.subject) for a in answers for who in (a.by, a.subject)}
    return [found for key in sorted(keys) if (found := kind.find(*key))]

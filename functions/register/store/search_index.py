"""Keeping the words people are found by like the people: what is stored against what should be.

What a person is found by is in one item (`FOUND#<id>`), whose version lets one writer through at a time; the
words are written with it. Whoever has written looks at the versions of what was read once more (`outdated`),
so that a change meanwhile is never left unseen.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from zlib import crc32

from functions.register.domain.people import PersonCard, PersonName
from functions.register.domain.search import Findable, Token, custody_of
from functions.register.store.items import (
    ChildItem,
    FoundByItem,
    KinItem,
    PersonItem,
    RegisterItem,
    found_by_key,
    kin_key,
    profile_key,
)
from functions.register.store.people import card_of, rows_of
from functions.register.store.search import sort_key, word_item, word_key
from skolkit.clock import now
from skolkit.config import table_name
from skolkit.jobs import JobItem
from skolkit.table import LIMIT, Item, Overwrite, Remove, Wanted, Write, fetch
from skolkit.types import PersonId

EMPTY_DAYS = 14  # that it is remembered that somebody is not found any more, for writers that are late

Key = tuple[str, str]
Mark = tuple[int, str]
_ABSENT: Mark = (0, "")


class SearchJobItem(JobItem, discriminator="search_job"):
    """How far a renewal of the whole index has come."""

    class Meta:
        table_name = table_name("register")


@dataclass(frozen=True, slots=True)
class Entry:
    """Somebody as the index must know them: what is stored, what should be, whose children to look at, and
    the versions of all items that it follows from.
    """

    person: PersonId
    stored: FoundByItem | None
    tokens: tuple[Token, ...]
    stays: tuple[tuple[str, str], ...]
    children: tuple[PersonId, ...]
    marks: dict[Key, Mark]


def people_of(key: Key) -> list[PersonId]:
    """Whom a change of an item in a person's partition concerns: the person, and the child of a relation,
    which an adult who is erased has no more.
    """
    pk, sk = key
    child = [sk.removeprefix("CHILD#")] if sk.startswith("CHILD#") else []
    return [PersonId(id) for id in (pk.removeprefix("PERSON#"), *child)] if pk.startswith("PERSON#") else []


def read(people: Iterable[PersonId], day: date) -> list[Entry]:
    """Entries of people, whether they exist or not. Round trips: a consistent query each, and per 100 of them
    one `BatchGetItem` for what is stored and about one for the names of who has custody.
    """
    ids = list(dict.fromkeys(people))
    if not ids:
        return []
    (stored,) = fetch(Wanted(FoundByItem, [found_by_key(id) for id in ids], dict), consistent=True)
    rows = {id: rows_of(id) for id in ids}
    profiles = {id: item for id in ids for item in rows[id] if isinstance(item, PersonItem)}
    cards = {id: card_of(id, rows[id]) for id in ids}
    adults = {a for card in cards.values() if card for a in custody_of(card, day)}
    missing = sorted(adults - rows.keys())
    if missing:
        only = ("given_name", "family_name", "marking", "merged_into", "version", "modified")
        (found,) = fetch(Wanted(PersonItem, [profile_key(a) for a in missing], dict, only), consistent=True)
        profiles |= {a: item for a in missing if (item := found.get(profile_key(a)))}
    return [_entry(id, stored.get(found_by_key(id)), cards[id], rows[id], profiles, day) for id in ids]


def _entry(
    person: PersonId,
    stored: FoundByItem | None,
    card: PersonCard | None,
    rows: Sequence[RegisterItem],
    profiles: dict[PersonId, PersonItem],
    day: date,
) -> Entry:
    adults = custody_of(card, day) if card else []
    names = {a: _name(a, item) for a in adults if (item := profiles.get(a)) and not item.merged_into}
    findable = Findable.of(card, names, day) if card else None
    stays = [e for e in card.enrolments if e.unit in findable.units] if card and findable else []
    kin = next((row for row in rows if isinstance(row, KinItem)), None)
    marks = {profile_key(a): _mark(profiles.get(a)) for a in (person, *adults)}
    return Entry(
        person,
        stored,
        tuple(findable.tokens()) if findable else (),
        tuple((e.id, e.unit) for e in stays if not e.cancelled and (e.end is None or day <= e.end)),
        tuple(_child(row) for row in rows if isinstance(row, ChildItem)),
        marks | {kin_key(person): _mark(kin)},
    )


def _name(person: PersonId, item: PersonItem) -> PersonName:
    return PersonName(person, item.given_name, item.family_name, item.marking != "Ingen")


def _child(row: ChildItem) -> PersonId:
    sk: str = row.sk
    return PersonId(sk.removeprefix("CHILD#"))


def _mark(item: Item | None) -> Mark:
    return (int(item.version or 0), item.modified or "") if item else _ABSENT


def writes_of(entry: Entry) -> list[Write]:
    """What makes the index say of somebody what it should; nothing when it does. What does not fit one
    transaction with the old words is written the next time, when those are gone.
    """
    before: dict[str, int] = dict(entry.stored.words) if entry.stored else {}
    after = {sort_key(token): (_sum(token), token) for token in entry.tokens}
    gone = [sk for sk in before if sk not in after]
    new = {sk: token for sk, (total, token) in after.items() if before.get(sk) != total}
    stays = [list(stay) for stay in entry.stays]
    if not gone and not new and stays == (list(entry.stored.stays) if entry.stored else []):
        return []
    if len(gone) + len(new) >= LIMIT:
        new, after = {}, {sk: kept for sk, kept in after.items() if sk not in new}
    item = FoundByItem(*found_by_key(entry.person), words={sk: total for sk, (total, _) in after.items()})
    item.stays = stays
    if not after:
        item.expires = int((now() + timedelta(days=EMPTY_DAYS)).timestamp())
    removed = [Remove(RegisterItem(*word_key(sk))) for sk in gone]
    written = [Overwrite(word_item(token)) for token in new.values()]
    return [item.over(entry.stored.version if entry.stored else None), *removed, *written]


def _sum(token: Token) -> int:
    return crc32(" ".join(word.written for word in token.name).encode())


def complete(entry: Entry, writes: Sequence[Write]) -> bool:
    """Whether these writes made all of the entry's words."""
    (item, *_) = writes
    return isinstance(item, FoundByItem) and len(item.words) == len(entry.tokens)


def outdated(entries: Sequence[Entry]) -> list[PersonId]:
    """Those of whom something that was read has been written since. One `BatchGetItem` per 100 items, two to
    four each.
    """
    keys = list(dict.fromkeys(key for entry in entries for key in entry.marks))
    wanted = Wanted(RegisterItem, keys, lambda found: found, ("version", "modified"))
    (found,) = fetch(wanted, consistent=True) if keys else ({},)
    now_there = {key: _mark(found.get(key)) for key in keys}
    return [e.person for e in entries if any(now_there[key] != mark for key, mark in e.marks.items())]

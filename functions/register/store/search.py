"""The words people are found by: an item per word of a name, in the transaction that writes the person.

`FIND#N#<first three letters>` / `N#<word>#<whole name>#<person>#<unit>` for a person's own name and
`FIND#G#…` / `G#<word>#<whole name>#<person>#<unit>#<adult>` for pupils by who has custody; the index
`found_at` has the same items by unit and two letters. `FIND#U#<unit>#<first letter>` lists a unit's pupils.
Whole names, family name first, are for the order. Few letters are quick to type and still make partitions
small: 100,000 people are some thousand items at "and", a unit's pupils some twenty.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal, NamedTuple

from functions.register.domain.people import PersonCard, PersonName
from functions.register.domain.search import Findable, NameSearch, Token
from functions.register.store.items import (
    AwaitedItem,
    EnrolmentItem,
    FoundItem,
    GuardianItem,
    PersonItem,
    RegisterItem,
    awaited_key,
    person_pk,
    profile_key,
)
from functions.register.store.people import card_of, rows_of
from skolkit.table import Overwrite, Remove, Wanted, Write, fetch
from skolkit.types import PersonId, UnitId

LETTERS = 3
LETTERS_AT_UNIT = 2
ALPHABET = "abcdefghijklmnopqrstuvwxyz_"  # folded; the last is for every other script
READ = 300  # items of the index that one request reads at most: 6 read units
Kind = Literal["N", "G"]
_QUERIES = 4  # letters of a unit's list that one request turns


class Hit(NamedTuple):
    """Somebody whose name has the word; `adult` when it is the name of who has custody of them."""

    person: PersonId
    adult: PersonId | None
    enrolments: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Hits:
    """What one read of the index found, each with the key to go on after it, and where this read ended (None
    at the end of the index).
    """

    found: list[tuple[Hit, dict[str, Any]]]
    end: dict[str, Any] | None


def found_writes(before: Findable | None, after: Findable | None) -> list[Write]:
    """What makes a person found as `after` and no longer as `before`; nothing for what is the same. Every
    writer of names, enrolments, custody or protection adds it to its transaction.
    """
    old = {key: token for token in before.tokens() for key in _keys(token)} if before else {}
    new = {key: token for token in after.tokens() for key in _keys(token)} if after else {}
    puts: list[Write] = [Overwrite(_item(key, t)) for key, t in new.items() if old.get(key) != t]
    return puts + [Remove(FoundItem(*key)) for key in old if key not in new]


def refound(
    before: PersonCard | None, after: PersonCard, adults: Mapping[PersonId, PersonName], day: date
) -> list[Write]:
    """`found_writes` of a person's cards; `adults` names at least those who have custody in either."""
    old = Findable.of(before, adults, day) if before else None
    return found_writes(old, Findable.of(after, adults, day))


def adults_of(*cards: PersonCard) -> dict[PersonId, PersonName]:
    """Names of everybody who is or was responsible for these people. One `BatchGetItem`; none for adults."""
    ids = sorted({r.person for card in cards for r in card.responsibles})
    return _names(ids) if ids else {}


def renamed_adult(
    adult: PersonId, children: Sequence[PersonId], before: PersonName | None, after: PersonName, day: date
) -> Iterator[Write]:
    """What makes an adult's children found by the adult's new name (or not at all, after protection). One
    query per child, one `BatchGetItem` per child with another adult.
    """
    for child in children:
        card = card_of(child, rows_of(child))
        if card is None:
            continue
        names = adults_of(card)
        then = Findable.of(card, {**names, adult: before} if before else _without(names, adult), day)
        yield from found_writes(then, Findable.of(card, {**names, adult: after}, day))


def awaited(adult: PersonId) -> Write:
    """Note that a child's holder of custody is not in the register yet."""
    return Overwrite(AwaitedItem(*awaited_key(adult)))


def arrived(adult: PersonId) -> Write:
    """Take the note away."""
    return Remove(AwaitedItem(*awaited_key(adult)))


def wanted_awaited(ids: Sequence[PersonId]) -> Wanted[set[PersonId]]:
    """Which of these people some child in the register has been waiting for."""
    keys = {awaited_key(person): person for person in ids}
    return Wanted(AwaitedItem, list(keys), lambda found: {keys[key] for key in found})


def wanted_adults(ids: Sequence[PersonId]) -> Wanted[dict[PersonId, tuple[PersonName, date]]]:
    """Names and birth dates of those who are in the register."""

    def answer(found: dict[tuple[str, str], PersonItem]) -> dict[PersonId, tuple[PersonName, date]]:
        items = {p: found[key] for p in ids if (key := profile_key(p)) in found}
        return {p: (name_of(p, item), date.fromisoformat(item.birth_date)) for p, item in items.items()}

    keys = [profile_key(person) for person in ids]
    return Wanted(PersonItem, keys, answer, only=("given_name", "family_name", "marking", "birth_date"))


def name_of(person: PersonId, item: PersonItem) -> PersonName:
    """The name an item holds."""
    return PersonName(person, item.given_name, item.family_name, item.marking != "Ingen")


def by_name(
    kind: Kind,
    name: NameSearch,
    unit: UnitId | None,
    start: dict[str, Any] | None,
    *,
    limit: int,
    written: bool | None = None,
) -> Hits:
    """Who is found by all words, at a unit or anywhere. With `written` only those whose word is, or is not,
    written with the same accents. One query, eventually consistent, of at most `READ` items.
    """
    word = name.leading
    condition = None
    if written is not None:
        like = FoundItem.written.startswith(word.written)
        condition = like if written else ~like
    sparse = written is not None or len(name.words) > 1
    common: dict[str, Any] = {
        "range_key_condition": FoundItem.sk.startswith(f"{kind}#{word.folded}"),
        "filter_condition": condition,
        "page_size": READ if sparse else limit + 1,
        "last_evaluated_key": start,
    }
    query = FoundItem.found_at.query if unit else FoundItem.query
    partition = _at(kind, unit, word.folded) if unit else _pk(kind, word.folded)
    hits = _read(query(partition, **common), unit is not None)
    return Hits([(hit, key) for (hit, key), row in hits[0] if name.matches(row.name)], hits[1])


def at_unit(unit: UnitId, start: dict[str, Any] | None, *, limit: int) -> Hits:
    """A unit's pupils by family name, letter by letter. At most four queries, consistent."""
    letters = ALPHABET
    if start:
        letters = ALPHABET[ALPHABET.index(start["pk"]["S"][-1]) :]
    found: list[tuple[Hit, dict[str, Any]]] = []
    for letter in letters[:_QUERIES]:
        after = start if start and "sk" in start and start["pk"]["S"][-1] == letter else None
        rows = FoundItem.query(
            f"FIND#U#{unit}#{letter}", page_size=limit + 1, last_evaluated_key=after, consistent_read=True
        )
        hits, end = _read(rows, False)
        found += [hit for hit, _ in hits]
        if end or len(found) > limit:
            return Hits(found, end or found[-1][1])
    rest = letters[_QUERIES:]
    return Hits(found, {"pk": {"S": f"FIND#U#{unit}#{rest[0]}"}} if rest else None)


def _read(
    rows: Any, indexed: bool
) -> tuple[list[tuple[tuple[Hit, dict[str, Any]], FoundItem]], dict[str, Any] | None]:
    """One page of a query and no more, however few of its items match: a request has a bound."""
    page: dict[str, Any] = next(rows.page_iter, {})
    names = ("pk", "sk", "at") if indexed else ("pk", "sk")
    found = []
    for raw in page.get("Items", ()):
        row = FoundItem.from_raw_data(raw)
        found.append(((_hit(row), {name: raw[name] for name in names}), row))
    return found, page.get("LastEvaluatedKey")


def found_cards(hits: Sequence[Hit]) -> dict[PersonId, PersonCard]:
    """The people found, with the enrolments and the custody they were found by, as they are now. Consistent:
    whoever has become protected since is read as protected. One `BatchGetItem` per 100 items, three a hit.
    """
    keys: list[tuple[str, str]] = []
    for hit in hits:
        pk = person_pk(hit.person)
        keys += [profile_key(hit.person), *((pk, sk) for sk in hit.enrolments)]
        if hit.adult:
            keys += [(pk, f"GUARDIAN#{hit.adult}"), profile_key(hit.adult)]
    rows: dict[tuple[str, str], RegisterItem] = _rows(list(dict.fromkeys(keys)))
    by_person: dict[str, list[RegisterItem]] = {}
    for row in rows.values():
        by_person.setdefault(row.pk, []).append(row)
    people = {id for hit in hits for id in (hit.person, hit.adult) if id}
    cards = {id: card_of(id, by_person.get(person_pk(id), [])) for id in people}
    return {id: card for id, card in cards.items() if card}


def _rows(keys: list[tuple[str, str]]) -> dict[tuple[str, str], RegisterItem]:
    kinds: dict[str, type[RegisterItem]] = {"PROFILE": PersonItem, "ENROLMENT": EnrolmentItem}
    wanted: dict[type[RegisterItem], list[tuple[str, str]]] = {}
    for key in keys:
        wanted.setdefault(kinds.get(key[1].partition("#")[0], GuardianItem), []).append(key)
    answers = fetch(*(Wanted(kind, mine, dict) for kind, mine in wanted.items()), consistent=True)
    return {key: row for answer in answers for key, row in answer.items()}


def _names(ids: Sequence[PersonId]) -> dict[PersonId, PersonName]:
    return {id: name for id, (name, _) in fetch(wanted_adults(ids), consistent=True)[0].items()}


def _without(names: Mapping[PersonId, PersonName], adult: PersonId) -> dict[PersonId, PersonName]:
    return {id: name for id, name in names.items() if id != adult}


def _pk(kind: Kind, folded: str) -> str:
    return f"FIND#{kind}#{folded[:LETTERS]}"


def _at(kind: Kind, unit: UnitId, folded: str) -> str:
    return f"{unit}#{kind}#{folded[:LETTERS_AT_UNIT]}"


def _keys(token: Token) -> Iterator[tuple[str, str]]:
    kind: Kind = "G" if token.adult else "N"
    rest = f"{' '.join(token.name)}#{token.person}#{token.unit or ''}"
    folded = token.word.folded
    yield _pk(kind, folded), f"{kind}#{folded}#{rest}" + (f"#{token.adult}" if token.adult else "")
    if token.unit and token.first and not token.adult:
        letter = folded[0] if folded[0] in ALPHABET else ALPHABET[-1]
        yield f"FIND#U#{token.unit}#{letter}", f"U##{rest}"


def _item(key: tuple[str, str], token: Token) -> FoundItem:
    indexed = token.unit and not key[1].startswith("U")
    return FoundItem(
        *key,
        at=_at("G" if token.adult else "N", token.unit, token.word.folded)
        if indexed and token.unit
        else None,
        written=token.word.written,
        name=list(token.name),
        enrolments=[f"ENROLMENT#{start}#{unit}" for start, unit in token.enrolments] or None,
    )


def _hit(row: FoundItem) -> Hit:
    _, _, _, person, _, *adult = row.sk.split("#")
    return Hit(PersonId(person), PersonId(adult[0]) if adult else None, tuple(row.enrolments or ()))

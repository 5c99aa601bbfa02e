"""The words people are found by, and reading whom they lead to.

`FIND#N#<first three letters>` / `N#<word>#<whole name>#<person>#<unit>` for a person's own name and
`FIND#G#…` / `G#<word>#<whole name>#<adult>#<pupil>#<unit>` for pupils by who has custody; the index
`found_at` has the same items by unit and two letters. `FIND#U#<unit>` / `U#<whole name>#<person>#<unit>`
lists a unit's pupils. `FIND#NN#<pair>` and `FIND#GG#<pair>` are by the first three letters of two words, for
names of which each word alone is common. Whole names, family name first, are for the order; all of it is
folded.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from functions.register.domain.people import PersonCard
from functions.register.domain.search import Kind, NameSearch, Token, Word
from functions.register.store.enrolments import wanted_guardians
from functions.register.store.items import (
    EnrolmentItem,
    FoundByItem,
    PersonItem,
    WordItem,
    enrolment_key,
    found_by_key,
    profile_key,
)
from functions.register.store.people import card_of
from skolkit.clock import today
from skolkit.table import Wanted, fetch
from skolkit.types import PersonId, UnitId

LETTERS = 3
LETTERS_AT_UNIT = 2
Place = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Hit:
    """Somebody whose name has the word; `adult` when it is the name of who has custody of them."""

    person: PersonId
    adult: PersonId | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the index: whom it leads to, by which word of which name (None by two of them), and the key to
    go on after it.
    """

    hit: Hit
    word: Word | None
    name: tuple[Word, ...]
    key: Place


@dataclass(frozen=True, slots=True)
class Known:
    """Somebody found, as they are now: the card with enrolments that go on or are to come, and who has
    custody today.
    """

    card: PersonCard
    guardians: frozenset[PersonId]


def word_item(token: Token) -> WordItem:
    """The item of a token."""
    sk = sort_key(token)
    at = None
    if token.unit and token.kind != "U" and not token.pair:
        at = _at(token.kind, token.unit, token.word.folded)
    return WordItem(*word_key(sk), name=[word.written for word in token.name], at=at)


def sort_key(token: Token) -> str:
    """The sort key of a token; the whole key follows from it (`word_key`)."""
    name, unit = " ".join(word.folded for word in token.name), token.unit or ""
    kind, lead = (token.kind * 2, token.pair) if token.pair else (token.kind, token.word.folded)
    match token.kind:
        case "N":
            return f"{kind}#{lead}#{name}#{token.person}#{unit}"
        case "G":
            return f"{kind}#{lead}#{name}#{token.adult}#{token.person}#{unit}"
        case "U":
            return f"U#{name}#{token.person}#{unit}"


def word_key(sk: str) -> tuple[str, str]:
    """Where a word is, by its sort key."""
    kind, lead, *_, unit = sk.split("#")
    if kind == "U":
        return f"FIND#U#{unit}", sk
    return f"FIND#{kind}#{lead}" if len(kind) == 2 else _pk(kind, lead), sk


def by_name(
    kind: Kind, name: NameSearch, unit: UnitId | None, after: Place | None, limit: int
) -> tuple[list[Row], Place | None]:
    """Rows whose word begins with the leading word of `name`, at a unit or anywhere, and where this read
    ended (None at the end). One eventually consistent query of at most `limit` items, however few of them
    match the other words.
    """
    folded = name.leading.folded
    query = WordItem.found_at.query if unit else WordItem.query
    rows = query(
        _at(kind, unit, folded) if unit else _pk(kind, folded),
        range_key_condition=WordItem.sk.startswith(f"{kind}#{folded}"),
        page_size=limit, last_evaluated_key=after,
    )  # fmt: skip
    return _page(rows, ("pk", "sk", "at") if unit else ("pk", "sk"))


def by_pair(kind: Kind, pair: str, after: Place | None, limit: int) -> tuple[list[Row], Place | None]:
    """Rows of names with two words that begin so, and where this read ended. One such query."""
    rows = WordItem.query(f"FIND#{kind * 2}#{pair}", page_size=limit, last_evaluated_key=after)
    return _page(rows, ("pk", "sk"))


def at_unit(unit: UnitId, after: Place | None, limit: int) -> tuple[list[Row], Place | None]:
    """A unit's pupils by family name, and where this read ended. One query of `limit` items."""
    rows = WordItem.query(f"FIND#U#{unit}", page_size=limit, last_evaluated_key=after)
    return _page(rows, ("pk", "sk"))


def _page(rows: Any, names: tuple[str, ...]) -> tuple[list[Row], Place | None]:
    """One page of a query and no more. Rows are read as they come: 300 models cost more than the query."""
    page: Place = next(rows.page_iter, {})
    return [_row(raw, names) for raw in page.get("Items", ())], page.get("LastEvaluatedKey")


def _row(raw: dict[str, Any], names: tuple[str, ...]) -> Row:
    kind, *rest = raw["sk"]["S"].split("#")
    lead = rest.pop(0) if kind != "U" else ""
    written = WordItem.name.deserialize(raw["name"]["S"])
    name = tuple(Word(*both) for both in zip(rest[0].split(" "), written, strict=True))
    hit = Hit(PersonId(rest[2]), PersonId(rest[1])) if kind[0] == "G" else Hit(PersonId(rest[1]))
    word = next((w for w in name if w.folded == lead), None)
    return Row(hit, word if len(kind) == 1 else None, name, {part: raw[part] for part in names})


def person_of(key: Place, *, adult: bool) -> str:
    """Whom a row with this key leads to, or the adult by whose name it does."""
    parts: list[str] = key["sk"]["S"].split("#")
    return parts[-3] if adult else parts[-2]


def profiles_of(
    hits: Sequence[Hit],
) -> tuple[dict[PersonId, PersonItem], dict[PersonId, frozenset[PersonId]], dict[PersonId, list[list[str]]]]:
    """Profiles of all whom the hits name, who has custody of those found by it, and the stays of those found.
    Consistent: whoever has become protected since they were indexed is read as protected. One `BatchGetItem`
    per 100 items, two a hit and four for custody.
    """
    people = list(dict.fromkeys(hit.person for hit in hits))
    adults = [hit.adult for hit in hits if hit.adult]
    kin = list(dict.fromkeys(hit.person for hit in hits if hit.adult))
    named = list(dict.fromkeys([*people, *adults]))
    keys = [found_by_key(person) for person in people]
    profiles, guardians, found = fetch(
        Wanted(PersonItem, [profile_key(person) for person in named], dict),
        wanted_guardians(kin, today()),
        Wanted(FoundByItem, keys, dict),
        consistent=True,
    )
    return (
        {person: item for person in named if (item := profiles.get(profile_key(person)))},
        {person: frozenset(have) for person, have in guardians.items()},
        {p: list(found[key].stays) for p, key in zip(people, keys, strict=True) if key in found},
    )


def wanted_cards(
    profiles: dict[PersonId, PersonItem], stays: dict[PersonId, list[list[str]]]
) -> Wanted[dict[PersonId, PersonCard]]:
    """The cards of people whose profiles have been read, with their enrolments as they are now."""
    keys = {p: [enrolment_key(p, enrolment) for enrolment, _ in stays.get(p, ())] for p in profiles}

    def answer(found: dict[tuple[str, str], EnrolmentItem]) -> dict[PersonId, PersonCard]:
        rows = {p: [profile, *(found[k] for k in keys[p] if k in found)] for p, profile in profiles.items()}
        return {p: card for p, mine in rows.items() if (card := card_of(p, mine))}

    return Wanted(EnrolmentItem, [key for mine in keys.values() for key in mine], answer)


def _pk(kind: str, folded: str) -> str:
    return f"FIND#{kind}#{folded[:LETTERS]}"


def _at(kind: str, unit: UnitId, folded: str) -> str:
    return f"{unit}#{kind}#{folded[:LETTERS_AT_UNIT]}"

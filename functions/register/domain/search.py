"""Finding people by name: how names become search words, and what matches.

A person is found by the beginning of any of their name's words, with or without accents ("asa" finds Åsa). A
pupil is also found by the names of those who have custody. Of a protected person there is nothing to find.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import combinations, islice
from typing import Literal

from functions.register.domain.people import CUSTODY, PersonCard, PersonName, of_age
from skolkit.errors import DomainError, Text
from skolkit.types import PersonId, UnitId

MOST_WORDS = 6  # of one name that are searched for
MOST_TOKENS = 80  # of one person, so that those of one fit a transaction
LONGEST_WORD = 40
PAIRED = 3  # letters of each of two words that are looked up together
_SAME = str.maketrans({"ø": "o", "æ": "ae", "đ": "d", "ł": "l", "ð": "d", "þ": "th", "ı": "i"})

Kind = Literal["N", "G", "U"]
"""The person's own name, the name of who has custody of them, or a unit's list by name."""


class NothingToFind(DomainError):
    """A search by name needs a letter to begin with."""

    status = 422
    reason = Text("Sökningen innehåller ingen bokstav.", "There is no letter to search for.")
    advice = Text("Skriv början av ett namn.", "Write the beginning of a name.")


@dataclass(frozen=True, slots=True, order=True)
class Word:
    """A word of a name: `folded` without accents, `written` with them; both in lower case."""

    folded: str
    written: str

    @classmethod
    def of(cls, written: str) -> Word:
        plain = unicodedata.normalize("NFKD", written.translate(_SAME))
        return cls("".join(letter for letter in plain if letter.isalpha()), written)


@dataclass(frozen=True, slots=True)
class Token:
    """One way to find a person: by a word of a name, or by the beginnings of two (`pair`); at a unit (None
    for whoever goes nowhere, and for pairs). `name` has all the name's words, family name first; `adult` is
    whose name it is when it is not the person's own.
    """

    kind: Kind
    word: Word
    name: tuple[Word, ...]
    person: PersonId
    unit: UnitId | None
    adult: PersonId | None = None
    pair: str = ""


@dataclass(frozen=True, slots=True)
class Findable:
    """What somebody is found by: own names (family name last), units, and the names of who has custody."""

    id: PersonId
    names: tuple[str, ...]
    units: tuple[UnitId, ...] = ()
    adults: tuple[PersonName, ...] = ()

    @classmethod
    def of(cls, card: PersonCard, names: Mapping[PersonId, PersonName], day: date) -> Findable | None:
        """What `card` is found by from `day` on; None for a protected person and a record merged into
        another. Custody and enrolments to come count, so that nothing has to be written on the day they
        begin. Adults who are not in `names`, or are protected there, are not searched for.
        """
        if card.protected or card.merged_into:
            return None
        stays = (e for e in card.enrolments if not e.cancelled and (e.end is None or day <= e.end))
        adults = (names[id] for id in custody_of(card, day) if id in names and not names[id].protected)
        whole = (card.given_name, card.middle_name or "", card.family_name)
        return cls(card.id, whole, tuple(dict.fromkeys(e.unit for e in stays)), tuple(adults))

    def tokens(self) -> list[Token]:
        """At most `MOST_TOKENS`, the person's own first."""
        return list(islice(self._tokens(), MOST_TOKENS))

    def _tokens(self) -> Iterator[Token]:
        yield from self._words("N", _name(self.names), None)
        for adult in self.adults:
            yield from self._words("G", _name((adult.given_name, adult.family_name)), adult.id)

    def _words(self, kind: Kind, name: tuple[Word, ...], adult: PersonId | None) -> Iterator[Token]:
        for unit in self.units or (None,):
            yield from (Token(kind, word, name, self.id, unit, adult) for word in name)
        for unit in self.units if kind == "N" else ():
            yield from (Token("U", word, name, self.id, unit) for word in name[:1])
        pairs = dict.fromkeys(_pair(*two) for two in combinations(name, 2))
        yield from (Token(kind, name[0], name, self.id, None, adult, pair) for pair in pairs)


def custody_of(card: PersonCard, day: date) -> list[PersonId]:
    """Who has custody on a day or will have it later, in order of id; nobody of somebody who is 18."""
    if day >= of_age(card.birth_date):
        return []
    here = {r.person for r in card.responsibles if r.relation in CUSTODY and (r.end is None or day <= r.end)}
    return sorted(here)


def words_of(name: str) -> list[Word]:
    """The words of a name, each once.

    >>> [(w.folded, w.written) for w in words_of("Åsa-Märta d'Ors")]
    [('asa', 'åsa'), ('marta', 'märta'), ('dors', 'dors')]
    """
    parts = re.split(r"[\s\-‐‑–.,_/]+", unicodedata.normalize("NFC", name).casefold())
    letters = ("".join(c for c in part if c.isalpha())[:LONGEST_WORD] for part in parts)
    words = {word.folded: word for x in letters if x and (word := Word.of(x)).folded}
    return list(words.values())


def _name(names: Sequence[str]) -> tuple[Word, ...]:
    *_, family = names
    return tuple(words_of(" ".join((family, *names)))[:MOST_WORDS])


def _pair(one: Word, other: Word) -> str:
    return " ".join(sorted((one.folded[:PAIRED], other.folded[:PAIRED])))


@dataclass(frozen=True, slots=True)
class NameSearch:
    """Words that all must match: each the beginning of a word of the name, two of them of two."""

    words: tuple[Word, ...]

    @classmethod
    def of(cls, text: str) -> NameSearch:
        """Raises `NothingToFind`."""
        words = words_of(text)
        if not words:
            raise NothingToFind(field="name")
        return cls(tuple(words[:MOST_WORDS]))

    @property
    def leading(self) -> Word:
        """The word looked up in the index: the longest, since fewest names begin with it."""
        return max(self.words, key=lambda word: len(word.folded))

    @property
    def pair(self) -> str:
        """What two long words are looked up by, so that common names do not have to be read through; "" when
        there are no two.
        """
        long = sorted((w for w in self.words if len(w.folded) >= PAIRED), key=lambda w: -len(w.folded))
        return _pair(*long[:2]) if len(long) > 1 else ""

    @property
    def turns(self) -> int:
        """In how many turns the index is gone through: what is written with accents finds those who write it
        so in the first turn, and all others in the second.
        """
        return 2 if self.leading.folded != self.leading.written else 1

    def turn(self, word: Word) -> int:
        """In which turn a word of a name is found."""
        return int(self.turns == 2 and not word.written.startswith(self.leading.written))

    def leader(self, name: Sequence[Word]) -> Word | None:
        """Which of the name's words it is shown by, so that nobody is shown twice; None if none is meant."""
        meant = (w for w in name if w.folded.startswith(self.leading.folded))
        return min(meant, key=lambda w: (self.turn(w), w), default=None)

    def matches(self, name: Sequence[Word]) -> bool:
        """Whether a name with these words is meant: "anders andersson" is not Anna Andersson."""
        left = list(name)
        # Words that a shorter one could be taken for are taken by the longer first.
        for word in sorted(self.words, key=lambda w: -len(w.folded)):
            mine = next((w for w in left if w.folded.startswith(word.folded)), None)
            if mine is None:
                return False
            left.remove(mine)
        return True

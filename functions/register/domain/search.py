"""Finding people by name: how names become search words, and what matches.

A person is found by the beginning of any of their name's words, with or without accents ("asa" finds Åsa). A
pupil is also found by the names of those who have custody. Of a protected person there is nothing to find.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from functions.register.domain.enrolment import Enrolment
from functions.register.domain.people import PersonCard, PersonName
from skolkit.errors import DomainError, Text
from skolkit.types import PersonId, UnitId

MOST_WORDS = 6  # of one name that are searched for
LONGEST_WORD = 40
_SAME = str.maketrans({"ø": "o", "æ": "ae", "đ": "d", "ł": "l", "ð": "d", "þ": "th", "ı": "i"})


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


@dataclass(frozen=True, slots=True)
class Token:
    """One way to find a person. `adult` is the holder of custody whose name this is, None for the person's
    own; `unit` where the pupil goes, None for whoever goes nowhere; `first` of the family name's beginning;
    `name` all folded words; `enrolments` start dates and units of the stays, for reading them.
    """

    word: Word
    person: PersonId
    adult: PersonId | None
    unit: UnitId | None
    first: bool
    name: tuple[str, ...]
    enrolments: tuple[tuple[str, UnitId], ...]


@dataclass(frozen=True, slots=True)
class Findable:
    """What a person is found by: own names (family name last), stays at units, who has custody."""

    id: PersonId
    names: tuple[str, ...]
    protected: bool
    enrolments: tuple[Enrolment, ...] = ()
    adults: tuple[PersonName, ...] = ()

    @classmethod
    def of(cls, card: PersonCard, adults: Mapping[PersonId, PersonName], day: date) -> Findable:
        """`adults` are names of at least the pupil's guardians; one who is not there is not searched for."""
        return cls(
            card.id,
            (card.given_name, card.middle_name or "", card.family_name),
            card.protected or card.merged_into is not None,
            tuple(e for e in card.enrolments if not e.cancelled and (e.end is None or day <= e.end)),
            tuple(adults[id] for id in sorted(card.guardians(day)) if id in adults),
        )

    def tokens(self) -> Iterator[Token]:
        """None for a protected person; a protected adult's name is not among a child's."""
        if self.protected:
            return
        units: list[UnitId | None] = [*dict.fromkeys(e.unit for e in self.enrolments)]
        for unit in units or [None]:
            yield from self._of(self.names, None, unit)
            for adult in self.adults:
                if not adult.protected:
                    yield from self._of((adult.given_name, adult.family_name), adult.id, unit)

    def _of(self, names: Iterable[str], adult: PersonId | None, unit: UnitId | None) -> Iterator[Token]:
        *_, family = names = tuple(names)
        words = words_of(" ".join((family, *names)))[:MOST_WORDS]
        stays = tuple((e.start.isoformat(), e.unit) for e in self.enrolments)
        folded = tuple(word.folded for word in words)
        for number, word in enumerate(words):
            yield Token(word, self.id, adult, unit, number == 0, folded, stays)


def words_of(name: str) -> list[Word]:
    """The words of a name, each once.

    >>> [(w.folded, w.written) for w in words_of("Åsa-Märta d'Ors")]
    [('asa', 'åsa'), ('marta', 'märta'), ('dors', 'dors')]
    """
    parts = re.split(r"[\s\-‐‑–.,_/]+", unicodedata.normalize("NFC", name).casefold())
    letters = ("".join(c for c in part if c.isalpha())[:LONGEST_WORD] for part in parts)
    return list({(word := Word(_folded(x), x)).folded: word for x in letters if x}.values())


def _folded(word: str) -> str:
    plain = unicodedata.normalize("NFKD", word.translate(_SAME))
    return "".join(letter for letter in plain if letter.isalpha())


@dataclass(frozen=True, slots=True)
class NameSearch:
    """Words that all must match: each the beginning of a word of the name."""

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
    def accented(self) -> bool:
        """Whether it was written with accents, so that names written so come first."""
        return self.leading.folded != self.leading.written

    def matches(self, folded: Iterable[str]) -> bool:
        """Whether a name with these folded words is meant."""
        words = tuple(folded)
        return all(any(word.startswith(w.folded) for word in words) for w in self.words)

"""The levels of a written assessment (omdöme): our own words, as data by valid-from date, since the law names
none and the scale of grades is about to change.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from skolkit.errors import DomainError, Text


class UnknownLevel(DomainError):
    """A level that the scale does not have."""

    status = 422
    reason = Text("Nivån finns inte i skalan.", "The scale has no such level.")
    advice = Text("Välj en av nivåerna {legal}.", "Choose one of the levels {legal}.")
    law = "skollagen 10:13"


@dataclass(frozen=True, slots=True)
class Levels:
    """One scale, in force from a day until the next one; `words` by level, the lowest first."""

    id: str
    valid_from: date
    words: Mapping[int, Text]

    def check(self, level: int | None, field: str = "level") -> None:
        """Raises `UnknownLevel`; None is no level yet."""
        if level is not None and level not in self.words:
            raise UnknownLevel(field=field, value=level, legal=", ".join(map(str, self.words)))


SCALES = (
    Levels(
        "omdome-2026", date(2024, 7, 1),
        MappingProxyType({
            -1: Text("underlag saknas", "no basis yet"),
            0: Text("ännu inte godtagbara kunskaper", "not yet acceptable knowledge"),
            1: Text("godtagbara kunskaper", "acceptable knowledge"),
            2: Text("mer än godtagbara kunskaper", "more than acceptable knowledge"),
        }),
    ),
)  # fmt: skip
BY_ID = MappingProxyType({scale.id: scale for scale in SCALES})


def in_force(day: date) -> Levels:
    """The scale of a day.

    >>> in_force(date(2026, 11, 23)).words[1].sv
    'godtagbara kunskaper'
    """
    return max((s for s in SCALES if s.valid_from <= day), key=lambda s: s.valid_from, default=SCALES[0])

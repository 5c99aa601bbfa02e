"""What an area brings to a retention run, and what goes together in it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from skolkit.extracts import Section
from skolkit.kept import Kept
from skolkit.retention.facts import Answered, Turn
from skolkit.retention.items import ErasureItem, RetentionJob
from skolkit.retention.rules import Hold, Line
from skolkit.table import Item, Write
from skolkit.types import PersonId

TOGETHER = 40  # rows erased by one transaction: with tombstones and what goes with them under 100


@dataclass(frozen=True, slots=True)
class Document:
    """What goes together: `rows` are erased in one transaction with `also` (lists that go on without them,
    keys that are shredded). `before` are rows of a document too large for that, erased first, some at a time,
    and `after` those that still come when some are; `surplus` goes before all of them, when nothing holds the
    document. `about` is the person for the audit trail; `shown` is how an archive reads it.
    """

    rows: tuple[Item, ...]
    also: tuple[Write, ...] = ()
    before: tuple[Item, ...] = ()
    about: str = ""
    shown: tuple[Section, ...] = ()
    after: tuple[Item, ...] = ()
    surplus: tuple[Write, ...] = ()

    @property
    def everything(self) -> tuple[Item, ...]:
        return (*self.before, *self.rows, *self.after)

    @property
    def is_plain(self) -> bool:
        return len(self.rows) == 1 and not (self.also or self.before or self.about)


def _no_tie(_event: str, _person: PersonId, _changed: date) -> date | None:
    return None


@dataclass(frozen=True, slots=True)
class Shelf:
    """What an area brings: its kinds; how the ties of people end (`tie`: of event, person and the day the
    item was changed last; None while they have not); and how documents of more than one row are put together
    (`whole`, by their first kind; None when one is not whole just now: it only reads). `holds` are those that
    stand, given the ones known before; `real` is whether the municipality lets anything be deleted now;
    `secret` are kinds whose keys tell more of somebody than an id.
    """

    area: str
    kept: Mapping[str, Kept]
    item: type[Item]
    job: type[RetentionJob]
    proof: type[ErasureItem]
    continued: type[Turn]
    answered: type[Answered]
    lines: Callable[[str], Mapping[str, Line]]
    holds: Callable[[Sequence[Hold]], Sequence[Hold]]
    real: Callable[[], bool]
    tie: Callable[[str, PersonId, date], date | None] = _no_tie
    whole: Mapping[str, Callable[[Any], Document | None]] = field(default_factory=dict)
    secret: frozenset[str] = frozenset()

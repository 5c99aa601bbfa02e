"""What other areas may read of the catalogue of grades."""

from __future__ import annotations

from collections.abc import Iterable

from functions.grades.domain.catalogue import Entry, Subject
from functions.grades.domain.held import Held
from functions.grades.store import catalogue
from functions.grades.store.catalogue import Head
from functions.register import queries as register
from skolkit.table import Wanted
from skolkit.types import PersonId

__all__ = ["Entry", "Head", "Held", "Subject", "entries_of", "wanted_heads"]


def wanted_heads(records: Iterable[PersonId]) -> Wanted[dict[PersonId, Head]]:
    """What stands in the catalogue of people's records, for `skolkit.table.fetch`; an empty head for who has
    no entry. A person's closed records have heads of their own. What homes may not see yet is there too.
    """
    return catalogue.wanted_heads(records)


def entries_of(pupil: PersonId) -> list[Entry]:
    """All entries of a pupil, those of closed records last. Two consistent queries, one more for each of
    those.
    """
    return catalogue.entries(register.records_of(pupil))

"""Telling homes that grades and documents are there: who is told, and of a period until when."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta

from functions.grades.domain.grading import Sheet
from skolkit.types import PersonId

PART = 100
"""Pupils whose homes are told by one message of a queue."""

LATEST = timedelta(days=2)
"""How long after the moment somebody is told: never when facts come again from the archive."""


def graded(sheets: Iterable[Sheet]) -> list[PersonId]:
    """The pupils who have a decision in a period."""
    return sorted({line.pupil for sheet in sheets for line in sheet.lines.values() if line.entry is not None})


def is_late(at: datetime, now: datetime) -> bool:
    """Whether nobody is told any more of what came at `at`."""
    return now - at > LATEST


def homes(
    pupils: Collection[PersonId],
    guardians: Mapping[PersonId, Collection[PersonId]],
    of_age: Collection[PersonId],
    protected: Collection[PersonId],
) -> list[PersonId]:
    """Who is told of something about pupils: those with custody of a pupil, or the pupil who is of age, each
    once; nothing goes to somebody with protected identity, nor because of a pupil who has.
    """  # fmt: skip
    open_ = [pupil for pupil in pupils if pupil not in protected]
    told = {one for pupil in open_ for one in ([pupil] if pupil in of_age else guardians.get(pupil, ()))}
    return sorted(told - set(protected))

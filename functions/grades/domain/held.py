"""The grades that stand, as the end of a pupil's chain keeps them: enough to count from, without words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from functions.grades.domain.catalogue import Entry, Kind, Subject, standing, takes_over
from functions.grades.domain.scales import BY_ID


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """The grade that stands in a subject; `id` and `number` are those of the entry it is from."""

    id: str
    number: int
    kind: Kind
    subject: Subject
    value: str
    scale: str
    at: datetime
    finished: bool
    period: str | None = None

    @property
    def passed(self) -> bool:
        return BY_ID[self.scale].worth(self.value).passed

    @property
    def points(self) -> float | None:
        """The value's points; None for what nothing is counted from."""
        return BY_ID[self.scale].worth(self.value).points

    @property
    def rank(self) -> int:
        return BY_ID[self.scale].rank(self.value)


def with_entries(held: Mapping[str, Held], entries: Iterable[Entry]) -> dict[str, Held]:
    """What stands when decisions and trials follow in order: the same as `catalogue.standing` of them all,
    step by step. What replaces an entry, or was decided earlier, takes the whole chain: `held_of`.
    """
    found = dict(held)
    for entry in entries:
        if takes_over(entry, found.get(entry.subject.key)):
            found[entry.subject.key] = _held(entry)
    return found


def held_of(entries: Iterable[Entry]) -> dict[str, Held]:
    """What stands of all entries of a chain."""
    return {key: _held(entry) for key, entry in standing(entries).items()}


def _held(e: Entry) -> Held:
    return Held(
        id=e.id, number=e.number, kind=e.kind, subject=e.subject, value=e.value, scale=e.scale,
        at=e.at, finished=e.finished, period=e.period,
    )  # fmt: skip

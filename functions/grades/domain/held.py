"""The grades that stand, as the end of a pupil's chain keeps them: what is shown of them and counted from, so
that a home's look at them does not read the whole chain.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from functions.grades.domain.catalogue import Entry, Kind, Subject, Term, standing, takes_over
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
    school_year: str = ""
    term: Term = "HT"
    year: int | None = None
    trial: bool = False
    adapted: str = ""
    remark: str = ""

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
    step by step. What replaces an entry, or was decided earlier, takes the whole chain: `Stand.of`.
    """
    found = dict(held)
    for e in entries:
        if takes_over(e, found.get(e.subject.key)):
            found[e.subject.key] = as_held(e)
    return found


def as_held(e: Entry) -> Held:
    """What is kept of an entry that stands."""
    return Held(
        id=e.id, number=e.number, kind=e.kind, subject=e.subject, value=e.value, scale=e.scale, at=e.at,
        finished=e.finished, period=e.period, school_year=e.school_year, term=e.term, year=e.year,
        trial=e.trial, adapted=e.adapted, remark=e.remark,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Stand:
    """What stands by subject (`Subject.key`), the periods of all entries in the order in which they began,
    and what stands of the entries of all periods but the last: a home sees that until the last is published.
    """

    held: Mapping[str, Held] = field(default_factory=dict)
    periods: tuple[str, ...] = ()
    before: Mapping[str, Held] = field(default_factory=dict)

    @classmethod
    def of(cls, chain: Sequence[Entry]) -> Stand:
        """The same of a whole chain, for what is not just one decision after the other."""
        periods = tuple(dict.fromkeys(entry.period for entry in chain if entry.period))
        others = [e for e in chain if not periods or e.period != periods[-1]]
        held, before = ({key: as_held(e) for key, e in standing(some).items()} for some in (chain, others))
        return cls(held, periods, before)

    def followed(self, entries: Iterable[Entry]) -> Stand:
        """The same when entries have followed in order."""
        held, periods, before = self.held, self.periods, self.before
        for entry in entries:
            if entry.period and entry.period not in periods:
                periods, before = (*periods, entry.period), held
            elif not periods or entry.period != periods[-1]:
                before = with_entries(before, [entry])
            held = with_entries(held, [entry])
        return Stand(held, periods, before)

    def seen(self, published: Collection[str]) -> Mapping[str, Held] | None:
        """What stands of the entries of published periods and of none: the same as `catalogue.standing` of
        those; None when only the whole chain tells.
        """
        hidden = [period for period in self.periods if period not in published]
        if not hidden:
            return self.held
        return self.before if hidden == [self.periods[-1]] else None

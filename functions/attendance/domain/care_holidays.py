"""Planning of holidays (process 25): a unit asks who needs care while school is out, homes answer day by day
before a last day, and those who have not are reminded.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from functions.attendance.domain.care import Answers, Hours, Plan, require_hours
from skolkit.errors import DomainError, Text
from skolkit.types import PersonId, UnitId

LONGEST_DAYS = 80  # a summer [M]


class UnfitPeriod(DomainError):
    """A period ends after it starts, is asked about before it begins, and lies beside the unit's others."""

    status = 422
    reason = Text("Periodens dagar hänger inte ihop.", "The days of the period do not fit together.")
    advice = Text(
        "Sista svarsdag ligger före första dagen, högst {days} dagar, och perioder får inte överlappa.",
        "The last day to answer is before the first; at most {days} days, and periods do not overlap.",
    )


class AnswersClosed(DomainError):
    """Homes answer until the last day; after that the office does it for them."""

    reason = Text("Sista svarsdagen har varit.", "The last day to answer has passed.")
    advice = Text("Kontakta förskolan eller fritidshemmet.", "Contact the preschool or the fritidshem.")


class OutsidePeriod(DomainError):
    """An answer is about days of the period."""

    status = 422
    reason = Text("Dagen ligger utanför perioden.", "The day lies outside the period.")
    advice = Text("Svara för periodens dagar.", "Answer for days of the period.")


@dataclass(frozen=True, slots=True)
class Period:
    """A holiday that a unit asks about; `unanswered` is what holds for days nobody has answered."""

    id: str
    unit: UnitId
    start: date
    end: date
    last_answer: date
    unanswered: Literal["asScheduled", "noNeed"]
    version: int = 1

    def covers(self, day: date) -> bool:
        return self.start <= day <= self.end


def open_period(new: Period, others: Iterable[Period], today: date) -> Period:
    """The period, if it may be asked about. Raises `UnfitPeriod`."""
    if not new.start <= new.end < new.start + timedelta(days=LONGEST_DAYS):
        raise UnfitPeriod(field="endDate", value=new.end.isoformat(), days=LONGEST_DAYS)
    if not today <= new.last_answer < new.start:
        raise UnfitPeriod(field="lastAnswerDay", value=new.last_answer.isoformat(), days=LONGEST_DAYS)
    if any(new.start <= other.end and other.start <= new.end for other in others):
        raise UnfitPeriod(field="startDate", value=new.start.isoformat(), days=LONGEST_DAYS)
    return new


def answered(
    period: Period,
    known: Mapping[date, Answers],
    owner: PersonId,
    new: Mapping[date, tuple[Hours, ...]],
    today: date,
    *,
    staff: bool,
) -> dict[date, dict[PersonId, tuple[Hours, ...]]]:
    """All answers of a child with one home's new ones; no hours mean no need.

    Raises `AnswersClosed` for homes after the last day, `OutsidePeriod`, `UnfitHours`.
    """
    if not staff and today > period.last_answer:
        raise AnswersClosed(field="period", value=period.last_answer.isoformat())
    for day, hours in new.items():
        if not period.covers(day):
            raise OutsidePeriod(field="date", value=day.isoformat())
        require_hours(hours)
    return {
        day: {**known.get(day, {}), **({owner: new[day]} if day in new else {})}
        for day in sorted({*known, *new})
    }


def silent(
    plan: Plan, answers: Mapping[date, Answers], guardians: frozenset[PersonId]
) -> frozenset[PersonId]:
    """The guardians to remind: those of homes that have answered nothing; all of them when no home has said
    its times yet. Whoever shares a home is spoken for by it.
    """
    spoken = {owner for homes in answers.values() for owner in homes}
    homes = frozenset(plan.homes) & guardians
    if not homes or any(s.shared for s in plan.schedules):
        return frozenset() if spoken else guardians
    return homes - spoken

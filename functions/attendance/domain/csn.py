"""Reports to CSN of upper-secondary pupils' invalid absence (ogiltig frånvaro, process 24).

A pupil with study aid (studiehjälp) who is away without a valid reason repeatedly, four hours or more in a
month, is reported by the school, which may refrain for the pupil's sake. A person decides, never the system
(förvaltningslagen 28 §; rules §5.2). Study aid is given from the quarter after the 16th birthday to the
spring term of the year the pupil turns 20 (studiestödslagen (1999:1395) 2:3–4).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Literal, Protocol

from functions.attendance.domain.totals import month_of
from skolkit.clock import today
from skolkit.errors import DomainError, Text
from skolkit.sweden.codes import SchoolForm
from skolkit.types import LessonId, PersonId, UnitId

State = Literal["proposed", "approved", "refrained", "lapsed"]
Decision = Literal["approved", "refrained"]
Refraining = Literal["illness", "bullying", "personal", "corrected", "otherReason"]
"""Why a report is not made: rules §5.2 names illness, bullying and other personal reasons. No free text."""


@dataclass(frozen=True, slots=True)
class CsnRules:
    """What is repeated absence [M]: `minutes` in a calendar month ("four hours": CSN does not say of what
    length) on at least so many `days`; `forms` whose pupils may have study aid; and the years of age.
    """

    id: str = "csn-2026"
    valid_from: date = date(2026, 7, 1)
    minutes: int = 240
    days: int = 2
    forms: frozenset[SchoolForm] = frozenset({SchoolForm.UPPER_SECONDARY, SchoolForm.ADAPTED_UPPER_SECONDARY})
    from_age: int = 16
    to_age: int = 20
    spring_ends: tuple[int, int] = (6, 30)


RULES = CsnRules()


class Enrolled(Protocol):
    """An enrolment, as far as it matters here."""

    @property
    def unit(self) -> UnitId: ...
    @property
    def school_form(self) -> SchoolForm: ...
    @property
    def start(self) -> date: ...
    @property
    def end(self) -> date | None: ...
    @property
    def cancelled(self) -> bool: ...


class NothingToDecide(DomainError):
    """A case is decided once, and again only when its attendance was corrected."""

    reason = Text("Ärendet är redan avgjort.", "The case is decided already.")
    advice = Text(
        "Ett avgjort ärende kan avgöras på nytt när närvaron har rättats.",
        "A decided case can be decided anew when attendance has been corrected.",
    )


class NothingToReport(DomainError):
    """After the correction the absence is no longer what is reported."""

    reason = Text(
        "Frånvaron når inte längre upp till det som rapporteras.", "The absence is no longer to be reported."
    )
    advice = Text("Avstå från att rapportera.", "Refrain from reporting.")


class ReasonMissing(DomainError):
    """Whoever refrains says why, and whoever reports does not."""

    status = 422
    reason = Text(
        "Skäl anges när skolan avstår, och bara då.", "A reason goes with refraining, and only then."
    )
    advice = Text("Välj ett skäl ur listan, eller ta bort det.", "Choose a reason, or leave it out.")


class NotReported(DomainError):
    """Studies are full time again, for CSN, only after a report."""

    reason = Text("Ärendet har inte godkänts.", "The case has not been approved.")
    advice = Text("Godkänn rapporten först.", "Approve the report first.")


class NotAfterTheAbsence(DomainError):
    """Studies go on after the first day of absence, and not in the future."""

    status = 422
    reason = Text(
        "Dagen ligger inte mellan första frånvarodagen och i dag.",
        "The day is not between the first day of absence and today.",
    )
    advice = Text("Ändra dagen.", "Change the day.")


@dataclass(frozen=True, slots=True)
class Missed:
    """A lesson with unexcused minutes, late arrivals and early leaving too."""

    lesson: LessonId
    start: datetime
    subject: str
    minutes: int

    @property
    def day(self) -> date:
        return today(self.start)


@dataclass(frozen=True, slots=True)
class Finding:
    """A month's repeated absence: the first day of it, the minutes, on how many days, and the lessons."""

    first_day: date
    minutes: int
    days: int
    lessons: tuple[Missed, ...]

    def says(self) -> tuple[date, int]:
        """What would be reported."""
        return self.first_day, self.minutes


@dataclass(frozen=True, slots=True)
class Reported:
    """What a decision was about."""

    first_day: date
    minutes: int
    day: date


@dataclass(frozen=True, slots=True)
class Case:
    """A pupil's month. `finding` is what attendance says now (None: no longer repeated), `decided` what it
    said when it was decided last; `corrected`: the two differ. `file` is the export that has the report,
    `back_file` the one that tells of full-time studies since `full_time`.
    """

    pupil: PersonId
    month: date
    unit: UnitId
    state: State
    finding: Finding | None
    rules: str = RULES.id
    decided: Reported | None = None
    corrected: bool = False
    file: str | None = None
    full_time: date | None = None
    back_file: str | None = None
    version: int = 0

    @property
    def is_open(self) -> bool:
        return self.state == "proposed" or self.corrected


def assess(missed: Iterable[Missed], month: date, rules: CsnRules = RULES) -> Finding | None:
    """A month's absence if it is repeated, each lesson counted once; None otherwise. The month is that of
    Swedish time.
    """
    first, last = month_of(f"{month:%Y-%m}")
    lessons = {one.lesson: one for one in missed if first <= one.day <= last and one.minutes > 0}
    mine = tuple(sorted(lessons.values(), key=lambda one: (one.start, one.lesson)))
    minutes, days = sum(one.minutes for one in mine), {one.day for one in mine}
    if minutes < rules.minutes or len(days) < rules.days:
        return None
    return Finding(min(days), minutes, len(days), mine)


def unit_of(
    born: date, enrolments: Sequence[Enrolled], month: date, rules: CsnRules = RULES
) -> UnitId | None:
    """The unit whose pupil somebody with study aid was last in a month; None for everybody else."""
    first, last = month_of(f"{month:%Y-%m}")
    if not _from(born, rules) <= last or first > date(born.year + rules.to_age, *rules.spring_ends):
        return None
    mine = [
        e for e in enrolments
        if not e.cancelled and e.school_form in rules.forms and e.start <= last and (e.end or last) >= first
    ]  # fmt: skip
    found = max(mine, key=lambda e: (e.end is None or e.end >= last, e.start), default=None)
    return found.unit if found else None


def _from(born: date, rules: CsnRules) -> date:
    """The first day of the quarter after the birthday from which there is study aid."""
    year, quarter = divmod((born.year + rules.from_age) * 4 + (born.month - 1) // 3 + 1, 4)
    return date(year, quarter * 3 + 1, 1)


def updated(case: Case, finding: Finding | None) -> Case:
    """The case after attendance was counted again: a proposal follows it, a decision stays and says that it
    was corrected.
    """
    if case.state in ("proposed", "lapsed"):
        return replace(case, finding=finding, state="proposed" if finding else "lapsed")
    before = (case.decided.first_day, case.decided.minutes) if case.decided else None
    return replace(case, finding=finding, corrected=(finding.says() if finding else None) != before)


def decide(case: Case, decision: Decision, reason: str | None, day: date) -> Case:
    """The case as decided. Raises `NothingToDecide`, `NothingToReport`, `ReasonMissing`. One whose report was
    sent is reported anew when it was corrected.
    """
    if not case.is_open:
        raise NothingToDecide(field="decision", value=case.state)
    if (decision == "refrained") != (reason is not None):
        raise ReasonMissing(field="reason", value=reason)
    if case.finding is None and decision == "approved":
        raise NothingToReport(field="decision", value=decision)
    about = Reported(*case.finding.says(), day) if case.finding else None
    file = None if decision == "approved" else case.file
    return replace(case, state=decision, decided=about, corrected=False, file=file)


def back(case: Case, since: date, day: date) -> Case:
    """The case of a pupil whose studies are full time again. Raises `NotReported`, `NotAfterTheAbsence`."""
    if case.state != "approved" or case.decided is None:
        raise NotReported(field="since", value=case.state)
    if not case.decided.first_day < since <= day:
        raise NotAfterTheAbsence(field="since", value=since.isoformat())
    return replace(case, full_time=since, back_file=None)


def month_before(day: date) -> date:
    """The first day of the month before a day's.

    >>> month_before(date(2027, 1, 5)).isoformat()
    '2026-12-01'
    """
    return (day.replace(day=1) - timedelta(days=1)).replace(day=1)


def hours(minutes: int) -> str:
    """Hours as they are reported, with one decimal.

    >>> hours(240), hours(255)
    ('4,0', '4,3')
    """
    tenths = (minutes * 10 + 30) // 60
    return f"{tenths // 10},{tenths % 10}"

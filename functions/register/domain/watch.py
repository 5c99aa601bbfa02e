"""The compulsory-school watch (skolpliktsbevakning) and the municipality's activity responsibility for young
people (kommunala aktivitetsansvaret, KAA): who has a duty or a right to be at school, and is at none.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal, get_args

from functions.register.domain.enrolment import Enrolment
from functions.register.domain.people import PersonCard, of_age
from skolkit.errors import DomainError, Text
from skolkit.sweden.codes import SchoolForm
from skolkit.sweden.school_forms import COMPULSORY
from skolkit.types import PersonId

Watch = Literal["schoolAttendance", "activity"]
"""Which of the two: skolpliktsbevakning (skollagen 7:21–22) or aktivitetsansvaret (29:9)."""

OpenReason = Literal["neverEnrolled", "leftSchool", "noUpperSecondary", "leftUpperSecondary"]
CloseReason = Literal[
    "enrolled", "merged", "movedOut", "emigrated", "deceased", "dutyEnded", "exception", "enrolledElsewhere",
    "permanentlyAbroad", "otherWay", "completed", "openedByMistake",
]  # fmt: skip
ExceptionKind = Literal[
    "lateStart", "extended", "dutyCompleted", "upperSecondaryCompleted", "permanentlyAbroad", "exempt",
    "otherWay", "enrolledElsewhere",
]  # fmt: skip
"""`lateStart`: from the year of 7 (7:10); `extended`: a year more (7:13); `dutyCompleted`: ended early
(7:14); `upperSecondaryCompleted`: with a diploma (29:9); `permanentlyAbroad`, `exempt`: no duty (7:2);
`otherWay`: fulfilled in another way (24:23); `enrolledElsewhere`: at a school not in the register.
"""

EXCEPTION_KINDS = frozenset(get_args(ExceptionKind))

EventKind = Literal["step", "contact", "measure", "occupation"]
CODES: dict[EventKind, frozenset[str]] = {
    "step": frozenset({"contacting", "investigating", "planning", "followingUp"}),
    "contact": frozenset(
        {"letter", "phone", "mail", "homeVisit", "meeting", "otherMunicipality", "otherOrganiser",
         "socialServicesTold"}
    ),
    "measure": frozenset(
        {"guidance", "motivation", "internship", "introductoryProgramme", "adultEducation",
         "schoolOffered", "injunction", "injunctionWithFine"}
    ),
    "occupation": frozenset({"education", "work", "internship", "military", "other", "none", "unknown"}),
}  # fmt: skip
"""What is noted in a case is codes and dates: no free text, nothing about health (förordning 2006:39 5 §)."""


class UnknownCode(DomainError):
    """A code that this kind of note does not have."""

    status = 422
    reason = Text("Koden finns inte för den sortens anteckning.", "That kind of note has no such code.")
    advice = Text("Välj en kod ur listan.", "Choose a code from the list.")
    law = "förordning (2006:39) 4–5 §§"


class CaseClosed(DomainError):
    """A closed case is not worked on."""

    reason = Text("Ärendet är avslutat.", "The case is closed.")
    advice = Text(
        "Ett nytt ärende öppnas av sig självt om skäl finns.", "A new one opens by itself if there is cause."
    )


class NotAnOfficer(DomainError):
    """A case is handled by somebody who has that duty."""

    status = 422
    reason = Text("Personen är inte handläggare för bevakningen.", "The person is no officer of this watch.")
    advice = Text("Välj en handläggare.", "Choose an officer.")


class EndBeforeStart(DomainError):
    """A period ends no earlier than it starts."""

    status = 422
    reason = Text("Slutdatum ligger före startdatum.", "The end date is before the start date.")
    advice = Text("Ändra något av datumen.", "Change one of the dates.")


@dataclass(frozen=True, slots=True)
class WatchRules:
    """What the law leaves open, and what it says, as data of one version. `autumn`: (month, day) on which the
    autumn term counts as begun; `summer`: the last day of a school year; `ahead`: an enrolment that begins
    within so many days counts already (the summer, a move); `activity_from`: from when those who have just
    ended compulsory school are looked for, since the final admissions are made in August; `counts`: forms
    that count as or correspond to upper-secondary school.
    """

    id: str = "watch-2026"
    valid_from: date = date(2026, 7, 1)
    start_age: int = 6
    years: int = 10
    autumn: tuple[int, int] = (8, 1)
    summer: tuple[int, int] = (6, 30)
    ahead: int = 75
    activity_from: tuple[int, int] = (9, 1)
    activity_age: int = 20
    counts: frozenset[SchoolForm] = frozenset(
        {SchoolForm.UPPER_SECONDARY, SchoolForm.ADAPTED_UPPER_SECONDARY, SchoolForm.ADULT}
    )


RULES = WatchRules()


@dataclass(frozen=True, slots=True)
class WatchException:
    """A decided or reported exception for one person, from `start` to `end` (both inclusive; None: open)."""

    kind: ExceptionKind
    start: date
    end: date | None = None
    unit_code: str | None = None

    def covers(self, day: date) -> bool:
        return self.start <= day and (self.end is None or day <= self.end)


@dataclass(frozen=True, slots=True)
class Case:
    """A case: `step` is how far it has come, `handler` whose it is, `rules` under which it was opened."""

    id: str
    person: PersonId
    watch: Watch
    reason: OpenReason
    opened: date
    rules: str
    step: str = "opened"
    occupation: str = "unknown"
    handler: PersonId | None = None
    closed: date | None = None
    close_reason: CloseReason | None = None
    version: int = 0


def compulsory(
    born: date, exceptions: Collection[WatchException] = (), rules: WatchRules = RULES
) -> tuple[date, date]:
    """First and last day of compulsory school attendance (skolplikt): from the autumn of the year the child
    turns 6, or 7 for special reasons (skollagen 7:10), to the end of the tenth year (7:12), a year more when
    decided (7:13), at most until 18.

    >>> [day.isoformat() for day in compulsory(date(2020, 12, 31))]
    ['2026-08-01', '2036-06-30']
    """
    kinds = {exception.kind for exception in exceptions}
    year = born.year + rules.start_age + ("lateStart" in kinds)
    end = date(year + rules.years + ("extended" in kinds), *rules.summer)
    early = min((e.start for e in exceptions if e.kind == "dutyCompleted"), default=None)
    last = min(end, of_age(born) - timedelta(days=1), *([early - timedelta(days=1)] if early else []))
    return date(year, *rules.autumn), last


def watched_until(born: date, rules: WatchRules = RULES) -> date:
    """From when on no exception matters: compulsory school (7:12) and the years of 29:9 are over.

    >>> watched_until(date(2008, 2, 29)).isoformat()
    '2028-02-29'
    """
    return max(compulsory(born, (), rules)[1], _birthday(born, rules.activity_age))


def birth_dates(day: date, rules: WatchRules = RULES) -> tuple[date, date]:
    """The first and last birth date of those who may be watched on a day."""
    first = date(day.year - rules.activity_age, 1, 1)
    begun = day >= date(day.year, *rules.autumn)
    return first, date(day.year - rules.start_age - (not begun), 12, 31)


def missing(
    card: PersonCard,
    day: date,
    own: str | None,
    exceptions: Collection[WatchException] = (),
    rules: WatchRules = RULES,
) -> tuple[Watch, OpenReason] | None:
    """Whether somebody registered in the municipality `own` has a duty to attend (7:2, 7:10) or is of those
    under 20 whom 29:9 is about, and is enrolled nowhere; and which. Pupils at an introductory programme are
    enrolled (29:9 since 1 July 2018).
    """  # fmt: skip
    if not is_resident(card, own) or _excepted(exceptions, day):
        return None
    first, last = compulsory(card.birth_date, exceptions, rules)
    if first <= day <= last:
        forms = COMPULSORY | rules.counts
        if _has_place(card.enrolments, forms, day, rules):
            return None
        left = any(e.school_form in COMPULSORY and not e.cancelled for e in card.enrolments)
        return "schoolAttendance", "leftSchool" if left else "neverEnrolled"
    if not _of_activity(card, day, last, exceptions, rules):
        return None
    left = any(e.school_form in rules.counts and not e.cancelled for e in card.enrolments)
    return "activity", "leftUpperSecondary" if left else "noUpperSecondary"


def is_resident(card: PersonCard, own: str | None) -> bool:
    """Whether somebody is registered (folkbokförd) in the municipality and alive."""
    return own is not None and card.municipality == own and card.status == "Aktiv" and not card.merged_into


def why_closed(
    card: PersonCard | None,
    watch: Watch,
    day: date,
    own: str | None,
    exceptions: Collection[WatchException] = (),
    rules: WatchRules = RULES,
) -> CloseReason | None:
    """Why an open case has no cause any more, or None while it has."""  # fmt: skip
    if card is None or card.merged_into:
        return "merged"
    if card.status == "Avliden":
        return "deceased"
    if card.status == "Utvandrad":
        return "emigrated"
    if not is_resident(card, own):
        return "movedOut"
    found = missing(card, day, own, exceptions, rules)
    if found and found[0] == watch:
        return None
    if _excepted(exceptions, day):
        return "exception"
    forms = rules.counts if watch == "activity" else COMPULSORY | rules.counts
    return "enrolled" if _has_place(card.enrolments, forms, day, rules) else "dutyEnded"


def check_event(kind: EventKind, code: str, start: date, end: date | None) -> None:
    """The note has a code of its kind and a period. Raises `UnknownCode`, `EndBeforeStart`."""
    if code not in CODES[kind]:
        raise UnknownCode(field="code", value=code)
    check_period(start, end)


def check_period(start: date, end: date | None) -> None:
    """A period ends no earlier than it starts: `EndBeforeStart`."""
    if end is not None and end < start:
        raise EndBeforeStart(field="endDate", value=end.isoformat())


def _excepted(exceptions: Iterable[WatchException], day: date) -> bool:
    kinds = {"permanentlyAbroad", "otherWay", "enrolledElsewhere", "exempt"}
    return any(e.kind in kinds and e.covers(day) for e in exceptions)


def _of_activity(
    card: PersonCard, day: date, last: date, exceptions: Collection[WatchException], rules: WatchRules
) -> bool:
    if day <= last or day >= _birthday(card.birth_date, rules.activity_age):
        return False
    begins = date(last.year, *rules.activity_from)
    if day < begins and last.month <= begins.month:
        return False
    done = any(e.kind == "upperSecondaryCompleted" for e in exceptions)
    finished = any(e.school_form in rules.counts and e.leaving == "finished" for e in card.enrolments)
    return not (done or finished or _has_place(card.enrolments, rules.counts, day, rules))


def _has_place(
    enrolments: Iterable[Enrolment], forms: Collection[SchoolForm], day: date, rules: WatchRules
) -> bool:
    soon = day + timedelta(days=rules.ahead)
    return any(
        e.school_form in forms and (e.covers(day) or (not e.cancelled and day < e.start <= soon))
        for e in enrolments
    )


def _birthday(born: date, years: int) -> date:
    try:
        return born.replace(year=born.year + years)
    except ValueError:
        return born.replace(year=born.year + years, day=28)


def exception_of(
    watch: Watch, reason: CloseReason, day: date, until: date | None, unit_code: str | None
) -> WatchException | None:
    """The exception that closing a case for a reason leaves, so that the next night does not open it again;
    None for a mistake. Raises `EndBeforeStart`.
    """
    if until is not None and until < day:
        raise EndBeforeStart(field="until", value=until.isoformat())
    kinds: dict[CloseReason, ExceptionKind] = {
        "enrolledElsewhere": "enrolledElsewhere",
        "permanentlyAbroad": "permanentlyAbroad",
        "otherWay": "otherWay",
        "completed": "dutyCompleted" if watch == "schoolAttendance" else "upperSecondaryCompleted",
    }
    kind = kinds.get(reason)
    return WatchException(kind, day, until, unit_code) if kind else None

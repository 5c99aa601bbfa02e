"""Rounds of written assessments (omdömen, process 30): which years and subjects of a unit are assessed from
when to when, what is missing and whose it is, and when all homes may read it at once (skollagen 10:13).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from skolkit.errors import DomainError, Fault, Text
from skolkit.sweden.calendar import SchoolYear
from skolkit.sweden.codes import SchoolForm
from skolkit.sweden.school_forms import FORMS
from skolkit.types import GroupId, PersonId, UnitId

AHEAD = timedelta(days=60)
TOLD = 20
"""How many of what is missing a refusal lists."""
_ALTERNATIVES = (frozenset({"SV", "SVA"}),)
"""Whoever reads one of these does not read the other."""


class WrongSpan(DomainError):
    """A round lies in one school year."""

    status = 422
    reason = Text("Tiden är felvänd eller går över ett läsår.", "The span is turned or leaves a school year.")
    advice = Text("Välj dagar i ett och samma läsår.", "Choose days of one school year.")


class YearNotOfForm(DomainError):
    """The school form has those years."""

    status = 422
    reason = Text("Skolformen har inte årskursen.", "The school form does not have the year.")
    advice = Text("Välj årskurser som finns.", "Choose years that there are.")


class RoundNotBegun(DomainError):
    """Nothing is assessed before the round begins."""

    reason = Text("Omdömesomgången har inte börjat.", "The round has not begun.")
    advice = Text("Vänta till {first}.", "Wait until {first}.")


class RoundPublished(DomainError):
    """What homes have read, or will at a given moment, is not set up anew."""

    reason = Text("Omgången är publicerad.", "The round is published.")
    advice = Text(
        "Ändra omdömen ett i taget, eller öppna en ny omgång.",
        "Change assessments one by one, or open a new round.",
    )


class NotWhole(DomainError):
    """Assessments are missing: those who lack them are told of, and by whom."""

    reason = Text("{count} omdömen saknas.", "{count} assessments are missing.")
    advice = Text(
        "Låt lärarna skriva dem, eller publicera ändå.",
        "Let the teachers write them, or publish all the same.",
    )
    law = "skollagen 10:13"


class NotAhead(DomainError):
    """The moment of publication is to come, within sixty days."""

    status = 422
    reason = Text("Tiden är passerad eller för långt fram.", "The time has passed or is too far ahead.")
    advice = Text(
        "Välj en tid inom 60 dagar, eller ingen för nu.", "Choose one within 60 days, or none for now."
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """A round of a unit. `subjects` are codes, `levels` the scale's id; `publish_at` when homes may read, and
    `incomplete` that it was published though something was missing.
    """

    id: str
    unit: UnitId
    title: str
    form: SchoolForm
    years: tuple[int, ...]
    subjects: tuple[str, ...]
    first: date
    last: date
    levels: str
    opened_by: PersonId
    publish_at: datetime | None = None
    published_by: PersonId | None = None
    incomplete: bool = False
    version: int | None = None

    @property
    def school_year(self) -> SchoolYear:
        return SchoolYear.of(self.first)

    def is_public(self, now: datetime) -> bool:
        """Whether homes read it."""
        return self.publish_at is not None and self.publish_at <= now


def check(round: Round) -> Round:
    """The round, if it can be. Raises `WrongSpan`, `YearNotOfForm`."""
    if round.last < round.first or SchoolYear.of(round.last) != round.school_year:
        raise WrongSpan(field="lastDay", value=round.last.isoformat())
    for number, year in enumerate(round.years):
        if not FORMS[round.form].has_year(year):
            raise YearNotOfForm(field=f"years.{number}", value=year)
    return round


def check_writable(round: Round, today: date) -> None:
    """Raises `RoundNotBegun`. After the last day, and publication, an assessment can still be mended."""
    if today < round.first:
        raise RoundNotBegun(field="round", first=round.first.isoformat())


@dataclass(frozen=True, slots=True)
class Class:
    """A class: its members and mentors."""

    group: GroupId
    members: tuple[PersonId, ...]
    mentors: frozenset[PersonId]


@dataclass(frozen=True, slots=True)
class Taught:
    """That a group is taught a subject by somebody."""

    group: GroupId
    subject: str
    members: frozenset[PersonId]
    teachers: frozenset[PersonId]


@dataclass(frozen=True, slots=True)
class Lack:
    """Whose assessment in a subject is missing in a class, and whose task it is."""

    group: GroupId | None
    subject: str
    teachers: tuple[PersonId, ...]
    pupils: tuple[PersonId, ...]


def lacking(
    round: Round,
    pupils: Iterable[PersonId],
    classes: Collection[Class],
    taught: Collection[Taught],
    ready: Collection[tuple[PersonId, str]],
) -> list[Lack]:
    """What is missing of the pupils of the round's years. A subject that activities teach is owed to their
    groups' members by their teachers; one that no activity teaches to every pupil by the class's mentors.
    """
    home = {pupil: one for one in classes for pupil in one.members}
    active = {one.subject for one in taught}
    found: dict[tuple[str, str, tuple[PersonId, ...]], list[PersonId]] = {}
    for pupil in sorted(pupils):
        for subject in round.subjects:
            lessons = [one for one in taught if one.subject == subject and pupil in one.members]
            if (subject in active and not lessons) or _is_ready(pupil, subject, ready):
                continue
            mentors = home[pupil].mentors if pupil in home else frozenset[PersonId]()
            teachers = frozenset().union(*(one.teachers for one in lessons)) or mentors
            group = home[pupil].group if pupil in home else ""
            found.setdefault((group, subject, tuple(sorted(teachers))), []).append(pupil)
    return [
        Lack(GroupId(group) if group else None, subject, teachers, tuple(some))
        for (group, subject, teachers), some in sorted(found.items())
    ]


def _is_ready(pupil: PersonId, subject: str, ready: Collection[tuple[PersonId, str]]) -> bool:
    same = next((some for some in _ALTERNATIVES if subject in some), frozenset({subject}))
    return any((pupil, one) in ready for one in same)


def publish(
    round: Round,
    missing: Collection[Lack],
    at: datetime | None,
    by: PersonId,
    now: datetime,
    *,
    incomplete: bool,
) -> Round:
    """The round that homes may read from a moment on; one that lies ahead can be moved. Raises
    `RoundPublished`, `NotAhead`, `NotWhole`.
    """
    if round.is_public(now):
        raise RoundPublished(field="round")
    if at is not None and not now < at <= now + AHEAD:
        raise NotAhead(field="publishAt", value=at.isoformat())
    count = sum(len(lack.pupils) for lack in missing)
    if count and not incomplete:
        raise NotWhole(faults=tuple(_fault(lack) for lack in list(missing)[:TOLD]), count=count)
    return replace(round, publish_at=at or now, published_by=by, incomplete=bool(count))


def _fault(lack: Lack) -> Fault:
    number = len(lack.pupils)
    return Fault(
        lack.subject,
        Text(f"{number} elever saknar omdöme.", f"{number} pupils have no assessment."),
        Text("Påminn den som undervisar.", "Remind whoever teaches."),
        lack.group,
    )


def owed_by(person: PersonId, missing: Iterable[Lack]) -> list[Lack]:
    """What is missing that is a teacher's own to write."""
    return [lack for lack in missing if person in lack.teachers]


def teachers_of(pupil: PersonId, subject: str, taught: Iterable[Taught]) -> frozenset[PersonId]:
    """Who teaches a pupil a subject, as activities say; none where none says."""
    mine = (one.teachers for one in taught if one.subject == subject and pupil in one.members)
    return frozenset().union(*mine)

"""A pupil changes unit or leaves the municipality's schools (skolbyte, flytt och avslut).

A move out of the municipality opens a case that an administrator decides, since the pupil may keep the place
(skollagen 10:28). Everything a decision rests on stays in the case.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Literal

from functions.register.domain.enrolment import (
    Enrolment,
    EnrolmentId,
    LeavingReason,
    OutsideEnrolment,
    check_enrolments,
    identified,
    keeps_place_until,
)
from functions.register.domain.notices import NOTICE_LAW, RULES, Notice, Purpose, Recipient
from functions.register.domain.people import PersonCard
from functions.register.domain.school_forms import check_form
from skolkit.clock import today
from skolkit.errors import DomainError, Text
from skolkit.sweden.codes import SchoolForm
from skolkit.sweden.school_forms import COMPULSORY
from skolkit.types import PersonId, UnitId

LeavesFor = Literal[
    "otherMunicipality",
    "independentSchool",
    "abroad",
    "finished",
    "otherForm",
    "leftEarly",
    "deceased",
    "other",
]
"""The reasons of `LeavingReason` with which somebody leaves the municipality's schools."""

CERTIFIED = COMPULSORY - {SchoolForm.PRESCHOOL_CLASS}
"""Whoever leaves one of these without final grades gets a leaving certificate (skolförordningen 6:17)."""


class AlreadyLeft(DomainError):
    """Somebody who has left cannot leave again."""

    reason = Text(
        "Eleven har ingen inskrivning som gäller den dagen eller senare.",
        "The pupil has no enrolment on that day or later.",
    )
    advice = Text("Kontrollera elevens inskrivningar.", "Check the pupil's enrolments.")


class AlreadyDecided(DomainError):
    """A case is decided once; the decision stays."""

    reason = Text("Ärendet är redan avgjort.", "The case has already been decided.")
    advice = Text("Öppna ett nytt ärende.", "Open a new case.")


class DecisionIncomplete(DomainError):
    """Who leaves, leaves on a day and for a reason."""

    status = 422
    reason = Text("Sista dag och skäl behövs.", "A last day and a reason are needed.")
    advice = Text("Ange lastDay och reason.", "Give lastDay and reason.")


class SameUnit(DomainError):
    """A transfer leads to another unit."""

    status = 422
    reason = Text("Eleven går redan på skolenheten.", "The pupil already goes to that unit.")
    advice = Text("Välj en annan skolenhet.", "Choose another unit.")


class TransferGap(DomainError):
    """Who has to go to school (skolplikt) goes from one unit to the next without a day between, except the
    summer.
    """

    status = 422
    reason = Text(
        "Det blir dagar utan skola mellan enheterna.", "There are days without school between the units."
    )
    advice = Text(
        "Låt första dagen följa på den sista, eller ange gapAllowed.",
        "Let the first day follow the last, or say gapAllowed.",
    )
    law = "skollagen 7:2"


class TransferOverlap(DomainError):
    """The first day at the new unit comes after the last at the old one."""

    status = 422
    reason = Text(
        "Första dagen ligger inte efter sista dagen.", "The first day does not come after the last."
    )
    advice = Text("Ändra något av datumen.", "Change one of the dates.")
    law = "skollagen 7:4"


@dataclass(frozen=True, slots=True)
class Destination:
    """Where somebody goes, as far as it is known: kommunkod, organisation number, unit code."""

    municipality: str | None = None
    organisation: str | None = None
    school_unit: str | None = None


@dataclass(frozen=True, slots=True)
class Leaving:
    """A leaving case. `origin`: the population register said that the pupil moved (to `moved_to` on
    `moved_on`), or somebody asked. `keeps_until` is how long the pupil may keep the place (10:28).
    """

    id: str
    unit: UnitId
    school_form: SchoolForm
    year: int | None
    origin: Literal["moved", "asked"]
    opened: datetime
    opened_by: str
    due: date
    keeps_until: date | None
    moved_to: str | None = None
    moved_on: date | None = None
    state: Literal["open", "left", "stays"] = "open"
    last_day: date | None = None
    reason: LeavesFor | None = None
    destination: Destination = Destination()
    decided: datetime | None = None
    decided_by: PersonId | None = None
    rules: str = RULES.id

    @property
    def units(self) -> tuple[UnitId, ...]:
        return (self.unit,)

    @property
    def waits_until(self) -> date | None:
        return self.due if self.state == "open" else None

    def decide(
        self,
        by: PersonId,
        at: datetime,
        last_day: date | None,
        reason: LeavesFor | None,
        destination: Destination,
    ) -> Leaving:
        """The case decided: with a last day the pupil leaves, without one stays. Raises `AlreadyDecided`."""
        if self.state != "open":
            raise AlreadyDecided(field="leaving")
        state: Literal["left", "stays"] = "left" if last_day else "stays"
        return replace(
            self, state=state, last_day=last_day, reason=reason, destination=destination, decided=at,
            decided_by=by,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Transfer:
    """A pupil's way from one of the municipality's units to another, which the receiving one answers.

    `old` and `new` are the enrolments; `new` is "" until the transfer is done.
    """

    id: str
    from_unit: UnitId
    to_unit: UnitId
    old: EnrolmentId
    last_day: date
    first_day: date
    year: int | None
    school_form: SchoolForm
    education_code: str | None
    gap_allowed: bool
    asked: datetime
    asked_by: PersonId
    due: date
    state: Literal["asked", "done", "declined"] = "asked"
    new: str = ""
    answered: datetime | None = None
    answered_by: PersonId | None = None

    @property
    def units(self) -> tuple[UnitId, ...]:
        return (self.from_unit, self.to_unit)

    @property
    def waits_until(self) -> date | None:
        return self.due if self.state == "asked" else None

    def answer(self, by: PersonId, at: datetime, new: EnrolmentId | None) -> Transfer:
        """Done with the `new` enrolment, or declined. Raises `AlreadyDecided`."""
        if self.state != "asked":
            raise AlreadyDecided(field="transfer")
        state: Literal["done", "declined"] = "done" if new else "declined"
        return replace(self, state=state, new=new or "", answered=at, answered_by=by)


def veiled_case(case: Leaving) -> Leaving:
    """The case without where the pupil goes: what the home of a protected pupil sees, since the threat may
    come from there.
    """
    return replace(case, moved_to=None, destination=Destination())


def open_case(
    id: str,
    enrolment: Enrolment,
    at: datetime,
    by: str,
    *,
    moved_to: str | None = None,
    moved_on: date | None = None,
) -> Leaving:
    """A case about a pupil's enrolment; `moved_on` when the population register says that they moved."""
    day = today(at)
    begun = max(day, enrolment.start)
    return Leaving(
        id=id,
        unit=enrolment.unit,
        school_form=enrolment.school_form,
        year=enrolment.year,
        origin="moved" if moved_on else "asked",
        opened=at,
        opened_by=by,
        due=day + timedelta(days=RULES.decide),
        keeps_until=keeps_place_until(enrolment, begun),
        moved_to=moved_to,
        moved_on=moved_on,
    )


def enrolment_left(card: PersonCard, day: date) -> Enrolment:
    """The enrolment somebody would leave on a day: the compulsory one first, else the latest that is valid or
    planned. Raises `AlreadyLeft`.
    """
    open_ = [e for e in card.enrolments if not e.cancelled and (e.end is None or e.end >= day)]
    if not open_:
        raise AlreadyLeft(field="lastDay", value=day.isoformat())
    return max(open_, key=lambda e: (e.covers(day), e.school_form in COMPULSORY, e.start))


def leave(enrolments: Sequence[Enrolment], last_day: date, reason: LeavingReason) -> list[Enrolment]:
    """The enrolments after a last day: those of the day end with it, later ones are cancelled. Raises
    `AlreadyLeft` when there are none.
    """
    changed = [
        replace(e, end=last_day, leaving=reason)
        if e.start <= last_day
        else replace(e, cancelled=True, leaving=reason)
        for e in enrolments
        if not e.cancelled and (e.end is None or e.end > last_day or (e.end == last_day and not e.leaving))
    ]
    if not changed:
        raise AlreadyLeft(field="lastDay", value=last_day.isoformat())
    return changed


def transfer(
    person: PersonId, enrolments: Sequence[Enrolment], asked: Transfer, birth_date: date
) -> tuple[list[Enrolment], Enrolment]:
    """The enrolments that are other than before, and the new one among them. The year's later enrolments at
    the old unit are cancelled. Raises `SameUnit`, `OutsideEnrolment`, `TransferGap`, `TransferOverlap`, and
    what `check_form` and `check_enrolments` do.
    """
    old = next(e for e in enrolments if e.id == asked.old)
    _check_days(old, asked)
    new = replace(
        old, unit=asked.to_unit, start=asked.first_day, year=asked.year, leaving=None,
        school_form=asked.school_form, education_code=asked.education_code, id=EnrolmentId(""),
        end=old.end if old.end and old.end >= asked.first_day else None,
    )  # fmt: skip
    check_form(new.school_form, new.year, new.education_code, new.start)
    left = replace(old, end=asked.last_day, leaving="changedUnit")
    later = [
        replace(e, cancelled=True, leaving="changedUnit")
        for e in enrolments
        if (e.unit, e.school_form, e.cancelled) == (old.unit, old.school_form, False)
        and e.start > asked.last_day
    ]
    kept = [e for e in enrolments if e.id not in {left.id, *(x.id for x in later)}]
    new = identified(person, new, enrolments)
    check_enrolments([*kept, left, new], birth_date)
    return [left, *later, new], new


def _check_days(old: Enrolment, asked: Transfer) -> None:
    first, last = asked.first_day, asked.last_day
    if old.unit == asked.to_unit:
        raise SameUnit(field="toUnit", value=asked.to_unit)
    if last < old.start or (old.end is not None and last > old.end):
        raise OutsideEnrolment(field="lastDay", value=last.isoformat())
    if first <= last:
        raise TransferOverlap(field="firstDay", value=first.isoformat())
    summer = last.month == 6 and first.month in (7, 8) and first.year == last.year
    gap = first - last > timedelta(days=1) and not summer
    if gap and old.school_form in COMPULSORY and not asked.gap_allowed:
        raise TransferGap(field="firstDay", value=first.isoformat())


def notices(
    case: Leaving, card: PersonCard, own: str, ids: Sequence[str], by: str, at: datetime
) -> list[Notice]:
    """Who is told that a pupil left: the home municipality when it is not the unit's `own`, the next
    organiser when it is known, and the home, which gets the certificate. `ids` are three new ones.
    """
    if case.reason == "deceased" or case.last_day is None:
        return []
    to = case.destination
    home = to.municipality if case.reason == "otherMunicipality" else case.moved_to or card.municipality
    wanted: list[tuple[Recipient, str]] = []
    if home and home != own:
        wanted.append(("homeMunicipality", home))
    if next_organiser := to.organisation or (to.municipality if case.reason == "otherMunicipality" else None):
        wanted.append(("nextOrganiser", next_organiser))
    if case.school_form in CERTIFIED and case.reason != "finished":
        wanted.append(("home", ""))
    return [
        _notice(case, id, recipient, code, by, at) for id, (recipient, code) in zip(ids, wanted, strict=False)
    ]


def _notice(case: Leaving, id: str, recipient: Recipient, code: str, by: str, at: datetime) -> Notice:
    assert case.last_day
    purpose: Purpose = "left"
    told = NOTICE_LAW[case.school_form in COMPULSORY]
    return Notice(
        id=id,
        purpose=purpose,
        recipient=recipient,
        code=code,
        unit=case.unit,
        school_form=case.school_form,
        year=case.year,
        day=case.last_day,
        law=told if recipient == "homeMunicipality" else "skolförordningen 6:18",
        due=today(at) + timedelta(days=RULES.send),
        created=at,
        created_by=by,
        leaving=case.id,
    )

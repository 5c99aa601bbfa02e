"""Who acts in another's stead: a principal's delegations (skollagen 2:10) and teachers' substitutes, both
for a time and for named things only.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Literal

from skolkit.clock import today
from skolkit.errors import DomainError, Text
from skolkit.types import GroupId, LessonId, PersonId, UnitId

Basis = Literal["skollagen 2:10", "kommunallagen 7:5", "kommunallagen 7:6"]
"""Where the right comes from: a principal's own, the board's to an employee, passed on from that."""

EARLY = timedelta(minutes=15)
"""A substitute has the lesson from so long before it begins until its day ends."""


@dataclass(frozen=True, slots=True)
class Reserved:
    """A decision that its holder takes in person: what it is, where that is said, and the actions it is."""

    decision: str
    law: str
    actions: frozenset[str]


@dataclass(frozen=True, slots=True)
class StandInRules:
    """How long somebody may act for another, in days, and what nobody may. No law gives the lengths: a
    school year with its hand-over, and half a year, are defaults.
    """

    id: str
    valid_from: date
    longest_delegation: int
    longest_substitution: int
    reserved: tuple[Reserved, ...]

    def law_against(self, action: str) -> str | None:
        """Where it is said that `action` cannot be delegated, or None."""
        return next((r.law for r in self.reserved if action in r.actions), None)


RULES = StandInRules(
    id="2026-1",
    valid_from=date(2026, 7, 1),
    longest_delegation=400,
    longest_substitution=200,
    # Actions that no area has yet cannot be delegated either; these never.
    reserved=(
        Reserved("delegating", "skollagen 2:10", frozenset({"organisation:delegate"})),
        Reserved("final grade (slutbetyg)", "SkolF 6:14", frozenset({"grades:issue_final_grades"})),
        Reserved("leave over ten days", "skollagen 7:18", frozenset({"attendance:decide_long_leave"})),
        Reserved(
            "support apart, at a distance, or by an adapted course of studies (åtgärdsprogram)",
            "skollagen 3:9",
            frozenset({"support:decide_programme_apart"}),
        ),
    ),
)


class PeriodEndsBeforeStart(DomainError):
    """A period ends no earlier than it starts."""

    status = 422
    reason = Text("Slutet ligger före början.", "The end is before the start.")
    advice = Text("Ändra någon av tiderna.", "Change one of the times.")


class PeriodTooLong(DomainError):
    """Nobody acts in another's stead without end."""

    status = 422
    reason = Text("Tiden är längre än {days} dagar.", "The time is longer than {days} days.")
    advice = Text("Välj en kortare tid och förnya den sedan.", "Choose a shorter time, and renew it later.")


class NotEmployedHere(DomainError):
    """One delegates to somebody at the unit, and replaces somebody who works there."""

    status = 422
    reason = Text("Personen har ingen tjänst vid enheten.", "The person has no duty at the unit.")
    advice = Text("Välj någon som arbetar vid enheten.", "Choose somebody who works at the unit.")
    law = "skollagen 2:10"


class DecidedInPerson(DomainError):
    """Some decisions cannot be delegated."""

    reason = Text("Beslutet får inte delegeras ({law}).", "The decision cannot be delegated ({law}).")
    advice = Text("Ta bort det ur delegationen.", "Leave it out of the delegation.")
    law = "skollagen 2:10"


class MoreThanYouHave(DomainError):
    """Nobody delegates what they may not do themselves at the unit."""

    reason = Text(
        "Du kan bara delegera det du själv får göra vid enheten.",
        "You can only delegate what you may do yourself at the unit.",
    )
    advice = Text("Ta bort det ur delegationen.", "Leave it out of the delegation.")
    law = "skollagen 2:10"


class InYourOwnStead(DomainError):
    """Nobody stands in for themselves."""

    status = 422
    reason = Text("Ingen kan företräda sig själv.", "Nobody can stand in for themselves.")
    advice = Text("Välj en annan person.", "Choose another person.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Delegation:
    """`by` lets `to` do `actions` at a unit; both days inclusive. `ended` is the first day it no longer holds
    because it was revoked; `rules` names the rules it was given under.
    """

    id: str
    unit: UnitId
    by: PersonId
    to: PersonId
    actions: frozenset[str]
    basis: Basis
    start: date
    end: date
    rules: str
    ended: date | None = None

    def covers(self, day: date) -> bool:
        return self.start <= day <= self.end and (self.ended is None or day < self.ended)

    def powers(self) -> frozenset[str]:
        """What it gives under today's rules: what has become reserved since is gone."""
        return frozenset(action for action in self.actions if RULES.law_against(action) is None)

    def revoked(self, day: date) -> Delegation:
        """The delegation as it is from `day` on, in which it no longer holds."""
        return replace(self, ended=day)


def delegate(draft: Delegation, own: Collection[str], *, employed: bool) -> Delegation:
    """The delegation, if `by` may do every action (`own`) and `to` is employed at the unit.

    Raises `InYourOwnStead`, `PeriodEndsBeforeStart`, `PeriodTooLong`, `NotEmployedHere`, `DecidedInPerson`,
    `MoreThanYouHave`.
    """
    if draft.to == draft.by:
        raise InYourOwnStead(field="employee")
    _check(draft.start, draft.end, RULES.longest_delegation, "endDate")
    if not employed:
        raise NotEmployedHere(field="employee")
    for action in sorted(draft.actions):
        if law := RULES.law_against(action):
            raise DecidedInPerson(field="actions", value=action, law=law)
        if action not in own:
            raise MoreThanYouHave(field="actions", value=action)
    return draft


@dataclass(frozen=True, slots=True, kw_only=True)
class Substitution:
    """`to` teaches instead of `replaces` from one instant to another: everything of theirs at the unit, or
    one group's, or one lesson. `ended`: from when it no longer holds.
    """

    id: str
    unit: UnitId
    to: PersonId
    replaces: PersonId
    start: datetime
    end: datetime
    group: GroupId | None = None
    lesson: LessonId | None = None
    ended: datetime | None = None

    def covers(self, at: datetime) -> bool:
        return self.start <= at <= self.end and (self.ended is None or at < self.ended)

    def revoked(self, at: datetime) -> Substitution:
        """The substitution that no longer holds from `at` on."""
        return replace(self, ended=at)

    def has_lesson(self, given: TaughtLesson, at: datetime) -> bool:
        """Whether the lesson is the substitute's at an instant: inside the substitution, on its own day only,
        from a little before it begins.
        """
        return (
            self.covers(at)
            and self.unit == given.unit
            and self.replaces in given.teachers
            and self.group in (None, given.group)
            and self.lesson in (None, given.id)
            and self.start <= given.start
            and given.end <= self.end
            and given.start - EARLY <= at
            and today(at) == today(given.start)
        )

    def has_group(self, unit: UnitId, group: GroupId, staff: Collection[PersonId], at: datetime) -> bool:
        """Whether the group's class list is the substitute's at an instant: not for a single lesson, whose
        roster comes with it.
        """
        return (
            self.covers(at)
            and self.lesson is None
            and self.unit == unit
            and self.replaces in staff
            and self.group in (None, group)
        )


@dataclass(frozen=True, slots=True)
class TaughtLesson:
    """What decides whose a lesson is."""

    id: LessonId
    unit: UnitId
    group: GroupId
    teachers: Collection[PersonId]
    start: datetime
    end: datetime


def substitute(draft: Substitution, *, employed: bool) -> Substitution:
    """The substitution, if whoever is replaced works at the unit (`employed`).

    Raises `InYourOwnStead`, `PeriodEndsBeforeStart`, `PeriodTooLong`, `NotEmployedHere`.
    """
    if draft.to == draft.replaces:
        raise InYourOwnStead(field="replaces")
    _check(draft.start, draft.end, RULES.longest_substitution, "endTime")
    if not employed:
        raise NotEmployedHere(field="replaces")
    return draft


def _check(start: date, end: date, longest: int, field: str) -> None:
    if end < start:
        raise PeriodEndsBeforeStart(field=field)
    if (end - start).days > longest:
        raise PeriodTooLong(field=field, days=longest)

"""Groups composed by rules and by hand: a rule says who belongs, a mark by hand wins over it and stays."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Literal

from skolkit.errors import DomainError, Text
from skolkit.sweden.codes import SchoolForm
from skolkit.types import GroupId, PersonId

Mark = Literal["in", "out"]
"""Put in or kept out by hand, whatever the rule says."""


class NoRule(DomainError):
    """Only a group with a rule can be composed by one."""

    reason = Text("Gruppen har ingen regel.", "The group has no rule.")
    advice = Text("Bestäm en regel för gruppen först.", "Decide a rule for the group first.")


class RuleForAnotherUnit(DomainError):
    """A rule draws from classes of the group's own unit."""

    status = 422
    reason = Text("Klassen hör inte till skolenheten.", "The class does not belong to the school unit.")
    advice = Text("Välj en av skolenhetens grupper.", "Choose one of the unit's groups.")


@dataclass(frozen=True, slots=True)
class Term:
    """Those of whom everything that is said is true: enrolled in this form, year, education, member of this
    group.
    """

    school_form: SchoolForm | None = None
    year: int | None = None
    education_code: str | None = None
    group: GroupId | None = None

    def fits(self, pupil: Candidate) -> bool:
        return (
            self.school_form in (None, pupil.school_form)
            and self.year in (None, pupil.year)
            and self.education_code in (None, pupil.education_code)
            and (self.group is None or self.group in pupil.groups)
        )


@dataclass(frozen=True, slots=True)
class Rule:
    """Who belongs to a group: whoever fits a term. `automatic`: also those enrolled later, at once."""

    terms: tuple[Term, ...]
    automatic: bool = False


@dataclass(frozen=True, slots=True)
class Candidate:
    """A pupil of the unit on a day, with the groups they are a member of that day."""

    person: PersonId
    school_form: SchoolForm
    year: int | None
    education_code: str | None
    groups: frozenset[GroupId]


@dataclass(frozen=True, slots=True)
class Changes:
    """Who would come and who would leave, in order of id."""

    come: tuple[PersonId, ...]
    leave: tuple[PersonId, ...]


def compose(
    rule: Rule,
    marks: Mapping[PersonId, Mark],
    pupils: Collection[Candidate],
    members: Collection[PersonId],
) -> Changes:
    """What the rule and the marks would change among the `members` of a day.

    Somebody put in by hand stays whether they fit or not; somebody kept out does not come, and leaves.
    """
    belong = {p.person for p in pupils if any(term.fits(p) for term in rule.terms)}
    come = {p for p in belong if marks.get(p) != "out"} - set(members)
    leave = {p for p in members if marks.get(p, "in" if p in belong else "out") == "out"}
    return Changes(tuple(sorted(come)), tuple(sorted(leave)))

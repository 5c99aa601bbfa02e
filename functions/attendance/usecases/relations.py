"""The relation facts attendance decides on: who is around a lesson, and which groups a pupil is in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from functions.access import guard
from functions.access.guard import Duty
from functions.attendance.domain.lesson import Sheet
from functions.organisation import queries as organisation
from skolkit.clock import now, today
from skolkit.errors import NotFound
from skolkit.identity import Caller
from skolkit.table import fetch
from skolkit.types import GroupId, PersonId


class Access(NamedTuple):
    """A lesson the caller may use, and the facts that were needed to know it."""

    sheet: Sheet
    mentors: frozenset[PersonId]
    duties: tuple[Duty, ...]


def require_lesson(caller: Caller, action: guard.Action, sheet: Sheet | None) -> Access:
    """The lesson, if the caller may do `action` with it; `NotFound` otherwise. No round trip for its own
    teachers.
    """
    if sheet is None:
        raise NotFound
    mentors, offices = frozenset[PersonId](), organisation.Offices(())
    if caller.person_id not in sheet.teachers:
        group = organisation.group(sheet.group, today(sheet.start))
        mentors = group.mentors if group else mentors
        offices = organisation.offices_of(caller.person_id)
    taught = organisation.TaughtLesson(
        sheet.lesson, sheet.unit, sheet.group, sheet.teachers, sheet.start, sheet.end
    )
    facts = guard.Lesson(
        id=sheet.lesson,
        unit=sheet.unit,
        teachers=frozenset(sheet.teachers),
        mentors=mentors,
        substitutes=frozenset({caller.person_id} if offices.has_lesson(taught, now()) else ()),
    )
    guard.require(caller, action, facts, offices.duties)
    return Access(sheet, mentors, offices.duties)


def groups_of(people: Sequence[PersonId]) -> dict[PersonId, tuple[GroupId, ...]]:
    """Today's groups of each person; one round trip."""
    (found,) = fetch(organisation.wanted_groups_of(people, today()))
    return {person: found.get(person, ()) for person in people}

"""The relation facts attendance decides on: who is around a pupil or a lesson. Costly facts are loaded only
when the cheap ones do not answer: a guardian or the lesson's own teacher needs none.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from functions.access import guard
from functions.access.guard import Duty
from functions.attendance.domain.lesson import Sheet
from functions.organisation import queries as organisation
from functions.organisation.queries import Around
from functions.register import queries as register
from functions.register.queries import PupilRecord
from skolkit.clock import today
from skolkit.errors import NotFound
from skolkit.identity import Caller
from skolkit.table import fetch
from skolkit.types import GroupId, PersonId


def require_pupil(caller: Caller, action: guard.Action, id: PersonId) -> PupilRecord:
    """The pupil, if the caller may do `action` about them; `NotFound` otherwise. One round trip for family,
    four for staff.
    """
    pupil = register.pupil(id)
    if pupil is None:
        raise NotFound
    around, duties = Around(()), tuple[Duty, ...]()
    if caller.person != id and caller.person_id not in pupil.guardians:
        around = organisation.staff_around(id, today())
        duties = organisation.duties_of(caller.person_id)
    facts = guard.Pupil(
        id=id,
        unit=pupil.unit,
        guardians=pupil.guardians,
        teachers=around.teachers,
        mentors=around.mentors,
        protected=pupil.protected,
        age=_age(pupil.birth_date),
    )
    guard.require(caller, action, facts, duties)
    return pupil


def require_lesson(caller: Caller, action: guard.Action, sheet: Sheet | None) -> Sheet:
    """The lesson, if the caller may do `action` with it; `NotFound` otherwise. No round trip for its own
    teachers.
    """
    if sheet is None:
        raise NotFound
    mentors, duties = frozenset[PersonId](), tuple[Duty, ...]()
    if caller.person_id not in sheet.teachers:
        group = organisation.group(sheet.group, today(sheet.start))
        mentors = group.mentors if group else mentors
        duties = organisation.duties_of(caller.person_id)
    facts = guard.Lesson(
        id=sheet.lesson, unit=sheet.unit, teachers=frozenset(sheet.teachers), mentors=mentors
    )
    guard.require(caller, action, facts, duties)
    return sheet


def groups_of(people: Sequence[PersonId]) -> dict[PersonId, tuple[GroupId, ...]]:
    """Today's groups of each person; one round trip."""
    (found,) = fetch(organisation.wanted_groups_of(people, today()))
    return {person: found.get(person, ()) for person in people}


def _age(birth: date) -> int:
    on = today()
    return on.year - birth.year - ((on.month, on.day) < (birth.month, birth.day))

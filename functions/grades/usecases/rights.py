"""Who may do what with a group's grades, and what is read before anything else: the period, the group's sheet
and the activity, in one round trip.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from functions.access import guard
from functions.grades.domain import subjects
from functions.grades.domain.catalogue import Subject
from functions.grades.domain.grading import ALONE, Grader, Line, Sheet, deciders
from functions.grades.domain.grading_refusals import NoCertifiedTeacher
from functions.grades.domain.orders import Vouched
from functions.grades.domain.periods import Period
from functions.grades.domain.scales import Scale, scale
from functions.grades.store import periods as store
from functions.organisation import queries as organisation
from functions.organisation.queries import ActivityRecord, Certification, GroupRecord, Syllabus
from skolkit.clock import now, today
from skolkit.errors import NotFound
from skolkit.identity import Caller
from skolkit.step_up import require_fresh
from skolkit.sweden.codes import SchoolForm
from skolkit.table import fetch
from skolkit.types import GroupId, PersonId, UnitId


@dataclass(frozen=True, slots=True)
class Work:
    """What setting grades in a group rests on. `duties` are the caller's, () for the group's own teachers;
    `syllabus` of the course or level, when it has been read.
    """

    period: Period
    sheet: Sheet
    activity: ActivityRecord
    duties: tuple[guard.Duty, ...] = ()
    syllabus: Syllabus | None = None

    @property
    def year(self) -> int | None:
        return self.activity.year

    @property
    def graders(self) -> tuple[PersonId, ...]:
        return graders(self.activity)

    @property
    def scale(self) -> Scale:
        return scale(self.period.form, today(), work=self.subject().work)

    def subject(self, line: Line | None = None, syllabus: Syllabus | None = None) -> Subject:
        """What is graded: the course or level of the syllabus, a language as the line says."""
        code, name, syllabus = self.activity.subject or "", self.activity.name, syllabus or self.syllabus
        if syllabus and syllabus.course_code:
            code, name = syllabus.course_code, syllabus.course_name or syllabus.subject_name
        return subjects.graded(
            self.period.form, code, name, points=syllabus.points if syllabus else None,
            language=line.language if line else None, choice=line.choice if line else None,
        )  # fmt: skip

    def finished(self, line: Line) -> bool:
        return self.period.finishes(self.year) if line.finished is None else line.finished


def graders(activity: ActivityRecord) -> tuple[PersonId, ...]:
    """Who sets grades today: the teachers marked so, or all when none is (skollagen 3:16)."""
    day = today()
    now = [
        t for t in activity.teachers if (t.start or activity.start) <= day and (t.end is None or day <= t.end)
    ]
    return tuple(dict.fromkeys(t.person for t in now if t.grader or not any(o.grader for o in now)))


def require_work(caller: Caller, action: guard.Action, period: str, activity: str) -> Work:
    """The group's work in a period, if the caller may do `action` with it; `NotFound` otherwise. One round
    trip for the group's teachers, two for others.
    """
    found, sheets, activities = fetch(
        store.wanted_periods([period]), store.wanted_sheets([(period, activity)]),
        organisation.wanted_activities([activity]), consistent=True,
    )  # fmt: skip
    known, planned = found.get(period), activities.get(activity)
    if known is None or planned is None or not graded_in(planned, known):
        raise NotFound
    empty = Sheet(period=period, activity=activity, unit=known.unit, groups=planned.groups)
    sheet: Sheet = sheets.get((period, activity)) or empty
    teachers = frozenset(graders(planned)) | ({sheet.appointed} if sheet.appointed else set())
    duties = () if caller.person in teachers else organisation.duties_of(caller.person_id)
    group = guard.Group(GroupId(activity), known.unit, teachers=teachers)
    guard.require(caller, action, group, duties)
    return Work(known, sheet, planned, duties)


def graded_in(activity: ActivityRecord, period: Period) -> bool:
    """Whether grades are set in the activity in the period."""
    taught = activity.type == "Undervisning" and activity.subject is not None and bool(activity.groups)
    return (
        taught and activity.unit == period.unit and period.covers(activity.school_form, activity.year)
        and activity.start <= period.due and (activity.end is None or activity.end >= period.opens)
    )  # fmt: skip


def require_unit(caller: Caller, action: guard.Action, unit: UnitId) -> None:
    """Let the caller do `action` at a unit, or raise `NotFound`. One round trip."""
    guard.require(caller, action, guard.Unit(unit), organisation.duties_of(caller.person_id))


def require_vouched(caller: Caller) -> Vouched:
    """That the caller decides now, with a fresh sign-in. Raises `StaleSignIn` or `WeakSignIn`. No round
    trip.
    """
    at = now()
    signed_in = require_fresh(caller, at)
    return Vouched(at, signed_in.at, signed_in.level)


def members_of(groups: Iterable[GroupRecord]) -> tuple[PersonId, ...]:
    """The pupils of groups, each once."""
    return tuple(dict.fromkeys(person for group in groups for person in group.members))


def who_decides(work: Work, certified: Mapping[PersonId, Certification]) -> tuple[Grader, ...]:
    """Who decides on the group's grades. Raises `NoCertifiedTeacher`."""
    appointed = work.sheet.appointed
    return deciders(
        [_grader(work, person, certified) for person in work.graders],
        _grader(work, appointed, certified) if appointed else None,
        alone=work.subject().code in ALONE,
    )


def perhaps(work: Work, certified: Mapping[PersonId, Certification]) -> tuple[Grader, ...]:
    """The same; () where nobody can."""
    try:
        return who_decides(work, certified)
    except NoCertifiedTeacher:
        return ()


def _grader(work: Work, person: PersonId, certified: Mapping[PersonId, Certification]) -> Grader:
    known, day = certified.get(person), today()
    if known is None:
        return Grader(person=person)
    is_certified = known.certified and (known.since is None or known.since <= day)
    codes: Collection[str] = subjects.codes_of(work.activity.subject or "")
    form: SchoolForm = work.period.form
    qualified = any(known.is_qualified(code, form, work.year, day) for code in codes)
    return Grader(person=person, certified=is_certified, qualified=qualified)


def wanted_staff(work: Work) -> list[PersonId]:
    """Everybody whose certification matters."""
    return [*work.graders, *([work.sheet.appointed] if work.sheet.appointed else [])]

"""Absence notices (process 19): report, change, withdraw, look."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from functions.access import guard
from functions.attendance import store
from functions.attendance.domain import absence as rules
from functions.attendance.domain.absence import Notice, Reporter, Span
from functions.attendance.events import AbsenceNotified, AbsenceWithdrawn
from functions.attendance.schemas.absence import (
    AbsenceList,
    AbsencePage,
    AbsenceSpan,
    AbsenceView,
    DeviationView,
    NewAbsence,
    NewAbsences,
    PupilDayView,
)
from functions.attendance.schemas.common import PageQuery
from functions.attendance.store import PupilDay, shown
from functions.attendance.store import notices as notices_store
from functions.organisation import queries as organisation
from functions.register.queries import PupilRecord, require_pupil
from skolkit.audit import Trace, record_read
from skolkit.clock import today
from skolkit.errors import ChangedMeanwhile, NotFound
from skolkit.idempotency import RequestKey
from skolkit.identity import Caller
from skolkit.retry import persist
from skolkit.sweden.calendar import SchoolYear
from skolkit.table import Item, Write, commit, fetch
from skolkit.types import NoticeId, PersonId, UnitId, new_id


def report_absence(caller: Caller, id: PersonId, new: NewAbsence, key: RequestKey) -> AbsenceView:
    """Report a pupil absent. Four round trips: pupil, days, calendar, commit; one more for the school."""
    draft = _draft(caller, require_pupil(caller, "attendance:report_absence", id), new)

    def report() -> AbsenceView:
        (made,) = accept([draft])
        view = view_of(replace(made.notice, version=1))
        trace = trace_of(made.notice, "report_absence")
        once = key.once(view.model_dump_json(by_alias=True))
        commit(*made.writes, facts=[notified(made.notice)], trace=trace, once=once)
        return view

    return persist(report)


def report_absences(caller: Caller, new: NewAbsences, key: RequestKey) -> AbsenceList:
    """Report several children, all or none. As `report_absence`, and a round trip for each more child and its
    calendar.
    """
    drafts = [
        _draft(caller, require_pupil(caller, "attendance:report_absence", PersonId(one.pupil)), one)
        for one in new.notices
    ]
    rules.require_room(drafts)

    def report() -> AbsenceList:
        made = accept(drafts)
        notices = [one.notice for one in made]
        view = AbsenceList(data=[view_of(replace(notice, version=1)) for notice in notices])
        commit(
            *(write for one in made for write in one.writes),
            facts=[notified(notice) for notice in notices],
            trace=[trace_of(notice, "report_absences") for notice in notices],
            once=key.once(view.model_dump_json(by_alias=True)),
        )
        return view

    return persist(report)


@dataclass(frozen=True, slots=True)
class Accepted:
    """A notice that may stand, and what is written of it."""

    notice: Notice
    writes: list[Write]


def accept(drafts: Sequence[Notice]) -> list[Accepted]:
    """The notices beside what their pupils are reported for already, or a refusal. A consistent batch, and a
    round trip for the calendar of each unit.
    """
    calendars = {unit: school_days(unit) for unit in {draft.unit for draft in drafts}}
    spans = [draft.span.days()[: rules.RULES.longest_days] for draft in drafts]
    wanted = (store.wanted_days([draft.pupil], days) for draft, days in zip(drafts, spans, strict=True))
    made = []
    for draft, found in zip(drafts, fetch(*wanted, consistent=True), strict=True):
        days = list(found.values())
        notice = rules.report(draft, _others(days), today(), calendars[draft.unit])
        marks = [*shown.absence_writes(None, notice), *_marked(days, notice)]
        made.append(Accepted(notice, [notices_store.notice_item(notice), *marks]))
    return made


def reporter_of(caller: Caller, pupil: PupilRecord) -> Reporter:
    """As what the caller reports. No round trip for the home; one for the school."""
    if caller.person == pupil.id:
        return Reporter.PUPIL
    if caller.person in pupil.guardians:
        return Reporter.GUARDIAN
    duties = organisation.duties_of(caller.person_id)
    office = pupil.unit and guard.could(caller, "attendance:report_absence", pupil.unit, duties)
    return Reporter.ADMINISTRATOR if office else Reporter.MENTOR


def _draft(caller: Caller, pupil: PupilRecord, new: NewAbsence) -> Notice:
    if pupil.unit is None:
        raise NotFound
    return Notice(
        NoticeId(new_id()), pupil.id, pupil.unit, _span(new), new.reason, caller.person_id,
        reporter_of(caller, pupil),
    )  # fmt: skip


def change_absence(
    caller: Caller, pupil: PersonId, id: NoticeId, new: NewAbsence, version: int
) -> AbsenceView:
    """Give a notice another span or reason."""
    record = require_pupil(caller, "attendance:change_absence", pupil)
    old = _current(record, id, version)
    span = _span(new)
    touched = sorted({*old.span.days(), *span.days()[: rules.RULES.longest_days]})
    days = store.days_of(pupil, touched)
    notice = rules.change(old, span, new.reason, _others(days), today(), school_days(old.unit))
    commit(
        notices_store.notice_item(notice),
        *shown.absence_writes(old, notice),
        *_marked(days, notice),
        facts=[notified(notice)],
        trace=Trace(caller.person_id, "change_absence", pupil, changes=str(id)),
    )
    return view_of(replace(notice, version=version + 1))


def withdraw_absence(caller: Caller, pupil: PersonId, id: NoticeId, version: int) -> None:
    """Take a notice back."""
    record = require_pupil(caller, "attendance:withdraw_absence", pupil)
    old = _current(record, id, version)
    notice = rules.withdraw(old, today())
    days = store.days_of(pupil, notice.span.days())
    commit(
        notices_store.notice_item(notice),
        *shown.absence_writes(old, notice),
        *_marked(days, notice),
        facts=[AbsenceWithdrawn(notice=id, pupil=pupil, unit=notice.unit)],
        trace=Trace(caller.person_id, "withdraw_absence", pupil, changes=str(id)),
    )


def list_absences(caller: Caller, pupil: PersonId, query: PageQuery) -> AbsencePage:
    """A pupil's notices, newest first."""
    record = require_pupil(caller, "attendance:read_pupil", pupil)
    found, cursor = notices_store.notices(record.records, query.limit, query.cursor, caller.seal)
    record_read(Trace(caller.person_id, "list_absences", pupil))
    return AbsencePage(data=[view_of(notice) for notice in found], cursor=cursor)


def read_pupil_day(caller: Caller, pupil: PersonId, day: date) -> PupilDayView:
    """A pupil's day as their family sees it. Three round trips, and one for each closed record."""
    record = require_pupil(caller, "attendance:read_pupil", pupil)
    days = [store.pupil_day(id, day) for id in record.records]
    notices = {id: told for found in days for id, told in found.notices.items()}
    deviations = sorted((d for found in days for d in found.deviations), key=lambda d: d.start)
    record_read(Trace(caller.person_id, "read_pupil_day", pupil, changes=day.isoformat()))
    return PupilDayView(
        pupil=pupil,
        date=day,
        notices=[
            AbsenceSpan(id=id, student=pupil, reason=reason, **_times(span))
            for id, (span, reason) in notices.items()
        ],
        deviations=[
            DeviationView(
                lesson=d.lesson,
                subject=d.subject,
                start_time=d.start,
                end_time=d.end,
                attendance_minutes=d.minutes.attendance,
                valid_absence_minutes=d.minutes.valid,
                invalid_absence_minutes=d.minutes.invalid,
                other_attendance_minutes=d.minutes.other,
                absence_reason=d.reason,
                late_minutes=d.late,
                left_early_minutes=d.left,
            )
            for d in deviations
        ],
    )


def standing(pupil: PupilRecord, id: NoticeId) -> Notice:
    """A notice that has not been withdrawn. A consistent GetItem for each record of the pupil."""
    notice = next((found for record in pupil.records if (found := notices_store.notice(record, id))), None)
    if notice is None or notice.withdrawn:
        raise NotFound
    return notice


def _current(pupil: PupilRecord, id: NoticeId, version: int) -> Notice:
    notice = standing(pupil, id)
    if notice.version != version:
        raise ChangedMeanwhile(field="If-Match", value=version)
    return notice


def school_days(unit: UnitId) -> Callable[[date], bool]:
    """Which days are school days at a unit. A round trip per school year."""
    calendars = {}

    def is_school_day(day: date) -> bool:
        year = SchoolYear.of(day)
        if year not in calendars:
            calendars[year] = organisation.calendar(unit, year)
        return calendars[year].is_school_day(day)

    return is_school_day


def _others(days: list[PupilDay]) -> dict[NoticeId, Span]:
    return {id: span for day in days for id, (span, _) in day.notices.items()}


def _marked(days: list[PupilDay], notice: Notice) -> list[Item]:
    """The days whose notices change: those the notice now covers, and those it has left."""
    marked: list[Item] = []
    for day in days:
        covered = not notice.withdrawn and notice.span.first <= day.day <= notice.span.last
        rest = {id: value for id, value in day.notices.items() if id != notice.id}
        notices = rest | {notice.id: (notice.span, notice.reason)} if covered else rest
        if notices != day.notices:
            marked.append(store.day_item(replace(day, notices=notices), notice.unit))
    return marked


def _span(new: NewAbsence) -> Span:
    return Span(new.start_date, new.end_date, new.start_time, new.end_time)


def _times(span: Span) -> dict[str, object]:
    return {"start_date": span.first, "end_date": span.last, "start_time": span.start, "end_time": span.end}


def view_of(notice: Notice) -> AbsenceView:
    """The notice as it is shown."""
    return AbsenceView(
        id=notice.id,
        student=notice.pupil,
        reason=notice.reason,
        reported_as=notice.reported_as,
        by_phone=notice.by_phone,
        withdrawn=notice.withdrawn,
        asked_date=notice.asked,
        answer=notice.answer,
        version=notice.version or 1,
        **_times(notice.span),
    )


def trace_of(notice: Notice, action: str) -> Trace:
    """Who has reported whom, and as what."""
    return Trace(notice.reported_by, action, notice.pupil, notice.reported_as, str(notice.id))


def notified(notice: Notice) -> AbsenceNotified:
    """The fact that somebody is reported absent."""
    return AbsenceNotified(
        notice=notice.id,
        pupil=notice.pupil,
        unit=notice.unit,
        first_day=notice.span.first,
        last_day=notice.span.last,
    )

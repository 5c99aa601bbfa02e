"""Absence notices (process 19): report, change, withdraw, look."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

from functions.attendance import store
from functions.attendance.domain import absence as rules
from functions.attendance.domain.absence import Notice, Span
from functions.attendance.events import AbsenceNotified, AbsenceWithdrawn
from functions.attendance.schemas.absence import (
    AbsencePage,
    AbsenceSpan,
    AbsenceView,
    DeviationView,
    NewAbsence,
    PupilDayView,
)
from functions.attendance.schemas.common import PageQuery
from functions.attendance.store import PupilDay
from functions.attendance.store import notices as notices_store
from functions.organisation import queries as organisation
from functions.register.queries import PupilRecord, require_pupil
from skolkit.audit import Trace, record_read
from skolkit.clock import today
from skolkit.errors import ChangedMeanwhile, NotFound
from skolkit.idempotency import RequestKey
from skolkit.identity import Caller
from skolkit.sweden.calendar import SchoolYear
from skolkit.table import Item, commit
from skolkit.types import NoticeId, PersonId, UnitId, new_id


def report_absence(caller: Caller, id: PersonId, new: NewAbsence, key: RequestKey) -> AbsenceView:
    """Report a pupil absent. Five round trips: pupil, calendar, days, commit (and Cedar none)."""
    pupil = require_pupil(caller, "attendance:report_absence", id)
    if pupil.unit is None:
        raise NotFound
    span = _span(new)
    draft = Notice(NoticeId(new_id()), id, pupil.unit, span, new.reason, caller.person_id)
    days = store.days_of(id, span.days()[: rules.RULES.longest_days])
    notice = rules.report(draft, _others(days), today(), _school_days(pupil.unit))
    view = _view(replace(notice, version=1))
    commit(
        notices_store.notice_item(notice),
        *_marked(days, notice),
        facts=[_notified(notice)],
        trace=Trace(caller.person_id, "report_absence", id, changes=str(notice.id)),
        once=key.once(view.model_dump_json(by_alias=True)),
    )
    return view


def change_absence(
    caller: Caller, pupil: PersonId, id: NoticeId, new: NewAbsence, version: int
) -> AbsenceView:
    """Give a notice another span or reason."""
    record = require_pupil(caller, "attendance:change_absence", pupil)
    old = _current(record, id, version)
    span = _span(new)
    touched = sorted({*old.span.days(), *span.days()[: rules.RULES.longest_days]})
    days = store.days_of(pupil, touched)
    notice = rules.change(old, span, new.reason, _others(days), today(), _school_days(old.unit))
    commit(
        notices_store.notice_item(notice),
        *_marked(days, notice),
        facts=[_notified(notice)],
        trace=Trace(caller.person_id, "change_absence", pupil, changes=str(id)),
    )
    return _view(replace(notice, version=version + 1))


def withdraw_absence(caller: Caller, pupil: PersonId, id: NoticeId, version: int) -> None:
    """Take a notice back."""
    record = require_pupil(caller, "attendance:withdraw_absence", pupil)
    notice = rules.withdraw(_current(record, id, version), today())
    days = store.days_of(pupil, notice.span.days())
    commit(
        notices_store.notice_item(notice),
        *_marked(days, notice),
        facts=[AbsenceWithdrawn(notice=id, pupil=pupil, unit=notice.unit)],
        trace=Trace(caller.person_id, "withdraw_absence", pupil, changes=str(id)),
    )


def list_absences(caller: Caller, pupil: PersonId, query: PageQuery) -> AbsencePage:
    """A pupil's notices, newest first."""
    record = require_pupil(caller, "attendance:read_pupil", pupil)
    found, cursor = notices_store.notices(record.records, query.limit, query.cursor, caller.seal)
    record_read(Trace(caller.person_id, "list_absences", pupil))
    return AbsencePage(data=[_view(notice) for notice in found], cursor=cursor)


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
            )
            for d in deviations
        ],
    )


def _current(pupil: PupilRecord, id: NoticeId, version: int) -> Notice:
    notice = next((found for record in pupil.records if (found := notices_store.notice(record, id))), None)
    if notice is None or notice.withdrawn:
        raise NotFound
    if notice.version != version:
        raise ChangedMeanwhile(field="If-Match", value=version)
    return notice


def _school_days(unit: UnitId) -> Callable[[date], bool]:
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


def _view(notice: Notice) -> AbsenceView:
    return AbsenceView(
        id=notice.id,
        student=notice.pupil,
        reason=notice.reason,
        withdrawn=notice.withdrawn,
        version=notice.version or 1,
        **_times(notice.span),
    )


def _notified(notice: Notice) -> AbsenceNotified:
    return AbsenceNotified(
        notice=notice.id,
        pupil=notice.pupil,
        unit=notice.unit,
        first_day=notice.span.first,
        last_day=notice.span.last,
    )

"""Absence that comes again (process 19): start a series, change or withdraw it from a day on, cancel one
occasion, follow the calendar.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from functools import partial

from functions.attendance import store
from functions.attendance.domain import series as rules
from functions.attendance.domain.series import Occasion, Rule, Series
from functions.attendance.events import AbsenceSeriesChanged, CalendarTold
from functions.attendance.schemas.common import PageQuery
from functions.attendance.schemas.series import NewSeries, OccasionView, SeriesPage, SeriesView
from functions.attendance.store import PupilDay
from functions.attendance.store import series as series_store
from functions.attendance.usecases.absence import reporter_of, school_days
from functions.organisation import queries as organisation
from functions.register import queries as register
from functions.register.queries import PupilRecord, require_pupil
from skolkit.audit import Trace, record_read
from skolkit.clock import today
from skolkit.errors import ChangedMeanwhile, NotFound
from skolkit.idempotency import RequestKey
from skolkit.identity import Caller
from skolkit.retry import persist
from skolkit.table import Item, commit
from skolkit.types import NoticeId, PersonId, UnitId, new_id


def start_series(caller: Caller, pupil: PersonId, new: NewSeries, key: RequestKey) -> SeriesView:
    """Report absence that comes again. Four round trips: pupil, calendar, days, commit (a school year of
    weeks is some 45 items of its 100).
    """
    record = require_pupil(caller, "attendance:report_absence", pupil)
    if record.unit is None:
        raise NotFound
    rule = _rule(new)
    draft = Series(
        NoticeId(new_id()), pupil, record.unit, rule, (), caller.person_id, reporter_of(caller, record)
    )
    is_school_day = school_days(record.unit)

    def begin() -> SeriesView:
        days = _days(pupil, rule.days())
        series = rules.start(draft, today(), is_school_day, _others(days))
        view = _view(replace(series, version=1), pupil)
        commit(
            *series_store.series_writes(series),
            *_marked(days, series),
            facts=[_changed(series)],
            trace=Trace(caller.person_id, "start_series", pupil, series.reported_as, str(series.id)),
            once=key.once(view.model_dump_json(by_alias=True)),
        )
        return view

    return persist(begin)


def change_series(caller: Caller, pupil: PersonId, id: NoticeId, new: NewSeries, version: int) -> SeriesView:
    """Let a series follow another rule from the rule's first day on."""
    record = require_pupil(caller, "attendance:change_absence", pupil)
    old, rule = _current(record, id, version), _rule(new)
    days = _days(pupil, {*rule.days(), *(one.day for one in old.coming(rule.first))})
    series = rules.change(old, rule, today(), school_days(old.unit), _others(days))
    _commit(caller, "change_series", pupil, series, days)
    return _view(replace(series, version=version + 1), pupil)


def withdraw_series(caller: Caller, pupil: PersonId, id: NoticeId, since: date | None, version: int) -> None:
    """Take a series back from a day on."""
    record = require_pupil(caller, "attendance:withdraw_absence", pupil)
    old = _current(record, id, version)
    series = rules.withdraw(old, since or today(), today())
    days = _days(pupil, {one.day for one in old.coming(since or today())})
    _commit(caller, "withdraw_series", pupil, series, days)


def cancel_occasion(caller: Caller, pupil: PersonId, id: NoticeId, occasion: NoticeId, version: int) -> None:
    """Take one occasion of a series back."""
    record = require_pupil(caller, "attendance:withdraw_absence", pupil)
    series, day = rules.cancel(_current(record, id, version), occasion, today())
    _commit(caller, "cancel_occasion", pupil, series, _days(pupil, {day}))


def list_series(caller: Caller, pupil: PersonId, query: PageQuery) -> SeriesPage:
    """A pupil's series, newest first."""
    record = require_pupil(caller, "attendance:read_pupil", pupil)
    found, cursor = series_store.series_of(record.records, query.limit, query.cursor, caller.seal)
    record_read(Trace(caller.person_id, "list_series", pupil))
    return SeriesPage(data=[_view(series, pupil) for series in found], cursor=cursor)


def follow_calendar(told: CalendarTold) -> None:
    """Let every series of a unit, or of all, have the school days that are decided now. Four round trips for
    each series; the second time nothing changes.
    """
    units = (u.id for u in organisation.units()) if told.whole_municipality else (told.unit,)
    for unit in units:
        for pupil, id in series_store.unit_series(unit, today()):
            persist(partial(_recount, unit, pupil, id))


def _recount(unit: UnitId, pupil: PersonId, id: NoticeId) -> None:
    record = register.present(pupil)
    old = series_store.find_series(record.records, id) if record else None
    if record is None or old is None:
        return
    coming = {day for day in old.rule.days() if day >= today()}
    days = _days(record.id, coming | {one.day for one in old.coming(today())})
    series = rules.recount(old, today(), school_days(unit), _others(days))
    if series != old:
        commit(
            *series_store.series_writes(series),
            *_marked(days, series),
            facts=[_changed(series)],
            trace=Trace("system:follow_calendar", "follow_calendar", record.id, changes=str(id)),
        )


def _commit(
    caller: Caller, action: str, pupil: PersonId, series: Series, days: Mapping[date, PupilDay]
) -> None:
    commit(
        *series_store.series_writes(series),
        *_marked(days, series),
        facts=[_changed(series)],
        trace=Trace(caller.person_id, action, pupil, changes=str(series.id)),
    )


def _current(pupil: PupilRecord, id: NoticeId, version: int) -> Series:
    series = series_store.find_series(pupil.records, id)
    if series is None:
        raise NotFound
    if series.version != version:
        raise ChangedMeanwhile(field="If-Match", value=version)
    return series


def _rule(new: NewSeries) -> Rule:
    rule = Rule(new.start_date, new.end_date, new.every_weeks, new.start_time, new.end_time, new.reason)
    rules.check(rule, today())
    return rule


def _days(pupil: PersonId, days: set[date] | list[date]) -> dict[date, PupilDay]:
    return {found.day: found for found in store.days_of(pupil, sorted(days))}


def _others(days: Mapping[date, PupilDay]) -> rules.Others:
    return {day: {id: span for id, (span, _) in found.notices.items()} for day, found in days.items()}


def _marked(days: Mapping[date, PupilDay], series: Series) -> Iterator[Item]:
    """The days whose notices change."""
    stands: dict[date, Occasion] = {one.day: one for one in series.coming(date.min)}
    for day, found in days.items():
        own = series.id_of(day)
        rest = {id: value for id, value in found.notices.items() if id != own}
        one = stands.get(day)
        notices = rest | {own: (one.span, one.reason)} if one else rest
        if notices != found.notices:
            yield store.day_item(replace(found, notices=notices), series.unit)


def _changed(series: Series) -> AbsenceSeriesChanged:
    return AbsenceSeriesChanged(
        series=series.id, pupil=series.pupil, unit=series.unit,
        days=[one.day for one in series.coming(today())],
    )  # fmt: skip


def _view(series: Series, pupil: PersonId) -> SeriesView:
    rule = series.rule
    return SeriesView(
        id=series.id, student=pupil, start_date=rule.first, end_date=rule.last,
        every_weeks=1 if rule.weeks == 1 else 2, start_time=rule.start, end_time=rule.end,
        reason=rule.reason, reported_as=series.reported_as, version=series.version or 1,
        occasions=[
            OccasionView(
                id=series.id_of(one.day), date=one.day, start_time=one.start, end_time=one.end,
                reason=one.reason, cancelled=one.cancelled,
            )
            for one in series.occasions
        ],
    )  # fmt: skip

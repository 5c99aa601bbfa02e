"""Planning of holidays (process 25): a unit asks, homes answer, the silent are reminded, days are summed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta

from functions.attendance.domain import care as schedules
from functions.attendance.domain import care_holidays as rules
from functions.attendance.domain import care_refusals as refusals
from functions.attendance.domain.care import CARE_FORMS, Hours
from functions.attendance.domain.care_holidays import Period
from functions.attendance.events import MessageDue
from functions.attendance.schemas.care import (
    AnswersView,
    NewAnswers,
    NewPeriod,
    PeriodDay,
    PeriodPage,
    PeriodSummary,
    PeriodView,
)
from functions.attendance.schemas.common import PageQuery
from functions.attendance.store import care as store
from functions.attendance.store import care_units as unit_store
from functions.attendance.store.care import ChildCare
from functions.attendance.store.care_units import UnitCare
from functions.attendance.usecases.care import home_of, require_answers_apart, require_child
from functions.attendance.usecases.care_day import with_closed
from functions.attendance.usecases.care_decisions import require_unit
from functions.attendance.usecases.care_views import answers_view
from functions.organisation import queries as organisation
from functions.register import queries as register
from skolkit.audit import Trace
from skolkit.clock import today
from skolkit.errors import NotFound
from skolkit.idempotency import RequestKey
from skolkit.identity import Caller
from skolkit.retry import persist
from skolkit.table import Remove, chunks, commit, fetch
from skolkit.types import PersonId, UnitId, new_id, stable_id

MESSAGES = 90  # in one transaction


def open_care_holiday(caller: Caller, unit: UnitId, new: NewPeriod, key: RequestKey) -> PeriodView:
    """Ask a unit's homes about a holiday. Four round trips."""
    require_unit(caller, unit)
    if organisation.unit(unit) is None:
        raise NotFound
    care = unit_store.read_unit(unit)
    period = Period(
        new_id(), unit, new.start_date, new.end_date, new.last_answer_day,
        new.unanswered or care.settings.unanswered,
    )  # fmt: skip
    rules.open_period(period, care.periods, today())
    remind = max(today(), period.last_answer - timedelta(days=care.settings.reminder_days))
    view = _view(period)
    commit(
        unit_store.period_item(period),
        unit_store.remind_item(period, remind),
        trace=Trace(caller.person_id, "open_care_holiday", unit, changes=f"{period.start}–{period.end}"),
        once=key.once(view.model_dump_json(by_alias=True)),
    )
    return view


def list_care_holidays(caller: Caller, unit: UnitId, query: PageQuery) -> PeriodPage:
    """A unit's holidays, the latest first. Two round trips."""
    require_unit(caller, unit)
    found, cursor = unit_store.page_of_periods(unit, query.limit, query.cursor, caller.seal)
    return PeriodPage(data=[_view(period) for period in found], cursor=cursor)


def answer_care_holiday(caller: Caller, id: PersonId, new: NewAnswers, key: RequestKey) -> AnswersView:
    """Say for a home which days of a holiday need care, and when. Five round trips for guardians: the child
    (2), its units, what is said, one transaction.
    """
    child = require_child(caller, "attendance:edit_care", id)
    unit, period = _asked(list(dict.fromkeys(p.unit for p in child.placements)), new.period)
    told = {
        d.date: tuple(sorted(Hours(h.start_time, h.end_time) for h in d.hours)) if d.need else ()
        for d in new.days
    }
    if any(d.need != bool(d.hours) for d in new.days):
        raise refusals.UnfitHours(field="days")

    def attempt() -> AnswersView:
        care = child.care(today())
        own = store.read_child(id, today()) if child.record.also else care
        owner = home_of(caller, child, care.plan, new.owner)
        known, version = own.answers.get(period.id, ({}, 0))
        days = rules.answered(period, known, owner, told, today(), staff=child.staff)
        changed = replace(care, answers={**care.answers, period.id: (days, 0)})
        require_answers_apart(changed, unit, told)
        view = AnswersView(data=answers_view(changed, period.id))
        commit(
            store.answer_item(id, period, days, version or None),
            trace=Trace(caller.person_id, "answer_care_holiday", id, changes=f"{period.id} {len(told)} days"),
            once=key.once(view.model_dump_json(by_alias=True)),
        )
        return view

    return persist(attempt)


def _asked(units: list[UnitId], id: str) -> tuple[UnitCare, Period]:
    for unit in units:
        care = unit_store.read_unit(unit)
        if period := next((p for p in care.periods if p.id == id), None):
            return care, period
    raise NotFound


def read_care_holiday(caller: Caller, unit: UnitId, id: str) -> PeriodSummary:
    """How many children need care each day of a holiday, numbers only; a change of a single day goes before
    the answer. Three round trips, and one for a hundred of the children's days.
    """
    require_unit(caller, unit)
    _, period = _asked([unit], id)
    children = dict(_children(period))
    days = list(schedules.days_between(period.start, period.end))
    cares = _cares(list(children), period, days)
    return PeriodSummary(
        **_view(period).model_dump(exclude={"version"}),
        children=len(children),
        days=[_sum(period, day, [(cares[c], e) for c, e in children.items()])
              for day in days],
    )  # fmt: skip


def _children(period: Period) -> Iterator[tuple[PersonId, register.Enrolment]]:
    """The children with a place at the unit some day of a holiday, and that place."""
    for child, e in register.enrolments_at(period.unit):
        there = e.start <= period.end and (e.end is None or e.end >= period.start)
        if e.school_form in CARE_FORMS and there and not e.cancelled:
            yield child, e


def _cares(children: list[PersonId], period: Period, days: Sequence[date] = ()) -> dict[PersonId, ChildCare]:
    """Children's schedules and answers, with changes of some days. A round trip per hundred of them."""
    (cares,) = fetch(store.wanted_children(children, days, [period.id]), consistent=True)
    return with_closed(cares, days, [period.id])


def _sum(period: Period, day: date, children: list[tuple[ChildCare, register.Enrolment]]) -> PeriodDay:
    there = [care for care, enrolment in children if enrolment.covers(day)]
    said = [(care.plan, care.said(day, period)) for care in there]
    need = sum(bool(schedules.expected_hours(plan, told, period.unit, day)) for plan, told in said)
    silent = sum(not (told.answers or told.changes) for _, told in said)
    return PeriodDay(date=day, need=need, no_need=len(there) - need, unanswered=silent)


def remind_of_holidays() -> None:
    """Remind the homes that have not answered about a holiday whose last day comes near. A day's work that
    was interrupted goes on the next time; who has been reminded is not again.
    """
    for row, unit, id in unit_store.reminders(today()):
        care = unit_store.read_unit(unit)
        period = next((p for p in care.periods if p.id == id), None)
        if period and period.last_answer >= today():
            for some in chunks(_due(period), MESSAGES):
                commit(facts=some)
        commit(Remove(row))


def _due(period: Period) -> Iterator[MessageDue]:
    children = [child for child, _ in _children(period)]
    (guardians,) = fetch(register.wanted_guardians(children))
    cares = _cares(children, period)
    for child in children:
        answers = cares[child].answers.get(period.id, ({}, 0))[0]
        silent = rules.silent(cares[child].plan, answers, frozenset(guardians.get(child, ())))
        if silent:
            yield MessageDue(
                id=stable_id("care holiday", period.id, child),
                recipients=sorted(silent),
                template="care_holiday",
                about=child,
                values={
                    "first": period.start.isoformat(),
                    "last": period.end.isoformat(),
                    "answer": period.last_answer.isoformat(),
                },
            )


def _view(period: Period) -> PeriodView:
    return PeriodView(
        id=period.id, unit=period.unit, start_date=period.start, end_date=period.end,
        last_answer_day=period.last_answer, unanswered=period.unanswered, version=period.version,
    )  # fmt: skip

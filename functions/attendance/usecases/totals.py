"""Sums of attendance (process 20): a group's day is counted anew whenever one of its lessons is reported, and
every night for the day before; a unit's day is counted from its groups' days.

Whatever counts reads first what it will write over, then the sheets: of two that count the same day at the
same time the one with the older sheets is refused, and counts again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from functools import partial

from functions.attendance.domain import statistics as rules
from functions.attendance.domain import totals as sums
from functions.attendance.domain.statistics import PupilFacts
from functions.attendance.domain.totals import GroupDay, Sums
from functions.attendance.events import LessonReported, LessonsPlanned, TotalsAsked
from functions.attendance.schemas.statistics import PupilTotals, SpanQuery, SumsView, TotalsQuery
from functions.attendance.store import totals as store
from functions.attendance.store import wanted_sheets
from functions.attendance.store.totals import TotalsJobItem, UnitDay
from functions.organisation import queries as organisation
from functions.register import queries as register
from functions.timetable import queries as timetable
from skolkit import jobs
from skolkit.audit import Trace, record_read
from skolkit.clock import now, today
from skolkit.errors import ChangedMeanwhile
from skolkit.idempotency import RequestKey
from skolkit.identity import Caller
from skolkit.retry import persist
from skolkit.sweden.identity_numbers import IdentityNumberError, parse_identity_number
from skolkit.table import LIMIT, AlreadyDone, Erase, chunks, commit, fetch, put_many
from skolkit.types import GroupId, LessonId, PersonId, UnitId

GROUPS = 50  # counted together: some 300 sheets
MARKS = 20  # counted in one step of the night
WEEKS = 4  # which the Monday night counts again
_SYSTEM = PersonId("system:count_attendance")


# Counting


def count_lesson(reported: LessonReported) -> None:
    """Count the day of a reported lesson. Of a past day the unit's is due, too. Five round trips, one more
    when something is new.
    """
    count_groups([reported.group], today(reported.start), reported.lesson)


def count_planned(planned: LessonsPlanned) -> None:
    """Past days whose timetable was changed are counted again in the night, when their sheets have followed.
    Nothing is read; a write per 25 days.
    """
    span = (min(planned.last_day, today() - timedelta(days=1)) - planned.first_day).days
    days = [planned.first_day + timedelta(days=n) for n in range(span + 1)]
    put_many(store.due_item(planned.group, day) for day in days)


def count_groups(groups: Iterable[GroupId], day: date, *lessons: LessonId) -> list[GroupDay]:
    """Count a day of groups from the sheets of what the timetable has, of what was counted before and of
    `lessons`; the days as they are now. Five round trips per 50 groups, and one per day that differs.
    """
    found: list[GroupDay] = []
    for some in chunks(groups, GROUPS):
        found += persist(partial(_count, some, day, lessons))
    return found


def _count(groups: Sequence[GroupId], day: date, lessons: Sequence[LessonId]) -> list[GroupDay]:
    wanted = store.wanted_counted(groups, day), store.wanted_seen(groups, day)
    stored, seen = fetch(*wanted, consistent=True)
    planned, records = fetch(
        timetable.wanted_group_days(groups, [day]), organisation.wanted_groups(groups, day), consistent=True
    )
    mine = {group: frozenset(lesson.id for lesson in planned[group, day]) for group in groups}
    known = {lesson.lesson for one in stored.values() for lesson in one.lessons}
    ids = sorted({*lessons, *known, *(lesson for some in mine.values() for lesson in some)})
    sheets = list(fetch(wanted_sheets(ids), consistent=True)[0].values())
    days: list[GroupDay] = []
    for group in groups:
        unit = records[group].unit if group in records else UnitId("")
        new = sums.group_day(group, day, mine[group], sheets, unit)
        days.append(_written(new, stored.get(group), seen.get(group)))
    return days


def _written(new: GroupDay, old: GroupDay | None, seen: store.SeenItem | None) -> GroupDay:
    """The day, written if it is other than before."""
    if old is None and not new.lessons:
        return new
    if old and (old.lessons, old.unit) == (new.lessons, new.unit or old.unit):
        return old
    kept = GroupDay(new.group, new.day, new.unit, new.lessons, old.version if old else None)
    for writes in store.counting(kept, seen, due=new.day < today()):
        commit(*writes)
    return kept


def count_unit(unit: UnitId, day: date, groups: Iterable[GroupId] = ()) -> None:
    """Count a unit's day anew from its groups of that day, those counted before, and `groups`. With 600
    pupils some fifteen round trips.
    """
    persist(partial(_count_unit, unit, day, groups))


def _count_unit(unit: UnitId, day: date, more: Iterable[GroupId]) -> None:
    stored, before = store.find_unit_day(unit, day)
    rows = organisation.groups_at(unit, day)
    groups = sorted({*before, *more, *(row.id for row in rows)})
    days = [one for one in count_groups(groups, day) if one.lessons and one.unit == unit]
    if stored is None and not days:
        return
    classes = [row.id for row in rows if row.kind == "klass"]
    facts = _facts(unit, day, classes, sorted({pupil for one in days for pupil in one.pupils}))
    cells, pupils = rules.unit_day(days, facts)
    new = UnitDay(unit, day, tuple(one.group for one in days), cells, pupils)
    commit(*store.unit_day_writes(new, stored))


def _facts(
    unit: UnitId, day: date, classes: Sequence[GroupId], pupils: Sequence[PersonId]
) -> dict[PersonId, PupilFacts]:
    """Class, year and sex of pupils on a day."""
    klasses, listed = fetch(organisation.wanted_groups(classes, day), register.wanted_listed(pupils))
    klass = {pupil: group for group, record in klasses.items() for pupil in record.members}
    year = {pupil: e.year for pupil, e in register.enrolments_at(unit) if e.covers(day)}
    return {
        pupil: PupilFacts(klass.get(pupil), year.get(pupil), _sex(listed[pupil].civic_no))
        for pupil in pupils if pupil in listed
    }  # fmt: skip


def _sex(civic_no: str | None) -> str:
    try:
        return parse_identity_number(civic_no).sex if civic_no else "Okänt"
    except IdentityNumberError:
        return "Okänt"


# Every night


def ask_totals() -> None:
    """Start the night's counting: yesterday, on Mondays four weeks, and whatever is due. A repeated start of
    the same day is left alone.
    """
    last = today() - timedelta(days=1)
    length = 7 * WEEKS if today().isoweekday() == 1 else 1
    days = [(last - timedelta(days=n)).isoformat() for n in reversed(range(length))]
    units = sorted(unit.id for unit in organisation.units())
    key = RequestKey(f"TOTALS#{today()}", "")
    try:
        request = {"days": days, "units": units}
        jobs.ask(TotalsJobItem, TotalsAsked, "count_attendance", _SYSTEM, request, key)
    except AlreadyDone:
        return


def run_totals(asked: TotalsAsked) -> None:
    """Count a unit's day a step, then the days that are due, twenty a step."""
    jobs.run(TotalsJobItem, asked, _step, again=TotalsAsked)


def _step(job: TotalsJobItem) -> bool:
    days, units = job.request["days"], job.request["units"]
    number = int(job.place.get("next", 0))
    more = True
    if number < len(days) * len(units):
        unit, day = units[number // len(days)], days[number % len(days)]
        count_unit(UnitId(unit), date.fromisoformat(day))
        job.done += 1
    else:
        more = _count_due()
    job.place = {"next": number + 1}
    commit(job)
    return more


def _count_due() -> bool:
    marks = store.due(MARKS)
    by_unit: dict[tuple[UnitId, date], list[GroupId]] = {}
    for group, day in map(store.due_of, marks):
        for one in count_groups([group], day):
            if one.unit:
                by_unit.setdefault((one.unit, day), []).append(group)
    for (unit, day), groups in by_unit.items():
        count_unit(unit, day, groups)
    for mark in marks:
        try:
            commit(Erase(mark))
        except ChangedMeanwhile:
            continue  # marked anew since: it comes again
    return len(marks) == MARKS


# Reading


def pupil_days(records: Sequence[PersonId], first: date, last: date) -> list[GroupDay]:
    """The counted days that name a pupil. A query for each record, and one for each group."""
    groups = dict.fromkeys(g for record in records for g in store.groups_counted(record, first, last))
    return [day for group in groups for day in store.counted_days(group, first, last)]


def read_pupil_totals(caller: Caller, id: PersonId, query: TotalsQuery) -> PupilTotals:
    """A pupil's attendance in a span, in all and by what is asked for. Two round trips, one for each group,
    and what the right to it costs.
    """
    first, last = span_of(query)
    record = register.require_pupil(caller, "attendance:read_pupil", id)
    days = pupil_days(record.records, first, last)
    record_read(Trace(caller.person_id, "read_pupil_totals", id))
    whole = sums.of_pupil(record.records, days, None, now())
    found = sums.of_pupil(record.records, days, query.by, now())
    return PupilTotals(
        pupil=id,
        first_day=first,
        last_day=last,
        total=view(whole.get("", Sums())),
        parts={key: view(one) for key, one in found.items()} if query.by else {},
    )


def span_of(query: SpanQuery) -> tuple[date, date]:
    """The span asked about: the last thirty days when nothing is said, never beyond today."""
    last = min(query.last_day or today(), today())
    first = query.first_day or last - timedelta(days=rules.RULES.days - 1)
    rules.check_span(first, last)
    return first, last


def view(one: Sums) -> SumsView:
    """Sums as they are shown."""
    return SumsView(
        attendance_sum=one.attendance,
        valid_absence_sum=one.valid,
        invalid_absence_sum=one.invalid,
        other_attendance_sum=one.other,
        reported_sum=one.reported,
        offered_sum=one.offered,
        lessons=one.lessons,
        unreported_lessons=one.unreported,
        late_lessons=one.late,
        leave_days=one.leave,
        valid_absence_share=one.share(one.valid),
        invalid_absence_share=one.share(one.invalid),
    )


def folded(found: Mapping[PersonId, Sums]) -> dict[PersonId, Sums]:
    """Sums by pupil, those of closed records added to the record they proved to be. A batch per 100
    pupils.
    """
    made = dict(found)
    while closed := merged(sorted(made)):
        for pupil, kept in closed.items():
            made[kept] = made.get(kept, Sums()) + made.pop(pupil)
    return made


def merged(people: Sequence[PersonId]) -> dict[PersonId, PersonId]:
    """What closed records among `people` proved to be. A batch per 100."""
    some = [fetch(register.wanted_merged(part))[0] for part in chunks(people, LIMIT)]
    return {pupil: kept for part in some for pupil, kept in part.items()}

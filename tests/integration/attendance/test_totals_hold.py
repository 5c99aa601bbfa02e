"""Sums of attendance against a plain model: whatever is delivered twice, late or shuffled, whoever is moved,
whatever lesson is corrected, cancelled or moved to another day, the sums are those of the sheets.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from functions.attendance import store
from functions.attendance.domain import totals as rules
from functions.attendance.domain.lesson import Entry, Minutes, Sheet
from functions.attendance.store import totals as totals_store
from functions.attendance.usecases import totals
from functions.timetable.domain import PlannedLesson
from functions.timetable.store import group_day_item
from infra.local.cloud import Cloud
from skolkit.clock import LOCAL, local, now, stamp, today
from skolkit.events import Fact
from skolkit.table import Overwrite, commit, dynamodb
from skolkit.types import GroupId, LessonId, PersonId, UnitId, new_id
from tests.support.areas import acting_as, deliver

# Three days of the month before last: past, so that a night counts what is due; around the end of a month.
MONTH = (today().replace(day=1) - timedelta(days=40)).replace(day=1)
DAYS = [MONTH - timedelta(days=1), MONTH, MONTH + timedelta(days=1)]
LENGTH = 40
Model = dict[str, Counter[str]]


@pytest.fixture
def tables_once(tables: Cloud) -> Iterator[Cloud]:
    with acting_as("attendance"):
        yield tables


class Teaching(RuleBasedStateMachine):
    """Two groups of one unit and three pupils. The model knows of each lesson where it is, who was on its
    list when it was reported, and each pupil's minutes.
    """

    @initialize()
    def begin(self) -> None:
        self.unit, self.groups = UnitId(new_id()), [GroupId(new_id()) for _ in range(2)]
        self.pupils = [PersonId(new_id()) for _ in range(3)]
        self.members = {self.groups[0]: set(self.pupils[:2]), self.groups[1]: set(self.pupils[2:])}
        self.planned: dict[LessonId, Sheet] = {}
        self.sheets: dict[LessonId, Sheet] = {}
        self.facts: list[dict[str, Any]] = []

    def _write_day(self, group: GroupId, day: date) -> None:
        mine = [s for s in self.planned.values() if s.group == group and today(s.start) == day]
        lessons = tuple(
            PlannedLesson(
                id=s.lesson, group=group, unit=self.unit, subject_code="MA", subject=s.subject,
                teachers=(), start=s.start, end=s.end, room="",
            )
            for s in mine
        )  # fmt: skip
        if lessons:
            commit(Overwrite(group_day_item((group, day), None, lessons, "x")))
        else:
            key = {"pk": {"S": f"GROUP#{group}"}, "sk": {"S": f"DAY#{day}"}}
            dynamodb().delete_item(TableName="skolkit-timetable", Key=key)
        span = {"group": group, "first_day": str(day), "last_day": str(day)}
        self.facts.append(_envelope("timetable.TimetablePublished.v1", span))

    def _save(self, sheet: Sheet) -> None:
        old = self.sheets.get(sheet.lesson)
        commit(store.sheet_item(sheet, stored=old.version if old else None))
        self.sheets[sheet.lesson] = replace(sheet, version=(old.version if old else 0) + 1)

    @rule(group=st.integers(0, 1), day=st.sampled_from(DAYS), hour=st.integers(0, 23))
    def plan(self, group: int, day: date, hour: int) -> None:
        start, lesson = local(day, time(hour)), LessonId(new_id())
        mine = self.groups[group]
        sheet = Sheet(
            lesson, mine, self.unit, f"S{hour % 2}", start, start + timedelta(minutes=LENGTH), (),
            tuple(sorted(self.members[mine])), {},
        )  # fmt: skip
        self.planned[lesson] = sheet
        self._write_day(mine, day)
        self._save(sheet)

    @rule(data=st.data())
    def report_or_correct(self, data: st.DataObject) -> None:
        if not self.sheets:
            return
        sheet = self.sheets[data.draw(st.sampled_from(sorted(self.sheets)))]
        away = st.sampled_from([(LENGTH, 0, 0), (0, LENGTH, 0), (0, 0, LENGTH), (30, 0, 10), (10, 20, 10)])
        entries = {p: Entry(Minutes(*data.draw(away))) for p in sheet.roster}
        self._save(replace(sheet, entries=entries, reported_by=self.pupils[0], reported_at=now()))
        self.facts.append(
            _envelope(
                "attendance.LessonReported.v1",
                {
                    "lesson": sheet.lesson, "group": sheet.group, "unit": self.unit,
                    "start": stamp(sheet.start), "end": stamp(sheet.end), "corrected": sheet.is_reported,
                    "unexcused": [],
                },
            )
        )  # fmt: skip

    @rule(data=st.data())
    def cancel(self, data: st.DataObject) -> None:
        if self.planned:
            gone = self.planned.pop(data.draw(st.sampled_from(sorted(self.planned))))
            self._write_day(gone.group, today(gone.start))

    @rule(data=st.data(), day=st.sampled_from(DAYS))
    def move_lesson(self, data: st.DataObject, day: date) -> None:
        """What has not been reported follows; what has stays where it was."""
        if not self.planned:
            return
        old = self.planned[data.draw(st.sampled_from(sorted(self.planned)))]
        start = local(day, old.start.astimezone(LOCAL).time())
        moved = replace(old, start=start, end=start + timedelta(minutes=LENGTH))
        self.planned[old.lesson] = moved
        for one in {today(old.start), day}:
            self._write_day(old.group, one)
        known = self.sheets[old.lesson]
        if not known.is_reported:
            self._save(replace(known, start=moved.start, end=moved.end))

    @rule(pupil=st.integers(0, 2), to=st.integers(0, 1))
    def move_pupil(self, pupil: int, to: int) -> None:
        """Lists of lessons that have not been reported follow."""
        for group, members in self.members.items():
            members.discard(self.pupils[pupil])
            if group == self.groups[to]:
                members.add(self.pupils[pupil])
        for sheet in list(self.sheets.values()):
            roster = tuple(sorted(self.members[sheet.group]))
            if not sheet.is_reported and roster != sheet.roster:
                self._save(replace(sheet, roster=roster))

    @rule(data=st.data())
    def deliver_some(self, data: st.DataObject) -> None:
        if self.facts:
            for fact in data.draw(st.lists(st.sampled_from(self.facts), max_size=4)):
                assert deliver("attendance", "count_attendance", fact) == []

    @rule()
    def night(self) -> None:
        """The night's walk over every group."""
        for day in DAYS:
            totals.count_groups(self.groups, day)

    def teardown(self) -> None:
        if not hasattr(self, "facts"):
            return
        for fact in [*self.facts, *reversed(self.facts)]:
            assert deliver("attendance", "count_attendance", fact) == []
        self.night()
        for pupil in self.pupils:
            found = self._found([pupil], "subject")
            assert found == self._expected(pupil, lambda s: s.subject), pupil
            assert self._found([pupil], "month") == self._expected(pupil, _month)

    def _found(self, records: list[PersonId], by: rules.By) -> Model:
        days = totals.pupil_days(records, DAYS[0], DAYS[-1])
        sums = rules.of_pupil(records, days, by)
        names = ("attendance", "valid", "invalid", "reported", "offered", "unreported")
        return {key: Counter({n: getattr(one, n) for n in names}) for key, one in sums.items()}

    def _expected(self, pupil: PersonId, key: Any) -> Model:
        made: Model = {}
        for id, sheet in self.sheets.items():
            if pupil not in sheet.roster or not (sheet.is_reported or id in self.planned):
                continue
            row = made.setdefault(key(sheet), Counter())
            row["offered"] += LENGTH
            if sheet.is_reported:
                m = sheet.entries[pupil].minutes
                row.update(attendance=m.attendance, valid=m.valid, invalid=m.invalid, reported=LENGTH)
            else:
                row["unreported"] += 1
        return made

    @invariant()
    def nobody_is_counted_without_being_found(self) -> None:
        """Whoever a counted day names is told of that group."""
        for group in getattr(self, "groups", []):
            for day in totals_store.counted_days(group, DAYS[0], DAYS[-1]):
                for pupil in day.pupils:
                    assert group in totals_store.groups_counted(pupil, day.day, day.day)


def _month(sheet: Sheet) -> str:
    return f"{sheet.start.astimezone(LOCAL):%Y-%m}"


def _envelope(kind: str, data: dict[str, Any]) -> dict[str, Any]:
    class Told(Fact):
        type = kind

    made = Told().envelope(datetime.now(UTC))
    return {**made, "data": data}


@pytest.mark.usefixtures("tables_once")
def test_sums_are_those_of_the_sheets() -> None:
    bounded = settings(
        max_examples=20, stateful_step_count=20, deadline=None, phases=[Phase.generate],
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )  # fmt: skip
    run_state_machine_as_test(Teaching, settings=bounded)


class First:
    """The first of what could be drawn."""

    def draw(self, strategy: Any) -> Any:
        return strategy.elements[0]


@pytest.mark.usefixtures("tables_once")
@pytest.mark.parametrize("what", ["cancel", "move_lesson"])
def test_what_is_cancelled_or_moved_after_it_was_counted(what: str) -> None:
    machine: Any = Teaching()
    machine.begin()
    machine.plan(0, DAYS[0], 8)
    machine.plan(0, DAYS[0], 9)
    machine.night()
    getattr(machine, what)(First(), **({"day": DAYS[1]} if what == "move_lesson" else {}))
    machine.teardown()


@pytest.mark.usefixtures("tables_once")
def test_of_two_who_count_at_once_the_one_with_older_sheets_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The other counts again between what the first has read and what it writes."""
    machine: Any = Teaching()
    machine.begin()
    machine.plan(0, DAYS[0], 8)
    machine.night()
    group, real = machine.groups[0], rules.group_day
    raced: list[bool] = []

    def race(*arguments: Any) -> rules.GroupDay:
        counted: rules.GroupDay = real(*arguments)
        if not raced:
            raced.append(True)
            sheet = next(iter(machine.sheets.values()))
            entries = {p: Entry(Minutes(0, 0, LENGTH)) for p in sheet.roster}
            machine._save(replace(sheet, entries=entries, reported_at=now()))
            totals.count_groups([group], DAYS[0])
            return replace(counted, lessons=())
        return counted

    monkeypatch.setattr(rules, "group_day", race)
    totals.count_groups([group], DAYS[0])
    assert raced
    machine.teardown()

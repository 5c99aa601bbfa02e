"""A lesson's life: teachers save and merge, correct, cancel and restore it, notices of absence arrive, phones
send things twice. What is stored is always that of a plain model (process 20).
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from functions.attendance.domain.absence import Reason
from functions.attendance.domain.lesson import (
    Entry,
    Minutes,
    NotHeld,
    Sheet,
    cancel,
    deviations_changed,
    expected,
    save,
)
from functions.attendance.domain.merge import Line, merge
from functions.attendance.store import sheet_item, sheet_of
from skolkit.types import GroupId, LessonId, PersonId, UnitId

START = datetime(2026, 11, 23, 8, 10, tzinfo=UTC)
ROSTER = tuple(PersonId(f"pupil-{n}") for n in range(3))
TEACHERS = (PersonId("anna"), PersonId("bo"))
LENGTH = 40

said = st.tuples(st.integers(0, LENGTH), st.integers(0, 2)).map(
    lambda away: Entry(
        Minutes(
            LENGTH - away[0],
            valid=away[0] if away[1] == 0 else 0,
            invalid=away[0] if away[1] == 1 else 0,
            other=away[0] if away[1] == 2 else 0,
        )
    )
)


class Lessons(RuleBasedStateMachine):
    """The sheet and the deviations beside it as they would be stored; `model` is what a plain register of the
    best line of every pupil says.
    """

    def __init__(self) -> None:
        super().__init__()
        self.sheet = Sheet(
            lesson=LessonId("l"), group=GroupId("g"), unit=UnitId("u"), subject="Matematik", start=START,
            end=START + timedelta(minutes=LENGTH), teachers=TEACHERS, roster=ROSTER, entries={},
        )  # fmt: skip
        self.now = START + timedelta(minutes=1)
        self.apart: dict[PersonId, Minutes] = {}
        self.model: dict[PersonId, tuple[Any, ...]] = {}
        self.cancelled = False
        self.notified: dict[PersonId, int] = {}
        self.sent: list[tuple[PersonId, list[Line]]] = []

    def write(self, new: Sheet) -> None:
        """Store the sheet and what changed among deviations, and read it again."""
        for pupil, entry in deviations_changed(self.sheet, new).items():
            if entry:
                self.apart[pupil] = entry.minutes
            else:
                del self.apart[pupil]
        self.sheet = replace(sheet_of(sheet_item(new, stored=None)), version=new.version)
        assert self.sheet == new

    @rule(minutes=st.integers(1, 90))
    def time_passes(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)

    @precondition(lambda self: not self.cancelled)
    @rule(entries=st.tuples(said, said, said), by=st.sampled_from(TEACHERS))
    def whole_class_is_saved(self, entries: tuple[Entry, ...], by: PersonId) -> None:
        saved, _ = save(self.sheet, list(zip(ROSTER, entries, strict=True)), by, self.now, self.sheet.version)
        self.write(saved)
        moments = [line[0] + timedelta(milliseconds=1) for line in self.model.values()]
        at = max([self.now, *moments])
        self.model = {p: rank(at, e, by) for p, e in zip(ROSTER, entries, strict=True)}

    @precondition(lambda self: not self.cancelled)
    @rule(
        by=st.sampled_from(TEACHERS),
        lines=st.lists(st.tuples(st.sampled_from(ROSTER), said, st.integers(0, 120)), min_size=1,
                       max_size=3, unique_by=lambda one: one[0]),
    )  # fmt: skip
    def some_pupils_are_reported(self, by: PersonId, lines: list[tuple[PersonId, Entry, int]]) -> None:
        """Made a while ago, or now."""
        made = [(p, e, max(START, self.now - timedelta(minutes=ago))) for p, e, ago in lines]
        self.send(by, [Line(p, e, at) for p, e, at in made])

    @precondition(lambda self: self.sent and not self.cancelled)
    @rule(data=st.data())
    def a_report_comes_again(self, data: st.DataObject) -> None:
        self.send(*data.draw(st.sampled_from(self.sent)))

    def send(self, by: PersonId, lines: list[Line]) -> None:
        self.sent.append((by, lines))
        self.write(merge(self.sheet, lines, by, self.now).sheet)
        for one in lines:
            ranked = rank(one.made_at, one.entry, by)
            self.model[one.pupil] = max(self.model.get(one.pupil, ranked), ranked)

    @rule(pupil=st.sampled_from(ROSTER), minutes=st.integers(0, LENGTH))
    def notice_arrives(self, pupil: PersonId, minutes: int) -> None:
        """It fills in what is shown of a pupil nobody has reported, and writes nothing on the sheet."""
        self.notified[pupil] = minutes

    @rule(why=st.sampled_from(NotHeld))
    def lesson_is_cancelled(self, why: NotHeld) -> None:
        self.write(cancel(self.sheet, why, self.sheet.version))
        self.model, self.cancelled = {}, True

    @precondition(lambda self: self.cancelled)
    @rule()
    def lesson_is_held_after_all(self) -> None:
        self.write(cancel(self.sheet, None, self.sheet.version))
        self.cancelled = False

    @invariant()
    def totals_are_those_of_the_model(self) -> None:
        assert {p: e.minutes for p, e in self.sheet.entries.items()} == {
            p: line[-1] for p, line in self.model.items()
        }
        assert self.apart == {p: line[-1] for p, line in self.model.items() if line[-1].deviates}
        assert self.sheet.is_reported == (len(self.model) == len(ROSTER))
        assert (self.sheet.not_held is not None) == self.cancelled

    @invariant()
    def an_unreported_pupil_is_expected_as_notified(self) -> None:
        for pupil, minutes in self.notified.items():
            if pupil not in self.sheet.entries:
                shown = expected(self.sheet, minutes, Reason.ILLNESS).minutes
                assert (shown.valid, shown.total) == (minutes, LENGTH)

    @invariant()
    def unreported_lessons_are_found(self) -> None:
        waits = sheet_item(self.sheet, stored=None).unreported_pk is not None
        assert waits == (not self.cancelled and len(self.model) < len(ROSTER))


def rank(at: datetime, entry: Entry, by: PersonId) -> tuple[Any, ...]:
    m = entry.minutes
    return (at, m.invalid, m.valid, m.other, by, m)


TestLessons = Lessons.TestCase
TestLessons.settings = settings(max_examples=60, stateful_step_count=25)

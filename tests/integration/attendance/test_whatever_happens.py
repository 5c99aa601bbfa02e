"""A school day against a plain model, whatever happens to it: homes report and withdraw, two teachers save,
correct and come late from dead phones, lessons are not held, leave is granted, sweeps run; facts come twice,
shuffled, and from one shard of the stream ten minutes late; the provider of mail is away; functions die
between any two steps. In the end the sums are exact, and of every gap without a reason each guardian has
exactly one notice. `HYPOTHESIS_PROFILE=long` lives many more days.
"""

from __future__ import annotations

import json
import os
import random
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import partial
from itertools import combinations
from typing import Any, ClassVar

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from functions.attendance import store
from functions.messages import store as messages
from functions.messages.app import record_mail_receipt
from infra.local.cloud import Cloud
from infra.local.population import NewPupil
from skolkit.clock import local, stamp, today
from skolkit.types import LessonId, PersonId, new_id, stable_id
from tests.integration.test_attendance_day import at, open_, save
from tests.support.areas import Answer, Context, acting_as, call, deliver, outbox, run_schedule
from tests.support.bus import hearers
from tests.support.fixtures import lay_tables
from tests.support.said import HOURS, LENGTH, OUTCOMES, Minutes, Model, line_of
from tests.support.stored import Undo, stored
from tests.support.wire import SHARDS, Wire
from tests.support.world import Lesson, World, drop, lessons_of, make_world

pytestmark = pytest.mark.hypothesis  # part of `python3 -m infra fuzz`
LONG = os.environ.get("HYPOTHESIS_PROFILE") == "long"
EXAMPLES, STEPS = (300, 40) if LONG else (8, 34)
PUPILS, TROUBLED, DYING = 3, 5, 8  # how long trouble goes on at the end, and how many die each time
LOST = timedelta(minutes=10)
LIVES = st.lists(st.integers(0, 14), max_size=4)  # of the next functions: who dies after how many steps


@dataclass
class Place:
    """The school all examples share: what they write is put back after each."""

    world: World
    pupils: list[NewPupil]
    lessons: list[Lesson]
    undo: Undo


class SchoolDay(RuleBasedStateMachine):
    """The day from a quarter past twelve on, with every lesson to be reported."""

    place: ClassVar[Place]

    @initialize(seed=st.integers(0, 2**16))
    def begin(self, seed: int) -> None:
        self.patch, self.wire, self.chance = pytest.MonkeyPatch(), Wire().__enter__(), random.Random(seed)
        self.model, self.version = Model(), dict[str, int]()
        self.hearers = hearers("attendance", "messages")
        self.queue: list[tuple[str, str, Any]] = []
        self.lost: dict[int, datetime] = {}
        self.lives, self.ticks = list[int](), 0
        self.day = today(self.place.lessons[0].start)
        self._wake(local(self.day, time(12, 15)))

    def _wake(self, now: datetime) -> None:
        self.now = now
        at(self.patch, now)

    def _next(self) -> datetime:
        """Every doing has a time of its own."""
        self._wake(self.now + timedelta(seconds=1))
        return self.now

    # What people do

    @rule(
        pupil=st.integers(0, PUPILS - 1),
        hours=st.sampled_from([None, ("09:00", "09:30"), ("10:20", "12:00")]),
    )
    def notify(self, pupil: int, hours: tuple[str, str] | None) -> None:
        one, key, span = self.place.pupils[pupil], new_id(), {}
        if hours:
            span = dict(zip(("startTime", "endTime"), hours, strict=True))
        body = {"startDate": str(self.day), "endDate": str(self.day), "reason": "illness", **span}
        made = self._ask("report_absence", one.guardians[0].guardian_id, body, key, pupil=one.id)
        self._excuse(made, pupil, hours)

    @rule(pupil=st.integers(0, PUPILS - 1), leave=st.booleans(), lives=LIVES)
    def begin_series_or_leave(self, pupil: int, leave: bool, lives: list[int]) -> None:
        self.lives = lives
        self._grant_leave(pupil) if leave else self._begin_series(pupil)

    def _begin_series(self, pupil: int) -> None:
        one, hours = self.place.pupils[pupil], ("08:00", "09:30")
        body = {
            "startDate": str(self.day), "endDate": str(self.day + timedelta(weeks=1)), "everyWeeks": 1,
            "reason": "medicalVisit", "startTime": hours[0], "endTime": hours[1],
        }  # fmt: skip
        made = self._ask("start_series", one.guardians[1].guardian_id, body, new_id(), pupil=one.id)
        self._excuse(made, pupil, hours, "series ")

    def _grant_leave(self, pupil: int) -> None:
        one, day = self.place.pupils[pupil], str(self.day)
        body = {"startDate": day, "endDate": day, "purpose": "travel"}
        made = self._ask("apply_for_leave", one.guardians[0].guardian_id, body, new_id(), pupil=one.id)
        if made.status == 201:
            verdict = {"outcome": "granted", "ground": "personalMatter"}
            head, id = self.place.world.staff("principal"), made.body["id"]
            granted = self._ask("decide_leave", head, verdict, new_id(), pupil=one.id, leave=id)
            self._excuse(granted, pupil, None, "leave ")

    def _excuse(self, made: Answer, pupil: int, hours: tuple[str, str] | None, kind: str = "") -> None:
        assert made.status in (201, 409), made.body
        if made.status == 201:
            begin, end = hours or ("00:00", "23:59")
            mine = {n for n, hour in enumerate(HOURS) if f"{hour:02}:00" < end and begin < f"{hour:02}:40"}
            self.model.excused[kind + made.body["id"]] = (pupil, mine)
            self.version[kind + made.body["id"]] = made.body["version"]
        self.model.note()

    @rule(which=st.integers(0, 9))
    def withdraw(self, which: int) -> None:
        """What was said first of what there is: a notice, a series or leave."""
        if not self.model.excused:
            return
        known = list(self.model.excused)[which % len(self.model.excused)]
        kind, _, id = known.rpartition(" ")
        name, word = {
            "": ("withdraw_absence", "notice"), "series": ("withdraw_series", "series"),
            "leave": ("withdraw_leave", "leave"),
        }[kind]  # fmt: skip
        one = self.place.pupils[self.model.excused[known][0]]
        gone = call(
            "attendance", name, one.guardians[0].guardian_id, path={"pupil": one.id, word: id},
            headers={"if-match": f'"{self.version[known]}"'},
        )  # fmt: skip
        assert gone.status == 204, gone.body
        del self.model.excused[known]
        self.model.note()

    @rule(
        n=st.integers(0, len(HOURS) - 1), by=st.integers(0, 1),
        outcomes=st.lists(st.sampled_from(OUTCOMES), min_size=PUPILS, max_size=PUPILS),
    )  # fmt: skip
    def save(self, n: int, by: int, outcomes: list[Minutes]) -> None:
        """A teacher saves the whole lesson, or corrects it."""
        lesson, made = self.place.lessons[n], self._next()
        away = {str(self.place.pupils[p].id): line_of(minutes) for p, minutes in enumerate(outcomes)}
        answer = save(lesson, away, lesson.teachers[by])
        assert (answer.status == 200) == (n not in self.model.cancelled), answer.body
        if answer.status == 200:
            self.model.lines |= {(p, n): minutes for p, minutes in enumerate(outcomes)}
            self.model.made |= {(p, n): made for p in range(PUPILS)}
            self.model.whole.add(n)
        self.model.note()

    @rule(
        n=st.integers(0, len(HOURS) - 1), by=st.integers(0, 1), ago=st.integers(0, 90),
        outcomes=st.dictionaries(st.integers(0, PUPILS - 1), st.sampled_from(OUTCOMES), min_size=1),
    )  # fmt: skip
    def come_late(self, n: int, by: int, ago: int, outcomes: dict[int, Minutes]) -> None:
        """A phone that was offline sends what was written a while ago; what was made last stands."""
        lesson = self.place.lessons[n]
        self.ticks += 1
        made = self._next() - timedelta(minutes=ago) + timedelta(milliseconds=self.ticks)
        made = max(made, lesson.start + timedelta(milliseconds=self.ticks))
        rows = [
            {"pupil": self.place.pupils[p].id, "madeAt": stamp(made), "basedOn": 0, **line_of(minutes)}
            for p, minutes in outcomes.items()
        ]
        body = {"rows": rows}
        answer = self._ask("report_pupils", lesson.teachers[by], body, new_id(), lesson=lesson.id)
        assert (answer.status == 200) == (n not in self.model.cancelled), answer.body
        for p, minutes in outcomes.items() if answer.status == 200 else ():
            before = self.model.made.get((p, n))
            if before is None or before < made:
                self.model.lines[p, n], self.model.made[p, n] = minutes, made
        self.model.note()

    @rule(n=st.integers(0, len(HOURS) - 1), by=st.integers(0, 1))
    def hold_or_not(self, n: int, by: int) -> None:
        """A lesson is not held after all, if any is reported such a one, or held after all."""
        n = sorted(self.model.whole or range(len(HOURS)))[n % len(self.model.whole or HOURS)]
        lesson, teacher = self.place.lessons[n], self.place.lessons[n].teachers[by]
        back = n in self.model.cancelled
        answer = call(
            "attendance", "restore_lesson" if back else "cancel_lesson", teacher, path={"lesson": lesson.id},
            body=None if back else {"reason": "teacherAway"},
            headers={"if-match": f'"{open_(lesson, teacher).body["version"]}"'},
        )  # fmt: skip
        assert answer.status == 200, answer.body
        self.model.cancelled ^= {n}
        self.model.whole.discard(n)
        for p in range(PUPILS):
            self.model.lines.pop((p, n), None)
            self.model.made.pop((p, n), None)

    def _ask(self, name: str, who: PersonId | str, body: Any, key: str, **path: str) -> Answer:
        """Ask; when the function dies meanwhile, ask again with the same key as a phone does."""
        headers = {"idempotency-key": key}
        person = PersonId(who)

        def ask() -> Answer:
            return call("attendance", name, person, path=path, body=body, headers=headers)

        answer = list[Answer]()
        self._mortal(lambda: answer.append(ask()))
        return answer[0] if answer else ask()

    # What befalls the machinery

    def _mortal(self, act: Callable[[], Any]) -> bool:
        """Do it in a function that may die after some steps (calls to AWS and their answers); whether it got
        through.
        """
        if not self.lives:
            act()
            return True
        with self.wire.dying(self.lives.pop()) as died:
            act()
        return not died

    @rule(shard=st.integers(-1, SHARDS - 1))
    def trouble(self, shard: int) -> None:
        """Nobody reads one shard of the streams for ten minutes while the others go on, or the provider of
        mail is away until it comes back.
        """
        if shard < 0:
            self.wire.down = not self.wire.down
        else:
            self.lost[shard] = self.now + LOST

    @rule(share=st.sampled_from([0.3, 0.7, 1.0]), lives=LIVES)
    def carry(self, share: float, lives: list[int]) -> None:
        """Relays read what they can; of all that waits in queues some is delivered, in any order."""
        self.lives = lives
        self._relay()
        self.chance.shuffle(self.queue)
        some = int(len(self.queue) * share + 0.5)
        waiting, self.queue = self.queue[:some], self.queue[some:]
        for message in waiting:
            self._deliver(message)

    def _relay(self) -> None:
        for shard in range(SHARDS):
            if self.lost.get(shard, self.now) <= self.now:
                self._mortal(partial(self.wire.relay, shard))
                for fact in self.wire.published:
                    self.queue += 2 * [(*hearer, fact) for hearer in self.hearers[fact["type"]]]

    def _deliver(self, message: tuple[str, str, Any]) -> None:
        """What is not done comes again, and so does what a function died over."""
        area, function, fact = message
        failed = list[str]()
        if function == "record_mail_receipt":
            through = self._mortal(lambda: failed.extend(_receipt(fact)))
        else:
            through = self._mortal(lambda: failed.extend(deliver(area, function, fact)))
        if failed or not through:
            self.queue.append(message)
        while self.wire.sent:  # SES tells within seconds, twice and in no order
            tag = self.wire.sent.pop()
            self.queue += [
                ("messages", "record_mail_receipt", (k, tag)) for k in ("Delivery", "Send", "Send")
            ]

    @rule(minutes=st.sampled_from([1, 4, 11]), lives=LIVES)
    def wait(self, minutes: int, lives: list[int]) -> None:
        self._hear_receipts()
        self._wake(self.now + timedelta(minutes=minutes))
        self.lives = lives
        self._mortal(lambda: run_schedule("messages", "hand_over_due"))

    def _hear_receipts(self) -> None:
        for message in [m for m in self.queue if m[1] == "record_mail_receipt"]:
            self.queue.remove(message)
            self._deliver(message)

    @rule(lives=LIVES)
    def sweep(self, lives: list[int]) -> None:
        """The evening's check, whenever somebody starts it."""
        self.lives, self.swept = lives, self.now
        self._mortal(lambda: run_schedule("attendance", "evening_sweep"))

    # What must be true in the end

    def teardown(self) -> None:
        if not hasattr(self, "wire"):
            return
        try:
            self.lives = []
            self._drain()
            for _ in range(2):  # the first sees to what is left, the second finds it seen to
                self.sweep([])
                self._drain()
            self._check_sums()
            self._check_notices()
            self._check_sweep()
        finally:
            self.wire.__exit__()
            self.patch.undo()
            self.place.undo.undo()

    def _drain(self) -> None:
        """Trouble ends after a while, and time goes on until nothing waits anywhere."""
        for n in range(60):
            ill = n < TROUBLED
            self.wire.down = ill and self.chance.random() < 0.5
            self.carry(1.0, [self.chance.randint(0, 14) for _ in range(DYING if ill else 0)])
            if not self.queue and not any(self.wire.rows.values()) and not self._due():
                return
            self.wait(4 if self.queue else 11, [])
        pytest.fail(f"never at rest: {self.queue[:3]}, {self._due()}")

    def _due(self) -> list[Any]:
        with acting_as("messages"):
            shards = range(messages.DUE_SHARDS)
            return [d for n in shards for d in messages.due(n, self.now + timedelta(hours=3), 9)]

    def _check_sums(self) -> None:
        for p, pupil in enumerate(self.place.pupils):
            got = call(
                "attendance", "read_pupil_totals", pupil.guardians[0].guardian_id, path={"pupil": pupil.id},
                query={"firstDay": str(self.day), "lastDay": str(self.day)},
            ).body["total"]  # fmt: skip
            names = ("attendanceSum", "validAbsenceSum", "invalidAbsenceSum")
            assert [got[name] for name in names] == self.model.sums(p), (p, got)
            assert got["reportedSum"] == LENGTH * len(self.model.whole)

    def _check_notices(self) -> None:
        assert set(self.wire.mails.values()) <= {1}, self.wire.mails
        assert self.wire.texts == 0  # every mail was confirmed
        told: dict[tuple[str, str], set[str]] = defaultdict(set)
        for tag in self.wire.mails:
            about, _, notice, guardian = tag.split("_")
            told[about, notice].add(guardian)
        for p, pupil in enumerate(self.place.pupils):
            homes = {g.guardian_id for g in pupil.guardians}
            ids = {n: stable_id("notice", pupil.id, x.id) for n, x in enumerate(self.place.lessons)}
            mine = [n for n, id in ids.items() if (pupil.id, id) in told]
            assert all(told[pupil.id, ids[n]] == homes for n in mine)
            assert {(p, n) for n in mine} <= self.model.ever
            for first, last in combinations(mine, 2):
                assert not self.model.one_gap(p, first, last), (p, first, last)
            with acting_as("attendance"):
                gaps = store.pupil_day(PersonId(pupil.id), self.day).gaps
            covered = {lesson: gap for gap in gaps for lesson in gap.lessons}
            for n in (n for q, n in self.model.unexplained() if q == p):
                gap = covered[LessonId(self.place.lessons[n].id)]
                assert set(gap.outcomes.values()) == {"delivered"}, (p, n, gap)
                assert gap.outcomes.keys() == homes == told[pupil.id, gap.notice]

    def _check_sweep(self) -> None:
        world, mine = self.place.world, {x.id for x in self.place.lessons}
        over = [x for x in world.lessons if today(x.start) == self.day and x.end <= self.swept]
        others = [x for x in over if x.id not in mine]
        counts = Counter(call(
            "attendance", "read_sweep", world.staff("principal"), path={"unit": world.unit},
            query={"date": str(self.day)},
        ).body["counts"])  # fmt: skip
        open_lessons = set(range(len(HOURS))) - self.model.whole - self.model.cancelled
        assert counts["unreportedLessons"] == len(others) + len(open_lessons)
        assert counts["unexcusedLessons"] == len(self.model.missed())
        assert counts["delivered"] == len(self.model.unexplained())
        assert counts["explained"] == len(self.model.missed()) - counts["delivered"]
        assert counts["gaps"] == counts["told"]
        assert counts["withoutAttempt"] == counts["due"] == 0


def _receipt(said: tuple[str, str]) -> list[str]:
    kind, tag = said
    detail = {"eventType": kind, "mail": {"tags": {"delivery": [tag]}}}
    event = {"detail-type": f"Email {kind}", "source": "aws.ses", "detail": detail}
    with acting_as("messages"):
        reply = record_mail_receipt({"Records": [{"messageId": "0", "body": json.dumps(event)}]}, Context())
    return [one["itemIdentifier"] for one in reply["batchItemFailures"]]


@pytest.fixture(scope="module")
def place(cloud: Cloud) -> Iterator[Place]:
    """A class with four more lessons of two teachers on a past school day, and three pupils whose guardians
    have mail.
    """
    lay_tables(cloud)
    cloud.client("events").create_event_bus(Name="skolkit")
    world = make_world(cloud)
    like, day = world.of_class()[0], world.days[0]
    other = next(
        s.id for s in world.population.staff
        if s.role == "teacher" and s.id not in {*like.teachers, *world.klass.mentor_ids}
    )  # fmt: skip
    rows = [
        {
            "id": new_id(), "group": like.group, "unit": world.unit, "subjectCode": "MA",
            "subject": "Matematik", "teachers": [like.teachers[0], other], "room": "A1",
            "start": local(day, time(hour)).isoformat(),
            "end": (local(day, time(hour)) + timedelta(minutes=LENGTH)).isoformat(),
        }
        for hour in HOURS
    ]  # fmt: skip
    drop(cloud, f"timetable/lessons/{new_id()}.jsonl", rows)
    for envelope in outbox("timetable"):
        if envelope["type"] == "timetable.TimetablePublished.v1":
            assert deliver("attendance", "prepare_sheets", envelope) == []
    email = {g.id for g in world.population.guardians if g.email}
    pupils = [p for p in world.classmates() if {g.guardian_id for g in p.guardians} <= email]
    undo = Undo(stored())
    yield Place(world, pupils[:PUPILS], list(lessons_of(rows)), undo)
    undo.close()


@pytest.mark.timeout(7200 if LONG else 300)
def test_whatever_happens_every_gap_is_told_once_and_every_minute_counted(place: Place) -> None:
    SchoolDay.place = place
    phases = [Phase.generate, Phase.shrink] if LONG else [Phase.generate]
    bounded = settings(
        max_examples=EXAMPLES, stateful_step_count=STEPS, deadline=None, phases=phases,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )  # fmt: skip
    run_state_machine_as_test(SchoolDay, settings=bounded)

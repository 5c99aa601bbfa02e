"""What it costs to pull everything of a resource through SS 12000, a thousand at a time, and to ask again
when nothing is new: read units, time per page from the first to the last, round trips after each other, and
the rendering. Printed, run it with `-s`; asserted are read units and ratios within a run. `PULLED=100000`
pulls more.
"""

from __future__ import annotations

import json
import os
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from importlib import import_module
from typing import Any

import pytest
from pydantic_core import to_json

from functions.exchange.domain.clients import Client
from functions.exchange.usecases.readers import Reader
from functions.exchange.usecases.resources import RESOURCES, resource_of
from functions.grades.domain.subjects import graded
from functions.grades.store import catalogue
from functions.grades.store.catalogue import EntryItem, Head
from functions.organisation.domain.groups import DatedGroup
from functions.organisation.domain.staffing import ActivityRecord
from functions.organisation.store import activities, groups
from functions.timetable import store as timetable
from functions.timetable.domain import PlannedLesson
from infra.local.cloud import Cloud
from skolkit.clock import now, today
from skolkit.config import feed_lag
from skolkit.ss12000 import Entity
from skolkit.sweden.codes import SchoolForm
from skolkit.table import Item, chunks, dynamodb, put_many
from skolkit.types import GroupId, LessonId, PersonId, UnitId, new_id
from tests.support.areas import acting_as, call
from tests.support.fixtures import lay_tables
from tests.support.grade_book import entry
from tests.support.meter import metered
from tests.support.standard import READ, connect

PULLED = int(os.environ.get("PULLED", "3000"))
PAGE = min(1_000, PULLED // 6)
UNITS = [UnitId(new_id()) for _ in range(20)]
START = datetime(2026, 11, 23, 7, tzinfo=UTC)
WEEKS = {"startTime.onOrAfter": "2026-01-01T00:00:00Z", "startTime.onOrBefore": "2030-01-01T00:00:00Z"}


def _grades(count: int) -> Iterator[Item]:
    maths = graded(SchoolForm.COMPULSORY, "MA", "Matematik")
    for some in chunks(range(count), 20):
        pupil, unit = new_id(), UNITS[some[0] % len(UNITS)]
        rows = [entry(pupil, unit, maths, "C", registered_by=PersonId(new_id())) for _ in some]
        writes, _ = catalogue.append(Head(PersonId(pupil)), rows, [])
        yield from (item for item in writes if isinstance(item, EntryItem))


def _lessons(count: int) -> Iterator[Item]:
    for number in range(count):
        start = START + timedelta(days=number // 500, minutes=number % 10 * 50)
        lesson = PlannedLesson(
            id=LessonId(new_id()), group=GroupId(new_id()), unit=UNITS[number % len(UNITS)],
            subject_code="GRGRMAT01", subject="Matematik", teachers=(PersonId(new_id()),), start=start,
            end=start + timedelta(minutes=40), room=f"A{number % 40}", activity=new_id(),
        )  # fmt: skip
        yield timetable.lesson_item(lesson.id, None, {lesson.group: lesson})


def _activities(count: int) -> Iterator[Item]:
    for number in range(count):
        activity = ActivityRecord(
            id=new_id(), unit=UNITS[number % len(UNITS)], name=f"Arbetslag {number}",
            type="Läraraktivitet", start=today(START),
        )  # fmt: skip
        yield next(w for w in activities.activity_writes(None, activity) if isinstance(w, Item))


def _groups(count: int) -> Iterator[Item]:
    for number in range(count):
        group = DatedGroup(
            id=GroupId(new_id()), unit=UNITS[number % len(UNITS)], name=f"{number}", kind="klass"
        )
        yield next(w for w in groups.group_writes(group) if isinstance(w, Item))


FILLED: dict[str, Callable[[int], Iterator[Item]]] = {
    "grades": _grades, "calendarEvents": _lessons, "activities": _activities, "groups": _groups,
}  # fmt: skip


def is_served(name: str) -> bool:
    return name in import_module(f"functions.{RESOURCES[name][0]}.ss12000").RESOURCES


@pytest.fixture(scope="module", params=[name for name in FILLED if is_served(name)])
def filled(request: pytest.FixtureRequest, cloud: Cloud) -> str:
    """A resource with many entities, in a municipality with nothing else."""
    name = str(request.param)
    lay_tables(cloud)
    with acting_as(RESOURCES[name][0]):
        assert put_many(FILLED[name](PULLED)) == PULLED
    time.sleep(feed_lag().total_seconds() + 0.01)
    return name


def page(client: str, name: str, query: dict[str, Any]) -> tuple[list[dict[str, Any]], str | None]:
    answer = call("exchange", f"list_{name}", None, query=query, scopes=READ, claimed={"client_id": client})
    assert answer.status == 200, answer.body
    return answer.body["data"], answer.body["pageToken"]


def asked(name: str) -> dict[str, Any]:
    return dict(WEEKS) if name == "calendarEvents" else {}


def test_a_full_pull(filled: str) -> None:
    client = connect()
    page(client, filled, asked(filled) | {"limit": 1})  # what is loaded once
    seconds: list[float] = []
    ids: list[str] = []
    query = asked(filled) | {"limit": PAGE}
    with metered() as use:
        while True:
            begun = time.perf_counter()
            rows, token = page(client, filled, query)
            seconds.append(time.perf_counter() - begun)
            ids += [row["id"] for row in rows]
            if token is None:
                break
            query = {"pageToken": token, "limit": PAGE}
    assert len(ids) == len(set(ids)) == PULLED
    whole = seconds[: PULLED // PAGE]
    third = max(1, len(whole) // 3)
    growth = statistics.median(whole[-third:]) / statistics.median(whole[:third])
    print(
        f"\n{filled}: {use.reads / len(ids):.3f} read units an entity, {use.trips / len(seconds):.0f} calls "
        f"a page, {len(ids) / sum(seconds):.0f} entities/s, last third of the pages {growth:.2f} of the first"
    )
    assert use.reads / len(ids) <= 0.6
    assert growth <= 2, "a page takes longer the further in it is"


def test_nothing_new(filled: str) -> None:
    client = connect()
    query = asked(filled) | {"meta.modified.after": now().isoformat()}
    page(client, filled, query)
    with metered() as use, Spans() as spans:
        assert page(client, filled, query) == ([], None)
    print(f"\n{filled}, nothing new: {in_a_row(spans)} round trips in a row, {use.reads} read units")
    assert in_a_row(spans) <= 3  # who asks, who is protected, what is new
    assert use.reads <= 4


class Spans:
    """When each call to DynamoDB began and ended."""

    def __enter__(self) -> list[list[float]]:
        self.spans: list[list[float]] = []
        self.events = dynamodb().meta.events
        self.events.register("before-call.dynamodb", self._begun)
        self.events.register("after-call.dynamodb", self._ended)
        return self.spans

    def __exit__(self, *_: object) -> None:
        self.events.unregister("before-call.dynamodb", self._begun)
        self.events.unregister("after-call.dynamodb", self._ended)

    def _begun(self, context: dict[str, Any], **_: Any) -> None:
        context["span"] = [time.perf_counter()]

    def _ended(self, context: dict[str, Any], **_: Any) -> None:
        self.spans.append([*context["span"], time.perf_counter()])


def in_a_row(spans: Sequence[Sequence[float]]) -> int:
    """How many calls waited for another to end."""
    count, ended = 0, 0.0
    for begun, end in sorted(map(tuple, spans)):
        if begun >= ended:
            count, ended = count + 1, end
    return count


def test_rendering(filled: str) -> None:
    """Next to reading the same text again, so that the machine does not matter."""
    who = Reader(Client(id="x", name="x", expires=today()), frozenset(), now(), feed_lag())
    resource = resource_of(filled)
    with acting_as("exchange"):
        rows, _ = page(connect(), filled, asked(filled) | {"limit": PAGE})
        entities = resource.by_ids([row["id"] for row in rows[:100]])

    def rendered(some: Sequence[Entity]) -> list[bytes]:
        return [to_json(who.shown(filled, entity)) for entity in some]

    texts = rendered(entities)
    took = best(lambda: rendered(entities)) / len(entities)
    read = best(lambda: [json.loads(text) for text in texts]) / len(entities)
    print(f"\n{filled}: {took * 1e6:.0f} µs to render an entity, {read * 1e6:.0f} µs to read it")
    assert took <= 40 * read


def best(act: Callable[[], object]) -> float:
    def once() -> float:
        begun = time.perf_counter()
        act()
        return time.perf_counter() - begun

    return min(once() for _ in range(7))

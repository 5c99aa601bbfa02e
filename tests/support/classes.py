"""Many classes that are alike, each with one lesson: one class of the imports' own rows, copied with other
ids. Importing as many people takes an hour.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from infra.local.cloud import Cloud
from skolkit.clock import today
from skolkit.table import chunks, dynamodb
from skolkit.types import stable_id
from tests.support.fixtures import lay_tables
from tests.support.stored import stored
from tests.support.world import UNIT, Lesson, World, make_world

_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
AWAY = 3  # pupils of each class who may be away, with their homes


@dataclass(frozen=True)
class Class:
    """One copy: its lesson, and the pupils who may be away with a guardian each."""

    lesson: Lesson
    away: tuple[str, ...]
    home: str


def lay_classes(cloud: Cloud, count: int) -> tuple[World, list[Class]]:
    """A school, and `count` classes of it with some thirty pupils and a lesson at the same time."""
    lay_tables(cloud)
    cloud.client("events").create_event_bus(Name="skolkit")
    world = make_world(cloud, unit=replace(UNIT, pupil_count=56, years=(5,)))
    klass = max((g for g in world.population.groups if g.kind == "class"), key=lambda g: len(g.pupil_ids))
    lesson = min((x for x in world.lessons if x.group == klass.id), key=lambda x: x.start)
    mail = {g.id for g in world.population.guardians if g.email}
    mine = [p for p in world.population.pupils if p.id in klass.pupil_ids and p.protection is None]
    two = [p for p in mine if len(p.guardians) == 2 and {g.guardian_id for g in p.guardians} <= mail][:AWAY]
    homes = {g.guardian_id for p in two for g in p.guardians}
    rows = list(_rows(world, lesson, set(klass.pupil_ids), {p.id for p in two} | homes))
    own = {*klass.pupil_ids, *homes, klass.id, lesson.id}
    _put((table, _copy(row, n, own)) for n in range(count) for table, row in rows)
    return world, [
        Class(
            replace(lesson, id=_new(lesson.id, n), group=_new(klass.id, n)),
            tuple(_new(p.id, n) for p in two), _new(two[0].guardians[0].guardian_id, n),
        )
        for n in range(count)
    ]  # fmt: skip


def _rows(
    world: World, lesson: Lesson, pupils: set[str], whole: set[str]
) -> Iterator[tuple[str, dict[str, Any]]]:
    """The rows of the class: of every pupil the name, of `whole` all there is."""
    day = today(lesson.start)
    for (table, pk, sk), row in stored().items():
        id = pk.partition("#")[2]
        kept = (
            (id in pupils and sk == "PROFILE")
            or (pk.startswith("PERSON#") and id in whole)
            or pk == f"LESSON#{lesson.id}"
            or (pk == f"GROUP#{lesson.group}" and sk in {"GROUP", f"DAY#{day}"})
        )
        if kept and row.get("kind") != {"S": "outbox"}:
            yield table, row


def _new(id: str, n: int) -> str:
    return stable_id("copy", str(n), id)


def _copy(row: dict[str, Any], n: int, own: set[str]) -> dict[str, Any]:
    def other(found: re.Match[str]) -> str:
        return _new(found[0], n) if found[0] in own else found[0]

    made: dict[str, Any] = json.loads(_ID.sub(other, json.dumps(row)))
    return made


def _put(rows: Iterator[tuple[str, dict[str, Any]]]) -> None:
    for some in chunks(rows, 25):
        request: dict[str, list[dict[str, Any]]] = {}
        for table, row in some:
            request.setdefault(table, []).append({"PutRequest": {"Item": row}})
        assert not dynamodb().batch_write_item(RequestItems=request).get("UnprocessedItems")

"""The yearly rollover: previewed, run by a worker per unit, killed anywhere and resumed, undone exactly."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from functions.organisation import queries
from functions.register import queries as register
from infra.local.cloud import Cloud
from skolkit import table
from skolkit.clock import today
from skolkit.sweden.calendar import SchoolYear
from skolkit.types import GroupId, new_id
from tests.support.areas import IMPORTS_BUCKET, Answer, call, deliver, outbox
from tests.support.stored import stored
from tests.support.world import World, make_world

YEAR = SchoolYear.of(today())
FIRST = SchoolYear(YEAR.start_year + 1).start
LAST = FIRST - timedelta(days=1)
HEARERS = {
    "organisation.RolloverAsked.v1": ("organisation", "lead_rollover"),
    "organisation.UnitRolloverAsked.v1": ("organisation", "roll_over_unit"),
    "organisation.UnitRolloverEnded.v1": ("organisation", "lead_rollover"),
    "organisation.YearRolledOver.v1": ("register", "follow_rollover"),
    "organisation.YearRolledBack.v1": ("register", "follow_rollover"),
}


class Killed(BaseException):
    """The worker is gone in the middle of something."""


@pytest.fixture
def world(tables: Cloud) -> World:
    return make_world(tables)


def ask(world: World, name: str, **path: str) -> str:
    body = None if path else {"schoolYear": str(YEAR)}
    office = world.staff("administrator")
    asked = call("organisation", name, office, path=path, body=body, headers={"idempotency-key": new_id()})
    assert asked.status == 202, asked.body
    return str(asked.body["id"])


def settle(shuffle: random.Random | None = None, heard: set[str] | None = None) -> None:
    """Deliver what is said until nothing more is, in any order; a killed worker's fact comes again."""
    heard = set() if heard is None else heard
    while True:
        waiting = [f for f in outbox("organisation") if f["id"] not in heard and f["type"] in HEARERS]
        if not waiting:
            return
        fact = shuffle.choice(waiting) if shuffle else waiting[0]
        try:
            if deliver(*HEARERS[fact["type"]], fact) == []:
                heard.add(fact["id"])
        except Killed:
            continue


def read(world: World, job: str) -> Answer:
    return call("organisation", "read_rollover", world.staff("administrator"), path={"rollover": job})


def unit(world: World, job: str) -> dict[str, Any]:
    listed = call("organisation", "list_rollover_units", world.staff("administrator"), path={"rollover": job})
    (row,) = listed.body["data"]
    return dict(row)


def state() -> dict[str, Any]:
    """What is stored of groups, people's parts and enrolments, whatever it was written by."""
    kinds = {"group", "listed_group", "parts", "enrolment"}
    own = table.BOOKKEEPING
    return {
        "|".join(key): {k: v for k, v in row.items() if k not in own}
        for key, row in stored().items()
        if row["kind"]["S"] in kinds
    }


def without_cancelled(rows: dict[str, Any]) -> dict[str, Any]:
    return {k: v for k, v in rows.items() if v.get("cancelled") != {"BOOL": True}}


def test_a_preview_says_what_would_come_and_changes_nothing(tables: Cloud, world: World) -> None:
    before = state()
    job = ask(world, "preview_rollover")
    assert read(world, job).body["state"] == "waiting"
    settle()
    seen = read(world, job).body
    assert (seen["state"], seen["done"], seen["total"]) == ("done", 1, 1)
    row = unit(world, job)
    fives = {p.id for p in world.population.pupils if p.year == 5}
    sixes = {p.id for p in world.population.pupils if p.year == 6}
    assert (row["movingUp"], set(row["unplaced"]), row["leavers"]) == (len(fives), sixes, [])
    assert {p["code"] for p in row["problems"]} == {"unplaced"}
    assert {one["name"][0] for one in row["formed"]} == {"6"}
    report = tables.client("s3").get_object(Bucket=IMPORTS_BUCKET, Key=seen["outcome"]["report"])
    assert json.loads(report["Body"].read())["units"][0]["moving_up"] == len(fives)
    assert state() == before


def test_a_year_goes_over_to_the_next(world: World) -> None:
    office, mentor = world.staff("administrator"), world.klass.mentor_ids[0]
    job = ask(world, "run_rollover")
    settle()
    row = unit(world, job)
    five = next(g for g in world.population.groups if g.kind == "class" and g.name.startswith("5"))
    (formed,) = [one for one in row["formed"] if one["before"] == five.id]
    assert formed["name"] == five.name.replace("5", "6", 1)
    old, new = (queries.group(GroupId(id), FIRST) for id in (five.id, formed["group"]))
    assert old is not None
    assert new is not None
    assert (old.members, old.mentors, set(new.members)) == ((), frozenset(), set(five.pupil_ids))
    assert new.mentors == set(five.mentor_ids)
    was = queries.group(GroupId(five.id), LAST)
    assert was is not None
    assert set(was.members) == set(five.pupil_ids)
    pupil = five.pupil_ids[0]
    enrolments = register.pupils([pupil])[pupil].enrolments
    years = {e.start: (e.year, e.end) for e in enrolments}
    assert years[FIRST] == (6, None)
    assert set(years.values()) - {(6, None)} == {(5, LAST)}
    six = next(p.id for p in world.population.pupils if p.year == 6)
    (open_one,) = register.pupils([six])[six].enrolments
    assert (open_one.year, open_one.end) == (6, None)  # lacks a unit, and is not lost
    archived = call(
        "organisation", "list_groups", office, path={"unit": world.unit}, query={"schoolYear": str(YEAR)}
    )
    assert {g["endDate"] for g in archived.body["data"]} == {LAST.isoformat()}
    again = ask(world, "run_rollover")
    after = state()
    settle()
    assert (state(), unit(world, again)["movingUp"]) == (after, 0)
    assert mentor


def test_killed_anywhere_it_comes_to_the_same_end(
    tables: Cloud, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = stored()
    ask(world, "run_rollover")
    settle()
    undisturbed = state()
    transact, killed = table._transact, 0
    for seed in range(4):
        _restore(rows)
        chance = random.Random(seed)

        def dying(*args: Any, chance: random.Random = chance) -> None:
            nonlocal killed
            when = chance.random()
            if when < 0.2:
                killed += 1
                raise Killed
            transact(*args)
            if when > 0.8:
                killed += 1
                raise Killed

        ask(world, "run_rollover")
        monkeypatch.setattr(table, "_transact", dying)
        settle(chance)
        monkeypatch.setattr(table, "_transact", transact)
        assert state() == undisturbed
    assert killed > 10


def test_undone_everything_is_as_before(world: World) -> None:
    before = state()
    job = ask(world, "run_rollover")
    settle()
    undo = ask(world, "undo_rollover", rollover=job)
    settle()
    assert unit(world, undo)["kept"] == []
    assert without_cancelled(state()) == before
    twice = call(
        "organisation", "undo_rollover", world.staff("administrator"), path={"rollover": job},
        headers={"idempotency-key": new_id()},
    )  # fmt: skip
    assert (twice.status, twice.body["type"]) == (409, "urn:skolkit:problem:rollover-not-done")
    ask(world, "run_rollover")
    settle()
    five = next(p.id for p in world.population.pupils if p.year == 5)
    assert [e.year for e in register.pupils([five])[five].enrolments if e.covers(FIRST)] == [6]


def test_undoing_in_pieces_leaves_whoever_was_changed_by_hand(
    tables: Cloud, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = state()
    job = ask(world, "run_rollover")
    settle()
    five = next(g for g in world.population.groups if g.kind == "class" and g.name.startswith("5"))
    (formed,) = [one["group"] for one in unit(world, job)["formed"] if one["before"] == five.id]
    moved = five.pupil_ids[0]
    left = call(
        "organisation", "change_members", world.staff("administrator"), path={"group": formed},
        body={"startDate": (FIRST + timedelta(days=60)).isoformat(), "remove": [moved]},
        headers={"idempotency-key": new_id()},
    )  # fmt: skip
    assert left.body["removed"] == 1
    transact, chance = table._transact, random.Random(3)

    def dying(*args: Any) -> None:
        if chance.random() < 0.3:
            raise Killed
        transact(*args)

    undo = ask(world, "undo_rollover", rollover=job)
    monkeypatch.setattr(table, "_transact", dying)
    settle(chance)
    monkeypatch.setattr(table, "_transact", transact)
    assert unit(world, undo)["kept"] == [moved]
    there = [e.year for e in register.pupils([moved])[moved].enrolments if e.covers(FIRST)]
    assert there == [6]
    after = queries.group(GroupId(formed), FIRST)
    assert after is not None
    assert after.members == (moved,)
    old = queries.group(GroupId(five.id), FIRST)
    assert old is not None
    assert set(old.members) == set(five.pupil_ids) - {moved}
    others = {k for k, row in before.items() if moved not in k and five.id not in json.dumps(row)}
    now = without_cancelled(state())
    assert {k: now[k] for k in others} == {k: before[k] for k in others}


def test_facts_out_of_order_end_the_same(world: World) -> None:
    """The undoing comes to the register before what it undoes."""
    before = state()
    heard: set[str] = set()
    job = ask(world, "run_rollover")
    for _ in range(3):
        for fact in [f for f in outbox("organisation") if f["id"] not in heard]:
            if fact["type"] in HEARERS and not fact["type"].startswith("organisation.Year"):
                deliver(*HEARERS[fact["type"]], fact)
                heard.add(fact["id"])
    ask(world, "undo_rollover", rollover=job)
    settle_backwards(heard)
    assert without_cancelled(state()) == before


def settle_backwards(heard: set[str]) -> None:
    for last in ("organisation.YearRolledBack.v1", "organisation.YearRolledOver.v1"):
        while waiting := [f for f in _heard() if f["id"] not in heard and _not_later(f["type"], last)]:
            deliver(*HEARERS[waiting[0]["type"]], waiting[0])
            heard.add(waiting[0]["id"])


def _heard() -> Iterator[dict[str, Any]]:
    return (f for f in outbox("organisation") if f["type"] in HEARERS)


def _not_later(kind: str, last: str) -> bool:
    return not kind.startswith("organisation.Year") or kind == last


def _restore(rows: Any) -> None:
    """Make the tables as they were."""
    now = stored()
    for name, pk, sk in now:
        if (name, pk, sk) not in rows:
            table.dynamodb().delete_item(TableName=name, Key={"pk": {"S": pk}, "sk": {"S": sk}})
    for key, row in rows.items():
        if now.get(key) != row:
            table.dynamodb().put_item(TableName=key[0], Item=row)

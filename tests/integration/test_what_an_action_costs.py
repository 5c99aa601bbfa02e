"""Round trips and request units of what people do most: bounded, and the same however large the municipality
is.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from infra.local.cloud import Cloud
from skolkit.sweden.codes import SchoolUnitCode
from skolkit.types import new_id
from tests.integration.test_attendance_day import at, invalid
from tests.support.areas import call
from tests.support.meter import Use, metered
from tests.support.world import UNIT, World, drop, imagine, make_world

# A class list's audit row is written while the guardians' names are read: four calls are three round trips.
BOUNDS = {"open": 3, "save": 3, "correct": 3, "report": 5, "day": 3, "list": 4}


def measure(world: World) -> dict[str, Use]:
    """The main actions on one class, each metered on its own, warm."""
    pupil, lesson = world.classmates()[0], world.of_class()[0]
    teacher, guardian = lesson.teachers[0], pupil.guardians[0].guardian_id
    path = {"lesson": lesson.id}

    def save(away: dict[str, Any]) -> Any:
        opened = call("attendance", "open_lesson", teacher, path=path).body
        shown = {"givenName", "familyName", "notifiedMinutes", "notifiedReason"}
        rows = [{k: v for k, v in row.items() if k not in shown} for row in opened["rows"]]
        rows = [row | away.get(row["pupil"], {}) for row in rows]
        headers = {"if-match": f'"{opened["version"]}"'}
        return lambda: call(
            "attendance", "save_lesson", teacher, path=path, body={"rows": rows}, headers=headers
        )

    body = {
        "startDate": world.days[-1].isoformat(),
        "endDate": world.days[-1].isoformat(),
        "reason": "illness",
    }
    first = save({pupil.id: invalid(lesson)})
    actions = {
        "open": lambda: call("attendance", "open_lesson", teacher, path=path),
        "save": first,
        "correct": lambda: None,
        "report": lambda: call(
            "attendance", "report_absence", guardian, path={"pupil": pupil.id}, body=body,
            headers={"idempotency-key": new_id()},
        ),
        "day": lambda: call("attendance", "read_pupil_day", guardian, path={"pupil": pupil.id}),
        "list": lambda: call(
            "organisation", "read_group", teacher, path={"group": world.klass.id}, query={"guardians": "true"}
        ),
    }  # fmt: skip
    uses: dict[str, Use] = {}
    for name, act in actions.items():
        doing = save({pupil.id: invalid(lesson, 10)}) if name == "correct" else act
        with metered() as use:
            answer = doing()
        assert answer.status < 300, (name, answer.body)
        uses[name] = use
    return uses


def test_costs_are_bounded_and_do_not_grow(tables: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    world = make_world(tables)
    at(monkeypatch, world.of_class()[0].start)
    small = measure(world)
    for name, use in small.items():
        print(f"{name:8} {use.trips} trips {use.reads} RRU {use.writes} WRU {use.operations}")
        assert use.trips <= BOUNDS[name], (name, use.operations)
    assert small["save"].writes <= 45
    larger = replace(UNIT, code=SchoolUnitCode("99990025"), name="Grannskolan", pupil_count=600, years=())
    for group in imagine(larger, seed=8)[1][1:2]:
        for key, content in group.items():
            drop(tables, key, content)
    pupil = world.classmates()[0]  # a second notice of the same day would be refused, so withdraw the first
    guardian = pupil.guardians[0].guardian_id
    listed = call("attendance", "list_absences", guardian, path={"pupil": pupil.id}).body["data"]
    for notice in listed:
        path = {"pupil": pupil.id, "notice": notice["id"]}
        assert (
            call("attendance", "withdraw_absence", guardian, path=path, headers={"if-match": '"1"'}).status
            == 204
        )
    grown = measure(world)
    for name in ("open", "report", "day", "list"):
        assert (grown[name].trips, grown[name].reads) == (small[name].trips, small[name].reads), name
    assert grown["correct"].writes == small["correct"].writes

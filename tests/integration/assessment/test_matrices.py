"""Formative tracking in-process (process 30): a teacher's matrix, a class's progress, goals noticed early."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from functions.organisation.domain.syllabuses import Syllabus, syllabus_id
from functions.organisation.store.syllabuses import syllabus_item
from infra.local.cloud import Cloud
from infra.local.population import NewPupil
from skolkit.clock import now, today
from skolkit.sweden.codes import SchoolForm
from skolkit.table import commit
from skolkit.types import PersonId, new_id
from tests.integration.assessment.test_national_tests import refusal, titles
from tests.integration.test_attendance_day import at
from tests.support.areas import Answer, acting_as, call, outbox, run_schedule
from tests.support.matrices import matrix_body, seen
from tests.support.national_tests import ask, done, key
from tests.support.schools import _with_teacher
from tests.support.world import World, drop, make_world


@dataclass(frozen=True)
class Tracked:
    """A class with a teacher who has a matrix, and another teacher of the unit."""

    world: World
    teacher: PersonId
    other: PersonId
    syllabus: str
    matrix: str

    @property
    def group(self) -> str:
        return str(self.world.klass.id)

    @property
    def pupil(self) -> NewPupil:
        return self.world.classmates()[0]

    def observe(self, *rows: dict[str, Any], who: PersonId | None = None) -> Answer:
        body = {"matrix": self.matrix, "rows": list(rows)}
        return ask("observe", who or self.teacher, body, group=self.group)


@pytest.fixture
def tracked(tables: Cloud) -> Tracked:
    world = make_world(tables)
    mentors = world.klass.mentor_ids
    teacher, other = [s.id for s in world.population.staff if s.role == "teacher" and s.id not in mentors][:2]
    rows = [_with_teacher(world.klass, world.unit, teacher)]
    assert drop(tables, "organisation/groups/teacher.jsonl", rows)["failed"] == 0
    syllabus = Syllabus(
        id=syllabus_id(SchoolForm.COMPULSORY, "GRGRENG01", "", 3), school_form=SchoolForm.COMPULSORY,
        subject_name="Engelska", subject_code="GRGRENG01", edition=3, valid_from=today(),
    )  # fmt: skip
    with acting_as("organisation"):
        commit(syllabus_item(syllabus))
    made = done(ask("add_matrix", teacher, matrix_body(syllabus.id), group=world.klass.id))
    return Tracked(world, teacher, other, syllabus.id, made["id"])


def facts(kind: str) -> list[dict[str, Any]]:
    return [fact["data"] for fact in outbox("assessment") if fact["type"] == f"assessment.{kind}.v1"]


def test_a_matrix_is_of_a_syllabus_its_makers_and_shared_or_not(tracked: Tracked) -> None:
    body, group = matrix_body(tracked.syllabus), tracked.group
    unknown = ask("add_matrix", tracked.teacher, matrix_body(new_id()), group=group)
    assert refusal(unknown) == (422, "unknown-syllabus", "syllabus")
    assert ask("add_matrix", tracked.other, body, group=group).status == 404
    path = {"group": group, "matrix": tracked.matrix}
    changed = done(ask("change_matrix", tracked.teacher, body | {"title": "Tala"}, version=1, **path))
    assert (changed["title"], changed["subject"], changed["version"]) == ("Tala", "Engelska", 2)
    done(tracked.observe(seen(tracked.pupil.id)))
    fewer = body | {"criteria": body["criteria"][:1]}
    assert refusal(ask("change_matrix", tracked.teacher, fewer, version=3, **path))[1] == "matrix-in-use"
    done(ask("change_matrix", tracked.teacher, body | {"shared": True}, version=3, **path))
    second = done(ask("add_matrix", tracked.teacher, body, group=group))["id"]
    page = done(ask("list_matrices", tracked.teacher, query={"limit": 1}, group=group))
    rest = done(
        ask("list_matrices", tracked.teacher, query={"limit": 9, "cursor": page["cursor"]}, group=group)
    )
    assert {one["id"] for one in page["data"] + rest["data"]} == {tracked.matrix, second}


def test_progress_follows_what_is_seen_of_pupil_and_class(tracked: Tracked) -> None:
    one, other = tracked.world.classmates()[:2]
    done(tracked.observe(seen(one.id, level=1, text="Nästan"), seen(one.id, "K2", 2), seen(other.id)))
    done(tracked.observe(seen(one.id, level=3)))
    shown = done(
        ask("read_group_progress", tracked.teacher, query={"matrix": tracked.matrix}, group=tracked.group)
    )
    rows = {row["student"]: row["standings"] for row in shown["rows"]}
    assert [(s["criterion"], s["level"], s["reached"], s["observations"]) for s in rows[one.id]] == [
        ("K1", 3, True, 2), ("K2", 2, True, 1)
    ]  # fmt: skip
    assert len(rows[other.id]) == 1
    assert sum(not standings for standings in rows.values()) == len(rows) - 2
    found = done(ask("list_observations", tracked.teacher, query={"matrix": tracked.matrix}, pupil=one.id))
    assert [(o["criterion"], o["level"]) for o in found["data"]] == [("K1", 3), ("K2", 2), ("K1", 1)]


def test_what_is_wrong_is_named_and_nothing_saved(tracked: Tracked) -> None:
    good = seen(tracked.pupil.id)
    stranger = next(p.id for p in tracked.world.population.pupils if p.class_id != tracked.group)
    cases = [
        (tracked.observe(good, seen(stranger)), (422, "not-in-the-group", "rows.1.student")),
        (tracked.observe(good, seen(tracked.pupil.id, "K9")), (422, "unknown-criterion", "rows.1.level")),
        (tracked.observe(good, seen(tracked.pupil.id, level=4)), (422, "unknown-criterion", "rows.1.level")),
    ]
    for answer, refused in cases:
        assert refusal(answer) == refused
    body = {"matrix": new_id(), "rows": [good]}
    unknown = ask("observe", tracked.teacher, body, group=tracked.group)
    assert refusal(unknown) == (422, "unknown-matrix", "matrix")
    assert tracked.observe(good, who=tracked.other).status == 404
    assert done(ask("list_progress", tracked.teacher, pupil=tracked.pupil.id))["data"] == []


def test_the_same_key_observes_once(tracked: Tracked) -> None:
    headers, path = key(), {"group": tracked.group}
    body = {"matrix": tracked.matrix, "rows": [seen(tracked.pupil.id)]}
    for _ in range(2):
        done(call("assessment", "observe", tracked.teacher, path=path, body=body, headers=headers))
    (one,) = done(ask("list_progress", tracked.teacher, pupil=tracked.pupil.id))["data"]
    assert one["standings"][0]["observations"] == 1


def test_a_goal_at_risk_is_told_once_a_term_to_the_mentors(tracked: Tracked) -> None:
    for _ in range(2):
        done(tracked.observe(seen(tracked.pupil.id, level=0)))
    assert facts("GoalAtRisk") == []
    done(tracked.observe(seen(tracked.pupil.id, level=1)))
    (told,) = facts("GoalAtRisk")
    assert (told["pupil"], told["reason"], told["syllabus"]) == (
        tracked.pupil.id, "notReached", tracked.syllabus
    )  # fmt: skip
    (message,) = facts("MessageDue")
    assert set(message["recipients"]) == set(tracked.world.klass.mentor_ids)
    assert (message["template"], message["about"], message["values"]) == (
        "goal_at_risk", tracked.pupil.id, {}
    )  # fmt: skip
    done(tracked.observe(seen(tracked.pupil.id, level=0)))
    assert len(facts("GoalAtRisk")) == 1


def test_who_has_not_been_observed_in_time_is_noticed_next_morning(
    tracked: Tracked, clock: Callable[[timedelta], None]
) -> None:
    day = today()
    past = {"matrix": tracked.matrix, "day": (day - timedelta(days=1)).isoformat()}
    over = ask("set_due", tracked.teacher, past, group=tracked.group)
    assert refusal(over) == (422, "day-is-over", "day")
    done(ask("set_due", tracked.teacher, past | {"day": day.isoformat()}, group=tracked.group))
    one = tracked.pupil.id
    done(tracked.observe(seen(one), seen(one, "K2")))
    run_schedule("assessment", "watch_goals")
    assert facts("GoalAtRisk") == []
    clock(timedelta(days=2))
    for _ in range(2):
        run_schedule("assessment", "watch_goals")
    told = facts("GoalAtRisk")
    assert {fact["pupil"] for fact in told} == set(tracked.world.klass.pupil_ids) - {one}
    assert len(told) == len(tracked.world.klass.pupil_ids) - 1
    assert {fact["reason"] for fact in told} == {"notObserved"}


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Callable[[timedelta], None]:
    return lambda later: at(monkeypatch, now() + later)


def test_the_home_sees_it_when_the_unit_has_decided_so(tracked: Tracked, tables: Cloud) -> None:
    done(tracked.observe(seen(tracked.pupil.id, text="Läste högt")))
    pupil, head = tracked.pupil, tracked.world.staff("principal")
    home = pupil.guardians[0].guardian_id

    def statuses() -> list[int]:
        return [
            ask(name, who, query=query, pupil=pupil.id).status
            for name, query in (("list_progress", None), ("list_observations", {"matrix": tracked.matrix}))
            for who in (home, pupil.id)
        ]

    assert statuses() == [404] * 4
    unit = tracked.world.unit
    done(ask("change_tracking_settings", head, {"showGuardians": True}, version=0, unit=unit))
    assert statuses() == [200, 404] * 2
    both = {"showGuardians": True, "showPupils": True}
    assert refusal(ask("change_tracking_settings", head, both, version=0, unit=unit))[0] == 412
    done(ask("change_tracking_settings", head, both, version=1, unit=unit))
    assert statuses() == [200] * 4
    assert "Formativ uppföljning" in titles(tables, pupil.id)

"""News that waits is given another time, or taken out of the plan: published once, and never lost."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from functions.messages.usecases import publishing, recipients
from infra.local.cloud import Cloud
from skolkit.clock import now, stamp
from skolkit.types import PersonId
from tests.integration.test_attendance_day import at
from tests.support.areas import audit_rows, call, deliver, outbox, run_schedule
from tests.support.asks import over
from tests.support.letters import audience, handed, post, published, seen, tick, told
from tests.support.world import World, make_world


@pytest.fixture
def world(tables: Cloud) -> World:
    return make_world(tables)


def home(world: World) -> PersonId:
    return world.classmates()[0].guardians[0].guardian_id


def planned(world: World, when: datetime) -> str:
    mentor = world.klass.mentor_ids[0]
    return published(mentor, audience("group", world.klass.id), publishAt=stamp(when))


def move(world: World, id: str, when: datetime | None, version: int = 1, by: PersonId | None = None) -> Any:
    body = {"publishAt": stamp(when) if when else None}
    who = by or world.klass.mentor_ids[0]
    answer = call("messages", "reschedule_news", who, path={"news": id}, body=body, headers=over(version))
    return answer.status if answer.status == 200 else (answer.status, answer.body["type"].rpartition(":")[2])


def mine(world: World) -> list[tuple[str, str]]:
    rows = call("messages", "list_my_news", world.klass.mentor_ids[0]).body["data"]
    return [(row["state"], row["publishAt"]) for row in rows]


def test_later_and_earlier_and_now(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    begun = now()
    id = planned(world, begun + timedelta(hours=2))
    assert move(world, id, begun + timedelta(hours=4)) == 200
    assert mine(world) == [("scheduled", stamp(begun + timedelta(hours=4)))]
    at(monkeypatch, begun + timedelta(hours=3))
    tick()
    assert seen(home(world)) == []
    assert move(world, id, begun + timedelta(hours=3, minutes=30), 2) == 200
    at(monkeypatch, begun + timedelta(hours=3, minutes=31))
    tick()
    tick()
    assert [n["id"] for n in seen(home(world))] == [id]
    assert len(told("new_news")) == len(set(told("new_news"))) > 0
    assert move(world, id, begun + timedelta(hours=9), 4) == (409, "already-published")
    other = planned(world, begun + timedelta(hours=9))
    assert move(world, other, None) == 200
    handed("publish_news", "NewsDue")
    assert {n["id"] for n in seen(home(world))} == {id, other}
    assert "reschedule_news" in [row["action"] for row in audit_rows(id)]


def test_the_same_time_again_and_what_is_refused(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    begun = now()
    id = planned(world, begun + timedelta(hours=2))
    assert move(world, id, begun + timedelta(hours=2)) == 200
    assert move(world, id, begun + timedelta(hours=3)) == (412, "changed-meanwhile")
    assert move(world, id, begun - timedelta(hours=1), 2) == (422, "not-ahead")
    assert move(world, id, begun + timedelta(days=500), 2) == (422, "not-ahead")
    for person in (home(world), world.classmates()[0].id):
        assert move(world, id, begun + timedelta(hours=3), 2, person) == (404, "not-found")
    at(monkeypatch, begun + timedelta(hours=2, minutes=1))
    tick()
    assert [n["id"] for n in seen(home(world))] == [id]


def test_taken_out_of_the_plan(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    begun = now()
    id = planned(world, begun + timedelta(hours=2))
    gone = {"path": {"news": id}, "headers": over(1)}
    assert call("messages", "withdraw_news", world.klass.mentor_ids[0], **gone).status == 204  # type: ignore[arg-type]
    assert move(world, id, begun + timedelta(hours=3), 2) == (409, "news-withdrawn")
    at(monkeypatch, begun + timedelta(hours=2, minutes=1))
    run_schedule("messages", "publish_due")
    assert [f for f in outbox("messages") if f["type"] == "messages.NewsDue.v1"] == []
    assert (seen(home(world)), told("new_news")) == ([], [])


def test_moved_when_it_has_been_handed_to_the_queue(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    begun = now()
    id = planned(world, begun + timedelta(hours=2))
    at(monkeypatch, begun + timedelta(hours=2, minutes=1))
    run_schedule("messages", "publish_due")  # the fact waits in the queue
    assert move(world, id, begun + timedelta(hours=5)) == 200
    handed("publish_news", "NewsDue")
    assert (seen(home(world)), told("new_news")) == ([], [])
    at(monkeypatch, begun + timedelta(hours=5, minutes=1))
    tick()
    tick()
    assert [n["id"] for n in seen(home(world))] == [id]
    assert len(told("new_news")) == len(set(told("new_news")))


def test_moved_while_it_is_being_published(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever comes second reads what the first has made of it."""
    begun = now()
    id = planned(world, begun + timedelta(hours=2))
    at(monkeypatch, begun + timedelta(hours=2, minutes=1))
    run_schedule("messages", "publish_due")
    (fact,) = [f for f in outbox("messages") if f["type"] == "messages.NewsDue.v1"]
    real, moved = recipients.people_of, list[Any]()

    def meanwhile(places: Any) -> Any:
        if not moved:
            moved.append(move(world, id, begun + timedelta(hours=5)))
        return real(places)

    monkeypatch.setattr(publishing, "people_of", meanwhile)
    assert deliver("messages", "publish_news", fact) == ["0"]  # comes again
    assert deliver("messages", "publish_news", fact) == []
    assert moved == [200]
    assert (seen(home(world)), told("new_news")) == ([], [])
    at(monkeypatch, begun + timedelta(hours=5, minutes=1))
    tick()
    assert [n["id"] for n in seen(home(world))] == [id]
    late = move(world, id, begun + timedelta(hours=9), 2)
    assert late == (412, "changed-meanwhile")


def test_two_editors_at_once_leave_one_time(world: World) -> None:
    begun = now()
    id = post(
        world.klass.mentor_ids[0], audience("group", world.klass.id),
        publishAt=stamp(begun + timedelta(hours=2)),
    ).body["id"]  # fmt: skip
    answers = [move(world, id, begun + timedelta(hours=n)) for n in (3, 4)]
    assert answers == [200, (412, "changed-meanwhile")]
    assert mine(world) == [("scheduled", stamp(begun + timedelta(hours=3)))]

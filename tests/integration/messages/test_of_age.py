"""Once 18 a pupil writes to the mentors alone, and what the guardians wrote stays theirs."""

from __future__ import annotations

from datetime import date

import pytest

from infra.local.cloud import Cloud
from infra.local.population import NewPupil
from skolkit.clock import today
from skolkit.types import PersonId
from tests.support.areas import call
from tests.support.letters import come_of_age, conversation, messages, talks, told, write
from tests.support.meter import metered
from tests.support.world import World, make_world


@pytest.fixture
def world(tables: Cloud) -> World:
    return make_world(tables)


def family(world: World) -> tuple[NewPupil, PersonId, PersonId]:
    pupil = world.classmates()[0]
    return pupil, pupil.guardians[0].guardian_id, world.klass.mentor_ids[0]


def test_the_pupil_and_the_mentors_write_and_the_guardians_are_out(world: World, tables: Cloud) -> None:
    pupil, home, mentor = family(world)
    assert write("start_conversation", pupil.id, path={"pupil": pupil.id}, title="x").status == 404
    come_of_age(tables, pupil)
    id, _ = conversation(pupil.id, pupil.id)
    assert set(told("new_message")) == set(world.klass.mentor_ids)
    path = {"conversation": id}
    assert write("write_message", mentor, "Svar", path=path).status == 201
    assert told("new_message").count(pupil.id) == 1
    assert [(m["part"], m["mine"]) for m in messages(pupil.id, id)] == [("home", True), ("staff", False)]
    assert talks(pupil.id) == talks(mentor) == [id]
    for person in (home, world.classmates()[1].id, world.staff("principal")):
        assert call("messages", "read_conversation", person, path=path).status == 404
        assert write("write_message", person, path=path).status == 404
    assert talks(home) == []
    assert write("start_conversation", home, path={"pupil": pupil.id}, title="x").status == 404


def test_a_mentor_begins_with_the_pupil_and_with_no_guardian_any_more(world: World, tables: Cloud) -> None:
    pupil, home, mentor = family(world)
    come_of_age(tables, pupil)
    id, _ = conversation(mentor, pupil.id)
    assert talks(pupil.id) == [id]
    assert home not in told("new_message")
    assert pupil.id in told("new_message")
    refused = write("start_conversation", mentor, path={"pupil": pupil.id}, title="x", guardian=home)
    assert (refused.status, refused.body["type"].rpartition(":")[2]) == (422, "no-such-guardian")


def test_what_the_guardians_wrote_stays_theirs(world: World, tables: Cloud) -> None:
    pupil, home, mentor = family(world)
    with_all, _ = conversation(mentor, pupil.id, "Till er båda")
    alone, _ = conversation(home, pupil.id, "Mellan oss")
    come_of_age(tables, pupil)
    for old in (with_all, alone):
        path = {"conversation": old}
        for person in (home, pupil.id):
            assert call("messages", "read_conversation", person, path=path).status == 404
            assert write("write_message", person, path=path).status == 404
        assert messages(mentor, old)
        refused = write("write_message", mentor, path=path)
        assert (refused.status, refused.body["type"].rpartition(":")[2]) == (422, "nobody-to-write-to")
    own, _ = conversation(pupil.id, pupil.id)
    assert talks(pupil.id) == [own]
    assert talks(home) == []
    assert set(talks(mentor)) == {own, with_all, alone}


def test_the_day_before_nothing_has_changed(world: World, tables: Cloud) -> None:
    pupil, home, mentor = family(world)
    come_of_age(tables, pupil, date(today().year - 18, 12, 31))
    if today() < date(today().year, 12, 31):
        id, _ = conversation(home, pupil.id)
        assert talks(pupil.id) == []
        assert call("messages", "read_conversation", pupil.id, path={"conversation": id}).status == 404
        assert talks(home) == talks(mentor) == [id]


def test_what_it_costs(world: World, tables: Cloud) -> None:
    pupil, _, _ = family(world)
    come_of_age(tables, pupil)
    id, _ = conversation(pupil.id, pupil.id)
    with metered() as use:
        write("write_message", pupil.id, path={"conversation": id})
    assert use.trips <= 6, use.operations
    with metered() as use:
        talks(pupil.id)
    assert use.trips <= 6, use.operations

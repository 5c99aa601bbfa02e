"""Conversations: who takes part today, what each sees, and what is hidden."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from functions.messages.domain import conversations as rules
from functions.messages.extract import gather
from infra.local.cloud import Cloud
from infra.local.population import NewPupil
from skolkit.extracts import Requested
from skolkit.types import PersonId, new_id
from tests.support.areas import acting_as, audit_rows, call
from tests.support.asks import new_key, over
from tests.support.letters import conversation, custody_ended, messages, talks, told, write
from tests.support.meter import metered
from tests.support.world import World, drop, make_world, person_row


@pytest.fixture
def world(tables: Cloud) -> World:
    return make_world(tables)


def family(world: World) -> tuple[NewPupil, PersonId, PersonId]:
    """A pupil of the class with two guardians."""
    pupil = world.classmates()[0]
    return pupil, pupil.guardians[0].guardian_id, pupil.guardians[1].guardian_id


def refusal(answer: Any) -> tuple[int, str]:
    return answer.status, answer.body["type"].rpartition(":")[2]


def test_a_guardian_and_the_mentors_write_to_each_other_and_nobody_else_sees(world: World) -> None:
    pupil, home, other = family(world)
    mentor = world.klass.mentor_ids[0]
    id, _ = conversation(home, pupil.id)
    assert set(told("new_message")) == set(world.klass.mentor_ids)
    path = {"conversation": id}
    assert write("write_message", mentor, "Hej, tack!", path=path).status == 201
    assert home in told("new_message")
    assert other not in told("new_message")
    assert [(m["part"], m["mine"], m["text"]) for m in messages(home, id)] == [
        ("home", True, "Hej!"), ("staff", False, "Hej, tack!"),
    ]  # fmt: skip
    assert all(m["byName"] for m in messages(mentor, id))
    assert talks(home) == talks(mentor) == [id]
    assert talks(other) == []
    stranger = next(
        s.id for s in world.population.staff
        if s.role == "teacher" and s.id not in world.klass.mentor_ids
    )  # fmt: skip
    for person in (other, pupil.id, stranger, world.staff("principal"), world.staff("administrator")):
        assert call("messages", "read_conversation", person, path=path).status == 404
        assert write("write_message", person, path=path).status == 404
    assert {"start_conversation", "write_message", "read_conversation"} <= {
        row["action"] for row in audit_rows(pupil.id)
    }


def test_whose_custody_has_ended_neither_reads_nor_writes(world: World) -> None:
    pupil, home, other = family(world)
    id, _ = conversation(home, pupil.id)
    shared, _ = conversation(world.klass.mentor_ids[0], pupil.id)
    assert set(talks(home)) == {id, shared}
    assert talks(other) == [shared]
    custody_ended(world, pupil.id, home)
    assert talks(home) == []
    for one in (id, shared):
        assert call("messages", "read_conversation", home, path={"conversation": one}).status == 404
        assert write("write_message", home, path={"conversation": one}).status == 404
    assert write("start_conversation", home, path={"pupil": pupil.id}, title="x").status == 404
    before = told("new_message").count(home)
    assert write("write_message", other, path={"conversation": shared}).status == 201
    assert told("new_message").count(home) == before


def test_a_new_mentor_reads_and_the_former_does_not(world: World, tables: Cloud) -> None:
    pupil, home, _ = family(world)
    former, teacher = world.klass.mentor_ids[0], world.of_class()[0].teachers[0]
    new = teacher if teacher not in world.klass.mentor_ids else next(
        s.id for s in world.population.staff if s.role == "teacher" and s.id not in world.klass.mentor_ids
    )  # fmt: skip
    id, _ = conversation(home, pupil.id)
    group = {
        "id": world.klass.id, "unit": world.unit, "name": world.klass.name, "groupType": "Klass",
        "teachers": [], "mentors": [new],
        "members": [{"person": p, "startDate": "2026-08-18"} for p in world.klass.pupil_ids],
    }  # fmt: skip
    assert drop(tables, "organisation/groups/new.jsonl", [group])["failed"] == 0
    assert talks(new) == [id]
    assert messages(new, id)
    assert talks(former) == []
    assert call("messages", "read_conversation", former, path={"conversation": id}).status == 404


def test_a_class_with_its_guardians(world: World) -> None:
    _, home, _ = family(world)
    mentor, group = world.klass.mentor_ids[0], {"group": world.klass.id}
    assert write("start_group_conversation", home, path=group, title="x").status == 404
    made = write("start_group_conversation", mentor, path=group, title="Klassen", replies=False)
    assert made.status == 201, made.body
    quiet = {"conversation": made.body["conversation"]}
    assert refusal(write("write_message", home, path=quiet)) == (409, "replies-off")
    open_ = write("start_group_conversation", mentor, path=group, title="Klassen").body["conversation"]
    assert write("write_message", home, "Vi kommer", path={"conversation": open_}).status == 201
    neighbour = world.classmates()[1].guardians[0].guardian_id
    assert [m["text"] for m in messages(neighbour, open_)] == ["Hej!", "Vi kommer"]
    assert talks(neighbour)[0] == open_
    shown = str(call("messages", "read_conversation", neighbour, path={"conversation": open_}).body)
    card = next(g for g in world.population.guardians if g.id == home)
    assert card.family_name in shown
    assert not [secret for secret in (card.email, card.phone, home) if secret and secret in shown]
    outside = next(
        g.guardian_id for p in world.population.pupils if p.class_id != world.klass.id for g in p.guardians
        if not any(g.guardian_id in {h.guardian_id for h in q.guardians} for q in world.population.pupils
                   if q.class_id == world.klass.id)
    )  # fmt: skip
    assert call("messages", "read_conversation", outside, path={"conversation": open_}).status == 404
    assert talks(outside) == []


def test_a_home_with_a_protected_child_writes_without_being_named(world: World, tables: Cloud) -> None:
    pupil, home, _ = family(world)
    marked = person_row(pupil) | {"securityMarking": "Sekretessmarkering"}
    drop(tables, "register/persons/p.jsonl", [marked])
    mentor, group = world.klass.mentor_ids[0], {"group": world.klass.id}
    id = write("start_group_conversation", mentor, path=group, title="Klassen").body["conversation"]
    assert write("write_message", home, path={"conversation": id}).status == 201
    neighbour = world.classmates()[1].guardians[0].guardian_id
    assert [m["byName"] != "" for m in messages(neighbour, id)] == [True, False]
    assert [m["byName"] != "" for m in messages(mentor, id)] == [True, True]
    direct, _ = conversation(home, pupil.id)
    assert talks(mentor)[0] == direct
    assert messages(mentor, direct)
    far = world.staff("administrator")
    assert call("messages", "read_conversation", far, path={"conversation": direct}).status == 404


def test_hidden_reported_and_closed(world: World) -> None:
    pupil, home, _ = family(world)
    mentor, head, office = world.klass.mentor_ids[0], world.staff("principal"), world.staff("administrator")
    id, first = conversation(home, pupil.id, "Något dumt")
    path = {"conversation": id, "message": first}
    why = {"reason": "Olämpligt"}

    def put(name: str, by: PersonId, **more: str) -> int:
        return call("messages", name, by, path=path | more, body=why).status

    assert put("hide_message", head) == 404  # nobody has reported it
    assert put("hide_message", mentor) == 404
    assert put("report_message", mentor, message=new_id()) == 404
    for _ in range(2):
        assert put("report_message", mentor) == 204
    listed = call("messages", "list_reports", head, path={"unit": world.unit})
    assert [(r["conversation"], r["message"]) for r in listed.body["data"]] == [(id, first)]
    assert messages(head, id)[0]["text"] == "Något dumt"
    assert put("hide_message", head) == 204
    assert put("hide_message", office) == 204  # the first stays
    assert [(m["text"], m["hidden"]) for m in messages(mentor, id)] == [(None, True)]
    assert [(m["text"], m["hidden"]) for m in messages(home, id)] == [(None, True)]
    assert [(m["text"], m["reason"]) for m in messages(office, id)] == [("Något dumt", "Olämpligt")]

    version = call("messages", "read_conversation", mentor, path={"conversation": id}).body["version"]
    closing: dict[str, Any] = {"path": {"conversation": id}, "body": {"closed": True}}
    assert call("messages", "close_conversation", home, **closing, headers=over(version)).status == 404
    assert call("messages", "close_conversation", mentor, **closing, headers=over(1)).status == 412
    assert call("messages", "close_conversation", mentor, **closing, headers=over(version)).status == 200
    assert refusal(write("write_message", home, path={"conversation": id})) == (409, "conversation-closed")
    assert write("write_message", head, path={"conversation": id}).status == 404  # moderates, takes no part


def test_ones_own_message_is_hidden_by_oneself(world: World) -> None:
    pupil, home, _ = family(world)
    id, first = conversation(home, pupil.id)
    path = {"conversation": id, "message": first}
    assert call("messages", "hide_message", home, path=path, body={"reason": "Fel"}).status == 204
    assert [m["text"] for m in messages(world.klass.mentor_ids[0], id)] == [None]


def test_limits_and_faults(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    pupil, home, _ = family(world)
    mentor = world.klass.mentor_ids[0]
    wrong = write("start_conversation", home, path={"pupil": pupil.id}, title="x", language="xx")
    assert refusal(wrong) == (422, "unknown-language")
    long = write("start_conversation", home, "x" * 4001, path={"pupil": pupil.id}, title="x")
    assert refusal(long) == (422, "invalid")
    stray = write("start_conversation", mentor, path={"pupil": pupil.id}, title="x", guardian=mentor)
    assert refusal(stray) == (422, "no-such-guardian")
    monkeypatch.setattr(rules, "check_pace", lambda n: _pace(n, replace(rules.LIMITS, per_hour=2)))
    id, _ = conversation(home, pupil.id)
    assert write("write_message", home, path={"conversation": id}).status == 201
    assert refusal(write("write_message", home, path={"conversation": id})) == (429, "too-many-messages")
    assert write("write_message", mentor, path={"conversation": id}).status == 201
    assert len(messages(home, id)) == 3


_pace = rules.check_pace


def test_read_markers_repeats_and_pages(world: World) -> None:
    pupil, home, _ = family(world)
    mentor = world.klass.mentor_ids[0]
    id, first = conversation(home, pupil.id)

    def unread(by: PersonId) -> bool:
        return bool(call("messages", "list_conversations", by).body["data"][0]["unread"])

    assert (unread(home), unread(mentor)) == (False, True)
    for _ in range(2):
        seen: dict[str, Any] = {"path": {"conversation": id}, "body": {"message": first}}
        assert call("messages", "mark_conversation_seen", mentor, **seen).status == 204
    assert not unread(mentor)
    headers, body = new_key(), {"text": "En gång"}
    sent = [
        call("messages", "write_message", mentor, path={"conversation": id}, body=body, headers=headers)
        for _ in range(2)
    ]
    assert sent[0].body == sent[1].body
    assert unread(home)
    ids = [id] + [conversation(home, pupil.id)[0] for _ in range(3)]
    write("write_message", mentor, path={"conversation": id})  # the oldest comes first again
    found, cursor = list[str](), None
    while True:
        query = {"limit": 2} | ({"cursor": cursor} if cursor else {})
        page = call("messages", "list_conversations", home, query=query).body
        found += [row["id"] for row in page["data"]]
        if not (cursor := page["cursor"]):
            break
    assert found == [id, *reversed(ids[1:])]


def test_what_it_costs(world: World) -> None:
    pupil, home, _ = family(world)
    id, _ = conversation(home, pupil.id)
    talks(home)
    with metered() as use:
        write("write_message", home, path={"conversation": id})
    assert use.trips <= 6, use.operations
    assert use.writes <= 60, use.writes
    with metered() as use:
        messages(home, id)
    assert use.trips <= 7, use.operations


def test_an_extract_tells_what_one_has_written_and_not_what_others_have(world: World) -> None:
    pupil, home, other = family(world)
    id, _ = conversation(home, pupil.id, "Om hemmet")
    write("write_message", world.klass.mentor_ids[0], "Svar", path={"conversation": id})

    def told_of(person: PersonId) -> dict[str, list[Any]]:
        with acting_as("messages"):
            found = gather(Requested(request=new_id(), person=person, contacts=True))
        return {s.title.sv: [row[1:] for row in s.rows] for s in found}

    assert told_of(home)["Skrivna meddelanden"] == [["Läxor", "Om hemmet"]]
    assert told_of(pupil.id)["Meddelanden om personen"] == [["hemmet"], ["skolan"]]
    assert told_of(other)["Skrivna meddelanden"] == []

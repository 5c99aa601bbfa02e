"""The weekly digest: who gets it, what it counts, and that nobody ever gets two."""

from __future__ import annotations

import json
import random
from datetime import datetime, time, timedelta
from typing import Any

import pytest

from functions.attendance.domain.totals import Sums
from functions.attendance.store import totals
from functions.attendance.store.leave import LeavesItem
from functions.messages.domain import digest as rules
from functions.messages.domain.digest import RULES, Week
from functions.messages.domain.templates import TEMPLATES
from functions.messages.store import DeliveryItem
from functions.messages.usecases import digests
from infra.local.cloud import Cloud
from infra.local.population import NewPupil
from skolkit.clock import local, today
from skolkit.table import commit
from skolkit.types import PersonId, UnitId, new_id, stable_id
from tests.integration.test_attendance_day import at
from tests.support.areas import acting_as, api_of, call, deliver, outbox, run_schedule
from tests.support.asks import over
from tests.support.bus import Bus
from tests.support.forms import fill, form, moved
from tests.support.letters import (
    audience,
    come_of_age,
    consent,
    conversation,
    custody_ended,
    handed,
    published,
    talks,
    write,
)
from tests.support.meter import metered
from tests.support.privacy import details_of
from tests.support.world import UNITS_TABLE, World, drop, make_world, person_row

OTHER = "99990025"
MARKED = {"securityMarking": "Sekretessmarkering"}


@pytest.fixture
def world(tables: Cloud, monkeypatch: pytest.MonkeyPatch) -> World:
    made = make_world(tables)
    sunday(monkeypatch)
    return made


def week() -> Week:
    return Week.closed_on(today() + timedelta(days=7))


def sunday(monkeypatch: pytest.MonkeyPatch) -> None:
    """The Sunday to come, when it is time, in every module of the area."""
    assert api_of("messages").operations
    at(monkeypatch, local(week().day, RULES.at) + timedelta(seconds=5))


def ask() -> list[dict[str, Any]]:
    """Let the digest be asked for; the facts that begin the units' turns."""
    run_schedule("messages", "ask_digests")
    return turns()


def turns() -> list[dict[str, Any]]:
    return [fact for fact in outbox("messages") if fact["type"] == "messages.DigestDue.v1"]


def send() -> None:
    """Let all turns be taken."""
    ask()
    done = set[str]()
    while left := [fact for fact in turns() if fact["id"] not in done]:
        for fact in left:
            assert deliver("messages", "send_digests", fact) == []
            done.add(fact["id"])


def told() -> dict[str, dict[str, str]]:
    """What each has been told; nobody twice."""
    found: dict[str, dict[str, str]] = {}
    for fact in outbox("messages"):
        if fact["type"] == "messages.MessageDue.v1" and fact["data"]["template"] == "digest":
            for person in fact["data"]["recipients"]:
                assert person not in found
                found[person] = fact["data"]["values"]
    return found


def only_child(world: World, skip: int = 0) -> NewPupil:
    every = [g.guardian_id for p in world.population.pupils for g in p.guardians]
    alone = [p for p in world.classmates() if all(every.count(g.guardian_id) == 1 for g in p.guardians)]
    return alone[skip]


def away(world: World, minutes: dict[PersonId, int], day: Any = None, unit: UnitId | None = None) -> None:
    """Let a day's attendance have been counted."""
    with acting_as("attendance"):
        counted = totals.UnitDay(
            unit or world.unit, day or week().first, (), (),
            {pupil: Sums(valid=n // 2, invalid=n - n // 2) for pupil, n in minutes.items()},
        )  # fmt: skip
        commit(*totals.unit_day_writes(counted, None))


def leave(pupil: PersonId, first: Any, *, granted: bool = True) -> None:
    last = (first + timedelta(days=1)).isoformat()
    rows = {new_id(): [[first.isoformat(), last, None, None], int(granted)]}
    with acting_as("attendance"):
        commit(LeavesItem(f"PUPIL#{pupil}", "LEAVES", leaves=json.dumps(rows), until=last))


def test_what_waits_and_what_comes_is_counted_for_each(world: World, tables: Cloud) -> None:
    pupil, mate = only_child(world), only_child(world, 1)
    one, other = (g.guardian_id for g in pupil.guardians)
    mentor, head = world.klass.mentor_ids[0], world.staff("principal")
    group = audience("group", world.klass.id)
    first, second = published(mentor, group), published(head, audience("unit", world.unit))
    published(head, audience("unit", world.unit, "staff"))
    published(mentor, audience("group", world.klass.id, "pupils"))
    gone = published(mentor, group)
    assert call("messages", "withdraw_news", mentor, path={"news": gone}, headers=over(2)).status == 204
    alone, _ = conversation(one, pupil.id)
    write("write_message", mentor, "Svar", path={"conversation": alone})
    conversation(mentor, pupil.id, "Till alla")
    write("start_group_conversation", mentor, path={"group": world.klass.id}, title="Klassen")
    asked = [consent(world, "photo"), consent(world, "excursion")]
    for_each, for_child = form(world, respondents="guardian"), form(world)
    form(world, audience("group", world.klass.id, "pupils"), respondents="person")
    assert moved(mentor, form(world), "closed", 2).status == 200
    away(world, {pupil.id: 55, mate.id: 10})
    away(world, {pupil.id: 20}, week().first + timedelta(days=2))
    away(world, {pupil.id: 500}, week().first - timedelta(days=1))
    leave(pupil.id, week().day + timedelta(days=3))
    leave(mate.id, week().day + timedelta(days=9))

    assert call("messages", "mark_news_read", other, path={"news": first}).status == 204
    path = {"pupil": pupil.id, "consent": asked[0]}
    said = call("messages", "answer_consent", other, path=path, body={"answer": "refused"})
    assert said.status == 200
    assert fill(other, pupil.id, for_each).status == 200
    assert fill(mate.guardians[0].guardian_id, mate.id, for_child).status == 200
    send()
    found = told()
    ahead = {"absence": "75", "leave": "1"}
    assert found[one] == {"news": "2", "messages": "3", "consents": "2", "forms": "2", **ahead}
    assert found[other] == {"news": "1", "messages": "2", "consents": "1", "forms": "1", **ahead}
    assert found[mate.guardians[0].guardian_id] == {
        "news": "2", "messages": "1", "consents": "2", "forms": "1", "absence": "10",
    }  # fmt: skip
    assert {second} <= {n["id"] for n in call("messages", "list_news", one).body["data"]}
    homes = {g.guardian_id for p in world.population.pupils for g in p.guardians}
    assert set(found) <= homes
    _sends_what_it_says(world, tables, one)


def _sends_what_it_says(world: World, tables: Cloud, one: PersonId) -> None:
    """The message counts, and says nothing of anybody."""
    facts = [f for f in outbox("messages") if f["data"].get("template") == "digest"]
    for fact in [*facts, *facts]:
        assert deliver("messages", "deliver_message", fact) == []
    card = next(g for g in world.population.guardians if g.id == one)
    sent = [m["BodyText"] for m in tables.messages() if card.email in m["To"]]
    texts = [t["Message"] for t in tables.text_messages() if t["PhoneNumber"] == card.phone]
    (text,) = sent + texts
    english = card.language == "en"
    assert ("Unread news: 2" if english else "Olästa nyheter: 2") in text
    assert "75" in text
    details = details_of(world, words=[world.klass.name, world.population.unit.name, "Utflykt", "Läxor"])
    assert [hit for m in tables.messages() for hit in details.found("a digest", m["BodyText"])] == []


def test_nothing_to_tell_nothing_sent(world: World) -> None:
    send()
    assert told() == {}
    assert [f for f in outbox("messages") if f["type"] == "messages.MessageDue.v1"] == []


def test_what_has_been_read_and_answered_is_not_told(world: World) -> None:
    pupil = only_child(world)
    one = pupil.guardians[0].guardian_id
    mentor = world.klass.mentor_ids[0]
    news = published(mentor, audience("group", world.klass.id))
    id, message = conversation(mentor, pupil.id)
    asked = consent(world, "photo")
    assert call("messages", "mark_news_read", one, path={"news": news}).status == 204
    seen = {"path": {"conversation": id}, "body": {"message": message}}
    assert call("messages", "mark_conversation_seen", one, **seen).status == 204  # type: ignore[arg-type]
    path = {"pupil": pupil.id, "consent": asked}
    assert call("messages", "answer_consent", one, path=path, body={"answer": "granted"}).status == 200
    closed = consent(world, "excursion")
    closing = {"path": {"consent": closed}, "body": {"closed": True}, "headers": over(1)}
    assert call("messages", "close_consent", mentor, **closing).status == 200  # type: ignore[arg-type]
    send()
    assert one not in told()
    assert pupil.guardians[1].guardian_id in told()


def two_schools(world: World, tables: Cloud) -> tuple[PersonId, NewPupil, NewPupil]:
    """A guardian with a child here and one at another school."""
    other = UnitId(stable_id("unit", OTHER))
    table = UNITS_TABLE.format(code=OTHER, name="Andra skolan", address="Andra gatan 1, Ekhamra", pupils=60)
    drop(tables, "organisation/units/other.csv", table)
    here, there = next(
        (a, b) for a in world.classmates() for b in world.population.pupils
        if a.id != b.id and not b.protection
        and {g.guardian_id for g in a.guardians} & {g.guardian_id for g in b.guardians}
    )  # fmt: skip
    moved = {
        "enroledAt": OTHER, "schoolType": "GR", "schoolYear": there.year,
        "startDate": (today() - timedelta(days=60)).isoformat(),
    }  # fmt: skip
    report = drop(tables, "register/persons/moved.jsonl", [person_row(there) | {"enrolments": [moved]}])
    assert report["failed"] == 0, report["faults"]
    shared = {g.guardian_id for g in here.guardians} & {g.guardian_id for g in there.guardians}
    away(world, {here.id: 30})
    away(world, {there.id: 12}, unit=other)
    return min(shared), here, there


def test_two_children_at_two_schools_are_one_digest_whatever_comes_twice(
    world: World, tables: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    both, _, _ = two_schools(world, tables)
    published(world.staff("principal"), audience("unit", world.unit))
    monkeypatch.setattr(digests, "PUPILS", 7)
    monkeypatch.setattr(digests, "CLAIMED", 3)
    run_schedule("messages", "ask_digests")
    run_schedule("messages", "ask_digests")
    assert {fact["data"]["unit"] for fact in turns()} >= {world.unit, stable_id("unit", OTHER)}
    Bus("messages", shuffle=random.Random(7)).carry()
    found = told()
    assert found[both]["absence"] == "42"
    homes = {
        g.guardian_id for p in world.population.pupils for g in p.guardians
        if not any(q.protection and g.guardian_id in {h.guardian_id for h in q.guardians}
                   for q in world.population.pupils)
    }  # fmt: skip
    cards = {g.id: g for g in world.population.guardians}
    there = {id for id in homes if not getattr(cards[id], "protection", None)}
    assert set(found) == there
    assert len(turns()) > 60 // 7
    subjects = {TEMPLATES["digest"].subject.sv, TEMPLATES["digest"].subject.en}
    mails = [to for mail in tables.messages() if mail["Subject"] in subjects for to in mail["To"]]
    assert len(mails) == len(set(mails)) > 0
    run_schedule("messages", "ask_digests")
    Bus("messages", shuffle=random.Random(8)).carry()
    assert told() == found


def test_a_turn_that_dies_is_taken_again(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    published(world.staff("principal"), audience("unit", world.unit))
    monkeypatch.setattr(digests, "CLAIMED", 5)
    real, calls = commit, list[int]()

    def dies(*writes: object, **more: object) -> None:
        calls.append(0)
        if len(calls) == 3:
            raise RuntimeError
        real(*writes, **more)  # type: ignore[arg-type]

    (fact,) = ask()
    monkeypatch.setattr(digests, "commit", dies)
    assert deliver("messages", "send_digests", fact) == ["0"]
    assert len(told()) == 10
    assert deliver("messages", "send_digests", fact) == []
    assert len(told()) > 20


def test_two_turns_at_once_claim_each_person_once(
    world: World, tables: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another unit's turn is taken when this one has read who is claimed, and not claimed yet."""
    both, _, _ = two_schools(world, tables)
    first, second = sorted(ask(), key=lambda fact: fact["data"]["unit"] != world.unit)
    real, begun = rules.alike, list[int]()

    def meanwhile(left: Any) -> Any:
        if not begun:
            begun.append(0)
            assert deliver("messages", "send_digests", second) == []
        return real(left)

    monkeypatch.setattr(rules, "alike", meanwhile)
    assert deliver("messages", "send_digests", first) == []
    assert begun
    assert both in told()


def test_turned_off_protected_and_former(world: World, tables: Cloud) -> None:
    published(world.staff("principal"), audience("unit", world.unit))
    quiet, hidden, shielded, former = (only_child(world, n) for n in range(4))
    off = {"channel": "mail", "channels": {"digest": []}}
    chosen = call("messages", "choose_preferences", quiet.guardians[0].guardian_id, body=off, headers=over(0))
    assert (chosen.status, chosen.body["channels"]) == (200, {"digest": []})
    card = next(g for g in world.population.guardians if g.id == hidden.guardians[0].guardian_id)
    drop(tables, "register/persons/p.jsonl", [person_row(one) | MARKED for one in (card, shielded)])
    custody_ended(world, former.id, former.guardians[0].guardian_id)
    send()
    found = told()
    assert quiet.guardians[0].guardian_id not in found
    assert quiet.guardians[1].guardian_id in found
    assert card.id not in found
    assert not {g.guardian_id for g in shielded.guardians} & set(found)
    assert former.guardians[0].guardian_id not in found
    assert former.guardians[1].guardian_id in found


def test_what_may_be_turned_off(world: World) -> None:
    one = only_child(world).guardians[0].guardian_id

    def choose(version: int, **channels: list[str]) -> tuple[int, str]:
        body = {"channel": "mail", "channels": channels}
        answer = call("messages", "choose_preferences", one, body=body, headers=over(version))
        return answer.status, answer.body.get("type", "").rpartition(":")[2]

    for kind in ("absence", "reminder"):
        assert choose(0, **{kind: []}) == (422, "always-sent")
    assert choose(0, news=[], message=[], digest=["sms"]) == (200, "")
    published(world.klass.mentor_ids[0], audience("group", world.klass.id))
    handed("deliver_message", "MessageDue")
    with acting_as("messages"):
        assert list(DeliveryItem.query(f"PUPIL#{one}")) == []


def test_a_pupil_of_age_is_told_of_their_own(world: World, tables: Cloud) -> None:
    pupil = only_child(world)
    mentor = world.klass.mentor_ids[0]
    conversation(pupil.guardians[0].guardian_id, pupil.id)
    come_of_age(tables, pupil)
    id, _ = conversation(mentor, pupil.id)
    published(mentor, audience("group", world.klass.id, "pupils"))
    consent(world, "photo")
    form(world, audience("group", world.klass.id, "pupils"), respondents="person")
    away(world, {pupil.id: 25})
    assert talks(pupil.id) == [id]
    send()
    found = told()
    assert found[pupil.id] == {"news": "1", "messages": "1", "consents": "1", "forms": "1", "absence": "25"}
    assert not {g.guardian_id for g in pupil.guardians} & set(found)


def test_a_pupil_of_age_with_a_child_is_told_of_both(world: World, tables: Cloud) -> None:
    pupil, child = only_child(world), only_child(world, 1)
    come_of_age(tables, pupil)
    row = person_row(child)
    row["responsibles"] = [{"person": pupil.id, "relationType": "Vårdnadshavare"}]
    drop(tables, "register/persons/parent.jsonl", [row])
    away(world, {pupil.id: 25, child.id: 30})
    send()
    assert told()[pupil.id] == {"absence": "55"}


def test_too_late_is_not_sent(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    published(world.staff("principal"), audience("unit", world.unit))
    (fact,) = ask()
    monday = datetime.combine(week().day + timedelta(days=1), time(8))
    at(monkeypatch, local(monday.date(), time(18)))
    assert deliver("messages", "send_digests", fact) == []
    assert told() == {}
    at(monkeypatch, local(monday.date(), time(8)))
    run_schedule("messages", "ask_digests")  # asked again in the morning: the same week's
    assert {f["data"]["day"] for f in turns()} == {week().day.isoformat()}
    assert deliver("messages", "send_digests", fact) == []
    assert told()


def test_what_it_costs(world: World) -> None:
    published(world.staff("principal"), audience("unit", world.unit))
    (fact,) = ask()
    with metered() as use:
        assert deliver("messages", "send_digests", fact) == []
    people = len(told())
    assert people > 30
    assert use.trips <= 3 * people + 40, use.operations
    assert use.writes <= 4 * people + 40, use.writes

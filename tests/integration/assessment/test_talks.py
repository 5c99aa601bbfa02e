"""Development talks in-process (process 30): offered without overlap, booked once by each home, changed,
cancelled, reminded of; minutes that the parties sign.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest

from functions.assessment.usecases import owed
from infra.local.cloud import Cloud
from skolkit.clock import local, today
from skolkit.types import new_id
from tests.integration.test_attendance_day import at
from tests.support.areas import Answer, acting_as, audit_rows, call, run_schedule
from tests.support.assessing import (
    book,
    code,
    facts,
    get,
    homes,
    minutes_body,
    offered,
    post,
    put,
    slot,
    talks_body,
)
from tests.support.world import World, drop, person_row


def morning(days: int) -> datetime:
    return local(today() + timedelta(days=days), time(8))


def cancel(pupil: str, round: str, slot: str, by: str, version: int) -> Answer:
    return put("cancel_talk", by, version, pupil=pupil, round=round, slot=slot)


def test_times_to_come_that_do_not_overlap_are_offered(world: World) -> None:
    mentor, group = world.klass.mentor_ids[0], {"group": world.klass.id}
    yesterday = (today() - timedelta(days=1)).isoformat()
    for slots, refusal in (
        ([slot(-1, 15)], (422, "wrong-deadline")),
        ([slot(9, 15), slot(9, 15, 10)], (409, "slot-overlaps")),
        ([slot(9, 15, minutes=4)], (422, "wrong-length")),
        ([slot(9, 15, minutes=181)], (422, "wrong-length")),
        ([slot(400, 15)], (422, "slot-past")),
        ([slot(9, 15, link="http://mote.example.org")], (422, "invalid")),
        ([slot(9, 15, link="javascript:alert(1)")], (422, "invalid")),
        ([], (422, "invalid")),
        ([slot(9, 15)] * 41, (422, "invalid")),
    ):
        assert code(post("offer_talks", mentor, talks_body(slots=slots), **group)) == refusal
    assert code(post("offer_talks", mentor, talks_body(deadline=yesterday), **group)) == (
        422,
        "wrong-deadline",
    )
    late = (today() + timedelta(days=20)).isoformat()
    assert code(post("offer_talks", mentor, talks_body(deadline=late), **group)) == (422, "wrong-deadline")
    round, slots = offered(world)
    assert code(post("offer_talks", mentor, talks_body(), **group)) == (409, "slot-overlaps")
    place = {**group, "round": round}
    assert code(post("add_talk_slots", mentor, {"slots": [slot(10, 15, 19)]}, **place)) == (
        409,
        "slot-overlaps",
    )
    past = {"slots": [slot(-1, 15)]}
    assert code(post("add_talk_slots", mentor, past, **place)) == (422, "slot-past")
    more = post("add_talk_slots", mentor, {"slots": [slot(10, 15, 20)]}, **place)
    assert (more.status, more.body["slots"]) == (200, 4), more.body
    first = slots[0]
    assert code(put("remove_talk_slot", mentor, 2, **place, slot=first["id"])) == (412, "changed-meanwhile")
    assert put("remove_talk_slot", mentor, 1, **place, slot=first["id"]).status == 204
    assert post("add_talk_slots", mentor, {"slots": [slot(9, 15)]}, **place).status == 200
    listed = get("list_talk_rounds", mentor, **group).body["data"]
    assert [(one["id"], one["slots"]) for one in listed] == [(round, 4)]


def test_two_offers_at_once_never_overlap(world: World) -> None:
    mentor = world.klass.mentor_ids[0]

    def ask(_: int) -> int:
        return post("offer_talks", mentor, talks_body(slots=[slot(9, 15)]), group=world.klass.id).status

    assert at_once(ask) == [201, 409]
    mine = get("list_my_talks", mentor).body["data"]
    assert len(mine) == 1


def at_once(ask: Callable[[int], int]) -> list[int]:
    with acting_as("assessment"), ThreadPoolExecutor(2) as both:
        return sorted(both.map(ask, range(2)))


def test_a_home_books_one_time_changes_it_and_cancels(world: World) -> None:
    (pupil, one, other), mentor = homes(world), world.klass.mentor_ids[0]
    round, (first, second, third) = offered(world)
    open_ = get("list_pupil_talks", one, pupil=pupil).body
    assert ([r["id"] for r in open_["open"]], open_["data"]) == ([round], [])
    booked = book(pupil, round, first["id"], one)
    assert (booked.status, set(booked.body["guardians"])) == (201, {one, other}), booked.body
    assert code(book(pupil, round, second["id"], other)) == (409, "booked-already")
    mate, mates_guardian, _ = homes(world, 1)
    assert code(book(mate, round, first["id"], mates_guardian)) == (409, "slot-taken")
    assert code(book(pupil, round, second["id"], mates_guardian)) == (404, "not-found")
    assert code(cancel(mate, round, first["id"], mates_guardian, 2)) == (404, "not-found")
    seen = get("list_talk_slots", mates_guardian, pupil=mate, round=round).body["slots"]
    assert [s["id"] for s in seen] == [second["id"], third["id"]]

    moved = book(pupil, round, third["id"], other, instead=first["id"])
    assert moved.status == 201, moved.body
    assert code(book(pupil, round, second["id"], one, instead=first["id"])) == (404, "not-found")
    assert book(mate, round, first["id"], mates_guardian).status == 201
    (mine,) = get("list_pupil_talks", one, pupil=pupil).body["data"]
    assert (mine["id"], mine["room"], mine["link"]) == (third["id"], "A12", "https://mote.example.org/a")

    seen = get("read_talk_round", mentor, group=world.klass.id, round=round).body
    assert {s["pupil"] for s in seen["slots"] if not s["free"]} == {pupil, mate}
    assert {u["pupil"] for u in seen["unbooked"]} & {pupil, mate} == set()
    place = {"group": world.klass.id, "round": round}
    assert code(put("remove_talk_slot", mentor, 4, **place, slot=first["id"])) == (409, "slot-booked")
    assert code(cancel(pupil, round, third["id"], one, 1)) == (412, "changed-meanwhile")
    assert cancel(pupil, round, third["id"], one, mine["version"]).status == 204
    assert get("list_pupil_talks", one, pupil=pupil).body["data"] == []
    (told,) = facts("MessageDue", "talk_cancelled")
    assert told["recipients"] == [other]
    (to_mentor,) = facts("MessageDue", "talk_cancelled_by_home")
    assert (to_mentor["recipients"], to_mentor["about"]) == ([mentor], None)
    assert len(facts("TalkBooked")) == 3
    assert cancel(mate, round, first["id"], mentor, 4).status == 204
    actions = [row["action"] for row in audit_rows(pupil)]
    assert (actions.count("book_talk"), actions.count("cancel_talk")) == (2, 1)


def test_of_two_homes_at_once_one_gets_the_time(world: World) -> None:
    round, (first, *_) = offered(world)
    asks = [homes(world, 0)[:2], homes(world, 1)[:2]]

    def ask(number: int) -> int:
        pupil, guardian = asks[number]
        return book(pupil, round, first["id"], guardian).status

    assert at_once(ask) == [201, 409]
    seen = get("read_talk_round", world.klass.mentor_ids[0], group=world.klass.id, round=round).body
    assert [s["free"] for s in seen["slots"]] == [False, True, True]


def test_both_homes_at_once_get_one_joint_talk(world: World) -> None:
    (pupil, *both), (round, slots) = homes(world), offered(world)
    assert at_once(lambda n: book(pupil, round, slots[n]["id"], both[n]).status) == [201, 409]
    assert len(facts("TalkBooked")) == 1


def test_two_homes_have_a_talk_each_where_that_is_allowed(world: World) -> None:
    pupil, one, other = homes(world)
    round, (first, second, third) = offered(world, separateHomes=True)
    assert book(pupil, round, first["id"], one).body["guardians"] == [one]
    assert code(book(pupil, round, second["id"], one)) == (409, "booked-already")
    mentor = world.klass.mentor_ids[0]
    (left,) = [
        u for u in get("read_talk_round", mentor, group=world.klass.id, round=round).body["unbooked"]
        if u["pupil"] == pupil
    ]  # fmt: skip
    assert left["people"] == [other]
    seen = get("list_talk_slots", other, pupil=pupil, round=round).body["slots"]
    assert [s["id"] for s in seen] == [second["id"], third["id"]]  # not the other home's
    assert code(cancel(pupil, round, first["id"], other, 2)) == (404, "not-found")
    assert book(pupil, round, second["id"], other).status == 201
    assert [s["id"] for s in get("list_pupil_talks", other, pupil=pupil).body["data"]] == [second["id"]]
    assert len(get("list_pupil_talks", pupil, pupil=pupil).body["data"]) == 2
    assert code(book(pupil, round, third["id"], mentor, guardians=[new_id()])) == (422, "who-comes")


def test_after_the_last_day_the_mentor_books(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    (pupil, one, _), mentor = homes(world), world.klass.mentor_ids[0]
    round, (first, second, _) = offered(world)
    assert book(pupil, round, first["id"], one).status == 201
    at(monkeypatch, morning(8))
    assert code(cancel(pupil, round, first["id"], one, 2)) == (409, "deadline-passed")
    mate, mates_guardian, _ = homes(world, 1)
    assert code(book(mate, round, second["id"], mates_guardian)) == (409, "deadline-passed")
    assert book(mate, round, second["id"], mentor).status == 201
    at(monkeypatch, morning(10))
    late = homes(world, 2)[0]
    assert code(cancel(pupil, round, first["id"], mentor, 2)) == (422, "slot-past")
    assert cancel(mate, round, second["id"], mentor, 2).body["type"].endswith("slot-past")
    assert code(book(late, round, first["id"], mentor)) == (422, "slot-past")


def test_homes_without_a_talk_and_those_of_tomorrow_are_reminded_once(
    world: World, monkeypatch: pytest.MonkeyPatch, cloud: Cloud
) -> None:
    pupil, one, _ = homes(world)
    round, (first, *_) = offered(world)
    assert book(pupil, round, first["id"], one).status == 201
    for day in (3, 4, 5, 7):
        for _ in range(2):
            at(monkeypatch, morning(day))
            run_schedule("assessment", "remind_of_talks")
    told = facts("MessageDue", "talk_unbooked")
    everyone = set(world.klass.pupil_ids)
    assert {fact["about"] for fact in told} == everyone - {pupil}
    assert len(told) == 2 * (len(everyone) - 1)
    assert {fact["values"]["day"] for fact in told} == {(today() + timedelta(days=7)).isoformat()}
    row = person_row(world.classmates()[0]) | {
        "responsibles": [{"person": one, "relationType": "Vårdnadshavare"}]
    }
    assert drop(cloud, "register/persons/custody.jsonl", [row])["failed"] == 0
    for _ in range(2):
        at(monkeypatch, morning(8))
        run_schedule("assessment", "remind_of_talks")
    (tomorrow,) = facts("MessageDue", "talk_tomorrow")
    assert tomorrow["recipients"] == [one]  # the other one has no custody any more
    assert tomorrow["values"] == {"day": (today() + timedelta(days=9)).isoformat(), "time": "15:00"}


def test_a_round_gets_another_title_and_last_day_and_homes_are_told_of_an_earlier_one(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    (pupil, one, other), mentor = homes(world), world.klass.mentor_ids[0]
    round, (first, *_) = offered(world)
    place = {"group": world.klass.id, "round": round}

    def change(days: int, version: int, title: str = "Vårens samtal", by: str = mentor) -> Answer:
        body = {"title": title, "deadline": (today() + timedelta(days=days)).isoformat()}
        return put("change_talk_round", by, version, body, **place)

    assert code(change(10, 1)) == (422, "wrong-deadline")  # after the first talk
    assert code(change(-1, 1)) == (422, "wrong-deadline")
    assert code(change(8, 2)) == (412, "changed-meanwhile")
    assert code(change(8, 1, by=one)) == (404, "not-found")
    assert code(change(8, 1, by=world.staff("principal"))) == (404, "not-found")
    assert code(change(8, 1, title="")) == (422, "invalid")
    later = change(8, 1).body
    assert (later["title"], later["slots"], later["version"]) == ("Vårens samtal", 3, 2)
    assert facts("MessageDue", "talk_deadline") == []
    assert change(5, 2).body["version"] == 3
    (told,) = facts("MessageDue", "talk_deadline")
    assert {one, other} <= set(told["recipients"])
    assert (told["about"], told["values"]) == (None, {"day": (today() + timedelta(days=5)).isoformat()})
    assert book(pupil, round, first["id"], one).status == 201
    for day, closing in ((5, 2), (7, 2), (8, 2)):  # the last day, and not those it was before
        at(monkeypatch, morning(day))
        run_schedule("assessment", "remind_of_talks")
        assert len(facts("MessageDue", "talk_unbooked")) == len(world.klass.pupil_ids) - 1, closing
    assert code(cancel(pupil, round, first["id"], one, 2)) == (409, "deadline-passed")
    assert change(9, 3).status == 200  # there is time again
    assert cancel(pupil, round, first["id"], one, 2).status == 204
    assert change(9, 4, title="Samtal").status == 200  # a title alone, whatever the day
    at(monkeypatch, morning(10))
    assert change(9, 5, title="Samtal i höst").status == 200


def test_the_principal_sees_who_has_no_talk_this_term(world: World) -> None:
    (pupil, one, _), head = homes(world), world.staff("principal")
    mentor, unit = world.klass.mentor_ids[0], {"unit": world.unit}

    def missing(limit: int = 100) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        cursor: str | None = None
        while True:
            query = {"limit": limit} | ({"cursor": cursor} if cursor else {})
            page = get("list_pupils_without_talk", head, query, **unit).body
            assert page["withheld"] == 0
            assert len(page["data"]) <= limit
            found, cursor = found + page["data"], page["cursor"]
            if cursor is None:
                return found

    everybody = missing()
    assert {row["pupil"] for row in everybody} == {p.id for p in world.population.pupils}
    assert missing(limit=7) == everybody  # page by page, by form and year
    assert [row["year"] for row in everybody] == sorted(row["year"] for row in everybody)
    mine = next(row for row in everybody if row["pupil"] == pupil)
    assert (mine["group"], mine["mentors"]) == (world.klass.id, sorted(world.klass.mentor_ids))
    for who in (mentor, one, world.staff("administrator")):
        assert code(get("list_pupils_without_talk", who, **unit)) == (404, "not-found")

    round, (first, second, _) = offered(world)
    assert book(pupil, round, first["id"], one).status == 201
    assert pupil not in {row["pupil"] for row in missing()}
    assert book(pupil, round, second["id"], one, instead=first["id"]).status == 201
    assert len(missing()) == len(everybody) - 1
    mate = homes(world, 1)[0]
    merged = call(
        "register", "merge_persons", world.staff("administrator"), path={"person": mate},
        body={"duplicate": pupil}, headers={"idempotency-key": new_id()},
    )  # fmt: skip
    assert merged.status == 201, merged.body
    assert {mate, pupil} & {row["pupil"] for row in missing()} == set()
    version = get("list_pupil_talks", mentor, pupil=mate).body["data"][0]["version"]
    assert cancel(mate, round, second["id"], mentor, version).status == 204
    assert mate in {row["pupil"] for row in missing()}
    for day in (date(today().year, 11, 30), date(today().year, 12, 1), date(today().year, 12, 1)):
        with acting_as("assessment"):
            owed.remind_principals(day)
    (told,) = facts("MessageDue", "talks_missing")
    assert (told["recipients"], told["about"]) == ([head], None)
    assert int(told["values"]["count"]) in {len(everybody), len(everybody) - 1}
    assert "list_pupils_without_talk" in {row["action"] for row in audit_rows(world.unit)}


# Minutes


def talk(world: World) -> dict[str, str]:
    (pupil, one, _), (round, slots) = homes(world), offered(world)
    assert book(pupil, round, slots[0]["id"], one).status == 201
    return {"pupil": pupil, "round": round, "slot": slots[0]["id"]}


def sign(place: dict[str, str], by: str, digest: str) -> Answer:
    return post("sign_minutes", by, {"digest": digest}, **place)


def test_minutes_are_signed_by_the_parties_and_a_change_voids_what_was_signed(world: World) -> None:
    place, mentor, (_, one, other) = talk(world), world.klass.mentor_ids[0], homes(world)
    draft = put("write_minutes", mentor, 0, minutes_body(ready=False), **place)
    assert (draft.status, draft.body["number"]) == (200, 1), draft.body
    assert code(get("read_minutes", one, **place)) == (404, "not-found")
    assert code(sign(place, one, draft.body["digest"])) == (404, "not-found")
    assert code(sign(place, mentor, draft.body["digest"])) == (409, "not-ready-to-sign")
    ready = put("write_minutes", mentor, 1, minutes_body(), **place).body
    assert (ready["number"], ready["awaits"]) == (1, ["mentor", *sorted([one, other])])
    assert len(facts("MessageDue", "talk_minutes")) == 1

    digest = get("read_minutes", one, **place).body["digest"]
    for who in (one, mentor):
        assert sign(place, who, digest).status == 200
    assert code(sign(place, one, digest)) == (409, "signed-already")
    left = sign(place, place["pupil"], digest)
    assert code(left) == (404, "not-found")  # not sixteen
    changed = put("write_minutes", mentor, 4, minutes_body(text="Vi talade om räkning."), **place).body
    assert (changed["number"], changed["signatures"]) == (2, [])
    assert code(sign(place, other, digest)) == (409, "old-minutes")
    seen = get("read_minutes", other, **place).body
    assert [len(v["signatures"]) for v in seen["earlier"]] == [2]
    assert [v["text"] for v in seen["earlier"]] == ["Vi talade om läsning."]
    for who in (one, other, mentor):
        assert sign(place, who, seen["digest"]).status == 200
    done = get("read_minutes", mentor, **place).body
    assert (done["awaits"], [s["part"] for s in done["signatures"]]) == (
        [],
        ["guardian", "guardian", "mentor"],
    )
    assert [fact["whole"] for fact in facts("MinutesSigned")] == [False, False, False, False, True]


def test_a_signature_that_comes_twice_is_one(world: World) -> None:
    place, mentor, (_, one, _) = talk(world), world.klass.mentor_ids[0], homes(world)
    digest = put("write_minutes", mentor, 0, minutes_body(), **place).body["digest"]
    key = {"idempotency-key": new_id()}
    twice = [
        call("assessment", "sign_minutes", one, path=place, body={"digest": digest}, headers=key)
        for _ in range(2)
    ]
    assert twice[0].status == twice[1].status == 200
    assert twice[0].body == twice[1].body
    assert len(get("read_minutes", mentor, **place).body["signatures"]) == 1


def test_minutes_are_of_a_talk_that_was_booked_and_held(world: World) -> None:
    place, mentor, (_, one, _) = talk(world), world.klass.mentor_ids[0], homes(world)
    tomorrow: date = today() + timedelta(days=1)
    body: dict[str, Any] = minutes_body(held=tomorrow.isoformat())
    assert code(put("write_minutes", mentor, 0, body, **place)) == (422, "not-held-yet")
    assert code(put("write_minutes", mentor, 0, minutes_body(text="x" * 8001), **place)) == (422, "invalid")
    assert code(put("write_minutes", one, 0, minutes_body(), **place)) == (404, "not-found")
    elsewhere = place | {"slot": new_id()}
    assert code(put("write_minutes", mentor, 0, minutes_body(), **elsewhere)) == (404, "not-found")
    other = place | {"pupil": homes(world, 1)[0]}
    assert code(put("write_minutes", mentor, 0, minutes_body(), **other)) == (404, "not-found")
    assert (
        put("write_minutes", mentor, 0, minutes_body(text="<b>#set</b>"), **place).body["text"]
        == "<b>#set</b>"
    )

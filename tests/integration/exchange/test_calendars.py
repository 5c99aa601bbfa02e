"""Calendars that people subscribe to, in-process (process 35, decision 0052; RFC 5545)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from icalendar import Calendar

from functions.exchange.domain.calendars import MOST, window
from functions.exchange.extract import gather
from infra.local.cloud import Cloud
from skolkit.clock import LOCAL, today
from skolkit.extracts import Requested
from skolkit.types import PersonId, new_id
from tests.integration.assessment.test_iup import protect
from tests.support.areas import Answer, acting_as, audit_rows, call
from tests.support.assessing import book, homes, offered
from tests.support.assessing import get as ask_assessment
from tests.support.fixtures import lay_tables
from tests.support.meter import metered
from tests.support.stored import Undo, stored
from tests.support.world import World, drop, make_world, person_row

NOT_THERE = (404, "urn:skolkit:problem:not-found")


@pytest.fixture(scope="module")
def made(cloud: Cloud) -> Iterator[tuple[World, Undo]]:
    lay_tables(cloud)
    world = make_world(cloud)
    undo = Undo(stored())
    yield world, undo
    undo.close()


@pytest.fixture
def world(made: tuple[World, Undo]) -> Iterator[World]:
    world, undo = made
    yield world
    undo.undo()


def subscribe(by: str, key: str | None = None, **body: Any) -> Answer:
    headers = {"idempotency-key": key or new_id()}
    return call("exchange", "subscribe_calendar", by, body={"kind": "person"} | body, headers=headers)


def calendar_of(by: str, **body: Any) -> dict[str, Any]:
    answer = subscribe(by, **body)
    assert answer.status == 201, answer.body
    found: dict[str, Any] = answer.body
    return found


def fetch(address: str) -> Answer:
    """As a calendar would, without signing in."""
    *_, calendar, secret = address.split("/")
    return call("exchange", "fetch_calendar", None, path={"calendar": calendar, "secret": secret})


def refused(answer: Answer) -> tuple[int, str]:
    return answer.status, answer.body["type"]


def events(address: str) -> list[dict[str, Any]]:
    """What an address shows, read by the library: the events' properties by name."""
    answer = fetch(address)
    assert answer.status == 200, answer.body
    return events_in(answer)


def events_in(answer: Answer) -> list[dict[str, Any]]:
    return [
        {name.lower(): getattr(value, "dt", value) for name, value in event.items()}
        for event in Calendar.from_ical(answer.body).walk("VEVENT")
    ]


def lessons(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [e for e in found if isinstance(e["dtstart"], datetime)]


def in_window(world: World) -> list[Any]:
    first, last = window(today())
    return [one for one in world.lessons if first <= today(one.start) <= last]


def test_a_guardian_subscribes_to_a_childs_lessons_and_days_off(world: World) -> None:
    child, (pupil, one, other) = world.classmates()[0], homes(world)
    made = calendar_of(one, person=pupil, name="Lilla schemat")
    assert made["address"].startswith("https://skola.example.org/exchange/v1/calendars/")
    answer = fetch(made["address"])
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8; method=PUBLISH"
    assert answer.headers["cache-control"] == "no-store"
    found = events_in(answer)
    groups = {world.klass.id, *(g.id for g in world.population.groups if pupil in g.pupil_ids)}
    wanted = {x.id: x for x in in_window(world) if x.group in groups}
    mine = {str(e["uid"]): e for e in lessons(found)}
    assert set(mine) == set(wanted)
    for id, lesson in wanted.items():
        assert (mine[id]["dtstart"], mine[id]["dtend"]) == (lesson.start, lesson.end)
        assert mine[id]["dtstart"].utcoffset() == lesson.start.astimezone(LOCAL).utcoffset()
    days = [e for e in found if not isinstance(e["dtstart"], datetime)]
    assert days
    assert {e["transp"] for e in days} == {"TRANSPARENT"}
    text = answer.body
    assert "X-WR-CALNAME:Lilla schemat" in text
    secrets = (child.given_name, child.family_name, pupil, one, other, *world.klass.pupil_ids)
    assert not any(secret in text for secret in secrets)
    assert all(ord(c) >= 32 or c in "\r\n" for c in text)
    assert max(len(line.encode()) for line in text.split("\r\n")) <= 75
    actions = [(row["action"], row["actor"]) for row in audit_rows(pupil)]
    assert ("subscribe_calendar", one) in actions
    assert ("fetch_calendar", one) in actions


def test_what_is_kept_opens_nothing_and_the_address_is_said_once(world: World) -> None:
    pupil, one, _ = homes(world)
    key = new_id()
    first, again = (subscribe(one, key, person=pupil) for _ in range(2))
    assert (first.status, first.body) == (again.status, again.body)
    *_, id, secret = first.body["address"].split("/")
    assert len(secret.removesuffix(".ics")) == 43
    assert secret.removesuffix(".ics") not in str(stored())
    listed = call("exchange", "list_my_calendars", one).body
    assert [row["id"] for row in listed["data"]] == [id]
    assert "address" not in listed["data"][0]
    assert subscribe(one, key, kind="person").status == 409  # another request with the same key
    assert len(call("exchange", "list_my_calendars", one).body["data"]) == 1


def test_wrong_addresses_are_all_alike(world: World) -> None:
    pupil, one, other = homes(world)
    address = calendar_of(one, person=pupil)["address"]
    second = calendar_of(other, person=pupil)["address"]
    right = fetch(address)
    head, id, secret = address.rsplit("/", 2)
    last = "E" if secret[-5] == "A" else "A"
    assert fetch(address.removesuffix(".ics")).body.count("VEVENT") == right.body.count("VEVENT")
    wrong = [
        f"{head}/{new_id()}/{secret}", f"{head}/{id}/{secret[:-5]}{last}.ics", f"{head}/{id}/x",
        f"{head}/x/x",
        f"{head}/{id}/{secret.upper()}", f"{head}/{id}/{secret}.ics", f"{head}/{id}/å" + "a" * 42,
        f"{head}/{id}/" + second.rsplit("/", 1)[1],
    ]  # fmt: skip
    answers = [fetch(one) for one in wrong]
    assert {refused(answer) for answer in answers} == {NOT_THERE}
    assert len({str(answer.body) for answer in answers}) == 1


def test_a_revoked_address_shows_nothing_from_then_on(world: World) -> None:
    pupil, one, other = homes(world)
    made = calendar_of(one, person=pupil)
    path = {"calendar": made["id"]}
    assert refused(call("exchange", "revoke_calendar", other, path=path)) == NOT_THERE
    assert fetch(made["address"]).status == 200
    assert call("exchange", "revoke_calendar", one, path=path).status == 204
    assert refused(fetch(made["address"])) == NOT_THERE
    assert refused(call("exchange", "revoke_calendar", one, path=path)) == NOT_THERE
    assert call("exchange", "list_my_calendars", one).body["data"] == []
    assert not any(made["id"] in str(key) for key in stored("exchange") if "ONCE" not in str(key))


def test_an_address_ends(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    pupil, one, _ = homes(world)
    made = calendar_of(one, person=pupil)
    ends = date.fromisoformat(made["ends"])
    assert ends == today() + timedelta(days=400)
    assert not any("upphör" in e["summary"] for e in events(made["address"]))
    for day, there in ((ends, True), (ends + timedelta(days=1), False)):
        monkeypatch.setattr("functions.exchange.usecases.calendars.today", lambda day=day: day)
        assert (fetch(made["address"]).status == 200) == there
        if there:
            assert any("upphör" in e["summary"] for e in events(made["address"]))


def test_the_address_ends_with_custody_and_when_the_child_is_18(cloud: Cloud, world: World) -> None:
    child, (pupil, one, other) = world.classmates()[0], homes(world)
    addresses = {who: calendar_of(who, person=pupil)["address"] for who in (one, other)}
    own = calendar_of(pupil)["address"]
    row = person_row(child)
    left = [
        {"person": one, "relationType": "Vårdnadshavare", "endDate": str(today() - timedelta(days=1))},
        {"person": other, "relationType": "Vårdnadshavare"},
    ]
    drop(cloud, "register/persons/left.jsonl", [row | {"responsibles": left}])
    assert refused(fetch(addresses[one])) == NOT_THERE
    assert refused(subscribe(one, person=pupil)) == NOT_THERE
    assert fetch(addresses[other]).status == 200
    born = today().replace(year=today().year - 18)
    drop(cloud, "register/persons/grown.jsonl", [row | {"birthDate": str(born)}])
    assert refused(fetch(addresses[other])) == NOT_THERE
    assert lessons(events(own))


def test_a_teacher_has_the_own_lessons_by_group_and_a_group_while_teaching_it(
    cloud: Cloud, world: World
) -> None:
    like = world.of_class()[0]
    teacher = like.teachers[0]
    found = lessons(events(calendar_of(teacher)["address"]))
    assert {str(e["uid"]) for e in found} == {x.id for x in in_window(world) if teacher in x.teachers}
    assert all(" · " in e["summary"] for e in found)
    mentor, stranger = world.klass.mentor_ids[0], homes(world, 1)[1]
    address = calendar_of(mentor, kind="group", group=world.klass.id)["address"]
    shown = lessons(events(address))
    assert {str(e["uid"]) for e in shown} == {x.id for x in in_window(world) if x.group == world.klass.id}
    assert all(" · " not in e["summary"] for e in shown)
    for who, body in (
        (stranger, {}), (stranger, {"person": homes(world)[0]}), (world.staff("principal"), {}),
        (mentor, {"person": homes(world)[0]}),
    ):  # fmt: skip
        assert refused(subscribe(who, kind="group", group=world.klass.id, **body)) == NOT_THERE
    assert refused(subscribe(mentor, kind="group", group=new_id())) == NOT_THERE
    groups = [{"id": world.klass.id, "unit": str(world.population.unit.code), "name": world.klass.name,
               "groupType": "Klass", "members": [], "mentors": [], "teachers": []}]  # fmt: skip
    drop(cloud, "organisation/groups/left.jsonl", groups)
    assert refused(fetch(address)) == NOT_THERE


def test_a_group_for_its_members_and_their_homes(world: World) -> None:
    pupil, one, _ = homes(world)
    for who, body in ((pupil, {}), (one, {"person": pupil})):
        address = calendar_of(who, kind="group", group=world.klass.id, **body)["address"]
        assert {str(e["uid"]) for e in lessons(events(address))} == {
            x.id for x in in_window(world) if x.group == world.klass.id
        }


def test_of_somebody_protected_there_are_no_places_and_no_names(world: World) -> None:
    pupil, one, _ = homes(world)
    made = calendar_of(one, person=pupil, name="Pelles schema")
    round, (first, *_) = offered(world)
    assert book(pupil, round, first["id"], one).status == 201
    assert "LOCATION:A12" in fetch(made["address"]).body
    protect(world, pupil)
    text = fetch(made["address"]).body
    assert "BEGIN:VEVENT" in text
    for said in ("LOCATION", "URL", "CONFERENCE", "Pelle", world.klass.name):
        assert said not in text
    assert "X-WR-CALNAME:Skolan" in text


def test_a_talk_is_the_same_event_as_in_its_own_file(world: World) -> None:
    (pupil, one, _), mentor = homes(world), world.klass.mentor_ids[0]
    round, (first, second, _) = offered(world)
    assert book(pupil, round, first["id"], one).status == 201
    addresses = [calendar_of(one, person=pupil)["address"], calendar_of(mentor)["address"]]
    files = [
        ask_assessment("read_talk_calendar", one, pupil=pupil, round=round),
        ask_assessment("read_round_calendar", mentor, group=world.klass.id, round=round),
    ]
    for address, file in zip(addresses, files, strict=True):
        (talk,) = [e for e in events(address) if e["summary"] == "Utvecklingssamtal"]
        (wanted,) = events_in(file)
        for name in ("uid", "dtstart", "dtend", "sequence", "location", "url"):
            assert talk[name] == wanted[name], name
    assert book(pupil, round, second["id"], one, instead=first["id"]).status == 201
    for address in addresses:
        (talk,) = [e for e in events(address) if e["summary"] == "Utvecklingssamtal"]
        assert talk["dtstart"] == datetime.fromisoformat(second["start"])


def test_whoever_has_nothing_here_has_no_calendar(world: World) -> None:
    _, one, _ = homes(world)
    other_child = homes(world, 1)[0]
    assert refused(subscribe(one)) == NOT_THERE  # a guardian alone: neither enrolled nor employed
    assert refused(subscribe(one, person=other_child)) == NOT_THERE
    assert refused(subscribe(world.klass.mentor_ids[0], person=other_child)) == NOT_THERE
    assert refused(subscribe(new_id())) == NOT_THERE
    for body in ({"kind": "group"}, {"group": world.klass.id}, {"kind": "all"}, {"name": "a\nb"}):
        assert subscribe(one, **body).status == 422


def test_one_has_a_number_of_calendars_in_pages(world: World) -> None:
    pupil, one, _ = homes(world)
    ids = [calendar_of(one, person=pupil)["id"] for _ in range(MOST)]
    full = subscribe(one, person=pupil)
    assert (full.status, full.body["type"]) == (409, "urn:skolkit:problem:too-many-calendars")
    found, cursor = [], None
    while True:
        query = {"limit": 7} | ({"cursor": cursor} if cursor else {})
        page = call("exchange", "list_my_calendars", one, query=query).body
        found += [row["id"] for row in page["data"]]
        cursor = page["cursor"]
        if cursor is None:
            break
    assert found == ids
    assert call("exchange", "list_my_calendars", pupil, query={"cursor": "x" * 40}).status == 400


def test_a_fetch_is_six_reads_in_a_row_at_most_and_cheap(world: World) -> None:
    teacher = PersonId(world.of_class()[0].teachers[0])
    for address in (
        calendar_of(homes(world)[1], person=homes(world)[0])["address"], calendar_of(teacher)["address"],
    ):  # fmt: skip
        with metered() as use:
            answer = fetch(address)
        assert answer.status == 200
        assert len(answer.body.encode()) < 400_000
        assert use.reads < 100, use
        assert [name for name in use.operations if name != "PutItem"].count("BatchGetItem") <= 4
        assert use.operations.count("PutItem") == 1


def test_extracts_tell_of_ones_own_calendars_and_of_those_about_one(world: World) -> None:
    pupil, one, other = homes(world)
    calendar_of(one, person=pupil, name="Lilla schemat")
    calendar_of(pupil, kind="group", group=world.klass.id, name="Klassen")

    def told(person: str) -> list[list[Any]]:
        with acting_as("exchange"):
            _, section = gather(Requested(request=new_id(), person=PersonId(person), contacts=True))
        return [row[2:] for row in section.rows]

    assert told(one) == [["ett barn", "Lilla schemat", "egen"]]
    assert told(pupil) == [["en grupp", "Klassen", "egen"], ["personen", "", "någon annans, om personen"]]
    assert told(other) == []

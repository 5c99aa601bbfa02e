"""A term of assessment (process 30): noted through the term, assessed, published to all homes at once, talked
about with both homes, agreed and signed, and planned.
"""

from __future__ import annotations

from datetime import time, timedelta
from typing import Any

import httpx
import pytest

from infra.local.population import NewPupil
from skolkit.clock import local, today
from skolkit.sweden.calendar import SchoolYear
from skolkit.types import PersonId, new_id
from tests.support import faults
from tests.support.areas import Answer
from tests.support.deployed import Deployed, eventually
from tests.support.scenes import little_school, refused

PROCESSES = (30,)
SUBJECTS = ["MA", "SV"]


@pytest.fixture
def own(school: Deployed) -> Deployed:
    return little_school(school, "99990300")


def post(own: Deployed, name: str, by: PersonId, body: Any = None, **path: str) -> Answer:
    return own.call("assessment", name, by, path=path, body=body, headers={"idempotency-key": new_id()})


def put(own: Deployed, name: str, by: PersonId, version: int, body: Any = None, **path: str) -> Answer:
    return own.call("assessment", name, by, path=path, body=body, headers={"if-match": f'"{version}"'})


def get(own: Deployed, name: str, by: PersonId, query: Any = None, **path: str) -> Answer:
    return own.call("assessment", name, by, path=path, query=query)


def mails(own: Deployed, pupil: NewPupil, subject: str) -> list[dict[str, Any]]:
    homes = {g.guardian_id for g in pupil.guardians}
    addresses = {g.email for g in own.world.population.guardians if g.id in homes}
    return [m for m in own.cloud.messages() if set(m["To"]) & addresses and m["Subject"] == subject]


def told(own: Deployed, pupil: NewPupil, subject: str) -> None:
    """Both guardians have a mail, or one for each child in the class; others may get theirs first."""
    eventually(lambda: len({to for mail in mails(own, pupil, subject) for to in mail["To"]}) == 2)


def slot(hour: int, minute: int) -> dict[str, Any]:
    start = local(today() + timedelta(days=1), time(hour, minute))
    return {"start": start.isoformat(), "minutes": 20, "link": "https://mote.example.org/klassrum"}


def test_from_notes_to_assessments_talks_and_a_plan(own: Deployed) -> None:
    pupil, mentor, head = (
        own.world.classmates()[0],
        own.world.klass.mentor_ids[0],
        own.world.staff("principal"),
    )
    one, other = (g.guardian_id for g in pupil.guardians)
    group, day, year = {"group": own.world.klass.id}, today(), SchoolYear.of(today())

    # Noted once, for the whole class, and for one pupil
    rows = [{"pupil": id, "points": 15, "shared": True} for id in own.world.klass.pupil_ids]
    test = {"subject": "MA", "day": day.isoformat(), "title": "Prov", "area": "Tal", "most": 20, "rows": rows}
    assert post(own, "add_group_notes", mentor, test, **group).status == 201
    note = {"day": day.isoformat(), "area": "Tal", "level": 1, "text": "Räknar säkert", "shared": True}
    assert post(own, "add_note", mentor, note, pupil=pupil.id, subject="MA").status == 201

    # Assessed from the notes, by the class's mentors, until nothing is missing
    body = {
        "title": "Höstens omdömen", "schoolForm": "GR", "years": [4], "subjects": SUBJECTS,
        "firstDay": day.isoformat(), "lastDay": min(year.end, day + timedelta(days=20)).isoformat(),
    }  # fmt: skip
    round = post(own, "open_assessment_round", head, body, unit=own.world.unit).body["id"]
    work = get(own, "read_judgement", mentor, pupil=pupil.id, round=round, subject="MA").body
    (area,) = work["suggested"]
    assert (area["area"], area["level"], area["text"]) == ("Tal", 1, "Räknar säkert")
    where = {"unit": own.world.unit, "round": round}
    refused(post(own, "publish_assessments", head, {}, **where), 409, "not-whole", "MA")
    for id in own.world.klass.pupil_ids:
        for subject in SUBJECTS:
            ready = {"level": 1, "text": "Godtagbart", "ready": True}
            if (id, subject) == (pupil.id, "MA"):
                ready |= {"areas": [{"name": area["area"], "level": area["level"], "text": area["text"]}]}
            saved = put(own, "save_judgement", mentor, 0, ready, pupil=id, round=round, subject=subject)
            assert saved.status == 200, saved.body
    assert get(own, "list_my_missing_assessments", mentor).body["data"] == []
    assert get(own, "list_assessments", one, pupil=pupil.id).body["data"] == []
    assert post(own, "publish_assessments", head, {}, **where).status == 200

    # Read by the home, with a receipt
    own.invoke("assessment", "tell_of_publications")
    told(own, pupil, "Skriftliga omdömen")
    read = get(own, "list_assessments", one, pupil=pupil.id).body["data"]
    assert {row["judgement"]["subject"]: row["judgement"]["levelText"] for row in read} == dict.fromkeys(
        SUBJECTS, "godtagbara kunskaper"
    )
    place = {"pupil": pupil.id, "round": round}
    assert own.call("assessment", "mark_assessments_read", one, path=place).status == 204
    receipts = get(own, "list_assessment_receipts", mentor, **place).body
    assert ([r["person"] for r in receipts["read"]], receipts["unread"]) == ([one], [other])

    # Times for the talks: both homes book, neither twice, and are reminded
    talks = {
        "title": "Höstens samtal", "deadline": (day + timedelta(days=1)).isoformat(), "separateHomes": True,
        "slots": [slot(15, 0), slot(15, 20), slot(15, 40)],
    }  # fmt: skip
    offered = post(own, "offer_talks", mentor, talks, **group)
    assert offered.status == 201, offered.body
    talk = {"pupil": pupil.id, "round": offered.body["id"]}
    earlier = {"title": "Höstens samtal", "deadline": day.isoformat()}
    changed = put(own, "change_talk_round", mentor, 1, earlier, **group, round=talk["round"])
    assert (changed.status, changed.body["deadline"]) == (200, day.isoformat()), changed.body
    told(own, pupil, "Sista dag att boka samtal har ändrats")
    own.invoke("assessment", "remind_of_talks")
    told(own, pupil, "Boka utvecklingssamtal")
    times = [s["id"] for s in get(own, "list_talk_slots", one, **talk).body["slots"]]
    assert post(own, "book_talk", one, {"slot": times[0]}, **talk).status == 201
    refused(post(own, "book_talk", other, {"slot": times[0]}, **talk), 409, "slot-taken", "slot")
    refused(post(own, "book_talk", one, {"slot": times[1]}, **talk), 409, "booked-already")
    stranger = own.world.classmates()[3].guardians[0].guardian_id
    refused(post(own, "book_talk", stranger, {"slot": times[1]}, **talk), 404, "not-found")
    assert post(own, "book_talk", other, {"slot": times[1]}, **talk).status == 201
    calendar = get(own, "list_my_talks", mentor).body["data"]
    assert [(s["givenName"], s["free"]) for s in calendar] == [
        (pupil.given_name, False), (pupil.given_name, False), (None, True),
    ]  # fmt: skip
    file = get(own, "read_talk_calendar", one, **talk)
    assert file.headers["content-type"] == "text/calendar; charset=utf-8; method=PUBLISH", file.body
    assert ("STATUS:CONFIRMED" in file.body, file.body.count("BEGIN:VEVENT")) == (True, 1)
    mentors = get(own, "read_round_calendar", mentor, **group, round=talk["round"])
    assert mentors.body.count("BEGIN:VEVENT") == 2
    for said in (pupil.given_name, pupil.family_name, own.world.population.unit.name):
        assert said not in file.body + mentors.body
    without = get(own, "list_pupils_without_talk", head, {"limit": 100}, unit=own.world.unit).body["data"]
    assert {row["pupil"] for row in without} == {*own.world.klass.pupil_ids} - {pupil.id}
    own.invoke("assessment", "remind_of_talks")
    told(own, pupil, "Utvecklingssamtal i morgon")
    for mail in mails(own, pupil, "Utvecklingssamtal i morgon"):
        assert "15:" in str(mail)
        assert not any(said in str(mail) for said in (pupil.family_name, "klassrum", own.world.klass.name))

    # Minutes that the parties sign, each as they are
    held = {**talk, "slot": times[0]}
    minutes = {
        "held": day.isoformat(), "text": "Vi talade om läsning.", "ready": True,
        "agreements": [{"what": "Läsa hemma varje kväll", "who": "home"}],
    }  # fmt: skip
    first = put(own, "write_minutes", mentor, 0, minutes, **held)
    assert first.status == 200, first.body
    assert post(own, "sign_minutes", one, {"digest": first.body["digest"]}, **held).status == 200
    changed = put(own, "write_minutes", mentor, 2, minutes | {"text": "Vi talade om räkning."}, **held)
    assert (changed.status, changed.body["signatures"]) == (200, []), changed.body
    refused(post(own, "sign_minutes", one, {"digest": first.body["digest"]}, **held), 409, "old-minutes")
    assert post(own, "sign_minutes", one, {"digest": changed.body["digest"]}, **held).status == 200
    signed = post(own, "sign_minutes", mentor, {"digest": changed.body["digest"]}, **held)
    assert signed.status == 200, signed.body
    assert (signed.body["awaits"], len(signed.body["signatures"])) == ([], 2)

    # The plan, built on the assessments, given to the home as PDF
    plan = {
        "goals": [{"text": "Läsa en bok i veckan", "subject": "SV"}], "needs": "Lästräning",
        "steps": minutes["agreements"], "agreed": day.isoformat(),
        "followUp": (day + timedelta(days=40)).isoformat(),
    }  # fmt: skip
    which = {"pupil": pupil.id, "year": str(year.start_year)}
    assert put(own, "save_iup", mentor, 0, plan | {"goals": []}, **which).status == 200
    refused(post(own, "publish_iup", mentor, **which), 409, "plan-not-whole", "goals")
    assert put(own, "save_iup", mentor, 1, plan, **which).status == 200
    assert post(own, "publish_iup", mentor, **which).status == 200
    without = get(own, "list_pupils_without_plan", head, {"limit": 100}, unit=own.world.unit).body["data"]
    assert {row["pupil"] for row in without} == {*own.world.klass.pupil_ids} - {pupil.id}

    def link() -> str:
        answer = own.call("assessment", "link_iup", other, path=which)
        assert answer.status in (200, 409), answer.body
        return str(answer.body.get("url", ""))

    verify = str(own.cloud.certificate) if own.cloud.certificate else True
    content = httpx.get(eventually(link), verify=verify).content
    assert content.startswith(b"%PDF-1.7")
    seen = get(own, "read_iup", other, **which).body["latest"]
    assert {j["subject"] for j in seen["judgements"]} == set(SUBJECTS)
    for name, path in (
        ("read_iup", which),
        ("read_minutes", held),
        ("list_assessments", {"pupil": pupil.id}),
    ):
        refused(get(own, name, stranger, **path), 404, "not-found")
        refused(get(own, name, own.world.staff("administrator"), **path), 404, "not-found")
    faults.quiet(own.cloud)

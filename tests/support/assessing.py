"""A school that assesses: notes, rounds of written assessments, plans and talks, asked for in-process."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from skolkit.clock import local, today
from skolkit.sweden.calendar import SchoolYear
from skolkit.types import PersonId, new_id
from tests.support.areas import Answer, call, outbox
from tests.support.world import World

SUBJECTS = ["EN", "MA"]
YEAR = str(SchoolYear.of(today()).start_year)


def post(name: str, by: str, body: Any = None, **path: str) -> Answer:
    """Ask for something new."""
    return call("assessment", name, by, path=path, body=body, headers={"idempotency-key": new_id()})


def put(name: str, by: str, version: int, body: Any = None, **path: str) -> Answer:
    """Change a version of something."""
    return call("assessment", name, by, path=path, body=body, headers={"if-match": f'"{version}"'})


def get(name: str, by: str, query: Any = None, **path: str) -> Answer:
    """Read something."""
    return call("assessment", name, by, path=path, query=query)


def code(answer: Answer) -> tuple[int, str]:
    """Status and code of a refusal."""
    assert answer.body, answer
    return answer.status, str(answer.body["type"]).rpartition(":")[2]


def facts(name: str, template: str = "") -> list[dict[str, Any]]:
    """What the area has said."""
    found = [f["data"] for f in outbox("assessment") if f["type"] == f"assessment.{name}.v1"]
    return [f for f in found if not template or f["template"] == template]


def envelopes(name: str) -> list[dict[str, Any]]:
    """The area's facts as they are delivered."""
    return [f for f in outbox("assessment") if f["type"] == f"assessment.{name}.v1"]


def note_body(**more: Any) -> dict[str, Any]:
    """A note of today."""
    return {"day": today().isoformat(), "area": "Taluppfattning", "level": 1, "text": "Räknar säkert"} | more


def round_body(years: list[int], **more: Any) -> dict[str, Any]:
    """A round that goes on."""
    year = SchoolYear.of(today())
    first, last = max(year.start, today() - timedelta(days=14)), min(year.end, today() + timedelta(days=14))
    return {
        "title": "Omdömen", "schoolForm": "GR", "years": years, "subjects": SUBJECTS,
        "firstDay": first.isoformat(), "lastDay": last.isoformat(),
    } | more  # fmt: skip


def judgement_body(**more: Any) -> dict[str, Any]:
    """An assessment that is ready."""
    return {"level": 1, "text": "Godtagbart i alla delar", "ready": True} | more


def year_of(world: World) -> int:
    """The class's year."""
    found = next(p.year for p in world.population.pupils if p.class_id == world.klass.id)
    assert found
    return found


def opened(world: World, **more: Any) -> dict[str, Any]:
    """A round of the class's year."""
    body = round_body([year_of(world)]) | more
    answer = post("open_assessment_round", world.staff("principal"), body, unit=world.unit)
    assert answer.status == 201, answer.body
    found: dict[str, Any] = answer.body
    return found


def judge(round: str, pupil: str, by: str, subject: str = "MA", version: int = 0, **body: Any) -> Answer:
    """Write an assessment."""
    return put(
        "save_judgement", by, version, judgement_body(**body), pupil=pupil, round=round, subject=subject
    )


def publish(world: World, round: str, **body: Any) -> Answer:
    """Publish a round."""
    return post("publish_assessments", world.staff("principal"), body, unit=world.unit, round=round)


def published(world: World, pupil: str) -> str:
    """A round that is published with a pupil's assessments alone."""
    round = str(opened(world)["id"])
    for subject in SUBJECTS:
        assert judge(round, pupil, world.klass.mentor_ids[0], subject).status == 200
    assert publish(world, round, incomplete=True).status == 200
    return round


def plan_body(**more: Any) -> dict[str, Any]:
    """A plan that is whole."""
    return {
        "goals": [{"text": "Läsa en bok i veckan", "subject": "SV"}, {"text": "Komma i tid"}],
        "needs": "Lästräning två gånger i veckan",
        "steps": [{"what": "Läsa hemma varje kväll", "who": "home", "due": None}],
        "agreed": today().isoformat(), "followUp": (today() + timedelta(days=30)).isoformat(),
    } | more  # fmt: skip


def slot(days: int, hour: int, minute: int = 0, **more: Any) -> dict[str, Any]:
    """A time in some days."""
    at: datetime = local(today() + timedelta(days=days), time(hour, minute))
    return {
        "start": at.isoformat(),
        "minutes": 20,
        "room": "A12",
        "link": "https://mote.example.org/a",
    } | more


def talks_body(**more: Any) -> dict[str, Any]:
    """A round of talks with three times, to be booked within a week."""
    deadline: date = today() + timedelta(days=7)
    slots = [slot(9, 15), slot(9, 15, 20), slot(10, 15)]
    return {"title": "Höstens samtal", "deadline": deadline.isoformat(), "slots": slots} | more


def offered(world: World, **more: Any) -> tuple[str, list[dict[str, Any]]]:
    """A round of talks of the class, and its times."""
    mentor = world.klass.mentor_ids[0]
    made = post("offer_talks", mentor, talks_body(**more), group=world.klass.id)
    assert made.status == 201, made.body
    seen = get("read_talk_round", mentor, group=world.klass.id, round=made.body["id"])
    assert seen.status == 200, seen.body
    return made.body["id"], seen.body["slots"]


def book(pupil: str, round: str, slot: str, by: str, **body: Any) -> Answer:
    """Book a time."""
    return post("book_talk", by, {"slot": slot, **body}, pupil=pupil, round=round)


def minutes_body(**more: Any) -> dict[str, Any]:
    """Minutes that are ready."""
    return {
        "held": today().isoformat(), "text": "Vi talade om läsning.", "ready": True,
        "agreements": [{"what": "Läsa hemma", "who": "home"}],
    } | more  # fmt: skip


def homes(world: World, index: int = 0) -> tuple[str, PersonId, PersonId]:
    """A classmate, and both guardians."""
    pupil = world.classmates()[index]
    one, other = (g.guardian_id for g in pupil.guardians)
    return pupil.id, one, other

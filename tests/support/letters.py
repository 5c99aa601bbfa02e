"""What school and home write to each other, for tests."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from infra.local.cloud import Cloud
from infra.local.population import NewPupil
from skolkit.clock import today
from skolkit.types import PersonId
from tests.support.areas import Answer, call, deliver, outbox, run_schedule
from tests.support.asks import new_key, over
from tests.support.world import World, drop, person_row

TEXTS = [{"language": "sv", "title": "Utflykt", "body": "Vi går till skogen."}]


def audience(kind: str, id: str | None, *roles: str, year: int | None = None) -> dict[str, Any]:
    return {"kind": kind, "id": id, "year": year, "roles": list(roles or ("guardians",))}


def news_body(*audiences: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"audiences": list(audiences), "texts": TEXTS, **more}


def post(by: PersonId, *audiences: dict[str, Any], **more: Any) -> Answer:
    return call("messages", "post_news", by, body=news_body(*audiences, **more), headers=new_key())


def handed(function: str, kind: str, *, times: int = 1) -> None:
    """Hand all facts of a kind that messages has committed to a function of its own."""
    for _ in range(times):
        for fact in outbox("messages"):
            if fact["type"] == f"messages.{kind}.v1":
                assert deliver("messages", function, fact) == []


def published(by: PersonId, *audiences: dict[str, Any], **more: Any) -> str:
    """The id of a post that has been put up."""
    made = post(by, *audiences, **more)
    assert made.status == 201, made.body
    handed("publish_news", "NewsDue")
    return str(made.body["id"])


def seen(by: PersonId, **query: Any) -> list[dict[str, Any]]:
    page = call("messages", "list_news", by, query=query)
    assert page.status == 200, page.body
    data: list[dict[str, Any]] = page.body["data"]
    return data


def told(template: str) -> list[str]:
    """Everybody whom facts say are due a message, each time they are named."""
    return [
        person
        for fact in outbox("messages")
        if fact["type"] == "messages.MessageDue.v1" and fact["data"]["template"] == template
        for person in fact["data"]["recipients"]
    ]


def custody_ended(world: World, child: str, adult: str) -> None:
    """Let somebody's custody have ended yesterday."""
    office, path = world.staff("administrator"), {"person": child, "adult": adult}
    answers = (
        call("register", "end_responsible", office, path=path, headers=over(version))
        for version in range(1, 9)
    )
    assert any(answer.status == 204 for answer in answers)


def tick() -> None:
    run_schedule("messages", "publish_due")
    handed("publish_news", "NewsDue")


def write(name: str, by: PersonId, text: str = "Hej!", *, path: Mapping[str, str], **more: Any) -> Answer:
    """Begin a conversation, or write in one."""
    return call("messages", name, by, path=path, body={"text": text, **more}, headers=new_key())


def conversation(by: PersonId, pupil: str, text: str = "Hej!", **more: Any) -> tuple[str, str]:
    """The ids of a conversation about a pupil and its first message."""
    made = write("start_conversation", by, text, path={"pupil": pupil}, title="Läxor", **more)
    assert made.status == 201, made.body
    return made.body["conversation"], made.body["message"]


def talks(by: PersonId) -> list[str]:
    """The ids of somebody's conversations."""
    page = call("messages", "list_conversations", by)
    assert page.status == 200, page.body
    return [row["id"] for row in page.body["data"]]


def messages(by: PersonId, id: str) -> list[dict[str, Any]]:
    """What somebody sees of a conversation, oldest first."""
    page = call("messages", "read_conversation", by, path={"conversation": id})
    assert page.status == 200, page.body
    rows: list[dict[str, Any]] = page.body["data"]
    return rows[::-1]


def consent_body(world: World, kind: str) -> dict[str, Any]:
    """A question to the homes of the class, to be answered within ten days."""
    return {
        "kind": kind, "groups": [world.klass.id], "texts": TEXTS,
        "deadline": (today() + timedelta(days=10)).isoformat(),
        "until": (today() + timedelta(days=60)).isoformat(),
    }  # fmt: skip


def consent(world: World, kind: str) -> str:
    """The id of a question by the class's mentor."""
    made = call(
        "messages", "ask_consent", world.klass.mentor_ids[0], body=consent_body(world, kind),
        headers=new_key(),
    )  # fmt: skip
    assert made.status == 201, made.body
    return str(made.body["id"])


def come_of_age(cloud: Cloud, pupil: NewPupil, born: date | None = None) -> None:
    """Let a pupil be 18, from today on when nothing else is said."""
    day = born or today().replace(year=today().year - 18)
    row = {key: value for key, value in person_row(pupil).items() if key != "civicNo"}
    row |= {
        "birthDate": day.isoformat(),
        "responsibles": [{"person": g.guardian_id} for g in pupil.guardians],
    }
    report = drop(cloud, f"register/persons/{pupil.id}.jsonl", [row])
    assert report["failed"] == 0, report["faults"]


def show(by: PersonId, child: str, version: int = 0, **what: bool) -> Answer:
    """Choose what the other homes of a child's groups see."""
    return call(
        "messages", "choose_contact_visibility", by, path={"child": child}, body=what, headers=over(version)
    )

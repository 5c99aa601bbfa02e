"""Forms for tests: one with a question of every kind, and answers to it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from infra.local.population import NewPupil
from skolkit.clock import today
from skolkit.types import PersonId
from tests.support.areas import Answer, call
from tests.support.asks import new_key, over
from tests.support.letters import TEXTS, audience, handed
from tests.support.world import World


def phrases(text: str) -> list[dict[str, str]]:
    return [{"language": "sv", "text": text}]


def choice(id: str, kind: str, *options: str, **more: Any) -> dict[str, Any]:
    rows = [{"id": option, "texts": phrases(f"={option}")} for option in options]
    return {"id": id, "kind": kind, "texts": phrases(id), "options": rows, **more}


QUESTIONS: list[dict[str, Any]] = [
    choice("day", "oneOf", "monday", "tuesday"),
    {"id": "allergic", "kind": "yesNo", "texts": phrases("Allergi?")},
    {
        "id": "what", "kind": "text", "texts": phrases("Vad?"), "length": 200,
        "shownWhen": {"question": "allergic", "answer": "yes"},
    },
    {"id": "siblings", "kind": "number", "texts": phrases("Syskon"), "low": 0, "high": 9, "required": False},
    {"id": "from", "kind": "date", "texts": phrases("Från"), "first": "2026-01-01", "required": False},
    choice("brings", "severalOf", "tent", "stove", "boat", required=False),
]  # fmt: skip


ANSWERS: list[dict[str, Any]] = [
    {"question": "day", "chosen": ["monday"]},
    {"question": "allergic", "yes": False},
]


ALLERGIC: list[dict[str, Any]] = [
    {"question": "day", "chosen": ["tuesday"]}, {"question": "allergic", "yes": True},
    {"question": "what", "text": '=HYPERLINK("x") och nötter'}, {"question": "siblings", "number": 2},
    {"question": "from", "day": "2026-12-01"}, {"question": "brings", "chosen": ["boat", "tent"]},
]  # fmt: skip


def form_body(world: World, *audiences: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A form to the homes of the class, one answer per child, to be answered within ten days."""
    return {
        "audiences": list(audiences or (audience("group", world.klass.id),)), "texts": TEXTS,
        "questions": QUESTIONS, "respondents": "child",
        "deadline": (today() + timedelta(days=10)).isoformat(), **more,
    }  # fmt: skip


def draft(world: World, *audiences: dict[str, Any], by: PersonId | None = None, **more: Any) -> str:
    """The id of a draft by the class's mentor, or somebody else."""
    who = by or world.klass.mentor_ids[0]
    made = call("messages", "draft_form", who, body=form_body(world, *audiences, **more), headers=new_key())
    assert made.status == 201, made.body
    return str(made.body["id"])


def moved(by: PersonId, id: str, state: str, version: int = 1) -> Answer:
    """Publish, close or withdraw a form."""
    body = {"state": state}
    return call("messages", "move_form", by, path={"form": id}, body=body, headers=over(version))


def form(world: World, *audiences: dict[str, Any], by: PersonId | None = None, **more: Any) -> str:
    """The id of a form that has been published and told of."""
    id = draft(world, *audiences, by=by, **more)
    assert moved(by or world.klass.mentor_ids[0], id, "published").status == 200
    handed("tell_about_form", "FormDue")
    return id


def fill(
    by: PersonId, about: str, id: str, answers: Iterable[dict[str, Any]] = ANSWERS, *, version: int = 0
) -> Answer:
    """Answer a form about somebody."""
    path, body = {"person": about, "form": id}, {"answers": list(answers)}
    return call("messages", "answer_form", by, path=path, body=body, headers=over(version))


def exported(by: PersonId, id: str, format: str = "csv") -> str:
    """The id of a file of answers that has been written."""
    asked = call("messages", "export_form", by, path={"form": id}, body={"format": format}, headers=new_key())
    assert asked.status == 202, asked.body
    handed("write_form_export", "FormExportAsked")
    return str(asked.body["id"])


def family(world: World, number: int = 0) -> tuple[NewPupil, PersonId, PersonId]:
    pupil = world.classmates()[number]
    return pupil, pupil.guardians[0].guardian_id, pupil.guardians[1].guardian_id


def code(reply: Any) -> tuple[int, str]:
    return reply.status, reply.body.get("type", "").rpartition(":")[2]


def own(by: PersonId, about: str, id: str) -> Any:
    return call("messages", "read_form_to_answer", by, path={"person": about, "form": id})


def asked(by: PersonId) -> list[dict[str, Any]]:
    page = call("messages", "list_forms", by)
    assert page.status == 200, page.body
    rows: list[dict[str, Any]] = page.body["data"]
    return rows


def statistics(by: PersonId, id: str) -> dict[str, Any]:
    found = call("messages", "read_form_statistics", by, path={"form": id})
    assert found.status == 200, found.body
    body: dict[str, Any] = found.body
    return body


def listed(by: PersonId, id: str, name: str = "list_form_answers", limit: int = 4) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    cursor = None
    while True:
        query = {"limit": limit} | ({"cursor": cursor} if cursor else {})
        page = call("messages", name, by, path={"form": id}, query=query)
        assert page.status == 200, page.body
        assert len(page.body["data"]) <= limit
        rows += page.body["data"]
        if not (cursor := page.body["cursor"]):
            return rows


def counts(found: dict[str, Any], question: str) -> dict[str, int]:
    (row,) = [one for one in found["questions"] if one["question"] == question]
    return {one["value"]: one["count"] for one in row["counts"]}

"""Leave applied for, decided on and read."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

from functions.attendance import store
from functions.attendance.domain.absence import Reason
from infra.local.population import NewPupil
from skolkit.clock import local
from skolkit.sweden.calendar import SchoolYear, default_calendar
from skolkit.types import PersonId, new_id
from tests.support.areas import Answer, acting_as, call, outbox
from tests.support.asks import delegated
from tests.support.world import World

GRANT = {"outcome": "granted", "ground": "personalMatter"}


def morning(day: date) -> datetime:
    return local(day, time(6, 45))


def ahead(world: World, count: int) -> list[date]:
    """The school days of the year from the last day with lessons on."""
    return [day for day in default_calendar(year(world)).school_days() if day >= world.days[-1]][:count]


def year(world: World) -> SchoolYear:
    return SchoolYear.of(world.days[-1])


def apply(pupil: NewPupil, first: date, last: date | None = None, by: int = 0, **more: Any) -> Answer:
    body = {"startDate": first.isoformat(), "endDate": (last or first).isoformat(), "purpose": "travel"}
    return call(
        "attendance", "apply_for_leave", pupil.guardians[by].guardian_id, path={"pupil": pupil.id},
        body=body | more, headers={"idempotency-key": new_id()},
    )  # fmt: skip


def decide(pupil: NewPupil, id: str, by: PersonId, **body: Any) -> Answer:
    return call(
        "attendance", "decide_leave", by, path={"pupil": pupil.id, "leave": id}, body=body or GRANT,
        headers={"idempotency-key": new_id()},
    )  # fmt: skip


def withdraw(pupil: NewPupil, id: str, version: int, by: int = 0) -> Answer:
    return call(
        "attendance", "withdraw_leave", pupil.guardians[by].guardian_id,
        path={"pupil": pupil.id, "leave": id}, headers={"if-match": f'"{version}"'},
    )  # fmt: skip


def read(pupil: NewPupil, id: str, by: PersonId | None = None) -> Any:
    path = {"pupil": pupil.id, "leave": id}
    answer = call("attendance", "read_leave", by or pupil.guardians[1].guardian_id, path=path)
    assert answer.status == 200, answer.body
    return answer.body


def delegate(world: World, **other: Any) -> PersonId:
    """Let the class's mentor decide on leave."""
    mentor = world.klass.mentor_ids[0]
    given = call(
        "organisation", "delegate", world.staff("principal"),
        path={"unit": world.unit, "employee": mentor},
        body=delegated(0) | {"actions": ["attendance:decide_leave"]} | other,
        headers={"idempotency-key": new_id()},
    )  # fmt: skip
    assert given.status == 201, given.body
    return mentor


def choose(world: World, **body: Any) -> Answer:
    chosen = call(
        "attendance", "change_leave_settings", world.staff("principal"), path={"unit": world.unit},
        body=body, headers={"if-match": '"0"'},
    )  # fmt: skip
    assert chosen.status == 200, chosen.body
    return chosen


def marked(pupil: NewPupil, days: list[date]) -> list[date]:
    """The days that say that the pupil is on leave."""
    with acting_as("attendance"):
        found = store.days_of(PersonId(pupil.id), days)
    return [d.day for d in found if any(why is Reason.LEAVE for _, why in d.notices.values())]


def due(template: str) -> list[dict[str, Any]]:
    facts = [e["data"] for e in outbox("attendance") if e["type"] == "attendance.MessageDue.v1"]
    return [fact for fact in facts if fact["template"] == template]


def waiting(world: World, by: PersonId) -> list[str]:
    listed = call("attendance", "list_waiting_leaves", by, path={"unit": world.unit})
    assert listed.status == 200, listed.body
    return [row["id"] for row in listed.body["data"]]


def refusal(answer: Answer) -> tuple[int, str]:
    return answer.status, answer.body["type"].removeprefix("urn:skolkit:problem:")

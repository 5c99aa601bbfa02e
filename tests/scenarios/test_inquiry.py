"""A pupil is away again and again (process 23): the night suggests, the principal investigates, the
organiser is told at once, the home sees what is shared, and the case is closed.
"""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

import httpx
import pytest

from infra.local.population import NewPupil
from skolkit.clock import local, today
from skolkit.sweden.calendar import SchoolYear, default_calendar
from skolkit.types import PersonId, new_id
from tests.support import faults
from tests.support.areas import Answer
from tests.support.deployed import Deployed, eventually
from tests.support.scenes import little_school, miss, plan, refused, take

PROCESSES = (23,)


@pytest.fixture
def own(school: Deployed) -> Deployed:
    return little_school(school, "99990231")


def past_lessons() -> list[datetime]:
    """A lesson on each of the last four school days; fewer in the first days of a term."""
    days = [today() - timedelta(days=n) for n in range(1, 29)]
    school = [day for day in days if default_calendar(SchoolYear.of(day)).is_school_day(day)]
    return [local(day, time(3, 30)) for day in sorted(school[:4])]


def staff(school: Deployed, role: str, unit: str | None) -> PersonId:
    person = PersonId(new_id())
    card = {"id": person, "givenName": "Prov", "familyName": "Anställd", "birthDate": "1980-01-31"}
    assert take(school.cloud, "register/persons", [card])["failed"] == 0
    duty = {"person": person, "role": role, "unit": unit, "startDate": "2020-08-01"}
    assert take(school.cloud, "organisation/duties", [duty])["failed"] == 0
    return person


def post(own: Deployed, name: str, by: PersonId, body: Any = None, **path: str) -> Answer:
    return own.call("attendance", name, by, path=path, body=body, headers={"idempotency-key": new_id()})


def link_of(own: Deployed, by: PersonId, place: dict[str, str]) -> str:
    def written() -> str:
        answer = own.call("attendance", "link_inquiry_paper", by, path=place)
        assert answer.status in (200, 409), answer.body
        return str(answer.body.get("url", ""))

    return eventually(written)


def verified(own: Deployed) -> str | bool:
    return str(own.cloud.certificate) if own.cloud.certificate else True


def suggested(own: Deployed, pupil: NewPupil) -> list[dict[str, Any]]:
    own.invoke("attendance", "watch_absence")
    principal, path = own.world.staff("principal"), {"unit": own.world.unit}

    def found() -> list[dict[str, Any]]:
        rows = own.call("attendance", "list_inquiry_suggestions", principal, path=path).body["data"]
        return [row for row in rows if row["pupil"] == pupil.id]

    return eventually(found)


def test_absence_is_found_investigated_followed_up_and_closed(own: Deployed) -> None:
    starts = past_lessons()
    if len(starts) < 4:
        pytest.skip("the term has just begun")
    head, pupil = own.world.staff("principal"), own.world.classmates()[0]
    nurse = staff(own, "school_nurse", str(own.world.population.unit.code))
    officer = staff(own, "attendance_officer", None)
    for lesson in plan(own, starts):
        miss(own, lesson, [pupil])
    rows = suggested(own, pupil)
    assert "unexcusedDays" in {row["cause"] for row in rows}

    opened = post(own, "open_inquiry", head, {"handler": nurse}, pupil=pupil.id)
    assert opened.status == 201, opened.body
    path = {"inquiry": opened.body["id"]}
    facts = eventually(
        lambda: [f["data"] for f in faults.facts(own.cloud) if f["data"].get("template") == "inquiry_opened"]
    )
    assert any(officer in fact["recipients"] for fact in facts)
    read = own.call("attendance", "read_inquiry", head, path=path)
    assert (read.status, bool(read.body["organiserTold"]), bool(read.body["reasons"])) == (200, True, True)

    def note(by: PersonId, kind: str, code: str, **other: Any) -> Answer:
        body = {"kind": kind, "code": code, "day": today().isoformat(), **other}
        return post(own, "add_inquiry_note", by, body, **path)

    meeting = note(
        nurse, "meeting", "survey", participants=["pupil", "guardians"], text="Trivs inte på rasterna"
    )
    assert meeting.status == 201, meeting.body
    assert note(head, "measure", "contactPerson", text="Varje måndag", shared=True).status == 201
    assert note(head, "plannedFollowUp", "followUp").body["followUps"] == [today().isoformat()]
    own.invoke("attendance", "remind_of_follow_ups")
    assert eventually(
        lambda: [
            f for f in faults.facts(own.cloud)
            if f["data"].get("template") == "inquiry_follow_up" and nurse in f["data"]["recipients"]
        ]
    )  # fmt: skip

    home = {"pupil": pupil.id}
    seen = own.call("attendance", "read_shared_inquiries", pupil.guardians[0].guardian_id, path=home)
    (shared,) = seen.body["data"]
    assert [(one["code"], one["text"]) for one in shared["shared"]] == [("contactPerson", "Varje måndag")]
    assert "rasterna" not in str(seen.body)

    for edition, by in (("whole", nurse), ("home", pupil.guardians[0].guardian_id)):
        paper = post(own, "make_inquiry_paper", nurse, {"edition": edition}, **path)
        assert paper.status == 202, paper.body
        place = {**path, "paper": paper.body["id"]}
        content = httpx.get(link_of(own, by, place), verify=verified(own)).content
        assert content.startswith(b"%PDF-1.7")
        reached = own.call("attendance", "link_inquiry_paper", pupil.guardians[0].guardian_id, path=place)
        assert reached.status == (200 if edition == "home" else 404)

    strangers = (
        staff(own, "principal", "99990017"),
        staff(own, "teacher", str(own.world.population.unit.code)),
    )
    for stranger in (*strangers, own.world.staff("administrator"), pupil.guardians[0].guardian_id):
        refused(own.call("attendance", "read_inquiry", stranger, path=path), 404, "not-found")
        refused(own.call("attendance", "list_pupil_inquiries", stranger, path=home), 404, "not-found")

    assert note(nurse, "followUp", "improved").body["followUps"] == []
    ended = post(own, "close_inquiry", head, {"outcome": "attendanceRestored", "effect": "improved"}, **path)
    assert (ended.status, ended.body["closed"]) == (200, today().isoformat())
    refused(note(nurse, "step", "analysing"), 409, "inquiry-is-closed")

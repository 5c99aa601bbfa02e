"""A family applies for leave, and those who may decide on it (process 22)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from infra.local.population import NewPupil
from skolkit.clock import today
from skolkit.sweden.calendar import SchoolYear, default_calendar
from skolkit.types import PersonId, new_id
from tests.support import faults
from tests.support.areas import Answer
from tests.support.deployed import Deployed, eventually
from tests.support.scenes import little_school, open_lesson, refused

PROCESSES = (22,)


@pytest.fixture
def own(school: Deployed) -> Deployed:
    return little_school(school, "99990222")


def key() -> dict[str, str]:
    return {"idempotency-key": new_id()}


def ahead(first: date, count: int) -> list[date]:
    """School days of one school year: from a day on, or the next year's if there are not so many left."""
    year = SchoolYear.of(first)
    left = [day for day in default_calendar(year).school_days() if day >= first]
    if len(left) < count:
        left = default_calendar(SchoolYear(year.start_year + 1)).school_days()
    return left[:count]


def apply(own: Deployed, pupil: NewPupil, first: date, last: date) -> Answer:
    body = {
        "startDate": first.isoformat(), "endDate": last.isoformat(), "purpose": "travel",
        "words": "Mormor fyller 80 i Umeå.",
    }  # fmt: skip
    by = pupil.guardians[0].guardian_id
    return own.call("attendance", "apply_for_leave", by, path={"pupil": pupil.id}, body=body, headers=key())


def decide(own: Deployed, pupil: NewPupil, id: str, by: PersonId, **body: str) -> Answer:
    path = {"pupil": pupil.id, "leave": id}
    return own.call("attendance", "decide_leave", by, path=path, body=body, headers=key())


def mails(own: Deployed, pupil: NewPupil, subject: str) -> list[dict[str, Any]]:
    homes = {g.guardian_id for g in pupil.guardians}
    addresses = {g.email for g in own.world.population.guardians if g.id in homes}
    return [m for m in own.cloud.messages() if set(m["To"]) & addresses and m["Subject"] == subject]


def test_a_home_applies_and_the_mentor_or_the_principal_decides(own: Deployed) -> None:
    pupil = own.world.classmates()[0]
    unit, head, mentor = {"unit": own.world.unit}, own.world.staff("principal"), own.world.klass.mentor_ids[0]
    one, other = (g.guardian_id for g in pupil.guardians)
    chosen = own.call(
        "attendance", "change_leave_settings", head, path=unit, body={"bothGuardians": True},
        headers={"if-match": '"0"'},
    )  # fmt: skip
    assert chosen.status == 200, chosen.body
    lesson = next(x for x in own.world.of_class() if today(x.start) > today())
    days = ahead(today(lesson.start), 3)

    sent = apply(own, pupil, days[0], days[2])
    assert (sent.status, sent.body["state"], sent.body["days"]) == (201, "consent", 3), sent.body
    path = {"pupil": pupil.id, "leave": sent.body["id"]}
    granting = {"outcome": "granted", "ground": "personalMatter"}
    refused(decide(own, pupil, sent.body["id"], head, **granting), 409, "not-to-decide")
    eventually(lambda: len(mails(own, pupil, "Ansökan om ledighet väntar på ditt svar")) == 1)
    agreed = own.call("attendance", "answer_leave", other, path=path, body={"agrees": True}, headers=key())
    assert (agreed.status, agreed.body["state"]) == (200, "waiting"), agreed.body

    refused(decide(own, pupil, sent.body["id"], mentor, **granting), 404, "not-found")
    new = {
        "actions": ["attendance:decide_leave"], "basis": "skollagen 2:10",
        "startDate": today().isoformat(), "endDate": (today() + timedelta(days=30)).isoformat(),
    }  # fmt: skip
    to = unit | {"employee": mentor}
    given = own.call("organisation", "delegate", head, path=to, body=new, headers=key())
    assert given.status == 201, given.body
    inbox = own.call("attendance", "list_waiting_leaves", mentor, path=unit).body["data"]
    assert [(row["id"], row["givenName"]) for row in inbox] == [(sent.body["id"], pupil.given_name)]
    granted = decide(own, pupil, sent.body["id"], mentor, **granting)
    assert (granted.status, granted.body["state"]) == (201, "granted"), granted.body
    row = next(r for r in open_lesson(own, lesson).body["rows"] if r["pupil"] == pupil.id)
    assert (row["attendanceMinutes"], row["absenceReason"]) == (0, "leave")
    eventually(lambda: len(mails(own, pupil, "Ledighet beviljad")) == 2)

    later = ahead(days[2] + timedelta(days=20), 12)
    long = apply(own, pupil, later[0], later[-1])
    assert long.status == 201, long.body
    path = {"pupil": pupil.id, "leave": long.body["id"]}
    own.call("attendance", "answer_leave", other, path=path, body={"agrees": True}, headers=key())
    refused(decide(own, pupil, long.body["id"], mentor, **granting), 409, "principal-decides")
    used = 3 if SchoolYear.of(later[0]) == SchoolYear.of(days[0]) else 0
    shown = own.call("attendance", "read_leave", head, path=path).body
    assert (shown["days"], shown["usedDays"], shown["principalOnly"]) == (12, used, True)
    refused(decide(own, pupil, long.body["id"], head, **granting), 422, "wrong-ground", "ground")
    said = decide(
        own, pupil, long.body["id"], head, outcome="refused", ground="noExceptionalReasons",
        motivation="Resan kan göras på lovet.",
    )  # fmt: skip
    assert (said.status, said.body["state"]) == (201, "refused"), said.body
    eventually(lambda: len(mails(own, pupil, "Ledighet avslagen")) == 2)
    faults.quiet(own.cloud)
    (decision,) = own.call("attendance", "read_leave", one, path=path).body["decisions"]
    assert (decision["motivation"], decision["role"]) == ("Resan kan göras på lovet.", "principal")
    assert "kommunallagen" in decision["appeal"]
    (mail, _) = mails(own, pupil, "Ledighet avslagen")
    assert "överklagas" in str(mail)
    assert not any(said in str(mail) for said in (pupil.family_name, "Umeå", "lovet"))

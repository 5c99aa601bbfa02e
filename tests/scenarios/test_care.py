"""Hours at preschool (process 25): a child with two homes, alternate weeks, a change that staff approves, the
morning at the door, how many staff the day takes, and what went another way.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

import pytest

from skolkit.clock import local, now, stamp, today
from skolkit.types import PersonId, new_id
from tests.support.areas import Answer
from tests.support.deployed import Deployed
from tests.support.scenes import little_school, refused, take

PROCESSES = (25,)
SUN, KIM, SAM = (PersonId(new_id()) for _ in range(3))
ANNA, BO, STAFF = (PersonId(new_id()) for _ in range(3))


@pytest.fixture(scope="module")
def own(school: Deployed) -> Deployed:
    """A unit with a department of two children, whose guardians live apart."""
    made = little_school(school, "99990058")
    unit, home = made.world.unit, [{"person": p, "relationType": "Vårdnadshavare"} for p in (ANNA, BO)]

    def person(id: PersonId, name: str, born: str, **more: Any) -> dict[str, Any]:
        return {"id": id, "givenName": name, "familyName": "Prov", "birthDate": born, **more}

    place = {"enroledAt": unit, "schoolType": "FS", "startDate": "2026-08-18"}
    people = [
        person(ANNA, "Anna", "1985-05-05"), person(BO, "Bo", "1986-06-06"),
        person(STAFF, "Personal", "1987-07-07"),
        person(KIM, "Kim", "2022-05-04", enrolments=[place], responsibles=home),
        person(SAM, "Sam", "2023-05-04", enrolments=[place], responsibles=home),
    ]  # fmt: skip
    assert take(made.cloud, "register/persons", people)["failed"] == 0
    duty = {"person": STAFF, "unit": unit, "role": "preschool_staff", "startDate": "2020-08-01"}
    assert take(made.cloud, "organisation/duties", [duty])["failed"] == 0
    group = {
        "id": SUN, "unit": unit, "name": "Solen", "groupType": "Avdelning", "teachers": [STAFF],
        "members": [{"person": p, "startDate": "2026-08-18"} for p in (KIM, SAM)],
    }  # fmt: skip
    assert take(made.cloud, "organisation/groups", [group])["failed"] == 0
    return made


def ask(own: Deployed, name: str, by: PersonId, body: Any = None, *, key: str = "",
        query: dict[str, str] | None = None, **path: str) -> Answer:  # fmt: skip
    headers = {"idempotency-key": key or new_id()}
    return own.call("attendance", name, by, path=path, body=body, headers=headers, query=query)


def placement(own: Deployed, child: PersonId) -> str:
    (place,) = ask(own, "read_care", ANNA, pupil=child).body["placements"]
    return str(place["id"])


def weeks(own: Deployed, child: PersonId, week: int, first: date, **more: Any) -> dict[str, Any]:
    """All days of odd (1) or even (2) weeks, eight to sixteen."""
    entries = [{"week": week, "weekDay": n, "startTime": "08:00", "endTime": "16:00"} for n in range(1, 8)]
    return {
        "placement": placement(own, child), "numberOfWeeks": 2, "byWeekNumber": True,
        "startDate": first.isoformat(), "endDate": (first + timedelta(days=120)).isoformat(),
        "scheduleEntries": entries, **more,
    }  # fmt: skip


def expected(own: Deployed, day: date, hour: int) -> int:
    """How many children the curve expects at an hour of a day."""
    seen = ask(own, "read_care_curve", STAFF, query={"from": day.isoformat()}, group=SUN)
    assert seen.status == 200, seen.body
    at = local(day, time(hour))
    (found,) = seen.body["days"]
    return sum(q["expected"] for q in found["quarters"] if datetime.fromisoformat(q["start"]) == at)


def test_two_homes_have_the_child_every_other_week(own: Deployed) -> None:
    first = today() + timedelta(days=21)
    for guardian, week in ((ANNA, 1), (BO, 2)):
        made = ask(own, "add_care_schedule", guardian, weeks(own, KIM, week, first), pupil=KIM)
        assert (made.status, made.body["owner"], made.body["state"]) == (201, guardian, "Godkänt"), made.body
    both = ask(own, "add_care_schedule", BO, weeks(own, KIM, 1, first), pupil=KIM)
    refused(both, 409, "homes-overlap", "date")
    refused(ask(own, "add_care_schedule", BO, weeks(own, KIM, 2, first, owner=ANNA), pupil=KIM), 409,
            "not-your-home", "owner")  # fmt: skip
    assert [expected(own, first + timedelta(days=n), 9) for n in (0, 7)] == [1, 1]
    stranger = own.world.classmates()[0].guardians[0].guardian_id
    refused(ask(own, "read_care", stranger, pupil=KIM), 404, "not-found")

    seen = ask(own, "read_care", ANNA, pupil=KIM).body["schedules"]
    assert [s["owner"] for s in seen] == [ANNA, BO]


def test_a_change_is_asked_for_approved_and_counted(own: Deployed) -> None:
    tomorrow = today() + timedelta(days=1)
    body = {
        "placement": placement(own, SAM), "startDate": tomorrow.isoformat(),
        "endDate": tomorrow.isoformat(), "kind": "hours",
        "hours": [{"startTime": "06:00", "endTime": "09:00"}],
    }  # fmt: skip
    asked = ask(own, "change_care_days", ANNA, body, pupil=SAM)
    assert (asked.status, asked.body["data"][0]["state"]) == (201, "Begärt"), asked.body
    assert expected(own, tomorrow, 7) == 0
    (row,) = ask(own, "list_care_requests", STAFF, group=SUN).body["data"]
    assert (row["child"], row["owner"], row["date"]) == (SAM, ANNA, tomorrow.isoformat())
    yes = {"date": row["date"], "owner": row["owner"], "approved": True}
    refused(ask(own, "decide_care", BO, yes, pupil=SAM), 404, "not-found")
    assert ask(own, "decide_care", STAFF, yes, pupil=SAM).body == {"state": "Godkänt"}
    assert expected(own, tomorrow, 7) == 1


def test_children_come_in_the_morning_and_the_day_is_followed_up(own: Deployed) -> None:
    day = today()
    late = now() - timedelta(minutes=2)
    key = new_id()
    came = {"id": new_id(), "child": KIM, "eventType": "In", "time": stamp(late)}
    first, again = (ask(own, "check_in", STAFF, {"events": [came]}, key=key, group=SUN) for _ in range(2))
    assert (first.status, again.body) == (200, first.body)
    assert first.body["data"][0]["outcome"] == "recorded"
    both = [came, {"id": new_id(), "child": SAM, "eventType": "In", "time": stamp(late)}]
    answer = ask(own, "check_in", STAFF, {"events": both}, group=SUN)
    assert [row["outcome"] for row in answer.body["data"]] == ["known", "recorded"]
    refused(ask(own, "check_in", ANNA, {"events": both}, group=SUN), 404, "not-found")

    on = {"date": today(late).isoformat()}
    seen = ask(own, "read_care_department", STAFF, query=on, group=SUN).body
    assert (seen["counts"], {c["givenName"] for c in seen["children"]}) == ({"in": 2}, {"Kim", "Sam"})
    listed = ask(own, "list_care_deviations", STAFF, query=on, group=SUN).body["data"]
    assert {row["child"]: row["deviations"] for row in listed} == {
        KIM: ["withoutSchedule"], SAM: ["withoutSchedule"],
    }  # fmt: skip
    curve = ask(own, "read_care_curve", STAFF, query={"from": on["date"]}, group=SUN).body
    there = [q["actual"] for q in curve["days"][0]["quarters"] if q["actual"]]
    assert there
    assert set(there) == {2}
    hours = ask(own, "list_care_hours", STAFF, query={"date": day.isoformat()}, group=SUN).body["data"]
    assert {row["child"] for row in hours} == {KIM, SAM}
    assert all(row["allowedMinutes"] is None and not row["over"] for row in hours)

"""Classes and groups (process 13): a pupil changes class, and the lists of coming lessons follow by the
bus.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from skolkit.clock import now, today
from skolkit.types import PersonId, new_id
from tests.support.areas import Answer
from tests.support.deployed import Deployed, eventually
from tests.support.scenes import faults, little_school, open_lesson, refused, stored, take
from tests.support.world import Lesson

PROCESSES = (13,)


@pytest.fixture
def own(school: Deployed) -> Deployed:
    return little_school(school, "99990033")


def member(own: Deployed, by: PersonId, person: str, **membership: Any) -> Answer:
    """Put someone in the class from today on, or, without a membership, take them out."""
    return own.call(
        "organisation", "put_member" if membership else "remove_member", by,
        path={"group": own.world.klass.id, "person": person}, body=membership or None,
    )  # fmt: skip


def coming(own: Deployed) -> Lesson:
    """A lesson of the class that has not begun."""
    return next(lesson for lesson in own.world.of_class() if lesson.start > now() + timedelta(minutes=10))


def roster(own: Deployed, lesson: Lesson) -> set[str]:
    return {row["pupil"] for row in open_lesson(own, lesson).body["rows"]}


def test_coming_lessons_follow_a_class(own: Deployed) -> None:
    office, lesson, first = own.world.staff("administrator"), coming(own), today().isoformat()
    newcomer: dict[str, Any] = {
        "id": new_id(), "givenName": "Ny", "familyName": "Elev", "birthDate": "2016-05-04",
        "enrolments": [{"enroledAt": own.world.unit, "schoolType": "GR", "startDate": "2026-08-18"}],
    }  # fmt: skip
    assert take(own.cloud, "register/persons", [newcomer])["failed"] == 0
    before = roster(own, lesson)

    put = member(own, office, newcomer["id"], startDate=first)
    assert (put.status, put.body["group"]) == (200, own.world.klass.id), put.body
    eventually(lambda: roster(own, lesson) == before | {newcomer["id"]})
    listed = own.call(
        "organisation", "read_group", own.world.klass.mentor_ids[0], path={"group": own.world.klass.id}
    )
    assert {m["person"] for m in listed.body["members"]} == before | {newcomer["id"]}

    assert member(own, office, newcomer["id"]).status == 204
    eventually(lambda: roster(own, lesson) == before)
    refused(member(own, office, newcomer["id"]), 404, "not-found")


def test_what_cannot_be_is_refused(own: Deployed) -> None:
    office, mentor, pupil = (
        own.world.staff("administrator"),
        own.world.klass.mentor_ids[0],
        own.world.classmates()[0].id,
    )
    day = today().isoformat()
    before = stored(own.cloud, "organisation")
    refused(member(own, office, new_id(), startDate=day), 404, "not-found")
    wrong = member(own, office, pupil, startDate=day, endDate="2026-08-01")
    refused(wrong, 422, "membership-ends-before-start", "endDate")
    refused(member(own, office, pupil, startDate="i morgon"), 422, "invalid", "startDate")
    guardian = own.world.classmates()[0].guardians[0].guardian_id
    for person in (mentor, guardian, PersonId(pupil)):
        refused(member(own, person, pupil, startDate=day), 404, "not-found")
        refused(member(own, person, pupil), 404, "not-found")
    assert stored(own.cloud, "organisation") == before


def test_a_file_of_groups_with_broken_rows(own: Deployed) -> None:
    pupils = [pupil.id for pupil in own.world.classmates()[:2]]
    start, teacher = own.world.days[0].isoformat(), own.world.of_class()[0].teachers[0]
    good: dict[str, Any] = {
        "id": new_id(), "unit": own.world.unit, "name": "Läsgrupp", "groupType": "Undervisning",
        "members": [{"person": pupil, "startDate": start} for pupil in pupils], "teachers": [teacher],
    }  # fmt: skip
    rows = [
        good | {"id": new_id(), "unit": "99990090"},
        good | {"id": new_id(), "groupType": "Gäng"},
        good | {"id": new_id(), "members": [{"person": pupils[0], "startDate": "2026-13-01"}]},
        good,
    ]
    report = take(own.cloud, "organisation/groups", rows)
    assert (report["rows"], faults(report)) == (
        4,
        [(1, "unit"), (2, "groupType"), (3, "members.0.startDate")],
    )
    listed = own.call("organisation", "read_group", teacher, path={"group": good["id"]})
    assert {m["person"] for m in listed.body["members"]} == set(pupils)
    before = stored(own.cloud, "organisation")
    take(own.cloud, "organisation/groups", rows)
    assert stored(own.cloud, "organisation") == before


def office(own: Deployed, name: str, body: Any = None, *, version: int = 0, **path: str) -> Answer:
    """The municipality's administrator does something with groups."""
    over = {"if-match": f'"{version}"'} if version else {}
    return own.call(
        "organisation", name, own.world.staff("administrator"), path=path or {"unit": own.world.unit},
        body=body, headers={"idempotency-key": new_id(), **over},
    )  # fmt: skip


def test_a_group_filled_by_a_rule_follows_enrolments(own: Deployed) -> None:
    new = {"name": "Alla i fyran", "kind": "schema", "schoolForm": "GR", "year": 4}
    group = office(own, "create_group", new).body["id"]
    rule = {"terms": [{"schoolForm": "GR", "year": 4}], "automatic": True}
    assert office(own, "set_rule", rule, version=1, group=group).status == 200
    seen = office(own, "preview_rule", group=group).body
    assert set(own.world.klass.pupil_ids) <= set(seen["come"])
    applied = office(own, "apply_rule", {"startDate": today().isoformat()}, version=2, group=group)
    assert applied.body["come"] == seen["come"]

    newcomer = {"id": new_id(), "givenName": "Ny", "familyName": "Elev", "birthDate": "2016-05-04"}
    assert take(own.cloud, "register/persons", [newcomer])["failed"] == 0
    enrolment = {
        "unit": own.world.unit, "schoolForm": "GR", "year": 4, "startDate": today().isoformat(),
    }  # fmt: skip
    enrolled = own.call(
        "register", "enrol_pupil", own.world.staff("administrator"), path={"person": newcomer["id"]},
        body=enrolment, headers={"idempotency-key": new_id()},
    )  # fmt: skip
    assert enrolled.status == 201, enrolled.body

    def there() -> bool:
        members = office(own, "read_group", group=group).body["members"]
        return newcomer["id"] in {m["person"] for m in members}

    eventually(there)
    refused(office(own, "change_group", {"name": "Fyran"}, version=1, group=group), 412, "changed-meanwhile")

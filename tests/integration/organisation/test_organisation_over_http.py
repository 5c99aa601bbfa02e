"""Units, school years and class lists over HTTP."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from functions.organisation import queries
from infra.local.cloud import Cloud
from infra.local.population import NewPupil
from skolkit.clock import today
from skolkit.types import GroupId, PersonId, stable_id
from tests.support.areas import Answer, audit_rows, call, outbox
from tests.support.world import UNITS_TABLE, World, drop, make_world, person_row

NOBODY = PersonId(stable_id("nobody"))


@pytest.fixture
def world(tables: Cloud) -> World:
    return make_world(tables)


def test_units_come_in_pages_and_the_cursor_is_the_callers_own(tables: Cloud) -> None:
    head, row = UNITS_TABLE.splitlines()
    rows = [row.format(code=99990000 + n, name=f"Skola {n:02}", address="G", pupils=n) for n in range(7)]
    drop(tables, "organisation/units/units.csv", "\n".join([head, *rows]))
    names, query, pages = [], {"limit": 3}, 0
    while True:
        page = call("organisation", "list_units", NOBODY, query=query).body
        names += [unit["name"] for unit in page["data"]]
        pages += 1
        if page["cursor"] is None:
            break
        query = {"limit": 3, "cursor": page["cursor"]}
    assert (names, pages) == ([f"Skola {n:02}" for n in range(7)], 3)
    other = PersonId(stable_id("somebody else"))
    assert call("organisation", "list_units", other, query=query).status == 400
    assert call("organisation", "list_units", NOBODY, query={"cursor": "made up"}).status == 400
    assert call("organisation", "list_units", NOBODY, query={"limit": 0}).status == 422


def test_a_unit_and_its_school_year(world: World) -> None:
    path = {"unit": world.unit}
    unit = call("organisation", "read_unit", NOBODY, path=path).body
    assert (unit["name"], unit["code"], unit["schoolForms"]) == ("Provskolan", "99990017", ["GR"])
    year = call("organisation", "read_calendar", NOBODY, path=path, query={"schoolYear": "2026/27"}).body
    assert (year["schoolYear"], year["schoolDays"] >= 178) == ("2026/27", True)
    assert call("organisation", "read_calendar", NOBODY, path=path).body["schoolYear"] == "2026/27"
    assert (
        call("organisation", "read_calendar", NOBODY, path=path, query={"schoolYear": "2026"}).status == 422
    )
    twisted = call("organisation", "read_calendar", NOBODY, path=path, query={"schoolYear": "2026/29"})
    assert (twisted.status, twisted.body["errors"][0]["field"]) == (422, "schoolYear")
    for name in ("read_unit", "read_calendar"):
        assert call("organisation", name, NOBODY, path={"unit": stable_id("other")}).status == 404


def read(world: World, caller: PersonId) -> Answer:
    return call("organisation", "read_group", caller, path={"group": world.klass.id})


def test_a_class_list_is_for_its_staff(world: World) -> None:
    (mentor, *_) = world.klass.mentor_ids
    answer = read(world, mentor)
    assert answer.status == 200
    assert {member["person"] for member in answer.body["members"]} == set(world.klass.pupil_ids)
    assert mentor in {person["person"] for person in answer.body["mentors"]}
    assert all(member["givenName"] for member in answer.body["members"])
    for caller in (world.staff("principal"), world.staff("administrator")):
        assert read(world, caller).status == 200
    pupil = world.classmates()[0]
    for outsider in (pupil.id, pupil.guardians[0].guardian_id, NOBODY):
        assert read(world, outsider).status == 404
    assert [row["action"] for row in audit_rows(world.klass.id)] == ["read_group"] * 3


def test_a_protected_pupils_name_is_for_those_with_a_task(tables: Cloud, world: World) -> None:
    pupil: NewPupil = world.classmates()[0]
    drop(tables, "register/persons/p.jsonl", [person_row(pupil) | {"securityMarking": "Sekretessmarkering"}])

    def shown(caller: PersonId) -> tuple[str | None, bool]:
        members = read(world, caller).body["members"]
        member = next(member for member in members if member["person"] == pupil.id)
        return member["givenName"], member["protected"]

    assert shown(world.klass.mentor_ids[0]) == (pupil.given_name, True)
    assert shown(world.staff("principal")) == (pupil.given_name, True)
    assert shown(world.staff("administrator")) == (None, True)  # of the whole municipality


def test_guardians_are_for_the_groups_staff_and_the_office(tables: Cloud, world: World) -> None:
    pupil, hidden = world.classmates()[:2]
    drop(tables, "register/persons/p.jsonl", [person_row(hidden) | {"securityMarking": "Sekretessmarkering"}])
    path, asked = {"group": world.klass.id}, {"guardians": "true"}

    def homes(caller: PersonId) -> dict[str, Any]:
        answer = call("organisation", "read_group", caller, path=path, query=asked)
        return {m["person"]: m["guardians"] for m in answer.body["members"]}

    own = {guardian.guardian_id for guardian in pupil.guardians}
    mentor, office = world.klass.mentor_ids[0], world.staff("administrator")
    for caller in (mentor, office):
        assert {g["person"] for g in homes(caller)[pupil.id]} == own
        assert all(g["givenName"] for g in homes(caller)[pupil.id])
    assert homes(mentor)[hidden.id]
    assert homes(office)[hidden.id] == []  # of the whole municipality
    nurse = PersonId(stable_id("a school nurse"))
    id = {"person": nurse, "unit": world.unit, "role": "school_nurse", "startDate": "2026-01-01"}
    drop(tables, "organisation/duties/nurse.jsonl", [id])
    assert set(map(len, homes(nurse).values())) == {0}
    assert all(m["guardians"] == [] for m in read(world, mentor).body["members"])


def put(world: World, caller: PersonId, person: PersonId, **new: object) -> Answer:
    path = {"group": world.klass.id, "person": person}
    return call("organisation", "put_member", caller, path=path, body=new)


def test_someone_comes_to_a_group_and_leaves_it(world: World) -> None:
    office, group = world.staff("administrator"), GroupId(world.klass.id)
    newcomer = next(p.id for p in world.population.pupils if p.id not in world.klass.pupil_ids)
    already = len(outbox("organisation"))
    first = put(world, office, newcomer, startDate=str(today()))
    again = put(world, office, newcomer, startDate=str(today()))
    assert (first.status, first.body) == (again.status, again.body)
    found = queries.group(group, today())
    assert found is not None
    assert newcomer in found.members
    facts = outbox("organisation")[already:]
    assert [(f["type"], f["data"]) for f in facts] == [
        ("organisation.GroupMembersChanged.v1", {"group": group, "unit": world.unit})
    ]
    gone = call("organisation", "remove_member", office, path={"group": group, "person": newcomer})
    assert gone.status == 204
    assert group not in {g.id for g in queries.staff_around(newcomer, today()).groups}
    found = queries.group(group, today())
    assert found is not None
    assert newcomer not in found.members
    twice = call("organisation", "remove_member", office, path={"group": group, "person": newcomer})
    assert twice.status == 404
    actions = [row["action"] for row in audit_rows(newcomer)]
    assert actions == ["put_member", "remove_member"]


def test_bad_memberships_are_refused(world: World) -> None:
    office, member = world.staff("administrator"), world.klass.pupil_ids[0]
    yesterday = str(today() - timedelta(days=1))
    assert put(world, office, NOBODY, startDate=str(today())).status == 404
    backwards = put(world, office, member, startDate=str(today()), endDate=yesterday)
    assert (backwards.status, backwards.body["errors"][0]["field"]) == (422, "endDate")
    for caller in (world.klass.mentor_ids[0], member):
        assert put(world, caller, member, startDate=str(today())).status == 404
        removed = call(
            "organisation", "remove_member", caller, path={"group": world.klass.id, "person": member}
        )
        assert removed.status == 404

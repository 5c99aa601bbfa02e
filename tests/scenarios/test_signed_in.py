"""Who is signed in, what the system serves, and whether it answers (process 36)."""

from __future__ import annotations

import base64
import json

from skolkit.types import new_id
from tests.support.deployed import Deployed
from tests.support.scenes import refused

PROCESSES = (36,)


def test_everybody_sees_who_they_are(school: Deployed) -> None:
    world = school.world
    pupil = world.classmates()[3]
    guardian, mentor = pupil.guardians[0].guardian_id, world.klass.mentor_ids[0]
    me = school.call("access", "read_me", guardian)
    assert (me.status, me.body["person"], me.body["duties"], me.body["groups"]) == (200, guardian, [], [])
    assert me.body["children"] == sum(
        guardian in {g.guardian_id for g in p.guardians} for p in world.population.pupils
    )
    mine = school.call("access", "read_me", mentor).body
    assert (world.klass.id, "mentor") in {(part["group"], part["part"]) for part in mine["groups"]}
    assert "teacher" in {duty["role"] for duty in mine["duties"]}
    pupils = school.call("access", "read_me", pupil.id)
    assert (world.klass.id, "member") in {(part["group"], part["part"]) for part in pupils.body["groups"]}
    office = school.call("access", "read_me", world.staff("administrator")).body
    assert {"role": "administrator", "unit": None, "only": None} in office["duties"]


def test_a_token_says_who_and_for_what_and_nothing_more(school: Deployed) -> None:
    person = school.world.classmates()[3].id
    body = school.token(person).split(".")[1]
    claims = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    assert (claims["person"], claims["token_use"]) == (person, "access")
    assert "skolkit/school" in claims["scope"].split()
    assert not {"email", "name", "given_name", "family_name", "custom:person"} & set(claims)


def test_somebody_the_register_does_not_know(school: Deployed) -> None:
    stranger = new_id()
    refused(school.call("access", "read_me", stranger), 404, "not-found")  # type: ignore[arg-type]
    assert school.call("register", "list_my_children", stranger).body == {"data": []}  # type: ignore[arg-type]


def test_the_map_of_the_processes(school: Deployed) -> None:
    found = school.call("access", "list_processes", school.world.classmates()[3].guardians[0].guardian_id)
    processes = found.body["data"]
    assert [process["no"] for process in processes] == list(range(1, 37))
    absence = processes[18]
    assert (absence["status"], absence["nameSv"]) == ("served", "Frånvaroanmälan")
    assert {"report_absence", "withdraw_absence"} <= {function["name"] for function in absence["functions"]}
    deployed = school.cloud.client("lambda").get_paginator("list_functions").paginate()
    names = {function["FunctionName"] for page in deployed for function in page["Functions"]}
    assert {function["function"] for process in processes for function in process["functions"]} <= names


def test_health_needs_no_token_and_everything_else_does(school: Deployed) -> None:
    assert school.call("access", "read_health", None).body == {"status": "ok"}
    for name in ("read_me", "list_processes"):
        assert school.call("access", name, None).status == 401
        assert school.call("access", name, None, token="x.y.z").status == 401

"""The matrix says what the policies say, and an explanation gives nothing away."""

from __future__ import annotations

from typing import Any

from functions.access.usecases import rights
from skolkit.types import PersonId, new_id
from tests.support.areas import Answer, audit_rows, call
from tests.support.schools import Schools


def cells(matrix: Any, role: str, kind: str, *, protected: bool = False) -> dict[str, list[str]]:
    wanted = (role, kind, protected)
    return {
        c["action"]: c["policies"]
        for c in matrix["cells"]
        if (c["role"], c["kind"], c["protected"]) == wanted
    }


def test_the_matrix_is_what_the_policies_say(schools: Schools) -> None:
    matrix = call(
        "access", "read_rights", schools.people["principal"], query={"unit": schools.home.unit}
    ).body
    assert cells(matrix, "guardian", "Pupil")["attendance:report_absence"] == ["guardian"]
    assert cells(matrix, "everyone", "Pupil") == {}
    assert "register:read_contacts" not in cells(matrix, "mentor of", "Pupil", protected=True)
    assert cells(matrix, "administrator of the municipality", "Pupil", protected=True) == {
        "register:break_glass": ["administrator-of-pupil"],
        "register:enrol": ["administrator-of-pupil", "administrator-of-unit"],
        "register:protect": ["administrator-of-pupil"],
    }
    assert cells(matrix, "school_nurse at the unit", "Group") == {
        "organisation:read_group": ["attending-of-group"]
    }
    assert cells(matrix, "school_nurse at the unit", "Pupil") == {}
    assert "access:read_trail" in cells(matrix, "pupil of 16", "Pupil")
    assert "access:read_trail" not in cells(matrix, "pupil", "Pupil")
    known = {role["role"] for role in matrix["roles"]}
    assert {cell["role"] for cell in matrix["cells"]} <= known
    assert {"study_counsellor at the unit", "preschool_staff at the unit", "substitute of"} <= known
    assert all(role["sv"] for role in matrix["roles"])


def ask(schools: Schools, by: str, person: str, id: str | None = None, **other: Any) -> Answer:
    question = {
        "person": schools.people.get(person, person), "action": "register:read_person", "kind": "Pupil",
        "id": id or schools.pupil.id,
    }  # fmt: skip
    return call("access", "explain", schools.people[by], body=question | other)


def test_an_explanation_names_policies_and_facts(schools: Schools) -> None:
    teacher = ask(schools, "unit administrator", "teacher").body
    assert teacher == {
        "allowed": True,
        "policies": ["teacher-of-pupil"],
        "facts": ["teacher of", "teacher of the unit"],
    }
    other = ask(schools, "unit administrator", "other teacher").body
    assert other == {"allowed": False, "policies": [], "facts": ["teacher of the unit"]}
    far = ask(schools, "unit administrator", "far principal").body
    assert far == {"allowed": False, "policies": [], "facts": []}  # nor what they are elsewhere
    guardian = ask(schools, "unit administrator", "guardian").body
    assert guardian == {"allowed": True, "policies": ["guardian"], "facts": ["guardian"]}
    group = ask(
        schools, "unit administrator", "mentor", schools.home.klass.id, kind="Group",
        action="organisation:read_group",
    )  # fmt: skip
    assert group.body["policies"] == ["mentor-of-group"]
    unit = ask(
        schools, "administrator", "principal", schools.home.unit, kind="Unit", action="organisation:delegate"
    )
    assert unit.body == {
        "allowed": True,
        "policies": ["principal-delegates"],
        "facts": ["principal of the unit"],
    }


def test_an_explanation_is_traced_and_hides_the_protected(schools: Schools) -> None:
    before = len(audit_rows(schools.pupil.id))
    assert ask(schools, "unit administrator", "teacher").status == 200
    row = audit_rows(schools.pupil.id)[before]
    assert (row["action"], row["actor"]) == ("explain", schools.people["unit administrator"])
    assert row["changes"] == f"register:read_person {schools.people['teacher']}"
    hidden = ask(schools, "administrator", "teacher", schools.hidden)
    made_up = ask(schools, "administrator", "teacher", new_id())
    assert hidden.status == made_up.status == 404
    assert hidden.body == made_up.body
    known = ask(schools, "unit administrator", "administrator", schools.hidden).body
    assert known == {
        "allowed": False,
        "policies": ["protected-identity"],
        "facts": ["administrator of the municipality", "the pupil has protected identity"],
    }


def test_an_action_that_is_not_about_such_things_is_refused(schools: Schools) -> None:
    answer = ask(schools, "unit administrator", "teacher", action="register:import")
    assert (answer.status, answer.body["type"]) == (422, "urn:skolkit:problem:action-does-not-fit")
    assert ask(schools, "unit administrator", PersonId(new_id())).body["allowed"] is False


def test_every_relation_the_guard_knows_is_in_the_matrix() -> None:
    """A relation added to the guard gets a name here, or this fails."""
    assert len(rights._cells()) > 100
    assert all(role.sv for role in rights._roles())

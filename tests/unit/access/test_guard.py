"""The guard refuses whatever it cannot decide, and answers alike for the hidden and the missing."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import cast, get_args

import cedarpy
import pytest

from functions.access import guard
from functions.access.guard import SYSTEM, Duty, Lesson, Person, Pupil, Unit
from skolkit.errors import NotFound
from skolkit.identity import SCHOOL_SCOPE, Caller
from skolkit.types import LessonId, PersonId, UnitId

POLICIES = Path(guard.__file__).parent / "policies"
HERE = UnitId("here")
PARENT = Caller(PersonId("parent"), "app", frozenset({SCHOOL_SCOPE}))
STAFF = Caller(PersonId("staff"), "app", frozenset({SCHOOL_SCOPE}))
MUNICIPAL = (Duty("administrator", None),)
CHILD = Pupil(PersonId("child"), HERE, guardians=frozenset({PersonId("parent")}), age=10)


def test_policies_validate_strictly_against_the_schema() -> None:
    schema = (POLICIES / "schema.cedarschema").read_text(encoding="utf-8")
    for path in sorted(POLICIES.glob("*.cedar")):
        result = cedarpy.validate_policies(path.read_text(encoding="utf-8"), schema)
        assert result.validation_passed, (path.name, result.errors)


def test_every_policy_has_its_own_id() -> None:
    texts = (path.read_text(encoding="utf-8") for path in POLICIES.glob("*.cedar"))
    trees = [json.loads(cedarpy.policies_to_json_str(text)) for text in texts]
    ids = [policy["annotations"]["id"] for tree in trees for policy in tree["staticPolicies"].values()]
    assert len(ids) == len(set(ids)) == len(guard._engine().policies)


def test_policies_ask_of_relations_only_whether_they_contain_the_caller() -> None:
    for path in POLICIES.glob("*.cedar"):
        asked = re.findall(
            r"resource\.(?:guardians|teachers|mentors|substitutes)\b(.*)", path.read_text(encoding="utf-8")
        )
        assert all(rest.startswith(".contains(principal)") for rest in asked), path.name


def test_no_policy_names_an_id_but_of_actions() -> None:
    """Lists decide things with the same facts once; a policy about one named thing would break that."""
    for path in POLICIES.glob("*.cedar"):
        named = set(re.findall(r'(\w+)::"', path.read_text(encoding="utf-8")))
        assert named <= {"Action"}, path.name


def test_schema_and_code_know_the_same_actions() -> None:
    declared = set(re.findall(r'"([a-z]+:[a-z_]+)"', str(guard._engine().schema)))
    assert declared == set(get_args(guard.Action))


def test_require_says_not_found_for_what_is_not_yours() -> None:
    guard.require(PARENT, "register:read_person", CHILD)
    with pytest.raises(NotFound):
        guard.require(STAFF, "register:read_person", CHILD)


def test_explanation_names_the_policies_that_decided() -> None:
    assert guard.explain(PARENT, "register:read_person", CHILD) == guard.Explanation(
        allowed=True, policies=("guardian",), errors=()
    )
    protected = replace(CHILD, protected=True)
    answer = guard.explain(STAFF, "register:read_person", protected, MUNICIPAL)
    assert answer == guard.Explanation(allowed=False, policies=("protected-identity",), errors=())
    assert guard.explain(STAFF, "register:read_person", CHILD).policies == ()


def test_unknown_action_is_refused() -> None:
    answer = guard.explain(STAFF, cast(guard.Action, "register:read_everything"), CHILD, MUNICIPAL)
    assert not answer.allowed
    assert "does not exist" in answer.errors[0]


def test_action_on_the_wrong_kind_of_thing_is_refused() -> None:
    answer = guard.explain(STAFF, "register:import", Unit(HERE), MUNICIPAL)
    assert not answer.allowed
    assert answer.errors


@pytest.mark.parametrize("age", [None, 17])
def test_a_pupil_under_18_or_of_unknown_age_does_not_report_absence(age: int | None) -> None:
    assert not guard.allowed(
        replace(PARENT, person=CHILD.id), "attendance:report_absence", replace(CHILD, age=age)
    )


def test_protected_pupil_is_hidden_from_staff_of_the_unit_without_assignment() -> None:
    """IMY DI-2019-7024 (Skolpliktsbevakning): role rights wider than the task reached protected pupils."""
    child = replace(CHILD, protected=True)
    everywhere = [
        *(Duty("teacher", unit) for unit in (HERE, None)),
        *(Duty("mentor", unit) for unit in (HERE, None)),
        *(Duty("principal", unit) for unit in (UnitId("elsewhere"), None)),
        *(Duty("administrator", unit) for unit in (UnitId("elsewhere"), None)),
    ]
    shows_nothing = {"register:enrol", "register:protect", "register:break_glass"}
    for action in get_args(guard.Action):
        if action not in shows_nothing:
            assert not guard.allowed(STAFF, action, child, everywhere), action
            assert not guard.allowed(STAFF, action, Person(child.id, protected=True), everywhere), action
    assert guard.allowed(STAFF, "register:read_person", child, [Duty("principal", HERE)])
    assert guard.allowed(STAFF, "register:read_person", replace(child, teachers=frozenset({STAFF.person_id})))


def test_who_acts_in_the_principals_stead_does_not_reach_protected_pupils() -> None:
    actions = frozenset(get_args(guard.Action))
    stead = [Duty("principal", HERE, only=actions)]
    assert guard.allowed(STAFF, "register:read_person", CHILD, stead)
    for action in actions:
        assert not guard.allowed(STAFF, action, replace(CHILD, protected=True), stead), action


def test_contacts_of_a_protected_pupil_are_for_the_units_administrators_alone() -> None:
    own = frozenset({STAFF.person_id})
    child = replace(CHILD, protected=True, mentors=own, teachers=own)
    assert not guard.allowed(STAFF, "register:read_contacts", child, [Duty("principal", HERE)])
    assert not guard.allowed(PARENT, "register:read_contacts", child)
    assert not guard.allowed(replace(PARENT, person=child.id), "register:read_contacts", child)
    assert guard.allowed(STAFF, "register:read_contacts", child, [Duty("administrator", HERE)])


def test_a_caller_without_a_person_matches_nobody() -> None:
    nobody = Caller(PersonId(""), "", frozenset({SCHOOL_SCOPE}))
    child = replace(CHILD, guardians=frozenset({PersonId("")}))
    assert not guard.allowed(nobody, "register:read_person", child)
    assert not guard.allowed(nobody, "timetable:read_own_day", Person(PersonId("")))


def test_a_list_is_decided_in_order_and_an_empty_one_is_empty() -> None:
    hidden = Pupil(PersonId("hidden"), HERE)
    sibling = replace(CHILD, id=PersonId("sibling"))
    assert guard.permitted(PARENT, "register:read_person", [hidden, sibling, CHILD]) == [sibling, CHILD]
    assert guard.permitted(PARENT, "register:read_person", []) == []


def test_many_alike_are_decided_once_and_each_own_on_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    many = [replace(CHILD, id=PersonId(f"child-{n}")) for n in range(500)]
    decided: list[int] = []
    real = guard._decide

    def counted(caller: Caller, action: str, entities: list[dict[str, object]]) -> list[guard.Explanation]:
        decided.append(len(entities) - 1)
        return real(caller, action, entities)

    monkeypatch.setattr(guard, "_decide", counted)
    assert guard.permitted(PARENT, "register:read_person", many) == many
    me = replace(PARENT, person=PersonId("child-7"))
    assert guard.permitted(me, "register:read_person", many) == [many[7]]
    units = [Unit(HERE), Unit(UnitId("elsewhere"))]
    assert guard.permitted(STAFF, "organisation:edit", units, [Duty("administrator", HERE)]) == units[:1]
    assert decided == [1, 2, 2]


def test_a_list_with_contradicting_facts_is_refused_whole() -> None:
    assert guard.permitted(PARENT, "register:read_person", [CHILD, replace(CHILD, protected=True)]) == []


@pytest.mark.parametrize("effect", ["permit", "forbid"])
@pytest.mark.parametrize(
    "condition", ["resource.missing == 1", "principal.missing", "context.missing", "1 + true == 2"]
)
def test_an_erroring_policy_is_a_refusal(
    monkeypatch: pytest.MonkeyPatch, effect: str, condition: str
) -> None:
    """Cedar skips a policy that errors, so an erroring `forbid` would let through."""
    engine = guard._engine()
    broken = engine.policies.with_added_str(f"{effect} (principal, action, resource) when {{ {condition} }};")
    monkeypatch.setattr(guard, "_engine", lambda: engine._replace(policies=broken))
    for answer in (
        guard.explain(PARENT, "register:read_person", CHILD),
        guard.explain(PARENT, "organisation:read_unit", Unit(HERE)),
        guard.explain(PARENT, "access:read_process_map", SYSTEM),
    ):
        assert answer.errors
        assert not answer.allowed
    assert guard.permitted(PARENT, "register:read_person", [CHILD]) == []


def test_errors_do_not_repeat_whose_relations_were_asked_about() -> None:
    lesson = Lesson(LessonId("lesson"), HERE, teachers=frozenset({STAFF.person_id}))
    entities = guard._entities(STAFF, [lesson], ())
    cast(dict[str, object], entities[1]["attrs"]).pop("mentors")
    (answer,) = guard._decide(STAFF, "attendance:open_lesson", entities)
    assert answer.errors
    assert "teachers" not in str(answer)


def test_importing_the_guard_does_not_load_the_policy_engine() -> None:
    program = "import sys, functions.access.guard; sys.exit('cedarpy' in sys.modules)"
    subprocess.run([sys.executable, "-c", program], check=True, env={"PYTHONPATH": ":".join(sys.path)})

"""Who is signed in, the map of the processes, and the claims put in a token."""

from __future__ import annotations

from typing import Any

import pytest

from functions.access.app import add_person_claims
from infra.local.cloud import Cloud
from skolkit.types import PersonId, stable_id
from tests.support.areas import Context, call
from tests.support.world import World, make_world

SOMEBODY = PersonId(stable_id("somebody"))


@pytest.fixture
def world(tables: Cloud) -> World:
    return make_world(tables)


def test_me_says_what_the_caller_is_here(world: World) -> None:
    mentor = call("access", "read_me", world.klass.mentor_ids[0]).body
    assert {"group": world.klass.id, "name": world.klass.name, "part": "mentor"} in mentor["groups"]
    assert {"role": "teacher", "unit": world.unit, "only": None} in mentor["duties"]
    office = call("access", "read_me", world.staff("administrator")).body
    assert {"role": "administrator", "unit": None, "only": None} in office["duties"]
    pupil = world.classmates()[0]
    home = call("access", "read_me", pupil.guardians[0].guardian_id).body
    assert home["children"] >= 1
    assert (home["duties"], home["groups"]) == ([], [])
    assert call("access", "read_me", pupil.id).body["givenName"] == pupil.given_name
    assert call("access", "read_me", SOMEBODY).status == 404


def test_the_map_has_all_36_processes(cloud: Cloud) -> None:
    answer = call("access", "list_processes", SOMEBODY)
    assert [process["no"] for process in answer.body["data"]] == list(range(1, 37))
    assert call("access", "list_processes", SOMEBODY, scopes="openid").status == 401


def test_health_is_open_to_all(cloud: Cloud) -> None:
    answer = call("access", "read_health", None, scopes="")
    assert (answer.status, answer.body) == (200, {"status": "ok"})


def sign_in(trigger: str = "TokenGeneration_HostedAuth", **attributes: str) -> Any:
    event = {
        "version": "2",
        "triggerSource": trigger,
        "request": {"userAttributes": {"sub": "1", **attributes}, "scopes": ["openid"]},
        "response": {"claimsAndScopeOverrideDetails": None},
    }
    answer = add_person_claims(event, Context())
    assert {k: v for k, v in answer.items() if k != "response"} == {
        k: v for k, v in event.items() if k != "response"
    }
    return answer["response"].get("claimsAndScopeOverrideDetails", {}).get("accessTokenGeneration")


def test_a_person_gets_their_id_and_the_schools_scope() -> None:
    token = sign_in(**{"custom:person": SOMEBODY})
    assert token == {"claimsToAddOrOverride": {"person": SOMEBODY}, "scopesToAdd": ["skolkit/school"]}


def test_the_level_counts_only_from_an_identity_provider() -> None:
    attributes = {"custom:person": SOMEBODY, "custom:aal": "3"}
    assert "aal" not in sign_in(**attributes)["claimsToAddOrOverride"]
    federated = sign_in(**attributes, **{"cognito:user_status": "EXTERNAL_PROVIDER"})
    assert federated["claimsToAddOrOverride"] == {"person": SOMEBODY, "aal": "3"}
    made_up = attributes | {"custom:aal": "99", "cognito:user_status": "EXTERNAL_PROVIDER"}
    assert "aal" not in sign_in(**made_up)["claimsToAddOrOverride"]


@pytest.mark.parametrize("person", ["", "admin", SOMEBODY.upper()])
def test_a_user_who_is_nobody_in_the_register_gets_nothing(person: str) -> None:
    assert sign_in(**{"custom:person": person}) is None


def test_a_machine_gets_nothing() -> None:
    assert sign_in("TokenGeneration_ClientCredentials", **{"custom:person": SOMEBODY}) is None

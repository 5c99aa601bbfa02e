"""Who is signed in, and which processes the system serves."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from functions.access import guard
from functions.access.schemas import DutyView, Me, PartView, ProcessMap
from functions.organisation import queries as organisation
from functions.register import queries as register
from skolkit.clock import today
from skolkit.errors import NotFound
from skolkit.identity import SCHOOL_SCOPE, Caller
from skolkit.table import fetch
from skolkit.types import is_id


def read_me(caller: Caller) -> Me:
    """The caller's name, duties, groups and number of children. Four round trips."""
    id = caller.person_id
    guard.require(caller, "register:read_person", guard.Person(id))
    names, parts = fetch(register.wanted_names([id]), organisation.wanted_parts([id]))
    if id not in names:
        raise NotFound
    mine = [part for part in parts[id] if part.covers(today())]
    (groups,) = fetch(organisation.wanted_groups([part.group for part in mine], today()))
    return Me(
        person=id,
        given_name=names[id].given_name,
        family_name=names[id].family_name,
        duties=[DutyView(role=duty.role, unit=duty.unit) for duty in organisation.duties_of(id)],
        groups=[
            PartView(group=p.group, name=groups[p.group].name if p.group in groups else None, part=p.part)
            for p in mine
        ],
        children=len(register.children_of(id)),
    )


def list_processes(caller: Caller) -> ProcessMap:
    """The map of the 36 processes, generated from the declarations of all areas. No round trip."""
    guard.require(caller, "access:read_process_map", guard.SYSTEM)
    return _process_map()


def claims_of(event: Mapping[str, Any]) -> dict[str, Any]:
    """Cognito's answer for a sign-in: who the person is in Skolkit, and the scope of the school app.

    A machine client, and a user who has not been tied to a person, get nothing. The assurance level counts
    only when an identity provider has vouched for it in this very sign-in.
    """
    attributes: Mapping[str, str] = event["request"].get("userAttributes") or {}
    person = attributes.get("custom:person", "")
    if event["triggerSource"] == "TokenGeneration_ClientCredentials" or not is_id(person):
        return {}
    federated = attributes.get("cognito:user_status") == "EXTERNAL_PROVIDER"
    level = attributes.get("custom:aal", "") if federated else ""
    claims = {"person": person} | ({"aal": level} if level in {"1", "2", "3", "4"} else {})
    token = {"claimsToAddOrOverride": claims, "scopesToAdd": [SCHOOL_SCOPE]}
    return {"claimsAndScopeOverrideDetails": {"accessTokenGeneration": token}}


@cache
def _process_map() -> ProcessMap:
    entries = json.loads((Path(__file__).parent / "process_map.json").read_bytes())
    return ProcessMap.model_validate({"data": entries})

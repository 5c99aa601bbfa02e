"""The claims of a token, added at every sign-in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from skolkit.identity import SCHOOL_SCOPE
from skolkit.types import is_id


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

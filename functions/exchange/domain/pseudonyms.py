"""People with protected identity as they are told of to a client that must be able to count and place them
but not know who they are (offentlighets- och sekretesslagen (2009:400) 22 kap. 1 §, 21 kap. 3 §).
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Mapping
from typing import Any

from skolkit.types import PersonId

GIVEN_NAME = "Skyddad"
_LETTERS = "BDFGHJKLMNPRSTVX"  # no words come of them; sixteen, so that every one is as likely

_SHOWN = ("id", "meta", "securityMarking", "personStatus")
_OF_ENROLMENT = ("enroledAt", "schoolType", "startDate")  # the standard requires the day
_GONE: Mapping[str, tuple[str, ...]] = {"duties": ("signature", "description")}
NameOf = Callable[[PersonId], str]


def letters(client: str, person: PersonId, key: bytes) -> str:
    """Four letters that are always the same of a person to a client, and tell neither it nor another client
    who that is. They change with the key.

    >>> of = [letters(client, PersonId("p"), b"key") for client in ("one", "one", "another")]
    >>> of[0] == of[1], of[0] == of[2]
    (True, False)
    """
    mac = hmac.new(key, f"pseudonym\x1f{client}\x1f{person}".encode(), hashlib.sha256).digest()
    return "".join(_LETTERS[byte % 16] for byte in mac[:4]).capitalize()


def of_person(body: Mapping[str, Any], family_name: str) -> dict[str, Any]:
    """A person's body under a made-up name: no number, contact, identifier, picture, date of birth, sex or
    relation, and of each enrolment where and in which school form (and since when, which the standard wants).
    """
    made = {name: body[name] for name in _SHOWN if name in body}
    made |= {"givenName": GIVEN_NAME, "familyName": family_name}
    if "enrolments" in body:
        made["enrolments"] = [
            {name: row[name] for name in _OF_ENROLMENT if name in row} for row in body["enrolments"]
        ]
    return made


def renamed(body: Any, hidden: frozenset[PersonId], name_of: NameOf) -> Any:
    """A body in which references to people that must not be named have their made-up names.

    >>> renamed({"person": {"id": "a", "displayName": "Eva Ek"}}, frozenset({PersonId("a")}), lambda _: "X")
    {'person': {'id': 'a', 'displayName': 'X'}}
    """
    if isinstance(body, list):
        return [renamed(row, hidden, name_of) for row in body]
    if not isinstance(body, dict):
        return body
    made = {name: renamed(value, hidden, name_of) for name, value in body.items()}
    if made.get("id") in hidden and "displayName" in made:
        made["displayName"] = name_of(PersonId(made["id"]))
    return made


def of_another(resource: str, body: dict[str, Any]) -> dict[str, Any]:
    """What is theirs of another resource, without what is as good as a name (a teacher's signature)."""
    return {name: value for name, value in body.items() if name not in _GONE.get(resource, ())}

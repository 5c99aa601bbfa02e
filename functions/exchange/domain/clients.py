"""Integration clients: what another system may fetch and write, of whom, and how much of it. Whatever is not
granted is refused (dataskyddsförordningen art. 5.1 c and 25.2: no more than the purpose needs, by default).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

from skolkit.errors import DomainError, Text
from skolkit.sweden.codes import SchoolForm
from skolkit.types import PersonId, UnitId

Access = Literal["read", "write"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """A client, by its OAuth2 client id.

    `resources`: what it may do with each resource of the standard, by name in the path; writing is reading,
    too. `withheld`: attributes it does not get, as `persons.civicNo`. `units`, `forms`: the only ones it may
    see; empty for all. `protected`: people with protected identity are left out, or are there under a made-up
    name. `per_minute`: requests. It ends after the day `expires`; `stopped`: at once, by the kill switch.
    """

    id: str
    name: str
    resources: Mapping[str, Access] = field(default_factory=dict)
    withheld: frozenset[str] = frozenset()
    units: frozenset[UnitId] = frozenset()
    forms: frozenset[SchoolForm] = frozenset()
    protected: Literal["out", "pseudonym"] = "out"
    per_minute: int = 600
    expires: date
    stopped: bool = False
    version: int = 0

    def may(self, access: Access, resource: str, day: date) -> bool:
        """Whether the client may do this today."""
        granted = self.resources.get(resource)
        there = not self.stopped and day <= self.expires
        return there and (granted == "write" or granted == access)

    def sees(
        self, about: PersonId | None, units: frozenset[UnitId] | None, forms: frozenset[SchoolForm] | None,
        hidden: frozenset[PersonId],
    ) -> bool:  # fmt: skip
        """Whether something of these units and forms about a person is there for the client."""
        if self.protected == "out" and about in hidden:
            return False
        if self.units and units is not None and not self.units & units:
            return False
        return not (self.forms and forms is not None and not self.forms & forms)


class ClientRefused(DomainError):
    """The client is unknown, stopped or expired, or has not been granted this."""

    status = 403
    reason = Text("Klienten får inte göra det här.", "The client may not do this.")
    advice = Text(
        "Kommunens systemförvaltare ser vad klienten får och kan ändra det.",
        "The municipality's administrator sees what the client may do and can change it.",
    )
    law = "dataskyddsförordningen art. 25.2"


def without(body: Any, hidden: frozenset[str]) -> Any:
    """A body without what names people that must not be named: a reference is left out, and with it what it
    is a required part of (a membership without its person is none). None when that is the whole.

    >>> without({"id": "g", "members": [{"person": {"id": "a"}}, {"person": {"id": "b"}}]}, frozenset({"a"}))
    {'id': 'g', 'members': [{'person': {'id': 'b'}}]}
    >>> without({"id": "x", "registeredBy": {"id": "a"}}, frozenset({"a"}))
    {'id': 'x'}
    """
    if isinstance(body, list):
        return [kept for row in body if (kept := without(row, hidden)) is not None]
    if not isinstance(body, dict):
        return body
    if body.get("id") in hidden:
        return None
    kept_fields = {}
    for name, value in body.items():
        kept = without(value, hidden)
        if kept is None and value is not None:
            if name in WHOSE:
                return None
            continue
        kept_fields[name] = kept
    return kept_fields


WHOSE = ("person", "student", "child", "duty")
"""Properties without which what they are in says nothing."""


_NAMES = ("givenName", "middleName", "familyName")
_TELLING = {
    "persons": {
        "nameContains": _NAMES, "displayName": _NAMES, "givenName": _NAMES, "familyName": _NAMES,
        "identifier": ("externalIdentifiers",),
    },
}  # fmt: skip
_RELATIONS: dict[Any, tuple[str, ...]] = {
    None: ("enrolments", "responsibles"), "enrolment": ("enrolments",), "placement.child": ("enrolments",),
    "duty": (), "groupMembership": (),
}  # fmt: skip


def tells(resource: str, asked: Mapping[str, Any]) -> frozenset[str]:
    """The attributes, as `Client.withheld` names them, that somebody could find out by what is asked of a
    resource: filters, lists of a lookup, the sort key. Those of its name, one or several, and by a few words
    others.

    >>> "persons.civicNo" in tells("persons", {"sortkey": "CivicNoDesc"})
    True
    >>> "persons.enrolments" in tells("persons", {"relationship.entity.type": "duty"})
    False
    """
    words = set(asked) | {str(asked.get("sortkey", ""))}
    found: set[str] = set()
    for word in words:
        stem = word.partition(".")[0].removesuffix("Asc").removesuffix("Desc")
        stem = stem[:1].lower() + stem[1:]
        others = _TELLING.get(resource, {}).get(stem, ())
        if stem == "relationship":
            kind = asked.get("relationship.entity.type")
            others = _RELATIONS.get(kind, _RELATIONS[None])
        found |= {stem, stem.removesuffix("s"), f"{stem}s", *others}
    return frozenset(f"{resource}.{name}" for name in found)


def trimmed(body: dict[str, Any], resource: str, withheld: frozenset[str]) -> dict[str, Any]:
    """A body without the attributes that are withheld.

    >>> trimmed({"id": "p", "civicNo": {"value": "…"}}, "persons", frozenset({"persons.civicNo"}))
    {'id': 'p'}
    """
    gone = {name for w in withheld if (name := w.removeprefix(f"{resource}.")) != w}
    return {name: value for name, value in body.items() if name not in gone} if gone else body

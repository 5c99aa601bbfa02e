"""Integration clients: what another system may fetch and write, of whom, and how much of it. Whatever is not
granted is refused (dataskyddsförordningen art. 5.1 c and 25.2: no more than the purpose needs, by default).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any, Literal

from functions.exchange.domain.attributes import GRANTABLE, OPTIONAL, WRITABLE
from skolkit.errors import DomainError, Fault, Text
from skolkit.sweden.codes import SchoolForm
from skolkit.types import PersonId, UnitId

Access = Literal["read", "write"]
Protected = Literal["out", "pseudonym"]
LONGEST = timedelta(days=2 * 365)
WARNED = timedelta(days=30)  # before the end
LONGEST_OVERLAP = timedelta(days=30)
READ_SCOPE, WRITE_SCOPE = "skolkit/ss12000.read", "skolkit/ss12000.write"


DELETED = "deletedEntities"


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """A client: another system, by an id of ours.

    `credentials`: its OAuth2 client ids, and until when those that are on their way out hold (None: the one
    in use). A secret is the identity provider's alone and never known here.
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
    protected: Protected = "out"
    per_minute: int = 600
    expires: date
    stopped: bool = False
    credentials: Mapping[str, datetime | None] = field(default_factory=dict)
    warned: bool = False
    changed_by: PersonId | None = None
    version: int = 0

    def may(self, access: Access, resource: str, day: date) -> bool:
        """Whether the client may do this today."""
        if resource == DELETED:  # of what it may read
            return self.runs(day) and access == "read" and bool(self.resources)
        granted = self.resources.get(resource)
        return self.runs(day) and (granted == "write" or granted == access)

    def runs(self, day: date) -> bool:
        """Whether the client is neither stopped nor over."""
        return not self.stopped and day <= self.expires

    def holds(self, credential: str, at: datetime) -> bool:
        """Whether this is one of the client's credentials, and holds at the time."""
        if credential not in self.credentials:
            return False
        until = self.credentials[credential]
        return until is None or at < until

    def scopes(self, day: date) -> tuple[str, ...]:
        """What its tokens may be for today; nothing when it does not run."""
        if not self.runs(day) or not self.resources:
            return ()
        writes = "write" in self.resources.values()
        return (READ_SCOPE, WRITE_SCOPE) if writes else (READ_SCOPE,)

    def rotated(self, new: str, until: datetime) -> Client:
        """With another credential in use; the one that was ends then, and one that was on its way out now."""
        old = {id: until for id, end in self.credentials.items() if end is None}
        return replace(self, credentials=old | {new: None})

    def without_old(self, at: datetime) -> Client:
        """Without the credentials that have ended."""
        held = {id: end for id, end in self.credentials.items() if self.holds(id, at)}
        return replace(self, credentials=held)

    def warns(self, day: date) -> bool:
        """Whether somebody is to be told that it ends soon."""
        return not self.warned and self.runs(day) and self.expires - WARNED <= day

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


class TooManyRequests(DomainError):
    """The client has asked more often in a minute than it may (RFC 6585 §4)."""

    status = 429
    reason = Text(
        "Klienten har frågat {limit} gånger den här minuten och får inte oftare.",
        "The client has asked {limit} times this minute and may not ask more often.",
    )
    advice = Text("Vänta {seconds} sekunder.", "Wait {seconds} seconds.")

    def __init__(self, limit: int, seconds: int) -> None:
        super().__init__(limit=limit, seconds=seconds)
        self.retry_after = seconds


class AttributeWithheld(ClientRefused):
    """What is asked for would tell of what is withheld from the client."""

    reason = Text(
        "Det går inte att fråga efter {name}, som klienten inte får.",
        "It cannot be asked for by {name}, which the client does not get.",
    )


class ClientExpired(DomainError):
    """A client that is stopped or over gets no new secret."""

    reason = Text("Klienten är stoppad eller har löpt ut.", "The client is stopped or has expired.")
    advice = Text(
        "Starta den eller ge den en senare sista dag först.", "Start it, or give it a later last day, first."
    )


class BadGrant(DomainError):
    """Something of what a client is to be granted cannot be; `faults` say what."""

    status = 422
    reason = Text("Det går inte att ge klienten det här.", "The client cannot be granted this.")
    advice = Text("Rätta fälten nedan och skicka igen.", "Correct the fields below and send again.")


def check(client: Client, today: date) -> None:
    """Refuse what makes no sense. Raises `BadGrant` with every fault at once."""
    faults = list(_faults(client, today))
    if faults:
        raise BadGrant(faults=tuple(faults))


def _faults(client: Client, today: date) -> Iterator[Fault]:
    look = Text("Se dokumentationen av SS 12000.", "See the documentation of SS 12000.")
    for name, access in client.resources.items():
        if name not in GRANTABLE:
            yield Fault("resources", Text("okänd resurs", "unknown resource"), look, name)
        elif access == "write" and name not in WRITABLE:
            text = Text("resursen går bara att läsa", "the resource can only be read")
            yield Fault(f"resources.{name}", text, Text("Ange read.", "Say read."), access)
    for word in sorted(client.withheld):
        resource, _, name = word.partition(".")
        if name not in OPTIONAL.get(resource, ()):
            text = Text(
                "inget attribut som kan utelämnas ur resursen",
                "not an attribute that the resource can be without",
            )
            yield Fault("withheld", text, look, word)
    if not today <= client.expires <= today + LONGEST:
        text = Text("högst två år framåt, och inte i det förflutna", "at most two years ahead, and not past")
        yield Fault("expires", text, Text("Välj en annan dag.", "Choose another day."), str(client.expires))


def difference(before: Client | None, after: Client | None) -> str:
    """What has changed, as `field: before > after`, for the audit trail; None where there is no client. No
    secret is known here.
    """
    return "; ".join(
        f"{name}: {old} > {new}"
        for name in ("name", "resources", "withheld", "units", "forms", "protected", "per_minute", "expires")
        if (old := _said(before, name)) != (new := _said(after, name))
    )


def _said(client: Client | None, name: str) -> str:
    value = getattr(client, name) if client else ""
    if isinstance(value, Mapping):
        return " ".join(f"{name}={access}" for name, access in sorted(value.items())) or "-"
    return (" ".join(sorted(value)) if isinstance(value, frozenset) else str(value)) or "-"


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


def trimmed(body: dict[str, Any], resource: str, withheld: frozenset[str]) -> dict[str, Any]:
    """A body without the attributes that are withheld.

    >>> trimmed({"id": "p", "civicNo": {"value": "…"}}, "persons", frozenset({"persons.civicNo"}))
    {'id': 'p'}
    """
    gone = {name for w in withheld if (name := w.removeprefix(f"{resource}.")) != w}
    return {name: value for name, value in body.items() if name not in gone} if gone else body

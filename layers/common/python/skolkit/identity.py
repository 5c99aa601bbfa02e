"""Who is calling, read from the claims the gateway has verified; never from anything else in the request."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from skolkit.errors import Unauthenticated
from skolkit.types import PersonId, is_id

SCHOOL_SCOPE = "skolkit/school"


@dataclass(frozen=True, slots=True)
class Caller:
    """A verified caller: `person` for people, None for integrations; `scopes` of the token; `assurance` level
    0–4.

    The level is that of the e-identification (DIGG's tillitsnivå); 0 when the sign-in carries none.
    """

    person: PersonId | None
    client: str
    scopes: frozenset[str]
    assurance: int = 0

    @property
    def person_id(self) -> PersonId:
        """The person, or `Unauthenticated` for a caller that is not one."""
        if self.person is None:
            raise Unauthenticated
        return self.person

    @property
    def seal(self) -> str:
        """What a cursor or an idempotency key is bound to."""
        return self.person or f"client:{self.client}"

    @classmethod
    def from_claims(cls, claims: Mapping[str, str]) -> Caller:
        """The caller behind an access token's verified claims (`person`, `client_id`, `scope`, `aal`)."""
        if claims.get("token_use") != "access" or not claims.get("client_id"):
            raise Unauthenticated
        person = claims.get("person", "")
        return cls(
            person=PersonId(person) if is_id(person) else None,
            client=claims["client_id"],
            scopes=frozenset(claims.get("scope", "").split()),
            assurance=int(claims["aal"]) if claims.get("aal", "").isdecimal() else 0,
        )

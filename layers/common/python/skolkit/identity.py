"""Who is calling, read from the claims the gateway has verified; never from anything else in the request."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from skolkit.errors import Unauthenticated
from skolkit.types import PersonId, is_id

SCHOOL_SCOPE = "skolkit/school"
_SECONDS = re.compile(r"[0-9]{1,11}")


@dataclass(frozen=True, slots=True)
class Caller:
    """A verified caller: `person` for people, None for integrations; `scopes` of the token; `assurance` level
    0–4.

    The level is that of the e-identification (DIGG's tillitsnivå); 0 when the sign-in carries none.
    `signed_in_at` is when the person last proved who they are: a token that was only renewed keeps it.
    """

    person: PersonId | None
    client: str
    scopes: frozenset[str]
    assurance: int = 0
    signed_in_at: datetime | None = None

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
        """The caller behind an access token's verified claims (`person`, `client_id`, `scope`, `aal`,
        `auth_time` in seconds since 1970).
        """
        if claims.get("token_use") != "access" or not claims.get("client_id"):
            raise Unauthenticated
        person = claims.get("person", "")
        seconds = claims.get("auth_time", "")
        return cls(
            person=PersonId(person) if is_id(person) else None,
            client=claims["client_id"],
            scopes=frozenset(claims.get("scope", "").split()),
            assurance=int(claims["aal"]) if claims.get("aal", "").isdecimal() else 0,
            signed_in_at=datetime.fromtimestamp(int(seconds), UTC) if _SECONDS.fullmatch(seconds) else None,
        )

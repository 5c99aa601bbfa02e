"""Who has been sent the digest of a week: `PERSON#<id>` / `DIGEST#<week>`. Whoever puts the row sends it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from functions.messages.store import MessagesItem
from skolkit.clock import now
from skolkit.table import Wanted
from skolkit.types import PersonId

CLAIM_DAYS = 30  # a digest is not sent a day after its time


class DigestClaimItem(MessagesItem, discriminator="digest_claim"):
    """That somebody's digest of a week has been handed on."""


def _key(person: PersonId, week: str) -> tuple[str, str]:
    return f"PERSON#{person}", f"DIGEST#{week}"


def claim(person: PersonId, week: str) -> DigestClaimItem:
    """A claim that nobody has made yet, or the transaction is refused."""
    return DigestClaimItem(*_key(person, week), expires=int((now() + timedelta(days=CLAIM_DAYS)).timestamp()))


def wanted_claims(people: Sequence[PersonId], week: str) -> Wanted[set[PersonId]]:
    """Who has been sent the digest, for `fetch`."""
    keys = {_key(person, week): person for person in people}
    return Wanted(DigestClaimItem, list(keys), lambda found: {keys[key] for key in found}, only=("version",))

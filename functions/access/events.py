"""Facts of access, and the parts of other areas' facts that it reads. Ids only."""

from __future__ import annotations

from typing import ClassVar

from pydantic import BaseModel, ConfigDict

from skolkit.events import Fact
from skolkit.extracts import Answered
from skolkit.retention.facts import Count
from skolkit.types import PersonId


class ExtractRequested(Fact):
    """Somebody has asked for a register extract (GDPR art. 15), or is still waiting for one: every area that
    keeps something about people answers. `contacts`: whether it may say how the person is reached.
    """

    type: ClassVar[str] = "access.ExtractRequested.v1"
    request: str
    person: PersonId
    contacts: bool


class ExtractAnswered(Answered):
    """The part of access in a register extract has been written."""

    type: ClassVar[str] = "access.ExtractAnswered.v1"


class PartAnswered(BaseModel):
    """Of `<area>.ExtractAnswered.v1`."""

    model_config = ConfigDict(frozen=True, extra="ignore", defer_build=True)
    request: str


class PersonTold(BaseModel):
    """Of `register.PersonProtected.v1`."""

    model_config = ConfigDict(frozen=True, extra="ignore", defer_build=True)
    person: PersonId


class RetentionAsked(Fact):
    """A retention run has begun: every area that keeps something which the plan of this version deletes or
    archives goes through its table. A `dry` run only counts, and a `nightly` one also keeps the database from
    removing what is held.
    """

    type: ClassVar[str] = "access.RetentionAsked.v1"
    run: str
    day: str
    plan: str
    dry: bool
    nightly: bool = False


class RetentionPart(BaseModel):
    """Of `<area>.RetentionAnswered.v1`: counts by document type, rows by hold, and the list of proofs."""

    model_config = ConfigDict(frozen=True, extra="ignore", defer_build=True)
    run: str
    counts: tuple[Count, ...]
    holds: dict[str, int]
    index: str = ""
    digest: str = ""

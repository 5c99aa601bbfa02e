"""Facts: what has happened, past tense and of the business, with ids only; how they look on the bus."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, ClassVar

from pydantic import BaseModel, ConfigDict, Field

from skolkit.clock import now, stamp
from skolkit.types import PersonId, new_id


class Fact(BaseModel):
    """Base of all facts. `type` is `<area>.<Name>.v<n>`. Readers ignore fields they do not know."""

    model_config = ConfigDict(frozen=True, extra="ignore", defer_build=True)
    type: ClassVar[str]

    def envelope(self, at: datetime | None = None) -> dict[str, Any]:
        """The fact as it travels: `{id, type, time, data}`."""
        return {
            "id": new_id(),
            "type": self.type,
            "time": stamp(at or now()),
            "data": self.model_dump(mode="json"),
        }


class MessageDue(Fact):
    """Base of `<area>.MessageDue.v1`: people are to be told something, each once for the same `id`, each by
    their own channel and in their own language.

    `template` names the text in `functions/messages/domain/templates.py`; `values` fill its places and are
    never personal: dates, times, numbers. The text may name `about` by given name, which is read when it is
    sent; nothing is sent about or to a protected person. At most 100 recipients. `urgent` disregards quiet
    hours.
    """

    id: str
    recipients: Annotated[list[PersonId], Field(max_length=100)]
    template: str
    about: PersonId | None = None
    values: dict[str, str] = {}
    urgent: bool = False


class Envelope(BaseModel):
    """A fact received: `id` is the same at every delivery of the same fact."""

    model_config = ConfigDict(frozen=True, extra="ignore", defer_build=True)
    id: str
    type: str
    time: datetime
    data: dict[str, Any]

"""Facts: what has happened, past tense and of the business, with ids only; how they look on the bus."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict

from skolkit.clock import now, stamp
from skolkit.types import new_id


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


class Envelope(BaseModel):
    """A fact received: `id` is the same at every delivery of the same fact."""

    model_config = ConfigDict(frozen=True, extra="ignore", defer_build=True)
    id: str
    type: str
    time: datetime
    data: dict[str, Any]

"""Records of the population register that could not be taken, over HTTP."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from functions.register.schemas.common import Id
from skolkit.http import Shape


class ParkedQuery(Shape):
    """How much of the list, from where."""

    limit: Annotated[int, Field(ge=1, le=100)] = 50
    cursor: Annotated[str, Field(max_length=900)] | None = None


class ParkedView(Shape):
    """A record's place in its file, and what is wrong with it; never what it says."""

    file_id: Id
    file: str
    line: int
    field: str
    reason: str
    reason_en: str
    state: Literal["waiting", "retried"]
    parked: str
    version: int


class ParkedPage(Shape):
    """Records that wait, by file and line."""

    data: list[ParkedView]
    cursor: str | None


class Dismissal(Shape):
    """Why a record is let be."""

    reason: Literal["correctedAtSource", "correctedByHand", "notOurs", "duplicate"]

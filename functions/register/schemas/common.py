"""What several requests and answers have in common."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from skolkit.http import Shape

Id = Annotated[str, Field(pattern=r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")]


class UnitRef(Shape):
    """A school unit by id and name."""

    id: Id
    name: str


class GroupRef(Shape):
    """A group by id and name."""

    id: Id
    name: str

"""What several requests and answers have in common."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from skolkit.http import Shape

Id = Annotated[str, Field(pattern=r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")]


class PageQuery(Shape):
    """How much of a list, from where."""

    limit: Annotated[int, Field(ge=1, le=100)] = 20
    cursor: Annotated[str, Field(max_length=600)] | None = None

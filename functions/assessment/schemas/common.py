"""What several requests and answers have in common."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import Field

from skolkit.http import Shape

Id = Annotated[str, Field(pattern=r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")]


class PageQuery(Shape):
    """How much of a list, from where."""

    limit: Annotated[int, Field(ge=1, le=100)] = 20
    cursor: Annotated[str, Field(max_length=600)] | None = None


Subject = Annotated[str, Field(pattern=r"^[A-ZÅÄÖ][A-ZÅÄÖ0-9]{0,11}$")]
"""The code of a subject, as on activities: "MA", "GRGRMAT01"."""


def is_subject(text: str) -> bool:
    """Whether a text from a path can be a subject's code."""
    return re.fullmatch(r"[A-ZÅÄÖ][A-ZÅÄÖ0-9]{0,11}", text) is not None

"""What the evening found."""

from __future__ import annotations

from datetime import date

from functions.attendance.schemas.common import Id
from skolkit.http import Shape


class SweepView(Shape):
    """What the evening sweep found at a unit."""

    unit: Id
    date: date
    counts: dict[str, int]

"""The part of assessment in a register extract."""

from __future__ import annotations

from functions.assessment import tests_extract
from skolkit.extracts import Requested, Section


def gather(asked: Requested) -> list[Section]:
    """Everything the area keeps about one person."""
    return [*tests_extract.gather(asked.person)]

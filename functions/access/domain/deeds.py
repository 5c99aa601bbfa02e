"""An operation in plain words."""

from __future__ import annotations

from dataclasses import dataclass

from skolkit.errors import Text


@dataclass(frozen=True, slots=True)
class Deed:
    """An operation in plain words; `change` when it changed something, else it was only read."""

    said: Text
    change: bool = False


def read(sv: str, en: str) -> Deed:
    """What was only read."""
    return Deed(Text(sv, en))


def change(sv: str, en: str) -> Deed:
    """What changed something."""
    return Deed(Text(sv, en), change=True)

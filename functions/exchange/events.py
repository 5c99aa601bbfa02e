"""Facts of exchange."""

from __future__ import annotations

from typing import ClassVar

from skolkit.extracts import Answered


class ExtractAnswered(Answered):
    """The part of exchange in a register extract has been written."""

    type: ClassVar[str] = "exchange.ExtractAnswered.v1"

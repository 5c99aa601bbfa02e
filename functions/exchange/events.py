"""Facts of exchange."""

from __future__ import annotations

from typing import ClassVar

from skolkit.extracts import Answered
from skolkit.retention import facts as retention


class ExtractAnswered(Answered):
    """The part of exchange in a register extract has been written."""

    type: ClassVar[str] = "exchange.ExtractAnswered.v1"


class RetentionContinued(retention.Turn):
    """The area's part of a retention run goes on in another turn."""

    type: ClassVar[str] = "exchange.RetentionContinued.v1"


class RetentionAnswered(retention.Answered):
    """The area's part of a retention run is done: counts and where the proofs are."""

    type: ClassVar[str] = "exchange.RetentionAnswered.v1"

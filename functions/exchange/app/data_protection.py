"""What exchange tells in a register extract (process 36)."""

from __future__ import annotations

from functions.exchange.app.base import on
from functions.exchange.events import ExtractAnswered
from functions.exchange.extract import gather
from functions.register import queries as register
from skolkit.events import Envelope
from skolkit.extracts import answer


@on.on_facts(
    "access.ExtractRequested.v1", process=36, timeout=120, runbook="extracts",
    uses=("s3:PutObject extract-part",),
    meaning="Registerutdrag blir inte färdiga; den som har begärt ett har rätt till svar inom en månad.",
)  # fmt: skip
def answer_extract(envelope: Envelope) -> None:
    """Write what the area keeps about one person, for a register extract."""
    answer(envelope, gather, ExtractAnswered, register.records_of)

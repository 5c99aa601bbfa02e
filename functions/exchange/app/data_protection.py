"""What exchange tells in a register extract and erases (process 36)."""

from __future__ import annotations

from functions.exchange.app.base import on
from functions.exchange.events import ExtractAnswered, RetentionContinued
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


@on.on_facts(
    "access.RetentionAsked.v1", RetentionContinued.type, process=36, timeout=900, memory=512, batch=1,
    runbook="retention", alarms=("RetentionFailed",),
    uses=("dynamodb:Scan own", "s3:PutObject proof"),
    meaning="Gallringen går inte: uppgifter sparas längre än gallringsplanen säger.",
)  # fmt: skip
def answer_retention(envelope: Envelope) -> None:
    """Erase what is over in the area's table, or count it."""
    from functions.exchange.retention import SHELF
    from skolkit.retention.work import answer as work

    work(envelope, SHELF)

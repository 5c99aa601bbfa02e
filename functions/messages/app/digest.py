"""The weekly digest (process 28)."""

from __future__ import annotations

from functions.messages.app.base import on
from functions.messages.domain.digest import RULES
from functions.messages.events import DigestDue
from functions.messages.usecases import digests
from skolkit.events import Envelope


@on.on_schedule(
    RULES.schedule, process=28, timeout=60, runbook="notices",
    meaning="Veckobrevet till hemmen skickas inte. Det det handlar om syns när de loggar in.",
)  # fmt: skip
def ask_digests() -> None:
    """On Sundays: let every unit's homes be told of the week."""
    digests.ask_digests()


@on.on_facts(
    DigestDue.type, process=28, timeout=300, memory=1024, batch=1, runbook="notices",
    meaning="En skolas hem får inte veckobrevet. Det det handlar om syns när de loggar in.",
)  # fmt: skip
def send_digests(envelope: Envelope) -> None:
    """Tell the homes of some pupils of the week, and go on with the next."""
    digests.send_digests(DigestDue.model_validate(envelope.data))

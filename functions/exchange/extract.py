"""The part of exchange in a register extract."""

from __future__ import annotations

from functions.exchange.store import reports
from skolkit.extracts import Requested, Section, section


def gather(asked: Requested) -> list[Section]:
    """What connected systems have said about the person. That an administrator changed a client or
    replayed facts is the municipality's own. One query, and a batch per hundred.
    """
    columns = {
        "at": ("När", "When"), "client": ("System", "System"), "severity": ("Grad", "Severity"),
        "message": ("Meddelande", "Message"),
    }  # fmt: skip
    rows = [
        (item.at, str(item.pk).removeprefix("LOG#"), item.severity, item.message)
        for item in reports.about(asked.person)
    ]
    return [section("exchange.log", "Vad anslutna system sagt", "What connected systems said", columns, rows)]

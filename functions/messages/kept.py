"""What messages keeps about people."""

from __future__ import annotations

from skolkit.kept import Kept

KEPT = {
    "preferences": Kept("messages.preference", ("pk",), tied="pk"),
    "ways": Kept("messages.preference", ("pk",), tied="pk"),
    "due": Kept("technical.job"),
    "delivery": Kept("messages.delivery", ("pk", "sk")),
    "emergency": Kept("messages.emergency", ("asked_by",), dated="at"),
    "emergency_chunk": Kept("messages.emergency", ("unsettled", "unreached", "calls"), dated="at"),
    "messages_retention": Kept("technical.job"),
    "messages_erasure": Kept("technical.job"),
}

"""What messages keeps about people."""

from __future__ import annotations

from skolkit.kept import Kept

KEPT = {
    "preferences": Kept("messages.preference", ("pk",), tied="pk"),
    "delivery": Kept("messages.delivery", ("pk", "sk")),
    "messages_retention": Kept("technical.job"),
    "messages_erasure": Kept("technical.job"),
}

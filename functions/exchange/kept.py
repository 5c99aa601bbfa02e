"""What exchange keeps about people."""

from __future__ import annotations

from skolkit.kept import Kept

KEPT = {
    "exchange_client": Kept("exchange.client", ("changed_by",)),
}

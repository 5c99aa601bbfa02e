"""What access keeps about people, beside the audit trail."""

from __future__ import annotations

from skolkit.kept import Kept

KEPT = {
    "extract": Kept("access.extract", ("person", "asked_by")),
    "open_extract": Kept("access.extract"),
}

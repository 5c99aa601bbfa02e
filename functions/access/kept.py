"""What access keeps about people, beside the audit trail itself."""

from __future__ import annotations

from skolkit.kept import Kept

KEPT = {
    "audit_chain": Kept("access.audit"),
    "extract": Kept("access.extract", ("person", "asked_by")),
    "open_extract": Kept("access.extract"),
    "extract_about": Kept("access.extract", ("pk",)),
}

"""What access keeps about people, beside the audit trail itself."""

from __future__ import annotations

from skolkit.kept import Kept

KEPT = {
    "audit_chain": Kept("access.audit"),
    "extract": Kept("access.extract", ("person", "asked_by")),
    "open_extract": Kept("access.extract"),
    "extract_about": Kept("access.extract", ("pk",)),
    "legal_hold": Kept("access.hold", ("person", "set_by", "lifted_by")),
    "retention_settings": Kept("access.proof", ("changed_by",)),
    "retention_run": Kept("access.proof", ("asked_by",)),
}

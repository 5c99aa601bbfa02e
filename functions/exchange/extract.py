"""The part of exchange in a register extract."""

from __future__ import annotations

from skolkit.extracts import Requested, Section


def gather(_: Requested) -> list[Section]:
    """Nothing is kept about a person here, but that an administrator changed a client, which is the
    municipality's own.
    """
    return []

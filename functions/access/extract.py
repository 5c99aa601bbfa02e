"""Access's part of a register extract: who has read or changed something about the person, and legal holds
over what is kept of them.
"""

from __future__ import annotations

from collections.abc import Mapping

from functions.access.domain.words import DEEDS, OTHER
from functions.access.store import extracts as store
from functions.access.store import retention
from functions.register import queries as register
from skolkit.extracts import Requested, Section, section
from skolkit.types import PersonId


def gather(asked: Requested) -> list[Section]:
    """The audit trail about the person, and holds. Two queries, and one for the guardians.

    Of staff is told that they are staff, when and what for, not who (C-579/21, Pankki S).
    """
    record = register.anyone(asked.person)
    guardians = record.guardians if record else frozenset[PersonId]()
    return [
        section(
            "access.audit", "Vem som läst eller ändrat uppgifterna", "Who has read or changed the data",
            {
                "at": ("Tid", "Time"), "actor": ("Vem", "Who"), "action": ("Vad", "What"),
                "reason": ("Skäl", "Reason"),
            },
            [
                [row["at"], _who(row["actor"], asked.person, guardians), _what(row), row.get("reason")]
                for row in store.audit_about(asked.person)
            ],
        ),
        section(
            "access.hold", "Gallringsstopp", "Legal holds",
            {"from": ("Från", "From"), "until": ("Till", "Until"), "ground": ("Grund", "Ground")},
            [[row.set_at, row.lifted_at, row.ground] for row in retention.holds_over(asked.person)],
        ),
    ]  # fmt: skip


def _what(row: Mapping[str, str]) -> str:
    return DEEDS.get(row["action"], OTHER).said.sv


def _who(actor: str, person: PersonId, guardians: frozenset[PersonId]) -> str:
    if actor.startswith("system:"):
        return "systemet"
    if actor == person:
        return "personen själv"
    return "vårdnadshavare" if actor in guardians else "personal"

"""The part of exchange in a register extract: calendars that somebody subscribes to, and those about them."""

from __future__ import annotations

from functions.exchange.domain.calendars import MOST
from functions.exchange.store import calendars as store
from functions.exchange.store import reports
from skolkit.extracts import Requested, Section, section


def gather(asked: Requested) -> list[Section]:
    """Calendars, and what connected systems have said about the person. That an administrator changed a
    client or replayed facts is the municipality's own. Five round trips, and a batch per hundred.
    """
    own, _ = store.page_of(asked.person, MOST)
    rows = [(one, "egen") for one in own] + [
        (one, "någon annans, om personen") for one in store.about(asked.person)
    ]
    columns = {
        "at": ("När", "When"), "client": ("System", "System"), "severity": ("Grad", "Severity"),
        "message": ("Meddelande", "Message"),
    }  # fmt: skip
    said = [
        (item.at, str(item.pk).removeprefix("LOG#"), item.severity, item.message)
        for item in reports.about(asked.person)
    ]
    return [
        section("exchange.log", "Vad anslutna system sagt", "What connected systems said", columns, said),
        section(
            "exchange.calendar", "Kalenderprenumerationer", "Calendar subscriptions",
            {
                "made": ("Skapad", "Made"), "ends": ("Upphör", "Ends"), "kind": ("Visar", "Shows"),
                "name": ("Namn", "Name"), "whose": ("Vems", "Whose"),
            },
            [
                [
                    one.made.isoformat(), one.ends.isoformat(),
                    "en grupp" if one.group else "personen" if whose != "egen" or one.own else "ett barn",
                    one.name if whose == "egen" else "", whose,
                ]
                for one, whose in rows
            ],
        )
    ]  # fmt: skip

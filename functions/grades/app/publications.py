"""Telling homes that grades are there (process 32)."""

from __future__ import annotations

from functions.grades.app.base import on
from functions.grades.events import HomesDue, PublicationDue
from functions.grades.usecases import publications
from skolkit.events import Envelope


@on.on_schedule(
    "rate(1 minute)", process=32, timeout=60,
    meaning="Hemmen får inget besked om att betygen finns. Betygen visas ändå vid beslutad tidpunkt.",
)  # fmt: skip
def ask_publications() -> None:
    """Every minute: hand over the periods whose moment has come."""
    publications.ask_publications()


@on.on_facts(
    PublicationDue.type, HomesDue.type, process=32, timeout=60, batch=1,
    meaning="En del hem får inget besked om att betygen finns. Betygen visas ändå.",
)  # fmt: skip
def tell_of_grades(envelope: Envelope) -> None:
    """Divide a period's pupils into parts, or have the homes of one told."""
    if envelope.type == PublicationDue.type:
        publications.divide_publication(PublicationDue.model_validate(envelope.data))
    else:
        publications.tell_homes(HomesDue.model_validate(envelope.data))

"""The lines of the retention plan of November 2026 for exchange with other systems."""

from __future__ import annotations

from functions.access.domain.document_types import DocumentType
from functions.access.domain.plan_words import INSIDE
from skolkit.errors import Text

EXCHANGE = (
    DocumentType(
        "exchange.client", Text("Anslutna system", "Connected systems"),
        Text("Styra vad andra system får hämta", "To decide what other systems may fetch"),
        Text("Systemets rättigheter; vem som ändrat dem", "The system's rights; who changed them"),
        Text("Kommunens systemförvaltare", "The municipality's administrator"),
        INSIDE, "none", None, "keep", "arkivlagen (1990:782) 3 §",
    ),
    DocumentType(
        "exchange.use", Text("Vad andra system har hämtat", "What other systems have fetched"),
        Text("Följa upp och begränsa uttag", "To follow and limit what is fetched"),
        Text("Antal per system, dag och resurs; inga personuppgifter",
             "Numbers by system, day and resource; no personal data"),
        Text("Systemet självt", "The system itself"),
        INSIDE, "document date", 13, "expire", "dataskyddsförordningen art. 5.1 e", certain=True,
    ),
    DocumentType(
        "exchange.log", Text("Anslutna systems logg", "The log of connected systems"),
        Text("Rätta fel i det som andra system har hämtat", "To mend faults in what others have fetched"),
        Text("Systemets meddelande, vad det gäller, antal", "The system's message, its subject, counts"),
        Text("Det anslutna systemet", "The connected system"),
        INSIDE, "document date", 13, "expire", "dataskyddsförordningen art. 5.1 e",
    ),
    DocumentType(
        "exchange.replay", Text("Omspelningar av händelser", "Replays of events"),
        Text("Följa upp vad som spelats om och varför", "To follow up what was replayed and why"),
        Text("Tid, slag av händelser, skäl; vem som begärt och avbrutit",
             "Time, kinds of events, reason; who asked and who cancelled"),
        Text("Kommunens systemförvaltare", "The municipality's administrator"),
        INSIDE, "none", None, "keep", "arkivlagen (1990:782) 3 §",
    ),
    DocumentType(
        "exchange.calendar", Text("Kalenderprenumerationer", "Calendar subscriptions"),
        Text("Visa lektioner, lov, prov och samtal i den egna kalendern",
             "To show lessons, days off, tests and talks in one's own calendar"),
        Text("Vems kalendern är, vem eller vilken grupp den visar, ett eget namn",
             "Whose the calendar is, whom or which group it shows, a name of its own"),
        Text("Den som skapar kalendern", "Whoever makes the calendar"),
        Text("Den kalendertjänst som personen väljer", "The calendar service that the person chooses"),
        "asked", 14, "expire", "dataskyddsförordningen art. 5.1 e",
    ),
)  # fmt: skip

"""The lines of the retention plan of November 2026 for what the system needs to do its work."""

from __future__ import annotations

from functions.access.domain.document_types import DocumentType
from functions.access.domain.plan_words import INSIDE
from skolkit.errors import Text

TECHNICAL = (
    DocumentType(
        "technical.job", Text("Körningar", "Jobs"),
        Text("Fullfölja och ångra läsårsbyten och fördelningar", "To finish and undo rollovers"),
        Text("Vem som begärt, vilka som flyttas", "Who asked, who is moved"),
        Text("Systemet självt", "The system itself"),
        INSIDE, "asked", 3, "expire", "dataskyddsförordningen art. 5.1 e", certain=True,
    ),
    DocumentType(
        "technical.table", Text("Tabeller in och ut", "Tables in and out"),
        Text("Pröva, läsa in, ångra och lämna ut tabeller", "To try, take, undo and give out tables"),
        Text("Uppgifter om personer som de var före en inläsning; vem som bad om den",
             "People's details as they were before an import; who asked for it"),
        Text("Den som skickar tabellen", "Whoever sends the table"),
        INSIDE, "document date", 1, "expire", "dataskyddsförordningen art. 5.1 e", certain=True,
    ),
    DocumentType(
        "technical.mapping", Text("Egna rubriker i tabeller", "One's own headings of tables"),
        Text("Slippa ange rubriker på nytt", "Not to give headings again"),
        Text("Rubriker; vem som använder dem", "Headings; who uses them"),
        Text("Den som skickar tabellen", "Whoever sends the table"),
        INSIDE, "document date", 24, "expire", "dataskyddsförordningen art. 5.1 e", certain=True,
    ),
    DocumentType(
        "technical.tries", Text("Försök med koder", "Tries of codes"),
        Text("Hindra att koder gissas", "To keep codes from being guessed"),
        Text(
            "Nycklad kontrollsumma av nummer eller adress, antal",
            "Keyed hash of a number or address, a count",
        ),
        Text("Systemet självt", "The system itself"),
        INSIDE, "document date", 1, "expire", "dataskyddsförordningen art. 5.1 e", certain=True,
    ),
    DocumentType(
        "technical.import", Text("Inläsningar", "Imports"),
        Text("Fullfölja avbrutna inläsningar", "To finish interrupted imports"),
        Text("Radnummer och fel, inga personuppgifter", "Line numbers and faults, no personal data"),
        Text("Systemet självt", "The system itself"),
        INSIDE, "document date", 1, "expire", "dataskyddsförordningen art. 5.1 e", certain=True,
    ),
)  # fmt: skip

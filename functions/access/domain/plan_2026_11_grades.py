"""The lines of the retention plan of November 2026 for grades decided again, and their documents."""

from __future__ import annotations

from functions.access.domain.document_types import DocumentType
from functions.access.domain.plan_words import ARCHIVE, HOME_TOO, SCHOOL
from skolkit.errors import Text

GRADES = (
    DocumentType(
        "grades.case",
        Text("Rättelse, ändring och prövning av betyg", "Correction, change and trial of grades"),
        Text(
            "Visa varför ett betyg rättats, ändrats eller prövats (skollagen 3:19–21)",
            "To show why a grade was corrected, changed or set at a trial",
        ),
        Text(
            "Vad som var fel, vem som märkte det, synpunkter, beslut; prövning, avgift, examinator",
            "What was wrong, who noticed, comments, decision; trial, fee, examiner",
        ),
        Text("Skolan och hemmet", "The school and the home"),
        HOME_TOO, "none", None, "keep", ARCHIVE,
    ),
    DocumentType(
        "grades.document", Text("Betygsdokument", "Grade documents"),
        Text("Visa vilka dokument som utfärdats och om de gäller", "To show which were issued and hold"),
        Text(
            "Slag, nummer, dag, vem som utfärdade, beslut det vilar på, kontrollsumma, om det gäller;"
            " filen finns så länge dokumentet gäller",
            "Kind, number, day, who issued it, decisions it rests on, checksum, replaced or revoked; the file"
            " while it is valid",
        ),
        SCHOOL, HOME_TOO, "none", None, "keep", ARCHIVE,
    ),
)  # fmt: skip

"""The lines of assessment in the retention plan of November 2026: two years after finished education, as
municipalities usually decide [M].
"""

from __future__ import annotations

from functions.access.domain.document_types import DocumentType
from functions.access.domain.plan_words import ARCHIVE, HOME, HOME_TOO, INSIDE, SCHOOL
from skolkit.errors import Text

ASSESSMENT = (
    DocumentType(
        "assessment.note", Text("Anteckningar om lärande", "Notes about learning"),
        Text("Bedöma kunskaper under terminen (skollagen 10:12–13)", "To assess knowledge through the term"),
        Text("Nivå, poäng och text per ämne, vem som skrivit", "Level, points, text by subject, who wrote"),
        SCHOOL, HOME_TOO, "education end", 24, "delete", ARCHIVE,
    ),
    DocumentType(
        "assessment.judgement", Text("Skriftliga omdömen", "Written assessments"),
        Text("Ge hemmet omdömen i varje ämne (skollagen 10:13)", "To give homes assessments by subject"),
        Text("Nivå och text per ämne, versioner, vem som skrivit, vem i hemmet som läst",
             "Level and text by subject, versions, who wrote, who at home has read"),
        SCHOOL, HOME_TOO, "education end", 24, "delete", ARCHIVE,
    ),
    DocumentType(
        "assessment.iup", Text("Individuella utvecklingsplaner", "Individual development plans"),
        Text("Planera elevens utveckling (skollagen 10:13)", "To plan the pupil's development"),
        Text("Mål, insatser, överenskommelser, uppföljningar", "Goals, measures, agreements, follow-ups"),
        SCHOOL, HOME_TOO, "education end", 24, "delete", ARCHIVE,
    ),
    DocumentType(
        "assessment.minutes", Text("Protokoll från utvecklingssamtal", "Minutes of development talks"),
        Text("Dokumentera samtal och överenskommelser (skollagen 10:12–13)", "To document talks"),
        Text("Text, överenskommelser, underskrifter, vilka som kom, när",
             "Text, agreements, signatures, who came, when"),
        SCHOOL, HOME_TOO, "education end", 24, "delete", ARCHIVE,
    ),
    DocumentType(
        "assessment.round", Text("Omgångar av omdömen", "Rounds of assessments"),
        Text("Leda arbetet med omdömen (skollagen 2:9–10)", "To lead the work with assessments"),
        Text("Årskurser, ämnen, tider, vem som öppnat", "Years, subjects, times, who opened it"),
        SCHOOL, INSIDE, "school year end", 24, "delete", ARCHIVE,
    ),
    DocumentType(
        "assessment.talk", Text("Tider för utvecklingssamtal", "Times for development talks"),
        Text("Boka utvecklingssamtal (skollagen 10:12)", "To book development talks"),
        Text("Tid, plats, mentor, vem som bokat och kommer", "Time, place, mentor, who booked and comes"),
        HOME, HOME_TOO, "school year end", 12, "delete", ARCHIVE,
    ),
)  # fmt: skip

"""The lines of the retention plan of November 2026 that are about national tests and formative tracking; the
periods are what municipalities usually decide [M].
"""

from __future__ import annotations

from functions.access.domain.document_types import DocumentType
from skolkit.errors import Text

_SCHOOL = Text("Uppgifterna kommer från skolans personal", "The data come from the school's staff")
_STAFF = Text(
    "Kommunens personal med uppgift för proven; ingen utanför kommunen",
    "The municipality's staff with a task for the tests; nobody outside",
)
_HOME_TOO = Text(
    "Kommunens personal med uppgift för eleven, eleven och vårdnadshavarna; Skolverket och SCB",
    "The municipality's staff with a task for the pupil, the pupil and the guardians; Skolverket and SCB",
)
_HOME = Text(
    "Kommunens personal med uppgift för eleven; hemmet så långt enheten bestämt",
    "The municipality's staff with a task for the pupil; the home as far as the unit has decided",
)
_ARCHIVE = "arkivlagen (1990:782) 10 §; kommunens dokumenthanteringsplan"

TYPES = (
    DocumentType(
        "assessment.test_result", Text("Resultat på nationella prov", "Results of national tests"),
        Text("Beaktas vid betygssättning (skollagen 10:20 a)", "To be taken into account in grading"),
        Text("Delprovens resultat, provbetyg, vem som rapporterat", "Results of parts, grade, who reported"),
        _SCHOOL, _HOME_TOO, "document date", 60, "delete", _ARCHIVE,
    ),
    DocumentType(
        "assessment.exemption", Text("Befrielse från nationella prov", "Exemption from national tests"),
        Text("Rektors beslut (skolförordningen 9:20)", "The principal's decision"),
        Text("Delprov, skäl, motivering, vem som beslutat", "Parts, ground, reasons, who decided"),
        _SCHOOL, _HOME_TOO, "none", None, "keep", _ARCHIVE,
    ),
    DocumentType(
        "assessment.test_group", Text("Provgrupper och bedömning", "Test groups and marking"),
        Text("Hålla proven och bedöma dem utan namn", "To hold the tests and mark them without names"),
        Text(
            "Vilka som skriver, att något anpassas, vem som ansvarar, bedömarnas omdömen per kod, kodnyckeln",
            "Who writes, that something is adapted, who is responsible, marks by code, the key",
        ),
        _SCHOOL, _STAFF, "document date", 36, "delete", _ARCHIVE,
    ),
    DocumentType(
        "assessment.matrix", Text("Matriser", "Matrices"),
        Text("Följa elevers utveckling mot kursplanen", "To follow pupils against the syllabus"),
        Text("Kriterier, vem som gjort matrisen", "Criteria, who made the matrix"),
        _SCHOOL, _STAFF, "none", None, "keep", _ARCHIVE,
    ),
    DocumentType(
        "assessment.observation", Text("Formativ uppföljning", "Formative tracking"),
        Text("Se i tid om mål riskerar att inte nås (skollagen 3:5)", "To see in time what is at risk"),
        Text("Iakttagelser mot kriterier, nivå, vem som såg", "Observations, level, by whom"),
        _SCHOOL, _HOME, "school year end", 24, "delete", _ARCHIVE,
    ),
    DocumentType(
        "assessment.calendar", Text("Provkalender och val", "Calendar of tests and choices"),
        Text("Veta vilka prov som hålls när", "To know which tests are held when"),
        Text("Inga personuppgifter", "No personal data"),
        Text("Skolverket, genom filer som läses in", "Skolverket, by imported files"),
        _STAFF, "none", None, "keep", _ARCHIVE,
    ),
)  # fmt: skip

"""The 36 processes of a municipality's schools, and the map of what serves each (the *samlad bild*):
functions here, an external system, or nothing yet. Which functions is read from the process number on every
operation and trigger."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from infra.areas import Area, function_name
from skolkit.triggers import EVERY_PROCESS


@dataclass(frozen=True, slots=True)
class Process:
    """`law`: the law or standard it rests on (SkolF: skolförordningen); `external`: the system that serves
    it, if not we."""

    no: int
    area: str
    name_sv: str
    name_en: str
    law: str = ""
    external: str = ""


# fmt: off
PROCESSES = (
    Process(
        1, "register", "Folkbokföringsuppdatering",
        "Population-register synchronisation", law="SS 12000",
    ),
    Process(
        2, "register", "Person- och vårdnadshavarhantering (inkl. skyddade personuppgifter)",
        "Person and guardian management incl. protected identity", law="SS 12000",
    ),
    Process(
        3, "register", "Inskrivning och skolplacering i elevregistret",
        "Enrolment and school-unit placement", law="SS 12000",
    ),
    Process(
        4, "admission", "Ansökan och kö till förskola, fritidshem och pedagogisk omsorg",
        "Application and queue (preschool, after-school)", law="skollagen 8:14; kommunens regler",
    ),
    Process(5, "admission", "Platserbjudande och placering", "Seat offer and placement", law="SS 12000"),
    Process(
        6, "admission", "Skolval och skolplacering i grundskola",
        "School choice and school placement", law="skollagen 10:30",
    ),
    Process(7, "admission", "Gymnasieantagning", "Upper-secondary admission", law="skollagen 16:29-36"),
    Process(
        8, "register", "Skolbyte, flytt och avslut",
        "School change, moving and leaving", law="SkolF 6:17-18; skollagen 15:15, 7:22",
    ),
    Process(
        9, "register", "Skolpliktsbevakning och kommunalt aktivitetsansvar (KAA)",
        "Compulsory-school monitoring and youth activity responsibility", law="skollagen 7, 29:9",
    ),
    Process(
        10, "fees", "Interkommunal ersättning och skolpeng",
        "Inter-municipal compensation and pupil funding", law="skollagen 8:17, 10:34, 16 kap",
    ),
    Process(
        11, "fees", "Avgifter för förskola och fritidshem (maxtaxa)",
        "Preschool and after-school fees", law="skollagen 8:16, 14:12; maxtaxa",
    ),
    Process(
        12, "organisation", "Organisation, skolenheter och läsår",
        "Organisation, school units and school year", law="SkolF 3:2-3",
    ),
    Process(13, "organisation", "Klass- och gruppindelning", "Class and group composition", law="SS 12000"),
    Process(
        14, "organisation", "Utbud, timplan och studieplaner",
        "Course offering, hours plan and individual study plans", law="SkolF 9:3-4 + bilaga 1",
    ),
    Process(15, "organisation", "Tjänstefördelning", "Staff assignment", law="SS 12000"),
    Process(16, "timetable", "Schemaläggning", "Timetabling", law="SkolF 3:6"),
    Process(
        17, "timetable", "Schemaändring och vikariehantering",
        "Timetable changes and substitutes", law="SS 12000",
    ),
    Process(18, "timetable", "Lokal- och resursbokning", "Room and resource booking", law="SS 12000"),
    Process(
        19, "attendance", "Frånvaroanmälan",
        "Absence notification by guardian or adult pupil", law="SkolF 4:8",
    ),
    Process(20, "attendance", "Närvarorapportering", "Lesson attendance reporting", law="SS 12000"),
    Process(
        21, "attendance", "Underrättelse om ogiltig frånvaro samma dag",
        "Same-day notice of unexcused absence", law="skollagen 7:17, 15:16",
    ),
    Process(22, "attendance", "Ledighetsansökan", "Leave application", law="skollagen 7:18"),
    Process(23, "attendance", "Frånvaroutredning", "Absence investigation", law="skollagen 7:19 a, 15:16"),
    Process(24, "attendance", "CSN-rapportering", "Student-aid reporting", law="studiestödslagen"),
    Process(
        25, "attendance", "Vistelsetider och in-/utcheckning",
        "Care schedules and check-in/out", law="SS 12000",
    ),
    Process(
        26, "learning", "Pedagogisk planering och kursrum",
        "Lesson planning and course rooms", law="SS 12000",
    ),
    Process(
        27, "learning", "Uppgifter, inlämning och återkoppling",
        "Assignments, hand-in and feedback",
    ),
    Process(28, "messages", "Kommunikation skola-hem", "School-home communication", law="SS 12000"),
    Process(
        29, "support", "Stöd, anpassningar och tillgänglighet i skolarbetet",
        "Support, adaptations and accessibility", law="skollagen 3:5-12",
    ),
    Process(
        30, "assessment", "Utvecklingssamtal, skriftliga omdömen och IUP",
        "Development talks, written assessments and IUP", law="skollagen 10:12-13",
    ),
    Process(
        31, "assessment", "Nationella prov och bedömningsstöd",
        "National tests", law="SkolF 9:20-21", external="Skolverkets provtjänst",
    ),
    Process(
        32, "grades", "Betygssättning och betygskatalog",
        "Grading and the grade catalogue", law="skollagen 3:16; SkolF 6:10",
    ),
    Process(
        33, "grades", "Betygsdokument, prövning, rättelse och ändring",
        "Grade documents, trial examination, correction and change", law="skollagen 3:18-21; SkolF 6:11-22",
    ),
    Process(
        34, "analytics", "Analys av verksamhetsdata och betygsstatistik",
        "Analysis of operational data and grade statistics", law="SS 12000",
    ),
    Process(
        35, "exchange", "Myndighetsrapportering och informationsutbyte",
        "Reporting to authorities and data exchange", law="SS 12000",
    ),
    Process(
        36, "access", "Behörighet, dataskydd, gallring och arkiv",
        "Access control, data protection, retention and archive", law="SS 12000",
    ),
)
# fmt: on


def process_map(areas: Iterable[Area]) -> list[dict[str, Any]]:
    """Every process with `status` (served, external or planned) and the `functions` that serve it, in order
    of number.

    A function is `{function, name, kind, starts}`: its physical name, the operation or trigger, its kind
    (http, facts, schedule, file or identity) and what starts it.
    """
    serving: dict[int, list[dict[str, str]]] = {process.no: [] for process in PROCESSES}
    for area in areas:
        for base, operation in ((a.base, operation) for a in area.apis for operation in a.operations):
            name = function_name(area.name, "writer" if operation.writes else "reader")
            starts = f"{operation.method} /{base}{operation.path}"
            serving[operation.process].append(_served(name, operation.id, "http", starts))
        for trigger in area.triggers:
            if trigger.process == EVERY_PROCESS:
                continue
            starts = ", ".join(trigger.source) or "sign-in"
            name = function_name(area.name, trigger.name)
            serving[trigger.process].append(_served(name, trigger.name, trigger.kind, starts))
    return [
        asdict(process) | {"status": _status(process, serving[process.no]), "functions": serving[process.no]}
        for process in PROCESSES
    ]


def _served(function: str, name: str, kind: str, starts: str) -> dict[str, str]:
    return {"function": function, "name": name, "kind": kind, "starts": starts}


def _status(process: Process, functions: list[dict[str, str]]) -> str:
    if functions:
        return "served"
    return "external" if process.external else "planned"


def as_markdown(processes: Iterable[dict[str, Any]]) -> str:
    """The map as a table for the README."""
    lines = ["| nr | område | process | betjänas av |", "|---|---|---|---|"]
    for process in processes:
        by = {
            "served": ", ".join(f"`{name}`" for name in sorted({f["name"] for f in process["functions"]})),
            "external": process["external"],
            "planned": "ännu inte",
        }[process["status"]]
        lines.append(f"| {process['no']} | {process['area']} | {process['name_sv']} | {by} |")
    return "\n".join(lines)

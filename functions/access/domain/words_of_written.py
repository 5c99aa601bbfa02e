"""What other systems have written (SS 12000), in words that a family understands."""

from __future__ import annotations

from functions.access.domain.deeds import Deed, change

DEEDS: dict[str, Deed] = {
    "write_absence": change("anmälde frånvaro", "reported absence"),
    "write_attendance": change("rapporterade närvaro på en lektion", "reported attendance at a lesson"),
    "delete_attendance": change("tog tillbaka närvaro på en lektion", "took back attendance at a lesson"),
    "write_attendance_event": change("registrerade att barn kom eller gick", "registered a coming or going"),
    "delete_attendance_event": change(
        "tog tillbaka att barn kom eller gick", "took back that a child came or left"
    ),
    "write_attendance_schedule": change("lade ett schema för vistelsetid", "made a schedule of care hours"),
    "delete_attendance_schedule": change(
        "tog tillbaka ett schema för vistelsetid", "withdrew a schedule of care hours"
    ),
}

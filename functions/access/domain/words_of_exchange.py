"""What is done by and about other systems and calendars, in words that a family understands."""

from __future__ import annotations

from functions.access.domain.deeds import Deed, change, read

DEEDS: dict[str, Deed] = {
    "change_client": change("ändrade vad ett anslutet system får", "changed what a connected system may"),
    "delete_client": change("tog bort ett anslutet system", "removed a connected system"),
    "keep_clients": change("gick igenom anslutna system", "went through connected systems"),
    "register_client": change("anslöt ett system", "connected a system"),
    "rotate_secret": change("bytte ett anslutet systems hemlighet", "replaced a connected system's secret"),
    "start_client": change("släppte in ett stoppat system igen", "let a stopped system in again"),
    "stop_client": change("stoppade ett anslutet system", "stopped a connected system"),
    "fetch_calendar": read("hämtade en kalender genom dess adress", "fetched a calendar by its address"),
    "revoke_calendar": change("återkallade en kalenderadress", "revoked the address of a calendar"),
    "subscribe_calendar": change("skapade en kalenderadress", "made an address of a calendar"),
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
    "cancel_replay": change("avbröt en omspelning av händelser", "cancelled a replay of events"),
    "start_replay": change("spelade om händelser", "replayed events"),
    "list_client_log": read(
        "läste vad ett anslutet system säger gick fel", "read what a connected system says went wrong"
    ),
    "end_subscription": change("slutade få notiser om ändringar", "ended notices of changes"),
    "renew_subscription": change("förlängde notiser om ändringar", "renewed notices of changes"),
    "resume_subscription": change(
        "lät ett anslutet system få notiser igen", "let a connected system have notices again"
    ),
    "subscribe": change("började få notiser om ändringar", "began to have notices of changes"),
}

"""What is done about sums of attendance and reports to CSN, in plain words."""

from __future__ import annotations

from functions.access.domain.deeds import Deed, change, read

DEEDS: dict[str, Deed] = {
    "count_attendance": change("räknade närvaro", "counted attendance"),
    "decide_csn_case": change("beslutade om rapport till CSN", "decided on a report to CSN"),
    "export_attendance": change("begärde en fil med närvarostatistik", "asked for a file of attendance"),
    "export_csn": change("begärde en fil med rapporter till CSN", "asked for a file of reports to CSN"),
    "link_attendance_export": read("hämtade en fil med närvaro", "fetched a file of attendance"),
    "list_absent_pupils": read("läste listan över elever med frånvaro", "read the list of absent pupils"),
    "list_csn_cases": read("läste listan över CSN-ärenden", "read the list of CSN cases"),
    "list_group_totals": read("läste en grupps närvarosummor", "read a group's sums of attendance"),
    "list_reporting": read("läste vilka lektioner som inte rapporterats", "read what is not reported"),
    "propose_csn_report": change("föreslog en rapport till CSN", "proposed a report to CSN"),
    "read_csn_case": read("läste ett CSN-ärende", "read a CSN case"),
    "read_pupil_totals": read("läste en elevs närvarosummor", "read a pupil's sums of attendance"),
    "report_full_time": change("rapporterade heltidsstudier till CSN", "reported full-time studies to CSN"),
    "sweep_csn": change("gick igenom ogiltig frånvaro", "went through invalid absence"),
}

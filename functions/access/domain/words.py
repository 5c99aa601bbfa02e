"""What has been done, in words that a family understands, by the name of the operation in the audit trail."""

from __future__ import annotations

from dataclasses import dataclass

from skolkit.errors import Text


@dataclass(frozen=True, slots=True)
class Deed:
    """An operation in plain words; `change` when it changed something, else it was only read."""

    said: Text
    change: bool = False


def _read(sv: str, en: str) -> Deed:
    return Deed(Text(sv, en))


def _change(sv: str, en: str) -> Deed:
    return Deed(Text(sv, en), change=True)


DEEDS: dict[str, Deed] = {
    "add_person": _change("lade in en person i registret", "entered a person in the register"),
    "answer_transfer": _change("besvarade ett skolbyte", "answered a change of school"),
    "appoint_substitute": _change("utsåg vikarie", "appointed a substitute"),
    "ask_handover": _change("begärde överlämning till nästa skola", "asked for a hand-over"),
    "ask_transfer": _change("bytte eller begärde byte av skola", "changed, or asked to change, school"),
    "break_glass": _change("öppnade skyddade uppgifter", "opened protected details"),
    "cancel_enrolment": _change("avbröt en inskrivning", "cancelled an enrolment"),
    "change_absence": _change("ändrade en frånvaroanmälan", "changed a notice of absence"),
    "change_contacts": _change("ändrade kontaktuppgifter", "changed contact details"),
    "change_enrolment": _change("ändrade en inskrivning", "changed an enrolment"),
    "change_number": _change("ändrade personnummer", "changed the identity number"),
    "change_person": _change("ändrade personuppgifter", "changed the personal card"),
    "change_reach": _change("ändrade adress och kontaktvägar", "changed address and contact details"),
    "choose_preferences": _change("valde hur meddelanden skickas", "chose how messages are sent"),
    "correct_lesson": _change("rättade närvaron på en lektion", "corrected attendance of a lesson"),
    "decide_leaving": _change("avgjorde ett ärende om att sluta skolan", "decided a case of leaving school"),
    "delegate": _change("delegerade beslutanderätt", "delegated decisions"),
    "end_responsible": _change(
        "avslutade någons ansvar för ett barn", "ended somebody's responsibility for a child"
    ),
    "enrol_pupil": _change("skrev in på en skola", "enrolled at a school"),
    "explain": _read("undersökte vem som har behörighet", "looked into who has access"),
    "leave_school": _change("lät en elev sluta skolan", "let a pupil leave school"),
    "link_handover": _read("hämtade överlämningen till nästa skola", "fetched a hand-over"),
    "link_notice": _read("hämtade en underrättelse", "fetched a notice"),
    "list_absences": _read("läste frånvaroanmälningar", "read notices of absence"),
    "list_deliveries": _read("läste vilka meddelanden som skickats", "read which messages were sent"),
    "list_enrolments": _read("läste inskrivningarna", "read the enrolments"),
    "list_leavings": _read("läste ärenden om att sluta skolan", "read cases of leaving school"),
    "list_matters": _read("läste vilka ärenden som väntar", "read which matters wait"),
    "list_pupil_lessons": _read("läste schemat för en dag", "read a day's timetable"),
    "list_rights_of_people": _read("läste enhetens behörigheter", "read the unit's rights"),
    "list_unit_pupils": _read("läste skolans elevlista", "read the school's list of pupils"),
    "mark_notice": _change("noterade hur en underrättelse gick", "noted how a notice went"),
    "mentor_day": _read("läste klassens dag", "read the class's day"),
    "merge_persons": _change("slog ihop två poster om samma person", "merged two records of one person"),
    "open_contacts": _read("läste skyddade kontaktuppgifter", "read protected contact details"),
    "open_lesson": _read("öppnade en lektions närvarolista", "opened a lesson's attendance list"),
    "protect_person": _change("ändrade skyddet av identiteten", "changed the protection of the identity"),
    "put_member": _change("placerade i en klass eller grupp", "put in a class or group"),
    "put_responsible": _change(
        "ändrade vem som ansvarar för ett barn", "changed who is responsible for a child"
    ),
    "read_certificate": _read("läste avgångsintyget", "read the leaving certificate"),
    "read_contacts": _read("läste kontaktuppgifter", "read contact details"),
    "read_group": _read("läste klasslistan", "read the class list"),
    "read_handover": _read("läste hur långt överlämningen kommit", "read how far the hand-over has come"),
    "read_person": _read("läste personuppgifter", "read the personal card"),
    "read_pupil_day": _read("läste en dags närvaro", "read a day's attendance"),
    "read_record": _read(
        "läste allt i registret om personen", "read everything in the register about the person"
    ),
    "read_trail": _read("läste vem som tagit del av uppgifterna", "read who has seen the data"),
    "remove_member": _change("tog bort ur en klass eller grupp", "took out of a class or group"),
    "report_absence": _change("anmälde frånvaro", "reported absence"),
    "revoke_delegation": _change("återkallade en delegation", "revoked a delegation"),
    "revoke_substitution": _change("avslutade ett vikariat", "ended a substitution"),
    "save_lesson": _change("rapporterade närvaron på en lektion", "reported attendance of a lesson"),
    "undo_merge": _change("delade en hopslagen post", "took merged records apart"),
    "withdraw_absence": _change("tog tillbaka en frånvaroanmälan", "withdrew a notice of absence"),
}
OTHER = _change("gjorde något annat med uppgifterna", "did something else with the data")

WHO: dict[str, Text] = {
    "self": Text("personen själv", "the person"),
    "guardian": Text("vårdnadshavare", "guardian"),
    "system": Text("skolans system", "the school's system"),
    "staff": Text("personal", "staff"),
    "other": Text("någon som inte längre har en roll här", "somebody who has no part here any more"),
    "principal": Text("rektor", "principal"),
    "administrator": Text("administratör", "administrator"),
    "teacher": Text("lärare", "teacher"),
    "mentor": Text("mentor", "mentor"),
    "preschool_staff": Text("förskolepersonal", "preschool staff"),
    "school_counsellor": Text("kurator", "school counsellor"),
    "school_doctor": Text("skolläkare", "school doctor"),
    "school_nurse": Text("skolsköterska", "school nurse"),
    "school_psychologist": Text("skolpsykolog", "school psychologist"),
    "special_educator": Text("specialpedagog", "special educator"),
    "study_counsellor": Text("studie- och yrkesvägledare", "study counsellor"),
}

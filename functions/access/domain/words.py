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
    "adapt_study_plan": _change("beslutade om anpassade studier", "decided on adapted studies"),
    "add_local_syllabus": _change("lade till en egen kurs", "added a course of the unit's own"),
    "add_person": _change("lade in en person i registret", "entered a person in the register"),
    "add_programme": _change("lade till ett program", "added a programme"),
    "add_watch_event": _change(
        "noterade något i ett bevakningsärende", "noted something in a case of the watch"
    ),
    "answer_transfer": _change("besvarade ett skolbyte", "answered a change of school"),
    "apply_rule": _change(
        "placerade elever i en grupp efter dess regel", "put pupils in a group by its rule"
    ),
    "appoint_substitute": _change("utsåg vikarie", "appointed a substitute"),
    "ask_handover": _change("begärde överlämning till nästa skola", "asked for a hand-over"),
    "ask_transfer": _change("bytte eller begärde byte av skola", "changed, or asked to change, school"),
    "ask_retention_run": _change("begärde en gallringskörning", "asked for a retention run"),
    "assign_watch_case": _change(
        "gav ett bevakningsärende till en handläggare", "gave a case of the watch to an officer"
    ),
    "break_glass": _change("öppnade skyddade uppgifter", "opened protected details"),
    "cancel_enrolment": _change("avbröt en inskrivning", "cancelled an enrolment"),
    "change_absence": _change("ändrade en frånvaroanmälan", "changed a notice of absence"),
    "change_activity": _change("ändrade undervisning eller lärare", "changed teaching or its teachers"),
    "change_certification": _change(
        "ändrade uppgift om legitimation och behörighet", "changed certification"
    ),
    "change_contacts": _change("ändrade kontaktuppgifter", "changed contact details"),
    "change_duty": _change("ändrade en tjänst", "changed a duty"),
    "change_enrolment": _change("ändrade en inskrivning", "changed an enrolment"),
    "change_group": _change("ändrade en klass eller grupp", "changed a class or group"),
    "change_mapping": _change("ändrade rubriker för tabeller", "changed headings of tables"),
    "change_members": _change(
        "ändrade vilka som går i en klass eller grupp", "changed who belongs to a class or group"
    ),
    "change_number": _change("ändrade personnummer", "changed the identity number"),
    "change_person": _change("ändrade personuppgifter", "changed the personal card"),
    "change_reach": _change("ändrade adress och kontaktvägar", "changed address and contact details"),
    "change_round": _change("ändrade en valomgång", "changed a choice round"),
    "change_retention_settings": _change(
        "bestämde om gallringen är skarp", "decided whether the retention run is real"
    ),
    "change_unit": _change("ändrade en enhet i organisationen", "changed an element of the organisation"),
    "choose_preferences": _change("valde hur meddelanden skickas", "chose how messages are sent"),
    "close_unit": _change("avslutade en enhet i organisationen", "closed an element of the organisation"),
    "close_watch_case": _change("avslutade ett bevakningsärende", "closed a case of the watch"),
    "collect_extract": _change("ställde samman ett registerutdrag", "put a register extract together"),
    "correct_lesson": _change("rättade närvaron på en lektion", "corrected attendance of a lesson"),
    "create_activity": _change("planerade undervisning", "planned teaching"),
    "collect_retention": _change("skrev ett gallringsbevis", "wrote a proof of deletion"),
    "create_duty": _change("lade in en tjänst", "entered a duty"),
    "create_group": _change("skapade en klass eller grupp", "made a class or group"),
    "create_unit": _change("skapade en enhet i organisationen", "made an element of the organisation"),
    "decide_calendar": _change("beslutade läsårstider", "decided a school year"),
    "decide_distribution": _change("beslutade timplanens fördelning", "decided the teaching hours"),
    "decide_leaving": _change("avgjorde ett ärende om att sluta skolan", "decided a case of leaving school"),
    "decide_round": _change(
        "beslutade resultatet av elevernas val", "decided the outcome of the pupils' choices"
    ),
    "delegate": _change("delegerade beslutanderätt", "delegated decisions"),
    "dismiss_parked": _change(
        "lät en post från folkbokföringen vara", "let a record of the population register be"
    ),
    "end_group": _change("avslutade en klass eller grupp", "ended a class or group"),
    "end_memberships": _change(
        "avslutade platser i klasser och grupper", "ended places in classes and groups"
    ),
    "end_responsible": _change(
        "avslutade någons ansvar för ett barn", "ended somebody's responsibility for a child"
    ),
    "enrol_pupil": _change("skrev in på en skola", "enrolled at a school"),
    "erase": _change("gallrade uppgifter enligt gallringsplanen", "erased data by the retention plan"),
    "explain": _read("undersökte vem som har behörighet", "looked into who has access"),
    "follow_merge": _change("följde en sammanslagning av poster", "followed a merge of records"),
    "follow_rules": _change("placerade i en grupp efter dess regel", "put in a group by its rule"),
    "hide_papers": _change(
        "tog bort papper om en skyddad person", "took away papers about a protected person"
    ),
    "export_table": _change("lämnade ut en tabell", "gave a table out"),
    "import_table": _change("läste in en tabell", "took a table in"),
    "hold": _change("höll kvar uppgifter för ett gallringsstopp", "kept data for a legal hold"),
    "leave_school": _change("lät en elev sluta skolan", "let a pupil leave school"),
    "lift_hold": _change("hävde ett gallringsstopp", "lifted a legal hold"),
    "link_extract": _read("hämtade ett registerutdrag", "fetched a register extract"),
    "link_handover": _read("hämtade överlämningen till nästa skola", "fetched a hand-over"),
    "link_notice": _read("hämtade en underrättelse", "fetched a notice"),
    "link_table_file": _read("hämtade en fil ur en tabell", "fetched a file of a table"),
    "link_retention_report": _read("hämtade en gallringsrapport", "fetched a retention report"),
    "list_absences": _read("läste frånvaroanmälningar", "read notices of absence"),
    "list_deliveries": _read("läste vilka meddelanden som skickats", "read which messages were sent"),
    "list_duties": _read("läste enhetens tjänster", "read the unit's duties"),
    "list_enrolments": _read("läste inskrivningarna", "read the enrolments"),
    "list_holds": _read("läste gallringsstopp", "read legal holds"),
    "list_leavings": _read("läste ärenden om att sluta skolan", "read cases of leaving school"),
    "list_matters": _read("läste vilka ärenden som väntar", "read which matters wait"),
    "list_plan_versions": _read("läste studieplanens historik", "read the study plan's history"),
    "list_pupil_lessons": _read("läste schemat för en dag", "read a day's timetable"),
    "list_results": _read("läste resultatet av elevernas val", "read the outcome of the pupils' choices"),
    "list_rights_of_people": _read("läste enhetens behörigheter", "read the unit's rights"),
    "list_rollover_units": _read(
        "läste vad läsårsskiftet gör vid enheterna", "read what the rollover does at the units"
    ),
    "list_staffing_warnings": _read("läste varningar om behörighet", "read warnings about certification"),
    "list_unit_pupils": _read("läste skolans elevlista", "read the school's list of pupils"),
    "list_watch_cases": _read("läste listan över bevakningsärenden", "read the list of cases of the watch"),
    "list_workload": _read("läste personalens arbetstid", "read the staff's workload"),
    "mark_notice": _change("noterade hur en underrättelse gick", "noted how a notice went"),
    "mentor_day": _read("läste klassens dag", "read the class's day"),
    "merge_persons": _change("slog ihop två poster om samma person", "merged two records of one person"),
    "open_contacts": _read("läste skyddade kontaktuppgifter", "read protected contact details"),
    "open_leaving": _change("öppnade ett ärende om att sluta skolan", "opened a case of leaving school"),
    "open_lesson": _read("öppnade en lektions närvarolista", "opened a lesson's attendance list"),
    "open_round": _change("öppnade en valomgång", "opened a choice round"),
    "open_watch_case": _change("öppnade ett bevakningsärende", "opened a case of the watch"),
    "preview_rollover": _change(
        "beställde en förhandsvisning av läsårsskiftet", "asked for a preview of the rollover"
    ),
    "preview_round": _change(
        "beställde en förhandsvisning av elevernas val", "asked for a preview of the pupils' choices"
    ),
    "preview_rule": _read("läste vilka en grupps regel gäller", "read whom a group's rule fits"),
    "propose_calendar": _change("föreslog läsårstider", "proposed a school year"),
    "protect_person": _change("ändrade skyddet av identiteten", "changed the protection of the identity"),
    "put_member": _change("placerade i en klass eller grupp", "put in a class or group"),
    "put_offering": _change("ändrade vad enheten erbjuder", "changed what the unit offers"),
    "put_responsible": _change(
        "ändrade vem som ansvarar för ett barn", "changed who is responsible for a child"
    ),
    "put_study_plan": _change("ändrade en studieplan", "changed a study plan"),
    "put_watch_exception": _change(
        "beslutade om undantag från skolplikten", "decided an exception from compulsory school"
    ),
    "put_wishes": _change("lämnade önskemål i ett val", "wished in a choice round"),
    "read_activity_register": _read(
        "läste registret över aktivitetsansvaret", "read the register of the activity responsibility"
    ),
    "read_certificate": _read("läste avgångsintyget", "read the leaving certificate"),
    "read_certification": _read("läste uppgift om legitimation och behörighet", "read certification"),
    "read_contacts": _read("läste kontaktuppgifter", "read contact details"),
    "read_duty": _read("läste en tjänst", "read a duty"),
    "read_extract": _read(
        "såg hur långt ett registerutdrag kommit", "saw how far a register extract has come"
    ),
    "read_group": _read("läste klasslistan", "read the class list"),
    "read_handover": _read("läste hur långt överlämningen kommit", "read how far the hand-over has come"),
    "read_hold": _read("läste ett gallringsstopp", "read a legal hold"),
    "read_person": _read("läste personuppgifter", "read the personal card"),
    "read_pupil_day": _read("läste en dags närvaro", "read a day's attendance"),
    "read_record": _read(
        "läste allt i registret om personen", "read everything in the register about the person"
    ),
    "read_rule": _read("läste en grupps regel", "read a group's rule"),
    "read_study_plan": _read("läste studieplanen", "read the study plan"),
    "read_trail": _read("läste vem som tagit del av uppgifterna", "read who has seen the data"),
    "read_watch_case": _read("läste ett bevakningsärende", "read a case of the watch"),
    "read_wishes": _read("läste önskemål i ett val", "read the wishes in a choice round"),
    "remove_member": _change("tog bort ur en klass eller grupp", "took out of a class or group"),
    "report_absence": _change("anmälde frånvaro", "reported absence"),
    "request_extract": _change("begärde ett registerutdrag", "asked for a register extract"),
    "retry_parked": _change(
        "försökte införa en post från folkbokföringen igen", "tried a record of the population register again"
    ),
    "revoke_delegation": _change("återkallade en delegation", "revoked a delegation"),
    "revoke_substitution": _change("avslutade ett vikariat", "ended a substitution"),
    "run_rollover": _change("startade läsårsskiftet", "started the rollover"),
    "save_lesson": _change("rapporterade närvaron på en lektion", "reported attendance of a lesson"),
    "search_people": _read("sökte efter personer", "searched for people"),
    "set_hold": _change("beslutade om gallringsstopp", "set a legal hold"),
    "set_rule": _change("bestämde en grupps regel", "decided a group's rule"),
    "start_upload": _change("förberedde en tabell", "prepared a table"),
    "take_population": _change(
        "förde in uppgifter från folkbokföringen", "took in data of the population register"
    ),
    "try_table": _change("provkörde en tabell", "tried a table"),
    "undo_import": _change("ångrade en inläst tabell", "took an import back"),
    "undo_merge": _change("delade en hopslagen post", "took merged records apart"),
    "undo_rollover": _change("ångrade läsårsskiftet", "undid the rollover"),
    "withdraw_absence": _change("tog tillbaka en frånvaroanmälan", "withdrew a notice of absence"),
    "withdraw_extracts": _change("tog bort registerutdrag", "took away register extracts"),
    "withdraw_tables": _change("drog tillbaka filer", "withdrew files"),
    "write_handover": _change("skrev överlämningen till nästa skola", "wrote the hand-over"),
    "write_notice": _change("skrev en underrättelse", "wrote a notice"),
    "decide_csn_case": _change("beslutade om rapport till CSN", "decided on a report to CSN"),
    "export_attendance": _change("begärde en fil med närvarostatistik", "asked for a file of attendance"),
    "export_csn": _change("begärde en fil med rapporter till CSN", "asked for a file of reports to CSN"),
    "link_attendance_export": _read("hämtade en fil med närvaro", "fetched a file of attendance"),
    "list_absent_pupils": _read("läste listan över elever med frånvaro", "read the list of absent pupils"),
    "list_csn_cases": _read("läste listan över CSN-ärenden", "read the list of CSN cases"),
    "list_group_totals": _read("läste en grupps närvarosummor", "read a group's sums of attendance"),
    "list_reporting": _read("läste vilka lektioner som inte rapporterats", "read what is not reported"),
    "propose_csn_report": _change("föreslog en rapport till CSN", "proposed a report to CSN"),
    "read_csn_case": _read("läste ett CSN-ärende", "read a CSN case"),
    "read_pupil_totals": _read("läste en elevs närvarosummor", "read a pupil's sums of attendance"),
    "report_full_time": _change("rapporterade heltidsstudier till CSN", "reported full-time studies to CSN"),
    "count_attendance": _change("räknade närvaro", "counted attendance"),
    "sweep_csn": _change("gick igenom ogiltig frånvaro", "went through invalid absence"),
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
    "activity_officer": Text("handläggare för aktivitetsansvaret", "officer of the activity responsibility"),
    "attendance_officer": Text("skolpliktshandläggare", "officer of compulsory school attendance"),
}

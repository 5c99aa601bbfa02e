"""What has been done, in words that a family understands, by the name of the operation in the audit trail."""

from __future__ import annotations

from functions.access.domain import (
    words_of_exchange,
    words_of_grade_cases,
    words_of_grades,
    words_of_tests,
    words_of_totals,
)
from functions.access.domain.deeds import Deed
from functions.access.domain.deeds import change as _change
from functions.access.domain.deeds import read as _read
from skolkit.errors import Text

DEEDS: dict[str, Deed] = (
    {
        "adapt_study_plan": _change("beslutade om anpassade studier", "decided on adapted studies"),
        "add_inquiry_note": _change(
            "noterade något i en frånvaroutredning", "noted something in an investigation of absence"
        ),
        "add_care_schedule": _change("lade ett schema för vistelsetid", "made a schedule of care hours"),
        "add_local_syllabus": _change("lade till en egen kurs", "added a course of the unit's own"),
        "add_person": _change("lade in en person i registret", "entered a person in the register"),
        "add_programme": _change("lade till ett program", "added a programme"),
        "add_watch_event": _change(
            "noterade något i ett bevakningsärende", "noted something in a case of the watch"
        ),
        "answer_leave": _change("svarade på en ansökan om ledighet", "answered an application for leave"),
        "answer_care_holiday": _change("svarade om omsorg under ett lov", "answered about care in a holiday"),
        "answer_transfer": _change("besvarade ett skolbyte", "answered a change of school"),
        "apply_for_leave": _change("ansökte om ledighet", "applied for leave"),
        "answer_consent": _change("svarade om samtycke", "answered about consent"),
        "answer_form": _change("fyllde i ett formulär", "filled in a form"),
        "apply_rule": _change(
            "placerade elever i en grupp efter dess regel", "put pupils in a group by its rule"
        ),
        "appoint_substitute": _change("utsåg vikarie", "appointed a substitute"),
        "ask_consent": _change("frågade hem om samtycke", "asked homes for consent"),
        "ask_handover": _change("begärde överlämning till nästa skola", "asked for a hand-over"),
        "ask_homes": _change(
            "frågade hemmet om eleven fortfarande är sjuk", "asked the home whether the pupil is still ill"
        ),
        "ask_transfer": _change("bytte eller begärde byte av skola", "changed, or asked to change, school"),
        "ask_retention_run": _change("begärde en gallringskörning", "asked for a retention run"),
        "assign_inquiry": _change("bestämde vilka som utreder frånvaro", "decided who investigates absence"),
        "assign_watch_case": _change(
            "gav ett bevakningsärende till en handläggare", "gave a case of the watch to an officer"
        ),
        "break_glass": _change("öppnade skyddade uppgifter", "opened protected details"),
        "cancel_enrolment": _change("avbröt en inskrivning", "cancelled an enrolment"),
        "cancel_occasion": _change(
            "tog bort ett tillfälle av återkommande frånvaro", "cancelled an occasion of recurring absence"
        ),
        "cancel_lesson": _change("ställde in en lektion", "cancelled a lesson"),
        "change_absence": _change("ändrade en frånvaroanmälan", "changed a notice of absence"),
        "change_activity": _change("ändrade undervisning eller lärare", "changed teaching or its teachers"),
        "change_care_days": _change(
            "ändrade vistelsetid för enstaka dagar", "changed care hours of single days"
        ),
        "change_care_schedule": _change(
            "ändrade ett schema för vistelsetid", "changed a schedule of care hours"
        ),
        "change_care_settings": _change(
            "ändrade enhetens val om vistelsetid", "changed the unit's choices about care"
        ),
        "change_certification": _change(
            "ändrade uppgift om legitimation och behörighet", "changed certification"
        ),
        "change_contacts": _change("ändrade kontaktuppgifter", "changed contact details"),
        "change_duty": _change("ändrade en tjänst", "changed a duty"),
        "change_enrolment": _change("ändrade en inskrivning", "changed an enrolment"),
        "change_group": _change("ändrade en klass eller grupp", "changed a class or group"),
        "change_inquiry_rules": _change(
            "ändrade gränser för frånvarobevakning", "changed the thresholds of absence"
        ),
        "change_leave_settings": _change(
            "ändrade vad som gäller om ledighet", "changed what holds about leave"
        ),
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
        "change_series": _change("ändrade återkommande frånvaro", "changed recurring absence"),
        "change_unit": _change("ändrade en enhet i organisationen", "changed an element of the organisation"),
        "check_in": _change("registrerade att barn kom eller gick", "registered that children came or left"),
        "choose_phone_pin": _change(
            "valde kod för frånvaro per telefon", "chose a code for absence by telephone"
        ),
        "check_in_to_lesson": _change("checkade in på en lektion", "checked in to a lesson"),
        "choose_contact_visibility": _change(
            "valde vad kontaktlistan visar", "chose what contact lists show"
        ),
        "choose_preferences": _change("valde hur meddelanden skickas", "chose how messages are sent"),
        "close_inquiry": _change("avslutade en frånvaroutredning", "closed an investigation of absence"),
        "change_form_deadline": _change(
            "ändrade sista svarsdag för ett formulär", "changed the deadline of a form"
        ),
        "close_consent": _change("avslutade en fråga om samtycke", "closed a question about consent"),
        "close_conversation": _change("avslutade ett samtal", "closed a conversation"),
        "close_unit": _change("avslutade en enhet i organisationen", "closed an element of the organisation"),
        "close_watch_case": _change("avslutade ett bevakningsärende", "closed a case of the watch"),
        "collect_extract": _change("ställde samman ett registerutdrag", "put a register extract together"),
        "correct_lesson": _change("rättade närvaron på en lektion", "corrected attendance of a lesson"),
        "create_activity": _change("planerade undervisning", "planned teaching"),
        "collect_retention": _change("skrev ett gallringsbevis", "wrote a proof of deletion"),
        "create_duty": _change("lade in en tjänst", "entered a duty"),
        "create_group": _change("skapade en klass eller grupp", "made a class or group"),
        "create_unit": _change("skapade en enhet i organisationen", "made an element of the organisation"),
        "decide_allowance": _change(
            "beslutade hur mycket tid en placering ger", "decided how much time a place gives"
        ),
        "decide_calendar": _change("beslutade läsårstider", "decided a school year"),
        "decide_care": _change("svarade på en begäran om vistelsetid", "answered a request for care hours"),
        "decide_distribution": _change("beslutade timplanens fördelning", "decided the teaching hours"),
        "decide_leave": _change("beslutade om ledighet", "decided on leave"),
        "decide_leaving": _change(
            "avgjorde ett ärende om att sluta skolan", "decided a case of leaving school"
        ),
        "decide_round": _change(
            "beslutade resultatet av elevernas val", "decided the outcome of the pupils' choices"
        ),
        "delegate": _change("delegerade beslutanderätt", "delegated decisions"),
        "dismiss_suggestion": _change(
            "avfärdade ett förslag om frånvaroutredning", "dismissed a suggestion to investigate absence"
        ),
        "dismiss_parked": _change(
            "lät en post från folkbokföringen vara", "let a record of the population register be"
        ),
        "edit_news": _change("ändrade en nyhet", "changed news"),
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
        "follow_calendar": _change(
            "lät återkommande frånvaro följa läsåret", "let recurring absence follow the school year"
        ),
        "follow_merge": _change("följde en sammanslagning av poster", "followed a merge of records"),
        "follow_rules": _change("placerade i en grupp efter dess regel", "put in a group by its rule"),
        "hide_message": _change("dolde ett meddelande", "hid a message"),
        "hide_papers": _change(
            "tog bort papper om en skyddad person", "took away papers about a protected person"
        ),
        "draft_form": _change("gjorde ett formulär", "made a form"),
        "edit_form": _change("ändrade frågorna i ett formulär", "changed the questions of a form"),
        "export_form": _change(
            "begärde en fil med svar på ett formulär", "asked for a file of answers to a form"
        ),
        "export_table": _change("lämnade ut en tabell", "gave a table out"),
        "import_table": _change("läste in en tabell", "took a table in"),
        "hold": _change("höll kvar uppgifter för ett gallringsstopp", "kept data for a legal hold"),
        "leave_school": _change("lät en elev sluta skolan", "let a pupil leave school"),
        "lift_hold": _change("hävde ett gallringsstopp", "lifted a legal hold"),
        "link_form_export": _read(
            "hämtade en fil med svar på ett formulär", "fetched a file of answers to a form"
        ),
        "link_extract": _read("hämtade ett registerutdrag", "fetched a register extract"),
        "link_handover": _read("hämtade överlämningen till nästa skola", "fetched a hand-over"),
        "link_inquiry_paper": _read(
            "hämtade ett dokument ur en frånvaroutredning", "fetched a paper of an investigation of absence"
        ),
        "follow_custody": _change(
            "lät en ansökan om ledighet gå vidare när vårdnaden ändrats", "let an application follow custody"
        ),
        "prove_phone_number": _change(
            "visade att ett telefonnummer är ens eget", "proved a telephone number"
        ),
        "prolong_by_link": _change(
            "svarade genom länken att eleven ännu är sjuk", "answered by the link that the pupil is still ill"
        ),
        "back_by_link": _change(
            "svarade genom länken att eleven är tillbaka", "answered by the link that the pupil is back"
        ),
        "make_inquiry_paper": _change(
            "begärde ett dokument ur en frånvaroutredning", "asked for a paper of an investigation of absence"
        ),
        "write_inquiry_paper": _change(
            "skrev ett dokument ur en frånvaroutredning", "wrote a paper of an investigation of absence"
        ),
        "link_message_attachment": _read("hämtade en bifogad fil", "fetched an attached file"),
        "link_notice": _read("hämtade en underrättelse", "fetched a notice"),
        "link_table_file": _read("hämtade en fil ur en tabell", "fetched a file of a table"),
        "link_retention_report": _read("hämtade en gallringsrapport", "fetched a retention report"),
        "list_absences": _read("läste frånvaroanmälningar", "read notices of absence"),
        "list_calls": _read("läste listan över hem att ringa", "read the list of homes to call"),
        "list_care_deviations": _read("läste avdelningens avvikelser", "read the department's deviations"),
        "list_care_hours": _read("läste avdelningens närvarotid", "read the department's hours"),
        "list_care_requests": _read("läste begäran om vistelsetid", "read requests for care hours"),
        "list_consent_answers": _read("läste svar om samtycke", "read answers about consent"),
        "list_deliveries": _read("läste vilka meddelanden som skickats", "read which messages were sent"),
        "list_duties": _read("läste enhetens tjänster", "read the unit's duties"),
        "list_emergency_calls": _read("läste vilka som skulle ringas", "read who was to be called"),
        "list_enrolments": _read("läste inskrivningarna", "read the enrolments"),
        "list_contacts": _read("läste en kontaktlista", "read a contact list"),
        "list_form_answers": _read("läste svar på ett formulär", "read answers to a form"),
        "list_form_unanswered": _read(
            "läste vilka som inte svarat på ett formulär", "read who has not answered a form"
        ),
        "list_group_consents": _read("läste frågor om samtycke", "read questions about consent"),
        "list_holds": _read("läste gallringsstopp", "read legal holds"),
        "list_inquiries": _read("läste listan över frånvaroutredningar", "read the list of investigations"),
        "list_inquiry_suggestions": _read(
            "läste förslag om frånvaroutredningar", "read suggestions to investigate absence"
        ),
        "list_leaves": _read("läste ansökningar om ledighet", "read applications for leave"),
        "list_leavings": _read("läste ärenden om att sluta skolan", "read cases of leaving school"),
        "list_matters": _read("läste vilka ärenden som väntar", "read which matters wait"),
        "list_my_inquiries": _read(
            "läste sina egna frånvaroutredningar", "read their own investigations of absence"
        ),
        "list_plan_versions": _read("läste studieplanens historik", "read the study plan's history"),
        "list_pupil_inquiries": _read(
            "läste vilka frånvaroutredningar som finns", "read which investigations of absence there are"
        ),
        "list_pupil_lessons": _read("läste schemat för en dag", "read a day's timetable"),
        "list_reports": _read("läste anmälda meddelanden", "read reported messages"),
        "list_results": _read("läste resultatet av elevernas val", "read the outcome of the pupils' choices"),
        "list_rights_of_people": _read("läste enhetens behörigheter", "read the unit's rights"),
        "list_rollover_units": _read(
            "läste vad läsårsskiftet gör vid enheterna", "read what the rollover does at the units"
        ),
        "list_series": _read("läste återkommande frånvaro", "read recurring absence"),
        "list_staffing_warnings": _read("läste varningar om behörighet", "read warnings about certification"),
        "list_unit_pupils": _read("läste skolans elevlista", "read the school's list of pupils"),
        "list_waiting_leaves": _read(
            "läste vilka ansökningar om ledighet som väntar", "read which applications for leave wait"
        ),
        "list_watch_cases": _read(
            "läste listan över bevakningsärenden", "read the list of cases of the watch"
        ),
        "list_workload": _read("läste personalens arbetstid", "read the staff's workload"),
        "mark_conversation_seen": _change("läste ett samtal", "has read a conversation"),
        "mark_delivery_seen": _change("såg ett meddelande", "has seen a message"),
        "mark_news_read": _change("läste en nyhet", "has read news"),
        "lock_month": _change(
            "låste eller öppnade en månads närvaro", "locked or opened a month's attendance"
        ),
        "mark_notice": _change("noterade hur en underrättelse gick", "noted how a notice went"),
        "mentor_day": _read("läste klassens dag", "read the class's day"),
        "merge_persons": _change("slog ihop två poster om samma person", "merged two records of one person"),
        "move_inquiry": _change(
            "lät en frånvaroutredning följa med till ny skola", "let an investigation follow to a new school"
        ),
        "move_leave": _change(
            "flyttade en ansökan om ledighet till elevens nya skola", "moved an application for leave"
        ),
        "open_care_holiday": _change("frågade om omsorg under ett lov", "asked about care in a holiday"),
        "open_contacts": _read("läste skyddade kontaktuppgifter", "read protected contact details"),
        "open_inquiry": _change("inledde en frånvaroutredning", "opened an investigation of absence"),
        "open_leaving": _change("öppnade ett ärende om att sluta skolan", "opened a case of leaving school"),
        "open_lesson": _read("öppnade en lektions närvarolista", "opened a lesson's attendance list"),
        "open_lesson_check_in": _change(
            "öppnade incheckning till en lektion", "opened the check-in of a lesson"
        ),
        "open_round": _change("öppnade en valomgång", "opened a choice round"),
        "open_watch_case": _change("öppnade ett bevakningsärende", "opened a case of the watch"),
        "post_news": _change("skrev en nyhet", "wrote news"),
        "preview_rollover": _change(
            "beställde en förhandsvisning av läsårsskiftet", "asked for a preview of the rollover"
        ),
        "preview_round": _change(
            "beställde en förhandsvisning av elevernas val", "asked for a preview of the pupils' choices"
        ),
        "preview_rule": _read("läste vilka en grupps regel gäller", "read whom a group's rule fits"),
        "propose_inquiry": _change("föreslog en frånvaroutredning", "proposed an investigation of absence"),
        "prolong_absence": _change("förlängde en sjukanmälan", "prolonged a notice of illness"),
        "propose_calendar": _change("föreslog läsårstider", "proposed a school year"),
        "protect_person": _change("ändrade skyddet av identiteten", "changed the protection of the identity"),
        "put_leave_into_days": _change("förde in beviljad ledighet", "entered granted leave"),
        "publish_news": _change("publicerade en nyhet", "published news"),
        "move_form": _change(
            "publicerade, stängde eller drog tillbaka ett formulär", "published, closed or withdrew a form"
        ),
        "put_consent_kind": _change("bestämde ett slags samtycke", "decided a kind of consent"),
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
        "read_care": _read("läste vistelsetider", "read care hours"),
        "read_care_curve": _read("läste avdelningens bemanningskurva", "read the department's curve"),
        "read_care_department": _read("läste avdelningens dag", "read the department's day"),
        "read_care_hours": _read("läste tid på förskola eller fritidshem", "read time spent at care"),
        "read_certificate": _read("läste avgångsintyget", "read the leaving certificate"),
        "read_certification": _read("läste uppgift om legitimation och behörighet", "read certification"),
        "read_consent": _read("läste svar om samtycke", "read answers about consent"),
        "read_form_statistics": _read(
            "läste hur ett formulär besvarats", "read how a form has been answered"
        ),
        "read_form_to_answer": _read(
            "läste ett formulär och svaret på det", "read a form and the answer to it"
        ),
        "read_consent_statistics": _read("läste hur många som svarat", "read how many have answered"),
        "read_contacts": _read("läste kontaktuppgifter", "read contact details"),
        "read_conversation": _read("läste ett samtal", "read a conversation"),
        "read_duty": _read("läste en tjänst", "read a duty"),
        "read_extract": _read(
            "såg hur långt ett registerutdrag kommit", "saw how far a register extract has come"
        ),
        "read_group": _read("läste klasslistan", "read the class list"),
        "read_handover": _read("läste hur långt överlämningen kommit", "read how far the hand-over has come"),
        "read_hold": _read("läste ett gallringsstopp", "read a legal hold"),
        "read_inquiry": _read("läste en frånvaroutredning", "read an investigation of absence"),
        "read_leave": _read("läste en ansökan om ledighet", "read an application for leave"),
        "read_person": _read("läste personuppgifter", "read the personal card"),
        "read_pupil_day": _read("läste en dags närvaro", "read a day's attendance"),
        "read_record": _read(
            "läste allt i registret om personen", "read everything in the register about the person"
        ),
        "read_rule": _read("läste en grupps regel", "read a group's rule"),
        "read_shared_inquiries": _read(
            "läste vad skolan delat om en frånvaroutredning", "read what is shared of an investigation"
        ),
        "read_study_plan": _read("läste studieplanen", "read the study plan"),
        "read_trail": _read("läste vem som tagit del av uppgifterna", "read who has seen the data"),
        "read_watch_case": _read("läste ett bevakningsärende", "read a case of the watch"),
        "read_wishes": _read("läste önskemål i ett val", "read the wishes in a choice round"),
        "record_call": _change("antecknade ett samtal hem", "noted a call home"),
        "remove_member": _change("tog bort ur en klass eller grupp", "took out of a class or group"),
        "remove_phone_pin": _change(
            "tog bort koden för frånvaro per telefon", "removed the code for absence by telephone"
        ),
        "report_absence": _change("anmälde frånvaro", "reported absence"),
        "report_absences": _change("anmälde frånvaro för flera barn", "reported absence of several children"),
        "report_by_phone": _change("anmälde frånvaro per telefon", "reported absence by telephone"),
        "report_message": _change("anmälde ett meddelande", "reported a message"),
        "report_pupils": _change(
            "rapporterade närvaro för några elever", "reported attendance of some pupils"
        ),
        "request_extract": _change("begärde ett registerutdrag", "asked for a register extract"),
        "reschedule_news": _change("gav en nyhet en annan tid", "gave news another time"),
        "restore_lesson": _change(
            "ångrade att en lektion var inställd", "took back that a lesson was cancelled"
        ),
        "retry_parked": _change(
            "försökte införa en post från folkbokföringen igen",
            "tried a record of the population register again",
        ),
        "revoke_delegation": _change("återkallade en delegation", "revoked a delegation"),
        "revoke_substitution": _change("avslutade ett vikariat", "ended a substitution"),
        "run_rollover": _change("startade läsårsskiftet", "started the rollover"),
        "save_lesson": _change("rapporterade närvaron på en lektion", "reported attendance of a lesson"),
        "search_people": _read("sökte efter personer", "searched for people"),
        "scan_attachment": _change("kontrollerade en fil", "scanned a file"),
        "send_attachment": _change("började skicka en fil", "began to send a file"),
        "send_emergency": _change("skickade ett viktigt meddelande", "sent an emergency message"),
        "set_hold": _change("beslutade om gallringsstopp", "set a legal hold"),
        "set_rule": _change("bestämde en grupps regel", "decided a group's rule"),
        "start_series": _change("anmälde återkommande frånvaro", "reported recurring absence"),
        "start_conversation": _change("började ett samtal", "began a conversation"),
        "start_group_conversation": _change(
            "började ett samtal med en grupp", "began a conversation with a group"
        ),
        "start_upload": _change("förberedde en tabell", "prepared a table"),
        "suggest_inquiry": _change("föreslog att frånvaron ses över", "suggested to look into the absence"),
        "subscribe_to_push": _change("slog på notiser i en enhet", "turned notifications on on a device"),
        "take_over_device": _change("tog över en enhet med notiser", "took a device with notifications over"),
        "take_population": _change(
            "förde in uppgifter från folkbokföringen", "took in data of the population register"
        ),
        "tell_of_inquiry": _change(
            "underrättade hemkommunen om en frånvaroutredning",
            "told the home municipality of an investigation",
        ),
        "tell_back": _change("svarade att eleven är tillbaka", "answered that the pupil is back"),
        "try_table": _change("provkörde en tabell", "tried a table"),
        "undo_import": _change("ångrade en inläst tabell", "took an import back"),
        "undo_merge": _change("delade en hopslagen post", "took merged records apart"),
        "undo_rollover": _change("ångrade läsårsskiftet", "undid the rollover"),
        "unsubscribe_from_push": _change(
            "slog av notiser i en enhet", "turned notifications off on a device"
        ),
        "withdraw_absence": _change("tog tillbaka en frånvaroanmälan", "withdrew a notice of absence"),
        "withdraw_care_schedule": _change(
            "tog tillbaka ett schema för vistelsetid", "withdrew a schedule of care hours"
        ),
        "withdraw_extracts": _change("tog bort registerutdrag", "took away register extracts"),
        "withdraw_series": _change("tog tillbaka återkommande frånvaro", "withdrew recurring absence"),
        "withdraw_news": _change("drog tillbaka en nyhet", "withdrew news"),
        "withdraw_tables": _change("drog tillbaka filer", "withdrew files"),
        "withdraw_leave": _change(
            "tog tillbaka en ansökan om ledighet", "took an application for leave back"
        ),
        "write_form_export": _read(
            "tog ut svar på ett formulär i en fil", "took answers to a form into a file"
        ),
        "write_handover": _change("skrev överlämningen till nästa skola", "wrote the hand-over"),
        "watch_absence": _change(
            "startade nattens bevakning av frånvaro", "began the night's watch of absence"
        ),
        "write_message": _change("skrev ett meddelande", "wrote a message"),
        "write_notice": _change("skrev en underrättelse", "wrote a notice"),
    }
    | words_of_exchange.DEEDS
    | words_of_tests.DEEDS
    | words_of_totals.DEEDS
    | words_of_grades.DEEDS
    | words_of_grade_cases.DEEDS
)
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

"""What is done about grades and assessments, in plain words."""

from __future__ import annotations

from functions.access.domain.deeds import Deed, change, read

DEEDS: dict[str, Deed] = {
    "open_period": change("öppnade en betygsperiod", "opened a grading period"),
    "add_group_notes": change("antecknade resultat för en grupp", "noted results of a group"),
    "add_note": change("antecknade något om lärande", "noted something about learning"),
    "add_talk_slots": change("erbjöd fler tider för samtal", "offered more times for talks"),
    "appoint_grader": change(
        "utsåg en lärare som beslutar om betyg tillsammans med en annan",
        "appointed a teacher to decide on grades together with another",
    ),
    "ask_university_prognosis": read(
        "räknade på vad ett jämförelsetal kräver", "calculated what a comparison figure would take"
    ),
    "ask_prognosis": read("räknade på vad ett önskemål kräver", "calculated what a wish would take"),
    "book_talk": change("bokade ett utvecklingssamtal", "booked a development talk"),
    "cancel_talk": change("avbokade ett utvecklingssamtal", "cancelled a development talk"),
    "change_assessment_round": change("ändrade en omdömesomgång", "changed a round of assessments"),
    "change_note": change("rättade en anteckning om lärande", "corrected a note about learning"),
    "change_talk_round": change(
        "ändrade en samtalsomgångs sista bokningsdag", "changed the last day to book a round of talks"
    ),
    "close_period": change("stängde en betygsperiod", "closed a grading period"),
    "decide_grades": change("beslutade om betyg", "decided on grades"),
    "follow_up_iup": change("följde upp en utvecklingsplan", "followed a development plan up"),
    "hide_iup_papers": change("tog bort utvecklingsplaner med namn", "took away named development plans"),
    "issue_certificate": change("utfärdade kommunens certifikat", "issued the municipality's certificate"),
    "issue_document": change("utfärdade ett betygsdokument", "issued a grade document"),
    "issue_documents": change(
        "lät utfärda betygsdokument för en betygsperiod",
        "had grade documents issued for a grading period",
    ),
    "link_catalogue_page": read(
        "hämtade en sida ur betygskatalogen", "fetched a page of the catalogue of grades"
    ),
    "link_document": read("hämtade ett betygsdokument", "fetched a grade document"),
    "link_iup": read("hämtade en utvecklingsplan", "fetched a development plan"),
    "link_pupil_page": read(
        "hämtade en undertecknad sida med ett betyg utanför betygsperioderna",
        "fetched a signed page with a grade outside the grading periods",
    ),
    "list_assessment_receipts": read("läste vilka som läst omdömen", "read who has read assessments"),
    "list_assessments": read("läste omdömen", "read written assessments"),
    "list_catalogue": read("läste betygskatalogen", "read the catalogue of grades"),
    "list_documents": read("läste listan över betygsdokument", "read the list of grade documents"),
    "list_due_documents": read(
        "läste vilka betygsdokument som ska ersättas", "read which grade documents are to be replaced"
    ),
    "list_grades": read("läste betygen", "read the grades"),
    "list_group_judgements": read("läste en grupps omdömen", "read a group's assessments"),
    "list_group_notes": read("läste en grupps anteckningar", "read a group's notes"),
    "list_iups": read("läste vilka utvecklingsplaner som finns", "read which development plans there are"),
    "list_job_documents": read(
        "läste vilka betygsdokument som utfärdats", "read which grade documents were issued"
    ),
    "list_missing_assessments": read("läste vilka omdömen som saknas", "read what assessments are missing"),
    "list_my_missing_assessments": read("läste egna omdömen att skriva", "read what is left to assess"),
    "list_my_talks": read("läste sina utvecklingssamtal", "read one's own talks"),
    "list_notes": read("läste anteckningar om lärande", "read notes about learning"),
    "list_pupil_talks": read("läste bokade utvecklingssamtal", "read booked talks"),
    "list_pupils_without_plan": read(
        "läste vilka elever som saknar utvecklingsplan", "read which pupils have no development plan"
    ),
    "list_pupils_without_talk": read(
        "läste vilka elever som saknar utvecklingssamtal", "read which pupils have no development talk"
    ),
    "list_talk_rounds": read("läste en grupps samtalsomgångar", "read a group's rounds of talks"),
    "list_talk_slots": read("läste tider för utvecklingssamtal", "read times for talks"),
    "mark_assessments_read": change("läste publicerade omdömen", "had read published assessments"),
    "mark_documents": change(
        "märkte ett betygsdokument som ska ersättas", "marked a grade document to be replaced"
    ),
    "mark_iup_read": change("läste en publicerad utvecklingsplan", "had read a published plan"),
    "offer_talks": change("erbjöd tider för utvecklingssamtal", "offered times for development talks"),
    "open_assessment_round": change("öppnade en omdömesomgång", "opened a round of assessments"),
    "open_grades": read("öppnade gruppens betyg", "opened the group's grades"),
    "publish_assessments": change("publicerade omdömen", "published assessments"),
    "publish_grades": change("bestämde när betygen visas", "decided when grades are shown"),
    "publish_iup": change("publicerade en utvecklingsplan", "published a development plan"),
    "read_eligibility": read("räknade ut behörighet till gymnasiet", "calculated eligibility"),
    "read_exam": read("räknade ut vad som återstår till examen", "calculated what a diploma takes"),
    "read_iup": read("läste en utvecklingsplan", "read a development plan"),
    "read_judgement": read("läste ett omdöme med underlag", "read an assessment with its basis"),
    "read_merit": read("räknade ut meritvärdet", "calculated the merit value"),
    "read_minutes": read("läste ett samtals protokoll", "read the minutes of a talk"),
    "read_round_calendar": read("hämtade egna samtal till sin kalender", "fetched own talks for a calendar"),
    "read_talk_calendar": read("hämtade ett samtal till sin kalender", "fetched a talk for a calendar"),
    "read_talk_round": read("läste vilka som bokat samtal", "read who has booked talks"),
    "remove_note": change("tog bort en anteckning om lärande", "took a note about learning away"),
    "remove_talk_slot": change("tog bort en tid för samtal", "took a time for a talk away"),
    "revoke_document": change("återkallade ett betygsdokument", "revoked a grade document"),
    "save_iup": change("skrev en utvecklingsplan", "wrote a development plan"),
    "save_judgement": change("skrev ett omdöme", "wrote an assessment"),
    "save_proposals": change("skrev förslag till betyg", "wrote proposals for grades"),
    "sign_minutes": change("signerade ett samtals protokoll", "signed the minutes of a talk"),
    "tell_of_assessments": change("meddelade att omdömen är publicerade", "told of published assessments"),
    "write_iup_paper": change("skrev en utvecklingsplan som dokument", "wrote a development plan as PDF"),
    "write_minutes": change("skrev ett samtals protokoll", "wrote the minutes of a talk"),
    "write_page": change(
        "skrev en undertecknad sida i betygskatalogen", "wrote a signed page of the catalogue of grades"
    ),
}

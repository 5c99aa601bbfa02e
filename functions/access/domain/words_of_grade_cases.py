"""What is done about wrong grades, trials and grades of earlier systems, in plain words."""

from __future__ import annotations

from functions.access.domain.deeds import Deed, change, read

DEEDS: dict[str, Deed] = {
    "answer_grade_change": change("svarade om ändring av ett betyg", "answered about the change of a grade"),
    "apply_for_trial": change("ansökte om prövning", "applied for a trial"),
    "comment_grade_case": change(
        "lämnade synpunkter i ett ärende om ett betyg", "commented on a case about a grade"
    ),
    "decide_grade_case": change(
        "avgjorde ett ärende om rättelse, ändring eller återtagande av ett betyg",
        "decided a case about the correction, change or withdrawal of a grade",
    ),
    "grade_trial": change("satte betyg vid en prövning", "set the grade of a trial"),
    "handle_trial": change("svarade på en ansökan om prövning", "answered an application for a trial"),
    "import_grades": change("läste in tidigare betyg", "imported earlier grades"),
    "list_grade_cases": read("läste enhetens ärenden om betyg", "read the unit's cases about grades"),
    "list_trials": read("läste prövningarna", "read the trials"),
    "list_unit_trials": read("läste enhetens prövningar", "read the unit's trials"),
    "open_grade_case": change(
        "öppnade ett ärende om ett felaktigt betyg", "opened a case about a wrong grade"
    ),
    "read_chain": read(
        "läste ett betygs beslut, rättelser och ändringar",
        "read a grade's decision, corrections and changes",
    ),
    "withdraw_trial": change("tog tillbaka en prövning", "took a trial back"),
}

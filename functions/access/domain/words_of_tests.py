"""What is done about national tests and formative tracking, in plain words."""

from __future__ import annotations

from functions.access.domain.deeds import Deed, change, read

DEEDS: dict[str, Deed] = {
    "add_matrix": change("gjorde en matris", "made a matrix"),
    "add_test": change("lade in ett nationellt prov i kalendern", "entered a national test"),
    "admit_to_test": change(
        "lät en elev skriva ett annat års nationella prov",
        "let a pupil write the national test of another year",
    ),
    "begin_marking": change("startade en anonym bedömning", "began a marking without names"),
    "change_markers": change("ändrade vilka som bedömer ett prov", "changed who marks a test"),
    "change_matrix": change("ändrade en matris", "changed a matrix"),
    "change_tracking_settings": change(
        "valde vad hemmen ser av uppföljningen", "chose what homes see of the tracking"
    ),
    "change_sitting": change("ändrade en provgrupp", "changed a test group"),
    "change_test": change("ändrade ett nationellt prov i kalendern", "changed a national test"),
    "decide_exemption": change(
        "beslutade om befrielse från ett nationellt prov", "decided on exemption from a national test"
    ),
    "export_test_results": change("tog ut resultat på nationella prov", "took out results of national tests"),
    "give_subjects": change("lade in enhetens NO- och SO-prov", "entered a unit's science and social tests"),
    "link_test_export": read("hämtade resultat på nationella prov", "fetched results of national tests"),
    "list_exemptions": read(
        "läste beslut om befrielse från nationella prov", "read decisions on exemption from national tests"
    ),
    "list_matrices": read("läste matriser för en grupp", "read matrices for a group"),
    "list_observations": read("läste iakttagelser av lärandet", "read observations of the learning"),
    "list_progress": read("läste elevens uppföljning", "read the pupil's tracking"),
    "list_test_results": read("läste resultat på nationella prov", "read results of national tests"),
    "lose_paper": change("noterade att ett prov är borta", "noted that a paper is lost"),
    "observe": change("noterade iakttagelser av lärandet", "noted observations of the learning"),
    "open_key": change(
        "öppnade kodnyckeln till ett anonymt bedömt prov", "opened the key of a test marked without names"
    ),
    "plan_marking": change("lade upp en anonym bedömning", "planned a marking without names"),
    "plan_sitting": change("lade upp en provgrupp", "planned a test group"),
    "read_group_progress": read("läste gruppens uppföljning", "read the group's tracking"),
    "read_labels": read("läste vems proven med koder är", "read whose the coded papers are"),
    "read_marking": read("läste prov utan namn", "read papers without names"),
    "read_sitting": read("läste en provgrupp med resultat", "read a test group with its results"),
    "save_marks": change("bedömde prov utan namn", "marked papers without names"),
    "set_due": change("satte dag för uppföljning av en grupp", "set a day for tracking a group"),
    "watch_goals": change(
        "såg att en elev inte följts upp i tid", "saw that a pupil was not tracked in time"
    ),
    "save_results": change(
        "rapporterade resultat på ett nationellt prov", "reported results of a national test"
    ),
}

"""What is done about national tests and formative tracking, in plain words."""

from __future__ import annotations

from functions.access.domain.deeds import Deed, change, read

DEEDS: dict[str, Deed] = {
    "add_test": change("lade in ett nationellt prov i kalendern", "entered a national test"),
    "begin_marking": change("startade en anonym bedömning", "began a marking without names"),
    "change_markers": change("ändrade vilka som bedömer ett prov", "changed who marks a test"),
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
    "list_test_results": read("läste resultat på nationella prov", "read results of national tests"),
    "lose_paper": change("noterade att ett prov är borta", "noted that a paper is lost"),
    "open_key": change(
        "öppnade kodnyckeln till ett anonymt bedömt prov", "opened the key of a test marked without names"
    ),
    "plan_marking": change("lade upp en anonym bedömning", "planned a marking without names"),
    "plan_sitting": change("lade upp en provgrupp", "planned a test group"),
    "read_labels": read("läste vems proven med koder är", "read whose the coded papers are"),
    "read_marking": read("läste prov utan namn", "read papers without names"),
    "read_sitting": read("läste en provgrupp med resultat", "read a test group with its results"),
    "save_marks": change("bedömde prov utan namn", "marked papers without names"),
    "save_results": change(
        "rapporterade resultat på ett nationellt prov", "reported results of a national test"
    ),
}

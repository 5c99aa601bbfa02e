"""The diploma of municipal adult education: what it takes, and what it may hold (förordningen (2011:1108) om
vuxenutbildning 4:13–15 b); which documents adult education has.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.grades.domain import adult_exams as rules
from functions.grades.domain import document_words as words
from functions.grades.domain import documents
from functions.grades.domain.catalogue import Entry, Subject
from functions.grades.domain.exam_documents import Finished, PlanNeeded
from skolkit.sweden.codes import SchoolForm
from skolkit.types import UnitId
from tests.unit.grades.test_catalogue import entry
from tests.unit.grades.test_documents import said

VUX, GY = SchoolForm.ADULT_UPPER_SECONDARY, SchoolForm.UPPER_SECONDARY


def level(code: str, value: str = "C", points: int = 100, form: SchoolForm = VUX, **more: Any) -> Entry:
    work = more.pop("work", False)
    subject = Subject(code=code, name=more.pop("name", code), form=form, points=points, work=work)
    scale = "gy-arbete-2011" if work else "vuxgy-2012" if form is VUX else "gy-2011"
    return entry(f"{form.value} {code}", value, subject, finished=True, **{"scale": scale} | more)


WORK = level("KVARBETE", "E", work=True)
FOUR = [level(code, points=50) for code in ("HISHIS01a1", "SAMSAM01a1", "RELREL01", "NAKNAK01a1")]
VOCATIONAL = [
    level("SVESVE01"), level("ENGENG05"), level("MATMAT01a"), WORK, *FOUR,
    level("VAROMS01", points=1000), level("FILFIL01", points=800),
]  # fmt: skip
PREPARATORY = [
    level("SVEN3000X"), level("ENGE2000X"), level("MATE1B00X"), level("MATE2B00X"), WORK, *FOUR,
    level("PSKPSY01", points=900), level("FILFIL01", points=500),
]  # fmt: skip
PLAN = {
    "Programfördjupning": frozenset({"VAROMS01", "PSKPSY01"}),
    "Individuellt val": frozenset({"FILFIL01"}),
}


def made(
    entries: Sequence[Entry], direction: str | None, plan: Mapping[str, frozenset[str]] | None = PLAN
) -> Finished:
    return rules.finished(entries, direction, plan)


def lacks(entries: Sequence[Entry], direction: str, plan: Mapping[str, frozenset[str]] = PLAN) -> str:
    with pytest.raises(rules.AdultDiplomaNotReached) as refusal:
        made(entries, direction, plan)
    assert "1108" in refusal.value.law
    return refusal.value.said.sv


def without(entries: Sequence[Entry], code: str) -> list[Entry]:
    return [e for e in entries if e.subject.code != code]


@pytest.mark.parametrize(("entries", "direction"), [(VOCATIONAL, "VO"), (PREPARATORY, "SH")])
def test_who_has_what_it_takes_gets_the_diploma(entries: list[Entry], direction: str) -> None:
    found = made(entries, direction)
    assert found.programme.code == direction
    assert sum(found.sizes.values()) == 2400
    assert found.entries[-1] == WORK
    included = "VUXGY MATE1B00X"  # in the next level
    assert {e.id for e in found.entries} == {e.id for e in entries} - {included}


@pytest.mark.parametrize(
    ("code", "lack"),
    [
        ("SVESVE01", "svenska 0/100"), ("ENGENG05", "engelska 0/100"), ("MATMAT01a", "matematik 0/100"),
        ("KVARBETE", "gymnasiearbete 0/1"), ("HISHIS01a1", "historia 0/1"),
        ("SAMSAM01a1", "samhällskunskap 0/1"), ("RELREL01", "religionskunskap 0/1"),
        ("NAKNAK01a1", "naturkunskap 0/1"), ("FILFIL01", "poäng med betyg 1600/2400"),
        ("VAROMS01", "poäng i inriktningen 0/901"),
    ],
)  # fmt: skip
def test_what_is_missing_is_told(code: str, lack: str) -> None:
    assert lack in lacks(without(VOCATIONAL, code), "VO")


def test_more_than_half_of_the_rest_is_in_the_direction() -> None:
    rest = without(without(VOCATIONAL, "VAROMS01"), "FILFIL01")
    even = [*rest, level("VAROMS01", points=900), level("FILFIL01", points=900)]
    assert "inriktningen 900/901" in lacks(even, "VO")
    made([*rest, level("VAROMS01", points=901), level("FILFIL01", points=899)], "VO")


def test_mathematics_goes_further_in_a_study_area_and_furthest_in_science() -> None:
    assert "matematik 2 0/1" in lacks(without(PREPARATORY, "MATE2B00X"), "SH")
    assert "matematik 3 0/1" in lacks(PREPARATORY, "NT")
    made([*PREPARATORY, level("MATO1C00X", "F")], "NT")  # graded, which is what is asked


def test_grades_of_upper_secondary_school_count_and_the_better_of_two() -> None:
    school = level("SVESVE01", "A", form=GY)
    found = made([*VOCATIONAL, school], "VO")
    assert school in found.entries
    assert "VUXGY SVESVE01" not in {e.id for e in found.entries}
    made([school, *without(VOCATIONAL, "SVESVE01")], "VO")


def test_biology_physics_and_chemistry_stand_for_science() -> None:
    instead = [level(code) for code in ("BIOBIO01", "FYSFYS01a", "KEMKEM01")]
    made([*without(VOCATIONAL, "NAKNAK01a1"), *instead], "VO")
    assert "naturkunskap" in lacks([*without(VOCATIONAL, "NAKNAK01a1"), *instead[:2]], "VO")


def test_sport_older_grades_dashes_and_what_the_plan_leaves_out_are_not_in_it() -> None:
    more = [
        level("IDRIDR01", name="Idrott och hälsa 1"), level("SPEIDR01", name="Specialidrott 1"),
        level("DANDAN01", "-"), level("MUSMUS01", "MVG", scale="gy-1994"), level("TYSTYS01"),
    ]  # fmt: skip
    plan = PLAN | {"Utökade": frozenset({"TYSTYS01"})}
    shown = {e.subject.code for e in made([*VOCATIONAL, *more], "VO", plan).entries}
    assert shown == {e.subject.code for e in VOCATIONAL}
    made([*VOCATIONAL, level("IDRIDR02", name="Idrott och hälsa 2")], "VO")


@given(st.sets(st.sampled_from([e.subject.code for e in VOCATIONAL])))
def test_no_diploma_without_all_of_it(gone: set[str]) -> None:
    left = [e for e in VOCATIONAL if e.subject.code not in gone]
    if gone:
        lacks(left, "VO")
    else:
        made(left, "VO")


@pytest.mark.parametrize("direction", [None, "", "NA", "IMS", "VO25", "XX"])
def test_a_direction_is_a_study_area_or_a_vocational_programme(direction: str | None) -> None:
    with pytest.raises(rules.DirectionNeeded):
        rules.check_direction("diploma", VUX, direction)
    for kind, form in (("diploma", GY), ("catalogueExtract", VUX)):
        if direction is not None:
            with pytest.raises(rules.DirectionNeeded):
                rules.check_direction(kind, form, direction)  # type: ignore[arg-type]


def test_without_a_study_plan_nobody_knows_the_direction() -> None:
    rules.check_direction("diploma", VUX, "NT")
    with pytest.raises(PlanNeeded):
        made(VOCATIONAL, "VO", None)


def test_adult_education_has_its_own_documents() -> None:
    unit = UnitId("unit")
    for kind in ("diploma", "catalogueExtract", "collectedGrades"):
        documents.check_kind(kind, VUX, None, unit)
    for form in (VUX, SchoolForm.ADULT_BASIC):
        with pytest.raises(documents.NoFinalGrades):
            documents.check_kind("finalGrades", form, None, unit)
    for kind, form in (("studyCertificate", VUX), ("diploma", SchoolForm.ADULT_BASIC), ("termGrades", VUX)):
        with pytest.raises(documents.WrongForm):
            documents.check_kind(kind, form, None, unit)  # type: ignore[arg-type]


def test_grades_before_2012_are_in_a_document_of_their_own() -> None:
    old, new = level("MUSMUS01", "MVG", scale="gy-1994"), level("SVESVE01")
    assert documents.content_of("collectedGrades", VUX, [old, new], None) == [old]
    assert documents.content_of("catalogueExtract", VUX, [old, new], None) == [new]
    with pytest.raises(documents.NoGrades):
        documents.content_of("collectedGrades", VUX, [new], None)


def test_an_adults_document_names_its_ordinance_and_its_scale() -> None:
    found = made(PREPARATORY, "SH")
    about = replace(said("diploma", role="principal"), form=VUX, programme=found.programme, sizes=found.sizes)
    shown: Any = words.content(about, found.entries)
    facts = dict(shown["facts"])
    assert facts["Studieområde"] == "Samhällsvetenskap och humaniora"
    assert facts["Examen"] == "Högskoleförberedande examen"
    assert "(2011:1108) om vuxenutbildning 4 kap. 13–15 b §§" in shown["issued"]["basis"]
    basic = Subject(code="GRNSVEC", name="Svenska, delkurs 3", form=SchoolForm.ADULT_BASIC, points=200)
    passed = entry("a", "Godkänt", basic, scale="vuxgr-2025")
    extract: Any = words.content(replace(said("catalogueExtract"), form=SchoolForm.ADULT_BASIC), [passed])
    assert extract["notes"] == ["Betygsskala. Godkända betyg: Godkänt. Inte godkänt: Icke godkänt."]


def test_grades_after_trials_are_those_of_trials() -> None:
    tried = entry("tried", "C", kind="trial", trial=True, finished=True)
    right = entry("right", "B", kind="correction", trial=True, replaces="tried", finished=True)
    taught = entry("taught", "A", Subject(code="GRGRENG01", name="Engelska", form=SchoolForm.COMPULSORY))
    gr = SchoolForm.COMPULSORY
    assert documents.content_of("trialGrades", gr, [tried, taught, right], None) == [right]
    with pytest.raises(documents.NoGrades):
        documents.content_of("trialGrades", gr, [taught], None)
    shown: Any = words.content(said("trialGrades"), [tried])
    assert shown["tables"][0]["rows"] == [["Matematik", "C", "2026-12-10", ""]]
    assert any("prövning" in note for note in shown["notes"])

"""The documents that end upper secondary school: who gets which, and what it shows (skollagen 16:26–28)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from functions.grades.domain import document_words as words
from functions.grades.domain import exam_documents as rules
from functions.grades.domain.catalogue import Entry, Subject
from functions.grades.domain.documents import DocumentKind, NoGrades
from functions.grades.domain.exam_documents import Finished
from functions.grades.domain.exams import Plan
from functions.grades.domain.programmes import UnknownProgramme
from skolkit.sweden.codes import SchoolForm
from tests.unit.grades.test_catalogue import entry
from tests.unit.grades.test_documents import DAY, said

GY = SchoolForm.UPPER_SECONDARY


def level(code: str, value: str = "C", points: int = 100, *, work: bool = False) -> Entry:
    subject = Subject(code=code, name=code, form=GY, points=points, work=work)
    return entry(code, value, subject, scale="gy-arbete-2011" if work else "gy-2011", finished=True)


WORK = level("GYARNA", "E", work=True)
CORE = [level("SVEN3000X"), level("ENGE2000X"), level("MATE1C00X"), WORK]
REST = [level("FILO1000X", "B", 1000), level("PSYL1000X", "A", 800)]


def finished(
    kind: DocumentKind, entries: list[Entry], code: str = "NA25", plan: Plan | None = None
) -> Finished:
    return rules.finished(kind, entries, code, plan, DAY)


def test_who_has_reached_the_diploma_gets_it_and_not_a_certificate() -> None:
    made = finished("diploma", [*CORE, *REST])
    assert (made.programme.code, sum(made.sizes.values())) == ("NA", 2500)
    assert made.entries[-1] == WORK
    assert made.sizes["SVEN3000X"] == 300  # a higher level comprises the lower ones
    with pytest.raises(rules.DiplomaReached):
        finished("studyCertificate", [*CORE, *REST])


def test_who_lacks_something_gets_a_certificate_and_is_told_what() -> None:
    lacking = [*CORE[:3], *REST]
    with pytest.raises(rules.DiplomaNotReached) as refusal:
        finished("diploma", lacking)
    assert "gymnasiearbete 0/1" in refusal.value.said.sv
    assert "diploma project 0/1" in refusal.value.said.en
    assert {e.id for e in finished("studyCertificate", lacking).entries} == {e.id for e in lacking}


def test_a_dash_is_in_the_certificate_and_stands_in_the_way_of_the_diploma() -> None:
    dashed = [*CORE, *REST, level("HIST1000X", "-")]
    with pytest.raises(rules.DiplomaNotReached):
        finished("diploma", dashed)
    assert "HIST1000X" in {e.id for e in finished("studyCertificate", dashed).entries}


def test_a_lower_level_that_a_higher_one_replaces_is_not_shown() -> None:
    made = finished("diploma", [*CORE, *REST, level("SVEN1000X", "E")])
    assert "SVEN1000X" not in {e.id for e in made.entries}


def test_a_vocational_diploma_takes_a_study_plan() -> None:
    core = [level("SVEN1000X"), level("ENGE1000X"), level("MATE1A00X"), WORK, level("FILO1000X", "B", 2100)]
    for kind in ("diploma", "studyCertificate"):
        with pytest.raises(rules.PlanNeeded):
            finished(kind, core, "VO")
    assert finished("diploma", core, "VO", Plan(frozenset({"FILO1000X"}))).programme.kind == "vocational"


def test_introductory_programmes_have_a_certificate_of_their_own() -> None:
    compulsory = entry("maths", "E")
    made = finished("introductionCertificate", [level("ENGE1000X"), compulsory], "IMSPR")
    assert {e.id for e in made.entries} == {"ENGE1000X", "maths"}
    for kind, code in (("diploma", "IMSPR"), ("introductionCertificate", "NA25")):
        with pytest.raises(rules.OtherProgramme):
            finished(kind, CORE, code)  # type: ignore[arg-type]
    with pytest.raises(NoGrades):
        finished("introductionCertificate", [], "IMSPR")
    with pytest.raises(UnknownProgramme):
        finished("diploma", CORE, "")


def test_a_diploma_says_which_it_is_and_at_what_level() -> None:
    made = finished("diploma", [*CORE, *REST])
    about = replace(said("diploma", role="principal"), form=GY, programme=made.programme, sizes=made.sizes)
    shown: Any = words.content(about, made.entries)
    facts = dict(shown["facts"])
    assert facts["Program"] == "Naturvetenskapsprogrammet"
    assert facts["Examen"] == "Högskoleförberedande examen"
    assert (facts["SeQF-nivå"], facts["Gymnasiepoäng"]) == ("4", "2\xa0500")
    swedish = next(row for row in shown["tables"][0]["rows"] if row[1] == "SVEN3000X")
    assert swedish[2] == "300"

"""Every kind of grade document through the worker, in Swedish and in English: made of pupils who have the
history for it, and read back from the PDF: what the law asks to be there is there (skolförordningen 6:11–18,
skollagen 16:26–28, gymnasieförordningen ch. 8, förordningen (2011:1108) om vuxenutbildning ch. 4).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import pytest

from functions.attendance.usecases import totals
from functions.grades.domain.catalogue import Entry, Subject
from functions.grades.domain.subjects import SUBJECTS, graded
from functions.organisation.domain.study_plans import Entry as Read
from functions.organisation.domain.study_plans import PlanPart, StudyPlan
from functions.organisation.domain.syllabuses import Syllabus, syllabus_id
from functions.organisation.domain.units import MUNICIPALITY, UnitRecord
from functions.organisation.store import study_plans, syllabuses, units
from functions.register.domain.enrolment import EnrolmentId
from functions.register.store import people
from functions.register.store.enrolments import enrolment_writes
from infra.local.cloud import Cloud
from skolkit.clock import now, today
from skolkit.sweden.calendar import SchoolYear
from skolkit.sweden.codes import MunicipalityCode, SchoolForm
from skolkit.table import commit
from skolkit.types import PersonId, new_id
from tests.integration.test_attendance_day import invalid, save
from tests.support.areas import acting_as
from tests.support.grade_book import course, entry, put
from tests.support.grade_papers import (
    ask_one,
    decided,
    documents,
    documents_layer,
    fetched,
    issued,
    link,
    refused,
    text_of,
    work,
)
from tests.support.grading import Graded
from tests.support.population import number
from tests.support.world import drop

GR, GY = SchoolForm.COMPULSORY, SchoolForm.UPPER_SECONDARY
VUX, BASIC = SchoolForm.ADULT_UPPER_SECONDARY, SchoolForm.ADULT_BASIC
YEAR = SchoolYear.of(today())


@pytest.fixture(scope="module", autouse=True)
def _typst() -> Iterator[None]:
    with documents_layer():
        yield


@pytest.fixture(autouse=True)
def _organiser(school: Graded) -> None:
    """The municipality has a name."""
    made = UnitRecord(
        id=MUNICIPALITY, code=None, name="Ekhamra kommun", municipality_code=MunicipalityCode("9999"),
        municipal=True, type="Huvudman", school_forms=(),
    )  # fmt: skip
    with acting_as("organisation"):
        commit(*units.unit_writes(None, made))


def read(school: Graded, pupil: str, kind: str, **more: Any) -> str:
    """The text of a pupil's document, with single spaces, as the issuer fetches it."""
    work(ask_one(school, school.principal, pupil, kind, **more))
    document = documents(pupil, school.principal)[0]
    assert document["kind"] == kind
    said = text_of(fetched(link(pupil, document["id"], school.principal).body["url"]))
    assert document["number"] in said
    assert re.search(r"([2-9A-Z]{5}-){3}[2-9A-Z]{5}", said)
    return re.sub(r"\s+", " ", said)


def newcomer(cloud: Cloud, school: Graded, form: SchoolForm, born: date, **enrolled: Any) -> PersonId:
    """Somebody of the school in another form."""
    person = PersonId(new_id())
    row = {
        "id": person, "civicNo": number(born, 3), "givenName": "Vilja", "familyName": "Läsare",
        "birthDate": born.isoformat(),
        "enrolments": [
            {
                "enroledAt": str(school.world.population.unit.code), "schoolType": form.value,
                "startDate": (YEAR.start - timedelta(days=700)).isoformat(), **enrolled,
            }
        ],
    }  # fmt: skip
    taken = drop(cloud, f"register/persons/{new_id()}.jsonl", [row])
    assert taken["failed"] == 0, taken["faults"]
    return person


def teenager(cloud: Cloud, school: Graded, code: str) -> PersonId:
    born = date(YEAR.start_year - 18, 3, 4)
    return newcomer(cloud, school, GY, born, schoolYear=3, educationCode=code)


def grown(cloud: Cloud, school: Graded, form: SchoolForm = VUX) -> PersonId:
    return newcomer(cloud, school, form, date(1991, 3, 4))


def stayed(school: Graded, *years: int) -> PersonId:
    """A pupil of the class whose last school years were these, the last of them left last summer."""
    pupil = next(p.id for p in school.pupils if p.protection is None)
    with acting_as("register"):
        card = people.find_card(pupil)
        assert card
        first = YEAR.start_year - len(years)
        spans = [(date(first + n, 8, 15), date(first + n + 1, 6, 10)) for n in range(len(years))]
        plain = card.enrolments[0]
        ids = [*(EnrolmentId(new_id()) for _ in years[1:]), plain.id]
        made = [
            replace(plain, id=id, year=year, start=start, end=end)
            for id, year, (start, end) in zip(ids, years, spans, strict=True)
        ]
        commit(*enrolment_writes(pupil, made, card.enrolments))
    return pupil


def year_nine(school: Graded, pupil: str) -> None:
    """Grades in every subject, with a dash, adapted studies and a language."""
    unit = school.world.unit
    plain = [(one.designation, "ABCDEF"[n % 6]) for n, one in enumerate(SUBJECTS[:15])]
    put(pupil, unit, *plain)
    put(pupil, unit, ("TK", "-"))
    put(pupil, unit, ("BL", "C"), adapted="Anpassad studiegång")
    put(pupil, unit, entry(pupil, unit, graded(GR, "M", "M", language="spa", choice="languageChoice"), "B"))


def adult(pupil: str, school: Graded, form: SchoolForm, code: str, value: str, **more: Any) -> Entry:
    name, points = more.pop("name", code), more.pop("points", 100)
    work = name.startswith("Komvuxarbete")
    subject = Subject(code=code, name=name, form=form, points=points, work=work)
    return entry(pupil, school.world.unit, subject, value, **more)


def give_plan(person: PersonId, form: SchoolForm, parts: dict[PlanPart, list[str]]) -> None:
    """A study plan with courses or levels of the catalogue in its parts."""
    known = [
        (part, Syllabus(
            id=syllabus_id(form, code[:4], code, 1), course_code=code, school_form=form,
            subject_name=code[:4], valid_from=today(), points=100,
        ))
        for part, codes in parts.items() for code in codes
    ]  # fmt: skip
    plan = StudyPlan(
        pupil=person, school_form=form, start=YEAR.start,
        entries=tuple(Read(s.id, part) for part, s in known), changed_by=person, changed_at=now(),
    )  # fmt: skip
    with acting_as("organisation"):
        commit(*(syllabuses.syllabus_item(one) for _, one in known))
        commit(*study_plans.plan_writes(plan))


CORE = (
    ("SVEN3000X", "C", 100, "Svenska"), ("ENGE2000X", "A", 100, "Engelska"),
    ("MATE1C00X", "B", 100, "Matematik"), ("HIST1B00X", "C", 100, "Historia"),
)  # fmt: skip
WORK = ("GYARNA", "E", 100, "Gymnasiearbete")


def levels(school: Graded, pupil: str, *more: tuple[str, str, int, str]) -> None:
    unit = school.world.unit
    put(pupil, unit, *(course(pupil, unit, code, v, size, name) for code, v, size, name in (*CORE, *more)))


# Who gets it, by kind: makes the history and says how the document is asked for.

Asked = tuple[PersonId, dict[str, Any]]


def final_grades(_: Cloud | None, school: Graded) -> Asked:
    pupil = stayed(school, 7, 8, 9)
    year_nine(school, pupil)
    return pupil, {}


def leaving(_: Cloud, school: Graded) -> Asked:
    pupil = stayed(school, 7, 8, 8)
    year_nine(school, pupil)
    return pupil, {"offeredHours": 6130}


def extract(_: Cloud, school: Graded) -> Asked:
    pupil = next(p.id for p in school.pupils if p.protection is None)
    year_nine(school, pupil)
    return pupil, {}


def preparatory(cloud: Cloud, school: Graded) -> Asked:
    pupil = teenager(cloud, school, "NA25")
    levels(school, pupil, ("FILO1000X", "B", 1700, "Filosofi"), WORK)
    return pupil, {"schoolForm": "GY"}


def vocational(cloud: Cloud, school: Graded) -> Asked:
    pupil = teenager(cloud, school, "VO25")
    levels(school, pupil, ("VARD1000X", "B", 1900, "Vårdpedagogik"), WORK)
    give_plan(pupil, GY, {"Programgemensamma": ["VARD1000X"]})
    return pupil, {"schoolForm": "GY"}


def studies(cloud: Cloud, school: Graded) -> Asked:
    pupil = teenager(cloud, school, "NA25")
    levels(school, pupil, ("FILO1000X", "-", 100, "Filosofi"))
    return pupil, {"schoolForm": "GY"}


def introduction(cloud: Cloud, school: Graded) -> Asked:
    pupil = teenager(cloud, school, "IMSPR")
    unit = school.world.unit
    put(pupil, unit, entry(pupil, unit, graded(GR, "SVA", "SVA"), "D"), course(pupil, unit, "ENGE1000X", "E"))
    return pupil, {"schoolForm": "GY"}


def collected(cloud: Cloud, school: Graded) -> Asked:
    pupil = teenager(cloud, school, "NA25")
    levels(school, pupil)
    return pupil, {"schoolForm": "GY"}


def tried(_: Cloud, school: Graded) -> Asked:
    pupil = stayed(school, 9)
    put(pupil, school.world.unit, ("MA", "C"), trial=True)
    put(pupil, school.world.unit, ("EN", "A"))
    return pupil, {}


def adults_diploma(cloud: Cloud, school: Graded) -> Asked:
    pupil = grown(cloud, school)
    rows = [
        ("SVESVE01", "C", 100, "Svenska 1"), ("ENGENG05", "B", 100, "Engelska 5"),
        ("MATMAT01a", "E", 100, "Matematik 1a"), ("HISHIS01a1", "D", 50, "Historia 1a1"),
        ("SAMSAM01a1", "C", 50, "Samhällskunskap 1a1"), ("RELREL01", "C", 50, "Religionskunskap 1"),
        ("NAKNAK01a1", "C", 50, "Naturkunskap 1a1"), ("VARVAR01", "A", 1000, "Vård och omsorg"),
        ("PSKPSY01", "B", 800, "Psykologi 1"), ("KVARVO", "E", 100, "Komvuxarbete"),
    ]  # fmt: skip
    made = [adult(pupil, school, VUX, code, v, name=name, points=size) for code, v, size, name in rows]
    put(pupil, school.world.unit, *made)
    give_plan(pupil, VUX, {"Programfördjupning": ["VARVAR01"], "Individuellt val": ["PSKPSY01"]})
    return pupil, {"schoolForm": "VUXGY", "direction": "VO"}


def adults_extract(cloud: Cloud, school: Graded) -> Asked:
    pupil = grown(cloud, school, BASIC)
    put(pupil, school.world.unit, adult(pupil, school, BASIC, "GRNSVE2", "Godkänt", name="Svenska"))
    return pupil, {"schoolForm": "VUXGR"}


def adults_collected(cloud: Cloud, school: Graded) -> Asked:
    pupil = grown(cloud, school)
    old = adult(pupil, school, VUX, "SV1201", "MVG", name="Svenska A", scale="gy-1994")
    put(pupil, school.world.unit, old, adult(pupil, school, VUX, "ENGENG05", "B", name="Engelska 5"))
    return pupil, {"schoolForm": "VUXGY"}


@dataclass(frozen=True)
class Sample:
    """A document, who gets it, and what it has to say in either language, and may not."""

    kind: str
    made: Callable[[Cloud, Graded], Asked]
    sv: tuple[str, ...]
    en: tuple[str, ...]
    never: tuple[str, ...] = ()


SAMPLES = {
    "slutbetyg": Sample(
        "finalGrades", final_grades,
        ("Slutbetyg", "Grundskola", "Årskurs 9", "SeQF-nivå 2", "Moderna språk, spanska (språkval)",
         "Anpassade studier", "Streck", "Rektor", "6 kap. 14–16"),
        ("Final grades", "SeQF/EQF level 2", "Modern languages, Spanish (language choice)",
         "Adapted studies", "The Swedish document is the official one"),
    ),
    "avgångsintyg": Sample(
        "leavingCertificate", leaving,
        ("Avgångsintyg", "Slutar i årskurs 8", "Erbjuden undervisningstid 6 130 timmar", "Tid i skolan",
         "Årskurs 8 gicks om läsåret", "6 kap. 17–18", f"{YEAR.start_year}-06-10", "Avslutat"),
        ("Leaving certificate", "Leaves in year 8", "Teaching time offered 6 130 hours", "Time at school",
         "Year 8 was repeated in"),
    ),
    "utdrag": Sample(
        "catalogueExtract", extract,
        ("Utdrag ur betygskatalogen", "Beslutat av", "Förra systemet", "Tidigare", "6 kap. 10"),
        ("Extract from the catalogue of grades", "Decided by", "Visual arts"),
    ),
    "examensbevis högskoleförberedande": Sample(
        "diploma", preparatory,
        ("Examensbevis", "Naturvetenskapsprogrammet", "Högskoleförberedande examen", "SeQF-nivå 4",
         "Gymnasiepoäng 2 500", "Gymnasiearbete", "16 kap. 26–28", "Rektor", "SVEN3000X 300"),
        ("Upper secondary diploma", "Diploma preparing for higher education", "Natural science",
         "Upper secondary credits 2 500"),
    ),
    "examensbevis yrkes": Sample(
        "diploma", vocational,
        ("Examensbevis", "Vård- och omsorgsprogrammet", "Yrkesexamen", "SeQF-nivå 4"),
        ("Upper secondary diploma", "Vocational diploma", "Health and social care"),
        never=("Högskoleförberedande", "higher education"),
    ),
    "studiebevis": Sample(
        "studyCertificate", studies,
        ("Studiebevis", "Naturvetenskapsprogrammet", "Filosofi", "Streck", "gymnasieförordningen"),
        ("Certificate of studies", "Natural science", "A dash"),
        never=("Examen ", "SeQF", "Diploma "),
    ),
    "gymnasieintyg": Sample(
        "introductionCertificate", introduction,
        ("Gymnasieintyg", "Språkintroduktion", "Svenska som andraspråk", "ENGE1000X"),
        ("Certificate of introductory studies", "Language introduction", "Swedish as a second language"),
        never=("Yrkesexamen", "SeQF"),
    ),
    "samlat betygsdokument": Sample(
        "collectedGrades", collected,
        ("Samlat betygsdokument", "Gymnasieskola", "MATE1C00X"),
        ("Collected grades", "Upper secondary school"),
    ),
    "betyg efter prövning": Sample(
        "trialGrades", tried,
        ("Betyg efter prövning", "Matematik C", "SKOLFS 2016:16", "efter prövning mot betygskriterierna"),
        ("Grades after trial examination", "Mathematics C"),
        never=("Engelska", "English A"),
    ),
    "examensbevis komvux": Sample(
        "diploma", adults_diploma,
        ("Examensbevis", "Komvux på gymnasial nivå", "Yrkesexamen", "Vård- och omsorgsprogrammet",
         "Gymnasiepoäng 2 400", "Komvuxarbete", "(2011:1108) om vuxenutbildning 4 kap. 13–15 b"),
        ("Upper secondary diploma", "Adult education, upper secondary", "Vocational diploma"),
    ),
    "utdrag komvux": Sample(
        "catalogueExtract", adults_extract,
        ("Utdrag ur betygskatalogen", "Komvux på grundläggande nivå", "Godkända betyg: Godkänt.",
         "(2011:1108) om vuxenutbildning 4 kap. 11–12"),
        ("Extract from the catalogue of grades", "Adult education, basic", "Passes: Godkänt."),
    ),
    "samlat betygsdokument komvux": Sample(
        "collectedGrades", adults_collected,
        ("Samlat betygsdokument", "Svenska A", "MVG", "(2002:1012)"),
        ("Collected grades", "MVG"),
        never=("Engelska 5",),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", SAMPLES)
def test_a_document_says_what_the_law_asks_in_both_languages(cloud: Cloud, school: Graded, name: str) -> None:
    sample = SAMPLES[name]
    pupil, asked = sample.made(cloud, school)
    with acting_as("register"):
        card = people.find_card(pupil)
    assert card
    for language, words in (("sv", sample.sv), ("en", sample.en)):
        said = read(school, pupil, sample.kind, language=language, **asked)
        common = (f"{card.given_name} {card.family_name}", str(school.world.population.unit.code),
                  school.world.population.unit.name, today().isoformat(), "EKHAMRA KOMMUN")  # fmt: skip
        for word in (*common, *words):
            assert word in said, (word, said)
        for word in sample.never:
            assert word not in said, (word, said)
        own = f"{card.civic_no[:8]}-{card.civic_no[-4:]}" if card.civic_no else str(card.birth_date)
        assert own in said


def test_term_grades_tell_the_invalid_absence_of_the_term_as_attendance_has_it(school: Graded) -> None:
    lessons = [x for x in school.world.lessons if x.group == school.klass.id and x.end < now()]
    lesson, pupils = max(lessons, key=lambda x: x.start), decided(school)
    away, there = pupils[:2]
    saved = save(lesson, {away: invalid(lesson, 35)})
    assert saved.status == 200, saved.body
    with acting_as("attendance"):
        totals.count_unit(school.world.unit, today(lesson.start))
    for pupil, minutes in ((away, "35 minuter"), (there, "ingen")):
        _, said = issued(school, pupil)
        text = re.sub(r"\s+", " ", said)
        for word in (
            f"Ogiltig frånvaro under terminen {minutes}", "Terminsbetyg", "Avslutat", "Matematik",
            "Höstterminen" if today().month >= 7 else "Vårterminen", "6 kap. 11", "Årskurs 9",
        ):  # fmt: skip
            assert word in text, (word, text)
    work(ask_one(school, school.principal, away, "termGrades", period=school.period, language="en"))
    english = documents(away, school.principal)[0]
    said = text_of(fetched(link(away, english["id"], school.principal).body["url"]))
    assert "Unauthorised absence in the term 35 minutes" in re.sub(r"\s+", " ", said)


def test_adult_education_is_told_why_there_is_no_slutbetyg_and_what_a_diploma_lacks(
    cloud: Cloud, school: Graded
) -> None:
    pupil, asked = adults_diploma(cloud, school)
    head = school.principal
    refused(ask_one(school, head, pupil, "finalGrades", schoolForm="VUXGY"), 422, "no-final-grades")
    refused(ask_one(school, head, pupil, "diploma", schoolForm="VUXGY"), 422, "direction-needed")
    refused(ask_one(school, head, pupil, "diploma", **asked | {"direction": "NA"}), 422, "direction-needed")
    refused(ask_one(school, head, pupil, "studyCertificate", schoolForm="VUXGY"), 422, "wrong-form")
    lacking = ask_one(school, head, pupil, "diploma", **asked | {"direction": "SH"})
    refused(lacking, 409, "adult-diploma-not-reached")
    assert "matematik 2 0/1" in lacking.body["title"]
    with acting_as("organisation"):
        (plan,) = [p for p in [study_plans.find_plan(pupil)] if p]
        commit(*study_plans.plan_writes(replace(plan, school_form=GY)))
    refused(ask_one(school, head, pupil, "diploma", **asked), 409, "plan-needed")

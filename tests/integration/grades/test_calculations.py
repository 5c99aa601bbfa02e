"""What is counted from grades (process 33): the merit value, eligibility, what a wish takes, a diploma; by
whom it is seen, and that homes are told nothing of what is not published.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from functions.grades.domain.prognosis import ORDINARY
from functions.grades.domain.subjects import graded
from functions.organisation.domain.staffing import DutyRecord
from functions.organisation.domain.study_plans import Entry as Read
from functions.organisation.domain.study_plans import PlanPart, StudyPlan
from functions.organisation.domain.syllabuses import Syllabus, syllabus_id
from functions.organisation.store import duties, study_plans, syllabuses
from infra.local.cloud import Cloud
from infra.local.population import NewPupil
from skolkit.clock import now, stamp, today
from skolkit.sweden.calendar import SchoolYear
from skolkit.sweden.codes import SchoolForm
from skolkit.table import commit
from skolkit.types import PersonId, UnitId, new_id
from tests.support.areas import Answer, acting_as, audit_rows, call
from tests.support.grade_book import course, entry, put
from tests.support.grading import Graded
from tests.support.gymnasium import imagine_gymnasium
from tests.support.meter import metered
from tests.support.stored import stored
from tests.support.world import drop

READS = ("read_merit", "read_eligibility", "read_exam")


def ask(name: str, person: str, pupil: str, **more: Any) -> Answer:
    return call("grades", name, person, path={"pupil": pupil}, **more)


def told(name: str, person: str, pupil: str, **more: Any) -> dict[str, Any]:
    answer = ask(name, person, pupil, **more)
    assert answer.status == 200, answer.body
    found: dict[str, Any] = answer.body
    return found


def refused(answer: Answer, status: int, code: str) -> None:
    assert (answer.status, answer.body["type"].rpartition(":")[2]) == (status, code), answer.body


@pytest.fixture
def pupil(school: Graded) -> NewPupil:
    """With sixteen C, a B in Spanish as language choice, and an F in mathematics."""
    found = next(p for p in school.pupils if len(p.guardians) > 1)
    values = [(code, "F" if code == "MA" else "C") for code in ORDINARY]
    language = graded(SchoolForm.COMPULSORY, "M", "M", language="spa", choice="languageChoice")
    put(found.id, school.world.unit, *values, entry(found.id, school.world.unit, language, "B"))
    return found


def test_the_merit_value_and_how_each_grade_counted(school: Graded, pupil: NewPupil) -> None:
    found = told("read_merit", school.principal, pupil.id)
    assert (found["value"], found["basis"], found["rules"]) == (15 * 15 + 17.5, "final", "merit-2014")
    how = {row["subjectCode"]: (row["gradeValue"], row["how"]) for row in found["data"]}
    assert how["M"] == ("B", "languageChoice")
    assert how["MA"] == ("F", "amongBest")
    assert len(found["data"]) == 17
    more = told("read_merit", school.principal, pupil.id, query={"aptitudePoints": "20"})
    assert (more["value"], more["aptitudePoints"]) == (found["value"] + 20, 20.0)
    assert ask("read_merit", school.principal, pupil.id, query={"aptitudePoints": "-1"}).status == 422
    assert ask("read_merit", school.principal, pupil.id, query={"aptitudePoints": "nan"}).status == 422


def test_eligibility_says_what_is_missing(school: Graded, pupil: NewPupil) -> None:
    home = pupil.guardians[0].guardian_id
    found = told("read_eligibility", home, pupil.id)
    assert len(found["data"]) == 18
    assert not any(row["eligible"] for row in found["data"])
    (science,) = told("read_eligibility", home, pupil.id, query={"programme": "NA25"})["data"]
    assert science["missing"] == [
        {
            "kind": "core", "subjects": ["MA"], "count": 1, "law": "skollagen 16:30–31",
            "text": "Godkänt betyg i matematik saknas.", "textEn": "A pass in Mathematics is missing.",
        }
    ]  # fmt: skip
    assert science["programmeOrientedChoice"]
    put(pupil.id, school.world.unit, ("MA", "E"))
    assert all(row["eligible"] for row in told("read_eligibility", home, pupil.id)["data"])
    refused(ask("read_eligibility", home, pupil.id, query={"programme": "XX"}), 422, "unknown-programme")
    refused(ask("read_eligibility", home, pupil.id, query={"programme": "IMS"}), 422, "not-national")


def test_a_wish_is_answered_and_changes_nothing(school: Graded, pupil: NewPupil) -> None:
    before = stored("grades")
    body = {"programme": "NA", "meritValue": 260.0}
    found = told("ask_prognosis", pupil.id, pupil.id, body=body)
    assert (found["value"], found["eligible"], found["reached"]) == (242.5, False, True)
    assert [row["subjects"] for row in found["missing"]] == [["MA"]]
    assert found["reachedValue"] == 260.0
    raises = {r["subjectCode"]: (r["gradeValue"], r["raisedValue"], r["steps"]) for r in found["raises"]}
    assert raises == {"BL": ("C", "B", 1), "MA": ("F", "C", 3)}
    assert stored("grades") == before
    supposed = [{"subjectCode": "MA", "gradeValue": "A"}]
    what_if = told("ask_prognosis", pupil.id, pupil.id, body={"programme": "NA", "supposed": supposed})
    assert (what_if["value"], what_if["eligible"], what_if["raises"]) == (262.5, True, [])
    judged = {"programme": "NA", "otherwise": ["GRGRMAT01"]}
    assert told("ask_prognosis", pupil.id, pupil.id, body=judged)["eligible"]
    assert not told("ask_prognosis", pupil.id, pupil.id, body={"meritValue": 341.0})["reached"]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"programme": "XX"}, "unknown-programme"), ({"programme": "IMV"}, "not-national"),
        ({"supposed": [{"subjectCode": "XX", "gradeValue": "A"}]}, "unknown-subject"),
        ({"supposed": [{"subjectCode": "MA", "gradeValue": "G"}]}, "illegal-value"),
        ({"programme": "NA", "otherwise": ["XX"]}, "unknown-subject"),
        ({"meritValue": -1}, "invalid"), ({"meritValue": "mycket"}, "invalid"),
        ({"programme": "na"}, "invalid"), ({"wish": "NA"}, "invalid"),
        ({"supposed": [{"subjectCode": "MA", "gradeValue": "A"}] * 31}, "invalid"),
    ],
)  # fmt: skip
def test_what_cannot_be_asked_is_refused(
    school: Graded, pupil: NewPupil, body: dict[str, Any], code: str
) -> None:
    refused(ask("ask_prognosis", school.principal, pupil.id, body=body), 422, code)


def test_the_home_counts_with_published_grades_only(school: Graded, pupil: NewPupil) -> None:
    teacher, home = school.teachers[0], pupil.guardians[0].guardian_id
    assert school.set(teacher, {pupil.id: "A"}, finished=True).status == 201
    values = [told("read_merit", who, pupil.id)["value"] for who in (home, pupil.id, school.principal)]
    assert values == [242.5, 242.5, 262.5]
    eligible = [
        told("ask_prognosis", who, pupil.id, body={"programme": "NA"})["eligible"]
        for who in (home, school.principal)
    ]
    assert eligible == [False, True]
    published = call(
        "grades", "publish_grades", school.principal, path={"period": school.period},
        body={"at": stamp(now())}, headers={"if-match": '"1"'},
    )  # fmt: skip
    assert published.status == 200, published.body
    assert told("read_merit", home, pupil.id)["value"] == 262.5


def employ(person: PersonId, title: Any, role: Any, unit: str) -> None:
    duty = DutyRecord(
        id=new_id(), person=person, unit=UnitId(unit), duty_role=title, role=role, start=today()
    )
    with acting_as("organisation"):
        commit(*duties.duty_writes(None, duty))


def test_a_study_counsellor_of_the_unit_sees_what_grades_are_enough_for_and_no_more(
    school: Graded, pupil: NewPupil
) -> None:
    counsellor, nurse, elsewhere = (PersonId(new_id()) for _ in range(3))
    guidance = "Studie- och yrkesvägledare"
    employ(counsellor, guidance, "study_counsellor", school.world.unit)
    employ(nurse, "Skolsköterska", "school_nurse", school.world.unit)
    employ(elsewhere, guidance, "study_counsellor", new_id())
    assert told("read_merit", counsellor, pupil.id)["value"] == 242.5
    assert told("ask_prognosis", counsellor, pupil.id, body={"programme": "NA"})["eligible"] is False
    assert ask("list_grades", counsellor, pupil.id).status == 404
    for stranger in (nurse, elsewhere, school.teachers[0]):
        assert ask("read_merit", stranger, pupil.id).status == 404


def test_strangers_and_made_up_pupils_get_the_same_answer(school: Graded, pupil: NewPupil) -> None:
    mine = {g.guardian_id for g in pupil.guardians}
    other = next(g.guardian_id for p in school.pupils for g in p.guardians if g.guardian_id not in mine)
    for name in (*READS, "ask_prognosis"):
        body = {"body": {"programme": "NA"}} if name == "ask_prognosis" else {}
        answers = [ask(name, other, id, **body) for id in (pupil.id, new_id())]
        assert [a.status for a in answers] == [404, 404]
        assert answers[0].body == answers[1].body


def test_every_reading_is_in_the_trail_and_costs_few_round_trips(school: Graded, pupil: NewPupil) -> None:
    home = pupil.guardians[0].guardian_id
    for name, trips in (("read_merit", 3), ("read_eligibility", 3), ("ask_prognosis", 3)):
        body = {"body": {"programme": "NA"}} if name == "ask_prognosis" else {}
        with metered() as use:
            told(name, home, pupil.id, **body)
        assert use.trips == trips, (name, use)
    assert [row["action"] for row in audit_rows(pupil.id)][-3:] == [
        "read_merit", "read_eligibility", "ask_prognosis",
    ]  # fmt: skip


LEVELS: Sequence[tuple[str, str, int]] = (
    ("SVEN3000X", "C", 100), ("ENGE2000X", "B", 100), ("MATE1A00X", "E", 100), ("VARD1000X", "E", 400),
    ("PSYL1000X", "A", 1300), ("ENGE3000X", "A", 100),
)  # fmt: skip


def test_what_there_is_of_a_diploma(cloud: Cloud, school: Graded) -> None:
    made = imagine_gymnasium(school.world, serial=41, count=1)
    for key, content in made.files.items():
        if "lessons" not in key:
            drop(cloud, key, content)
    (gymnasist,) = made.pupils
    put(gymnasist, school.world.unit, *(course(gymnasist, school.world.unit, *level) for level in LEVELS))
    found = told("read_exam", gymnasist, gymnasist)
    lacks = {row["name"]: (row["need"], row["have"]) for row in found["requirements"] if not row["met"]}
    assert (found["programme"], found["outcome"]) == ("NA", "studies")
    assert lacks == {
        "graded": (2500, 2400), "mathematics": (100, 0), "work": (1, 0), "programme": (1, None),
    }  # fmt: skip
    assert (found["comparisonFigure"], found["countedPoints"], found["meritPoints"]) == (17.29, 2400, 1.0)
    asked = told("read_exam", gymnasist, gymnasist, query={"programme": "VO", "required": "ENGE3000X"})
    assert (asked["meritPoints"], asked["outcome"]) == (0.0, "studies")
    assert [row["met"] for row in asked["requirements"] if row["name"] == "common"] == [None]
    project = course(gymnasist, school.world.unit, "GYARVO", "E", name="Gymnasiearbete")
    put(gymnasist, school.world.unit, project)
    unplanned = told("read_exam", gymnasist, gymnasist, query={"programme": "VO"})
    assert (unplanned["outcome"], unplanned["possible"]) == (None, ["diploma", "studies"])
    unknown = {row["name"]: row["atMost"] for row in unplanned["requirements"] if row["unknown"]}
    assert unknown == {"programme": 1, "common": 2100}
    give_plan(gymnasist, {"Programgemensamma": ["VARD1000X"], "Utökade": ["ENGE3000X"]})
    whole = told("read_exam", gymnasist, gymnasist, query={"programme": "VO"})
    assert whole["outcome"] == "diploma"
    english = next(row for row in whole["data"] if row["code"] == "ENGE3000X")
    assert (english["points"], english["replaces"], english["counted"]) == (300, ["ENGE2000X"], True)
    refused(ask("read_exam", gymnasist, gymnasist, query={"programme": "IMS"}), 409, "no-diploma")
    assert ask("read_exam", gymnasist, gymnasist, query={"required": "a b"}).status == 422


def test_a_pupil_of_grundskola_has_no_diploma_to_count_on(school: Graded, pupil: NewPupil) -> None:
    refused(ask("read_exam", school.principal, pupil.id), 422, "unknown-programme")


def give_plan(person: PersonId, parts: dict[PlanPart, list[str]]) -> None:
    """A study plan of upper secondary school with levels of the catalogue in its parts."""
    read = [(part, code) for part, codes in parts.items() for code in codes]
    known = [
        Syllabus(
            id=syllabus_id(SchoolForm.UPPER_SECONDARY, code[:4], code, 1), course_code=code,
            school_form=SchoolForm.UPPER_SECONDARY, subject_name=code[:4], valid_from=today(), points=100,
        )
        for _, code in read
    ]  # fmt: skip
    plan = StudyPlan(
        pupil=person, school_form=SchoolForm.UPPER_SECONDARY, start=SchoolYear.of(today()).start,
        entries=tuple(Read(s.id, part) for (part, _), s in zip(read, known, strict=True)),
        changed_by=person, changed_at=now(),
    )  # fmt: skip
    with acting_as("organisation"):
        commit(*(syllabuses.syllabus_item(one) for one in known))
        commit(*study_plans.plan_writes(plan))


def test_what_a_comparison_figure_takes_of_what_is_left(cloud: Cloud, school: Graded) -> None:
    made = imagine_gymnasium(school.world, serial=42, count=1)
    for key, content in made.files.items():
        if "lessons" not in key:
            drop(cloud, key, content)
    (gymnasist,) = made.pupils
    unit = school.world.unit
    put(gymnasist, unit, course(gymnasist, unit, "PSYL1000X", "C", 300))
    put(gymnasist, unit, course(gymnasist, unit, "RELI1000X", "F"))
    give_plan(gymnasist, {"Programgemensamma": ["PSYL1000X", "VARD1000X"], "Utökade": ["ENGE3000X"]})
    before = stored("grades")
    found = told("ask_university_prognosis", gymnasist, gymnasist, body={"meritValue": 14.5})
    assert (found["now"]["comparisonFigure"], found["reached"], found["planned"]) == (11.25, True, True)
    takes = {r["code"]: (r["gradeValue"], r["neededValue"], r["steps"]) for r in found["data"]}
    assert set(takes) == {"RELI1000X", "VARD1000X", "ENGE3000X"}
    assert takes["ENGE3000X"][0] is None
    assert takes["ENGE3000X"][2] >= 1
    assert (found["then"]["meritPoints"], found["steps"]) == (1.0, sum(r[2] for r in takes.values()))
    assert found["then"]["meritValue"] >= 14.5
    assert stored("grades") == before
    supposed = [
        {"code": "VARD1000X", "gradeValue": "A"},
        {"code": "BIOG1000X", "gradeValue": "A", "points": 50},
    ]
    body = {"comparisonFigure": 14.5, "supposed": supposed}
    what_if = told("ask_university_prognosis", gymnasist, gymnasist, body=body)
    assert what_if["now"] == {
        "comparisonFigure": 13.64, "meritPoints": 0.0, "meritValue": 13.64, "countedPoints": 550,
    }  # fmt: skip
    assert [r["code"] for r in what_if["data"] if r["steps"]] == ["RELI1000X"]
    with metered() as use:
        told("ask_university_prognosis", gymnasist, gymnasist, body=body)
    assert use.trips == 5
    for wrong, code in (
        ({}, "invalid"), ({"comparisonFigure": 15, "meritValue": 15}, "invalid"),
        ({"comparisonFigure": 20.5}, "invalid"), ({"comparisonFigure": 15.123}, "invalid"),
        ({"comparisonFigure": 15, "supposed": [{"code": "XXXX1000X", "gradeValue": "A"}]}, "points-missing"),
        ({"comparisonFigure": 15, "supposed": [{"code": "XXXX1000X", "gradeValue": "G"}]}, "invalid"),
        ({"comparisonFigure": 15, "supposed": [
            {"code": f"XXXX{n}000X", "gradeValue": "F", "points": 100} for n in range(1, 7)
        ]}, "too-much-open"),
    ):  # fmt: skip
        refused(ask("ask_university_prognosis", gymnasist, gymnasist, body=wrong), 422, code)


def test_a_pupil_of_grundskola_has_no_comparison_figure(school: Graded, pupil: NewPupil) -> None:
    found = told("ask_university_prognosis", school.principal, pupil.id, body={"meritValue": 10})
    assert (found["now"]["comparisonFigure"], found["reached"], found["data"]) == (None, False, [])

"""Study plans against their programme, and syllabuses as Skolverket writes them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from functions.organisation.domain import study_plans as rules
from functions.organisation.domain.programmes import Content, Programme, ProgrammeId
from functions.organisation.domain.study_plans import Adaptation, AdaptationWithoutForm, Entry, StudyPlan
from functions.organisation.domain.syllabuses import Syllabus, SyllabusId
from functions.organisation.imports.syllabuses import SyllabusRow
from skolkit.sweden.codes import SchoolForm
from skolkit.types import PersonId

DAY = date(2025, 8, 1)
AT = datetime(2026, 11, 23, tzinfo=UTC)


def subject(**more: Any) -> dict[str, Any]:
    levels = [{"code": f"MATE{n}A00X", "name": f"Matematik nivå {n}a", "points": "100"} for n in (1, 2)]
    return {
        "code": "MATE", "name": "Matematik", "typeOfSyllabus": "GRADE_SUBJECT_SYLLABUS", "version": 3,
        "startDate": "2025-07-01", "schoolTypes": ["GY", "VUXGY"], "courses": levels, **more,
    }  # fmt: skip


def catalogue() -> dict[SyllabusId, Syllabus]:
    def course(code: str, level: int | None, below: int | None = None, points: int = 100) -> Syllabus:
        return Syllabus(
            id=SyllabusId(code), school_form=SchoolForm.UPPER_SECONDARY, subject_name=code[:4],
            subject_code=code[:4], course_code=code, points=points, level=level, builds_on=below,
            valid_from=DAY,
        )  # fmt: skip

    courses = [
        course("MATE1A00X", 1), course("MATE2A00X", 2, 1), course("SVEN1000X", 1), course("SVEA1000X", 1),
        course("GYAR0000X", None), course("IDRO1000X", 1),
    ]  # fmt: skip
    return {c.id: c for c in courses}


def ids(*codes: str) -> tuple[SyllabusId, ...]:
    return tuple(map(SyllabusId, codes))


PROGRAMME = Programme(
    id=ProgrammeId("programme"), code="TE25", name="Teknik", type="Högskoleförberedande program",
    school_form=SchoolForm.UPPER_SECONDARY, valid_from=DAY, points=400,
    content=(
        Content("Gymnasiegemensamma", 200, (ids("MATE1A00X"), ids("SVEN1000X", "SVEA1000X"))),
        Content("Gymnasiearbete", 100, (ids("GYAR0000X"),)),
        Content("Individuellt val", 100, ()),
    ),
)  # fmt: skip
WHOLE = StudyPlan(
    pupil=PersonId("pupil"), school_form=SchoolForm.UPPER_SECONDARY, start=DAY, programme=PROGRAMME.id,
    changed_by=PersonId("mentor"), changed_at=AT,
    entries=(
        Entry(SyllabusId("MATE1A00X"), "Gymnasiegemensamma"),
        Entry(SyllabusId("SVEN1000X"), "Gymnasiegemensamma"),
        Entry(SyllabusId("GYAR0000X"), "Gymnasiearbete"),
        Entry(SyllabusId("IDRO1000X"), "Individuellt val"),
    ),
)  # fmt: skip


def missing(plan: StudyPlan) -> set[str]:
    return {gap.missing for gap in rules.gaps(plan, PROGRAMME, catalogue(), None)}


def test_a_whole_plan_lacks_nothing() -> None:
    assert missing(WHOLE) == set()


def test_what_is_left_out_is_told() -> None:
    without = replace(WHOLE, entries=WHOLE.entries[:2])
    assert missing(without) == {"points", "part-points", "compulsory"}
    assert missing(replace(without, scope="reduced")) == {"compulsory"}
    removed = replace(WHOLE, entries=(Entry(SyllabusId("MATE1A00X"), "Borttagna"), *WHOLE.entries[1:]))
    assert missing(removed) == {"points", "part-points", "compulsory"}


def test_more_than_the_programme_takes_an_extended_one() -> None:
    more = replace(WHOLE, entries=(*WHOLE.entries, Entry(SyllabusId("MATE2A00X"), "Utökade")))
    assert missing(more) == {"beyond"}
    assert missing(replace(more, scope="extended")) == set()


def test_a_level_without_the_one_below() -> None:
    jumped = replace(
        WHOLE, entries=(Entry(SyllabusId("MATE2A00X"), "Gymnasiegemensamma"), *WHOLE.entries[1:])
    )
    assert missing(jumped) == {"level", "compulsory"}


def test_swedish_is_one_of_two() -> None:
    second = replace(WHOLE, swedish="SVA")
    assert missing(second) == {"swedish"}
    entries = [
        replace(e, syllabus=SyllabusId("SVEA1000X")) if e.syllabus == "SVEN1000X" else e
        for e in WHOLE.entries
    ]
    assert missing(replace(second, entries=tuple(entries))) == set()


def test_grundskola_has_a_language_choice_from_year_six() -> None:
    plan = replace(WHOLE, school_form=SchoolForm.COMPULSORY, programme=None, entries=())
    for year, wanted in ((5, []), (6, ["sprakval"])):
        assert [gap.missing for gap in rules.gaps(plan, None, {}, year)] == wanted
    assert rules.gaps(replace(plan, sprakval="deu"), None, {}, 9) == []


def test_adapted_studies_are_of_compulsory_school() -> None:
    decision = Adaptation("studiegang", "skäl", "skollagen 3:12", PersonId("rektor"), AT, DAY, None)
    with pytest.raises(AdaptationWithoutForm):
        rules.adapt(WHOLE, decision)
    assert rules.adapt(replace(WHOLE, school_form=SchoolForm.COMPULSORY), decision).adaptation == decision


def test_levels_of_a_subject() -> None:
    found = SyllabusRow.model_validate({"subject": subject()}).syllabuses()
    assert [(s.course_code, s.curriculum, s.points, s.level, s.builds_on) for s in found] == [
        ("MATE1A00X", "GY25", 100, 1, None), ("MATE2A00X", "GY25", 100, 2, 1),
    ]  # fmt: skip
    assert SyllabusRow.model_validate({"subjects": [subject()]}).syllabuses() == found
    assert SyllabusRow.model_validate(subject(version=4)).syllabuses()[0].id != found[0].id


def test_courses_and_subjects_of_other_curricula() -> None:
    (old,) = SyllabusRow.model_validate(
        subject(
            code="ENG", typeOfSyllabus="SUBJECT_SYLLABUS", startDate="2011-07-01", endDate="2028-06-30",
            courses=[{"code": "ENGENG05", "name": "Engelska 5", "points": "100"}],
        )
    ).syllabuses()  # fmt: skip
    assert (old.curriculum, old.level, old.builds_on, old.valid_to) == ("GY11", 5, None, date(2028, 6, 30))
    (ours,) = SyllabusRow.model_validate(
        subject(code="GRGRMAT01", schoolTypes=["GR"], courses=[], designation="MA", points="-",
                typeOfSyllabus="SUBJECT_SYLLABUS")
    ).syllabuses()  # fmt: skip
    assert (ours.course_code, ours.curriculum, ours.points, ours.subject_designation) == (
        None,
        "LGR22",
        None,
        "MA",
    )


def test_an_edition_that_ends_before_it_starts() -> None:
    with pytest.raises(ValueError, match="endDate is before startDate"):
        SyllabusRow.model_validate(subject(endDate="2024-01-01"))

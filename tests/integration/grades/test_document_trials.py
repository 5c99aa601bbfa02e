"""What somebody who has been tried gets on paper (skollagen 10:23, SKOLFS 2016:16), pupil or not."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.integration.grades.test_document_kinds import final_grades, read
from tests.support.grade_book import put
from tests.support.grade_papers import ask_one, documents, documents_layer, facts, link, refused
from tests.support.grading import Graded


@pytest.fixture(scope="module", autouse=True)
def _typst() -> Iterator[None]:
    with documents_layer():
        yield


def test_who_is_no_pupil_gets_the_grades_of_a_trial_on_paper(school: Graded) -> None:
    person, stranger = (school.world.population.guardians[n].id for n in (0, -1))
    refused(ask_one(school, school.principal, person, "trialGrades"), 404, "not-found")
    put(person, school.world.unit, ("MA", "B"), trial=True)
    said = read(school, person, "trialGrades")
    assert "Matematik B" in said
    (mine,) = documents(person, person)
    assert link(person, mine["id"], person).status == 200
    refused(link(person, mine["id"], stranger), 404, "not-found")
    (told,) = [f["data"] for f in facts("MessageDue")]
    assert (told["template"], told["recipients"], told["about"]) == (
        "grade_document_issued", [person], person,
    )  # fmt: skip


def test_a_trial_after_school_leads_to_a_new_slutbetyg_in_the_place_of_the_old(school: Graded) -> None:
    pupil, _ = final_grades(None, school)
    assert "Matematik D" in read(school, pupil, "finalGrades")
    refused(ask_one(school, school.principal, pupil, "trialGrades"), 409, "no-grades")
    put(pupil, school.world.unit, ("MA", "A"), trial=True)
    said = read(school, pupil, "finalGrades")
    assert "Matematik A Prövning" in said
    assert "Matematik D" not in said
    assert [d["state"] for d in documents(pupil, school.principal)] == ["issued", "replaced"]
    put(pupil, school.world.unit, ("EN", "F"), trial=True)  # a trial never lowers what stands
    assert "Engelska C" in read(school, pupil, "finalGrades")
    assert "Engelska F" in read(school, pupil, "trialGrades")

"""What homes are told of grade documents: once, of what they can see, and nothing of what is in them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from functions.messages.domain.templates import TEMPLATES
from skolkit.clock import now, stamp
from skolkit.types import new_id
from tests.support.areas import call, deliver
from tests.support.grade_papers import (
    ask_all,
    ask_one,
    decided,
    documents,
    documents_layer,
    facts,
    job,
    publish,
    work,
)
from tests.support.grading import Graded


@pytest.fixture(scope="module", autouse=True)
def _typst() -> Iterator[None]:
    with documents_layer():
        yield


def told(of: str = "") -> list[dict[str, Any]]:
    """What is due to be told of a pupil, of all if none is given."""
    due = [f["data"] for f in facts("MessageDue")]
    return [one for one in due if one["template"].startswith("grade_document") and of in ("", one["about"])]


def guardians(school: Graded, pupil: str) -> list[str]:
    return sorted(g.guardian_id for p in school.pupils if p.id == pupil for g in p.guardians)


def test_the_home_is_told_once_of_a_document_and_once_of_the_one_in_its_place(school: Graded) -> None:
    pupil = next(p.id for p in school.pupils if len(p.guardians) == 2 and p.protection is None)
    decided(school)
    publish(school)
    work(ask_one(school, school.principal, pupil, "termGrades", period=school.period))
    (first,) = told(pupil)
    assert (first["template"], first["recipients"], first["values"]) == (
        "grade_document_issued", guardians(school, pupil), {},
    )  # fmt: skip
    work(ask_one(school, school.principal, pupil, "termGrades", period=school.period))
    assert told(pupil) == [first]  # the same again is no document

    (old,) = documents(pupil, school.principal)
    wrong = {"pupil": pupil, "entry": new_id(), "replaces": old["entries"][0], "unit": school.world.unit}
    fact = {"id": new_id(), "type": "grades.GradeCorrected.v1", "time": stamp(now()), "data": wrong}
    assert deliver("grades", "mark_documents", fact) == []
    work(ask_one(school, school.principal, pupil, "termGrades", period=school.period))
    assert [(one["template"], one["recipients"]) for one in told(pupil)[1:]] == [
        ("grade_document_replaced", guardians(school, pupil))
    ]
    assert len({one["id"] for one in told(pupil)}) == 2
    assert deliver("messages", "deliver_message", *(f for f in facts("MessageDue"))) == []


def test_what_waits_for_publication_is_told_of_then_with_the_grades(school: Graded) -> None:
    pupils = decided(school)
    done = job(school, work(ask_all(school, school.principal))["id"])
    assert done["outcome"]["issued"] == len(pupils)
    assert told() == []
    publish(school)
    work(ask_all(school, school.principal, language="en"))
    assert {one["about"] for one in told()} == set(pupils)  # these came after the moment


def test_nobody_is_told_of_who_is_protected(school: Graded) -> None:
    pupil = next(p.id for p in school.pupils if p.guardians and p.protection is None)
    decided(school)
    publish(school)
    marked = call(
        "register", "protect_person", school.world.staff("administrator"), path={"person": pupil},
        body={"securityMarking": "Sekretessmarkering", "basis": "populationRegister"},
        headers={"if-match": '"1"'},
    )  # fmt: skip
    assert marked.status == 200, marked.body
    work(ask_one(school, school.principal, pupil, "catalogueExtract"))
    assert documents(pupil, school.principal)
    assert told() == []


@pytest.mark.parametrize("name", ["grade_document_issued", "grade_document_replaced", "grades_published"])
def test_a_message_has_room_for_the_name_alone(name: str) -> None:
    for language in ("sv", "en"):
        assert all(TEMPLATES[name].write(language, {"name": "Alva"}))

"""Decisions that have no sheet, a trial's and what corrects an earlier system's, become pages of the pupil's
own series.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any

import httpx
import pytest

from functions.grades.domain import pages as rules
from functions.grades.extract import gather
from functions.grades.signing.check import Checked
from functions.grades.store import pages
from infra.local.cloud import Cloud
from infra.local.pages import unlinked
from infra.local.population import NewPupil
from skolkit.extracts import Requested
from skolkit.types import PersonId
from tests.integration.grades.signing.test_pages import checked, held, protect, told
from tests.integration.grades.signing.test_together import claims
from tests.integration.grades.test_grading import refused
from tests.integration.grades.test_history import row
from tests.integration.grades.test_trials import about, admit, apply
from tests.support.areas import Answer, acting_as, audit_rows, call, deliver
from tests.support.grade_cases import SLIP, Wronged
from tests.support.grading import Graded
from tests.support.world import drop

ELSEWHERE = "88880008"


@pytest.fixture
def pupil(school: Graded) -> NewPupil:
    return next(p for p in school.pupils if len(p.guardians) == 2 and p.protection is None)


def tried(school: Graded, pupil: NewPupil, subject: str = "MA", **claimed: str) -> str:
    """A trial's grade, by the first teacher; its entry."""
    asked = apply(school, pupil.id, pupil.guardians[0].guardian_id, subjectCode=subject)
    assert admit(school, asked.body).status == 201
    graded = about("grade_trial", asked.body, school.teachers[0], {"value": "C"}, claimed=claimed or None)
    assert graded.status == 201, graded.body
    return str(graded.body["entry"])


def corrected(
    school: Graded, cloud: Cloud, pupil: NewPupil, claimed: dict[str, str] | None = None, **case: Any
) -> str:
    """A grade of an earlier system that the principal corrects; the new entry."""
    report = drop(cloud, "grades/history/a.jsonl", [row(pupil.id, unit=ELSEWHERE)])
    assert (report["rows"], report["failed"]) == (1, 0), report
    found = call("grades", "list_catalogue", school.principal, path={"pupil": pupil.id}).body["data"]
    entry = next(one["id"] for one in found if one["kind"] == "imported")
    wronged = Wronged(school, pupil, entry)
    opened = wronged.open(school.principal, SLIP | case)
    done = wronged.decide(opened, unheard="Hemmet bad själv om det.", claimed=claimed)
    assert done.status == 201, done.body
    return str(done.body["verdict"]["entry"])


def write(*facts: dict[str, Any]) -> None:
    assert deliver("grades", "write_page", *(facts or told("PupilGradeDecided"))) == []


def link(pupil: NewPupil, entry: str, person: str) -> Answer:
    return call("grades", "link_pupil_page", person, path={"pupil": pupil.id, "entry": entry})


def fetched(pupil: NewPupil, entry: str, person: str) -> tuple[bytes, Checked, dict[str, Any]]:
    answer = link(pupil, entry, person)
    assert answer.status == 200, answer.body
    content = httpx.get(answer.body["url"]).raise_for_status().content
    assert hashlib.sha256(content).hexdigest() == answer.body["sha256"]
    found = checked(content)
    assert found.faults == ()
    return content, found, json.loads(found.attached["beslut.json"])


def series(pupil: NewPupil) -> list[tuple[int, int]]:
    with acting_as("grades"):
        return [(page.number, page.entries) for page in pages.pages_of_pupil(PersonId(pupil.id))]


def test_a_trials_grade_is_signed_by_its_examiner(school: Graded, pupil: NewPupil) -> None:
    examiner, entry = school.teachers[0], tried(school, pupil)
    refused(link(pupil, entry, examiner), 404, "not-found")  # not written yet
    write()
    _, found, said = fetched(pupil, entry, examiner)
    assert [(one.person, one.role) for one in found.signatures] == [(examiner, "Lärare"), (None, None)]
    assert [(one["id"], one["kind"]) for one in said["entries"]] == [(entry, "trial")]
    assert (said["series"]["pupil"], said["series"]["period"]) == (pupil.id, "")
    assert said["people"][pupil.id]["name"] == f"{pupil.given_name} {pupil.family_name}"
    assert rules.broken(said) == []
    (fact,) = told("PupilPageSigned")
    assert (fact["data"]["pupil"], fact["data"]["page"]) == (pupil.id, 1)
    deeds = [deed["action"] for deed in audit_rows(pupil.id)]
    assert {"write_page", "link_pupil_page"} <= set(deeds)


def test_facts_doubled_and_shuffled_write_one_page_each_one_after_the_other(
    school: Graded, pupil: NewPupil, cloud: Cloud
) -> None:
    entries = [tried(school, pupil), tried(school, pupil, "EN"), corrected(school, cloud, pupil)]
    facts = told("PupilGradeDecided")
    assert len(facts) == 3
    write(facts[1], facts[0], facts[1], facts[2], facts[0], facts[2])
    write(*reversed(facts))
    assert series(pupil) == [(1, 1), (2, 1), (3, 1)]
    assert all(len(held(cloud, fact["data"]["order"])) == 1 for fact in facts)
    got = [fetched(pupil, entry, school.principal) for entry in entries]
    assert [said["page"]["number"] for _, _, said in got] == [2, 1, 3]
    assert rules.broken(*(said for _, _, said in got)) == []
    assert unlinked([(said, content) for content, _, said in got]) == []
    assert {one[2]["page"]["previous"] for one in got} == {
        "", *(hashlib.sha256(got[n][0]).hexdigest() for n in (1, 0))
    }  # fmt: skip


@pytest.mark.parametrize(
    ("case", "kind"),
    [({}, "correction"), ({"kind": "withdrawal", "flaw": "wrongImport", "proposal": {}}, "withdrawal")],
)
def test_what_corrects_an_earlier_systems_grade_is_signed_by_the_principal(
    school: Graded, pupil: NewPupil, cloud: Cloud, case: dict[str, Any], kind: str
) -> None:
    entry = corrected(school, cloud, pupil, **case)
    write()
    _, found, said = fetched(pupil, entry, school.principal)
    assert [one.person for one in found.signatures] == [school.principal, None]
    assert said["entries"][0]["kind"] == kind
    assert (said["unit"]["name"], said["unit"]["code"]) == ("En annan huvudmans skolenhet", "")


def test_only_who_decided_and_who_leads_the_unit_gets_the_page(school: Graded, pupil: NewPupil) -> None:
    """Not the home: the page tells how others sign in."""
    entry = tried(school, pupil)
    write()
    others = [
        pupil.id, *(g.guardian_id for g in pupil.guardians), school.teachers[1],
        school.world.staff("administrator"),
    ]  # fmt: skip
    for person in others:
        refused(link(pupil, entry, person), 404, "not-found")
    for person in (school.principal, school.teachers[0]):
        assert link(pupil, entry, person).status == 200
    mate = next(p for p in school.pupils if p.id != pupil.id)
    for path in ({"pupil": mate.id, "entry": entry}, {"pupil": pupil.id, "entry": school.period}):
        refused(call("grades", "link_pupil_page", school.principal, path=path), 404, "not-found")
    protect(school, pupil.id)
    refused(link(pupil, entry, school.teachers[0]), 409, "page-withheld")
    assert link(pupil, entry, school.principal).status == 200


def test_a_decision_of_a_sheet_has_its_page_there(school: Graded, pupil: NewPupil) -> None:
    made = school.set(school.teachers[0], {pupil.id: "C"}).body["decided"][0]["entry"]
    assert deliver("grades", "write_page", *told("GradesDecided")) == []
    refused(link(pupil, made, school.principal), 404, "not-found")
    assert series(pupil) == []


def test_an_extract_tells_who_signed_how_they_signed_in_and_the_pupil_that_there_is_a_page(
    school: Graded, pupil: NewPupil, cloud: Cloud
) -> None:
    tried(school, pupil, **claims(3, 4))
    corrected(school, cloud, pupil, claimed=claims(2, 3))
    write()
    people = (school.teachers[0], school.principal, school.teachers[1], pupil.id)
    with acting_as("grades"):
        made = pages.pages_of_pupil(PersonId(pupil.id))
        told_of = [
            json.dumps([s.rows for s in gather(Requested(request="r", person=PersonId(p), contacts=False))])
            for p in people
        ]
    assert len(made) == 2
    for page in made:
        (signer,) = page.signers
        signed_in = signer.signed_in_at.strftime("%Y-%m-%dT%H:%M:%S")
        assert [signed_in in text for text in told_of] == [p == signer.person for p in people]
        assert [page.order in text for text in told_of] == [p == signer.person for p in people]
        assert [page.sha256 in text for text in told_of] == [False, False, False, True]

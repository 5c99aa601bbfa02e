"""After the decisions (process 33): a slip that a home has noticed is corrected, a grade is changed by
whoever set it, and a pupil is tried for a higher one, which is signed by the examiner. What an earlier system
had is there before.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from infra.local import pages
from infra.local.population import NewPupil
from skolkit.clock import now, stamp, today
from skolkit.sweden.calendar import SchoolYear
from skolkit.types import PersonId, new_id
from tests.support.areas import Answer
from tests.support.deployed import Deployed, eventually
from tests.support.grading import period_body
from tests.support.scenes import graded_school, refused, take

PROCESSES = (33,)
YEAR = SchoolYear.of(today())


@dataclass(frozen=True)
class Decided:
    """A pupil whose home has seen the grade C in mathematics, set by the teacher."""

    own: Deployed
    pupil: NewPupil
    teacher: PersonId
    entry: str

    @property
    def home(self) -> list[PersonId]:
        return [g.guardian_id for g in self.pupil.guardians]

    @property
    def principal(self) -> PersonId:
        return self.own.world.staff("principal")

    def ask(self, name: str, person: PersonId, body: Any = None, **path: str) -> Answer:
        return ask(self.own, name, person, body, pupil=self.pupil.id, **path)

    def grades(self, person: PersonId) -> dict[str, str]:
        found = self.ask("list_grades", person).body["data"]
        return {row["subjectCode"]: row["gradeValue"] for row in found}


def ask(own: Deployed, name: str, person: PersonId, body: Any = None, **path: str) -> Answer:
    return own.call("grades", name, person, path=path, body=body, headers={"idempotency-key": new_id()})


@pytest.fixture(scope="module")
def own(school: Deployed) -> Deployed:
    return graded_school(school, "99990331")


@pytest.fixture(scope="module")
def sheet(own: Deployed) -> dict[str, Any]:
    """The class's sheet in mathematics, in a period that the homes see from now on."""
    principal, unit = own.world.staff("principal"), own.world.unit
    body = period_body(years=[4], decidedEarlyGrades=f"{YEAR.start_year}-04-15")
    opened = ask(own, "open_period", principal, body, unit=unit)
    assert opened.status == 201, opened.body
    period = opened.body["id"]
    rows = eventually(lambda: ask(own, "list_progress", principal, period=period).body["data"])
    (maths,) = (row for row in rows if row["subjectCode"] == "GRGRMAT01")
    said = own.call(
        "grades", "publish_grades", principal, path={"period": period}, body={"at": stamp(now())},
        headers={"if-match": '"1"'},
    )  # fmt: skip
    assert said.status == 200, said.body
    return {"teacher": maths["teachers"][0], "where": {"period": period, "activity": maths["activity"]}}


def decided(own: Deployed, sheet: dict[str, Any], number: int) -> Decided:
    """One of the class with the grade C."""
    pupil, teacher, where = own.world.classmates()[number], sheet["teacher"], sheet["where"]
    line = {"student": pupil.id, "version": 0, "value": "C"}
    assert ask(own, "save_proposals", teacher, {"lines": [line]}, **where).status == 200
    made = ask(own, "decide_grades", teacher, {"students": [pupil.id]}, **where)
    assert made.status == 201, made.body
    return Decided(own, pupil, PersonId(teacher), made.body["decided"][0]["entry"])


def mails(own: Deployed, pupil: NewPupil, subject: str) -> list[dict[str, Any]]:
    homes = {g.guardian_id for g in pupil.guardians}
    addresses = {g.email for g in own.world.population.guardians if g.id in homes}
    return [m for m in own.cloud.messages() if set(m["To"]) & addresses and m["Subject"] == subject]


def test_a_slip_is_corrected_after_the_home_has_had_its_say(own: Deployed, sheet: dict[str, Any]) -> None:
    one = decided(own, sheet, 0)
    mother, father = one.home
    body = {
        "kind": "correction", "flaw": "miswriting", "proposal": {"value": "B"},
        "reason": "På omdömet står B, i katalogen C.",
    }  # fmt: skip
    opened = one.ask("open_grade_case", mother, body, entry=one.entry)
    assert (opened.status, opened.body["state"]) == (201, "open"), opened.body
    case = opened.body["id"]
    eventually(lambda: len(mails(own, one.pupil, "Ett betyg kan behöva rättas")) == 1)
    (mail,) = mails(own, one.pupil, "Ett betyg kan behöva rättas")
    assert not any(said in str(mail) for said in (one.pupil.family_name, "omdömet", "atematik"))
    (row,) = ask(own, "list_grade_cases", one.principal, unit=own.world.unit).body["data"]
    assert (row["id"], row["student"]) == (case, one.pupil.id)
    verdict = {"outcome": "approved"}
    refused(one.ask("decide_grade_case", one.principal, verdict, case=case), 409, "not-heard")
    refused(one.ask("decide_grade_case", one.teacher, verdict, case=case), 404, "not-found")
    for guardian in (mother, father):
        said = one.ask("comment_grade_case", guardian, {"text": "Så är det."}, case=case)
        assert said.status == 201, said.body
    done = one.ask("decide_grade_case", one.principal, verdict, case=case)
    assert (done.status, done.body["state"]) == (201, "approved"), done.body
    assert one.grades(father)["GRGRMAT01"] == "B"
    chain = one.ask("read_chain", father, entry=one.entry).body
    assert [(e["gradeValue"], e["kind"]) for e in chain["data"]] == [("C", "decision"), ("B", "correction")]
    assert [len(c["comments"]) for c in chain["cases"]] == [1]  # one's own
    assert [s["signedBy"] for s in chain["signatures"]] == [one.teacher, one.principal]
    refused(one.ask("open_grade_case", mother, body, entry=one.entry), 409, "already-replaced")
    eventually(lambda: len(mails(own, one.pupil, "Ett ärende om ett betyg är avgjort")) == 2)


def test_a_teacher_changes_an_own_grade_and_never_lowers_it(own: Deployed, sheet: dict[str, Any]) -> None:
    one = decided(own, sheet, 1)
    body = {
        "kind": "change", "flaw": "newCircumstances", "proposal": {"value": "D"},
        "reason": "Ett prov var rättat fel, och poängen räcker till mer.",
    }  # fmt: skip
    refused(one.ask("open_grade_case", one.teacher, body, entry=one.entry), 422, "grade-lowered")
    body["proposal"] = {"value": "A"}
    opened = one.ask("open_grade_case", one.home[0], body, entry=one.entry)
    assert opened.status == 201, opened.body
    tasks = own.call("grades", "list_grade_tasks", one.teacher).body["data"]
    assert (tasks[0]["kind"], tasks[0]["id"]) == ("change", opened.body["id"])
    case = {"case": opened.body["id"]}
    refused(one.ask("answer_grade_change", one.principal, {"agrees": True}, **case), 404, "not-found")
    done = one.ask("answer_grade_change", one.teacher, {"agrees": True}, **case)
    assert (done.status, done.body["state"]) == (201, "approved"), done.body
    assert one.grades(one.home[1])["GRGRMAT01"] == "A"
    listed = one.ask("list_catalogue", one.home[0]).body
    assert ([e["correctionType"] for e in listed["data"]], listed["intact"]) == (["Ändring", None], True)


def test_a_pupil_is_tried_for_a_higher_grade(own: Deployed, sheet: dict[str, Any], tmp_path: Path) -> None:
    one = decided(own, sheet, 2)
    qualified = {
        "person": one.teacher, "certified": True,
        "qualifications": [{"subject": "GRGRMAT01", "schoolForm": "GR"}],
    }  # fmt: skip
    assert take(own.cloud, "organisation/certifications", [qualified])["failed"] == 0
    earlier = {
        "sourceSystem": "Gamla elevregistret", "sourceId": new_id(), "student": one.pupil.id,
        "unit": "99990331", "schoolForm": "GR", "subjectCode": "GRGRBIL01", "gradeValue": "B",
        "registeredDate": f"{YEAR.start_year}-06-09",
    }  # fmt: skip
    for _ in range(2):
        report = take(
            own.cloud, "grades/history", [earlier, earlier | {"gradeValue": "MVG", "sourceId": "x"}]
        )
        assert [fault["field"] for fault in report["faults"]] == ["gradeValue"]
    body = {"organisation": own.world.unit, "schoolForm": "GR", "subjectCode": "MA"}
    asked = one.ask("apply_for_trial", one.home[0], body)
    assert (asked.status, asked.body["state"]) == (201, "applied"), asked.body
    trial = {"trial": asked.body["id"]}
    admitted = {"outcome": "admitted", "examiner": one.teacher, "day": today().isoformat()}
    done = one.ask("handle_trial", one.principal, admitted, **trial)
    assert (done.status, done.body["state"]) == (201, "admitted"), done.body
    refused(one.ask("grade_trial", one.principal, {"value": "A"}, **trial), 404, "not-found")
    graded = one.ask("grade_trial", one.teacher, {"value": "A"}, **trial)
    assert (graded.status, graded.body["state"]) == (201, "graded"), graded.body
    assert one.grades(one.home[0]) == {"GRGRMAT01": "A", "GRGRBIL01": "B"}
    listed = one.ask("list_catalogue", one.home[0]).body
    assert (sorted(e["kind"] for e in listed["data"]), listed["intact"]) == (
        ["decision", "imported", "trial"], True,
    )  # fmt: skip
    eventually(lambda: len(mails(own, one.pupil, "Prövningen är bedömd")) == 2)
    page = {"entry": graded.body["entry"]}
    link = eventually(lambda: _linked(one, one.teacher, **page))
    refused(one.ask("link_pupil_page", one.home[0], **page), 404, "not-found")
    file = tmp_path / "page.pdf"
    file.write_bytes(httpx.get(link["url"], timeout=60).raise_for_status().content)
    assert hashlib.sha256(file.read_bytes()).hexdigest() == link["sha256"]
    known = own.call("grades", "list_certificates", one.teacher).body["certificates"]
    assert pages.verify([file], "".join(held["pem"] for held in known if held["kind"] == "root"))


def _linked(one: Decided, person: PersonId, **page: str) -> dict[str, Any]:
    """Where the signed page is, when it has been written."""
    answer = one.ask("link_pupil_page", person, **page)
    found: dict[str, Any] = answer.body if answer.status == 200 else {}
    return found

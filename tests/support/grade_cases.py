"""A pupil with a decided grade that turns out to be wrong, and who does what about it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from functions.organisation.store import duties
from infra.local.population import NewPupil
from skolkit.clock import now, stamp, today
from skolkit.table import commit
from skolkit.types import PersonId
from tests.support.areas import Answer, acting_as, call
from tests.support.asks import new_key
from tests.support.grading import Graded

REASON = "Betyget i katalogen är ett annat än det som läraren satte."
SLIP = {"kind": "correction", "flaw": "miswriting", "reason": REASON, "proposal": {"value": "D"}}
CHANGE = {
    "kind": "change", "flaw": "newCircumstances", "proposal": {"value": "A"},
    "reason": "Ett prov som rättats fel visar att kunskaperna är bättre.",
}  # fmt: skip


@dataclass(frozen=True)
class Wronged:
    """A pupil of the class whose home has seen the grade B in mathematics; `entry` is its id."""

    school: Graded
    pupil: NewPupil
    entry: str

    @property
    def home(self) -> list[PersonId]:
        return [g.guardian_id for g in self.pupil.guardians]

    def ask(self, name: str, person: str, body: Any = None, case: str = "", **more: Any) -> Answer:
        """An operation about the entry, or about a case."""
        path = {"pupil": self.pupil.id, **({"case": case} if case else {"entry": self.entry})}
        path |= more.pop("path", {})
        return call(
            "grades", name, person, path=path, body=body, headers=more.pop("headers", new_key()), **more
        )

    def open(self, person: str, body: Any = None) -> str:
        """Open a case, of a slip unless another is given; its id."""
        answer = self.ask("open_grade_case", person, body or SLIP)
        assert answer.status == 201, answer.body
        return str(answer.body["id"])

    def decide(self, case: str, **more: Any) -> Answer:
        """The principal's approval, unless `more` says otherwise."""
        claimed, headers = more.pop("claimed", None), more.pop("headers", new_key())
        body = {"outcome": "approved", **more}
        return self.ask(
            "decide_grade_case", self.school.principal, body, case, claimed=claimed, headers=headers
        )

    def chain(self, person: str | None = None) -> dict[str, Any]:
        answer = self.ask("read_chain", person or self.school.principal)
        assert answer.status == 200, answer.body
        found: dict[str, Any] = answer.body
        return found

    def stands(self) -> dict[str, str]:
        """What stands, by subject."""
        path = {"pupil": self.pupil.id}
        found = call("grades", "list_grades", self.school.principal, path=path).body["data"]
        return {row["subjectCode"] + (row["language"] or ""): row["gradeValue"] for row in found}


def make_wronged(school: Graded, *, shown: bool = True, **more: Any) -> Wronged:
    """Set the grade and show it to the homes."""
    pupil = next(p for p in school.pupils if len(p.guardians) == 2 and p.protection is None)
    made = school.set(school.teachers[0], {pupil.id: "B"}, **more)
    assert made.status == 201, made.body
    if shown:
        publish(school)
    return Wronged(school, pupil, made.body["decided"][0]["entry"])


def publish(school: Graded) -> None:
    """Let everybody see the period's grades now."""
    path = {"period": school.period}
    said = call(
        "grades", "publish_grades", school.principal, path=path, body={"at": stamp(now())},
        headers={"if-match": '"1"'},
    )  # fmt: skip
    assert said.status == 200, said.body


def leave_job(person: PersonId) -> None:
    """Let somebody's employments have ended yesterday."""
    with acting_as("organisation"):
        for duty in duties.records_of(person):
            known = duties.find_duty(duty.id)
            assert known
            commit(*duties.duty_writes(known, replace(known, end=today() - timedelta(days=1))))

"""A class that is to be graded: an activity with teachers who are certified or not, and a period that is
open.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from functions.organisation.domain.staffing import (
    ActivityRecord,
    Certification,
    Qualification,
    Teaching,
)
from functions.organisation.store import activities, duties
from infra.local.cloud import Cloud
from infra.local.population import NewGroup, NewPupil, SchoolUnit
from skolkit.clock import today
from skolkit.sweden.calendar import SchoolYear
from skolkit.sweden.codes import SchoolForm
from skolkit.table import commit
from skolkit.types import GroupId, PersonId, new_id
from tests.support.areas import Answer, acting_as, call
from tests.support.asks import new_key
from tests.support.world import UNIT, World, make_world

GRADED = replace(UNIT, years=(6, 9), pupil_count=60)


@dataclass
class Graded:
    """A school with a period for years 6 and 9, and activities by subject of the class of year 9."""

    world: World
    period: str = ""
    activities: dict[str, str] = field(default_factory=dict)

    @property
    def principal(self) -> PersonId:
        return self.world.staff("principal")

    @property
    def teachers(self) -> list[PersonId]:
        return [s.id for s in self.world.population.staff if s.role == "teacher"]

    @property
    def klass(self) -> NewGroup:
        return max(
            (g for g in self.world.population.groups if g.kind == "class" and 9 in g.years),
            key=lambda g: len(g.pupil_ids),
        )

    @property
    def pupils(self) -> list[NewPupil]:
        ids = set(self.klass.pupil_ids)
        return [p for p in self.world.population.pupils if p.id in ids]

    def path(self, subject: str = "MA", **more: str) -> dict[str, str]:
        return {"period": self.period, "activity": self.activities[subject], **more}

    def ask(self, name: str, person: str, subject: str = "MA", **more: Any) -> Answer:
        """An operation about a subject's sheet."""
        return call("grades", name, person, path=self.path(subject), **more)

    def open(self, person: str, subject: str = "MA") -> dict[str, Any]:
        """The sheet as a teacher opens it."""
        answer = self.ask("open_sheet", person, subject)
        assert answer.status == 200, answer.body
        found: dict[str, Any] = answer.body
        return found

    def propose(self, person: str, values: dict[str, Any], subject: str = "MA", **more: Any) -> Answer:
        """Save grades for pupils (None: no grade), over the versions there are."""
        versions = {row["student"]: row["version"] for row in self.open(person, subject)["students"]}
        lines = [
            {"student": pupil, "version": versions.get(pupil, 0), "value": value, **more}
            for pupil, value in values.items()
        ]
        return self.ask("save_proposals", person, subject, body={"lines": lines})

    def decide(self, person: str, pupils: Sequence[str], subject: str = "MA", **more: Any) -> Answer:
        """Decide on own grades of pupils."""
        body = {"students": list(pupils)}
        return self.ask("decide_grades", person, subject, body=body, headers=new_key(), **more)

    def set(self, person: str, values: dict[str, Any], subject: str = "MA", **more: Any) -> Answer:
        """Propose and decide in one go."""
        saved = self.propose(person, values, subject, **more)
        assert saved.status == 200, saved.body
        return self.decide(person, list(values), subject)


def make_graded(cloud: Cloud, subjects: Sequence[str] = ("MA", "EN"), unit: SchoolUnit = GRADED) -> Graded:
    """The school, everybody's certification, the activities, the period. Needs the `tables` fixture."""
    made = Graded(make_world(cloud, unit=unit))
    for number, teacher in enumerate(made.teachers):
        certify(teacher, *(subjects if number == 0 else ()))
    for subject in subjects:
        teach(made, subject, [made.teachers[0]])
    made.period = open_period(made)
    return made


def certify(person: PersonId, *subjects: str, certified: bool = True) -> None:
    """Let somebody be certified, and qualified in subjects of grundskola."""
    held = Certification(
        certified=certified, qualifications=tuple(Qualification(s, SchoolForm.COMPULSORY) for s in subjects)
    )
    with acting_as("organisation"):
        old = duties.find_certification(person)
        commit(duties.certification_item(person, held).over(old.version))


def teach(
    made: Graded, subject: str, teachers: Sequence[PersonId], name: str = "", groups: Sequence[GroupId] = ()
) -> str:
    """Let teachers teach the class (or other groups) a subject and set grades in it; the activity's id."""
    start = SchoolYear.of(today()).start
    activity = ActivityRecord(
        id=new_id(), unit=made.world.unit, name=name or f"{subject} 9A", type="Undervisning", start=start,
        groups=tuple(groups) or (made.klass.id,), subject=subject, school_form=SchoolForm.COMPULSORY, year=9,
        teachers=tuple(Teaching(new_id(), teacher, grader=True) for teacher in teachers),
    )  # fmt: skip
    with acting_as("organisation"):
        commit(*activities.activity_writes(None, activity))
    made.activities[subject] = activity.id
    return activity.id


def period_body(**more: Any) -> dict[str, Any]:
    """A period of year 9 that is open today."""
    day = today()
    year = SchoolYear.of(day)
    return {
        "schoolForm": "GR", "years": [9], "schoolYear": str(year),
        "semester": "HT" if day.month >= 7 else "VT",
        "opens": max(year.start, day - timedelta(days=7)).isoformat(),
        "due": min(year.end, day + timedelta(days=21)).isoformat(), **more,
    }  # fmt: skip


def open_period(made: Graded, **more: Any) -> str:
    """Open a period at the school; its id."""
    answer = call(
        "grades", "open_period", made.principal, path={"unit": made.world.unit}, body=period_body(**more),
        headers=new_key(),
    )  # fmt: skip
    assert answer.status == 201, answer.body
    return str(answer.body["id"])

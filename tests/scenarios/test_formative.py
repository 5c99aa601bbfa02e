"""A teacher follows a class against a matrix, and goals at risk are noticed early (process 30)."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest

from skolkit.types import PersonId
from tests.scenarios.test_national_tests import ask
from tests.support import faults
from tests.support.deployed import Deployed, eventually
from tests.support.matrices import matrix_body, seen
from tests.support.national_tests import done
from tests.support.scenes import little_school, refused, take
from tests.support.schools import _with_teacher

PROCESSES = (30,)


@pytest.fixture
def own(school: Deployed) -> Deployed:
    return little_school(school, "99990231")


def mails(own: Deployed, to: PersonId, subject: str) -> list[dict[str, Any]]:
    addresses = {s.email for s in own.world.population.staff if s.id == to}
    return [m for m in own.cloud.messages() if set(m["To"]) & addresses and m["Subject"] == subject]


def test_a_class_is_followed_a_mentor_learns_early_and_the_home_sees_what_the_unit_shows(
    own: Deployed,
) -> None:
    world, asking, group = own.world, partial(ask, own), own.world.klass.id
    head, mentor = world.staff("principal"), world.klass.mentor_ids[0]
    teacher = next(
        s.id for s in world.population.staff if s.role == "teacher" and s.id not in world.klass.mentor_ids
    )
    assert (
        take(own.cloud, "organisation/groups", [_with_teacher(world.klass, world.unit, teacher)])["failed"]
        == 0
    )
    course = {
        "schoolForm": "GR", "subjectName": "Schack", "courseCode": "SCHACK1", "validFrom": "2026-07-01"
    }  # fmt: skip
    headers = {"idempotency-key": "formative-syllabus"}
    added = own.call(
        "organisation", "add_local_syllabus", head, path={"unit": world.unit}, body=course, headers=headers
    )
    syllabus = done(added)["id"]
    matrix = done(asking("add_matrix", teacher, matrix_body(syllabus), group=group))["id"]
    refused(asking("add_matrix", mentor, matrix_body(syllabus), group=group), 404, "not-found")

    pupil, other = world.classmates()[:2]
    home = pupil.guardians[0].guardian_id
    for _ in range(2):
        rows = [seen(pupil.id, level=0, text="Flyttar utan plan"), seen(other.id, level=3)]
        done(asking("observe", teacher, {"matrix": matrix, "rows": rows}, group=group))
    wrong = {"matrix": matrix, "rows": [seen(pupil.id, level=4)]}
    refused(asking("observe", teacher, wrong, group=group), 422, "unknown-criterion", "rows.0.level")
    done(asking("observe", teacher, {"matrix": matrix, "rows": [seen(pupil.id, level=1)]}, group=group))
    subject = "Något att titta på i uppföljningen"
    eventually(lambda: len(mails(own, mentor, subject)) == 1)
    (mail,) = mails(own, mentor, subject)
    assert pupil.given_name in str(mail)
    assert pupil.family_name not in str(mail)

    shown = done(asking("read_group_progress", mentor, query={"matrix": matrix}, group=group))["rows"]
    standings = {row["student"]: row["standings"] for row in shown}
    assert [(s["level"], s["reached"], s["observations"]) for s in standings[pupil.id]] == [(1, False, 3)]
    assert [(s["level"], s["reached"], s["observations"]) for s in standings[other.id]] == [(3, True, 2)]
    refused(asking("list_progress", home, pupil=pupil.id), 404, "not-found")
    done(asking("change_tracking_settings", head, {"showGuardians": True}, version=0, unit=world.unit))
    (seen_at_home,) = done(asking("list_progress", home, pupil=pupil.id))["data"]
    assert seen_at_home["standings"] == standings[pupil.id]
    texts = done(asking("list_observations", home, query={"matrix": matrix}, pupil=pupil.id))["data"]
    assert [one["text"] for one in texts] == ["", "Flyttar utan plan", "Flyttar utan plan"]
    refused(asking("list_progress", pupil.id, pupil=pupil.id), 404, "not-found")
    faults.quiet(own.cloud)

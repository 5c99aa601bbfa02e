"""A teacher asks the homes of a class (process 28): a form is filled in by two homes of one child, those who
have not answered are reminded by mail, the answers are followed up and fetched as a file.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import httpx
import pytest

from infra.local.population import NewGuardian, NewPupil
from skolkit.clock import now, stamp, today
from skolkit.tables.formats import read_table
from skolkit.types import PersonId
from tests.scenarios.test_letters import end_custody, homes
from tests.support import faults
from tests.support.areas import Answer
from tests.support.asks import new_key, over
from tests.support.deployed import Deployed, eventually
from tests.support.forms import ALLERGIC, ANSWERS, form_body
from tests.support.scenes import client, little_school, refused

PROCESSES = (28,)


@pytest.fixture
def own(school: Deployed) -> Deployed:
    return little_school(school, "99990281")


def published(own: Deployed, by: PersonId, **more: Any) -> str:
    """The id of a form that the homes of the class are asked to fill in."""
    made = own.call("messages", "draft_form", by, body=form_body(own.world, **more), headers=new_key())
    assert made.status == 201, made.body
    path = {"form": str(made.body["id"])}
    moved = own.call("messages", "move_form", by, path=path, body={"state": "published"}, headers=over(1))
    assert moved.status == 200, moved.body
    return path["form"]


def fill(
    own: Deployed, by: PersonId, about: str, id: str, answers: list[dict[str, Any]], version: int
) -> Answer:
    path = {"person": about, "form": id}
    return own.call(
        "messages", "answer_form", by, path=path, body={"answers": answers}, headers=over(version)
    )


def mails(own: Deployed, home: NewGuardian, subject: str) -> list[dict[str, Any]]:
    return [m for m in own.cloud.messages() if home.email in m["To"] and m["Subject"] == subject]


def change(own: Deployed, id: str, deadline: str) -> None:
    """Let the last day to answer have been another, as if days had passed."""
    client(own.cloud, "dynamodb").update_item(
        TableName="skolkit-messages", Key={"pk": {"S": f"FORM#{id}"}, "sk": {"S": "FORM"}},
        UpdateExpression="SET deadline = :day", ExpressionAttributeValues={":day": {"S": deadline}},
    )  # fmt: skip


def morning_of_reminding(own: Deployed, id: str) -> None:
    """Let the reminder be due now, as if the days before it had passed."""
    change(own, id, (today() + timedelta(days=1)).isoformat())
    row = {
        "pk": "DUE", "sk": f"{stamp(now() - timedelta(minutes=1))}#FORM#{id}", "kind": "due",
    }  # fmt: skip
    client(own.cloud, "dynamodb").put_item(
        TableName="skolkit-messages",
        Item={name: {"S": text} for name, text in row.items()} | {"version": {"N": "1"}},
    )
    own.invoke("messages", "publish_due")


def grown(own: Deployed, pupil: NewPupil) -> list[NewGuardian]:
    known = {g.id: g for g in own.world.population.guardians}
    return [known[id] for id in homes(pupil)]


def test_a_class_is_asked_and_the_homes_answer_until_the_deadline(own: Deployed) -> None:
    pupil, silent = own.world.classmates()[:2]
    one, other = homes(pupil)
    mentor, head = own.world.klass.mentor_ids[0], own.world.staff("principal")
    id = published(own, mentor)
    path = {"form": id}
    eventually(lambda: all(mails(own, g, "Ett formulär från skolan") for g in grown(own, pupil)))

    listed = own.call("messages", "list_forms", one).body["data"]
    assert (id, pupil.id) in {(row["form"], row["person"]) for row in listed}
    refused(fill(own, one, pupil.id, id, ANSWERS[:1], 0), 422, "answer-missing", "answers")
    assert fill(own, one, pupil.id, id, ANSWERS, 0).status == 200
    refused(fill(own, other, pupil.id, id, ALLERGIC, 0), 412, "changed-meanwhile")
    seen = own.call("messages", "read_form_to_answer", other, path={"person": pupil.id, "form": id})
    assert (seen.headers["etag"], seen.body["own"]) == ('"1"', False)
    assert fill(own, other, pupil.id, id, ALLERGIC, 1).body["version"] == 2

    morning_of_reminding(own, id)
    reminded = "Skolan väntar på ditt svar"
    late = grown(own, silent)
    sent = eventually(lambda: [m for g in late for m in mails(own, g, reminded)])
    assert not [m for m in sent if own.world.klass.name in str(m)]
    siblings = {g.guardian_id for p in own.world.classmates() if p.id != pupil.id for g in p.guardians}
    assert not [g for g in grown(own, pupil) if g.id not in siblings and mails(own, g, reminded)]

    change(own, id, (today() - timedelta(days=1)).isoformat())
    refused(fill(own, one, pupil.id, id, ANSWERS, 2), 409, "deadline-passed")

    found = own.call("messages", "read_form_statistics", head, path=path).body
    assert (found["answered"], found["questions"][0]["counts"][1]) == (1, {"value": "tuesday", "count": 1})
    left = own.call("messages", "list_form_unanswered", head, path=path).body["data"]
    assert silent.id in {row["person"] for row in left}
    refused(own.call("messages", "list_form_answers", one, path=path), 404, "not-found")

    asked = own.call("messages", "export_form", mentor, path=path, body={"format": "csv"}, headers=new_key())
    assert asked.status == 202, asked.body
    job = {"job": str(asked.body["id"])}
    eventually(lambda: own.call("messages", "link_form_export", mentor, path=job).status == 200)
    link = own.call("messages", "link_form_export", mentor, path=job).body["url"]
    rows = [row.texts for row in read_table(httpx.get(link).content, "csv")]
    assert [(row[0], row[7]) for row in rows[1:]] == [(pupil.id, '=HYPERLINK("x") och nötter')]


def test_a_former_guardian_is_outside(own: Deployed) -> None:
    pupil = own.world.classmates()[5]
    former, stays = homes(pupil)
    mentor = own.world.klass.mentor_ids[0]
    id = published(own, mentor, sensitive=True)
    assert fill(own, former, pupil.id, id, ALLERGIC, 0).status == 200
    end_custody(own, pupil.id, former)
    path = {"person": pupil.id, "form": id}
    refused(own.call("messages", "read_form_to_answer", former, path=path), 404, "not-found")
    refused(fill(own, former, pupil.id, id, ANSWERS, 1), 404, "not-found")
    assert own.call("messages", "read_form_to_answer", stays, path=path).body["answered"] is False
    assert fill(own, stays, pupil.id, id, ANSWERS, 1).status == 200
    office = own.world.staff("administrator")
    refused(own.call("messages", "list_form_answers", office, path={"form": id}), 404, "not-found")
    rows = own.call("messages", "list_form_answers", mentor, path={"form": id}).body["data"]
    assert [row["person"] for row in rows] == [pupil.id]
    faults.quiet(own.cloud)

"""The functions' roles as they are let a school day through, and each is needed: with a right less the next
request fails without a trace, and a reader cannot be talked into writing.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import unquote

import pytest

from skolkit.clock import today
from skolkit.types import PersonId, new_id
from tests.e2e.conftest import Behind
from tests.support import faults
from tests.support.areas import Answer
from tests.support.deployed import eventually, import_files
from tests.support.world import Lesson

WRITE = {"dynamodb:PutItem", "dynamodb:UpdateItem"}
INDEX = ("skolkit-register FIND#", "skolkit-register FOUND#")


@pytest.fixture(scope="module")
def lesson(guarded: Behind) -> Lesson:
    """A lesson that has just been."""
    return guarded.lessons_now(1)[0]


def rows(guarded: Behind) -> dict[str, str]:
    """Every row of every table but what the relay, the clock and the search index do on their own."""
    dynamodb = guarded.cloud.client("dynamodb")
    found: dict[str, str] = {}
    for table in dynamodb.list_tables()["TableNames"]:
        for page in dynamodb.get_paginator("scan").paginate(TableName=table):
            found |= {f"{table} {row['pk']['S']} {row['sk']['S']}": json.dumps(row) for row in page["Items"]}
    found.pop("skolkit-access AUDIT CHAIN", None)  # the clock's
    return {key: row for key, row in found.items() if not key.startswith(INDEX)}


def save(guarded: Behind, lesson: Lesson, absent: PersonId | None = None, by: str | None = None) -> Answer:
    teacher, path = lesson.teachers[0], {"lesson": lesson.id}
    opened = guarded.call("attendance", "open_lesson", teacher, path=path)
    assert opened.status == 200, opened.body
    whole = opened.body["minutes"]
    body = [
        {"pupil": row["pupil"], "attendanceMinutes": 0, "invalidAbsenceMinutes": whole}
        if row["pupil"] == absent
        else {"pupil": row["pupil"], "attendanceMinutes": whole}
        for row in opened.body["rows"]
    ]
    return guarded.call(
        "attendance", "save_lesson", teacher, path=path, body={"rows": body},
        headers={"if-match": opened.headers["etag"]}, by=by,
    )  # fmt: skip


def report(guarded: Behind, number: int, by: str | None = None) -> Answer:
    """A guardian reports one of the class absent; each time another one, so that nothing else stands
    against it.
    """
    pupil = guarded.world.classmates()[number]
    day = next(day for day in reversed(guarded.world.days) if day >= today()).isoformat()
    return guarded.call(
        "attendance", "report_absence", pupil.guardians[0].guardian_id, path={"pupil": pupil.id},
        body={"startDate": day, "endDate": day, "reason": "illness"}, headers={"idempotency-key": new_id()},
        by=by,
    )  # fmt: skip


@contextmanager
def without(guarded: Behind, function: str, *resources: str, actions: set[str]) -> Iterator[None]:
    """The function's role without the statements that allow `actions` on a resource that ends as named."""
    iam = guarded.cloud.client("iam")
    arn = guarded.cloud.client("lambda").get_function_configuration(FunctionName=f"skolkit-{function}")[
        "Role"
    ]
    role = arn.rpartition("/")[2]
    policy = iam.get_role_policy(RoleName=role, PolicyName="own")["PolicyDocument"]
    policy = json.loads(unquote(policy)) if isinstance(policy, str) else policy

    def meant(statement: dict[str, Any]) -> bool:
        named = statement.get("Resource", [])
        named = [named] if isinstance(named, str) else named
        acts = statement["Action"] if isinstance(statement["Action"], list) else [statement["Action"]]
        return bool(actions & set(acts)) and any(r.endswith(resources) for r in named)

    left = [statement for statement in policy["Statement"] if not meant(statement)]
    assert len(left) == len(policy["Statement"]) - 1, policy
    iam.put_role_policy(
        RoleName=role, PolicyName="own", PolicyDocument=json.dumps(policy | {"Statement": left})
    )
    try:
        yield
    finally:
        iam.put_role_policy(RoleName=role, PolicyName="own", PolicyDocument=json.dumps(policy))


def refused(answer: Answer) -> None:
    """A fault of ours, said as one, with nothing about what went wrong inside."""
    assert answer.status in (500, 503), answer.body
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["cache-control"] == "no-store"
    assert set(answer.body) <= {"type", "title", "status", "detail"}
    assert not any(word in json.dumps(answer.body) for word in ("Denied", "arn:", "dynamodb", "skolkit-"))


def test_a_school_day_passes_with_the_roles_as_they_are(guarded: Behind, lesson: Lesson) -> None:
    """The guardians choose text messages: the emulator holds mail against `*` instead of the sender's
    identity, which is all that our role allows.
    """
    world = guarded.world
    pupil = world.classmates()[0]
    family, mentor = [g.guardian_id for g in pupil.guardians], world.klass.mentor_ids[0]
    for guardian in family:
        chosen = guarded.call(
            "messages", "choose_preferences", guardian, body={"channel": "sms"}, headers={"if-match": '"0"'}
        )
        assert chosen.status == 200, chosen.body
    children = guarded.call("register", "list_my_children", family[0])
    assert pupil.id in {child["id"] for child in children.body["data"]}
    assert guarded.call("access", "read_me", family[0]).body["children"] == len(children.body["data"])
    assert report(guarded, 1).status == 201
    faults.quiet(guarded.cloud)  # what other tests have caused is sent
    before = len(guarded.cloud.text_messages())
    assert save(guarded, lesson, pupil.id).body["unexcused"] == 1
    eventually(lambda: len(guarded.cloud.text_messages()) == before + len(family))
    log = guarded.call("messages", "list_deliveries", mentor, path={"pupil": pupil.id})
    assert {d["state"] for d in log.body["data"]} == {"accepted"}
    on = {"date": today(lesson.start).isoformat()}
    view = guarded.call("attendance", "mentor_day", mentor, path={"group": world.klass.id}, query=on)
    assert {u["pupil"] for u in view.body["unexcused"]} == {pupil.id}
    guarded.invoke("attendance", "evening_sweep")


def test_a_table_is_sent_taken_given_out_and_withdrawn_with_the_roles_as_they_are(guarded: Behind) -> None:
    """Every right on the bucket of tables is used: by writer, reader, worker and who withdraws."""
    office, pupil = guarded.world.staff("administrator"), guarded.world.classmates()[0]

    def ask(name: str, path: dict[str, str], body: Any, status: int = 202) -> Any:
        headers = {"idempotency-key": new_id()}
        answer = guarded.call("register", name, office, path=path, body=body, headers=headers)
        assert answer.status == status, answer.body
        return answer.body

    def done(asked: dict[str, Any]) -> dict[str, Any]:
        def ended() -> dict[str, Any]:
            job: dict[str, Any] = guarded.call(
                "register", "read_table_job", office, path={"job": asked["id"]}
            ).body
            return job if job["state"] in {"done", "failed"} else {}

        job = eventually(ended)
        assert job["state"] == "done", job
        return job

    form = ask("start_upload", {"table": "persons"}, {"format": "csv"}, 201)
    upload = {"upload": form["id"]}
    ask("try_table", upload, {}, 409)  # nothing has come
    content = f"Id;Förnamn\r\n{pupil.id};Tabellina\r\n".encode()
    bucket = next(
        b["Name"] for b in guarded.cloud.client("s3").list_buckets()["Buckets"] if "-tables-" in b["Name"]
    )
    guarded.cloud.client("s3").put_object(Bucket=bucket, Key=form["fields"]["key"], Body=content)
    taken = done(ask("import_table", upload, {}))
    assert taken["outcome"]["changed"] == 1, taken
    rows = guarded.call("register", "list_table_rows", office, path={"job": taken["id"]})
    assert rows.body["data"][0]["about"] == pupil.id, rows.body
    exported = done(ask("export_table", {"table": "persons"}, {"unit": guarded.world.unit}))
    assert ask("link_table_file", {"job": exported["id"]}, {"name": "export.csv"}, 200)["url"]
    assert done(ask("undo_import", {"job": taken["id"]}, None))["outcome"]["restored"] == 1
    # Without contact details, since the emulator holds sealing by the key's alias against the key itself.
    row = {"id": pupil.id, "givenName": "Prov", "familyName": "Elev", "birthDate": "2015-05-04"}
    row |= {"securityMarking": "Sekretessmarkering"}
    import_files(guarded.cloud, {f"register/persons/{new_id()}.jsonl": [row]})

    def gone() -> bool:
        path, body = {"job": exported["id"]}, {"name": "export.csv"}
        return guarded.call("register", "link_table_file", office, path=path, body=body).status == 410

    eventually(gone)
    listed = guarded.cloud.client("s3").list_objects_v2(Bucket=bucket, Prefix="exports/")
    assert listed.get("Contents", []) == []


def test_a_retention_run_passes_with_the_roles_as_they_are(guarded: Behind) -> None:
    """Real: walking, erasing, the proofs and the certificate under lock. Something has been over for long."""
    keeper, dynamodb = guarded.world.staff("administrator"), guarded.cloud.client("dynamodb")
    row = {
        "pk": f"SWEEP#{guarded.world.unit}", "sk": "2020-10-01", "kind": "sweep", "counts": "{}",
        "modified": "2020-10-01T16:30:00.000Z",
    }  # fmt: skip
    texts = {name: {"S": text} for name, text in row.items()}
    dynamodb.put_item(TableName="skolkit-attendance", Item=texts | {"version": {"N": "1"}})
    mode = {"mode": "real"}
    headers = {"if-match": '"0"'}
    assert (
        guarded.call("access", "change_retention_settings", keeper, body=mode, headers=headers).status == 200
    )
    guarded.invoke("access", "start_retention")
    (run,) = guarded.call("access", "list_retention_runs", keeper).body["data"]

    def done() -> Answer | None:
        view = guarded.call("access", "read_retention_run", keeper, path={"run": run["id"]})
        return view if view.body["state"] == "done" else None

    found = eventually(done)
    assert found
    counts = {line["document"]: line["done"] for line in found.body["counts"]}
    assert counts["attendance.sweep"] == 1
    key = {"pk": texts["pk"], "sk": texts["sk"]}
    assert "Item" not in dynamodb.get_item(TableName="skolkit-attendance", Key=key)
    link = guarded.call(
        "access", "link_retention_report", keeper, path={"run": run["id"]}, body={"format": "json"}
    )
    assert link.status == 200, link.body


def test_the_trail_is_read_by_the_one_function_that_may(guarded: Behind) -> None:
    pupil = guarded.world.classmates()[0]
    guardian = pupil.guardians[0].guardian_id
    assert guarded.call("register", "read_person", guardian, path={"person": pupil.id}).status == 200
    seen = guarded.call("access", "list_reads", guardian, path={"person": pupil.id})
    assert seen.status == 200, seen.body
    assert seen.body["data"][0]["operation"] == "read_person"
    with without(guarded, "access-reader", "table/skolkit-audit", actions={"dynamodb:Query"}):
        refused(guarded.call("access", "list_reads", guardian, path={"person": pupil.id}))


def test_a_writer_that_may_not_write_changes_nothing(guarded: Behind, lesson: Lesson) -> None:
    with without(guarded, "attendance-writer", "table/skolkit-attendance", actions=WRITE):
        before = rows(guarded)
        refused(report(guarded, 2))
        assert rows(guarded) == before
        refused(save(guarded, lesson))
        left = {key for key, row in rows(guarded).items() if before.get(key) != row}
        assert all(key.startswith("skolkit-audit") for key in left)  # that the lesson was opened
    assert save(guarded, lesson).status == 200


def test_what_cannot_be_traced_is_not_done_and_not_shown(guarded: Behind, lesson: Lesson) -> None:
    """Reads of people are audited (§7): without the row there is no answer, and no change."""
    faults.quiet(guarded.cloud)  # what earlier tests have said is still counted
    with without(guarded, "attendance-writer", "table/skolkit-audit", actions=WRITE):
        before = rows(guarded)
        refused(report(guarded, 3))
        assert rows(guarded) == before
    path, teacher = {"lesson": lesson.id}, lesson.teachers[0]
    with without(guarded, "attendance-reader", "table/skolkit-audit", actions=WRITE):
        refused(guarded.call("attendance", "open_lesson", teacher, path=path))
    assert guarded.call("attendance", "open_lesson", teacher, path=path).status == 200


def _preferences(guarded: Behind) -> Answer:
    person = guarded.world.staff("principal")
    return guarded.call(
        "messages", "choose_preferences", person, body={"channel": "sms"}, headers={"if-match": '"0"'},
        by="reader",
    )  # fmt: skip


def _contacts(guarded: Behind) -> Answer:
    person = guarded.world.klass.mentor_ids[0]
    return guarded.call(
        "register", "change_contacts", person, path={"person": person}, body={"email": "ny@example.org"},
        headers={"if-match": '"1"'}, by="reader",
    )  # fmt: skip


def _member(guarded: Behind) -> Answer:
    world = guarded.world
    return guarded.call(
        "organisation", "remove_member", world.staff("administrator"),
        path={"group": world.klass.id, "person": world.klass.pupil_ids[0]}, by="reader",
    )  # fmt: skip


@pytest.mark.parametrize(
    "write",
    [lambda g: report(g, 4, by="reader"), _preferences, _contacts, _member],
    ids=["attendance", "messages", "register", "organisation"],
)
def test_a_reader_that_is_told_to_write_cannot(guarded: Behind, write: Callable[[Behind], Answer]) -> None:
    """Reader and writer are the same code: what keeps them apart is the role."""
    before = rows(guarded)
    refused(write(guarded))
    assert rows(guarded) == before

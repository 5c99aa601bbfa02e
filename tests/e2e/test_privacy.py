"""Nothing about a person where it has no business: not in logs, facts, dead letters, reports or refusals,
and of protected people not in clear text in any table. Looked for after everything else this session has
done, and after a school day of people whose every detail is known here. The logs of every other cloud are
read when it has served its tests, and those of the in-process tests after each (`tests/support/privacy.py`).
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from skolkit.clock import today
from skolkit.types import PersonId, new_id
from tests.support.deployed import Deployed, eventually, import_files
from tests.support.privacy import Details, details_of, read_logs
from tests.support.world import person_row

HIDDEN_PUPIL = {
    "givenName": "Kanariefågel", "familyName": "Skyddadsson", "securityMarking": "Sekretessmarkering",
    "email": "kanariefagel@example.org", "phone": "+46701740604",
    "address": {"street": "Hemligstigen 77", "postalCode": "77 777", "locality": "Undangömda"},
}  # fmt: skip
HIDDEN_GUARDIAN = {
    "givenName": "Näktergal", "familyName": "Gömdström", "securityMarking": "Skyddad folkbokföring",
    "email": "naktergal@example.org", "phone": "+46701740603",
    "address": {"street": "Tystgränden 66", "postalCode": "66 666", "locality": "Okändby"},
}  # fmt: skip
BROKEN = (
    '{"givenName": "Vargtass", "familyName": "Ulvhjärta", "id": "Vargtass", "civicNo": "20140231-1234"}',
    '{"givenName": "Vargtass", "familyName": "Ulvhjärta", "email": "vargtass(at)", "phone": "070-1740602x"}',
    '{"givenName": "Vargtass", "familyName": "Ulvhjärta", "birthDate": "Vargtass", "namn": "Ulvhjärta"}',
    "Vargtass Ulvhjärta 20140231-1234",
)
# Every value one column to the left, as a spreadsheet that lost a cell writes them.
SHIFTED = (
    '{"id": "20140231-1234", "civicNo": "Vargtass", "givenName": "Ulvhjärta", "familyName": "Ingen", '
    '"securityMarking": "Vargtass Ulvhjärta"}'
)
BROKEN_WORDS = ("Vargtass", "Ulvhjärta", "20140231", "vargtass(at)", "1740602")


@pytest.fixture(scope="module")
def day(school: Deployed) -> Deployed:
    """A day in which everybody does something, a protected pupil is missed, and a file is broken."""
    world = school.world
    pupil, hidden, sick = world.classmates()[3:6]
    adults = {g.id: g for g in world.population.guardians}
    guardian = adults[hidden.guardians[0].guardian_id]
    rows = [person_row(hidden) | HIDDEN_PUPIL, person_row(guardian) | HIDDEN_GUARDIAN]
    import_files(school.cloud, {"register/persons/hidden.jsonl": rows})
    _import(school, "broken", *BROKEN)
    _report(school, sick.id, sick.guardians[0].guardian_id)
    _report(school, hidden.id, guardian.id)
    changed = school.call("register", "read_contacts", guardian.id, path={"person": guardian.id})
    school.call(
        "register", "change_contacts", guardian.id, path={"person": guardian.id},
        body={"email": HIDDEN_GUARDIAN["email"], "phone": HIDDEN_GUARDIAN["phone"]},
        headers={"if-match": changed.headers["etag"]},
    )  # fmt: skip
    school.lessons_now(1)
    lesson = school.lessons_now(1)[0]
    teacher, path = lesson.teachers[0], {"lesson": lesson.id}
    opened = school.call("attendance", "open_lesson", teacher, path=path)
    minutes = opened.body["minutes"]
    away = {pupil.id, hidden.id}
    saved = school.call(
        "attendance", "save_lesson", teacher, path=path, headers={"if-match": opened.headers["etag"]},
        body={"rows": [
            {"pupil": r["pupil"], "attendanceMinutes": 0, "invalidAbsenceMinutes": minutes}
            if r["pupil"] in away else {"pupil": r["pupil"], "attendanceMinutes": minutes}
            for r in opened.body["rows"]
        ]},
    )  # fmt: skip
    assert saved.status == 200, saved.body
    mentor = world.klass.mentor_ids[0]
    for one in away:
        eventually(
            lambda p=one: school.call("messages", "list_deliveries", mentor, path={"pupil": p}).body["data"]  # type: ignore[misc]
        )
    for area, name, person, where in (
        ("organisation", "read_group", mentor, {"group": world.klass.id}),
        ("attendance", "mentor_day", mentor, {"group": world.klass.id}),
        ("register", "read_person", mentor, {"person": hidden.id}),
        ("register", "list_my_children", guardian.id, {}),
        ("timetable", "list_pupil_lessons", guardian.id, {"pupil": hidden.id}),
        ("access", "read_me", teacher, {}),
    ):
        assert school.call(area, name, person, path=where).status == 200, name
    school.invoke("attendance", "evening_sweep")
    for area, table in (("register", "persons"), ("organisation", "groups")):
        _export(school, area, table)
    return school


def _export(school: Deployed, area: str, table: str) -> None:
    """Give a table of the unit out."""
    office, body = school.world.staff("administrator"), {"unit": school.world.unit}
    asked = school.call(
        area, "export_table", office, path={"table": table}, body=body, headers={"idempotency-key": new_id()}
    )
    assert asked.status == 202, asked.body
    path = {"job": asked.body["id"]}
    eventually(lambda: school.call(area, "read_table_job", office, path=path).body["state"] == "done")


def _report(school: Deployed, pupil: PersonId, guardian: PersonId) -> None:
    on = next(day for day in reversed(school.world.days) if day >= today()).isoformat()
    school.call(
        "attendance", "report_absence", guardian, path={"pupil": pupil},
        body={"startDate": on, "endDate": on, "reason": "illness"}, headers={"idempotency-key": new_id()},
    )  # fmt: skip


def _import(school: Deployed, name: str, *rows: str) -> str:
    """Drop a file of people in which every row is broken; the report."""
    s3, bucket, key = school.cloud.client("s3"), _bucket(school), f"register/persons/{name}.jsonl"
    s3.put_object(Bucket=bucket, Key=key, Body="\n".join(rows).encode())
    reports = f"reports/{key}.json"
    eventually(lambda: s3.list_objects_v2(Bucket=bucket, Prefix=reports).get("KeyCount"))
    report = str(s3.get_object(Bucket=bucket, Key=reports)["Body"].read().decode())
    assert json.loads(report)["failed"] == len(rows), report
    return report


def _bucket(school: Deployed) -> str:
    buckets = school.cloud.client("s3").list_buckets()["Buckets"]
    return next(str(b["Name"]) for b in buckets if b["Name"].startswith("skolkit-imports"))


@pytest.fixture(scope="module")
def details(day: Deployed) -> Details:
    """Of everybody in the school."""
    return details_of(day.world, [HIDDEN_PUPIL, HIDDEN_GUARDIAN], BROKEN_WORDS)


def scan(school: Deployed) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every row of every table."""
    dynamodb = school.cloud.client("dynamodb")
    for table in dynamodb.list_tables()["TableNames"]:
        for page in dynamodb.get_paginator("scan").paginate(TableName=table):
            yield from ((table, row) for row in page["Items"])


def written(row: Any) -> str:
    return json.dumps(row, ensure_ascii=False, default=lambda raw: bytes(raw).decode("latin-1"))


def test_the_net_catches_what_it_is_made_for(day: Deployed, details: Details) -> None:
    """The same search over the register finds every kind of detail, and leaves ids and times alone."""
    register = "\n".join(written(row) for table, row in scan(day) if table == "skolkit-register")
    caught = {hit.partition(" in ")[0] for hit in details.found("x", register)}
    assert caught == set(details.patterns) - {"a row of a broken file"}
    assert details.found("x", " ".join(BROKEN))
    assert details.found("x", json.dumps(HIDDEN_PUPIL["givenName"]))
    assert details.found("x", f"{new_id()} 2026-11-23T15:03:53.831Z 1-6b04548e-d75098bfd5f0") == []


def test_logs_name_nobody(day: Deployed, details: Details) -> None:
    """Also what functions print that reaches no log group here."""
    assert read_logs(day.cloud, details) > 50


def test_facts_name_nobody(day: Deployed, details: Details) -> None:
    facts = [(table, row) for table, row in scan(day) if row["kind"]["S"] == "outbox"]
    kinds = {row["type"]["S"] for _, row in facts}
    assert {"attendance.LessonReported.v1", "messages.NoticeFailed.v1"} <= kinds
    wrong = [hit for _, row in facts for hit in details.found(row["type"]["S"], written(row))]
    assert sorted(set(wrong)) == []


def test_only_the_register_knows_who_anybody_is(day: Deployed, details: Details) -> None:
    """Names, numbers and addresses are in one table; the others, the audit trail too, speak of ids."""
    wrong = [hit for t, row in scan(day) if t != "skolkit-register" for hit in details.found(t, written(row))]
    assert sorted(set(wrong)) == []


def test_a_protected_persons_whereabouts_are_in_no_table_in_clear(day: Deployed) -> None:
    secrets = {text for who in (HIDDEN_PUPIL, HIDDEN_GUARDIAN) for text in (who["email"], who["phone"])}
    secrets |= {text for who in (HIDDEN_PUPIL, HIDDEN_GUARDIAN) for text in who["address"].values()}  # type: ignore[attr-defined]
    wrong, sealed = [], 0
    for table, row in scan(day):
        text = written(row)
        wrong += [f"{table} {row['kind']['S']}" for secret in secrets if str(secret) in text]
        sealed += "sealed_address" in row
    assert wrong == []
    assert sealed >= 2


def test_dead_letters_and_queues_name_nobody(day: Deployed, details: Details) -> None:
    sqs, wrong = day.cloud.client("sqs"), []
    for url in sqs.list_queues(MaxResults=1000)["QueueUrls"]:
        reply = sqs.receive_message(
            QueueUrl=url, MaxNumberOfMessages=10, VisibilityTimeout=0, MessageAttributeNames=["All"]
        )
        for message in reply.get("Messages", []):
            wrong += details.found(url.rpartition("/")[2], json.dumps(message, ensure_ascii=False))
    assert sorted(set(wrong)) == []


def test_import_reports_name_nobody(day: Deployed, details: Details) -> None:
    s3, bucket, reports = day.cloud.client("s3"), _bucket(day), 0
    wrong = []
    for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix="reports/"):
        for entry in page.get("Contents", []):
            reports += 1
            text = s3.get_object(Bucket=bucket, Key=entry["Key"])["Body"].read().decode()
            wrong += details.found(entry["Key"], text)
    assert reports >= 5
    assert wrong == []


def test_no_file_shows_a_protected_person(day: Deployed) -> None:
    """In any bucket, whoever made it: but for the files that were dropped, and what a person has asked for
    about themselves.
    """
    words = [who[name].encode() for who in (HIDDEN_PUPIL, HIDDEN_GUARDIAN) for name in ("givenName", "email")]  # type: ignore[attr-defined]
    own = ("register/persons/", "documents/whole/", "parts/")
    s3, looked, wrong = day.cloud.client("s3"), set(), []
    for bucket in (b["Name"] for b in s3.list_buckets()["Buckets"] if b["Name"].startswith("skolkit-")):
        for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket):
            for entry in page.get("Contents", []):
                if not entry["Key"].startswith(own):
                    body = s3.get_object(Bucket=bucket, Key=entry["Key"])["Body"].read()
                    looked.add(entry["Key"].partition("/")[0])
                    wrong += [entry["Key"] for word in words if word in body]
    assert wrong == []
    assert {"exports", "reports"} <= looked


def test_refusals_repeat_no_personal_detail(day: Deployed, details: Details) -> None:
    """Wrong in every way, and with somebody's details where they do not belong."""
    world = day.world
    pupil = world.classmates()[3]
    guardian, teacher = pupil.guardians[0].guardian_id, world.of_class()[0].teachers[0]
    other = person_row(next(p for p in world.population.pupils if len(p.family_name) >= 8))
    tomorrow = (today() + timedelta(days=1)).isoformat()
    notice = {"startDate": tomorrow, "endDate": tomorrow, "reason": "illness"}
    child, lesson = {"pupil": pupil.id}, {"lesson": world.of_class()[0].id}
    key, over = {"idempotency-key": new_id()}, {"if-match": '"1"'}
    street = next(p for p in world.population.pupils if p.address).address
    assert street
    wrong = []
    for value in (
        other["civicNo"], other["email"], other["phone"], other["familyName"], street.street,
        f"{other['givenName']} {other['familyName']}",
    ):  # fmt: skip
        for area, name, person, path, body, headers in (
            ("attendance", "report_absence", guardian, child, notice | {"reason": value}, key),
            ("attendance", "report_absence", guardian, child, notice | {"startDate": value}, key),
            ("attendance", "save_lesson", teacher, lesson, {"rows": [{"pupil": value}]}, over),
            ("attendance", "save_lesson", teacher, lesson, value, over),
            ("messages", "choose_preferences", guardian, {}, {"channel": value}, over),
            ("register", "change_contacts", guardian, {"person": guardian}, {"language": value}, over),
            ("register", "change_contacts", guardian, {"person": guardian}, {"phone": f"{value}?"}, over),
            ("attendance", "list_absences", guardian, child, None, {}),
        ):  # fmt: skip
            query = {"cursor": value} if body is None else {}
            reply = day.call(area, name, person, path=path, query=query, body=body, headers=headers)
            assert 400 <= reply.status < 500, (name, reply.body)
            assert reply.headers["content-type"] == "application/problem+json"
            wrong += details.found(name, json.dumps(reply.body, ensure_ascii=False))
    assert sorted(set(wrong)) == []


def test_a_shifted_column_is_not_repeated_in_the_report(day: Deployed, details: Details) -> None:
    """Also a field whose wrong values are shown, as `securityMarking`, may hold a name by mistake. Asked
    last, since what is in a report is also kept beside the import's cursor.
    """
    assert details.found("the report", _import(day, "shifted", SHIFTED)) == []

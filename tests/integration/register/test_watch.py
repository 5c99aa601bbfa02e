"""The compulsory-school watch and the activity responsibility: found every night, worked on by few."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any

import pytest

from functions.register.extract import gather
from functions.register.usecases.watch import open_case
from infra.local.cloud import Cloud
from skolkit.clock import today
from skolkit.extracts import Requested
from skolkit.types import PersonId, new_id, stable_id
from tests.integration.test_attendance_day import at as frozen
from tests.support.areas import acting_as, audit_rows, call, deliver, outbox, run_schedule
from tests.support.population import KEY, drop_records, lay_unit, number, owner, record, told
from tests.support.world import UNIT, drop

CHILD = number(today().replace(day=1) - timedelta(days=10 * 365))
YOUNG = number(today().replace(day=1) - timedelta(days=18 * 365 + 30), 2)
ATTENDANCE, ACTIVITY, HEAD, REGISTRAR, LOCAL = (PersonId(stable_id("officer", n)) for n in "abcde")


@pytest.fixture
def watched(tables: Cloud) -> Cloud:
    """A child and a young person who are at no school, and those with duties."""
    lay_unit(tables)
    roles = [
        (ATTENDANCE, "attendance_officer", None), (ACTIVITY, "activity_officer", None),
        (HEAD, "principal", None),
        (REGISTRAR, "administrator", None), (LOCAL, "attendance_officer", str(UNIT.code)),
        (LOCAL, "administrator", str(UNIT.code)), (LOCAL, "principal", str(UNIT.code)),
    ]  # fmt: skip
    rows = [{"person": p, "role": r, "unit": u, "startDate": "2020-08-01"} for p, r, u in roles]
    drop(tables, "organisation/duties/duties.jsonl", rows)
    drop_records(tables, [record(CHILD), record(YOUNG)])
    return tables


def night() -> None:
    """The schedule, and everything its fact leads to."""
    known = {f["id"] for f in outbox("register")}
    run_schedule("register", "watch_residents")
    for fact in outbox("register"):
        if fact["type"] == "register.WatchAsked.v1" and fact["id"] not in known:
            assert deliver("register", "run_watch", fact) == []


def ids(civic_no: str) -> PersonId:
    found = owner(civic_no)
    assert found
    return found


def cases(watch: str, by: str = "", **query: Any) -> list[dict[str, Any]]:
    officer = by or (ATTENDANCE if watch == "schoolAttendance" else ACTIVITY)
    answer = call("register", "list_watch_cases", officer, query={"watch": watch, **query})
    assert answer.status == 200, answer.body
    rows: list[dict[str, Any]] = answer.body["data"]
    return rows


def post(name: str, case: str, by: str, body: Any) -> Any:
    headers = {"idempotency-key": new_id()}
    return call("register", name, by, path={"case": case}, body=body, headers=headers)


def assign(case: str, by: str, handler: str, version: int = 1) -> Any:
    return call(
        "register", "assign_watch_case", by, path={"case": case}, body={"handler": handler},
        headers={"if-match": f'"{version}"'},
    )  # fmt: skip


def test_two_nights_open_one_case_each(watched: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    from skolkit.clock import now

    night()
    frozen(monkeypatch, now() + timedelta(minutes=5))
    night()
    found = {(f["kind"], f["person"], f["watch"], f["reason"]) for f in told("WatchCaseOpened")}
    assert found == {
        ("WatchCaseOpened", ids(CHILD), "schoolAttendance", "neverEnrolled"),
        ("WatchCaseOpened", ids(YOUNG), "activity", "noUpperSecondary"),
    }
    assert len(told("WatchCaseOpened", "WatchCaseClosed")) == 2
    assert [row["person"] for row in cases("schoolAttendance")] == [ids(CHILD)]
    assert [row["person"] for row in cases("activity")] == [ids(YOUNG)]


def test_two_nights_at_once_open_one_case(watched: Cloud) -> None:
    with acting_as("register"):
        first, second = (open_case(ids(CHILD), "schoolAttendance", "leftSchool", today()) for _ in range(2))
    assert first
    assert second is None
    assert len(told("WatchCaseOpened")) == 1


def test_an_enrolment_closes_the_case_at_once(watched: Cloud) -> None:
    night()
    body = {"unit": stable_id("unit", str(UNIT.code)), "schoolForm": "GR", "year": 4}
    enrolled = call(
        "register", "enrol_pupil", REGISTRAR, path={"person": ids(CHILD)},
        body=body | {"startDate": today().isoformat()}, headers={"idempotency-key": new_id()},
    )  # fmt: skip
    assert enrolled.status == 201, enrolled.body
    fact = next(f for f in outbox("register") if f["type"] == "register.PupilEnrolled.v1")
    for _ in range(2):
        assert deliver("register", "review_watch", fact) == []
    assert [(f["person"], f["reason"]) for f in told("WatchCaseClosed")] == [(ids(CHILD), "enrolled")]
    assert cases("schoolAttendance") == []


def test_a_case_without_cause_is_closed_at_night(watched: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    from skolkit.clock import now

    night()
    later = {"time": "2026-11-23T03:00:00+01:00"}
    gone = record(YOUNG, **later, registered={"municipality": "0180", "since": "2026-11-20"})
    drop_records(watched, [gone], key=f"{KEY}.2.jsonl")
    frozen(monkeypatch, now() + timedelta(minutes=5))
    night()
    assert [(f["person"], f["reason"]) for f in told("WatchCaseClosed")] == [(ids(YOUNG), "movedOut")]


def test_a_case_is_assigned_worked_on_and_closed(watched: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    from skolkit.clock import now

    night()
    (row,) = cases("schoolAttendance")
    case = row["id"]
    assert assign(case, ATTENDANCE, ACTIVITY).body["type"].endswith("not-an-officer")
    given = assign(case, ATTENDANCE, ATTENDANCE)
    assert (given.status, given.body["handler"]) == (200, ATTENDANCE)
    assert assign(case, ATTENDANCE, ATTENDANCE, version=1).status == 412
    assert [r["id"] for r in cases("schoolAttendance", mine=True)] == [case]
    day = today().isoformat()
    step = {"kind": "step", "code": "contacting", "startDate": day}
    assert post("add_watch_event", case, ATTENDANCE, step).body["step"] == "contacting"
    letter = {"kind": "contact", "code": "letter", "startDate": day, "reference": "BUN 2026/123"}
    assert post("add_watch_event", case, ATTENDANCE, letter).status == 201
    assert post("add_watch_event", case, ATTENDANCE, letter | {"code": "guidance"}).status == 422
    assert post("add_watch_event", case, ATTENDANCE, letter | {"reference": "Anna är sjuk"}).status == 422
    read = call("register", "read_watch_case", ATTENDANCE, path={"case": case})
    assert [(e["kind"], e["code"]) for e in read.body["events"]] == [
        ("step", "contacting"),
        ("contact", "letter"),
    ]
    assert read.body["familyName"] == "Provsson"
    assert audit_rows(ids(CHILD))[-1]["action"] == "read_watch_case"
    until = (today() + timedelta(days=30)).isoformat()
    closed = post("close_watch_case", case, ATTENDANCE, {"reason": "permanentlyAbroad", "until": until})
    assert (closed.status, closed.body["closeReason"]) == (200, "permanentlyAbroad")
    assert post("close_watch_case", case, ATTENDANCE, {"reason": "openedByMistake"}).status == 409
    assert (cases("schoolAttendance"), cases("schoolAttendance", mine=True)) == ([], [])
    frozen(monkeypatch, now() + timedelta(minutes=5))
    night()
    assert cases("schoolAttendance") == []  # the exception holds
    frozen(monkeypatch, now() + timedelta(days=31))
    night()
    assert len(cases("schoolAttendance")) == 1


def test_an_exception_in_advance_keeps_the_night_quiet(watched: Cloud) -> None:
    body = {"startDate": today().isoformat(), "unitCode": "19733028"}
    for by, kind, status in (
        (ATTENDANCE, "enrolledElsewhere", 200), (ATTENDANCE, "holiday", 404), (LOCAL, "exempt", 404),
        (ACTIVITY, "exempt", 404), (REGISTRAR, "exempt", 404), (ATTENDANCE, "upperSecondaryCompleted", 404),
    ):  # fmt: skip
        path = {"person": ids(CHILD), "kind": kind}
        assert call("register", "put_watch_exception", by, path=path, body=body).status == status, (by, kind)
    night()
    assert [f["person"] for f in told("WatchCaseOpened")] == [ids(YOUNG)]


def test_nobody_but_the_watchs_own_officers_gets_anywhere(watched: Cloud) -> None:
    """IMY DI-2019-7024: a duty at a unit, another watch's duty, or being an administrator is not enough."""
    night()
    (row,) = cases("schoolAttendance")
    for by in (ACTIVITY, HEAD, REGISTRAR, LOCAL, PersonId(new_id())):
        query = {"watch": "schoolAttendance"}
        assert call("register", "list_watch_cases", by, query=query).status == 404
        assert call("register", "read_watch_case", by, path={"case": row["id"]}).status == 404
        assert post("close_watch_case", row["id"], by, {"reason": "otherWay"}).status == 404
        assert by == ACTIVITY or call("register", "read_activity_register", by).status == 404
        if by != HEAD:
            assert assign(row["id"], by, ATTENDANCE).status == 404


def test_a_protected_childs_case_is_for_the_one_it_was_given_to(watched: Cloud) -> None:
    marked = record(CHILD, time="2026-11-23T03:00:00+01:00", securityMarking="Sekretessmarkering")
    drop_records(watched, [marked], key=f"{KEY}.2.jsonl")
    night()
    (row,) = cases("schoolAttendance")
    assert row["withheld"]
    assert {row[n] for n in ("person", "givenName", "familyName", "reason", "step")} == {None}
    assert call("register", "read_watch_case", ATTENDANCE, path={"case": row["id"]}).status == 404
    assert assign(row["id"], ATTENDANCE, ATTENDANCE).status == 404  # not by taking it
    given = assign(row["id"], HEAD, ATTENDANCE)
    assert given.status == 200
    assert ids(CHILD) not in json.dumps(given.body)
    assert call("register", "read_watch_case", HEAD, path={"case": row["id"]}).status == 404
    assert call("register", "read_watch_case", ATTENDANCE, path={"case": row["id"]}).body["protected"]
    assert cases("schoolAttendance", mine=True)[0]["person"] == ids(CHILD)


def test_the_register_of_29_9_has_what_the_ordinance_lets_it(watched: Cloud) -> None:
    night()
    (row,) = cases("activity")
    for kind, code in (("occupation", "work"), ("measure", "guidance")):
        note = {"kind": kind, "code": code, "startDate": today().isoformat()}
        assert post("add_watch_event", row["id"], ACTIVITY, note).status == 201
    page = call("register", "read_activity_register", ACTIVITY)
    (entry,) = page.body["data"]
    assert (entry["civicNo"], entry["occupation"], page.body["withheld"]) == (YOUNG, "work", 0)
    assert entry["addresses"] == ["Provgatan 1, 123 45 Ekhamra"]
    assert [m["code"] for m in entry["measures"]] == ["work", "guidance"]
    assert audit_rows(ids(YOUNG))[-1]["action"] == "read_activity_register"
    marked = record(YOUNG, time="2026-11-23T03:00:00+01:00", securityMarking="Sekretessmarkering")
    drop_records(watched, [marked], key=f"{KEY}.2.jsonl")
    hidden = call("register", "read_activity_register", ACTIVITY)
    assert (hidden.body["data"], hidden.body["withheld"]) == ([], 1)


def test_the_lists_page_with_a_cursor_for_their_caller_alone(watched: Cloud) -> None:
    more = [number(date(2015, 1, n), 5) for n in (1, 2, 3)]
    drop_records(watched, [record(n) for n in more], key=f"{KEY}.2.jsonl")
    night()
    seen, cursor = [], None
    while True:
        query = {"watch": "schoolAttendance", "limit": 2} | ({"cursor": cursor} if cursor else {})
        page = call("register", "list_watch_cases", ATTENDANCE, query=query)
        seen += [row["person"] for row in page.body["data"]]
        cursor = page.body["cursor"]
        if not cursor:
            break
        other = query | {"cursor": cursor, "watch": "activity"}
        assert call("register", "list_watch_cases", ATTENDANCE, query=other).status == 404
        assert call("register", "list_watch_cases", ACTIVITY, query=other).status == 400
    assert sorted(seen) == sorted([ids(CHILD), *(ids(n) for n in more)])


def test_a_register_extract_tells_of_the_watch(watched: Cloud) -> None:
    night()
    (row,) = cases("activity")
    note = {
        "kind": "measure",
        "code": "guidance",
        "startDate": today().isoformat(),
        "reference": "BUN 2026/5",
    }
    assert post("add_watch_event", row["id"], ACTIVITY, note).status == 201
    with acting_as("register"):
        asked = Requested(request=new_id(), person=ids(YOUNG), contacts=False)
        (part,) = [s for s in gather(asked) if s.document == "register.watch"]
    day = today().isoformat()
    assert part.rows == [
        ["Ärende", "activity: noUpperSecondary", day, None, None],
        ["Notering", "measure: guidance", day, None, "BUN 2026/5"],
    ]

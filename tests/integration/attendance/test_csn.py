"""Reports to CSN in-process: found, decided, corrected, exported once (process 24)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from functions.attendance.domain.totals import month_of
from functions.attendance.store import csn as store
from functions.attendance.usecases import csn, totals
from infra.local.cloud import Cloud
from skolkit.clock import today
from skolkit.tables.formats import read_table
from skolkit.types import PersonId, new_id
from tests.integration.test_attendance_day import save
from tests.support.areas import (
    TABLES_BUCKET,
    Answer,
    acting_as,
    audit_rows,
    call,
    deliver,
    outbox,
    run_schedule,
)
from tests.support.gymnasium import FIRST, MONTH, Gymnasium, away, imagine_gymnasium
from tests.support.stored import stored
from tests.support.world import World, drop, make_world


@pytest.fixture
def world(tables: Cloud) -> World:
    return make_world(tables)


@pytest.fixture
def pupils(world: World, tables: Cloud) -> Gymnasium:
    """Three pupils with six hours last month: the first was away for five, the second for three."""
    made = take(tables, imagine_gymnasium(world))
    one, two, _ = made.pupils
    for n, lesson in enumerate(made.lessons):
        saved = save(lesson, away([one] if n < 5 else []) | away([two] if n < 3 else []))
        assert saved.status == 200, saved.body
    count(made, world)
    return made


def take(cloud: Cloud, made: Gymnasium) -> Gymnasium:
    for key, rows in made.files.items():
        taken = drop(cloud, key, rows)
        assert taken["failed"] == 0, taken["faults"]
    first, last = made.lessons[0].start, made.lessons[-1].start
    span = {"group": made.lessons[0].group, "first_day": str(today(first)), "last_day": str(today(last))}
    fact = [f for f in outbox("timetable") if f["type"] == "timetable.TimetablePublished.v1"][-1]
    assert deliver("attendance", "prepare_sheets", {**fact, "data": {**fact["data"], **span}}) == []
    unlocked = call(
        "attendance", "lock_month", made.principal, path={"unit": fact["data"]["unit"], "month": MONTH},
        body={"locked": False, "reason": "review"}, headers={"if-match": '"0"'},
    )  # fmt: skip
    assert unlocked.status in (200, 412), unlocked.body
    return made


def count(made: Gymnasium, world: World) -> None:
    with acting_as("attendance"):
        for lesson in made.lessons:
            totals.count_unit(world.unit, today(lesson.start))


def sweep(monkeypatch: pytest.MonkeyPatch | None = None) -> None:
    """As on the first nights of the month; the same night twice."""
    for _ in range(2):
        run_schedule("attendance", "ask_csn_sweep")
    for fact in [f for f in outbox("attendance") if f["type"] == "attendance.CsnSweepAsked.v1"]:
        for _ in range(2):
            assert deliver("attendance", "run_csn_sweep", fact) == []


def correct(made: Gymnasium, lesson: int, rows: dict[str, dict[str, Any]]) -> None:
    """Correct a lesson, for which its teacher has no time any more, and tell of it, twice and after the fact
    of before.
    """
    assert save(made.lessons[lesson], rows, made.principal).status == 200
    facts = [f for f in outbox("attendance") if f["type"] == "attendance.LessonReported.v1"]
    mine = [f for f in facts if f["data"]["lesson"] == made.lessons[lesson].id]
    for fact in [*mine, *reversed(mine)]:
        assert deliver("attendance", "review_csn", fact) == []


def present(pupil: str) -> dict[str, dict[str, Any]]:
    return away([pupil], 0)


def listed(world: World, by: PersonId) -> list[Any]:
    answer = call("attendance", "list_csn_cases", by, path={"unit": world.unit}, query={"month": MONTH})
    assert answer.status == 200, answer.body
    rows: list[Any] = answer.body["data"]
    return rows


def ask(name: str, by: PersonId, pupil: str, body: Any = None, version: int | None = None) -> Answer:
    headers = {"if-match": f'"{version}"'} if version else {}
    return call(
        "attendance", name, by, path={"pupil": pupil, "month": MONTH}, body=body, headers=headers
    )  # fmt: skip


def export(
    world: World, by: PersonId, *, again: bool = False
) -> tuple[dict[str, Any], list[tuple[str, ...]]]:
    """The job of a file, and its rows without the headings."""
    asked = call(
        "attendance", "export_csn", by, path={"unit": world.unit}, body={"month": MONTH, "again": again},
        headers={"idempotency-key": new_id()},
    )  # fmt: skip
    assert asked.status == 202, asked.body
    for fact in [f for f in outbox("attendance") if f["type"] == "attendance.ExportAsked.v1"]:
        for _ in range(2):
            assert deliver("attendance", "write_export", fact) == []
    job = call("attendance", "read_attendance_export", by, path={"job": asked.body["id"]}).body
    linked = call("attendance", "link_attendance_export", by, path={"job": job["id"]})
    assert linked.status == 200, linked.body
    from skolkit.aws import client

    key = f"exports/attendance/{job['id']}/export_csn.csv"
    content = client("s3").get_object(Bucket=TABLES_BUCKET, Key=key)["Body"].read()
    return job, [row.texts for row in read_table(content, "csv")][1:]


def test_repeated_absence_is_proposed_once(world: World, pupils: Gymnasium) -> None:
    principal = world.staff("principal")
    sweep()
    rows = listed(world, principal)
    assert [(r["pupil"], r["state"], r["minutes"], r["firstDay"]) for r in rows] == [
        (pupils.pupils[0], "proposed", 300, FIRST.isoformat())
    ]
    (due,) = [f["data"] for f in outbox("attendance") if f["data"].get("template") == "csn_proposals"]
    assert set(due["recipients"]) >= {principal}
    assert due["values"] == {"count": "1", "month": MONTH}
    assert pupils.pupils[0] not in str(due)
    before = {key for key in stored() if key[0] == "skolkit-attendance"}
    with acting_as("attendance"):
        csn.review(pupils.pupils[0], FIRST)
    assert {key for key in stored() if key[0] == "skolkit-attendance"} == before
    case = ask("read_csn_case", principal, pupils.pupils[0]).body
    assert [lesson["lesson"] for lesson in case["lessons"]] == [x.id for x in pupils.lessons[:5]]
    assert any(row["action"] == "read_csn_case" for row in audit_rows(pupils.pupils[0]))
    assert ask("read_csn_case", pupils.teacher, pupils.pupils[0]).status == 404
    assert ask("read_csn_case", principal, pupils.pupils[1]).status == 404
    assert call(
        "attendance", "read_csn_case", principal, path={"pupil": pupils.pupils[0], "month": "2026-13"}
    ).status == 404  # fmt: skip


def test_pupils_of_compulsory_school_are_left_out(world: World, tables: Cloud) -> None:
    made = take(tables, imagine_gymnasium(world, serial=3, count=1, form="GR"))
    for lesson in made.lessons:
        assert save(lesson, away(made.pupils)).status == 200
    count(made, world)
    sweep()
    assert listed(world, world.staff("principal")) == []


def test_a_correction_changes_a_proposal_and_flags_a_decision(world: World, pupils: Gymnasium) -> None:
    principal, pupil = world.staff("principal"), pupils.pupils[0]
    sweep()
    correct(pupils, 0, present(pupil))
    (row,) = listed(world, principal)
    assert (row["state"], row["minutes"], row["firstDay"]) == (
        "proposed", 240, (FIRST + timedelta(days=1)).isoformat(),
    )  # fmt: skip
    stale = ask("decide_csn_case", principal, pupil, {"decision": "approved"}, 1)
    assert stale.status == 412
    decided = ask("decide_csn_case", principal, pupil, {"decision": "approved"}, 2)
    assert (decided.status, decided.body["state"]) == (200, "approved"), decided.body
    again = ask("decide_csn_case", principal, pupil, {"decision": "approved"}, decided.body["version"])
    assert again.status == 409
    correct(pupils, 1, present(pupil))
    (row,) = listed(world, principal)
    assert (row["state"], row["corrected"], row["minutes"]) == ("approved", True, 0)
    case = ask("read_csn_case", principal, pupil).body
    no = ask("decide_csn_case", principal, pupil, {"decision": "approved"}, case["version"])
    assert (no.status, no.body["type"]) == (409, "urn:skolkit:problem:nothing-to-report")
    body = {"decision": "refrained", "reason": "corrected"}
    assert ask("decide_csn_case", principal, pupil, body, case["version"]).status == 200
    decisions = ask("read_csn_case", principal, pupil).body["decisions"]
    assert [(d["decision"], d["reason"], d["role"], d["minutes"]) for d in decisions] == [
        ("approved", None, "principal", 240), ("refrained", "corrected", "principal", None),
    ]  # fmt: skip


def test_absence_reported_late_opens_a_case(world: World, pupils: Gymnasium) -> None:
    sweep()
    correct(pupils, 5, away([pupils.pupils[1]]))
    assert len(listed(world, world.staff("principal"))) == 2


def test_an_approved_report_is_in_one_file_and_again_on_demand(world: World, pupils: Gymnasium) -> None:
    principal, pupil = world.staff("principal"), pupils.pupils[0]
    sweep()
    assert export(world, principal)[1] == []
    version = ask("read_csn_case", principal, pupil).body["version"]
    assert ask("decide_csn_case", principal, pupil, {"decision": "approved"}, version).status == 200
    job, rows = export(world, principal)
    assert job["outcome"] == {"withheld": 0, "rows": 1}
    number, code, what, month, first, hours, minutes, _, day = rows[0]
    assert (code, what, month, first, hours, minutes) == (
        "99990017", "frånvaro", MONTH, FIRST.isoformat(), "5,0", "300",
    )  # fmt: skip
    assert (len(number), day) == (12, today().isoformat())
    assert export(world, principal)[1] == []
    assert export(world, principal, again=True)[1] == rows
    version = ask("read_csn_case", principal, pupil).body["version"]
    since = {"since": today().isoformat()}
    assert ask("report_full_time", principal, pupil, since, version).status == 200
    assert [(r[2], r[7]) for r in export(world, principal)[1]] == [("åter", today().isoformat())]


def test_a_protected_pupil_is_in_no_list_and_no_file(world: World, pupils: Gymnasium, tables: Cloud) -> None:
    principal, pupil = world.staff("principal"), pupils.pupils[0]
    sweep()
    version = ask("read_csn_case", principal, pupil).body["version"]
    assert ask("decide_csn_case", principal, pupil, {"decision": "approved"}, version).status == 200
    made, _ = export(world, principal)
    row = next(iter(pupils.files.values()))[0] | {"securityMarking": "Sekretessmarkering"}
    assert drop(tables, "register/persons/protected.jsonl", [row])["failed"] == 0
    gone = call("attendance", "link_attendance_export", principal, path={"job": made["id"]})
    assert (gone.status, gone.body["type"]) == (410, "urn:skolkit:problem:file-gone")
    assert listed(world, principal)[0] == {
        "withheld": True, "pupil": None, "givenName": None, "familyName": None, "state": None,
        "firstDay": None, "minutes": None, "corrected": None, "exported": None,
    }  # fmt: skip
    job, rows = export(world, principal, again=True)
    assert (rows, job["outcome"]["withheld"]) == ([], 1)


def test_a_merged_record_and_the_kept_one_are_one_pupil(world: World, pupils: Gymnasium) -> None:
    """Three hours of each: together six, with the one that is kept."""
    keeper = world.staff("administrator")
    _, two, three = pupils.pupils
    for n in (3, 4, 5):
        assert save(pupils.lessons[n], away([three]), pupils.principal).status == 200
    merged = call(
        "register", "merge_persons", keeper, path={"person": two}, body={"duplicate": three},
        headers={"idempotency-key": new_id()},
    )  # fmt: skip
    assert merged.status == 201, merged.body
    count(pupils, world)
    sweep()
    rows = {row["pupil"]: row["minutes"] for row in listed(world, keeper)}
    assert rows[two] == 360
    assert three not in rows
    with acting_as("attendance"):
        assert store.find_case(three, month_of(MONTH)[0]) is None
    sums = call(
        "attendance", "read_pupil_totals", keeper, path={"pupil": two}, query={"firstDay": FIRST.isoformat()}
    ).body  # fmt: skip
    assert (sums["total"]["lessons"], sums["total"]["invalidAbsenceSum"]) == (6, 180)


def test_a_merge_moves_a_case_at_once(world: World, pupils: Gymnasium) -> None:
    sweep()
    keeper, (one, _, three), month = world.staff("administrator"), pupils.pupils, month_of(MONTH)[0]
    merged = call(
        "register", "merge_persons", keeper, path={"person": three}, body={"duplicate": one},
        headers={"idempotency-key": new_id()},
    )  # fmt: skip
    assert merged.status == 201, merged.body
    told = [f for f in outbox("register") if f["type"] == "register.PersonsMerged.v1"][-1]
    for _ in range(2):
        assert deliver("attendance", "follow_merge", told) == []
        with acting_as("attendance"):
            moved, left = store.find_case(three, month), store.find_case(one, month)
        assert moved
        assert left
        assert (moved.state, moved.finding and moved.finding.minutes) == ("proposed", 300)
        assert (left.state, left.finding) == ("lapsed", None)


def test_nobody_is_told_when_nothing_waits(world: World, pupils: Gymnasium) -> None:
    sweep()
    case = ask("read_csn_case", world.staff("principal"), pupils.pupils[0]).body
    decided = call(
        "attendance", "decide_csn_case", world.staff("principal"),
        path={"pupil": pupils.pupils[0], "month": MONTH},
        body={"decision": "refrained", "reason": "illness"}, headers={"if-match": f'"{case["version"]}"'},
    )  # fmt: skip
    assert decided.status == 200, decided.body
    told = len(outbox("attendance"))
    with acting_as("attendance"):
        csn._tell(world.unit, month_of(MONTH)[0])
    assert len(outbox("attendance")) == told

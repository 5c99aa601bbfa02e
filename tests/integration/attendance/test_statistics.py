"""Sums and statistics in-process: the night counts, and everybody sees what is theirs (process 20)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from typing import Any

import pytest

from functions.attendance.domain.totals import Sums
from functions.attendance.store import totals as store
from functions.attendance.usecases import totals
from functions.register.store.items import PersonItem, profile_key
from infra.local.cloud import Cloud
from skolkit.aws import client
from skolkit.clock import local, now, today
from skolkit.table import commit, put_many
from skolkit.tables.formats import read_table
from skolkit.types import PersonId, UnitId, new_id
from tests.integration.test_attendance_day import at, invalid, save
from tests.support.areas import TABLES_BUCKET, acting_as, audit_rows, call, deliver, outbox, run_schedule
from tests.support.stored import stored
from tests.support.world import Lesson, World, drop, make_world, person_row


@pytest.fixture
def world(tables: Cloud, monkeypatch: pytest.MonkeyPatch) -> World:
    made = make_world(tables)
    at(monkeypatch, made.of_class()[-1].end)
    return made


def reported(world: World) -> tuple[list[Lesson], str, str]:
    """The class's first day: one pupil away from the first lesson, another late to it."""
    lessons = world.of_class(today(world.of_class()[0].start))
    away, late = (pupil.id for pupil in world.classmates()[:2])
    for n, lesson in enumerate(lessons):
        rows: dict[str, Any] = {away: invalid(lesson), late: invalid(lesson, 10)} if n == 0 else {}
        assert save(lesson, rows).status == 200
    tell()
    return lessons, away, late


def tell() -> None:
    """Every lesson told twice, and then in reverse."""
    facts = [f for f in outbox("attendance") if f["type"] == "attendance.LessonReported.v1"]
    for fact in [*facts, *facts, *reversed(facts)]:
        assert deliver("attendance", "count_attendance", fact) == []


def night(monkeypatch: pytest.MonkeyPatch, after: datetime) -> None:
    """The counting of the night after a day."""
    at(monkeypatch, local(today(after) + timedelta(days=1), time(2, 30)))
    for _ in range(2):
        run_schedule("attendance", "ask_totals")
    for fact in [f for f in outbox("attendance") if f["type"] == "attendance.TotalsAsked.v1"]:
        for _ in range(2):
            assert deliver("attendance", "run_totals", fact) == []


def ask(name: str, person: str, path: Mapping[str, str], **query: Any) -> Any:
    answer = call("attendance", name, person, path=path, query=query)
    assert answer.status == 200, answer.body
    return answer.body


def table(world: World, first: datetime, **query: Any) -> dict[str, Any]:
    span = {"firstDay": today(first).isoformat(), "lastDay": today(first).isoformat()}
    found = ask("read_statistics", world.staff("principal"), {"unit": world.unit}, **span, **query)
    return {row["value"]: row for row in found["data"]}


def test_a_pupil_sees_the_lesson_at_once(world: World) -> None:
    lessons, away, late = reported(world)
    guardian = next(p for p in world.classmates() if p.id == away).guardians[0].guardian_id
    day = {"firstDay": today(lessons[0].start).isoformat(), "lastDay": today(lessons[0].start).isoformat()}
    sums = ask("read_pupil_totals", guardian, {"pupil": away}, **day, by="hour")
    whole = sum(int((x.end - x.start).total_seconds()) // 60 for x in lessons)
    first = int((lessons[0].end - lessons[0].start).total_seconds()) // 60
    total = sums["total"]
    assert (total["offeredSum"], total["reportedSum"], total["invalidAbsenceSum"]) == (whole, whole, first)
    assert total["attendanceSum"] == whole - first
    assert sum(part["offeredSum"] for part in sums["parts"].values()) == whole
    other = ask("read_pupil_totals", world.klass.mentor_ids[0], {"pupil": late}, **day)
    assert (other["total"]["lateLessons"], other["total"]["invalidAbsenceSum"]) == (1, 10)
    assert any(row["action"] == "read_pupil_totals" for row in audit_rows(late))
    stranger = world.classmates()[-1].guardians[0].guardian_id
    assert call("attendance", "read_pupil_totals", stranger, path={"pupil": away}).status == 404


def test_counting_again_writes_nothing(world: World) -> None:
    reported(world)
    before = stored()
    tell()
    assert stored() == before


def test_a_class_is_listed_for_its_teachers_and_whole_for_its_mentors(world: World) -> None:
    _, away, _ = reported(world)
    path, span = {"group": world.klass.id}, {"firstDay": world.days[0].isoformat(), "limit": 100}
    teacher = next(t for x in world.of_class() for t in x.teachers if t not in world.klass.mentor_ids)
    mine = ask("list_group_totals", world.klass.mentor_ids[0], path, **span, scope="members")
    row = next(row for row in mine["data"] if row["pupil"] == away)
    assert row["sums"]["invalidAbsenceSum"] > 0
    assert len(mine["data"]) + mine["withheld"] == len(world.klass.pupil_ids)
    assert call(
        "attendance", "list_group_totals", teacher, path=path, query={"scope": "members"}
    ).status == 404  # fmt: skip
    first = ask("list_group_totals", world.klass.mentor_ids[0], path, **span | {"limit": 7})
    second = ask(
        "list_group_totals", world.klass.mentor_ids[0], path, **span | {"limit": 7}, cursor=first["cursor"]
    )
    assert not {r["pupil"] for r in first["data"]} & {r["pupil"] for r in second["data"]}


def test_the_night_counts_the_unit_and_corrections_come_the_night_after(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    lessons, away, _ = reported(world)
    first = lessons[0].start
    night(monkeypatch, first)
    minutes = int((lessons[0].end - first).total_seconds()) // 60
    for by in ("all", "class", "subject", "year", "hour", "weekday", "month"):
        rows = table(world, first, by=by)
        shown = [row["sums"] for row in rows.values() if row["sums"]]
        assert sum(sums["invalidAbsenceSum"] for sums in shown) == minutes + 10, by
    split = table(world, first, by="class", split="true")[world.klass.id]["sexes"]
    assert sum(sums["invalidAbsenceSum"] for sums in split.values()) == minutes + 10
    at(monkeypatch, lessons[0].end + timedelta(days=2))
    assert save(lessons[0], {away: {"attendanceMinutes": minutes, "invalidAbsenceMinutes": 0}}).status == 200
    tell()
    assert table(world, first, by="all")[""]["sums"]["invalidAbsenceSum"] == minutes + 10
    night(monkeypatch, first + timedelta(days=1))
    assert table(world, first, by="all")[""]["sums"]["invalidAbsenceSum"] == 10
    with acting_as("attendance"):
        assert store.due(10) == []


def test_teachers_are_listed_with_what_they_have_not_reported(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    lessons, _, _ = reported(world)
    night(monkeypatch, lessons[0].start)
    span = {"firstDay": world.days[0].isoformat(), "lastDay": world.days[0].isoformat(), "limit": 100}
    data = ask("list_reporting", world.staff("principal"), {"unit": world.unit}, **span)["data"]
    planned = {t for x in world.lessons if today(x.start) == world.days[0] for t in x.teachers}
    assert {row["teacher"] for row in data} == planned
    counts = [row["unreportedLessons"] for row in data]
    assert counts == sorted(counts, reverse=True)
    mine = {t for x in lessons for t in x.teachers}
    assert all(row["lessons"] > row["unreportedLessons"] for row in data if row["teacher"] in mine)


def test_a_pupil_who_changes_class_is_counted_in_each_for_its_days(
    world: World, tables: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    pupil = world.classmates()[2].id
    other = next(g for g in world.population.groups if g.kind == "class" and g.id != world.klass.id)
    start, moved = "2026-08-01", world.days[1].isoformat()
    rows = []
    for group, members in ((world.klass, set(world.klass.pupil_ids)), (other, set(other.pupil_ids))):
        stays = [{"person": p, "startDate": start} for p in sorted(members - {pupil})]
        mine = {"person": pupil, "startDate": moved}
        if group is world.klass:
            mine = {"person": pupil, "startDate": start, "endDate": world.days[0].isoformat()}
        rows.append(
            {
                "id": group.id, "unit": world.unit, "name": group.name, "groupType": "Klass",
                "teachers": [], "mentors": list(group.mentor_ids), "members": [*stays, mine],
            }
        )  # fmt: skip
    assert drop(tables, "organisation/groups/moved.jsonl", rows)["failed"] == 0
    for fact in [f for f in outbox("timetable") if f["type"] == "timetable.TimetablePublished.v1"]:
        for day in world.days[:2]:
            span = {"first_day": str(day), "last_day": str(day)}
            told = {**fact, "data": {**fact["data"], **span}}
            assert deliver("attendance", "prepare_sheets", told) == []
    with acting_as("attendance"):
        for day in world.days[:2]:
            totals.count_unit(world.unit, day)
        days = totals.pupil_days([PersonId(pupil)], world.days[0], world.days[1])
        for day, klass in zip(world.days[:2], (world.klass, other), strict=True):
            of_class = [d for d in days if d.day == day and d.group in (world.klass.id, other.id)]
            assert {d.group for d in of_class if pupil in d.pupils} == {klass.id}
            (cells,) = [c for on, c in store.unit_cells(world.unit, day, day)]
            sizes = {c.value: c.pupils for c in cells if c.dimension == "class" and not c.sex}
            grown = len(klass.pupil_ids) + (klass is other)
            assert sizes[klass.id] == grown


def test_a_pupil_who_leaves_the_unit_keeps_what_was_counted(
    world: World, tables: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    lessons, away, _ = reported(world)
    night(monkeypatch, lessons[0].start)
    day = world.days[0]
    with acting_as("attendance"):
        (before,) = [pupils for _, pupils in store.unit_pupils(world.unit, day, day)]
    pupil = next(p for p in world.classmates() if p.id == away)
    enrolment = {
        "enroledAt": str(pupil.unit_code), "schoolType": "GR", "schoolYear": pupil.year,
        "startDate": "2026-08-01", "endDate": day.isoformat(),
    }  # fmt: skip
    row = person_row(pupil) | {"enrolments": [enrolment]}
    assert drop(tables, "register/persons/left.jsonl", [row])["failed"] == 0
    with acting_as("attendance"):
        totals.count_unit(world.unit, day)
        assert list(store.unit_pupils(world.unit, day, day)) == [(day, before)]
    assert before[PersonId(away)].invalid > 0


def many(unit: UnitId, day: Any, count: int, marking: str = "Ingen") -> list[PersonId]:
    """A day with so many pupils, each with more absence than the one before."""
    people = [PersonId(new_id()) for _ in range(count)]
    with acting_as("register"):
        put_many(
            PersonItem(
                *profile_key(p), given_name=f"Elev{n}", family_name="Provsson",
                birth_date="2012-01-01", marking=marking,
            )
            for n, p in enumerate(people)
        )  # fmt: skip
    sums = {
        p: Sums(attendance=10_000 - n, invalid=n, reported=10_000, lessons=1) for n, p in enumerate(people)
    }
    with acting_as("attendance"):
        commit(*store.unit_day_writes(store.UnitDay(unit, day, (), (), sums), None))
    return people


def test_a_list_of_more_than_a_thousand_is_whole(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Page by page, and as a file."""
    at(monkeypatch, now())
    day, principal = world.days[0], world.staff("principal")
    people = many(world.unit, day, 1_234)
    span = {"firstDay": day.isoformat(), "lastDay": day.isoformat(), "share": 0, "minutes": 0}
    found: list[str] = []
    cursor: dict[str, Any] = {}
    while True:
        path = {"unit": world.unit}
        page = ask("list_absent_pupils", principal, path, **span, limit=100, **cursor)
        found += [row["pupil"] for row in page["data"]]
        if page["cursor"] is None:
            break
        cursor = {"cursor": page["cursor"]}
    assert found == people[::-1]
    over = ask("list_absent_pupils", principal, {"unit": world.unit}, **span | {"share": 12.0}, limit=1)
    assert over["data"][0]["sums"]["invalidAbsenceShare"] == 12.3
    assert len(exported(principal, world.unit, "xlsx", day)) == 1_235


def exported(person: str, unit: UnitId, format: Any, day: Any, **body: Any) -> list[tuple[str, ...]]:
    span = {"firstDay": day.isoformat(), "lastDay": day.isoformat(), "table": "pupils", "format": format}
    asked = call(
        "attendance", "export_attendance", person, path={"unit": unit}, body=span | body,
        headers={"idempotency-key": new_id()},
    )  # fmt: skip
    assert asked.status == 202, asked.body
    fact = next(f for f in outbox("attendance") if f["data"].get("job") == asked.body["id"])
    for _ in range(2):
        assert deliver("attendance", "write_export", fact) == []
    job = asked.body["id"]
    assert call("attendance", "link_attendance_export", person, path={"job": job}).status == 200
    key = f"exports/attendance/{job}/export_attendance.{format}"
    content = client("s3").get_object(Bucket=TABLES_BUCKET, Key=key)["Body"].read()
    return [row.texts for row in read_table(content, format)]


def test_files_of_tables_and_teachers(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    lessons, _, _ = reported(world)
    night(monkeypatch, lessons[0].start)
    principal, day = world.staff("principal"), world.days[0]
    rows = exported(principal, world.unit, "csv", day, table="statistics", by="class", split=True)
    assert {row[0] for row in rows[1:]} >= {world.klass.name}
    assert len(exported(principal, world.unit, "csv", day, table="reporting")) > 1


def test_a_protected_pupil_is_named_nowhere(
    world: World, tables: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    lessons, away, _ = reported(world)
    night(monkeypatch, lessons[0].start)
    principal, day = world.staff("principal"), world.days[0]
    before = exported(principal, world.unit, "csv", day)
    assert any(row[0] == away for row in before)
    pupil = next(p for p in world.classmates() if p.id == away)
    row = person_row(pupil) | {"securityMarking": "Sekretessmarkering"}
    assert drop(tables, "register/persons/protected.jsonl", [row])["failed"] == 0
    jobs = [f["data"]["job"] for f in outbox("attendance") if f["type"] == "attendance.ExportAsked.v1"]
    gone = call("attendance", "link_attendance_export", principal, path={"job": jobs[-1]})
    assert gone.status == 410
    assert not any(row[0] == away for row in exported(principal, world.unit, "csv", day))
    span = {"firstDay": day.isoformat(), "lastDay": day.isoformat(), "share": 0}
    page = ask("list_absent_pupils", principal, {"unit": world.unit}, **span, limit=100)
    assert away not in {row["pupil"] for row in page["data"]}
    assert page["withheld"] >= 1


def test_evenings_tell_how_many_homes_were_told(world: World) -> None:
    from functions.attendance.store import sweep_item

    counts = ({"unexcusedLessons": 4, "delivered": 3, "failed": 1}, {"unexcusedLessons": 2, "explained": 2})
    with acting_as("attendance"):
        commit(*(sweep_item(world.unit, day, c) for day, c in zip(world.days[:2], counts, strict=True)))
    span = {"firstDay": world.days[0].isoformat()}
    found = ask("read_notice_compliance", world.staff("principal"), {"unit": world.unit}, **span)
    assert (found["lessons"], found["told"], found["share"]) == (4, 3, 75.0)
    assert len(found["data"]) == 2

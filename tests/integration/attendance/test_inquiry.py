"""The investigation of absence in-process (process 23): the night, the case, who is told, who sees what."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, time, timedelta
from typing import Any

import pytest

from functions.access.guard import Duty
from functions.attendance import store as attendance
from functions.attendance.domain.lesson import Entry, Minutes, Sheet
from functions.attendance.extract import gather
from functions.attendance.store import inquiry as case_store
from functions.attendance.store import suggestions as suggestions_store
from functions.attendance.usecases import inquiry, inquiry_night
from functions.attendance.usecases.inquiry_rights import known_pupil, require_case, resource
from functions.register.domain.notices import Notice
from functions.register.store import matters
from functions.register.store.items import PersonItem
from infra.local.cloud import Cloud
from skolkit.clock import local
from skolkit.extracts import Requested
from skolkit.table import commit
from skolkit.types import LessonId, PersonId, UnitId, new_id
from tests.integration.test_attendance_day import at
from tests.support.areas import Answer, acting_as, audit_rows, call, deliver, outbox, run_schedule
from tests.support.meter import metered
from tests.support.world import World, drop, make_world, person_row

OFFICER, NURSE = PersonId(new_id()), PersonId(new_id())


@pytest.fixture
def world(tables: Cloud, monkeypatch: pytest.MonkeyPatch) -> World:
    """A school the morning after its last planned day, with a nurse and an attendance officer."""
    made = make_world(tables)
    people = [
        {"id": id, "givenName": "Prov", "familyName": "Person", "birthDate": "1980-01-31"}
        for id in (OFFICER, NURSE)
    ]
    drop(tables, "register/persons/more.jsonl", people)
    duties = [(OFFICER, "attendance_officer", None), (NURSE, "school_nurse", str(made.population.unit.code))]
    rows = [{"person": p, "role": r, "unit": u, "startDate": "2020-08-01"} for p, r, u in duties]
    drop(tables, "organisation/duties/more.jsonl", rows)
    later(monkeypatch, made, 1)
    return made


def later(monkeypatch: pytest.MonkeyPatch, world: World, days: int) -> None:
    """So many days after the last planned one."""
    at(monkeypatch, local(world.days[-1] + timedelta(days=days), time(9)))


def miss(world: World, pupil: str, days: list[date], *, valid: bool = False) -> None:
    """A pupil was away from all the class's lessons of some days."""
    with acting_as("attendance"):
        for lesson in (one for day in days for one in world.of_class(day)):
            sheet = attendance.sheet(LessonId(lesson.id))
            assert isinstance(sheet, Sheet)
            whole = sheet.minutes
            entry = Entry(Minutes(0, valid=whole) if valid else Minutes(0, invalid=whole))
            commit(attendance.deviation_item(PersonId(pupil), sheet, entry))


def night() -> None:
    """The schedule, and everything its fact leads to."""
    known = {f["id"] for f in outbox("attendance")}
    run_schedule("attendance", "watch_absence")
    for fact in outbox("attendance"):
        if fact["type"] == "attendance.InquiryWatchAsked.v1" and fact["id"] not in known:
            for _ in range(2):
                assert deliver("attendance", "run_absence_watch", fact) == []


def told(kind: str, template: str = "") -> list[dict[str, Any]]:
    facts = [f["data"] for f in outbox("attendance") if f["type"] == f"attendance.{kind}.v1"]
    return [f for f in facts if not template or f["template"] == template]


def suggestions(world: World, by: str = "") -> list[dict[str, Any]]:
    answer = call(
        "attendance", "list_inquiry_suggestions", by or world.staff("principal"), path={"unit": world.unit}
    )
    assert answer.status == 200, answer.body
    rows: list[dict[str, Any]] = answer.body["data"]
    return rows


def post(name: str, by: str, body: Any = None, **path: str) -> Answer:
    return call("attendance", name, by, path=path, body=body, headers={"idempotency-key": new_id()})


def opened(world: World, pupil: str, **body: Any) -> dict[str, Any]:
    answer = post("open_inquiry", world.staff("principal"), body, pupil=pupil)
    assert answer.status == 201, answer.body
    found: dict[str, Any] = answer.body
    return found


def note(case: str, by: str, kind: str, code: str, **other: Any) -> Answer:
    body = {"kind": kind, "code": code, "day": other.pop("day", world_day()).isoformat(), **other}
    return post("add_inquiry_note", by, body, inquiry=case)


def world_day() -> date:
    """Today, as the frozen clock has it."""
    found: date = vars(inquiry)["today"]()
    return found


def read(case: str, by: str) -> Answer:
    return call("attendance", "read_inquiry", by, path={"inquiry": case})


def test_the_night_suggests_once_and_tells_principal_and_mentor_how_many(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    away, there = world.classmates()[0].id, world.classmates()[1].id
    miss(world, away, world.days[:3])
    miss(world, there, world.days[:1], valid=True)
    night()
    rows = suggestions(world)
    assert {row["pupil"] for row in rows} == {away}
    assert {row["cause"] for row in rows} >= {"share", "unexcusedDays"}
    days = next(row for row in rows if row["cause"] == "unexcusedDays")
    assert days["reasons"][0]["figures"]["days"] == 3
    assert days["rules"] == "inquiry-1"
    digests = told("MessageDue", "inquiry_suggestions")
    recipients = {one for digest in digests for one in digest["recipients"]}
    assert recipients == {world.staff("principal"), *world.klass.mentor_ids}
    assert {digest["values"]["count"] for digest in digests} == {str(len(rows))}
    assert all(digest["about"] is None for digest in digests)
    at(monkeypatch, local(world_day(), time(9, 5)))  # started again by hand
    night()
    assert told("MessageDue", "inquiry_suggestions") == digests
    later(monkeypatch, world, 2)
    night()
    assert suggestions(world) == rows
    assert told("MessageDue", "inquiry_suggestions") == digests


def test_granted_leave_is_no_cause(world: World) -> None:
    pupil = world.classmates()[0].id
    miss(world, pupil, world.days, valid=True)
    with acting_as("attendance"):
        rows = list(attendance.DeviationItem.query(f"PUPIL#{pupil}"))
        for row in rows:
            row.reason = next(iter(suggestions_store.LEAVE))
            commit(row)
    night()
    assert suggestions(world) == []


def test_a_dismissed_suggestion_rests_and_leaves_its_reason(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    pupil, head = world.classmates()[0].id, world.staff("principal")
    miss(world, pupil, world.days[:3])
    night()
    for row in suggestions(world):
        path = {"pupil": pupil, "suggestion": row["id"]}
        answer = post("dismiss_suggestion", head, {"reason": "known"}, **path)
        assert (answer.status, answer.body["state"]) == (200, "dismissed")
        again = post("dismiss_suggestion", head, {"reason": "known"}, **path)
        assert (again.status, again.body["type"]) == (409, "urn:skolkit:problem:suggestion-decided")
    assert suggestions(world) == []
    later(monkeypatch, world, 2)
    night()
    assert suggestions(world) == []
    rows = [row for row in audit_rows(pupil) if row["action"] == "dismiss_suggestion"]
    assert {row["reason"] for row in rows} == {"known"}


def test_a_units_own_thresholds_are_versions(world: World) -> None:
    head, path = world.staff("principal"), {"unit": world.unit}
    body = {
        "share": 99,
        "unexcusedDays": 30,
        "weekdayTimes": 9,
        "subjectShare": 100,
        "validFrom": str(world_day()),
    }

    def put(version: int, **other: Any) -> Answer:
        return call(
            "attendance", "change_inquiry_rules", head, path=path, body=body | other,
            headers={"if-match": f'"{version}"'},
        )  # fmt: skip

    assert put(0, validFrom="2026-07-01").status == 422
    assert put(0).status == 200
    assert put(0).status == 412
    seen = call("attendance", "read_inquiry_rules", head, path=path)
    assert (seen.body["inForce"]["id"], seen.body["inForce"]["share"]) == ("inquiry-unit-1", 99)
    assert [row["action"] for row in audit_rows(world.unit)][-1] == "change_inquiry_rules"
    miss(world, world.classmates()[0].id, world.days[:3])
    night()
    assert suggestions(world) == []
    case = opened(world, world.classmates()[0].id)
    assert read(case["id"], head).body["rules"] == "inquiry-unit-1"


def test_opening_tells_the_organiser_at_once_and_takes_what_was_suggested(world: World) -> None:
    pupil, head = world.classmates()[0].id, world.staff("principal")
    miss(world, pupil, world.days[:3])
    night()
    causes = {row["cause"] for row in suggestions(world)}
    case = opened(world, pupil, team=[NURSE])
    assert suggestions(world) == []
    (fact,) = told("InquiryOpened")
    assert (fact["inquiry"], fact["pupil"], fact["unit"]) == (case["id"], pupil, world.unit)
    (due,) = told("MessageDue", "inquiry_opened")
    assert {OFFICER, world.staff("administrator")} <= set(due["recipients"])
    seen = read(case["id"], head).body
    assert seen["organiserTold"]
    assert {reason["cause"] for reason in seen["reasons"]} == causes
    second = post("open_inquiry", head, {}, pupil=pupil)
    assert (second.status, second.body["type"]) == (409, "urn:skolkit:problem:inquiry-is-open")
    night()
    assert suggestions(world) == []


def test_an_opening_sent_twice_is_one_case(world: World) -> None:
    key = {"idempotency-key": new_id()}
    first, again = (
        call(
            "attendance", "open_inquiry", world.staff("principal"), path={"pupil": world.classmates()[0].id},
            body={}, headers=key,
        )
        for _ in range(2)
    )  # fmt: skip
    assert first.body == again.body
    assert len(told("InquiryOpened")) == 1


def test_another_home_municipality_is_told_once(world: World, tables: Cloud) -> None:
    pupil = world.classmates()[0]
    with acting_as("register"):
        profile = PersonItem.get(f"PERSON#{pupil.id}", "PROFILE")
        profile.municipality = "0180"
        commit(profile)
    opened(world, pupil.id)
    opened(world, world.classmates()[1].id)
    facts = [f for f in outbox("attendance") if f["type"] == "attendance.InquiryOpened.v1"]
    assert len(facts) == 2
    for fact in [*facts, *facts]:
        assert deliver("register", "tell_of_inquiry", fact) == []
    drawn = [f for f in outbox("register") if f["type"] == "register.NoticeDrawnUp.v1"]
    assert [fact["data"]["pupil"] for fact in drawn] == [pupil.id]
    assert deliver("register", "write_notice", *drawn) == []
    with acting_as("register"):
        found = matters.find(Notice, pupil.id, drawn[0]["data"]["notice"])
    assert found
    notice = found[1]
    assert (notice.purpose, notice.code, notice.law) == ("absenceInquiry", "0180", "skollagen 7:22")
    key = next(key for kind, key, _ in notice.documents if kind == "text")
    text = tables.client("s3").get_object(Bucket="skolkit-documents-000000000000-eu-north-1", Key=key)
    assert "elevs frånvaro utreds" in text["Body"].read().decode()


def test_only_those_with_a_task_read_a_case(world: World) -> None:
    pupil, mentor = world.classmates()[0], world.klass.mentor_ids[0]
    case = opened(world, pupil.id, team=[NURSE])["id"]
    teacher = next(t for x in world.of_class() for t in x.teachers if t not in world.klass.mentor_ids)
    for who in (world.staff("principal"), mentor, NURSE):
        assert read(case, who).status == 200
        assert note(case, who, "measure", "contactPerson").status == 201
    home = pupil.guardians[0].guardian_id
    for who in (teacher, world.staff("administrator"), OFFICER, home, pupil.id):
        assert read(case, who).status == 404
        assert note(case, who, "measure", "contactPerson").status == 404
    assert (
        post("close_inquiry", mentor, {"outcome": "noCause", "effect": "unknown"}, inquiry=case).status == 404
    )
    counts = call(
        "attendance", "count_inquiries", world.staff("administrator"), path={"unit": world.unit}
    ).body
    assert (counts["open"], counts["closed"], counts["suggestions"]) == (1, 0, 0)
    assert [row["action"] for row in audit_rows(pupil.id)].count("read_inquiry") == 3


def test_who_no_longer_works_there_has_no_part_in_a_case(world: World) -> None:
    found = case_store.find_case(opened(world, world.classmates()[0].id, team=[NURSE])["id"])
    assert found
    for unit, there in ((world.unit, True), (None, True), (UnitId(new_id()), False)):
        known = resource(found[1], [Duty("school_nurse", unit)], protected=False)
        assert (NURSE in known.team) == there
    assert not resource(found[1], (), protected=False).team


def test_nobody_from_outside_the_unit_works_on_a_case(world: World) -> None:
    pupil, head = world.classmates()[0], world.staff("principal")
    outsider = pupil.guardians[0].guardian_id
    refused = post("open_inquiry", head, {"team": [outsider]}, pupil=pupil.id)
    assert (refused.status, refused.body["type"]) == (422, "urn:skolkit:problem:not-of-the-unit")
    case = opened(world, pupil.id)

    def assign(version: int, **body: Any) -> Answer:
        return call(
            "attendance", "assign_inquiry", head, path={"inquiry": case["id"]}, body=body,
            headers={"if-match": f'"{version}"'},
        )  # fmt: skip

    assert assign(1, handler=outsider).status == 422
    assert assign(1, handler=NURSE).status == 200
    assert assign(1, handler=head).status == 412
    mine = call("attendance", "list_my_inquiries", NURSE).body["data"]
    assert [row["id"] for row in mine] == [case["id"]]
    assert call("attendance", "list_my_inquiries", head).body["data"] == []


def test_a_day_of_follow_up_is_reminded_of_until_it_is_noted(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    head = world.staff("principal")
    case = opened(world, world.classmates()[0].id, handler=NURSE)["id"]
    day = world_day() + timedelta(days=3)
    assert note(case, head, "plannedFollowUp", "followUp", day=day).body["followUps"] == [str(day)]

    def morning(days: int) -> list[str]:
        later(monkeypatch, world, days)
        before = len(told("MessageDue", "inquiry_follow_up"))
        for _ in range(2):
            run_schedule("attendance", "remind_of_follow_ups")
        return [who for due in told("MessageDue", "inquiry_follow_up")[before:] for who in due["recipients"]]

    assert morning(3) == []
    assert morning(4) == [NURSE]
    assert morning(5) == [NURSE]
    assert morning(6) == []
    other = note(case, NURSE, "plannedFollowUp", "followUp", day=world_day() + timedelta(days=1))
    assert other.status == 201
    done = note(case, NURSE, "followUp", "improved", day=world_day() + timedelta(days=1), text="Kommer nu")
    assert done.body["followUps"] == [str(day)]
    assert morning(7) == []


def test_the_home_sees_what_is_shared_and_nothing_else(world: World) -> None:
    pupil, head = world.classmates()[0], world.staff("principal")
    miss(world, pupil.id, world.days[:3])
    night()
    case = opened(world, pupil.id)["id"]
    assert note(case, head, "finding", "home", text="Hemlig iakttagelse").status == 201
    assert note(case, head, "measure", "contactPerson", text="Varje måndag", shared=True).status == 201
    assert note(case, head, "measure", "healthTeamContact", text="Inte delat").status == 201
    follow = world_day() + timedelta(days=5)
    assert note(case, head, "plannedFollowUp", "followUp", day=follow).status == 201
    for guardian in (one.guardian_id for one in pupil.guardians):
        seen = call("attendance", "read_shared_inquiries", guardian, path={"pupil": pupil.id})
        (one,) = seen.body["data"]
        assert [(n["code"], n["text"]) for n in one["shared"]] == [("contactPerson", "Varje måndag")]
        assert one["followUps"] == [str(follow)]
        assert not {"handler", "unit", "reasons"} & set(one)
        assert "Hemlig" not in json.dumps(seen.body, ensure_ascii=False)
    assert call("attendance", "read_shared_inquiries", pupil.id, path={"pupil": pupil.id}).status == 404
    mates_home = next(
        g.guardian_id for p in world.classmates()[1:] for g in p.guardians
        if g.guardian_id not in {x.guardian_id for x in pupil.guardians}
    )  # fmt: skip
    assert call("attendance", "read_shared_inquiries", mates_home, path={"pupil": pupil.id}).status == 404
    facts = json.dumps(outbox("attendance"), ensure_ascii=False) + json.dumps(audit_rows(pupil.id))
    assert "Hemlig" not in facts
    assert "måndag" not in facts
    with acting_as("attendance"):
        sections = gather(Requested(request="r", person=PersonId(pupil.id), contacts=False))
    text = json.dumps([one.model_dump() for one in sections], ensure_ascii=False)
    assert "Varje måndag" in text
    assert "Hemlig" not in text
    assert "lämnas efter sekretessprövning" in text


def test_closing_ends_it_and_rests(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    pupil, head = world.classmates()[0].id, world.staff("principal")
    miss(world, pupil, world.days[:3])
    night()
    case = opened(world, pupil)["id"]
    body = {"outcome": "supportGoesOn", "effect": "improved"}
    closed = post("close_inquiry", head, body, inquiry=case)
    assert (closed.status, closed.body["outcome"]) == (200, "supportGoesOn")
    assert post("close_inquiry", head, body, inquiry=case).status == 409
    assert note(case, head, "step", "analysing").status == 409
    listed = call("attendance", "list_inquiries", head, path={"unit": world.unit}).body["data"]
    assert listed == []
    later(monkeypatch, world, 2)
    night()
    assert suggestions(world) == []
    history = call("attendance", "list_pupil_inquiries", head, path={"pupil": pupil}).body
    assert [row["id"] for row in history["inquiries"]] == [case]
    assert [f["outcome"] for f in told("InquiryClosed")] == ["supportGoesOn"]


def test_a_mentor_proposes_and_the_principal_decides(world: World) -> None:
    pupil, mentor = world.classmates()[0].id, world.klass.mentor_ids[0]
    proposed = post("propose_inquiry", mentor, pupil=pupil)
    assert proposed.status == 201, proposed.body
    assert post("propose_inquiry", mentor, pupil=pupil).status == 409
    assert post("open_inquiry", mentor, {}, pupil=pupil).status == 404
    (due,) = told("MessageDue", "inquiry_proposed")
    assert due["recipients"] == [world.staff("principal")]
    assert [(row["cause"], row["proposedBy"]) for row in suggestions(world)] == [("proposed", mentor)]
    opened(world, pupil)
    assert suggestions(world) == []


def test_notes_at_the_same_moment_both_stand(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    head = world.staff("principal")
    case = opened(world, world.classmates()[0].id)["id"]
    real, once = require_case, iter([True])

    def slow(*args: Any) -> Any:
        found = real(*args)
        if next(once, False):
            assert note(case, head, "measure", "homeContact").status == 201
        return found

    monkeypatch.setattr(inquiry, "require_case", slow)
    assert note(case, head, "measure", "contactPerson").status == 201
    codes = [one["code"] for one in read(case, head).body["notes"]]
    assert sorted(codes) == ["contactPerson", "homeContact"]


def test_a_case_ends_when_the_pupil_leaves(world: World) -> None:
    pupil, head = world.classmates()[0].id, world.staff("principal")
    miss(world, pupil, world.days[:3])
    case = opened(world, pupil)["id"]
    other = world.classmates()[1].id
    miss(world, other, world.days[:3])
    night()
    assert suggestions(world)
    for who in (pupil, other):
        left = call(
            "register", "leave_school", world.staff("administrator"), path={"person": who},
            body={"lastDay": str(world_day() - timedelta(days=1)), "reason": "independentSchool"},
            headers={"idempotency-key": new_id()},
        )  # fmt: skip
        assert left.status == 201, left.body
    facts = [f for f in outbox("register") if f["type"] == "register.EnrolmentEnded.v1"]
    for fact in [*facts, *reversed(facts)]:
        assert deliver("attendance", "follow_pupil", fact) == []
    assert [(f["inquiry"], f["outcome"]) for f in told("InquiryClosed")] == [(case, "leftSchool")]
    assert suggestions(world) == []
    assert call("attendance", "list_inquiries", head, path={"unit": world.unit}).body["data"] == []


def test_a_case_follows_to_the_new_unit(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    head, elsewhere = world.staff("principal"), UnitId(new_id())
    case = opened(world, world.classmates()[0].id, team=[NURSE])["id"]
    pupil = known_pupil(PersonId(world.classmates()[0].id))
    assert pupil
    there = replace(pupil, unit=elsewhere)
    monkeypatch.setattr(inquiry_night, "known_pupil", lambda _: there)
    with acting_as("attendance"):
        for _ in range(2):
            inquiry_night.follow_pupil(PersonId(world.classmates()[0].id))
    (moved,) = told("InquiryMoved")
    assert (moved["inquiry"], moved["from_unit"], moved["unit"]) == (case, world.unit, elsewhere)
    for who in (head, NURSE):
        assert read(case, who).status == 404
    assert read(case, world.klass.mentor_ids[0]).status == 200


def test_what_was_missed_under_a_closed_record_counts_with_the_kept_one(world: World, tables: Cloud) -> None:
    one, double = world.classmates()[0], PersonId(new_id())
    same = {name: value for name, value in person_row(one).items() if name in {"givenName", "familyName"}}
    row = {"id": double, "birthDate": person_row(one)["birthDate"], **same}
    drop(tables, "register/persons/double.jsonl", [row])
    miss(world, double, world.days[:3])
    merged = call(
        "register", "merge_persons", world.staff("administrator"), path={"person": one.id},
        body={"duplicate": double}, headers={"idempotency-key": new_id()},
    )  # fmt: skip
    assert merged.status == 201, merged.body
    facts = [f for f in outbox("register") if f["type"] == "register.PersonsMerged.v1"]
    for fact in [*facts, *facts]:
        assert deliver("attendance", "follow_merge", fact) == []
    night()
    assert {r["pupil"] for r in suggestions(world)} == {one.id}


def test_a_protected_pupil_is_withheld_from_who_acts_in_the_principals_stead(world: World) -> None:
    head, pupil = world.staff("principal"), world.classmates()[0].id
    with acting_as("register"):
        profile = PersonItem.get(f"PERSON#{pupil}", "PROFILE")
        profile.marking = "Sekretessmarkering"
        commit(profile)
    case = opened(world, pupil)["id"]
    assert read(case, head).status == 200
    listed = call("attendance", "list_inquiries", head, path={"unit": world.unit}).body["data"]
    assert listed[0]["pupil"] == pupil
    staff, mentors = world.population.staff, world.klass.mentor_ids
    stand_in = next(s.id for s in staff if s.role == "teacher" and s.id not in mentors)
    actions = ["attendance:list_inquiries", "attendance:read_inquiry", "attendance:open_inquiry"]
    made = call(
        "organisation", "delegate", head, path={"unit": world.unit, "employee": stand_in},
        body={"actions": actions, "basis": "skollagen 2:10", "startDate": str(world_day()),
              "endDate": str(world_day())},
        headers={"idempotency-key": new_id()},
    )  # fmt: skip
    assert made.status == 201, made.body
    listed = call("attendance", "list_inquiries", stand_in, path={"unit": world.unit}).body["data"]
    assert [(row["withheld"], row["pupil"], row["givenName"]) for row in listed] == [(True, None, None)]
    assert read(case, stand_in).status == 404


def test_lists_lead_to_the_next_page(world: World) -> None:
    head = world.staff("principal")
    made = {opened(world, pupil.id)["id"] for pupil in world.classmates()[:3]}
    seen: set[str] = set()
    cursor: dict[str, Any] = {}
    for _ in range(3):
        page = call(
            "attendance", "list_inquiries", head, path={"unit": world.unit}, query={"limit": 1, **cursor}
        ).body
        seen |= {row["id"] for row in page["data"]}
        cursor = {"cursor": page["cursor"]}
    assert seen == made


def test_a_night_asks_once_for_each_pupil_and_once_for_each_group(world: World) -> None:
    """Of sixty pupils nobody is suggested: their days, and what the unit, its groups and days cost."""
    day, unit = world_day(), world.unit
    pupils = sorted(PersonId(pupil.id) for pupil in world.population.pupils)
    with acting_as("attendance"), metered() as use:
        assert inquiry_night.look_at(unit, pupils, day) == 0
    queries = [name for name in use.operations if name == "Query"]
    groups = {group.id for group in world.population.groups}
    assert len(queries) <= len(pupils)
    batches = 2 + len(groups) * 25 // 100 + 3  # pupils; groups' days; calendars
    assert use.trips - len(queries) <= batches
    assert use.writes == 0


def test_a_suggestion_costs_four_round_trips(world: World) -> None:
    pupil = PersonId(world.classmates()[0].id)
    with acting_as("attendance"), metered() as alone:
        inquiry_night.look_at(world.unit, [pupil], world_day())
    miss(world, pupil, world.days[:3])
    with acting_as("attendance"), metered() as use:
        made = inquiry_night.look_at(world.unit, [pupil], world_day())
    assert made > 0
    assert use.trips == alone.trips + 1 + 2 * made
    assert use.writes <= made * 10

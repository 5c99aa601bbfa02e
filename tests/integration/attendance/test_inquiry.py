"""The investigation of absence in-process (process 23): the case, who is told, who sees what."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from functions.access.guard import Duty
from functions.attendance.extract import gather
from functions.attendance.store import inquiry as case_store
from functions.attendance.usecases import inquiry, inquiry_night
from functions.attendance.usecases.inquiry_rights import known_pupil, require_case, resource
from functions.register.domain.notices import Notice
from functions.register.store import matters
from functions.register.store.items import PersonItem
from infra.local.cloud import Cloud
from skolkit.extracts import Requested
from skolkit.table import commit
from skolkit.types import PersonId, UnitId, new_id
from tests.support.areas import Answer, acting_as, audit_rows, call, deliver, outbox, run_schedule
from tests.support.inquiries import (
    NURSE,
    OFFICER,
    later,
    miss,
    night,
    note,
    opened,
    post,
    read,
    school_with_officers,
    suggestions,
    told,
    world_day,
)
from tests.support.world import World


@pytest.fixture
def world(tables: Cloud, monkeypatch: pytest.MonkeyPatch) -> World:
    return school_with_officers(tables, monkeypatch)


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

"""Notes and written assessments in-process (process 30): noted once, drafted from, missing by teacher,
published at one moment, read with a receipt, changed in versions.
"""

from __future__ import annotations

from datetime import timedelta

import pytest

from functions.assessment.domain.notes import MOST_ROWS
from skolkit.clock import now, stamp, today
from skolkit.types import new_id
from tests.integration.test_attendance_day import at
from tests.support.areas import audit_rows, call, deliver, run_schedule
from tests.support.assessing import (
    SUBJECTS,
    code,
    envelopes,
    facts,
    get,
    homes,
    judge,
    note_body,
    opened,
    post,
    publish,
    published,
    put,
    round_body,
    year_of,
)
from tests.support.world import World


def test_what_is_noted_once_is_what_the_assessment_is_drafted_from(world: World) -> None:
    pupil, guardian, _ = homes(world)
    mentor = world.klass.mentor_ids[0]
    hidden = post("add_note", mentor, note_body(text="Behöver stöd", level=0), pupil=pupil, subject="MA")
    assert hidden.status == 201, hidden.body
    assert hidden.body["levelText"] == "ännu inte godtagbara kunskaper"
    rows = [
        {"pupil": p, "points": 18, "shared": True, "text": "Bra prov"} for p in world.klass.pupil_ids[:20]
    ]
    body = {"subject": "MA", "day": today().isoformat(), "title": "Prov", "most": 20, "rows": rows}
    many = post("add_group_notes", mentor, body, group=world.klass.id)
    size = len(rows)
    assert (many.status, len(many.body["notes"])) == (201, size), many.body
    again = post("add_note", mentor, note_body(level=2, shared=True), pupil=pupil, subject="MA")

    round = opened(world)["id"]
    work = get("read_judgement", mentor, pupil=pupil, round=round, subject="MA").body
    suggested = {one["area"]: one for one in work["suggested"]}
    assert suggested["Taluppfattning"] == {
        "area": "Taluppfattning", "level": 2, "notes": 2, "text": "Räknar säkert",
    }  # fmt: skip
    assert "stöd" not in str(work["suggested"])  # what is not shared was not written for the home
    assert work["judgement"] is None

    seen = get("list_notes", guardian, {"subject": "MA"}, pupil=pupil).body["data"]
    assert {note["text"] for note in seen} == {"Bra prov", "Räknar säkert"}
    assert len(get("list_notes", mentor, {"subject": "MA"}, pupil=pupil).body["data"]) == 3
    page = get("list_group_notes", mentor, {"limit": size - 5}, group=world.klass.id).body
    rest = get(
        "list_group_notes", mentor, {"limit": size - 5, "cursor": page["cursor"]}, group=world.klass.id
    ).body
    assert (len(page["data"]), len(rest["data"]), rest["cursor"]) == (size - 5, 5, None)

    place = {"pupil": pupil, "subject": "MA", "note": again.body["id"]}
    assert code(put("change_note", mentor, 2, note_body(), **place)) == (412, "changed-meanwhile")
    assert put("change_note", mentor, 1, note_body(text="<script>"), **place).body["text"] == "<script>"
    assert put("remove_note", mentor, 2, **place).status == 204
    assert len(get("list_notes", mentor, {"subject": "MA"}, pupil=pupil).body["data"]) == 2
    assert [row["action"] for row in audit_rows(pupil)].count("list_notes") == 3


def test_a_note_says_something_that_can_be_said(world: World) -> None:
    pupil, _, _ = homes(world)
    mentor, tomorrow = world.klass.mentor_ids[0], (today() + timedelta(days=1)).isoformat()
    for body, refusal in (
        (note_body(level=3), "unknown-level"),
        (note_body(level=None, text=""), "empty-note"),
        (note_body(points=21, most=20), "wrong-points"),
        (note_body(points=21), "wrong-points"),
        (note_body(day=tomorrow), "not-of-this-year"),
        (note_body(text="x" * 2001), "invalid"),
    ):
        assert code(post("add_note", mentor, body, pupil=pupil, subject="MA")) == (422, refusal), body
    rows = [{"pupil": new_id(), "level": 1}]
    body = {"subject": "MA", "day": today().isoformat(), "rows": rows}
    assert code(post("add_group_notes", mentor, body, group=world.klass.id)) == (422, "not-in-group")
    twice = body | {"rows": [{"pupil": pupil, "level": 1}] * 2}
    assert code(post("add_group_notes", mentor, twice, group=world.klass.id)) == (422, "pupil-twice")
    most = body | {"rows": rows * (MOST_ROWS + 1)}
    assert code(post("add_group_notes", mentor, most, group=world.klass.id)) == (422, "invalid")
    assert code(post("add_note", mentor, note_body(), pupil=pupil, subject="../x")) == (404, "not-found")
    assert envelopes("AssessmentPublished") == []


def test_a_round_is_published_when_it_is_whole_and_all_homes_read_it_at_once(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    mentor, head = world.klass.mentor_ids[0], world.staff("principal")
    round = opened(world)["id"]
    members = [p.id for p in world.population.pupils if p.year == year_of(world)]
    lacking = get("list_missing_assessments", head, {"limit": 1}, unit=world.unit, round=round).body
    assert lacking["cursor"]
    refused = publish(world, round)
    assert code(refused) == (409, "not-whole")
    assert refused.body["title"].startswith(f"{len(members) * len(SUBJECTS)} omdömen")
    mine = get("list_my_missing_assessments", mentor).body["data"]
    assert {row["subject"] for row in mine} == set(SUBJECTS)
    assert all(mentor in row["teachers"] for row in mine)
    for group in world.population.groups:
        if group.kind == "class":
            for member in set(group.pupil_ids) & set(members):
                for subject in SUBJECTS:
                    assert judge(round, member, group.mentor_ids[0], subject).status == 200
    assert get("list_my_missing_assessments", mentor).body["data"] == []

    pupil, guardian, _ = homes(world)
    later = now() + timedelta(hours=2)
    assert code(publish(world, round, publishAt=stamp(now() - timedelta(hours=1)))) == (422, "not-ahead")
    done = publish(world, round, publishAt=stamp(later))
    assert (done.status, done.body["incomplete"]) == (200, False), done.body
    sooner = publish(world, round, publishAt=stamp(now() + timedelta(hours=1)))
    assert sooner.status == 200, sooner.body
    assert publish(world, round, publishAt=stamp(later)).status == 200  # a moment that lies ahead is moved
    place = {"unit": world.unit, "round": round}
    anew = put("change_assessment_round", head, 4, round_body([5]), **place)
    assert code(anew) == (409, "round-published")
    assert get("list_assessments", guardian, pupil=pupil).body["data"] == []
    unread = call("assessment", "mark_assessments_read", guardian, path={"pupil": pupil, "round": round})
    assert code(unread) == (404, "not-found")
    run_schedule("assessment", "tell_of_publications")
    assert envelopes("TellingAsked") == []

    at(monkeypatch, later + timedelta(minutes=1))
    assert code(publish(world, round)) == (409, "round-published")
    seen = get("list_assessments", guardian, pupil=pupil).body["data"]
    assert {one["judgement"]["subject"] for one in seen} == set(SUBJECTS)
    for _ in range(2):
        run_schedule("assessment", "tell_of_publications")
    for _ in range(2):
        assert deliver("assessment", "tell_of_assessments", *envelopes("TellingAsked")) == []
    told = facts("MessageDue", "assessment_published")
    assert len(told) == len({fact["about"] for fact in told}) == len(members)
    assert set(next(f for f in told if f["about"] == pupil)["recipients"]) == set(homes(world)[1:])


def test_what_a_home_has_read_is_changed_in_a_new_version(world: World) -> None:
    pupil, guardian, other = homes(world)
    mentor = world.klass.mentor_ids[0]
    round = published(world, pupil)
    place = {"pupil": pupil, "round": round}
    for _ in range(2):
        assert call("assessment", "mark_assessments_read", guardian, path=place).status == 204
    receipts = get("list_assessment_receipts", mentor, **place).body
    assert [one["person"] for one in receipts["read"]] == [guardian]
    assert receipts["unread"] == [other]
    assert code(get("list_assessment_receipts", guardian, **place)) == (404, "not-found")

    assert code(judge(round, pupil, mentor, version=1, ready=False)) == (409, "draft-too-late")
    assert code(judge(round, pupil, mentor, version=1, level=2)) == (422, "reason-missing")
    assert code(judge(round, pupil, mentor, version=2, level=2)) == (412, "changed-meanwhile")
    changed = judge(round, pupil, mentor, version=1, level=2, reason="Nytt underlag")
    assert (changed.status, changed.body["number"]) == (200, 2), changed.body
    seen = {
        one["judgement"]["subject"]: one
        for one in get("list_assessments", guardian, pupil=pupil).body["data"]
    }
    assert seen["MA"]["judgement"]["levelText"] == "mer än godtagbara kunskaper"
    assert [(one["number"], one["level"]) for one in seen["MA"]["earlier"]] == [(1, 1)]
    (fact,) = facts("AssessmentChanged")
    assert fact == {"round": round, "pupil": pupil, "subject": "MA", "version": 2}
    assert len(facts("MessageDue", "assessment_changed")) == 1


def test_an_assessment_is_of_its_round_its_scale_and_its_teacher(world: World) -> None:
    pupil, _, _ = homes(world)
    mentor, head = world.klass.mentor_ids[0], world.staff("principal")
    round = opened(world)["id"]
    assert code(judge(round, pupil, mentor, level=5)) == (422, "unknown-level")
    assert code(judge(round, pupil, mentor, areas=[{"name": "Tal", "level": 9}])) == (422, "unknown-level")
    assert code(judge(round, pupil, mentor, text="")) == (422, "not-ready")
    assert code(judge(round, pupil, mentor, level=None)) == (422, "not-ready")
    assert judge(round, pupil, mentor, level=None, text="", ready=False).status == 200
    assert code(judge(round, pupil, mentor, "SL")) == (422, "not-in-round")
    assert code(judge(round, pupil, head)) == (404, "not-found")
    assert code(judge(new_id(), pupil, mentor)) == (404, "not-found")
    other = opened(world, years=[9])["id"]
    assert code(judge(other, pupil, mentor)) == (422, "not-in-round")
    first = (today() + timedelta(days=1)).isoformat()
    coming = opened(world, firstDay=first)["id"]
    assert code(judge(coming, pupil, mentor)) == (409, "round-not-begun")
    body = round_body([10])
    assert code(post("open_assessment_round", head, body, unit=world.unit)) == (422, "year-not-of-form")
    turned = round_body([5], lastDay="2020-01-01")
    assert code(post("open_assessment_round", head, turned, unit=world.unit)) == (422, "wrong-span")
    place = {"unit": world.unit, "round": round}
    assert code(put("change_assessment_round", head, 2, round_body([5]), **place)) == (
        412,
        "changed-meanwhile",
    )
    assert put("change_assessment_round", head, 1, round_body([5], title="Ny"), **place).body["title"] == "Ny"
    listed = get("list_assessment_rounds", mentor, unit=world.unit).body["data"]
    assert [one["id"] for one in listed] == [coming, other, round]


def test_the_same_put_twice_is_told_once_and_two_at_once_never_overwrite(world: World) -> None:
    pupil, _, _ = homes(world)
    mentor = world.klass.mentor_ids[0]
    round = opened(world)["id"]
    assert judge(round, pupil, mentor).status == 200
    assert code(judge(round, pupil, mentor, text="Samtidigt")) == (412, "changed-meanwhile")
    sheet = get("list_group_judgements", mentor, {"subject": "MA"}, group=world.klass.id, round=round).body
    assert [row["pupil"] for row in sheet["rows"] if row["ready"]] == [pupil]

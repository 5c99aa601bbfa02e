"""Forms: asked per child, guardian or person, filled in until the deadline, followed up."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from functions.messages.domain import forms as rules
from functions.messages.store import forms as store
from infra.local.cloud import Cloud
from skolkit.clock import now, today
from skolkit.errors import ChangedMeanwhile
from skolkit.table import commit
from skolkit.types import new_id
from tests.integration.test_attendance_day import at
from tests.support.areas import acting_as, audit_rows, call, deliver
from tests.support.asks import new_key, over
from tests.support.forms import (
    ALLERGIC,
    ANSWERS,
    QUESTIONS,
    asked,
    code,
    counts,
    draft,
    family,
    fill,
    form,
    form_body,
    listed,
    moved,
    own,
    phrases,
    statistics,
)
from tests.support.letters import audience, custody_ended, handed, tick, told
from tests.support.meter import metered
from tests.support.world import World, make_world


@pytest.fixture
def world(tables: Cloud) -> World:
    return make_world(tables)


def test_one_answer_about_a_child_the_last_holds_and_the_earlier_is_kept(world: World) -> None:
    pupil, one, other = family(world)
    id = form(world)
    handed("tell_about_form", "FormDue", times=2)
    mine = told("new_form")
    assert len(mine) == len(set(mine))
    assert {one, other} <= set(mine)
    (row,) = [r for r in asked(one) if r["form"] == id and r["person"] == pupil.id]
    assert row["answered"] is False
    first = fill(one, pupil.id, id)
    assert (first.status, first.body["version"], first.headers["etag"]) == (200, 1, '"1"')
    assert first.body["own"]
    seen = own(other, pupil.id, id).body
    assert (seen["version"], seen["own"], seen["answered"]) == (1, False, True)
    assert [a["question"] for a in seen["answers"]] == ["day", "allergic"]
    assert fill(other, pupil.id, id, ALLERGIC).status == 412
    assert fill(other, pupil.id, id, ALLERGIC, version=7).status == 412
    assert fill(other, pupil.id, id, ALLERGIC, version=1).status == 200
    assert fill(one, pupil.id, id, version=1).status == 412
    again = fill(other, pupil.id, id, ALLERGIC, version=0)
    assert (again.status, again.body["version"]) == (200, 2)
    (row,) = [r for r in asked(one) if r["form"] == id and r["person"] == pupil.id]
    assert row["answered"] is True
    (shown,) = listed(world.klass.mentor_ids[0], id)
    assert shown["person"] == pupil.id
    sent = [{k: v for k, v in a.items() if v is not None} for a in shown["answers"]]
    assert sent == ALLERGIC
    with acting_as("messages"):
        assert [a.by for a in store.answers_of(id, pupil.id)] == [one, other]
    assert [r["action"] for r in audit_rows(pupil.id)].count("answer_form") == 2


def test_each_guardian_answers_about_a_child(world: World) -> None:
    pupil, one, other = family(world)
    mentor = world.klass.mentor_ids[0]
    id = form(world, respondents="guardian")
    assert fill(one, pupil.id, id).status == 200
    assert own(other, pupil.id, id).body["answers"] is None
    gaps = {row["person"]: row["missing"] for row in listed(mentor, id, "list_form_unanswered")}
    assert gaps[pupil.id] == 1
    assert fill(other, pupil.id, id, ALLERGIC).body["version"] == 1
    assert [row["person"] for row in listed(mentor, id)] == [pupil.id, pupil.id]
    assert pupil.id not in {row["person"] for row in listed(mentor, id, "list_form_unanswered")}
    assert counts(statistics(mentor, id), "day") == {"monday": 1, "tuesday": 1}


def test_pupils_and_staff_answer_for_themselves(world: World) -> None:
    pupil, one, _ = family(world)
    mentor = world.klass.mentor_ids[0]
    id = form(world, audience("group", world.klass.id, "pupils", "staff"), respondents="person")
    assert [(r["form"], r["person"]) for r in asked(pupil.id)] == [(id, pupil.id)]
    assert fill(pupil.id, pupil.id, id).status == 200
    assert fill(mentor, mentor, id, ALLERGIC).status == 200
    for by, about in ((one, pupil.id), (one, one), (pupil.id, mentor)):
        assert fill(by, about, id).status == 404
    assert {row["person"] for row in listed(mentor, id)} == {pupil.id, mentor}


def test_after_the_deadline_or_when_closed_nobody_answers(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    pupil, one, _ = family(world)
    mentor = world.klass.mentor_ids[0]
    id = draft(world)
    assert fill(one, pupil.id, id).status == 404
    assert asked(one) == []
    assert moved(mentor, id, "closed").status == 409
    assert moved(mentor, id, "published").status == 200
    assert moved(mentor, id, "closed", 2).status == 200
    assert code(fill(one, pupil.id, id)) == (409, "form-closed")
    assert moved(mentor, id, "published", 3).status == 200
    assert fill(one, pupil.id, id).status == 200
    at(monkeypatch, now() + timedelta(days=11))
    assert code(fill(one, pupil.id, id, ALLERGIC, version=1)) == (409, "deadline-passed")
    later = {"deadline": (today() + timedelta(days=14)).isoformat()}
    longer = call("messages", "change_form_deadline", mentor, path={"form": id}, body=later, headers=over(5))
    assert longer.status == 200, longer.body
    assert fill(one, pupil.id, id, ALLERGIC, version=1).status == 200
    assert moved(mentor, id, "withdrawn", 6).status == 200
    assert own(one, pupil.id, id).status == 404
    assert asked(one) == []
    for name, body in (
        ("edit_form", {"texts": form_body(world)["texts"], "questions": QUESTIONS}),
        ("change_form_deadline", later),
    ):
        reply = call("messages", name, mentor, path={"form": id}, body=body, headers=over(7))
        assert code(reply) == (409, "wrong-move")


def test_questions_are_changed_until_somebody_has_answered(world: World) -> None:
    pupil, one, _ = family(world)
    mentor = world.klass.mentor_ids[0]
    id = form(world)
    change = {"texts": form_body(world)["texts"], "questions": QUESTIONS[:2]}

    def edit(version: int) -> Any:
        return call("messages", "edit_form", mentor, path={"form": id}, body=change, headers=over(version))

    assert edit(1).status == 412
    assert edit(2).status == 200
    assert code(fill(one, pupil.id, id, ALLERGIC)) == (422, "unknown-question")
    assert fill(one, pupil.id, id).status == 200
    assert edit(3).status == 412
    assert code(edit(4)) == (409, "questions-answered")


def test_what_is_wrong_with_a_form_or_an_answer_is_named(world: World) -> None:
    mentor = world.klass.mentor_ids[0]
    pupil, one, _ = family(world)

    def made(*audiences: dict[str, Any], **more: Any) -> tuple[int, str]:
        body = form_body(world, *audiences, **more)
        return code(call("messages", "draft_form", mentor, body=body, headers=new_key()))

    assert made(deadline=(today() - timedelta(days=1)).isoformat()) == (422, "wrong-deadline")
    assert made(audience("group", world.klass.id, "pupils")) == (422, "wrong-respondents")
    assert made(audience("municipality", None)) == (422, "several-units")
    assert made(audience("unit", world.unit)) == (404, "not-found")
    assert made(audience("group", new_id())) == (404, "not-found")
    assert made(questions=[QUESTIONS[0], QUESTIONS[0]]) == (422, "question-twice")
    assert made(questions=[QUESTIONS[2]]) == (422, "condition-unclear")
    english = [{"language": "en", "text": "What?"}]
    assert made(questions=[QUESTIONS[1] | {"texts": english}]) == (422, "language-missing")
    assert made(questions=[QUESTIONS[1] | {"texts": phrases("a") * 2}]) == (422, "language-missing")
    assert made(questions=[QUESTIONS[1] | {"low": 1}]) == (422, "question-unclear")
    texts = [{"id": f"t{n}", "kind": "text", "texts": phrases("?")} for n in range(6)]
    assert made(questions=texts) == (422, "too-much-text")
    id = form(world)
    for answers, wrong in (
        ([*ANSWERS, {"question": "shoes", "number": 40}], "unknown-question"),
        ([*ANSWERS, ANSWERS[0]], "answered-twice"),
        (ANSWERS[:1], "answer-missing"),
        ([*ANSWERS, {"question": "what", "text": "Nötter"}], "not-asked"),
        ([*ANSWERS, {"question": "siblings", "number": 10}], "outside-bounds"),
        ([*ANSWERS, {"question": "siblings", "text": "tio"}], "wrong-kind-of-answer"),
    ):
        refused = fill(one, pupil.id, id, answers)
        assert code(refused) == (422, wrong)
        assert refused.body["errors"][0]["value"] in {"shoes", "day", "allergic", "what", "siblings"}


def test_whose_custody_has_ended_neither_sees_nor_counts(world: World) -> None:
    pupil, former, stays = family(world)
    mentor = world.klass.mentor_ids[0]
    id = form(world)
    assert fill(former, pupil.id, id, ALLERGIC).status == 200
    custody_ended(world, pupil.id, former)
    assert own(former, pupil.id, id).status == 404
    assert fill(former, pupil.id, id, version=1).status == 404
    assert pupil.id not in {row["person"] for row in asked(former)}
    assert listed(mentor, id) == []
    seen = own(stays, pupil.id, id).body
    assert (seen["answered"], seen["answers"], seen["version"]) == (False, None, 1)
    assert fill(stays, pupil.id, id, version=1).status == 200


def test_others_neither_ask_answer_nor_see(world: World) -> None:
    pupil, one, other = family(world)
    id = form(world)
    neighbour = next(
        g.guardian_id for p in world.classmates()[1:] for g in p.guardians
        if g.guardian_id not in {one, other}
    )  # fmt: skip
    stranger = next(
        s.id for s in world.population.staff
        if s.role == "teacher" and s.id not in world.klass.mentor_ids
        and s.id not in {t for x in world.of_class() for t in x.teachers}
    )  # fmt: skip
    for person in (neighbour, pupil.id, stranger, world.klass.mentor_ids[0]):
        assert fill(person, pupil.id, id).status == 404
        assert own(person, pupil.id, id).status == 404
    outside = next(p for p in world.population.pupils if p.id not in world.klass.pupil_ids and p.guardians)
    for trying in (own, fill):
        assert trying(outside.guardians[0].guardian_id, outside.id, id).status == 404
    for name in ("read_form", "read_form_statistics", "list_form_answers", "list_form_unanswered"):
        for person in (one, pupil.id, stranger):
            assert call("messages", name, person, path={"form": id}).status == 404
    drafted = call("messages", "draft_form", one, body=form_body(world), headers=new_key())
    assert drafted.status == 404


def test_nobody_answers_without_end(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    pupil, one, _ = family(world)
    id = form(world)
    monkeypatch.setattr(rules, "MOST_TIMES", 2)
    for version, answers in ((0, ALLERGIC), (1, ANSWERS)):
        assert fill(one, pupil.id, id, answers, version=version).status == 200
    assert code(fill(one, pupil.id, id, ALLERGIC, version=2)) == (429, "answered-too-often")
    assert fill(one, pupil.id, id, ANSWERS, version=2).status == 200  # the same again


def test_a_form_that_was_closed_before_it_was_told_of_is_told_of_when_it_opens(world: World) -> None:
    mentor = world.klass.mentor_ids[0]
    id = draft(world)
    for version, state in ((1, "published"), (2, "closed")):
        assert moved(mentor, id, state, version).status == 200
    handed("tell_about_form", "FormDue")
    assert told("new_form") == []
    assert moved(mentor, id, "published", 3).status == 200
    for _ in range(2):
        handed("tell_about_form", "FormDue")
    mine = told("new_form")
    assert len(mine) == len(set(mine)) > 0


def test_who_has_not_answered_is_reminded_once_for_each_deadline(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    pupil, one, other = family(world)
    mentor = world.klass.mentor_ids[0]
    id = form(world)
    assert fill(one, pupil.id, id).status == 200

    def remind() -> None:
        for _ in range(2):
            tick()
            handed("tell_about_form", "FormDue")

    remind()
    assert told("form_reminder") == []
    early = {"id": new_id(), "type": "messages.FormDue.v1", "time": "2026-11-23T08:00:00.000Z",
             "data": {"form": id, "reminder": True}}  # fmt: skip
    assert deliver("messages", "tell_about_form", early) == []  # of a deadline that has been moved
    assert told("form_reminder") == []
    later = {"deadline": (today() + timedelta(days=20)).isoformat(), "remindDays": 5}
    path = {"form": id}
    assert (
        call("messages", "change_form_deadline", mentor, path=path, body=later, headers=over(3)).status == 200
    )
    at(monkeypatch, now() + timedelta(days=9))
    remind()
    assert told("form_reminder") == []
    at(monkeypatch, now() + timedelta(days=16))
    remind()
    mine = told("form_reminder")
    assert len(mine) == len(set(mine)) > 0
    siblings = {p.id for p in world.classmates()[1:] if {one, other} & {g.guardian_id for g in p.guardians}}
    assert bool({one, other} & set(mine)) == bool(siblings)


def test_two_answers_at_once_are_one_after_the_other(world: World) -> None:
    pupil, one, other = family(world)
    id = form(world)
    with acting_as("messages"):
        kept = store.find_form(id)
        assert kept
        for by in (one, other):
            _, writes = store.answering(kept, pupil.id, by, 1, [])
            if by == one:
                commit(*writes)
            else:
                with pytest.raises(ChangedMeanwhile):
                    commit(*writes)


def test_the_principal_asks_a_year_and_the_whole_unit(world: World) -> None:
    pupil, one, _ = family(world)
    head = world.staff("principal")
    year = next(p.year for p in world.population.pupils if p.id == pupil.id)
    ids = [
        form(world, audience("year", world.unit, year=year), by=head),
        form(world, audience("unit", world.unit), by=head),
    ]
    assert {(r["form"], r["person"]) for r in asked(one)} >= {(id, pupil.id) for id in ids}
    for id in ids:
        assert fill(one, pupil.id, id).status == 200
        assert call("messages", "read_form", world.klass.mentor_ids[0], path={"form": id}).status == 404
    in_year, in_unit = (statistics(head, id) for id in ids)
    assert in_year["answered"] == in_unit["answered"] == 1
    assert in_year["asked"] <= in_unit["asked"]
    own_forms = call("messages", "list_my_forms", head, query={"limit": 1}).body
    assert [row["id"] for row in own_forms["data"]] == [ids[1]]
    rest = call("messages", "list_my_forms", head, query={"cursor": own_forms["cursor"]}).body
    assert [row["id"] for row in rest["data"]] == [ids[0]]


def test_what_it_costs(world: World) -> None:
    pupil, one, _ = family(world)
    mentor = world.klass.mentor_ids[0]
    ids = [form(world) for _ in range(3)]
    asked(one)
    with metered() as use:
        assert len([r for r in asked(one) if r["person"] == pupil.id]) == 3
    assert use.trips <= 10, use.operations
    fill(one, pupil.id, ids[0])
    with metered() as use:
        fill(one, pupil.id, ids[0], ALLERGIC, version=1)
    assert use.trips <= 7, use.operations
    assert use.writes <= 10, use.writes
    with metered() as use:
        statistics(mentor, ids[0])
    assert use.trips <= 10, use.operations
    with metered() as use:
        listed(mentor, ids[0])
    assert use.trips <= 11, use.operations

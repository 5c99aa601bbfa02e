"""Forms: asked per child, guardian or person, filled in until the deadline, followed up."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from functions.messages.domain import forms as rules
from functions.messages.extract import gather
from functions.messages.store import forms as store
from infra.local.cloud import Cloud
from infra.local.population import NewPupil
from skolkit.clock import now, today
from skolkit.errors import ChangedMeanwhile
from skolkit.extracts import Requested
from skolkit.table import commit
from skolkit.tables import bucket
from skolkit.tables.formats import read_table
from skolkit.types import PersonId, new_id
from tests.integration.test_attendance_day import at
from tests.support.areas import acting_as, audit_rows, call, deliver, outbox
from tests.support.asks import new_key, over
from tests.support.forms import (
    ALLERGIC,
    ANSWERS,
    QUESTIONS,
    draft,
    exported,
    fill,
    form,
    form_body,
    moved,
    phrases,
)
from tests.support.letters import audience, custody_ended, handed, tick, told
from tests.support.meter import metered
from tests.support.world import World, drop, make_world, person_row


@pytest.fixture
def world(tables: Cloud) -> World:
    return make_world(tables)


def family(world: World, number: int = 0) -> tuple[NewPupil, PersonId, PersonId]:
    pupil = world.classmates()[number]
    return pupil, pupil.guardians[0].guardian_id, pupil.guardians[1].guardian_id


def code(reply: Any) -> tuple[int, str]:
    return reply.status, reply.body.get("type", "").rpartition(":")[2]


def own(by: PersonId, about: str, id: str) -> Any:
    return call("messages", "read_form_to_answer", by, path={"person": about, "form": id})


def asked(by: PersonId) -> list[dict[str, Any]]:
    page = call("messages", "list_forms", by)
    assert page.status == 200, page.body
    rows: list[dict[str, Any]] = page.body["data"]
    return rows


def statistics(by: PersonId, id: str) -> dict[str, Any]:
    found = call("messages", "read_form_statistics", by, path={"form": id})
    assert found.status == 200, found.body
    body: dict[str, Any] = found.body
    return body


def listed(by: PersonId, id: str, name: str = "list_form_answers", limit: int = 4) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    cursor = None
    while True:
        query = {"limit": limit} | ({"cursor": cursor} if cursor else {})
        page = call("messages", name, by, path={"form": id}, query=query)
        assert page.status == 200, page.body
        assert len(page.body["data"]) <= limit
        rows += page.body["data"]
        if not (cursor := page.body["cursor"]):
            return rows


def counts(found: dict[str, Any], question: str) -> dict[str, int]:
    (row,) = [one for one in found["questions"] if one["question"] == question]
    return {one["value"]: one["count"] for one in row["counts"]}


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


def test_what_is_sensitive_is_for_the_asker_and_the_principal_and_every_reading_is_told(
    world: World,
) -> None:
    pupil, one, _ = family(world)
    head, office, mentor = world.staff("principal"), world.staff("administrator"), world.klass.mentor_ids[0]
    plain, secret = form(world), form(world, sensitive=True)
    for id in (plain, secret):
        assert fill(one, pupil.id, id, ALLERGIC).status == 200
    for id, readers in ((plain, {head, office, mentor}), (secret, {head, mentor})):
        for by in (head, office, mentor):
            reply = call("messages", "list_form_answers", by, path={"form": id})
            assert reply.status == (200 if by in readers else 404), (id == secret, by)
    rows = [r for r in audit_rows(pupil.id) if r["action"] == "list_form_answers"]
    assert {r["actor"] for r in rows} == {head, mentor}
    assert {r["changes"] for r in rows} == {secret}

    def at_unit(by: PersonId) -> set[str]:
        page = call("messages", "list_unit_forms", by, path={"unit": world.unit})
        assert page.status == 200, page.body
        return {row["id"] for row in page.body["data"]}

    assert at_unit(head) == {plain, secret}
    assert at_unit(office) == {plain}
    assert call("messages", "list_unit_forms", mentor, path={"unit": world.unit}).status == 404
    exported(head, secret)
    assert [r["actor"] for r in audit_rows(pupil.id) if r["action"] == "write_form_export"] == [head]


def test_nobody_protected_is_in_numbers_lists_or_files(world: World, tables: Cloud) -> None:
    pupils = world.classmates()
    mentor, office = world.klass.mentor_ids[0], world.staff("administrator")
    id = form(world)
    for pupil, answers in ((pupils[0], ALLERGIC), (pupils[1], ANSWERS)):
        assert fill(pupil.guardians[0].guardian_id, pupil.id, id, answers).status == 200
    everybody = len(world.klass.pupil_ids)
    hidden = [p for p in world.population.pupils if p.id in world.klass.pupil_ids and p.protection]
    file = exported(office, id)
    assert call("messages", "link_form_export", office, path={"job": file}).status == 200
    marked = person_row(pupils[0]) | {"securityMarking": "Sekretessmarkering"}
    drop(tables, "register/persons/p.jsonl", [marked])
    assert call("messages", "link_form_export", office, path={"job": file}).status == 410
    found = statistics(mentor, id)
    assert (found["asked"], found["answered"]) == (everybody, 2)
    assert counts(found, "brings") == {"tent": 1, "stove": 0, "boat": 1}
    assert counts(found, "siblings") == {"2": 1}
    assert counts(found, "what") == {}
    found = statistics(office, id)
    assert (found["asked"], found["answered"]) == (everybody - 1 - len(hidden), 1)
    assert counts(found, "brings") == {"tent": 0, "stove": 0, "boat": 0}
    assert [row["person"] for row in listed(office, id)] == [pupils[1].id]
    assert pupils[0].id not in {r["person"] for r in listed(office, id, "list_form_unanswered")}
    assert {row["person"] for row in listed(mentor, id)} == {pupils[0].id, pupils[1].id}
    assert len(listed(mentor, id, "list_form_unanswered")) == everybody - 2
    other = pupils[0].guardians[1].guardian_id
    seen = own(other, pupils[0].id, id).body
    assert (seen["answered"], seen["answers"], seen["version"]) == (True, None, 1)


def test_a_file_has_nobody_protected_also_when_the_asker_knows_them(world: World, tables: Cloud) -> None:
    hidden, other = world.classmates()[:2]
    mentor = world.klass.mentor_ids[0]
    drop(tables, "register/persons/p.jsonl", [person_row(hidden) | {"securityMarking": "Sekretessmarkering"}])
    id = form(world)
    for pupil in (hidden, other):
        assert fill(pupil.guardians[0].guardian_id, pupil.id, id).status == 200
    assert {row["person"] for row in listed(mentor, id)} == {hidden.id, other.id}
    file = exported(mentor, id)
    assert call("messages", "link_form_export", mentor, path={"job": file}).status == 200
    with acting_as("messages"):
        content = bucket.get(bucket.key("exports", file, "form.csv"))
    assert content
    assert other.id in content.decode("utf-8-sig")
    assert hidden.id not in content.decode("utf-8-sig")


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


@pytest.mark.parametrize("format", ["csv", "xlsx"])
def test_a_file_has_every_answer_whole_and_nothing_to_calculate(world: World, format: str) -> None:
    pupil, one, _ = family(world)
    mentor = world.klass.mentor_ids[0]
    long = "ä" * 1_990
    questions = [*QUESTIONS, {"id": "more", "kind": "text", "texts": phrases("@mer"), "required": False}]
    id = form(world, questions=questions)
    assert fill(one, pupil.id, id, [*ALLERGIC, {"question": "more", "text": long}]).status == 200
    file = exported(mentor, id, format)
    handed("write_form_export", "FormExportAsked")
    with acting_as("messages"):
        content = bucket.get(bucket.key("exports", file, f"form.{format}"))
    assert content
    text = content.decode("utf-8-sig") if format == "csv" else ""
    assert format == "xlsx" or "'=HYPERLINK" in text
    head, row = (cells.texts for cells in read_table(content, format))  # type: ignore[arg-type]
    assert head[5:] == ("=day"[1:], "Allergi?", "Vad?", "Syskon", "Från", "brings", "@mer")
    assert row[0] == pupil.id
    assert row[5:] == (
        "=tuesday", "Ja", '=HYPERLINK("x") och nötter', "2", "2026-12-01", "=tent, =boat", long
    )  # fmt: skip
    job = call("messages", "read_form_export", mentor, path={"job": file}).body
    assert (job["state"], job["outcome"]) == ("done", {"rows": 1})
    assert call("messages", "link_form_export", world.staff("principal"), path={"job": file}).status == 404


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


def test_answers_of_a_closed_record_are_the_kept_ones(world: World) -> None:
    kept, closed = world.classmates()[:2]
    one, mentor = closed.guardians[0].guardian_id, world.klass.mentor_ids[0]
    id = form(world)
    assert fill(one, closed.id, id, ALLERGIC).status == 200
    merged = call(
        "register", "merge_persons", world.staff("administrator"), path={"person": kept.id},
        body={"duplicate": closed.id}, headers=new_key(),
    )  # fmt: skip
    assert merged.status == 201, merged.body
    for fact in outbox("register"):
        if fact["type"] == "register.PersonsMerged.v1":
            assert deliver("organisation", "follow_merge", fact) == []
    seen = own(one, kept.id, id).body
    assert (seen["answered"], seen["own"], seen["version"]) == (True, True, 1)
    (row,) = listed(mentor, id)
    assert row["person"] == kept.id
    assert closed.id not in {r["person"] for r in listed(mentor, id, "list_form_unanswered")}
    assert fill(one, kept.id, id, ANSWERS, version=1).body["version"] == 2
    (row,) = listed(mentor, id)
    assert [a["question"] for a in row["answers"]] == ["day", "allergic"]


def test_an_extract_tells_of_answers_by_and_about_one(world: World) -> None:
    pupil, one, other = family(world)
    mentor = world.klass.mentor_ids[0]
    id = form(world, sensitive=True)
    fill(one, pupil.id, id, ALLERGIC)
    fill(other, pupil.id, id, ANSWERS, version=1)

    def rows(person: PersonId, *, contacts: bool = True) -> list[tuple[Any, Any]]:
        with acting_as("messages"):
            found = gather(Requested(request=new_id(), person=person, contacts=contacts))
        parts = [s for s in found if s.document == "messages.form_sensitive"]
        return [(row[2], row[4]) for row in parts[1].rows] or [(None, row[1]) for row in parts[0].rows]

    assert rows(other) == [("personen själv", "=monday"), ("personen själv", "Nej")]
    assert len(rows(pupil.id)) == len(ALLERGIC) + len(ANSWERS)
    assert rows(pupil.id, contacts=False) == [("vårdnadshavare", "–")] * 2  # a guardian asks
    assert rows(mentor) == [(None, "Utflykt")]


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

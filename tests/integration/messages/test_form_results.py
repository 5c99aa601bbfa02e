"""What has been answered to a form (process 28): who may see what of it, in numbers, lists, files and
extracts.
"""

from __future__ import annotations

from typing import Any

import pytest

from functions.messages.extract import gather
from infra.local.cloud import Cloud
from skolkit.extracts import Requested
from skolkit.tables import bucket
from skolkit.tables.formats import read_table
from skolkit.types import PersonId, new_id
from tests.support.areas import acting_as, audit_rows, call, deliver, outbox
from tests.support.asks import new_key
from tests.support.forms import (
    ALLERGIC,
    ANSWERS,
    QUESTIONS,
    counts,
    exported,
    family,
    fill,
    form,
    listed,
    own,
    phrases,
    statistics,
)
from tests.support.letters import handed
from tests.support.world import World, drop, make_world, person_row


@pytest.fixture
def world(tables: Cloud) -> World:
    return make_world(tables)


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

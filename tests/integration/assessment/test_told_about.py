"""What assessment tells in a register extract, and of somebody with two records."""

from __future__ import annotations

from functions.assessment.extract import gather
from skolkit.extracts import Requested, Section
from skolkit.types import PersonId
from tests.support.areas import acting_as, call
from tests.support.assessing import (
    YEAR,
    book,
    code,
    get,
    homes,
    judge,
    minutes_body,
    note_body,
    offered,
    plan_body,
    post,
    published,
    put,
)
from tests.support.world import World


def told(person: str) -> dict[str, Section]:
    with acting_as("assessment"):
        asked = Requested(request="r", person=PersonId(person), contacts=True)
        return {section.title.sv: section for section in gather(asked) if section.rows}


def a_term_of(world: World) -> tuple[str, str]:
    (pupil, one, _), mentor = homes(world), world.klass.mentor_ids[0]
    post("add_note", mentor, note_body(points=3, most=4), pupil=pupil, subject="MA")
    round = published(world, pupil)
    judge(
        round, pupil, mentor, version=1, level=2, reason="Nytt underlag", areas=[{"name": "Tal", "level": 0}]
    )
    call("assessment", "mark_assessments_read", one, path={"pupil": pupil, "round": round})
    talks, slots = offered(world)
    book(pupil, talks, slots[0]["id"], one)
    place = {"pupil": pupil, "round": talks, "slot": slots[0]["id"]}
    digest = put("write_minutes", mentor, 0, minutes_body(), **place).body["digest"]
    post("sign_minutes", one, {"digest": digest}, **place)
    put("save_iup", mentor, 0, plan_body(), pupil=pupil, year=YEAR)
    post("publish_iup", mentor, pupil=pupil, year=YEAR)
    post("follow_up_iup", mentor, {"text": "Läser varje kväll"}, pupil=pupil, year=YEAR)
    return pupil, mentor


def test_an_extract_tells_all_that_is_kept_about_a_pupil_and_a_mentors_times(world: World) -> None:
    pupil, mentor = a_term_of(world)
    found = told(pupil)
    assert set(found) == {
        "Anteckningar om lärande", "Skriftliga omdömen", "Individuella utvecklingsplaner",
        "Uppföljningar av utvecklingsplaner", "Bokade utvecklingssamtal", "Protokoll från utvecklingssamtal",
        "Läskvitton för omdömen och planer",
    }  # fmt: skip
    for section in found.values():
        assert all(len(row) == len(section.columns) for row in section.rows)
    (note,) = found["Anteckningar om lärande"].rows
    assert "3 av 4" in note
    levels = {(row[0], row[2], row[3], row[4]) for row in found["Skriftliga omdömen"].rows}
    assert levels == {
        ("EN", 1, None, "godtagbara kunskaper"), ("MA", 1, None, "godtagbara kunskaper"),
        ("MA", 2, None, "mer än godtagbara kunskaper"), ("MA", 2, "Tal", "ännu inte godtagbara kunskaper"),
    }  # fmt: skip
    (minutes,) = found["Protokoll från utvecklingssamtal"].rows
    assert str(minutes[-1]).startswith("vårdnadshavare ")
    assert set(told(mentor)) == {"Tider som personen erbjudit"}
    assert told(world.staff("administrator")) == {}


def test_what_was_written_of_a_closed_record_is_the_kept_ones(world: World) -> None:
    old, mentor = a_term_of(world)
    kept, guardian, _ = homes(world, 1)
    merged = call(
        "register", "merge_persons", world.staff("administrator"), path={"person": kept},
        body={"duplicate": old}, headers={"idempotency-key": "a-merge-of-two"},
    )  # fmt: skip
    assert merged.status == 201, merged.body
    assert len(get("list_notes", mentor, pupil=kept).body["data"]) == 1
    assert len(get("list_assessments", guardian, pupil=kept).body["data"]) == 2
    assert get("read_iup", guardian, pupil=kept, year=YEAR).body["latest"]["number"] == 1
    assert len(get("list_pupil_talks", mentor, pupil=kept).body["data"]) == 1
    assert code(get("list_notes", guardian, pupil=old)) == (404, "not-found")

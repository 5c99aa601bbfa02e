"""What has been noted, assessed, planned and booked about the pupil of `schools`, and about the protected
classmate under the same ids.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from functions.assessment.store import iup as iup_store
from functions.assessment.store import judgements as judgements_store
from functions.assessment.store import notes as notes_store
from functions.assessment.store import talks as talks_store
from skolkit.clock import today
from skolkit.table import commit
from skolkit.types import PersonId
from tests.support.areas import acting_as
from tests.support.asks import Ask, new_key, over
from tests.support.assessing import (
    YEAR,
    judgement_body,
    minutes_body,
    note_body,
    plan_body,
    post,
    put,
    round_body,
    slot,
    talks_body,
)
from tests.support.world import World

if TYPE_CHECKING:
    from tests.support.schools import Schools


def assessed(
    home: World, people: Mapping[str, PersonId], pupil: PersonId, hidden: PersonId
) -> dict[str, str]:
    """A note of the teacher's, a round that is published and one that is not, times of which one is booked
    with minutes, and a plan that the home has been given.
    """
    mentor, head, year = people["mentor"], people["principal"], 5
    note = _id(post("add_note", people["teacher"], note_body(shared=True), pupil=pupil, subject="MA"))
    made = {"assessment note": note}
    for name in ("published round", "assessment round"):
        made[name] = _id(post("open_assessment_round", head, round_body([year]), unit=home.unit))
    old = made["published round"]
    saved = put("save_judgement", mentor, 0, judgement_body(), pupil=pupil, round=old, subject="MA")
    assert saved.status == 200, saved.body
    done = post("publish_assessments", head, {"incomplete": True}, unit=home.unit, round=old)
    assert done.status == 200, done.body
    made["talks"] = _id(post("offer_talks", mentor, talks_body(), group=home.klass.id))
    with acting_as("assessment"):
        free, booked, _ = talks_store.slots_of(made["talks"])
    made |= {"free talk": free.id, "booked talk": booked.id}
    other = talks_body(slots=[slot(13, 9)])
    made["open talks"] = _id(post("offer_talks", mentor, other, group=home.klass.id))
    with acting_as("assessment"):
        (open_talk,) = talks_store.slots_of(made["open talks"])
    made["open talk"] = open_talk.id
    place = {"pupil": pupil, "round": made["talks"]}
    assert post("book_talk", people["guardian"], {"slot": booked.id}, **place).status == 201
    place |= {"slot": booked.id}
    written = put("write_minutes", mentor, 0, minutes_body(), **place)
    assert written.status == 200, written.body
    assert put("save_iup", mentor, 0, plan_body(), pupil=pupil, year=YEAR).status == 200
    given = post("publish_iup", mentor, pupil=pupil, year=YEAR)
    assert given.status == 200, given.body
    assert put("save_iup", mentor, 2, plan_body(needs="Mer"), pupil=pupil, year=YEAR).status == 200
    with acting_as("assessment"):
        _the_same_of([pupil], hidden, made)
    return made | {"minutes digest": str(written.body["digest"])}


def _the_same_of(records: Sequence[PersonId], hidden: PersonId, made: Mapping[str, str]) -> None:
    note = notes_store.find(records, "MA", made["assessment note"])
    judgement = judgements_store.find(records, made["published round"], "MA")
    minutes = talks_store.find_minutes(records, made["talks"], made["booked talk"])
    plan = iup_store.find(records, int(YEAR))
    edition = iup_store.find_edition(records[0], int(YEAR), 1)
    assert note
    assert judgement
    assert minutes
    assert plan
    assert edition
    written = replace(edition, paper="ready", sha256="0" * 64)
    mine = replace(edition.plan, pupil=hidden)
    commit(
        *notes_store.writes(replace(note, pupil=hidden, version=None)),
        *judgements_store.writes(replace(judgement, pupil=hidden, version=None), None),
        *talks_store.minutes_writes(replace(minutes, pupil=hidden, version=None)),
        *iup_store.writes(replace(plan, pupil=hidden, version=None)),
        iup_store.edition_item(written),
        iup_store.edition_item(replace(edition, plan=mine, version=None)),
    )


def _id(answer: object) -> str:
    body = getattr(answer, "body", {})
    assert "id" in body, body
    return str(body["id"])


def _pupil(s: Schools, **path: str) -> dict[str, str]:
    return {"pupil": s.pupil.id, **path}


def _note(s: Schools) -> dict[str, str]:
    return _pupil(s, subject="MA", note=s.made["assessment note"])


def _judgement(s: Schools) -> dict[str, str]:
    return _pupil(s, round=s.made["assessment round"], subject="MA")


def _of_round(s: Schools) -> dict[str, str]:
    return {"unit": s.home.unit, "round": s.made["assessment round"]}


def _talks(s: Schools) -> dict[str, str]:
    return {"group": s.home.klass.id, "round": s.made["talks"]}


def _talk(s: Schools) -> dict[str, str]:
    return _pupil(s, round=s.made["talks"], slot=s.made["booked talk"])


REQUESTS: dict[str, Callable[[Schools], Ask]] = {
    "assessment.add_group_notes": lambda s: Ask(
        {"group": s.home.klass.id},
        body={"subject": "MA", "day": note_body()["day"], "rows": [{"pupil": s.pupil.id, "level": 1}]},
        headers=new_key(),
    ),
    "assessment.add_note": lambda s: Ask(_pupil(s, subject="MA"), body=note_body(), headers=new_key()),
    "assessment.add_talk_slots": lambda s: Ask(_talks(s), body={"slots": [slot(11, 9)]}, headers=new_key()),
    "assessment.book_talk": lambda s: Ask(
        _pupil(s, round=s.made["open talks"]), body={"slot": s.made["open talk"]}, headers=new_key()
    ),
    "assessment.change_talk_round": lambda s: Ask(
        _talks(s), body={"title": "Samtal", "deadline": today().isoformat()}, headers=over(1)
    ),
    "assessment.read_round_calendar": lambda s: Ask(_talks(s)),
    "assessment.read_talk_calendar": lambda s: Ask(_pupil(s, round=s.made["talks"])),
    "assessment.cancel_talk": lambda s: Ask(_talk(s), headers=over(2)),
    "assessment.change_assessment_round": lambda s: Ask(_of_round(s), body=round_body([5]), headers=over(1)),
    "assessment.change_note": lambda s: Ask(_note(s), body=note_body(), headers=over(1)),
    "assessment.follow_up_iup": lambda s: Ask(
        _pupil(s, year=YEAR), body={"text": "Läser varje kväll"}, headers=new_key()
    ),
    "assessment.link_iup": lambda s: Ask(_pupil(s, year=YEAR)),
    "assessment.list_assessment_receipts": lambda s: Ask(_pupil(s, round=s.made["published round"])),
    "assessment.list_pupils_without_plan": lambda s: Ask({"unit": s.home.unit}),
    "assessment.list_pupils_without_talk": lambda s: Ask({"unit": s.home.unit}),
    "assessment.list_assessment_rounds": lambda s: Ask({"unit": s.home.unit}),
    "assessment.list_assessments": lambda s: Ask(_pupil(s)),
    "assessment.list_group_judgements": lambda s: Ask(
        {"group": s.home.klass.id, "round": s.made["assessment round"]}, {"subject": "MA"}
    ),
    "assessment.list_group_notes": lambda s: Ask({"group": s.home.klass.id}),
    "assessment.list_iups": lambda s: Ask(_pupil(s)),
    "assessment.list_missing_assessments": lambda s: Ask(_of_round(s)),
    "assessment.list_my_missing_assessments": lambda _: Ask(),
    "assessment.list_my_talks": lambda _: Ask(),
    "assessment.list_notes": lambda s: Ask(_pupil(s)),
    "assessment.list_pupil_talks": lambda s: Ask(_pupil(s)),
    "assessment.list_talk_rounds": lambda s: Ask({"group": s.home.klass.id}),
    "assessment.list_talk_slots": lambda s: Ask(_pupil(s, round=s.made["talks"])),
    "assessment.mark_assessments_read": lambda s: Ask(_pupil(s, round=s.made["published round"])),
    "assessment.mark_iup_read": lambda s: Ask(_pupil(s, year=YEAR)),
    "assessment.offer_talks": lambda s: Ask(
        {"group": s.home.klass.id}, body=talks_body(slots=[slot(12, 9)]), headers=new_key()
    ),
    "assessment.open_assessment_round": lambda s: Ask(
        {"unit": s.home.unit}, body=round_body([5]), headers=new_key()
    ),
    "assessment.publish_assessments": lambda s: Ask(
        _of_round(s), body={"incomplete": True}, headers=new_key()
    ),
    "assessment.publish_iup": lambda s: Ask(_pupil(s, year=YEAR), headers=new_key()),
    "assessment.read_iup": lambda s: Ask(_pupil(s, year=YEAR)),
    "assessment.read_judgement": lambda s: Ask(_judgement(s)),
    "assessment.read_minutes": lambda s: Ask(_talk(s)),
    "assessment.read_talk_round": lambda s: Ask(_talks(s)),
    "assessment.remove_note": lambda s: Ask(_note(s), headers=over(1)),
    "assessment.remove_talk_slot": lambda s: Ask({**_talks(s), "slot": s.made["free talk"]}, headers=over(1)),
    "assessment.save_iup": lambda s: Ask(_pupil(s, year=YEAR), body=plan_body(), headers=over(3)),
    "assessment.save_judgement": lambda s: Ask(_judgement(s), body=judgement_body(), headers=over(0)),
    "assessment.sign_minutes": lambda s: Ask(
        _talk(s), body={"digest": s.made["minutes digest"]}, headers=new_key()
    ),
    "assessment.write_minutes": lambda s: Ask(_talk(s), body=minutes_body(), headers=over(1)),
}

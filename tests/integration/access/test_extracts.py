"""Register extracts in-process: every area answers, nobody else's data comes along, late areas are asked
again.
"""

from __future__ import annotations

import json
import sys
import urllib.request
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.error import HTTPError

import pytest

from functions.access.domain.extracts import ASKS, PATIENCE
from functions.access.usecases import extracts
from infra import layers
from infra.areas import personal
from infra.local.cloud import Cloud
from skolkit import clock
from skolkit.clock import today
from skolkit.types import PersonId, new_id
from tests.support.areas import EXTRACTS_BUCKET, audit_rows, call, deliver, outbox, run_schedule
from tests.support.requests import REQUESTS
from tests.support.schools import TWINS, Schools
from tests.support.world import World, drop, make_world, person_row

ADDRESS = {"street": "Utdragsvägen 5", "postalCode": "123 45", "locality": "Utdragsby"}


@pytest.fixture(scope="module", autouse=True)
def _typst() -> Iterator[None]:
    """The layer that the collecting function has."""
    packages = str(layers.build_heavy(layers.LOCAL, "documents"))
    sys.path.insert(0, packages)
    yield
    sys.path.remove(packages)


@pytest.fixture
def world(tables: Cloud) -> World:
    return make_world(tables)


def ask(person: PersonId, by: PersonId, key: str = "") -> Any:
    return call(
        "access", "request_extract", by, path={"person": person},
        headers={"idempotency-key": key or new_id()},
    )  # fmt: skip


def requests() -> list[dict[str, Any]]:
    return [fact for fact in outbox("access") if fact["type"] == "access.ExtractRequested.v1"]


def answers(*areas: str) -> None:
    """Let areas answer the last request, and access take their parts."""
    for area in areas:
        assert deliver(area, "answer_extract", requests()[-1]) == []
        fact = [f for f in outbox(area) if f["type"] == f"{area}.ExtractAnswered.v1"][-1]
        assert deliver("access", "collect_extract", fact) == []


def read(person: PersonId, by: PersonId, id: str) -> Any:
    return call("access", "read_extract", by, path={"person": person, "extract": id})


def fetch(person: PersonId, by: PersonId, id: str, format: str) -> bytes:
    path = {"person": person, "extract": id}
    link = call("access", "link_extract", by, path=path, body={"format": format})
    assert link.status == 200, link.body
    with urllib.request.urlopen(link.body["url"]) as reply:
        content: bytes = reply.read()
    return content


def made(person: PersonId, by: PersonId) -> tuple[str, dict[str, Any]]:
    asked = ask(person, by)
    assert (asked.status, asked.body["state"]) == (202, "running"), asked.body
    answers(*extracts.AREAS)
    return asked.body["id"], json.loads(fetch(person, by, asked.body["id"], "json"))


def rows(extract: dict[str, Any], document: str) -> list[Any]:
    return [row for s in extract["sections"] if s["document"] == document for row in s["rows"]]


def test_a_pupil_gets_everything_and_nobody_elses(world: World, tables: Cloud) -> None:
    pupil = world.classmates()[0]
    drop(tables, "register/persons/one.jsonl", [person_row(pupil) | {"address": ADDRESS}])
    body = {"startDate": str(today()), "endDate": str(today()), "reason": "illness"}
    guardian = pupil.guardians[0].guardian_id
    call("register", "read_person", guardian, path={"person": pupil.id})
    call(
        "attendance", "report_absence", guardian, path={"pupil": pupil.id}, body=body,
        headers={"idempotency-key": new_id()},
    )  # fmt: skip
    id, extract = made(pupil.id, pupil.id)

    person, number, *_ = rows(extract, "register.person")
    assert (person[0], number[0]) == (pupil.given_name, "Personnummer")
    assert "Utdragsvägen 5" in json.dumps(rows(extract, "register.contact"), ensure_ascii=False)
    assert len(rows(extract, "register.custody")) == 2
    assert rows(extract, "organisation.group")
    assert rows(extract, "timetable.lesson")
    assert ["vårdnadshavare", "läste personuppgifter"] in [row[1:3] for row in rows(extract, "access.audit")]
    text = json.dumps(extract, ensure_ascii=False)
    others = [g.guardian_id for g in pupil.guardians] + [mate.id for mate in world.classmates()[1:5]]
    assert not [other for other in others if other in text]
    assert {d["id"] for d in extract["legal"]["documents"]} == {s["document"] for s in extract["sections"]}
    assert all(d["storagePeriod"]["sv"] and d["purpose"]["en"] for d in extract["legal"]["documents"])

    pdf = fetch(pupil.id, pupil.id, id, "pdf")
    assert pdf.startswith(b"%PDF-1.7")
    assert b"pdfuaid" in pdf
    assert {"request_extract", "link_extract"} <= {row["action"] for row in audit_rows(pupil.id)}


def test_a_guardian_gets_the_childs_without_contacts_and_only_their_own(world: World) -> None:
    pupil = world.classmates()[0]
    guardian, other = (g.guardian_id for g in pupil.guardians)
    id, extract = made(pupil.id, guardian)
    assert rows(extract, "register.person")
    assert rows(extract, "register.contact") == []
    for who in (other, pupil.id, world.staff("administrator")):
        assert read(pupil.id, who, id).status == 404
    assert read(guardian, guardian, id).status == 404
    assert ask(pupil.id, world.classmates()[3].guardians[0].guardian_id).status == 404


def test_a_guardians_own_extract_tells_of_no_child(world: World) -> None:
    pupil = world.classmates()[0]
    _, extract = made(pupil.guardians[0].guardian_id, pupil.guardians[0].guardian_id)
    assert ["Vårdnadshavare", "ansvarig vuxen"] in [row[:2] for row in rows(extract, "register.custody")]
    text = json.dumps(extract, ensure_ascii=False)
    assert pupil.id not in text
    assert pupil.given_name not in [value for row in rows(extract, "register.person") for value in row]


def test_a_teacher_has_lessons(world: World) -> None:
    lesson = world.of_class()[0]
    _, extract = made(lesson.teachers[0], lesson.teachers[0])
    assert rows(extract, "organisation.duty") or rows(extract, "organisation.group")
    assert {row[4] for row in rows(extract, "timetable.lesson")} == {"lärare"}


def test_plans_choices_and_merges_are_told(schools: Schools) -> None:
    guardian, wish = schools.people["guardian"], REQUESTS["organisation.put_wishes"](schools)
    assert call("organisation", "put_wishes", guardian, **vars(wish)).status == 200
    _, extract = made(schools.pupil.id, schools.pupil.id)
    assert rows(extract, "organisation.study_plan")
    assert "någon annan" in [row[2] for row in rows(extract, "organisation.elective")]
    assert guardian not in json.dumps(extract)
    _, kept = made(TWINS[0], TWINS[0])
    (told, at), _ = rows(kept, "register.merge")  # the second is the closed record's
    assert "annan post" in told
    assert at
    assert TWINS[1] not in json.dumps(kept)


def test_staff_get_duties_certification_and_teaching(schools: Schools) -> None:
    certify = REQUESTS["organisation.change_certification"](schools)
    office = schools.people["unit administrator"]
    assert call("organisation", "change_certification", office, **vars(certify)).status == 200
    teacher = schools.people["teacher"]
    _, extract = made(teacher, teacher)
    assert rows(extract, "organisation.duty")
    assert rows(extract, "organisation.certification")


def test_what_is_sealed_is_not_in_it(world: World, tables: Cloud) -> None:
    pupil = world.classmates()[0]
    hidden = {"address": ADDRESS, "email": "hemlig@example.org", "securityMarking": "Sekretessmarkering"}
    drop(tables, "register/persons/hidden.jsonl", [person_row(pupil) | hidden])
    _, extract = made(pupil.id, pupil.id)
    ((email, phone, address, _, withheld),) = rows(extract, "register.contact")
    assert (email, phone, address, withheld) == (None, None, None, "ja")
    assert ask(pupil.id, world.staff("administrator")).status == 404


def test_a_repeat_is_answered_with_the_first(world: World) -> None:
    pupil, key = world.classmates()[0].id, new_id()
    assert ask(pupil, pupil, key).body == ask(pupil, pupil, key).body
    assert len(requests()) == 1


def test_who_does_not_answer_is_asked_again_and_named(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    pupil = world.classmates()[0].id
    id = ask(pupil, pupil).body["id"]
    answers(*(area for area in extracts.AREAS if area != "messages"))
    path = {"person": pupil, "extract": id}
    early = call("access", "link_extract", pupil, path=path, body={"format": "pdf"})
    assert (early.status, early.body["type"]) == (409, "urn:skolkit:problem:extract-not-ready")
    run_schedule("access", "chase_extracts")
    assert len(requests()) == 1
    for turn in range(1, ASKS):
        monkeypatch.setattr(extracts, "now", lambda n=turn: clock.now() + n * (PATIENCE + timedelta(1)))
        run_schedule("access", "chase_extracts")
        assert len(requests()) == turn + 1
    assert read(pupil, pupil, id).body["outcome"] == {"missing": ["messages"]}
    monkeypatch.setattr(extracts, "now", lambda: clock.now() + (ASKS + 1) * (PATIENCE + timedelta(1)))
    with pytest.raises(RuntimeError):
        run_schedule("access", "chase_extracts")
    assert read(pupil, pupil, id).body["state"] == "failed"


def test_a_second_answer_makes_it_whole(world: World) -> None:
    """A part that came late completes what was asked again, once."""
    pupil = world.classmates()[0].id
    id = ask(pupil, pupil).body["id"]
    answers(*extracts.AREAS[:-1], *extracts.AREAS[:2])
    assert read(pupil, pupil, id).body["state"] == "running"
    answers(extracts.AREAS[-1], extracts.AREAS[-1])
    assert read(pupil, pupil, id).body["state"] == "done"


def test_parts_are_where_only_their_area_writes(world: World, tables: Cloud) -> None:
    pupil = world.classmates()[0].id
    made(pupil, pupil)
    found = tables.client("s3").list_objects_v2(Bucket=EXTRACTS_BUCKET)["Contents"]
    folders = {entry["Key"].rpartition("/")[0] for entry in found}
    assert folders == {"documents/whole", *(f"parts/{area}" for area in personal())}


def test_what_others_had_gathered_goes_when_somebody_becomes_protected(world: World, tables: Cloud) -> None:
    """Made, on its way, and the pupil's own, which stays."""
    pupil = world.classmates()[0]
    guardian, other = (g.guardian_id for g in pupil.guardians)
    own, _ = made(pupil.id, pupil.id)
    theirs, _ = made(pupil.id, guardian)
    link = call("access", "link_extract", guardian, path={"person": pupil.id, "extract": theirs},
                body={"format": "json"}).body["url"]  # fmt: skip
    on_its_way = ask(pupil.id, other).body["id"]
    drop(tables, "register/persons/p.jsonl", [person_row(pupil) | {"securityMarking": "Sekretessmarkering"}])
    fact = next(f for f in outbox("register") if f["type"] == "register.PersonProtected.v1")
    for _ in range(2):
        assert deliver("access", "withdraw_extracts", fact) == []
    answers(*extracts.AREAS)
    for by, id in ((guardian, theirs), (other, on_its_way)):
        assert read(pupil.id, by, id).body["outcome"] == {"reason": "person-protected"}
        path = {"person": pupil.id, "extract": id}
        again = call("access", "link_extract", by, path=path, body={"format": "json"})
        assert again.status == 409
    with pytest.raises(HTTPError, match="404"):
        urllib.request.urlopen(link)
    assert read(pupil.id, pupil.id, own).body["state"] == "done"
    assert fetch(pupil.id, pupil.id, own, "json")

"""Processes 3 and 8 in-process: history of enrolments, a unit's list, transfers, leaving with its papers, and
the memberships that end.
"""

from __future__ import annotations

import json
import time
from datetime import date, timedelta
from typing import Any

import httpx
import pytest

from functions.register import queries
from infra.local.cloud import Cloud
from infra.local.population import NewPupil
from skolkit.clock import today
from skolkit.sweden.calendar import SchoolYear
from skolkit.table import fetch
from skolkit.types import PersonId, UnitId, new_id, stable_id
from tests.support.areas import Answer, audit_rows, call, deliver, outbox
from tests.support.meter import metered
from tests.support.world import UNITS_TABLE, World, drop, make_world, person_row

OTHER = UnitId(stable_id("unit", "99990025"))
CLERK, FAR = PersonId(stable_id("person", "clerk")), PersonId(stable_id("person", "far clerk"))
SPRING = SchoolYear.of(today()).end


@pytest.fixture
def world(tables: Cloud) -> World:
    world = make_world(tables)
    drop(
        tables, "organisation/units/other.csv",
        UNITS_TABLE.format(code="99990025", name="Andra skolan", address="G", pupils=1),
    )  # fmt: skip
    cards = [
        {"id": id, "givenName": "Test", "familyName": "Kansli", "birthDate": "1980-01-31"}
        for id in (CLERK, FAR)
    ]
    drop(tables, "register/persons/clerks.jsonl", cards)
    duties = [
        {"person": CLERK, "unit": world.unit, "role": "administrator", "startDate": "2020-08-18"},
        {"person": FAR, "unit": OTHER, "role": "administrator", "startDate": "2020-08-18"},
    ]
    drop(tables, "organisation/duties/clerks.jsonl", duties)
    return world


def do(
    name: str, by: str, pupil: str, body: Any = None, *, version: int | None = None, **more: Any
) -> Answer:
    headers = {"idempotency-key": new_id()}
    if version is not None:
        headers["if-match"] = f'"{version}"'
    path = {k: v for k, v in more.items() if k != "kind"}
    query = {"kind": more["kind"]} if "kind" in more else {}
    return call("register", name, by, path={"person": pupil} | path, body=body, headers=headers, query=query)


def enrolments(pupil: str, by: str = CLERK) -> tuple[list[dict[str, Any]], int]:
    answer = do("list_enrolments", by, pupil)
    assert answer.status == 200, answer.body
    return answer.body["data"], answer.body["version"]


def facts(kind: str) -> list[dict[str, Any]]:
    return [e["data"] for e in outbox("register") if e["type"] == f"register.{kind}.v1"]


def hand_on(area: str, function: str, kind: str) -> None:
    envelopes = [e for e in outbox("register") if e["type"] == f"register.{kind}.v1"]
    assert deliver(area, function, *envelopes) == []


def refused(answer: Answer, status: int, code: str) -> None:
    assert (answer.status, answer.body["type"]) == (status, f"urn:skolkit:problem:{code}"), answer.body


def test_a_new_year_is_an_enrolment_of_its_own_and_a_correction_is_none(world: World) -> None:
    pupil = world.classmates()[0]
    guardian = pupil.guardians[0].guardian_id
    (only,), version = enrolments(pupil.id, guardian)
    change = {"year": pupil.year, "endDate": None, "specification": "x"}
    refused(do("change_enrolment", FAR, pupil.id, change, version=1, enrolment=only["id"]), 404, "not-found")
    refused(
        do("change_enrolment", CLERK, pupil.id, change, version=99, enrolment=only["id"]),
        412,
        "changed-meanwhile",
    )
    changed = do("change_enrolment", CLERK, pupil.id, change, version=version, enrolment=only["id"])
    assert (changed.status, changed.body["warnings"]) == (200, [])
    assert [e["id"] for e in enrolments(pupil.id)[0]] == [only["id"]]
    autumn = (SPRING + timedelta(days=1)).isoformat()
    assert pupil.year is not None
    change = {"year": pupil.year + 1, "endDate": None, "since": autumn}
    version = changed.body["version"]
    split = do("change_enrolment", CLERK, pupil.id, change, version=version, enrolment=only["id"])
    assert split.status == 200, split.body
    (old, new), version = enrolments(pupil.id)
    assert (old["endDate"], old["leaving"], old["year"]) == (SPRING.isoformat(), "continues", pupil.year)
    assert (new["startDate"], new["endDate"], new["year"]) == (autumn, None, pupil.year + 1)
    assert facts("EnrolmentEnded") == []
    early = {"year": pupil.year, "endDate": today().isoformat()}
    ended = do("change_enrolment", CLERK, pupil.id, early, version=version, enrolment=old["id"])
    assert ended.body["warnings"] == [
        {"code": "keepsPlace", "until": SPRING.isoformat(), "law": "skollagen 10:28"}
    ]
    (fact,) = facts("EnrolmentEnded")
    assert (fact["last_day"], fact["left_unit"]) == (today().isoformat(), False)  # next year goes on there
    cancelled = do("cancel_enrolment", CLERK, pupil.id, version=ended.body["version"], enrolment=new["id"])
    assert cancelled.body["data"][0]["cancelled"]
    again = do("cancel_enrolment", CLERK, pupil.id, version=cancelled.body["version"], enrolment=new["id"])
    refused(again, 409, "already-cancelled")
    assert [e["cancelled"] for e in enrolments(pupil.id)[0]] == [False, True]
    assert [f["cancelled"] for f in facts("EnrolmentEnded")] == [False, True]
    actions = {row["action"] for row in audit_rows(pupil.id)}
    assert {"list_enrolments", "change_enrolment", "cancel_enrolment"} <= actions


def test_what_no_school_form_allows_is_refused(world: World) -> None:
    pupil = next(p for p in world.population.guardians)
    office = world.staff("administrator")
    body = {"unit": world.unit, "startDate": "2026-08-18"}

    def enrol(**more: Any) -> Answer:
        return do("enrol_pupil", office, pupil.id, body | more)

    refused(enrol(schoolForm="GR"), 422, "year-missing")
    refused(enrol(schoolForm="GR", year=10), 422, "year-not-of-form")
    refused(enrol(schoolForm="VUX", year=1), 422, "year-not-of-form")
    refused(enrol(schoolForm="GY", year=1), 422, "study-path-missing")
    refused(enrol(schoolForm="VUX", unit=new_id()), 422, "unknown-unit")
    assert enrol(schoolForm="GY", year=1, educationCode="EKJUR").status == 201
    assert enrol(schoolForm="FKLASS", startDate="2024-08-18", endDate="2025-06-30").body["year"] == 0


def test_a_units_pupils_with_guardians(world: World, tables: Cloud) -> None:
    seen: list[dict[str, Any]] = []
    cursor = None
    while True:
        query = {"guardians": "true", "limit": 30} | ({"cursor": cursor} if cursor else {})
        with metered() as use:
            began = time.perf_counter()
            page = call("register", "list_unit_pupils", CLERK, path={"unit": world.unit}, query=query)
            took = time.perf_counter() - began
        assert page.status == 200, page.body
        print(f"{len(page.body['data'])} pupils {use.operations} {took * 1000:.1f} ms")
        protected = sum(row["protected"] for row in page.body["data"])
        assert use.trips <= 5 + protected, use.operations
        seen += page.body["data"]
        cursor = page.body["cursor"]
        if cursor is None:
            break
    everybody = {p.id: p for p in world.population.pupils}
    assert {row["person"] for row in seen} == set(everybody)
    assert len(seen) == len(everybody)
    for row in seen:
        assert {g["person"] for g in row["guardians"]} == {
            g.guardian_id for g in everybody[row["person"]].guardians
        }
    (year,) = {p.year for p in world.classmates()}
    query = {"year": str(year), "limit": 100}
    listed = call("register", "list_unit_pupils", CLERK, path={"unit": world.unit}, query=query).body["data"]
    assert {row["person"] for row in listed} == {p.id for p in everybody.values() if p.year == year}
    past = call(
        "register", "list_unit_pupils", CLERK, path={"unit": world.unit}, query={"date": "2020-01-01"}
    )
    assert past.body["data"] == []
    for caller in (FAR, world.klass.mentor_ids[0], seen[0]["person"]):
        assert call("register", "list_unit_pupils", caller, path={"unit": world.unit}).status == 404
    hidden = world.classmates()[0]
    drop(tables, "register/persons/h.jsonl", [person_row(hidden) | {"securityMarking": "Sekretessmarkering"}])
    whole = world.staff("administrator")
    for caller, name in ((whole, None), (CLERK, hidden.given_name)):
        query = {"guardians": "true", "limit": "100"}
        rows = call("register", "list_unit_pupils", caller, path={"unit": world.unit}, query=query).body[
            "data"
        ]
        (row,) = [row for row in rows if row["person"] == hidden.id]
        assert (row["givenName"], row["protected"], bool(row["guardians"])) == (name, True, bool(name))
    ids = [p.id for p in world.classmates()]
    with metered() as use:
        names, kin = fetch(queries.wanted_names(ids), queries.wanted_guardians(ids))
    assert (use.trips, set(names), set(kin)) == (1, set(ids), set(ids))


def test_a_transfer_waits_for_the_receiving_unit(world: World) -> None:
    pupil = world.classmates()[0]
    (old,), _ = enrolments(pupil.id)
    first = today() + timedelta(days=7)
    new = {"enrolment": old["id"], "toUnit": OTHER, "firstDay": first.isoformat()}
    refused(do("ask_transfer", CLERK, pupil.id, new | {"toUnit": world.unit}), 422, "same-unit")
    refused(do("ask_transfer", CLERK, pupil.id, new | {"toUnit": new_id()}), 422, "unknown-unit")
    gap = {"lastDay": (first - timedelta(days=4)).isoformat()}
    refused(do("ask_transfer", CLERK, pupil.id, new | gap), 422, "transfer-gap")
    refused(
        do("ask_transfer", CLERK, pupil.id, new | {"lastDay": first.isoformat()}), 422, "transfer-overlap"
    )
    refused(do("ask_transfer", FAR, pupil.id, new), 404, "not-found")
    asked = do("ask_transfer", CLERK, pupil.id, new)
    assert (asked.status, asked.body["state"]) == (201, "asked"), asked.body
    for unit, by in ((OTHER, FAR), (world.unit, CLERK), (None, world.staff("administrator"))):
        query = {"unit": str(unit)} if unit else {}
        waits = call("register", "list_matters", by, query=query).body["data"]
        assert [(w["kind"], w["id"], w["overdue"]) for w in waits] == [("transfer", asked.body["id"], False)]
    assert call("register", "list_matters", CLERK, query={"unit": OTHER}).status == 404
    assert call("register", "list_matters", CLERK).status == 404
    at = {"transfer": asked.body["id"], "version": 1}
    refused(do("answer_transfer", CLERK, pupil.id, {"accepted": True}, **at), 404, "not-found")
    done = do("answer_transfer", FAR, pupil.id, {"accepted": True}, **at)
    assert (done.status, done.body["state"], bool(done.body["warnings"])) == (200, "done", True), done.body
    again = do("answer_transfer", FAR, pupil.id, {"accepted": True}, transfer=asked.body["id"], version=2)
    refused(again, 409, "already-decided")
    rows, _ = enrolments(pupil.id, pupil.guardians[0].guardian_id)
    assert [(r["unit"], r["endDate"]) for r in rows] == [
        (world.unit, (first - timedelta(days=1)).isoformat()),
        (OTHER, None),
    ]
    assert call("register", "list_matters", FAR, query={"unit": OTHER}).body["data"] == []
    (told,) = facts("PupilTransferred")
    assert (told["from_unit"], told["to_unit"]) == (world.unit, OTHER)
    query = {"date": first.isoformat(), "limit": "100"}
    there = call("register", "list_unit_pupils", FAR, path={"unit": OTHER}, query=query).body["data"]
    assert [row["person"] for row in there] == [pupil.id]
    hand_on("organisation", "end_memberships", "EnrolmentEnded")
    hand_on("organisation", "end_memberships", "EnrolmentEnded")
    klass = {p.id for p in world.population.pupils if p.class_id == world.klass.id}
    assert members(world) == klass  # until the last day
    parts = [e for e in outbox("organisation") if e["type"] == "organisation.GroupMembersChanged.v1"]
    assert parts


def members(world: World) -> set[str]:
    group = call("organisation", "read_group", world.klass.mentor_ids[0], path={"group": world.klass.id})
    return {m["person"] for m in group.body["members"]}


def test_a_pupil_leaves_and_everybody_is_told(world: World, tables: Cloud) -> None:
    pupil = world.classmates()[0]
    guardian, office = pupil.guardians[0].guardian_id, world.staff("administrator")
    fact = envelope(pupil, "9999", "0180")
    assert deliver("register", "open_leaving", fact, fact) == []
    assert (
        deliver("register", "open_leaving", envelope(pupil, "0180", "0181", "elsewhere")) == []
    )  # never lived here
    (case,) = do("list_leavings", guardian, pupil.id).body["leavings"]
    assert (case["origin"], case["movedTo"], case["state"]) == ("moved", "0180", "open")
    assert case["warnings"][0]["until"] == case["keepsUntil"] == SPRING.isoformat()
    yesterday = (today() - timedelta(days=1)).isoformat()
    decision = {"outcome": "leaves", "lastDay": yesterday, "reason": "otherMunicipality"}
    decision["destination"] = {"municipality": "0180", "organisation": "2120000142"}  # type: ignore[assignment]
    at = {"leaving": case["id"], "version": case["version"]}
    refused(do("decide_leaving", FAR, pupil.id, decision, **at), 404, "not-found")
    refused(do("decide_leaving", CLERK, pupil.id, {"outcome": "leaves"}, **at), 422, "decision-incomplete")
    refused(do("ask_handover", CLERK, pupil.id, {"leaving": case["id"]}), 409, "not-left")
    left = do("decide_leaving", CLERK, pupil.id, decision, **at)
    assert (left.status, left.body["state"]) == (200, "left"), left.body
    refused(
        do("decide_leaving", CLERK, pupil.id, decision, leaving=case["id"], version=2), 409, "already-decided"
    )
    refused(
        do("leave_school", CLERK, pupil.id, {"lastDay": yesterday, "reason": "other"}), 409, "already-left"
    )
    (told,) = facts("PupilLeft")
    assert (told["leaving"], told["to_municipality"]) == (case["id"], "0180")
    for _ in range(2):
        hand_on("organisation", "end_memberships", "EnrolmentEnded")
        hand_on("register", "write_notice", "NoticeDrawnUp")
    assert pupil.id not in members(world)
    notices = {n["recipient"]: n for n in do("list_leavings", CLERK, pupil.id).body["notices"]}
    assert {k: (n["code"], n["law"]) for k, n in notices.items()} == {
        "homeMunicipality": ("0180", "skollagen 7:22"),
        "nextOrganiser": ("2120000142", "skolförordningen 6:18"),
        "home": ("", "skolförordningen 6:18"),
    }
    letter = fetched(
        do("link_notice", CLERK, pupil.id, notice=notices["homeMunicipality"]["id"], kind="letter")
    )
    assert pupil.given_name in letter
    assert "Sista dag" in letter
    refused(do("link_notice", guardian, pupil.id, notice=notices["homeMunicipality"]["id"]), 404, "not-found")
    assert "Avgångsintyg" in fetched(do("link_notice", guardian, pupil.id, notice=notices["home"]["id"]))
    sent_and_acknowledged(pupil.id, notices["homeMunicipality"], office)
    certificate = do("read_certificate", guardian, pupil.id, leaving=case["id"]).body
    assert (certificate["yearLeft"], certificate["lastDay"]) == (pupil.year, yesterday)
    assert [s["unit"] for s in certificate["stays"]] == [world.unit]
    assert {p["state"] for p in certificate["parts"]} == {"notHandedIn"}
    job = package(pupil, case["id"])
    old = do("link_handover", CLERK, pupil.id, job=job, kind="data")
    drop(tables, "register/persons/h.jsonl", [person_row(pupil) | {"securityMarking": "Sekretessmarkering"}])
    for _ in range(2):
        hand_on("register", "hide_papers", "PersonProtected")
    for notice in notices.values():
        text = fetched(do("link_notice", CLERK, pupil.id, notice=notice["id"], kind="letter"))
        assert not [x for x in (pupil.given_name, pupil.family_name, pupil.civic_no.value) if x in text]
    refused(do("link_handover", CLERK, pupil.id, job=job, kind="data"), 409, "not-ready")
    assert httpx.get(old.body["url"]).status_code == 404


def test_who_left_behind_a_pupil_does_not_end_their_time_elsewhere(world: World) -> None:
    pupil, office = world.classmates()[0], world.staff("administrator")
    assert deliver("register", "open_leaving", envelope(pupil, "9999", "0180")) == []
    (case,) = do("list_leavings", CLERK, pupil.id).body["leavings"]
    (old,), _ = enrolments(pupil.id)
    new = {"enrolment": old["id"], "toUnit": OTHER, "firstDay": today().isoformat()}
    assert do("ask_transfer", office, pupil.id, new).body["state"] == "done"
    decision = {"outcome": "leaves", "lastDay": today().isoformat(), "reason": "abroad"}
    at = {"leaving": case["id"], "version": 1}
    refused(do("decide_leaving", CLERK, pupil.id, decision, **at), 404, "not-found")
    leaving = {"lastDay": today().isoformat(), "reason": "abroad"}
    refused(do("leave_school", CLERK, pupil.id, leaving), 404, "not-found")
    assert do("decide_leaving", office, pupil.id, decision, **at).body["state"] == "left"


def envelope(pupil: NewPupil, old: str | None, new: str | None, direction: str = "out") -> dict[str, Any]:
    data = {
        "person": pupil.id, "direction": direction, "from_municipality": old, "to_municipality": new,
        "date": "2026-11-20",
    }  # fmt: skip
    return {
        "id": new_id(),
        "type": "register.PersonMoved.v1",
        "time": "2026-11-23T07:00:00.000Z",
        "data": data,
    }


def fetched(link: Answer) -> str:
    assert link.status == 200, link.body
    assert "X-Amz-Signature" in link.body["url"]
    reply = httpx.get(link.body["url"])
    assert reply.status_code == 200
    return reply.content.decode()


def sent_and_acknowledged(pupil: str, notice: dict[str, Any], office: str) -> None:
    at = {"notice": notice["id"]}
    mark = {"state": "sent", "channel": "secureMessage"}
    early = do("mark_notice", CLERK, pupil, {"state": "acknowledged"}, version=notice["version"], **at)
    refused(early, 409, "not-sent-yet")
    missing = do("mark_notice", CLERK, pupil, {"state": "sent"}, version=notice["version"], **at)
    refused(missing, 422, "channel-missing")
    sent = do("mark_notice", CLERK, pupil, mark, version=notice["version"], **at)
    assert (sent.status, sent.body["sentBy"]) == (200, CLERK), sent.body
    waits = {w["id"]: w["due"] for w in call("register", "list_matters", office).body["data"]}
    assert waits[notice["id"]] == (today() + timedelta(days=14)).isoformat()
    mark = {"state": "acknowledged"}
    assert do("mark_notice", office, pupil, mark, version=sent.body["version"], **at).status == 200
    assert notice["id"] not in {w["id"] for w in call("register", "list_matters", office).body["data"]}


def package(pupil: NewPupil, case: str) -> str:
    asked = do("ask_handover", CLERK, pupil.id, {"leaving": case})
    assert (asked.status, asked.body["state"]) == (202, "waiting"), asked.body
    job = asked.body["id"]
    refused(do("link_handover", CLERK, pupil.id, job=job), 409, "not-ready")
    hand_on("register", "write_handover", "HandoverAsked")
    done = do("read_handover", CLERK, pupil.id, job=job).body
    assert (done["state"], done["outcome"]["parts"]["grades"]) == ("done", "notHandedIn")
    made = json.loads(fetched(do("link_handover", CLERK, pupil.id, job=job, kind="data")))
    assert made["person"]["civicNo"] == {"value": pupil.civic_no.value}
    assert made["person"]["enrolments"][0]["schoolType"] == "GR"
    assert len(made["person"]["responsibles"]) == 2
    assert pupil.guardians[0].guardian_id in json.dumps(made)
    refused(do("read_handover", FAR, pupil.id, job=job), 404, "not-found")
    return str(job)


def test_a_protected_pupil_is_named_in_no_letter_and_handed_over_by_decision(
    world: World, tables: Cloud
) -> None:
    hidden = world.classmates()[0]
    drop(tables, "register/persons/h.jsonl", [person_row(hidden) | {"securityMarking": "Sekretessmarkering"}])
    last = (today() + timedelta(days=3)).isoformat()
    new = {"lastDay": last, "reason": "independentSchool", "destination": {"organisation": "2120000142"}}
    left = do("leave_school", CLERK, hidden.id, new)
    assert left.status == 201, left.body
    hand_on("register", "write_notice", "NoticeDrawnUp")
    notices = do("list_leavings", CLERK, hidden.id).body["notices"]
    assert {n["recipient"] for n in notices} == {"nextOrganiser", "home"}
    seen = do("list_leavings", hidden.guardians[0].guardian_id, hidden.id).body
    assert {n["code"] for n in seen["notices"]} == {""}
    assert set(seen["leavings"][0]["destination"].values()) == {None}
    for notice in notices:
        for kind in ("letter", "text", "data"):
            text = fetched(do("link_notice", CLERK, hidden.id, notice=notice["id"], kind=kind))
            assert not [
                x for x in (hidden.given_name, hidden.family_name, hidden.civic_no.value) if x in text
            ]
    refused(do("ask_handover", CLERK, hidden.id, {"leaving": left.body["id"]}), 422, "decision-needed")
    asked = {"leaving": left.body["id"], "specialDecision": "BUN 2026:117"}
    assert do("ask_handover", CLERK, hidden.id, asked).status == 202


def test_where_a_protected_pupil_has_moved_is_asked_of_the_register(world: World, tables: Cloud) -> None:
    """The fact says neither municipality."""
    hidden = world.classmates()[0]
    row = person_row(hidden) | {"securityMarking": "Sekretessmarkering", "municipalityCode": "0180"}
    drop(tables, "register/persons/h.jsonl", [row])
    assert deliver("register", "open_leaving", envelope(hidden, None, None)) == []
    (case,) = do("list_leavings", CLERK, hidden.id).body["leavings"]
    assert (case["origin"], case["movedTo"]) == ("moved", "0180")


def test_a_home_municipality_is_told_who_starts(world: World, tables: Cloud) -> None:
    row = {"id": new_id(), "givenName": "Ny", "familyName": "Elev", "birthDate": "2015-05-04"}
    drop(tables, "register/persons/n.jsonl", [row | {"municipalityCode": "0180"}])
    body = {"unit": world.unit, "schoolForm": "GR", "year": 5, "startDate": date(2027, 1, 11).isoformat()}
    office = world.staff("administrator")
    assert do("enrol_pupil", office, row["id"], body).status == 201
    (notice,) = do("list_leavings", office, row["id"]).body["notices"]
    assert (notice["purpose"], notice["code"], notice["law"]) == ("started", "0180", "skollagen 7:22")

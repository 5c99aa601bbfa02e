"""A choice round from wishes to groups and study plans, and the catalogue it rests on, in-process."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from infra.local.cloud import Cloud
from skolkit.clock import now, stamp, today
from skolkit.types import PersonId, new_id, stable_id
from tests.support.areas import Answer, audit_rows, call, deliver, outbox
from tests.support.asks import elective_round
from tests.support.world import World, drop, make_world

ASKED = "organisation.ElectivesAllocationAsked.v1"


@pytest.fixture
def world(tables: Cloud) -> World:
    return make_world(tables)


def over(version: int) -> dict[str, str]:
    return {"if-match": f'"{version}"'}


class Scene:
    """One round of a unit, asked about by its principal unless said otherwise."""

    def __init__(self, world: World, **round: Any) -> None:
        self.world, self.body = world, elective_round(**round)
        self.head = world.staff("principal")
        made = call(
            "organisation", "open_round", self.head, path={"unit": world.unit}, body=self.body,
            headers={"idempotency-key": new_id()},
        )  # fmt: skip
        assert made.status == 201, made.body
        self.path = {"unit": world.unit, "round": made.body["id"]}

    def ask(self, name: str, by: PersonId | None = None, *, body: Any = None, **more: str) -> Answer:
        return call(
            "organisation", name, by or self.head, path=self.path | more, body=body,
            headers={"idempotency-key": new_id()},
        )  # fmt: skip

    def wish(self, by: PersonId, pupil: PersonId, *options: str) -> Answer:
        return self.ask("put_wishes", by, pupil=pupil, body={"options": list(options)})

    def change(self, **more: Any) -> Answer:
        version = self.ask("read_round").body["version"]
        return call(
            "organisation", "change_round", self.head, path=self.path, body=self.body | more,
            headers=over(version),
        )  # fmt: skip

    def close(self) -> None:
        done = self.change(closes=stamp(now() - timedelta(seconds=1)))
        assert done.status == 200, done.body

    def job(self, name: str) -> dict[str, Any]:
        """Ask for a job, do it twice over, and say what came of it."""
        asked = self.ask(name)
        assert asked.status == 202, asked.body
        facts = [
            e for e in outbox("organisation") if e["type"] == ASKED and e["data"]["job"] == asked.body["id"]
        ]
        for fact in facts * 2:
            assert deliver("organisation", "allocate_electives", fact) == []
        found: dict[str, Any] = self.ask("read_round_job", job=asked.body["id"]).body
        return found


def test_a_round_from_wishes_to_groups_and_plans(world: World) -> None:
    local = call(
        "organisation", "add_local_syllabus", world.staff("principal"), path={"unit": world.unit},
        body={"schoolForm": "GR", "subjectName": "Moderna språk", "subjectCode": "GRGRMSP01",
              "languageCode": "deu", "validFrom": "2022-07-01"},
        headers={"idempotency-key": new_id()},
    )  # fmt: skip
    options = [
        {"id": "deu", "name": "Tyska", "capacity": 2, "syllabus": local.body["id"]},
        {"id": "fra", "name": "Franska", "capacity": 9, "minSize": 2},
        {"id": "zho", "name": "Kinesiska", "capacity": 9, "minSize": 3},
    ]
    scene = Scene(world, options=options)
    pupils = world.classmates()[:4]
    for pupil in pupils:
        sent = scene.wish(pupil.guardians[0].guardian_id, pupil.id, "deu", "fra")
        assert sent.status == 200, sent.body
    last = pupils[-1]
    both = scene.wish(last.guardians[1].guardian_id, last.id, "zho", "fra")
    assert [w["options"] for w in both.body["wishes"]] == [["zho", "fra"], ["deu", "fra"]]
    again = scene.wish(last.guardians[1].guardian_id, last.id, "zho", "fra")
    assert again.body == both.body

    assert scene.ask("preview_round").status == 409  # still open
    scene.close()
    assert scene.wish(last.guardians[0].guardian_id, last.id, "deu").body["type"].endswith("round-not-open")
    assert scene.ask("decide_round").body["type"].endswith("nothing-previewed")
    job = scene.job("preview_round")
    assert (job["state"], job["outcome"]) == (
        "done", {"pupils": 4, "without": 0, "ranks": {"1": 2, "2": 2}, "closed": ["zho"]},
    )  # fmt: skip
    first = scene.ask("list_results").body["data"]
    assert scene.job("preview_round")["outcome"] == job["outcome"]
    assert scene.ask("list_results").body["data"] == first
    assert scene.ask("read_wishes", last.id, pupil=last.id).body["result"] is None

    decided = scene.job("decide_round")
    assert decided["state"] == "done", decided
    assert scene.ask("read_round").body["decided"]
    assert scene.ask("decide_round").body["type"].endswith("round-decided")
    result = scene.ask("read_wishes", last.id, pupil=last.id).body["result"]
    assert (result["granted"], result["outcome"][0]) == (["fra"], {"option": "zho", "reason": "too-small"})
    full = next(r for r in first if r["outcome"][0] == {"option": "deu", "reason": "full"})
    assert full["lot"] > 0
    groups = {o: stable_id("elective", scene.path["round"], o) for o in ("deu", "fra", "zho")}
    seats = {o: [r["pupil"] for r in first if o in r["granted"]] for o in groups}
    facts = outbox("organisation")
    changed = {e["data"]["group"] for e in facts if e["type"] == "organisation.GroupMembersChanged.v1"}
    assert {groups["deu"], groups["fra"]} <= changed
    assert groups["zho"] not in changed
    done = [e["data"] for e in facts if e["type"] == "organisation.ElectivesDecided.v1"]
    assert done == [scene.path]
    group = call("organisation", "read_group", scene.head, path={"group": groups["deu"]})
    assert (group.body["name"], group.body["members"]) == ("Tyska", [])  # members from next school year on
    for pupil in seats["deu"]:
        plan = call("organisation", "read_study_plan", pupil, path={"pupil": pupil}).body
        assert [row["syllabus"] for row in plan["content"]] == [local.body["id"]]
        assert plan["content"][0]["title"] == "Språkval"
    assert "decide_round" in [row["action"] for row in audit_rows(world.unit)]


def test_who_may_choose(world: World) -> None:
    pupil, other = world.classmates()[:2]
    scene = Scene(world, pupilFrom=16, groups=[world.klass.id])
    assert scene.wish(pupil.id, pupil.id, "deu").body["type"].endswith("too-young-to-choose")
    assert scene.wish(other.guardians[0].guardian_id, pupil.id, "deu").status == 404
    guardian = pupil.guardians[0].guardian_id
    assert scene.wish(guardian, pupil.id, "eng").status == 422
    assert scene.wish(guardian, pupil.id, "deu", "deu").status == 422
    assert scene.wish(guardian, pupil.id, "deu").status == 200
    stranger = next(p for p in world.population.pupils if p.class_id != world.klass.id)
    beyond = scene.wish(stranger.guardians[0].guardian_id, stranger.id, "deu")
    assert beyond.body["type"].endswith("not-in-round")
    assert scene.change(pupilFrom=6).body["type"].endswith("round-has-opened")
    with_seats = [o | {"capacity": 5} for o in scene.body["options"]]
    assert scene.change(options=with_seats).status == 200
    young = Scene(world, pupilFrom=6)
    assert young.wish(pupil.id, pupil.id, "fra").status == 200


def test_a_changed_round_is_previewed_again(world: World) -> None:
    scene = Scene(world)
    pupil = world.classmates()[0]
    scene.wish(pupil.guardians[0].guardian_id, pupil.id, "deu")
    scene.close()
    assert scene.job("preview_round")["state"] == "done"
    scene.close()
    assert scene.ask("decide_round").body["type"].endswith("nothing-previewed")
    assert scene.ask("read_round").body["seed"] is not None


def test_sixty_in_one_group_and_plans_in_several_turns(world: World) -> None:
    local = call(
        "organisation", "add_local_syllabus", world.staff("principal"), path={"unit": world.unit},
        body={"schoolForm": "GR", "subjectName": "Schack", "validFrom": "2022-07-01"},
        headers={"idempotency-key": new_id()},
    )  # fmt: skip
    scene = Scene(
        world, choice="elevensval", ranked=1,
        options=[{"id": "schack", "name": "Schack", "capacity": 100, "syllabus": local.body["id"]}],
    )  # fmt: skip
    pupils = [p for p in world.population.pupils if p.guardians]
    for pupil in pupils:
        assert scene.wish(pupil.guardians[0].guardian_id, pupil.id, "schack").status == 200
    scene.close()
    scene.job("preview_round")
    assert scene.job("decide_round")["state"] == "done"
    assert len(pupils) > 45
    for pupil in pupils:
        assert call("organisation", "read_study_plan", pupil.id, path={"pupil": pupil.id}).status == 200
    assert len([e for e in outbox("organisation") if e["type"] == "organisation.ElectivesDecided.v1"]) == 1


def test_the_catalogue_in_pages_and_by_day(tables: Cloud) -> None:
    anyone = PersonId(stable_id("anyone"))
    levels = [{"code": f"MATE{n}A00X", "name": f"Matematik nivå {n}a", "points": "100"} for n in (1, 2)]
    rows: list[dict[str, Any]] = [
        {"subject": {"code": "MATE", "name": "Matematik", "typeOfSyllabus": "GRADE_SUBJECT_SYLLABUS",
                     "startDate": "2025-07-01", "version": 1, "schoolTypes": ["GY"], "courses": levels}},
        {"subject": {"code": "MAT", "name": "Matematik", "typeOfSyllabus": "SUBJECT_SYLLABUS",
                     "startDate": "2011-07-01", "endDate": "2024-06-30", "version": 1, "schoolTypes": ["GY"],
                     "courses": [{"code": "MATMAT01a", "name": "Matematik 1a", "points": "100"}]}},
        {"subject": {"code": "X", "name": "Fel", "startDate": "2025-07-01", "endDate": "2020-01-01",
                     "schoolTypes": ["GY"]}},
    ]  # fmt: skip
    report = drop(tables, "organisation/syllabuses/gy.jsonl", rows)
    assert (report["rows"], report["failed"]) == (3, 1)
    found, query = [], {"schoolForm": "GY", "limit": 2}
    while True:
        page = call("organisation", "list_syllabuses", anyone, query=query).body
        found += [(s["courseCode"], s["curriculum"]) for s in page["data"]]
        if page["cursor"] is None:
            break
        query = {"schoolForm": "GY", "limit": 2, "cursor": page["cursor"]}
    assert found == [("MATMAT01a", "GY11"), ("MATE1A00X", "GY25"), ("MATE2A00X", "GY25")]
    one = call("organisation", "list_syllabuses", anyone, query={"schoolForm": "GY", "subject": "MAT"}).body
    assert [s["courseCode"] for s in one["data"]] == ["MATMAT01a"]
    on = {"schoolForm": "GY", "on": today().isoformat()}
    assert len(call("organisation", "list_syllabuses", anyone, query=on).body["data"]) == 2
    before = call("organisation", "list_syllabuses", anyone, query={"schoolForm": "GY"}).body
    drop(tables, "organisation/syllabuses/again.jsonl", rows)
    assert call("organisation", "list_syllabuses", anyone, query={"schoolForm": "GY"}).body == before


def test_a_study_plan_and_every_version_of_it(world: World) -> None:
    pupil, mentor, head = world.classmates()[0], world.klass.mentor_ids[0], world.staff("principal")
    path = {"pupil": pupil.id}
    body = {"schoolForm": "GR", "startDate": "2026-08-17", "swedish": "SVA"}
    assert call("organisation", "put_study_plan", mentor, path=path, body=body, headers=over(0)).status == 200
    missing = body | {"content": [{"syllabus": new_id()}]}
    refused = call("organisation", "put_study_plan", mentor, path=path, body=missing, headers=over(1))
    assert (refused.status, refused.body["errors"][0]["field"]) == (422, "content.0.syllabus")
    assert call("organisation", "put_study_plan", mentor, path=path, body=body, headers=over(0)).status == 412
    decision = {"kind": "studiegang", "reason": "Enligt åtgärdsprogram", "startDate": "2026-09-01"}
    for by, status in ((mentor, 404), (head, 200)):
        done = call("organisation", "adapt_study_plan", by, path=path, body=decision, headers=over(1))
        assert done.status == status
    plan = call("organisation", "read_study_plan", pupil.guardians[0].guardian_id, path=path).body
    assert (plan["adaptation"]["law"], plan["adaptation"]["decidedBy"]) == ("skollagen 3:12", head)
    kept = call("organisation", "put_study_plan", mentor, path=path, body=body, headers=over(2)).body
    assert kept["adaptation"] == plan["adaptation"]
    versions = call("organisation", "list_plan_versions", pupil.id, path=path).body["data"]
    assert [v["version"] for v in versions] == [3, 2, 1]
    assert [v["adaptation"] is None for v in versions] == [False, False, True]


def test_a_units_hours_with_what_they_do_not_keep(world: World) -> None:
    head, path = world.staff("principal"), {"unit": world.unit}
    rows = [{"subject": "GRGRMAT01", "year": y, "hours": 130} for y in (4, 5, 6)]
    body = {"schoolYear": "2026/27", "timplan": "skolf-2011:185-bilaga-1-2024", "rows": rows}
    done = call("organisation", "decide_distribution", head, path=path, body=body, headers=over(0))
    assert done.status == 200, done.body
    fixed = [w for w in done.body["warnings"] if w["subject"] == "GRGRMAT01"]
    assert [(w["rule"], w["planned"], w["required"]) for w in fixed] == [("fixed-subject", 390, 410)]
    assert (
        call("organisation", "decide_distribution", head, path=path, body=body, headers=over(0)).status == 412
    )
    later = call("organisation", "read_distribution", head, path=path, query={"schoolYear": "2027/28"}).body
    assert (later["rows"], later["version"]) == (done.body["rows"], 0)
    assert (
        call("organisation", "read_distribution", head, path=path, query={"schoolYear": "2025/26"}).status
        == 404
    )
    wrong = body | {"rows": [{"subject": "HATT", "year": 4, "hours": 1}]}
    refused = call("organisation", "decide_distribution", head, path=path, body=wrong, headers=over(1))
    assert (refused.status, refused.body["type"]) == (422, "urn:skolkit:problem:unknown-timplan-subject")
    assert [e["type"] for e in outbox("organisation")].count("organisation.TimplanDecided.v1") == 1


def test_a_programme_a_plan_that_follows_it_and_what_a_unit_offers(tables: Cloud, world: World) -> None:
    office, head = world.staff("administrator"), world.staff("principal")
    levels = [{"code": f"MATE{n}A00X", "name": f"Matematik nivå {n}a", "points": "100"} for n in (1, 2)]
    subject: dict[str, Any] = {
        "code": "MATE", "name": "Matematik", "typeOfSyllabus": "GRADE_SUBJECT_SYLLABUS", "version": 1,
        "startDate": "2025-07-01", "schoolTypes": ["GY"], "courses": levels,
    }  # fmt: skip
    drop(tables, "organisation/syllabuses/gy.jsonl", [{"subject": subject}])
    listed = call("organisation", "list_syllabuses", head, query={"schoolForm": "GY"}).body["data"]
    first, second = (syllabus["id"] for syllabus in listed)
    body: dict[str, Any] = {
        "code": "TE25", "name": "Teknik", "type": "Högskoleförberedande program", "schoolForm": "GY",
        "validFrom": "2025-07-01",
        "content": [{"type": "Gymnasiegemensamma", "points": 100, "content": [[first]]}],
    }  # fmt: skip
    key = {"idempotency-key": new_id()}
    assert call("organisation", "add_programme", head, body=body, headers=key).status == 404
    made = call("organisation", "add_programme", office, body=body, headers=key)
    assert (made.status, made.body["code"]) == (201, "TE25"), made.body
    assert call("organisation", "add_programme", office, body=body, headers=key).body == made.body
    report = drop(tables, "organisation/programmes/te.jsonl", [body | {"name": "Teknikprogrammet"}])
    assert (report["rows"], report["failed"]) == (1, 0)
    (programme,) = call("organisation", "list_programmes", head).body["data"]
    assert (programme["id"], programme["name"]) == (made.body["id"], "Teknikprogrammet")

    pupil, mentor = world.classmates()[0].id, world.klass.mentor_ids[0]
    plan = {
        "schoolForm": "GY", "startDate": "2026-08-17", "programme": programme["id"],
        "content": [{"syllabus": second, "type": "Gymnasiegemensamma"}],
    }  # fmt: skip
    put = call("organisation", "put_study_plan", mentor, path={"pupil": pupil}, body=plan, headers=over(0))
    assert [(w["missing"], w["syllabus"]) for w in put.body["warnings"]] == [
        ("level", "MATE2A00X"), ("points", None), ("compulsory", "MATE1A00X"),
    ]  # fmt: skip
    assert put.body["warnings"][1]["reason"] == "100 av 2500 poäng."
    unknown = plan | {"programme": new_id()}
    refused = call(
        "organisation", "put_study_plan", mentor, path={"pupil": pupil}, body=unknown, headers=over(1)
    )
    assert refused.body["type"].endswith("unknown-programme")

    path = {"unit": world.unit}
    offer = {"schoolYear": "2026/27", "offeredSyllabuses": [first], "offeredProgrammes": [programme["id"]]}
    assert call("organisation", "put_offering", head, path=path, body=offer, headers=over(0)).status == 200
    found = call("organisation", "read_offering", pupil, path=path, query={"schoolYear": "2026/27"}).body
    assert (found["offeredProgrammes"], found["startDate"]) == ([programme["id"]], "2026-07-01")
    wrong = offer | {"offeredSyllabuses": [new_id()]}
    answer = call("organisation", "put_offering", head, path=path, body=wrong, headers=over(1))
    assert (answer.status, answer.body["errors"][0]["field"]) == (422, "offeredSyllabuses")
    assert call("organisation", "put_offering", head, path=path, body=offer, headers=over(0)).status == 412

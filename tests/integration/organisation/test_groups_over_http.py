"""Groups administered over HTTP: made, changed, ended, listed, filled by hand and by rules."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from functions.organisation import queries
from infra.local.cloud import Cloud
from skolkit.clock import today
from skolkit.table import dynamodb, fetch
from skolkit.types import GroupId, PersonId, new_id
from tests.support.areas import Answer, call, deliver, outbox
from tests.support.meter import metered
from tests.support.world import World, drop, make_world


@pytest.fixture
def world(tables: Cloud) -> World:
    return make_world(tables)


def do(world: World, name: str, body: Any = None, *, by: str = "principal", **more: Any) -> Answer:
    headers: dict[str, str] = {"idempotency-key": more.pop("key", new_id())}
    if "version" in more:
        headers["if-match"] = f'"{more.pop("version")}"'
    query = more.pop("query", {})
    return call(
        "organisation", name, world.staff(by), path=more or {"unit": world.unit}, query=query, body=body,
        headers=headers,
    )  # fmt: skip


def made(world: World, **more: Any) -> str:
    answer = do(world, "create_group", {"name": "Läsgrupp", "kind": "schema"} | more)
    assert answer.status == 201, answer.body
    return str(answer.body["id"])


def names(world: World, **query: str) -> list[str]:
    listed = do(world, "list_groups", query=query)
    assert listed.status == 200, listed.body
    return [group["name"] for group in listed.body["data"]]


def members(group: str) -> set[PersonId]:
    found = queries.group(GroupId(group), today())
    assert found is not None
    return set(found.members)


def test_a_group_is_made_changed_and_ended(world: World) -> None:
    key, teacher = new_id(), world.of_class()[0].teachers[0]
    new = {"name": "Kör", "kind": "övrigt", "teachers": [{"person": teacher}]}
    first, again = (do(world, "create_group", new, key=key) for _ in range(2))
    assert (first.status, first.body) == (201, again.body)
    id = first.body["id"]
    (parts,) = fetch(queries.wanted_parts([teacher]))
    assert id in {p.group for p in parts[teacher] if p.part == "teacher"}
    change = {"name": "Stora kören", "schoolForm": "GR", "year": 5}
    assert do(world, "change_group", change, version=7, group=id).status == 412
    changed = do(world, "change_group", change, version=1, group=id)
    assert (changed.body["name"], changed.body["version"], changed.body["teachers"]) == ("Stora kören", 2, [])
    (parts,) = fetch(queries.wanted_parts([teacher]))
    assert id not in {p.group for p in parts[teacher]}
    assert names(world, kind="övrigt") == ["Stora kören"]
    yesterday = (today() - timedelta(days=1)).isoformat()
    ended = do(world, "end_group", {"endDate": yesterday}, version=2, group=id)
    assert ended.body["endDate"] == yesterday
    assert (names(world, kind="övrigt"), names(world, state="archived")) == ([], ["Stora kören"])
    said = [f["type"].split(".")[1] for f in outbox("organisation") if f["data"].get("group") == id]
    assert said == ["GroupFormed", "GroupMembersChanged", "GroupMembersChanged", "GroupArchived"]


def test_a_list_pages_and_is_the_callers_own(world: World) -> None:
    everything, cursor = [], None
    while True:
        page = do(world, "list_groups", query={"limit": "3"} | ({"cursor": cursor} if cursor else {}))
        everything += [group["id"] for group in page.body["data"]]
        cursor = page.body["cursor"]
        if not cursor:
            break
    assert sorted(everything) == sorted(g.id for g in world.population.groups)
    one = do(world, "list_groups", query={"limit": "3"}).body["cursor"]
    for query in ({"cursor": one, "kind": "klass"}, {"cursor": one, "state": "archived"}):
        assert do(world, "list_groups", query=query).status == 400
    assert do(world, "list_groups", by="administrator", query={"cursor": one}).status == 400
    assert do(world, "list_groups", query={"schoolYear": "2026/28"}).status == 422


def test_who_is_not_enrolled_there_then_is_refused(tables: Cloud, world: World) -> None:
    group, pupil = made(world), world.classmates()[0].id
    newcomer: dict[str, Any] = {
        "id": new_id(), "givenName": "Ny", "familyName": "Elev", "birthDate": "2016-05-04",
        "enrolments": [
            {"enroledAt": world.unit, "schoolType": "GR", "startDate": "2026-08-18", "endDate": "2027-02-26"}
        ],
    }  # fmt: skip
    drop(tables, "register/persons/more.jsonl", [newcomer])
    day = today().isoformat()

    def add(*people: str, **time: str) -> Answer:
        body = {"startDate": day, "add": list(people)} | time
        return do(world, "change_members", body, group=group)

    for who in (new_id(), world.staff("teacher"), world.classmates()[0].guardians[0].guardian_id):
        refused = add(pupil, who)
        assert (refused.status, refused.body["errors"][0]["value"]) == (422, who)
    assert add(pupil, startDate="2020-08-18").status == 422
    assert add(newcomer["id"], startDate="2027-03-01").status == 422
    assert add(newcomer["id"], endDate="2027-06-01").status == 422
    put = {"group": group, "person": newcomer["id"]}
    late = call(
        "organisation", "put_member", world.staff("administrator"), path=put, body={"startDate": "2027-03-01"}
    )
    assert (late.status, late.body["type"]) == (422, "urn:skolkit:problem:not-enrolled-here")
    assert members(group) == set()
    assert add(newcomer["id"], endDate="2027-02-26").body["added"] == 1
    staff = made(world, name="Arbetslag", kind="personalgrupp")
    body = {"startDate": day, "add": [world.staff("teacher")]}
    assert do(world, "change_members", body, group=staff).body["added"] == 1
    assert do(world, "change_members", {**body, "add": [pupil]}, group=staff).status == 422
    unknown = {"name": "X", "kind": "klass", "mentors": [{"person": pupil}]}
    assert do(world, "create_group", unknown).body["type"] == "urn:skolkit:problem:not-employed-here"


def test_many_come_and_go_in_one_transaction_and_once(world: World) -> None:
    group, key = made(world), new_id()
    pupils = [p.id for p in world.population.pupils]
    body = {"startDate": today().isoformat(), "add": pupils}
    with metered() as use:
        first = do(world, "change_members", body, group=group, key=key)
    assert (first.body, use.operations.count("TransactWriteItems")) == (
        {"group": group, "added": len(pupils), "removed": 0}, 1,
    )  # fmt: skip
    facts = len(outbox("organisation"))
    assert do(world, "change_members", body, group=group, key=key).body == first.body
    assert (members(group), len(outbox("organisation"))) == (set(pupils), facts)
    gone = do(world, "change_members", {**body, "add": [], "remove": pupils[:9]}, group=group)
    assert (gone.body["removed"], members(group)) == (9, set(pupils[9:]))
    assert (
        do(world, "change_members", {**body, "add": [new_id() for _ in range(91)]}, group=group).status == 422
    )


def test_a_rule_fills_a_group_and_hands_win(world: World) -> None:
    group = made(world, name="Alla i femman")
    fives = {p.id for p in world.population.pupils if p.year == 5}
    six = next(p.id for p in world.population.pupils if p.year == 6)
    assert do(world, "preview_rule", group=group).body["type"] == "urn:skolkit:problem:no-rule"
    rule = {"terms": [{"schoolForm": "GR", "year": 5}], "automatic": True}
    assert do(world, "set_rule", {"terms": [{"group": new_id()}]}, version=1, group=group).status == 422
    assert do(world, "set_rule", {"terms": [{}]}, version=1, group=group).status == 422
    assert do(world, "set_rule", rule, version=1, group=group).status == 200
    seen = do(world, "preview_rule", group=group).body
    assert (set(seen["come"]), seen["leave"], members(group)) == (fives, [], set())
    out, day = min(fives), today().isoformat()
    by_hand = {"startDate": day, "add": [six], "remove": [out]}
    assert do(world, "change_members", by_hand, group=group).status == 200
    version = do(world, "read_rule", group=group).body["version"]
    applied = do(world, "apply_rule", {"startDate": day}, version=version, group=group)
    assert (set(applied.body["come"]), applied.body["leave"]) == (fives - {out}, [])
    assert members(group) == (fives - {out}) | {six}
    kept = do(world, "read_rule", group=group).body
    assert (kept["putIn"], kept["keptOut"]) == ([six], [out])
    nothing = do(world, "preview_rule", group=group).body
    assert (nothing["come"], nothing["leave"]) == ([], [])


def test_an_automatic_rule_hears_of_whoever_is_enrolled(tables: Cloud, world: World) -> None:
    group, idle = made(world, name="Alla i femman"), made(world, name="Bara på begäran")
    for id, automatic in ((group, True), (idle, False)):
        rule = {"terms": [{"year": 5}], "automatic": automatic}
        assert do(world, "set_rule", rule, version=1, group=id).status == 200
    newcomer = PersonId(new_id())
    card = {"id": newcomer, "givenName": "Ny", "familyName": "Elev", "birthDate": "2015-05-04"}
    drop(tables, "register/persons/more.jsonl", [card])
    enrolment = {"unit": world.unit, "schoolForm": "GR", "year": 5, "startDate": today().isoformat()}
    enrolled = call(
        "register", "enrol_pupil", world.staff("administrator"), path={"person": newcomer}, body=enrolment,
        headers={"idempotency-key": new_id()},
    )  # fmt: skip
    assert enrolled.status == 201, enrolled.body
    (fact,) = [f for f in outbox("register") if f["type"] == "register.PupilEnrolled.v1"]
    for _ in range(2):
        assert deliver("organisation", "follow_rules", fact) == []
    assert (members(group), members(idle)) == ({newcomer}, set())
    drawn = do(world, "change_members", {"startDate": today().isoformat(), "remove": [newcomer]}, group=group)
    assert drawn.status == 200
    assert deliver("organisation", "follow_rules", fact | {"id": new_id()}) == []
    assert members(group) == set()


def test_what_was_stored_before_is_still_read(tables: Cloud, world: World) -> None:
    """A group as the release before wrote it: ids alone as staff, no row in the unit's list."""
    old, mentor = new_id(), world.klass.mentor_ids[0]
    row = {"pk": f"GROUP#{old}", "sk": "GROUP", "kind": "group", "unit": world.unit, "name": "5Z",
           "group_kind": "klass", "stays": f'[["{world.classmates()[0].id}", "2026-08-18", null]]',
           "mentors": f'["{mentor}"]', "teachers": "[]"}  # fmt: skip
    item = {name: {"S": text} for name, text in row.items()} | {"version": {"N": "3"}}
    dynamodb().put_item(TableName="skolkit-organisation", Item=item)
    found = queries.group(GroupId(old), today())
    assert found is not None
    assert [*found.members, *found.mentors] == [world.classmates()[0].id, mentor]
    assert "5Z" not in names(world)
    again = {"id": old, "unit": world.unit, "name": "5Z", "groupType": "Klass", "mentors": [mentor],
             "members": [{"person": world.classmates()[0].id, "startDate": "2026-08-18"}]}  # fmt: skip
    assert drop(tables, "organisation/groups/old.jsonl", [again])["failed"] == 0
    assert "5Z" in names(world)


def test_what_other_areas_ask_of_groups(world: World) -> None:
    classes = {g.id for g in world.population.groups if g.kind == "class"}
    assert {g.id for g in queries.groups_at(world.unit, today(), "klass")} == classes
    assert len(queries.groups_at(world.unit, today())) == len(world.population.groups)
    mentor = world.klass.mentor_ids[0]
    mine = {g.id for g in world.population.groups if mentor in g.mentor_ids}
    assert {g.id for g in queries.mentor_groups(mentor, today())} == mine
    assert queries.mentor_groups(world.classmates()[0].id, today()) == ()

"""Contact lists: nothing is shown until a guardian chooses to, and only to those who belong there today."""

from __future__ import annotations

from typing import Any

import pytest

from functions.messages.extract import gather
from infra.local.cloud import Cloud
from infra.local.population import NewPupil
from skolkit.extracts import Requested
from skolkit.types import PersonId, new_id
from tests.support.areas import acting_as, audit_rows, call
from tests.support.asks import over
from tests.support.letters import come_of_age, custody_ended, show
from tests.support.meter import metered
from tests.support.world import World, drop, make_world, person_row

MARKED = {"securityMarking": "Sekretessmarkering"}


@pytest.fixture
def world(tables: Cloud) -> World:
    return make_world(tables)


def only_child(world: World, skip: int = 0) -> NewPupil:
    """A classmate with two guardians who have no other child at the school."""
    every = [g.guardian_id for p in world.population.pupils for g in p.guardians]
    alone = [p for p in world.classmates() if all(every.count(g.guardian_id) == 1 for g in p.guardians)]
    return alone[skip]


def homes(by: PersonId, world: World, limit: int = 100) -> dict[str, list[dict[str, Any]]]:
    """The homes that somebody sees, by the child's name."""
    found, cursor = dict[str, list[dict[str, Any]]](), None
    while True:
        query = {"limit": limit} | ({"cursor": cursor} if cursor else {})
        page = call("messages", "list_contacts", by, path={"group": world.klass.id}, query=query)
        assert page.status == 200, page.body
        assert len(page.body["data"]) <= limit
        for row in page.body["data"]:
            name = f"{row['givenName']} {row['familyName']}"
            assert name not in found
            found[name] = row["adults"]
        if not (cursor := page.body["cursor"]):
            return found


def name_of(person: Any) -> str:
    return f"{person.given_name} {person.family_name}"


def card(world: World, id: str) -> Any:
    return next(g for g in world.population.guardians if g.id == id)


def test_nobody_is_shown_until_they_choose_and_each_chooses_alone(world: World) -> None:
    pupil, mate = only_child(world), only_child(world, 1)
    one, other = (g.guardian_id for g in pupil.guardians)
    reader, mentor = mate.guardians[0].guardian_id, world.klass.mentor_ids[0]
    assert homes(reader, world) == homes(mentor, world) == {}
    begun = call("messages", "read_contact_visibility", one, path={"child": pupil.id})
    assert begun.body == {"name": False, "phone": False, "mail": False, "version": 0}

    assert show(one, pupil.id, phone=True).body["version"] == 1
    known = card(world, one)
    seen = homes(reader, world)
    assert seen == {name_of(pupil): [{"name": None, "phone": known.phone, "mail": None}]}
    assert homes(mentor, world) == homes(one, world) == homes(other, world) == seen
    assert show(one, pupil.id, 1, name=True, mail=True).status == 200
    line = {"name": name_of(known), "phone": None, "mail": known.email}
    assert homes(reader, world) == {name_of(pupil): [line]}
    assert show(other, pupil.id, name=True).status == 200
    assert len(homes(reader, world)[name_of(pupil)]) == 2
    shown = call("messages", "list_contacts", reader, path={"group": world.klass.id})
    secrets = [one, other, pupil.id, known.phone, card(world, other).email, card(world, other).phone]
    assert not [secret for secret in secrets if secret in str(shown.body)]
    if known.address:
        assert known.address.street not in str(shown.body)
    for guardian, version in ((one, 2), (other, 1)):
        assert show(guardian, pupil.id, version).status == 200
    assert homes(reader, world) == {}
    assert show(one, pupil.id, 1, name=True).status == 412
    assert show(one, pupil.id, 0, name=True).status == 412
    assert {"choose_contact_visibility"} <= {row["action"] for row in audit_rows(pupil.id)}
    rows = [row for row in audit_rows(world.klass.id) if row["action"] == "list_contacts"]
    assert {row["actor"] for row in rows} >= {reader, mentor}


def test_who_reads_and_who_chooses(world: World) -> None:
    pupil = only_child(world)
    one = pupil.guardians[0].guardian_id
    assert show(one, pupil.id, name=True).status == 200
    ours = set(world.klass.pupil_ids)
    theirs = {g.guardian_id for p in world.population.pupils if p.id in ours for g in p.guardians}
    outside = next(
        g.guardian_id for p in world.population.pupils if p.id not in ours for g in p.guardians
        if g.guardian_id not in theirs
    )  # fmt: skip
    teaching = {*world.klass.mentor_ids, *(t for x in world.of_class() for t in x.teachers)}
    stranger = next(s.id for s in world.population.staff if s.role == "teacher" and s.id not in teaching)
    path = {"group": world.klass.id}
    for person in (outside, stranger, pupil.id, world.staff("principal"), world.staff("administrator")):
        assert call("messages", "list_contacts", person, path=path).status == 404
        assert show(person, pupil.id, name=True).status == 404
        own = call("messages", "read_contact_visibility", person, path={"child": pupil.id})
        assert own.status == 404
    assert call("messages", "list_contacts", one, path={"group": new_id()}).status == 404
    assert show(one, new_id(), name=True).status == 404
    assert show(world.klass.mentor_ids[0], pupil.id, name=True).status == 404


def test_a_former_guardian_is_gone_at_once_and_neither_reads_nor_chooses(world: World) -> None:
    pupil, reader = only_child(world), only_child(world, 1).guardians[0].guardian_id
    one, other = (g.guardian_id for g in pupil.guardians)
    for guardian in (one, other):
        assert show(guardian, pupil.id, name=True).status == 200
    custody_ended(world, pupil.id, one)
    assert homes(reader, world) == {
        name_of(pupil): [{"name": name_of(card(world, other)), "phone": None, "mail": None}]
    }
    assert call("messages", "list_contacts", one, path={"group": world.klass.id}).status == 404
    assert show(one, pupil.id, 1, name=True).status == 404
    custody_ended(world, pupil.id, other)
    assert homes(reader, world) == {}


def test_a_child_that_has_left_is_gone(world: World) -> None:
    pupil, reader = only_child(world), only_child(world, 1).guardians[0].guardian_id
    one = pupil.guardians[0].guardian_id
    assert show(one, pupil.id, name=True).status == 200
    assert list(homes(reader, world)) == [name_of(pupil)]
    office, path = world.staff("administrator"), {"group": world.klass.id, "person": pupil.id}
    gone = [
        call("organisation", "remove_member", office, path=path, headers=over(version)).status
        for version in range(1, 9)
    ]
    assert 204 in gone, gone
    assert homes(reader, world) == {}
    assert call("messages", "list_contacts", one, path={"group": world.klass.id}).status == 404


@pytest.mark.parametrize("who", ["child", "guardian", "other guardian"])
def test_a_protected_home_is_in_no_list_and_cannot_choose_to_be(
    world: World, tables: Cloud, who: str
) -> None:
    pupil, reader = only_child(world), only_child(world, 1).guardians[0].guardian_id
    one, other = (g.guardian_id for g in pupil.guardians)
    for guardian in (one, other):
        assert show(guardian, pupil.id, name=True, phone=True).status == 200
    person = {"child": pupil, "guardian": card(world, one), "other guardian": card(world, other)}[who]
    drop(tables, "register/persons/p.jsonl", [person_row(person) | MARKED])
    for by in (reader, world.klass.mentor_ids[0], one, other):
        assert homes(by, world) == {}
    for guardian in (one, other):
        refused = show(guardian, pupil.id, 1, mail=True)
        assert (refused.status, refused.body["type"].rpartition(":")[2]) == (422, "not-listed")
        told = str(refused.body).casefold()
        assert not [w for w in ("skydd", "sekretess", "protect", one, other, pupil.id) if w in told]
        assert show(guardian, pupil.id, 1).status == 200  # to show nothing is always possible


def test_who_has_a_protected_child_elsewhere_shows_nothing(world: World, tables: Cloud) -> None:
    reader = only_child(world).guardians[0].guardian_id
    ours = world.classmates()
    sibling, pupil = next(
        (s, p) for p in ours for s in world.population.pupils
        if s.id != p.id and s.id not in world.klass.pupil_ids
        and {g.guardian_id for g in s.guardians} & {g.guardian_id for g in p.guardians}
        and s.protection is None
    )  # fmt: skip
    shared = next(g.guardian_id for g in pupil.guardians
                  if g.guardian_id in {h.guardian_id for h in sibling.guardians})  # fmt: skip
    assert show(shared, pupil.id, name=True).status == 200
    assert list(homes(reader, world)) == [name_of(pupil)]
    drop(tables, "register/persons/p.jsonl", [person_row(sibling) | MARKED])
    assert homes(reader, world) == {}
    assert show(shared, pupil.id, 1, phone=True).status == 422


def test_a_pupil_of_age_decides_alone(world: World, tables: Cloud) -> None:
    pupil, reader = only_child(world), only_child(world, 1).guardians[0].guardian_id
    one = pupil.guardians[0].guardian_id
    assert show(one, pupil.id, name=True).status == 200
    assert show(pupil.id, pupil.id, name=True).status == 404
    come_of_age(tables, pupil)
    assert homes(reader, world) == {}
    assert call("messages", "list_contacts", one, path={"group": world.klass.id}).status == 404
    assert show(pupil.id, pupil.id, mail=True).status == 200
    assert homes(pupil.id, world) == homes(reader, world)
    assert list(homes(reader, world)) == [name_of(pupil)]


def test_pages_cost_and_what_the_cursor_tells(world: World) -> None:
    pupils = [p for p in world.population.pupils if p.id in world.klass.pupil_ids and not p.protection]
    for pupil in pupils:
        for guardian in pupil.guardians:
            show(guardian.guardian_id, pupil.id, name=True, phone=True, mail=True)
    reader = only_child(world).guardians[0].guardian_id
    whole = homes(reader, world)
    assert homes(reader, world, limit=4) == whole
    assert len(whole) > 10
    page = call("messages", "list_contacts", reader, path={"group": world.klass.id}, query={"limit": 4})
    cursor = page.body["cursor"]
    other = only_child(world, 1).guardians[0].guardian_id
    again = call("messages", "list_contacts", other, path={"group": world.klass.id}, query={"cursor": cursor})
    assert again.status == 400
    with metered() as use:
        call("messages", "list_contacts", reader, path={"group": world.klass.id}, query={"limit": 20})
    showing = sum(len(adults) for adults in list(whole.values())[:20])
    assert use.trips <= 9 + showing, use.operations
    assert use.writes <= 1.0 * 2, use.writes
    with metered() as use:
        assert show(reader, only_child(world).id, 1, name=True).status == 200
    assert use.trips <= 4, use.operations
    assert use.writes <= 6, use.writes


def test_an_extract_tells_what_one_shows(world: World) -> None:
    pupil = only_child(world)
    one = pupil.guardians[0].guardian_id
    assert show(one, pupil.id, name=True).status == 200
    with acting_as("messages"):
        found = gather(Requested(request=new_id(), person=one, contacts=True))
    (section,) = [s for s in found if s.document == "messages.visibility"]
    assert list(section.rows) == [[True, False, False]]

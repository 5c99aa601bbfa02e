"""What is shown beside entities: every `expand` there is, names of references, and neither of what a client
may not read or who is not there for it.
"""

from __future__ import annotations

import time
from typing import Any

import pytest

from functions.exchange.schemas.standard import EXPANDED
from functions.exchange.usecases.embedding import BESIDE, WHOLE
from functions.exchange.usecases.resources import RESOURCES
from infra.local.cloud import Cloud
from tests.support.schools import Schools, make_schools
from tests.support.standard import ask, connect, every

WINDOW = {
    "calendarEvents": {
        "startTime.onOrAfter": "2020-01-01T00:00:00Z", "startTime.onOrBefore": "2030-01-01T00:00:00Z"
    },
    "aggregatedAttendance": {"startDate": "2026-01-01", "endDate": "2026-12-31"},
}  # fmt: skip
# What the made-up schools have none of.
NOT_THERE = {
    *(("placements", word) for word in EXPANDED["placements"]),
    *(("attendanceEvents", word) for word in EXPANDED["attendanceEvents"]),
    *(("aggregatedAttendance", word) for word in EXPANDED["aggregatedAttendance"]),
    ("persons", "placements"), ("persons", "ownedPlacements"), ("groups", "assignmentRoles"),
    ("activities", "syllabus"), ("calendarEvents", "activity"),
}  # fmt: skip


@pytest.fixture(scope="module")
def schools(cloud: Cloud) -> Schools:
    from tests.support.fixtures import lay_tables

    lay_tables(cloud)
    made = make_schools(cloud)
    time.sleep(0.06)
    return made


def shown(client: str, resource: str, *words: str, **more: Any) -> list[dict[str, Any]]:
    query = WINDOW.get(resource, {}) | {"expand": list(words), "limit": 1000} | more
    answer = ask(client, f"list_{resource}", query=query)
    assert answer.status == 200, answer.body
    found: list[dict[str, Any]] = answer.body["data"]
    return found


def test_every_expand_is_served() -> None:
    for resource, words in EXPANDED.items():
        assert set(WHOLE.get(resource, {})) | set(BESIDE.get(resource, {})) == set(words), resource


@pytest.mark.parametrize("resource", EXPANDED)
def test_what_is_embedded_is_what_is_referred_to(schools: Schools, resource: str) -> None:
    found = shown(connect(), resource, *EXPANDED[resource])
    embedded = [entity["_embedded"] for entity in found]
    for word in EXPANDED[resource]:
        assert any(one.get(word) for one in embedded) == ((resource, word) not in NOT_THERE), word


def test_a_pupil_and_a_guardian_with_all_around_them(schools: Schools) -> None:
    client = connect()
    people = {e["id"]: e["_embedded"] for e in shown(client, "persons", *EXPANDED["persons"])}
    guardian, teacher = schools.people["guardian"], schools.people["teacher"]
    assert schools.pupil.id in {row["person"]["id"] for row in people[guardian]["responsibleFor"]}
    groups = {row["group"]["id"] for row in people[schools.pupil.id]["groupMemberships"]}
    assert schools.home.klass.id in groups
    assert not any("groupMemberships" in row["group"] for row in people[schools.pupil.id]["groupMemberships"])
    assert people[teacher]["duties"][0]["person"]["id"] == teacher


def test_references_have_names_when_asked_for(schools: Schools) -> None:
    client = connect()
    answer = ask(client, "list_groups", query={"expandReferenceNames": "true", "limit": 1000})
    mine = next(g for g in answer.body["data"] if g["id"] == schools.home.klass.id)
    assert mine["organisation"]["displayName"] == schools.home.population.unit.name
    names = {m["person"]["id"]: m["person"].get("displayName") for m in mine["groupMemberships"]}
    assert names[schools.pupil.id] == f"{schools.pupil.given_name} {schools.pupil.family_name}"


def test_what_may_not_be_read_is_neither_named_nor_embedded(schools: Schools) -> None:
    client = connect(resources={"groups": "read", "duties": "read"})
    assert ask(client, "list_duties", query={"expand": ["person"]}).status == 403
    answer = ask(client, "list_groups", query={"expandReferenceNames": "true"})
    assert "displayName" not in str(answer.body["data"][0].get("organisation"))


def test_who_is_protected_is_in_nothing_that_is_embedded(schools: Schools) -> None:
    client = connect()
    there = {person["id"] for person in every(client, "persons")}
    assert schools.hidden not in there
    for resource, words in EXPANDED.items():
        assert schools.hidden not in str(shown(client, resource, *words)), resource
    assert set(RESOURCES) >= set(EXPANDED)


def test_a_client_of_one_unit_sees_no_other_by_what_is_embedded(schools: Schools) -> None:
    client = connect(units=frozenset({schools.home.unit}))
    for person in shown(client, "persons", "groupMemberships", "duties"):
        embedded = person["_embedded"]
        assert {row["group"]["organisation"]["id"] for row in embedded["groupMemberships"]} <= {
            schools.home.unit
        }
        assert {row["dutyAt"]["id"] for row in embedded["duties"]} <= {schools.home.unit}

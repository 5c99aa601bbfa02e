"""Who has seen the data: for the home and the unit's administrators, with no more than they may know."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, get_args

import pytest

from functions.access import guard
from functions.access.usecases import trail as usecase
from functions.organisation.domain.groups import Stay
from functions.organisation.store import groups as groups_store
from infra.local.cloud import Cloud
from skolkit.clock import today
from skolkit.table import commit
from skolkit.types import PersonId, new_id
from tests.support.areas import acting_as, audit_rows, call
from tests.support.schools import Schools
from tests.support.world import drop, person_row


def reads(schools: Schools, by: str, person: str | None = None, **query: Any) -> list[dict[str, Any]]:
    person = person or schools.pupil.id
    answer = call("access", "list_reads", schools.people[by], path={"person": person}, query=query)
    assert answer.status == 200, answer.body
    data: list[dict[str, Any]] = answer.body["data"]
    return data


def read_person(schools: Schools, by: str) -> None:
    asked = call("register", "read_person", schools.people[by], path={"person": schools.pupil.id})
    assert asked.status == 200


def test_every_duty_has_its_place_in_whose_stead_a_reader_is_named() -> None:
    assert set(usecase._ORDER) == set(get_args(guard.Role))


def test_a_guardian_sees_who_read_what_newest_first(schools: Schools) -> None:
    read_person(schools, "teacher")
    call("organisation", "read_group", schools.people["principal"], path={"group": schools.home.klass.id})
    read_person(schools, "second guardian")
    rows = reads(schools, "guardian", limit=100)
    at = [datetime.fromisoformat(row["at"]) for row in rows]
    assert at == sorted(at, reverse=True)
    home, group, teacher = rows[:3]
    assert (home["role"], home["name"], home["unit"]) == ("guardian", None, None)
    assert (group["operation"], group["listOf"], group["role"]) == ("read_group", "group", "principal")
    assert (teacher["whatSv"], teacher["role"]) == ("läste personuppgifter", "teacher")
    staff = {s.id: s for s in schools.home.population.staff}[schools.people["teacher"]]
    assert teacher["name"] == f"{staff.given_name} {staff.family_name}"
    assert teacher["unit"] == schools.home.population.unit.name
    assert rows[-1]["operation"] == "report_absence"
    assert rows[-1]["kind"] == "change"
    assert reads(schools, "guardian")[0]["operation"] == "read_trail"


def test_a_list_pages_without_a_gap_or_a_double(schools: Schools) -> None:
    for by in ("teacher", "mentor", "principal", "teacher", "unit administrator"):
        read_person(schools, by)
        call("organisation", "read_group", schools.people[by], path={"group": schools.home.klass.id})
    whole = reads(schools, "guardian", limit=100)
    seen: list[dict[str, Any]] = []
    cursor = None
    for _ in range(20):
        query = {"limit": 3} | ({"cursor": cursor} if cursor else {})
        page = call(
            "access", "list_reads", schools.people["guardian"], path={"person": schools.pupil.id}, query=query
        ).body
        seen += page["data"]
        cursor = page["cursor"]
        if cursor is None:
            break
    assert [row for row in seen if row in whole] == whole
    path = {"person": schools.people["classmate"]}
    sealed = call(
        "access", "list_reads", schools.people["guardian"], path={"person": schools.pupil.id},
        query={"limit": 1},
    ).body["cursor"]  # fmt: skip
    foreign = call(
        "access", "list_reads", schools.people["classmate's guardian"], path=path, query={"cursor": sealed}
    )
    assert foreign.status == 400


def test_a_class_list_counts_only_while_one_is_in_the_class(schools: Schools) -> None:
    klass = schools.home.klass.id
    call("organisation", "read_group", schools.people["mentor"], path={"group": klass})
    assert "read_group" in {row["operation"] for row in reads(schools, "guardian")}
    _leave(schools, klass)
    rows = reads(schools, "guardian", limit=100)
    assert "read_group" not in {row["operation"] for row in rows}  # it was read the day after


def _leave(schools: Schools, klass: str) -> None:
    """Let the pupil have left the class yesterday."""
    with acting_as("organisation"):
        found = groups_store.find_group(klass)  # type: ignore[arg-type]
        assert found
        item, group = found
        yesterday = today() - timedelta(days=1)
        changed = group.without_member(schools.pupil.id, today())
        assert Stay(schools.pupil.id, group.stays[0].start, yesterday) in changed.stays
        parts = groups_store.parts_items([schools.pupil.id])[schools.pupil.id]
        groups_store.set_parts(parts, group.id, changed.parts()[schools.pupil.id])
        commit(*groups_store.group_writes(changed, item), parts)


def test_who_may_ask(schools: Schools) -> None:
    def status(by: str, person: str) -> int:
        return call("access", "list_reads", schools.people[by], path={"person": person}).status

    assert status("pupil", schools.pupil.id) == 404  # twelve years old: the home asks
    assert status("teacher", schools.pupil.id) == 404
    assert status("guardian", schools.people["guardian"]) == 200  # one's own
    assert status("guardian", schools.people["second guardian"]) == 404
    assert status("unit administrator", schools.people["teacher"]) == 404
    assert status("guardian", new_id()) == 404


@pytest.mark.parametrize(("years", "status"), [(15, 404), (16, 200), (18, 200)])
def test_a_pupil_asks_from_sixteen(schools: Schools, cloud: Cloud, years: int, status: int) -> None:
    """Skollagen 29:12."""
    born = today().replace(year=today().year - years)
    row = person_row(schools.pupil) | {"birthDate": born.isoformat()}
    row.pop("civicNo", None)
    assert drop(cloud, "register/persons/older.jsonl", [row])["failed"] == 0
    own = call("access", "list_reads", PersonId(schools.pupil.id), path={"person": schools.pupil.id})
    assert own.status == status


def test_protected_staff_is_not_named(schools: Schools, cloud: Cloud) -> None:
    staff = next(s for s in schools.home.population.staff if s.id == schools.people["teacher"])
    hidden = person_row(staff) | {"securityMarking": "Sekretessmarkering"}
    assert drop(cloud, "register/persons/hidden.jsonl", [hidden])["failed"] == 0
    read_person(schools, "teacher")
    (row, *_) = reads(schools, "guardian")
    assert (row["role"], row["name"], row["unit"]) == ("teacher", None, None)


def test_a_protected_pupils_home_does_not_learn_where_the_staff_works(schools: Schools, cloud: Cloud) -> None:
    row = person_row(schools.pupil) | {"securityMarking": "Skyddad folkbokföring"}
    assert drop(cloud, "register/persons/moved.jsonl", [row])["failed"] == 0
    read_person(schools, "teacher")
    for shown in reads(schools, "guardian", limit=100):
        assert (shown["name"], shown["unit"]) == (None, None)
    office = reads(schools, "unit administrator", limit=100)
    assert schools.home.population.unit.name in {shown["unit"] for shown in office}
    municipal = call(
        "access", "list_reads", schools.people["administrator"], path={"person": schools.pupil.id}
    )
    assert municipal.status == 404


def test_asking_leaves_its_own_row(schools: Schools) -> None:
    reads(schools, "guardian")
    assert audit_rows(schools.pupil.id)[-1]["action"] == "read_trail"

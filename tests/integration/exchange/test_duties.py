"""Duties through SS 12000: whose and where they are, filters, orders, what moves and what is gone."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from functions.organisation.domain.units import MUNICIPALITY
from functions.organisation.ss12000 import assignment_roles_in, duties_of
from functions.organisation.store.duties import DutyCardItem, whole_duty
from infra.local.cloud import Cloud
from skolkit.clock import now
from skolkit.sweden.codes import SchoolForm
from skolkit.table import Erase, commit
from skolkit.types import new_id
from tests.support.areas import acting_as
from tests.support.organised import (
    AREA,
    CLASS,
    DUTIES,
    EVA,
    HEAD,
    HERE,
    KIM,
    NURSE,
    SAM,
    SECRET,
    TEACHER,
    THERE,
    created,
    gone,
    latest,
    moved,
    organised,
    take,
)
from tests.support.standard import ask, connect, every


@pytest.fixture
def school(tables: Cloud) -> Cloud:
    return organised(tables)


def ids(client: str, **query: Any) -> list[str]:
    return [e["id"] for e in every(client, "duties", **query)]


def test_a_duty_in_the_words_of_the_standard(school: Cloud) -> None:
    found = {e["id"]: e for e in every(connect(), "duties")}
    one = found[TEACHER]
    assert one.pop("meta")["created"]
    assert one == {
        "id": TEACHER, "person": {"id": EVA}, "dutyAt": {"id": HERE}, "dutyRole": "Lärare",
        "startDate": "2020-08-01", "signature": "EVA", "dutyPercent": 80, "hoursPerYear": 1360,
        "description": "Matematik",
        "assignmentRole": [
            {"assignmentRoleType": "Mentor", "group": {"id": CLASS}, "startDate": "2026-08-17"}
        ],
    }  # fmt: skip
    assert (found[NURSE]["dutyAt"], found[NURSE]["endDate"]) == ({"id": MUNICIPALITY}, "2025-06-30")


def test_filters(school: Cloud) -> None:
    client = connect(protected="pseudonym")
    assert set(ids(client)) == {TEACHER, SECRET, NURSE, HEAD}
    assert set(ids(client, organisation=HERE)) == set(ids(client, organisation=AREA)) == {TEACHER, SECRET}
    assert set(ids(client, organisation=MUNICIPALITY)) == {TEACHER, SECRET, NURSE, HEAD}
    assert ids(client, organisation=new_id()) == []
    assert set(ids(client, person=SAM)) == {NURSE, HEAD}
    assert ids(client, person=SAM, organisation=THERE) == [HEAD]
    assert set(ids(client, dutyRole="Lärare")) == {TEACHER, SECRET}
    assert ids(client, dutyRole="Rektor", organisation=HERE) == []
    assert set(ids(client, startDate_onOrAfter="2022-08-01")) == {SECRET, HEAD}
    assert set(ids(client, startDate_onOrBefore="2021-08-01")) == {TEACHER, NURSE}
    assert set(ids(client, endDate_onOrAfter="2025-07-01")) == {TEACHER, SECRET, HEAD}
    assert set(ids(client, endDate_onOrBefore="2025-06-30", person=SAM)) == {NURSE, HEAD}


def test_what_is_at_many_elements_is_found_by_going_through_all(
    school: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("functions.organisation.ss12000.common.FEW", 0)
    assert ids(connect(), organisation=AREA) == [TEACHER]


def test_orders_of_all_and_of_a_person(school: Cloud) -> None:
    client = connect(protected="pseudonym")
    assert ids(client, sortkey="StartDateAsc", limit=2) == [TEACHER, NURSE, SECRET, HEAD]
    assert ids(client, sortkey="StartDateDesc", limit=3) == [HEAD, SECRET, NURSE, TEACHER]
    assert ids(client, sortkey="StartDateDesc", person=SAM, limit=1) == [HEAD, NURSE]
    newest = [e["meta"]["modified"] for e in every(client, "duties", sortkey="ModifiedDesc")]
    assert newest == sorted(newest, reverse=True)


def test_a_change_moves_the_duty_alone_and_the_same_again_nothing(school: Cloud) -> None:
    client = connect()
    since, made = latest(client, "duties"), created(client, "duties", HEAD)
    take(school, "duties", DUTIES)
    assert moved(client, "duties", since) == []
    take(school, "duties", [*DUTIES[:3], DUTIES[3] | {"endDate": "2027-06-30"}])
    assert moved(client, "duties", since) == [HEAD]
    assert created(client, "duties", HEAD) == made < latest(client, "duties")


def test_a_duty_that_is_erased_is_gone(school: Cloud) -> None:
    client, since = connect(), now() - timedelta(seconds=0.01)
    with acting_as("organisation"):
        card = DutyCardItem.find(f"DUTY#{NURSE}", "DUTY")
        assert card is not None
        commit(*(Erase(row) for row in whole_duty(card)))
    assert gone("duties", since) == [NURSE]
    assert set(ids(client, person=SAM)) == {HEAD}


def test_a_client_of_one_unit_sees_its_own(school: Cloud) -> None:
    there = connect(units=frozenset({THERE}))
    assert ids(there) == ids(there, person=SAM) == [HEAD]
    assert ask(there, "lookup_duties", body={"ids": [TEACHER, HEAD, NURSE]}).body[0]["id"] == HEAD
    assert ids(connect(units=frozenset({MUNICIPALITY}))) == [NURSE]
    assert set(ids(connect(forms=frozenset({SchoolForm.COMPULSORY})))) == {TEACHER, HEAD}
    assert ids(connect(forms=frozenset({SchoolForm.UPPER_SECONDARY}))) == []


def test_duties_of_protected_people_are_not_there(school: Cloud) -> None:
    client = connect()
    assert set(ids(client)) == {TEACHER, NURSE, HEAD}
    assert ids(client, person=KIM) == []
    assert ask(client, "read_duties", path={"id": SECRET}).status == 404
    assert ask(client, "lookup_duties", body={"ids": [SECRET]}).body == []


def test_what_people_and_groups_show_of_duties(school: Cloud) -> None:
    with acting_as("organisation"):
        mine = duties_of([SAM, EVA, new_id()])
        roles = assignment_roles_in([CLASS, new_id()])
    assert [{e.id for e in mine[person]} for person in (SAM, EVA)] == [{NURSE, HEAD}, {TEACHER}]
    said = [role.model_dump(mode="json", by_alias=True, exclude_none=True) for role in roles[CLASS]]
    assert said == [{"duty": {"id": TEACHER}, "assignmentRoleType": "Mentor", "startDate": "2026-08-17"}]

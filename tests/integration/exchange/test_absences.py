"""Notices of absence and granted leave through SS 12000."""

from __future__ import annotations

from dataclasses import replace
from datetime import time as time_of_day
from datetime import timedelta
from typing import Any

import pytest

from functions.attendance.store import notices
from infra.local.cloud import Cloud
from infra.local.population import NewPupil
from skolkit.clock import local, now, stamp
from skolkit.sweden.codes import SchoolForm
from skolkit.table import commit
from skolkit.types import NoticeId, PersonId, new_id
from tests.integration.test_attendance_day import report
from tests.support.areas import acting_as, audit_rows, call
from tests.support.exchanging import at_school, gone, published
from tests.support.leaves import ahead, apply, decide, withdraw
from tests.support.standard import ask, connect
from tests.support.world import World, make_world


@pytest.fixture
def world(tables: Cloud, monkeypatch: pytest.MonkeyPatch) -> World:
    made = make_world(tables)
    at_school(monkeypatch, local(made.days[-1], time_of_day(6, 45)))
    return made


@pytest.fixture
def client(world: World) -> str:
    return connect()


def notify(world: World, pupil: NewPupil, ahead: int = 0, **more: str) -> str:
    day = (world.days[-1] + timedelta(days=ahead)).isoformat()
    made = report(pupil.id, pupil.guardians[0].guardian_id, day, **more)
    assert made.status == 201, made.body
    return str(made.body["id"])


def test_notices_and_granted_leave_are_there_as_absence(world: World, client: str) -> None:
    one, other = world.classmates()[:2]
    notice = notify(world, one, startTime="10:00", endTime="11:30")
    days = ahead(world, 5)
    leave = apply(other, days[1], days[3]).body["id"]
    assert {e["id"] for e in published(client, "absences")} == {notice}  # it is not granted yet
    assert decide(other, leave, world.staff("principal")).status == 201
    found = {e["id"]: e for e in published(client, "absences")}
    assert set(found) == {notice, leave}
    assert (found[notice]["student"], found[notice]["type"]) == ({"id": one.id}, "Anmäld frånvaro")
    assert found[notice]["organisation"] == {"id": world.unit}
    assert found[notice]["registeredBy"] == {"id": one.guardians[0].guardian_id}
    assert found[notice]["startTime"].startswith(f"{world.days[-1]}T10:00:00+0")
    assert found[notice]["endTime"].startswith(f"{world.days[-1]}T11:30:00+0")
    assert found[leave]["type"] == "Beviljad ledighet"
    assert found[leave]["startTime"].startswith(f"{days[1]}T00:00:00+0")
    assert found[leave]["endTime"].startswith(f"{days[3] + timedelta(days=1)}T00:00:00+0")
    assert ask(client, "read_absences", path={"id": leave}).body["id"] == leave
    assert ask(client, "read_absences", path={"id": new_id()}).status == 404
    both = ask(client, "lookup_absences", body={"ids": [leave, notice, new_id()]}).body
    assert {e["id"] for e in both} == {leave, notice}
    assert audit_rows(one.id)[-1]["action"] == "lookup_absences"


def test_filters_and_orders(world: World, client: str) -> None:
    one, other, third = world.classmates()[:3]
    days = [day - world.days[-1] for day in ahead(world, 3)]
    late, early, part = (
        notify(world, one, days[2].days), notify(world, other),
        notify(world, third, startTime="10:00", endTime="11:30"),
    )  # fmt: skip

    def ids(**query: str) -> list[str]:
        return [e["id"] for e in published(client, "absences", **query)]

    assert ids(sortkey="StartTimeAsc") == [early, part, late]
    assert ids(sortkey="StartTimeDesc", limit="1") == [late, part, early]
    assert ids(sortkey="ModifiedDesc") == [part, early, late]
    assert ids(student=one.id) == [late]
    assert set(ids(organisation=world.unit)) == {late, early, part}
    assert ids(organisation=new_id()) == ids(type="Beviljad ledighet") == []
    assert ids(registeredBy=other.guardians[0].guardian_id) == [early]
    ten = stamp(local(world.days[-1], time_of_day(10)))
    assert set(ids(startTime_onOrAfter=ten)) == {part, late}
    assert set(ids(startTime_onOrBefore=ten)) == {part, early}
    assert ids(endTime_onOrBefore=stamp(local(world.days[-1], time_of_day(11, 30)))) == [part]
    assert ids(student=one.id, startTime_onOrBefore=ten) == []


def test_it_moves_when_what_is_shown_changes_and_is_told_when_it_is_gone(world: World, client: str) -> None:
    one, other = world.classmates()[:2]
    notice = notify(world, one)
    (first,) = published(client, "absences")
    latest = first["meta"]["modified"]
    path = {"pupil": one.id, "notice": notice}
    guardian = one.guardians[0].guardian_id
    with acting_as("attendance"):  # asked whether the pupil is still ill, which nobody outside sees
        known = notices.notice(PersonId(one.id), NoticeId(notice))
        assert known is not None
        commit(notices.notice_item(replace(known, asked=world.days[-1])))
    assert published(client, "absences", meta_modified_after=latest) == []

    later = ahead(world, 3)[2].isoformat()
    body = {"startDate": later, "endDate": later, "reason": "illness"}
    version = {"if-match": '"2"'}
    changed = call("attendance", "change_absence", guardian, path=path, body=body, headers=version)
    assert changed.status == 200, changed.body
    (moved,) = published(client, "absences", meta_modified_after=latest)
    assert moved["startTime"].startswith(later)
    assert moved["meta"]["created"] == first["meta"]["created"]

    before = now()
    version = {"if-match": f'"{changed.body["version"]}"'}
    assert call("attendance", "withdraw_absence", guardian, path=path, headers=version).status == 204
    assert published(client, "absences") == []
    assert gone("absences", before) == {notice}

    leave = apply(other, ahead(world, 3)[1]).body["id"]
    granted = decide(other, leave, world.staff("principal"))
    assert [e["id"] for e in published(client, "absences")] == [leave]
    before = now()
    assert withdraw(other, leave, granted.body["version"]).status == 204
    assert (published(client, "absences"), gone("absences", before)) == ([], {leave})


def test_a_client_sees_its_units_its_forms_and_nobody_protected(world: World, client: str) -> None:
    one, hidden = world.classmates()[0], world.classmates(protected=True)
    notice = notify(world, one)
    whole = {e["id"] for e in published(client, "absences")}
    assert whole == {notice}
    narrower: tuple[dict[str, Any], ...] = (
        {"units": frozenset({new_id()})}, {"forms": frozenset({SchoolForm.UPPER_SECONDARY})}
    )  # fmt: skip
    for more in narrower:
        narrow = connect(**more)
        assert published(narrow, "absences") == []
        assert ask(narrow, "read_absences", path={"id": notice}).status == 404
    assert len(published(connect(units=frozenset({world.unit})), "absences")) == 1
    for pupil in hidden[:1]:
        secret = notify(world, pupil)
        assert {e["id"] for e in published(client, "absences")} == {notice}
        assert ask(client, "read_absences", path={"id": secret}).status == 404
        assert len(published(connect(protected="pseudonym"), "absences")) == 2

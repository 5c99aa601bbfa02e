"""National tests in the calendars of those who write them and who is responsible (processes 31 and 35)."""

from __future__ import annotations

from datetime import time, timedelta
from typing import Any

from icalendar import Calendar

from skolkit.clock import local, today
from skolkit.types import new_id
from tests.integration.assessment.conftest import Held
from tests.integration.assessment.test_iup import protect
from tests.support import national_tests as tests
from tests.support.areas import call


def address_of(by: str, **body: Any) -> dict[str, str]:
    key = {"idempotency-key": new_id()}
    made = call("exchange", "subscribe_calendar", by, body={"kind": "person"} | body, headers=key)
    assert made.status == 201, made.body
    *_, calendar, secret = made.body["address"].split("/")
    return {"calendar": calendar, "secret": secret}


def national_in(path: dict[str, str]) -> list[Any]:
    answer = call("exchange", "fetch_calendar", None, path=path)
    assert answer.status == 200, answer.body
    found = Calendar.from_ical(answer.body).walk("VEVENT")
    return [event for event in found if str(event["summary"]).startswith("Nationellt prov")]


def test_a_test_is_in_the_calendars_of_those_who_write_it_and_who_holds_it(tested: Held) -> None:
    pupil = tested.world.classmates()[0]
    home, own = address_of(pupil.guardians[0].guardian_id, person=pupil.id), address_of(pupil.id)
    holder, marker = address_of(tested.responsible), address_of(tested.third)
    assert national_in(home) == []  # no time yet
    start = local(today() + timedelta(days=1), time(9, 0))

    def held(at: str, version: int) -> None:
        body = {
            "responsible": tested.responsible,
            "slots": [{"part": "A", "startTime": at, "room": "Aulan"}],
        }
        tests.done(tests.ask("change_sitting", tested.head, body, version=version, sitting=tested.sitting))

    held(start.isoformat(), 1)
    events = [event for path in (home, own, holder) for event in national_in(path)]
    assert len(events) == 3
    for event in events:
        assert event["summary"] == "Nationellt prov: Engelska, Delprov A"
        assert (event["dtstart"].dt, event["location"]) == (start, "Aulan")
        assert not any(str(id) in event.to_ical().decode() for id in tested.pupils)
    assert national_in(marker) == []
    held((start + timedelta(hours=1)).isoformat(), 2)
    (moved,) = national_in(home)
    assert (moved["uid"], moved["dtstart"].dt) == (events[0]["uid"], start + timedelta(hours=1))
    assert moved["sequence"] > events[0]["sequence"]
    protect(tested.world, pupil.id)
    assert "LOCATION" not in national_in(home)[0].to_ical().decode()

"""Talks in the calendars of homes and mentors, in-process (process 30; RFC 5545)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from icalendar import Calendar

from tests.integration.assessment.test_iup import protect
from tests.integration.assessment.test_talks import cancel
from tests.support.areas import Answer, audit_rows
from tests.support.assessing import book, code, get, homes, offered
from tests.support.world import World


def events(answer: Answer) -> list[dict[str, Any]]:
    """What a file says, read by the library: the events' properties by name."""
    assert answer.status == 200, answer.body
    calendar = Calendar.from_ical(answer.body)
    assert answer.headers["content-type"] == f"text/calendar; charset=utf-8; method={calendar['method']}"
    assert "\r\n" in answer.body
    assert max(len(line.encode()) for line in answer.body.split("\r\n")) <= 75  # folded
    return [
        {name.lower(): getattr(value, "dt", value) for name, value in event.items()}
        for event in calendar.walk("VEVENT")
    ]


def test_a_home_takes_its_talk_into_its_calendar_and_it_moves_with_it(world: World) -> None:
    (pupil, one, other), mentor = homes(world), world.klass.mentor_ids[0]
    round, (first, second, _) = offered(world)
    place = {"pupil": pupil, "round": round}
    assert code(get("read_talk_calendar", one, **place)) == (404, "not-found")  # nothing is booked
    assert book(pupil, round, first["id"], one).status == 201
    answer = get("read_talk_calendar", one, **place)
    (event,) = events(answer)
    start = datetime.fromisoformat(first["start"])
    assert (event["dtstart"], event["dtend"]) == (start, start + timedelta(minutes=20))
    assert {event[name].utcoffset() for name in ("dtstart", "dtend", "dtstamp")} == {timedelta(0)}
    assert (event["status"], event["location"], event["url"]) == (
        "CONFIRMED", "A12", "https://mote.example.org/a",
    )  # fmt: skip
    assert event["conference"] == event["url"]
    child = world.classmates()[0]
    school = world.population.unit
    for secret in (child.given_name, child.family_name, pupil, one, other, mentor, school.name, school.code):
        assert secret not in answer.body
    (others,) = events(get("read_talk_calendar", other, **place))
    assert others["uid"] != event["uid"]

    assert book(pupil, round, second["id"], one, instead=first["id"]).status == 201
    (moved,) = events(get("read_talk_calendar", one, **place))
    assert (moved["uid"], moved["dtstart"]) == (event["uid"], datetime.fromisoformat(second["start"]))
    assert moved["sequence"] > event["sequence"]
    assert cancel(pupil, round, second["id"], other, 2).status == 204
    gone = get("read_talk_calendar", one, **place)
    (cancelled,) = events(gone)
    assert (cancelled["uid"], cancelled["status"]) == (event["uid"], "CANCELLED")
    assert cancelled["sequence"] > moved["sequence"]
    assert "METHOD:CANCEL" in gone.body
    assert book(pupil, round, second["id"], one).status == 201
    (again,) = events(get("read_talk_calendar", one, **place))
    assert (again["uid"], again["status"]) == (event["uid"], "CONFIRMED")
    assert again["sequence"] > cancelled["sequence"]
    for who in (mentor, homes(world, 1)[1], world.staff("principal")):
        assert code(get("read_talk_calendar", who, **place)) == (404, "not-found")
    assert "read_talk_calendar" in {row["action"] for row in audit_rows(pupil)}


def test_each_home_has_its_own_talk_and_the_pupil_both(world: World) -> None:
    pupil, one, other = homes(world)
    round, (first, second, _) = offered(world, separateHomes=True)
    for slot_, who in ((first, one), (second, other)):
        assert book(pupil, round, slot_["id"], who).status == 201
    place = {"pupil": pupil, "round": round}
    mine = [[e["dtstart"].isoformat() for e in events(get("read_talk_calendar", who, **place))]
            for who in (one, other)]  # fmt: skip
    starts = [datetime.fromisoformat(s["start"]).astimezone(UTC).isoformat() for s in (first, second)]
    assert mine == [[starts[0]], [starts[1]]]
    assert cancel(pupil, round, first["id"], one, 2).status == 204
    both = events(get("read_talk_calendar", pupil, **place))
    assert {e["dtstart"].isoformat(): e["status"] for e in both} == {
        starts[0]: "CANCELLED", starts[1]: "CONFIRMED",
    }  # fmt: skip
    assert len({e["uid"] for e in both}) == 2


def test_a_mentor_takes_the_own_talks_that_are_booked(world: World) -> None:
    (pupil, one, _), mentor = homes(world), world.klass.mentor_ids[0]
    round, (first, second, _) = offered(world)
    place = {"group": world.klass.id, "round": round}
    assert code(get("read_round_calendar", mentor, **place)) == (404, "not-found")
    assert book(pupil, round, first["id"], one).status == 201
    (event,) = events(get("read_round_calendar", mentor, **place))
    assert book(pupil, round, second["id"], one, instead=first["id"]).status == 201
    found = {e["uid"]: e for e in events(get("read_round_calendar", mentor, **place))}
    assert len(found) == 2
    assert found[event["uid"]]["status"] == "CANCELLED"
    assert found[event["uid"]]["sequence"] > event["sequence"]
    child = world.classmates()[0]
    text = get("read_round_calendar", mentor, **place).body
    assert not any(secret in text for secret in (child.given_name, child.family_name, pupil))
    for who in (one, world.staff("principal")):
        assert code(get("read_round_calendar", who, **place)) == (404, "not-found")


def test_of_a_protected_pupil_the_file_says_neither_place_nor_link(world: World) -> None:
    pupil, one, _ = homes(world)
    round, (first, *_) = offered(world)
    assert book(pupil, round, first["id"], one).status == 201
    assert "A12" in get("read_talk_calendar", one, pupil=pupil, round=round).body
    protect(world, pupil)
    answer = get("read_talk_calendar", one, pupil=pupil, round=round)
    (event,) = events(answer)
    assert {"location", "url", "conference"} & set(event) == set()
    assert "A12" not in answer.body
    assert "mote.example.org" not in answer.body

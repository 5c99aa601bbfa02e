"""A day at care in-process: coming and going, the department, hours (process 25)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest

from functions.attendance.store import care as store
from infra.local.cloud import Cloud
from skolkit.clock import local
from skolkit.types import PersonId, new_id
from tests.support.areas import Answer, acting_as, call
from tests.support.meter import metered
from tests.support.preschool import (
    ANNA,
    BO,
    CLERK,
    HIDDEN,
    KIM,
    MONDAY,
    MOON,
    SAM,
    STAFF,
    SUN,
    TOWN,
    ask,
    change,
    check_in,
    clock,
    curve,
    event,
    lay_preschool,
    placement,
    say,
    utc,
    weeks,
)
from tests.support.town import id_of

pytestmark = pytest.mark.usefixtures("preschool")


@pytest.fixture
def preschool(tables: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    lay_preschool(tables, monkeypatch)


def deviations(by: PersonId = STAFF) -> dict[str, list[str]]:
    seen = ask("list_care_deviations", by, group=SUN)
    assert seen.status == 200, seen.body
    return {row["child"]: row["deviations"] for row in seen.body["data"]}


def test_a_notice_of_absence_takes_the_expected_time_away() -> None:
    say(KIM, ANNA)
    say(SAM, BO)
    assert curve()[utc(9)] == [2, None, 1]
    day = {"startDate": str(MONDAY), "endDate": str(MONDAY), "reason": "illness"}
    part = day | {"startTime": "08:00", "endTime": "10:00"}
    for child, body in ((KIM, day), (SAM, part)):
        sent = ask("report_absence", ANNA, body, pupil=child)
        assert sent.status == 201, sent.body
    found = curve()
    assert utc(9, 45) not in found
    assert found[utc(10)] == [1, None, 1]
    states = {c["child"]: c["status"] for c in ask("read_care_department", STAFF, group=SUN).body["children"]}
    assert states == {KIM: "absent", SAM: "expected", HIDDEN: "notExpected"}


def test_children_come_and_go(monkeypatch: pytest.MonkeyPatch) -> None:
    say(KIM, ANNA)
    say(SAM, BO)
    nine = clock(monkeypatch, 9)
    came = event(KIM, "In", nine - timedelta(minutes=55))
    key = new_id()
    assert check_in(came, event(SAM, "In", nine), key=key) == ["recorded", "recorded"]
    assert check_in(came) == ["known"]
    wrong = event(KIM, "In", nine + timedelta(hours=1))
    strange = event(id_of("Skolbarn"), "In", nine)
    assert check_in(wrong, strange, event(PersonId(new_id()), "In", nine)) == [
        "outOfTime", "notInDepartment", "notInDepartment",
    ]  # fmt: skip
    seen = ask("read_care_department", STAFF, group=SUN).body
    assert (seen["counts"], seen["withheld"]) == ({"in": 2, "notExpected": 1}, 0)
    noon = clock(monkeypatch, 12)
    left = event(KIM, "Ut", noon, pickedUpBy="guardian")
    earlier = event(KIM, "Ut", noon - timedelta(hours=1), corrects=left["id"], pickedUpBy="otherAdult")
    assert check_in(left, earlier) == ["recorded", "recorded"]
    kim = next(c for c in ask("read_care_department", STAFF, group=SUN).body["children"] if c["child"] == KIM)
    assert kim["present"] == [{"start": utc(8, 5), "end": utc(11)}]
    assert [(e["pickedUpBy"], bool(e["corrects"])) for e in kim["events"]] == [
        (None, False), ("guardian", False), ("otherAdult", True),
    ]  # fmt: skip
    found = curve()
    assert (found[utc(8)], found[utc(9)], found[utc(11)]) == ([2, 1, 1], [2, 2, 1], [2, 1, 1])
    assert found[utc(15)] == [2, None, 1]
    assert ask("check_in", ANNA, {"events": [event(KIM, "In", noon)]}, group=SUN).status == 404
    assert ask("check_in", STAFF, {"events": [came | {"note": "mormor"}]}, group=SUN).status == 422


def test_an_event_from_yesterday_belongs_to_yesterday(monkeypatch: pytest.MonkeyPatch) -> None:
    late = local(MONDAY, time(23, 50))
    tuesday = clock(monkeypatch, 7, day=MONDAY + timedelta(days=1))
    assert check_in(event(KIM, "In", late), event(KIM, "In", tuesday)) == ["recorded", "recorded"]
    with acting_as("attendance"):
        days = [store.events_of_day(SUN, MONDAY + timedelta(days=n)) for n in range(2)]  # type: ignore[arg-type]
    assert [len(day[KIM]) for day in days] == [1, 1]


def test_what_went_another_way_than_planned(monkeypatch: pytest.MonkeyPatch) -> None:
    say(KIM, ANNA)
    say(SAM, BO)
    clock(monkeypatch, 8, 20)
    assert deviations() == {KIM: ["notArrived"], SAM: ["notArrived"]}
    clock(monkeypatch, 16, 30)
    assert check_in(
        event(KIM, "In", local(MONDAY, time(7))), event(HIDDEN, "In", local(MONDAY, time(9))),
        event(SAM, "In", local(MONDAY, time(8))), event(SAM, "Ut", local(MONDAY, time(15))),
    ) == ["recorded"] * 4  # fmt: skip
    assert deviations() == {KIM: ["notPickedUp", "longerThanSchedule"], HIDDEN: ["withoutSchedule"]}


def test_a_protected_child_is_counted_but_not_named_to_those_without_a_task() -> None:
    """The municipality's administrator has every unit, but no protected child of it."""
    say(HIDDEN, ANNA)
    assert curve(by=TOWN)[utc(9)] == [1, None, 1]
    shown = ask("read_care_department", TOWN, group=SUN)
    assert (shown.body["withheld"], shown.body["counts"]) == (1, {"notExpected": 2, "expected": 1})
    ask("change_care_days", ANNA, change(HIDDEN, "hours", ("06:00", "07:00")), pupil=HIDDEN)
    waiting = ask("list_care_requests", TOWN, group=SUN)
    assert [row["withheld"] for row in waiting.body["data"]] == [True]
    hours = ask("list_care_hours", TOWN, group=SUN)
    assert (hours.body["withheld"], len(hours.body["data"])) == (1, 2)
    for answer in (shown, waiting, hours):
        assert HIDDEN not in str(answer.body)
        assert "Dold" not in str(answer.body)
    assert HIDDEN in str(ask("read_care_department", STAFF, group=SUN).body)
    assert ask("read_care", TOWN, pupil=HIDDEN).status == 404


def test_hours_against_what_the_place_gives(monkeypatch: pytest.MonkeyPatch) -> None:
    say(SAM, BO)
    given = {"placement": placement(SAM), "allowed": "hours15", "basis": "parentalLeave"}
    early = ask("decide_allowance", CLERK, given | {"startDate": "2026-08-01"}, pupil=SAM)
    assert early.body["type"] == "urn:skolkit:problem:outside-placement"
    for person, status in ((STAFF, 404), (BO, 404), (CLERK, 201)):
        answer = ask("decide_allowance", person, given | {"startDate": "2026-11-01"}, pupil=SAM)
        assert answer.status == status, answer.body
    clock(monkeypatch, 18)
    check_in(event(SAM, "In", local(MONDAY, time(8))), event(SAM, "Ut", local(MONDAY, time(17))))
    rows = {row["child"]: row for row in ask("list_care_hours", STAFF, group=SUN).body["data"]}
    sam = rows[SAM]
    assert (sam["scheduledMinutes"], sam["actualMinutes"], sam["allowedMinutes"], sam["over"]) == (
        40 * 60, 9 * 60, 15 * 60, True,
    )  # fmt: skip
    assert rows[KIM]["allowedMinutes"] is None
    (own,) = ask("read_care_hours", BO, query={"date": str(MONDAY)}, pupil=SAM).body["data"]
    assert own == sam
    (month,) = ask("read_care_hours", BO, query={"period": "month"}, pupil=SAM).body["data"]
    assert (month["firstDay"], month["lastDay"], month["allowedMinutes"]) == (
        "2026-11-01", "2026-11-30", 21 * 180,
    )  # fmt: skip
    pages, cursor, page = list[str](), dict[str, Any](), dict[str, Any]()
    for _ in range(3):
        page = ask("list_care_hours", STAFF, query={"limit": 1, **cursor}, group=SUN).body
        pages += [row["child"] for row in page["data"]]
        cursor = {"cursor": page["cursor"]}
    assert (sorted(pages), page["cursor"]) == (sorted([KIM, SAM, HIDDEN]), None)


def test_a_child_moves_to_another_department(monkeypatch: pytest.MonkeyPatch) -> None:
    """What happened stays where it was; what is expected follows the child."""
    say(KIM, ANNA)
    clock(monkeypatch, 16)
    check_in(event(KIM, "In", local(MONDAY, time(8))), event(KIM, "Ut", local(MONDAY, time(15))))
    tuesday = MONDAY + timedelta(days=1)
    for group, days in ((SUN, {"startDate": "2026-08-18", "endDate": str(MONDAY)}),
                        (MOON, {"startDate": str(tuesday)})):  # fmt: skip
        put = call("organisation", "put_member", CLERK, path={"group": group, "person": KIM}, body=days)
        assert put.status == 200, put.body
    nine = clock(monkeypatch, 9, day=tuesday)
    assert check_in(event(KIM, "In", nine)) == ["notInDepartment"]
    assert check_in(event(KIM, "In", nine), group=MOON) == ["recorded"]
    clock(monkeypatch, 9, 5, day=tuesday)
    assert curve(MOON, tuesday)[utc(9, 0, tuesday)] == [1, 1, 1]
    assert curve(MOON, MONDAY) == {}
    assert curve(SUN, MONDAY)[utc(9)] == [1, 1, 1]
    assert curve(SUN, tuesday) == {}
    (own,) = ask("read_care_hours", ANNA, pupil=KIM).body["data"]
    assert own["actualMinutes"] == 7 * 60 + 5


def test_a_week_in_one_answer_and_the_day_the_clock_is_changed(monkeypatch: pytest.MonkeyPatch) -> None:
    clock(monkeypatch, 6, day=date(2027, 3, 22))
    every = [{"week": 1, "weekDay": n, "startTime": "00:00", "endTime": "23:45"} for n in range(1, 8)]
    body = weeks(1, first=date(2027, 3, 22), owner=ANNA) | {"scheduleEntries": every, "numberOfWeeks": 1}
    assert ask("add_care_schedule", CLERK, body, pupil=KIM).status == 201
    seen = ask("read_care_curve", STAFF, query={"from": "2027-03-22", "days": 7}, group=SUN).body
    assert [len(day["quarters"]) for day in seen["days"]] == [95] * 6 + [91]


def test_round_trips_are_as_stated_and_nothing_is_scanned(monkeypatch: pytest.MonkeyPatch) -> None:
    """One of the department's children is protected: a round trip more wherever names are shown."""
    say(KIM, ANNA)
    monday = clock(monkeypatch, 9)
    body, day = weeks(1), change(KIM, "away", day=MONDAY + timedelta(days=3))
    acts: dict[str, tuple[int, Callable[[], Answer]]] = {
        "care": (5, lambda: ask("read_care", ANNA, pupil=KIM)),
        "schedule": (5, lambda: ask("add_care_schedule", ANNA, body, pupil=KIM)),
        "change": (5, lambda: ask("change_care_days", ANNA, day, pupil=KIM)),
        "in": (3, lambda: ask("check_in", STAFF, {"events": [event(KIM, "In", monday)]}, group=SUN)),
        "day": (7, lambda: ask("read_care_department", STAFF, group=SUN)),
        "curve": (5, lambda: ask("read_care_curve", STAFF, group=SUN)),
        "deviations": (6, lambda: ask("list_care_deviations", STAFF, group=SUN)),
        "hours": (8, lambda: ask("list_care_hours", STAFF, group=SUN)),
        "own hours": (7, lambda: ask("read_care_hours", ANNA, pupil=KIM)),
    }
    for name, (bound, act) in acts.items():
        with metered() as use:
            answer = act()
        assert answer.status < 300, (name, answer.body)
        print(f"{name:10} {use.trips} trips {use.reads} RRU {use.writes} WRU {use.operations}")
        assert use.trips <= bound, (name, use.operations)
        assert "Scan" not in use.operations


def test_instants_are_utc() -> None:
    assert utc(8) == "2026-11-23T07:00:00Z"
    assert datetime.fromisoformat(utc(8)).tzinfo == UTC

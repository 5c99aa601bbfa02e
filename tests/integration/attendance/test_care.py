"""Care in-process: two homes, changes, coming and going, holidays, hours (process 25)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest

from functions.attendance.store import care as store
from infra.local.cloud import Cloud
from skolkit.clock import local, stamp
from skolkit.table import dynamodb
from skolkit.types import PersonId, new_id
from tests.integration.test_attendance_day import at
from tests.support.areas import Answer, acting_as, audit_rows, call, deliver, outbox, run_schedule
from tests.support.meter import metered
from tests.support.town import HERE, THERE, id_of, unit_of
from tests.support.world import drop

MONDAY = date(2026, 11, 23)
SUN, MOON = id_of("Solen"), id_of("Månen")
KIM, SAM, HIDDEN = id_of("Kim"), id_of("Sam"), id_of("Dold")
ANNA, BO, STAFF, HEAD = id_of("Anna"), id_of("Bo"), id_of("Personal"), id_of("Rektor")
CLERK, TOWN = id_of("Kansli"), id_of("Stad")


@pytest.fixture
def preschool(tables: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    """A unit with two departments; Kim and Sam have two homes, and Dold is protected. Monday at six."""
    drop(
        tables, "organisation/units/units.csv",
        "skolenhetskod,name,huvudmannatyp,kommunkod,kommun,address,lat,lon,pupils\n"
        f"{HERE},Provskolan,kommunal,9999,Ekhamra,Provgatan 1,59.2,15.8,60\n"
        f"{THERE},Andra skolan,kommunal,9999,Ekhamra,Provgatan 2,59.2,15.8,60\n",
    )  # fmt: skip
    home = [{"person": p, "relationType": "Vårdnadshavare"} for p in (ANNA, BO)]
    place = {"enroledAt": HERE, "schoolType": "FS", "startDate": "2026-08-18"}

    def person(name: str, born: str, **more: Any) -> dict[str, Any]:
        return {"id": id_of(name), "givenName": name, "familyName": "Prov", "birthDate": born, **more}

    people = [
        *(person(n, "1985-05-05") for n in ("Anna", "Bo", "Personal", "Rektor", "Kansli", "Stad", "Annan")),
        person("Kim", "2022-05-04", enrolments=[place], responsibles=home),
        person("Sam", "2024-02-29", enrolments=[place], responsibles=home),
        person("Dold", "2022-01-02", enrolments=[place], responsibles=home[:1],
               securityMarking="Sekretessmarkering"),
        person("Skolbarn", "2014-03-04", responsibles=home, enrolments=[
            {"enroledAt": HERE, "schoolType": "GR", "schoolYear": 6, "startDate": "2026-08-18"},
            {**place, "schoolType": "FTH"},
        ]),
        person("Utan", "2016-03-04", responsibles=home, enrolments=[
            {"enroledAt": HERE, "schoolType": "GR", "schoolYear": 3, "startDate": "2026-08-18"},
        ]),
    ]  # fmt: skip
    assert drop(tables, "register/persons/p.jsonl", people)["failed"] == 0
    roles = [(STAFF, HERE, "preschool_staff"), (HEAD, HERE, "principal"), (CLERK, HERE, "administrator"),
             (TOWN, None, "administrator")]  # fmt: skip
    duties = [{"person": p, "unit": u, "role": r, "startDate": "2020-08-01"} for p, u, r in roles]
    assert drop(tables, "organisation/duties/d.jsonl", duties)["failed"] == 0
    groups = [
        {
            "id": group, "unit": HERE, "name": name, "groupType": "Avdelning", "teachers": [STAFF],
            "members": [{"person": p, "startDate": "2026-08-18"} for p in members],
        }
        for group, name, members in ((SUN, "Solen", (KIM, SAM, HIDDEN)), (MOON, "Månen", ()))
    ]  # fmt: skip
    assert drop(tables, "organisation/groups/g.jsonl", groups)["failed"] == 0
    clock(monkeypatch, 6)


def clock(monkeypatch: pytest.MonkeyPatch, hour: int, minute: int = 0, day: date = MONDAY) -> datetime:
    instant = local(day, time(hour, minute))
    at(monkeypatch, instant)
    return instant


def ask(name: str, person: PersonId, body: Any = None, *, version: int | None = None, key: str = "",
        query: dict[str, Any] | None = None, **path: str) -> Answer:  # fmt: skip
    over = {"if-match": f'"{version}"'} if version is not None else {}
    headers = {"idempotency-key": key or new_id(), **over}
    return call("attendance", name, person, path=path, body=body, headers=headers, query=query)


def placement(child: PersonId = KIM, form: str = "FS") -> str:
    seen = ask("read_care", CLERK, pupil=child).body["placements"]
    return next(str(place["id"]) for place in seen if place["schoolType"] == form)


def weeks(week: int, *, start: str = "08:00", end: str = "16:00", first: date = MONDAY + timedelta(days=14),
          child: PersonId = KIM, **more: Any) -> dict[str, Any]:  # fmt: skip
    """Monday to Friday of one of two weeks, odd (1) or even (2)."""
    entries = [{"week": week, "weekDay": n, "startTime": start, "endTime": end} for n in range(1, 6)]
    return {
        "placement": placement(child), "numberOfWeeks": 2, "byWeekNumber": True, "startDate": str(first),
        "endDate": "2027-06-30", "scheduleEntries": entries, **more,
    }  # fmt: skip


def say(child: PersonId, owner: PersonId, **more: Any) -> dict[str, Any]:
    """The office writes down a home's weeks from today on."""
    body = weeks(2, child=child, owner=owner, first=MONDAY, **more)
    made = ask("add_care_schedule", CLERK, body, pupil=child)
    assert (made.status, made.body["state"]) == (201, "Godkänt"), made.body
    return dict(made.body)


def change(child: PersonId, kind: str, *times: tuple[str, str], day: date = MONDAY, **more: Any) -> Any:
    hours = [{"startTime": a, "endTime": b} for a, b in times]
    return {
        "placement": placement(child), "startDate": str(day), "endDate": str(day), "kind": kind,
        "hours": hours, **more,
    }  # fmt: skip


def event(child: PersonId, kind: str, when: datetime, **more: Any) -> dict[str, Any]:
    return {"id": new_id(), "child": child, "eventType": kind, "time": stamp(when), **more}


def check_in(*events: dict[str, Any], group: PersonId = SUN, key: str = "") -> list[str]:
    answer = ask("check_in", STAFF, {"events": list(events)}, group=group, key=key)
    assert answer.status == 200, answer.body
    return [row["outcome"] for row in answer.body["data"]]


def curve(group: PersonId = SUN, day: date = MONDAY, days: int = 1, by: PersonId = STAFF) -> dict[str, Any]:
    """Swedish clock time → [expected, actual, staff], of the quarters of the days asked for."""
    seen = ask("read_care_curve", by, query={"from": str(day), "days": days}, group=group)
    assert seen.status == 200, seen.body
    return {
        q["start"]: [q["expected"], q["actual"], q["staff"]] for d in seen.body["days"] for q in d["quarters"]
    }


def utc(hour: int, minute: int = 0, day: date = MONDAY) -> str:
    return stamp(local(day, time(hour, minute))).replace(".000Z", "Z")


pytestmark = pytest.mark.usefixtures("preschool")


def test_each_home_says_its_own_weeks_and_sees_the_others() -> None:
    mine = ask("add_care_schedule", ANNA, weeks(1), pupil=KIM)
    assert (mine.status, mine.body["state"], mine.body["owner"]) == (201, "Godkänt", ANNA), mine.body
    theirs = ask("add_care_schedule", BO, weeks(2), pupil=KIM)
    assert (theirs.status, theirs.body["owner"]) == (201, BO)
    seen = ask("read_care", BO, pupil=KIM).body
    assert [s["owner"] for s in seen["schedules"]] == [ANNA, BO]
    meeting = ask("add_care_schedule", BO, weeks(1, start="15:59"), pupil=KIM)
    assert (meeting.status, meeting.body["type"]) == (409, "urn:skolkit:problem:homes-overlap")
    assert meeting.body["errors"][0]["value"] == "2026-12-14"  # the Monday of week 51
    assert "16:00" not in str(meeting.body)  # of the other home only the day is told
    foreign = ask("add_care_schedule", BO, weeks(1, owner=ANNA), pupil=KIM)
    assert foreign.body["type"] == "urn:skolkit:problem:not-your-home"
    for name, body in (("change_care_schedule", weeks(1)), ("withdraw_care_schedule", None)):
        answer = ask(name, BO, body, version=1, pupil=KIM, schedule=mine.body["id"])
        assert answer.body["type"] == "urn:skolkit:problem:not-your-home"
    assert ask("read_care", id_of("Annan"), pupil=KIM).status == 404


def test_a_schedule_is_changed_by_version_and_taken_back_before_it_begins() -> None:
    made = ask("add_care_schedule", ANNA, weeks(1), pupil=KIM).body
    place = {"pupil": KIM, "schedule": made["id"]}
    moved = ask("change_care_schedule", ANNA, weeks(1, start="09:00"), version=1, **place)
    assert (moved.status, moved.headers["etag"]) == (200, '"2"'), moved.body
    stale = ask("withdraw_care_schedule", ANNA, version=1, **place)
    assert stale.status == 412
    assert ask("withdraw_care_schedule", ANNA, version=2, **place).status == 204
    assert ask("read_care", ANNA, pupil=KIM).body["schedules"] == []
    begun = say(KIM, ANNA)
    place["schedule"] = begun["id"]
    late = ask("change_care_schedule", ANNA, weeks(2, first=MONDAY, start="09:00"), version=1, **place)
    assert late.body["type"] == "urn:skolkit:problem:schedule-begun"
    ended = ask("change_care_schedule", ANNA, weeks(2, first=MONDAY, endDate=str(MONDAY)), version=1, **place)
    assert (ended.status, ended.body["endDate"]) == (200, str(MONDAY)), ended.body
    assert ask("withdraw_care_schedule", ANNA, version=2, **place).status == 409


def test_where_a_child_has_no_place_there_is_no_schedule() -> None:
    assert ask("read_care", ANNA, pupil=id_of("Utan")).status == 404
    other = ask("add_care_schedule", ANNA, weeks(1, child=SAM), pupil=KIM)
    assert (other.status, other.body["type"]) == (422, "urn:skolkit:problem:not-placed-here")
    child = id_of("Skolbarn")
    body = weeks(1) | {"placement": placement(child, "FTH")}
    assert ask("add_care_schedule", ANNA, body, pupil=child).status == 201
    old = ask("add_care_schedule", ANNA, body | {"endDate": "2027-07-01"}, pupil=child)
    assert old.body["type"] == "urn:skolkit:problem:too-old-for-care"


@pytest.mark.parametrize("start", ["08:00Z", "08:00+02:00", "08:00:30", "8"])
def test_times_are_swedish_wall_clock_minutes(start: str) -> None:
    assert ask("add_care_schedule", ANNA, weeks(1, start=start), pupil=KIM).status == 422
    made = ask("add_care_schedule", ANNA, weeks(1), pupil=KIM).body
    assert made["scheduleEntries"][0]["startTime"] == "08:00"


def test_a_repeated_post_is_one_schedule() -> None:
    key, body = new_id(), weeks(1)
    first, again = (ask("add_care_schedule", ANNA, body, key=key, pupil=KIM) for _ in range(2))
    assert (first.status, again.body) == (201, first.body)
    assert len(ask("read_care", ANNA, pupil=KIM).body["schedules"]) == 1


def test_a_late_change_waits_for_staff_and_the_home_is_told() -> None:
    say(KIM, ANNA)
    tomorrow = MONDAY + timedelta(days=1)
    asked = ask("change_care_days", ANNA, change(KIM, "hours", ("07:00", "16:30"), day=tomorrow), pupil=KIM)
    assert (asked.status, asked.body["data"][0]["state"]) == (201, "Begärt"), asked.body
    assert utc(7, 30, tomorrow) not in curve(day=tomorrow)
    (row,) = ask("list_care_requests", STAFF, group=SUN).body["data"]
    assert (row["child"], row["owner"], row["date"]) == (KIM, ANNA, str(tomorrow))
    yes = {"date": str(tomorrow), "owner": ANNA, "approved": True}
    assert ask("decide_care", ANNA, yes, pupil=KIM).status == 404
    key = new_id()
    first, again = (ask("decide_care", STAFF, yes, key=key, pupil=KIM) for _ in range(2))
    assert (first.status, again.body) == (200, {"state": "Godkänt"})
    (told,) = [f["data"] for f in outbox("attendance") if f["type"] == "attendance.MessageDue.v1"]
    assert (told["recipients"], told["template"], told["about"]) == ([ANNA], "care_approved", KIM)
    assert curve(day=tomorrow)[utc(7, 30, tomorrow)] == [1, None, 1]
    assert ask("list_care_requests", STAFF, group=SUN).body["data"] == []
    assert ask("decide_care", STAFF, yes, pupil=KIM).body["type"] == "urn:skolkit:problem:nothing-asked"


def test_less_time_holds_at_once_and_is_taken_back() -> None:
    say(KIM, ANNA)
    for body, quarters in (
        (change(KIM, "hours", ("09:00", "10:00")), 4),
        (change(KIM, "away"), 0),
        (change(KIM, "holiday"), 0),
        (change(KIM, "asScheduled"), 32),
    ):
        assert ask("change_care_days", ANNA, body, pupil=KIM).status == 201
        assert len(curve()) == quarters, body
    assert ask("list_care_requests", STAFF, group=SUN).body["data"] == []


def test_a_requested_schedule_is_denied_and_the_one_before_goes_on() -> None:
    say(KIM, ANNA)
    first = MONDAY + timedelta(days=7)
    asked = ask("add_care_schedule", ANNA, weeks(1, first=first, start="06:00"), pupil=KIM).body
    assert asked["state"] == "Begärt"
    no = {"schedule": asked["id"], "approved": False}
    assert ask("decide_care", HEAD, no, pupil=KIM).body == {"state": "Nekat"}
    seen = ask("read_care", ANNA, pupil=KIM).body["schedules"]
    assert [(s["state"], s["version"]) for s in seen] == [("Godkänt", 1), ("Nekat", 2)]
    assert len(curve(day=MONDAY + timedelta(days=14))) == 32


def test_a_units_choices_decide_what_waits() -> None:
    known = ask("read_care_settings", HEAD, unit=unit_of(HERE)).body
    assert known["version"] == 0
    new = {**known, "approval": "never", "childrenPerStaff": 2.5}
    del new["version"]
    assert ask("change_care_settings", HEAD, new, version=0, unit=unit_of(HERE)).status == 200
    assert ask("change_care_settings", HEAD, new, version=0, unit=unit_of(HERE)).status == 412
    assert ask("change_care_settings", STAFF, new, version=1, unit=unit_of(HERE)).status == 404
    more = ask("change_care_days", ANNA, change(KIM, "hours", ("06:00", "07:00")), pupil=KIM)
    assert more.body["data"][0]["state"] == "Godkänt"
    assert curve()[utc(6, 15)] == [1, None, 1]


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


def deviations(by: PersonId = STAFF) -> dict[str, list[str]]:
    seen = ask("list_care_deviations", by, group=SUN)
    assert seen.status == 200, seen.body
    return {row["child"]: row["deviations"] for row in seen.body["data"]}


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


# Holidays


def opened(**more: Any) -> dict[str, Any]:
    body = {"startDate": "2026-12-21", "endDate": "2026-12-23", "lastAnswerDay": "2026-12-11", **more}
    made = ask("open_care_holiday", HEAD, body, unit=unit_of(HERE))
    assert made.status == 201, made.body
    return dict(made.body)


def summary(period: str) -> list[tuple[int, int, int]]:
    seen = ask("read_care_holiday", HEAD, unit=unit_of(HERE), period=period).body
    return [(day["need"], day["noNeed"], day["unanswered"]) for day in seen["days"]]


def test_homes_answer_about_a_holiday_and_the_days_are_summed(monkeypatch: pytest.MonkeyPatch) -> None:
    say(KIM, ANNA)
    say(SAM, BO)
    period = opened()["id"]
    assert summary(period) == [(2, 2, 4)] * 3  # week 52 is even: Kim and Sam have times, silence keeps them
    (holiday,) = ask("read_care", ANNA, pupil=KIM).body["holidays"]
    assert (holiday["id"], holiday["lastAnswerDay"]) == (period, "2026-12-11")
    times = [{"startTime": "09:00", "endTime": "12:00"}]
    days = [
        {"date": "2026-12-21", "need": True, "hours": times}, {"date": "2026-12-22", "need": False},
    ]  # fmt: skip
    answer = ask("answer_care_holiday", ANNA, {"period": period, "days": days}, pupil=KIM)
    assert (answer.status, len(answer.body["data"])) == (201, 2), answer.body
    assert summary(period) == [(2, 2, 3), (1, 3, 3), (2, 2, 4)]
    found = curve(day=date(2026, 12, 21), days=2)
    monday, tuesday = date(2026, 12, 21), date(2026, 12, 22)
    assert found[utc(10, 0, monday)][0] == 2
    assert found[utc(13, 0, monday)][0] == found[utc(10, 0, tuesday)][0] == 1
    clock(monkeypatch, 6, day=date(2026, 12, 12))
    late = ask("answer_care_holiday", ANNA, {"period": period, "days": days}, pupil=KIM)
    assert late.body["type"] == "urn:skolkit:problem:answers-closed"
    office = {"period": period, "days": days, "owner": ANNA}
    assert ask("answer_care_holiday", CLERK, office, pupil=KIM).status == 201


def test_silence_may_mean_no_need() -> None:
    say(KIM, ANNA)
    period = opened(unanswered="noNeed")["id"]
    assert summary(period) == [(0, 4, 4)] * 3
    assert curve(day=date(2026, 12, 21)) == {}
    listed = ask("list_care_holidays", CLERK, unit=unit_of(HERE)).body["data"]
    assert [p["id"] for p in listed] == [period]
    twice = {"startDate": "2026-12-23", "endDate": "2026-12-24", "lastAnswerDay": "2026-12-11"}
    clash = ask("open_care_holiday", HEAD, twice, unit=unit_of(HERE))
    assert clash.body["type"] == "urn:skolkit:problem:unfit-period"


def test_homes_that_are_silent_are_reminded_once(monkeypatch: pytest.MonkeyPatch) -> None:
    say(KIM, ANNA)
    period = opened()["id"]
    days = [{"date": "2026-12-21", "need": False}]
    assert ask("answer_care_holiday", ANNA, {"period": period, "days": days}, pupil=KIM).status == 201

    def reminded() -> dict[str, list[str]]:
        facts = [f["data"] for f in outbox("attendance") if f["type"] == "attendance.MessageDue.v1"]
        return {f["about"]: f["recipients"] for f in facts if f["template"] == "care_holiday"}

    clock(monkeypatch, 7, day=date(2026, 12, 7))
    run_schedule("attendance", "remind_of_holidays")
    assert reminded() == {}
    clock(monkeypatch, 7, day=date(2026, 12, 9))  # the eighth was missed: it is made up for
    run_schedule("attendance", "remind_of_holidays")
    parents = sorted([ANNA, BO])
    assert reminded() == {SAM: parents, HIDDEN: [ANNA], id_of("Skolbarn"): parents}
    before = len(outbox("attendance"))
    run_schedule("attendance", "remind_of_holidays")
    assert len(outbox("attendance")) == before


# Two records of one child, and what it costs


def test_what_is_said_under_a_closed_record_is_read_with_the_kept_ones() -> None:
    say(KIM, ANNA)
    merged = call(
        "register", "merge_persons", TOWN, path={"person": SAM}, body={"duplicate": KIM},
        headers={"idempotency-key": new_id()},
    )  # fmt: skip
    assert merged.status == 201, merged.body
    facts = [f for f in outbox("register") if f["type"] == "register.PersonsMerged.v1"]
    for area in ("organisation", "attendance"):
        for _ in range(2):
            assert deliver(area, "follow_merge", *facts) == []
    assert [s["owner"] for s in ask("read_care", ANNA, pupil=SAM).body["schedules"]] == [ANNA]
    assert curve()[utc(9)] == [1, None, 1]
    meeting = ask("change_care_days", BO, change(SAM, "hours", ("08:00", "09:00")), pupil=SAM)
    assert meeting.body["type"] == "urn:skolkit:problem:homes-overlap"


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


def test_whoever_asks_for_an_extract_gets_the_childs_hours() -> None:
    from functions.attendance import care_extract

    say(KIM, ANNA)
    given = {"placement": placement(), "allowed": "full", "basis": "work", "startDate": "2026-11-01"}
    ask("decide_allowance", CLERK, given, pupil=KIM)
    ask("change_care_days", ANNA, change(KIM, "away"), pupil=KIM)
    check_in(event(KIM, "In", local(MONDAY, time(6))))
    with acting_as("attendance"):
        sections = care_extract.gather(KIM)
    assert [len(s.rows) for s in sections] == [1, 1, 1, 1]


def test_the_trail_says_who_read_and_changed_what() -> None:
    say(KIM, ANNA)
    ask("read_care", BO, pupil=KIM)
    deeds = {(row["actor"], row["action"]) for row in audit_rows(KIM)}
    assert {(CLERK, "add_care_schedule"), (BO, "read_care")} <= deeds
    curve()
    assert "read_care_curve" in {row["action"] for row in audit_rows(SUN)}
    keys = dynamodb().scan(TableName="skolkit-attendance")["Items"]
    assert not [row for row in keys if "Kim" in str(row)]


def test_instants_are_utc() -> None:
    assert utc(8) == "2026-11-23T07:00:00Z"
    assert datetime.fromisoformat(utc(8)).tzinfo == UTC

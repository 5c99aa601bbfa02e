"""Care in-process: two homes, changes, holidays (process 25)."""

from __future__ import annotations

from datetime import date, time, timedelta
from typing import Any

import pytest

from infra.local.cloud import Cloud
from skolkit.clock import local
from skolkit.table import dynamodb
from skolkit.types import new_id
from tests.support.areas import acting_as, audit_rows, call, deliver, outbox, run_schedule
from tests.support.preschool import (
    ANNA,
    BO,
    CLERK,
    HEAD,
    HIDDEN,
    KIM,
    MONDAY,
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
from tests.support.town import HERE, id_of, unit_of

pytestmark = pytest.mark.usefixtures("preschool")


@pytest.fixture
def preschool(tables: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    lay_preschool(tables, monkeypatch)


def opened(**more: Any) -> dict[str, Any]:
    body = {"startDate": "2026-12-21", "endDate": "2026-12-23", "lastAnswerDay": "2026-12-11", **more}
    made = ask("open_care_holiday", HEAD, body, unit=unit_of(HERE))
    assert made.status == 201, made.body
    return dict(made.body)


def summary(period: str) -> list[tuple[int, int, int]]:
    seen = ask("read_care_holiday", HEAD, unit=unit_of(HERE), period=period).body
    return [(day["need"], day["noNeed"], day["unanswered"]) for day in seen["days"]]


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


def test_a_change_of_a_single_day_is_counted_before_the_answer() -> None:
    say(KIM, ANNA)
    say(SAM, BO)
    period = opened()["id"]
    first, second = date(2026, 12, 21), date(2026, 12, 22)
    free = ask("change_care_days", ANNA, change(KIM, "away", day=first), pupil=KIM)
    assert free.status == 201, free.body
    assert summary(period) == [(1, 3, 3), (2, 2, 4), (2, 2, 4)]
    days = [{"date": str(second), "need": False}]
    assert ask("answer_care_holiday", ANNA, {"period": period, "days": days}, pupil=KIM).status == 201
    assert summary(period) == [(1, 3, 3), (1, 3, 3), (2, 2, 4)]


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

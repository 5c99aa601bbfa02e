"""Absence that comes again, in the tables: the lesson knows, others do not overlap, the calendar is followed,
merged records keep it (process 19).
"""

from __future__ import annotations

from datetime import date, time, timedelta
from typing import Any

from functions.attendance import store
from infra.local.population import NewPupil
from skolkit.clock import local, today
from skolkit.sweden.calendar import SchoolYear, default_calendar
from skolkit.types import PersonId, new_id
from tests.integration.attendance.conftest import Morning, is_school_day
from tests.integration.test_attendance_day import open_
from tests.support.areas import Answer, acting_as, audit_rows, call, deliver, outbox


def home(pupil: NewPupil) -> PersonId:
    return pupil.guardians[0].guardian_id


def weekly(first: date, last: date, **more: Any) -> dict[str, Any]:
    times = {"startTime": "08:00", "endTime": "16:00"}
    return {
        "startDate": first.isoformat(), "endDate": last.isoformat(), "reason": "medicalVisit", **times, **more
    }  # fmt: skip


def start(morning: Morning, pupil: NewPupil, last: date | None = None, **more: Any) -> Answer:
    """From today on, until the end of the school year."""
    end = last or SchoolYear.of(morning.day).end
    return morning.ask("start_series", home(pupil), weekly(morning.day, end, **more), pupil=pupil.id)


def occasions(answer: Answer) -> list[date]:
    return [date.fromisoformat(one["date"]) for one in answer.body["occasions"] if not one["cancelled"]]


def marked(pupil: str, days: list[date]) -> list[date]:
    with acting_as("attendance"):
        return [day for day in days if store.pupil_day(PersonId(pupil), day).notices]


def weeks(first: date, last: date) -> list[date]:
    return [first + timedelta(weeks=n) for n in range((last - first).days // 7 + 1)]


def test_a_year_of_weeks_is_written_at_once_and_only_on_school_days(morning: Morning) -> None:
    pupil, key = morning.world.classmates()[0], new_id()
    end = SchoolYear.of(morning.day).end
    body = weekly(morning.day, end)
    made, again = (morning.ask("start_series", home(pupil), body, key=key, pupil=pupil.id) for _ in range(2))
    assert made.status == again.status == 201, made.body
    assert again.body == made.body
    wanted = [day for day in weeks(morning.day, end) if is_school_day(day)]
    assert occasions(made) == wanted
    assert marked(pupil.id, weeks(morning.day, end)) == wanted
    facts = [f["data"] for f in outbox("attendance") if f["type"].endswith("SeriesChanged.v1")]
    assert [fact["days"] for fact in facts] == [[day.isoformat() for day in wanted]]
    assert [r["action"] for r in audit_rows(pupil.id) if "series" in r["action"]] == ["start_series"]


def test_the_lessons_of_the_day_show_it(morning: Morning) -> None:
    pupil, lesson = morning.world.classmates()[0], morning.world.of_class(morning.day)[0]
    start(morning, pupil)
    row = next(row for row in open_(lesson).body["rows"] if row["pupil"] == pupil.id)
    assert (row["notifiedReason"], row["attendanceMinutes"]) == ("medicalVisit", 0)
    seen = morning.ask(
        "read_pupil_day", home(pupil), query={"date": morning.day.isoformat()}, pupil=pupil.id
    ).body["notices"]
    assert [(n["startTime"], n["endTime"]) for n in seen] == [("08:00:00", "16:00:00")]


def test_nothing_else_overlaps_and_what_is_beside_may_be(morning: Morning) -> None:
    pupil, day = morning.world.classmates()[0], morning.day
    later = next(d for d in weeks(day + timedelta(weeks=1), SchoolYear.of(day).end) if is_school_day(d))
    assert morning.report(pupil, later).status == 201
    taken = start(morning, pupil)
    assert (taken.status, taken.body["type"]) == (409, "urn:skolkit:problem:overlapping-absence")
    assert taken.body["errors"][0]["value"] == later.isoformat()
    other = morning.world.classmates()[1]
    assert start(morning, other).status == 201
    refused = morning.report(other, later)
    assert (refused.status, refused.body["type"]) == (409, "urn:skolkit:problem:overlapping-absence")
    assert morning.report(other, later, startTime="16:00", endTime="17:00").status == 201
    assert start(morning, other).status == 409


def test_it_is_changed_cancelled_and_taken_back_from_a_day_on(morning: Morning) -> None:
    pupil = morning.world.classmates()[0]
    made = start(morning, pupil)
    before, path = occasions(made), {"pupil": pupil.id, "series": made.body["id"]}
    every = [morning.day + timedelta(days=n) for n in range(60)]
    gone = made.body["occasions"][1]
    cancelled = morning.ask("cancel_occasion", home(pupil), version=1, occasion=gone["id"], **path)
    assert cancelled.status == 204
    assert morning.ask("cancel_occasion", home(pupil), version=1, occasion=gone["id"], **path).status == 412
    stood = [day for day in before if day != before[1]]
    assert marked(pupil.id, every) == [day for day in stood if day <= every[-1]]
    assert morning.report(pupil, before[1]).status == 201  # the day is free again

    since = before[2] + timedelta(days=1)
    new = weekly(since, SchoolYear.of(since).end, everyWeeks=2, startTime="13:00", endTime="14:00")
    changed = morning.ask("change_series", pupil.guardians[1].guardian_id, new, version=2, **path)
    assert changed.status == 200, changed.body
    now = occasions(changed)
    assert now[:2] == [before[0], before[2]]
    assert all((day - since).days % 14 == 0 for day in now[2:])
    assert marked(pupil.id, every) == sorted(d for d in {before[1], *now} if d <= every[-1])

    taken = morning.ask("withdraw_series", home(pupil), version=3, query={"from": now[2].isoformat()}, **path)
    assert taken.status == 204, taken.body
    (listed,) = morning.ask("list_series", home(pupil), pupil=pupil.id).body["data"]
    stands = [one["date"] for one in listed["occasions"] if not one["cancelled"]]
    assert stands == [day.isoformat() for day in now[:2]]
    assert marked(pupil.id, every) == sorted([before[0], before[1], before[2]])
    assert morning.ask("withdraw_series", home(pupil), version=4, **path).status == 204
    for name, body in (("change_series", new), ("withdraw_series", None)):
        again = morning.ask(name, home(pupil), body, version=5, **path)
        assert (again.status, again.body["type"]) == (409, "urn:skolkit:problem:no-occasion")
    assert marked(pupil.id, every) == [before[1]]
    actions = [row["action"] for row in audit_rows(pupil.id) if row["actor"] == home(pupil)]
    assert {"start_series", "cancel_occasion", "withdraw_series", "list_series"} <= set(actions)


def test_pages_of_series_lead_to_the_next(morning: Morning) -> None:
    pupil = morning.world.classmates()[0]
    made = [
        start(morning, pupil, startTime=f"{hour:02}:00", endTime=f"{hour + 1:02}:00").body["id"]
        for hour in (8, 10, 12)
    ]
    seen: list[str] = []
    query: dict[str, Any] = {"limit": 2}
    while True:
        page = morning.ask("list_series", home(pupil), query=query, pupil=pupil.id).body
        seen += [series["id"] for series in page["data"]]
        if not page["cursor"]:
            break
        query = {"limit": 2, "cursor": page["cursor"]}
    assert seen == made[::-1]


def test_school_days_that_move_are_followed_once(morning: Morning) -> None:
    """A school day and a day off change places."""
    pupil = morning.world.classmates()[0]
    days = occasions(start(morning, pupil))
    office, year = morning.world.staff("principal"), SchoolYear.of(morning.day)
    usual = default_calendar(year)
    off = days[2]
    new = next(d for d in sorted(usual.days_off) if d > off and d.weekday() == off.weekday())
    body = {
        "schoolYear": str(year),
        **{
            name: {"first": str(term.first), "last": str(term.last)}
            for name, term in (("autumn", usual.autumn), ("spring", usual.spring))
        },
        "daysOff": sorted(map(str, {*usual.days_off, off} - {new})),
        "studyDays": sorted(map(str, usual.study_days)),
    }  # fmt: skip
    unit = {"unit": morning.world.unit}
    drafted = call(
        "organisation", "propose_calendar", office, path=unit, body=body, headers={"if-match": '"0"'}
    )
    assert drafted.status == 200, drafted.body
    head = next(s.id for s in morning.world.population.staff if s.role == "administrator")
    decided = call(
        "organisation", "decide_calendar", head, path=unit, body={"schoolYear": str(year)},
        headers={"if-match": drafted.headers["etag"]},
    )  # fmt: skip
    assert decided.status == 201, decided.body
    (fact,) = [f for f in outbox("organisation") if f["type"] == "organisation.CalendarDecided.v1"]
    for _ in range(2):
        assert deliver("attendance", "follow_calendar", fact) == []
    assert marked(pupil.id, [*days, new]) == [*(day for day in days if day != off), new]
    (listed,) = morning.ask("list_series", home(pupil), pupil=pupil.id).body["data"]
    assert (listed["version"], len(listed["occasions"])) == (2, len(days))
    refused = morning.report(pupil, off)
    assert (refused.status, refused.body["type"]) == (422, "urn:skolkit:problem:no-school-day")


def test_a_merged_record_keeps_its_series(morning: Morning) -> None:
    kept, other = morning.world.classmates()[:2]
    days = occasions(start(morning, other))[:6]
    office = morning.world.staff("administrator")
    merged = call(
        "register", "merge_persons", office, path={"person": kept.id}, body={"duplicate": other.id},
        headers={"idempotency-key": new_id()},
    )  # fmt: skip
    assert merged.status == 201, merged.body
    facts = [f for f in outbox("register") if f["type"] == "register.PersonsMerged.v1"]
    for _ in range(2):
        assert deliver("attendance", "follow_merge", *facts) == []
    assert marked(kept.id, days) == days
    (listed,) = morning.ask("list_series", morning.world.klass.mentor_ids[0], pupil=kept.id).body["data"]
    refused = morning.report(kept, days[1])
    assert refused.status == 409
    gone = morning.ask(
        "withdraw_series", morning.world.klass.mentor_ids[0], version=1, pupil=kept.id, series=listed["id"]
    )
    assert gone.status == 204, gone.body
    assert marked(kept.id, days) == []


def test_the_clock_hour_holds_over_the_change_of_clocks(morning: Morning) -> None:
    """A Tuesday before and one after the last Sunday of October (or March): the lesson at 13 is covered."""
    pupil = morning.world.classmates()[0]
    made = start(morning, pupil, startTime="13:00", endTime="14:00")
    for day in occasions(made):
        with acting_as("attendance"):
            ((told, _),) = store.pupil_day(pupil.id, day).notices.values()
        lesson = local(day, time(13)), local(day, time(13, 50))
        assert (today(lesson[0]), told.minutes_of(*lesson)) == (day, 50)
        assert told.minutes_of(local(day, time(12)), local(day, time(13))) == 0

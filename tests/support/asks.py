"""Requests about the pupil of `tests/support/schools.py` and what is around them: paths, bodies, headers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from typing import TYPE_CHECKING, Any

from functions.register.store import population as population_store
from skolkit.clock import local, now, stamp, today
from skolkit.sweden.calendar import SchoolYear, default_calendar
from skolkit.types import PersonId, new_id, stable_id
from tests.support.world import Lesson

if TYPE_CHECKING:
    from tests.support.schools import Schools
NEXT_YEAR = str(SchoolYear(SchoolYear.of(today()).start_year + 1))
CSN_MONTH = f"{today().replace(day=1) - timedelta(days=1):%Y-%m}"
CSN_APPROVED = f"{(today().replace(day=1) - timedelta(days=32)):%Y-%m}"
PARKED = population_store.Place(stable_id("population", "x"), "b", "register/population/x", "e", 1, 0, 1)


@dataclass(frozen=True)
class Ask:
    """One request: what goes into path, query, body and headers."""

    path: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, Any] = field(default_factory=dict)
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)


def delegated(begins: int) -> dict[str, Any]:
    """A delegation that begins in so many days."""
    first, last = (today() + timedelta(days=n) for n in (begins, begins + 30))
    return {
        "actions": ["attendance:read_sweep"], "basis": "skollagen 2:10", "startDate": first.isoformat(),
        "endDate": last.isoformat(),
    }  # fmt: skip


def substituted(people: Mapping[str, PersonId], begins: int) -> dict[str, Any]:
    """A substitution for the lesson's teacher that begins in so many days."""
    first, last = (now() + timedelta(days=n) for n in (begins, begins + 5))
    return {
        "replaces": people["teacher"], "startTime": first.isoformat(), "endTime": last.isoformat()
    }  # fmt: skip


def absence(pupil: str, day: date) -> Ask:
    """A notice of absence for one day."""
    body = {"startDate": day.isoformat(), "endDate": day.isoformat(), "reason": "illness"}
    return Ask({"pupil": pupil}, body=body, headers={"idempotency-key": new_id()})


def of_emergency(schools: Schools) -> Ask:
    """About the emergency message that has been sent."""
    return Ask({"unit": schools.home.unit, "emergency": schools.made["emergency"]})


PROOF = "314159"
PHONE = {"number": "070-174 06 05", "pin": "4711"}
TELEPHONY = "skolkit/telephony"


def series(pupil: str, days: list[date], ahead: int) -> Ask:
    """Part of a day every week, on another weekday than the first and the last of `days`, `ahead` weekdays
    further on.
    """
    taken = {next(d for d in days if d >= today()).weekday(), days[-1].weekday()}
    later = (days[-1] + timedelta(days=n) for n in range(1, 200))
    free = [
        d for d in later if default_calendar(SchoolYear.of(d)).is_school_day(d) and d.weekday() not in taken
    ]
    first = free[ahead]
    last = min(first + timedelta(weeks=3), SchoolYear.of(first).end)
    body = {
        "startDate": first.isoformat(), "endDate": last.isoformat(), "everyWeeks": 1, "startTime": "13:00",
        "endTime": "14:00", "reason": "medicalVisit",
    }  # fmt: skip
    return Ask({"pupil": pupil}, body=body, headers=new_key())


def in_series(s: Schools, **more: Any) -> Ask:
    """About the pupil's series, version 1."""
    path = {"pupil": s.pupil.id, "series": s.made["series"], **more}
    return Ask(path, body=series(s.pupil.id, s.home.days, 0).body, headers=over(1))


def called(**more: Any) -> Ask:
    """A guardian calls."""
    body = {"callerNumber": PHONE["number"], "pin": PHONE["pin"], "kind": "today", "childIndex": 1} | more
    return Ask(body=body, headers=new_key())


def attendance(lesson: Lesson, pupils: list[PersonId], version: int = 1) -> Ask:
    """A whole class present."""
    minutes = int((lesson.end - lesson.start).total_seconds()) // 60
    rows = [{"pupil": pupil, "attendanceMinutes": minutes} for pupil in pupils]
    return Ask({"lesson": lesson.id}, body={"rows": rows}, headers=over(version))


def csn_case(s: Schools, body: Any = None, month: str = CSN_MONTH) -> Ask:
    """About the pupil's case of invalid absence: of last month undecided, of the one before approved."""
    return Ask({"pupil": s.pupil.id, "month": month}, body=body, headers=over(1))


CARE_SETTINGS = {
    "approval": "leadTime", "changeLeadDays": 3, "scheduleLeadDays": 14, "childrenPerStaff": 4.5,
    "lateMinutes": 10, "unanswered": "noNeed", "reminderDays": 2,
}  # fmt: skip


def care_schedule(s: Schools) -> dict[str, Any]:
    """A home's weeks that begin in a month."""
    begin = today() + timedelta(days=30)
    return {
        "placement": s.notice, "startDate": begin.isoformat(), "numberOfWeeks": 2,
        "endDate": (begin + timedelta(days=60)).isoformat(), "owner": s.people["guardian"],
        "scheduleEntries": [{"week": 1, "weekDay": 1, "startTime": "07:00", "endTime": "08:00"}],
    }  # fmt: skip


def care_place(s: Schools) -> dict[str, str]:
    return {"pupil": s.pupil.id, "schedule": s.made["schedule"]}


def care_change(s: Schools) -> Ask:
    day = (today() + timedelta(days=5)).isoformat()
    body = {
        "placement": s.notice, "startDate": day, "endDate": day, "kind": "hours",
        "hours": [{"startTime": "06:00", "endTime": "06:30"}],
    }  # fmt: skip
    return Ask({"pupil": s.pupil.id}, body=body, headers=new_key())


def care_answer(s: Schools) -> Ask:
    day = (today() + timedelta(days=20)).isoformat()
    body = {"period": s.made["period"], "days": [{"date": day, "need": False}]}
    return Ask({"pupil": s.pupil.id}, body=body, headers=new_key())


def care_decision(s: Schools) -> Ask:
    body = {"schedule": s.made["asked schedule"], "approved": False}
    return Ask({"pupil": s.pupil.id}, body=body, headers=new_key())


def care_allowance(s: Schools) -> Ask:
    body = {
        "placement": s.notice, "allowed": "full", "basis": "work", "startDate": today().isoformat()
    }  # fmt: skip
    return Ask({"pupil": s.pupil.id}, body=body, headers=new_key())


def care_new(s: Schools) -> Ask:
    return Ask({"pupil": s.pupil.id}, body=care_schedule(s), headers=new_key())


def care_settings(s: Schools) -> Ask:
    return Ask({"unit": s.home.unit}, body=CARE_SETTINGS, headers=over(0))


def care_opened(s: Schools) -> Ask:
    first = today() + timedelta(days=60)
    body = {
        "startDate": first.isoformat(), "endDate": (first + timedelta(days=4)).isoformat(),
        "lastAnswerDay": (first - timedelta(days=5)).isoformat(),
    }  # fmt: skip
    return Ask({"unit": s.home.unit}, body=body, headers=new_key())


def came(s: Schools) -> Ask:
    """The pupil comes to the class's fritidshem."""
    event = {"id": new_id(), "child": s.pupil.id, "eventType": "In", "time": stamp(now())}
    return Ask({"group": s.home.klass.id}, body={"events": [event]}, headers=new_key())


CHECK_IN_CODE = "12345"


def report_of(lesson: Lesson, pupil: str) -> Ask:
    """One pupil late for a lesson, as a phone reports it that has seen nothing."""
    minutes = int((lesson.end - lesson.start).total_seconds()) // 60
    row = {
        "pupil": pupil, "attendanceMinutes": minutes - 5, "invalidAbsenceMinutes": 5, "lateMinutes": 5,
        "madeAt": stamp(lesson.end),
    }  # fmt: skip
    return Ask({"lesson": lesson.id}, body={"rows": [row]}, headers=new_key())


def last_month(s: Schools) -> dict[str, str]:
    """The unit's month that is over."""
    day = today().replace(day=1) - timedelta(days=1)
    return {"unit": s.home.unit, "month": f"{day:%Y-%m}"}


def extract(person: str) -> Ask:
    return Ask({"person": person}, headers={"idempotency-key": new_id()})


def over(version: int) -> dict[str, str]:
    return {"if-match": f'"{version}"'}


def browser(endpoint: str = "https://fcm.googleapis.com/fcm/send/new") -> dict[str, Any]:
    """A browser's push subscription; the keys are those of RFC 8291 §5."""
    point = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
    keys = {"p256dh": point, "auth": "BTBZMqHH6r4Tts7J_aSIgg"}
    return {"endpoint": endpoint, "expirationTime": None, "keys": keys}


def new_key() -> dict[str, str]:
    return {"idempotency-key": new_id()}


def about(s: Schools, body: Any = None, *, version: int | None = None, **path: str) -> Ask:
    """About the pupil, or whoever `path` says: a change of a version, or something new."""
    headers = over(version) if version else new_key()
    return Ask({"person": s.pupil.id, **path}, body=body, headers=headers)


def card_body(s: Schools) -> dict[str, str]:
    born = s.pupil.birth_date.isoformat()
    return {"givenName": "Ny", "familyName": "Person", "birthDate": born}


def changed_absence(s: Schools) -> Ask:
    body = absence(s.pupil.id, s.home.days[-1]).body | {"reason": "dentalVisit"}
    return Ask({"pupil": s.pupil.id, "notice": s.notice}, body=body, headers=over(1))


def leave_body() -> dict[str, str]:
    """An application for a day of the next school year."""
    year = SchoolYear(SchoolYear.of(today()).start_year + 1)
    day = default_calendar(year).school_days()[20].isoformat()
    return {"startDate": day, "endDate": day, "purpose": "travel"}


def leave_ask(s: Schools, body: Any = None, leave: str = "leave") -> Ask:
    """About the pupil's application that waits for a decision, or for the other guardian (`asked leave`)."""
    return Ask({"pupil": s.pupil.id, "leave": s.made[leave]}, body=body, headers=new_key() if body else {})


SYLLABUS = {
    "schoolForm": "GR", "subjectName": "Schack", "courseCode": "SCHACK1", "validFrom": "2026-07-01",
}  # fmt: skip

DISTRIBUTION = {
    "schoolYear": "2026/27", "timplan": "skolf-2011:185-bilaga-1-2024",
    "rows": [{"subject": "GRGRMUS01", "year": 5, "hours": 40}],
}  # fmt: skip

PROGRAMME = {
    "code": "TE25", "name": "Teknik", "type": "Högskoleförberedande program", "schoolForm": "GY",
    "validFrom": "2025-07-01",
}  # fmt: skip


def elective_round(**more: Any) -> dict[str, Any]:
    """A choice round that is open now, for everybody of a unit."""
    return {
        "schoolYear": "2027/28", "choice": "sprakval", "title": "Språkval",
        "options": [
            {"id": "deu", "name": "Tyska", "capacity": 30}, {"id": "fra", "name": "Franska", "capacity": 30},
        ],
        "ranked": 2, "pupilFrom": 6,
        "opens": stamp(local(today() - timedelta(days=1), time(0))),
        "closes": stamp(now() + timedelta(days=1)),
        "startDate": "2027-08-16", "endDate": "2028-06-14",
    } | more  # fmt: skip


def offering(syllabus: str) -> dict[str, Any]:
    return {"schoolYear": "2026/27", "offeredSyllabuses": [syllabus]}


def plan(syllabus: str) -> dict[str, Any]:
    return {"schoolForm": "GR", "startDate": "2026-08-17", "content": [{"syllabus": syllabus}]}


def of_round(s: Schools, *, body: Any = None, keyed: bool = False, **path: str) -> Ask:
    headers = {"idempotency-key": new_id()} if keyed else {}
    round = s.made["closed round"] if keyed or "job" in path else s.made["round"]
    return Ask({"unit": s.home.unit, "round": round, **path}, body=body, headers=headers)


def newcomer(s: Schools) -> PersonId:
    """A pupil of the unit who is not in the class."""
    return next(p.id for p in s.home.population.pupils if p.class_id != s.home.klass.id)


def enrolment_ask(s: Schools) -> Ask:
    start = SchoolYear.of(today()).start_year + 1
    body = {"unit": s.home.unit, "schoolForm": "GR", "year": 7, "startDate": f"{start}-08-15"}
    return Ask({"person": s.pupil.id}, body=body, headers={"idempotency-key": new_id()})


def activity_body(s: Schools) -> dict[str, Any]:
    return {
        "displayName": "Matematik", "activityType": "Undervisning", "startDate": today().isoformat(),
        "groups": [s.home.klass.id], "subject": "MA", "schoolForm": "GR", "minutesPlanned": 6000,
        "teachers": [{"duty": s.made["duty"], "minutesPlanned": 6000}],
    }  # fmt: skip


def new_duty(s: Schools, role: str) -> Ask:
    body = {"person": s.people["stranger"], "dutyRole": role, "startDate": today().isoformat()}
    return Ask({"unit": s.home.unit}, body=body, headers=new_key())


def unit_body(s: Schools) -> dict[str, Any]:
    return {
        "organisationType": "Skolenhet", "name": "Omdöpta skolan", "schoolForms": ["GR"],
        "code": str(s.home.population.unit.code),
    }  # fmt: skip


def year_body() -> dict[str, Any]:
    year = default_calendar(SchoolYear.parse(NEXT_YEAR))
    terms = {
        n: {"first": str(t.first), "last": str(t.last)}
        for n, t in (("autumn", year.autumn), ("spring", year.spring))
    }
    days = {"daysOff": sorted(map(str, year.days_off)), "studyDays": sorted(map(str, year.study_days))}
    return {"schoolYear": NEXT_YEAR, **terms, **days}


def about_pupil(s: Schools, body: Any = None, version: int | None = None, **path: str) -> Ask:
    """About changing school."""
    headers = {"idempotency-key": new_id()} if version is None else over(version)
    return Ask({"person": s.pupil.id} | path, body=body, headers=headers)


def transfer_ask(s: Schools) -> Ask:
    first = (today() + timedelta(days=30)).isoformat()
    return about_pupil(s, {"enrolment": s.notice, "toUnit": s.away.unit, "firstDay": first})


def watch_case(s: Schools, body: Any = None, **headers: str) -> Ask:
    return Ask({"case": s.made["case"]}, body=body, headers=headers or {"idempotency-key": new_id()})


def inquiry_ask(s: Schools, body: Any = None, **headers: str) -> Ask:
    return Ask({"inquiry": s.made["inquiry"]}, body=body, headers=headers or {"idempotency-key": new_id()})


def parked_ask(body: Any = None) -> Ask:
    path = {"file": PARKED.file_id, "line": str(PARKED.line)}
    return Ask(path, body=body, headers={"idempotency-key": new_id()})


def on_day(s: Schools, **path: str) -> Ask:
    return Ask(path, {"date": s.day.isoformat()})


def rollover_of_year() -> Ask:
    """A request for the rollover of the year that is."""
    body = {"schoolYear": str(SchoolYear.of(today()))}
    return Ask(body=body, headers={"idempotency-key": new_id()})


def table_ask(body: Any = None, **path: str) -> Ask:
    """About a table, with a key."""
    return Ask(path, body=body, headers={"idempotency-key": new_id()})

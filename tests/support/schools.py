"""Two schools of one municipality and everybody around one pupil, for asking who gets in where: each person
by what they are to that pupil, and for every operation the request that is right in everything but who
sends it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, time, timedelta
from typing import Any

from functions.access.store import extracts
from functions.attendance import store
from functions.attendance.domain.lesson import Entry, Minutes
from functions.attendance.usecases import notices
from functions.organisation.events import ElectivesAllocationAsked
from functions.organisation.store import duties as duties_store
from functions.organisation.store.electives import ElectiveJobItem
from functions.organisation.usecases import allocation
from functions.register.domain import leaving
from functions.register.domain.enrolment import Enrolment, EnrolmentId
from functions.register.domain.notices import Notice
from functions.register.store import matters
from functions.register.store import population as population_store
from functions.register.store.enrolments import enrolment_writes
from functions.register.usecases import watch
from infra.local.cloud import Cloud
from infra.local.population import NewGroup, NewPupil, generate
from infra.local.seed import school_days, unit_files
from skolkit import jobs
from skolkit.clock import local, now, stamp, today
from skolkit.errors import Text
from skolkit.sweden.calendar import SchoolYear, default_calendar
from skolkit.sweden.codes import SchoolForm, SchoolUnitCode
from skolkit.table import Remove, commit, dynamodb
from skolkit.types import LessonId, NoticeId, PersonId, UnitId, new_id, stable_id
from tests.support.areas import AREAS, acting_as, call, deliver, outbox
from tests.support.world import UNIT, UNITS_TABLE, Lesson, World, drop, lessons_of, person_row

NEXT_YEAR = str(SchoolYear(SchoolYear.of(today()).start_year + 1))
OTHER_UNIT = replace(UNIT, code=SchoolUnitCode("99990025"), name="Andra skolan", years=(8, 9))
CANARY = {"givenName": "Kanariefågel", "familyName": "Skyddadsson", "securityMarking": "Sekretessmarkering"}
CANARY_HOME = {"street": "Hemligstigen 77", "postalCode": "777 77", "locality": "Undangömda"}
CANARY_REACH = {"email": "kanariefagel@example.org", "phone": "+46701740699"}
TWINS = (PersonId(stable_id("one record")), PersonId(stable_id("the other")))
PARKED = population_store.Place(stable_id("population", "x"), "b", "register/population/x", "e", 1, 0, 1)
SECRETS = (*CANARY_HOME.values(), *CANARY_REACH.values())


@dataclass(frozen=True)
class Schools:
    """The municipality: the pupil's school `home`, another one `away`, and people by their part (see
    `_people`); `made` are ids of what there is already, by the name of its place in paths.
    `notice` is also the id of an enrolment, a leaving case, a transfer and a notice of leaving of the pupil,
    the `job` made that of a decided case and of its hand-over; the protected classmate has the same.
    """

    home: World
    away: World
    pupil: NewPupil
    hidden: PersonId
    lesson: Lesson
    reported: Lesson
    people: Mapping[str, PersonId]
    notice: NoticeId
    day: date
    made: Mapping[str, str]


@dataclass(frozen=True)
class Ask:
    """One request: what goes into path, query, body and headers."""

    path: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, Any] = field(default_factory=dict)
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)


def make_schools(cloud: Cloud) -> Schools:
    """Import both schools, and around the pupil what the generated ones lack: a protected classmate, people
    with duties at one unit, a lesson that has been reported, a notice, an evening's report. Needs `tables`.
    """
    home, away = _import(cloud)
    mates = home.classmates()
    pupil, hidden = mates[0], mates[1].id
    day = home.days[-1]
    teaching = [x for x in home.of_class() if not set(x.teachers) & set(home.klass.mentor_ids)]
    lesson, reported = [x for x in teaching if x.teachers == teaching[0].teachers][:2]
    people = _people(home, away, pupil, hidden, lesson)
    _drop(
        cloud, "register/persons/more.jsonl",
        [
            person_row(mates[1]) | CANARY | CANARY_REACH | {"address": CANARY_HOME},
            *(_card(twin, "twin") for twin in TWINS),
            *(_card(people[name], name) for name in _CARDS),
        ],
    )  # fmt: skip
    _drop(
        cloud, "organisation/duties/more.jsonl",
        [
            _duty(people["unit administrator"], home.unit),
            _duty(people["far administrator"], away.unit),
            _duty(people["attendance officer"], None) | {"role": "attendance_officer"},
            _duty(people["activity officer"], None) | {"role": "activity_officer"},
        ],
    )  # fmt: skip
    _drop(cloud, "organisation/groups/more.jsonl", [_with_teacher(home.klass, home.unit, people["teacher"])])
    with acting_as("attendance"):
        _report(reported, hidden)
        notices.sweep_evening(today(reported.start))
    sent = call("attendance", "report_absence", people["guardian"], **vars(absence(pupil.id, day)))
    assert sent.status == 201, sent.body
    notice = NoticeId(sent.body["id"])
    glass = call(
        "register", "break_glass", people["principal"],
        path={"person": hidden}, body={"reason": "injury"}, headers=_key(),
    )  # fmt: skip
    assert glass.status == 201, glass.body
    merged = call(
        "register", "merge_persons", people["administrator"],
        path={"person": TWINS[0]}, body={"duplicate": TWINS[1]}, headers=_key(),
    )  # fmt: skip
    assert merged.status == 201, merged.body
    on = today(reported.start)
    made = {"merge": str(merged.body["id"]), **_stand_ins(home, people)}
    made |= {"duty": _duty_of(people["teacher"]), "principal's duty": _duty_of(people["principal"])}
    schools = Schools(home, away, pupil, hidden, lesson, reported, people, notice, on, made)
    made |= {"activity": _staffed(schools), "ruled": _ruled(home)}
    made |= {"rollover": _rolled_over(people["administrator"])}
    planned = _teaching(home, [pupil.id, hidden])
    made |= dict(zip(("syllabus", "round", "closed round", "job"), planned, strict=True))
    made |= {"extract": _extracted(pupil.id, people["guardian"])}
    made |= dict.fromkeys(("enrolment", "leaving", "transfer"), notice)
    with acting_as("register"):
        _change_school([pupil.id, hidden], home.unit, notice, made["job"])
        made |= {"case": _watched(pupil.id, day)}
    return schools


def _watched(pupil: PersonId, day: date) -> str:
    """A case of the watch, and a record of the population register that could not be taken."""
    population_store.park([(PARKED, "", Text("oläslig", "unreadable"))])
    case = watch.open_case(pupil, "schoolAttendance", "leftSchool", day)
    assert case
    return case


def _stand_ins(home: World, people: Mapping[str, PersonId]) -> dict[str, str]:
    """A delegation and a substitution of the other teacher's that have not begun."""
    path = {"unit": home.unit, "employee": people["other teacher"]}
    ids = {}
    for kind, name, body in (
        ("delegation", "delegate", delegated(40)),
        ("substitution", "appoint_substitute", substituted(people, 40)),
    ):
        headers = {"idempotency-key": new_id()}
        made = call("organisation", name, people["principal"], path=path, body=body, headers=headers)
        assert made.status == 201, made.body
        ids[kind] = str(made.body["id"])
    return ids


def _duty_of(person: PersonId) -> str:
    with acting_as("organisation"):
        return next(duty.id for duty in duties_store.records_of(person))


def _staffed(schools: Schools) -> str:
    """Let the school have an activity and a proposed school year; the activity's id."""
    office, unit = schools.people["unit administrator"], {"unit": schools.home.unit}
    made = call("organisation", "create_activity", office, path=unit, body=_activity(schools), headers=_key())
    assert made.status == 201, made.body
    drafted = call("organisation", "propose_calendar", office, path=unit, body=_year_body(), headers=_over(0))
    assert drafted.status == 200, drafted.body
    return str(made.body["id"])


def _teaching(home: World, planned: list[PersonId]) -> tuple[str, str, str, str]:
    """Study plans with a syllabus the unit offers, an open choice round, a closed one, its preview's job."""
    head, key = home.staff("principal"), {"idempotency-key": new_id()}

    def make(name: str, ask: Ask) -> Any:
        made = call("organisation", name, head, path=ask.path, body=ask.body, headers=ask.headers)
        assert made.status < 300, made.body
        return made.body.get("id")

    syllabus = make("add_local_syllabus", Ask({"unit": home.unit}, body=_SYLLABUS, headers=key))
    round = make("open_round", Ask({"unit": home.unit}, body=elective_round(), headers=key))
    past = elective_round(closes=stamp(now() - timedelta(hours=1)))
    other = {"idempotency-key": new_id()}
    closed = make("open_round", Ask({"unit": home.unit}, body=past, headers=other))
    make("put_offering", Ask({"unit": home.unit}, body=_offering(syllabus), headers=_over(0)))
    make("decide_distribution", Ask({"unit": home.unit}, body=_DISTRIBUTION, headers=_over(0)))
    for pupil in planned:
        make("put_study_plan", Ask({"pupil": pupil}, body=_plan(syllabus), headers=_over(0)))
    request = {"unit": home.unit, "round": closed}
    with acting_as("organisation"):
        job = jobs.ask(ElectiveJobItem, ElectivesAllocationAsked, "preview_round", head, request, None)
        allocation.work(ElectivesAllocationAsked(job=job.id))
    return syllabus, round, closed, job.id


def _change_school(pupils: Sequence[PersonId], unit: UnitId, id: str, left: str) -> None:
    """Let pupils have everything there is about changing school, under the same ids."""
    fritids = Enrolment(unit, SchoolForm.AFTER_SCHOOL_CENTRE, None, date(2026, 8, 18), id=EnrolmentId(id))
    at, by = now(), "system:test"
    case = leaving.open_case(id, fritids, at, by)
    gone = replace(case, id=left, state="left", last_day=today(), reason="other")
    transfer = leaving.Transfer(
        id=id, from_unit=unit, to_unit=unit, old=fritids.id, last_day=today(), year=None, asked=at,
        first_day=today() + timedelta(days=1), school_form=fritids.school_form, education_code=None,
        gap_allowed=False, asked_by=pupils[0], due=today(),
    )  # fmt: skip
    notice = Notice(
        id=id, purpose="left", recipient="home", code="", unit=unit, school_form=fritids.school_form,
        year=None, day=today(), law="skolförordningen 6:18", due=today(), created=at, created_by=by,
        documents=(("letter", f"register/leaving/{id}/notice-{id}.html", "0" * 64),),
    )  # fmt: skip
    for pupil in pupils:
        commit(
            *enrolment_writes(pupil, [fritids], []), *matters.leaving_writes(pupil, case),
            *matters.leaving_writes(pupil, gone), *matters.transfer_writes(pupil, transfer),
            *matters.notice_writes(pupil, notice),
        )  # fmt: skip
    file = {"key": f"register/leaving/{left}/handover-{left}.html", "sha256": "0" * 64}
    commit(
        matters.HandoverJobItem(
            f"JOB#{left}", "JOB", job="ask_handover", asked_by=pupils[0], asked="2026-11-23T07:00:00.000Z",
            state="done", request={"person": pupils[0], "leaving": left, "decision": None},
            outcome={"files": {"letter": file}},
        )
    )  # fmt: skip


_CARDS = (
    "stranger", "unit administrator", "far administrator", "attendance officer", "activity officer",
)  # fmt: skip


def _import(cloud: Cloud) -> tuple[World, World]:
    """Both units, from one run of the generator so that no identity number belongs to two people."""
    year = SchoolYear.of(today())
    days = school_days(default_calendar(year))
    worlds = []
    for population in generate([UNIT, OTHER_UNIT], seed=7, school_year=year):
        unit = population.unit
        files = unit_files(population, default_calendar(year), days)
        table = UNITS_TABLE.format(code=unit.code, name=unit.name, address=unit.address, pupils=60)
        for key, content in {
            f"organisation/units/{unit.code}.csv": table, **files.people, **files.plans
        }.items():  # fmt: skip
            _drop(cloud, key, content)
        lessons = tuple(lessons_of(next(iter(files.plans.values()))))
        worlds.append(World(population, UnitId(stable_id("unit", str(unit.code))), days, lessons))
    for envelope in outbox("timetable"):
        if envelope["type"] == "timetable.TimetablePublished.v1":
            assert deliver("attendance", "prepare_sheets", envelope) == []
    home, away = worlds
    return home, away


def _people(
    home: World, away: World, pupil: NewPupil, hidden: PersonId, lesson: Lesson
) -> dict[str, PersonId]:
    own = {g.guardian_id for g in pupil.guardians}
    mate = next(
        p
        for p in home.classmates()
        if p.id not in {pupil.id, hidden} and not own & {g.guardian_id for g in p.guardians}
    )
    mentors = set(home.klass.mentor_ids)
    other_mentor = next(
        m
        for g in home.population.groups
        for m in g.mentor_ids
        if m not in mentors and m not in lesson.teachers
    )
    taken = {*mentors, *lesson.teachers, other_mentor}
    teachers = [s.id for s in home.population.staff if s.role == "teacher"]
    return {
        "guardian": pupil.guardians[0].guardian_id,
        "second guardian": pupil.guardians[1].guardian_id,
        "classmate's guardian": mate.guardians[0].guardian_id,
        "far guardian": away.classmates()[0].guardians[0].guardian_id,
        "pupil": pupil.id,
        "classmate": mate.id,
        "far pupil": away.classmates()[0].id,
        "teacher": lesson.teachers[0],
        "other teacher": next(t for t in teachers if t not in taken),
        "far teacher": next(s.id for s in away.population.staff if s.role == "teacher"),
        "mentor": home.klass.mentor_ids[0],
        "other mentor": other_mentor,
        "principal": home.staff("principal"),
        "far principal": away.staff("principal"),
        "unit administrator": PersonId(new_id()),
        "far administrator": PersonId(new_id()),
        "administrator": home.staff("administrator"),
        "attendance officer": PersonId(new_id()),
        "activity officer": PersonId(new_id()),
        "stranger": PersonId(new_id()),
        "unregistered": PersonId(new_id()),
    }


def _report(lesson: Lesson, absent: PersonId) -> None:
    """Let a lesson have been reported with one pupil away without a reason, whatever the clock says."""
    sheet = store.sheet(LessonId(lesson.id))
    assert sheet
    entries = {pupil: Entry(Minutes(sheet.minutes)) for pupil in sheet.roster} | {
        absent: Entry(Minutes(0, invalid=sheet.minutes))
    }
    saved = replace(sheet, entries=entries, reported_by=lesson.teachers[0], reported_at=now())
    commit(
        store.sheet_item(saved, stored=sheet.version), store.deviation_item(absent, saved, entries[absent])
    )


def _extracted(pupil: PersonId, by: PersonId) -> str:
    """Let a register extract have been made."""
    asked = call("access", "request_extract", by, **vars(_extract(pupil)))
    assert asked.status == 202, asked.body
    with acting_as("access"):
        item = extracts.find_extract(asked.body["id"])
        assert item
        item.state = "done"
        commit(item, Remove(extracts.open_extract(item.id)))
    return str(asked.body["id"])


def _rollover() -> Ask:
    """A request for the rollover of the year that is."""
    body = {"schoolYear": str(SchoolYear.of(today()))}
    return Ask(body=body, headers={"idempotency-key": new_id()})


def _rolled_over(office: PersonId) -> str:
    """A rollover that is done, of no unit."""
    nothing = replace(_rollover(), body=_rollover().body | {"units": []})
    asked = call("organisation", "run_rollover", office, **vars(nothing))
    facts = [f for f in outbox("organisation") if f["type"] == "organisation.RolloverAsked.v1"]
    assert deliver("organisation", "lead_rollover", *facts) == []
    return str(asked.body["id"])


def _ruled(home: World) -> str:
    """A group of the school that a rule composes."""
    office, unit = home.staff("administrator"), {"unit": home.unit}
    new = Ask(unit, body={"name": "Alla i sexan", "kind": "schema"}, headers={"idempotency-key": new_id()})
    made = call("organisation", "create_group", office, **vars(new)).body
    rule = Ask({"group": made["id"]}, body={"terms": [{"year": 6}]}, headers=_over(1))
    assert call("organisation", "set_rule", office, **vars(rule)).status == 200
    return str(made["id"])


def _drop(cloud: Cloud, key: str, content: Any) -> None:
    report = drop(cloud, key, content)
    assert report["failed"] == 0, report["faults"][:3]


def _card(person: PersonId, name: str) -> dict[str, Any]:
    return {"id": person, "givenName": "Test", "familyName": name, "birthDate": "1980-01-31"}


def _duty(person: PersonId, unit: UnitId | None) -> dict[str, Any]:
    return {"person": person, "unit": unit, "role": "administrator", "startDate": "2020-08-01"}


def _with_teacher(group: NewGroup, unit: UnitId, teacher: PersonId) -> dict[str, Any]:
    start = default_calendar(SchoolYear.of(today())).autumn.first.isoformat()
    return {
        "id": group.id, "unit": unit, "name": group.name, "groupType": "Klass", "teachers": [teacher],
        "mentors": list(group.mentor_ids),
        "members": [{"person": p, "startDate": start} for p in group.pupil_ids],
    }  # fmt: skip


# Requests


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


def attendance(lesson: Lesson, pupils: list[PersonId], version: int = 1) -> Ask:
    """A whole class present."""
    minutes = int((lesson.end - lesson.start).total_seconds()) // 60
    rows = [{"pupil": pupil, "attendanceMinutes": minutes} for pupil in pupils]
    return Ask({"lesson": lesson.id}, body={"rows": rows}, headers=_over(version))


def _extract(person: str) -> Ask:
    return Ask({"person": person}, headers={"idempotency-key": new_id()})


def _over(version: int) -> dict[str, str]:
    return {"if-match": f'"{version}"'}


def _key() -> dict[str, str]:
    return {"idempotency-key": new_id()}


def _of(s: Schools, body: Any = None, *, version: int | None = None, **path: str) -> Ask:
    """About the pupil, or whoever `path` says: a change of a version, or something new."""
    headers = _over(version) if version else _key()
    return Ask({"person": s.pupil.id, **path}, body=body, headers=headers)


def _card_body(s: Schools) -> dict[str, str]:
    born = s.pupil.birth_date.isoformat()
    return {"givenName": "Ny", "familyName": "Person", "birthDate": born}


def _changed(s: Schools) -> Ask:
    body = absence(s.pupil.id, s.home.days[-1]).body | {"reason": "dentalVisit"}
    return Ask({"pupil": s.pupil.id, "notice": s.notice}, body=body, headers=_over(1))


_SYLLABUS = {
    "schoolForm": "GR", "subjectName": "Schack", "courseCode": "SCHACK1", "validFrom": "2026-07-01",
}  # fmt: skip
_DISTRIBUTION = {
    "schoolYear": "2026/27", "timplan": "skolf-2011:185-bilaga-1-2024",
    "rows": [{"subject": "GRGRMUS01", "year": 5, "hours": 40}],
}  # fmt: skip
_PROGRAMME = {
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


def _offering(syllabus: str) -> dict[str, Any]:
    return {"schoolYear": "2026/27", "offeredSyllabuses": [syllabus]}


def _plan(syllabus: str) -> dict[str, Any]:
    return {"schoolForm": "GR", "startDate": "2026-08-17", "content": [{"syllabus": syllabus}]}


def _of_round(s: Schools, *, body: Any = None, keyed: bool = False, **path: str) -> Ask:
    headers = {"idempotency-key": new_id()} if keyed else {}
    round = s.made["closed round"] if keyed or "job" in path else s.made["round"]
    return Ask({"unit": s.home.unit, "round": round, **path}, body=body, headers=headers)


def _newcomer(s: Schools) -> PersonId:
    """A pupil of the unit who is not in the class."""
    return next(p.id for p in s.home.population.pupils if p.class_id != s.home.klass.id)


def _enrolment(s: Schools) -> Ask:
    start = SchoolYear.of(today()).start_year + 1
    body = {"unit": s.home.unit, "schoolForm": "GR", "year": 7, "startDate": f"{start}-08-15"}
    return Ask({"person": s.pupil.id}, body=body, headers={"idempotency-key": new_id()})


def _activity(s: Schools) -> dict[str, Any]:
    return {
        "displayName": "Matematik", "activityType": "Undervisning", "startDate": today().isoformat(),
        "groups": [s.home.klass.id], "subject": "MA", "schoolForm": "GR", "minutesPlanned": 6000,
        "teachers": [{"duty": s.made["duty"], "minutesPlanned": 6000}],
    }  # fmt: skip


def _new_duty(s: Schools, role: str) -> Ask:
    body = {"person": s.people["stranger"], "dutyRole": role, "startDate": today().isoformat()}
    return Ask({"unit": s.home.unit}, body=body, headers=_key())


def _unit(s: Schools) -> dict[str, Any]:
    return {
        "organisationType": "Skolenhet", "name": "Omdöpta skolan", "schoolForms": ["GR"],
        "code": str(s.home.population.unit.code),
    }  # fmt: skip


def _year_body() -> dict[str, Any]:
    year = default_calendar(SchoolYear.parse(NEXT_YEAR))
    terms = {
        n: {"first": str(t.first), "last": str(t.last)}
        for n, t in (("autumn", year.autumn), ("spring", year.spring))
    }
    days = {"daysOff": sorted(map(str, year.days_off)), "studyDays": sorted(map(str, year.study_days))}
    return {"schoolYear": NEXT_YEAR, **terms, **days}


def _pupils(s: Schools, body: Any = None, version: int | None = None, **path: str) -> Ask:
    """About changing school."""
    headers = {"idempotency-key": new_id()} if version is None else _over(version)
    return Ask({"person": s.pupil.id} | path, body=body, headers=headers)


def _transfer(s: Schools) -> Ask:
    first = (today() + timedelta(days=30)).isoformat()
    return _pupils(s, {"enrolment": s.notice, "toUnit": s.away.unit, "firstDay": first})


def _case(s: Schools, body: Any = None, **headers: str) -> Ask:
    return Ask({"case": s.made["case"]}, body=body, headers=headers or {"idempotency-key": new_id()})


def _parked(body: Any = None) -> Ask:
    path = {"file": PARKED.file_id, "line": str(PARKED.line)}
    return Ask(path, body=body, headers={"idempotency-key": new_id()})


def _on(s: Schools, **path: str) -> Ask:
    return Ask(path, {"date": s.day.isoformat()})


REQUESTS: dict[str, Callable[[Schools], Ask]] = {
    "access.explain": lambda s: Ask(
        body={
            "person": s.people["teacher"],
            "action": "register:read_person",
            "kind": "Pupil",
            "id": s.pupil.id,
        }
    ),
    "access.link_extract": lambda s: Ask(
        {"person": s.pupil.id, "extract": s.made["extract"]}, body={"format": "pdf"}
    ),
    "access.list_processes": lambda _: Ask(),
    "access.list_reads": lambda s: Ask({"person": s.pupil.id}),
    "access.list_rights_of_people": lambda s: Ask(query={"unit": s.home.unit}),
    "access.read_extract": lambda s: Ask({"person": s.pupil.id, "extract": s.made["extract"]}),
    "access.read_health": lambda _: Ask(),
    "access.read_me": lambda _: Ask(),
    "access.read_rights": lambda s: Ask(query={"unit": s.home.unit}),
    "access.request_extract": lambda s: _extract(s.pupil.id),
    "attendance.change_absence": _changed,
    "attendance.list_absences": lambda s: Ask({"pupil": s.pupil.id}),
    "attendance.mentor_day": lambda s: _on(s, group=s.home.klass.id),
    "attendance.my_lessons": _on,
    "attendance.open_lesson": lambda s: Ask({"lesson": s.lesson.id}),
    "attendance.read_pupil_day": lambda s: _on(s, pupil=s.pupil.id),
    "attendance.read_sweep": lambda s: _on(s, unit=s.home.unit),
    "attendance.report_absence": lambda s: absence(s.pupil.id, next(d for d in s.home.days if d >= today())),
    "attendance.save_lesson": lambda s: attendance(s.lesson, list(s.home.klass.pupil_ids)),
    "attendance.save_lesson (reported)": lambda s: attendance(
        s.reported, list(s.home.klass.pupil_ids), version=2
    ),
    "attendance.withdraw_absence": lambda s: replace(_changed(s), body=None),
    "messages.choose_preferences": lambda _: Ask(body={"channel": "sms"}, headers=_over(0)),
    "messages.list_deliveries": lambda s: Ask({"pupil": s.pupil.id}),
    "messages.read_preferences": lambda _: Ask(),
    "organisation.appoint_substitute": lambda s: Ask(
        {"unit": s.home.unit, "employee": s.people["other teacher"]},
        body=substituted(s.people, 1),
        headers={"idempotency-key": new_id()},
    ),
    "organisation.delegate": lambda s: Ask(
        {"unit": s.home.unit, "employee": s.people["other teacher"]},
        body=delegated(1),
        headers={"idempotency-key": new_id()},
    ),
    "organisation.change_activity": lambda s: Ask(
        {"unit": s.home.unit, "activity": s.made["activity"]},
        body=_activity(s) | {"subject": "EN"},
        headers=_over(1),
    ),
    "organisation.change_certification": lambda s: Ask(
        {"unit": s.home.unit, "employee": s.people["teacher"]}, body={"certified": True}, headers=_over(0)
    ),
    "organisation.change_duty": lambda s: Ask(
        {"unit": s.home.unit, "duty": s.made["duty"]}, body={"dutyPercent": 80}, headers=_over(1)
    ),
    "organisation.change_duty (principal's)": lambda s: Ask(
        {"unit": s.home.unit, "duty": s.made["principal's duty"]}, body={"dutyPercent": 80}, headers=_over(1)
    ),
    "organisation.change_unit": lambda s: Ask({"unit": s.home.unit}, body=_unit(s), headers=_over(1)),
    "organisation.close_unit": lambda s: Ask(
        {"unit": s.home.unit}, body={"endDate": "2030-06-30"}, headers=_over(1)
    ),
    "organisation.create_activity": lambda s: Ask({"unit": s.home.unit}, body=_activity(s), headers=_key()),
    "organisation.create_duty": lambda s: _new_duty(s, "Lärare"),
    "organisation.create_duty (administrator's)": lambda s: _new_duty(s, "Skoladministratör"),
    "organisation.create_unit": lambda _: Ask(
        body={"organisationType": "Skolenhet", "name": "Nya förskolan", "schoolForms": ["FS"]}, headers=_key()
    ),
    "organisation.decide_calendar": lambda s: Ask(
        {"unit": s.home.unit}, body={"schoolYear": NEXT_YEAR}, headers=_over(1)
    ),
    "organisation.list_activities": lambda s: Ask({"unit": s.home.unit}),
    "organisation.list_ancestors": lambda s: Ask({"unit": s.home.unit}),
    "organisation.list_calendar_decisions": lambda s: Ask({"unit": s.home.unit}, {"schoolYear": NEXT_YEAR}),
    "organisation.list_children": lambda s: Ask({"unit": s.home.unit}),
    "organisation.list_duties": lambda s: Ask({"unit": s.home.unit}),
    "organisation.list_school_forms": lambda _: Ask(),
    "organisation.list_staffing_warnings": lambda s: Ask({"unit": s.home.unit}),
    "organisation.list_unit_changes": lambda s: Ask({"import": s.made["activity"]}),
    "organisation.list_units": lambda _: Ask(),
    "organisation.list_workload": lambda s: Ask({"unit": s.home.unit}),
    "organisation.propose_calendar": lambda s: Ask(
        {"unit": s.home.unit}, body=_year_body(), headers=_over(1)
    ),
    "organisation.apply_rule": lambda s: Ask(
        {"group": s.made["ruled"]}, body={"startDate": today().isoformat()}, headers=_over(2)
    ),
    "organisation.change_group": lambda s: Ask(
        {"group": s.home.klass.id}, body={"name": s.home.klass.name}, headers=_over(2)
    ),
    "organisation.change_members": lambda s: Ask(
        {"group": s.home.klass.id},
        body={"startDate": today().isoformat(), "add": [_newcomer(s)], "remove": [s.pupil.id]},
        headers={"idempotency-key": new_id()},
    ),
    "organisation.create_group": lambda s: Ask(
        {"unit": s.home.unit},
        body={"name": "Kör", "kind": "övrigt"},
        headers={"idempotency-key": new_id()},
    ),
    "organisation.end_group": lambda s: Ask(
        {"group": s.home.klass.id}, body={"endDate": f"{SchoolYear.of(today()).end}"}, headers=_over(2)
    ),
    "organisation.list_groups": lambda s: Ask({"unit": s.home.unit}),
    "organisation.list_rollover_units": lambda s: Ask({"rollover": s.made["rollover"]}),
    "organisation.preview_rollover": lambda _: _rollover(),
    "organisation.preview_rule": lambda s: Ask({"group": s.made["ruled"]}),
    "organisation.put_member": lambda s: Ask(
        {"group": s.home.klass.id, "person": _newcomer(s)}, body={"startDate": today().isoformat()}
    ),
    "organisation.read_activity": lambda s: Ask({"unit": s.home.unit, "activity": s.made["activity"]}),
    "organisation.adapt_study_plan": lambda s: Ask(
        {"pupil": s.pupil.id},
        headers=_over(1),
        body={"kind": "studiegang", "reason": "Enligt åtgärdsprogrammet", "startDate": "2026-11-23"},
    ),
    "organisation.add_local_syllabus": lambda s: Ask(
        {"unit": s.home.unit}, body=_SYLLABUS, headers={"idempotency-key": new_id()}
    ),
    "organisation.add_programme": lambda _: Ask(body=_PROGRAMME, headers={"idempotency-key": new_id()}),
    "organisation.change_round": lambda s: replace(
        _of_round(s, body=elective_round(title="Val av språk")), headers=_over(1)
    ),
    "organisation.decide_distribution": lambda s: Ask(
        {"unit": s.home.unit}, body=_DISTRIBUTION, headers=_over(1)
    ),
    "organisation.decide_round": lambda s: _of_round(s, keyed=True),
    "organisation.list_plan_versions": lambda s: Ask({"pupil": s.pupil.id}),
    "organisation.list_programmes": lambda _: Ask(),
    "organisation.list_results": _of_round,
    "organisation.list_rounds": lambda s: Ask({"unit": s.home.unit}),
    "organisation.list_syllabuses": lambda _: Ask(),
    "organisation.open_round": lambda s: Ask(
        {"unit": s.home.unit}, body=elective_round(), headers={"idempotency-key": new_id()}
    ),
    "organisation.preview_round": lambda s: _of_round(s, keyed=True),
    "organisation.put_offering": lambda s: Ask(
        {"unit": s.home.unit}, body=_offering(s.made["syllabus"]), headers=_over(1)
    ),
    "organisation.put_study_plan": lambda s: Ask(
        {"pupil": s.pupil.id}, body=_plan(s.made["syllabus"]), headers=_over(1)
    ),
    "organisation.put_wishes": lambda s: _of_round(s, pupil=s.pupil.id, body={"options": ["fra"]}),
    "organisation.read_calendar": lambda s: Ask({"unit": s.home.unit}),
    "organisation.read_calendar_draft": lambda s: Ask({"unit": s.home.unit}, {"schoolYear": NEXT_YEAR}),
    "organisation.read_certification": lambda s: Ask({"unit": s.home.unit, "employee": s.people["teacher"]}),
    "organisation.read_duty": lambda s: Ask({"unit": s.home.unit, "duty": s.made["duty"]}),
    "organisation.read_my_staffing": lambda _: Ask(),
    "organisation.read_group": lambda s: Ask({"group": s.home.klass.id}),
    "organisation.read_rollover": lambda s: Ask({"rollover": s.made["rollover"]}),
    "organisation.read_rule": lambda s: Ask({"group": s.made["ruled"]}),
    "organisation.read_unit": lambda s: Ask({"unit": s.home.unit}),
    "organisation.revoke_delegation": lambda s: Ask(
        {"unit": s.home.unit, "employee": s.people["other teacher"], "delegation": s.made["delegation"]},
        headers=_over(1),
    ),
    "organisation.revoke_substitution": lambda s: Ask(
        {"unit": s.home.unit, "employee": s.people["other teacher"], "substitution": s.made["substitution"]},
        headers=_over(1),
    ),
    "organisation.read_distribution": lambda s: Ask({"unit": s.home.unit}),
    "organisation.read_offering": lambda s: Ask({"unit": s.home.unit}),
    "organisation.read_round": _of_round,
    "organisation.read_round_job": lambda s: _of_round(s, job=s.made["job"]),
    "organisation.read_study_plan": lambda s: Ask({"pupil": s.pupil.id}),
    "organisation.read_syllabus": lambda s: Ask({"syllabus": s.made["syllabus"]}),
    "organisation.read_timplan": lambda _: Ask(),
    "organisation.read_wishes": lambda s: _of_round(s, pupil=s.pupil.id),
    "organisation.remove_member": lambda s: Ask({"group": s.home.klass.id, "person": s.pupil.id}),
    "register.add_person": lambda s: Ask(body=_card_body(s), headers=_key()),
    "register.break_glass": lambda s: _of(s, {"reason": "threat"}, person=s.hidden),
    "organisation.run_rollover": lambda _: _rollover(),
    "organisation.set_rule": lambda s: Ask(
        {"group": s.home.klass.id}, body={"terms": [{"year": 6}]}, headers=_over(2)
    ),
    "organisation.undo_rollover": lambda s: Ask(
        {"rollover": s.made["rollover"]}, headers={"idempotency-key": new_id()}
    ),
    "register.add_watch_event": lambda s: _case(
        s, {"kind": "contact", "code": "letter", "startDate": today().isoformat()}
    ),
    "register.assign_watch_case": lambda s: replace(
        _case(s, {"handler": s.people["attendance officer"]}), headers=_over(1)
    ),
    "register.change_contacts": lambda s: Ask(
        {"person": s.pupil.id}, body={"email": "ny@example.org"}, headers=_over(1)
    ),
    "register.change_number": lambda s: _of(
        s, {"civicNo": "20150102TF10", "since": today().isoformat()}, version=1
    ),
    "register.change_person": lambda s: _of(s, _card_body(s), version=1),
    "register.change_reach": lambda s: _of(
        s, {"addresses": [{"streetAddress": "G 1", "postalCode": "1", "locality": "E"}]}, version=1
    ),
    "register.end_responsible": lambda s: _of(s, version=1, adult=s.people["second guardian"]),
    "register.answer_transfer": lambda s: _pupils(s, {"accepted": False}, 1, transfer=s.notice),
    "register.ask_handover": lambda s: _pupils(s, {"leaving": s.made["job"]}),
    "register.ask_transfer": _transfer,
    "register.cancel_enrolment": lambda s: _pupils(s, None, 1, enrolment=s.notice),
    "register.change_enrolment": lambda s: _pupils(
        s, {"year": None, "endDate": None, "specification": "ny"}, 1, enrolment=s.notice
    ),
    "register.decide_leaving": lambda s: _pupils(s, {"outcome": "stays"}, 1, leaving=s.notice),
    "register.close_watch_case": lambda s: _case(s, {"reason": "openedByMistake"}),
    "register.dismiss_parked": lambda _: _parked({"reason": "notOurs"}),
    "register.enrol_pupil": _enrolment,
    "register.leave_school": lambda s: _pupils(
        s, {"lastDay": today().isoformat(), "reason": "independentSchool"}
    ),
    "register.link_handover": lambda s: Ask({"person": s.pupil.id, "job": s.made["job"]}),
    "register.link_notice": lambda s: Ask({"person": s.pupil.id, "notice": s.notice}),
    "register.list_enrolments": lambda s: Ask({"person": s.pupil.id}),
    "register.list_leavings": lambda s: Ask({"person": s.pupil.id}),
    "register.list_matters": lambda s: Ask(query={"unit": s.home.unit}),
    "register.list_my_children": lambda _: Ask(),
    "register.merge_persons": lambda s: _of(s, {"duplicate": s.people["stranger"]}),
    "register.open_contacts": lambda s: Ask({"person": s.hidden}),
    "register.protect_person": lambda s: _of(
        s, {"securityMarking": "Sekretessmarkering", "basis": "populationRegister"}, version=1
    ),
    "register.put_responsible": lambda s: _of(
        s, {"home": True}, version=1, adult=s.people["second guardian"]
    ),
    "register.list_unit_pupils": lambda s: Ask({"unit": s.home.unit}, {"guardians": "true"}),
    "register.mark_notice": lambda s: _pupils(s, {"state": "sent", "channel": "letter"}, 1, notice=s.notice),
    "register.read_certificate": lambda s: Ask({"person": s.pupil.id, "leaving": s.notice}),
    "register.list_parked": lambda _: Ask(),
    "register.list_watch_cases": lambda _: Ask(query={"watch": "schoolAttendance"}),
    "register.put_watch_exception": lambda s: Ask(
        {"person": s.pupil.id, "kind": "exempt"}, body={"startDate": today().isoformat()}
    ),
    "register.read_activity_register": lambda _: Ask(),
    "register.read_contacts": lambda s: Ask({"person": s.pupil.id}),
    "register.read_handover": lambda s: Ask({"person": s.pupil.id, "job": s.made["job"]}),
    "register.read_person": lambda s: Ask({"person": s.pupil.id}),
    "register.read_record": lambda s: Ask({"person": s.pupil.id}),
    "register.undo_merge": lambda s: Ask({"merge": s.made["merge"]}),
    "register.read_watch_case": lambda s: Ask({"case": s.made["case"]}),
    "register.retry_parked": lambda _: _parked(),
    "timetable.list_my_lessons": _on,
    "timetable.list_pupil_lessons": lambda s: _on(s, pupil=s.pupil.id),
}


# What is stored

Rows = dict[tuple[str, str, str], dict[str, Any]]


def stored() -> Rows:
    """Every row of every table, by table and key."""
    rows: Rows = {}
    for table in ["skolkit-audit", *(f"skolkit-{area}" for area in AREAS)]:
        for page in dynamodb().get_paginator("scan").paginate(TableName=table):
            rows |= {(table, row["pk"]["S"], row["sk"]["S"]): row for row in page["Items"]}
    return rows


class Undo:
    """Puts back whatever this process writes to DynamoDB, row by row, to what `before` says."""

    def __init__(self, before: Rows) -> None:
        self._before, self._touched = before, set[tuple[str, str, str]]()
        dynamodb().meta.events.register("provide-client-params.dynamodb", self._note)

    def _note(self, params: dict[str, Any], **_: Any) -> None:
        writes = [w for entry in params.get("TransactItems", [params]) for w in (*entry.values(), entry)]
        for write in writes:
            if isinstance(write, dict) and ("Item" in write or "UpdateExpression" in write or "Key" in write):
                row = write.get("Item") or write["Key"]
                self._touched.add((write["TableName"], row["pk"]["S"], row["sk"]["S"]))

    def undo(self) -> None:
        for table, pk, sk in tuple(self._touched):
            if row := self._before.get((table, pk, sk)):
                dynamodb().put_item(TableName=table, Item=row)
            else:
                dynamodb().delete_item(TableName=table, Key={"pk": {"S": pk}, "sk": {"S": sk}})
        self._touched.clear()

    def close(self) -> None:
        dynamodb().meta.events.unregister("provide-client-params.dynamodb", self._note)

"""Two schools of one municipality and everybody around one pupil, for asking who gets in where: each person
by what they are to that pupil.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from functions.access.store import extracts, retention
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
from skolkit.clock import now, stamp, today
from skolkit.errors import Text
from skolkit.sweden.calendar import SchoolYear, default_calendar
from skolkit.sweden.codes import SchoolForm, SchoolUnitCode
from skolkit.table import Remove, commit
from skolkit.types import LessonId, NoticeId, PersonId, UnitId, new_id, stable_id
from tests.support import assessed, at_school, matrices, national_tests, replays
from tests.support.areas import TABLES_BUCKET, acting_as, call, deliver, outbox
from tests.support.asks import (
    DISTRIBUTION,
    PARKED,
    SYLLABUS,
    Ask,
    absence,
    activity_body,
    delegated,
    elective_round,
    extract,
    new_key,
    offering,
    over,
    plan,
    rollover_of_year,
    substituted,
    year_body,
)
from tests.support.requests_documents import documented
from tests.support.requests_exchange import registered, subscribed
from tests.support.requests_grade_cases import wronged
from tests.support.requests_grades import graded
from tests.support.requests_subscriptions import connected
from tests.support.world import UNIT, UNITS_TABLE, Lesson, World, drop, lessons_of, person_row

OTHER_UNIT = replace(UNIT, code=SchoolUnitCode("99990025"), name="Andra skolan", years=(8, 9))
CANARY = {"givenName": "Kanariefågel", "familyName": "Skyddadsson", "securityMarking": "Sekretessmarkering"}
CANARY_HOME = {"street": "Hemligstigen 77", "postalCode": "777 77", "locality": "Undangömda"}
CANARY_REACH = {"email": "kanariefagel@example.org", "phone": "+46701740699"}
TWINS = (PersonId(stable_id("one record")), PersonId(stable_id("the other")))
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


def make_schools(cloud: Cloud) -> Schools:
    """Import both schools, and around the pupil what the generated ones lack: a protected classmate, people
    with duties at one unit, a lesson that has been reported, a notice, an evening's report. Needs `tables`.
    """
    home, away = _import(cloud)
    mates = home.classmates()
    pupil, hidden = mates[0], mates[1].id
    day = home.days[-1]
    teaching = [x for x in home.of_class() if not set(x.teachers) & set(home.klass.mentor_ids)]
    lesson, reported, cancelled = [x for x in teaching if x.teachers == teaching[0].teachers][:3]
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
        commit(at_school.window(lesson))
    sent = call("attendance", "report_absence", people["guardian"], **vars(absence(pupil.id, day)))
    assert sent.status == 201, sent.body
    notice = NoticeId(sent.body["id"])
    glass = call(
        "register", "break_glass", people["principal"],
        path={"person": hidden}, body={"reason": "injury"}, headers=new_key(),
    )  # fmt: skip
    assert glass.status == 201, glass.body
    merged = call(
        "register", "merge_persons", people["administrator"],
        path={"person": TWINS[0]}, body={"duplicate": TWINS[1]}, headers=new_key(),
    )  # fmt: skip
    assert merged.status == 201, merged.body
    on = today(reported.start)
    made = {
        "merge": str(merged.body["id"]),
        "cancelled": at_school.cancelled(cancelled),
        **_stand_ins(home, people),
    }
    made |= {"duty": _duty_of(people["teacher"]), "principal's duty": _duty_of(people["principal"])}
    schools = Schools(home, away, pupil, hidden, lesson, reported, people, notice, on, made)
    made |= {"activity": _staffed(schools), "ruled": _ruled(home)}
    made |= {"rollover": _rolled_over(people["administrator"])}
    planned = _teaching(home, [pupil.id, hidden])
    made |= dict(zip(("syllabus", "round", "closed round", "job"), planned, strict=True))
    made |= {"client": registered(people["administrator"])["client"]["id"]}
    made |= {"extract": _extracted(pupil.id, people["guardian"]), **_retained(people["administrator"])}
    made |= dict.fromkeys(("enrolment", "leaving", "transfer"), notice)
    made |= at_school.told(home, people["principal"], pupil, on)
    office, klass = people["administrator"], home.klass
    rows = f"Id;Förnamn\r\n{pupil.id};{pupil.given_name}\r\n"
    taken = _taken_table(cloud, "register", office, "persons", rows)
    made |= dict(zip(("upload", "taken"), taken, strict=True))
    taken = _taken_table(
        cloud, "organisation", office, "groups", f"Grupp-id;Grupp\r\n{klass.id};{klass.name}"
    )
    made |= dict(zip(("groups upload", "groups taken"), taken, strict=True))
    made |= at_school.pushed(people["guardian"], pupil, on)
    made |= at_school.written(home, pupil, people)
    made |= at_school.reported(home, pupil, people)
    with acting_as("attendance"):
        made |= at_school.leaves([pupil.id, hidden], home.unit, people["guardian"], people["second guardian"])
    with acting_as("attendance"):
        made |= at_school.investigated(schools)
    with acting_as("attendance"):
        at_school.invalid_absence([pupil.id, hidden], home.unit)
        made |= {"sums": at_school.exported(people["principal"], home.unit)}
    with acting_as("register"):
        _change_school([pupil.id, hidden], home.unit, notice, made["job"])
        made |= {"case": _watched(pupil.id, day)}
    with acting_as("attendance"):
        made |= at_school.cared([pupil, mates[1]], home.unit, notice)
    made |= graded(schools)
    made |= assessed.assessed(home, people, pupil.id, hidden)
    made |= national_tests.tested(schools) | matrices.tracked(schools)
    made |= wronged(schools)
    made |= documented(schools) | connected(made["client"]) | subscribed(pupil.id)
    replays.lay_bus(cloud)
    made |= {"replay": replays.asked_for(people["administrator"])}
    return schools


def _taken_table(cloud: Cloud, area: str, office: PersonId, table: str, content: str) -> tuple[str, str]:
    """An upload that changes nothing, and the import that has taken it."""
    new = Ask({"table": table}, body={"format": "csv"}, headers=new_key())
    upload = call(area, "start_upload", office, **vars(new)).body
    key = upload["fields"]["key"]
    cloud.client("s3").put_object(Bucket=TABLES_BUCKET, Key=key, Body=content.encode())
    asked = Ask({"upload": upload["id"]}, body={}, headers=new_key())
    taken = call(area, "import_table", office, **vars(asked))
    assert taken.status == 202, taken.body
    facts = [fact for fact in outbox(area) if fact["type"] == f"{area}.TableAsked.v1"]
    assert deliver(area, "work_on_tables", *facts) == []
    return upload["id"], taken.body["id"]


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
    made = call(
        "organisation", "create_activity", office, path=unit, body=activity_body(schools), headers=new_key()
    )
    assert made.status == 201, made.body
    drafted = call("organisation", "propose_calendar", office, path=unit, body=year_body(), headers=over(0))
    assert drafted.status == 200, drafted.body
    return str(made.body["id"])


def _teaching(home: World, planned: list[PersonId]) -> tuple[str, str, str, str]:
    """Study plans with a syllabus the unit offers, an open choice round, a closed one, its preview's job."""
    head, key = home.staff("principal"), {"idempotency-key": new_id()}

    def make(name: str, ask: Ask) -> Any:
        made = call("organisation", name, head, path=ask.path, body=ask.body, headers=ask.headers)
        assert made.status < 300, made.body
        return made.body.get("id")

    syllabus = make("add_local_syllabus", Ask({"unit": home.unit}, body=SYLLABUS, headers=key))
    round = make("open_round", Ask({"unit": home.unit}, body=elective_round(), headers=key))
    past = elective_round(closes=stamp(now() - timedelta(hours=1)))
    other = {"idempotency-key": new_id()}
    closed = make("open_round", Ask({"unit": home.unit}, body=past, headers=other))
    make("put_offering", Ask({"unit": home.unit}, body=offering(syllabus), headers=over(0)))
    make("decide_distribution", Ask({"unit": home.unit}, body=DISTRIBUTION, headers=over(0)))
    for pupil in planned:
        make("put_study_plan", Ask({"pupil": pupil}, body=plan(syllabus), headers=over(0)))
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


def _retained(by: PersonId) -> dict[str, str]:
    """Let a retention run have been done, and a legal hold be set."""
    asked = call("access", "ask_retention_run", by, headers=new_key())
    held = {"document": "attendance.lesson", "reason": "Pågående prövning", "ground": "art. 17.3 e"}
    hold = call("access", "set_hold", by, body=held, headers=new_key())
    with acting_as("access"):
        run = retention.find_run(asked.body["id"])
        assert run is not None
        run.state, run.ended, run.place = "done", stamp(now()), {"waiting": []}
        run.outcome = {"areas": {}, "report": {"json": "x.json", "pdf": "x.pdf"}}
        commit(run)
    return {"run": asked.body["id"], "hold": hold.body["id"]}


def _extracted(pupil: PersonId, by: PersonId) -> str:
    """Let a register extract have been made."""
    asked = call("access", "request_extract", by, **vars(extract(pupil)))
    assert asked.status == 202, asked.body
    with acting_as("access"):
        item = extracts.find_extract(asked.body["id"])
        assert item
        item.state = "done"
        commit(item, Remove(extracts.open_extract(item.id)))
    return str(asked.body["id"])


def _rolled_over(office: PersonId) -> str:
    """A rollover that is done, of no unit."""
    nothing = replace(rollover_of_year(), body=rollover_of_year().body | {"units": []})
    asked = call("organisation", "run_rollover", office, **vars(nothing))
    facts = [f for f in outbox("organisation") if f["type"] == "organisation.RolloverAsked.v1"]
    assert deliver("organisation", "lead_rollover", *facts) == []
    return str(asked.body["id"])


def _ruled(home: World) -> str:
    """A group of the school that a rule composes."""
    office, unit = home.staff("administrator"), {"unit": home.unit}
    new = Ask(unit, body={"name": "Alla i sexan", "kind": "schema"}, headers={"idempotency-key": new_id()})
    made = call("organisation", "create_group", office, **vars(new)).body
    rule = Ask({"group": made["id"]}, body={"terms": [{"year": 6}]}, headers=over(1))
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

"""Two schools of one municipality and everybody around one pupil, for asking who gets in where: each person
by what they are to that pupil, and for every operation the request that is right in everything but who
sends it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from functions.attendance import store
from functions.attendance.domain.lesson import Entry, Minutes
from functions.attendance.usecases import notices
from functions.register.store import population as population_store
from functions.register.usecases import watch
from infra.local.cloud import Cloud
from infra.local.population import NewGroup, NewPupil, generate
from infra.local.seed import school_days, unit_files
from skolkit.clock import now, today
from skolkit.errors import Text
from skolkit.sweden.calendar import SchoolYear, default_calendar
from skolkit.sweden.codes import SchoolUnitCode
from skolkit.table import commit, dynamodb
from skolkit.types import LessonId, NoticeId, PersonId, UnitId, new_id, stable_id
from tests.support.areas import AREAS, acting_as, call, deliver, outbox
from tests.support.world import UNIT, UNITS_TABLE, Lesson, World, drop, lessons_of, person_row

OTHER_UNIT = replace(UNIT, code=SchoolUnitCode("99990025"), name="Andra skolan", years=(8, 9))
CANARY = {"givenName": "Kanariefågel", "familyName": "Skyddadsson", "securityMarking": "Sekretessmarkering"}
CANARY_HOME = {"street": "Hemligstigen 77", "postalCode": "777 77", "locality": "Undangömda"}
CANARY_REACH = {"email": "kanariefagel@example.org", "phone": "+46701740699"}
PARKED = population_store.Place(stable_id("population", "x"), "b", "register/population/x", "e", 1, 0, 1)
SECRETS = (*CANARY_HOME.values(), *CANARY_REACH.values())


@dataclass(frozen=True)
class Schools:
    """The municipality: the pupil's school `home`, another one `away`, and people by their part (see
    `_people`).
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
    case: str


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
    with acting_as("register"):
        case = watch.open_case(pupil.id, "schoolAttendance", "leftSchool", day)
        population_store.park([(PARKED, "", Text("oläslig", "unreadable"))])
    assert case
    return Schools(home, away, pupil, hidden, lesson, reported, people, notice, today(reported.start), case)


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


def absence(pupil: str, day: date) -> Ask:
    """A notice of absence for one day."""
    body = {"startDate": day.isoformat(), "endDate": day.isoformat(), "reason": "illness"}
    return Ask({"pupil": pupil}, body=body, headers={"idempotency-key": new_id()})


def attendance(lesson: Lesson, pupils: list[PersonId], version: int = 1) -> Ask:
    """A whole class present."""
    minutes = int((lesson.end - lesson.start).total_seconds()) // 60
    rows = [{"pupil": pupil, "attendanceMinutes": minutes} for pupil in pupils]
    return Ask({"lesson": lesson.id}, body={"rows": rows}, headers=_over(version))


def _over(version: int) -> dict[str, str]:
    return {"if-match": f'"{version}"'}


def _changed(s: Schools) -> Ask:
    body = absence(s.pupil.id, s.home.days[-1]).body | {"reason": "dentalVisit"}
    return Ask({"pupil": s.pupil.id, "notice": s.notice}, body=body, headers=_over(1))


def _newcomer(s: Schools) -> PersonId:
    """A pupil of the unit who is not in the class."""
    return next(p.id for p in s.home.population.pupils if p.class_id != s.home.klass.id)


def _enrolment(s: Schools) -> Ask:
    start = SchoolYear.of(today()).start_year + 1
    body = {"unit": s.home.unit, "schoolForm": "GR", "year": 7, "startDate": f"{start}-08-15"}
    return Ask({"person": s.pupil.id}, body=body, headers={"idempotency-key": new_id()})


def _case(s: Schools, body: Any = None, **headers: str) -> Ask:
    return Ask({"case": s.case}, body=body, headers=headers or {"idempotency-key": new_id()})


def _parked(body: Any = None) -> Ask:
    path = {"file": PARKED.file_id, "line": str(PARKED.line)}
    return Ask(path, body=body, headers={"idempotency-key": new_id()})


def _on(s: Schools, **path: str) -> Ask:
    return Ask(path, {"date": s.day.isoformat()})


REQUESTS: dict[str, Callable[[Schools], Ask]] = {
    "access.list_processes": lambda _: Ask(),
    "access.read_health": lambda _: Ask(),
    "access.read_me": lambda _: Ask(),
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
    "organisation.list_units": lambda _: Ask(),
    "organisation.put_member": lambda s: Ask(
        {"group": s.home.klass.id, "person": _newcomer(s)}, body={"startDate": today().isoformat()}
    ),
    "organisation.read_calendar": lambda s: Ask({"unit": s.home.unit}),
    "organisation.read_group": lambda s: Ask({"group": s.home.klass.id}),
    "organisation.read_unit": lambda s: Ask({"unit": s.home.unit}),
    "organisation.remove_member": lambda s: Ask({"group": s.home.klass.id, "person": s.pupil.id}),
    "register.add_watch_event": lambda s: _case(
        s, {"kind": "contact", "code": "letter", "startDate": today().isoformat()}
    ),
    "register.assign_watch_case": lambda s: replace(
        _case(s, {"handler": s.people["attendance officer"]}), headers=_over(1)
    ),
    "register.change_contacts": lambda s: Ask(
        {"person": s.pupil.id}, body={"email": "ny@example.org"}, headers=_over(1)
    ),
    "register.close_watch_case": lambda s: _case(s, {"reason": "openedByMistake"}),
    "register.dismiss_parked": lambda _: _parked({"reason": "notOurs"}),
    "register.enrol_pupil": _enrolment,
    "register.list_my_children": lambda _: Ask(),
    "register.list_parked": lambda _: Ask(),
    "register.list_watch_cases": lambda _: Ask(query={"watch": "schoolAttendance"}),
    "register.put_watch_exception": lambda s: Ask(
        {"person": s.pupil.id, "kind": "exempt"}, body={"startDate": today().isoformat()}
    ),
    "register.read_activity_register": lambda _: Ask(),
    "register.read_contacts": lambda s: Ask({"person": s.pupil.id}),
    "register.read_person": lambda s: Ask({"person": s.pupil.id}),
    "register.read_watch_case": lambda s: Ask({"case": s.case}),
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

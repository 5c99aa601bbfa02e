"""Fills a running cloud with a municipality, through the same doors as in production: files in the imports
bucket, taken by the areas' own import functions, and users in the user pool.

What has been taken is known by its report in the bucket, so an interrupted seeding goes on where it stopped.
"""

from __future__ import annotations

import csv
import json
import os
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from datetime import time as clock_time
from pathlib import Path
from typing import Any

from infra.local.cloud import Cloud, CloudError
from infra.local.login import demo_system
from infra.local.population import DEMO_UNITS, NewPupil, SchoolUnit, Staff, UnitPopulation, generate
from infra.local.population.model import Person
from skolkit.audit import Trace
from skolkit.clock import local, today
from skolkit.sweden.calendar import SchoolCalendar, SchoolYear, default_calendar
from skolkit.sweden.codes import MunicipalityCode, SchoolForm, SchoolUnitCode
from skolkit.sweden.school_forms import FORMS
from skolkit.types import GroupId, LessonId, PersonId, stable_id

SEED = 2026
WEEKS = 2
PASSWORD = "Skolkit-demo-1"
WAIT = 900  # seconds for one file
ROLES = ("guardian", "pupil", "teacher", "mentor", "principal", "administrator")

Progress = Callable[[int, int, str], None]


@dataclass(frozen=True, slots=True)
class Login:
    """A demo person: the role they show, their user name and password, and who they are."""

    role: str
    user: str
    password: str
    person: PersonId


@dataclass(frozen=True, slots=True)
class Files:
    """One unit's import files by key, in the order they build on each other."""

    people: dict[str, list[dict[str, Any]]]
    plans: dict[str, list[dict[str, Any]]]
    teaching: dict[str, list[dict[str, Any]]]


def seed(cloud: Cloud, *, kommun: str | None, units: Path | None, progress: Progress) -> tuple[Login, ...]:
    """Fill the cloud with Ekhamra, or with the municipality `kommun` of the table `units`; returns the six
    logins.

    `progress` gets files done, files in all, and what is being taken. Raises `CloudError` with what to do.
    """
    municipal, table = read_units(units, kommun) if units else (list(DEMO_UNITS), _table(DEMO_UNITS))
    drop = Drop(cloud, progress, total=1 + 6 * len(municipal))
    drop.take({"organisation/units/units.csv": table})
    year = SchoolYear.of(today())
    calendar = default_calendar(year)
    days = school_days(calendar)
    logins: tuple[Login, ...] = ()
    for population in generate(municipal, seed=SEED, school_year=year):
        files = unit_files(population, calendar, days)
        drop.take(files.people)
        drop.take(files.plans)
        drop.take(files.teaching)
        _choose_channels(cloud, [*population.pupils, *population.guardians, *population.staff])
        logins = logins or _logins(population)
    _wait_for_sheets(cloud, population, days, progress)
    _create_users(cloud, logins)
    connect_system(cloud)
    return logins


def read_units(path: Path, kommun: str | None) -> tuple[list[SchoolUnit], str]:
    """The municipality's units with pupils, to fill, and the table of all its units, to import.

    `path` is a CSV with the columns of Skolverket's statistics (skolenhetskod, name, huvudmannatyp,
    kommunkod, kommun, address, lat, lon, pupils); independent units are imported but stay empty.
    """
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file)
        rows = [row for row in reader if row.get("kommunkod") == kommun]
        columns = reader.fieldnames or []
    if not rows:
        raise CloudError(
            f"{path.name} has no school unit of municipality {kommun}. Look for its four-digit code."
        )
    own = [
        _unit(row) for row in rows if row["huvudmannatyp"] == "kommunal" and float(row["pupils"] or 0) >= 1
    ]
    lines = [",".join(columns)]
    lines += [",".join(_quoted(row[name] or "") for name in columns) for row in rows]
    return own, "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"' if any(c in text for c in ',"\n') else text


def _unit(row: dict[str, str]) -> SchoolUnit:
    return SchoolUnit(
        code=SchoolUnitCode(row["skolenhetskod"]),
        name=row["name"],
        municipality_code=MunicipalityCode(row["kommunkod"]),
        school_forms=(SchoolForm.PRESCHOOL_CLASS, SchoolForm.COMPULSORY),
        address=row["address"],
        lat=float(row["lat"]) if row["lat"] else None,
        lon=float(row["lon"]) if row["lon"] else None,
        pupil_count=int(float(row["pupils"])),
        # The table does not say which years are taught; results in year 9 say it goes so far.
        years=tuple(range(10 if row.get("passed_y9_pct") else 7)),
    )


def _table(units: Iterable[SchoolUnit]) -> str:
    head = "skolenhetskod,name,huvudmannatyp,kommunkod,kommun,address,lat,lon,pupils"
    rows = (
        f"{u.code},{u.name},kommunal,{u.municipality_code},Ekhamra,{_quoted(u.address)},{u.lat},{u.lon},{u.pupil_count}"
        for u in units
    )
    return "\n".join([head, *rows]) + "\n"


def school_days(calendar: SchoolCalendar) -> list[date]:
    """The days lessons are made for: the school days of this week and the next ones, at least one of them
    today or later.
    """
    monday = today() - timedelta(days=today().weekday())
    for ahead in range(12):
        first = monday + timedelta(weeks=ahead)
        days = [first + timedelta(days=n) for n in range(7 * WEEKS)]
        found = [day for day in days if calendar.is_school_day(day)]
        if any(day >= today() for day in found):
            return found
    return []


def unit_files(population: UnitPopulation, calendar: SchoolCalendar, days: list[date]) -> Files:
    """What one unit's people, groups, duties and lessons look like as import files."""
    code = population.unit.code
    start = calendar.autumn.first.isoformat()
    home = {"municipalityCode": str(population.unit.municipality_code)}
    people = [person_row(p) | home for p in (*population.guardians, *population.staff)]
    people += [person_row(p) | home | _pupil(p, start) for p in population.pupils]
    return Files(
        people={
            f"register/persons/{code}.jsonl": people,
            f"organisation/duties/{code}.jsonl": [_duty(s, start) for s in population.staff],
            f"organisation/groups/{code}.jsonl": list(_groups(population, start)),
        },
        plans={f"timetable/lessons/{code}-{days[0]}.jsonl": list(_lessons(population, days))},
        teaching={
            f"organisation/certifications/{code}.jsonl": list(_certifications(population)),
            f"organisation/activities/{code}.jsonl": list(_activities(population, start)),
        },
    )


_MARKINGS = {
    None: "Ingen",
    "sekretessmarkering": "Sekretessmarkering",
    "skyddad_folkbokforing": "Skyddad folkbokföring",
}


def person_row(person: Person) -> dict[str, Any]:
    """A person as a row of a persons file."""
    row: dict[str, Any] = {
        "id": person.id,
        "civicNo": person.civic_no.value,
        "givenName": person.given_name,
        "familyName": person.family_name,
        "birthDate": person.birth_date.isoformat(),
        "securityMarking": _MARKINGS[person.protection],
        "email": person.email,
        "phone": person.phone,
        "language": person.language,
    }
    if person.address:
        home = person.address
        row["address"] = {"street": home.street, "postalCode": home.postal_code, "locality": home.locality}
    return row


def _pupil(pupil: NewPupil, start: str) -> dict[str, Any]:
    enrolment = {
        "enroledAt": str(pupil.unit_code),
        "schoolType": pupil.school_form.value,
        "schoolYear": pupil.year,
        "startDate": start,
    }
    responsibles = [
        {"person": g.guardian_id, "relationType": g.relation, "home": g.lives_with} for g in pupil.guardians
    ]
    return {"enrolments": [enrolment], "responsibles": responsibles}


def _duty(staff: Staff, start: str) -> dict[str, Any]:
    whole = staff.role == "administrator"
    unit = None if whole else stable_id("unit", str(staff.unit_code))
    return {
        "id": _duty_id(staff.id, staff.role, unit or "*", start), "person": staff.id, "unit": unit,
        "role": staff.role, "startDate": start,
    }  # fmt: skip


def _duty_id(person: str, role: str, unit: str, start: str) -> str:
    return stable_id("duty", person, role, unit, start)


def _certifications(population: UnitPopulation) -> Iterator[dict[str, Any]]:
    """Teachers are certified, and qualified in what they teach; one in ten is not certified."""
    taught: dict[str, set[str]] = {}
    for lesson in population.lessons:
        for teacher in lesson.teacher_ids:
            taught.setdefault(teacher, set()).add(lesson.subject_code)
    for number, (person, subjects) in enumerate(sorted(taught.items())):
        certified = number % 10 != 9
        forms = [form.value for form in population.unit.school_forms if FORMS[form].subjects]
        yield {
            "person": person, "certified": certified,
            "qualifications": [
                {"subject": subject, "schoolForm": form} for subject in sorted(subjects) for form in forms
            ] if certified else [],
        }  # fmt: skip


def _activities(population: UnitPopulation, start: str) -> Iterator[dict[str, Any]]:
    """What every group is taught in, by whom: as its lessons say."""
    unit = stable_id("unit", str(population.unit.code))
    groups = {group.id: group for group in population.groups}
    taught: dict[tuple[GroupId, str], dict[str, None]] = {}
    names = {lesson.subject_code: lesson.subject_name for lesson in population.lessons}
    for lesson in population.lessons:
        known = taught.setdefault((lesson.group_id, lesson.subject_code), {})
        known.update(dict.fromkeys(lesson.teacher_ids))
    for (id, subject), teachers in taught.items():
        group = groups[id]
        if len(group.years) == 1 and group.years[0] > 0:
            yield {
                "id": stable_id("activity", id, subject), "unit": str(population.unit.code),
                "displayName": f"{names[subject]} {group.name}", "startDate": start, "groups": [id],
                "subject": subject, "schoolForm": SchoolForm.COMPULSORY.value, "year": group.years[0],
                "teachers": [
                    {"duty": _duty_id(teacher, "teacher", unit, start), "grader": number == 0}
                    for number, teacher in enumerate(teachers)
                ],
            }  # fmt: skip


def _groups(population: UnitPopulation, start: str) -> Iterator[dict[str, Any]]:
    teachers: dict[str, set[str]] = {}
    for lesson in population.lessons:
        teachers.setdefault(lesson.group_id, set()).update(lesson.teacher_ids)
    for group in population.groups:
        yield {
            "id": group.id,
            "unit": stable_id("unit", str(group.unit_code)),
            "name": group.name,
            "groupType": "Klass" if group.kind == "class" else "Undervisning",
            "members": [{"person": pupil, "startDate": start} for pupil in group.pupil_ids],
            "mentors": list(group.mentor_ids),
            "teachers": sorted(teachers.get(group.id, ())),
        }


def _lessons(population: UnitPopulation, days: list[date]) -> Iterator[dict[str, Any]]:
    unit = stable_id("unit", str(population.unit.code))
    for group in population.groups:  # a group's lessons together, day by day
        for day in days:
            for lesson in population.lessons:
                if lesson.group_id != group.id or lesson.weekday != day.weekday():
                    continue
                start = local(day, clock_time.fromisoformat(lesson.start))
                yield {
                    "id": _lesson_id(lesson.id, day),
                    "group": lesson.group_id,
                    "unit": unit,
                    "subjectCode": lesson.subject_code,
                    "subject": lesson.subject_name,
                    "teachers": list(lesson.teacher_ids),
                    "start": start.isoformat(),
                    "end": (start + timedelta(minutes=lesson.minutes)).isoformat(),
                    "room": lesson.room,
                }


def _lesson_id(lesson: LessonId, day: date) -> LessonId:
    return LessonId(stable_id("lesson", lesson, day.isoformat()))


class Drop:
    """Drops files in the imports bucket and waits for their reports."""

    def __init__(self, cloud: Cloud, progress: Progress, total: int) -> None:
        self._s3 = cloud.client("s3")
        buckets = [bucket["Name"] for bucket in self._s3.list_buckets()["Buckets"]]
        self._bucket = next(name for name in buckets if name.startswith("skolkit-imports"))
        self._progress, self._done, self._total = progress, 0, total

    def take(self, files: dict[str, list[dict[str, Any]]] | dict[str, str]) -> None:
        """Drop files that do not build on each other and wait until all are taken."""
        missing = {key: content for key, content in files.items() if not self._report(key)}
        for key, content in missing.items():
            text = content if isinstance(content, str) else _json_lines(content)
            self._s3.put_object(Bucket=self._bucket, Key=key, Body=text.encode())
        for key in files:
            self._wait(key)

    def _wait(self, key: str) -> None:
        self._progress(self._done, self._total, key)
        until = time.monotonic() + WAIT
        while not (report := self._report(key)):
            if time.monotonic() > until:
                raise CloudError(f"{key} was not taken in {WAIT} seconds; see .local/state/cloud.log.")
            time.sleep(0.2)
        if report["failed"]:
            raise CloudError(f"{report['failed']} rows of {key} were refused: {report['faults'][:3]}")
        self._done += 1
        self._progress(self._done, self._total, key)

    def _report(self, key: str) -> dict[str, Any] | None:
        try:
            body = self._s3.get_object(Bucket=self._bucket, Key=f"reports/{key}.json")["Body"].read()
        except self._s3.exceptions.NoSuchKey:
            return None
        found: dict[str, Any] = json.loads(body)
        return found


def _json_lines(rows: list[dict[str, Any]]) -> str:
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def use(cloud: Cloud, area: str) -> None:
    """Let this process write an area's table as the area itself does."""
    os.environ.update(cloud.environment())
    os.environ.update(SKOLKIT_AREA=area, SKOLKIT_BUS="skolkit", SKOLKIT_CURSOR_KEY="seeding needs none")


def _choose_channels(cloud: Cloud, people: list[Any]) -> None:
    """Set each person's chosen channel, which they would do in the app; mail is the default."""
    use(cloud, "messages")
    from functions.messages.domain.deliveries import Channel, Wishes
    from functions.messages.store import preferences_item
    from skolkit.table import put_many

    put_many(preferences_item(p.id, Wishes(Channel.SMS), 0) for p in people if p.channel == "sms")


def _wait_for_sheets(cloud: Cloud, population: UnitPopulation, days: list[date], progress: Progress) -> None:
    """Lessons become attendance sheets by queue; the last unit's are the last."""
    use(cloud, "attendance")
    from functions.attendance.store import wanted_sheets
    from skolkit.table import chunks, fetch

    expected = [
        _lesson_id(lesson.id, day)
        for day in days
        for lesson in population.lessons
        if lesson.weekday == day.weekday()
    ]
    until = time.monotonic() + WAIT
    for lessons in chunks(expected, 100):
        while len(fetch(wanted_sheets(lessons))[0]) < len(lessons):
            if time.monotonic() > until:
                raise CloudError("The lessons did not become attendance sheets; see .local/state/cloud.log.")
            progress(0, len(expected), "preparing lessons")
            time.sleep(0.5)


def _logins(population: UnitPopulation) -> tuple[Login, ...]:
    """Six people of one unit who have to do with each other: a class with its mentor, one of its teachers, a
    pupil and a guardian of that pupil, the principal and the administrator.
    """
    klass = next(g for g in population.groups if g.kind == "class" and g.mentor_ids and max(g.years) >= 4)
    pupil = next(
        p
        for p in population.pupils
        if p.class_id == klass.id and p.protection is None and len(p.guardians) > 1
    )
    teaching = [t for lesson in population.lessons if lesson.group_id == klass.id for t in lesson.teacher_ids]
    teacher = next(t for t in teaching if t not in klass.mentor_ids)
    by_role = {member.role: member.id for member in population.staff}
    people = {
        "guardian": pupil.guardians[0].guardian_id,
        "pupil": pupil.id,
        "teacher": teacher,
        "mentor": klass.mentor_ids[0],
        "principal": by_role["principal"],
        "administrator": by_role["administrator"],
    }
    return tuple(Login(role, f"{role}@example.org", PASSWORD, people[role]) for role in ROLES)


def _create_users(cloud: Cloud, logins: Iterable[Login]) -> None:
    cognito = cloud.client("cognito-idp")
    pools = cognito.list_user_pools(MaxResults=60)["UserPools"]
    pool = next(p["Id"] for p in pools if p["Name"] == "skolkit")
    for login in logins:
        try:
            cognito.admin_create_user(
                UserPoolId=pool,
                Username=login.user,
                MessageAction="SUPPRESS",
                UserAttributes=[{"Name": "custom:person", "Value": login.person}],
            )
        except cognito.exceptions.UsernameExistsException:
            continue
        cognito.admin_set_user_password(
            UserPoolId=pool, Username=login.user, Password=login.password, Permanent=True
        )


def connect_system(cloud: Cloud) -> None:
    """Let the other system that comes with the deployment read all that SS 12000 has, for a year."""
    use(cloud, "exchange")
    from functions.exchange.domain.attributes import GRANTABLE
    from functions.exchange.domain.clients import Access, Client
    from functions.exchange.store.clients import client_writes, owner_of
    from skolkit.table import commit

    credential, _ = demo_system(cloud)
    if owner_of(credential):
        return
    read: dict[str, Access] = dict.fromkeys(sorted(GRANTABLE), "read")
    client = Client(
        id=stable_id("demo system"), name="Demonstrationssystemet", resources=read,
        expires=today() + timedelta(days=365), credentials={credential: None},
    )  # fmt: skip
    trace = Trace("system:seed", "register_client", f"client:{client.id}")
    commit(*client_writes(None, client), trace=trace)

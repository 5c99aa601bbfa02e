"""A small school in the tables: made-up people taken in by the areas' own imports, lessons turned into
sheets.
"""

from __future__ import annotations

import importlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from infra.local.cloud import Cloud
from infra.local.population import NewGroup, NewPupil, SchoolUnit, UnitPopulation, generate
from infra.local.seed import person_row, school_days, unit_files
from skolkit.clock import today
from skolkit.sweden.calendar import SchoolYear, default_calendar
from skolkit.sweden.codes import MunicipalityCode, SchoolForm, SchoolUnitCode
from skolkit.types import PersonId, UnitId, stable_id
from tests.support.areas import AREAS, IMPORTS_BUCKET, deliver, drop_file, outbox
from tests.support.stored import Rows, is_empty, put_back, stored

__all__ = ["UNIT", "Lesson", "World", "drop", "make_world", "person_row"]

UNIT = SchoolUnit(
    code=SchoolUnitCode("99990017"),
    name="Provskolan",
    municipality_code=MunicipalityCode("9999"),
    school_forms=(SchoolForm.COMPULSORY,),
    address="Provgatan 1, Ekhamra",
    lat=59.2,
    lon=15.8,
    pupil_count=60,
    years=(5, 6),
)
UNITS_TABLE = (
    "skolenhetskod,name,huvudmannatyp,kommunkod,kommun,address,lat,lon,pupils\n"
    '{code},{name},kommunal,9999,Ekhamra,"{address}",59.2,15.8,{pupils}\n'
)


Content = str | list[dict[str, Any]]
_ROWS: dict[tuple[SchoolUnit, int, date], Rows] = {}


@dataclass(frozen=True)
class Lesson:
    """A lesson of the made-up timetable, on a date."""

    id: str
    group: str
    teachers: tuple[PersonId, ...]
    start: datetime
    end: datetime


@dataclass(frozen=True)
class World:
    """One school unit and who is in it. `days` are the school days that have lessons."""

    population: UnitPopulation
    unit: UnitId
    days: list[date]
    lessons: tuple[Lesson, ...]

    @property
    def klass(self) -> NewGroup:
        """A class of year 5 or 6 with mentors."""
        return next(g for g in self.population.groups if g.kind == "class")

    def classmates(self, *, protected: bool = False) -> list[NewPupil]:
        """The class's pupils with two guardians, with or without protected identity."""
        return [
            p
            for p in self.population.pupils
            if p.class_id == self.klass.id
            and (p.protection is not None) == protected
            and len(p.guardians) == 2
        ]

    def of_class(self, day: date | None = None) -> list[Lesson]:
        """The class's own lessons by time, of one day or all."""
        found = [
            x for x in self.lessons if x.group == self.klass.id and (day is None or today(x.start) == day)
        ]
        return sorted(found, key=lambda x: x.start)

    def staff(self, role: str) -> PersonId:
        """Somebody employed with a role."""
        return next(s.id for s in self.population.staff if s.role == role)


def imagine(unit: SchoolUnit = UNIT, *, seed: int = 7) -> tuple[World, list[dict[str, Content]]]:
    """A unit's world and its import files, in groups that build on each other."""
    year = SchoolYear.of(today())
    days = school_days(default_calendar(year))
    (population,) = generate([unit], seed=seed, school_year=year)
    files = unit_files(population, default_calendar(year), days)
    table = UNITS_TABLE.format(code=unit.code, name=unit.name, address=unit.address, pupils=unit.pupil_count)
    lessons = tuple(lessons_of(next(iter(files.plans.values()))))
    world = World(population, UnitId(stable_id("unit", str(unit.code))), days, lessons)
    return world, [{"organisation/units/units.csv": table}, {**files.people}, {**files.plans}]


def make_world(cloud: Cloud, *, unit: SchoolUnit = UNIT, seed: int = 7) -> World:
    """Import a unit and prepare its lessons; into empty tables the second time as rows, which takes a fifth
    of the time. Needs the `tables` fixture.
    """
    world, files = imagine(unit, seed=seed)
    made, empty = (unit, seed, today()), is_empty()
    if empty and made in _ROWS:
        put_back(_ROWS[made])
        return world
    for key, content in ((key, content) for group in files for key, content in group.items()):
        drop(cloud, key, content)
    for envelope in outbox("timetable"):
        if envelope["type"] == "timetable.TimetablePublished.v1":
            assert deliver("attendance", "prepare_sheets", envelope) == []
    if empty:
        _ROWS[made] = stored()
    return world


def drop(cloud: Cloud, key: str, content: Content) -> dict[str, Any]:
    """Put a file in the imports bucket, have the area that takes it take it, and return its report."""
    text = content if isinstance(content, str) else "".join(json.dumps(row) + "\n" for row in content)
    s3 = cloud.client("s3")
    s3.put_object(Bucket=IMPORTS_BUCKET, Key=key, Body=text.encode())
    area, function = next(
        (area, trigger.name)
        for area in AREAS
        for trigger in importlib.import_module(f"functions.{area}.app").on.triggers
        if trigger.kind == "file" and key.startswith(trigger.source[0])
    )
    drop_file(area, function, key)
    report: dict[str, Any] = json.loads(
        s3.get_object(Bucket=IMPORTS_BUCKET, Key=f"reports/{key}.json")["Body"].read()
    )
    return report


def lessons_of(rows: list[dict[str, Any]]) -> Iterator[Lesson]:
    """The lessons of a timetable file."""
    for row in rows:
        yield Lesson(
            id=row["id"],
            group=row["group"],
            teachers=tuple(row["teachers"]),
            start=datetime.fromisoformat(row["start"]),
            end=datetime.fromisoformat(row["end"]),
        )

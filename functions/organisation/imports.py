"""Files of school units and school years (process 12), groups (process 13) and duties.

Units come as Skolverket publishes them: documents of Skolenhetsregistret v2, or the table of
compulsory-school units with public figures. Each unit, group or duty is known by a stable key: the same file
again changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Annotated, Any, Literal, Protocol, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator
from pydantic.alias_generators import to_camel

from functions.access.guard import Role
from functions.organisation import store
from functions.organisation.domain import DatedGroup, GroupKind, Status, Stay, UnitRecord
from functions.organisation.events import GroupMembersChanged, ImportFinished
from functions.organisation.queries import unit_id, unit_named
from skolkit.errors import Text
from skolkit.events import Fact
from skolkit.imports import FileRow, Importer, Row, RowFault, Source, differing, save
from skolkit.sweden.calendar import SchoolCalendar, SchoolYear, Term
from skolkit.sweden.codes import MunicipalityCode, SchoolForm, SchoolUnitCode
from skolkit.table import Write, fetch
from skolkit.types import GroupId, PersonId, UnitId

UnitCode = Annotated[str, AfterValidator(SchoolUnitCode)]
Municipality = Annotated[str, AfterValidator(MunicipalityCode)]
Id = Annotated[str, Field(pattern=r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")]
Name = Annotated[str, Field(min_length=1, max_length=200)]


Unit = Annotated[str, AfterValidator(unit_named)]
"""A school unit code, or a unit's id."""


class UnlawfulCalendar(ValueError):
    """A school year breaks skolförordningen 3:2–6; the texts name every rule."""

    def __init__(self, calendar: SchoolCalendar) -> None:
        problems = calendar.problems()
        self.sv, self.en = ("; ".join(texts) for texts in zip(*((p.sv, p.en) for p in problems), strict=True))
        super().__init__(self.en)


class UnitSource(Protocol):
    """A row that describes a unit."""

    def unit(self) -> UnitRecord: ...


class TableRow(BaseModel):
    """A row of the table `skolenheter.csv`: compulsory-school units with place and number of pupils."""

    model_config = ConfigDict(extra="ignore", str_strip_whitespace=True)
    skolenhetskod: UnitCode
    name: Name
    huvudmannatyp: Literal["kommunal", "privat"]
    kommunkod: Municipality
    address: str | None = None
    lat: Annotated[float, Field(ge=-90, le=90)] | None = None
    lon: Annotated[float, Field(ge=-180, le=180)] | None = None
    pupils: Annotated[float, Field(ge=0, le=20_000)] | None = None

    def unit(self) -> UnitRecord:
        code = SchoolUnitCode(self.skolenhetskod)
        return UnitRecord(
            id=unit_id(code),
            code=code,
            name=self.name,
            municipality_code=MunicipalityCode(self.kommunkod),
            municipal=self.huvudmannatyp == "kommunal",
            address=self.address,
            lat=self.lat,
            lon=self.lon,
            pupils=None if self.pupils is None else round(self.pupils),
        )


class _Registry(BaseModel):
    """Parts of Skolenhetsregistret v2; fields we do not use are ignored."""

    model_config = ConfigDict(extra="ignore", alias_generator=to_camel, str_strip_whitespace=True)


class _Coordinates(_Registry):
    latitude: float | None = None
    longitude: float | None = None


class _RegistryAddress(_Registry):
    type: str
    street_address: str | None = None
    locality: str | None = None
    geo_coordinates: _Coordinates | None = None


class _SchoolUnitInfo(_Registry):
    display_name: Name
    status: Status
    municipality_code: Municipality
    school_types: list[SchoolForm] = []
    addresses: list[_RegistryAddress] = []
    url: str | None = None
    email: str | None = None
    phone_number: str | None = None


class _SchoolUnitData(_Registry):
    school_unit_code: UnitCode
    attributes: _SchoolUnitInfo


class _OrganizerAttributes(_Registry):
    organizer_type: str


class _Organizer(_Registry):
    attributes: _OrganizerAttributes


class RegistryRow(_Registry):
    """A `SchoolUnitInfoResponse` of Skolenhetsregistret v2, `/v2/school-units/{schoolUnitCode}`."""

    data: _SchoolUnitData
    included: _Organizer

    def unit(self) -> UnitRecord:
        info = self.data.attributes
        code = SchoolUnitCode(self.data.school_unit_code)
        visited = next((a for a in info.addresses if a.type == "BESOKSADRESS"), None)
        place = visited.geo_coordinates if visited else None
        parts = [p for p in (visited.street_address, visited.locality) if p] if visited else []
        return UnitRecord(
            id=unit_id(code),
            code=code,
            name=info.display_name,
            municipality_code=MunicipalityCode(info.municipality_code),
            municipal=self.included.attributes.organizer_type in {"KOMMUN", "KOMMFORB"},
            status=info.status,
            school_forms=tuple(info.school_types),
            address=", ".join(parts) or None,
            lat=place.latitude if place else None,
            lon=place.longitude if place else None,
            email=info.email,
            phone=info.phone_number,
            url=info.url,
        )


class MemberRow(FileRow):
    """A dated membership."""

    person: Id
    start_date: date
    end_date: date | None = None


class GroupRow(FileRow):
    """A group with its members of all times, in the words of SS 12000."""

    id: Id
    unit: Unit
    name: Name
    group_type: Literal["Klass", "Undervisning"]
    members: Annotated[tuple[MemberRow, ...], Field(max_length=1000)] = ()
    mentors: Annotated[tuple[Id, ...], Field(max_length=20)] = ()
    teachers: Annotated[tuple[Id, ...], Field(max_length=50)] = ()

    def group(self) -> DatedGroup:
        kinds: dict[str, GroupKind] = {"Klass": "klass", "Undervisning": "undervisning"}
        return DatedGroup(
            id=GroupId(self.id),
            unit=UnitId(self.unit),
            name=self.name,
            kind=kinds[self.group_type],
            stays=tuple(Stay(PersonId(m.person), m.start_date, m.end_date) for m in self.members),
            mentors=frozenset(map(PersonId, self.mentors)),
            teachers=frozenset(map(PersonId, self.teachers)),
        )


class DutyRow(FileRow):
    """Someone's employment at a unit, or at the whole municipality when `unit` is null."""

    person: Id
    unit: Unit | None
    role: Role
    start_date: date
    end_date: date | None = None


class TermRow(FileRow):
    """A term, both days inclusive."""

    first: date
    last: date


class CalendarRow(FileRow):
    """A unit's decided school year (läsårsdata)."""

    unit: Unit
    school_year: Annotated[str, AfterValidator(lambda text: str(SchoolYear.parse(text)))]
    autumn: TermRow
    spring: TermRow
    days_off: frozenset[date] = frozenset()
    study_days: frozenset[date] = frozenset()

    @model_validator(mode="after")
    def _is_lawful(self) -> Self:
        if self.calendar().problems():
            raise UnlawfulCalendar(self.calendar())
        return self

    def calendar(self) -> SchoolCalendar:
        autumn, spring = (Term(term.first, term.last) for term in (self.autumn, self.spring))
        year = SchoolYear.parse(self.school_year)
        return SchoolCalendar(year, autumn, spring, self.days_off, self.study_days)


def take_units(rows: Sequence[Row[UnitSource]], source: Source) -> list[RowFault]:
    """Write units that differ from the stored ones. Per 100 rows: 1 read and 2 transactions."""
    items = [store.unit_item(row.data.unit()) for row in rows]
    save([[item] for item in differing(items)], source)
    return []


def take_calendars(rows: Sequence[Row[CalendarRow]], source: Source) -> list[RowFault]:
    """Write school years that differ from the stored ones. Per 100 rows: 2 reads and 2 transactions."""
    known = fetch(store.wanted_units([UnitId(row.data.unit) for row in rows]), consistent=True)[0]
    good = [row.data for row in rows if row.data.unit in known]
    save([[i] for i in differing([store.calendar_item(UnitId(d.unit), d.calendar()) for d in good])], source)
    return [_unknown_unit(row.line, row.data.unit) for row in rows if row.data.unit not in known]


def take_groups(rows: Sequence[Row[GroupRow]], source: Source) -> list[RowFault]:
    """Write groups that differ, with each member the same parts, and tell that they changed.

    Per 100 groups of 25 pupils of their own: 27 reads and 27 transactions; unchanged groups cost 2 reads.
    """
    known = fetch(store.wanted_units([UnitId(row.data.unit) for row in rows]), consistent=True)[0]
    faults = [_unknown_unit(row.line, row.data.unit) for row in rows if row.data.unit not in known]
    groups = [row.data.group() for row in rows if row.data.unit in known]
    stored = store.group_items([group.id for group in groups])
    old = {id: store.stored_group(item) for id, item in stored.items()}
    changed = [group for group in groups if old.get(group.id) != group]
    # People first: after a crash between two transactions the group still differs and is done again.
    save([*_parts_bundles(changed, old), *_group_bundles(changed, stored)], source)
    return faults


def _parts_bundles(
    changed: Sequence[DatedGroup], old: Mapping[GroupId, DatedGroup]
) -> Iterator[list[Write | Fact]]:
    """The items of everybody who is, or was, in a changed group, where they differ."""
    parts = {group.id: group.parts() for group in changed}
    left = {group.id: old[group.id].parts() if group.id in old else {} for group in changed}
    items = store.parts_items(sorted({person for id in parts for person in {*parts[id], *left[id]}}))
    for person, item in items.items():
        mine = [id for id in parts if person in parts[id] or person in left[id]]
        differ = [store.set_parts(item, id, parts[id].get(person, ())) for id in mine]
        if any(differ):
            yield [item]


def _group_bundles(
    changed: Sequence[DatedGroup], stored: Mapping[GroupId, store.GroupItem]
) -> Iterator[list[Write | Fact]]:
    for group in changed:
        fact = GroupMembersChanged(group=group.id, unit=group.unit)
        yield [store.group_item(group, stored.get(group.id)), fact]


def take_duties(rows: Sequence[Row[DutyRow]], source: Source) -> list[RowFault]:
    """Write duties that differ from the stored ones. Per 100 rows: 2 reads and 2 transactions."""
    units = [UnitId(row.data.unit) for row in rows if row.data.unit]
    known = fetch(store.wanted_units(units), consistent=True)[0]
    faults = [
        _unknown_unit(row.line, row.data.unit) for row in rows if row.data.unit and row.data.unit not in known
    ]
    good = [row.data for row in rows if row.data.unit is None or row.data.unit in known]
    items = [
        store.duty_item(
            PersonId(d.person), d.role, UnitId(d.unit) if d.unit else None, d.start_date, d.end_date
        )
        for d in good
    ]
    save([[item] for item in differing(items)], source)
    return faults


def _unknown_unit(line: int, unit: str) -> RowFault:
    return RowFault(
        line,
        "unit",
        Text("Skolenheten finns inte i registret.", "The school unit is not in the register."),
        Text(
            "Läs in skolenheterna först, eller rätta skolenhetskoden.",
            "Import the school units first, or correct the school unit code.",
        ),
        unit,
    )


def units_of(municipality: str) -> Importer[UnitSource]:
    """The importer of units; with a municipality code it takes that municipality's alone."""

    def read(raw: Any) -> UnitSource | None:
        row = _unit_row(raw)
        return row if municipality in {"", row.unit().municipality_code} else None

    return Importer(
        name="import_units",
        item=store.OrganisationImportItem,
        finished=ImportFinished,
        read=read,
        take=take_units,
        key=lambda row: row.unit().id,
        shown=(
            "skolenhetskod",
            "schoolUnitCode",
            "kommunkod",
            "municipalityCode",
            "huvudmannatyp",
            "status",
            "lat",
            "lon",
            "pupils",
        ),
    )


def _unit_row(raw: Any) -> UnitSource:
    if isinstance(raw, str):
        return RegistryRow.model_validate_json(raw)
    return (RegistryRow if "data" in raw else TableRow).model_validate(raw)


CALENDARS: Importer[CalendarRow] = Importer(
    name="import_calendars",
    item=store.OrganisationImportItem,
    finished=ImportFinished,
    read=CalendarRow.model_validate_json,
    take=take_calendars,
    key=lambda row: (row.unit, row.school_year),
    shown=("unit", "schoolYear", "first", "last", "daysOff", "studyDays"),
)
GROUPS: Importer[GroupRow] = Importer(
    name="import_groups",
    item=store.OrganisationImportItem,
    finished=ImportFinished,
    read=GroupRow.model_validate_json,
    take=take_groups,
    key=lambda row: row.id,
    shown=("unit", "groupType", "startDate", "endDate"),
)
DUTIES: Importer[DutyRow] = Importer(
    name="import_duties",
    item=store.OrganisationImportItem,
    finished=ImportFinished,
    read=DutyRow.model_validate_json,
    take=take_duties,
    key=lambda row: (row.person, row.role, row.unit, row.start_date),
    shown=("unit", "role", "startDate", "endDate"),
)

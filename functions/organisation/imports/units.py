"""Files of school units and school years (process 12).

Units come as Skolverket publishes them: documents of Skolenhetsregistret v2, or the table of
compulsory-school units with public figures.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Any, Literal, Protocol, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator
from pydantic.alias_generators import to_camel

from functions.organisation.domain.units import Status, UnitRecord
from functions.organisation.events import ImportFinished
from functions.organisation.imports.common import Municipality, Name, Unit, UnitCode, unknown_unit
from functions.organisation.queries import unit_id
from functions.organisation.store import base as base_store
from functions.organisation.store import units as units_store
from skolkit.imports import FileRow, Importer, Row, RowFault, Source, differing, save
from skolkit.sweden.calendar import SchoolCalendar, SchoolYear, Term
from skolkit.sweden.codes import MunicipalityCode, SchoolForm, SchoolUnitCode
from skolkit.table import fetch
from skolkit.types import UnitId


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
    items = [units_store.unit_item(row.data.unit()) for row in rows]
    save([[item] for item in differing(items)], source)
    return []


def take_calendars(rows: Sequence[Row[CalendarRow]], source: Source) -> list[RowFault]:
    """Write school years that differ from the stored ones. Per 100 rows: 2 reads and 2 transactions."""
    known = fetch(units_store.wanted_units([UnitId(row.data.unit) for row in rows]), consistent=True)[0]
    good = [row.data for row in rows if row.data.unit in known]
    save(
        [[i] for i in differing([units_store.calendar_item(UnitId(d.unit), d.calendar()) for d in good])],
        source,
    )
    return [unknown_unit(row.line, row.data.unit) for row in rows if row.data.unit not in known]


def units_of(municipality: str) -> Importer[UnitSource]:
    """The importer of units; with a municipality code it takes that municipality's alone."""

    def read(raw: Any) -> UnitSource | None:
        row = _unit_row(raw)
        return row if municipality in {"", row.unit().municipality_code} else None

    return Importer(
        name="import_units",
        item=base_store.OrganisationImportItem,
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
    item=base_store.OrganisationImportItem,
    finished=ImportFinished,
    read=CalendarRow.model_validate_json,
    take=take_calendars,
    key=lambda row: (row.unit, row.school_year),
    shown=("unit", "schoolYear", "first", "last", "daysOff", "studyDays"),
)

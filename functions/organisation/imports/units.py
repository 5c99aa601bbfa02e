"""Files of school units and school years (process 12).

Units come as Skolverket publishes them: documents of Skolenhetsregistret v2, or the table of
compulsory-school units with public figures.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import partial
from typing import Annotated, Any, ClassVar, Literal, Protocol

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from functions.organisation.domain import calendars as calendar_rules
from functions.organisation.domain import units as unit_rules
from functions.organisation.domain.units import MUNICIPALITY, Status, UnitRecord
from functions.organisation.events import CalendarDecided, ImportFinished, UnitChanged
from functions.organisation.imports.common import Municipality, Name, Unit, UnitCode, unknown_unit
from functions.organisation.queries import unit_id
from functions.organisation.store import base as base_store
from functions.organisation.store import calendars as calendars_store
from functions.organisation.store import units as units_store
from skolkit.errors import DomainError, Text
from skolkit.events import Fact
from skolkit.imports import FileRow, Importer, Row, RowFault, Source, save
from skolkit.sweden.calendar import SchoolCalendar, SchoolYear, Term
from skolkit.sweden.codes import MunicipalityCode, OrganisationNumber, SchoolForm, SchoolUnitCode
from skolkit.table import Overwrite, Write, fetch
from skolkit.types import UnitId


class UnitSource(Protocol):
    """A row that describes a unit; `tells` are the fields of a unit it speaks of."""

    tells: ClassVar[frozenset[str]]

    def unit(self) -> UnitRecord: ...


class TableRow(BaseModel):
    """A row of the table `skolenheter.csv`: compulsory-school units with place and number of pupils."""

    model_config = ConfigDict(extra="ignore", str_strip_whitespace=True)
    tells: ClassVar[frozenset[str]] = unit_rules.FIGURES
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


class _Vux(_Registry):
    school_type_parts: list[SchoolForm] = []


class _SchoolTypeProperties(_Registry):
    vux: _Vux | None = None


class _SchoolUnitInfo(_Registry):
    display_name: Name
    status: Status
    start_date: date | None = None
    end_date: date | None = None
    school_type_properties: _SchoolTypeProperties | None = None
    municipality_code: Municipality
    school_types: list[SchoolForm] = []
    addresses: list[_RegistryAddress] = []
    url: str | None = None
    email: str | None = None
    phone_number: str | None = None

    def forms(self) -> tuple[SchoolForm, ...]:
        """The school forms; of adult education the parts, when they are told."""
        vux = self.school_type_properties.vux if self.school_type_properties else None
        parts = vux.school_type_parts if vux and SchoolForm.ADULT in self.school_types else []
        return tuple(dict.fromkeys([*self.school_types, *parts]))


class _SchoolUnitData(_Registry):
    school_unit_code: UnitCode
    attributes: _SchoolUnitInfo


class _OrganizerAttributes(_Registry):
    organizer_type: str


class _Organizer(_Registry):
    attributes: _OrganizerAttributes
    organization_number: Annotated[str, AfterValidator(OrganisationNumber)] | None = None


class RegistryRow(_Registry):
    """A `SchoolUnitInfoResponse` of Skolenhetsregistret v2, `/v2/school-units/{schoolUnitCode}`."""

    tells: ClassVar[frozenset[str]] = unit_rules.REGISTER
    data: _SchoolUnitData
    included: _Organizer

    def unit(self) -> UnitRecord:
        info = self.data.attributes
        code = SchoolUnitCode(self.data.school_unit_code)
        visited = next((a for a in info.addresses if a.type == "BESOKSADRESS"), None)
        place = visited.geo_coordinates if visited else None
        parts = [p for p in (visited.street_address, visited.locality) if p] if visited else []
        number = self.included.organization_number
        return UnitRecord(
            id=unit_id(code),
            code=code,
            name=info.display_name,
            municipality_code=MunicipalityCode(info.municipality_code),
            municipal=self.included.attributes.organizer_type in {"KOMMUN", "KOMMFORB"},
            status=info.status,
            school_forms=info.forms() or (SchoolForm.COMPULSORY,),
            organisation_number=OrganisationNumber(number) if number else None,
            start=info.start_date,
            end=info.end_date,
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
    """A unit's decided school year (läsårsdata); without terms for units that have none. The organiser's id
    as `unit`: for the whole municipality.
    """

    unit: Unit
    school_year: Annotated[str, AfterValidator(lambda text: str(SchoolYear.parse(text)))]
    autumn: TermRow | None = None
    spring: TermRow | None = None
    days_off: frozenset[date] = frozenset()
    study_days: frozenset[date] = frozenset()

    def calendar(self, unit: UnitRecord) -> SchoolCalendar:
        """Raises `DomainError` when it may not be decided for the unit."""
        terms = (self.autumn, self.spring) if self.autumn and self.spring else None
        spans = (Term(*_days(terms[0])), Term(*_days(terms[1]))) if terms else None
        year = SchoolYear.parse(self.school_year)
        calendar = calendar_rules.drafted(unit, year, spans, self.days_off, self.study_days)
        calendar_rules.require_lawful(unit, calendar)
        return calendar


def _days(term: TermRow) -> tuple[date, date]:
    return term.first, term.last


def take_units(rows: Sequence[Row[UnitSource]], source: Source, *, preview: bool = False) -> list[RowFault]:
    """Write units that differ from the stored ones, tell how, and keep the differences under the import's id;
    a preview keeps those alone. Per 100 rows: 1 read and up to 5 transactions; 1 read when nothing differs.
    """
    seen = [(row.data.unit(), row.data.tells) for row in rows]
    stored = fetch(units_store.wanted_units([MUNICIPALITY, *(u.id for u, _ in seen)]), consistent=True)[0]
    top = MUNICIPALITY if MUNICIPALITY in stored else None
    bundles: list[list[Write | Fact]] = []
    for found, tells in seen:
        old = stored.get(found.id)
        new = unit_rules.registered(old, found, tells, top if found.municipal else None)
        if changes := unit_rules.changes(old, new):
            diff = Overwrite(units_store.diff_item(source.id, new.id, changes, preview=preview))
            writes = [] if preview else units_store.unit_writes(old, new)
            facts = [] if preview else [UnitChanged(unit=new.id, changes=list(changes))]
            bundles.append([*writes, diff, *facts])
    save(bundles, source)
    return []


def take_calendars(rows: Sequence[Row[CalendarRow]], source: Source) -> list[RowFault]:
    """Decide school years that differ from the stored ones. Per 100 rows: 2 reads and 4 transactions."""
    ids = [UnitId(row.data.unit) for row in rows]
    keys = [(UnitId(row.data.unit), SchoolYear.parse(row.data.school_year)) for row in rows]
    known, decided = fetch(
        units_store.wanted_units(ids), calendars_store.wanted_decided(keys), consistent=True
    )
    faults: list[RowFault] = []
    bundles: list[list[Write | Fact]] = []
    for row, (unit, year) in zip(rows, keys, strict=True):
        if unit not in known:
            faults.append(unknown_unit(row.line, row.data.unit))
            continue
        try:
            calendar = row.data.calendar(known[unit])
        except DomainError as refusal:
            faults.append(_refused(row.line, refusal))
            continue
        holds = decided.get((unit, year))
        if holds is None or holds[1] != calendar:
            bundles.append(_decision(unit, calendar, holds))
    save(bundles, source)
    return faults


def _decision(
    unit: UnitId, calendar: SchoolCalendar, holds: tuple[calendars_store.CalendarItem, SchoolCalendar] | None
) -> list[Write | Fact]:
    number = int(holds[0].number or 1) + 1 if holds else 1
    decision = calendar_rules.Decision(
        unit=unit, calendar=calendar, number=number, decided_by=None, decided_at=None, reason="ordinary"
    )
    writes = calendars_store.decision_writes(decision, holds[0] if holds else None)
    if holds and (first := calendars_store.first_of_history(unit, *holds)):
        writes += calendars_store.decision_writes(first, None)[1:]
    fact = CalendarDecided(
        unit=unit, school_year=str(calendar.school_year), decision=number,
        whole_municipality=unit == MUNICIPALITY,
    )  # fmt: skip
    return [*writes, fact]


def _refused(line: int, refusal: DomainError) -> RowFault:
    texts = [fault.reason for fault in refusal.faults] or [refusal.said]
    reason = Text("; ".join(t.sv for t in texts), "; ".join(t.en for t in texts))
    return RowFault(line, "", reason, refusal.advised)


def units_of(municipality: str, *, preview: bool = False) -> Importer[UnitSource]:
    """The importer of units; with a municipality code it takes that municipality's alone. A preview writes no
    unit, only what it would change.
    """

    def read(raw: Any) -> UnitSource | None:
        row = _unit_row(raw)
        return row if municipality in {"", row.unit().municipality_code} else None

    return Importer(
        name="import_units",
        item=base_store.OrganisationImportItem,
        finished=ImportFinished,
        read=read,
        take=partial(take_units, preview=preview),
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

"""What a unit offers a school year (process 14)."""

from __future__ import annotations

from dataclasses import replace

from functions.access import guard
from functions.organisation import queries
from functions.organisation.domain.programmes import ProgrammeId
from functions.organisation.domain.study_plans import UnknownProgramme, UnknownSyllabus
from functions.organisation.domain.syllabuses import SyllabusId
from functions.organisation.schemas.offerings import NewOffering, OfferingView
from functions.organisation.schemas.timplan import TimplanQuery
from functions.organisation.store import offerings as offerings_store
from functions.organisation.store import programmes as programmes_store
from functions.organisation.store import syllabuses as syllabuses_store
from functions.organisation.store.offerings import Offering
from skolkit.audit import Trace
from skolkit.clock import today
from skolkit.errors import NotFound
from skolkit.identity import Caller
from skolkit.sweden.calendar import SchoolYear
from skolkit.table import commit, fetch
from skolkit.types import UnitId


def read_offering(caller: Caller, unit: UnitId, query: TimplanQuery) -> OfferingView:
    """What a unit offers, public information. One round trip."""
    guard.require(caller, "organisation:read_unit", guard.Unit(unit))
    year = SchoolYear.parse(query.school_year) if query.school_year else SchoolYear.of(today())
    found = offerings_store.find_offering(unit, year)
    if found is None:
        raise NotFound
    return _view(found)


def put_offering(caller: Caller, unit: UnitId, new: NewOffering, version: int) -> OfferingView:
    """Say what a unit offers. Three round trips and one per 100 syllabuses and programmes."""
    guard.require(caller, "organisation:plan_offering", guard.Unit(unit), queries.duties_of(caller.person_id))
    year = SchoolYear.parse(new.school_year)
    syllabuses = [SyllabusId(id) for id in dict.fromkeys(new.offered_syllabuses)]
    programmes = [ProgrammeId(id) for id in dict.fromkeys(new.offered_programmes)]
    _check_known(syllabuses, programmes)
    old = offerings_store.find_offering(unit, year)
    created = old.created if old else None
    offering = Offering(unit, year, sorted(syllabuses), sorted(programmes), version, created)
    commit(
        *offerings_store.offering_writes(offering),
        trace=Trace(caller.person_id, "put_offering", unit, changes=str(year)),
    )
    return _view(replace(offering, version=version + 1))


def _check_known(syllabuses: list[SyllabusId], programmes: list[ProgrammeId]) -> None:
    have, structures = fetch(
        syllabuses_store.wanted_syllabuses(syllabuses), programmes_store.wanted_programmes(programmes)
    )
    for syllabus in syllabuses:
        if syllabus not in have:
            raise UnknownSyllabus(field="offeredSyllabuses", value=syllabus)
    for programme in programmes:
        if programme not in structures:
            raise UnknownProgramme(field="offeredProgrammes", value=programme)


def _view(offering: Offering) -> OfferingView:
    return OfferingView(
        offered_at=offering.unit,
        school_year=str(offering.year),
        start_date=offering.year.start,
        end_date=offering.year.end,
        offered_syllabuses=list(offering.syllabuses),
        offered_programmes=list(offering.programmes),
        version=offering.version,
    )

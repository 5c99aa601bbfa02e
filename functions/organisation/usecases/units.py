"""Units and the organisation they are in (process 12): for everybody to see, for the organiser to change."""

from __future__ import annotations

from dataclasses import replace

from functions.access import guard
from functions.organisation import queries
from functions.organisation.domain import units as rules
from functions.organisation.domain.units import MUNICIPALITY, Child, UnitRecord
from functions.organisation.events import UnitChanged
from functions.organisation.schemas.common import PageQuery
from functions.organisation.schemas.units import (
    AncestorList,
    ChildPage,
    ChildView,
    Closing,
    NewUnit,
    SchoolFormList,
    SchoolFormView,
    UnitChange,
    UnitDifference,
    UnitDifferencePage,
    UnitPage,
    UnitView,
)
from functions.organisation.store import units as units_store
from skolkit.audit import Trace
from skolkit.clock import today
from skolkit.errors import ChangedMeanwhile, NotFound
from skolkit.idempotency import RequestKey
from skolkit.identity import Caller
from skolkit.sweden.codes import MunicipalityCode, OrganisationNumber, SchoolUnitCode
from skolkit.sweden.school_forms import FORMS
from skolkit.table import Once, Write, commit
from skolkit.types import UnitId, new_id


def list_units(caller: Caller, query: PageQuery) -> UnitPage:
    """The municipality's own active units. One round trip."""
    units, cursor = units_store.page_of_units(query.cursor, query.limit, caller.seal, "units")
    allowed = guard.permitted(caller, "organisation:read_unit", [guard.Unit(unit.id) for unit in units])
    if len(allowed) < len(units):
        raise NotFound
    return UnitPage(data=[_unit_view(unit) for unit in units], cursor=cursor)


def list_school_forms(caller: Caller) -> SchoolFormList:
    """What every school form uses. No round trip."""
    guard.require(caller, "organisation:read_unit", guard.Unit(MUNICIPALITY))
    return SchoolFormList(
        data=[
            SchoolFormView(
                code=use.form, ss12000=use.ss12000, name_sv=use.sv, name_en=use.en, intake=use.intake,
                first_year=use.years and use.years[0], last_year=use.years and use.years[1],
                compulsory=use.compulsory, attendance_duty=use.attendance_duty, school_days=use.school_days,
                graded=use.graded, timplan=use.timplan, guaranteed_hours=use.guaranteed_hours,
                subjects=use.subjects, certified=use.certified,
            )
            for use in FORMS.values()
        ]
    )  # fmt: skip


def read_unit(caller: Caller, id: UnitId) -> UnitView:
    """A unit, or another element of the organisation. One round trip."""
    return _unit_view(readable(caller, id))


def list_children(caller: Caller, id: UnitId, query: PageQuery) -> ChildPage:
    """What is right below an element. Two round trips."""
    readable(caller, id)
    found, cursor = units_store.page_of_children(id, query.cursor, query.limit, caller.seal, "children", id)
    return ChildPage(data=[_child_view(child) for child in found], cursor=cursor)


def list_ancestors(caller: Caller, id: UnitId) -> AncestorList:
    """What an element is below. A round trip per level, and one."""
    unit = readable(caller, id)
    above = units_store.lineage(unit.parent)
    return AncestorList(data=[_child_view(Child(u.id, u.name, u.type, u.status, u.end)) for u in above])


def create_unit(caller: Caller, new: NewUnit, key: RequestKey) -> UnitView:
    """Create an element under its parent. A round trip per level above, then one for the tree and one to
    commit.

    The organiser's own element has an id of its own, and a school unit that of its code, so that neither can
    be made twice (`ChangedMeanwhile`).
    """
    guard.require(caller, "organisation:administer", guard.SYSTEM, queries.duties_of(caller.person_id))
    unit = _changed(_blank(new), new)
    view = _unit_view(replace(unit, version=1))
    _save(caller, "create_unit", None, unit, key.once(view.model_dump_json(by_alias=True)))
    return view


def change_unit(caller: Caller, id: UnitId, new: UnitChange, version: int) -> UnitView:
    """Change an element, move it, or both. As many round trips as to create one, and one to read it."""
    guard.require(caller, "organisation:administer", guard.SYSTEM, queries.duties_of(caller.person_id))
    old = _current(id, version)
    unit = _changed(old, new)
    if rules.changes(old, unit):
        _check_below(old, unit)
        _save(caller, "change_unit", old, unit)
        version += 1
    return _unit_view(replace(unit, version=version))


def close_unit(caller: Caller, id: UnitId, closing: Closing, version: int) -> UnitView:
    """Give an element its last day. Four round trips: duties, the element, what is below it, commit."""
    guard.require(caller, "organisation:administer", guard.SYSTEM, queries.duties_of(caller.person_id))
    old = _current(id, version)
    unit = rules.close(old, closing.end_date, units_store.children(id), today())
    _save(caller, "close_unit", old, unit)
    return _unit_view(replace(unit, version=version + 1))


def list_unit_changes(caller: Caller, import_id: str, query: PageQuery) -> UnitDifferencePage:
    """What an import of units, or a dry run of one, found different. Two round trips."""
    guard.require(caller, "organisation:import", guard.SYSTEM, queries.duties_of(caller.person_id))
    bound = caller.seal, "unit changes", import_id
    found, cursor = units_store.page_of_diffs(import_id, query.cursor, query.limit, *bound)
    views = [UnitDifference(unit=i.unit, changes=i.changes, preview=i.preview) for i in found]
    return UnitDifferencePage(data=views, cursor=cursor)


def readable(caller: Caller, id: UnitId) -> UnitRecord:
    """An element of the organisation, for everybody. One round trip. Raises `NotFound`."""
    guard.require(caller, "organisation:read_unit", guard.Unit(id))
    unit = queries.element(id)
    if unit is None:
        raise NotFound
    return unit


def _check_below(old: UnitRecord, new: UnitRecord) -> None:
    """What is below an element lets it end, or become a school unit. One round trip when it does either."""
    ends = new.end if new.end != old.end else None
    becomes_school = new.is_school_unit and not old.is_school_unit
    below = units_store.children(new.id) if ends or becomes_school else []
    if becomes_school and below:
        raise rules.ParentUnfit(field="organisationType", value=new.type)
    if ends:
        rules.close(replace(old, start=new.start), ends, below, today())


def _save(
    caller: Caller, action: str, old: UnitRecord | None, new: UnitRecord, once: Once | None = None
) -> None:
    # Read before what is above: two moves at once could otherwise make a loop between them.
    moved = [units_store.tree()] if old and old.parent != new.parent else []
    rules.check(new, units_store.lineage(new.parent))
    writes: list[Write] = [*units_store.unit_writes(old, new), *moved]
    found = rules.changes(old, new)
    facts = [UnitChanged(unit=new.id, changes=list(found))]
    commit(
        *writes,
        facts=facts,
        trace=Trace(caller.person_id, action, new.id, changes=",".join(found)),
        once=once,
    )


def _current(id: UnitId, version: int) -> UnitRecord:
    unit = queries.element(id)
    if unit is None:
        raise NotFound
    if unit.version != version:
        raise ChangedMeanwhile(field="If-Match", value=version)
    return unit


def _blank(new: NewUnit) -> UnitRecord:
    code = SchoolUnitCode(new.code) if new.code else None
    id = queries.unit_id(code) if code else UnitId(new_id())
    id = MUNICIPALITY if new.organisation_type == "Huvudman" else id
    return UnitRecord(id=id, code=code, name=new.name, municipality_code=None, municipal=True)


def _changed(unit: UnitRecord, new: UnitChange) -> UnitRecord:
    """The element as it is to be; what only the register knows (place, number of pupils) is kept."""
    if new.code != (unit.code and str(unit.code)):
        raise rules.CodeIsTheUnit(field="code", value=new.code)
    ended = new.end_date is not None and new.end_date < today()
    status = "UPPHORT" if ended else "AKTIV" if unit.status == "UPPHORT" else unit.status
    return replace(
        unit,
        type=new.organisation_type,
        name=new.name,
        parent=UnitId(new.parent) if new.parent else None,
        school_forms=tuple(dict.fromkeys(new.school_forms)),
        organisation_code=new.organisation_code,
        organisation_number=OrganisationNumber(new.organisation_number) if new.organisation_number else None,
        municipality_code=MunicipalityCode(new.municipality_code) if new.municipality_code else None,
        address=new.address, email=new.email, phone=new.phone, url=new.url,
        start=new.start_date, end=new.end_date, status=status,
    )  # fmt: skip


def _child_view(child: Child) -> ChildView:
    return ChildView(
        id=child.id, name=child.name, organisation_type=child.type, status=child.status, end_date=child.end
    )


def _unit_view(unit: UnitRecord) -> UnitView:
    return UnitView(
        id=unit.id,
        organisation_type=unit.type,
        code=unit.code and str(unit.code),
        name=unit.name,
        municipality_code=unit.municipality_code and str(unit.municipality_code),
        municipal=unit.municipal,
        status=unit.status,
        school_forms=list(unit.school_forms),
        parent=unit.parent,
        organisation_code=unit.organisation_code,
        organisation_number=unit.organisation_number and str(unit.organisation_number),
        address=unit.address,
        lat=unit.lat,
        lon=unit.lon,
        pupils=unit.pupils,
        email=unit.email,
        phone=unit.phone,
        url=unit.url,
        start_date=unit.start,
        end_date=unit.end,
        version=unit.version or 1,
    )

"""The organisation as a tree, and what a re-import tells of a unit."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.organisation.domain import units as rules
from functions.organisation.domain.units import MUNICIPALITY, Child, UnitRecord
from skolkit.sweden.codes import MunicipalityCode, SchoolForm, SchoolUnitCode
from skolkit.types import UnitId

TODAY = date(2026, 11, 23)


def element(name: str, **more: Any) -> UnitRecord:
    plain: dict[str, Any] = {
        "id": UnitId(name), "code": None, "name": name, "municipality_code": MunicipalityCode("9999"),
        "municipal": True, "type": "Förvaltning", "school_forms": (),
    }  # fmt: skip
    return UnitRecord(**plain | more)


TOP = element("Ekhamra", id=MUNICIPALITY, type="Huvudman")
OFFICE = element("office", parent=MUNICIPALITY)
AREA = element("area", type="Rektorsområde", parent=OFFICE.id)
SCHOOL = element(
    "school", type="Skolenhet", parent=AREA.id, school_forms=(SchoolForm.COMPULSORY,),
    code=SchoolUnitCode("99990017"), email="a@example.org", pupils=100,
)  # fmt: skip
ABOVE = [AREA, OFFICE, TOP]


def test_a_school_is_below_its_area() -> None:
    rules.check(TOP, [])
    rules.check(AREA, [OFFICE, TOP])
    rules.check(SCHOOL, ABOVE)


@pytest.mark.parametrize(
    ("unit", "above", "refusal"),
    [
        (replace(OFFICE, parent=AREA.id), ABOVE, rules.LoopInTree),
        (replace(OFFICE, parent=OFFICE.id), [OFFICE, TOP], rules.LoopInTree),
        (replace(AREA, parent=SCHOOL.id), [SCHOOL], rules.ParentUnfit),
        (replace(AREA, parent=UnitId("nowhere")), [], rules.ParentUnfit),
        (AREA, [replace(OFFICE, status="UPPHORT"), TOP], rules.ParentUnfit),
        (AREA, [replace(OFFICE, end=TODAY), TOP], rules.ParentUnfit),
        (replace(TOP, parent=OFFICE.id), [OFFICE], rules.ParentUnfit),
        (replace(OFFICE, type="Huvudman"), [TOP], rules.ParentUnfit),
        (replace(SCHOOL, school_forms=()), ABOVE, rules.NeedsForms),
        (replace(OFFICE, school_forms=(SchoolForm.PRESCHOOL,)), [TOP], rules.NeedsForms),
        (replace(SCHOOL, start=TODAY, end=date(2026, 1, 1)), ABOVE, rules.ClosedBeforeStart),
        (SCHOOL, [AREA, *(element(str(n)) for n in range(rules.DEEPEST))], rules.TooDeep),
    ],
)
def test_what_cannot_be_there_is_refused(unit: UnitRecord, above: list[UnitRecord], refusal: type) -> None:
    with pytest.raises(refusal):
        rules.check(unit, above)


@given(st.lists(st.tuples(st.integers(1, 7), st.integers(0, 7)), max_size=40))
def test_moves_that_are_let_through_never_make_a_loop(moves: list[tuple[int, int]]) -> None:
    tree = {MUNICIPALITY: TOP} | {UnitId(str(n)): element(str(n), parent=MUNICIPALITY) for n in range(1, 8)}
    for moved, to in moves:
        unit = replace(tree[UnitId(str(moved))], parent=UnitId(str(to)) if to else MUNICIPALITY)
        try:
            rules.check(unit, lineage(tree, unit.parent))
        except (rules.LoopInTree, rules.TooDeep):
            continue
        tree[unit.id] = unit
    for unit in tree.values():
        assert MUNICIPALITY in {unit.id, *(above.id for above in lineage(tree, unit.parent))}


def lineage(tree: dict[UnitId, UnitRecord], parent: UnitId | None) -> list[UnitRecord]:
    found: list[UnitRecord] = []
    while parent is not None:
        assert len(found) <= len(tree), "a loop"
        found.append(tree[parent])
        parent = tree[parent].parent
    return found


def test_what_is_below_ends_first() -> None:
    last = date(2027, 6, 30)
    child = Child(SCHOOL.id, "school", "Skolenhet", "AKTIV", None)
    for open_longer in (child, replace(child, end=date(2027, 7, 1))):
        with pytest.raises(rules.StillHasChildren):
            rules.close(AREA, last, [open_longer], TODAY)
    for done in (replace(child, end=last), replace(child, status="UPPHORT")):
        assert rules.close(AREA, last, [done], TODAY).end == last
    with pytest.raises(rules.ClosedBeforeStart):
        rules.close(replace(AREA, start=TODAY), date(2026, 11, 22), [], TODAY)


def test_a_unit_is_open_to_its_last_day() -> None:
    closed = rules.close(SCHOOL, TODAY, [], TODAY)
    assert closed.status == "AKTIV"
    assert closed.open_on(TODAY)
    assert not closed.open_on(date(2026, 11, 24))
    assert rules.close(SCHOOL, date(2026, 11, 22), [], TODAY).status == "UPPHORT"


@pytest.mark.parametrize(
    ("seen", "found"),
    [
        ({}, ()),
        ({"name": "Nya namnet"}, ("renamed",)),
        ({"status": "VILANDE"}, ("dormant",)),
        ({"status": "UPPHORT", "end": TODAY}, ("closed",)),
        ({"end": TODAY}, ("closed",)),
        ({"school_forms": (SchoolForm.COMPULSORY, SchoolForm.PRESCHOOL_CLASS)}, ("forms",)),
        ({"phone": "070"}, ("details",)),
        ({"name": "X", "status": "VILANDE", "email": None}, ("renamed", "dormant", "details")),
    ],
)
def test_a_re_import_tells_what_changed(seen: dict[str, Any], found: tuple[str, ...]) -> None:
    told = replace(SCHOOL, parent=None, organisation_code=None, **seen)
    assert rules.changes(SCHOOL, rules.registered(SCHOOL, told, rules.REGISTER, MUNICIPALITY)) == found


def test_a_source_changes_only_what_it_tells_of() -> None:
    table = replace(SCHOOL, email=None, school_forms=(SchoolForm.SAMI,), status="PLANERAD", pupils=120)
    new = rules.registered(SCHOOL, table, rules.FIGURES, None)
    assert new == replace(SCHOOL, pupils=120)
    assert rules.registered(SCHOOL, replace(SCHOOL, pupils=None), rules.REGISTER, None).pupils == 100


def test_the_municipalitys_own_end_stands_until_the_register_opens_the_unit_again() -> None:
    closing = replace(SCHOOL, end=date(2027, 6, 30))
    assert rules.registered(closing, SCHOOL, rules.REGISTER, None) == closing
    gone = replace(SCHOOL, end=TODAY, status="UPPHORT")
    assert rules.registered(gone, replace(SCHOOL, status="UPPHORT"), rules.REGISTER, None) == gone
    again = rules.registered(gone, SCHOOL, rules.REGISTER, None)
    assert (again, rules.changes(gone, again)) == (SCHOOL, ("reopened",))


def test_a_new_unit_comes_under_the_organiser() -> None:
    new = rules.registered(None, replace(SCHOOL, parent=None), rules.REGISTER, MUNICIPALITY)
    assert (new.parent, rules.changes(None, new)) == (MUNICIPALITY, ("new",))

"""The calendar of national tests (process 31): what there is, and which subjects units have been given."""

from __future__ import annotations

from functions.access import guard
from functions.assessment.domain import national_tests as rules
from functions.assessment.domain.national_tests import Block, TestId
from functions.assessment.schemas.national_tests import (
    GivenBody,
    NewTest,
    TestPage,
    TestView,
    UnitTests,
    YearQuery,
)
from functions.assessment.store import national_tests as store
from functions.organisation import queries as organisation
from skolkit.audit import Trace
from skolkit.clock import today
from skolkit.errors import ChangedMeanwhile, NotFound
from skolkit.idempotency import RequestKey
from skolkit.identity import Caller
from skolkit.sweden.calendar import SchoolYear
from skolkit.table import commit
from skolkit.types import UnitId


def list_tests(caller: Caller, query: YearQuery) -> TestPage:
    """A school year's tests; they are public. One round trip."""
    guard.require(caller, "assessment:read_calendar", guard.SYSTEM)
    found, cursor = store.page_of_tests(query.which(today()), query.limit, query.cursor, caller.seal)
    return TestPage(data=[TestView.of(test) for test in found], cursor=cursor)


def add_test(caller: Caller, new: NewTest, key: RequestKey) -> TestView:
    """Enter a test in the calendar. Two round trips."""
    _require_calendar(caller)
    test = rules.check(new.test())
    view = TestView.of(test)
    trace = Trace(caller.person_id, "add_test", test.id, changes=f"{test.school_year} {test.subject}")
    commit(*store.test_writes(test), trace=trace, once=key.once(view.model_dump_json(by_alias=True)))
    return view


def change_test(caller: Caller, id: TestId, body: NewTest, version: int) -> TestView:
    """Change a test; sittings that have results keep the edition they began with. Three round trips."""
    _require_calendar(caller)
    old, test = store.find_test(id), rules.check(body.test(version))
    if old is None or test.id != id:
        raise NotFound
    if old.version != version:
        raise ChangedMeanwhile(field="If-Match", value=version)
    commit(*store.test_writes(test), trace=Trace(caller.person_id, "change_test", id))
    return TestView.of(body.test(version + 1))


def _require_calendar(caller: Caller) -> None:
    duties = organisation.duties_of(caller.person_id)
    guard.require(caller, "assessment:edit_calendar", guard.SYSTEM, duties)


def list_unit_tests(caller: Caller, unit: UnitId, query: YearQuery) -> UnitTests:
    """The tests that concern a unit, some tens. Four round trips."""
    require_planner(caller, unit)
    return _unit_tests(unit, query.which(today()))


def give_subjects(caller: Caller, unit: UnitId, body: GivenBody, version: int) -> UnitTests:
    """Enter which subjects of NO and SO a unit has been given. Six round trips."""
    require_planner(caller, unit)
    year = SchoolYear.parse(body.school_year)
    pairs: list[tuple[Block, str | None]] = [("NO", body.no), ("SO", body.so)]
    subjects = {block: subject for block, subject in pairs if subject}
    if store.given(unit, year)[1] != version:
        raise ChangedMeanwhile(field="If-Match", value=version)
    changes = f"{year} {sorted(subjects.values())}"
    commit(
        store.given_item(unit, year, subjects, version),
        trace=Trace(caller.person_id, "give_subjects", unit, changes=changes),
    )
    return _unit_tests(unit, year)


def require_planner(caller: Caller, unit: UnitId) -> tuple[guard.Duty, ...]:
    """The duties of a caller who may plan a unit's tests, or `NotFound`. Two round trips."""
    duties = organisation.duties_of(caller.person_id)
    guard.require(caller, "assessment:plan_tests", guard.Unit(unit), duties)
    if organisation.unit(unit) is None:
        raise NotFound
    return duties


def _unit_tests(unit: UnitId, year: SchoolYear) -> UnitTests:
    record, (given, version) = organisation.unit(unit), store.given(unit, year)
    due = rules.due_at(store.tests_of(year), record.school_forms if record else (), given)
    return UnitTests(
        school_year=str(year), no=given.get("NO"), so=given.get("SO"),
        tests=[TestView.of(test) for test in due], version=version,
    )  # fmt: skip

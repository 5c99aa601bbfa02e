"""National tests: calendar, test groups, results, exemption, report data (process 31)."""

from __future__ import annotations

from functions.assessment.app.base import api, on
from functions.assessment.domain import national_tests as calendar_rules
from functions.assessment.domain import sittings as rules
from functions.assessment.domain import writers
from functions.assessment.domain.national_tests import TestId
from functions.assessment.domain.sittings import SittingId
from functions.assessment.events import TestExportAsked
from functions.assessment.schemas import national_tests as calendar
from functions.assessment.schemas import sittings as schemas
from functions.assessment.schemas.common import PageQuery
from functions.assessment.usecases import national_tests, pupil_tests, sittings, test_exports
from skolkit import imports
from skolkit.cursor import BadCursor
from skolkit.errors import ChangedMeanwhile, NotFound
from skolkit.events import Envelope
from skolkit.http import Request
from skolkit.jobs import JobView
from skolkit.tables.shapes import FileLink
from skolkit.triggers import DroppedFile
from skolkit.types import PersonId, UnitId

PLAN = (
    rules.UnknownTest, rules.UnknownGroup, rules.NotStaffHere, rules.TooManyPupils, rules.AlreadySitting,
    rules.OutsideTheDays, rules.UnknownPart, rules.OwnCase, writers.WrongYear, writers.WrongWhy,
    writers.PrincipalDecides,
)  # fmt: skip


@api.operation(
    "GET", "/v1/national-tests", process=31,
    query=calendar.YearQuery, answer=calendar.TestPage, errors=(NotFound, BadCursor),
)  # fmt: skip
def list_tests(request: Request[None, calendar.YearQuery]) -> calendar.TestPage:
    """The national tests of a school year"""
    return national_tests.list_tests(request.caller, request.query)


@api.operation(
    "POST", "/v1/national-tests", process=31, status=201, keyed=True,
    body=calendar.NewTest, answer=calendar.TestView,
    errors=(NotFound, ChangedMeanwhile, calendar_rules.FaultyTest),
)  # fmt: skip
def add_test(request: Request[calendar.NewTest, None]) -> calendar.TestView:
    """Enter a national test in the calendar"""
    assert request.key
    return national_tests.add_test(request.caller, request.body, request.key)


@api.operation(
    "PUT", "/v1/national-tests/{test}", process=31, versioned=True,
    body=calendar.NewTest, answer=calendar.TestView,
    errors=(NotFound, ChangedMeanwhile, calendar_rules.FaultyTest),
)  # fmt: skip
def change_test(request: Request[calendar.NewTest, None]) -> calendar.TestView:
    """Change a national test of the calendar"""
    return national_tests.change_test(
        request.caller, TestId(request.id("test")), request.body, request.version
    )


@api.operation(
    "GET", "/v1/units/{unit}/national-tests", process=31,
    query=calendar.YearQuery, answer=calendar.UnitTests, errors=(NotFound,),
)  # fmt: skip
def list_unit_tests(request: Request[None, calendar.YearQuery]) -> calendar.UnitTests:
    """The national tests that concern a unit, and the subjects of NO and SO it has been given"""
    return national_tests.list_unit_tests(request.caller, UnitId(request.id("unit")), request.query)


@api.operation(
    "PUT", "/v1/units/{unit}/given-subjects", process=31, versioned=True,
    body=calendar.GivenBody, answer=calendar.UnitTests, errors=(NotFound, ChangedMeanwhile),
)  # fmt: skip
def give_subjects(request: Request[calendar.GivenBody, None]) -> calendar.UnitTests:
    """Enter which subjects of NO and SO a unit has been given"""
    unit = UnitId(request.id("unit"))
    return national_tests.give_subjects(request.caller, unit, request.body, request.version)


@api.operation(
    "POST", "/v1/units/{unit}/test-sittings", process=31, status=201, keyed=True,
    body=schemas.NewSitting, answer=schemas.SittingState,
    errors=(NotFound, ChangedMeanwhile, calendar_rules.NotGiven, *PLAN),
)  # fmt: skip
def plan_sitting(request: Request[schemas.NewSitting, None]) -> schemas.SittingState:
    """Plan a national test of a group"""
    assert request.key
    return sittings.plan_sitting(request.caller, UnitId(request.id("unit")), request.body, request.key)


@api.operation(
    "GET", "/v1/units/{unit}/test-sittings", process=31,
    query=calendar.YearQuery, answer=schemas.SittingPage, errors=(NotFound, BadCursor),
)  # fmt: skip
def list_sittings(request: Request[None, calendar.YearQuery]) -> schemas.SittingPage:
    """A unit's test groups, newest first"""
    return sittings.list_sittings(request.caller, UnitId(request.id("unit")), request.query)


@api.operation(
    "GET", "/v1/me/test-sittings", process=31,
    query=PageQuery, answer=schemas.SittingPage, errors=(BadCursor,),
)  # fmt: skip
def list_my_sittings(request: Request[None, PageQuery]) -> schemas.SittingPage:
    """The test groups one is responsible for, newest first"""
    return sittings.list_my_sittings(request.caller, request.query)


@api.operation(
    "GET", "/v1/test-sittings/{sitting}", process=31, answer=schemas.SittingView, errors=(NotFound,)
)
def read_sitting(request: Request[None, None]) -> schemas.SittingView:
    """A test group with its pupils and results"""
    return sittings.read_sitting(request.caller, SittingId(request.id("sitting")))


@api.operation(
    "PUT", "/v1/test-sittings/{sitting}", process=31, versioned=True,
    body=schemas.SittingBody, answer=schemas.SittingState,
    errors=(NotFound, ChangedMeanwhile, rules.SealedPart, rules.HasResult, *PLAN),
)  # fmt: skip
def change_sitting(request: Request[schemas.SittingBody, None]) -> schemas.SittingState:
    """Change who is responsible for a test group, who writes and when"""
    id = SittingId(request.id("sitting"))
    return sittings.change_sitting(request.caller, id, request.body, request.version)


@api.operation(
    "POST", "/v1/test-sittings/{sitting}/results", process=31, keyed=True,
    body=schemas.NewResults, answer=schemas.SavedResults,
    errors=(
        NotFound, ChangedMeanwhile, rules.NotInTheSitting, rules.UnknownPart, rules.SealedPart,
        rules.ExemptPart, rules.OwnCase, calendar_rules.WrongResult,
    ),
)  # fmt: skip
def save_results(request: Request[schemas.NewResults, None]) -> schemas.SavedResults:
    """Report results of a test group by name"""
    assert request.key
    id = SittingId(request.id("sitting"))
    return sittings.save_results(request.caller, id, request.body, request.key)


@api.operation(
    "GET", "/v1/pupils/{pupil}/test-results", process=31,
    query=PageQuery, answer=schemas.ResultPage, errors=(NotFound, BadCursor),
)  # fmt: skip
def list_test_results(request: Request[None, PageQuery]) -> schemas.ResultPage:
    """A pupil's results of national tests, newest first"""
    return pupil_tests.list_test_results(request.caller, PersonId(request.id("pupil")), request.query)


@api.operation(
    "POST", "/v1/pupils/{pupil}/test-exemptions", process=31, status=201, keyed=True,
    body=schemas.NewExemption, answer=schemas.ExemptionView,
    errors=(
        NotFound, ChangedMeanwhile, rules.UnknownTest, rules.UnknownPart, rules.WrongDecision,
        rules.HasResult, rules.OwnCase,
    ),
)  # fmt: skip
def decide_exemption(request: Request[schemas.NewExemption, None]) -> schemas.ExemptionView:
    """Decide on exemption from parts of a national test"""
    assert request.key
    pupil = PersonId(request.id("pupil"))
    return pupil_tests.decide_exemption(request.caller, pupil, request.body, request.key)


@api.operation(
    "GET", "/v1/pupils/{pupil}/test-exemptions", process=31,
    query=PageQuery, answer=schemas.ExemptionPage, errors=(NotFound, BadCursor),
)  # fmt: skip
def list_exemptions(request: Request[None, PageQuery]) -> schemas.ExemptionPage:
    """The decisions on a pupil's exemption from national tests"""
    return pupil_tests.list_exemptions(request.caller, PersonId(request.id("pupil")), request.query)


@api.operation(
    "POST", "/v1/units/{unit}/test-exports", process=31, status=202, keyed=True,
    body=schemas.NewTestExport, answer=JobView, errors=(NotFound,),
)  # fmt: skip
def export_test_results(request: Request[schemas.NewTestExport, None]) -> JobView:
    """Ask for a file of a unit's test results"""
    assert request.key
    unit = UnitId(request.id("unit"))
    return test_exports.export_test_results(request.caller, unit, request.body, request.key)


@api.operation("GET", "/v1/test-exports/{job}", process=31, answer=JobView, errors=(NotFound,))
def read_test_export(request: Request[None, None]) -> JobView:
    """How far a file of test results has come"""
    return test_exports.read_test_export(request.caller, request.id("job"))


@api.operation(
    "POST", "/v1/test-exports/{job}/links", process=31, answer=FileLink,
    errors=(NotFound, test_exports.NoFileYet, test_exports.FileGone),
)  # fmt: skip
def link_test_export(request: Request[None, None]) -> FileLink:
    """A link to a file of test results"""
    return test_exports.link_test_export(request.caller, request.id("job"))


@on.on_facts(
    TestExportAsked.type, process=31, timeout=900, memory=1024, batch=1, runbook="tables",
    uses=("s3:PutObject tables",),
    meaning="Filer med resultat på nationella prov, till Skolverket och SCB, blir inte skrivna.",
)  # fmt: skip
def write_test_export(envelope: Envelope) -> None:
    """Write a table of test results into a file."""
    test_exports.write_test_export(TestExportAsked.model_validate(envelope.data))


@on.on_file(
    "assessment/tests/",
    process=31,
    meaning="Provkalendern i den inlämnade filen är inte inläst. Se rapporten under reports/.",
)
def import_tests(file: DroppedFile) -> None:
    """Take a file of national tests."""
    from functions.assessment.imports import TESTS

    imports.run(file, TESTS)


@on.on_file(
    "assessment/given/",
    process=31,
    meaning="Vilka NO- och SO-prov enheterna tilldelats är inte inläst. Se rapporten under reports/.",
)
def import_given_subjects(file: DroppedFile) -> None:
    """Take a file of the subjects that units have been given."""
    from functions.assessment.imports import GIVEN

    imports.run(file, GIVEN)

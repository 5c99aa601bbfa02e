"""Sums and statistics of attendance (process 20)."""

from __future__ import annotations

from functions.attendance.app.base import api, on
from functions.attendance.domain.statistics import SpanTooLong
from functions.attendance.events import ExportAsked, LessonReported, LessonsPlanned, TotalsAsked
from functions.attendance.schemas import statistics as schemas
from functions.attendance.usecases import exports, statistics, totals
from skolkit.cursor import BadCursor
from skolkit.errors import NotFound
from skolkit.events import Envelope
from skolkit.http import Request
from skolkit.jobs import JobView
from skolkit.tables.shapes import FileLink
from skolkit.types import GroupId, PersonId, UnitId


@on.on_facts(
    LessonReported.type, "timetable.TimetablePublished.v1", process=20, timeout=120,
    meaning="Elevers och gruppers närvarosummor visar inte det senaste förrän nattens räkning har gått.",
)  # fmt: skip
def count_attendance(envelope: Envelope) -> None:
    """Count a group's day when a lesson is reported, and note past days whose timetable changed."""
    if envelope.type == LessonReported.type:
        totals.count_lesson(LessonReported.model_validate(envelope.data))
    else:
        totals.count_planned(LessonsPlanned.model_validate(envelope.data))


@on.on_schedule(
    "cron(5 3 * * ? *)", process=20, timeout=60,
    meaning="Nattens räkning av närvaro har inte startat: statistiken saknar gårdagen.",
)  # fmt: skip
def ask_totals() -> None:
    """Every night: start the counting of the day before, on Mondays of four weeks."""
    totals.ask_totals()


@on.on_facts(
    TotalsAsked.type, process=20, timeout=900, memory=1024, batch=1,
    meaning="Nattens räkning av närvaro är inte klar: statistiken saknar gårdagen eller rättelser.",
)  # fmt: skip
def run_totals(envelope: Envelope) -> None:
    """Count units' days and what is due again."""
    totals.run_totals(TotalsAsked.model_validate(envelope.data))


@on.on_facts(
    ExportAsked.type, process=20, timeout=900, memory=1024, batch=1, runbook="tables",
    uses=("s3:PutObject tables",),
    meaning="Filer med närvaro, även de till CSN, blir inte skrivna.",
)  # fmt: skip
def write_export(envelope: Envelope) -> None:
    """Write a table of attendance into a file."""
    exports.write_export(ExportAsked.model_validate(envelope.data))


@api.operation(
    "GET", "/v1/pupils/{pupil}/attendance-totals", process=20,
    query=schemas.TotalsQuery, answer=schemas.PupilTotals, errors=(NotFound, SpanTooLong),
)  # fmt: skip
def read_pupil_totals(request: Request[None, schemas.TotalsQuery]) -> schemas.PupilTotals:
    """A pupil's minutes of attendance and absence in a span"""
    return totals.read_pupil_totals(request.caller, PersonId(request.id("pupil")), request.query)


@api.operation(
    "GET", "/v1/groups/{group}/attendance-totals", process=20,
    query=schemas.GroupTotalsQuery, answer=schemas.PupilSumsPage, errors=(NotFound, SpanTooLong, BadCursor),
)  # fmt: skip
def list_group_totals(request: Request[None, schemas.GroupTotalsQuery]) -> schemas.PupilSumsPage:
    """The pupils of a class or group with their minutes in a span"""
    return statistics.list_group_totals(request.caller, GroupId(request.id("group")), request.query)


@api.operation(
    "GET", "/v1/units/{unit}/attendance-statistics", process=20,
    query=schemas.TableQuery, answer=schemas.TableView, errors=(NotFound, SpanTooLong),
)  # fmt: skip
def read_statistics(request: Request[None, schemas.TableQuery]) -> schemas.TableView:
    """A unit's attendance by class, subject, year, sex, hour, weekday, week or month"""
    return statistics.read_statistics(request.caller, UnitId(request.id("unit")), request.query)


@api.operation(
    "GET", "/v1/units/{unit}/absent-pupils", process=20,
    query=schemas.AbsentQuery, answer=schemas.PupilSumsPage, errors=(NotFound, SpanTooLong, BadCursor),
)  # fmt: skip
def list_absent_pupils(request: Request[None, schemas.AbsentQuery]) -> schemas.PupilSumsPage:
    """A unit's pupils whose absence is over a threshold, most first"""
    return statistics.list_absent_pupils(request.caller, UnitId(request.id("unit")), request.query)


@api.operation(
    "GET", "/v1/units/{unit}/reporting", process=20,
    query=schemas.ReportingQuery, answer=schemas.TeacherPage, errors=(NotFound, SpanTooLong, BadCursor),
)  # fmt: skip
def list_reporting(request: Request[None, schemas.ReportingQuery]) -> schemas.TeacherPage:
    """A unit's teachers with the lessons nobody has reported"""
    return statistics.list_reporting(request.caller, UnitId(request.id("unit")), request.query)


@api.operation(
    "GET", "/v1/units/{unit}/notice-compliance", process=21,
    query=schemas.SpanQuery, answer=schemas.ComplianceView, errors=(NotFound, SpanTooLong),
)  # fmt: skip
def read_notice_compliance(request: Request[None, schemas.SpanQuery]) -> schemas.ComplianceView:
    """Of how many unexcused lessons homes were told the same day"""
    return statistics.read_notice_compliance(request.caller, UnitId(request.id("unit")), request.query)


@api.operation(
    "POST", "/v1/units/{unit}/attendance-exports", process=20, status=202, keyed=True,
    body=schemas.NewExport, answer=JobView, errors=(NotFound, SpanTooLong),
)  # fmt: skip
def export_attendance(request: Request[schemas.NewExport, None]) -> JobView:
    """Ask for a table of a unit's attendance as a file"""
    assert request.key
    return exports.export_attendance(request.caller, UnitId(request.id("unit")), request.body, request.key)


@api.operation("GET", "/v1/attendance-exports/{job}", process=20, answer=JobView, errors=(NotFound,))
def read_attendance_export(request: Request[None, None]) -> JobView:
    """How far a file has come"""
    return exports.read_attendance_export(request.caller, request.id("job"))


@api.operation(
    "POST", "/v1/attendance-exports/{job}/link", process=20,
    answer=FileLink, errors=(NotFound, exports.FileGone, exports.NoFileYet),
)  # fmt: skip
def link_attendance_export(request: Request[None, None]) -> FileLink:
    """A link to fetch a file, for five minutes"""
    return exports.link_attendance_export(request.caller, request.id("job"))

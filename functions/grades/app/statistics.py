"""Statistics of grades (process 32)."""

from __future__ import annotations

from functions.grades.app.base import api, on
from functions.grades.events import GradesDecided, PeriodClosed, PupilGradeDecided
from functions.grades.schemas import statistics as schemas
from functions.grades.usecases import statistics
from skolkit.cursor import BadCursor
from skolkit.errors import NotFound
from skolkit.events import Envelope
from skolkit.http import Request
from skolkit.types import UnitId


@on.on_facts(
    PeriodClosed.type, GradesDecided.type, PupilGradeDecided.type, process=32, timeout=300, memory=1024,
    batch=1,
    meaning="Betygsstatistiken saknar en stängd period, eller rättelser i den. Betygen påverkas inte.",
)  # fmt: skip
def count_grades(envelope: Envelope) -> None:
    """Count the grades of a period that has been closed, and again when one is corrected or changed."""
    if envelope.type == PupilGradeDecided.type:
        told = PupilGradeDecided.model_validate(envelope.data)
        statistics.count_around(told.pupil, told.entry)
    elif envelope.type == PeriodClosed.type:
        statistics.count_period(PeriodClosed.model_validate(envelope.data).period)
    else:
        statistics.count_period(GradesDecided.model_validate(envelope.data).period)


@on.on_schedule(
    "cron(40 3 * * ? *)", process=32,
    meaning="Betygsstatistiken för hela kommunen saknar en termin. Enheternas egen statistik finns.",
)  # fmt: skip
def count_municipality() -> None:
    """Every night: put the units together for terms that have settled."""
    statistics.count_municipality()


@api.operation(
    "GET", "/v1/municipal-grade-statistics", process=32,
    query=schemas.StatisticsQuery, answer=schemas.MunicipalTables, errors=(NotFound,),
)  # fmt: skip
def read_municipal_grade_statistics(
    request: Request[None, schemas.StatisticsQuery],
) -> schemas.MunicipalTables:
    """The municipality's grades by subject and sex as everybody may see them, in the last six school years"""
    return statistics.read_municipal_grade_statistics(request.caller, request.query)


@api.operation(
    "GET", "/v1/units/{unit}/grade-statistics", process=32,
    query=schemas.StatisticsQuery, answer=schemas.TableList, errors=(NotFound,),
)  # fmt: skip
def read_grade_statistics(request: Request[None, schemas.StatisticsQuery]) -> schemas.TableList:
    """A unit's grades by subject, sex and group, in the last six school years"""
    return statistics.read_grade_statistics(request.caller, UnitId(request.id("unit")), request.query)


@api.operation(
    "GET", "/v1/units/{unit}/open-grade-statistics", process=32,
    query=schemas.StatisticsQuery, answer=schemas.TableList, errors=(NotFound,),
)  # fmt: skip
def read_open_grade_statistics(request: Request[None, schemas.StatisticsQuery]) -> schemas.TableList:
    """A unit's grades by subject and sex as everybody may see them, in the last six school years"""
    return statistics.read_open_grade_statistics(request.caller, UnitId(request.id("unit")), request.query)


@api.operation(
    "GET", "/v1/units/{unit}/grade-statistics-file", process=32,
    query=schemas.FileQuery, answer=schemas.TableFile, errors=(NotFound,),
)  # fmt: skip
def read_grade_statistics_file(request: Request[None, schemas.FileQuery]) -> schemas.TableFile:
    """A unit's grades by subject as a file, CSV or Excel, for everybody or exact"""
    return statistics.read_grade_statistics_file(request.caller, UnitId(request.id("unit")), request.query)


@api.operation(
    "GET", "/v1/open-grade-statistics", process=32,
    query=schemas.UnitsQuery, answer=schemas.TablePage, errors=(NotFound, BadCursor),
)  # fmt: skip
def list_open_grade_statistics(request: Request[None, schemas.UnitsQuery]) -> schemas.TablePage:
    """The units' grades by subject and sex as everybody may see them"""
    return statistics.list_open_grade_statistics(request.caller, request.query)

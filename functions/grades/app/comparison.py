"""Test grades beside subject grades (process 31's results, looked at where the grades are)."""

from __future__ import annotations

from functions.grades.app.base import api
from functions.grades.schemas import comparison as schemas
from functions.grades.usecases import comparison
from skolkit.errors import NotFound
from skolkit.http import Request
from skolkit.types import UnitId


@api.operation(
    "GET", "/v1/units/{unit}/test-comparison", process=31,
    query=schemas.ComparisonQuery, answer=schemas.ComparisonView, errors=(NotFound,),
)  # fmt: skip
def compare_with_tests(request: Request[None, schemas.ComparisonQuery]) -> schemas.ComparisonView:
    """How subject grades of a term compare with the national test, per teacher and unit"""
    return comparison.compare_with_tests(request.caller, UnitId(request.id("unit")), request.query)

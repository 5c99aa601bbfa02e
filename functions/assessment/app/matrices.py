"""Formative tracking: matrices, observations, progress, goals at risk (process 30)."""

from __future__ import annotations

from functions.assessment.app.base import api, on
from functions.assessment.domain import matrices as rules
from functions.assessment.domain.matrices import MatrixId
from functions.assessment.schemas import matrices as schemas
from functions.assessment.schemas.common import PageQuery
from functions.assessment.usecases import matrices
from skolkit.cursor import BadCursor
from skolkit.errors import ChangedMeanwhile, NotFound
from skolkit.http import Request
from skolkit.types import GroupId, PersonId, UnitId


@api.operation(
    "POST", "/v1/groups/{group}/matrices", process=30, status=201, keyed=True,
    body=schemas.MatrixBody, answer=schemas.MatrixView,
    errors=(NotFound, rules.UnknownSyllabus, rules.FaultyMatrix),
)  # fmt: skip
def add_matrix(request: Request[schemas.MatrixBody, None]) -> schemas.MatrixView:
    """Make a matrix of criteria"""
    assert request.key
    return matrices.add_matrix(request.caller, GroupId(request.id("group")), request.body, request.key)


@api.operation(
    "GET", "/v1/groups/{group}/matrices", process=30,
    query=PageQuery, answer=schemas.MatrixPage, errors=(NotFound, BadCursor),
)  # fmt: skip
def list_matrices(request: Request[None, PageQuery]) -> schemas.MatrixPage:
    """The matrices a group can be observed against: the unit's own, and those shared by others"""
    return matrices.list_matrices(request.caller, GroupId(request.id("group")), request.query)


@api.operation(
    "PUT", "/v1/groups/{group}/matrices/{matrix}", process=30, versioned=True,
    body=schemas.MatrixBody, answer=schemas.MatrixView,
    errors=(NotFound, ChangedMeanwhile, rules.UnknownSyllabus, rules.FaultyMatrix, rules.MatrixInUse),
)  # fmt: skip
def change_matrix(request: Request[schemas.MatrixBody, None]) -> schemas.MatrixView:
    """Change a matrix one has made"""
    group, id = GroupId(request.id("group")), MatrixId(request.id("matrix"))
    return matrices.change_matrix(request.caller, group, id, request.body, request.version)


@api.operation(
    "POST", "/v1/groups/{group}/observations", process=30, status=201, keyed=True,
    body=schemas.NewObservations, answer=schemas.GroupProgress,
    errors=(
        NotFound, ChangedMeanwhile, rules.UnknownMatrix, rules.UnknownCriterion, rules.NotInTheGroup,
    ),
)  # fmt: skip
def observe(request: Request[schemas.NewObservations, None]) -> schemas.GroupProgress:
    """Note what one has seen of pupils against a matrix"""
    assert request.key
    return matrices.observe(request.caller, GroupId(request.id("group")), request.body, request.key)


@api.operation(
    "POST", "/v1/groups/{group}/observation-days", process=30, status=201, keyed=True,
    body=schemas.NewDue, answer=schemas.NewDue,
    errors=(NotFound, rules.UnknownMatrix, rules.DayIsOver),
)  # fmt: skip
def set_due(request: Request[schemas.NewDue, None]) -> schemas.NewDue:
    """Say by when every pupil of a group is to have been observed"""
    assert request.key
    return matrices.set_due(request.caller, GroupId(request.id("group")), request.body, request.key)


@api.operation(
    "GET", "/v1/groups/{group}/progress", process=30,
    query=schemas.MatrixQuery, answer=schemas.GroupProgress, errors=(NotFound, rules.UnknownMatrix),
)  # fmt: skip
def read_group_progress(request: Request[None, schemas.MatrixQuery]) -> schemas.GroupProgress:
    """How far a group has come with a matrix"""
    group = GroupId(request.id("group"))
    return matrices.read_group_progress(request.caller, group, MatrixId(request.query.matrix))


@api.operation(
    "GET", "/v1/pupils/{pupil}/progress", process=30,
    query=PageQuery, answer=schemas.ProgressPage, errors=(NotFound, BadCursor),
)  # fmt: skip
def list_progress(request: Request[None, PageQuery]) -> schemas.ProgressPage:
    """How far a pupil has come, by matrix"""
    return matrices.list_progress(request.caller, PersonId(request.id("pupil")), request.query)


@api.operation(
    "GET", "/v1/pupils/{pupil}/observations", process=30,
    query=schemas.ObservationQuery, answer=schemas.ObservationPage, errors=(NotFound, BadCursor),
)  # fmt: skip
def list_observations(request: Request[None, schemas.ObservationQuery]) -> schemas.ObservationPage:
    """What has been seen of a pupil against a matrix, newest first"""
    return matrices.list_observations(request.caller, PersonId(request.id("pupil")), request.query)


@api.operation(
    "GET", "/v1/units/{unit}/tracking-settings", process=30, answer=schemas.SettingsView, errors=(NotFound,)
)
def read_tracking_settings(request: Request[None, None]) -> schemas.SettingsView:
    """What of the tracking a unit shows homes"""
    return matrices.read_tracking_settings(request.caller, UnitId(request.id("unit")))


@api.operation(
    "PUT", "/v1/units/{unit}/tracking-settings", process=30, versioned=True,
    body=schemas.SettingsBody, answer=schemas.SettingsView, errors=(NotFound, ChangedMeanwhile),
)  # fmt: skip
def change_tracking_settings(request: Request[schemas.SettingsBody, None]) -> schemas.SettingsView:
    """Choose what of the tracking a unit shows homes"""
    unit = UnitId(request.id("unit"))
    return matrices.change_tracking_settings(request.caller, unit, request.body, request.version)


@on.on_schedule(
    "cron(40 5 * * ? *)", process=30,
    meaning="Mentorer har inte fått veta vilka elever som ingen har följt upp i tid.",
)  # fmt: skip
def watch_goals() -> None:
    """Every morning: tell of pupils who were to have been observed by yesterday and have not been."""
    matrices.watch_goals()

"""Table of contents of access: who is signed in, what the system serves, and the claims of a token (process
36).
"""

from __future__ import annotations

from typing import Any

from functions.access import schemas
from functions.access.usecases import me, processes, rights, segments, sign_in, trail
from skolkit.errors import NotFound
from skolkit.http import Api, Request
from skolkit.triggers import Triggers
from skolkit.types import PersonId, UnitId

api = Api("access", "Inloggning, behörighet och processkarta", reader_uses=("dynamodb:Query audit",))
app = api.app
on = Triggers(app)


@api.operation("GET", "/v1/health", process=36, scope=None, answer=schemas.Health)
def read_health(_request: Request[None, None]) -> schemas.Health:
    """Whether the service answers"""
    return schemas.Health()


@api.operation("GET", "/v1/me", process=36, answer=schemas.Me, errors=(NotFound,))
def read_me(request: Request[None, None]) -> schemas.Me:
    """Who is signed in, with duties, groups and number of children"""
    return me.read_me(request.caller)


@api.operation("GET", "/v1/processes", process=36, answer=schemas.ProcessMap)
def list_processes(request: Request[None, None]) -> schemas.ProcessMap:
    """The 36 processes and what serves them"""
    return processes.list_processes(request.caller)


@api.operation(
    "GET", "/v1/rights", process=36, query=schemas.UnitQuery, answer=schemas.Matrix, errors=(NotFound,)
)
def read_rights(request: Request[None, schemas.UnitQuery]) -> schemas.Matrix:
    """Who may do what at a unit, and by which policy"""
    return rights.read_rights(request.caller, UnitId(request.query.unit))


@api.operation(
    "GET", "/v1/rights/people", process=36, query=schemas.PeopleQuery, answer=schemas.HolderPage,
    errors=(NotFound,),
)  # fmt: skip
def list_rights_of_people(request: Request[None, schemas.PeopleQuery]) -> schemas.HolderPage:
    """Duties, delegations and substitutions at a unit, by person"""
    return rights.list_rights_of_people(request.caller, request.query)


@api.operation(
    "POST", "/v1/explain", process=36, body=schemas.Question, answer=schemas.ExplanationView,
    errors=(NotFound, rights.ActionDoesNotFit),
)  # fmt: skip
def explain(request: Request[schemas.Question, None]) -> schemas.ExplanationView:
    """Whether a person may do something, and why"""
    return rights.explain(request.caller, request.body)


@api.operation(
    "GET", "/v1/people/{person}/reads", process=36, query=schemas.TrailQuery, answer=schemas.TrailPage,
    errors=(NotFound,),
)  # fmt: skip
def list_reads(request: Request[None, schemas.TrailQuery]) -> schemas.TrailPage:
    """Who has read and changed what the school knows of a person"""
    return trail.list_reads(request.caller, PersonId(request.id("person")), request.query)


@on.on_schedule(
    "rate(5 minutes)",
    process=36,
    runbook="audit",
    meaning="Loggen över vem som läst och ändrat arkiveras inte, och kan gå förlorad efter ett dygn.",
    uses=(
        "dynamodb:DescribeStream audit",
        "dynamodb:GetRecords audit",
        "dynamodb:GetShardIterator audit",
        "dynamodb:ListStreams",
        "kms:GenerateMac",
        "s3:GetObject audit",
        "s3:PutObject audit",
    ),
)
def append_segments() -> None:
    """Copy what is new in the audit table to its locked archive, sealed and chained."""
    segments.append_segments()


@on.on_sign_in(
    process=36,
    meaning="Ingen kan logga in i skolans app.",
)
def add_person_claims(event: dict[str, Any]) -> dict[str, Any]:
    """Tell who the person is in the access token (Cognito pre-token-generation, version 2)."""
    return {**event, "response": sign_in.claims_of(event)}

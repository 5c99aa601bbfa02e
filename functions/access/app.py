"""Table of contents of access: who is signed in, what the system serves, and the claims of a token (process
36).
"""

from __future__ import annotations

from typing import Any

from functions.access import schemas
from functions.access.usecases import me, processes, segments, sign_in
from skolkit.errors import NotFound
from skolkit.http import Api, Request
from skolkit.triggers import Triggers

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

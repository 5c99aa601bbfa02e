"""Table of contents of access: who is signed in, what the system serves, and the claims of a token (process
36).
"""

from __future__ import annotations

from typing import Any

from functions.access import schemas
from functions.access.domain.extracts import ExtractNotReady
from functions.access.events import ExtractAnswered, PartAnswered, PersonTold
from functions.access.extract import gather
from functions.access.usecases import extracts, me, processes, rights, segments, sign_in, trail
from functions.register import queries as register
from skolkit.errors import ChangedMeanwhile, NotFound
from skolkit.events import Envelope
from skolkit.extracts import answer
from skolkit.http import Api, Request
from skolkit.jobs import JobView
from skolkit.triggers import Triggers
from skolkit.types import PersonId, UnitId

api = Api(
    "access",
    "Inloggning, behörighet och processkarta",
    uses=("s3:GetObject extract",),
    reader_uses=("dynamodb:Query audit",),
)
app = api.app
on = Triggers(app)
relay = on.relay_outbox()


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
    "POST", "/v1/people/{person}/extracts", process=36, status=202, keyed=True, answer=JobView,
    errors=(NotFound, ChangedMeanwhile),
)  # fmt: skip
def request_extract(request: Request[None, None]) -> JobView:
    """Ask for a register extract of all that is kept about someone"""
    assert request.key
    return extracts.request_extract(request.caller, PersonId(request.id("person")), request.key)


@api.operation(
    "GET", "/v1/people/{person}/extracts/{extract}", process=36, answer=JobView, errors=(NotFound,)
)
def read_extract(request: Request[None, None]) -> JobView:
    """How far a register extract has come"""
    person = PersonId(request.id("person"))
    return extracts.read_extract(request.caller, person, request.id("extract"))


@api.operation(
    "POST", "/v1/people/{person}/extracts/{extract}/link", process=36,
    body=schemas.ExtractFormat, answer=schemas.ExtractLink, errors=(NotFound, ExtractNotReady),
)  # fmt: skip
def link_extract(request: Request[schemas.ExtractFormat, None]) -> schemas.ExtractLink:
    """A link to fetch a register extract, for five minutes"""
    person, extract = PersonId(request.id("person")), request.id("extract")
    return extracts.link_extract(request.caller, person, extract, request.body.format)


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


@on.on_facts(
    "access.ExtractRequested.v1", process=36, timeout=120, runbook="extracts",
    uses=("dynamodb:Query audit", "s3:PutObject extract-part"),
    meaning="Registerutdrag blir inte färdiga; den som har begärt ett har rätt till svar inom en månad.",
)  # fmt: skip
def answer_extract(envelope: Envelope) -> None:
    """Write who has read what about one person, for a register extract."""
    answer(envelope, gather, ExtractAnswered, register.records_of)


@on.on_facts(
    "access.ExtractAnswered.v1", "attendance.ExtractAnswered.v1", "messages.ExtractAnswered.v1",
    "organisation.ExtractAnswered.v1", "register.ExtractAnswered.v1", "timetable.ExtractAnswered.v1",
    process=36, timeout=120, memory=1024, runbook="extracts", layers=("documents",),
    uses=("s3:GetObject extract-parts", "s3:PutObject extract"),
    meaning="Registerutdrag blir inte färdiga; den som har begärt ett har rätt till svar inom en månad.",
)  # fmt: skip
def collect_extract(envelope: Envelope) -> None:
    """Put a register extract together when every area has answered."""
    area = envelope.type.partition(".")[0]
    extracts.take_part(area, PartAnswered.model_validate(envelope.data).request)


@on.on_facts(
    "register.PersonProtected.v1", process=36, runbook="extracts", uses=("s3:DeleteObject extract",),
    meaning="Registerutdrag om någon som fått skyddade personuppgifter kan ännu hämtas av andra.",
)  # fmt: skip
def withdraw_extracts(envelope: Envelope) -> None:
    """Take away what others have had gathered about somebody who has become protected."""
    extracts.withdraw_extracts(PersonTold.model_validate(envelope.data).person)


@on.on_schedule(
    "rate(30 minutes)",
    process=36,
    runbook="extracts",
    meaning="Registerutdrag har misslyckats: någon del av systemet svarar inte på vad den vet om personen.",
)
def chase_extracts() -> None:
    """Ask the areas again that have not answered."""
    extracts.chase_extracts()


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

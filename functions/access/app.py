"""Table of contents of access: who is signed in, what the system serves, and the claims of a token (process
36).
"""

from __future__ import annotations

from typing import Any

from functions.access import schemas
from functions.access.domain import retention as retention_rules
from functions.access.domain.extracts import ExtractNotReady
from functions.access.events import ExtractAnswered, PartAnswered, PersonTold, RetentionPart
from functions.access.extract import gather
from functions.access.usecases import (
    extracts,
    me,
    processes,
    retention,
    retention_runs,
    rights,
    segments,
    sign_in,
    trail,
)
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
    uses=("s3:GetObject certificate", "s3:GetObject extract", "s3:GetObject retention-report"),
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


@api.operation("GET", "/v1/retention/settings", process=36, answer=schemas.SettingsView, errors=(NotFound,))
def read_retention_settings(request: Request[None, None]) -> schemas.SettingsView:
    """Whether the nightly retention run deletes or only counts"""
    return retention.read_retention_settings(request.caller)


@api.operation(
    "PUT", "/v1/retention/settings", process=36, versioned=True, body=schemas.SettingsBody,
    answer=schemas.SettingsView, errors=(NotFound, ChangedMeanwhile),
)  # fmt: skip
def change_retention_settings(request: Request[schemas.SettingsBody, None]) -> schemas.SettingsView:
    """Turn the real retention run on or off"""
    return retention.change_retention_settings(request.caller, request.body, request.version)


@api.operation(
    "POST", "/v1/retention/runs", process=36, status=202, keyed=True, answer=schemas.RunView,
    errors=(NotFound,),
)  # fmt: skip
def ask_retention_run(request: Request[None, None]) -> schemas.RunView:
    """Ask for a retention run that only counts what is over"""
    assert request.key
    return retention.ask_retention_run(request.caller, request.key)


@api.operation(
    "GET", "/v1/retention/runs", process=36, query=schemas.TrailQuery, answer=schemas.RunPage,
    errors=(NotFound,),
)  # fmt: skip
def list_retention_runs(request: Request[None, schemas.TrailQuery]) -> schemas.RunPage:
    """Retention runs with their counts, newest first"""
    return retention.list_retention_runs(request.caller, request.query)


@api.operation("GET", "/v1/retention/runs/{run}", process=36, answer=schemas.RunView, errors=(NotFound,))
def read_retention_run(request: Request[None, None]) -> schemas.RunView:
    """A retention run with its counts by area and document type"""
    return retention.read_retention_run(request.caller, request.id("run"))


@api.operation(
    "POST", "/v1/retention/runs/{run}/link", process=36, body=schemas.ReportFormat,
    answer=schemas.ReportLink, errors=(NotFound, retention_rules.RunNotDone),
)  # fmt: skip
def link_retention_report(request: Request[schemas.ReportFormat, None]) -> schemas.ReportLink:
    """A link to the report or the proof of a retention run, for five minutes"""
    return retention.link_retention_report(request.caller, request.id("run"), request.body)


@api.operation(
    "POST", "/v1/retention/holds", process=36, status=201, keyed=True, body=schemas.NewHold,
    answer=schemas.HoldView,
    errors=(NotFound, retention_rules.HoldNeedsOneThing, retention_rules.UnknownDocumentType),
)  # fmt: skip
def set_hold(request: Request[schemas.NewHold, None]) -> schemas.HoldView:
    """Hold back what the retention plan would delete, of a person or a document type"""
    assert request.key
    return retention.set_hold(request.caller, request.body, request.key)


@api.operation(
    "GET", "/v1/retention/holds", process=36, query=schemas.TrailQuery, answer=schemas.HoldPage,
    errors=(NotFound,),
)  # fmt: skip
def list_holds(request: Request[None, schemas.TrailQuery]) -> schemas.HoldPage:
    """Legal holds, lifted ones too"""
    return retention.list_holds(request.caller, request.query)


@api.operation("GET", "/v1/retention/holds/{hold}", process=36, answer=schemas.HoldView, errors=(NotFound,))
def read_hold(request: Request[None, None]) -> schemas.HoldView:
    """A legal hold"""
    return retention.read_hold(request.caller, request.id("hold"))


@api.operation(
    "DELETE", "/v1/retention/holds/{hold}", process=36, status=204, versioned=True,
    errors=(NotFound, ChangedMeanwhile, retention_rules.HoldLifted),
)  # fmt: skip
def lift_hold(request: Request[None, None]) -> None:
    """Lift a legal hold"""
    retention.lift_hold(request.caller, request.id("hold"), request.version)


@on.on_schedule(
    "cron(30 1 * * ? *)", process=36, runbook="retention",
    meaning="Gallringen har inte gått, eller inte blivit klar: uppgifter sparas längre än planen säger.",
)  # fmt: skip
def start_retention() -> None:
    """Every night: ask the areas to erase what is over, or to count it."""
    retention_runs.start_retention()


@on.on_facts(
    "assessment.RetentionAnswered.v1", "attendance.RetentionAnswered.v1", "grades.RetentionAnswered.v1",
    "messages.RetentionAnswered.v1", "organisation.RetentionAnswered.v1", "register.RetentionAnswered.v1",
    "timetable.RetentionAnswered.v1",
    process=36, timeout=120, memory=1024, runbook="retention", layers=("documents",),
    uses=("s3:GetObject proofs", "s3:PutObject proof", "s3:PutObject retention-report"),
    meaning="Gallringsbevis och rapporter skrivs inte; vad som gallrats går att visa först när de finns.",
)  # fmt: skip
def collect_retention(envelope: Envelope) -> None:
    """Put a retention run's report or proof together when every area has answered."""
    area = envelope.type.partition(".")[0]
    retention_runs.take_answer(area, RetentionPart.model_validate(envelope.data))


@on.on_facts(
    "access.ExtractRequested.v1", process=36, timeout=120, runbook="extracts",
    uses=("dynamodb:Query audit", "s3:PutObject extract-part"),
    meaning="Registerutdrag blir inte färdiga; den som har begärt ett har rätt till svar inom en månad.",
)  # fmt: skip
def answer_extract(envelope: Envelope) -> None:
    """Write who has read what about one person, for a register extract."""
    answer(envelope, gather, ExtractAnswered, register.records_of)


@on.on_facts(
    "access.ExtractAnswered.v1", "assessment.ExtractAnswered.v1", "attendance.ExtractAnswered.v1",
    "exchange.ExtractAnswered.v1", "grades.ExtractAnswered.v1", "messages.ExtractAnswered.v1",
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

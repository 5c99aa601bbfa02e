"""Telling everybody around a unit at once that something has happened (process 28)."""

from __future__ import annotations

from functions.messages.app.base import api, on
from functions.messages.domain.emergencies import NobodyToReach, RecipientsChanged, TooManyRecipients
from functions.messages.events import EmergencyDue
from functions.messages.schemas import emergencies as schemas
from functions.messages.schemas.common import PageQuery
from functions.messages.usecases import emergencies
from skolkit.errors import NotFound
from skolkit.events import Envelope
from skolkit.http import Request
from skolkit.types import UnitId


@api.operation(
    "GET", "/v1/units/{unit}/emergency-preview", process=28,
    query=schemas.AudienceQuery, answer=schemas.PreviewView, errors=(NotFound,),
)  # fmt: skip
def preview_emergency(request: Request[None, schemas.AudienceQuery]) -> schemas.PreviewView:
    """How many an emergency message would go to"""
    return emergencies.preview_emergency(request.caller, UnitId(request.id("unit")), request.query.audience)


@api.operation(
    "POST", "/v1/units/{unit}/emergencies", process=28, status=201, keyed=True,
    body=schemas.NewEmergency, answer=schemas.EmergencyView,
    errors=(NotFound, NobodyToReach, RecipientsChanged, TooManyRecipients),
)  # fmt: skip
def send_emergency(request: Request[schemas.NewEmergency, None]) -> schemas.EmergencyView:
    """Tell everybody around a unit at once"""
    assert request.key
    return emergencies.send_emergency(request.caller, UnitId(request.id("unit")), request.body, request.key)


@api.operation(
    "GET", "/v1/units/{unit}/emergencies/{emergency}", process=28,
    answer=schemas.EmergencyView, errors=(NotFound,),
)  # fmt: skip
def read_emergency(request: Request[None, None]) -> schemas.EmergencyView:
    """How far an emergency message has come"""
    return emergencies.read_emergency(request.caller, UnitId(request.id("unit")), request.id("emergency"))


@api.operation(
    "GET", "/v1/units/{unit}/emergencies/{emergency}/calls", process=28,
    query=PageQuery, answer=schemas.CallPage, errors=(NotFound,),
)  # fmt: skip
def list_emergency_calls(request: Request[None, PageQuery]) -> schemas.CallPage:
    """Whom to call about an emergency"""
    unit, id = UnitId(request.id("unit")), request.id("emergency")
    return emergencies.list_emergency_calls(request.caller, unit, id, request.query)


@on.on_facts(
    EmergencyDue.type, process=28, timeout=60, batch=1, runbook="notices",
    uses=("ses:SendEmail", "sns:Publish"),
    meaning="Ett viktigt meddelande till en enhet når inte alla. Ring dem som räknaren inte visar som nådda.",
)  # fmt: skip
def deliver_emergency(envelope: Envelope) -> None:
    """Tell a part of the recipients at once by every way."""
    emergencies.deliver_emergency(EmergencyDue.model_validate(envelope.data))

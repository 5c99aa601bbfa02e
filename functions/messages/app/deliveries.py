"""Deliveries: sending (processes 21 and 28), and the log of what has been sent."""

from __future__ import annotations

from functions.messages.app.base import api, on
from functions.messages.events import DeliveryDue, GlassBroken, MessageDue, NoticeDue
from functions.messages.schemas import deliveries as schemas
from functions.messages.schemas.common import PageQuery
from functions.messages.usecases import deliveries, sending
from skolkit.clock import today
from skolkit.errors import NotFound
from skolkit.events import Envelope
from skolkit.http import Request
from skolkit.triggers import MailReceipt
from skolkit.types import PersonId


@api.operation(
    "GET", "/v1/pupils/{pupil}/deliveries", process=28,
    query=PageQuery, answer=schemas.DeliveryPage, errors=(NotFound,),
)  # fmt: skip
def list_deliveries(request: Request[None, PageQuery]) -> schemas.DeliveryPage:
    """The notices sent about a pupil"""
    return deliveries.list_deliveries(request.caller, PersonId(request.id("pupil")), request.query)


@on.on_facts(
    "attendance.GuardianNoticeDue.v1", process=21, batch=1, runbook="notices",
    uses=("ses:SendEmail", "sns:Publish"),
    meaning="Vårdnadshavare får inte underrättelsen om frånvaro; ring hem till de berörda i dag.",
)  # fmt: skip
def deliver_guardian_notice(envelope: Envelope) -> None:
    """Send a notice to each guardian, or the pupil of age, by their channel, once."""
    deliveries.deliver_notice(NoticeDue.model_validate(envelope.data))


@on.on_facts(
    "assessment.MessageDue.v1", "attendance.MessageDue.v1", "exchange.MessageDue.v1", "grades.MessageDue.v1",
    MessageDue.type,
    process=28, timeout=120, batch=1, runbook="notices",
    uses=("ses:SendEmail", "sns:Publish"),
    meaning="Påminnelser och besked når inte dem de gäller. Det de handlar om syns i tjänsten.",
)  # fmt: skip
def deliver_message(envelope: Envelope) -> None:
    """Tell people what an area says they are due, each once."""
    deliveries.deliver_message(MessageDue.model_validate(envelope.data), today(envelope.time))


@on.on_facts(
    "register.GlassBroken.v1", process=28, batch=1, runbook="notices",
    uses=("ses:SendEmail", "sns:Publish"),
    meaning="Enhetens administratörer får inte veta att skyddade uppgifter har öppnats.",
)  # fmt: skip
def warn_of_broken_glass(envelope: Envelope) -> None:
    """Tell the administrators that somebody has opened protected details."""
    deliveries.warn_of_broken_glass(GlassBroken.model_validate(envelope.data), envelope.id)


@on.on_schedule(
    "rate(1 minute)", process=28, timeout=60, runbook="notices",
    meaning="Det som väntat på morgonen eller på nästa väg till en vårdnadshavare skickas inte.",
)  # fmt: skip
def hand_over_due() -> None:
    """Every minute: go on with deliveries whose time has come."""
    sending.hand_over_due()


@on.on_facts(
    DeliveryDue.type, process=28, batch=1, runbook="notices", uses=("ses:SendEmail", "sns:Publish"),
    meaning="Den som inte nåddes på ett sätt nås inte på nästa. Ring hem till de berörda i dag.",
)  # fmt: skip
def send_again(envelope: Envelope) -> None:
    """Send by the next way, or what has been held back."""
    sending.send_again(DeliveryDue.model_validate(envelope.data))


@on.on_mail_receipts(
    process=28,
    runbook="notices",
    meaning="Studsade mejl upptäcks inte, så att skolan inte vet vem som ska ringas.",
)
def record_mail_receipt(receipt: MailReceipt) -> None:
    """Take in what SES says became of a mail."""
    sending.record_receipt(receipt.kind, receipt.tag, lasting=receipt.lasting)

"""Messages: what can be called and what starts by itself. Process 28 in its first form, and the sending half
of 21.
"""

from __future__ import annotations

from functions.messages import schemas, usecases
from functions.messages.events import ExtractAnswered, GlassBroken, NoticeDue, RetentionContinued
from functions.messages.extract import gather
from functions.register import queries as register
from skolkit.errors import ChangedMeanwhile, NotFound
from skolkit.events import Envelope
from skolkit.extracts import answer
from skolkit.http import Api, Request
from skolkit.triggers import MailReceipt, Triggers
from skolkit.types import PersonId

api = Api("messages", "Meddelanden")
app = api.app
on = Triggers(app)


@api.operation("GET", "/v1/me/preferences", process=28, answer=schemas.PreferencesView)
def read_preferences(request: Request[None, None]) -> schemas.PreferencesView:
    """How the caller wants to be reached"""
    return usecases.read_preferences(request.caller)


@api.operation(
    "PUT", "/v1/me/preferences", process=28, versioned=True,
    body=schemas.Preferences, answer=schemas.PreferencesView, errors=(ChangedMeanwhile,),
)  # fmt: skip
def choose_preferences(request: Request[schemas.Preferences, None]) -> schemas.PreferencesView:
    """Choose how to be reached"""
    return usecases.choose_preferences(request.caller, request.body, request.version)


@api.operation(
    "GET", "/v1/pupils/{pupil}/deliveries", process=28,
    query=schemas.PageQuery, answer=schemas.DeliveryPage, errors=(NotFound,),
)  # fmt: skip
def list_deliveries(request: Request[None, schemas.PageQuery]) -> schemas.DeliveryPage:
    """The notices sent about a pupil"""
    return usecases.list_deliveries(request.caller, PersonId(request.id("pupil")), request.query)


@on.on_facts(
    "attendance.GuardianNoticeDue.v1", process=21, batch=1, runbook="notices",
    uses=("ses:SendEmail", "sns:Publish"),
    meaning="Vårdnadshavare får inte underrättelsen om frånvaro; ring hem till de berörda i dag.",
)  # fmt: skip
def deliver_guardian_notice(envelope: Envelope) -> None:
    """Send a notice to each guardian by their channel, once."""
    usecases.deliver_notice(NoticeDue.model_validate(envelope.data))


@on.on_facts(
    "register.GlassBroken.v1", process=28, batch=1, runbook="notices",
    uses=("ses:SendEmail", "sns:Publish"),
    meaning="Enhetens administratörer får inte veta att skyddade uppgifter har öppnats.",
)  # fmt: skip
def warn_of_broken_glass(envelope: Envelope) -> None:
    """Tell the administrators that somebody has opened protected details."""
    usecases.warn_of_broken_glass(GlassBroken.model_validate(envelope.data), envelope.id)


@on.on_mail_receipts(
    process=28,
    runbook="notices",
    meaning="Studsade mejl upptäcks inte, så att skolan inte vet vem som ska ringas.",
)
def record_mail_receipt(receipt: MailReceipt) -> None:
    """Take in what SES says became of a mail."""
    usecases.record_receipt(receipt.kind, receipt.tag)


@on.on_facts(
    "access.ExtractRequested.v1", process=36, timeout=120, runbook="extracts",
    uses=("s3:PutObject extract-part",),
    meaning="Registerutdrag blir inte färdiga; den som har begärt ett har rätt till svar inom en månad.",
)  # fmt: skip
def answer_extract(envelope: Envelope) -> None:
    """Write what the area keeps about one person, for a register extract."""
    answer(envelope, gather, ExtractAnswered, register.records_of)


relay = on.relay_outbox()


@on.on_facts(
    "access.RetentionAsked.v1", RetentionContinued.type, process=36, timeout=900, memory=512, batch=1,
    runbook="retention", alarms=("RetentionFailed",),
    uses=("dynamodb:Scan own", "s3:PutObject proof"),
    meaning="Gallringen går inte: uppgifter sparas längre än gallringsplanen säger.",
)  # fmt: skip
def answer_retention(envelope: Envelope) -> None:
    """Erase what is over in the area's table, or count it."""
    from functions.messages.retention import SHELF
    from skolkit.retention.work import answer as work

    work(envelope, SHELF)

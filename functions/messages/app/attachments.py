"""Files with news and messages (process 28)."""

from __future__ import annotations

from collections.abc import Sequence

from functions.messages.app.base import api, on
from functions.messages.domain import attachments as rules
from functions.messages.schemas import attachments as schemas
from functions.messages.usecases import attachments
from skolkit.errors import NotFound
from skolkit.http import Request
from skolkit.triggers import DroppedFile


@api.operation(
    "POST", "/v1/attachments", process=28, status=201, keyed=True, body=schemas.NewAttachment,
    answer=schemas.AttachmentForm,
    errors=(rules.UnsupportedType, rules.FileTooLarge, rules.UnfitName, rules.TooManyFiles),
)  # fmt: skip
def send_attachment(request: Request[schemas.NewAttachment, None]) -> schemas.AttachmentForm:
    """Get a form by which a file can be sent"""
    assert request.key
    return attachments.send_attachment(request.caller, request.body, request.key)


@api.operation(
    "GET", "/v1/attachments/{attachment}", process=28, answer=schemas.AttachmentState, errors=(NotFound,)
)
def read_attachment(request: Request[None, None]) -> schemas.AttachmentState:
    """Whether a file one has sent is scanned, and may be attached"""
    return attachments.read_attachment(request.caller, request.id("attachment"))


@on.on_file(
    "quarantine/messages/", bucket="files", process=28, timeout=120, memory=1769, runbook="attachments",
    layers=("scanning",),
    uses=("s3:DeleteObject quarantine", "s3:GetObject quarantine", "s3:PutObject released"),
    meaning="En fil som någon bifogar kontrolleras inte och går inte att skicka. Ingen har fått den.",
)  # fmt: skip
def scan_attachment(file: DroppedFile) -> None:
    """Release a file that has come, or refuse it."""
    attachments.scan_attachment(file)


@on.on_changes(
    gone="FILE#", process=28, timeout=60, runbook="attachments", uses=("s3:DeleteObject released",),
    meaning="Filer vars meddelanden eller nyheter har gallrats är inte borttagna. Ingen kan hämta dem.",
)  # fmt: skip
def forget_attachments(keys: Sequence[tuple[str, str]]) -> None:
    """Delete files that nothing needs any more."""
    attachments.forget_attachments(keys)

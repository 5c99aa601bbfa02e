"""Conversations between home and school (process 28)."""

from __future__ import annotations

from functions.messages.app.base import api
from functions.messages.domain import conversations as rules
from functions.messages.domain.attachments import ATTACHING
from functions.messages.domain.news import UnknownLanguage
from functions.messages.schemas import conversations as schemas
from functions.messages.schemas.attachments import AttachmentLink
from functions.messages.schemas.common import PageQuery
from functions.messages.usecases import conversations
from skolkit.errors import ChangedMeanwhile, NotFound
from skolkit.http import Request
from skolkit.types import GroupId, PersonId, UnitId

_WRITING = (
    NotFound, ChangedMeanwhile, UnknownLanguage, rules.NobodyToWriteTo, rules.TooManyMessages, *ATTACHING,
)  # fmt: skip


@api.operation(
    "POST", "/v1/pupils/{pupil}/conversations", process=28, status=201, keyed=True,
    body=schemas.NewConversation, answer=schemas.StartedView, errors=(*_WRITING, rules.NoSuchGuardian),
)  # fmt: skip
def start_conversation(request: Request[schemas.NewConversation, None]) -> schemas.StartedView:
    """Begin a conversation about a pupil, between home and mentors"""
    assert request.key
    pupil = PersonId(request.id("pupil"))
    return conversations.start_conversation(request.caller, pupil, request.body, request.key)


@api.operation(
    "POST", "/v1/groups/{group}/conversations", process=28, status=201, keyed=True,
    body=schemas.NewGroupConversation, answer=schemas.StartedView, errors=_WRITING,
)  # fmt: skip
def start_group_conversation(request: Request[schemas.NewGroupConversation, None]) -> schemas.StartedView:
    """Begin a conversation of a group's guardians and mentors"""
    assert request.key
    group = GroupId(request.id("group"))
    return conversations.start_group_conversation(request.caller, group, request.body, request.key)


@api.operation("GET", "/v1/conversations", process=28, query=PageQuery, answer=schemas.ConversationPage)
def list_conversations(request: Request[None, PageQuery]) -> schemas.ConversationPage:
    """The caller's conversations, last written first"""
    return conversations.list_conversations(request.caller, request.query)


@api.operation(
    "GET", "/v1/conversations/{conversation}", process=28, query=PageQuery, answer=schemas.MessagePage,
    errors=(NotFound,),
)  # fmt: skip
def read_conversation(request: Request[None, PageQuery]) -> schemas.MessagePage:
    """A conversation with its messages, newest first"""
    return conversations.read_conversation(request.caller, request.id("conversation"), request.query)


@api.operation(
    "POST", "/v1/conversations/{conversation}/messages", process=28, status=201, keyed=True,
    body=schemas.NewMessage, answer=schemas.StartedView,
    errors=(*_WRITING, rules.ConversationClosed, rules.RepliesOff),
)  # fmt: skip
def write_message(request: Request[schemas.NewMessage, None]) -> schemas.StartedView:
    """Write in a conversation"""
    assert request.key
    return conversations.write_message(request.caller, request.id("conversation"), request.body, request.key)


@api.operation(
    "PUT", "/v1/conversations/{conversation}/seen", process=28, status=204, body=schemas.Seen,
    errors=(NotFound,),
)  # fmt: skip
def mark_conversation_seen(request: Request[schemas.Seen, None]) -> None:
    """Say how far the caller has read"""
    conversations.mark_conversation_seen(request.caller, request.id("conversation"), request.body)


@api.operation(
    "PUT", "/v1/conversations/{conversation}/closing", process=28, versioned=True, body=schemas.Closing,
    answer=schemas.ConversationView, errors=(NotFound, ChangedMeanwhile),
)  # fmt: skip
def close_conversation(request: Request[schemas.Closing, None]) -> schemas.ConversationView:
    """Close a conversation, or open it again"""
    return conversations.close_conversation(
        request.caller, request.id("conversation"), request.body, request.version
    )


@api.operation(
    "PUT", "/v1/conversations/{conversation}/messages/{message}/hiding", process=28, status=204,
    body=schemas.Hiding, errors=(NotFound, ChangedMeanwhile),
)  # fmt: skip
def hide_message(request: Request[schemas.Hiding, None]) -> None:
    """Hide a message, with a reason"""
    conversations.hide_message(
        request.caller, request.id("conversation"), request.id("message"), request.body
    )


@api.operation(
    "PUT", "/v1/conversations/{conversation}/messages/{message}/report", process=28, status=204,
    body=schemas.Hiding, errors=(NotFound, ChangedMeanwhile),
)  # fmt: skip
def report_message(request: Request[schemas.Hiding, None]) -> None:
    """Report a message to those who moderate"""
    conversations.report_message(
        request.caller, request.id("conversation"), request.id("message"), request.body
    )


@api.operation(
    "GET", "/v1/conversations/{conversation}/messages/{message}/attachments/{attachment}", process=28,
    answer=AttachmentLink, errors=(NotFound,),
)  # fmt: skip
def link_message_attachment(request: Request[None, None]) -> AttachmentLink:
    """A link to fetch a file of a message, for five minutes"""
    return conversations.link_message_attachment(
        request.caller, request.id("conversation"), request.id("message"), request.id("attachment")
    )


@api.operation(
    "GET", "/v1/units/{unit}/reports", process=28, query=PageQuery, answer=schemas.ReportPage,
    errors=(NotFound,),
)  # fmt: skip
def list_reports(request: Request[None, PageQuery]) -> schemas.ReportPage:
    """Reported messages at a unit"""
    return conversations.list_reports(request.caller, UnitId(request.id("unit")), request.query)

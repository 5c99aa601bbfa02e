"""Conversations between home and school over HTTP."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from functions.messages.domain.conversations import Part
from functions.messages.schemas.attachments import Attachments, AttachmentView
from functions.messages.schemas.common import Id
from skolkit.http import Shape

Words = Annotated[str, Field(min_length=1, max_length=4_000)]
Title = Annotated[str, Field(min_length=1, max_length=120)]
Language = Annotated[str, Field(pattern=r"^[a-z]{2,3}$")]
Reason = Annotated[str, Field(min_length=1, max_length=300)]


class NewMessage(Shape):
    """A message, kept and given out as it is."""

    text: Words
    language: Language = "sv"
    attachments: Attachments = Field(default=[])


class NewConversation(NewMessage):
    """A conversation about a pupil with its first message; a mentor writes to one guardian or to all."""

    title: Title
    guardian: Id | None = None


class NewGroupConversation(NewMessage):
    """A conversation of a group's guardians and mentors; with `replies` off only the school writes."""

    title: Title
    replies: bool = True


class Hiding(Shape):
    """Why a message is hidden or reported."""

    reason: Reason


class Closing(Shape):
    """Whether nobody writes any more."""

    closed: bool


class Seen(Shape):
    """The last message that has been read."""

    message: Id


class MessageView(Shape):
    """A message: `by_name` is "" when withheld, `text` null and no files when hidden from the reader."""

    id: Id
    at: str
    part: Part
    mine: bool
    by_name: str
    language: str
    text: str | None
    attachments: list[AttachmentView]
    hidden: bool
    reason: str | None


class StartedView(Shape):
    """What has been written: in which conversation, which message, when."""

    conversation: Id
    message: Id
    at: str


class ConversationView(Shape):
    """What a conversation is about, and whether one may write in it; `unread`: something new is there."""

    id: Id
    title: str
    pupil: Id | None
    group: Id | None
    with_all: bool
    replies: bool
    closed: bool
    last: str
    unread: bool
    version: int


class ConversationPage(Shape):
    """The caller's conversations, last written first."""

    data: list[ConversationView]
    cursor: str | None


class MessagePage(Shape):
    """A conversation with its messages, newest first; `part` is what the caller is in it."""

    conversation: ConversationView
    part: Part
    data: list[MessageView]
    cursor: str | None
    version: int


class ReportView(Shape):
    """A reported message."""

    conversation: Id
    message: Id
    reason: str
    at: str


class ReportPage(Shape):
    """What has been reported at a unit."""

    data: list[ReportView]
    cursor: str | None

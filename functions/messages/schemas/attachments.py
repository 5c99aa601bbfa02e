"""Files with news and messages over HTTP."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from functions.messages.domain.attachments import LIMITS, Reason, State
from functions.messages.schemas.common import Id
from skolkit.http import Shape

Attachments = Annotated[list[Id], Field(max_length=LIMITS.together)]


class NewAttachment(Shape):
    """A file that is to be sent: what it is called, of which type it is, its size in bytes."""

    name: Annotated[str, Field(min_length=1, max_length=120)]
    type: Annotated[str, Field(min_length=1, max_length=100)]
    size: Annotated[int, Field(ge=1)]


class AttachmentForm(Shape):
    """Where the file is sent, within a quarter of an hour: a form with these fields, and last the `file`."""

    id: Id
    url: str
    fields: dict[str, str]


class AttachmentState(Shape):
    """A file as its sender sees it; `reason` says why one is refused."""

    id: Id
    name: str
    type: str
    size: int
    state: State
    reason: Reason | None


class AttachmentView(Shape):
    """A file that goes with a post or message."""

    id: Id
    name: str
    type: str
    size: int


class AttachmentLink(Shape):
    """Where a file is fetched, for so many seconds; it is saved, not shown."""

    url: str
    seconds: int

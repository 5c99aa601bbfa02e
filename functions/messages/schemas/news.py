"""News over HTTP."""

from __future__ import annotations

from typing import Annotated

from pydantic import AwareDatetime, Field

from functions.messages.domain.audiences import Kind, Role
from functions.messages.domain.news import Format, State
from functions.messages.schemas.attachments import Attachments, AttachmentView
from functions.messages.schemas.common import Id
from skolkit.http import Shape

Language = Annotated[str, Field(pattern=r"^[a-z]{2,3}$")]


class NewsText(Shape):
    """A text in one language, kept and given out as it is: whoever shows it escapes it."""

    language: Language
    title: Annotated[str, Field(min_length=1, max_length=120)]
    body: Annotated[str, Field(min_length=1, max_length=10_000)]
    format: Format = "plain"


class NewAudience(Shape):
    """A group, a year of a unit, a unit (with id) or the municipality (without), and who there."""

    kind: Kind
    id: Id | None = None
    year: Annotated[int, Field(ge=0, le=10)] | None = None
    roles: Annotated[list[Role], Field(min_length=1, max_length=3)]


class AudienceView(Shape):
    """One place; `recipients` and `read` only for whoever wrote."""

    kind: Kind
    id: Id | None
    year: int | None
    role: Role


class NewNews(Shape):
    """News for audiences, published now or at a time."""

    audiences: Annotated[list[NewAudience], Field(min_length=1, max_length=50)]
    texts: Annotated[list[NewsText], Field(min_length=1, max_length=8)]
    publish_at: AwareDatetime | None = None
    attachments: Attachments = Field(default=[])


class NewsChange(Shape):
    """Other texts; other files too, unless they are left out."""

    texts: Annotated[list[NewsText], Field(min_length=1, max_length=8)]
    attachments: Attachments | None = None


class NewTime(Shape):
    """When news is to be published; null: now."""

    publish_at: AwareDatetime | None


class NewsQuery(Shape):
    """How much of the list, from where; in which of one's roles, all when left out."""

    role: Role | None = None
    limit: Annotated[int, Field(ge=1, le=50)] = 20
    cursor: Annotated[str, Field(max_length=600)] | None = None


class NewsView(Shape):
    """A post as its readers see it: `audiences` are the places of theirs it is for; `author_name` is "" when
    it is withheld. `texts` are data, not HTML.
    """

    id: Id
    author_name: str
    audiences: list[AudienceView]
    texts: list[NewsText]
    attachments: list[AttachmentView]
    published: str
    edited: str | None
    is_read: bool


class NewsPage(Shape):
    """News, newest first."""

    data: list[NewsView]
    cursor: str | None


class OwnNewsView(Shape):
    """A post as its author sees it."""

    id: Id
    audiences: list[AudienceView]
    texts: list[NewsText]
    attachments: list[AttachmentView]
    state: State
    publish_at: str
    edited: str | None
    version: int


class OwnNewsPage(Shape):
    """What the caller has written, newest first."""

    data: list[OwnNewsView]
    cursor: str | None


class PlaceCount(Shape):
    """One place: how many are there and how many of them have read."""

    audience: AudienceView
    recipients: int
    read: int


class EarlierText(Shape):
    """What a post said until it was changed."""

    texts: list[NewsText]
    attachments: list[AttachmentView]
    until: str


class ReceiptsView(Shape):
    """How a post has been received: people `recipients` each once, per place those who stood there when it
    was sent. `more`: more have read than are counted. `reason` is the code of a refusal: nobody, or too many.
    """

    state: State
    recipients: int
    places: list[PlaceCount]
    more: bool
    reason: str | None
    history: list[EarlierText]

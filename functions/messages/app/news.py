"""News to groups, years, units and the municipality (process 28)."""

from __future__ import annotations

from functions.messages.app.base import api, on
from functions.messages.domain import audiences, news
from functions.messages.domain.attachments import ATTACHING
from functions.messages.events import NewsDue
from functions.messages.schemas import news as schemas
from functions.messages.schemas.attachments import AttachmentLink
from functions.messages.schemas.common import PageQuery
from functions.messages.usecases import news as usecases
from functions.messages.usecases import publishing
from skolkit.errors import ChangedMeanwhile, NotFound
from skolkit.events import Envelope
from skolkit.http import Request

_TEXTS = (news.UnknownLanguage, news.LanguageTwice)


@api.operation(
    "POST", "/v1/news", process=28, status=201, keyed=True, body=schemas.NewNews, answer=schemas.OwnNewsView,
    errors=(
        NotFound, audiences.AudienceUnclear, audiences.NobodyThere, news.NotAhead, *_TEXTS, *ATTACHING,
    ),
)  # fmt: skip
def post_news(request: Request[schemas.NewNews, None]) -> schemas.OwnNewsView:
    """Put up news for groups, years, units or the municipality, now or at a time"""
    assert request.key
    return usecases.post_news(request.caller, request.body, request.key)


@api.operation("GET", "/v1/news", process=28, query=schemas.NewsQuery, answer=schemas.NewsPage)
def list_news(request: Request[None, schemas.NewsQuery]) -> schemas.NewsPage:
    """News for the caller, newest first"""
    return usecases.list_news(request.caller, request.query)


@api.operation("GET", "/v1/me/news", process=28, query=PageQuery, answer=schemas.OwnNewsPage)
def list_my_news(request: Request[None, PageQuery]) -> schemas.OwnNewsPage:
    """What the caller has written, the scheduled too"""
    return usecases.list_my_news(request.caller, request.query)


@api.operation("GET", "/v1/news/{news}", process=28, answer=schemas.NewsView, errors=(NotFound,))
def read_news(request: Request[None, None]) -> schemas.NewsView:
    """One post of news"""
    return usecases.read_news(request.caller, request.id("news"))


@api.operation(
    "GET", "/v1/news/{news}/attachments/{attachment}", process=28, answer=AttachmentLink, errors=(NotFound,)
)
def link_news_attachment(request: Request[None, None]) -> AttachmentLink:
    """A link to fetch a file of a post, for five minutes"""
    return usecases.link_news_attachment(request.caller, request.id("news"), request.id("attachment"))


@api.operation(
    "PUT", "/v1/news/{news}", process=28, versioned=True, body=schemas.NewsChange,
    answer=schemas.OwnNewsView, errors=(NotFound, ChangedMeanwhile, news.NewsWithdrawn, *_TEXTS, *ATTACHING),
)  # fmt: skip
def edit_news(request: Request[schemas.NewsChange, None]) -> schemas.OwnNewsView:
    """Change the texts and files; what was there is kept"""
    return usecases.edit_news(request.caller, request.id("news"), request.body, request.version)


@api.operation(
    "PUT", "/v1/news/{news}/time", process=28, versioned=True, body=schemas.NewTime,
    answer=schemas.OwnNewsView,
    errors=(NotFound, ChangedMeanwhile, news.NewsWithdrawn, news.AlreadyPublished, news.NotAhead),
)  # fmt: skip
def reschedule_news(request: Request[schemas.NewTime, None]) -> schemas.OwnNewsView:
    """Publish scheduled news at another time, or now"""
    return usecases.reschedule_news(request.caller, request.id("news"), request.body, request.version)


@api.operation(
    "DELETE", "/v1/news/{news}", process=28, status=204, versioned=True,
    errors=(NotFound, ChangedMeanwhile, news.NewsWithdrawn),
)  # fmt: skip
def withdraw_news(request: Request[None, None]) -> None:
    """Take news away from its readers"""
    usecases.withdraw_news(request.caller, request.id("news"), request.version)


@api.operation("PUT", "/v1/news/{news}/receipt", process=28, status=204, errors=(NotFound,))
def mark_news_read(request: Request[None, None]) -> None:
    """Say that the caller has read a post"""
    usecases.mark_news_read(request.caller, request.id("news"))


@api.operation("GET", "/v1/news/{news}/receipts", process=28, answer=schemas.ReceiptsView, errors=(NotFound,))
def read_news_receipts(request: Request[None, None]) -> schemas.ReceiptsView:
    """How many have read a post, by audience, and what it said before"""
    return usecases.read_news_receipts(request.caller, request.id("news"))


@on.on_schedule(
    "cron(0/5 * * * ? *)", process=28, timeout=60,
    meaning="Schemalagda nyheter och påminnelser skickas inte. De ligger kvar och går ut vid nästa körning.",
)  # fmt: skip
def publish_due() -> None:
    """Every five minutes: hand on what has come due."""
    publishing.publish_due()


@on.on_facts(
    NewsDue.type, process=28, timeout=900, memory=1024, batch=1, runbook="notices",
    meaning="Nyheter till hem och personal publiceras inte. De ligger kvar och kan köras om.",
)  # fmt: skip
def publish_news(envelope: Envelope) -> None:
    """Publish news and tell those it is for."""
    publishing.publish_news(NewsDue.model_validate(envelope.data))

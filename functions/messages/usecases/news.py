"""News: posted, changed, withdrawn and followed by whoever may speak to an audience; read by whoever stands
in one today.
"""

from __future__ import annotations

from collections.abc import Collection
from contextlib import suppress
from datetime import datetime

from functions.access import guard
from functions.messages.domain import audiences as audience_rules
from functions.messages.domain import news as rules
from functions.messages.domain.audiences import Audience
from functions.messages.events import NewsDue
from functions.messages.schemas.attachments import AttachmentLink
from functions.messages.schemas.common import PageQuery
from functions.messages.schemas.news import (
    EarlierText,
    NewNews,
    NewsChange,
    NewsPage,
    NewsQuery,
    NewsView,
    NewTime,
    OwnNewsPage,
    OwnNewsView,
    PlaceCount,
    ReceiptsView,
)
from functions.messages.store import DueItem, board
from functions.messages.store import news as store
from functions.messages.store.attachments import NewsFileItem
from functions.messages.store.news import PostItem
from functions.messages.usecases.attachments import attach, link_to, views_of
from functions.messages.usecases.places import audiences_of, boards_of, place_view, said_in, texts_of
from functions.messages.usecases.recipients import anybody_in, standing
from functions.organisation import queries as organisation
from functions.register import queries as register
from skolkit.audit import Trace
from skolkit.clock import now, stamp
from skolkit.errors import ChangedMeanwhile, NotFound
from skolkit.idempotency import RequestKey
from skolkit.identity import Caller
from skolkit.table import Overwrite, Remove, Write, commit, fetch
from skolkit.types import PersonId, UnitId, new_id


def post_news(caller: Caller, new: NewNews, key: RequestKey) -> OwnNewsView:
    """Put up news for audiences, now or later; a queue publishes it. Three round trips, one more with files,
    and those that find the first recipient; a group's are two.
    """
    rules.check_time(new.publish_at, now())
    texts = said_in(new.texts)
    boards = boards_of(caller, list(audiences_of(new.audiences)), "messages:post_news")
    if not any(a.kind == "municipality" for a in new.audiences) and not anybody_in(_all(boards)):
        raise audience_rules.NobodyThere(field="audiences")
    at = new.publish_at or now()
    post = store.new_post(new_id(), caller.person_id, boards, texts, at)
    post.files, attached = attach(new.attachments, caller.person_id, NewsFileItem, post.pk)
    view = _own_view(post, version=1)
    writes: list[Write] = [post, store.authored(post), *attached]
    later = [board.due_item(at, "NEWS", post.id)] if new.publish_at else []
    commit(
        *writes, *later,
        facts=[] if later else [NewsDue(post=post.id)],
        trace=Trace(caller.person_id, "post_news", post.id),
        once=key.once(view.model_dump_json(by_alias=True)),
    )  # fmt: skip
    return view


def list_news(caller: Caller, query: NewsQuery) -> NewsPage:
    """What has been published for the places where the caller stands today, newest first. For a guardian with
    one child at one school six round trips: children, child, groups, two boards, and one batch of posts,
    receipts and names; two more per child or school.
    """
    here = standing(caller.person_id, query.role)
    bound = f"{caller.seal}/{query.role or ''}"
    rows, cursor = board.page_of_boards(here.units, "NEWS", here.places, query.limit, query.cursor, bound)
    ids = [row.id for row in rows]
    posts, read, names = fetch(
        store.wanted_posts(ids),
        store.wanted_receipts(ids, caller.person_id),
        register.wanted_names(list({row.by for row in rows})),
    )
    data = [
        _view(posts[row.id], row.places, names, is_read=row.id in read)
        for row in rows
        if row.id in posts and posts[row.id].state == "published"
    ]
    return NewsPage(data=data, cursor=cursor)


def read_news(caller: Caller, id: str) -> NewsView:
    """One post. Two round trips, and those of `list_news` that find where the caller stands."""
    post, places = _readable(caller, id)
    (names,) = fetch(register.wanted_names([PersonId(post.author)]))
    return _view(post, places, names, is_read=store.has_read(id, caller.person_id))


def link_news_attachment(caller: Caller, id: str, attachment: str) -> AttachmentLink:
    """A link to a file of a post that the caller reads now, or may publish. As `read_news`."""
    post, _ = _readable(caller, id)
    if post.state in ("withdrawn", "refused"):
        raise NotFound
    return link_to(attachment, post.files)


def mark_news_read(caller: Caller, id: str) -> None:
    """Remember that the caller has read a post; the first time counts."""
    _, places = _readable(caller, id)
    if not places or store.has_read(id, caller.person_id):
        return
    receipt = store.receipt_item(id, caller.person_id, min(places))
    with suppress(ChangedMeanwhile):  # the same person's other device was first
        commit(receipt, trace=Trace(caller.person_id, "mark_news_read", id))


def list_my_news(caller: Caller, query: PageQuery) -> OwnNewsPage:
    """What the caller has written, the scheduled too. Two round trips."""
    found, cursor = store.page_of_authored(caller.person_id, query.limit, query.cursor, caller.seal)
    return OwnNewsPage(data=[_own_view(post) for post in found], cursor=cursor)


def edit_news(caller: Caller, id: str, change: NewsChange, version: int) -> OwnNewsView:
    """Change the texts and files; what was there is kept. Four round trips, one more with files."""
    post = _changeable(caller, id, version)
    before = store.earlier(post, caller.person_id)
    post.texts, post.edited = store.rows_of(said_in(change.texts)), stamp(now())
    attached: list[Write] = []
    if change.attachments is not None:
        post.files, attached = attach(change.attachments, caller.person_id, NewsFileItem, post.pk)
    commit(post, before, *attached, trace=Trace(caller.person_id, "edit_news", id))
    return _own_view(post)


def reschedule_news(caller: Caller, id: str, new: NewTime, version: int) -> OwnNewsView:
    """Give a post that waits another time, or publish it now. Four round trips.

    Whoever publishes it at this moment has read another version: one of the two is refused. What has been
    handed to the queue for the earlier time finds that it is not due.
    """
    post = _changeable(caller, id, version)
    rules.check_waiting(post.state)  # type: ignore[arg-type]
    rules.check_time(new.publish_at, now())
    at = new.publish_at or now()
    gone = [store.authored(post), _due(post)]
    post.publish_at = stamp(at)
    there = [store.authored(post), *([_due(post)] if new.publish_at else [])]
    keys = {(row.pk, row.sk) for row in there}
    commit(
        post, *(Remove(row) for row in gone if (row.pk, row.sk) not in keys), *map(Overwrite, there),
        facts=[] if new.publish_at else [NewsDue(post=id)],
        trace=Trace(caller.person_id, "reschedule_news", id),
    )  # fmt: skip
    return _own_view(post)


def _due(post: PostItem) -> DueItem:
    return board.due_item(datetime.fromisoformat(post.publish_at), "NEWS", post.id)


def withdraw_news(caller: Caller, id: str, version: int) -> None:
    """Take a post away from its readers, or one that waits out of the plan; it is kept for its author. Four
    round trips.
    """
    post = _changeable(caller, id, version)
    due = _due(post)
    post.state = "withdrawn"
    gone = [Remove(row) for row in (*store.board_rows(post), due)]
    commit(post, *gone, trace=Trace(caller.person_id, "withdraw_news", id))


def read_news_receipts(caller: Caller, id: str) -> ReceiptsView:
    """How many have read a post, by place, and what it said before. Six round trips."""
    post = _editable(caller, id)
    read, more = store.count_receipts(id)
    told = store.sending(id)
    counts = told.counts if told else {}
    return ReceiptsView(
        state=post.state,
        recipients=int(told.recipients) if told else 0,
        places=[
            PlaceCount(audience=place_view(place), recipients=counts.get(place, 0), read=read[place])
            for place in sorted(post.places)
        ],
        more=more,
        reason=told.reason if told else None,
        history=[
            EarlierText(texts=texts_of(v.texts), attachments=views_of(v.files), until=v.at)
            for v in store.history(id)
        ],
    )


def _all(boards: dict[str, list[str]]) -> set[str]:
    return {place for places in boards.values() for place in places}


def _readable(caller: Caller, id: str) -> tuple[PostItem, frozenset[str]]:
    """The post and the caller's places that it is for; none for whoever may only speak there."""
    post = store.find_post(id)
    if post is None:
        raise NotFound
    mine = post.places & standing(caller.person_id).places if post.state == "published" else frozenset[str]()
    if not mine:
        _require_editor(caller, post)
    return post, mine


def _editable(caller: Caller, id: str) -> PostItem:
    post = store.find_post(id)
    if post is None:
        raise NotFound
    _require_editor(caller, post)
    return post


def _changeable(caller: Caller, id: str, version: int) -> PostItem:
    post = _editable(caller, id)
    if post.version != version:
        raise ChangedMeanwhile(field="If-Match", value=version)
    rules.check_open(post.state)  # type: ignore[arg-type]
    return post


def _require_editor(caller: Caller, post: PostItem) -> None:
    """The author, while they may still speak to all its audiences, or whoever moderates its units."""
    if post.author == caller.person_id:
        boards_of(caller, [Audience.of(place) for place in sorted(post.places)], "messages:post_news")
        return
    duties = organisation.duties_of(caller.person_id)
    for unit in post.boards:
        everywhere = unit == organisation.MUNICIPALITY
        thing = guard.SYSTEM if everywhere else guard.Unit(UnitId(unit))
        guard.require(caller, "messages:moderate", thing, duties)


def _view(
    post: PostItem, places: Collection[str], names: dict[PersonId, register.PersonName], *, is_read: bool
) -> NewsView:
    author = names.get(PersonId(post.author))
    shown = f"{author.given_name} {author.family_name}" if author and not author.protected else ""
    return NewsView(
        id=post.id, author_name=shown, audiences=[place_view(place) for place in sorted(places)],
        texts=texts_of(post.texts), attachments=views_of(post.files),
        published=post.publish_at, edited=post.edited, is_read=is_read,
    )  # fmt: skip


def _own_view(post: PostItem, version: int | None = None) -> OwnNewsView:
    return OwnNewsView(
        id=post.id, audiences=[place_view(place) for place in sorted(post.places)],
        texts=texts_of(post.texts), attachments=views_of(post.files), state=post.state,
        publish_at=post.publish_at, edited=post.edited, version=version or post.version,
    )  # fmt: skip

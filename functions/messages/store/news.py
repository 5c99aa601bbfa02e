"""News: the post with its earlier versions in one partition, who has read it in another, how far telling has
come beside it. Keys are built only here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any, TypeVar

from pynamodb.attributes import JSONAttribute, NumberAttribute, UnicodeAttribute

from functions.messages.domain.news import Said
from functions.messages.store import MessagesItem
from functions.messages.store.attachments import AttachmentItem, files_of
from functions.messages.store.board import BoardItem, board_item
from skolkit.clock import now, stamp
from skolkit.cursor import seal, unseal
from skolkit.table import Wanted, fetch
from skolkit.types import PersonId, UnitId

RECEIPT_DAYS = 400
SENDING_DAYS = 90
MOST_COUNTED = 10_000
W = TypeVar("W")


class PostItem(MessagesItem, discriminator="news"):
    """A post: `audiences` are places, `boards` the places by unit, `texts` rows of language, title, body and
    format, `files` go with it; `told` is what its retention counts from.
    """

    author = UnicodeAttribute()
    boards = JSONAttribute()
    texts = JSONAttribute()
    files = JSONAttribute(null=True)
    state = UnicodeAttribute()
    publish_at = UnicodeAttribute()
    edited = UnicodeAttribute(null=True)

    @property
    def id(self) -> str:
        pk: str = self.pk
        return pk.removeprefix("NEWS#")

    @property
    def places(self) -> frozenset[str]:
        return frozenset(place for places in self.boards.values() for place in places)

    @property
    def said(self) -> list[Said]:
        return [Said(*row) for row in self.texts]


class PostVersionItem(MessagesItem, discriminator="news_version"):
    """What a post said before it was changed; `by` changed it."""

    texts = JSONAttribute()
    files = JSONAttribute(null=True)
    by = UnicodeAttribute()
    at = UnicodeAttribute()


class AuthoredItem(MessagesItem, discriminator="news_authored"):
    """A post in its author's list."""


class SendingItem(MessagesItem, discriminator="news_sending"):
    """How far telling people of a post has come: `told` is the last who has been told, "" at the end;
    `counts` are people by place.
    """

    state = UnicodeAttribute(default="running")
    told = UnicodeAttribute(null=True)
    recipients = NumberAttribute(default=0)
    counts = JSONAttribute(default=dict)
    reason = UnicodeAttribute(null=True)


class ReceiptItem(MessagesItem, discriminator="news_receipt"):
    """That somebody has read a post, in which place."""

    place = UnicodeAttribute()
    at = UnicodeAttribute()


def _key(post: str) -> tuple[str, str]:
    return f"NEWS#{post}", "NEWS"


def new_post(
    id: str, author: PersonId, boards: dict[str, list[str]], texts: Sequence[Said], at: datetime
) -> PostItem:
    """A post to be published at a time."""
    return PostItem(
        *_key(id), author=author, boards=boards, texts=rows_of(texts), state="scheduled", publish_at=stamp(at)
    )


def rows_of(texts: Sequence[Said]) -> list[list[str]]:
    """Texts as they are stored."""
    return [[s.language, s.title, s.body, s.format] for s in texts]


def authored(post: PostItem) -> AuthoredItem:
    """The post in its author's list: by when it is or was to be published."""
    return AuthoredItem(f"PERSON#{post.author}", f"NEWS#{post.publish_at}#{post.id}")


def find_post(id: str) -> PostItem | None:
    """A post; one consistent get."""
    return PostItem.find(*_key(id))


def wanted_posts(ids: Sequence[str]) -> Wanted[dict[str, PostItem]]:
    """Posts by id; those that are gone are left out."""
    return Wanted(
        PostItem, [_key(id) for id in ids], lambda found: {post.id: post for post in found.values()}
    )


def wanted_receipts(ids: Sequence[str], reader: PersonId) -> Wanted[set[str]]:
    """Which of some posts somebody has read."""
    keys = [(f"READS#{id}", reader) for id in ids]
    return Wanted(ReceiptItem, keys, lambda found: {pk.removeprefix("READS#") for pk, _ in found})


def board_rows(post: PostItem) -> list[BoardItem]:
    """The post's rows on the boards of its units."""
    at = datetime.fromisoformat(post.publish_at)
    return [
        board_item(UnitId(unit), "NEWS", at, post.id, places, PersonId(post.author))
        for unit, places in sorted(post.boards.items())
    ]


def earlier(post: PostItem, by: PersonId) -> PostVersionItem:
    """What a post says now, to be kept when it is changed."""
    sk = f"V#{int(post.version or 0):06}"
    return PostVersionItem(post.pk, sk, texts=post.texts, files=post.files, by=by, at=stamp(now()))


def history(post: str) -> list[PostVersionItem]:
    """What a post said before, oldest first. One query."""
    return list(PostVersionItem.query(f"NEWS#{post}", PostVersionItem.sk.startswith("V#")))


def sending(post: str) -> SendingItem | None:
    """How far telling has come; one consistent get."""
    return SendingItem.find(f"NEWS#{post}", "SENDING")


def new_sending(post: str) -> SendingItem:
    """Telling that begins now."""
    expires = int((now() + timedelta(days=SENDING_DAYS)).timestamp())
    return SendingItem(f"NEWS#{post}", "SENDING", expires=expires)


def receipt_item(post: str, reader: PersonId, place: str) -> ReceiptItem:
    """That somebody has read a post."""
    at = now()
    expires = int((at + timedelta(days=RECEIPT_DAYS)).timestamp())
    return ReceiptItem(f"READS#{post}", reader, place=place, at=stamp(at), expires=expires)


def has_read(post: str, reader: PersonId) -> bool:
    """One consistent get."""
    return ReceiptItem.find(f"READS#{post}", reader) is not None


def count_receipts(post: str) -> tuple[Counter[str], bool]:
    """How many have read a post, by place, and whether there are more than were counted. One query per
    10,000 or so.
    """
    rows = ReceiptItem.query(
        f"READS#{post}", attributes_to_get=["place", "kind"], limit=MOST_COUNTED, page_size=MOST_COUNTED
    )
    counted = Counter(row.place for row in rows)
    return counted, rows.last_evaluated_key is not None


def page_of_authored(
    author: PersonId, limit: int, cursor: str | None, caller: str
) -> tuple[list[PostItem], str | None]:
    """What somebody has written, newest first. One query and one batch."""
    return page_of_written(AuthoredItem, f"PERSON#{author}", "NEWS#", wanted_posts, limit, cursor, caller)


def page_of_written(
    kind: type[AuthoredItem], pk: str, prefix: str, wanted: Callable[[list[str]], Wanted[dict[str, W]]],
    limit: int, cursor: str | None, caller: str,
) -> tuple[list[W], str | None]:  # fmt: skip
    """What is in somebody's list of what they have written, newest first. One query and one batch."""
    found = kind.query(
        pk, kind.sk.startswith(prefix), limit=limit, page_size=limit, scan_index_forward=False,
        last_evaluated_key=unseal(cursor, "authored", prefix, caller),
    )  # fmt: skip
    ids = [row.sk.rpartition("#")[2] for row in found]
    there: dict[str, W] = fetch(wanted(ids), consistent=True)[0]
    after = seal(found.last_evaluated_key, "authored", prefix, caller)
    return [there[id] for id in ids if id in there], after


def everything_of(author: PersonId) -> list[tuple[str, list[Said]]]:
    """All that somebody has written: when it was to be published, and what it says. One query, and one batch
    per hundred.
    """
    rows = AuthoredItem.query(f"PERSON#{author}", AuthoredItem.sk.startswith("NEWS#"), consistent_read=True)
    ids = [row.sk.rpartition("#")[2] for row in rows]
    posts: dict[str, PostItem] = fetch(wanted_posts(ids), consistent=True)[0]
    return [(posts[id].publish_at, posts[id].said) for id in ids if id in posts]


def files_of_author(author: PersonId) -> list[AttachmentItem]:
    """The files that somebody has sent with news of their own, also those taken out again. As
    `everything_of`, one query per changed post and a batch per hundred files.
    """
    rows = AuthoredItem.query(f"PERSON#{author}", AuthoredItem.sk.startswith("NEWS#"), consistent_read=True)
    posts = fetch(wanted_posts([row.sk.rpartition("#")[2] for row in rows]), consistent=True)[0].values()
    said = [post.files for post in posts]
    said += [version.files for post in posts if post.edited for version in history(post.id)]
    return [file for file in files_of(said) if file.by == author]


def whole_post(post: PostItem) -> list[Any]:
    """All rows of a post: itself, what it said before, in its author's list and on the boards, its files. One
    query, a get per row elsewhere, and a batch.
    """
    rows: list[Any] = [authored(post), *board_rows(post)]
    there = [found for row in rows if (found := type(row).find(row.pk, row.sk))]
    before = history(post.id)
    said = [post.files, *(version.files for version in before)]
    return [post, *before, *there, *files_of(said)]

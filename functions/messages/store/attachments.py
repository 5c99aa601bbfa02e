"""Files that people send: each a row of its own, which expires a week after it was asked for unless it is
attached to a post or message; then it goes with that. Keys are built only here.

A released file in the bucket goes when its row does, whoever took the row away.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any

from pynamodb.attributes import NumberAttribute, UnicodeAttribute

from functions.messages.domain.attachments import LIMITS, Attachment
from functions.messages.store import MessagesItem
from skolkit.clock import now, stamp
from skolkit.table import Wanted, fetch
from skolkit.types import PersonId

PARTITION = "FILE#"
Row = list[Any]  # id, name, type, size: how a post or message says which files go with it


class AttachmentItem(MessagesItem, discriminator="attachment"):
    """A file somebody has asked to send, not attached yet."""

    by = UnicodeAttribute()
    name = UnicodeAttribute()
    content_type = UnicodeAttribute()
    size = NumberAttribute()
    state = UnicodeAttribute()
    why = UnicodeAttribute(null=True)
    at = UnicodeAttribute()
    used = UnicodeAttribute(null=True)

    @property
    def id(self) -> str:
        pk: str = self.pk
        return pk.removeprefix(PARTITION)


class NewsFileItem(AttachmentItem, discriminator="news_file"):
    """A file that goes with a post; `used` is the post's partition."""


class TalkFileItem(AttachmentItem, discriminator="talk_file"):
    """A file that goes with a message; `used` is the conversation's partition and the message."""


def _key(id: str) -> tuple[str, str]:
    return f"{PARTITION}{id}", "FILE"


def new_attachment(file: Attachment) -> AttachmentItem:
    """A file that is to come."""
    at = now()
    return AttachmentItem(
        *_key(file.id), by=file.by, name=file.name, content_type=file.type, size=file.size, state=file.state,
        at=stamp(at), expires=int((at + timedelta(days=LIMITS.unused_days)).timestamp()),
    )  # fmt: skip


def find_attachment(id: str) -> AttachmentItem | None:
    """A file that has not expired; one consistent get."""
    item = AttachmentItem.find(*_key(id))
    return item if item and _lasts(item) else None


def is_gone(pk: str) -> bool:
    """Whether a partition of a file holds nothing any more; one consistent get."""
    return AttachmentItem.find(pk, "FILE") is None


def wanted_attachments(ids: Sequence[str]) -> Wanted[dict[str, AttachmentItem]]:
    """Files by id; those that are gone are left out."""
    return Wanted(
        AttachmentItem, [_key(id) for id in ids],
        lambda found: {item.id: item for item in found.values() if _lasts(item)},
    )  # fmt: skip


def _lasts(item: AttachmentItem) -> bool:
    """The database takes its time with what has expired."""
    return item.expires is None or item.expires > now().timestamp()


def attachment(item: AttachmentItem) -> Attachment:
    """The file as the rules see it."""
    return Attachment(
        item.id, PersonId(item.by), item.name, item.content_type, int(item.size), item.state,  # type: ignore[arg-type]
        item.why, item.used,  # type: ignore[arg-type]
    )  # fmt: skip


def used_in(kind: type[AttachmentItem], item: AttachmentItem, place: str) -> AttachmentItem:
    """The file attached to a place, to be written over what was read; it expires no more."""
    return kind(
        item.pk, item.sk, by=item.by, name=item.name, content_type=item.content_type, size=item.size,
        state=item.state, at=item.at, used=place,
    ).over(item.version)  # fmt: skip


def row_of(file: Attachment) -> Row:
    """A file as the post or message it goes with says it."""
    return [file.id, file.name, file.type, file.size]


def ids_of(rows: Sequence[Row] | None) -> list[str]:
    """The ids in what a post or message says."""
    return [str(row[0]) for row in rows or ()]


def files_of(said: Iterable[Sequence[Row] | None]) -> list[AttachmentItem]:
    """The files that posts or messages say go with them, those there still are. One batch per hundred."""
    ids = list(dict.fromkeys(id for rows in said for id in ids_of(rows)))
    found: dict[str, AttachmentItem] = fetch(wanted_attachments(ids), consistent=True)[0]
    return [found[id] for id in ids if id in found]

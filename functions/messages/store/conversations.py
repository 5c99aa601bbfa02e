"""Conversations: the talk and its messages in one partition, in the lists of the pupil or group it is about
and of the mentors, by when something was last written. Keys are built only here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from pynamodb.attributes import BooleanAttribute, JSONAttribute, NumberAttribute, UnicodeAttribute

from functions.messages.store import MessagesItem
from functions.messages.store.attachments import files_of
from skolkit.clock import now, stamp
from skolkit.cursor import seal, unseal
from skolkit.table import Overwrite, Remove, Wanted, Write
from skolkit.types import GroupId, PersonId, UnitId, new_id

SEEN_DAYS = 400
MENTORS = "TALKS#M#"
QUERIES = 4  # of one list for one page


class TalkItem(MessagesItem, discriminator="talk"):
    """A conversation about a pupil (with `guardian`, or all who have custody) or a group; `last` is when
    something was last written, `newest` what, `lists` are where it is listed by that.
    """

    pupil = UnicodeAttribute(null=True)
    group = UnicodeAttribute(null=True)
    unit = UnicodeAttribute()
    guardian = UnicodeAttribute(null=True)
    by = UnicodeAttribute()
    title = UnicodeAttribute()
    replies = BooleanAttribute(default=True)
    closed = BooleanAttribute(default=False)
    reported = BooleanAttribute(default=False)
    last = UnicodeAttribute()
    newest = UnicodeAttribute(null=True)
    lists = JSONAttribute(default=list)

    @property
    def id(self) -> str:
        pk: str = self.pk
        return pk.removeprefix("TALK#")


class MessageItem(MessagesItem, discriminator="talk_message"):
    """A message; `part` is what the writer was then, `files` go with it. Hidden ones say by whom and why."""

    by = UnicodeAttribute()
    part = UnicodeAttribute()
    text = UnicodeAttribute()
    language = UnicodeAttribute()
    at = UnicodeAttribute()
    files = JSONAttribute(null=True)
    hidden_by = UnicodeAttribute(null=True)
    hidden_reason = UnicodeAttribute(null=True)

    @property
    def id(self) -> str:
        sk: str = self.sk
        return sk.removeprefix("M#")


class ListedTalkItem(MessagesItem, discriminator="talk_listed"):
    """A conversation in a list; `about` is the pupil, `guardian` with whom alone."""

    about = UnicodeAttribute(null=True)
    guardian = UnicodeAttribute(null=True)


class SeenItem(MessagesItem, discriminator="talk_seen"):
    """How far somebody has read a conversation."""

    message = UnicodeAttribute()


class WroteItem(MessagesItem, discriminator="talk_wrote"):
    """That somebody has written in a conversation, for their register extract."""


class PaceItem(MessagesItem, discriminator="talk_pace"):
    """How much somebody has written in an hour."""

    number = NumberAttribute()


class ReportItem(MessagesItem, discriminator="talk_report"):
    """That somebody has reported a message, for those who moderate the unit."""

    by = UnicodeAttribute()
    reason = UnicodeAttribute()
    at = UnicodeAttribute()


@dataclass(frozen=True, slots=True)
class Listed:
    """A row of a list; `place` orders it."""

    talk: str
    about: str | None
    guardian: str | None
    place: str


def pupils_list(pupil: PersonId) -> str:
    """The list of the conversations about a pupil."""
    return f"TALKS#P#{pupil}"


def groups_list(group: GroupId) -> str:
    """The list of a group's own conversations."""
    return f"TALKS#G#{group}"


def mentors_list(group: GroupId) -> str:
    """The list of the conversations about a group's members, for its mentors."""
    return f"{MENTORS}{group}"


def find_talk(id: str) -> TalkItem | None:
    """A conversation; one consistent get."""
    return TalkItem.find(f"TALK#{id}", "TALK")


def find_message(talk: str, id: str) -> MessageItem | None:
    """A message; one consistent get."""
    return MessageItem.find(f"TALK#{talk}", f"M#{id}")


def wanted_talks(ids: Sequence[str]) -> Wanted[dict[str, TalkItem]]:
    """Conversations by id."""
    keys = [(f"TALK#{id}", "TALK") for id in ids]
    return Wanted(TalkItem, keys, lambda found: {talk.id: talk for talk in found.values()})


def wanted_seen(ids: Sequence[str], reader: PersonId) -> Wanted[dict[str, str]]:
    """The last message somebody has read in each of some conversations."""
    keys = [(f"PERSON#{reader}", f"SEEN#{id}") for id in ids]
    return Wanted(
        SeenItem, keys, lambda found: {sk.removeprefix("SEEN#"): i.message for (_, sk), i in found.items()}
    )


def new_talk(**fields: Any) -> TalkItem:
    """A conversation without messages."""
    return TalkItem(f"TALK#{new_id()}", "TALK", **fields)


def message_item(talk: TalkItem, by: PersonId, part: str, text: str, language: str) -> MessageItem:
    """A message written now."""
    return MessageItem(
        talk.pk, f"M#{new_id()}", by=by, part=part, text=text, language=language, at=stamp(now())
    )


def writing(talk: TalkItem, message: MessageItem, lists: Iterable[str]) -> list[Write]:
    """What adds a message: itself, the conversation moved to the head of its lists, and that its writer has
    written and read it. Five writes and two more per list.
    """
    before = [_listed(talk, pk) for pk in talk.lists]
    talk.last, talk.newest, talk.lists = message.at, message.id, sorted(lists)
    now_there = {(pk, f"{talk.last}#{talk.id}") for pk in talk.lists}
    old = [Remove(row) for row in before if (row.pk, row.sk) not in now_there]
    by = PersonId(message.by)
    return [
        talk, message, *old, *(Overwrite(_listed(talk, pk)) for pk in talk.lists),
        Overwrite(seen_item(by, talk.id, message.id)), Overwrite(_wrote(by, talk.id)),
    ]  # fmt: skip


def _listed(talk: TalkItem, pk: str) -> ListedTalkItem:
    return ListedTalkItem(pk, f"{talk.last}#{talk.id}", about=talk.pupil, guardian=talk.guardian)


def _wrote(by: PersonId, talk: str) -> WroteItem:
    return WroteItem(f"PERSON#{by}", f"WROTE#{talk}")


def seen_item(reader: PersonId, talk: str, message: str) -> SeenItem:
    """How far somebody has read."""
    expires = int((now() + timedelta(days=SEEN_DAYS)).timestamp())
    return SeenItem(f"PERSON#{reader}", f"SEEN#{talk}", message=message, expires=expires)


def pace(person: PersonId, of: str = "") -> PaceItem:
    """What somebody has written (or sent, `of` files) this hour, to be written with one more. One consistent
    get.
    """
    at = now()
    key = f"PACE#{of}{person}", stamp(at)[:13]
    expires = int((at + timedelta(days=1)).timestamp())
    return PaceItem.find(*key) or PaceItem(*key, number=0, expires=expires)


def page_of_lists(
    lists: Sequence[str], keep: Callable[[str, Listed], bool], limit: int, cursor: str | None, caller: str
) -> tuple[list[str], str | None]:
    """The ids of the conversations of several lists, last written first, each once, and the cursor of the
    next page. One query per list for most.
    """
    start = unseal(cursor, "talks", caller)
    before = start["before"] if start else "~"
    found: dict[str, Listed] = {}
    floor = ""
    for pk in lists:
        rows, reached = _read(pk, keep, limit, before)
        found |= {row.place: row for row in rows}
        floor = max(floor, reached)
    page = sorted((place for place in found if place >= floor), reverse=True)
    more = len(page) > limit
    page = page[:limit]
    last = page[-1] if more else floor
    return [found[place].talk for place in page], seal({"before": last} if last else None, "talks", caller)


def _read(pk: str, keep: Callable[[str, Listed], bool], limit: int, before: str) -> tuple[list[Listed], str]:
    found: list[Listed] = []
    after, last = None, ""
    for _ in range(QUERIES):
        rows = ListedTalkItem.query(
            pk, ListedTalkItem.sk < before, page_size=limit + 1, limit=limit + 1,
            scan_index_forward=False, last_evaluated_key=after,
        )  # fmt: skip
        for row in rows:
            last = row.sk
            listed = Listed(row.sk.rpartition("#")[2], row.about, row.guardian, row.sk)
            if keep(pk, listed):
                found.append(listed)
            if len(found) > limit:
                return found, last
        after = rows.last_evaluated_key
        if after is None:
            return found, ""
    return found, last


def written_since(pk: str, since: datetime) -> list[Listed]:
    """The conversations of a list in which something has been written since a time. One query."""
    rows = ListedTalkItem.query(pk, ListedTalkItem.sk >= stamp(since))
    return [Listed(row.sk.rpartition("#")[2], row.about, row.guardian, row.sk) for row in rows]


def wanted_newest(ids: Sequence[str]) -> Wanted[dict[str, str]]:
    """The last message of conversations."""
    keys = [(f"TALK#{id}", "TALK") for id in ids]
    return Wanted(
        TalkItem, keys, lambda found: {pk.removeprefix("TALK#"): t.newest for (pk, _), t in found.items()},
        only=("newest",),
    )  # fmt: skip


def page_of_messages(
    talk: str, limit: int, cursor: str | None, caller: str
) -> tuple[list[MessageItem], str | None]:
    """A conversation's messages, newest first. One query."""
    found = MessageItem.query(
        f"TALK#{talk}", MessageItem.sk.startswith("M#"), limit=limit, page_size=limit,
        scan_index_forward=False, last_evaluated_key=unseal(cursor, "messages", talk, caller),
        consistent_read=True,
    )  # fmt: skip
    return list(found), seal(found.last_evaluated_key, "messages", talk, caller)


def report_item(talk: TalkItem, message: str, by: PersonId, reason: str) -> ReportItem:
    """A report, the same for the same person and message."""
    sk = f"{talk.id}#{message}#{by}"
    return ReportItem(f"REPORTS#{talk.unit}", sk, by=by, reason=reason, at=stamp(now()))


def page_of_reports(
    unit: UnitId, limit: int, cursor: str | None, caller: str
) -> tuple[list[ReportItem], str | None]:
    """What has been reported at a unit, newest conversation first. One query."""
    found = ReportItem.query(
        f"REPORTS#{unit}", limit=limit, page_size=limit, scan_index_forward=False,
        last_evaluated_key=unseal(cursor, "reports", unit, caller),
    )  # fmt: skip
    return list(found), seal(found.last_evaluated_key, "reports", unit, caller)


def written_by(person: PersonId) -> list[tuple[str, list[MessageItem]]]:
    """What somebody has written, by conversation's title. One query, and two per conversation."""
    rows = WroteItem.query(f"PERSON#{person}", WroteItem.sk.startswith("WROTE#"), consistent_read=True)
    found = []
    for row in rows:
        talk = find_talk(row.sk.removeprefix("WROTE#"))
        if talk:
            found.append((str(talk.title), [m for m in messages_of(talk.id) if m.by == person]))
    return found


def about_pupil(pupil: PersonId) -> list[MessageItem]:
    """All messages of the conversations about a pupil. One query, and one per conversation."""
    rows = list(ListedTalkItem.query(pupils_list(pupil), consistent_read=True))
    return [message for row in rows for message in messages_of(row.sk.rpartition("#")[2])]


def messages_of(talk: str) -> list[MessageItem]:
    """All messages, oldest first. One consistent query per megabyte."""
    return list(MessageItem.query(f"TALK#{talk}", MessageItem.sk.startswith("M#"), consistent_read=True))


def whole_talk(talk: TalkItem) -> list[MessagesItem]:
    """All rows of a conversation: itself, in its lists, who wrote in it, reports, messages with their files.
    Two queries, a get per list and writer, and a batch per hundred files.
    """
    messages = messages_of(talk.id)
    rows: list[Any] = [_listed(talk, pk) for pk in talk.lists]
    rows += [_wrote(PersonId(by), talk.id) for by in sorted({message.by for message in messages})]
    there = [found for row in rows if (found := type(row).find(row.pk, row.sk))]
    reports = ReportItem.query(f"REPORTS#{talk.unit}", ReportItem.sk.startswith(f"{talk.id}#"))
    return [talk, *there, *reports, *files_of(message.files for message in messages), *messages]

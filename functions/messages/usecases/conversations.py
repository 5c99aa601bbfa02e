"""Conversations between home and school: started, written in, read, moderated, closed."""

from __future__ import annotations

from collections.abc import Collection
from functools import cache
from typing import TypeVar

from functions.access import guard
from functions.messages.domain import conversations as rules
from functions.messages.domain.conversations import Part
from functions.messages.events import MessageDue
from functions.messages.schemas.attachments import AttachmentLink
from functions.messages.schemas.common import PageQuery
from functions.messages.schemas.conversations import (
    Closing,
    ConversationPage,
    ConversationView,
    Hiding,
    MessagePage,
    MessageView,
    NewConversation,
    NewGroupConversation,
    NewMessage,
    ReportPage,
    ReportView,
    Seen,
    StartedView,
)
from functions.messages.store import conversations as store
from functions.messages.store.attachments import TalkFileItem
from functions.messages.store.conversations import Listed, MessageItem, TalkItem
from functions.messages.usecases.attachments import attach, link_to, views_of
from functions.messages.usecases.circles import (
    Circle,
    around_group,
    around_pupil,
    circle_of,
    home_of,
    lists_of,
    reading_circle,
    require_moderator,
)
from functions.messages.usecases.recipients import guardians_of
from functions.organisation import queries as organisation
from functions.register import queries as register
from skolkit.audit import Trace, record_read
from skolkit.clock import today
from skolkit.errors import ChangedMeanwhile, NotFound
from skolkit.idempotency import RequestKey
from skolkit.identity import Caller
from skolkit.retry import persist
from skolkit.table import Overwrite, chunks, commit, fetch
from skolkit.types import GroupId, PersonId, UnitId

TOLD = 100  # people in one fact
T = TypeVar("T")


def start_conversation(caller: Caller, pupil: PersonId, new: NewConversation, key: RequestKey) -> StartedView:
    """Begin a conversation about a pupil: a guardian with the mentors, a mentor with one guardian or all; of
    age the pupil with the mentors, and they with the pupil. Six round trips.
    """
    rules.check_language(new.language)
    home = home_of(pupil)
    alone = rules.with_one(caller.person_id, new.guardian, home.people, grown=home.grown)
    circle = around_pupil(caller, home, alone)
    if alone and alone not in home.people:
        raise rules.NoSuchGuardian(field="guardian")
    unit = home.record.unit or organisation.MUNICIPALITY
    talk = store.new_talk(
        pupil=home.record.id, unit=unit, guardian=alone, by=caller.person_id, title=new.title, last=""
    )
    return _write(caller, talk, circle, new, key, "start_conversation")


def start_group_conversation(
    caller: Caller, id: GroupId, new: NewGroupConversation, key: RequestKey
) -> StartedView:
    """Begin a conversation of a group's guardians and mentors. Five round trips."""
    rules.check_language(new.language)
    group = organisation.group(id, today())
    if group is None:
        raise NotFound
    guard.require(caller, "messages:write", guard.Group(id, group.unit, group.teachers, group.mentors))
    circle = around_group(caller, id)
    talk = store.new_talk(
        group=id, unit=group.unit, by=caller.person_id, title=new.title, replies=new.replies, last=""
    )
    return _write(caller, talk, circle, new, key, "start_group_conversation")


def write_message(caller: Caller, id: str, new: NewMessage, key: RequestKey) -> StartedView:
    """Write in a conversation. Six round trips, one more with files; again when somebody else writes at the
    same moment.
    """
    rules.check_language(new.language)

    def act() -> StartedView:
        talk = _talk(id)
        circle = circle_of(caller, talk)
        rules.check_writing(circle.part, closed=talk.closed, replies=talk.replies)
        return _write(caller, talk, circle, new, key, "write_message")

    return persist(act)


def _write(
    caller: Caller, talk: TalkItem, circle: Circle, new: NewMessage, key: RequestKey, action: str
) -> StartedView:
    told = sorted(circle.people - {caller.person_id})
    if not told:
        raise rules.NobodyToWriteTo
    pace = store.pace(caller.person_id)
    rules.check_pace(int(pace.number))
    pace.number = int(pace.number) + 1
    message = store.message_item(talk, caller.person_id, circle.part, new.text, new.language)
    place = f"{talk.pk}#{message.id}"
    message.files, attached = attach(new.attachments, caller.person_id, TalkFileItem, place)
    view = StartedView(conversation=talk.id, message=message.id, at=message.at)
    facts = [
        MessageDue(id=message.id, recipients=some, template="new_message") for some in chunks(told, TOLD)
    ]
    commit(
        *store.writing(talk, message, circle.lists), pace, *attached,
        facts=facts, trace=Trace(caller.person_id, action, talk.pupil or talk.id),
        once=key.once(view.model_dump_json(by_alias=True)),
    )  # fmt: skip
    return view


def list_conversations(caller: Caller, query: PageQuery) -> ConversationPage:
    """The caller's conversations of today's relations, last written first. For a guardian of one child in one
    class seven round trips; for a mentor of one class six.
    """
    lists = lists_of(caller.person_id)
    closed = cache(register.merged_into)

    def keep(pk: str, row: Listed) -> bool:
        about = PersonId(row.about) if row.about else None
        if about and caller.person in lists[pk] and not pk.startswith(store.MENTORS):
            return row.guardian in lists[pk]  # one's own: what the guardians have written stays theirs
        if about and about not in lists[pk] and closed(about) not in lists[pk]:
            return False
        if row.guardian in (None, caller.person) or pk.startswith(store.MENTORS):
            return True
        return closed(PersonId(row.guardian or "")) == caller.person

    ids, cursor = store.page_of_lists(sorted(lists), keep, query.limit, query.cursor, caller.seal)
    talks, seen = fetch(store.wanted_talks(ids), store.wanted_seen(ids, caller.person_id))
    data = [_view(talks[id], seen.get(id)) for id in ids if id in talks]
    return ConversationPage(data=data, cursor=cursor)


def read_conversation(caller: Caller, id: str, query: PageQuery) -> MessagePage:
    """A conversation with its messages, newest first. Seven round trips."""
    talk = _talk(id)
    circle = reading_circle(caller, talk)
    messages, cursor = store.page_of_messages(id, query.limit, query.cursor, caller.seal)
    writers = {PersonId(message.by) for message in messages}
    members = circle.members if circle.part == "home" and talk.group else ()
    seen, names = fetch(
        store.wanted_seen([id], caller.person_id), register.wanted_names(sorted(writers | set(members)))
    )
    hushed = frozenset(guardians_of(p for p in members if p in names and names[p].protected))
    record_read(Trace(caller.person_id, "read_conversation", talk.pupil or talk.id))
    return MessagePage(
        conversation=_view(talk, seen.get(id)),
        part=circle.part,
        data=[_message(caller, m, circle.part, names, hushed) for m in messages],
        cursor=cursor,
        version=talk.version,
    )


def link_message_attachment(caller: Caller, id: str, message: str, attachment: str) -> AttachmentLink:
    """A link to a file of a message that the caller reads now. Six round trips."""
    talk = _talk(id)
    circle = reading_circle(caller, talk)
    item = store.find_message(id, message)
    if item is None or not rules.shows_text(circle.part, hidden=item.hidden_by is not None):
        raise NotFound
    link = link_to(attachment, item.files)
    record_read(Trace(caller.person_id, "link_message_attachment", talk.pupil or talk.id))
    return link


def mark_conversation_seen(caller: Caller, id: str, seen: Seen) -> None:
    """Remember how far the caller has read."""
    talk = _talk(id)
    circle_of(caller, talk)
    if store.find_message(id, seen.message) is None:
        raise NotFound
    item = store.seen_item(caller.person_id, id, seen.message)
    commit(Overwrite(item), trace=Trace(caller.person_id, "mark_conversation_seen", id))


def hide_message(caller: Caller, id: str, message: str, why: Hiding) -> None:
    """Hide a message: its writer, or who moderates. What it said is kept. Hidden twice stays as the first."""
    talk, item = _talk(id), store.find_message(id, message)
    if item is not None and item.by == caller.person_id:
        circle_of(caller, talk)
    else:
        if not talk.reported:
            raise NotFound
        require_moderator(caller, talk)
    if item is None:
        raise NotFound
    if item.hidden_by:
        return
    item.hidden_by, item.hidden_reason = caller.person_id, why.reason
    commit(item, trace=Trace(caller.person_id, "hide_message", talk.pupil or id, "hidden"))


def report_message(caller: Caller, id: str, message: str, why: Hiding) -> None:
    """Report a message to those who moderate the unit, who may read the conversation from then on."""

    def act() -> None:
        talk = _talk(id)
        circle_of(caller, talk)
        if store.find_message(id, message) is None:
            raise NotFound
        talk.reported = True
        report = store.report_item(talk, message, caller.person_id, why.reason)
        trace = Trace(caller.person_id, "report_message", talk.pupil or id)
        commit(talk, Overwrite(report), trace=trace)

    persist(act)


def close_conversation(caller: Caller, id: str, body: Closing, version: int) -> ConversationView:
    """Close a conversation, or open it again: its mentors, and who moderates what has been reported."""
    talk = _talk(id)
    if reading_circle(caller, talk).part == "home":
        raise NotFound
    if talk.version != version:
        raise ChangedMeanwhile(field="If-Match", value=version)
    talk.closed = body.closed
    commit(talk, trace=Trace(caller.person_id, "close_conversation", talk.pupil or id))
    return _view(talk, None)


def list_reports(caller: Caller, unit: UnitId, query: PageQuery) -> ReportPage:
    """What has been reported at a unit. Three round trips."""
    duties = organisation.duties_of(caller.person_id)
    guard.require(caller, "messages:moderate", guard.Unit(unit), duties)
    rows, cursor = store.page_of_reports(unit, query.limit, query.cursor, caller.seal)
    record_read(Trace(caller.person_id, "list_reports", unit))
    data = []
    for row in rows:
        talk, message, _ = row.sk.split("#")
        data.append(ReportView(conversation=talk, message=message, reason=row.reason, at=row.at))
    return ReportPage(data=data, cursor=cursor)


def _talk(id: str) -> TalkItem:
    talk = store.find_talk(id)
    if talk is None:
        raise NotFound
    return talk


def _view(talk: TalkItem, seen: str | None) -> ConversationView:
    return ConversationView(
        id=talk.id, title=talk.title, pupil=talk.pupil, group=talk.group,
        with_all=talk.guardian is None, replies=talk.replies, closed=talk.closed, last=talk.last,
        unread=seen is None or seen != talk.newest, version=talk.version,
    )  # fmt: skip


def _message(
    caller: Caller,
    message: MessageItem,
    part: Part,
    names: dict[PersonId, register.PersonName],
    hushed: Collection[PersonId],
) -> MessageView:
    by, hidden = PersonId(message.by), message.hidden_by is not None
    shows = rules.shows_text(part, hidden=hidden)
    writer: Part = message.part  # type: ignore[assignment]
    name, own = names.get(by), by == caller.person
    shown = name is not None and rules.shows_name(
        part, writer, own=own, withheld=name.protected, protected_home=by in hushed
    )
    return MessageView(
        id=message.id, at=message.at, part=message.part, mine=own,
        by_name=f"{name.given_name} {name.family_name}" if name and shown else "",
        language=message.language,
        text=message.text if shows else None, attachments=views_of(message.files) if shows else [],
        hidden=hidden, reason=message.hidden_reason if part == "moderator" or own else None,
    )  # fmt: skip

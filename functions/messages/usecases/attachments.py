"""Files with news and messages: sent into quarantine, scanned there, attached by whoever sent them, forgotten
when nothing says any more that they are needed.
"""

from __future__ import annotations

from collections.abc import Sequence

from functions.access import guard
from functions.messages.domain import attachments as rules
from functions.messages.domain.attachments import Attachment
from functions.messages.schemas.attachments import (
    AttachmentForm,
    AttachmentLink,
    AttachmentState,
    AttachmentView,
    NewAttachment,
)
from functions.messages.store import attachments as store
from functions.messages.store.attachments import AttachmentItem, Row
from functions.messages.store.conversations import pace
from skolkit import files
from skolkit.audit import Trace
from skolkit.errors import NotFound
from skolkit.idempotency import RequestKey
from skolkit.identity import Caller
from skolkit.retry import persist
from skolkit.table import Write, commit, fetch
from skolkit.telemetry import count
from skolkit.triggers import DroppedFile
from skolkit.types import PersonId, new_id


def send_attachment(caller: Caller, new: NewAttachment, key: RequestKey) -> AttachmentForm:
    """A form that takes the file, which then waits to be scanned. Two round trips."""
    guard.require(caller, "messages:send_attachment", guard.Person(caller.person_id))
    name = rules.checked_name(new.name, new.type, new.size)
    return persist(lambda: _prepare(caller, new, name, key))  # several may be sent at once


def _prepare(caller: Caller, new: NewAttachment, name: str, key: RequestKey) -> AttachmentForm:
    hour = pace(caller.person_id, of="FILES#")
    rules.check_pace(int(hour.number))
    hour.number = int(hour.number) + 1
    file = Attachment(new_id(), caller.person_id, name, new.type, new.size)
    form = files.upload_form(file.id, file.type, file.size)
    view = AttachmentForm(id=file.id, url=form["url"], fields=form["fields"])
    commit(
        store.new_attachment(file), hour,
        trace=Trace(caller.person_id, "send_attachment", file.id, changes=file.type),
        once=key.once(view.model_dump_json(by_alias=True)),
    )  # fmt: skip
    return view


def read_attachment(caller: Caller, id: str) -> AttachmentState:
    """Whether a file of the caller's waits, is clean or was refused. One round trip."""
    item = store.find_attachment(id)
    if item is None or item.by != caller.person_id:
        raise NotFound
    file = store.attachment(item)
    return AttachmentState(
        id=id, name=file.name, type=file.type, size=file.size, state=file.state, reason=file.why
    )


def scan_attachment(arrived: DroppedFile) -> None:
    """Look through a file that has come into quarantine: release it or refuse it, and take it out of there.

    The same file comes twice when S3 or a retry says so, or its sender sends it again: the first counts.
    """
    id = files.arrived(arrived.key)
    if id is None:
        return
    if persist(lambda: _judge(id)):
        files.leave_quarantine(id)


def _judge(id: str) -> bool:
    """Whether it can go from quarantine; what cannot be read now is left there."""
    item = store.find_attachment(id)
    if item is None or item.state != "waiting":
        return True
    content = files.in_quarantine(id)
    if content is None:
        return False
    from functions.messages.scanner import refusal  # only one function carries what it needs

    item.size, item.why = len(content), refusal(content, item.content_type)
    item.state = "refused" if item.why else "clean"
    if not item.why:
        files.release(id, content, item.content_type, item.name)
    commit(item, trace=Trace("system:scan_attachment", "scan_attachment", id, item.why or "", item.state))
    if item.why:
        count("AttachmentsRefused", 1)
    return True


def forget_attachments(keys: Sequence[tuple[str, str]]) -> None:
    """Delete the released files whose rows are gone. A round trip each to the table and to S3."""
    for pk in sorted({pk for pk, _ in keys}):
        if store.is_gone(pk):
            files.forget(pk.removeprefix(store.PARTITION))


def attach(
    ids: Sequence[str], by: PersonId, kind: type[AttachmentItem], place: str
) -> tuple[list[Row], list[Write]]:
    """What a post or message says of its files, and what is written with it. One round trip, none without
    files.
    """
    if not ids:
        return [], []
    (found,) = fetch(store.wanted_attachments(ids), consistent=True)
    known = {id: store.attachment(item) for id, item in found.items()}
    said = rules.check_attaching(ids, known, by, place)
    fresh = [store.used_in(kind, found[file.id], place) for file in said if file.used is None]
    return [store.row_of(file) for file in said], [*fresh]


def views_of(rows: Sequence[Row] | None) -> list[AttachmentView]:
    """The files of a post or message."""
    return [AttachmentView(id=id, name=name, type=type, size=size) for id, name, type, size in rows or ()]


def link_to(id: str, rows: Sequence[Row] | None) -> AttachmentLink:
    """A link to one of the files of a post or message that the caller may read now."""
    if id not in store.ids_of(rows):
        raise NotFound
    return AttachmentLink(url=files.link(id), seconds=files.LINK_SECONDS)

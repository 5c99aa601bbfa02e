"""Notes and results with their pupil, by subject and newest first, and by group in the group's list.

A note is `PUPIL#<id>` / `NOTE#<subject>#<id>`; that it was written with a group is said in `NOTED#<group>`.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

from pydantic import TypeAdapter
from pynamodb.attributes import JSONAttribute, NumberAttribute, UnicodeAttribute

from functions.assessment.domain.notes import Note
from functions.assessment.store import AssessmentItem
from skolkit.cursor import page_through, seal, unseal
from skolkit.table import Erase, Remove, Wanted, Write, fetch
from skolkit.types import GroupId, PersonId

MOST = 200  # notes of one subject that a draft is built from


class NoteItem(AssessmentItem, discriminator="assessment_note"):
    """A note or a result; `shared` 1 when the home reads it."""

    by = UnicodeAttribute()
    shared = NumberAttribute(default=0)
    data = JSONAttribute()


class GroupNoteItem(AssessmentItem, discriminator="assessment_note_listed"):
    """That a pupil's note was written with a group."""

    pupil = UnicodeAttribute()


@cache
def _notes() -> TypeAdapter[Note]:
    return TypeAdapter(Note)


def find(records: Sequence[PersonId], subject: str, id: str) -> Note | None:
    """A note of one of a pupil's records. One consistent batch."""
    keys = [_key(record, subject, id) for record in records]
    found: dict[tuple[str, str], NoteItem]
    (found,) = fetch(Wanted(NoteItem, keys, dict), consistent=True)
    return next((_note(item) for item in found.values()), None)


def page(
    records: Sequence[PersonId],
    subject: str | None,
    cursor: str | None,
    limit: int,
    caller: str,
    *,
    shared: bool,
) -> tuple[list[Note], str | None]:
    """A page of a pupil's notes, of one subject or by subject, the last written first; with `shared` only
    what the home reads. A query per page and record.
    """

    def read(pk: str, after: Any, size: int) -> tuple[list[Note], Any]:
        rows = NoteItem.query(
            pk, NoteItem.sk.startswith(begins), NoteItem.shared == 1 if shared else None,
            limit=size, page_size=100, scan_index_forward=False, last_evaluated_key=after,
        )  # fmt: skip
        return [_note(row) for row in rows], rows.last_evaluated_key

    begins = f"NOTE#{subject}#" if subject else "NOTE#"
    bound = ("assessment-notes", records[0], begins, str(shared), caller)
    partitions = [f"PUPIL#{record}" for record in records]
    found, place = page_through(partitions, unseal(cursor, *bound), limit, read)
    return found, seal(place, *bound)


def latest(records: Sequence[PersonId], subject: str) -> list[Note]:
    """A pupil's last notes in a subject, at most `MOST` of each record. A query each."""
    return [
        _note(row)
        for record in records
        for row in NoteItem.query(
            f"PUPIL#{record}", NoteItem.sk.startswith(f"NOTE#{subject}#"), limit=MOST, page_size=MOST,
            scan_index_forward=False,
        )
    ]  # fmt: skip


def page_of_group(
    group: GroupId, subject: str | None, cursor: str | None, limit: int, caller: str
) -> tuple[list[Note], str | None]:
    """A page of what has been noted with a group, the last written first. A query and a batch."""
    begins, sk = f"{subject}#" if subject else "", GroupNoteItem.sk
    bound = ("assessment-group-notes", group, begins, caller)
    rows = GroupNoteItem.query(
        f"NOTED#{group}", sk.startswith(begins) if begins else None, limit=limit, page_size=limit,
        scan_index_forward=False, last_evaluated_key=unseal(cursor, *bound),
    )  # fmt: skip
    keys = [_key(PersonId(row.pupil), *row.sk.split("#")) for row in rows]
    found: dict[tuple[str, str], NoteItem]
    (found,) = fetch(Wanted(NoteItem, keys, dict))
    return [_note(found[key]) for key in keys if key in found], seal(rows.last_evaluated_key, *bound)


def writes(note: Note) -> list[Write]:
    """What stores a note over the version read, and a new one in its group's list."""
    data = _notes().dump_python(note, mode="json", exclude={"version"})
    key = _key(note.pupil, note.subject, note.id)
    item = NoteItem(*key, by=note.by, shared=int(note.shared), data=data).over(note.version)
    return [item, *([] if note.version else _listed(note))]


def gone(note: Note) -> list[Write]:
    """What takes a note away, as it was read."""
    data = _notes().dump_python(note, mode="json", exclude={"version"})
    key = _key(note.pupil, note.subject, note.id)
    item = NoteItem(*key, by=note.by, shared=int(note.shared), data=data).over(note.version)
    return [Erase(item), *(Remove(one) for one in _listed(note))]


def _listed(note: Note) -> list[GroupNoteItem]:
    if note.group is None:
        return []
    return [GroupNoteItem(f"NOTED#{note.group}", f"{note.subject}#{note.id}", pupil=note.pupil)]


def _key(pupil: PersonId, subject: str, id: str) -> tuple[str, str]:
    return f"PUPIL#{pupil}", f"NOTE#{subject}#{id}"


def _note(item: NoteItem) -> Note:
    return _notes().validate_python({**item.data, "version": item.version})

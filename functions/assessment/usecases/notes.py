"""Notes and results (process 30): written once by who teaches or mentors, read wherever they are needed."""

from __future__ import annotations

from dataclasses import replace

from functions.assessment.domain import levels
from functions.assessment.domain import notes as rules
from functions.assessment.domain.notes import Note
from functions.assessment.schemas import notes as schemas
from functions.assessment.store import notes as store
from functions.assessment.usecases.rights import require_group, require_reader, require_task
from skolkit.audit import Trace, record_read
from skolkit.clock import now, today
from skolkit.errors import ChangedMeanwhile, NotFound
from skolkit.idempotency import RequestKey
from skolkit.identity import Caller
from skolkit.table import Write, commit
from skolkit.types import GroupId, PersonId, new_id


def add_note(
    caller: Caller, id: PersonId, subject: str, new: schemas.NewNote, key: RequestKey
) -> schemas.NoteView:
    """Note what a pupil has shown. Four round trips: pupil, groups (2), commit."""
    require_task(caller, "assessment:note", id)
    note = rules.check(_note(caller, id, subject, new), today())
    view = note_view(replace(note, version=1))
    commit(
        *store.writes(note),
        trace=Trace(caller.person_id, "add_note", id, changes=note.id),
        once=key.once(view.model_dump_json(by_alias=True)),
    )
    return view


def add_group_notes(
    caller: Caller, id: GroupId, new: schemas.NewGroupNote, key: RequestKey
) -> schemas.NoteIds:
    """Note the same occasion for pupils of a group, all or none. Two round trips: group, commit."""
    led = require_group(caller, "assessment:note", id)
    rules.check_rows([PersonId(row.pupil) for row in new.rows], led.group.members)
    notes = [
        rules.check(_row(caller, id, new, row), today(), f"rows.{number}.")
        for number, row in enumerate(new.rows)
    ]
    view = schemas.NoteIds(notes=[note.id for note in notes])
    writes: list[Write] = [write for note in notes for write in store.writes(note)]
    commit(
        *writes,
        trace=Trace(caller.person_id, "add_group_notes", id, changes=f"{new.subject} {len(notes)}"),
        once=key.once(view.model_dump_json(by_alias=True)),
    )
    return view


def change_note(
    caller: Caller, id: PersonId, subject: str, which: str, new: schemas.NewNote, version: int
) -> schemas.NoteView:
    """Correct one's own note. Five round trips: pupil, groups (2), note, commit."""
    old = _own(caller, id, subject, which, version)
    fresh = replace(
        _note(caller, old.pupil, subject, new), id=old.id, group=old.group, scale=old.scale, version=version
    )
    note = rules.check(fresh, today())
    commit(*store.writes(note), trace=Trace(caller.person_id, "change_note", id, changes=note.id))
    return note_view(replace(note, version=version + 1))


def remove_note(caller: Caller, id: PersonId, subject: str, which: str, version: int) -> None:
    """Take one's own note away. Five round trips: pupil, groups (2), note, commit."""
    note = _own(caller, id, subject, which, version)
    commit(*store.gone(note), trace=Trace(caller.person_id, "remove_note", id, changes=note.id))


def list_notes(caller: Caller, id: PersonId, query: schemas.NoteQuery) -> schemas.NotePage:
    """A pupil's notes; for the home those that are shared. Three round trips, six for staff."""
    reader = require_reader(caller, id)
    found, cursor = store.page(
        reader.pupil.records, query.subject, query.cursor, query.limit, caller.seal, shared=reader.home
    )
    record_read(Trace(caller.person_id, "list_notes", id))
    return schemas.NotePage(data=[note_view(note) for note in found], cursor=cursor)


def list_group_notes(caller: Caller, id: GroupId, query: schemas.NoteQuery) -> schemas.NotePage:
    """What has been noted with a group, of those who are in it today. Four round trips."""
    led = require_group(caller, "assessment:read", id)
    found, cursor = store.page_of_group(id, query.subject, query.cursor, query.limit, caller.seal)
    record_read(Trace(caller.person_id, "list_group_notes", id))
    members = set(led.group.members)
    return schemas.NotePage(data=[note_view(note) for note in found if note.pupil in members], cursor=cursor)


def _own(caller: Caller, id: PersonId, subject: str, which: str, version: int) -> Note:
    task = require_task(caller, "assessment:note", id)
    note = store.find(task.pupil.records, subject, which)
    if note is None:
        raise NotFound
    if note.by != caller.person_id:
        raise rules.OthersNote(field="note")
    if note.version != version:
        raise ChangedMeanwhile(field="If-Match", value=version)
    return note


def _note(caller: Caller, pupil: PersonId, subject: str, new: schemas.NewNote) -> Note:
    return Note(
        id=new_id(), pupil=pupil, subject=subject, day=new.day, by=caller.person_id, at=now(),
        scale=levels.in_force(new.day).id, area=new.area, title=new.title, level=new.level, points=new.points,
        most=new.most, text=new.text, shared=new.shared,
    )  # fmt: skip


def _row(caller: Caller, group: GroupId, new: schemas.NewGroupNote, row: schemas.RowOfNote) -> Note:
    return Note(
        id=new_id(), pupil=PersonId(row.pupil), group=group, subject=new.subject, day=new.day,
        by=caller.person_id, at=now(), scale=levels.in_force(new.day).id, area=new.area, title=new.title,
        level=row.level, points=row.points, most=new.most if row.points is not None else None, text=row.text,
        shared=row.shared,
    )  # fmt: skip


def note_view(note: Note) -> schemas.NoteView:
    """A note as it is shown."""
    words = levels.BY_ID[note.scale].words.get(note.level) if note.level is not None else None
    return schemas.NoteView(
        id=note.id, pupil=note.pupil, group=note.group, subject=note.subject, day=note.day, area=note.area,
        title=note.title, level=note.level, level_text=words.sv if words else "",
        level_text_en=words.en if words else "", points=note.points, most=note.most, text=note.text,
        shared=note.shared, by=note.by, at=note.at, version=note.version or 0,
    )  # fmt: skip

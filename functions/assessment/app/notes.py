"""Notes and results through the term (process 30)."""

from __future__ import annotations

from collections.abc import Mapping

from functions.assessment.app.base import api
from functions.assessment.domain import levels
from functions.assessment.domain import notes as rules
from functions.assessment.schemas import notes as schemas
from functions.assessment.schemas.common import is_subject
from functions.assessment.usecases import notes
from skolkit.cursor import BadCursor
from skolkit.errors import ChangedMeanwhile, NotFound
from skolkit.http import Request
from skolkit.types import GroupId, PersonId

_REFUSALS = (levels.UnknownLevel, rules.EmptyNote, rules.NotOfThisYear, rules.WrongPoints)


def subject_of(path: Mapping[str, str]) -> str:
    """The subject of a path; what cannot be one does not exist (`NotFound`)."""
    subject = path["subject"]
    if not is_subject(subject):
        raise NotFound
    return subject


@api.operation(
    "POST", "/v1/pupils/{pupil}/subjects/{subject}/notes", process=30, status=201, keyed=True,
    body=schemas.NewNote, answer=schemas.NoteView, errors=(NotFound, *_REFUSALS),
)  # fmt: skip
def add_note(request: Request[schemas.NewNote, None]) -> schemas.NoteView:
    """Note what a pupil has shown in a subject"""
    assert request.key
    pupil = PersonId(request.id("pupil"))
    return notes.add_note(request.caller, pupil, subject_of(request.path), request.body, request.key)


@api.operation(
    "POST", "/v1/groups/{group}/notes", process=30, status=201, keyed=True,
    body=schemas.NewGroupNote, answer=schemas.NoteIds,
    errors=(NotFound, *_REFUSALS, rules.NotInGroup, rules.PupilTwice),
)  # fmt: skip
def add_group_notes(request: Request[schemas.NewGroupNote, None]) -> schemas.NoteIds:
    """Note the same occasion for several pupils of a group"""
    assert request.key
    return notes.add_group_notes(request.caller, GroupId(request.id("group")), request.body, request.key)


@api.operation(
    "PUT", "/v1/pupils/{pupil}/subjects/{subject}/notes/{note}", process=30, versioned=True,
    body=schemas.NewNote, answer=schemas.NoteView,
    errors=(NotFound, ChangedMeanwhile, rules.OthersNote, *_REFUSALS),
)  # fmt: skip
def change_note(request: Request[schemas.NewNote, None]) -> schemas.NoteView:
    """Correct a note of one's own"""
    pupil, subject, note = PersonId(request.id("pupil")), subject_of(request.path), request.id("note")
    return notes.change_note(request.caller, pupil, subject, note, request.body, request.version)


@api.operation(
    "DELETE", "/v1/pupils/{pupil}/subjects/{subject}/notes/{note}", process=30, versioned=True, status=204,
    errors=(NotFound, ChangedMeanwhile, rules.OthersNote),
)  # fmt: skip
def remove_note(request: Request[None, None]) -> None:
    """Take a note of one's own away"""
    pupil, subject, note = PersonId(request.id("pupil")), subject_of(request.path), request.id("note")
    notes.remove_note(request.caller, pupil, subject, note, request.version)


@api.operation(
    "GET", "/v1/pupils/{pupil}/notes", process=30,
    query=schemas.NoteQuery, answer=schemas.NotePage, errors=(NotFound, BadCursor),
)  # fmt: skip
def list_notes(request: Request[None, schemas.NoteQuery]) -> schemas.NotePage:
    """What has been noted about a pupil; for the home what is shared with it"""
    return notes.list_notes(request.caller, PersonId(request.id("pupil")), request.query)


@api.operation(
    "GET", "/v1/groups/{group}/notes", process=30,
    query=schemas.NoteQuery, answer=schemas.NotePage, errors=(NotFound, BadCursor),
)  # fmt: skip
def list_group_notes(request: Request[None, schemas.NoteQuery]) -> schemas.NotePage:
    """What has been noted with a group, the last first"""
    return notes.list_group_notes(request.caller, GroupId(request.id("group")), request.query)

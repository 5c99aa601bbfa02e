"""Table of contents of the timetable (process 16 as an import)."""

from __future__ import annotations

from functions.timetable import schemas, usecases
from functions.timetable.events import ExtractAnswered, RetentionContinued
from functions.timetable.extract import gather
from functions.timetable.imports import LESSONS
from skolkit import imports
from skolkit.clock import today
from skolkit.errors import NotFound
from skolkit.events import Envelope
from skolkit.extracts import answer
from skolkit.http import Api, Request
from skolkit.triggers import DroppedFile, Triggers
from skolkit.types import PersonId

api = Api("timetable", "Schema")
app = api.app
on = Triggers(app)
relay = on.relay_outbox()


@api.operation("GET", "/v1/me/lessons", process=16, query=schemas.DayQuery, answer=schemas.LessonList)
def list_my_lessons(request: Request[None, schemas.DayQuery]) -> schemas.LessonList:
    """The caller's own lessons of a day, as teacher or pupil"""
    return usecases.list_my_lessons(request.caller, request.query.day or today())


@api.operation(
    "GET", "/v1/pupils/{pupil}/lessons", process=16,
    query=schemas.DayQuery, answer=schemas.LessonList, errors=(NotFound,),
)  # fmt: skip
def list_pupil_lessons(request: Request[None, schemas.DayQuery]) -> schemas.LessonList:
    """A pupil's lessons of a day"""
    pupil = PersonId(request.id("pupil"))
    return usecases.list_pupil_lessons(request.caller, pupil, request.query.day or today())


@on.on_file(
    "timetable/lessons/",
    process=16,
    meaning="Schemat i den inlämnade filen är inte inläst. Se rapporten under reports/.",
)
def import_lessons(file: DroppedFile) -> None:
    """Take a file of lessons with dates."""
    imports.run(file, LESSONS)


@on.on_facts(
    "access.ExtractRequested.v1", process=36, timeout=120, runbook="extracts",
    uses=("s3:PutObject extract-part",),
    meaning="Registerutdrag blir inte färdiga; den som har begärt ett har rätt till svar inom en månad.",
)  # fmt: skip
def answer_extract(envelope: Envelope) -> None:
    """Write what the area keeps about one person, for a register extract."""
    answer(envelope, gather, ExtractAnswered)


@on.on_facts(
    "access.RetentionAsked.v1", RetentionContinued.type, process=36, timeout=900, memory=512, batch=1,
    runbook="retention", alarms=("RetentionFailed",),
    uses=("dynamodb:Scan own", "s3:PutObject proof"),
    meaning="Gallringen går inte: uppgifter sparas längre än gallringsplanen säger.",
)  # fmt: skip
def answer_retention(envelope: Envelope) -> None:
    """Erase what is over in the area's table, or count it."""
    from functions.timetable.retention import SHELF
    from skolkit.retention.work import answer as work

    work(envelope, SHELF)

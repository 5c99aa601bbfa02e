"""Attendance: what can be called and what starts by itself. Processes 19, 20, 21."""

from __future__ import annotations

from functions.attendance import schemas
from functions.attendance.domain import absence, lesson
from functions.attendance.events import (
    ExtractAnswered,
    GroupChanged,
    LessonReported,
    LessonsPlanned,
    MergeTold,
    NoticeAnswered,
    RetentionContinued,
)
from functions.attendance.extract import gather
from functions.attendance.usecases import absence as absences
from functions.attendance.usecases import lessons, merges, notices
from functions.register import queries as register
from skolkit.clock import today
from skolkit.errors import ChangedMeanwhile, NotFound
from skolkit.events import Envelope
from skolkit.extracts import answer
from skolkit.http import Api, Request
from skolkit.triggers import Triggers
from skolkit.types import GroupId, LessonId, NoticeId, PersonId, UnitId

api = Api("attendance", "Närvaro och frånvaro")
app = api.app
on = Triggers(app)

_LESSON = (lesson.LessonNotStarted, lesson.RosterMismatch, lesson.MinutesDoNotAddUp)
_SPAN = (
    absence.UnknownSpan,
    absence.AbsencePassed,
    absence.TooFarAhead,
    absence.NoSchoolDay,
    absence.OverlappingAbsence,
)


@api.operation(
    "POST", "/v1/pupils/{pupil}/absence-notices", process=19, status=201, keyed=True,
    body=schemas.NewAbsence, answer=schemas.AbsenceView, errors=(NotFound, ChangedMeanwhile, *_SPAN),
)  # fmt: skip
def report_absence(request: Request[schemas.NewAbsence, None]) -> schemas.AbsenceView:
    """Report a pupil absent, today or coming days"""
    assert request.key
    return absences.report_absence(request.caller, PersonId(request.id("pupil")), request.body, request.key)


@api.operation(
    "GET", "/v1/pupils/{pupil}/absence-notices", process=19,
    query=schemas.PageQuery, answer=schemas.AbsencePage, errors=(NotFound,),
)  # fmt: skip
def list_absences(request: Request[None, schemas.PageQuery]) -> schemas.AbsencePage:
    """A pupil's notices of absence, newest first"""
    return absences.list_absences(request.caller, PersonId(request.id("pupil")), request.query)


@api.operation(
    "PUT", "/v1/pupils/{pupil}/absence-notices/{notice}", process=19, versioned=True,
    body=schemas.NewAbsence, answer=schemas.AbsenceView, errors=(NotFound, ChangedMeanwhile, *_SPAN),
)  # fmt: skip
def change_absence(request: Request[schemas.NewAbsence, None]) -> schemas.AbsenceView:
    """Change a notice of absence"""
    pupil, notice = PersonId(request.id("pupil")), NoticeId(request.id("notice"))
    return absences.change_absence(request.caller, pupil, notice, request.body, request.version)


@api.operation(
    "DELETE", "/v1/pupils/{pupil}/absence-notices/{notice}", process=19, versioned=True, status=204,
    errors=(NotFound, ChangedMeanwhile, absence.AlreadyStarted),
)  # fmt: skip
def withdraw_absence(request: Request[None, None]) -> None:
    """Withdraw a notice of absence that has not begun"""
    pupil, notice = PersonId(request.id("pupil")), NoticeId(request.id("notice"))
    absences.withdraw_absence(request.caller, pupil, notice, request.version)


@api.operation(
    "GET", "/v1/pupils/{pupil}/day", process=19,
    query=schemas.DayQuery, answer=schemas.PupilDayView, errors=(NotFound,),
)  # fmt: skip
def read_pupil_day(request: Request[None, schemas.DayQuery]) -> schemas.PupilDayView:
    """A pupil's notices and deviating lessons of one day"""
    day = request.query.day or today()
    return absences.read_pupil_day(request.caller, PersonId(request.id("pupil")), day)


@api.operation("GET", "/v1/me/lessons", process=20, query=schemas.DayQuery, answer=schemas.LessonList)
def my_lessons(request: Request[None, schemas.DayQuery]) -> schemas.LessonList:
    """A teacher's own lessons of one day, and which are reported"""
    return lessons.my_lessons(request.caller, request.query.day or today())


@api.operation("GET", "/v1/lessons/{lesson}", process=20, answer=schemas.LessonView, errors=(NotFound,))
def open_lesson(request: Request[None, None]) -> schemas.LessonView:
    """A lesson with its roster, notified absence filled in"""
    return lessons.open_lesson(request.caller, LessonId(request.id("lesson")))


@api.operation(
    "PUT", "/v1/lessons/{lesson}/attendance", process=20, versioned=True,
    body=schemas.SaveAttendance, answer=schemas.SavedLesson,
    errors=(NotFound, ChangedMeanwhile, *_LESSON),
)  # fmt: skip
def save_lesson(request: Request[schemas.SaveAttendance, None]) -> schemas.SavedLesson:
    """Save or correct the attendance of a whole lesson"""
    return lessons.save_lesson(
        request.caller, LessonId(request.id("lesson")), request.body.rows, request.version
    )


@api.operation(
    "GET", "/v1/groups/{group}/mentor-day", process=20,
    query=schemas.DayQuery, answer=schemas.MentorDayView, errors=(NotFound,),
)  # fmt: skip
def mentor_day(request: Request[None, schemas.DayQuery]) -> schemas.MentorDayView:
    """A mentor's class: unreported lessons and unexcused absence of one day"""
    return lessons.mentor_day(request.caller, GroupId(request.id("group")), request.query.day or today())


@api.operation(
    "GET", "/v1/units/{unit}/evening-sweep", process=21,
    query=schemas.DayQuery, answer=schemas.SweepView, errors=(NotFound,),
)  # fmt: skip
def read_sweep(request: Request[None, schemas.DayQuery]) -> schemas.SweepView:
    """What the evening sweep found at a unit"""
    return notices.read_sweep(request.caller, UnitId(request.id("unit")), request.query.day or today())


@on.on_facts(
    "timetable.TimetablePublished.v1", "organisation.GroupMembersChanged.v1", process=20,
    meaning="Nya eller ändrade lektioner syns inte i lärarnas närvarolistor.",
)  # fmt: skip
def prepare_sheets(envelope: Envelope) -> None:
    """Keep lesson sheets in step with the timetable and the groups."""
    if envelope.type == "timetable.TimetablePublished.v1":
        planned = LessonsPlanned.model_validate(envelope.data)
        lessons.prepare_sheets(planned.group, planned.first_day, planned.last_day)
    else:
        group = GroupChanged.model_validate(envelope.data).group
        lessons.prepare_coming_sheets(group)


@on.on_facts(
    LessonReported.type, process=21, runbook="notices",
    meaning="Vårdnadshavare får inte veta samma dag att deras barn varit borta utan giltigt skäl.",
)  # fmt: skip
def decide_guardian_notices(envelope: Envelope) -> None:
    """Decide which guardians are due a notice about a reported lesson."""
    notices.decide_notices(LessonReported.model_validate(envelope.data))


@on.on_facts(
    "messages.NoticeDelivered.v1", "messages.NoticeFailed.v1", process=21, runbook="notices",
    meaning="Det syns inte om vårdnadshavare har nåtts av underrättelser om frånvaro.",
)  # fmt: skip
def record_notice_outcome(envelope: Envelope) -> None:
    """Remember whether a guardian was reached."""
    notices.record_outcome(NoticeAnswered.model_validate(envelope.data))


@on.on_facts(
    "register.PersonsMerged.v1", "register.PersonsParted.v1", process=2, timeout=120,
    meaning="Kommande frånvaro som anmälts på en elevs dubbla post syns inte när lektionen öppnas.",
)  # fmt: skip
def follow_merge(envelope: Envelope) -> None:
    """Let lessons know what is notified for either record of a pupil."""
    merges.follow_merge(MergeTold.model_validate(envelope.data))


@on.on_schedule(
    "cron(30 16 ? * MON-FRI *)", process=21, timeout=900, runbook="notices",
    meaning="Kvällens kontroll av att alla vårdnadshavare fått besked om ogiltig frånvaro har inte gått.",
)  # fmt: skip
def evening_sweep() -> None:
    """Every school day: find unreported lessons and untold unexcused absence, and see to it."""
    notices.sweep_evening(notices.day_to_sweep())


@on.on_facts(
    "access.ExtractRequested.v1", process=36, timeout=120, runbook="extracts",
    uses=("s3:PutObject extract-part",),
    meaning="Registerutdrag blir inte färdiga; den som har begärt ett har rätt till svar inom en månad.",
)  # fmt: skip
def answer_extract(envelope: Envelope) -> None:
    """Write what the area keeps about one person, for a register extract."""
    answer(envelope, gather, ExtractAnswered, register.records_of)


relay = on.relay_outbox()


@on.on_facts(
    "access.RetentionAsked.v1", RetentionContinued.type, process=36, timeout=900, memory=512, batch=1,
    runbook="retention", alarms=("RetentionFailed",),
    uses=("dynamodb:Scan own", "s3:PutObject proof"),
    meaning="Gallringen går inte: uppgifter sparas längre än gallringsplanen säger.",
)  # fmt: skip
def answer_retention(envelope: Envelope) -> None:
    """Erase what is over in the area's table, or count it."""
    from functions.attendance.retention import SHELF
    from skolkit.retention.work import answer as work

    work(envelope, SHELF)

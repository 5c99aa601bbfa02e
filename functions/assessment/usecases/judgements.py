"""Written assessments (omdömen, process 30): drafted from the notes by who teaches the pupil, read by the
home when the round is published, with a receipt, and from then on changed in versions.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace

from functions.assessment.domain import judgements as rules
from functions.assessment.domain import levels
from functions.assessment.domain import notes as note_rules
from functions.assessment.domain.judgements import Area, Judgement
from functions.assessment.domain.rounds import Round, teachers_of
from functions.assessment.events import AssessmentChanged, MessageDue
from functions.assessment.schemas import judgements as schemas
from functions.assessment.schemas.common import PageQuery
from functions.assessment.store import judgements as store
from functions.assessment.store import notes as notes_store
from functions.assessment.usecases.notes import note_view
from functions.assessment.usecases.rights import (
    Task,
    names_of,
    require_group,
    require_reader,
    require_task,
    taught,
)
from functions.register import queries as register
from functions.register.queries import PupilRecord
from skolkit.audit import Trace, record_read
from skolkit.clock import now, today
from skolkit.errors import ChangedMeanwhile, NotFound
from skolkit.events import Fact
from skolkit.identity import Caller
from skolkit.sweden.calendar import SchoolYear
from skolkit.table import commit
from skolkit.types import GroupId, PersonId, stable_id


def save_judgement(
    caller: Caller, id: PersonId, round_id: str, subject: str, new: schemas.NewJudgement, version: int
) -> schemas.JudgementView:
    """Write an assessment, as a draft or ready; after publication as a new version that the home is told of.
    Eight round trips: pupil, groups (2), their activities (2), round, assessment, commit.
    """
    task = require_task(caller, "assessment:judge", id)
    round = _round(task.pupil, round_id)
    _check_subject(caller, task, subject)
    old = store.find(task.pupil.records, round_id, subject)
    if (old.version if old else 0) != version:
        raise ChangedMeanwhile(field="If-Match", value=version)
    judgement = rules.write(
        old, _judgement(caller, old.pupil if old else id, round, subject, new), round, now(), today()
    )
    fresh = replace(judgement, version=version or None)
    commit(
        *store.writes(fresh, old if rules.replaces(old, judgement) else None),
        facts=_changed(judgement, task.pupil) if round.is_public(now()) else [],
        trace=Trace(
            caller.person_id, "save_judgement", id, changes=f"{round_id} {subject} {judgement.number}"
        ),
    )
    return judgement_view(replace(judgement, version=version + 1), round.levels)


def read_judgement(caller: Caller, id: PersonId, round_id: str, subject: str) -> schemas.WorkView:
    """What a teacher writes an assessment from: it is as it is now, what it said before, the notes of the
    school year and what they suggest. Seven round trips: pupil, groups (2), round, assessment, versions,
    notes.
    """
    pupil = require_task(caller, "assessment:judge", id).pupil
    round = _round(pupil, round_id)
    found = store.find(pupil.records, round_id, subject)
    noted = [
        note for note in notes_store.latest(pupil.records, subject)
        if SchoolYear.of(note.day) == round.school_year
    ]  # fmt: skip
    suggested = note_rules.draft(noted)
    earlier = store.versions(found) if found and found.number > 1 else []
    record_read(Trace(caller.person_id, "read_judgement", id, changes=f"{round_id} {subject}"))
    return schemas.WorkView(
        version=found.version or 0 if found else 0,
        judgement=judgement_view(found, round.levels) if found else None,
        earlier=[judgement_view(one, round.levels) for one in earlier],
        suggested=[
            schemas.SuggestedArea(area=one.area, level=one.level, notes=one.notes, text=one.text)
            for one in suggested
        ],
        notes=[note_view(note) for note in noted],
    )


def list_group_judgements(
    caller: Caller, id: GroupId, round_id: str, query: schemas.SheetQuery
) -> schemas.SheetView:
    """How far a group's assessments in a subject are, whole groups being one answer. Four round trips."""
    led = require_group(caller, "assessment:read", id)
    round = store.find_round(round_id)
    if round is None or round.unit != led.group.unit:
        raise NotFound
    names = names_of(caller, led)
    known = store.of_pupils(list(names), round_id, query.subject)
    record_read(Trace(caller.person_id, "list_group_judgements", id, changes=f"{round_id} {query.subject}"))
    rows = [
        schemas.SheetRow(
            pupil=pupil, given_name=name.given_name, family_name=name.family_name,
            level=one.level if (one := known.get(pupil)) else None, ready=bool(one and one.ready),
            version=(one.version or 0) if one else 0,
        )
        for pupil, name in names.items()
    ]  # fmt: skip
    return schemas.SheetView(
        round=round_id, subject=query.subject, rows=rows, withheld=len(led.group.members) - len(rows)
    )


def list_assessments(caller: Caller, id: PersonId, query: PageQuery) -> schemas.PublishedPage:
    """A pupil's assessments; for the home those that are published. Four round trips, three more for staff
    and one for each that has been changed.
    """
    pupil, home = require_reader(caller, id)
    found, cursor = store.page_of_pupil(pupil.records, query.cursor, query.limit, caller.seal)
    rounds = store.rounds(judgement.round for judgement in found)
    at = now()
    data = [
        _published(judgement, rounds[judgement.round], home=home)
        for judgement in found
        if judgement.round in rounds
        and (not home or (judgement.ready and rounds[judgement.round].is_public(at)))
    ]
    record_read(Trace(caller.person_id, "list_assessments", id))
    return schemas.PublishedPage(data=data, cursor=cursor)


def mark_assessments_read(caller: Caller, id: PersonId, round_id: str) -> None:
    """Remember that somebody of the home has read a published round; the first time counts. Three round
    trips: pupil, round, commit.
    """
    pupil = register.require_pupil(caller, "assessment:read_published", id)
    round = store.find_round(round_id)
    if round is None or not round.is_public(now()) or not store.of_rounds(pupil.records, [round_id]):
        raise NotFound
    receipt = store.receipt_item(id, round_id, caller.person_id, now())
    with suppress(ChangedMeanwhile):  # read before
        commit(receipt, trace=Trace(caller.person_id, "mark_assessments_read", id, changes=round_id))


def list_assessment_receipts(caller: Caller, id: PersonId, round_id: str) -> schemas.ReceiptsView:
    """Who of the home has read a round, and who has not. Five round trips."""
    pupil, home = require_reader(caller, id)
    if home or store.find_round(round_id) is None:
        raise NotFound
    view = receipts_view(pupil, round_id)
    record_read(Trace(caller.person_id, "list_assessment_receipts", id, changes=round_id))
    return view


def receipts_view(pupil: PupilRecord, about: str) -> schemas.ReceiptsView:
    """Who of the home has read something, and who of today's guardians has not. One query per record."""
    read = store.receipts(pupil.records, about)
    unread = set(pupil.guardians) - {person for person, _ in read}
    return schemas.ReceiptsView(
        read=[schemas.ReceiptView(person=person, at=at) for person, at in read], unread=sorted(unread)
    )


def _round(pupil: PupilRecord, id: str) -> Round:
    """The round, when it is of the pupil's unit; `NotInRound` for another year's."""
    round = store.find_round(id)
    if round is None or round.unit != pupil.unit:
        raise NotFound
    if pupil.school_form != round.form.value or pupil.year not in round.years:
        raise rules.NotInRound(field="round", value=id)
    return round


def _check_subject(caller: Caller, task: Task, subject: str) -> None:
    if caller.person in task.around.mentors:
        return
    teachers = teachers_of(task.pupil.id, subject, taught(list(task.around.groups)))
    if teachers and caller.person not in teachers:
        raise rules.NotYourSubject(field="subject", value=subject)


def _judgement(
    caller: Caller, pupil: PersonId, round: Round, subject: str, new: schemas.NewJudgement
) -> Judgement:
    return Judgement(
        pupil=pupil, round=round.id, subject=subject, by=caller.person_id, at=now(), level=new.level,
        text=new.text, areas=tuple(Area(one.name, one.level, one.text) for one in new.areas),
        basis=tuple(new.notes), ready=new.ready, reason=new.reason,
    )  # fmt: skip


def _changed(judgement: Judgement, pupil: PupilRecord) -> list[Fact]:
    """That a home has something new to read after the publication of its round."""
    which = (judgement.round, judgement.pupil, judgement.subject, str(judgement.number))
    fact = AssessmentChanged(
        round=judgement.round, pupil=judgement.pupil, subject=judgement.subject, version=judgement.number
    )
    due = MessageDue(
        id=stable_id("assessment_changed", *which), recipients=sorted(pupil.guardians) or [pupil.id],
        template="assessment_changed", about=pupil.id,
    )  # fmt: skip
    return [fact, due]


def _published(judgement: Judgement, round: Round, *, home: bool) -> schemas.PublishedView:
    earlier = store.versions(judgement) if judgement.number > 1 else []
    shown = [replace(one, basis=()) if home else one for one in (judgement, *earlier)]
    views = [judgement_view(one, round.levels) for one in shown]
    return schemas.PublishedView(
        title=round.title, published_at=round.publish_at, judgement=views[0], earlier=views[1:]
    )


def judgement_view(judgement: Judgement, scale: str) -> schemas.JudgementView:
    """An assessment as it is shown, with what its levels mean."""
    sv, en = _said(judgement.level, scale)
    areas = [
        schemas.AreaView(
            name=one.name, level=one.level, level_text=_said(one.level, scale)[0],
            level_text_en=_said(one.level, scale)[1], text=one.text,
        )
        for one in judgement.areas
    ]  # fmt: skip
    return schemas.JudgementView(
        pupil=judgement.pupil, round=judgement.round, subject=judgement.subject, level=judgement.level,
        level_text=sv, level_text_en=en, text=judgement.text, areas=areas, notes=list(judgement.basis),
        ready=judgement.ready, number=judgement.number, reason=judgement.reason, by=judgement.by,
        at=judgement.at, version=judgement.version or 0,
    )  # fmt: skip


def _said(level: int | None, scale: str) -> tuple[str, str]:
    words = levels.BY_ID[scale].words.get(level) if level is not None else None
    return (words.sv, words.en) if words else ("", "")

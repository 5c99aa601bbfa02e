"""The investigation of absence (process 23): opened, worked on, followed up and closed by those who have a
task for the pupil, and what the home sees of it.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace
from datetime import date, timedelta

from functions.access import guard
from functions.attendance.domain import inquiry as rules
from functions.attendance.domain import suggestions as suggesting
from functions.attendance.domain.inquiry import Case, Note
from functions.attendance.domain.inquiry_paper import Paper
from functions.attendance.domain.suggestions import Reason, Standing
from functions.attendance.events import InquiryClosed, InquiryOpened, MessageDue
from functions.attendance.schemas import inquiry as schemas
from functions.attendance.schemas.common import PageQuery
from functions.attendance.store import inquiry as store
from functions.attendance.store import suggestions as suggestions_store
from functions.attendance.usecases.inquiry_papers import paper_view
from functions.attendance.usecases.inquiry_rights import Shown, require_case, shown, works_at
from functions.attendance.usecases.suggestions import RECIPIENTS, reason_view, rules_of, suggestion_row
from functions.organisation import queries as organisation
from functions.register import queries as register
from functions.register.queries import require_pupil
from skolkit.audit import Trace, record_read
from skolkit.clock import now, today
from skolkit.errors import ChangedMeanwhile, NotFound
from skolkit.idempotency import RequestKey
from skolkit.identity import Caller
from skolkit.retry import persist
from skolkit.table import AlreadyDone, Once, Write, commit, fetch
from skolkit.telemetry import count as measured
from skolkit.types import PersonId, UnitId, new_id, stable_id


def open_inquiry(
    caller: Caller, id: PersonId, new: schemas.NewInquiry, key: RequestKey
) -> schemas.InquiryState:
    """Open an investigation and tell the organiser at once; what was suggested has led to it. Ten round
    trips, and one for each who is to work on it.
    """
    pupil = require_pupil(caller, "attendance:open_inquiry", id)
    if pupil.unit is None:
        raise NotFound
    known = suggestions_store.standings(pupil.records)
    if any(one.open_case for one in known.values()):
        raise rules.InquiryIsOpen(field="pupil", value=id)
    handler, team = PersonId(new.handler or caller.person_id), tuple(PersonId(one) for one in new.team)
    _of_the_unit(pupil.unit, {handler, *team} - {caller.person_id})
    reasons, decided = _suggested(known.values(), caller.person_id)
    organiser = _organiser()
    case = Case(
        id=new_id(), pupil=id, unit=pupil.unit, opened=today(), opened_by=caller.person_id, reasons=reasons,
        rules=rules_of(pupil.unit, today()).id, organiser_told=now() if organiser else None,
        handler=handler, team=team,
    )  # fmt: skip
    view = state_view(case, 1)
    moved = [suggestions_store.standing_item(one) for one in _standings_after(known.values(), case)]
    commit(
        *store.writes(case), *decided, *moved,
        facts=_opened(case, organiser),
        trace=Trace(caller.person_id, "open_inquiry", id, changes=case.id),
        once=key.once(view.model_dump_json(by_alias=True)),
    )  # fmt: skip
    return view


def _of_the_unit(unit: UnitId, people: Iterable[PersonId]) -> None:
    for person in sorted(people):
        if not works_at(person, unit):
            raise rules.NotOfTheUnit(field="team", value=person)


def _suggested(known: Iterable[Standing], by: PersonId) -> tuple[tuple[Reason, ...], list[Write]]:
    """The reasons of what waits, and the writes that say it has led to a case."""
    reasons, writes = list[Reason](), list[Write]()
    for standing in known:
        for one in standing.waiting.values():
            if found := suggestions_store.suggestion_of(standing.pupil, one.suggestion):
                item, suggestion = found
                reasons += suggestion.reasons
                writes += suggestions_store.deciding(item, suggesting.lead_to_case(suggestion, by, today()))
    return tuple(reasons), writes


def _standings_after(known: Iterable[Standing], case: Case) -> list[Standing]:
    return [
        one.opened(case.id) if one.pupil == case.pupil else one.opened(case.id).closed(today())
        for one in known
        if one.pupil == case.pupil or one.waiting
    ]


def _organiser() -> list[PersonId]:
    """Who is told for the organiser: the attendance officers and the administrators of the municipality."""
    everywhere = organisation.MUNICIPALITY
    officers = organisation.holders_at(everywhere, "attendance_officer")
    return list(dict.fromkeys((*officers, *organisation.administrators_at(everywhere))))[:RECIPIENTS]


def _opened(case: Case, organiser: list[PersonId]) -> list[InquiryOpened | MessageDue]:
    """What the organiser is told (skollagen 7:19 a); the home municipality by the register (7:22). With
    nobody who acts for the organiser the unit's principals have to tell it, and so hear.
    """
    fact = InquiryOpened(inquiry=case.id, pupil=case.pupil, unit=case.unit, day=case.opened)
    template, recipients = "inquiry_opened", organiser
    if not organiser:
        measured("InquiryOrganiserUntold", 1, unit_id=case.unit)
        principals = organisation.holders_at(case.unit, "principal")[:RECIPIENTS]
        template, recipients = "inquiry_untold", list(principals or (case.opened_by,))
    due = MessageDue(
        id=stable_id(template, case.id), recipients=recipients, template=template,
        values={"day": case.opened.isoformat()},
    )  # fmt: skip
    return [fact, due]


def list_inquiries(caller: Caller, unit: UnitId, query: PageQuery) -> schemas.InquiryPage:
    """A unit's open cases. Five round trips."""
    duties = organisation.duties_of(caller.person_id)
    guard.require(caller, "attendance:list_inquiries", guard.Unit(unit), duties)
    found, cursor = store.page_of_cases(unit, query.cursor, query.limit, caller.seal)
    seen = shown(caller, "attendance:read_inquiry", unit, [case.pupil for case in found], duties)
    record_read(Trace(caller.person_id, "list_inquiries", unit))
    return schemas.InquiryPage(data=[_row(case, seen) for case in found], cursor=cursor)


def list_my_inquiries(caller: Caller, query: PageQuery) -> schemas.InquiryPage:
    """The open cases that the caller works on, as long as they have a duty there. Five round trips."""
    found, cursor = store.page_of_own(caller.person_id, query.cursor, query.limit, caller.seal)
    units = {duty.unit for duty in organisation.duties_of(caller.person_id)} if found else set()
    mine = [case for case in found if None in units or case.unit in units]
    names = fetch(register.wanted_names([case.pupil for case in mine]))[0]
    record_read(Trace(caller.person_id, "list_my_inquiries", caller.person_id))
    seen = Shown(names, frozenset())
    return schemas.InquiryPage(data=[_row(case, seen) for case in mine], cursor=cursor)


def list_pupil_inquiries(caller: Caller, id: PersonId) -> schemas.PupilInquiries:
    """All that has been suggested and investigated about a pupil. Eight round trips."""
    pupil = require_pupil(caller, "attendance:read_pupil_inquiries", id)
    suggestions = [s for record in pupil.records for s in suggestions_store.suggestions_of(record)]
    found = store.cases_of(pupil.records)
    names = fetch(register.wanted_names([id]))[0]
    record_read(Trace(caller.person_id, "list_pupil_inquiries", id))
    seen = Shown(names, frozenset())
    return schemas.PupilInquiries(
        pupil=id,
        suggestions=[suggestion_row(replace(one, pupil=id), seen) for one in suggestions],
        inquiries=[_row(replace(case, pupil=id), seen) for case in found],
    )


def read_inquiry(caller: Caller, id: str) -> schemas.InquiryView:
    """A case with its notes and papers. Eight round trips."""
    item, case, pupil, _ = require_case(caller, "attendance:read_inquiry", id)
    notes = store.notes_of(id)
    record_read(Trace(caller.person_id, "read_inquiry", pupil.id, changes=id))
    return schemas.InquiryView(
        **state_view(case, item.version or 0).model_dump(),
        pupil=pupil.id,
        given_name=pupil.given_name,
        family_name=pupil.family_name,
        protected=pupil.protected,
        reasons=[reason_view(reason) for reason in case.reasons],
        rules=case.rules,
        opened_by=case.opened_by,
        organiser_told=case.organiser_told,
        notes=[_note_view(note) for note in notes],
        papers=[paper_view(paper) for _, paper in store.papers_of(id)],
    )


def assign_inquiry(caller: Caller, id: str, body: schemas.Team, version: int) -> schemas.InquiryState:
    """Give a case to a handler and a team. Six round trips, and one for each of them."""
    item, case, pupil, _ = require_case(caller, "attendance:lead_inquiry", id)
    if item.version != version:
        raise ChangedMeanwhile(field="If-Match", value=version)
    handler = PersonId(body.handler) if body.handler else None
    fresh = rules.assigned(case, handler, tuple(PersonId(one) for one in body.team))
    _of_the_unit(case.unit, fresh.people - case.people)
    trace = Trace(
        caller.person_id, "assign_inquiry", pupil.id, changes=f"{id} {' '.join(sorted(fresh.people))}"
    )
    commit(*store.writes(fresh, item), trace=trace)
    return state_view(fresh, version + 1)


def add_inquiry_note(caller: Caller, id: str, new: schemas.NewNote, key: RequestKey) -> schemas.InquiryState:
    """Note a step, a meeting, a finding, a measure or a follow-up. Six round trips."""

    def attempt() -> schemas.InquiryState:
        item, case, pupil, _ = require_case(caller, "attendance:work_inquiry", id)
        note = Note(
            kind=new.kind, code=new.code, day=new.day, by=caller.person_id, at=now(),
            participants=tuple(new.participants), text=new.text.strip(), shared=new.shared,
        )  # fmt: skip
        fresh = rules.noted(case, note, today())
        view = state_view(fresh, (item.version or 0) + 1)
        commit(
            *store.writes(fresh, item), store.note_item(id, note),
            trace=Trace(caller.person_id, "add_inquiry_note", pupil.id, changes=f"{id} {note.kind}"),
            once=key.once(view.model_dump_json(by_alias=True)),
        )  # fmt: skip
        return view

    return persist(attempt)


def close_inquiry(caller: Caller, id: str, body: schemas.NewClosing, key: RequestKey) -> schemas.InquiryState:
    """Close a case with what it led to. Eight round trips."""
    item, case, pupil, _ = require_case(caller, "attendance:lead_inquiry", id)
    fresh = rules.closed(case, body.outcome, body.effect, today())
    view = state_view(fresh, (item.version or 0) + 1)
    commit(
        *closing(fresh, item),
        facts=[InquiryClosed(inquiry=id, pupil=case.pupil, unit=case.unit, outcome=body.outcome)],
        trace=Trace(caller.person_id, "close_inquiry", pupil.id, body.outcome, f"{id} {body.effect}"),
        once=key.once(view.model_dump_json(by_alias=True)),
    )
    return view


def closing(case: Case, item: store.InquiryItem) -> list[Write]:
    """What stores a closed case, and that its pupil has none. Two round trips."""
    standing = suggestions_store.standings([case.pupil])[case.pupil]
    until = suggesting.rest_until(today(), rules_of(case.unit, today()))
    return [*store.writes(case, item), suggestions_store.standing_item(standing.closed(until))]


def read_shared_inquiries(caller: Caller, id: PersonId) -> schemas.SharedInquiries:
    """A pupil's investigations as the home sees them: that there is one, measures and days that are shared.
    Four round trips, and two for each case.
    """
    pupil = require_pupil(caller, "attendance:read_shared_inquiries", id)
    found = store.cases_of(pupil.records)
    data = [
        _shared(case, store.notes_of(case.id), [paper for _, paper in store.papers_of(case.id)])
        for case in found
    ]
    record_read(Trace(caller.person_id, "read_shared_inquiries", id))
    return schemas.SharedInquiries(pupil=id, data=data)


def remind_of_follow_ups(day: date) -> None:
    """Remind handlers of what is to be followed up today, and of yesterday's that is not noted; without a
    handler the principal. One query a day and a get for each case.
    """
    due: dict[PersonId, int] = {}
    for when in (day - timedelta(days=1), day):
        for id in store.follow_ups_on(when):
            for person in _responsible(id):
                due[person] = due.get(person, 0) + 1
    for person, count in sorted(due.items()):
        reminder = MessageDue(
            id=stable_id("inquiry_follow_up", person, day.isoformat()), recipients=[person],
            template="inquiry_follow_up", values={"count": str(count)},
        )  # fmt: skip
        with suppress(AlreadyDone):
            commit(facts=[reminder], once=Once(f"INQUIRY-FOLLOW-UP#{person}#{day}"))


def _responsible(id: str) -> tuple[PersonId, ...]:
    found = store.find_case(id)
    if found is None or found[1].closed:
        return ()
    case = found[1]
    if case.handler and works_at(case.handler, case.unit):
        return (case.handler,)
    return organisation.holders_at(case.unit, "principal")


def state_view(case: Case, version: int) -> schemas.InquiryState:
    """A case without what is in it."""
    return schemas.InquiryState(
        id=case.id, unit=case.unit, opened=case.opened, step=case.step, handler=case.handler,
        team=list(case.team), follow_ups=list(case.follow_ups), closed=case.closed, outcome=case.outcome,
        effect=case.effect, version=version,
    )  # fmt: skip


def _row(case: Case, seen: Shown) -> schemas.InquiryRow:
    name = None if case.pupil in seen.withheld else seen.names.get(case.pupil)
    return schemas.InquiryRow(
        id=case.id, opened=case.opened, step=case.step, handler=case.handler,
        follow_ups=list(case.follow_ups), closed=case.closed, withheld=name is None,
        pupil=case.pupil if name else None,
        given_name=name.given_name if name else None,
        family_name=name.family_name if name else None,
    )  # fmt: skip


def _note_view(note: Note) -> schemas.NoteView:
    return schemas.NoteView(
        kind=note.kind, code=note.code, day=note.day, participants=list(note.participants), text=note.text,
        shared=note.shared, by=note.by, at=note.at,
    )  # fmt: skip


def _shared(case: Case, notes: Iterable[Note], papers: Iterable[Paper]) -> schemas.SharedInquiry:
    return schemas.SharedInquiry(
        id=case.id, opened=case.opened, closed=case.closed, outcome=case.outcome,
        shared=[
            schemas.SharedNote(kind=note.kind, code=note.code, day=note.day, text=note.text)
            for note in notes if note.shared
        ],
        follow_ups=list(case.follow_ups),
        papers=[paper_view(one) for one in papers if one.edition == "home" and one.state == "ready"],
    )  # fmt: skip

"""Test groups and their results (process 31): plan, read, report by name.

A part that is marked without names has no result of anybody here until its key is opened (`marking`).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from functions.access import guard
from functions.assessment.domain import national_tests as calendar
from functions.assessment.domain import sittings as rules
from functions.assessment.domain import writers
from functions.assessment.domain.national_tests import Outcome, TestId
from functions.assessment.domain.sittings import Result, Sitting, SittingId, Slot
from functions.assessment.domain.writers import Admission, Place
from functions.assessment.events import TestResultsReported
from functions.assessment.schemas.common import PageQuery
from functions.assessment.schemas.national_tests import TestView, YearQuery
from functions.assessment.schemas.sittings import (
    NewResults,
    NewSitting,
    PartResult,
    SavedResults,
    SavedRow,
    SealedView,
    SittingBody,
    SittingPage,
    SittingState,
    SittingView,
    SlotBody,
    Writer,
)
from functions.assessment.store import national_tests as calendar_store
from functions.assessment.store import sittings as store
from functions.assessment.usecases.national_tests import require_planner
from functions.organisation import queries as organisation
from functions.register import queries as register
from functions.register.queries import PersonName
from skolkit.audit import Trace, record_read
from skolkit.clock import now, today
from skolkit.errors import ChangedMeanwhile, NotFound
from skolkit.idempotency import RequestKey
from skolkit.identity import Caller
from skolkit.retry import persist
from skolkit.table import Unchanged, commit, fetch
from skolkit.types import GroupId, PersonId, UnitId, new_id


def plan_sitting(caller: Caller, unit: UnitId, new: NewSitting, key: RequestKey) -> SittingState:
    """Plan a test of a group. Ten round trips: duties, unit, test, given subjects, group, the responsible's
    duties, the unit's pupils, its sittings (2), commit; one more for each pupil enrolled elsewhere, and
    when the principal adds somebody of another year.
    """
    duties = require_planner(caller, unit)
    test = calendar_store.find_test(TestId(new.test))
    if test is None:
        raise rules.UnknownTest(field="test", value=new.test)
    calendar.check_given(test, calendar_store.given(unit, test.school_year)[0])
    one = _planned(caller, duties, Sitting(
        id=SittingId(new_id()), unit=unit, group=GroupId(new.group), paper=test,
        responsible=PersonId(new.responsible), pupils=(),
    ), new)  # fmt: skip
    view = state_view(replace(one, version=1))
    commit(
        *store.sitting_writes(None, one),
        trace=[Trace(caller.person_id, "plan_sitting", one.group, changes=one.id), *_admissions({}, one)],
        once=key.once(view.model_dump_json(by_alias=True)),
    )
    return view


def _planned(caller: Caller, duties: Sequence[guard.Duty], sitting: Sitting, body: SittingBody) -> Sitting:
    """The sitting as it is wanted, checked against the group, the pupils' years, the staff and the unit's
    other sittings.
    """
    group = organisation.group(sitting.group, today())
    if group is None or group.unit != sitting.unit:
        raise rules.UnknownGroup(field="group")
    if not any(duty.unit == sitting.unit for duty in organisation.duties_of(PersonId(body.responsible))):
        raise rules.NotStaffHere(field="responsible")
    members = dict.fromkeys(
        (*group.members, *sitting.pupils)
    )  # who has left the group meanwhile has written it
    new = _newly_admitted(caller, duties, sitting, body)
    asked = None if body.students is None else tuple(map(PersonId, dict.fromkeys(body.students)))
    wanted = writers.choose(
        sitting.paper, asked, members, sitting.pupils, _places(sitting.unit, members),
        {pupil: one.why for pupil, one in new.items()}, today(),
    )  # fmt: skip
    if not set(new) <= set(wanted):
        raise rules.UnknownGroup(field="outsideTheYear")
    one = replace(
        sitting, responsible=PersonId(body.responsible), pupils=wanted,
        admitted={p: a for p, a in ({**sitting.admitted, **new}).items() if p in wanted},
        special=frozenset(map(PersonId, body.special_arrangements)),
        slots={slot.part: Slot(slot.start_time, slot.room) for slot in body.slots},
    )  # fmt: skip
    return rules.check(one, members, store.sittings_at(sitting.unit, sitting.paper.school_year))


def _newly_admitted(
    caller: Caller, duties: Sequence[guard.Duty], sitting: Sitting, body: SittingBody
) -> dict[PersonId, Admission]:
    """Whom the principal lets write beside those who do already; nobody's own child. One round trip when
    there is somebody.
    """
    before = {pupil: one.why for pupil, one in sitting.admitted.items()}
    asked = {PersonId(one.student): one.why for one in body.outside_the_year}
    new = {pupil: Admission(why, caller.person_id, now()) for pupil, why in asked.items()}
    new = {pupil: one for pupil, one in new.items() if before.get(pupil) != one.why}
    if new and not guard.permitted(caller, "assessment:lead", [guard.Unit(sitting.unit)], duties):
        raise writers.PrincipalDecides(field="outsideTheYear")
    if new and set(new) & set(register.children_ever(caller.person_id)):
        raise rules.OwnCase(field="outsideTheYear")
    return new


def _places(unit: UnitId, pupils: Collection[PersonId]) -> dict[PersonId, list[Place]]:
    """Where pupils go to school today. A query per 4,000 of the unit, and one for each who is not there."""
    day, found = today(), dict[PersonId, list[Place]]()
    for row in register.pupils_now(unit):
        if row.person in pupils:
            found.setdefault(row.person, []).append(Place(row.school_form, row.year))
    elsewhere = register.pupils([pupil for pupil in pupils if pupil not in found])
    return found | {
        pupil: [Place(e.school_form, e.year) for e in one.enrolments if e.covers(day)]
        for pupil, one in elsewhere.items()
    }


def _admissions(before: Mapping[PersonId, Admission], one: Sitting) -> list[Trace]:
    """A decision about each pupil of another year is in that pupil's trail."""
    return [
        Trace(new.by, "admit_to_test", pupil, new.why, one.paper.id)
        for pupil, new in one.admitted.items() if before.get(pupil) != new
    ]  # fmt: skip


def change_sitting(caller: Caller, id: SittingId, body: SittingBody, version: int) -> SittingState:
    """Change who is responsible, who writes and when. Eleven round trips, and those of `plan_sitting`."""
    old = _find(id)
    duties = require_planner(caller, old.unit)
    if old.version != version:
        raise ChangedMeanwhile(field="If-Match", value=version)
    test = calendar_store.find_test(old.paper.id)
    one = _planned(caller, duties, replace(old, paper=old.paper if old.begun or test is None else test), body)
    _check_change(old, one)
    trace = [
        Trace(caller.person_id, "change_sitting", one.group, changes=id),
        *_admissions(old.admitted, one),
    ]
    commit(*store.sitting_writes(old, one), trace=trace)
    return state_view(replace(one, version=version + 1))


def _check_change(old: Sitting, one: Sitting) -> None:
    """Nobody who has a result, or a paper that is being marked, is taken out, and the key stays where it
    is.
    """
    gone = [pupil for pupil in old.pupils if pupil not in one.pupils]
    if old.markers and (gone or one.responsible != old.responsible):
        raise rules.SealedPart(field="students" if gone else "responsible")
    found = store.results(gone, old.paper) if gone else {}
    if any(result.sitting == old.id and result.parts for result in found.values()):
        raise rules.HasResult(field="students")


def list_sittings(caller: Caller, unit: UnitId, query: YearQuery) -> SittingPage:
    """A unit's test groups. Four round trips."""
    require_planner(caller, unit)
    year = query.which(today())
    found, cursor = store.page_at(unit, year, query.limit, query.cursor, caller.seal)
    return SittingPage(data=[state_view(one) for one in found], cursor=cursor)


def list_my_sittings(caller: Caller, query: PageQuery) -> SittingPage:
    """The test groups that the caller is responsible for. Two round trips."""
    found, cursor = store.page_held(caller.person_id, query.limit, query.cursor, caller.seal)
    return SittingPage(data=[state_view(one) for one in found], cursor=cursor)


def read_sitting(caller: Caller, id: SittingId) -> SittingView:
    """A test group with names and results; protected pupils only for who has a task for them. Six round
    trips, and one per protected pupil.
    """
    one, duties = require_sitting(caller, "assessment:read_sitting", id)
    names = shown_names(caller, one, duties)
    results = store.results(one.pupils, one.paper)
    record_read(Trace(caller.person_id, "read_sitting", one.group, changes=id))
    slots = [SlotBody(part=code, start_time=s.start, room=s.room) for code, s in sorted(one.slots.items())]
    return SittingView(
        **state_view(one).model_dump(), parts=TestView.of(one.paper).parts, slots=slots,
        markings=[
            SealedView(part=code, marking=sealed.marking, opened=sealed.opened)
            for code, sealed in sorted(one.sealed.items())
        ],
        rows=[_writer(one, names[pupil], results.get(pupil)) for pupil in one.pupils if pupil in names],
    )  # fmt: skip


def save_results(caller: Caller, id: SittingId, new: NewResults, key: RequestKey) -> SavedResults:
    """Report results by name, all or none. Seven round trips: sitting, group, duties, the caller's children,
    names, results, commit.
    """
    return persist(lambda: _save(caller, id, new, key))


def _save(caller: Caller, id: SittingId, new: NewResults, key: RequestKey) -> SavedResults:
    one, duties = require_sitting(caller, "assessment:save_results", id)
    own = register.children_ever(caller.person_id)
    for n, row in enumerate(new.rows):
        if row.student in own:
            raise rules.OwnCase(field=f"rows.{n}.student")
    seen = replace(one, pupils=tuple(shown_names(caller, one, duties)))
    known = store.results([PersonId(row.student) for row in new.rows], one.paper)
    saved = {
        row.student: rules.report(
            seen, known.get(PersonId(row.student)), row.change(), caller.person_id, now(), n
        )
        for n, row in enumerate(new.rows)
    }
    rows = [
        SavedRow(student=r.pupil, test_grade=r.grade, version=(r.version or 0) + 1) for r in saved.values()
    ]
    view = SavedResults(rows=rows)
    # A part that somebody seals at this moment takes no result by name.
    begun = Unchanged(store.sitting_item(one)) if one.begun else store.sitting_item(replace(one, begun=True))
    commit(
        *(store.result_item(result) for result in saved.values()), begun,
        facts=[TestResultsReported(sitting=id, unit=one.unit, pupils=[r.pupil for r in saved.values()])],
        trace=[Trace(caller.person_id, "save_results", pupil, changes=one.paper.id) for pupil in saved],
        once=key.once(view.model_dump_json(by_alias=True)),
    )  # fmt: skip
    return view


# Who may


def require_sitting(
    caller: Caller, action: guard.Action, id: SittingId, markers: Collection[PersonId] | None = None
) -> tuple[Sitting, Sequence[guard.Duty]]:
    """The sitting, if the caller may do `action` to it, with the caller's duties. Three round trips.
    `markers` are those of one part, for what is theirs; else those of all.
    """
    one = _find(id)
    duties = organisation.duties_of(caller.person_id)
    guard.require(caller, action, _facts(caller, one, duties, markers), duties)
    return one, duties


def _find(id: SittingId) -> Sitting:
    one = store.find_sitting(id)
    if one is None:
        raise NotFound
    return one


def _facts(
    caller: Caller, one: Sitting, duties: Sequence[guard.Duty], markers: Collection[PersonId] | None
) -> guard.Sitting:
    """What the guard must know of a sitting: who teaches the group today, who marks, who may keep the key."""
    group = organisation.group(one.group, today())
    teachers = group.teachers if group else frozenset[PersonId]()
    leads = guard.Duty("principal", one.unit) in duties
    keepers = {one.responsible, *([caller.person_id] if leads else [])} - one.markers
    return guard.Sitting(
        id=one.id, unit=one.unit, holders=teachers | {one.responsible}, keepers=frozenset(keepers),
        markers=one.markers if markers is None else frozenset(markers),
    )  # fmt: skip


def shown_names(caller: Caller, one: Sitting, duties: Sequence[guard.Duty]) -> dict[PersonId, PersonName]:
    """The names of a sitting's pupils that the caller may see, in the order of the group."""
    names: dict[PersonId, PersonName] = fetch(register.wanted_names(one.pupils))[0] if one.pupils else {}
    mine = frozenset({one.responsible})
    shown = register.shown_names(caller, names, teachers=mine, mentors=frozenset(), duties=duties)
    return {pupil: shown[pupil] for pupil in one.pupils if pupil in shown}


# How it is shown


def state_view(one: Sitting) -> SittingState:
    """The sitting as lists show it."""
    paper = one.paper
    return SittingState(
        id=one.id, test=paper.id, school_year=str(paper.school_year), subject=paper.subject, name=paper.name,
        year=paper.year, unit=one.unit, group=one.group, responsible=one.responsible,
        students=len(one.pupils), last_day=max(part.last for part in paper.parts),
        sealed_parts=sorted(code for code in one.sealed if one.is_sealed(code)), version=one.version or 1,
    )  # fmt: skip


def _writer(one: Sitting, name: PersonName, result: Result | None) -> Writer:
    admitted = one.admitted.get(name.id)
    return Writer(
        student=name.id, given_name=name.given_name, family_name=name.family_name,
        special_arrangements=name.id in one.special, outside_the_year=admitted.why if admitted else None,
        parts=part_views(result),
        test_grade=result.grade if result else None, version=result.version or 0 if result else 0,
    )  # fmt: skip


def part_views(result: Result | None) -> list[PartResult]:
    """What came of the parts, in the test's order."""
    if result is None:
        return []
    found: list[tuple[str, Outcome | None]] = [(p.code, result.parts.get(p.code)) for p in result.paper.parts]
    return [
        PartResult(part=code, state=one.state, grade=one.grade, points=one.points)
        for code, one in found
        if one
    ]

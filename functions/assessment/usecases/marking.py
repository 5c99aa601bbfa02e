"""Marking without names and co-assessment (process 31): plan, label, mark, open.

Only `read_labels` and `open_key` read whose the papers are; neither is for anybody who marks, and the first
is shut while the marking goes on.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from secrets import SystemRandom

from functions.access import guard
from functions.assessment.domain import marking as rules
from functions.assessment.domain.marking import Code, Marking, Paper
from functions.assessment.domain.national_tests import Outcome
from functions.assessment.domain.sittings import (
    MarkingId,
    NotStaffHere,
    Result,
    Sitting,
    SittingId,
    with_parts,
)
from functions.assessment.events import TestResultsReported
from functions.assessment.schemas.common import PageQuery
from functions.assessment.schemas.marking import (
    Labels,
    LabelView,
    LostPaper,
    MarkersBody,
    MarkingPage,
    MarkingState,
    MarkingView,
    MarkView,
    NewMarking,
    NewMarks,
    PaperView,
)
from functions.assessment.store import marking as store
from functions.assessment.store import sittings as sittings_store
from functions.assessment.usecases.sittings import require_sitting, shown_names
from functions.organisation import queries as organisation
from functions.register import queries as register
from skolkit.audit import Trace, record_read
from skolkit.clock import now
from skolkit.errors import ChangedMeanwhile, NotFound
from skolkit.idempotency import RequestKey
from skolkit.identity import Caller
from skolkit.retry import persist
from skolkit.table import commit
from skolkit.types import PersonId, new_id


def plan_marking(caller: Caller, id: SittingId, new: NewMarking, key: RequestKey) -> MarkingState:
    """Let a part be marked without names. Six round trips, and two per marker."""
    sitting, _ = require_sitting(caller, "assessment:lead_marking", id)
    known, markers = sittings_store.results(sitting.pupils, sitting.paper), tuple(map(PersonId, new.markers))
    pupils = _handed_in(sitting, new, known)
    part = rules.plan(sitting, new.part, markers, pupils, _kin(markers), known.values())
    one = Marking(
        id=MarkingId(new_id()), sitting=id, unit=sitting.unit, name=sitting.paper.name, part=part,
        grades=sitting.paper.grades, markers=markers, papers=len(pupils),
    )  # fmt: skip
    chance, view = SystemRandom(), _state(replace(one, version=1))
    chance.shuffle(pupils)
    codes = rules.draw(len(pupils), chance.choice)
    commit(
        *store.marking_writes(None, one), store.key_item(one, dict(zip(codes, pupils, strict=True))),
        *(store.paper_item(one, Paper(code=code)) for code in codes),
        sittings_store.sitting_item(rules.sealed(sitting, one)),
        trace=Trace(caller.person_id, "plan_marking", sitting.group, changes=one.id),
        once=key.once(view.model_dump_json(by_alias=True)),
    )  # fmt: skip
    return view


def _handed_in(sitting: Sitting, new: NewMarking, known: Mapping[PersonId, Result]) -> list[PersonId]:
    if new.students is not None:
        return [PersonId(pupil) for pupil in dict.fromkeys(new.students)]
    return [p for p in sitting.pupils if p not in known or new.part not in known[p].parts]


def _kin(markers: Sequence[PersonId]) -> dict[PersonId, tuple[PersonId, ...]]:
    """Whose parent each marker is or has been; raises `NotStaffHere` for who is not employed."""
    if not all(organisation.duties_of(person) for person in markers):
        raise NotStaffHere(field="markers")
    return {person: register.children_ever(person) for person in markers}


def change_markers(caller: Caller, id: MarkingId, body: MarkersBody, version: int) -> MarkingState:
    """Change who marks, or appoint a third who decides. Seven round trips, and two per marker."""
    old, sitting = _require(caller, "assessment:lead_marking", id)
    if old.version != version:
        raise ChangedMeanwhile(field="If-Match", value=version)
    markers, third = tuple(map(PersonId, body.markers)), PersonId(body.third) if body.third else None
    everybody = (*markers, *((third,) if third else ()))
    rules.check_markers(sitting, markers, third, sitting.pupils, _kin(everybody))
    if old.state == "opened":
        raise rules.NotNow(field="state")
    one = replace(old, markers=markers, third=third)
    commit(
        *store.marking_writes(old, one), sittings_store.sitting_item(rules.sealed(sitting, one)),
        trace=Trace(caller.person_id, "change_markers", sitting.group, changes=id),
    )  # fmt: skip
    return _state(replace(one, version=version + 1))


def read_labels(caller: Caller, id: MarkingId) -> Labels:
    """Whose the papers are: to put codes on them before the marking, or when it is over. Seven round
    trips.
    """
    one, sitting = _require(caller, "assessment:read_key", id)
    if one.state == "marking":
        raise rules.NotNow(field="state")
    names = shown_names(caller, sitting, organisation.duties_of(caller.person_id))
    rows = [(code, names[pupil]) for code, pupil in sorted(store.key(id).items()) if pupil in names]
    record_read(Trace(caller.person_id, "read_labels", sitting.group, changes=id))
    return Labels(
        rows=[
            LabelView(code=code, student=n.id, given_name=n.given_name, family_name=n.family_name)
            for code, n in rows
        ]
    )


def begin_marking(caller: Caller, id: MarkingId, version: int) -> MarkingState:
    """Let the marking begin: whose a paper is, is told no more. Five round trips."""
    old, sitting = _require(caller, "assessment:lead_marking", id)
    if old.version != version:
        raise ChangedMeanwhile(field="If-Match", value=version)
    one = rules.begin(old)
    commit(store.marking_item(one), trace=Trace(caller.person_id, "begin_marking", sitting.group, changes=id))
    return _state(replace(one, version=version + 1))


def list_my_markings(caller: Caller, query: PageQuery) -> MarkingPage:
    """The markings that the caller marks in. Two round trips."""
    found, cursor = store.page_of_marker(caller.person_id, query.limit, query.cursor, caller.seal)
    return MarkingPage(data=[_state(one) for one in found], cursor=cursor)


def read_marking(caller: Caller, id: MarkingId) -> MarkingView:
    """The papers by code, with the marks that the caller may see. Six round trips."""
    one, sitting = _require(caller, "assessment:read_marking", id)
    papers = store.papers_of(id)
    record_read(Trace(caller.person_id, "read_marking", sitting.group, changes=id))
    return MarkingView(
        **_state(one).model_dump(), rows=[_paper_view(one, paper, caller.person_id) for paper in papers]
    )


def save_marks(caller: Caller, id: MarkingId, new: NewMarks, key: RequestKey) -> MarkingView:
    """Mark papers, all or none. Six round trips: marking, sitting, group, duties, papers, commit."""
    one, sitting = _require(caller, "assessment:mark", id)
    return persist(lambda: _mark(caller, one, sitting, new, key))


def _mark(caller: Caller, one: Marking, sitting: Sitting, new: NewMarks, key: RequestKey) -> MarkingView:
    papers, by = {paper.code: paper for paper in store.papers_of(one.id)}, caller.person_id
    marked: dict[Code, Paper] = {}
    for number, row in enumerate(new.rows):
        code, field = Code(row.code), f"rows.{number}"
        if code not in papers or code in marked:
            raise rules.UnknownCode(field=f"{field}.code", value=code)
        outcome = Outcome("done", row.grade, row.points)
        marked[code] = rules.mark(one, papers[code], by, outcome, now(), field)
    views = [_paper_view(one, paper, by) for paper in (papers | marked).values()]
    view = MarkingView(**_state(one).model_dump(), rows=views)
    commit(
        *(store.paper_item(one, paper) for paper in marked.values()),
        trace=Trace(by, "save_marks", sitting.group, changes=f"{one.id} {' '.join(marked)}"),
        once=key.once(view.model_dump_json(by_alias=True)),
    )  # fmt: skip
    return view


def lose_paper(caller: Caller, id: MarkingId, lost: LostPaper, key: RequestKey) -> MarkingState:
    """Say that a paper cannot be found any more. Six round trips."""
    one, sitting = _require(caller, "assessment:lead_marking", id)
    paper = next((paper for paper in store.papers_of(id) if paper.code == lost.code), None)
    if paper is None:
        raise rules.UnknownCode(field="code", value=lost.code)
    view = _state(one)
    commit(
        store.paper_item(one, rules.lose(one, paper)),
        trace=Trace(caller.person_id, "lose_paper", sitting.group, changes=f"{id} {lost.code}"),
        once=key.once(view.model_dump_json(by_alias=True)),
    )
    return view


def open_key(caller: Caller, id: MarkingId, key: RequestKey) -> MarkingState:
    """Open the key, and give every pupil what their paper got. Eight round trips."""
    return persist(lambda: _open(caller, id, key))


def _open(caller: Caller, id: MarkingId, key: RequestKey) -> MarkingState:
    old, sitting = _require(caller, "assessment:open_key", id)
    papers, owners = {paper.code: paper for paper in store.papers_of(id)}, store.key(id)
    one = rules.open_key(old, papers.values())
    known = sittings_store.results(list(owners.values()), sitting.paper)
    results = [
        _result(one, sitting, known.get(pupil), papers[c], pupil, caller) for c, pupil in owners.items()
    ]
    view = _state(replace(one, version=(old.version or 0) + 1))
    commit(
        store.marking_item(one),
        sittings_store.sitting_item(replace(rules.sealed(sitting, one), begun=True)),
        *(sittings_store.result_item(result) for result in results),
        facts=[TestResultsReported(sitting=sitting.id, unit=one.unit, pupils=[r.pupil for r in results])],
        trace=[Trace(caller.person_id, "open_key", r.pupil, changes=sitting.paper.id) for r in results],
        once=key.once(view.model_dump_json(by_alias=True)),
    )  # fmt: skip
    return view


def _result(
    one: Marking, sitting: Sitting, known: Result | None, paper: Paper, pupil: PersonId, caller: Caller
) -> Result:
    """The pupil's result with what the paper got; who has been exempted meanwhile stays exempt."""
    old = known or Result(pupil=pupil, sitting=sitting.id, paper=sitting.paper, unit=sitting.unit)
    parts, settled = dict(old.parts), paper.settled
    if settled and not (one.part.code in parts and parts[one.part.code].state == "exempt"):
        parts[one.part.code] = settled
    here = replace(old, sitting=sitting.id, paper=sitting.paper, unit=sitting.unit)
    return with_parts(here, parts, caller.person_id, now())


def _require(caller: Caller, action: guard.Action, id: MarkingId) -> tuple[Marking, Sitting]:
    """The marking with its sitting, if the caller may do `action` to it. Four round trips."""
    one = store.find_marking(id)
    if one is None:
        raise NotFound
    markers = one.everybody if action in ("assessment:mark", "assessment:read_marking") else None
    return one, require_sitting(caller, action, one.sitting, markers)[0]


def _state(one: Marking) -> MarkingState:
    return MarkingState(
        id=one.id, name=one.name, part=one.part.code, kind=one.part.kind, most=one.part.most,
        grades=list(one.grades), markers=list(one.markers), third=one.third, state=one.state,
        papers=one.papers, last_day=one.part.last, version=one.version or 1,
    )  # fmt: skip


def _paper_view(one: Marking, paper: Paper, caller: PersonId) -> PaperView:
    seen = rules.seen_by(one, paper, caller)
    return PaperView(
        code=paper.code, both=all(paper.latest(marker) for marker in one.markers),
        marks=[MarkView(by=who, grade=o.grade, points=o.points) for who, o in seen.items()],
        settled=paper.settled is not None, how=paper.how,
        grade=paper.settled.grade if paper.settled else None,
        points=paper.settled.points if paper.settled else None,
    )  # fmt: skip

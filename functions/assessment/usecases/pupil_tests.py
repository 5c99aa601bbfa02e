"""A pupil's national tests (process 31): results for the home and the staff around, and exemption."""

from __future__ import annotations

from typing import Any

from functions.access import guard
from functions.assessment.domain import sittings as rules
from functions.assessment.domain.national_tests import TestId
from functions.assessment.domain.sittings import Exemption, Result
from functions.assessment.schemas.common import PageQuery
from functions.assessment.schemas.sittings import (
    ExemptionPage,
    ExemptionView,
    NewExemption,
    ResultPage,
    ResultView,
)
from functions.assessment.store import national_tests as calendar_store
from functions.assessment.store import sittings as store
from functions.assessment.usecases.sittings import part_views
from functions.organisation import queries as organisation
from functions.register import queries as register
from functions.register.queries import PupilRecord
from skolkit.audit import Trace, record_read
from skolkit.clock import now, today
from skolkit.errors import NotFound
from skolkit.idempotency import RequestKey
from skolkit.identity import Caller
from skolkit.retry import persist
from skolkit.table import commit
from skolkit.types import PersonId


def list_test_results(caller: Caller, pupil: PersonId, query: PageQuery) -> ResultPage:
    """A pupil's results. Three round trips for the home, six for staff."""
    record = register.require_pupil(caller, "assessment:read_test_results", pupil)
    found, cursor = store.page_of_results(record.records, query.limit, query.cursor, caller.seal)
    record_read(Trace(caller.person_id, "list_test_results", pupil))
    return ResultPage(data=[_view(one) for one in found], cursor=cursor)


def _view(one: Result) -> ResultView:
    paper = one.paper
    return ResultView(
        test=paper.id, school_year=str(paper.school_year), subject=paper.subject, name=paper.name,
        year=paper.year, unit=one.unit, last_day=max(part.last for part in paper.parts),
        parts=part_views(one), test_grade=one.grade,
    )  # fmt: skip


def list_exemptions(caller: Caller, pupil: PersonId, query: PageQuery) -> ExemptionPage:
    """The decisions about a pupil. Three round trips for the home, six for staff."""
    record = register.require_pupil(caller, "assessment:read_exemptions", pupil)
    found, cursor = store.page_of_exemptions(record.records, query.limit, query.cursor, caller.seal)
    record_read(Trace(caller.person_id, "list_exemptions", pupil))
    return ExemptionPage(data=[_decision(one) for one in found], cursor=cursor)


def decide_exemption(caller: Caller, pupil: PersonId, new: NewExemption, key: RequestKey) -> ExemptionView:
    """Exempt a pupil from parts of a test, refuse to, or lift it. Eight round trips: the pupil, groups (2),
    the caller's offices, test, decisions, result, commit.
    """
    record = register.pupil(pupil)
    if record is None:
        raise NotFound
    facts = register.facts_of(record, organisation.staff_around(pupil, today()))
    offices = organisation.offices_of(caller.person_id)
    guard.require(caller, "assessment:decide_exemption", facts, offices.duties)
    if caller.person_id in record.guardians:
        raise rules.OwnCase(field="pupil")
    return persist(lambda: _decide(caller, record, new, offices, key))


def _decide(
    caller: Caller, record: PupilRecord, new: NewExemption, offices: organisation.Offices, key: RequestKey
) -> ExemptionView:
    test = calendar_store.find_test(TestId(new.test))
    if test is None or record.unit is None:
        raise rules.UnknownTest(field="test", value=new.test)
    made = store.exemptions_of(record.id, test.id)
    old = store.results([record.id], test).get(record.id)
    draft = Exemption(
        pupil=record.id, test=test.id, number=0, parts=tuple(dict.fromkeys(new.parts)), ruling=new.ruling,
        ground=new.ground, motivation=new.motivation, at=now(), **_decider(caller, record, offices),
    )  # fmt: skip
    fresh = Result(pupil=record.id, sitting=None, paper=test, unit=record.unit)
    result, decision = rules.decide(old or fresh, made, draft)
    view = _decision(decision)
    commit(
        store.exemption_item(decision), store.result_item(result),
        trace=Trace(caller.person_id, "decide_exemption", record.id, new.ground, f"{test.id} {new.ruling}"),
        once=key.once(view.model_dump_json(by_alias=True)),
    )  # fmt: skip
    return view


def _decider(caller: Caller, record: PupilRecord, offices: organisation.Offices) -> dict[str, Any]:
    """As what somebody decides: as the unit's principal, or by which delegation."""
    own = {guard.Duty("principal", record.unit), guard.Duty("principal", None)}
    if own & set(offices.duties):
        return {"by": caller.person_id, "role": "principal"}
    by = (
        d.id for d in offices.delegations
        if d.unit == record.unit and "assessment:decide_exemption" in d.actions
    )  # fmt: skip
    return {"by": caller.person_id, "role": "delegate", "delegation": next(by, None)}


def _decision(one: Exemption) -> ExemptionView:
    return ExemptionView(
        test=one.test, number=one.number, parts=list(one.parts), ruling=one.ruling, ground=one.ground,
        motivation=one.motivation, decided_by=one.by, role=one.role, delegation=one.delegation,
        decided_timestamp=one.at, rules=one.rules,
    )  # fmt: skip

"""Choice rounds: set up, wish, look, preview, decide (process 14)."""

from __future__ import annotations

import secrets
from dataclasses import replace
from datetime import datetime
from typing import Literal

from functions.access import guard
from functions.organisation import queries
from functions.organisation.domain import electives as rules
from functions.organisation.domain.allocation import Option, OptionId
from functions.organisation.domain.electives import Round, RoundId
from functions.organisation.events import ElectivesAllocationAsked
from functions.organisation.schemas.common import PageQuery
from functions.organisation.schemas.electives import (
    NewRound,
    NewWishes,
    OptionRow,
    OutcomeView,
    ResultPage,
    ResultView,
    RoundPage,
    RoundView,
    WishesView,
    WishView,
)
from functions.organisation.store import electives as electives_store
from functions.organisation.store.electives import ElectiveJobItem, Result
from functions.register import queries as register
from functions.register.queries import PupilRecord
from skolkit import jobs
from skolkit.audit import Trace, record_read
from skolkit.clock import now, today
from skolkit.errors import ChangedMeanwhile, NotFound
from skolkit.idempotency import RequestKey
from skolkit.identity import Caller
from skolkit.jobs import JobView
from skolkit.sweden.calendar import SchoolYear
from skolkit.table import commit, fetch
from skolkit.types import GroupId, PersonId, UnitId, new_id

SEEDS = 2**31


def open_round(caller: Caller, unit: UnitId, new: NewRound, key: RequestKey) -> RoundView:
    """Set up a round; its lottery is drawn from a seed nobody chooses. Two round trips: duties, commit."""
    _require_unit(caller, "organisation:plan_offering", unit)
    round = rules.check(_round(unit, RoundId(new_id()), new, secrets.randbelow(SEEDS)))
    answer = _view(replace(round, version=1))
    commit(
        electives_store.round_item(round),
        trace=Trace(caller.person_id, "open_round", unit, changes=str(round.id)),
        once=key.once(answer.model_dump_json(by_alias=True)),
    )
    return answer


def change_round(caller: Caller, unit: UnitId, id: RoundId, new: NewRound, version: int) -> RoundView:
    """Change a round; once it has opened, seats, least sizes and its closing alone. Three round trips."""
    _require_unit(caller, "organisation:plan_offering", unit)
    old = _found(unit, id)
    if old.version != version:
        raise ChangedMeanwhile(field="If-Match", value=version)
    made = replace(_round(unit, id, new, old.seed), version=version, decided_by=old.decided_by)
    round = rules.change(old, made, now())
    commit(
        electives_store.round_item(round),
        trace=Trace(caller.person_id, "change_round", unit, changes=str(id)),
    )
    return _view(replace(round, version=version + 1))


def list_rounds(caller: Caller, unit: UnitId, query: PageQuery) -> RoundPage:
    """A unit's rounds: what there is to choose is no secret. One round trip."""
    guard.require(caller, "organisation:read_unit", guard.Unit(unit))
    found, cursor = electives_store.page_of_rounds(
        unit, query.cursor, query.limit, caller.seal, "rounds", unit
    )
    return RoundPage(data=[_view(round) for round in found], cursor=cursor)


def read_round(caller: Caller, unit: UnitId, id: RoundId) -> RoundView:
    """A round. One round trip."""
    guard.require(caller, "organisation:read_unit", guard.Unit(unit))
    return _view(_found(unit, id))


def put_wishes(caller: Caller, unit: UnitId, id: RoundId, pupil: PersonId, new: NewWishes) -> WishesView:
    """Wish for a pupil; the latest counts. Five round trips: pupil, round, groups, wishes, commit; three more
    for the office.
    """
    record = register.require_pupil(caller, "organisation:choose_electives", pupil)
    round = _found(unit, id)
    _check_chooser(caller, round, record)
    earlier, version = electives_store.find_wishes(id, pupil)
    wishes = rules.wish(round, earlier, caller.person_id, [OptionId(o) for o in new.options], moment(now()))
    if wishes != earlier:
        commit(
            electives_store.wish_item(id, pupil, wishes, version),
            trace=Trace(caller.person_id, "put_wishes", pupil, changes=f"round {id}"),
        )
        version += 1
    return _wishes_view(id, pupil, wishes, None, version)


def read_wishes(caller: Caller, unit: UnitId, id: RoundId, pupil: PersonId) -> WishesView:
    """A pupil's wishes by everybody and, when decided, what came of them. Five round trips for the home:
    pupil, round, wishes, result, audit row; three more for staff.
    """
    register.require_pupil(caller, "organisation:read_electives", pupil)
    round = _found(unit, id)
    wishes, version = electives_store.find_wishes(id, pupil)
    result = electives_store.find_result(id, pupil) if round.decided_by else None
    record_read(Trace(caller.person_id, "read_wishes", pupil, changes=f"round {id}"))
    return _wishes_view(id, pupil, wishes, result, version)


def preview_round(caller: Caller, unit: UnitId, id: RoundId, key: RequestKey) -> JobView:
    """Ask for an allocation to look at. Three round trips: duties, round, commit."""
    _require_unit(caller, "organisation:plan_offering", unit)
    rules.check_closed(_found(unit, id), now())
    return _ask(caller, "preview_round", unit, id, key)


def decide_round(caller: Caller, unit: UnitId, id: RoundId, key: RequestKey) -> JobView:
    """Ask for the previewed allocation to be decided and to become groups and study plans. Three round
    trips.
    """
    _require_unit(caller, "organisation:decide_electives", unit)
    rules.check_decidable(_found(unit, id), now())
    return _ask(caller, "decide_round", unit, id, key)


def read_round_job(caller: Caller, unit: UnitId, id: RoundId, job: str) -> JobView:
    """How far a preview or decision has come. Two round trips."""
    _require_unit(caller, "organisation:plan_offering", unit)
    item = jobs.find(ElectiveJobItem, job)
    if item is None or (item.request["unit"], item.request["round"]) != (unit, id):
        raise NotFound
    return jobs.view(item)


def list_results(caller: Caller, unit: UnitId, id: RoundId, query: PageQuery) -> ResultPage:
    """A round's results by pupil, ids only. Four round trips: duties, round, results, audit row."""
    _require_unit(caller, "organisation:plan_offering", unit)
    _found(unit, id)
    found, cursor = electives_store.page_of_results(id, query.cursor, query.limit, caller.seal, "results", id)
    record_read(Trace(caller.person_id, "list_results", id, changes=f"{len(found)} pupils"))
    return ResultPage(data=[_result_view(result) for result in found], cursor=cursor)


def moment(at: datetime) -> datetime:
    """An instant as it is stored, in whole milliseconds, so that it compares with what was stored."""
    return at.replace(microsecond=at.microsecond // 1000 * 1000)


def _ask(
    caller: Caller, name: Literal["preview_round", "decide_round"], unit: UnitId, id: RoundId, key: RequestKey
) -> JobView:
    request = {"unit": unit, "round": id}
    return jobs.view(
        jobs.ask(ElectiveJobItem, ElectivesAllocationAsked, name, caller.person_id, request, key)
    )


def _require_unit(caller: Caller, action: guard.Action, unit: UnitId) -> None:
    guard.require(caller, action, guard.Unit(unit), queries.duties_of(caller.person_id))


def _found(unit: UnitId, id: RoundId) -> Round:
    round = electives_store.find_round(unit, id)
    if round is None:
        raise NotFound
    return round


def _check_chooser(caller: Caller, round: Round, record: PupilRecord) -> None:
    (groups,) = fetch(queries.wanted_groups_of([record.id], today()))
    born, day = record.birth_date, today()
    age = day.year - born.year - ((day.month, day.day) < (born.month, born.day))
    rules.check_chooser(
        round, unit=record.unit, year=record.year, groups=groups.get(record.id, ()),
        own=caller.person == record.id, age=age,
    )  # fmt: skip


def _round(unit: UnitId, id: RoundId, new: NewRound, seed: int) -> Round:
    return Round(
        id=id,
        unit=unit,
        school_year=SchoolYear.parse(new.school_year),
        kind=new.choice,
        title=new.title,
        options=tuple(
            Option(
                id=OptionId(o.id), name=o.name, capacity=o.capacity, min_size=o.min_size, block=o.block,
                syllabus=o.syllabus,
            )
            for o in new.options
        ),
        ranked=new.ranked,
        grants=new.grants,
        years=frozenset(new.years),
        groups=frozenset(map(GroupId, new.groups)),
        pupil_from=new.pupil_from,
        opens=moment(new.opens),
        closes=moment(new.closes),
        starts=new.start_date,
        ends=new.end_date,
        seed=seed,
    )  # fmt: skip


def _view(round: Round) -> RoundView:
    return RoundView(
        id=round.id,
        unit=round.unit,
        school_year=str(round.school_year),
        choice=round.kind,
        title=round.title,
        options=[
            OptionRow(
                id=o.id, name=o.name, capacity=o.capacity, min_size=o.min_size, block=o.block,
                syllabus=o.syllabus,
            )
            for o in round.options
        ],
        ranked=round.ranked,
        grants=round.grants,
        years=sorted(round.years),
        groups=sorted(round.groups),
        pupil_from=round.pupil_from,
        opens=round.opens,
        closes=round.closes,
        start_date=round.starts,
        end_date=round.ends,
        previewed=round.previewed,
        decided=round.decided_by is not None,
        decided_at=round.decided_at,
        seed=round.seed if now() >= round.closes else None,
        version=round.version,
    )  # fmt: skip


def _wishes_view(
    id: RoundId, pupil: PersonId, wishes: tuple[rules.Wish, ...], result: Result | None, version: int
) -> WishesView:
    return WishesView(
        round=id,
        pupil=pupil,
        wishes=[WishView(by=w.by, options=list(w.options), at=w.at) for w in wishes],
        result=_result_view(result) if result else None,
        version=version,
    )


def _result_view(result: Result) -> ResultView:
    return ResultView(
        pupil=result.pupil,
        granted=list(result.granted),
        outcome=[OutcomeView(option=option, reason=reason) for option, reason in result.outcome],
        lot=result.lot,
    )

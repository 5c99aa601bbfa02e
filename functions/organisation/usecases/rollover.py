"""The yearly rollover as the municipality's administrators ask for it and follow it (process 13)."""

from __future__ import annotations

from typing import Any, Literal

from functions.access import guard
from functions.organisation import queries
from functions.organisation.domain.ladder import ladder
from functions.organisation.domain.rollover import RolloverNotDone
from functions.organisation.events import RolloverAsked
from functions.organisation.schemas.common import PageQuery
from functions.organisation.schemas.rollover import (
    NewRollover,
    RolloverView,
    UnitRolloverPage,
    UnitRolloverView,
)
from functions.organisation.store import rollover as rollover_store
from functions.organisation.store.rollover import RolloverJob
from skolkit import jobs
from skolkit.audit import Trace, record_read
from skolkit.cursor import seal, unseal
from skolkit.errors import NotFound
from skolkit.idempotency import RequestKey
from skolkit.identity import Caller
from skolkit.sweden.calendar import SchoolYear
from skolkit.table import fetch
from skolkit.types import UnitId

Mode = Literal["preview_rollover", "run_rollover", "undo_rollover"]


def ask_rollover(caller: Caller, mode: Mode, new: NewRollover, key: RequestKey) -> RolloverView:
    """Ask for a rollover or its preview. Three round trips: duties, units, job."""
    _require(caller)
    first_day = SchoolYear(SchoolYear.parse(new.school_year).start_year + 1).start
    units = [unit.id for unit in queries.units()]
    if new.units is not None:
        wanted = {UnitId(id) for id in new.units}
        if wanted - set(units):
            raise NotFound
        units = [unit for unit in units if unit in wanted]
    request = {
        "schoolYear": new.school_year,
        "firstDay": first_day.isoformat(),
        "ladder": ladder(first_day, new.ladder).id,
        "units": units,
        "lastYears": [[x.unit, x.school_form.value, x.year] for x in new.last_years],
    }
    return _view(jobs.ask(RolloverJob, RolloverAsked, mode, caller.person_id, request, key), 0, version=1)


def undo_rollover(caller: Caller, id: str, key: RequestKey) -> RolloverView:
    """Ask for a rollover to be undone. Three round trips: duties, the rollover, job."""
    _require(caller)
    done = jobs.find(RolloverJob, id)
    if done is None or "units" not in done.request:
        raise NotFound
    if done.job != "run_rollover" or done.state != "done" or "undone" in done.outcome:
        raise RolloverNotDone
    request = {**done.request, "of": id}
    item = jobs.ask(RolloverJob, RolloverAsked, "undo_rollover", caller.person_id, request, key)
    return _view(item, 0, version=1)


def read_rollover(caller: Caller, id: str) -> RolloverView:
    """How far a rollover has come. Two round trips and one per 100 units: duties, job, the units' jobs."""
    item = _find(caller, id)
    parts = rollover_store.find_jobs([rollover_store.unit_job(id, u) for u in item.request["units"]])
    return _view(item, sum(1 for part in parts.values() if part.place.get("phase") == "ended"))


def list_rollover_units(caller: Caller, id: str, query: PageQuery) -> UnitRolloverPage:
    """What a rollover does or has done at each unit. Five round trips: duties, job, units' jobs, outcomes,
    audit row.
    """
    item = _find(caller, id)
    bound = (caller.seal, "rollover", id)
    first = int((unseal(query.cursor, *bound) or {"after": 0})["after"])
    units = item.request["units"][first : first + query.limit]
    ids = {unit: rollover_store.unit_job(id, unit) for unit in units}
    parts = rollover_store.find_jobs(list(ids.values()))
    (outcomes,) = fetch(rollover_store.wanted_outcomes(list(ids.values())), consistent=True)
    record_read(Trace(caller.person_id, "list_rollover_units", id, changes=f"{len(units)} units"))
    after = first + len(units)
    more = {"after": after} if after < len(item.request["units"]) else None
    data = [_unit_view(unit, parts.get(ids[unit]), outcomes.get(ids[unit], {})) for unit in units]
    return UnitRolloverPage(data=data, cursor=seal(more, *bound))


def _require(caller: Caller) -> None:
    duties = queries.duties_of(caller.person_id)
    guard.require(caller, "organisation:roll_over", guard.SYSTEM, duties)


def _find(caller: Caller, id: str) -> RolloverJob:
    _require(caller)
    item = jobs.find(RolloverJob, id)
    if item is None or "units" not in item.request:
        raise NotFound
    return item


def _view(item: RolloverJob, done: int, version: int | None = None) -> RolloverView:
    request = item.request
    return RolloverView(
        id=item.id, job=item.job, state=item.state, asked=item.asked, ended=item.ended,
        school_year=request["schoolYear"], first_day=request["firstDay"], ladder=request["ladder"],
        total=len(request["units"]), done=done, outcome=item.outcome, version=version or item.version,
    )  # fmt: skip


def _unit_view(unit: str, part: RolloverJob | None, outcome: dict[str, Any]) -> UnitRolloverView:
    nothing: dict[str, Any] = {
        "moving_up": 0, "leavers": [], "placed": [], "unplaced": [], "formed": [], "archived": 0,
        "problems": [], "restored": 0, "kept": [],
    }  # fmt: skip
    ended = part is not None and part.place.get("phase") == "ended"
    state = "done" if ended else part.state if part else "waiting"
    return UnitRolloverView.model_validate({"unit": unit, "state": state, **nothing, **outcome})

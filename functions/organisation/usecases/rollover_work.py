"""The work of a rollover: the whole is shared out among the units, each unit planned and carried out step by
step, and summed up when all have ended (process 13).

Every step is one transaction with the unit's job, so that a worker that dies is followed by one that goes on
from there. People's own items come before the groups: until a group is written its plan is not done.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta

from functions.organisation.domain.ladder import FKLASS, Ladder, ladder
from functions.organisation.domain.rollover import PupilYear, UnitPlan, plan_unit
from functions.organisation.events import RolloverAsked, UnitRolloverAsked
from functions.organisation.store import groups as groups_store
from functions.organisation.store import rollover as rollover_store
from functions.organisation.store.rollover import RolloverJob
from functions.organisation.usecases.rollover_steps import Steps
from functions.register import queries as register
from skolkit import jobs
from skolkit.aws import client
from skolkit.clock import now, stamp
from skolkit.config import reports_bucket
from skolkit.errors import Busy, ChangedMeanwhile
from skolkit.sweden.codes import SchoolForm
from skolkit.table import chunks, commit, fetch
from skolkit.types import PersonId, UnitId

SHARED_OUT = 40  # units whose jobs and facts are one transaction


class Overloaded(RuntimeError):
    """The database could not take it now; the queue hands the work over again."""


def share_out(fact: RolloverAsked) -> None:
    """Give every unit its own job, and so its own worker. One transaction per 40 units."""
    item = jobs.find(RolloverJob, fact.job)
    if item is None or item.state in {"done", "failed"}:
        return
    units: list[UnitId] = [UnitId(unit) for unit in item.request["units"]]
    shared = int(item.place.get("shared", 0))
    for some in chunks(units[shared:], SHARED_OUT):
        shared += len(some)
        item.state, item.total, item.place = "running", len(units), {"shared": shared}
        parts = [_part(item, unit) for unit in some]
        commit(item, *parts, facts=[UnitRolloverAsked(job=part.id) for part in parts])
    if not units:
        sum_up(item.id)


def work_on_unit(fact: UnitRolloverAsked) -> None:
    """Carry a unit's part out, from where it stopped."""
    steps: list[Steps] = []

    def step(item: RolloverJob) -> bool:
        if not steps:
            steps.append(Steps(item, _plan))
        return _patiently(steps[0].step)

    jobs.run(RolloverJob, fact, step, again=UnitRolloverAsked)


def sum_up(job: str) -> None:
    """End the whole when every unit's part has ended: its report, its sums. Three round trips and S3's."""
    item = jobs.find(RolloverJob, job)
    if item is None or item.state == "done":
        return
    units = item.request["units"]
    ids = [rollover_store.unit_job(job, unit) for unit in units]
    parts = rollover_store.find_jobs(ids)
    if len(parts) < len(ids) or any(part.place.get("phase") != "ended" for part in parts.values()):
        return
    (outcomes,) = fetch(rollover_store.wanted_outcomes(ids), consistent=True)
    key = f"reports/organisation/rollover/{job}.json"
    rows = [{"unit": unit} | outcomes[id] for unit, id in zip(units, ids, strict=True)]
    report = {"job": job, "kind": item.job, **item.request, "units": rows}
    client("s3").put_object(
        Bucket=reports_bucket(), Key=key, Body=json.dumps(report, ensure_ascii=False, indent=1).encode(),
        ContentType="application/json; charset=utf-8",
    )  # fmt: skip
    item.outcome = {"report": key} | _sums(rows)
    item.state, item.ended, item.done, item.total = "done", stamp(now()), len(ids), len(ids)
    undone = jobs.find(RolloverJob, item.request["of"]) if "of" in item.request else None
    if undone:
        undone.outcome = {**undone.outcome, "undone": job}
    try:
        commit(item, *([undone] if undone else []))
    except ChangedMeanwhile:  # another unit's end came at the same moment, and has summed up as much
        return


def _sums(rows: list[dict[str, object]]) -> dict[str, int]:
    """How many of what, over all units."""
    counts: dict[str, int] = {}
    for row in rows:
        for name, value in row.items():
            size = value if isinstance(value, int) else len(value) if isinstance(value, list) else None
            if size is not None:
                counts[name] = counts.get(name, 0) + size
    return counts


def _part(item: RolloverJob, unit: UnitId) -> RolloverJob:
    request = {name: item.request[name] for name in ("firstDay", "ladder")}
    request["lastYears"] = [row[1:] for row in item.request.get("lastYears", ()) if row[0] == unit]
    if "of" in item.request:
        request["of"] = rollover_store.unit_job(item.request["of"], unit)
    return RolloverJob(
        f"JOB#{rollover_store.unit_job(item.id, unit)}",
        "JOB",
        job=item.job,
        asked_by=item.asked_by,
        asked=item.asked,
        request=request | {"parent": item.id, "unit": unit},
        expires=item.expires,
    )


def _patiently(step: Callable[[], bool]) -> bool:
    """Try a step again when somebody changed the same item, or the database is busy; as many times as is
    likely to help before the queue takes over, whose next attempt is an hour away.
    """
    for attempt in range(20):
        try:
            return step()
        except (ChangedMeanwhile, Busy) as error:
            if attempt == 19:
                raise Overloaded from error
    return False


def _plan(item: RolloverJob) -> UnitPlan:
    """The unit's plan as of now. Those who seem to leave are looked up: they may go on elsewhere."""
    request = item.request
    unit, first_day = UnitId(request["unit"]), date.fromisoformat(request["firstDay"])
    last_day, steps = first_day - timedelta(days=1), ladder(first_day, request["ladder"])
    rows = groups_store.listed_groups(unit, last_day, first_day)
    stored = groups_store.group_items([row.id for row in rows])
    groups = [groups_store.stored_group(stored[id]) for id in sorted(stored)]
    last_years = {SchoolForm(form): int(year) for form, year in request["lastYears"]}
    pupils = list(_pupils(unit, steps, first_day))
    first = plan_unit(pupils, groups, steps, last_years, first_day)
    known = register.pupils([*first.leavers, *first.unplaced])
    away = {p for p, card in known.items() if any(_elsewhere(e, unit, first_day) for e in card.enrolments)}
    known_now = [replace(p, elsewhere=p.person in away) for p in pupils]
    return plan_unit(known_now, groups, steps, last_years, first_day) if away else first


def _elsewhere(enrolment: register.Enrolment, unit: UnitId, day: date) -> bool:
    return enrolment.unit != unit and enrolment.covers(day)


def _pupils(unit: UnitId, steps: Ladder, first_day: date) -> Iterator[PupilYear]:
    """The unit's pupils of the last day, by id; someone enrolled twice by the form that has years."""
    last_day, laddered = first_day - timedelta(days=1), {form for form, _ in steps.steps}
    mine: dict[PersonId, list[register.Enrolment]] = {}
    for person, enrolment in register.enrolments_at(unit):
        mine.setdefault(person, []).append(enrolment)
    for person, enrolments in sorted(mine.items()):
        there = [e for e in enrolments if e.covers(last_day)]
        now = max(there, key=lambda e: (e.school_form in laddered, e.start), default=None)
        if now is None:
            continue
        year = 0 if now.school_form == FKLASS and now.year is None else now.year
        coming = (e for e in enrolments if e.start == first_day and not e.cancelled)
        then = next(((e.school_form, e.year) for e in coming if e.school_form in laddered), None)
        yield PupilYear(person, now.school_form, year, now.end, then)

"""The long work of a choice round: a preview of who gets what, and a decision that becomes groups and study
plans (process 14).
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from functions.organisation.domain import allocation, electives
from functions.organisation.domain.allocation import Option
from functions.organisation.domain.electives import Round, RoundId
from functions.organisation.domain.groups import DatedGroup, Stay
from functions.organisation.domain.study_plans import chosen
from functions.organisation.events import ElectivesAllocationAsked, ElectivesDecided, GroupMembersChanged
from functions.organisation.store import electives as electives_store
from functions.organisation.store import groups as groups_store
from functions.organisation.store import study_plans as plans_store
from functions.organisation.store.electives import ElectiveJobItem, Result
from skolkit import jobs
from skolkit.audit import Trace
from skolkit.clock import now
from skolkit.errors import NotFound
from skolkit.table import Overwrite, Write, chunks, commit
from skolkit.types import PersonId, UnitId

TOGETHER = 90  # writes in one transaction, beside the job, the round, a fact and the audit row


def work(asked: ElectivesAllocationAsked) -> None:
    """Go on with a preview or a decision."""
    jobs.run(ElectiveJobItem, asked, _step, again=ElectivesAllocationAsked)


def _step(job: ElectiveJobItem) -> bool:
    round = electives_store.find_round(UnitId(job.request["unit"]), RoundId(job.request["round"]))
    if round is None:
        raise NotFound
    if job.job == "preview_round":
        return _preview(job, round)
    if not job.place:
        return _decide(job, round)
    return _make_group(job, round) if job.place["do"] == "groups" else _fill_plans(job, round)


def _preview(job: ElectiveJobItem, round: Round) -> bool:
    """Compute, store every result, and say so on the round; the same again after a crash.

    600 pupils: 3 s of computing and 8 round trips.
    """
    electives.check_closed(round, now())
    wishes = electives.counting(electives_store.all_wishes(round.id))
    made = allocation.allocate(round.options, wishes, round.grants, round.seed)
    found = [_result(round, pupil, mine, made) for pupil, mine in wishes.items()]
    for part in chunks(electives_store.result_writes(round.id, found), TOGETHER):
        round = _guarding(round, part)
    job.total = job.done = len(found)
    job.outcome = _summary(found, made)
    trace = Trace(job.asked_by, "preview_round", round.unit, changes=str(round.id))
    commit(electives_store.round_item(replace(round, previewed=True)), job, trace=trace)
    return False


def _guarding(round: Round, writes: list[Overwrite]) -> Round:
    """Write together with the round, so that of two previews at once one gives up; the round as it then
    is.
    """
    item = electives_store.round_item(round)
    commit(item, *writes)
    return replace(round, version=item.version)


def _result(
    round: Round, pupil: PersonId, mine: tuple[allocation.OptionId, ...], made: allocation.Allocation
) -> Result:
    got = made.granted.get(pupil, ())
    reasons = allocation.explain(round.options, mine, got, made.closed, round.grants)
    return Result(pupil, tuple(reasons), made.lots.get(pupil, 0))


def _summary(found: list[Result], made: allocation.Allocation) -> dict[str, object]:
    ranks = Counter(
        number
        for result in found
        for number, (_, reason) in enumerate(result.outcome, 1)
        if reason == "granted"
    )
    return {
        "pupils": len(found),
        "without": sum(not result.granted for result in found),
        "ranks": {str(rank): count for rank, count in sorted(ranks.items())},
        "closed": sorted(made.closed),
    }


def _decide(job: ElectiveJobItem, round: Round) -> bool:
    electives.check_decidable(round, now())
    decided = replace(round, decided_by=PersonId(job.asked_by), decided_at=now())
    job.total, job.place = len(round.options), {"do": "groups", "next": 0}
    trace = Trace(job.asked_by, "decide_round", round.unit, changes=f"{round.id} seed {round.seed}")
    commit(electives_store.round_item(decided), job, trace=trace)
    return True


def _make_group(job: ElectiveJobItem, round: Round) -> bool:
    """The teaching group of the next option: its members' parts, then the group together with the job."""
    number = int(job.place["next"])
    option = round.options[number]
    last = number + 1 == len(round.options)
    job.done = number + 1
    job.place = {"do": "plans", "after": ""} if last else {"do": "groups", "next": number + 1}
    members = [r.pupil for r in electives_store.results(round.id) if option.id in r.granted]
    stored = groups_store.group_items([round.group_of(option.id)]).get(round.group_of(option.id))
    group = _group(round, option, members, groups_store.stored_group(stored) if stored else None)
    if not members:
        commit(job)
        return True
    parts = groups_store.parts_items(sorted(members))
    differing = [i for p, i in parts.items() if groups_store.set_parts(i, group.id, group.parts().get(p, ()))]
    for part in chunks(differing, TOGETHER):
        commit(*part)  # people first: after a crash before the group is written this is done again
    changed = GroupMembersChanged(group=group.id, unit=group.unit)
    trace = Trace(job.asked_by, "decide_round", group.id, changes=f"round {round.id}, {len(members)} members")
    commit(*groups_store.group_writes(group, stored), job, facts=[changed], trace=trace)
    return True


def _group(round: Round, option: Option, members: list[PersonId], stored: DatedGroup | None) -> DatedGroup:
    group = stored or DatedGroup(
        id=round.group_of(option.id), unit=round.unit, name=option.name, kind="undervisning", stays=()
    )
    for pupil in members:
        group = group.with_member(Stay(pupil, round.starts, round.ends))
    return group


def _fill_plans(job: ElectiveJobItem, round: Round) -> bool:
    """Put what was chosen into the study plans of the next pupils; the last ones end the round with its
    fact.
    """
    if job.place.get("said"):
        return False
    after = job.place["after"]
    waiting = [r for r in electives_store.results(round.id) if r.pupil > after and r.granted]
    now_done, rest = waiting[: TOGETHER // 2], waiting[TOGETHER // 2 :]
    syllabuses = {option.id: option.syllabus for option in round.options}
    writes: list[Write] = []
    for result in now_done:
        read = [s for option in result.granted if (s := syllabuses[option])]
        plan = plans_store.find_plan(result.pupil)
        new = chosen(plan, result.pupil, round, read, PersonId(job.asked_by), now())
        writes += plans_store.plan_writes(new) if new else []
    job.place = {"do": "plans", "after": now_done[-1].pupil if now_done else after, "said": not rest}
    facts = [] if rest else [ElectivesDecided(round=round.id, unit=round.unit)]
    trace = Trace(
        job.asked_by, "decide_round", round.unit, changes=f"{round.id}: {len(now_done)} study plans"
    )
    commit(*writes, job, facts=facts, trace=trace)
    return bool(rest)

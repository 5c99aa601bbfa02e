"""Rounds of written assessments (omdömen, process 30): opened by the principal, followed, published for all
homes at one moment, and told of.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from functions.access import guard
from functions.assessment.domain import levels
from functions.assessment.domain import rounds as rules
from functions.assessment.domain.rounds import Class, Lack, Round
from functions.assessment.events import AssessmentPublished, MessageDue, TellingAsked
from functions.assessment.schemas import judgements as schemas
from functions.assessment.schemas.common import PageQuery
from functions.assessment.store import judgements as store
from functions.assessment.store.judgements import TellingItem
from functions.assessment.usecases.rights import taught
from functions.organisation import queries as organisation
from functions.register import queries as register
from skolkit import jobs
from skolkit.audit import Trace, record_read
from skolkit.clock import now, today
from skolkit.cursor import seal, unseal
from skolkit.errors import ChangedMeanwhile, NotFound
from skolkit.idempotency import RequestKey
from skolkit.identity import Caller
from skolkit.table import AlreadyDone, Once, commit, fetch
from skolkit.types import GroupId, PersonId, UnitId, new_id, stable_id

_SYSTEM = PersonId("system:tell_of_assessments")
TOLD = 40  # pupils whose homes are told in one transaction
OPEN = 10  # of a unit's newest rounds, those a teacher may have something left in


def open_assessment_round(
    caller: Caller, unit: UnitId, new: schemas.NewRound, key: RequestKey
) -> schemas.RoundView:
    """Open a round. Two round trips: duties, commit."""
    require_lead(caller, unit)
    round = rules.check(_round(caller, unit, new_id(), new))
    view = round_view(replace(round, version=1))
    commit(
        *store.round_writes(round),
        trace=Trace(caller.person_id, "open_assessment_round", unit, changes=round.id),
        once=key.once(view.model_dump_json(by_alias=True)),
    )
    return view


def change_assessment_round(
    caller: Caller, unit: UnitId, id: str, new: schemas.NewRound, version: int
) -> schemas.RoundView:
    """Change a round that is not published. Three round trips: duties, round, commit."""
    require_lead(caller, unit)
    old = _found(unit, id)
    if old.version != version:
        raise ChangedMeanwhile(field="If-Match", value=version)
    if old.publish_at:
        raise rules.RoundPublished(field="round")
    fresh = replace(
        _round(caller, unit, id, new), opened_by=old.opened_by, levels=old.levels, version=version
    )
    round = rules.check(fresh)
    commit(
        *store.round_writes(round, old),
        trace=Trace(caller.person_id, "change_assessment_round", unit, changes=id),
    )
    return round_view(replace(round, version=version + 1))


def list_assessment_rounds(caller: Caller, unit: UnitId, query: PageQuery) -> schemas.RoundPage:
    """A unit's rounds: when schools assess is no secret. Two round trips."""
    guard.require(caller, "organisation:read_unit", guard.Unit(unit))
    found, cursor = store.page_of_rounds(unit, query.cursor, query.limit, caller.seal)
    return schemas.RoundPage(data=[round_view(round) for round in found], cursor=cursor)


def publish_assessments(
    caller: Caller, unit: UnitId, id: str, new: schemas.NewPublication, key: RequestKey
) -> schemas.RoundView:
    """Let all homes read a round from a moment on; refused while something is missing, unless it is to be
    published all the same. Three round trips, and those of `missing_of`.
    """
    require_lead(caller, unit)
    old = _found(unit, id)
    round = rules.publish(
        old, missing_of(old), new.publish_at, caller.person_id, now(), incomplete=new.incomplete
    )
    assert round.publish_at
    view = round_view(replace(round, version=(old.version or 0) + 1))
    commit(
        *store.round_writes(round, old),
        facts=[AssessmentPublished(round=id, unit=unit, at=round.publish_at)],
        trace=Trace(caller.person_id, "publish_assessments", unit, changes=f"{id} {round.incomplete}"),
        once=key.once(view.model_dump_json(by_alias=True)),
    )
    return view


def list_missing_assessments(caller: Caller, unit: UnitId, id: str, query: PageQuery) -> schemas.MissingPage:
    """What is missing in a round, by class, subject and teacher. Three round trips, and `missing_of`."""
    require_lead(caller, unit)
    round = _found(unit, id)
    page = _page([(round, lack) for lack in missing_of(round)], query, ("missing", id, caller.seal))
    record_read(Trace(caller.person_id, "list_missing_assessments", unit, changes=id))
    return page


def list_my_missing_assessments(caller: Caller, query: PageQuery) -> schemas.MissingPage:
    """What the caller has left to write in the rounds that are going on where they work. For each unit three
    round trips, and those of `missing_of` for each round.
    """
    guard.require(caller, "assessment:read_own", guard.Person(caller.person_id))
    units = sorted({duty.unit for duty in organisation.duties_of(caller.person_id) if duty.unit})
    found = [
        (round, lack)
        for unit in units
        for round in store.page_of_rounds(unit, None, OPEN, caller.seal)[0]
        if round.first <= today() and not round.publish_at
        for lack in rules.owed_by(caller.person_id, missing_of(round))
    ]
    page = _page(found, query, ("my-missing", caller.seal))
    record_read(Trace(caller.person_id, "list_my_missing_assessments", caller.person_id))
    return page


def missing_of(round: Round) -> list[Lack]:
    """What is missing in a round. A query per 3,000 pupils of the unit, one of its groups, a batch per 100
    of them, two of their activities, and a query per 7,000 assessments.
    """
    day = today()
    pupils = {
        pupil
        for pupil, enrolment in register.enrolments_at(round.unit)
        if enrolment.covers(day) and enrolment.school_form == round.form and enrolment.year in round.years
    }
    ids = [row.id for row in organisation.groups_at(round.unit, day)]
    groups: dict[GroupId, organisation.GroupRecord] = fetch(organisation.wanted_groups(ids, day))[0]
    mine = [group for group in groups.values() if pupils.intersection(group.members)]
    classes = [Class(one.id, one.members, one.mentors) for one in mine if one.kind == "klass"]
    return rules.lacking(round, pupils, classes, taught(mine), store.ready_in(round.id))


def tell_of_publications() -> None:
    """Have the homes of rounds that may be read by now be told. One query, and two writes for each round."""
    for id in store.rounds_due(now()):
        if round := store.find_round(id):
            jobs.ask(TellingItem, TellingAsked, "tell_of_assessments", _SYSTEM, {"round": id}, None)
            commit(store.told(round))


def tell_of_assessments(asked: TellingAsked) -> None:
    """Tell the homes of a round, `TOLD` pupils at a time. Three round trips a time."""
    jobs.run(TellingItem, asked, _step, again=TellingAsked)


def _step(item: TellingItem) -> bool:
    round: str = item.request["round"]
    pupils, after = store.page_of_ready(round, str(item.place.get("after", "")), TOLD)
    kin: dict[PersonId, tuple[PersonId, ...]] = fetch(register.wanted_guardians(pupils), consistent=True)[0]
    due = [
        MessageDue(
            id=stable_id("assessment_published", round, pupil), recipients=list(kin.get(pupil) or (pupil,)),
            template="assessment_published", about=pupil,
        )
        for pupil in pupils
    ]  # fmt: skip
    item.place, item.done = {"after": after}, int(item.done) + len(pupils)
    try:
        commit(item, facts=due, once=Once(f"ASSESSMENTS-TOLD#{round}#{pupils[0] if pupils else ''}"))
    except AlreadyDone:  # another turn for the same round has told these
        commit(item)
    return bool(after)


def require_lead(caller: Caller, unit: UnitId) -> tuple[guard.Duty, ...]:
    """The duties of the unit's principal; nobody else goes on. One round trip."""
    duties = organisation.duties_of(caller.person_id)
    guard.require(caller, "assessment:lead", guard.Unit(unit), duties)
    return duties


def _found(unit: UnitId, id: str) -> Round:
    round = store.find_round(id)
    if round is None or round.unit != unit:
        raise NotFound
    return round


def _page(rows: list[tuple[Round, Lack]], query: PageQuery, bound: Iterable[str]) -> schemas.MissingPage:
    bound = tuple(bound)
    place = unseal(query.cursor, *bound)
    at = place["next"] if place else 0
    some = rows[at : at + query.limit]
    after = {"next": at + len(some)} if at + len(some) < len(rows) else None
    data = [
        schemas.MissingView(
            unit=round.unit, round=round.id, group=lack.group, subject=lack.subject,
            teachers=list(lack.teachers), pupils=list(lack.pupils),
        )
        for round, lack in some
    ]  # fmt: skip
    return schemas.MissingPage(data=data, cursor=seal(after, *bound))


def _round(caller: Caller, unit: UnitId, id: str, new: schemas.NewRound) -> Round:
    return Round(
        id=id, unit=unit, title=new.title, form=new.school_form, years=tuple(sorted(new.years)),
        subjects=tuple(new.subjects), first=new.first_day, last=new.last_day,
        levels=levels.in_force(new.first_day).id, opened_by=caller.person_id,
    )  # fmt: skip


def round_view(round: Round) -> schemas.RoundView:
    """A round as it is shown."""
    return schemas.RoundView(
        id=round.id, unit=round.unit, title=round.title, school_form=round.form, years=list(round.years),
        subjects=list(round.subjects), first_day=round.first, last_day=round.last,
        published_at=round.publish_at, incomplete=round.incomplete, version=round.version or 0,
    )  # fmt: skip

"""Individual development plans (IUP, process 30): written by the mentor on the published assessments, given
to the home in versions with receipts, followed up.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import date, timedelta

from functions.assessment.domain import iup as rules
from functions.assessment.domain.iup import Edition, Goal, Plan
from functions.assessment.domain.judgements import Judgement
from functions.assessment.domain.minutes import Agreement
from functions.assessment.domain.rounds import Round
from functions.assessment.events import IupPaperAsked, IupPublished, MessageDue
from functions.assessment.schemas import iup as schemas
from functions.assessment.schemas.common import PageQuery
from functions.assessment.schemas.talks import AgreementOf
from functions.assessment.store import iup as store
from functions.assessment.store import judgements as judgements_store
from functions.assessment.store.iup import FollowUp
from functions.assessment.usecases.judgements import judgement_view, receipts_view
from functions.assessment.usecases.rights import require_reader, require_task
from functions.organisation import queries as organisation
from functions.register import queries as register
from functions.register.queries import PupilRecord, require_pupil
from skolkit.audit import Trace, record_read
from skolkit.clock import now, today
from skolkit.errors import ChangedMeanwhile, NotFound
from skolkit.idempotency import RequestKey
from skolkit.identity import Caller
from skolkit.sweden.calendar import SchoolYear
from skolkit.table import AlreadyDone, Once, commit
from skolkit.types import PersonId, stable_id

MOST = 100  # of a pupil's newest assessments: one school year's


def save_iup(caller: Caller, id: PersonId, year: int, new: schemas.NewPlan, version: int) -> schemas.PlanView:
    """Write the plan of this school year. Five round trips: pupil, groups (2), plan, commit."""
    pupil = require_task(caller, "assessment:plan", id).pupil
    rules.check_form(pupil.school_form, pupil.year)
    old = store.find(pupil.records, year)
    if (old.version if old else 0) != version:
        raise ChangedMeanwhile(field="If-Match", value=version)
    plan = rules.write(old, _plan(caller, old.pupil if old else id, year, new), today())
    commit(
        *store.writes(replace(plan, version=version or None), old),
        trace=Trace(caller.person_id, "save_iup", id, changes=str(year)),
    )
    return plan_view(replace(plan, version=version + 1))


def read_iup(caller: Caller, id: PersonId, year: int) -> schemas.IupView:
    """A pupil's plan: for the home what is published. Seven round trips, four more for staff."""
    pupil, home = require_reader(caller, id)
    plan = store.find(pupil.records, year)
    if plan is None or (home and not plan.published):
        raise NotFound
    editions = store.editions(plan.pupil, year)
    latest = editions[-1] if editions else None
    found = store.follow_ups(plan.pupil, year)
    receipts = receipts_view(pupil, _about(latest)) if latest and not home else None
    record_read(Trace(caller.person_id, "read_iup", id, changes=str(year)))
    return schemas.IupView(
        version=plan.version or 0,
        plan=None if home else plan_view(plan),
        latest=_edition_view(latest, pupil) if latest else None,
        earlier=[one.number for one in editions[:-1]],
        follow_ups=[schemas.FollowUpView(by=one.by, at=one.at, text=one.text) for one in found],
        receipts=receipts,
    )


def list_iups(caller: Caller, id: PersonId, query: PageQuery) -> schemas.YearPage:
    """The years of which a pupil has a plan; for the home those that are published. Three round trips, three
    more for staff.
    """
    pupil, home = require_reader(caller, id)
    found, cursor = store.page(pupil.records, query.cursor, query.limit, caller.seal)
    record_read(Trace(caller.person_id, "list_iups", id))
    data = [
        schemas.YearView(year=one.year.start_year, school_year=str(one.year), published=one.published)
        for one in found if one.published or not home
    ]  # fmt: skip
    return schemas.YearPage(data=data, cursor=cursor)


def publish_iup(caller: Caller, id: PersonId, year: int, key: RequestKey) -> schemas.PlanView:
    """Give the plan to the home as a version, whose PDF a queue writes. Seven round trips: pupil, groups (2),
    plan, assessments, their rounds, commit.
    """
    pupil = require_task(caller, "assessment:plan", id).pupil
    old = store.find(pupil.records, year)
    if old is None:
        raise NotFound
    plan, edition = rules.publish(old, published_of(pupil, old.year), today(), now())
    view = plan_view(replace(plan, version=(old.version or 0) + 1))
    number = edition.number
    commit(
        *store.writes(plan, old), store.edition_item(edition),
        facts=[
            IupPublished(pupil=id, year=year, version=number, unit=pupil.unit),
            IupPaperAsked(pupil=plan.pupil, year=year, version=number),
            _due("iup_published", pupil, _about(edition)),
        ],
        trace=Trace(caller.person_id, "publish_iup", id, changes=f"{year} {number}"),
        once=key.once(view.model_dump_json(by_alias=True)),
    )  # fmt: skip
    return view


def follow_up_iup(
    caller: Caller, id: PersonId, year: int, new: schemas.NewFollowUp, key: RequestKey
) -> schemas.PlanView:
    """Write what a follow-up found; the home reads it. Five round trips: pupil, groups (2), plan, commit."""
    pupil = require_task(caller, "assessment:plan", id).pupil
    old = store.find(pupil.records, year)
    if old is None:
        raise NotFound
    plan = rules.followed_up(old, new.next_day)
    view = plan_view(replace(plan, version=(old.version or 0) + 1))
    commit(
        *store.writes(plan, old), store.follow_up_item(plan, FollowUp(caller.person_id, now(), new.text)),
        trace=Trace(caller.person_id, "follow_up_iup", id, changes=str(year)),
        once=key.once(view.model_dump_json(by_alias=True)),
    )  # fmt: skip
    return view


def mark_iup_read(caller: Caller, id: PersonId, year: int) -> None:
    """Remember that somebody of the home has read the latest version; the first time counts. Three round
    trips.
    """
    pupil = require_pupil(caller, "assessment:read_published", id)
    plan = store.find(pupil.records, year)
    latest = store.find_edition(plan.pupil, year, plan.published) if plan else None
    if latest is None:
        raise NotFound
    receipt = judgements_store.receipt_item(id, _about(latest), caller.person_id, now())
    with suppress(ChangedMeanwhile):  # read before
        commit(receipt, trace=Trace(caller.person_id, "mark_iup_read", id, changes=_about(latest)))


def remind_of_plans(day: date) -> None:
    """Remind mentors of plans to be followed up today, and of yesterday's that nobody has. A query a day, and
    three round trips for each plan.
    """
    due: dict[PersonId, int] = {}
    for when in (day - timedelta(days=1), day):
        for pupil, _ in store.follow_ups_on(when):
            record = register.present(pupil)
            for mentor in organisation.staff_around(record.id, day).mentors if record else ():
                due[mentor] = due.get(mentor, 0) + 1
    for mentor, count in sorted(due.items()):
        reminder = MessageDue(
            id=stable_id("iup_follow_up", mentor, day.isoformat()), recipients=[mentor],
            template="iup_follow_up", values={"count": str(count)},
        )  # fmt: skip
        with suppress(AlreadyDone):
            commit(facts=[reminder], once=Once(f"IUP-FOLLOW-UP#{mentor}#{day}"))


def published_of(pupil: PupilRecord, year: SchoolYear) -> list[tuple[Round, Judgement]]:
    """A pupil's published assessments of a school year. Two round trips."""
    found, _ = judgements_store.page_of_pupil(pupil.records, None, MOST, "")
    rounds = judgements_store.rounds(one.round for one in found)
    return [
        (round, one) for one in found
        if (round := rounds.get(one.round))
        and one.ready and round.is_public(now()) and round.school_year == year
    ]  # fmt: skip


def built_on(edition: Edition, records: tuple[PersonId, ...]) -> list[tuple[Round, Judgement]]:
    """The assessments that a version of a plan is built on, as they were. A batch, a query for each round and
    one for each assessment that has been changed since.
    """
    wanted = {(one.round, one.subject): one.number for one in edition.judgements}
    rounds = judgements_store.rounds(round for round, _ in wanted)
    found: list[tuple[Round, Judgement]] = []
    for one in judgements_store.of_rounds(records, rounds):
        number = wanted.get((one.round, one.subject))
        if number is not None:
            then = one if one.number == number else _earlier(one, number)
            found += [(rounds[one.round], then)] if then else []
    return found


def _earlier(judgement: Judgement, number: int) -> Judgement | None:
    return next((one for one in judgements_store.versions(judgement) if one.number == number), None)


def _about(edition: Edition) -> str:
    return f"IUP-{edition.plan.year.start_year}-{edition.number}"


def _due(template: str, pupil: PupilRecord, which: str) -> MessageDue:
    return MessageDue(
        id=stable_id(template, pupil.id, which), recipients=sorted(pupil.guardians) or [pupil.id],
        template=template, about=pupil.id,
    )  # fmt: skip


def _plan(caller: Caller, pupil: PersonId, year: int, new: schemas.NewPlan) -> Plan:
    return Plan(
        pupil=pupil, year=SchoolYear(year), needs=new.needs,
        goals=tuple(Goal(one.text, one.subject or "") for one in new.goals),
        steps=tuple(Agreement(one.what, one.who, one.due) for one in new.steps), agreed=new.agreed,
        follow_up=new.follow_up, by=caller.person_id, at=now(),
    )  # fmt: skip


def plan_view(plan: Plan) -> schemas.PlanView:
    """A plan as it is shown."""
    return schemas.PlanView(
        pupil=plan.pupil, school_year=str(plan.year),
        goals=tuple(schemas.GoalOf(text=one.text, subject=one.subject or None) for one in plan.goals),
        needs=plan.needs,
        steps=tuple(AgreementOf(what=one.what, who=one.who, due=one.due) for one in plan.steps),
        agreed=plan.agreed, follow_up=plan.follow_up, by=plan.by, at=plan.at, published=plan.published,
        changed=plan.changed, next_follow_up=plan.next_follow_up, version=plan.version or 0,
    )  # fmt: skip


def _edition_view(edition: Edition, pupil: PupilRecord) -> schemas.EditionView:
    return schemas.EditionView(
        number=edition.number, published_at=edition.at, plan=plan_view(edition.plan),
        judgements=[
            judgement_view(replace(one, basis=()), round.levels)
            for round, one in built_on(edition, pupil.records)
        ],
        paper=edition.paper, sha256=edition.sha256,
    )  # fmt: skip

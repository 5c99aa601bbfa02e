"""Individual development plans (process 30)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from functions.assessment.app.base import api, on
from functions.assessment.domain import iup as rules
from functions.assessment.events import IupPaperAsked, PersonProtected
from functions.assessment.schemas import iup as schemas
from functions.assessment.schemas.common import PageQuery
from functions.assessment.schemas.owed import OwedPage
from functions.assessment.usecases import iup, iup_papers, owed
from skolkit.clock import today
from skolkit.cursor import BadCursor
from skolkit.errors import ChangedMeanwhile, NotFound
from skolkit.events import Envelope
from skolkit.http import Request
from skolkit.types import PersonId, UnitId


def _year(path: Mapping[str, str]) -> int:
    """The calendar year in which the school year of a path starts."""
    if not re.fullmatch(r"20[0-9]{2}", path["year"]):
        raise NotFound
    return int(path["year"])


@api.operation(
    "PUT", "/v1/pupils/{pupil}/plans/{year}", process=30, versioned=True,
    body=schemas.NewPlan, answer=schemas.PlanView,
    errors=(NotFound, ChangedMeanwhile, rules.NoPlanThere, rules.NotOfTheYear),
)  # fmt: skip
def save_iup(request: Request[schemas.NewPlan, None]) -> schemas.PlanView:
    """Write a pupil's individual development plan of this school year"""
    return iup.save_iup(
        request.caller, PersonId(request.id("pupil")), _year(request.path), request.body, request.version
    )


@api.operation(
    "GET", "/v1/units/{unit}/pupils-without-plan", process=30,
    query=PageQuery, answer=OwedPage, errors=(NotFound, BadCursor),
)  # fmt: skip
def list_pupils_without_plan(request: Request[None, PageQuery]) -> OwedPage:
    """A unit's pupils who have been given no development plan this school year, by form and year"""
    return owed.list_pupils_without_plan(request.caller, UnitId(request.id("unit")), request.query)


@api.operation(
    "GET", "/v1/pupils/{pupil}/plans/{year}", process=30, answer=schemas.IupView, errors=(NotFound,)
)
def read_iup(request: Request[None, None]) -> schemas.IupView:
    """A pupil's individual development plan; for the home what is published"""
    return iup.read_iup(request.caller, PersonId(request.id("pupil")), _year(request.path))


@api.operation(
    "GET", "/v1/pupils/{pupil}/plans", process=30,
    query=PageQuery, answer=schemas.YearPage, errors=(NotFound, BadCursor),
)  # fmt: skip
def list_iups(request: Request[None, PageQuery]) -> schemas.YearPage:
    """The school years of which a pupil has a plan, the newest first"""
    return iup.list_iups(request.caller, PersonId(request.id("pupil")), request.query)


@api.operation(
    "POST", "/v1/pupils/{pupil}/plans/{year}/publication", process=30, keyed=True, answer=schemas.PlanView,
    errors=(NotFound, ChangedMeanwhile, rules.NotOfTheYear, rules.NothingNew, rules.PlanNotWhole),
)  # fmt: skip
def publish_iup(request: Request[None, None]) -> schemas.PlanView:
    """Give the plan to the home, as a version that is never changed"""
    assert request.key
    return iup.publish_iup(request.caller, PersonId(request.id("pupil")), _year(request.path), request.key)


@api.operation(
    "POST", "/v1/pupils/{pupil}/plans/{year}/follow-ups", process=30, keyed=True,
    body=schemas.NewFollowUp, answer=schemas.PlanView,
    errors=(NotFound, ChangedMeanwhile, rules.NotPublished),
)  # fmt: skip
def follow_up_iup(request: Request[schemas.NewFollowUp, None]) -> schemas.PlanView:
    """Write what a follow-up of the plan found"""
    assert request.key
    return iup.follow_up_iup(
        request.caller, PersonId(request.id("pupil")), _year(request.path), request.body, request.key
    )


@api.operation("PUT", "/v1/pupils/{pupil}/plans/{year}/receipt", process=30, status=204, errors=(NotFound,))
def mark_iup_read(request: Request[None, None]) -> None:
    """Say that one has read the plan"""
    iup.mark_iup_read(request.caller, PersonId(request.id("pupil")), _year(request.path))


@api.operation(
    "POST", "/v1/pupils/{pupil}/plans/{year}/link", process=30, answer=schemas.PaperLink,
    errors=(NotFound, rules.PaperNotReady),
)  # fmt: skip
def link_iup(request: Request[None, None]) -> schemas.PaperLink:
    """A link to the plan as PDF, good for five minutes"""
    return iup_papers.link_iup(request.caller, PersonId(request.id("pupil")), _year(request.path))


@on.on_schedule(
    "cron(0 7 * * ? *)", process=30,
    meaning="Mentorer påminns inte om utvecklingsplaner att följa upp; de ser dagen i planen.",
)  # fmt: skip
def remind_of_plans() -> None:
    """Every morning: remind mentors of plans to be followed up."""
    iup.remind_of_plans(today())


@on.on_facts(
    IupPaperAsked.type, process=30, timeout=120, memory=1024, layers=("documents",),
    uses=("s3:PutObject papers",),
    meaning="Utvecklingsplaner blir inte skrivna som PDF; de går att läsa på skärmen.",
)  # fmt: skip
def write_iup_paper(envelope: Envelope) -> None:
    """Write a version of a plan as PDF."""
    iup_papers.write_iup_paper(IupPaperAsked.model_validate(envelope.data))


@on.on_facts(
    "register.PersonProtected.v1", process=30, timeout=120, uses=("s3:DeleteObject papers",),
    meaning="Utvecklingsplaner för en elev som fått skyddade personuppgifter visar ännu vem det är.",
)  # fmt: skip
def hide_iup_papers(envelope: Envelope) -> None:
    """Have the papers that name a pupil who has become protected written anew."""
    iup_papers.hide_iup_papers(PersonProtected.model_validate(envelope.data).person)


@on.on_changes(
    gone="PUPIL#", process=30, runbook="retention", uses=("s3:DeleteObject papers",),
    meaning="Utvecklingsplaner som har gallrats ligger kvar som PDF. Ingen länk leder till dem.",
)  # fmt: skip
def forget_iup_papers(keys: Sequence[tuple[str, str]]) -> None:
    """Delete the papers of plans that are erased."""
    iup_papers.forget_iup_papers(keys)

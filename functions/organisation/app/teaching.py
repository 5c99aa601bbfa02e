"""Syllabuses, timplan, study plans, offerings and electives (process 14)."""

from __future__ import annotations

from typing import Any

from functions.organisation.app.base import api, on
from functions.organisation.domain import electives as elective_rules
from functions.organisation.domain import study_plans as plan_rules
from functions.organisation.domain import timplan as timplan_rules
from functions.organisation.domain.electives import RoundId
from functions.organisation.domain.syllabuses import SyllabusEndsBeforeStart, SyllabusId
from functions.organisation.events import (
    ElectivesAllocationAsked,
)
from functions.organisation.schemas import common
from functions.organisation.schemas import electives as elective_schemas
from functions.organisation.schemas import offerings as offering_schemas
from functions.organisation.schemas import study_plans as plan_schemas
from functions.organisation.schemas import syllabuses as syllabus_schemas
from functions.organisation.schemas import timplan as timplan_schemas
from functions.organisation.usecases import (
    allocation,
    electives,
    offerings,
    study_plans,
    syllabuses,
    timplan,
)
from skolkit import imports
from skolkit.errors import ChangedMeanwhile, NotFound
from skolkit.events import Envelope
from skolkit.http import Request
from skolkit.jobs import JobView
from skolkit.triggers import DroppedFile
from skolkit.types import PersonId, UnitId


def _round(request: Request[Any, Any]) -> tuple[UnitId, RoundId]:
    return UnitId(request.id("unit")), RoundId(request.id("round"))


@api.operation(
    "GET", "/v1/syllabuses", process=14,
    query=syllabus_schemas.SyllabusQuery, answer=syllabus_schemas.SyllabusPage,
)  # fmt: skip
def list_syllabuses(request: Request[None, syllabus_schemas.SyllabusQuery]) -> syllabus_schemas.SyllabusPage:
    """A school form's subjects, courses and levels"""
    return syllabuses.list_syllabuses(request.caller, request.query)


@api.operation(
    "GET", "/v1/syllabuses/{syllabus}", process=14, answer=syllabus_schemas.SyllabusView, errors=(NotFound,)
)
def read_syllabus(request: Request[None, None]) -> syllabus_schemas.SyllabusView:
    """One edition of a syllabus"""
    return syllabuses.read_syllabus(request.caller, SyllabusId(request.id("syllabus")))


@api.operation(
    "POST", "/v1/units/{unit}/syllabuses", process=14, status=201, keyed=True,
    body=syllabus_schemas.NewSyllabus, answer=syllabus_schemas.SyllabusView,
    errors=(NotFound, SyllabusEndsBeforeStart),
)  # fmt: skip
def add_local_syllabus(
    request: Request[syllabus_schemas.NewSyllabus, None],
) -> syllabus_schemas.SyllabusView:
    """Add a school unit's own syllabus or course"""
    assert request.key
    return syllabuses.add_local_syllabus(
        request.caller, UnitId(request.id("unit")), request.body, request.key
    )


@api.operation(
    "GET", "/v1/timplan", process=14, query=timplan_schemas.TimplanQuery, answer=timplan_schemas.TimplanView,
    errors=(NotFound,),
)  # fmt: skip
def read_timplan(request: Request[None, timplan_schemas.TimplanQuery]) -> timplan_schemas.TimplanView:
    """The timplan of grundskola in force a school year"""
    return timplan.read_timplan(request.caller, request.query)


@api.operation(
    "GET", "/v1/units/{unit}/timplan", process=14,
    query=timplan_schemas.TimplanQuery, answer=timplan_schemas.DistributionView, errors=(NotFound,),
)  # fmt: skip
def read_distribution(
    request: Request[None, timplan_schemas.TimplanQuery],
) -> timplan_schemas.DistributionView:
    """A school unit's teaching hours per subject and year, and what they do not keep"""
    return timplan.read_distribution(request.caller, UnitId(request.id("unit")), request.query)


@api.operation(
    "PUT", "/v1/units/{unit}/timplan", process=14, versioned=True,
    body=timplan_schemas.NewDistribution, answer=timplan_schemas.DistributionView,
    errors=(
        NotFound, ChangedMeanwhile, timplan_rules.UnknownTimplan, timplan_rules.UnknownTimplanSubject,
    ),
)  # fmt: skip
def decide_distribution(
    request: Request[timplan_schemas.NewDistribution, None],
) -> timplan_schemas.DistributionView:
    """Decide a school unit's teaching hours per subject and year"""
    return timplan.decide_distribution(
        request.caller, UnitId(request.id("unit")), request.body, request.version
    )


@api.operation(
    "GET", "/v1/programmes", process=14,
    query=plan_schemas.ProgrammeQuery, answer=plan_schemas.ProgrammePage,
)  # fmt: skip
def list_programmes(request: Request[None, plan_schemas.ProgrammeQuery]) -> plan_schemas.ProgrammePage:
    """Programmes of gymnasieskolan with their content"""
    return study_plans.list_programmes(request.caller, request.query)


@api.operation(
    "POST", "/v1/programmes", process=14, status=201, keyed=True,
    body=plan_schemas.NewProgramme, answer=plan_schemas.ProgrammeView, errors=(NotFound, ChangedMeanwhile),
)  # fmt: skip
def add_programme(request: Request[plan_schemas.NewProgramme, None]) -> plan_schemas.ProgrammeView:
    """Add a programme as it is from a day on"""
    assert request.key
    return study_plans.add_programme(request.caller, request.body, request.key)


@api.operation(
    "GET", "/v1/pupils/{pupil}/study-plan", process=14, answer=plan_schemas.PlanView, errors=(NotFound,)
)
def read_study_plan(request: Request[None, None]) -> plan_schemas.PlanView:
    """A pupil's study plan, and what it lacks"""
    return study_plans.read_study_plan(request.caller, PersonId(request.id("pupil")))


@api.operation(
    "GET", "/v1/pupils/{pupil}/study-plan/versions", process=14,
    query=common.PageQuery, answer=plan_schemas.PlanPage, errors=(NotFound,),
)  # fmt: skip
def list_plan_versions(request: Request[None, common.PageQuery]) -> plan_schemas.PlanPage:
    """How a pupil's study plan has been, the newest first"""
    return study_plans.list_plan_versions(request.caller, PersonId(request.id("pupil")), request.query)


@api.operation(
    "PUT", "/v1/pupils/{pupil}/study-plan", process=14, versioned=True,
    body=plan_schemas.NewPlan, answer=plan_schemas.PlanView,
    errors=(NotFound, ChangedMeanwhile, plan_rules.UnknownSyllabus, plan_rules.UnknownProgramme),
)  # fmt: skip
def put_study_plan(request: Request[plan_schemas.NewPlan, None]) -> plan_schemas.PlanView:
    """Make or change a pupil's study plan"""
    return study_plans.put_study_plan(
        request.caller, PersonId(request.id("pupil")), request.body, request.version
    )


@api.operation(
    "PUT", "/v1/pupils/{pupil}/study-plan/adaptation", process=14, versioned=True,
    body=plan_schemas.NewAdaptation, answer=plan_schemas.PlanView,
    errors=(NotFound, ChangedMeanwhile, plan_rules.AdaptationWithoutForm),
)  # fmt: skip
def adapt_study_plan(request: Request[plan_schemas.NewAdaptation, None]) -> plan_schemas.PlanView:
    """Decide on adapted studies or an adapted timplan for a pupil"""
    return study_plans.adapt_study_plan(
        request.caller, PersonId(request.id("pupil")), request.body, request.version
    )


@api.operation(
    "GET", "/v1/units/{unit}/offering", process=14,
    query=timplan_schemas.TimplanQuery, answer=offering_schemas.OfferingView, errors=(NotFound,),
)  # fmt: skip
def read_offering(request: Request[None, timplan_schemas.TimplanQuery]) -> offering_schemas.OfferingView:
    """The syllabuses and programmes a school unit offers a school year"""
    return offerings.read_offering(request.caller, UnitId(request.id("unit")), request.query)


@api.operation(
    "PUT", "/v1/units/{unit}/offering", process=14, versioned=True,
    body=offering_schemas.NewOffering, answer=offering_schemas.OfferingView,
    errors=(NotFound, ChangedMeanwhile, plan_rules.UnknownSyllabus, plan_rules.UnknownProgramme),
)  # fmt: skip
def put_offering(request: Request[offering_schemas.NewOffering, None]) -> offering_schemas.OfferingView:
    """Say what a school unit offers a school year"""
    return offerings.put_offering(request.caller, UnitId(request.id("unit")), request.body, request.version)


@api.operation(
    "GET", "/v1/units/{unit}/elective-rounds", process=14,
    query=common.PageQuery, answer=elective_schemas.RoundPage,
)  # fmt: skip
def list_rounds(request: Request[None, common.PageQuery]) -> elective_schemas.RoundPage:
    """A school unit's choice rounds, the newest first"""
    return electives.list_rounds(request.caller, UnitId(request.id("unit")), request.query)


@api.operation(
    "POST", "/v1/units/{unit}/elective-rounds", process=14, status=201, keyed=True,
    body=elective_schemas.NewRound, answer=elective_schemas.RoundView,
    errors=(NotFound, elective_rules.UnfitRound),
)  # fmt: skip
def open_round(request: Request[elective_schemas.NewRound, None]) -> elective_schemas.RoundView:
    """Set up a choice round: språkval, elevens val or courses"""
    assert request.key
    return electives.open_round(request.caller, UnitId(request.id("unit")), request.body, request.key)


@api.operation(
    "GET", "/v1/units/{unit}/elective-rounds/{round}", process=14,
    answer=elective_schemas.RoundView, errors=(NotFound,),
)  # fmt: skip
def read_round(request: Request[None, None]) -> elective_schemas.RoundView:
    """A choice round with its options"""
    return electives.read_round(request.caller, *_round(request))


@api.operation(
    "PUT", "/v1/units/{unit}/elective-rounds/{round}", process=14, versioned=True,
    body=elective_schemas.NewRound, answer=elective_schemas.RoundView,
    errors=(
        NotFound, ChangedMeanwhile, elective_rules.UnfitRound, elective_rules.RoundHasOpened,
        elective_rules.RoundDecided,
    ),
)  # fmt: skip
def change_round(request: Request[elective_schemas.NewRound, None]) -> elective_schemas.RoundView:
    """Change a choice round"""
    return electives.change_round(request.caller, *_round(request), request.body, request.version)


@api.operation(
    "GET", "/v1/units/{unit}/elective-rounds/{round}/wishes/{pupil}", process=14,
    answer=elective_schemas.WishesView, errors=(NotFound,),
)  # fmt: skip
def read_wishes(request: Request[None, None]) -> elective_schemas.WishesView:
    """What has been wished for a pupil, and what came of it"""
    return electives.read_wishes(request.caller, *_round(request), PersonId(request.id("pupil")))


@api.operation(
    "PUT", "/v1/units/{unit}/elective-rounds/{round}/wishes/{pupil}", process=14,
    body=elective_schemas.NewWishes, answer=elective_schemas.WishesView,
    errors=(
        NotFound, ChangedMeanwhile, elective_rules.RoundNotOpen, elective_rules.NotInRound,
        elective_rules.TooYoungToChoose, elective_rules.UnfitWishes,
    ),
)  # fmt: skip
def put_wishes(request: Request[elective_schemas.NewWishes, None]) -> elective_schemas.WishesView:
    """Wish for a pupil, the dearest option first"""
    return electives.put_wishes(request.caller, *_round(request), PersonId(request.id("pupil")), request.body)


@api.operation(
    "POST", "/v1/units/{unit}/elective-rounds/{round}/previews", process=14, status=202, keyed=True,
    answer=JobView, errors=(NotFound, elective_rules.RoundStillOpen, elective_rules.RoundDecided),
)  # fmt: skip
def preview_round(request: Request[None, None]) -> JobView:
    """Work out who would get what in a closed round"""
    assert request.key
    return electives.preview_round(request.caller, *_round(request), request.key)


@api.operation(
    "POST", "/v1/units/{unit}/elective-rounds/{round}/decision", process=14, status=202, keyed=True,
    answer=JobView,
    errors=(
        NotFound, elective_rules.RoundStillOpen, elective_rules.RoundDecided, elective_rules.NothingPreviewed,
    ),
)  # fmt: skip
def decide_round(request: Request[None, None]) -> JobView:
    """Decide the previewed allocation; groups and study plans follow"""
    assert request.key
    return electives.decide_round(request.caller, *_round(request), request.key)


@api.operation(
    "GET", "/v1/units/{unit}/elective-rounds/{round}/jobs/{job}", process=14,
    answer=JobView, errors=(NotFound,),
)  # fmt: skip
def read_round_job(request: Request[None, None]) -> JobView:
    """How far a preview or decision has come"""
    return electives.read_round_job(request.caller, *_round(request), request.id("job"))


@api.operation(
    "GET", "/v1/units/{unit}/elective-rounds/{round}/results", process=14,
    query=common.PageQuery, answer=elective_schemas.ResultPage, errors=(NotFound,),
)  # fmt: skip
def list_results(request: Request[None, common.PageQuery]) -> elective_schemas.ResultPage:
    """What the preview, or the decision, gives each pupil and why"""
    return electives.list_results(request.caller, *_round(request), request.query)


@on.on_facts(
    ElectivesAllocationAsked.type, process=14, timeout=900, memory=1024, batch=1,
    meaning="Fördelningen av elevernas val kommer inte fram, eller beslutade val blir inte grupper.",
)  # fmt: skip
def allocate_electives(envelope: Envelope) -> None:
    """Work out a choice round, or turn a decided one into groups and study plans."""
    allocation.work(ElectivesAllocationAsked.model_validate(envelope.data))


@on.on_file(
    "organisation/syllabuses/",
    process=14,
    meaning="Kurs- och ämnesplanerna i den inlämnade filen är inte inlästa. Se rapporten under reports/.",
)
def import_syllabuses(file: DroppedFile) -> None:
    """Take a file of syllabuses as Skolverket gives them."""
    from functions.organisation.imports.syllabuses import SYLLABUSES

    imports.run(file, SYLLABUSES)


@on.on_file(
    "organisation/programmes/",
    process=14,
    meaning="Programstrukturerna i den inlämnade filen är inte inlästa. Se rapporten under reports/.",
)
def import_programmes(file: DroppedFile) -> None:
    """Take a file of programme structures."""
    from functions.organisation.imports.programmes import PROGRAMMES

    imports.run(file, PROGRAMMES)

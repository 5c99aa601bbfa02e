"""What is counted from grades (process 33)."""

from __future__ import annotations

from functions.grades.app.base import api
from functions.grades.domain.eligibility import NotNational
from functions.grades.domain.exams import NoDiploma
from functions.grades.domain.prognosis import UnknownSubject
from functions.grades.domain.programmes import UnknownProgramme
from functions.grades.domain.scales import IllegalValue
from functions.grades.domain.university_prognosis import PointsMissing, TooMuchOpen
from functions.grades.schemas import calculations as schemas
from functions.grades.usecases import calculations
from skolkit.errors import NotFound
from skolkit.http import Request
from skolkit.types import PersonId


@api.operation(
    "GET", "/v1/pupils/{pupil}/merit", process=33,
    query=schemas.MeritQuery, answer=schemas.MeritView, errors=(NotFound,),
)  # fmt: skip
def read_merit(request: Request[None, schemas.MeritQuery]) -> schemas.MeritView:
    """A pupil's merit value, and how each grade counts"""
    return calculations.read_merit(request.caller, PersonId(request.id("pupil")), request.query)


@api.operation(
    "GET", "/v1/pupils/{pupil}/eligibility", process=33,
    query=schemas.EligibilityQuery, answer=schemas.EligibilityView,
    errors=(NotFound, UnknownProgramme, NotNational),
)  # fmt: skip
def read_eligibility(request: Request[None, schemas.EligibilityQuery]) -> schemas.EligibilityView:
    """What a pupil is eligible for in upper secondary school, and what is missing"""
    return calculations.read_eligibility(request.caller, PersonId(request.id("pupil")), request.query)


@api.operation(
    "POST", "/v1/pupils/{pupil}/prognosis", process=33,
    body=schemas.Question, answer=schemas.PrognosisView,
    errors=(NotFound, UnknownProgramme, NotNational, UnknownSubject, IllegalValue),
)  # fmt: skip
def ask_prognosis(request: Request[schemas.Question, None]) -> schemas.PrognosisView:
    """What a wish would take of a pupil's grades; nothing is changed"""
    return calculations.ask_prognosis(request.caller, PersonId(request.id("pupil")), request.body)


@api.operation(
    "POST", "/v1/pupils/{pupil}/university-prognosis", process=33,
    body=schemas.UniversityQuestion, answer=schemas.UniversityPrognosisView,
    errors=(NotFound, IllegalValue, PointsMissing, TooMuchOpen),
)  # fmt: skip
def ask_university_prognosis(
    request: Request[schemas.UniversityQuestion, None],
) -> schemas.UniversityPrognosisView:
    """What a comparison figure would take of a pupil's grades; nothing is changed"""
    pupil = PersonId(request.id("pupil"))
    return calculations.ask_university_prognosis(request.caller, pupil, request.body)


@api.operation(
    "GET", "/v1/pupils/{pupil}/exam", process=33,
    query=schemas.ExamQuery, answer=schemas.ExamView, errors=(NotFound, UnknownProgramme, NoDiploma),
)  # fmt: skip
def read_exam(request: Request[None, schemas.ExamQuery]) -> schemas.ExamView:
    """What a pupil has of a diploma of upper secondary school, and what the grades are worth"""
    return calculations.read_exam(request.caller, PersonId(request.id("pupil")), request.query)

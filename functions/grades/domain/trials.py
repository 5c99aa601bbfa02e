"""Trial (prövning; skollagen 3:21, 10:23, 15:28): who may have knowledge tried without having been taught,
what it may cost, who examines, and a grade that never lowers what stands.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from types import MappingProxyType
from typing import Literal

from functions.grades.domain.catalogue import Decider, Entry, Subject, Term
from functions.grades.domain.grading import Line, check_whole
from functions.grades.domain.scales import DASH, IllegalValue, scale
from skolkit.errors import DomainError, Text
from skolkit.sweden.calendar import SchoolYear
from skolkit.sweden.codes import SchoolForm
from skolkit.types import PersonId, UnitId

State = Literal["applied", "admitted", "refused", "withdrawn", "graded", "notTaken"]
OPEN: frozenset[State] = frozenset({"applied", "admitted"})


class NoTrial(DomainError):
    """There are no trials in the form, or the unit does not have it."""

    status = 422
    reason = Text("Prövning görs inte i skolformen vid enheten.", "No trials in the form at the unit.")
    advice = Text("Välj en enhet med skolformen.", "Choose a unit that has the form.")
    law = "skollagen 10:23, 15:28, 20 kap."


class UnknownSubject(DomainError):
    """A trial is in a subject of grundskola, or in a course or level by its syllabus."""

    status = 422
    reason = Text("Ämnet, kursen eller nivån finns inte.", "There is no such subject, course or level.")
    advice = Text("Ange ämneskod, eller kursplanens id.", "Give a subject code, or the syllabus's id.")


class PassedAlready(DomainError):
    """A pupil of upper secondary school is tried where there is no pass (GyF ch. 8 [M])."""

    reason = Text("Du har redan ett godkänt betyg.", "You have a pass already.")
    advice = Text(
        "Prövning för högre betyg görs efter avslutad utbildning.",
        "Trials for a higher grade are after the education has ended.",
    )
    law = "skollagen 15:28"


class TrialOpen(DomainError):
    """One trial in a subject at a time."""

    reason = Text("Det finns redan en prövning i ämnet.", "There is a trial in the subject already.")
    advice = Text("Vänta på resultatet, eller ta tillbaka den.", "Wait for the result, or take it back.")


class NotNow(DomainError):
    """Each step of a trial comes after the one before."""

    reason = Text("Prövningen är inte i det läget.", "The trial is not at that point.")
    advice = Text("Läs prövningen på nytt.", "Read the trial again.")


class FeeTooHigh(DomainError):
    """A fee may be taken only where the ordinance says so, and no more than it says [M]."""

    status = 422
    reason = Text("Avgiften får vara högst {most} kronor.", "The fee may be at most {most} kronor.")
    advice = Text("Sänk avgiften.", "Lower the fee.")
    law = "förordningen (1991:1124) om avgifter för prövning"


class NotToExamine(DomainError):
    """The examiner is certified and qualified in the subject, works at the unit and is impartial."""

    status = 422
    reason = Text(
        "Läraren är inte legitimerad och behörig i ämnet vid enheten, eller är jävig.",
        "The teacher is not certified and qualified in the subject at the unit, or not impartial.",
    )
    advice = Text("Utse en annan lärare.", "Appoint another teacher.")
    law = "skollagen 2:13, 3:16, 3:21"


class DayHasBeen(DomainError):
    """The trial is on a day to come."""

    status = 422
    reason = Text("Dagen för prövningen har varit.", "The day of the trial has been.")
    advice = Text("Ange en kommande dag.", "Give a day to come.")


class AdmissionIncomplete(DomainError):
    """Whoever is admitted knows who examines and when; whoever is not, why."""

    status = 422
    reason = Text("Beslutet är inte fullständigt.", "The decision is not complete.")
    advice = Text(
        "Antagen: examinator och dag. Avslag: motivering (minst 10 tecken).",
        "Admitted: examiner and day. Refused: the reasons (10 characters or more).",
    )
    law = "förvaltningslagen 32 §"


@dataclass(frozen=True, slots=True)
class FormRules:
    """What holds in a form. `again`: pupils of the form are tried also where they have a pass; `fee`: at most
    so many kronor, from who is no pupil of the form and has no F in the subject.
    """

    again: bool
    fee: int


@dataclass(frozen=True, slots=True)
class TrialRules:
    """The rules from a day on. Whoever is not a pupil may be tried in every form here."""

    id: str
    valid_from: date
    forms: Mapping[SchoolForm, FormRules]


_F = SchoolForm
RULES = (
    TrialRules(
        "provning-2011", date(2011, 7, 1),
        MappingProxyType(
            {
                _F.COMPULSORY: FormRules(again=True, fee=0), _F.SPECIAL: FormRules(again=True, fee=0),
                _F.SAMI: FormRules(again=True, fee=0), _F.UPPER_SECONDARY: FormRules(again=False, fee=500),
                _F.ADULT_UPPER_SECONDARY: FormRules(again=True, fee=500),
            }
        ),
    ),
)  # fmt: skip
"""[M]: gymnasieförordningen (2010:2039) ch. 8, förordningen (1991:1124); to be checked against the statutes.
Adapted forms have none.
"""


def rules_on(day: date) -> TrialRules:
    """The rules of a day.

    >>> rules_on(date(2026, 11, 26)).id
    'provning-2011'
    """
    return max((r for r in RULES if r.valid_from <= day), key=lambda r: r.valid_from)


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """A trial. `pupil` is whoever is tried, pupil or not; `fee` in kronor, recorded only; `rules` those of
    the application; `codes` those of the subject that an examiner is qualified in; `entry` the grade in the
    catalogue.
    """

    id: str
    pupil: PersonId
    unit: UnitId
    subject: Subject
    applicant: PersonId
    applied: datetime
    rules: str
    codes: tuple[str, ...] = ()
    state: State = "applied"
    examiner: PersonId | None = None
    day: date | None = None
    fee: int = 0
    handled_by: PersonId | None = None
    motivation: str = ""
    entry: str | None = None
    version: int | None = None


def apply(
    draft: Trial, held: Entry | None, trials: Iterable[Trial], own_form: str, forms: Collection[SchoolForm]
) -> Trial:
    """A trial that may be applied for. `held` is what stands in the subject, `own_form` the form where the
    pupil goes, `forms` the unit's. Raises `NoTrial`, `TrialOpen`, `PassedAlready`.
    """
    form = draft.subject.form
    known = rules_on(draft.applied.date()).forms.get(form)
    if known is None or form not in forms:
        raise NoTrial(field="schoolForm", value=form.value)
    if any(one.subject.key == draft.subject.key and one.state in OPEN for one in trials):
        raise TrialOpen(field="subjectCode", value=draft.subject.code)
    if held and held.passed and own_form == form.value and not known.again:
        raise PassedAlready(field="subjectCode", value=draft.subject.code)
    return draft


def most_fee(trial: Trial, held: Entry | None, own_form: str) -> int:
    """What the trial may cost at most, in kronor."""
    form = trial.subject.form
    free = own_form == form.value or bool(held and not held.passed)
    known = {rules.id: rules for rules in RULES}[trial.rules].forms
    return 0 if free else known[form].fee


@dataclass(frozen=True, slots=True, kw_only=True)
class Handling:
    """How the unit answers an application."""

    admitted: bool
    by: PersonId
    examiner: PersonId | None = None
    day: date | None = None
    fee: int = 0
    motivation: str = ""


def handle(trial: Trial, how: Handling, today: date, *, most: int, fits: bool) -> Trial:
    """The trial admitted or refused; one that is admitted may get another examiner or day. `fits`: the
    examiner may examine.

    Raises `NotNow`, `AdmissionIncomplete`, `NotToExamine`, `DayHasBeen`, `FeeTooHigh`.
    """
    if trial.state not in OPEN:
        raise NotNow(field="trial", value=trial.state)
    said = replace(trial, handled_by=how.by, motivation=how.motivation)
    if not how.admitted:
        if len(how.motivation.strip()) < 10:
            raise AdmissionIncomplete(field="motivation")
        return replace(said, state="refused")
    if how.examiner is None or how.day is None:
        raise AdmissionIncomplete(field="examiner" if how.examiner is None else "day")
    if not fits:
        raise NotToExamine(field="examiner", value=how.examiner)
    if how.day < today:
        raise DayHasBeen(field="day", value=how.day.isoformat())
    if how.fee > most:
        raise FeeTooHigh(field="fee", value=how.fee, most=most)
    return replace(said, state="admitted", examiner=how.examiner, day=how.day, fee=how.fee)


def withdraw(trial: Trial) -> Trial:
    """Taken back before there is a result. Raises `NotNow`."""
    if trial.state not in OPEN:
        raise NotNow(field="trial", value=trial.state)
    return replace(trial, state="withdrawn")


def not_taken(trial: Trial, today: date) -> Trial:
    """Nobody came. Raises `NotNow`."""
    _require_day(trial, today)
    return replace(trial, state="notTaken")


def _require_day(trial: Trial, today: date) -> None:
    if trial.state != "admitted" or trial.day is None or today < trial.day:
        raise NotNow(field="trial", value=trial.state)


def grade(
    trial: Trial, value: str, support: str, title: str, year: int | None, id: str, now: datetime, today: date
) -> tuple[Trial, Entry]:
    """The trial with its grade, and the entry for the catalogue: the examiner's, of a finished subject. A
    dash is for who has been taught.

    Raises `NotNow`, `IllegalValue`, `SupportMissing`, `TitleMissing`.
    """
    _require_day(trial, today)
    assert trial.examiner
    used = scale(trial.subject.form, today, work=trial.subject.work)
    if value == DASH:
        raise IllegalValue(field="gradeValue", value=value, legal=", ".join(used.values))
    used.worth(value)
    line = Line(pupil=trial.pupil, support=support, title=title)
    check_whole(line, value, finished=True, work=trial.subject.work)
    term: Term = "HT" if today.month >= 7 else "VT"
    entry = Entry(
        id=id, pupil=trial.pupil, kind="trial", subject=trial.subject, value=value, scale=used.id, at=now,
        unit=trial.unit, school_year=str(SchoolYear.of(today)), term=term, year=year, finished=True,
        deciders=(Decider(person=trial.examiner, certified=True, qualified=True),),
        registered_by=trial.examiner, support=support if value == "F" else "", title=title, trial=True,
    )  # fmt: skip
    return replace(trial, state="graded", entry=id), entry

"""Individual development plans (individuell utvecklingsplan, IUP, process 30): once a school year where no
grades are set (skollagen 10:13, 11:16 [M]), built on the published assessments, agreed at the development
talk, read by the home, followed up.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Literal

from functions.assessment.domain.judgements import Judgement
from functions.assessment.domain.levels import BY_ID
from functions.assessment.domain.minutes import Agreement
from functions.assessment.domain.rounds import Round
from functions.assessment.domain.subjects import name_of
from skolkit.clock import LOCAL
from skolkit.errors import DomainError, Fault, Text
from skolkit.sweden.calendar import SchoolYear
from skolkit.sweden.codes import SchoolForm
from skolkit.types import PersonId

YEARS: Mapping[SchoolForm, range] = {
    SchoolForm.COMPULSORY: range(1, 6),
    SchoolForm.SAMI: range(1, 6),
    SchoolForm.SPECIAL: range(1, 7),
    SchoolForm.ADAPTED_COMPULSORY: range(1, 10),
    SchoolForm.SUBJECT_AREAS: range(1, 10),
}
"""The years with a plan: 1–5 (skollagen 10:13, 13:12; in specialskola 1–6, 12:12), and all of anpassad
grundskola, where grades are set on request only (11:16, 11:19) [M: the chapters 11–13].
"""
State = Literal["waiting", "ready"]


class NoPlanThere(DomainError):
    """Where grades are set there is no plan."""

    status = 422
    reason = Text(
        "Elevens årskurs har ingen individuell utvecklingsplan.", "The pupil's year has no such plan."
    )
    advice = Text("Skriv åtgärder i samtalets protokoll.", "Write what is agreed in the minutes of the talk.")
    law = "skollagen 10:13"


class NotOfTheYear(DomainError):
    """A plan is of this school year."""

    status = 422
    reason = Text("Planen hör till ett annat läsår.", "The plan is of another school year.")
    advice = Text("Skriv årets plan.", "Write the plan of this year.")


class PlanNotWhole(DomainError):
    """What is given to the home is whole; `faults` say what is missing."""

    reason = Text("Planen är inte färdig.", "The plan is not whole.")
    advice = Text("Fyll i det som saknas.", "Fill in what is missing.")
    law = "skollagen 10:13"


class NothingNew(DomainError):
    """A plan is published again when it says something else."""

    reason = Text("Planen är redan publicerad.", "The plan is published already.")
    advice = Text("Ändra den först.", "Change it first.")


class NotPublished(DomainError):
    """What the home has not read is not followed up."""

    reason = Text("Planen är inte publicerad.", "The plan is not published.")
    advice = Text("Publicera planen först.", "Publish the plan first.")


class PaperNotReady(DomainError):
    """The PDF is being written."""

    reason = Text("Dokumentet är inte klart.", "The document is not ready.")
    advice = Text("Försök igen om en stund.", "Try again in a while.")


@dataclass(frozen=True, slots=True)
class Goal:
    """A goal, in a subject or for the pupil's development in other ways (`subject` "")."""

    text: str
    subject: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A plan as its mentor works on it. `needs` is what the school does so that the pupil reaches the
    criteria, `steps` what was agreed at the talk on `agreed`; `follow_up` the day it is followed up;
    `published` how many versions homes have been given, `changed` since the last.
    """

    pupil: PersonId
    year: SchoolYear
    needs: str
    goals: tuple[Goal, ...]
    steps: tuple[Agreement, ...]
    agreed: date | None
    follow_up: date | None
    by: PersonId
    at: datetime
    published: int = 0
    changed: bool = True
    next_follow_up: date | None = None
    version: int | None = None


@dataclass(frozen=True, slots=True, order=True)
class Which:
    """One version of an assessment."""

    round: str
    subject: str
    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """A version that the home reads, never changed; with the assessments it is built on, and its PDF:
    whether it names the pupil, everybody it names, and its SHA-256.
    """

    number: int
    plan: Plan
    at: datetime
    judgements: tuple[Which, ...]
    paper: State = "waiting"
    named: bool = False
    people: tuple[PersonId, ...] = ()
    sha256: str = ""
    version: int | None = None


def check_form(form: str, year: int | None) -> None:
    """Raises `NoPlanThere`."""
    years = YEARS.get(SchoolForm(form), range(0)) if form else range(0)
    if year not in years:
        raise NoPlanThere(field="pupil", value=year)


def write(old: Plan | None, new: Plan, today: date) -> Plan:
    """The plan in the place of the old one. Raises `NotOfTheYear`."""
    if new.year != SchoolYear.of(today):
        raise NotOfTheYear(field="year", value=str(new.year))
    published, waits = (old.published, old.next_follow_up) if old else (0, None)
    return replace(new, published=published, next_follow_up=waits, changed=True)


def publish(
    plan: Plan, known: Collection[tuple[Round, Judgement]], today: date, now: datetime
) -> tuple[Plan, Edition]:
    """The plan given to the home, and the version that the home reads. `known` are the pupil's published
    assessments of the school year. Raises `NotOfTheYear`, `NothingNew`, `PlanNotWhole`.
    """
    if plan.year != SchoolYear.of(today):
        raise NotOfTheYear(field="year", value=str(plan.year))
    if not plan.changed:
        raise NothingNew(field="plan")
    if faults := tuple(_missing(plan, known, today)):
        raise PlanNotWhole(faults=faults)
    fresh = replace(plan, published=plan.published + 1, changed=False, next_follow_up=plan.follow_up)
    built_on = tuple(sorted(Which(j.round, j.subject, j.number) for _, j in known))
    return fresh, Edition(number=fresh.published, plan=fresh, at=now, judgements=built_on)


def _missing(plan: Plan, known: Collection[tuple[Round, Judgement]], today: date) -> Iterable[Fault]:
    if not known:
        yield Fault(
            "judgements",
            Text(
                "Inga omdömen är publicerade under läsåret.", "No assessments are published this school year."
            ),
            Text("Låt rektor publicera omgången först.", "Let the principal publish the round first."),
        )
    if not plan.goals:
        yield _fault("goals", "Mål saknas.", "There are no goals.")
    if not plan.steps:
        yield _fault("steps", "Överenskommelser saknas.", "There are no agreements.")
    if plan.agreed is None or plan.agreed > today:
        yield _fault("agreed", "Dagen för samtalet saknas.", "The day of the talk is missing.")
    if plan.follow_up is None or plan.follow_up < today:
        yield _fault("followUp", "En kommande dag för uppföljning saknas.", "A coming follow-up is missing.")


def _fault(field: str, sv: str, en: str) -> Fault:
    return Fault(field, Text(sv, en), Text("Fyll i det.", "Fill it in."))


def followed_up(plan: Plan, next_day: date | None) -> Plan:
    """The plan followed up, with the next day for it if there is one. Raises `NotPublished`."""
    if not plan.published:
        raise NotPublished(field="plan")
    return replace(plan, next_follow_up=next_day)


# The paper


@dataclass(frozen=True, slots=True)
class Named:
    """What a paper says of people: the pupil's line and the mentor's name, None for a protected one."""

    pupil: str | None
    unit: str
    mentor: str | None


def written(edition: Edition, named: Named, sha256: str) -> Edition:
    """The edition whose PDF has been written with these names."""
    people = {*({edition.plan.pupil} if named.pupil else ()), *({edition.plan.by} if named.mentor else ())}
    return replace(
        edition, paper="ready", named=bool(named.pupil), people=tuple(sorted(people)), sha256=sha256
    )


def unwritten(edition: Edition) -> Edition:
    """The edition whose PDF is to be written anew, since somebody it names has become protected."""
    return replace(edition, paper="waiting", named=False, people=(), sha256="")


def content(
    edition: Edition, known: Sequence[tuple[Round, Judgement]], named: Named, at: datetime
) -> dict[str, object]:
    """What the paper says, for the template: rows of label and value, and tables."""
    plan = edition.plan
    return {
        "title": f"Individuell utvecklingsplan {plan.year}",
        "law": "skollagen 10 kap. 13 §",
        "made": f"{at.astimezone(LOCAL):%Y-%m-%d %H:%M}",
        "facts": [
            ["Elev", named.pupil or "har skyddade personuppgifter; kontakta skolan"],
            ["Skolenhet", named.unit],
            ["Läsår", str(plan.year)],
            ["Version", str(edition.number)],
            ["Överenskommen vid samtalet", plan.agreed.isoformat() if plan.agreed else "–"],
            ["Upprättad av", named.mentor or "mentor"],
        ],
        "judgements": [row for round, one in known for row in _rows(round, one)],
        "goals": [[name_of(goal.subject) if goal.subject else "Allmänt", goal.text] for goal in plan.goals],
        "needs": plan.needs,
        "steps": [
            [step.what, WHO[step.who], step.due.isoformat() if step.due else "–"] for step in plan.steps
        ],
        "followUp": plan.follow_up.isoformat() if plan.follow_up else "–",
    }


def _rows(round: Round, one: Judgement) -> Iterable[list[str]]:
    words = BY_ID[round.levels].words
    yield [name_of(one.subject), "", _word(words, one.level), one.text]
    for area in one.areas:
        yield ["", area.name, _word(words, area.level), area.text]


def _word(words: Mapping[int, Text], level: int | None) -> str:
    return words[level].sv if level is not None else "–"


WHO = {"school": "skolan", "home": "hemmet", "pupil": "eleven"}

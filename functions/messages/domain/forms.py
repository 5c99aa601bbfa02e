"""Forms (process 28): what a school asks homes, pupils or staff that is no consent – which day suits, what
somebody cannot eat, who fetches. Answers are named; a form is no anonymous survey.

A form is asked once per child (any guardian answers, the last answer holds), of each guardian about each
child, or of each person about themselves. A draft is published, closed, and withdrawn for good; questions are
not changed any more when somebody has answered them, the deadline is. A pupil of age answers alone
(föräldrabalken 9:1).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, timedelta
from typing import Literal

from functions.messages.domain.audiences import Role
from functions.messages.domain.deadlines import DeadlinePassed
from skolkit.errors import DomainError, Text

MOST_TIMES = 50  # all answers of a form are read together [PROPOSED]
State = Literal["draft", "published", "closed", "withdrawn"]
Respondents = Literal["child", "guardian", "person"]
AHEAD = timedelta(days=365)
MOVES: Mapping[State, frozenset[State]] = {
    "draft": frozenset({"published", "withdrawn"}),
    "published": frozenset({"closed", "withdrawn"}),
    "closed": frozenset({"published", "withdrawn"}),
    "withdrawn": frozenset(),
}


class WrongDeadline(DomainError):
    """The last day to answer is today or later, within a year."""

    status = 422
    reason = Text(
        "Sista svarsdag är passerad eller för långt fram.", "The deadline is past or too far ahead."
    )
    advice = Text("Välj en dag inom ett år.", "Choose a day within a year.")


class WrongRespondents(DomainError):
    """About a child its guardians are asked, and nobody else."""

    status = 422
    reason = Text("Om barn svarar vårdnadshavare.", "About children their guardians answer.")
    advice = Text(
        "Välj vårdnadshavare som mottagare, eller att var och en svarar för sig.",
        "Choose guardians as recipients, or that each person answers for themselves.",
    )


class WrongMove(DomainError):
    """A draft is published; what is published is closed, or closed opened; what is withdrawn stays so."""

    reason = Text(
        "Formuläret kan inte gå från {before} till {after}.", "A form that is {before} is not {after}."
    )
    advice = Text("Läs om formuläret.", "Read the form again.")


class QuestionsAnswered(DomainError):
    """Questions that somebody has answered stay as they were asked."""

    reason = Text("Någon har redan svarat på frågorna.", "Somebody has answered the questions already.")
    advice = Text("Gör ett nytt formulär.", "Make a new form.")


class FormClosed(DomainError):
    """A closed form takes no answers."""

    reason = Text("Formuläret är stängt.", "The form is closed.")
    advice = Text("Kontakta skolan.", "Contact the school.")


class AnsweredTooOften(DomainError):
    """Somebody answers anew as often as a person does."""

    status = 429
    reason = Text("Formuläret är redan besvarat {most} gånger.", "The form has been answered {most} times.")
    advice = Text("Kontakta skolan.", "Contact the school.")


def check_times(times: int) -> None:
    """One more answer of the same. Raises `AnsweredTooOften`."""
    if times >= MOST_TIMES:
        raise AnsweredTooOften(most=MOST_TIMES)


def check_deadline(deadline: date, today: date) -> None:
    """Raises `WrongDeadline`."""
    if not today <= deadline <= today + AHEAD:
        raise WrongDeadline(field="deadline", value=deadline.isoformat())


def check_respondents(respondents: Respondents, roles: Collection[Role]) -> None:
    """Raises `WrongRespondents`."""
    if respondents != "person" and set(roles) != {"guardians"}:
        raise WrongRespondents(field="respondents", value=respondents)


def check_move(before: State, after: State) -> None:
    """Raises `WrongMove`.

    >>> check_move("closed", "published")
    """
    if after not in MOVES[before]:
        raise WrongMove(field="state", value=after, before=before, after=after)


def check_changeable(state: State, *, answered: bool) -> None:
    """Raises `QuestionsAnswered`, and `WrongMove` for what is withdrawn."""
    if state == "withdrawn":
        raise WrongMove(field="state", value=state, before=state, after=state)
    if answered:
        raise QuestionsAnswered


def check_open(state: State, deadline: date, today: date) -> None:
    """Raises `FormClosed`, `DeadlinePassed`: the deadline is the last day."""
    if state != "published":
        raise FormClosed
    if today > deadline:
        raise DeadlinePassed(value=deadline.isoformat())

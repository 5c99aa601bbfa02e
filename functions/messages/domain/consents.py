"""Consents (process 28): what a school may only do when the home has said yes – a photo, an excursion, a
medicine – asked per child and answered by each guardian.

A consent is given freely and withdrawn as easily as it was given, at any time (GDPR art. 7.3). Answers are
only ever added; what holds is asked of the latest answer of each who has custody today. Once 18 the pupil
answers alone (föräldrabalken 9:1).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from functions.messages.domain.deadlines import DeadlinePassed
from skolkit.errors import DomainError, Text
from skolkit.types import PersonId

Answer = Literal["granted", "refused", "withdrawn"]
Outcome = Literal["granted", "refused", "unanswered"]


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of consent; `both`: everybody with custody must say yes. `version` 0 as the product has it."""

    id: str
    name: Text
    both: bool
    version: int = 0


KINDS: Mapping[str, Kind] = {
    kind.id: kind
    for kind in (
        Kind("photo", Text("Foto och film", "Photo and film"), both=True),
        Kind("excursion", Text("Utflykt", "Excursion"), both=False),
        Kind("medicine", Text("Medicin i skolan", "Medicine at school"), both=True),
    )
}


class UnknownKind(DomainError):
    """The municipality has no such kind of consent."""

    status = 422
    reason = Text("Det finns inget sådant slags samtycke.", "There is no such kind of consent.")
    advice = Text("Välj ett ur listan.", "Choose one of the list.")


class WrongDates(DomainError):
    """The deadline has not passed, and a consent holds at least until then and at most a year and a half."""

    status = 422
    reason = Text("Datumen går inte ihop.", "The dates do not fit.")
    advice = Text(
        "Sista svarsdag ska vara i dag eller senare, och giltigheten minst till dess.",
        "The deadline is today or later, and the consent holds at least until then.",
    )


class NothingToWithdraw(DomainError):
    """Only a yes of one's own is withdrawn."""

    reason = Text("Du har inte sagt ja till det här.", "You have not said yes to this.")
    advice = Text("Svara nej i stället.", "Say no instead.")


def check_kind(id: str) -> None:
    """A kind is named by a word of letters. Raises `UnknownKind`."""
    if not re.fullmatch(r"[a-z][a-zA-Z]{1,30}", id):
        raise UnknownKind(field="kind")


def check_dates(deadline: date, until: date, today: date) -> None:
    """Raises `WrongDates`."""
    if not today <= deadline <= until <= today + timedelta(days=550):
        raise WrongDates(field="deadline", value=deadline.isoformat())


def check_answer(answer: Answer, latest: Answer | None, deadline: date, today: date, *, closed: bool) -> None:
    """Raises `NothingToWithdraw`, `DeadlinePassed`.

    >>> check_answer("withdrawn", "granted", date(2026, 1, 1), date(2026, 2, 1), closed=True)
    """
    if answer == "withdrawn":
        if latest not in ("granted", "withdrawn"):
            raise NothingToWithdraw
    elif closed or today > deadline:
        raise DeadlinePassed(value=deadline.isoformat())


def outcome_of(latest: Mapping[PersonId, Answer], asked: Collection[PersonId], *, both: bool) -> Outcome:
    """What holds for a child: a no or a withdrawal by anybody who is asked today is a no; a yes is
    everybody's when `both`, else somebody's. Who is not asked any more does not count.

    >>> a, b = PersonId("a"), PersonId("b")
    >>> outcome_of({a: "granted"}, [a, b], both=True), outcome_of({a: "granted"}, [a, b], both=False)
    ('unanswered', 'granted')
    >>> outcome_of({a: "granted", b: "withdrawn"}, [a, b], both=False)
    'refused'
    """
    given = [latest[person] for person in asked if person in latest]
    if any(answer != "granted" for answer in given):
        return "refused"
    wanted = len(asked) if both else 1
    return "granted" if given and len(given) >= wanted else "unanswered"

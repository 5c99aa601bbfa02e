"""Written assessments (omdömen, process 30; skollagen 10:13): one per pupil, subject and round, drafted until
it is ready, read by the home when the round is published, and from then on changed by new versions only.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime

from functions.assessment.domain import levels
from functions.assessment.domain.rounds import Round, check_writable
from skolkit.errors import DomainError, Text
from skolkit.types import PersonId


class NotInRound(DomainError):
    """A round is of some subjects, years and a unit."""

    status = 422
    reason = Text(
        "Omgången gäller inte ämnet eller elevens årskurs.", "The round is of other subjects or years."
    )
    advice = Text("Välj en annan omgång.", "Choose another round.")


class NotYourSubject(DomainError):
    """Whoever teaches the pupil the subject assesses, or the mentor in their stead."""

    reason = Text(
        "En annan lärare undervisar eleven i ämnet.", "Another teacher teaches the pupil the subject."
    )
    advice = Text("Låt ämnets lärare skriva omdömet.", "Let the subject's teacher write the assessment.")
    law = "skollagen 10:13"


class NotReady(DomainError):
    """An assessment that is ready has a level and says something."""

    status = 422
    reason = Text("Omdömet är inte färdigt.", "The assessment is not whole.")
    advice = Text(
        "Ange nivå och text, eller spara som utkast.", "Give a level and a text, or save as a draft."
    )


class DraftTooLate(DomainError):
    """What homes read is not a draft."""

    reason = Text(
        "Omgången är publicerad: utkast går inte att spara.", "The round is published: no more drafts."
    )
    advice = Text("Gör omdömet färdigt.", "Make the assessment whole.")


class ReasonMissing(DomainError):
    """What a home has read is changed for a reason."""

    status = 422
    reason = Text("Ändringen saknar skäl.", "The change has no reason.")
    advice = Text("Skriv varför omdömet ändras.", "Write why the assessment is changed.")


@dataclass(frozen=True, slots=True)
class Area:
    """A knowledge area's part of an assessment."""

    name: str
    level: int | None
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """An assessment as it is now. `number` counts what homes may have read, `basis` are notes it is built
    from, `reason` why it replaces the one before.
    """

    pupil: PersonId
    round: str
    subject: str
    by: PersonId
    at: datetime
    level: int | None = None
    text: str = ""
    areas: tuple[Area, ...] = ()
    basis: tuple[str, ...] = ()
    ready: bool = False
    number: int = 1
    reason: str = ""
    version: int | None = None


def write(old: Judgement | None, new: Judgement, round: Round, now: datetime, today: date) -> Judgement:
    """The assessment in the place of the old one; its number says whether the old one stays beside it.

    Raises `RoundNotBegun`, `NotInRound`, `UnknownLevel`, `NotReady`, `DraftTooLate`, `ReasonMissing`.
    """
    check_writable(round, today)
    if new.subject not in round.subjects:
        raise NotInRound(field="subject", value=new.subject)
    scale = levels.BY_ID[round.levels]
    scale.check(new.level)
    for number, area in enumerate(new.areas):
        scale.check(area.level, f"areas.{number}.level")
    if new.ready and (new.level is None or (new.level >= 0 and not new.text)):
        raise NotReady(field="level" if new.level is None else "text")
    if not round.is_public(now):
        return replace(new, number=1, reason="")
    if not new.ready:
        raise DraftTooLate(field="ready")
    if old is None or not old.ready:
        return replace(new, number=1, reason="")
    if not new.reason:
        raise ReasonMissing(field="reason")
    return replace(new, number=old.number + 1)


def replaces(old: Judgement | None, new: Judgement) -> bool:
    """Whether the old one is kept as a version that homes may have read."""
    return old is not None and new.number > old.number

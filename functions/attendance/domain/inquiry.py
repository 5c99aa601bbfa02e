"""The investigation of absence (frånvaroutredning, process 23): one case of a pupil at a unit.

The principal sees to it that repeated or longer absence, valid or not, is investigated at once together with
the pupil, the guardians and the pupil health; when an investigation is opened the organiser (huvudman) is
told as soon as possible (skollagen 7:19 a, 15:16), and the home municipality when it is another one (7:22,
15:15). What is noted is codes and days; short texts where codes do not do are sensitive (offentlighets- och
sekretesslagen 23:2) and stay in the case.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Literal

from functions.attendance.domain.suggestions import Reason
from skolkit.errors import DomainError, Text
from skolkit.types import PersonId, UnitId

NoteKind = Literal["step", "meeting", "finding", "measure", "plannedFollowUp", "followUp"]
Participant = Literal["pupil", "guardians", "mentor", "healthTeam", "principal", "otherAuthority"]
CODES: Mapping[NoteKind, frozenset[str]] = {
    "step": frozenset({"surveying", "analysing", "planning", "followingUp"}),
    "meeting": frozenset({"survey", "planning", "followUp", "homeVisit", "phone"}),
    "finding": frozenset(
        {"schoolEnvironment", "learning", "relations", "health", "home", "leisure", "pupilsView",
         "guardiansView"}
    ),
    "measure": frozenset(
        {"contactPerson", "adjustedTimetable", "extraAdaptations", "specialSupportInquiry",
         "healthTeamContact",
         "homeContact", "environment", "socialServicesTold", "otherActivity"}
    ),
    "plannedFollowUp": frozenset({"followUp"}),
    "followUp": frozenset({"improved", "unchanged", "worsened"}),
}  # fmt: skip
WITH_TEXT: frozenset[NoteKind] = frozenset({"meeting", "finding", "measure", "followUp"})
SHARED: frozenset[NoteKind] = frozenset({"measure", "plannedFollowUp"})
"""What the home may be shown."""
MOST_TEXT = 600
MOST_TEAM = 10
MOST_FOLLOW_UPS = 10

Outcome = Literal[
    "attendanceRestored", "supportGoesOn", "specialSupport", "noCause", "otherAuthority", "leftSchool"
]
Effect = Literal["improved", "unchanged", "worsened", "unknown"]


class InquiryIsOpen(DomainError):
    """A pupil has one investigation at a time."""

    reason = Text("Eleven har redan en pågående utredning.", "The pupil has an open investigation already.")
    advice = Text("Arbeta vidare i den.", "Go on in that one.")
    law = "skollagen 7:19 a, 15:16"


class InquiryIsClosed(DomainError):
    """A closed investigation is not worked on."""

    reason = Text("Utredningen är avslutad.", "The investigation is closed.")
    advice = Text("Öppna en ny om det behövs.", "Open a new one if need be.")


class NotOfTheUnit(DomainError):
    """Whoever investigates works at the unit or for all units."""

    status = 422
    reason = Text("Personen arbetar inte vid skolenheten.", "The person does not work at the school unit.")
    advice = Text("Välj någon som arbetar där.", "Choose somebody who works there.")


class CodeNotOfKind(DomainError):
    """A note has a code of its kind."""

    status = 422
    reason = Text("Koden finns inte för den sortens anteckning.", "That kind of note has no such code.")
    advice = Text("Välj en kod ur listan.", "Choose a code from the list.")


class TextNotTaken(DomainError):
    """A text only where codes do not do, and there a finding needs one."""

    status = 422
    reason = Text(
        "Den sortens anteckning har ingen text, eller saknar sin.", "Text where there is to be none."
    )
    advice = Text("Skriv text bara där det behövs.", "Write a text only where one is needed.")


class NotShared(DomainError):
    """The home is shown measures and days of follow-up."""

    status = 422
    reason = Text("Den sortens anteckning kan inte delas.", "That kind of note cannot be shared.")
    advice = Text("Dela åtgärder och uppföljningsdagar.", "Share measures and days of follow-up.")


class NoSuchFollowUp(DomainError):
    """A follow-up is planned for a coming day, each once, and noted for a day it was planned for."""

    status = 422
    reason = Text("Uppföljningen stämmer inte med planen.", "The follow-up does not fit the plan.")
    advice = Text(
        "Planera en kommande dag, högst tio; anteckna en som är planerad.",
        "Plan a coming day, ten at most; note one that is planned.",
    )


@dataclass(frozen=True, slots=True)
class Case:
    """An investigation. `reasons` and `rules`: why and by which thresholds; `organiser_told`: when those who
    act for the huvudman were told, None when there was nobody; `follow_ups`: planned and not yet noted.
    """

    id: str
    pupil: PersonId
    unit: UnitId
    opened: date
    opened_by: PersonId
    rules: str
    organiser_told: datetime | None
    reasons: tuple[Reason, ...] = ()
    handler: PersonId | None = None
    team: tuple[PersonId, ...] = ()
    step: str = "opened"
    follow_ups: tuple[date, ...] = ()
    units: tuple[UnitId, ...] = ()
    closed: date | None = None
    outcome: Outcome | None = None
    effect: Effect | None = None

    @property
    def people(self) -> frozenset[PersonId]:
        """Who works on it."""
        return frozenset((*self.team, *((self.handler,) if self.handler else ())))


@dataclass(frozen=True, slots=True)
class Note:
    """What was done or found; never changed. `day` is when, or of a planned follow-up when it is to be."""

    kind: NoteKind
    code: str
    day: date
    by: PersonId
    at: datetime
    participants: tuple[Participant, ...] = ()
    text: str = ""
    shared: bool = False


def assigned(case: Case, handler: PersonId | None, team: tuple[PersonId, ...]) -> Case:
    """With another handler and team. Raises `InquiryIsClosed`."""
    _open(case)
    return replace(case, handler=handler, team=tuple(dict.fromkeys(team)))


def noted(case: Case, note: Note, today: date) -> Case:
    """The case after a note. Raises `InquiryIsClosed`, `CodeNotOfKind`, `TextNotTaken`, `NotShared`,
    `NoSuchFollowUp`.
    """
    _open(case)
    if note.code not in CODES[note.kind]:
        raise CodeNotOfKind(field="code", value=note.code)
    unwanted, missing = note.text and note.kind not in WITH_TEXT, note.kind == "finding" and not note.text
    if unwanted or missing:
        raise TextNotTaken(field="text")
    if note.shared and note.kind not in SHARED:
        raise NotShared(field="shared", value=True)
    match note.kind:
        case "step":
            return replace(case, step=note.code)
        case "plannedFollowUp":
            return _planned(case, note.day, today)
        case "followUp":
            return _followed_up(case, note.day)
    return case


def _planned(case: Case, day: date, today: date) -> Case:
    if day < today or day in case.follow_ups or len(case.follow_ups) >= MOST_FOLLOW_UPS:
        raise NoSuchFollowUp(field="day", value=day.isoformat())
    return replace(case, follow_ups=tuple(sorted((*case.follow_ups, day))))


def _followed_up(case: Case, day: date) -> Case:
    if day not in case.follow_ups:
        raise NoSuchFollowUp(field="day", value=day.isoformat())
    return replace(case, follow_ups=tuple(one for one in case.follow_ups if one != day))


def closed(case: Case, outcome: Outcome, effect: Effect, day: date) -> Case:
    """The case closed with what it led to. Raises `InquiryIsClosed`."""
    _open(case)
    return replace(case, closed=day, outcome=outcome, effect=effect, follow_ups=())


def moved(case: Case, unit: UnitId) -> Case:
    """The case at the pupil's new unit, whose principal gives it to somebody."""
    return replace(case, unit=unit, units=(*case.units, case.unit), handler=None, team=())


def _open(case: Case) -> None:
    if case.closed:
        raise InquiryIsClosed(field="inquiry", value=case.id)

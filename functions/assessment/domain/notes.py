"""Notes and results through the term (process 30): a teacher writes once what a pupil has shown, and the
written assessment is built from it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from functions.assessment.domain import levels
from skolkit.errors import DomainError, Text
from skolkit.sweden.calendar import SchoolYear
from skolkit.types import GroupId, PersonId

MOST_ROWS = 45
"""Pupils noted at once: two items each, in one transaction of a hundred."""


class EmptyNote(DomainError):
    """A note says something."""

    status = 422
    reason = Text("Anteckningen säger ingenting.", "The note says nothing.")
    advice = Text("Ange en nivå, poäng eller en text.", "Give a level, points or a text.")


class WrongPoints(DomainError):
    """Points are given with how many there could be, and are no more."""

    status = 422
    reason = Text("Poängen stämmer inte med maxpoängen.", "The points do not fit the most possible.")
    advice = Text("Ange båda, och högst maxpoängen.", "Give both, and at most the most possible.")


class NotOfThisYear(DomainError):
    """What is noted has happened, this school year or the one before."""

    status = 422
    reason = Text("Dagen ligger utanför det som antecknas.", "The day is outside of what is noted.")
    advice = Text(
        "Välj en dag som har varit, detta eller förra läsåret.",
        "Choose a day that has been, of this or last school year.",
    )


class NotInGroup(DomainError):
    """Only members of the group are noted with it."""

    status = 422
    reason = Text("Eleven är inte med i gruppen.", "The pupil is not in the group.")
    advice = Text("Ta bort raden eller välj en annan grupp.", "Remove the row or choose another group.")


class PupilTwice(DomainError):
    """A pupil has one row."""

    status = 422
    reason = Text("Samma elev förekommer två gånger.", "The same pupil comes twice.")
    advice = Text("Behåll en rad per elev.", "Keep one row per pupil.")


class OthersNote(DomainError):
    """A note is its writer's to change."""

    reason = Text("Anteckningen är skriven av någon annan.", "The note was written by somebody else.")
    advice = Text("Skriv en egen anteckning.", "Write a note of your own.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """What a pupil has shown in a subject on a day. `area` is the knowledge area, `level` of the scale
    `scale`, `points` of `most`; `shared` with the home.
    """

    id: str
    pupil: PersonId
    subject: str
    day: date
    by: PersonId
    at: datetime
    scale: str
    group: GroupId | None = None
    area: str = ""
    title: str = ""
    level: int | None = None
    points: float | None = None
    most: float | None = None
    text: str = ""
    shared: bool = False
    version: int | None = None


def check(note: Note, today: date, field: str = "") -> Note:
    """The note, if it may be kept. Raises `NotOfThisYear`, `UnknownLevel`, `WrongPoints`, `EmptyNote`;
    `field` is where it stands in the request.
    """
    if not SchoolYear(SchoolYear.of(today).start_year - 1).start <= note.day <= today:
        raise NotOfThisYear(field="day", value=note.day.isoformat())
    levels.BY_ID[note.scale].check(note.level, f"{field}level")
    if (note.points is None) != (note.most is None) or (note.points or 0) > (note.most or 0):
        raise WrongPoints(field=f"{field}points", value=note.points)
    if note.level is None and note.points is None and not note.text:
        raise EmptyNote(field=f"{field}text")
    return note


def check_rows(pupils: Sequence[PersonId], members: Collection[PersonId]) -> None:
    """Raises `NotInGroup`, `PupilTwice`. Who does not exist is not in the group either."""
    for number, pupil in enumerate(pupils):
        if pupil not in members:
            raise NotInGroup(field=f"rows.{number}.pupil")
        if pupil in pupils[:number]:
            raise PupilTwice(field=f"rows.{number}.pupil")


@dataclass(frozen=True, slots=True)
class AreaDraft:
    """What notes say of a knowledge area: the level noted last, how many they are, the texts for the home."""

    area: str
    level: int | None
    notes: int
    text: str


def draft(noted: Iterable[Note]) -> tuple[AreaDraft, ...]:
    """What a written assessment can begin with, by knowledge area: nothing is typed twice. Only texts that
    are shared are suggested: the others were not written for the home.
    """
    by_area: dict[str, list[Note]] = {}
    for note in sorted(noted, key=lambda n: (n.day, n.at)):
        by_area.setdefault(note.area, []).append(note)
    return tuple(
        AreaDraft(
            area,
            next((n.level for n in reversed(some) if n.level is not None), None),
            len(some),
            "\n".join(n.text for n in some if n.shared and n.text),
        )
        for area, some in sorted(by_area.items())
    )

"""Electives (språkval, elevens val, valbara kurser): a round of ranked wishes and its rules.

Guardians choose for a child, the pupil too from the age the round says; 16 by skollagen 29:12. The latest
wish counts, everybody's stays visible to the home and the school.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, NewType

from functions.organisation.domain.allocation import Option, OptionId
from skolkit.errors import DomainError, Text
from skolkit.sweden.calendar import SchoolYear
from skolkit.types import GroupId, PersonId, UnitId, stable_id

RoundId = NewType("RoundId", str)
Kind = Literal["sprakval", "elevensval", "kurs"]
"""Språkval and elevens val of grundskola, and courses of individual choice (individuellt val)."""

OWN_VOICE = 16
"""Age from which a pupil speaks for itself in matters of the school law, skollagen 29:12."""


class RoundNotOpen(DomainError):
    """Wishes are made and changed from when the round opens until it closes."""

    reason = Text("Valet är inte öppet.", "The round is not open.")
    advice = Text("Se när valet öppnar och stänger.", "See when the round opens and closes.")


class RoundStillOpen(DomainError):
    """Nothing is allocated while wishes can change."""

    reason = Text("Valet har inte stängt.", "The round has not closed.")
    advice = Text("Vänta tills valet har stängt.", "Wait until the round has closed.")


class RoundDecided(DomainError):
    """What has been decided is not changed by the round any more."""

    reason = Text("Valet är redan beslutat.", "The round has been decided.")
    advice = Text("Ändra i grupperna i stället.", "Change the groups instead.")


class RoundHasOpened(DomainError):
    """Once wishes can have been made, what they are about stays: seats and the closing time alone change."""

    reason = Text(
        "Valet har öppnat; bara platser, minsta storlek och stängning kan ändras.",
        "The round has opened; only seats, least sizes and the closing time can change.",
    )
    advice = Text("Behåll alternativen som de är.", "Keep the options as they are.")


class NothingPreviewed(DomainError):
    """A decision is about an allocation somebody has been able to look at."""

    reason = Text("Det finns ingen förhandsvisning att besluta.", "There is no preview to decide on.")
    advice = Text("Gör en förhandsvisning först.", "Make a preview first.")


class NotInRound(DomainError):
    """A round is for the years and groups it names."""

    reason = Text("Eleven omfattas inte av valet.", "The round is not for this pupil.")
    advice = Text("Kontakta skolan om det är fel.", "Ask the school if that is wrong.")


class TooYoungToChoose(DomainError):
    """Below the round's age the guardians choose."""

    reason = Text("Vårdnadshavarna gör valet.", "The guardians make the choice.")
    advice = Text("Be en vårdnadshavare att välja.", "Ask a guardian to choose.")
    law = "skollagen 29:12"


class UnfitWishes(DomainError):
    """Wishes are for options of the round, each once, and no more than may be ranked."""

    status = 422
    reason = Text(
        "Önskemålen ska vara olika alternativ ur valet och högst {most}.",
        "Wishes are different options of the round, at most {most}.",
    )
    advice = Text("Rätta önskemålen och skicka igen.", "Correct the wishes and send again.")


class UnfitRound(DomainError):
    """A round closes after it opens, its options differ and can reach their least size."""

    status = 422
    reason = Text("Valet går inte ihop: {what}.", "The round does not add up: {what}.")
    advice = Text("Rätta uppgiften och skicka igen.", "Correct it and send again.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """A choice round. Empty `years` or `groups` do not narrow who may choose; `ranked` wishes at most, of
    which a pupil gets `grants`; membership is from `starts` to `ends`, inclusive.
    """

    id: RoundId
    unit: UnitId
    school_year: SchoolYear
    kind: Kind
    title: str
    options: tuple[Option, ...]
    ranked: int
    grants: int
    years: frozenset[int]
    groups: frozenset[GroupId]
    pupil_from: int
    opens: datetime
    closes: datetime
    starts: date
    ends: date
    seed: int
    previewed: bool = False
    decided_by: PersonId | None = None
    decided_at: datetime | None = None
    version: int = 0

    def option(self, id: OptionId) -> Option:
        return next(option for option in self.options if option.id == id)

    def group_of(self, option: OptionId) -> GroupId:
        """The teaching group of an option, always the same."""
        return GroupId(stable_id("elective", self.id, option))


@dataclass(frozen=True, slots=True)
class Wish:
    """What someone wished for a pupil, the dearest first."""

    by: PersonId
    options: tuple[OptionId, ...]
    at: datetime


def check(round: Round) -> Round:
    """The round, or `UnfitRound`."""
    wrong = None
    if round.closes <= round.opens:
        wrong = ("closes", "closes")
    elif round.ends < round.starts:
        wrong = ("endDate", "endDate")
    elif len({option.id for option in round.options}) < len(round.options):
        wrong = ("options", "id")
    elif any(option.min_size > option.capacity for option in round.options):
        wrong = ("options", "minSize")
    elif round.grants > round.ranked:
        wrong = ("grants", "grants")
    if wrong:
        raise UnfitRound(field=wrong[0], what=wrong[1])
    return round


def change(old: Round, new: Round, now: datetime) -> Round:
    """The changed round, which has to be previewed again. Raises `RoundDecided`, `RoundHasOpened`."""
    if old.decided_by:
        raise RoundDecided
    if now >= old.opens and _subject(old) != _subject(new):
        raise RoundHasOpened
    return check(new)


def _subject(round: Round) -> tuple[object, ...]:
    options = tuple((o.id, o.name, o.block, o.syllabus) for o in round.options)
    who = (round.years, round.groups, round.pupil_from)
    return options, who, round.ranked, round.grants, round.kind, round.opens


def check_chooser(
    round: Round, *, unit: UnitId | None, year: int | None, groups: Collection[GroupId], own: bool, age: int
) -> None:
    """Whether the round is for the pupil and, when it chooses itself (`own`), old enough: `NotInRound`,
    `TooYoungToChoose`.
    """
    named = (not round.years or year in round.years) and (
        not round.groups or bool(round.groups & set(groups))
    )
    if unit != round.unit or not named:
        raise NotInRound
    if own and age < round.pupil_from:
        raise TooYoungToChoose


def wish(
    round: Round, earlier: Sequence[Wish], by: PersonId, options: Sequence[OptionId], now: datetime
) -> tuple[Wish, ...]:
    """Everybody's wishes for a pupil, the latest first, with this one. Raises `RoundNotOpen`,
    `UnfitWishes`.
    """
    if round.decided_by or not round.opens <= now < round.closes:
        raise RoundNotOpen
    known = {option.id for option in round.options}
    if len(set(options)) < len(options) or set(options) - known or len(options) > round.ranked:
        raise UnfitWishes(field="options", most=round.ranked)
    if earlier and (earlier[0].by, earlier[0].options) == (by, tuple(options)):
        return tuple(earlier)  # the same again changes nothing
    return Wish(by, tuple(options), now), *(w for w in earlier if w.by != by)


def check_closed(round: Round, now: datetime) -> None:
    """Raises `RoundStillOpen`, `RoundDecided`."""
    if now < round.closes:
        raise RoundStillOpen
    if round.decided_by:
        raise RoundDecided


def check_decidable(round: Round, now: datetime) -> None:
    """Raises `RoundStillOpen`, `RoundDecided`, `NothingPreviewed`."""
    check_closed(round, now)
    if not round.previewed:
        raise NothingPreviewed


def counting(wishes: Mapping[PersonId, Sequence[Wish]]) -> dict[PersonId, tuple[OptionId, ...]]:
    """The wishes that count: each pupil's latest."""
    return {pupil: mine[0].options for pupil, mine in wishes.items() if mine}

"""Which year of which school form follows which: data with a first day, since the forms change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from skolkit.errors import DomainError, Text
from skolkit.sweden.codes import SchoolForm

Place = tuple[SchoolForm, int]
GR, GRAN, SP, SAM = (
    SchoolForm.COMPULSORY,
    SchoolForm.ADAPTED_COMPULSORY,
    SchoolForm.SPECIAL,
    SchoolForm.SAMI,
)
FKLASS, GY, GYAN = (
    SchoolForm.PRESCHOOL_CLASS,
    SchoolForm.UPPER_SECONDARY,
    SchoolForm.ADAPTED_UPPER_SECONDARY,
)


class NoSuchLadder(DomainError):
    """The rollover names a ladder there is none of."""

    status = 422
    reason = Text("Det finns ingen sådan årskursstege.", "There is no such ladder of years.")
    advice = Text("Utelämna fältet eller välj en som finns.", "Leave the field out or choose one there is.")


@dataclass(frozen=True, slots=True)
class Ladder:
    """What follows each year at a rollover whose new school year begins on `valid_from` or later.

    `steps`: the next form and year, None after the last. A year that is not in it stays as it is. A ladder
    that is not `decided` holds only for a rollover that names it.
    """

    id: str
    valid_from: date
    steps: Mapping[Place, Place | None]
    decided: bool = True


def _up(form: SchoolForm, first: int, last: int, by: int = 1) -> dict[Place, Place | None]:
    return {(form, year): (form, year + by) if year + by <= last else None for year in range(first, last + 1)}


_UPPER: dict[Place, Place | None] = {**_up(GY, 1, 3), (GY, 4): None, **_up(GYAN, 1, 4)}

LADDERS: tuple[Ladder, ...] = (
    # Skollagen 9:3–4, 10:4, 11:6, 12:4 (ten years), 13:4 (Sami school has six, then compulsory school),
    # 16:15 (three years), 19:17 (four years).
    Ladder(
        "2011",
        date(2011, 7, 1),
        {
            (FKLASS, 0): (GR, 1), **_up(GR, 1, 9), **_up(GRAN, 1, 9), **_up(SP, 1, 10), **_up(SAM, 1, 5),
            (SAM, 5): (SAM, 6), (SAM, 6): (GR, 7), **_UPPER,
        },
    ),
    # Prop. 2024/25:143, a ten-year compulsory school from 1 July 2028: the preschool class becomes year 1, so
    # that everybody gets a number more once. [M] until the sections and transitional rules are verified.
    Ladder(
        "ten-year-2028",
        date(2028, 7, 1),
        {(FKLASS, 0): (GR, 2), **_up(GR, 1, 10, by=2), (GR, 9): None, **_up(GRAN, 1, 10, by=2), **_UPPER},
        decided=False,
    ),
    Ladder(
        "ten-year",
        date(2029, 7, 1),
        {**_up(GR, 1, 10), **_up(GRAN, 1, 10), **_up(SP, 1, 10), **_up(SAM, 1, 6), **_UPPER},
        decided=False,
    ),
)  # fmt: skip


def ladder(first_day: date, named: str | None = None) -> Ladder:
    """The ladder for a school year: the one named, else the latest decided. Raises `NoSuchLadder`."""
    fit = [x for x in LADDERS if x.valid_from <= first_day and (x.id == named if named else x.decided)]
    if not fit:
        raise NoSuchLadder(field="ladder", value=named)
    return fit[-1]

"""Programme structures of gymnasieskolan in the words of SS 12000 `Programme`: what must be read and how many
points, by part, from a day on.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal, NewType

from functions.organisation.domain.syllabuses import SyllabusId
from skolkit.sweden.codes import SchoolForm
from skolkit.types import stable_id

ProgrammeId = NewType("ProgrammeId", str)

Part = Literal[
    "Gymnasiegemensamma", "Programgemensamma", "Inriktning", "Programfördjupning", "Gymnasiearbete",
    "Individuellt val",
]  # fmt: skip
"""`type` of a programme's content in SS 12000."""

ProgrammeType = Literal[
    "Yrkesprogram", "Högskoleförberedande program", "Intruduktionsprogram", "Nationellt yrkespaket",
    "Regionalt yrkespaket", "Fjärde tekniskt år", "Programinriktning", "Utgång",
]  # fmt: skip
"""`type` of a programme in SS 12000, with that standard's spelling."""

POINTS: dict[SchoolForm, tuple[int, str]] = {
    SchoolForm.UPPER_SECONDARY: (2500, "skollagen 16:17–18"),
    # [M]: not verified in the statute; a programme's own `points` go before.
    SchoolForm.ADAPTED_UPPER_SECONDARY: (2500, "skollagen 19 kap."),
}
"""Points of a full programme and the paragraph, where the programme says nothing else (yrkesprogram may)."""


@dataclass(frozen=True, slots=True)
class Content:
    """A part of a programme: its points, and what is read in it. Of each inner tuple one is enough (SV or
    SVA).
    """

    part: Part
    points: int | None
    syllabuses: tuple[tuple[SyllabusId, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Programme:
    """A programme or orientation (inriktning) as it is from a day on; `code` is the study path code."""

    id: ProgrammeId
    code: str
    name: str
    type: ProgrammeType
    school_form: SchoolForm
    valid_from: date
    content: tuple[Content, ...]
    points: int | None = None
    parent: ProgrammeId | None = None

    @property
    def full(self) -> tuple[int, str]:
        """Its points, and the rule they come from."""
        points, law = POINTS.get(self.school_form, (0, ""))
        return (self.points, law) if self.points else (points, law)


def programme_id(form: SchoolForm, code: str, valid_from: date) -> ProgrammeId:
    """The id of a programme of a day, whichever way it comes in."""
    return ProgrammeId(stable_id("programme", form.value, code, valid_from.isoformat()))

"""The programmes of upper secondary school (gymnasieskolan): code, name and kind, with the days on which
somebody can begin them (skollagen 15:7, 16:5, bilaga 1, 17:2).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Literal

from skolkit.errors import DomainError, Text

Kind = Literal["vocational", "preparatory", "introduction"]
"""Yrkesprogram, högskoleförberedande program, introduktionsprogram."""


class UnknownProgramme(DomainError):
    """There is no programme of that code."""

    status = 422
    reason = Text("Programmet finns inte.", "There is no such programme.")
    advice = Text(
        "Ange koden för ett program i gymnasieskolan, t.ex. NA eller VO.",
        "Give the code of a programme of upper secondary school, e.g. NA or VO.",
    )
    law = "skollagen 16:5 och bilaga 1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Programme:
    """A programme; the days are those on which the education begins, both inclusive."""

    code: str
    sv: str
    en: str
    kind: Kind
    first: date = date(2011, 7, 1)
    last: date | None = None

    def begins(self, day: date) -> bool:
        """Whether an education that begins on the day may be this programme."""
        return self.first <= day and (self.last is None or day <= self.last)


def _vocational(
    code: str, sv: str, en: str, first: date = date(2011, 7, 1), last: date | None = None
) -> Programme:
    return Programme(code=code, sv=sv, en=en, kind="vocational", first=first, last=last)


def _preparatory(code: str, sv: str, en: str) -> Programme:
    return Programme(code=code, sv=sv, en=en, kind="preparatory")


def _introduction(code: str, sv: str, en: str) -> Programme:
    return Programme(code=code, sv=sv, en=en, kind="introduction")


PROGRAMMES = (
    _vocational("BA", "Bygg- och anläggningsprogrammet", "Building and construction"),
    _vocational("BF", "Barn- och fritidsprogrammet", "Child and recreation"),
    _vocational("EE", "El- och energiprogrammet", "Electricity and energy"),
    _vocational("FR", "Frisör- och stylistprogrammet", "Hairdressing and styling", first=date(2025, 7, 1)),
    _vocational("FS", "Försäljnings- och serviceprogrammet", "Sales and service", first=date(2022, 7, 1)),
    _vocational("FT", "Fordons- och transportprogrammet", "Vehicle and transport"),
    _vocational("HA", "Handels- och administrationsprogrammet", "Business", last=date(2022, 6, 30)),
    _vocational("HT", "Hotell- och turismprogrammet", "Hotel and tourism"),
    _vocational("HV", "Hantverksprogrammet", "Handicraft", last=date(2025, 6, 30)),
    _vocational("IN", "Industritekniska programmet", "Industrial technology"),
    _vocational("NB", "Naturbruksprogrammet", "Natural resource use"),
    _vocational("RL", "Restaurang- och livsmedelsprogrammet", "Restaurant and food"),
    _vocational("VF", "VVS- och fastighetsprogrammet", "Heating, ventilation and property maintenance"),
    _vocational("VO", "Vård- och omsorgsprogrammet", "Health and social care"),
    _preparatory("EK", "Ekonomiprogrammet", "Business management and economics"),
    _preparatory("ES", "Estetiska programmet", "Arts"),
    _preparatory("HU", "Humanistiska programmet", "Humanities"),
    _preparatory("NA", "Naturvetenskapsprogrammet", "Natural science"),
    _preparatory("SA", "Samhällsvetenskapsprogrammet", "Social science"),
    _preparatory("TE", "Teknikprogrammet", "Technology"),
    _introduction("IMA", "Individuellt alternativ", "Individual alternative"),
    _introduction("IMS", "Språkintroduktion", "Language introduction"),
    _introduction("IMV", "Programinriktat val", "Programme-oriented choice"),
    _introduction("IMY", "Yrkesintroduktion", "Vocational introduction"),
)  # fmt: skip
"""Names from skollagen bilaga 1 in its wording by SFS 2023:354; codes from Skolverket's study path codes. The
codes FR and FS, and the day on which FS took the place of HA, are [M].
"""
BY_CODE = MappingProxyType({one.code: one for one in PROGRAMMES})


def programme(study_path: str) -> Programme:
    """The programme of a code or of a longer study path code. Raises `UnknownProgramme`.

    >>> [programme(code).code for code in ("NA", "EKJUR", "VO25", "IMSPR")]
    ['NA', 'EK', 'VO', 'IMS']
    """
    code = study_path[:3] if study_path[:3] in BY_CODE else study_path[:2]
    if code not in BY_CODE:
        raise UnknownProgramme(field="programme")
    return BY_CODE[code]


def offered(day: date) -> tuple[Programme, ...]:
    """The national programmes that somebody can begin on a day, in the order of the law."""
    return tuple(one for one in PROGRAMMES if one.kind != "introduction" and one.begins(day))

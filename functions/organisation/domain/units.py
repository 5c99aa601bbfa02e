"""School units in the words of Skolenhetsregistret."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from skolkit.sweden.codes import MunicipalityCode, SchoolForm, SchoolUnitCode
from skolkit.types import UnitId

Status = Literal["AKTIV", "VILANDE", "UPPHORT", "PLANERAD"]
"""`CodeSchoolUnitStatus` of Skolenhetsregistret v2."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitRecord:
    """A school unit. `lat`/`lon` are WGS 84 degrees; `municipal` is run by a municipality, not by an
    independent organiser; `pupils` is the public count, when known.
    """

    id: UnitId
    code: SchoolUnitCode
    name: str
    municipality_code: MunicipalityCode
    municipal: bool
    status: Status = "AKTIV"
    school_forms: tuple[SchoolForm, ...] = (SchoolForm.COMPULSORY,)
    address: str | None = None
    lat: float | None = None
    lon: float | None = None
    pupils: int | None = None
    email: str | None = None
    phone: str | None = None
    url: str | None = None

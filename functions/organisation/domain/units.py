"""The organisation: from the organiser (huvudman) down to school units, in the words of SS 12000 and, for
school units, of Skolenhetsregistret.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Literal

from skolkit.errors import DomainError, Text
from skolkit.sweden.codes import MunicipalityCode, OrganisationNumber, SchoolForm, SchoolUnitCode
from skolkit.types import UnitId, stable_id

Status = Literal["AKTIV", "VILANDE", "UPPHORT", "PLANERAD"]
"""`CodeSchoolUnitStatus` of Skolenhetsregistret v2."""

OrganisationType = Literal[
    "Huvudman", "Verksamhetsområde", "Förvaltning", "Rektorsområde", "Skola", "Skolenhet", "Varumärke",
    "Bolag", "Övrigt",
]  # fmt: skip
"""`OrganisationTypeEnum` of SS 12000."""

Change = Literal["new", "renamed", "closed", "dormant", "planned", "reopened", "moved", "forms", "details"]
"""What happened to a unit: closed (UPPHORT), dormant (VILANDE), moved under another parent, other school
forms, other details (address, contact, figures).
"""

MUNICIPALITY = UnitId(stable_id("huvudman"))
"""The id of the organiser's own element: one deployment is one municipality."""

DEEPEST = 8  # levels under the organiser; real trees have four or five


class LoopInTree(DomainError):
    """An element is not below itself."""

    reason = Text("Enheten kan inte ligga under sig själv.", "A unit cannot be below itself.")
    advice = Text("Välj en annan överordnad enhet.", "Choose another parent.")


class TooDeep(DomainError):
    """The tree has a bottom, so that a unit's ancestors can be told."""

    reason = Text("Organisationen har för många nivåer.", "The organisation has too many levels.")
    advice = Text("Lägg enheten högre upp.", "Put the unit higher up.")


class ParentUnfit(DomainError):
    """The parent must exist, be open, and be no school unit; the organiser has none."""

    status = 422
    reason = Text("Enheten kan inte ligga under den valda.", "The unit cannot be below the chosen one.")
    advice = Text(
        "Välj en öppen enhet som inte är en skolenhet; huvudmannen har ingen överordnad.",
        "Choose an open element that is no school unit; the organiser has no parent.",
    )


class NeedsForms(DomainError):
    """A school unit says which school forms it has; other elements have none (SS 12000 `schoolTypes`)."""

    status = 422
    reason = Text(
        "Skolformer anges för skolenheter och bara för dem.",
        "School forms are given for school units, and for them alone.",
    )
    advice = Text("Ange skolenhetens skolformer.", "Give the school unit's school forms.")


class CodeIsTheUnit(DomainError):
    """A school unit code is a unit's for good: another code is another unit."""

    status = 422
    reason = Text("Skolenhetskoden kan inte ändras.", "The school unit code cannot be changed.")
    advice = Text("Lägg upp en ny skolenhet och stäng den gamla.", "Create a new unit and close the old one.")


class ClosedBeforeStart(DomainError):
    """A unit ends no earlier than it starts."""

    status = 422
    reason = Text("Slutdatum ligger före startdatum.", "The end date is before the start date.")
    advice = Text("Ändra något av datumen.", "Change one of the dates.")


class StillHasChildren(DomainError):
    """What is below a unit ends with it at the latest (SS 12000 `endDate`)."""

    reason = Text(
        "Det finns enheter under den här som är öppna längre.", "Units below this one are open longer."
    )
    advice = Text("Flytta eller stäng dem först.", "Move or close them first.")


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitRecord:
    """An element of the organisation; a school unit unless `type` says otherwise. `code` is None for what
    Skolverket gives no code (preschools, offices). `lat`/`lon` are WGS 84 degrees; `municipal` is run by a
    municipality, not by an independent organiser; `pupils` is the public count, when known. Days inclusive.
    """

    id: UnitId
    code: SchoolUnitCode | None
    name: str
    municipality_code: MunicipalityCode | None
    municipal: bool
    type: OrganisationType = "Skolenhet"
    status: Status = "AKTIV"
    school_forms: tuple[SchoolForm, ...] = (SchoolForm.COMPULSORY,)
    parent: UnitId | None = None
    organisation_code: str | None = None
    organisation_number: OrganisationNumber | None = None
    address: str | None = None
    lat: float | None = None
    lon: float | None = None
    pupils: int | None = None
    email: str | None = None
    phone: str | None = None
    url: str | None = None
    start: date | None = None
    end: date | None = None
    version: int | None = field(default=None, compare=False)
    created: str | None = field(default=None, compare=False)

    @property
    def is_school_unit(self) -> bool:
        return self.type == "Skolenhet"

    def open_on(self, day: date) -> bool:
        """Whether it is run on a day: active, started and not ended."""
        started = self.start is None or self.start <= day
        return self.status == "AKTIV" and started and (self.end is None or day <= self.end)


@dataclass(frozen=True, slots=True)
class Child:
    """An element as its parent's list shows it."""

    id: UnitId
    name: str
    type: OrganisationType
    status: Status
    end: date | None


def check(unit: UnitRecord, above: Sequence[UnitRecord]) -> None:
    """Refuse an element that cannot be where it is; `above` is its parent and the parent's ancestors, nearest
    first, empty without a parent.
    """
    if unit.is_school_unit != bool(unit.school_forms):
        raise NeedsForms(field="schoolForms")
    if unit.start and unit.end and unit.end < unit.start:
        raise ClosedBeforeStart(field="endDate", value=unit.end.isoformat())
    if (unit.type == "Huvudman") != (unit.id == MUNICIPALITY):
        raise ParentUnfit(field="organisationType", value=unit.type)
    if unit.id == MUNICIPALITY and unit.parent is not None:
        raise ParentUnfit(field="parent", value=unit.parent)
    if unit.id in {unit.parent, *(element.id for element in above)}:
        raise LoopInTree(field="parent", value=unit.parent)
    _check_parent(unit, above)


def _check_parent(unit: UnitRecord, above: Sequence[UnitRecord]) -> None:
    if unit.parent is None:
        return
    if not above or above[0].id != unit.parent or above[0].is_school_unit or above[0].status == "UPPHORT":
        raise ParentUnfit(field="parent", value=unit.parent)
    if above[0].end and (unit.end is None or unit.end > above[0].end):
        raise ParentUnfit(field="parent", value=unit.parent)
    if len(above) >= DEEPEST:
        raise TooDeep(field="parent", value=unit.parent)


def close(unit: UnitRecord, last: date, children: Sequence[Child], today: date) -> UnitRecord:
    """The element with its last day. From the day after it is UPPHORT; nothing is ever deleted.

    Raises `ClosedBeforeStart`, `StillHasChildren`.
    """
    if unit.start and last < unit.start:
        raise ClosedBeforeStart(field="endDate", value=last.isoformat())
    if any(child.status != "UPPHORT" and (child.end is None or child.end > last) for child in children):
        raise StillHasChildren(field="endDate", value=last.isoformat())
    return replace(unit, end=last, status="UPPHORT" if last < today else unit.status)


_BY_STATUS: dict[Status, Change] = {
    "AKTIV": "reopened", "VILANDE": "dormant", "UPPHORT": "closed", "PLANERAD": "planned",
}  # fmt: skip


def changes(old: UnitRecord | None, new: UnitRecord) -> tuple[Change, ...]:
    """What has happened to a unit from one look at it to the next; () for nothing."""
    if old is None:
        return ("new",)
    bare = {"name": "", "status": "AKTIV", "parent": None, "school_forms": (), "end": None}
    found: list[Change] = ["renamed"] if old.name != new.name else []
    if old.status != new.status:
        found.append(_BY_STATUS[new.status])
    elif new.end != old.end:
        found.append("closed" if new.end else "reopened")
    found += ["moved"] if old.parent != new.parent else []
    found += ["forms"] if set(old.school_forms) != set(new.school_forms) else []
    found += ["details"] if replace(old, **bare) != replace(new, **bare) else []  # type: ignore[arg-type]
    return tuple(found)


FIGURES = frozenset({"name", "municipality_code", "municipal", "address", "lat", "lon", "pupils"})
"""What the table with public figures tells of a unit."""

REGISTER = frozenset(
    {
        "name", "municipality_code", "municipal", "status", "school_forms", "address", "lat", "lon", "email",
        "phone", "url",
    }
)  # fmt: skip
"""What Skolenhetsregistret tells of a unit, besides its days."""


def registered(
    old: UnitRecord | None, seen: UnitRecord, tells: Collection[str], parent: UnitId | None
) -> UnitRecord:
    """A unit as a source now tells of it. What the source does not tell of (`tells` are the fields it does),
    and what only the municipality knows, is kept; a new one is put under `parent`.

    An end that the municipality has set is kept until the register says that the unit is open again.
    """
    if old is None:
        return replace(seen, parent=parent)
    told = {name: getattr(seen, name) for name in tells}
    kept = old.end if told.get("status", old.status) == old.status or seen.status == "UPPHORT" else None
    return replace(
        old, **told, parent=old.parent or parent, start=seen.start or old.start, end=seen.end or kept,
        organisation_number=seen.organisation_number or old.organisation_number,
    )  # fmt: skip

"""Cases of the compulsory-school watch and the activity responsibility over HTTP."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from functions.register.domain.watch import CloseReason, EventKind, ExceptionKind, OpenReason, Watch
from functions.register.schemas.common import Id
from skolkit.http import Shape
from skolkit.sweden.codes import SchoolUnitCode

UnitCode = Annotated[str, AfterValidator(SchoolUnitCode)]


class CaseQuery(Shape):
    """Which open cases: of one watch, all or the caller's own."""

    watch: Watch
    mine: bool = False
    limit: Annotated[int, Field(ge=1, le=100)] = 50
    cursor: Annotated[str, Field(max_length=900)] | None = None


class RegisterQuery(Shape):
    """How much of the register, from where."""

    limit: Annotated[int, Field(ge=1, le=25)] = 25
    cursor: Annotated[str, Field(max_length=900)] | None = None


class CaseRow(Shape):
    """A case in a list. `withheld`: the identity is protected, and only the handler may know more."""

    id: Id
    watch: Watch
    opened: date
    handler: Id | None
    withheld: bool
    reason: OpenReason | None
    step: str | None
    person: Id | None
    given_name: str | None
    family_name: str | None


class CasePage(Shape):
    """Open cases, oldest first."""

    data: list[CaseRow]
    cursor: str | None


class CaseEventView(Shape):
    """A note: a code of its kind, a period, a registry number (diarienummer)."""

    kind: EventKind
    code: str
    start_date: date
    end_date: date | None
    reference: str | None
    by: str
    at: str


class ExceptionView(Shape):
    """An exception from the duty, or a school that the register does not have."""

    kind: ExceptionKind
    start_date: date
    end_date: date | None
    unit_code: str | None


class CaseView(Shape):
    """A case with the person, the notes and the exceptions."""

    id: Id
    watch: Watch
    reason: OpenReason
    rules: str
    opened: date
    step: str
    occupation: str
    handler: Id | None
    closed: date | None
    close_reason: CloseReason | None
    person: Id
    given_name: str
    family_name: str
    birth_date: date
    protected: bool
    events: list[CaseEventView]
    exceptions: list[ExceptionView]
    version: int


class CaseState(Shape):
    """A case after a change, without the person."""

    id: Id
    watch: Watch
    step: str
    occupation: str
    handler: Id | None
    closed: date | None
    close_reason: CloseReason | None
    version: int


class Assignment(Shape):
    """Whose case it is to be."""

    handler: Id


class NewCaseEvent(Shape):
    """A note in a case; there is no free text."""

    kind: EventKind
    code: Annotated[str, Field(pattern=r"^[a-zA-Z]{1,40}$")]
    start_date: date
    end_date: date | None = None
    reference: Annotated[str, Field(pattern=r"^[A-ZÅÄÖ]{1,10}[ -]?[0-9]{4}[/: -][0-9]{1,8}$")] | None = None


class Closing(Shape):
    """Why a case is closed, and until when that holds."""

    reason: Literal[
        "enrolledElsewhere", "permanentlyAbroad", "otherWay", "completed", "openedByMistake"
    ]  # fmt: skip
    until: date | None = None
    unit_code: UnitCode | None = None


class NewException(Shape):
    """An exception for a person, in place of an earlier one of its kind."""

    start_date: date
    end_date: date | None = None
    unit_code: UnitCode | None = None


class RegisterRow(Shape):
    """One young person as förordning (2006:39) 4 § lets the municipality keep them: who and how reached,
    earlier, present and coming occupation, measures and when they begin.
    """

    person: Id
    civic_no: str | None
    given_name: str
    family_name: str
    addresses: list[str]
    email: str | None
    phone: str | None
    opened: date
    earlier: list[str]
    occupation: str
    measures: list[CaseEventView]


class RegisterPage(Shape):
    """The register under skollagen 29:9. `withheld`: how many of the page have a protected identity and
    another handler.
    """

    data: list[RegisterRow]
    withheld: int
    cursor: str | None

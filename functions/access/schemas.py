"""What access gives over HTTP."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from skolkit.http import Shape

Id = Annotated[str, Field(pattern=r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")]


class Health(Shape):
    """The function answers."""

    status: Literal["ok"] = "ok"


class DutyView(Shape):
    """A duty; `unit` is null for the whole municipality."""

    role: str
    unit: Id | None


class PartView(Shape):
    """A group the caller is a member, mentor or teacher of today."""

    group: Id
    name: str | None
    part: Literal["member", "mentor", "teacher"]


class Me(Shape):
    """Who is signed in, and what they are here."""

    person: Id
    given_name: str
    family_name: str
    duties: list[DutyView]
    groups: list[PartView]
    children: int


class FunctionView(Shape):
    """A function of a process, and what starts it."""

    function: str
    name: str
    kind: str
    starts: str


class ProcessView(Shape):
    """One of the 36 processes: served here by `functions`, by an `external` system, or planned."""

    no: Annotated[int, Field(ge=1, le=36)]
    area: str
    name_sv: str
    name_en: str
    law: str
    external: str
    status: Literal["served", "external", "planned"]
    functions: list[FunctionView]


class ProcessMap(Shape):
    """The map of the 36 processes and the systems behind them (samlad bild)."""

    data: list[ProcessView]


class ExtractFormat(Shape):
    """In which form an extract is wanted."""

    format: Literal["pdf", "json"] = "pdf"


class ExtractLink(Shape):
    """Where a register extract can be fetched, for so many seconds."""

    url: str
    seconds: int

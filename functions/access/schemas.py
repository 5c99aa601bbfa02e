"""What access gives over HTTP."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import Field

from functions.access.guard import Action
from skolkit.http import Shape

Id = Annotated[str, Field(pattern=r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")]


class Health(Shape):
    """The function answers."""

    status: Literal["ok"] = "ok"


class DutyView(Shape):
    """A duty; `unit` is null for the whole municipality. `only`: it is another's, delegated for that."""

    role: str
    unit: Id | None
    only: list[str] | None = None


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


class TrailQuery(Shape):
    """How much of the list, from where."""

    limit: Annotated[int, Field(ge=1, le=100)] = 25
    cursor: Annotated[str, Field(max_length=900)] | None = None


class DeedView(Shape):
    """Somebody read or changed something about the person, or (`listOf` group) a list the person was on. The
    name and unit are those of staff, unless they or the person are protected.
    """

    at: datetime
    kind: Literal["read", "change"]
    operation: str
    what_sv: str
    what_en: str
    list_of: Literal["person", "group"]
    role: str
    role_sv: str
    role_en: str
    name: str | None
    unit: str | None


class TrailPage(Shape):
    """Newest first; `cursor` leads to the next page."""

    data: list[DeedView]
    cursor: str | None


class UnitQuery(Shape):
    """Of which unit."""

    unit: Id


class PeopleQuery(UnitQuery):
    """Of which unit, how much of the list, from where."""

    limit: Annotated[int, Field(ge=1, le=100)] = 50
    cursor: Annotated[str, Field(max_length=900)] | None = None


class RoleView(Shape):
    """What somebody can be to a thing."""

    role: str
    sv: str


class CellView(Shape):
    """The role may do the action to things of a kind (`protected`: a protected pupil), by these policies."""

    role: str
    action: str
    kind: str
    protected: bool
    policies: list[str]


class Matrix(Shape):
    """Who may do what: what is not in `cells` is refused."""

    unit: Id
    roles: list[RoleView]
    cells: list[CellView]


class HolderView(Shape):
    """What a person has at the unit: a duty with its role, or a delegation or substitution for another.
    Names of protected people are left out. `end` is null while it is open.
    """

    person: Id
    given_name: str | None
    family_name: str | None
    kind: Literal["duty", "delegation", "substitution"] = "duty"
    start: str
    end: str | None
    id: Id | None = None
    role: str | None = None
    actions: list[str] | None = None
    basis: str | None = None
    stead_of: Id | None = None
    group: Id | None = None
    lesson: Id | None = None


class HolderPage(Shape):
    """By person; `cursor` leads to the next page. What has ended takes a place on a page and is left out."""

    data: list[HolderView]
    cursor: str | None


class Question(Shape):
    """May this person do this to that?"""

    person: Id
    action: Action
    kind: Literal["Pupil", "Group", "Unit"]
    id: Id


class ExplanationView(Shape):
    """The decision, the policies that made it (none: nothing allows it), and the facts that bear on it."""

    allowed: bool
    policies: list[str]
    facts: list[str]


class SettingsBody(Shape):
    """Whether the nightly run deletes (`real`) or only counts (`dry`)."""

    mode: Literal["dry", "real"]


class SettingsView(SettingsBody):
    """The setting, who decided it, and the version of the plan in force."""

    plan: str
    changed_by: Id | None
    changed_at: datetime | None
    version: int


class DocumentCount(Shape):
    """Items of one document type in an area: so many were `due`, were erased (`done`), were `held` back, or
    had been `changed` meanwhile.
    """

    area: str
    document: str
    due: int
    done: int
    held: int
    changed: int


class HeldCount(Shape):
    """How many items a legal hold kept."""

    hold: str
    rows: int


class RunView(Shape):
    """A retention run. `waiting` are the areas that have not answered yet."""

    id: Id
    state: Literal["waiting", "running", "done", "failed"]
    dry: bool
    day: date
    plan: str
    asked: datetime
    ended: datetime | None
    waiting: list[str]
    counts: list[DocumentCount]
    holds: list[HeldCount]
    version: int


class RunPage(Shape):
    """Newest first; `cursor` leads to the next page."""

    data: list[RunView]
    cursor: str | None


class ReportFormat(Shape):
    """In which form a report is wanted."""

    format: Literal["pdf", "json"] = "pdf"


class ReportLink(Shape):
    """Where a report can be fetched, for so many seconds."""

    url: str
    seconds: int


class NewHold(Shape):
    """A legal hold (gallringsstopp) over a person, or over a document type of the retention plan, at one unit
    or everywhere. `ground` is the paragraph or case it rests on.
    """

    person: Id | None = None
    document: Annotated[str, Field(pattern=r"^[a-z]+\.[a-z_]+$", max_length=60)] | None = None
    unit: Id | None = None
    reason: Annotated[str, Field(min_length=3, max_length=500)]
    ground: Annotated[str, Field(min_length=3, max_length=200)]


class HoldView(NewHold):
    """The hold, who set it when, and who lifted it when; null while it stands."""

    id: Id
    set_by: Id
    set_at: datetime
    lifted_by: Id | None
    lifted_at: datetime | None
    version: int


class HoldPage(Shape):
    """Those set last first; `cursor` leads to the next page."""

    data: list[HoldView]
    cursor: str | None

"""What an area says of a table: its columns, what rows of it would write, and who is in it."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from skolkit.errors import DomainError, Text
from skolkit.events import Fact
from skolkit.identity import SCHOOL_SCOPE, Caller
from skolkit.imports import RowFault
from skolkit.jobs import JobItem
from skolkit.table import Write
from skolkit.tables.columns import Column
from skolkit.tables.items import Image
from skolkit.types import PersonId, UnitId, stable_id

Cells = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Line:
    """One row: its values by field (empty cells are left out)."""

    line: int
    values: Mapping[str, str]

    def get(self, field: str) -> str:
        """A cell, "" for an empty one."""
        return self.values.get(field, "")


@dataclass(frozen=True, slots=True)
class Change:
    """One field that differs."""

    field: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Planned:
    """What a row would do: nothing when there are faults or no changes. `about` is the id of what or whom it
    is about, `who` whom it names, told to nobody; `hidden` when its values are nobody's business in a report
    (protected identity).
    """

    line: int
    about: str = ""
    who: str = ""
    created: bool = False
    changes: tuple[Change, ...] = ()
    faults: tuple[RowFault, ...] = ()
    hidden: bool = False

    @property
    def outcome(self) -> str:
        if self.faults:
            return "refused"
        return "created" if self.created else "changed" if self.changes else "unchanged"


@dataclass(frozen=True, slots=True)
class Plan:
    """What rows of one key do together: one transaction, about one thing."""

    rows: Sequence[Planned]
    about: str = ""
    writes: Sequence[Write] = ()
    facts: Sequence[Fact] = ()


@dataclass(frozen=True)
class Asker:
    """Who asked, by which `job` (its `action` is what the audit trail says), and what the file says. `source`
    names the upload; `names` are the names by which rows may speak of each other, with the line of each. In a
    `trial` nothing that earlier rows make is there yet. `met` are those of whom the job has told that they
    are in the register, and no more.
    """

    caller: Caller
    source: str = ""
    trial: bool = False
    job: str = ""
    action: str = ""
    names: Mapping[str, int] = field(default_factory=dict)
    met: set[str] = field(default_factory=set)

    def id_of(self, line: int) -> str:
        """The id of what a row makes: the same in a trial, in the import, and when it is done again."""
        return stable_id("table", self.source, str(line))

    def earlier(self, name: str, line: int) -> str | None:
        """In a trial, the id of what an earlier row would make under this name."""
        found = self.names.get(name)
        return self.id_of(found) if self.trial and found is not None and found < line else None

    @cached_property
    def made_here(self) -> frozenset[str]:
        """The ids of all that rows with a name make."""
        return frozenset(self.id_of(line) for line in self.names.values())


def asker_of(job: JobItem, names: Mapping[str, int] | None = None) -> Asker:
    """Who asked for a job, with the rights they have now."""
    caller = Caller(PersonId(job.asked_by), "tables", frozenset({SCHOOL_SCOPE}))
    source, trial = job.request.get("upload", ""), job.job == "try_table"
    return Asker(caller, source, trial, job.id, job.job, names or {}, set(job.place.get("met", ())))


@dataclass(frozen=True, slots=True)
class Shown:
    """A row of an export and whom it shows."""

    people: Sequence[str]
    cells: Cells


@dataclass(frozen=True, slots=True)
class Page:
    """Some rows of an export, and where the next are; None at the end."""

    rows: Sequence[Shown]
    place: dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class Back:
    """What an undoing writes and tells."""

    writes: Sequence[Write]
    facts: Sequence[Fact] = ()


@dataclass(frozen=True, slots=True)
class Table:
    """A kind of table.

    `same` names a row: two that name the same are refused. Rows of an equal `key` are planned together, in
    one transaction, so that there may be at most `most`. `named` is the name by which other rows may speak
    of what a row makes. `needed`: of each group one column.

    `begin` reads what the rows of a piece have in common, and gives what plans those of a key. `heads`:
    whether an item is the one that its partition is about, which an undoing removes only when nothing else
    has come there. `may_undo`: whether whoever asks may change today, by the rights of a row of an import,
    what the images of one show. `back` makes of the images, and of the writes that would put them back, what
    is written and told; it raises `DomainError` where a rule is in the way. `guarded` are the fields that
    have to be as they were in an item that was only a guard.

    `page` gives a page of an export of a unit, or of everything; `hidden`, whom of some people no export may
    show, or who are not there; `protected`, whom of some ids that are people's. `whom`: whom lines name,
    seen by the asker or not, for rows that are refused unplanned.
    """

    name: str
    columns: tuple[Column, ...]
    needed: tuple[tuple[str, ...], ...]
    same: Callable[[Mapping[str, str]], Hashable]
    key: Callable[[Mapping[str, str]], Hashable]
    begin: Callable[[Asker, Sequence[Line]], Callable[[Sequence[Line]], Plan]]
    may_undo: Callable[[Asker, Sequence[Image]], bool]
    back: Callable[[Sequence[Image], Sequence[Write]], Back]
    heads: Callable[[str, str], bool]
    page: Callable[[Asker, UnitId | None, dict[str, Any]], Page]
    hidden: Callable[[Sequence[str]], set[str]]
    protected: Callable[[Sequence[str]], set[str]]
    whom: Callable[[Sequence[Line]], Mapping[int, str]]
    named: Callable[[Mapping[str, str]], str | None] = lambda _: None
    guarded: tuple[str, ...] = ()
    most: int = 1_000


def refused(line: int, refusal: DomainError, field: str = "") -> RowFault:
    """A rule's refusal as a fault of a row."""
    value = None if refusal.value is None else str(refusal.value)
    return RowFault(line, field or refusal.field, refusal.said, refusal.advised, value)


def fault(line: int, field: str, sv: str, en: str, advice: Text) -> RowFault:
    """A fault of a row, without a value."""
    return RowFault(line, field, Text(sv, en), advice)


def changes(old: Cells, new: Cells) -> tuple[Change, ...]:
    """The fields that differ between two rows of a table."""
    before, after = _texts(old), _texts(new)
    return tuple(
        Change(name, before.get(name, ""), after.get(name, ""))
        for name in dict.fromkeys((*before, *after))
        if before.get(name, "") != after.get(name, "")
    )


def unhid(plan: Planned) -> Planned:
    """The plan without what nobody may see in a report."""
    hide = plan.hidden
    return replace(plan, changes=tuple(Change(c.field, "", "") for c in plan.changes)) if hide else plan


def _texts(cells: Cells) -> dict[str, str]:
    return {name: str(value) for name, value in cells.items() if value not in (None, "")}

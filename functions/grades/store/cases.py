"""Cases about decided grades: `PUPIL#<id>` / `CASE#<entry>#<case>`; `OPENCASE#<entry>` while an entry has
one, so that it never has two; and `UNIT#<id>` / `CASE#<opened>#<case>` while it waits for the unit's
principal.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from typing import Any

from pynamodb.attributes import UnicodeAttribute

from functions.grades.domain.cases import Answer, Case, Comment, Proposal, Verdict
from functions.grades.store import GradesItem
from functions.grades.store.orders import vouched_of, vouched_row
from functions.grades.store.tasks import part_writes, task_item
from skolkit.clock import stamp
from skolkit.cursor import seal, unseal
from skolkit.table import Overwrite, Remove, Write
from skolkit.types import PersonId, UnitId


class GradeCaseItem(GradesItem, discriminator="grade_case"):
    """A case; `said` is all of it as JSON."""

    state = UnicodeAttribute()
    said = UnicodeAttribute()


class OpenCaseItem(GradesItem, discriminator="grade_open_case"):
    """That an entry has an open case."""

    case = UnicodeAttribute()


class WaitingCaseItem(GradesItem, discriminator="grade_case_waiting"):
    """That a case waits at a unit; `pupil` the record that is not closed, `hear_until` when there is a
    time.
    """

    pupil = UnicodeAttribute()
    entry = UnicodeAttribute()
    what = UnicodeAttribute()
    hear_until = UnicodeAttribute(null=True)


@dataclass(frozen=True, slots=True)
class Waiting:
    """A case on a unit's list."""

    case: str
    pupil: PersonId
    entry: str
    kind: str
    opened: datetime
    hear_until: date | None


def case_writes(case: Case, owner: PersonId, asked: Iterable[PersonId]) -> list[Write]:
    """What stores a case over the version read: it, that the entry has one, its row on the unit's list under
    the pupil's own record, one for each who is `asked` to change the grade, and who has a part in it. An end
    takes all but the last away.
    """
    item = GradeCaseItem(
        f"PUPIL#{case.pupil}", f"CASE#{case.entry}#{case.id}", state=case.state, said=_said(case)
    ).over(case.version)
    lock = OpenCaseItem(f"PUPIL#{case.pupil}", f"OPENCASE#{case.entry}", case=case.id)
    row = WaitingCaseItem(
        f"UNIT#{case.unit}", f"CASE#{stamp(case.opened)}#{case.id}", pupil=owner, entry=case.entry,
        what=case.kind, hear_until=case.hear_until.isoformat() if case.hear_until else None,
    )  # fmt: skip
    spoken = [*(c.by for c in case.comments), *(a.by for a in case.answers)]
    by = [case.noticed_by, *spoken, case.verdict.by if case.verdict else None]
    parts = part_writes((p for p in by if p != owner), "case", case.id, case.pupil, case.entry)
    people = dict.fromkeys(asked) if case.kind == "change" else ()
    tasks = {p: task_item(p, "change", case.id, owner, case.entry) for p in people}
    if case.verdict is not None:
        return [item, *parts, Remove(lock), Remove(row), *map(Remove, tasks.values())]
    answered = {one.by for one in case.answers}
    waits = [Remove(task) if p in answered else Overwrite(task) for p, task in tasks.items()]
    return [item, *parts, Overwrite(row), *waits, *([] if case.version else [lock])]


def cases_of(records: Sequence[PersonId]) -> list[Case]:
    """All cases about a pupil's grades, those of an entry together. A consistent query per record."""
    begins = GradeCaseItem.sk.startswith("CASE#")
    return [
        _case(i) for r in records for i in GradeCaseItem.query(f"PUPIL#{r}", begins, consistent_read=True)
    ]


def has_open_case(pupil: PersonId, entry: str) -> bool:
    """Whether an entry has an open case. One consistent get."""
    return OpenCaseItem.find(f"PUPIL#{pupil}", f"OPENCASE#{entry}") is not None


def find_case(pupil: PersonId, entry: str, id: str) -> Case | None:
    """A case by its place. One consistent get."""
    item = GradeCaseItem.find(f"PUPIL#{pupil}", f"CASE#{entry}#{id}")
    return _case(item) if item else None


def waiting_at(unit: UnitId, limit: int, cursor: str | None, *bound: str) -> tuple[list[Waiting], str | None]:
    """A page of what waits at a unit, oldest first. One consistent query."""
    page = WaitingCaseItem.query(
        f"UNIT#{unit}", WaitingCaseItem.sk.startswith("CASE#"), limit=limit, consistent_read=True,
        last_evaluated_key=unseal(cursor, "grade-cases", unit, *bound),
    )  # fmt: skip
    return [_waiting(item) for item in page], seal(page.last_evaluated_key, "grade-cases", unit, *bound)


def all_waiting_at(unit: UnitId) -> list[Waiting]:
    """All of it. One consistent query per megabyte."""
    begins = WaitingCaseItem.sk.startswith("CASE#")
    return [_waiting(i) for i in WaitingCaseItem.query(f"UNIT#{unit}", begins, consistent_read=True)]


def _waiting(item: WaitingCaseItem) -> Waiting:
    _, opened, id = str(item.sk).split("#")
    return Waiting(
        id, PersonId(item.pupil), item.entry, item.what, _instant(opened),
        date.fromisoformat(item.hear_until) if item.hear_until else None,
    )  # fmt: skip


def _said(case: Case) -> str:
    said: dict[str, Any] = {
        "unit": case.unit, "kind": case.kind, "flaw": case.flaw, "reason": case.reason,
        "by": case.noticed_by, "opened": stamp(case.opened),
        "proposal": {k: v for k, v in asdict(case.proposal).items() if v is not None},
        "hear": case.hear_until.isoformat() if case.hear_until else None,
        "comments": [[c.by, stamp(c.at), c.text] for c in case.comments],
        "answers": [[a.by, a.agrees, *vouched_row(a.vouched)] for a in case.answers],
        "verdict": asdict(case.verdict) | {"at": stamp(case.verdict.at)} if case.verdict else None,
    }  # fmt: skip
    return json.dumps(said, ensure_ascii=False, separators=(",", ":"))


def _case(item: GradeCaseItem) -> Case:
    said = json.loads(item.said)
    _, entry, id = str(item.sk).split("#")
    ended = said["verdict"]
    return Case(
        id=id, pupil=PersonId(str(item.pk).removeprefix("PUPIL#")), entry=entry, unit=UnitId(said["unit"]),
        kind=said["kind"], flaw=said["flaw"], reason=said["reason"], noticed_by=PersonId(said["by"]),
        opened=_instant(said["opened"]), proposal=Proposal(**said["proposal"]),
        hear_until=date.fromisoformat(said["hear"]) if said["hear"] else None,
        comments=tuple(Comment(PersonId(by), _instant(at), text) for by, at, text in said["comments"]),
        answers=tuple(Answer(PersonId(by), agrees, vouched_of(row)) for by, agrees, *row in said["answers"]),
        verdict=Verdict(**ended | {"at": _instant(ended["at"])}) if ended else None,
        version=int(item.version or 0),
    )  # fmt: skip


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)

"""What waits for somebody: `PERSON#<id>` / `TASK#<kind>#<id>`, while a change waits for the answer of who
decided on the grade, or a trial for its examiner; and what somebody has done about other people's grades:
`PERSON#<id>` / `PART#<kind>#<id>`, so that a register extract finds it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, cast

from pynamodb.attributes import UnicodeAttribute

from functions.grades.store import GradesItem
from skolkit.cursor import seal, unseal
from skolkit.table import Overwrite, Write
from skolkit.types import PersonId

Kind = Literal["change", "case", "trial"]


class GradeTaskItem(GradesItem, discriminator="grade_task"):
    """A case or a trial that waits for a person. `entry` is the grade that a change is about."""

    pupil = UnicodeAttribute()
    entry = UnicodeAttribute(null=True)


class GradePartItem(GradesItem, discriminator="grade_part"):
    """That a person has a part in a case or a trial of somebody's. `entry` is the grade that a case is about;
    put again it says the same.
    """

    pupil = UnicodeAttribute()
    entry = UnicodeAttribute(null=True)


@dataclass(frozen=True, slots=True)
class Task:
    """A case or trial (`id`) that waits for somebody."""

    kind: Kind
    id: str
    pupil: PersonId
    entry: str | None


def task_item(person: PersonId, kind: Kind, id: str, pupil: PersonId, entry: str | None) -> GradeTaskItem:
    """The row of what waits for a person."""
    return GradeTaskItem(f"PERSON#{person}", f"TASK#{kind}#{id}", pupil=pupil, entry=entry)


def part_writes(
    people: Iterable[PersonId | None], kind: Kind, id: str, pupil: PersonId, entry: str | None
) -> list[Write]:
    """What says that people have a part in a case or a trial."""
    return [
        Overwrite(GradePartItem(f"PERSON#{person}", f"PART#{kind}#{id}", pupil=pupil, entry=entry))
        for person in dict.fromkeys(people)
        if person and person != pupil
    ]


def parts_of(person: PersonId) -> list[Task]:
    """The cases and trials of others that a person has a part in. One consistent query per megabyte."""
    begins = GradePartItem.sk.startswith("PART#")
    return [_task(i) for i in GradePartItem.query(f"PERSON#{person}", begins, consistent_read=True)]


def page_of_tasks(person: PersonId, limit: int, cursor: str | None) -> tuple[list[Task], str | None]:
    """A page of what waits for somebody. One consistent query."""
    page = GradeTaskItem.query(
        f"PERSON#{person}", GradeTaskItem.sk.startswith("TASK#"), limit=limit, consistent_read=True,
        last_evaluated_key=unseal(cursor, "grade-tasks", person),
    )  # fmt: skip
    found = [_task(item) for item in page]
    return found, seal(page.last_evaluated_key, "grade-tasks", person)


def _task(item: GradeTaskItem | GradePartItem) -> Task:
    _, kind, id = str(item.sk).split("#")
    return Task(cast("Kind", kind), id, PersonId(item.pupil), item.entry)

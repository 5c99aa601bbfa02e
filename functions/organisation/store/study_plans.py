"""Study plans with their pupil: the present one (sk `PLAN`) and every version as it was (sk `PLAN#<n>`).

A plan's own id follows from its pupil's, and the pupil's from it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from pynamodb.attributes import JSONAttribute, UnicodeAttribute

from functions.organisation.domain.programmes import ProgrammeId
from functions.organisation.domain.study_plans import Adaptation, Entry, StudyPlan
from functions.organisation.domain.syllabuses import SyllabusId
from functions.organisation.store.base import OPEN, OrganisationItem, Stored, day_of, stored, text_of
from skolkit.clock import stamp
from skolkit.cursor import seal, unseal
from skolkit.sweden.codes import SchoolForm
from skolkit.table import Overwrite, Write
from skolkit.types import PersonId

_APART = UUID("6f5d3a91-6c2e-0b47-0d18-9e63c4a7f250").int
"""What a plan's id and its pupil's differ by; not in what says the version and variant of a UUID."""


class PlanFields(OrganisationItem):
    """A study plan; entries are `[syllabus, part, title, start, end]`."""

    school_form = UnicodeAttribute()
    start = UnicodeAttribute()
    end = UnicodeAttribute(null=True)
    entries = JSONAttribute()
    programme = UnicodeAttribute(null=True)
    scope = UnicodeAttribute()
    swedish = UnicodeAttribute()
    sprakval = UnicodeAttribute(null=True)
    mother_tongue = UnicodeAttribute(null=True)
    adaptation = JSONAttribute(null=True)
    changed_by = UnicodeAttribute()
    changed_at = UnicodeAttribute()


class PlanItem(PlanFields, discriminator="study_plan"):
    """The present plan."""

    fed, orders = True, 2

    def order_texts(self) -> Sequence[str]:
        """By first and last day."""
        return self.start, self.end or OPEN


class PlanVersionItem(PlanFields, discriminator="study_plan_version"):
    """A version of a plan, as it was."""


def plan_id(pupil: str) -> str:
    """A pupil's plan's id; a plan's pupil's id.

    >>> plan_id("01900000-0000-7000-8000-000000000001")
    '6ecd3a91-6c2e-7b47-8d18-9e63c4a7f251'
    >>> plan_id("6ecd3a91-6c2e-7b47-8d18-9e63c4a7f251")
    '01900000-0000-7000-8000-000000000001'
    """
    return str(UUID(int=UUID(pupil).int ^ _APART))


def plan_key(pupil: str) -> tuple[str, str]:
    """Where a pupil's present plan is."""
    return f"PERSON#{pupil}", "PLAN"


def find_plan(pupil: PersonId) -> StudyPlan | None:
    """A pupil's present plan. One consistent get."""
    item = PlanItem.find(*plan_key(pupil))
    return _plan(item) if item else None


def stored_plans(
    keys: Sequence[tuple[str, str]], *, consistent: bool
) -> dict[tuple[str, str], Stored[StudyPlan]]:
    """Present plans by key. One `BatchGetItem` per 100."""
    return stored(PlanItem, keys, _plan, consistent=consistent)


def plan_writes(plan: StudyPlan) -> list[Write]:
    """The changed plan over the version read, and the copy that is kept of it."""
    key, fields = plan_key(plan.pupil), _fields(plan)
    kept = PlanVersionItem(key[0], f"PLAN#{plan.version + 1:08}", **fields)
    return [PlanItem(*key, **fields).over(plan.version, plan.created), Overwrite(kept)]


def page_of_versions(
    pupil: PersonId, cursor: str | None, limit: int, *bound_to: str
) -> tuple[list[StudyPlan], str | None]:
    """The versions of a pupil's plan, the newest first, and the next cursor. One query."""
    found = PlanVersionItem.query(
        f"PERSON#{pupil}", PlanVersionItem.sk.startswith("PLAN#"), limit=limit, page_size=limit,
        scan_index_forward=False, last_evaluated_key=unseal(cursor, *bound_to),
    )  # fmt: skip
    page = [_plan(item) for item in found]
    return page, seal(found.last_evaluated_key, *bound_to)


def _fields(plan: StudyPlan) -> dict[str, Any]:
    entries = [[e.syllabus, e.part, e.title, text_of(e.start), text_of(e.end)] for e in plan.entries]
    a = plan.adaptation
    decided = (
        [a.kind, a.reason, a.law, a.decided_by, stamp(a.decided_at), str(a.start), text_of(a.end)]
        if a
        else None
    )
    return {
        "school_form": plan.school_form.value, "start": str(plan.start), "end": text_of(plan.end),
        "entries": entries, "programme": plan.programme, "scope": plan.scope, "swedish": plan.swedish,
        "sprakval": plan.sprakval, "mother_tongue": plan.mother_tongue, "adaptation": decided,
        "changed_by": plan.changed_by, "changed_at": stamp(plan.changed_at),
    }  # fmt: skip


def _plan(item: PlanFields) -> StudyPlan:
    pk, sk = item.pk, item.sk
    return StudyPlan(
        pupil=PersonId(pk.removeprefix("PERSON#")),
        school_form=SchoolForm(item.school_form),
        start=date.fromisoformat(item.start),
        end=day_of(item.end),
        entries=tuple(
            Entry(SyllabusId(s), part, title, day_of(a), day_of(b)) for s, part, title, a, b in item.entries
        ),
        programme=ProgrammeId(item.programme) if item.programme else None,
        scope=item.scope,  # type: ignore[arg-type]
        swedish=item.swedish,  # type: ignore[arg-type]
        sprakval=item.sprakval,
        mother_tongue=item.mother_tongue,
        adaptation=_adaptation(item.adaptation) if item.adaptation else None,
        changed_by=PersonId(item.changed_by),
        changed_at=datetime.fromisoformat(item.changed_at),
        version=int(sk.removeprefix("PLAN#")) if sk != "PLAN" else item.version,
        created=item.created,
    )


def _adaptation(row: list[Any]) -> Adaptation:
    kind, reason, law, by, at, start, end = row
    return Adaptation(
        kind, reason, law, PersonId(by), datetime.fromisoformat(at), date.fromisoformat(start), day_of(end)
    )

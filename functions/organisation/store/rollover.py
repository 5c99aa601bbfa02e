"""The yearly rollover: a job for the whole, a job per unit, and with that the plan that is carried out.

The plan's rows say of every group how it was before; they are what undoing goes by.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from pynamodb.attributes import JSONAttribute, UnicodeAttribute

from functions.organisation.domain.rollover import Formed, GroupPlan, Move
from functions.organisation.store.base import OrganisationItem, day_of, text_of
from functions.organisation.store.groups import as_row, of_row
from skolkit.config import table_name
from skolkit.jobs import JobItem
from skolkit.sweden.codes import SchoolForm
from skolkit.table import Wanted
from skolkit.types import GroupId, PersonId, UnitId, stable_id


class RolloverJob(JobItem, discriminator="rollover_job"):
    """The whole rollover, or one unit's part of it."""

    class Meta:
        table_name = table_name("organisation")


class PlanItem(OrganisationItem, discriminator="rollover_plan"):
    """What becomes of a group (`GROUP#<id>`), who moves (`MOVE#<n>`), or what came of it (`OUTCOME`).

    Rows of a planning that was broken off have another `plan` than the job.
    """

    plan = UnicodeAttribute()
    content = JSONAttribute()


def unit_job(parent: str, unit: UnitId) -> str:
    """The id of a unit's part of a rollover."""
    return stable_id("rollover-unit", parent, unit)


def find_jobs(ids: Sequence[str]) -> dict[str, RolloverJob]:
    """Jobs by id, consistent; one `BatchGetItem` per 100."""
    found = RolloverJob.batch_get([(f"JOB#{id}", "JOB") for id in ids], consistent_read=True)
    return {item.id: item for item in found}


def wanted_outcomes(ids: Sequence[str]) -> Wanted[dict[str, dict[str, Any]]]:
    """What came of units' parts, by the job's id."""

    def answer(found: dict[tuple[str, str], PlanItem]) -> dict[str, dict[str, Any]]:
        return {id: dict(found[key].content) for id in ids if (key := (f"JOB#{id}", "OUTCOME")) in found}

    return Wanted(PlanItem, [(f"JOB#{id}", "OUTCOME") for id in ids], answer)


def outcome_item(job: RolloverJob, content: dict[str, Any]) -> PlanItem:
    """What came of a unit's part."""
    return PlanItem(job.pk, "OUTCOME", plan="", content=content, expires=job.expires)


def plan_items(
    job: RolloverJob, plan: str, groups: Iterable[GroupPlan], moves: Iterable[Move]
) -> list[PlanItem]:
    """A plan's rows."""
    rows = {f"GROUP#{group.before.id}": _group_row(group) for group in groups}
    rows |= {f"MOVE#{n:04}": _move_row(move) for n, move in enumerate(moves)}
    return [
        PlanItem(job.pk, sk, plan=plan, content=content, expires=job.expires) for sk, content in rows.items()
    ]


def find_plan(job: str, plan: str) -> tuple[list[GroupPlan], list[Move]]:
    """A plan, in the order of its rows. One consistent query per megabyte (some 200 groups)."""
    groups = PlanItem.query(f"JOB#{job}", PlanItem.sk.startswith("GROUP#"), consistent_read=True)
    moves = PlanItem.query(f"JOB#{job}", PlanItem.sk.startswith("MOVE#"), consistent_read=True)
    return (
        [_group_plan(row.content) for row in groups if row.plan == plan],
        [_move(row.content) for row in moves if row.plan == plan],
    )


def _group_row(plan: GroupPlan) -> dict[str, Any]:
    made = plan.formed
    return {
        "before": as_row(plan.before),
        "ends": plan.ends,
        "gone": list(plan.gone),
        "formed": made
        and {
            "id": made.id,
            "name": made.name,
            "schoolForm": made.school_form,
            "year": made.year,
            "members": list(made.members),
        },
    }


def _group_plan(row: dict[str, Any]) -> GroupPlan:
    made = row["formed"]
    formed = made and Formed(
        GroupId(made["id"]),
        made["name"],
        SchoolForm(made["schoolForm"]) if made["schoolForm"] else None,
        made["year"],
        tuple(map(PersonId, made["members"])),
    )
    return GroupPlan(of_row(row["before"]), row["ends"], tuple(map(PersonId, row["gone"])), formed)


def _move_row(move: Move) -> dict[str, Any]:
    pupils = [[person, text_of(end)] for person, end in move.pupils]
    return {"form": move.form, "year": move.year, "to": move.to and [*move.to], "pupils": pupils}


def _move(row: dict[str, Any]) -> Move:
    to = (SchoolForm(row["to"][0]), int(row["to"][1])) if row["to"] else None
    pupils: tuple[tuple[PersonId, date | None], ...] = tuple(
        (PersonId(person), day_of(end)) for person, end in row["pupils"]
    )
    return Move(SchoolForm(row["form"]), row["year"], to, pupils)

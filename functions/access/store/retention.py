"""Retention: the setting, the runs, and the legal holds, each list in one partition."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any, TypeVar

from pynamodb.attributes import UnicodeAttribute

from functions.access.store.base import AccessItem
from skolkit.clock import now, stamp
from skolkit.config import table_name
from skolkit.cursor import seal, unseal
from skolkit.jobs import KEPT_DAYS, JobItem
from skolkit.types import PersonId, new_id

RUNS, HOLDS = "RETENTION#RUNS", "RETENTION#HOLDS"
Listed = TypeVar("Listed", "HoldItem", "RunItem")


class SettingsItem(AccessItem, discriminator="retention_settings"):
    """Whether the nightly run deletes (`real`) or only counts (`dry`), and who decided so."""

    mode = UnicodeAttribute(default="dry")
    changed_by = UnicodeAttribute(null=True)
    changed_at = UnicodeAttribute(null=True)


class RunItem(JobItem, discriminator="retention_run"):
    """A run: `request` is its day, plan and whether it is dry; `place` the areas it waits for; `outcome` what
    each has answered. A real run is kept, a dry one for `KEPT_DAYS`.
    """

    class Meta:
        table_name = table_name("access")

    @property
    def id(self) -> str:
        sk: str = self.sk
        return sk


class HoldItem(AccessItem, discriminator="legal_hold"):
    """A legal hold, over a person or a document type; it stays in the list when it has been lifted."""

    person = UnicodeAttribute(null=True)
    document = UnicodeAttribute(null=True)
    unit = UnicodeAttribute(null=True)
    reason = UnicodeAttribute()
    ground = UnicodeAttribute()
    set_by = UnicodeAttribute()
    set_at = UnicodeAttribute()
    lifted_by = UnicodeAttribute(null=True)
    lifted_at = UnicodeAttribute(null=True)


def find_settings() -> SettingsItem:
    """The setting; a new item where nobody has decided. One consistent get."""
    return SettingsItem.find("RETENTION", "SETTINGS") or SettingsItem("RETENTION", "SETTINGS")


def new_run(by: str, day: date, plan: str, areas: Sequence[str], *, dry: bool) -> RunItem:
    """The item of a run that waits for `areas`."""
    at = now()
    return RunItem(
        RUNS, new_id(), job="retention", asked_by=by, asked=stamp(at), state="running", total=len(areas),
        request={"day": day.isoformat(), "plan": plan, "dry": dry}, place={"waiting": list(areas)},
        expires=int(at.timestamp()) + KEPT_DAYS * 86_400 if dry else None,
    )  # fmt: skip


def find_run(id: str) -> RunItem | None:
    """One consistent get."""
    return RunItem.find(RUNS, id)


def running_since(before: datetime) -> Iterator[RunItem]:
    """Runs begun before then that have not ended, of the last hundred. One query."""
    rows = RunItem.query(RUNS, scan_index_forward=False, limit=100, consistent_read=True)
    return (row for row in rows if row.state == "running" and row.asked < stamp(before))


def page_of_runs(cursor: str | None, limit: int, *bound_to: str) -> tuple[list[RunItem], str | None]:
    """Runs, newest first, and the cursor of the next page. One query."""
    return _page(RunItem, RUNS, cursor, limit, *bound_to)


def new_hold(
    by: PersonId, *, person: str | None, document: str | None, unit: str | None, reason: str, ground: str
) -> HoldItem:
    """The item of a hold that begins now."""
    return HoldItem(
        HOLDS, new_id(), set_by=by, set_at=stamp(now()), person=person, document=document, unit=unit,
        reason=reason, ground=ground,
    )  # fmt: skip


def find_hold(id: str) -> HoldItem | None:
    """One consistent get."""
    return HoldItem.find(HOLDS, id)


def page_of_holds(cursor: str | None, limit: int, *bound_to: str) -> tuple[list[HoldItem], str | None]:
    """Holds, those set last first, and the cursor of the next page. One query."""
    return _page(HoldItem, HOLDS, cursor, limit, *bound_to)


def standing_holds() -> list[HoldItem]:
    """The holds that have not been lifted. One consistent query."""
    return [row for row in HoldItem.query(HOLDS, consistent_read=True) if row.lifted_at is None]


def holds_over(person: PersonId) -> list[HoldItem]:
    """The holds there are and have been over one person, oldest first. One consistent query."""
    return [row for row in HoldItem.query(HOLDS, consistent_read=True) if row.person == person]


def _page(
    kind: type[Listed], pk: str, cursor: str | None, limit: int, *bound_to: str
) -> tuple[list[Listed], str | None]:
    found: Any = kind.query(
        pk, limit=limit, page_size=limit, scan_index_forward=False,
        last_evaluated_key=unseal(cursor, *bound_to),
    )  # fmt: skip
    return list(found), seal(found.last_evaluated_key, *bound_to)

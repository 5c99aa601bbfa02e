"""Applications for leave with their pupil, newest first, the decisions on them, what leave a pupil has, and
what waits at a unit.

`PUPIL#<id>` / `LEAVES` says of all the pupil's leave and applications which days they take. Whoever applies
or decides writes it over the version read, so that two at once never decide past each other.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from pynamodb.attributes import NumberAttribute, UnicodeAttribute

from functions.attendance.domain.absence import Notice, Reason, Span
from functions.attendance.domain.leave import (
    OPEN,
    Decider,
    Decision,
    Leave,
    LeaveId,
    LeaveSettings,
    Purpose,
    Taken,
)
from functions.attendance.store import AttendanceItem, compact, span_of, span_row
from skolkit.clock import stamp
from skolkit.cursor import page_through, seal, unseal
from skolkit.errors import Text
from skolkit.sweden.calendar import SchoolYear
from skolkit.table import Remove, Wanted, Write, fetch
from skolkit.types import NoticeId, PersonId, UnitId


class LeaveItem(AttendanceItem, discriminator="leave"):
    """An application and what became of it. `asked` and `granted` are spans, people are lists in JSON."""

    unit = UnicodeAttribute()
    asked = UnicodeAttribute()
    purpose = UnicodeAttribute()
    words = UnicodeAttribute(default="")
    applicant = UnicodeAttribute()
    applied = UnicodeAttribute()
    touched = UnicodeAttribute()
    days = NumberAttribute()
    state = UnicodeAttribute()
    awaits = UnicodeAttribute(default="[]")
    agreed = UnicodeAttribute(default="[]")
    granted = UnicodeAttribute(null=True)
    coming = UnicodeAttribute(null=True)
    decisions = NumberAttribute(default=0)


class LeaveDecisionItem(AttendanceItem, discriminator="leave_decision"):
    """One decision on an application; never changed. `decided` holds what is not asked for by itself."""

    span = UnicodeAttribute()
    by = UnicodeAttribute()
    at = UnicodeAttribute()
    decided = UnicodeAttribute()


class LeavesItem(AttendanceItem, discriminator="leaves"):
    """Which days a pupil's leave and applications take: `{leave: [span, granted]}`, and `until` when."""

    leaves = UnicodeAttribute(default="{}")
    until = UnicodeAttribute()


class WaitingLeaveItem(AttendanceItem, discriminator="leave_waiting"):
    """That an application waits at a unit for its decision; `pupil` is the record that is not closed."""

    pupil = UnicodeAttribute()
    asked = UnicodeAttribute()
    days = NumberAttribute()
    since = UnicodeAttribute()


class LeaveSettingsItem(AttendanceItem, discriminator="leave_settings"):
    """What a unit, or the municipality, has chosen about leave."""

    both_guardians = NumberAttribute(default=0)
    delegable = NumberAttribute()
    remind_after = NumberAttribute()
    appeal_sv = UnicodeAttribute()
    appeal_en = UnicodeAttribute()


# Applications and decisions


def leave(pupil: PersonId, id: LeaveId) -> Leave | None:
    """One application; one consistent GetItem."""
    item = LeaveItem.find(f"PUPIL#{pupil}", f"L#{id}")
    return _leave(item) if item else None


def leaves(
    records: Sequence[PersonId], limit: int, cursor: str | None, caller: str
) -> tuple[list[Leave], str | None]:
    """A pupil's applications, newest first, those of closed records last, and the cursor to the next page."""

    def read(pk: str, after: Any, size: int) -> tuple[list[Leave], Any]:
        found = LeaveItem.query(
            pk, LeaveItem.sk.startswith("L#"), limit=size, page_size=size, scan_index_forward=False,
            last_evaluated_key=after,
        )  # fmt: skip
        return [_leave(item) for item in found], found.last_evaluated_key

    bound = ("leaves", records[0], caller)
    page, place = page_through([f"PUPIL#{r}" for r in records], unseal(cursor, *bound), limit, read)
    return page, seal(place, *bound)


def leave_item(one: Leave) -> LeaveItem:
    """The application to write over the version read."""
    item = LeaveItem(
        f"PUPIL#{one.pupil}", f"L#{one.id}", unit=one.unit, asked=compact(span_row(one.asked)),
        purpose=one.purpose, words=one.words, applicant=one.applicant, applied=stamp(one.applied),
        touched=one.touched.isoformat(), days=one.days, state=one.state, awaits=compact(one.awaits),
        agreed=compact(one.agreed), granted=compact(span_row(one.granted)) if one.granted else None,
        coming=one.coming, decisions=one.decisions,
    )  # fmt: skip
    return item.over(one.version)


def _leave(item: LeaveItem) -> Leave:
    return Leave(
        id=LeaveId(item.sk.partition("#")[2]),
        pupil=PersonId(item.pk.partition("#")[2]),
        unit=UnitId(item.unit),
        asked=span_of(json.loads(item.asked)),
        purpose=Purpose(item.purpose),
        words=item.words,
        applicant=PersonId(item.applicant),
        applied=datetime.fromisoformat(item.applied),
        touched=date.fromisoformat(item.touched),
        days=int(item.days),
        state=item.state,  # type: ignore[arg-type]
        awaits=tuple(json.loads(item.awaits)),
        agreed=tuple(json.loads(item.agreed)),
        granted=span_of(json.loads(item.granted)) if item.granted else None,
        coming=item.coming,  # type: ignore[arg-type]
        decisions=int(item.decisions),
        version=item.version,
    )


def decision_item(one: Leave, decision: Decision) -> LeaveDecisionItem:
    """A new decision; refused by the transaction where there is one of its number."""
    rest = {
        "outcome": decision.outcome, "days": decision.days, "in_a_row": decision.in_a_row,
        "used": decision.used, "ground": decision.ground, "motivation": decision.motivation,
        "appeal": [decision.appeal.sv, decision.appeal.en], "role": decision.by.role,
        "delegation": decision.by.delegation, "rules": decision.rules, "settings": decision.settings,
    }  # fmt: skip
    return LeaveDecisionItem(
        f"PUPIL#{one.pupil}", f"LD#{one.id}#{decision.number:03}", span=compact(span_row(decision.span)),
        by=decision.by.person, at=stamp(decision.at), decided=compact(rest),
    )  # fmt: skip


def decisions(one: Leave) -> list[Decision]:
    """The decisions on an application, first to last. One consistent query."""
    mine = LeaveDecisionItem.sk.startswith(f"LD#{one.id}#")
    return [
        _decision(row) for row in LeaveDecisionItem.query(f"PUPIL#{one.pupil}", mine, consistent_read=True)
    ]


def _decision(item: LeaveDecisionItem) -> Decision:
    rest = json.loads(item.decided)
    by = Decider(PersonId(item.by), rest.pop("role"), rest.pop("delegation"))
    return Decision(
        number=int(item.sk.rpartition("#")[2]), span=span_of(json.loads(item.span)), by=by,
        at=datetime.fromisoformat(item.at), **rest | {"appeal": Text(*rest["appeal"])},
    )  # fmt: skip


# What leave a pupil has


@dataclass(frozen=True, slots=True)
class Leaves:
    """A record's leave and applications; `version` None when nothing is stored."""

    pupil: PersonId
    taken: Mapping[LeaveId, Taken] = field(default_factory=dict)
    version: int | None = None


def leaves_of(records: Sequence[PersonId]) -> list[Leaves]:
    """What leave a pupil's records have, the kept one's first. One consistent BatchGetItem."""
    keys = {r: (f"PUPIL#{r}", "LEAVES") for r in records}

    def answer(found: dict[tuple[str, str], LeavesItem]) -> list[Leaves]:
        return [_leaves(r, found.get(key)) for r, key in keys.items()]

    (known,) = fetch(Wanted(LeavesItem, list(keys.values()), answer), consistent=True)
    return list(known)


def wanted_granted(pupils: Sequence[PersonId], first: date, last: date) -> Wanted[dict[PersonId, int]]:
    """How many granted leaves of pupils touch a span; pupils without any are left out."""
    keys = {(f"PUPIL#{pupil}", "LEAVES"): pupil for pupil in pupils}

    def answer(found: dict[tuple[str, str], LeavesItem]) -> dict[PersonId, int]:
        known = (_leaves(keys[key], item) for key, item in found.items())
        counts = {
            one.pupil: sum(
                t.granted and t.span.first <= last and t.span.last >= first for t in one.taken.values()
            )
            for one in known
        }
        return {pupil: count for pupil, count in counts.items() if count}

    return Wanted(LeavesItem, list(keys), answer)


def _leaves(pupil: PersonId, item: LeavesItem | None) -> Leaves:
    if item is None:
        return Leaves(pupil)
    rows = json.loads(item.leaves).items()
    return Leaves(pupil, {LeaveId(id): Taken(span_of(row), bool(g)) for id, (row, g) in rows}, item.version)


def leaves_items(known: Sequence[Leaves], one: Leave, today: date) -> list[Write]:
    """What leave the pupil has with this one as it is now: always the kept record's, which guards, and the
    closed record's that the application is of. What ended before last school year is left out.
    """
    oldest = SchoolYear(SchoolYear.of(today).start_year - 1).start
    span = one.granted or (one.asked if one.state in OPEN else None)
    takes = {one.id: Taken(span, one.state not in OPEN)} if span else {}
    writes: list[Write] = []
    for number, record in enumerate(known):
        if number and record.pupil != one.pupil:
            continue
        rest = {id: t for id, t in record.taken.items() if id != one.id and t.span.last >= oldest}
        taken = rest | (takes if record.pupil == one.pupil else {})
        rows = {id: [span_row(t.span), int(t.granted)] for id, t in sorted(taken.items())}
        until = max([today, *(t.span.last for t in taken.values())]).isoformat()
        item = LeavesItem(f"PUPIL#{record.pupil}", "LEAVES", leaves=compact(rows), until=until)
        writes.append(item.over(record.version))
    return writes


def coming_leaves(records: Sequence[PersonId], day: date) -> list[Notice]:
    """Granted leave of a pupil's records that covers a day or a later one, as notices that mark days. A get
    for each.
    """
    return [
        Notice(NoticeId(id), known.pupil, one.unit, taken.span, Reason.LEAVE, one.applicant)
        for known in leaves_of(records)
        for id, taken in known.taken.items()
        if taken.granted and taken.span.last >= day and (one := leave(known.pupil, id))
    ]


# What waits at a unit


@dataclass(frozen=True, slots=True)
class Waiting:
    """An application that has waited for its decision since a day."""

    pupil: PersonId
    leave: LeaveId
    asked: Span
    days: int
    since: date


def waiting_writes(before: Leave | None, after: Leave, pupil: PersonId) -> list[Write]:
    """The units' lists, when an application comes to wait, waits no longer, or waits at another unit. `pupil`
    is the record that is not closed.
    """
    was = before.unit if before and before.state == "waiting" else None
    now = after.unit if after.state == "waiting" else None
    if was == now:
        return []
    gone: list[Write] = [Remove(waiting_item(was, after, pupil))] if was else []
    return [*gone, *([waiting_item(now, after, pupil)] if now else ())]


def waiting_item(unit: UnitId, one: Leave, pupil: PersonId) -> WaitingLeaveItem:
    """That an application waits at a unit."""
    return WaitingLeaveItem(
        f"LEAVES#{unit}", str(one.id), pupil=pupil, asked=compact(span_row(one.asked)), days=one.days,
        since=one.touched.isoformat(),
    )  # fmt: skip


def waiting_of(one: Leave) -> PersonId | None:
    """The record under which an application is in its unit's list. One consistent get."""
    item = WaitingLeaveItem.find(f"LEAVES#{one.unit}", str(one.id))
    return PersonId(item.pupil) if item else None


def waiting_at(unit: UnitId, limit: int, cursor: str | None, caller: str) -> tuple[list[Waiting], str | None]:
    """What waits at a unit, oldest application first, and the cursor to the next page. One query."""
    bound = ("waiting-leaves", unit, caller)
    found = WaitingLeaveItem.query(
        f"LEAVES#{unit}", limit=limit, page_size=limit, last_evaluated_key=unseal(cursor, *bound)
    )
    return [_waiting(item) for item in found], seal(found.last_evaluated_key, *bound)


def all_waiting_at(unit: UnitId) -> list[Waiting]:
    """Everything that waits at a unit. One query per 1 MB (about 3,000)."""
    return [_waiting(item) for item in WaitingLeaveItem.query(f"LEAVES#{unit}")]


def _waiting(item: WaitingLeaveItem) -> Waiting:
    return Waiting(
        PersonId(item.pupil), LeaveId(item.sk), span_of(json.loads(item.asked)), int(item.days),
        date.fromisoformat(item.since),
    )  # fmt: skip


# What a unit or the municipality has chosen


def settings_of(*units: UnitId) -> LeaveSettings:
    """The first of the units that has chosen decides; else the default. One consistent BatchGetItem."""
    keys = [(f"UNIT#{unit}", "LEAVE") for unit in units]
    found: dict[tuple[str, str], LeaveSettingsItem]
    (found,) = fetch(Wanted(LeaveSettingsItem, keys, dict), consistent=True)
    item = next((found[key] for key in keys if key in found), None)
    if item is None:
        return LeaveSettings()
    return LeaveSettings(
        both_guardians=bool(item.both_guardians),
        delegable=int(item.delegable),
        remind_after=int(item.remind_after),
        appeal=Text(item.appeal_sv, item.appeal_en),
        id=f"{item.pk.partition('#')[2]}/{item.version}",
        version=item.version,
    )


def settings_item(unit: UnitId, new: LeaveSettings) -> LeaveSettingsItem:
    """The settings to write over the version read."""
    item = LeaveSettingsItem(
        f"UNIT#{unit}", "LEAVE", both_guardians=int(new.both_guardians), delegable=new.delegable,
        remind_after=new.remind_after, appeal_sv=new.appeal.sv, appeal_en=new.appeal.en,
    )  # fmt: skip
    return item.over(new.version)

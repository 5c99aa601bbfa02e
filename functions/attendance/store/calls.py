"""Whom the office calls: `CALLS#<unit>` / `<day>#<id>`, written with the pupil's day when a notice has
failed.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime

from pynamodb.attributes import NumberAttribute, UnicodeAttribute

from functions.attendance.domain.gaps import Call, Called
from functions.attendance.store import AttendanceItem
from skolkit.clock import stamp
from skolkit.cursor import seal, unseal
from skolkit.table import Wanted
from skolkit.types import NoticeId, PersonId, UnitId, stable_id


class CallItem(AttendanceItem, discriminator="call"):
    """Somebody to call about a pupil's gap, and what came of it."""

    pupil = UnicodeAttribute()
    recipient = UnicodeAttribute()
    notice = UnicodeAttribute()
    why = UnicodeAttribute()
    called = UnicodeAttribute()
    by = UnicodeAttribute(null=True)
    at = UnicodeAttribute(null=True)
    attempts = NumberAttribute(default=0)


def call_id(notice: NoticeId, recipient: PersonId) -> str:
    """The id of the call to one recipient of a notice, always the same."""
    return stable_id("call", notice, recipient)


def _key(unit: UnitId, day: date, id: str) -> tuple[str, str]:
    return f"CALLS#{unit}", f"{day}#{id}"


def call(unit: UnitId, day: date, id: str) -> Call | None:
    """One call; one consistent get."""
    item = CallItem.find(*_key(unit, day, id))
    return _call(item) if item else None


def call_item(call: Call) -> CallItem:
    """The call to write over the version read."""
    pk, sk = _key(call.unit, call.day, call.id)
    return CallItem(
        pk=pk, sk=sk, pupil=call.pupil, recipient=call.recipient, notice=call.notice, why=call.why,
        called=call.called, by=call.by, at=stamp(call.at) if call.at else None, attempts=call.attempts,
    ).over(call.version)  # fmt: skip


def page(
    unit: UnitId, day: date, limit: int, cursor: str | None, caller: str
) -> tuple[list[Call], str | None]:
    """Some of a unit's calls of a day, and the cursor to the next."""
    bound = ("calls", unit, str(day), caller)
    found = CallItem.query(
        f"CALLS#{unit}", CallItem.sk.startswith(f"{day}#"), limit=limit, page_size=limit,
        last_evaluated_key=unseal(cursor, *bound), consistent_read=True,
    )  # fmt: skip
    calls = [_call(item) for item in found]
    return calls, seal(found.last_evaluated_key, *bound)


def calls(unit: UnitId, day: date) -> list[Call]:
    """All of a unit's calls of a day; a consistent query per 3,000."""
    day_of = CallItem.sk.startswith(f"{day}#")
    return [_call(item) for item in CallItem.query(f"CALLS#{unit}", day_of, consistent_read=True)]


def wanted_calls(failed: Sequence[tuple[str, str, str, str]]) -> Wanted[list[Call]]:
    """The calls about some failed notices (unit, day, notice, recipient), for `fetch`."""
    keys = [
        _key(UnitId(unit), date.fromisoformat(day), call_id(NoticeId(notice), PersonId(recipient)))
        for unit, day, notice, recipient in failed
    ]
    return Wanted(CallItem, keys, lambda found: [_call(item) for _, item in sorted(found.items())])


def _call(item: CallItem) -> Call:
    day, _, id = item.sk.partition("#")
    return Call(
        id=id, unit=UnitId(item.pk.removeprefix("CALLS#")), day=date.fromisoformat(day),
        pupil=PersonId(item.pupil), recipient=PersonId(item.recipient), notice=NoticeId(item.notice),
        why=item.why, called=Called(item.called), by=PersonId(item.by) if item.by else None,
        at=datetime.fromisoformat(item.at).astimezone(UTC) if item.at else None,
        attempts=int(item.attempts), version=item.version,
    )  # fmt: skip

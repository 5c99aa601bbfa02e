"""The audit trail: who did or read what about whom, when and in which role (GDPR art. 5.2, 32; rules for read
logs §9.3).

Rows go to one append-only table on which every function may only put. A change's row is part of its
transaction (`skolkit.table.commit`); a read's row is written before the answer leaves (`record_read`). The
table keeps a row for `ROW_DAYS`, for whoever asks who has read about them; the archive, to which access
copies every row within minutes, keeps it as long as its bucket is locked.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from skolkit.clock import now, stamp
from skolkit.types import new_id

ROW_DAYS = 400


@dataclass(frozen=True, slots=True)
class Trace:
    """`actor`: person id or `system:<function>`; `action`: operation name; `about`: the person, lesson, group
    or unit id concerned; `reason`: why, as a code; `changes`: before/after of what changed, without names or
    numbers.
    """

    actor: str
    action: str
    about: str
    reason: str = ""
    changes: str = ""

    def row(self) -> dict[str, Any]:
        """The row in DynamoDB's own notation."""
        moment = now()
        at = stamp(moment)
        texts = {
            "pk": f"ABOUT#{self.about}",
            "sk": f"{at}#{new_id()}",
            "kind": "audit",
            "at": at,
            "actor": self.actor,
            "action": self.action,
            "reason": self.reason,
            "changes": self.changes,
        }
        expires = str(int((moment + timedelta(days=ROW_DAYS)).timestamp()))
        return {name: {"S": text} for name, text in texts.items() if text} | {"expires": {"N": expires}}


def record_read(trace: Trace) -> None:
    """Write one row about a read. Fails closed: without the row there is no answer."""
    from skolkit.config import AUDIT_TABLE
    from skolkit.table import dynamodb

    dynamodb().put_item(TableName=AUDIT_TABLE, Item=trace.row())


@contextmanager
def recording(trace: Trace) -> Iterator[None]:
    """Write the row of a read while the block reads the rest of the answer: one round trip for both. Fails
    closed like `record_read`: the block is left when the row is there.
    """
    with ThreadPoolExecutor(1) as side:
        row = side.submit(record_read, trace)
        yield
        row.result()

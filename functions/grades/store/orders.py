"""Signing orders, with the sheet they belong to: `PERIOD#<id>` / `ORDER#<activity>#<order>`; those of no
sheet (a trial, what corrects an imported grade) with the pupil: `PUPIL#<id>` / `ORDER#-#<order>`.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime

from pynamodb.attributes import NumberAttribute, UnicodeAttribute

from functions.grades.domain.orders import Order
from functions.grades.store import GradesItem
from skolkit.clock import stamp
from skolkit.types import PersonId


class OrderItem(GradesItem, discriminator="signing_order"):
    """An order to sign; put once."""

    by = UnicodeAttribute()
    role = UnicodeAttribute()
    at = UnicodeAttribute()
    signed_in = UnicodeAttribute()
    level = NumberAttribute()
    entries = UnicodeAttribute()
    digest = UnicodeAttribute()


def order_item(order: Order) -> OrderItem:
    """The item of a new order."""
    place = f"PERIOD#{order.period}" if order.period else f"PUPIL#{order.entries[0][0]}"
    return OrderItem(
        place, f"ORDER#{order.activity or '-'}#{order.id}", by=order.by, role=order.role,
        at=stamp(order.at), signed_in=stamp(order.signed_in), level=order.level,
        entries=json.dumps(order.entries, separators=(",", ":")), digest=order.digest,
    )  # fmt: skip


def find_order(period: str, activity: str, id: str) -> Order | None:
    """An order. One consistent get."""
    item = OrderItem.find(f"PERIOD#{period}", f"ORDER#{activity}#{id}")
    return _order(item) if item else None


def orders_of(period: str, activity: str) -> list[Order]:
    """All orders of a sheet, oldest first. One consistent query."""
    begins = OrderItem.sk.startswith(f"ORDER#{activity}#")
    return [_order(item) for item in OrderItem.query(f"PERIOD#{period}", begins, consistent_read=True)]


def orders_of_pupil(pupil: PersonId) -> list[Order]:
    """The orders of a pupil's entries of no sheet, oldest first. One consistent query."""
    page = OrderItem.query(f"PUPIL#{pupil}", OrderItem.sk.startswith("ORDER#"), consistent_read=True)
    return [_order(item) for item in page]


def _order(item: OrderItem) -> Order:
    _, activity, id = str(item.sk).split("#")
    kind, _, of = str(item.pk).partition("#")
    return Order(
        id=id, period=of if kind == "PERIOD" else "", activity=activity if kind == "PERIOD" else "",
        by=PersonId(item.by),
        role="principal" if item.role == "principal" else "teacher", at=_instant(item.at),
        signed_in=_instant(item.signed_in), level=int(item.level), digest=item.digest,
        entries=tuple((PersonId(pupil), number) for pupil, number in json.loads(item.entries)),
    )  # fmt: skip


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)

"""Signing orders, with the sheet they belong to: `PERIOD#<id>` / `ORDER#<activity>#<order>`; those of no
sheet (a trial, what corrects an imported grade) with the pupil: `PUPIL#<id>` / `ORDER#-#<order>`.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from pynamodb.attributes import UnicodeAttribute

from functions.grades.domain.orders import Order, Signer, Signing, Vouched
from functions.grades.store import GradesItem
from skolkit.clock import stamp
from skolkit.types import PersonId


class OrderItem(GradesItem, discriminator="signing_order"):
    """An order to sign; put once. `signings` says of each signature whose it is, as what, when they decided
    with which sign-in, and which of `entries` it is for, by their places in that list.
    """

    at = UnicodeAttribute()
    entries = UnicodeAttribute()
    digest = UnicodeAttribute()
    signings = UnicodeAttribute()


def order_item(order: Order) -> OrderItem:
    """The item of a new order."""
    place = f"PERIOD#{order.period}" if order.period else f"PUPIL#{order.entries[0][0]}"
    number = {entry: n for n, entry in enumerate(order.entries)}
    signings = [[*signer_row(s.signer), [number[entry] for entry in s.entries]] for s in order.signings]
    return OrderItem(
        place, f"ORDER#{order.activity or '-'}#{order.id}", at=stamp(order.at),
        entries=_compact(order.entries), digest=order.digest, signings=_compact(signings),
    )  # fmt: skip


def find_order(period: str, activity: str, id: str) -> Order | None:
    """An order of a sheet. One consistent get."""
    item = OrderItem.find(f"PERIOD#{period}", f"ORDER#{activity}#{id}")
    return _order(item) if item else None


def find_order_of_pupil(pupil: PersonId, id: str) -> Order | None:
    """An order of a pupil's entries of no sheet. One consistent get."""
    item = OrderItem.find(f"PUPIL#{pupil}", f"ORDER#-#{id}")
    return _order(item) if item else None


def orders_of(period: str, activity: str) -> list[Order]:
    """All orders of a sheet, oldest first. One consistent query."""
    begins = OrderItem.sk.startswith(f"ORDER#{activity}#")
    return [_order(item) for item in OrderItem.query(f"PERIOD#{period}", begins, consistent_read=True)]


def orders_in(period: str) -> list[Order]:
    """All orders of a period, the closing one too. One consistent query per megabyte (some 400 sheets)."""
    begins = OrderItem.sk.startswith("ORDER#")
    return [_order(item) for item in OrderItem.query(f"PERIOD#{period}", begins, consistent_read=True)]


def orders_of_pupil(pupil: PersonId) -> list[Order]:
    """The orders of a pupil's entries of no sheet, oldest first. One consistent query."""
    page = OrderItem.query(f"PUPIL#{pupil}", OrderItem.sk.startswith("ORDER#"), consistent_read=True)
    return [_order(item) for item in page]


def _order(item: OrderItem) -> Order:
    _, activity, id = str(item.sk).split("#")
    kind, _, of = str(item.pk).partition("#")
    entries = tuple((PersonId(pupil), number) for pupil, number in json.loads(item.entries))
    return Order(
        id=id, period=of if kind == "PERIOD" else "", activity=activity if kind == "PERIOD" else "",
        at=_instant(item.at), entries=entries, digest=item.digest,
        signings=tuple(
            Signing(signer_of(row), tuple(entries[n] for n in places))
            for *row, places in json.loads(item.signings)
        ),
    )  # fmt: skip


def signer_row(signer: Signer) -> list[Any]:
    """Who signs, as JSON."""
    return [signer.person, signer.role, stamp(signer.at), stamp(signer.signed_in_at), signer.level]


def signer_of(row: Sequence[Any]) -> Signer:
    """What `signer_row` made."""
    person, role, *vouched = row
    return Signer.of(PersonId(person), role, vouched_of(vouched))


def vouched_row(vouched: Vouched) -> list[Any]:
    """That somebody decided, as JSON."""
    return [stamp(vouched.at), stamp(vouched.signed_in), vouched.level]


def vouched_of(row: Sequence[Any]) -> Vouched:
    """What `vouched_row` made."""
    at, signed_in, level = row
    return Vouched(_instant(at), _instant(signed_in), level)


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def _compact(rows: object) -> str:
    return json.dumps(rows, separators=(",", ":"))

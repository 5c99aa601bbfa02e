"""What exchange erases when its time is over."""

from __future__ import annotations

from functions.access import queries as access
from functions.exchange import store
from functions.exchange.events import RetentionAnswered, RetentionContinued
from functions.exchange.kept import KEPT
from functions.exchange.store import ExchangeErasureItem, ExchangeItem, ExchangeRetentionItem
from functions.register import queries as register
from skolkit.parts import every
from skolkit.retention.shelf import Shelf

every(store.__name__)

SHELF = Shelf(
    area="exchange",
    kept=KEPT,
    item=ExchangeItem,
    job=ExchangeRetentionItem,
    proof=ExchangeErasureItem,
    continued=RetentionContinued,
    answered=RetentionAnswered,
    lines=access.retention_lines,
    holds=access.holds,
    real=access.deletes,
    tie=register.tie_end,
)

"""What messages erases when its time is over: the channel of somebody the schools have no more to do with."""

from __future__ import annotations

from functions.access import queries as access
from functions.messages.events import RetentionAnswered, RetentionContinued
from functions.messages.kept import KEPT
from functions.messages.store import MessagesErasureItem, MessagesItem, MessagesRetentionItem
from functions.register import queries as register
from skolkit.retention.shelf import Shelf

SHELF = Shelf(
    area="messages",
    kept=KEPT,
    item=MessagesItem,
    job=MessagesRetentionItem,
    proof=MessagesErasureItem,
    continued=RetentionContinued,
    answered=RetentionAnswered,
    lines=access.retention_lines,
    holds=access.holds,
    real=access.deletes,
    tie=register.tie_end,
)

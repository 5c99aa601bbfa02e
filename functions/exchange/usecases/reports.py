"""What clients tell of their work (SS 12000, /log and /statistics), and an administrator reads."""

from __future__ import annotations

import re

from functions.exchange.schemas.subscriptions import (
    LogEntry,
    LogPage,
    LogView,
    PageQuery,
    StatisticsEntry,
    StatisticsPage,
    StatisticsView,
)
from functions.exchange.store import reports as store
from functions.exchange.usecases.readers import admit
from functions.exchange.usecases.subscriptions import administer
from skolkit.audit import Trace, record_read
from skolkit.clock import now
from skolkit.errors import NotFound
from skolkit.http import Rendered
from skolkit.identity import Caller
from skolkit.table import AlreadyDone, commit
from skolkit.telemetry import count

_CLIENT = re.compile(r"[A-Za-z0-9_+-]{1,128}")  # as Cognito makes them
KEPT = Rendered(json_text=b"")


def log(caller: Caller, entry: LogEntry) -> Rendered:
    """Keep what a client says went wrong; an error alarms. Two round trips."""
    client = admit(caller, "log", "write")
    at = now()
    try:
        commit(*store.log_items(client.id, entry, at), once=store.once(client.id, entry))
    except AlreadyDone:
        return KEPT
    if entry.severity_level == "Error":
        count("ClientReportedError", 1)
    return KEPT


def count_transferred(caller: Caller, entry: StatisticsEntry) -> Rendered:
    """Keep what a client says it took over. Two round trips."""
    client = admit(caller, "statistics", "write")
    try:
        commit(store.statistics_item(client.id, entry, now()), once=store.once(client.id, entry))
    except AlreadyDone:
        return KEPT
    return KEPT


def list_log(caller: Caller, client: str, query: PageQuery) -> LogPage:
    """A client's log, newest first. Three round trips."""
    administer(caller)
    rows, cursor = store.logged(_client(client), query.cursor, query.limit, caller.seal)
    about = f"client:{client}"
    record_read(Trace(caller.person_id, "list_client_log", about, changes=f"count={len(rows)}"))
    return LogPage(data=list(map(_entry, rows)), cursor=cursor)


def _entry(item: store.LogItem) -> LogView:
    fields = ("at", "severity", "message", "message_type", "resource_type", "resource", "url", "occurred")
    return LogView.model_validate({name: getattr(item, name) for name in fields})


def list_statistics(caller: Caller, client: str, query: PageQuery) -> StatisticsPage:
    """A client's statistics, newest first. Two round trips."""
    administer(caller)
    rows, cursor = store.counted(_client(client), query.cursor, query.limit, caller.seal)
    views = [
        StatisticsView(
            at=row.at, resource_type=row.resource_type, created=int(row.new), updated=int(row.updated),
            deleted=int(row.deleted), url=row.url, occurred=row.occurred,
        )
        for row in rows
    ]  # fmt: skip
    return StatisticsPage(data=views, cursor=cursor)


def _client(id: str) -> str:
    if not _CLIENT.fullmatch(id):
        raise NotFound
    return id

"""Keeping the search index (process 2): who has changed is found as they are now, and everybody once a week.

Whatever is delivered, however often and in whatever order, ends in the same index: it is made of what is
stored at the time, never of what a delivery says.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from functions.register.events import SearchRenewalAsked
from functions.register.store import search_index as store
from functions.register.store.search_index import Entry, SearchJobItem
from functions.register.store.watch import page_of_people
from skolkit import jobs
from skolkit.clock import now, stamp, today
from skolkit.errors import Busy, ChangedMeanwhile
from skolkit.idempotency import RequestKey
from skolkit.table import FEED_SHARDS, LIMIT, AlreadyDone, Write, commit
from skolkit.types import PersonId

ATTEMPTS = 6
_END = {"end": True}
_SYSTEM = PersonId("system:renew_search")
Pending = tuple[Entry, list[Write]]


def keep(keys: Sequence[tuple[str, str]]) -> None:
    """Let the people of these keys, and their children, be found as they are now. Raises `Busy` for people
    who change all the time.

    Round trips: one per person and child, about three per 100 of them for names, index and versions, and a
    transaction per 100 items that change (a dozen pupils, or twenty-five adults).
    """
    people = dict.fromkeys(id for key in keys for id in store.people_of(key))
    entries = store.read(people, today())
    children = [child for entry in entries for child in entry.children if child not in people]
    _settle([*entries, *store.read(children, today())])


def _settle(entries: list[Entry]) -> None:
    for _ in range(ATTEMPTS):
        again = _write(entries)
        if not again:
            return
        entries = store.read(again, today())
    raise Busy


def _write(entries: Sequence[Entry]) -> list[PersonId]:
    """Write what is to be written; who must be looked at again, because others wrote at the same time."""
    lost: list[PersonId] = []
    written: list[Entry] = []
    pending = [(entry, writes) for entry in entries if (writes := store.writes_of(entry))]
    for group in _groups(pending):
        for entry, writes in _committed(group):
            if writes and store.complete(entry, writes):
                written.append(entry)
            else:
                lost.append(entry.person)
    return lost + store.outdated(written)


def _committed(group: Sequence[Pending]) -> Iterator[Pending]:
    """Commit together, or one by one when somebody else was first at one of them; () for those refused."""
    try:
        commit(*(write for _, writes in group for write in writes))
        yield from group
    except (ChangedMeanwhile, Busy):
        for entry, writes in group:
            try:
                commit(*writes)
                yield entry, writes
            except (ChangedMeanwhile, Busy):
                yield entry, []


def _groups(pending: Sequence[Pending]) -> Iterator[list[Pending]]:
    """As many people together as fit a transaction."""
    group: list[Pending] = []
    size = 0
    for entry, writes in pending:
        if group and size + len(writes) > LIMIT:
            yield group
            group, size = [], 0
        group.append((entry, writes))
        size += len(writes)
    if group:
        yield group


# Everybody


def ask_renewal() -> None:
    """Start going through everybody; a repeated start of the same minute is left alone."""
    key = RequestKey(f"SEARCH#{stamp(now())[:16]}", "")
    try:
        jobs.ask(SearchJobItem, SearchRenewalAsked, "renew_search", _SYSTEM, {}, key)
    except AlreadyDone:
        return


def renew(asked: SearchRenewalAsked) -> None:
    """Let everybody be found as they are now: after the rules have changed, for people who were there before
    the index, and to forget units and guardians whose day has passed. 100 people a step.
    """
    jobs.run(SearchJobItem, asked, _step, again=SearchRenewalAsked)


def _step(item: SearchJobItem) -> bool:
    shard = int(item.place.get("shard", 0))
    people, after = page_of_people(shard, item.place.get("after"), LIMIT)
    _settle(store.read(people, today()))
    item.done += len(people)
    if after:
        item.place = {"shard": shard, "after": after}
    else:
        item.place = {"shard": shard + 1} if shard + 1 < FEED_SHARDS else _END
    commit(item)
    return item.place != _END

"""Facts told again from the bus's archive, by an administrator of the municipality (process 35).

What is done because of a fact is done once per fact id, and that is remembered longer than the archive keeps
facts: a replay mends what was lost and repeats nothing.
"""

from __future__ import annotations

from dataclasses import replace

from functions.access import guard
from functions.exchange.domain import replays as rules
from functions.exchange.domain.replays import Replay
from functions.exchange.schemas.bus import NewReplay, ReplayLine, ReplayPage, ReplayQuery, ReplayView
from functions.exchange.store import archive
from functions.exchange.store import replays as store
from functions.exchange.usecases.events import heard
from functions.organisation import queries as organisation
from skolkit.audit import Trace
from skolkit.clock import now
from skolkit.errors import ChangedMeanwhile, NotFound
from skolkit.idempotency import RequestKey
from skolkit.identity import Caller
from skolkit.table import AlreadyDone, commit
from skolkit.types import new_id


def start_replay(caller: Caller, new: NewReplay, key: RequestKey) -> ReplayView:
    """Tell facts again. Six round trips. Raises what `rules.check_span` and `rules.listeners` do,
    `ReplayGoesOn`.

    It begins when it has been written down; a repeat of the request begins what the first did not come to.
    """
    _require(caller)
    last, pointer = store.latest()
    if done := key.earlier():
        _begin_again(last, done)
        raise done
    rules.check_span(new.start, new.end, now())
    targets, facts = rules.listeners(heard(), new.types, new.targets)
    if last and _goes_on(last):
        raise rules.ReplayGoesOn
    replay = Replay(
        new_id(), new.start, new.end, tuple(new.types), targets, facts, new.reason, caller.person_id, now()
    )
    view = _view(replay, version=1)
    pointer.replay = replay.id
    trace = Trace(caller.person_id, "start_replay", replay.id, new.reason, f"{new.start}/{new.end}")
    try:
        commit(
            store.replay_item(replay),
            pointer,
            trace=trace,
            once=key.once(view.model_dump_json(by_alias=True)),
        )
    except ChangedMeanwhile as error:
        raise rules.ReplayGoesOn from error
    archive.begin(replay)
    return view


def list_replays(caller: Caller, query: ReplayQuery) -> ReplayPage:
    """Replays, newest first. Two round trips."""
    _require(caller)
    found, cursor = store.page_of_replays(query.cursor, query.limit, caller.seal, "replays")
    return ReplayPage(data=[_line(replay) for replay in found], cursor=cursor)


def read_replay(caller: Caller, id: str) -> ReplayView:
    """A replay as it goes. Three round trips."""
    _require(caller)
    return _followed(_find(id))


def cancel_replay(caller: Caller, id: str, version: int) -> None:
    """Stop a replay, or see to it that what has not begun never does. Five round trips. Raises
    `ReplayEnded`.
    """
    _require(caller)
    replay = _find(id)
    if replay.version != version:
        raise ChangedMeanwhile(field="If-Match", value=version)
    state, _ = archive.follow(replay)
    if state not in rules.GOING and state != "unknown":
        raise rules.ReplayEnded(field="replay", value=id)
    stopped = replace(replay, cancelled_by=caller.person_id)
    commit(store.replay_item(stopped), trace=Trace(caller.person_id, "cancel_replay", id))
    archive.cancel(stopped)


def _require(caller: Caller) -> None:
    guard.require(caller, "exchange:replay", guard.SYSTEM, organisation.duties_of(caller.person_id))


def _find(id: str) -> Replay:
    replay = store.find_replay(id)
    if replay is None:
        raise NotFound
    return replay


def _goes_on(replay: Replay) -> bool:
    state, _ = archive.follow(replay)
    return state in rules.GOING or (state == "unknown" and replay.may_begin_yet(now()))


def _begin_again(last: Replay | None, done: AlreadyDone) -> None:
    """Begin what the same request has written down, unless it was cancelled or another has come after."""
    asked = ReplayView.model_validate_json(done.answer).id
    if last and last.id == asked and last.cancelled_by is None:
        archive.begin(last)


def _line(replay: Replay, version: int | None = None) -> ReplayLine:
    return ReplayLine.model_validate(_fields(replay, version))


def _view(replay: Replay, version: int | None = None) -> ReplayView:
    return ReplayView.model_validate(_fields(replay, version) | {"state": "starting", "replayed_to": None})


def _followed(replay: Replay) -> ReplayView:
    state, replayed_to = archive.follow(replay)
    return _view(replay).model_copy(update={"state": state, "replayed_to": replayed_to})


def _fields(replay: Replay, version: int | None) -> dict[str, object]:
    return {
        "id": replay.id, "start": replay.start, "end": replay.end, "types": list(replay.types),
        "targets": list(replay.targets), "facts": list(replay.facts), "reason": replay.reason,
        "asked_by": replay.asked_by, "asked_at": replay.asked_at, "cancelled_by": replay.cancelled_by,
        "version": version or replay.version,
    }  # fmt: skip

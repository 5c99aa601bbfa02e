"""Long work that somebody asks for over HTTP and follows: rollover, exports, extracts, rounds (decision
0010).

A job is one item in the area's table. Asking for it commits the item and a fact; a queue hands the fact to
the area's own worker, which calls `run` with a step. A step does a piece of the work and commits it together
with the job's item, so that a worker that dies is followed by one that goes on from there, and two workers at
once stop each other by the item's version. A worker out of time asks itself to go on by the same fact.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, Literal, TypeVar

from pynamodb.attributes import JSONAttribute, NumberAttribute, UnicodeAttribute

from skolkit.audit import Trace
from skolkit.clock import now, stamp
from skolkit.errors import Busy, ChangedMeanwhile, DomainError
from skolkit.events import Fact
from skolkit.http import Shape
from skolkit.idempotency import RequestKey
from skolkit.table import Item, commit
from skolkit.telemetry import failure, logger
from skolkit.types import PersonId, new_id

State = Literal["waiting", "running", "done", "failed"]
SECONDS = 600.0  # of work per turn; the worker's function is declared with timeout=900
KEPT_DAYS = 90

J = TypeVar("J", bound="JobItem")


class JobItem(Item):
    """A job: `request` is what was asked for, `place` where to go on, `outcome` what came of it. None of them
    holds personal data beyond ids. `done` of `total` pieces; `total` is 0 until it is known.
    """

    job = UnicodeAttribute()
    state = UnicodeAttribute(default="waiting")
    asked_by = UnicodeAttribute()
    asked = UnicodeAttribute()
    ended = UnicodeAttribute(null=True)
    turn = NumberAttribute(default=1)
    total = NumberAttribute(default=0)
    done = NumberAttribute(default=0)
    request = JSONAttribute(default=dict)
    place = JSONAttribute(default=dict)
    outcome = JSONAttribute(default=dict)

    @property
    def id(self) -> str:
        pk: str = self.pk
        return pk.removeprefix("JOB#")


class Asked(Fact):
    """Base of the facts that set an area's own worker going: `<area>.<Job>Asked.v1`."""

    job: str
    turn: int = 1


class JobView(Shape):
    """How far a job has come. `outcome` is the job's own; `reason` says why one failed."""

    id: str
    job: str
    state: State
    asked: str
    ended: str | None
    total: int
    done: int
    outcome: dict[str, Any]
    version: int


def ask(
    kind: type[J], fact: type[Asked], name: str, by: PersonId, request: dict[str, Any], key: RequestKey | None
) -> J:
    """Put a job in the queue; the item. With a request key a repeat answers with the first job.

    One transaction: item, fact, audit row.
    """
    id = new_id()
    at = now()
    item = kind(
        f"JOB#{id}", "JOB", job=name, asked_by=by, asked=stamp(at), request=request,
        expires=int(at.timestamp()) + KEPT_DAYS * 86_400,
    )  # fmt: skip
    once = key.once(view(item, version=1).model_dump_json(by_alias=True)) if key else None
    commit(item, facts=[fact(job=id)], trace=Trace(by, name, id), once=once)
    return item


def find(kind: type[J], id: str) -> J | None:
    """The job's item; None also when it is another kind of job. One consistent get."""
    try:
        return kind.find(f"JOB#{id}", "JOB")
    except ValueError:  # PynamoDB's word for an item of another kind
        return None


def view(item: JobItem, version: int | None = None) -> JobView:
    """What whoever asked may see."""
    return JobView(
        id=item.id, job=item.job, state=item.state, asked=item.asked, ended=item.ended, total=int(item.total),
        done=int(item.done), outcome=item.outcome, version=version or item.version,
    )  # fmt: skip


def run(
    kind: type[J], fact: Asked, step: Callable[[J], bool], *, again: type[Asked], seconds: float = SECONDS
) -> None:
    """Work on the job that `fact` names until `step` says there is nothing left, or the time is up.

    `step` changes the item (`place`, `done`, `outcome`), commits it with its own writes, and returns whether
    there is more to do. A `DomainError` ends the job as failed, with its code; anything else is left to the
    queue, which hands the fact over again. A job that has ended, or another worker has, is left alone.
    """
    item = find(kind, fact.job)
    if item is None or item.state in {"done", "failed"} or int(item.turn) != fact.turn:
        return
    item.state = "running"
    until = time.monotonic() + seconds
    try:
        while step(item):
            if time.monotonic() > until:
                item.turn = fact.turn + 1
                commit(item, facts=[again(job=item.id, turn=fact.turn + 1)])
                return
        _end(item, "done")
    except (Busy, ChangedMeanwhile):
        raise  # another worker, or a person, was first: the queue tries again with what is stored then
    except DomainError as refusal:
        item = find(kind, fact.job) or item
        if item.state in {"done", "failed"} or int(item.turn) != fact.turn:
            return  # another worker had it, and that is why this step was refused
        item.outcome = {**item.outcome, "reason": refusal.code}
        logger().warning("job refused", job=item.job, **failure(refusal))
        _end(item, "failed")


def _end(item: JobItem, state: State) -> None:
    item.state, item.ended = state, stamp(now())
    commit(item)

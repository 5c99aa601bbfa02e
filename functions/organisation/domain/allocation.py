"""Who gets which elective: the sum of ranks is made as small as it can be, with a reason for every wish.

In each turn (one per option a pupil is to have) nobody goes without who can be helped by others moving down
their lists, then ranks are as low as possible, then the lottery decides: a minimum-cost flow by successive
shortest paths (Ahuja, Magnanti, Orlin, *Network Flows*, 9.7), on the graph of options instead of pupils.
Within a turn nobody would rather have a free seat, and seats are not given back, so that holds at the end.
Options that stay under their least size are closed one at a time, the emptiest first, and all is done again.
Pupils have no right before each other here, unlike in school placement; a lot drawn from the round's seed
parts equals, so the same wishes and seed always give the same result.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, NewType

from skolkit.types import PersonId

OptionId = NewType("OptionId", str)
Reason = Literal["granted", "too-small", "conflict", "enough", "full"]
"""Why a wish was met or not: granted; the option was closed for too few; the pupil has a better wish in the
same conflict group; the pupil has got all by better wishes; the option is full.
"""

Wishes = Mapping[PersonId, Sequence[OptionId]]
"""Options by pupil, the dearest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """Something to choose. Of options with the same `block` a pupil gets at most one: they are at the same
    time. `syllabus` is the id of the edition that is read.
    """

    id: OptionId
    name: str
    capacity: int
    min_size: int = 0
    block: str | None = None
    syllabus: str | None = None


@dataclass(frozen=True, slots=True)
class Allocation:
    """What each pupil gets, which options are closed, and the lot of each (1 is drawn first)."""

    granted: Mapping[PersonId, tuple[OptionId, ...]]
    closed: frozenset[OptionId]
    lots: Mapping[PersonId, int]

    def members(self, option: OptionId) -> list[PersonId]:
        return sorted(pupil for pupil, mine in self.granted.items() if option in mine)


def draw(pupils: Collection[PersonId], seed: int) -> dict[PersonId, int]:
    """Everybody's lot, 1 and up, whatever order they come in.

    >>> draw([PersonId("a"), PersonId("b")], 1) == draw([PersonId("b"), PersonId("a")], 1)
    True
    """
    ordered = sorted(pupils, key=lambda p: (hashlib.sha256(f"{seed}:{p}".encode()).digest(), p))
    return {pupil: number for number, pupil in enumerate(ordered, 1)}


def allocate(options: Sequence[Option], wishes: Wishes, grants: int, seed: int) -> Allocation:
    """Give every pupil up to `grants` of the options it wishes for. No capacity is exceeded, every option
    still open has its least size, and nobody would rather have a free seat.
    """
    lots = draw([pupil for pupil, mine in wishes.items() if mine], seed)
    closed: set[OptionId] = set()
    while True:
        table = _Table({o.id: o for o in options if o.id not in closed}, wishes, grants, lots)
        table.fill()
        small = [o for o in table.options.values() if len(table.members[o.id]) < o.min_size]
        if not small:
            granted = {p: tuple(sorted(got, key=table.ranks[p].__getitem__)) for p, got in table.got.items()}
            return Allocation(granted, frozenset(closed), lots)
        closed.add(min(small, key=lambda o: (len(table.members[o.id]) / o.min_size, o.id)).id)


def explain(
    options: Sequence[Option], wishes: Sequence[OptionId], granted: Collection[OptionId],
    closed: Collection[OptionId], grants: int,
) -> list[tuple[OptionId, Reason]]:  # fmt: skip
    """The reason for each of a pupil's wishes, in their order."""
    blocks = {option.id: option.block for option in options}
    rank = {option: number for number, option in enumerate(wishes)}
    reasons: list[tuple[OptionId, Reason]] = []
    for wish in wishes:
        better = [option for option in granted if rank[option] < rank[wish]]
        reason: Reason = "full"
        if wish in granted:
            reason = "granted"
        elif wish in closed:
            reason = "too-small"
        elif blocks[wish] is not None and any(blocks[option] == blocks[wish] for option in better):
            reason = "conflict"
        elif len(better) == grants:
            reason = "enough"
        reasons.append((wish, reason))
    return reasons


@dataclass
class _Table:
    """Seats while they are given out."""

    options: Mapping[OptionId, Option]
    wishes: Wishes
    grants: int
    lots: Mapping[PersonId, int]
    got: dict[PersonId, set[OptionId]] = field(init=False)
    members: dict[OptionId, set[PersonId]] = field(init=False)
    ranks: dict[PersonId, dict[OptionId, int]] = field(init=False)

    def __post_init__(self) -> None:
        self.got = {pupil: set() for pupil in self.lots}
        self.members = {option: set() for option in self.options}
        self.ranks = {
            pupil: {o: n for n, o in enumerate(self.wishes[pupil], 1) if o in self.options}
            for pupil in self.lots
        }

    def fill(self) -> None:
        for _ in range(self.grants):
            seats = {o: option.capacity - len(self.members[o]) for o, option in self.options.items()}
            turn = _Turn(seats, {p: self._possible(p, seats) for p in self.lots}, self.lots)
            for pupil, option in turn.assign().items():
                self._give(pupil, option)

    def _possible(self, pupil: PersonId, seats: Mapping[OptionId, int]) -> dict[OptionId, int]:
        mine = self.got[pupil]
        return {
            option: rank
            for option, rank in self.ranks[pupil].items()
            if seats[option] > 0 and option not in mine and not self._rival(pupil, option)
        }

    def _rival(self, pupil: PersonId, option: OptionId) -> OptionId | None:
        block = self.options[option].block
        return next((o for o in self.got[pupil] if block and self.options[o].block == block), None)

    def _give(self, pupil: PersonId, option: OptionId) -> None:
        self.got[pupil].add(option)
        self.members[option].add(pupil)


class _Turn:
    """One option for each pupil that can have one, at the least cost.

    A pupil's cost of an option is its rank times a weight that is nearly the same for all, a little more for
    an early lot; to go without costs more than all ranks together.
    """

    def __init__(
        self,
        seats: Mapping[OptionId, int],
        possible: Mapping[PersonId, Mapping[OptionId, int]],
        lots: Mapping[PersonId, int],
    ) -> None:
        self.seats = {option: count for option, count in seats.items() if count > 0}
        self.lots = {pupil: lot for pupil, lot in lots.items() if possible[pupil]}
        count = len(self.lots) or 1
        worst = max((rank for mine in possible.values() for rank in mine.values()), default=1)
        unit = count * count * (worst + 1)
        early = {pupil: count - place for place, pupil in enumerate(sorted(self.lots, key=lots.__getitem__))}
        self.cost = {p: {o: rank * (unit + early[p]) for o, rank in possible[p].items()} for p in self.lots}
        self.without = {p: unit * (count * worst + 1) + early[p] for p in self.lots}
        self.members: dict[OptionId, set[PersonId]] = {option: set() for option in self.seats}

    def assign(self) -> dict[PersonId, OptionId]:
        for pupil in sorted(self.lots, key=self.lots.__getitem__):
            dearest = min(self.cost[pupil], key=self.cost[pupil].__getitem__)
            if self._free(dearest):  # cannot be cheaper: nobody else gains by a pupil more
                self.members[dearest].add(pupil)
            else:
                self._augment(pupil)
        return {pupil: option for option, mine in self.members.items() for pupil in mine}

    def _free(self, option: OptionId) -> bool:
        return len(self.members[option]) < self.seats[option]

    def _augment(self, pupil: PersonId) -> None:
        """Let the pupil in by the cheapest chain of moves, which may end with somebody going without."""
        moves = self._moves()
        distance: dict[OptionId, int] = dict(self.cost[pupil])
        came: dict[OptionId, tuple[OptionId | None, PersonId]] = dict.fromkeys(distance, (None, pupil))
        changed = True
        while changed:  # Bellman–Ford: the least cost to push one pupil more into each option
            changed = False
            for (here, there), (extra, mover) in moves.items():
                if here in distance and distance[here] + extra < distance.get(
                    there, distance[here] + extra + 1
                ):
                    distance[there] = distance[here] + extra
                    came[there] = (here, mover)
                    changed = True
        ends: list[tuple[int, str, OptionId, PersonId | None]] = [
            (cost, option, option, None) for option, cost in distance.items() if self._free(option)
        ]
        for option, cost in distance.items():
            if self.members[option]:
                extra, leaves = min((self.without[p] - self.cost[p][option], p) for p in self.members[option])
                ends.append((cost + extra, option, option, leaves))
        least, _, end, out = min(ends, key=lambda e: (e[0], e[1], e[3] or ""))
        if least >= self.without[pupil]:
            return
        if out is not None:
            self.members[end].discard(out)
        self._walk_back(end, came)

    def _walk_back(self, end: OptionId, came: Mapping[OptionId, tuple[OptionId | None, PersonId]]) -> None:
        here: OptionId | None = end
        while here is not None:
            before, mover = came[here]
            if before is not None:
                self.members[before].discard(mover)
            self.members[here].add(mover)
            here = before

    def _moves(self) -> dict[tuple[OptionId, OptionId], tuple[int, PersonId]]:
        """The cheapest pupil to move from each option to each other, and what it costs."""
        moves: dict[tuple[OptionId, OptionId], tuple[int, PersonId]] = {}
        for here, mine in self.members.items():
            for pupil in mine:
                costs = self.cost[pupil]
                for there, cost in costs.items():
                    move = (cost - costs[here], pupil)
                    if there != here and move < moves.get((here, there), (move[0] + 1, pupil)):
                        moves[here, there] = move
        return moves

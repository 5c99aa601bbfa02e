"""Who gets which elective: what holds whatever the wishes are, and that ranks are as low as they can be."""

from __future__ import annotations

from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from functions.organisation.domain.allocation import Allocation, Option, OptionId, allocate, explain
from skolkit.types import PersonId

KEYS = [OptionId(f"o{n}") for n in range(5)]


@st.composite
def rounds(
    draw: st.DrawFn, *, least: int = 3, grants: int = 3
) -> tuple[list[Option], dict[PersonId, tuple[OptionId, ...]], int, int]:
    options = []
    for key in KEYS[: draw(st.integers(1, 5))]:
        capacity = draw(st.integers(1, 4))
        small = draw(st.integers(0, min(least, capacity)))
        block = draw(st.sampled_from([None, "a", "b"]))
        options.append(Option(id=key, name=key, capacity=capacity, min_size=small, block=block))
    keys = [option.id for option in options]
    lists = st.lists(st.sampled_from(keys), unique=True, max_size=5)
    wishes = {PersonId(f"p{n}"): tuple(draw(lists)) for n in range(draw(st.integers(0, 9)))}
    return options, wishes, draw(st.integers(1, grants)), draw(st.integers(0, 1000))


@settings(max_examples=300, deadline=None)
@given(rounds())
def test_what_always_holds(
    case: tuple[list[Option], dict[PersonId, tuple[OptionId, ...]], int, int],
) -> None:
    options, wishes, grants, seed = case
    made = allocate(options, wishes, grants, seed)
    block = {option.id: option.block for option in options}
    for option in options:
        size = len(made.members(option.id))
        assert size <= option.capacity
        assert (size == 0) if option.id in made.closed else (size >= option.min_size)
    full = {o.id for o in options if len(made.members(o.id)) == o.capacity}
    for pupil, mine in wishes.items():
        got = made.granted.get(pupil, ())
        blocks = [block[o] for o in got if block[o]]
        assert set(got) <= set(mine)
        assert len(got) <= grants
        assert len(blocks) == len(set(blocks))
        reasons = explain(options, mine, got, made.closed, grants)
        assert [wish for wish, _ in reasons] == list(mine)
        for rank, (wish, reason) in enumerate(reasons):
            better = [o for o in got if mine.index(o) < rank]
            assert {
                "granted": wish in got,
                "too-small": wish in made.closed,
                "conflict": any(block[o] == block[wish] for o in better),
                "enough": len(better) == grants,
                "full": wish in full,  # nobody would rather have a free seat
            }[reason]


@settings(max_examples=100, deadline=None)
@given(rounds(), st.randoms())
def test_the_same_wishes_and_seed_give_the_same_result(case, random) -> None:  # type: ignore[no-untyped-def]
    options, wishes, grants, seed = case
    shuffled = list(wishes.items())
    random.shuffle(shuffled)
    assert allocate(options, dict(shuffled), grants, seed) == allocate(options, wishes, grants, seed)


def cost(wishes: dict[PersonId, tuple[OptionId, ...]], made: Allocation) -> tuple[int, int]:
    """How many go without, and the sum of the others' ranks."""
    ranks = [mine.index(made.granted[p][0]) + 1 for p, mine in wishes.items() if made.granted.get(p)]
    return len(wishes) - len(ranks), sum(ranks)


@settings(max_examples=60, deadline=None)
@given(rounds(least=0, grants=1))
def test_ranks_are_as_low_as_any_allocation_can_make_them(
    case: tuple[list[Option], dict[PersonId, tuple[OptionId, ...]], int, int],
) -> None:
    options, everybody, _, seed = case
    wishes = {p: mine[:3] for p, mine in everybody.items() if mine}
    wishes = dict(list(wishes.items())[:6])
    seats = {option.id: option.capacity for option in options}
    best = min(
        (without.count(None), sum(wishes[p].index(o) + 1 for p, o in zip(wishes, without, strict=True) if o))
        for without in product(*[[None, *mine] for mine in wishes.values()])
        if all(without.count(option) <= count for option, count in seats.items())
    )
    assert cost(wishes, allocate(options, wishes, 1, seed)) == best


def test_an_early_lot_decides_between_equals() -> None:
    wishes = {PersonId(name): (KEYS[0], KEYS[1]) for name in "abcd"}
    options = [Option(id=key, name=key, capacity=2) for key in KEYS[:2]]
    made = allocate(options, wishes, 1, 7)
    first = {pupil for pupil, lot in made.lots.items() if lot <= 2}
    assert set(made.members(KEYS[0])) == first
    assert {frozenset(allocate(options, wishes, 1, seed).members(KEYS[0])) for seed in range(20)} != {
        frozenset(first)
    }


def test_what_too_few_want_is_closed_and_they_get_the_next() -> None:
    small = [Option(id=KEYS[0], name="", capacity=9, min_size=3), Option(id=KEYS[1], name="", capacity=9)]
    wishes = {PersonId("a"): (KEYS[0], KEYS[1]), PersonId("b"): (KEYS[0],), PersonId("c"): (KEYS[1],)}
    made = allocate(small, wishes, 1, 1)
    assert made.closed == {KEYS[0]}
    assert made.members(KEYS[1]) == ["a", "c"]
    assert explain(small, wishes[PersonId("b")], (), made.closed, 1) == [(KEYS[0], "too-small")]

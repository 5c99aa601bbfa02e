"""What may be replayed, and who is told again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.exchange.domain import replays as rules
from functions.exchange.domain.replays import ARCHIVED, BEGUN, SETTLED, Replay, check_span, listeners
from skolkit.types import PersonId

NOW = datetime(2026, 11, 23, 11, 0, tzinfo=UTC)
HEARD = {"a.X.v1": ["a.one", "b.two"], "a.Y.v1": ["b.two"], "a.Z.v1": ["c.three"], "a.Nobody.v1": []}
functions = st.sampled_from(["a.one", "b.two", "c.three", "d.four"])
heards = st.dictionaries(st.sampled_from(["a.X.v1", "a.Y.v1", "b.Z.v1"]), st.lists(functions, min_size=1))


def test_the_edges_of_the_span() -> None:
    check_span(NOW - ARCHIVED, NOW - SETTLED, NOW)
    moment = timedelta(microseconds=1)
    with pytest.raises(rules.BeyondArchive):
        check_span(NOW - ARCHIVED - moment, NOW - SETTLED, NOW)
    with pytest.raises(rules.NotArchivedYet):
        check_span(NOW - ARCHIVED, NOW - SETTLED + moment, NOW)
    with pytest.raises(rules.SpanBackwards):
        check_span(NOW - SETTLED, NOW - SETTLED, NOW)


def test_whoever_hears_a_chosen_fact_hears_its_others_too() -> None:
    assert listeners(HEARD, ["a.Y.v1"], None) == (("b.two",), ("a.X.v1", "a.Y.v1"))
    assert listeners(HEARD, ["a.X.v1"], ["a.one"]) == (("a.one",), ("a.X.v1",))


@pytest.mark.parametrize(
    ("types", "chosen", "refusal"),
    [
        (["a.W.v1"], None, rules.UnknownFact),
        (["a.Nobody.v1"], None, rules.NobodyListens),
        (["a.Y.v1", "a.Z.v1"], ["b.two"], rules.NobodyListens),
        (["a.Y.v1"], ["b.two", "c.three"], rules.NobodyListens),
    ],
)
def test_a_choice_that_reaches_nobody_is_refused(
    types: list[str], chosen: list[str] | None, refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        listeners(HEARD, types, chosen)


@given(heards, st.data())
def test_every_chosen_fact_reaches_somebody_and_nobody_else_is_told(
    heard: dict[str, list[str]], data: st.DataObject
) -> None:
    types = data.draw(st.lists(st.sampled_from(sorted(heard)), min_size=1)) if heard else []
    targets, facts = listeners(heard, types, None)
    assert set(types) <= set(facts)
    assert all(set(heard[type]) & set(targets) for type in facts)
    assert set(targets) == {one for type in types for one in heard[type]}


def test_what_was_just_asked_for_may_begin_yet_unless_it_was_cancelled() -> None:
    asked = Replay("1", NOW, NOW, (), (), (), "", PersonId("p"), NOW)
    assert asked.may_begin_yet(NOW + BEGUN - timedelta(seconds=1))
    assert not asked.may_begin_yet(NOW + BEGUN)
    cancelled = Replay("1", NOW, NOW, (), (), (), "", PersonId("p"), NOW, cancelled_by=PersonId("p"))
    assert not cancelled.may_begin_yet(NOW)

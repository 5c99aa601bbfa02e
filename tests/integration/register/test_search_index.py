"""The search index follows the register: whatever is delivered, how often and in whatever order, it ends as
if made from what is stored.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any

import pytest

from functions.register.domain.enrolment import Enrolment
from functions.register.domain.people import Marking, NewPerson, PersonName, Responsible
from functions.register.domain.search import Findable
from functions.register.events import SearchRenewalAsked
from functions.register.store import people as people_store
from functions.register.store import search_index as store
from functions.register.store.items import PersonItem, RegisterItem, profile_key
from functions.register.store.search import sort_key, word_key
from functions.register.store.writes import person_writes
from functions.register.usecases import search_index
from infra.local.cloud import Cloud
from skolkit.clock import today
from skolkit.errors import Busy
from skolkit.jobs import ask, find
from skolkit.sweden.codes import SchoolForm
from skolkit.table import Remove, commit, dynamodb, put_many
from skolkit.types import PersonId, UnitId, stable_id
from tests.support.areas import acting_as, deliver, outbox, run_schedule
from tests.support.changes import Changes, changes
from tests.support.fixtures import lay_tables
from tests.support.meter import metered

UNITS = [UnitId(stable_id("unit", name)) for name in "ab"]
ADULTS = [PersonId(stable_id("adult", str(n))) for n in range(3)]
CHILDREN = [PersonId(stable_id("child", str(n))) for n in range(3)]
NAMES = ("Åsa", "Asa", "Bo", "Anna-Lisa", "Öberg", "von Essen", "Li")


@pytest.fixture(scope="module")
def laid(cloud: Cloud) -> Cloud:
    lay_tables(cloud)
    return cloud


@pytest.fixture
def stream(laid: Cloud) -> Iterator[Changes]:
    """An empty register; what is written waits until it is delivered."""
    assert laid.alive()
    with acting_as("register"), changes("register", "keep_search") as noted:
        for pk, sk in rows(""):
            dynamodb().delete_item(TableName="skolkit-register", Key={"pk": {"S": pk}, "sk": {"S": sk}})
        noted.take()
        yield noted


def person(
    id: PersonId, given: str, family: str, *, marking: Marking = "Ingen",
    units: tuple[UnitId, ...] | None = None, adults: tuple[PersonId, ...] | None = None,
    born: date = date(1985, 1, 31),
) -> NewPerson:  # fmt: skip
    stays = None
    if units is not None:
        stays = tuple(Enrolment(u, SchoolForm.AFTER_SCHOOL_CENTRE, None, date(2026, 8, 18)) for u in units)
    return NewPerson(
        id, None, given, family, born, marking, (), None, None, "sv", stays,
        None if adults is None else tuple(Responsible(a, "Vårdnadshavare") for a in adults), "",
    )  # fmt: skip


def store_person(new: NewPerson) -> None:
    commit(*person_writes(new, today(), stored=PersonItem.find(*profile_key(new.id)) is not None))


def forget(id: PersonId) -> None:
    """Everything of a person's partition is erased, as the retention plan does it."""
    if rows_there := people_store.rows_of(id):
        commit(*(Remove(row) for row in rows_there))


def rows(prefix: str) -> dict[tuple[str, str], dict[str, Any]]:
    pages = dynamodb().get_paginator("scan").paginate(TableName="skolkit-register")
    keys = ((item, (item["pk"]["S"], item["sk"]["S"])) for page in pages for item in page["Items"])
    return {key: item for item, key in keys if key[0].startswith(prefix)}


def wanted() -> dict[tuple[str, str], tuple[str, ...]]:
    """The index as it should be, made from what is stored of everybody."""
    cards = [card for id in (*ADULTS, *CHILDREN) if (card := people_store.find_card(id))]
    names = {c.id: PersonName(c.id, c.given_name, c.family_name, c.protected) for c in cards}
    found = [findable for card in cards if (findable := Findable.of(card, names, today()))]
    tokens = [token for findable in found for token in findable.tokens()]
    return {word_key(sort_key(t)): tuple(word.written for word in t.name) for t in tokens}


def index() -> dict[tuple[str, str], tuple[str, ...]]:
    """The index as it is; what every person is said to be found by is the same."""
    found = {key: tuple(json.loads(row["name"]["S"])) for key, row in rows("FIND#").items()}
    said = {word_key(sk) for row in rows("FOUND#").values() for sk in json.loads(row["words"]["S"])}
    assert said == set(found)
    return found


def changed(chance: random.Random) -> None:
    """One random change of somebody."""
    given, family = chance.choice(NAMES), chance.choice(NAMES)
    marking: Marking = chance.choice(("Ingen", "Ingen", "Ingen", "Sekretessmarkering"))
    if chance.random() < 0.6:
        adult = chance.choice(ADULTS)
        if chance.random() < 0.1:
            forget(adult)
        else:
            store_person(person(adult, given, family, marking=marking))
        return
    child = chance.choice(CHILDREN)
    if chance.random() < 0.2:
        forget(child)
        return
    units = tuple(chance.sample(UNITS, chance.randrange(3)))
    adults = tuple(chance.sample(ADULTS, chance.randrange(1, 4)))
    born = date(2016, 5, 4)
    store_person(person(child, given, family, marking=marking, units=units, adults=adults, born=born))


@pytest.mark.parametrize("seed", range(8))
def test_any_delivery_of_any_changes_ends_in_the_same_index(stream: Changes, seed: int) -> None:
    chance = random.Random(seed)
    late, before = [], []
    for _ in range(12):
        changed(chance)
        some = stream.take()
        chance.shuffle(some)
        keep = chance.choice((len(some), len(some), chance.randrange(len(some) + 1)))
        late += some[keep:]
        before += some[:keep]
        again = chance.sample(before, min(len(before), chance.choice((0, 0, 0, 3))))
        if some[:keep] or again:
            assert stream.deliver([*some[:keep], *again]) == []
            stream.take()
    chance.shuffle(late)
    while late:
        size = chance.randrange(1, 9)
        assert stream.deliver(late[:size]) == []
        late = late[size:]
    assert index() == wanted()
    assert stream.records == []


def test_another_way_to_write_the_same_words(stream: Changes) -> None:
    for given in ("Åsa", "Asa"):
        store_person(person(ADULTS[0], given, "Ek"))
        assert stream.deliver() == []
        assert index() == wanted()


def test_whoever_changes_while_being_written_is_written_again(
    stream: Changes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The name changes between reading and writing, after the other reader of it found nothing to do."""
    adult, child = ADULTS[0], CHILDREN[0]
    store_person(person(adult, "Åsa", "Ek"))
    store_person(person(child, "Bo", "Ek", units=tuple(UNITS), adults=(adult,), born=date(2016, 5, 4)))
    assert stream.deliver() == []
    store_person(person(adult, "Ida", "Ek"))
    real: Callable[..., None] = commit
    moments = [lambda: store_person(person(adult, "Åsa", "Ek")), lambda: None]

    def late(*writes: Any) -> None:
        if moments:
            moments.pop(0)()
            assert Changes.deliver(stream, quiet) == []
        real(*writes)

    quiet: list[dict[str, Any]] = []
    asked = stream.take()
    monkeypatch.setattr(search_index, "commit", late)
    stream._handler({"Records": asked}, None)
    assert index() == wanted()


def test_two_who_write_at_the_same_time(stream: Changes, monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody who has read the old names is first with everybody, and dies; each is written again."""
    for child in CHILDREN:
        store_person(person(child, "Bo", "Ek", units=(), adults=(), born=date(2016, 5, 4)))
    stale = store.read(CHILDREN, today())
    for child in CHILDREN:
        store_person(person(child, "Åsa", "Ek", units=(), adults=(), born=date(2016, 5, 4)))
    real = commit

    def second(*writes: Any) -> None:
        monkeypatch.setattr(search_index, "commit", real)
        for entry in stale:
            real(*store.writes_of(entry))
        real(*writes)

    monkeypatch.setattr(search_index, "commit", second)
    assert stream.deliver() == []
    assert index() == wanted()


def test_one_who_cannot_be_written_holds_up_nobody_else(
    stream: Changes, monkeypatch: pytest.MonkeyPatch
) -> None:
    for child in CHILDREN:
        store_person(person(child, "Bo", "Ek", units=(), adults=(), born=date(2016, 5, 4)))
    real = store.read

    def read(people: list[PersonId], day: date) -> list[store.Entry]:
        if CHILDREN[1] in people:
            raise Busy
        return real(people, day)

    asked = stream.take()
    monkeypatch.setattr(store, "read", read)
    bad = next(r for r in asked if r["dynamodb"]["Keys"]["pk"]["S"] == f"PERSON#{CHILDREN[1]}")
    assert stream.deliver(asked) == [bad["dynamodb"]["SequenceNumber"]]
    assert set(index()) == {key for key in wanted() if CHILDREN[1] not in key[1]}
    monkeypatch.setattr(store, "read", real)
    assert stream.deliver(asked[asked.index(bad) :]) == []
    assert index() == wanted()


def test_the_erased_leave_nothing_but_an_empty_item_that_expires(stream: Changes) -> None:
    adult, child = ADULTS[0], CHILDREN[0]
    store_person(person(adult, "Åsa", "Ek"))
    store_person(person(child, "Bo", "Ek", units=tuple(UNITS), adults=(adult,), born=date(2016, 5, 4)))
    assert stream.deliver() == []
    assert len([key for key in index() if key[1].startswith("G#")]) == 4
    forget(adult)
    assert stream.deliver() == []
    assert {key[1].split("#")[-2] for key in index()} == {child}
    assert index() == wanted()
    store_person(person(adult, "Åsa", "Ek"))
    forget(child)
    assert stream.deliver() == []
    assert {key[1].split("#")[-2] for key in index()} == {adult}
    (left,) = (row for key, row in rows("FOUND#").items() if child in key[0])
    soon = (today() + timedelta(days=store.EMPTY_DAYS + 1)).strftime("%s")
    assert int(left["expires"]["N"]) < int(soon)
    assert (left["words"]["S"], left["stays"]["S"]) == ("{}", "[]")


def test_more_words_than_a_transaction_takes_come_in_two(stream: Changes) -> None:
    many = tuple(UnitId(stable_id("unit", str(n))) for n in range(11))
    for family in ("Alfa Beta Gamma", "Delta Epsilon Zeta"):
        store_person(person(CHILDREN[0], "Åsa Bo Li", family, units=many, born=date(2016, 5, 4)))
        assert stream.deliver() == []
        assert index() == wanted()
        assert len(index()) > 60


def test_everybody_is_gone_through(stream: Changes) -> None:
    """People from before the index, and words that nothing asks for any more."""
    adult, child = ADULTS[0], CHILDREN[0]
    store_person(person(adult, "Åsa", "Ek"))
    store_person(person(child, "Bo", "Ek", units=(UNITS[0],), adults=(adult,), born=date(2016, 5, 4)))
    stream.take()
    assert index() == {}
    run_schedule("register", "renew_search")
    run_schedule("register", "renew_search")
    (asked,) = [fact for fact in outbox("register") if fact["type"] == SearchRenewalAsked.type]
    assert deliver("register", "go_through_search", asked) == []
    assert index() == wanted() != {}
    job = find(store.SearchJobItem, asked["data"]["job"])
    assert job
    assert (job.state, int(job.done)) == ("done", 2)
    forget(child)
    stream.take()  # the stream has given up
    with acting_as("register"):
        again = ask(store.SearchJobItem, SearchRenewalAsked, "renew_search", adult, {}, None)
    (asked,) = [fact for fact in outbox("register") if fact["data"].get("job") == again.id]
    assert deliver("register", "go_through_search", asked) == []
    assert index() == wanted() != {}


def test_what_it_costs(stream: Changes) -> None:
    """A hundred people in a delivery: a query each, and little more."""
    ids = [PersonId(stable_id("one", str(n))) for n in range(100)]
    put_many(
        PersonItem(*profile_key(id), given_name="Åsa", family_name="Ek", birth_date="1985-01-31")
        for id in ids
    )
    asked = stream.take()
    with metered() as use:
        assert stream.deliver(asked) == []
    assert use.operations.count("Query") == 100
    assert use.operations.count("TransactWriteItems") == 4
    assert use.trips <= 108, use.operations
    with metered() as use:
        assert stream.deliver(asked) == []
    assert (use.trips, use.writes) == (101, 0)
    assert RegisterItem.find(*profile_key(ids[0]))

"""What finding people, and keeping the index for it, costs as the municipality grows: handler time, round
trips and request units, printed with `-s`; that what is read does not grow with the municipality is asserted.
`SEARCHED=100000` asks a large one. The embedded DynamoDB looks at every item of a partition, AWS at no more
than `Limit`: the time spent inside it is printed apart. Of the index only the partitions that are read are
filled, and of the people those whom they lead to: nothing else is looked at.
"""

from __future__ import annotations

import os
import random
import statistics
import time
from collections.abc import Callable, Iterator
from datetime import date
from functools import partial
from typing import Any

import pytest

from functions.organisation.domain.staffing import DutyRecord
from functions.organisation.store.duties import duty_writes
from functions.register.domain.enrolment import Enrolment, EnrolmentId
from functions.register.domain.people import PersonCard, PersonName, Responsible, of_age
from functions.register.domain.search import Findable
from functions.register.store.enrolments import enrolment_writes, kin_item
from functions.register.store.items import FoundByItem, PersonItem, WordItem, found_by_key, profile_key
from functions.register.store.search import sort_key, word_item
from functions.register.store.writes import relation_items
from functions.register.usecases import search_index
from infra.local.cloud import Cloud
from infra.local.population.names import draw_origin
from skolkit.sweden.codes import SchoolForm
from skolkit.table import Item, Overwrite, Write, dynamodb, put_many
from skolkit.types import PersonId, UnitId, stable_id
from tests.support.areas import acting_as, call
from tests.support.fixtures import lay_tables
from tests.support.meter import metered

SIZES = (2_000, int(os.environ.get("SEARCHED", "10000")))
PUPILS_AT_UNIT = 500
MOST = 150  # read units of a search: 21 people of five items, and three reads of the index
DAY = date(2026, 11, 23)
UNIT_ADMIN, CITY_ADMIN = PersonId(stable_id("person", "u")), PersonId(stable_id("person", "c"))
FIRST = UnitId(stable_id("unit", "0"))
SEARCHES: dict[str, tuple[PersonId, dict[str, Any]]] = {
    "name": (CITY_ADMIN, {"name": "anna"}),
    "beginning": (CITY_ADMIN, {"name": "and"}),
    "two words": (CITY_ADMIN, {"name": "anders lund"}),
    "accents": (CITY_ADMIN, {"name": "åsa"}),
    "guardian": (CITY_ADMIN, {"guardian": {"name": "karlsson"}}),
    "unit": (CITY_ADMIN, {"unit": FIRST}),
    "unit's name": (UNIT_ADMIN, {"name": "an"}),
    "common name": (CITY_ADMIN, {"name": "andersson"}),
    "unit's guardian": (UNIT_ADMIN, {"guardian": {"name": "and"}}),
}
PARTITIONS = {
    "FIND#N#ann", "FIND#N#and", "FIND#N#asa", "FIND#NN#and lun", "FIND#G#kar", f"FIND#U#{FIRST}",
    f"{FIRST}#N#an", f"{FIRST}#G#an",
}  # fmt: skip


def people(size: int, *, indexed: bool = True) -> Iterator[Item]:
    """Families of two adults and a child, in units of 500 pupils, with or without the index."""
    chance = random.Random(7)

    def card(id: PersonId, born: date, *more: Any) -> PersonCard:
        origin = draw_origin(chance)
        given = origin.given(chance, chance.choice(("Kvinna", "Man")), child=False)
        return PersonCard(id, given, origin.family.draw(chance), born, "Ingen", *more)

    for number in range(size // 3):
        unit = UnitId(stable_id("unit", str(number // PUPILS_AT_UNIT)))
        ids = [PersonId(stable_id("person", f"{number} {part}")) for part in "abc"]
        adults = [card(id, date(1985, 1, 31)) for id in ids[1:]]
        form, start = SchoolForm.COMPULSORY, date(2026, 8, 18)
        stay = Enrolment(unit, form, 3, start, id=EnrolmentId(stable_id(ids[0])))
        custody = tuple(Responsible(adult.id, "Vårdnadshavare") for adult in adults)
        child = card(ids[0], date(2016, 5, 4), (stay,), custody)
        names = {a.id: PersonName(a.id, a.given_name, a.family_name, False) for a in adults}
        index = [item for each in (child, *adults) for item in _index(each, names)] if indexed else []
        if indexed and not any(isinstance(item, WordItem) for item in index):
            continue
        yield from index
        yield from _items(enrolment_writes(child.id, [stay], ())[:1])
        yield kin_item(child.id, of_age(child.birth_date), custody)
        for relation in () if indexed else custody:  # a search by name reads the one item of them all
            yield from _items(relation_items(child.id, child.birth_date, relation))
        for each in (child, *adults):
            yield PersonItem(
                *profile_key(each.id), given_name=each.given_name, family_name=each.family_name,
                birth_date=each.birth_date.isoformat(),
            )  # fmt: skip


def _index(card: PersonCard, names: dict[PersonId, PersonName]) -> Iterator[Item]:
    findable = Findable.of(card, names, DAY)
    assert findable
    tokens = findable.tokens()
    stays = [[e.id, e.unit] for e in card.enrolments]
    yield FoundByItem(*found_by_key(card.id), words={sort_key(token): 0 for token in tokens}, stays=stays)
    words = (word_item(token) for token in tokens)
    yield from (word for word in words if PARTITIONS & {word.pk, word.at})


def _administrators() -> Iterator[Item]:
    for who, unit in ((UNIT_ADMIN, FIRST), (CITY_ADMIN, None)):
        duty = DutyRecord(
            id=stable_id(who), person=who, unit=unit, duty_role="Skoladministratör", start=date(2020, 8, 1),
            role="administrator",
        )  # fmt: skip
        yield from (write if isinstance(write, Item) else write.item for write in duty_writes(None, duty))


def _items(writes: list[Write]) -> Iterator[Item]:
    yield from (write.item for write in writes if isinstance(write, Overwrite))


def test_a_search_does_not_grow_with_the_municipality(
    cloud: Cloud, capsys: pytest.CaptureFixture[str]
) -> None:
    read: dict[tuple[str, int], float] = {}
    for size in SIZES:
        lay_tables(cloud)
        put_many(people(size))
        put_many(_administrators())
        for what, (who, body) in SEARCHES.items():
            took, inside = medians(partial(status, who, body))
            with metered() as use:
                shown = call("register", "search_people", who, body=body).body["data"]
            read[what, size] = use.reads
            with capsys.disabled():
                print(
                    f"{size:7} {what:16} {took:7.1f} ms, {took - inside:5.1f} outside DynamoDB, {use.trips} "
                    f"trips {use.reads:5.1f} RRU {len(shown)} shown"
                )
    assert all(units < MOST for units in read.values()), read


def test_what_it_costs_to_be_found(cloud: Cloud, capsys: pytest.CaptureFixture[str]) -> None:
    """Everybody of a file, delivered in batches as the stream does, then the same once more."""
    lay_tables(cloud)
    rows = list(people(600, indexed=False))
    put_many(rows)
    keys = [(row.pk, row.sk) for row in rows if row.kind_name() in ("person", "enrolment", "kin")]
    for what in ("new", "the same again"):
        started = time.perf_counter()
        with metered() as use, acting_as("register"):
            for start in range(0, len(keys), 200):
                search_index.keep(keys[start : start + 200])
        took = time.perf_counter() - started
        assert what == "new" or use.writes == 0
        with capsys.disabled():
            print(
                f"keeping 600 people, {what}: {took / 600 * 1000:.1f} ms, {use.trips / 600:.2f} trips, "
                f"{use.reads / 600:.1f} RRU, {use.writes / 600:.1f} WRU each"
            )


def status(who: PersonId, body: dict[str, Any]) -> int:
    return call("register", "search_people", who, body=body).status


def medians(act: Callable[[], int], runs: int = 7) -> tuple[float, float]:
    """Milliseconds of wall time, and of those inside DynamoDB."""
    times, inside = [], []
    events = dynamodb().meta.events
    clock = {"at": 0.0, "sum": 0.0}

    def before(**_: Any) -> None:
        clock["at"] = time.perf_counter()

    def after(**_: Any) -> None:
        clock["sum"] += time.perf_counter() - clock["at"]

    events.register("before-send.dynamodb", before)
    events.register("response-received.dynamodb", after)
    for _ in range(runs):
        clock["sum"] = 0.0
        started = time.perf_counter()
        assert act() == 200
        times.append((time.perf_counter() - started) * 1000)
        inside.append(clock["sum"] * 1000)
    events.unregister("before-send.dynamodb", before)
    events.unregister("response-received.dynamodb", after)
    return statistics.median(times), statistics.median(inside)

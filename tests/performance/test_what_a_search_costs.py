"""What finding people costs as the municipality grows: handler time, round trips and read units, printed
with `-s`; that what is read does not grow with the municipality is asserted. `SEARCHED=100000` asks a large
one. The embedded DynamoDB looks at every item of a partition, AWS at no more than `Limit`: the time spent
inside it is printed apart.
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

from functions.organisation.store.duties import duty_item
from functions.register.domain.enrolment import Enrolment
from functions.register.domain.people import PersonName, Responsible
from functions.register.domain.search import Findable
from functions.register.store.items import PersonItem, profile_key
from functions.register.store.search import found_writes
from functions.register.store.writes import enrolment_item, relation_items
from infra.local.cloud import Cloud
from infra.local.population.names import draw_origin
from skolkit.sweden.codes import SchoolForm
from skolkit.table import Item, Overwrite, Write, dynamodb, put_many
from skolkit.types import PersonId, UnitId, stable_id
from tests.support.areas import call
from tests.support.fixtures import lay_tables
from tests.support.meter import metered

SIZES = (2_000, int(os.environ.get("SEARCHED", "10000")))
PUPILS_AT_UNIT = 500
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


def people(size: int) -> Iterator[Item]:
    """Families of two adults and a child, in units of 500 pupils."""
    chance = random.Random(7)

    def name(id: PersonId) -> PersonName:
        origin = draw_origin(chance)
        given = origin.given(chance, chance.choice(("Kvinna", "Man")), child=False)
        return PersonName(id, given, origin.family.draw(chance), False)

    for number in range(size // 3):
        unit = UnitId(stable_id("unit", str(number // PUPILS_AT_UNIT)))
        ids = [PersonId(stable_id("person", f"{number} {part}")) for part in "abc"]
        child, *adults = (name(id) for id in ids)
        stay = Enrolment(unit, SchoolForm.COMPULSORY, 3, date(2026, 8, 18))
        yield enrolment_item(child.id, stay)
        for person in (child, *adults):
            mine = person is child
            born = date(2016, 5, 4) if mine else date(1985, 1, 31)
            yield PersonItem(
                *profile_key(person.id), given_name=person.given_name, family_name=person.family_name,
                birth_date=born.isoformat(),
            )  # fmt: skip
            whole = (person.given_name, person.family_name)
            found = Findable(person.id, whole, False, (stay,) if mine else (), tuple(adults) if mine else ())
            yield from _items(found_writes(None, found))
        for adult in adults:
            yield from _items(
                relation_items(child.id, date(2016, 5, 4), Responsible(adult.id, "Vårdnadshavare"))
            )


def _items(writes: list[Write]) -> Iterator[Item]:
    yield from (write.item for write in writes if isinstance(write, Overwrite))


def test_a_search_does_not_grow_with_the_municipality(
    cloud: Cloud, capsys: pytest.CaptureFixture[str]
) -> None:
    read: dict[tuple[str, int], float] = {}
    for size in SIZES:
        lay_tables(cloud)
        put_many(people(size))
        put_many(
            [
                duty_item(UNIT_ADMIN, "administrator", FIRST, date(2020, 8, 1), None),
                duty_item(CITY_ADMIN, "administrator", None, date(2020, 8, 1), None),
            ]
        )
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
    small, large = SIZES
    grown = {what: (read[what, small], read[what, large]) for what in SEARCHES}
    assert all(after < 2 * before + 20 for before, after in grown.values()), grown


def status(who: PersonId, body: dict[str, Any]) -> int:
    return call("register", "search_people", who, body=body).status


def medians(act: Callable[[], int], runs: int = 11) -> tuple[float, float]:
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

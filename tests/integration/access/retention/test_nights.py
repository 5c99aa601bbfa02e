"""A night that dies, lasts long, meets what it cannot erase or is called off: it ends as it should."""

from __future__ import annotations

import json
import random
from contextlib import suppress
from typing import Any

import pytest

from functions.access.domain.retention import PATIENCE
from functions.access.store import retention as store
from functions.access.usecases import retention_runs
from functions.register.store.items import civic_key
from functions.register.store.writes import civic_item
from infra.local.cloud import Cloud
from skolkit.jobs import JobItem
from skolkit.retention import proofs
from skolkit.retention import work as engine
from skolkit.table import Erase, commit
from tests.support.aged import Aged
from tests.support.areas import acting_as, deliver, outbox, run_schedule
from tests.support.nights import (
    AREAS,
    asked,
    certificate,
    collect,
    counted,
    kept,
    night,
    rows_of,
    run,
    turn_on,
    work,
)


class Died(BaseException):
    """Nothing is told of it, as when a function runs out of time."""


@pytest.mark.parametrize("seed", range(2))
def test_a_run_killed_anywhere_ends_the_same(aged: Aged, cloud: Cloud, seed: int) -> None:
    """Every third commit or so the worker dies, before or after it; the queue hands the fact over again."""
    chance = random.Random(seed)

    def dying(*writes: Any, **more: Any) -> None:
        fate = chance.random()
        if fate < 0.15:
            raise Died
        commit(*writes, **more)
        if fate > 0.85:
            raise Died

    turn_on()
    before = kept()
    run_schedule("access", "start_retention")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(engine, "commit", dying)
        patch.setattr(proofs, "commit", dying)
        patch.setattr(engine, "PAGE", 17)
        for area in AREAS:
            for _ in range(200):
                with suppress(Died):
                    if deliver(area, "answer_retention", asked()) == []:
                        break
    for area in AREAS:
        collect(area)
    assert set(before) - set(kept()) == aged.over
    proof = certificate(cloud)
    assert sum(line["done"] for line in proof["lines"]) == len(aged.over)
    assert sum(part["rows"] for area in proof["proofs"] for part in area["parts"]) == len(aged.over)


def test_a_long_night_goes_on_in_turns(aged: Aged, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "SECONDS", 0)
    monkeypatch.setattr(engine, "PAGE", 20)
    turn_on()
    before = kept()
    night("organisation")
    assert set(before) - set(kept()) == {k for k in aged.over if k[0] == "organisation"}
    turns = [f["data"]["turn"] for f in outbox("organisation") if "Continued" in f["type"]]
    assert turns == list(range(2, len(turns) + 2))
    assert len(turns) > 5


def test_the_run_of_a_night_begins_once_and_fails_the_next_if_it_has_not_ended(
    aged: Aged, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_schedule("access", "start_retention")
    run_schedule("access", "start_retention")
    assert len([f for f in outbox("access") if f["type"] == "access.RetentionAsked.v1"]) == 1
    work("messages")
    collect("messages")
    first = run()
    monkeypatch.setattr(retention_runs, "PATIENCE", PATIENCE * 0)
    with pytest.raises(Exception, match="start_retention"):
        run_schedule("access", "start_retention")
    with acting_as("access"):
        found = store.find_run(first.id)
    assert found
    assert (found.state, found.outcome["missing"]) == ("failed", [a for a in AREAS if a != "messages"])


def test_a_run_that_goes_on_stops_when_the_setting_goes_back(
    aged: Aged, monkeypatch: pytest.MonkeyPatch
) -> None:
    flush = engine.Night.flush

    def flushing(night: engine.Night) -> None:
        with acting_as("access"):
            settings = store.find_settings()
            settings.mode = "dry"
            commit(settings)
        flush(night)

    turn_on()
    before = kept()
    monkeypatch.setattr(engine.Night, "flush", flushing)
    night("timetable")
    assert kept() == before
    assert counted("timetable", "timetable.lesson")["changed"] == 3


def test_one_bad_document_does_not_stop_the_night(aged: Aged, monkeypatch: pytest.MonkeyPatch) -> None:
    """What cannot be put together stays, and so does what cannot be erased; the rest goes, and is proved."""

    def broken(*writes: Any, **more: Any) -> None:
        gone = [w.item.pk for w in writes if isinstance(w, Erase)]
        if any(pk == f"PERSON#{aged.guardian}" or pk.startswith("GROUP#") for pk in gone):
            raise ValueError("a secret")
        commit(*writes, **more)

    turn_on()
    monkeypatch.setattr(engine, "commit", broken)
    night("register", "timetable")
    assert counted("timetable", "timetable.lesson")["changed"] == 1  # of two in one transaction
    assert counted("timetable", "timetable.lesson")["done"] == 2
    assert ("register", f"PERSON#{aged.guardian}", "CONTACT") in kept()
    assert ("register", f"PERSON#{aged.grown}", "CONTACT") not in kept()
    assert counted("register", "register.contact")["changed"] == 1
    assert run().outcome["areas"]["register"]["index"]


def test_proofs_stay_until_they_are_in_the_archive(aged: Aged, monkeypatch: pytest.MonkeyPatch) -> None:
    def expiring() -> list[bool]:
        rows = rows_of("timetable")
        return ["expires" in row for row in rows if row["kind"]["S"] == "timetable_erasure"]

    turn_on()
    run_schedule("access", "start_retention")
    with monkeypatch.context() as patch:
        patch.setattr(proofs, "_prove", lambda *_: 1 / 0)
        assert deliver("timetable", "answer_retention", asked()) == ["0"]
    assert set(expiring()) == {False}
    work("timetable")
    assert set(expiring()) == {True}


def test_the_place_of_a_job_is_no_identity_number(aged: Aged, monkeypatch: pytest.MonkeyPatch) -> None:
    with acting_as("register"):
        commit(*(civic_item(f"20100101{n:04}", aged.pupil) for n in range(50)))
    places = list[str]()

    def noting(*writes: Any, **more: Any) -> None:
        places.extend(json.dumps(w.place) for w in writes if isinstance(w, JobItem))
        commit(*writes, **more)

    monkeypatch.setattr(engine, "commit", noting)
    monkeypatch.setattr(engine, "PAGE", 3)
    night("register")
    assert len(places) > 5
    assert not [place for place in places if civic_key("")[0] in place]
    assert counted("register", "register.contact")["due"] == 2

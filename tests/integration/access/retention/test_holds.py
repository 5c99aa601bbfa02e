"""Legal holds: what is held is neither erased nor removed by the database, whenever the hold comes."""

from __future__ import annotations

from typing import Any

import pytest

from functions.access.extract import gather
from functions.access.usecases import retention_runs
from functions.attendance import store as attendance
from functions.register.store.items import (
    RegisterImportItem,
)
from skolkit.clock import now
from skolkit.extracts import Requested
from skolkit.retention import shelf
from skolkit.retention import work as engine
from skolkit.table import Once, chunks, commit
from skolkit.types import new_id
from tests.support.aged import OLD, Aged
from tests.support.areas import acting_as
from tests.support.nights import close, hold, kept, night, run, turn_on, work


def test_what_is_held_stays_and_is_told(aged: Aged) -> None:
    hold(person=aged.grown)
    hold(document="timetable.lesson", unit=new_id())
    hold(document="organisation.elective")
    turn_on()
    before = kept()
    night()
    gone = set(before) - set(kept())
    assert gone < aged.over
    assert not [key for key in gone if aged.grown in f"{key} {before[key]}"]
    assert ("organisation", f"PERSON#{aged.retired}", "CERTIFICATION") in gone
    areas = run().outcome["areas"]
    counts = {line["document"]: line for area in areas.values() for line in area["counts"]}
    assert counts["organisation.elective"]["held"] == 52
    assert counts["register.custody"] == {
        "document": "register.custody", "due": 3, "done": 0, "held": 3, "changed": 0
    }  # fmt: skip
    assert [key[2] for key in gone if key[0] == "timetable"] != []  # teachers' days say no unit
    assert sum(sum(area["holds"].values()) for area in areas.values()) == sum(
        c["held"] for c in counts.values()
    )


def test_a_hold_that_is_set_while_the_worker_reads_holds(aged: Aged, monkeypatch: pytest.MonkeyPatch) -> None:
    judge, judged = engine.Night.take, list[int]()

    def judging(*what: Any) -> None:
        judge(*what)
        if not judged:  # the page has been read, nothing of it erased yet
            judged.append(1)
            hold(person=aged.grown)

    turn_on()
    monkeypatch.setattr(engine.Night, "take", judging)
    before = kept()
    night("attendance")
    gone = set(before) - set(kept())
    assert gone
    assert not [key for key in gone if aged.grown in f"{key} {before[key]}"]
    (counts,) = [
        c for c in run().outcome["areas"]["attendance"]["counts"] if c["document"] == "attendance.lesson"
    ]
    assert (counts["due"], counts["done"], counts["held"]) == (10, 6, 4)


def test_whoever_is_held_back_is_told_in_an_extract(aged: Aged) -> None:
    hold(person=aged.grown)
    hold(person=aged.pupil)
    with acting_as("access"):
        asked_for = Requested(request=new_id(), person=aged.grown, contacts=False)
        (section,) = [s for s in gather(asked_for) if s.document == "access.hold"]
    assert [row[1:] for row in section.rows] == [[None, "art. 17.3 e"]]


def test_a_held_row_is_not_removed_by_the_database(aged: Aged) -> None:
    from functions.messages.store import DeliveryItem

    soon = int(now().timestamp()) + 86_400
    rows = [
        DeliveryItem(f"PUPIL#{who}", "DELIVERY#2025-10-01#x#y", state="accepted", at="x", expires=soon)
        for who in (aged.pupil, aged.grown)
    ]
    with acting_as("messages"):
        commit(*rows)
    hold(person=aged.grown)
    with acting_as("access"):  # somebody counts by day: nothing is changed
        retention_runs.begin(new_id(), dry=True, once=lambda answer: Once(new_id(), answer=answer))
    work("messages")
    held = [k for k in kept() if "DELIVERY" in k[2] and int(kept()[k]["expires"]["N"]) != soon]
    assert held == []
    night("messages")  # and nothing is deleted, either
    ends = {pk: int(row["expires"]["N"]) for (area, pk, sk), row in kept().items() if "DELIVERY" in sk}
    assert ends == {rows[0].pk: soon, rows[1].pk: soon + engine.PUT_OFF}


def test_a_hold_over_a_type_keeps_what_is_about_nobody(aged: Aged) -> None:
    soon = int(now().timestamp()) + 86_400
    key = (f"IMPORT#{new_id()}", "CURSOR")
    with acting_as("register"):
        commit(RegisterImportItem(*key, key="x", expires=soon))
    hold(document="technical.import")
    night("register")
    assert int(kept()["register", *key]["expires"]["N"]) == soon + engine.PUT_OFF


def test_a_hold_that_is_set_while_many_wait_holds_them_all(
    aged: Aged, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A page with more than one transaction of rows: each of them is judged under the list as it is then."""
    with acting_as("attendance"):
        rows = [
            attendance.DeviationItem(
                f"PUPIL#{aged.grown}", f"D#{OLD}#{n:03}#{new_id()}", lesson=new_id(), subject="MA",
                starts=f"{OLD}T08:00:00.000Z", ends=f"{OLD}T09:00:00.000Z", invalid=60,
            )
            for n in range(shelf.TOGETHER + 30)
        ]  # fmt: skip
        for some in chunks(rows, 40):
            commit(*some)
    flush = engine.Night.flush

    def flushing(night: engine.Night) -> None:
        hold(person=aged.grown)
        flush(night)

    turn_on()
    monkeypatch.setattr(engine.Night, "flush", flushing)
    night("attendance")
    assert {("attendance", row.pk, row.sk) for row in rows} <= set(kept())


def test_a_hold_over_a_person_is_over_every_record_of_the_person(aged: Aged) -> None:
    close(aged.grown, aged.parent)
    hold(person=aged.parent)
    turn_on()
    before = kept()
    night("attendance", "register")
    gone = set(before) - set(kept())
    assert not [key for key in gone if aged.grown in f"{key} {before[key]}"]

"""What a page of the catalogue says to people and machines, and what it must not say."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.grades.domain import pages
from functions.grades.domain.catalogue import Decider, Entry, chained
from functions.grades.domain.orders import digest_of
from tests.support.pages import PRINCIPAL, TEACHER, a_class, a_page, pupil, signer, words


def machine(page: pages.Page) -> dict[str, Any]:
    said: dict[str, Any] = json.loads(pages.attached(page, words(len(page.entries))))
    return said


def test_every_decision_is_there_for_people_and_machines_and_nothing_of_a_protected_pupil() -> None:
    page = a_page()
    said, shown = machine(page), pages.content(page, words())
    assert len(said["entries"]) == len(shown["rows"]) == 30  # type: ignore[arg-type]
    assert said["people"][pupil(4)] == {"protected": True}
    rows: Any = shown["rows"]
    assert rows[4][:2] == [f"Skyddade personuppgifter, ref. {pupil(4)}", "–"]
    assert rows[0][:5] == ["Alva Berg 0", "20121001-2380", "8", "A", "nej"]
    assert rows[1][3] == "–"
    assert "Underlag saknas" in rows[1][8]
    assert "Skriftlig bedömning" in rows[2][8]
    assert rows[0][6] == "Maria Lindqvist (legitimerad och behörig)"
    assert pupil(4) not in pages.named(page, words())
    assert pupil(3) in pages.named(page, words())
    assert pages.wanted(page) == (tuple(pupil(n) for n in range(30)), (TEACHER,))


def test_the_same_page_is_the_same_text_whatever_order_names_came_in() -> None:
    page, known = a_page(), words()
    turned = replace(known, people=dict(reversed(list(known.people.items()))))
    assert pages.attached(page, known) == pages.attached(page, turned)


def test_a_page_as_it_was_made_adds_up() -> None:
    assert pages.broken(machine(a_page()), machine(a_page(30, 2, "ab" * 32, closing=True))) == []


@given(st.integers(0, 29), st.sampled_from(["value", "at", "pupil", "number", "id", "finished"]))
def test_a_decision_altered_shows(n: int, field: str) -> None:
    said = machine(a_page())
    entry = said["entries"][n]
    entry[field] = not entry[field] if isinstance(entry[field], bool) else f"{entry[field]}0"
    assert pages.broken(said)


@given(st.integers(0, 29))
def test_a_decision_left_out_or_doubled_shows(n: int) -> None:
    left_out, doubled = machine(a_page()), machine(a_page())
    del left_out["entries"][n]
    doubled["entries"].append(doubled["entries"][n])
    assert pages.broken(left_out)
    assert pages.broken(doubled)


def later(entry: Entry, **changed: Any) -> Entry:
    """A pupil's next decision."""
    return chained(
        [replace(entry, id=entry.id.replace("9000", "9001"), **changed)], entry.number, entry.digest
    )[0]


def test_a_pupils_decisions_follow_each_other_from_page_to_page() -> None:
    first = a_class(1)[0]
    page = replace(a_page(1), entries=(first,))
    fresh = replace(a_page(1, 2), entries=(later(first, kind="correction", replaces=first.id, value="B"),))
    assert pages.broken(machine(page), machine(fresh)) == []
    other = later(replace(first, value="E"), kind="correction", value="B")
    forged = replace(a_page(1, 2), entries=(other,))
    assert pages.broken(machine(forged)) == []  # alone, nothing tells
    assert pages.broken(machine(page), machine(forged)) == [f"beslut {other.id} följer inte på elevens förra"]
    beginning = replace(first, previous="ab" * 32)
    assert pages.broken(machine(replace(page, entries=(beginning,))))


@pytest.mark.parametrize(
    ("decider", "told"),
    [
        (Decider(person=TEACHER), "(ej legitimerad)"),
        (Decider(person=TEACHER, certified=True), "(legitimerad)"),
        (Decider(person=PRINCIPAL, role="principal"), "Per Åström (rektor)"),
    ],
)
def test_who_decided_is_told_with_what_the_law_asks_of_them(decider: Decider, told: str) -> None:
    entries = tuple(replace(entry, deciders=(decider,)) for entry in a_class(1))
    rows: Any = pages.content(replace(a_page(1), entries=entries), words(1))["rows"]
    assert told in rows[0][6]


def test_a_signature_says_what_it_is_for_without_naming_a_pupil() -> None:
    said = pages.reason(a_page(), signer())
    assert said.startswith("Betygsbeslut, order 0192d3a0-")
    assert digest_of(a_class()) in said
    assert said.endswith("inloggad 2026-12-18T13:03:00.000Z nivå 3")
    assert pages.reason(a_page(closing=True), signer(PRINCIPAL)).startswith("Stänger betygsperioden")
    assert not any(entry.pupil in said for entry in a_class())

"""What a page of the catalogue says to people and machines, and what it must not say."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.grades.domain import pages
from functions.grades.domain.catalogue import Decider, Entry, chained
from functions.grades.domain.orders import Signing, Vouched, digest_of, order_for, place_of
from skolkit.types import PersonId
from tests.support.pages import AT, PRINCIPAL, TEACHER, a_class, a_page, pupil, signer, signing, words


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


def paged(number: int, *entries: Entry) -> pages.Page:
    """A page of these decisions, signed by the teacher."""
    places = tuple(map(place_of, entries))
    return replace(a_page(1, number), entries=entries, signings=(Signing(signer(), places),))


def test_a_pupils_decisions_follow_each_other_from_page_to_page() -> None:
    first = a_class(1)[0]
    page = paged(1, first)
    fresh = paged(2, later(first, kind="correction", replaces=first.id, value="B"))
    assert pages.broken(machine(page), machine(fresh)) == []
    other = later(replace(first, value="E"), kind="correction", value="B")
    forged = paged(2, other)
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
    said = pages.reason(a_page(), signing())
    assert said.startswith("Betygsbeslut, order 0192d3a0-")
    assert digest_of(a_class()) in said
    assert said.endswith("inloggad 2026-12-18T13:03:00.000Z nivå 3")
    assert pages.reason(a_page(closing=True), signing(PRINCIPAL)).startswith("Stänger betygsperioden")
    assert not any(entry.pupil in said for entry in a_class())


COLLEAGUE = PersonId("0192d3a0-0000-7000-8000-00000000bbbc")
EVENING, NOON = timedelta(days=1), timedelta(hours=1)
BOTH = tuple(Decider(person=person, certified=True) for person in (TEACHER, COLLEAGUE))


def decided_together(size: int) -> tuple[pages.Page, tuple[Entry, ...]]:
    """A page that two teachers decided on together, one of them with two sign-ins: the first on the first
    pupil alone.
    """
    entries = tuple(replace(entry, deciders=BOTH) for entry in a_class(size))
    evening, noon = (Vouched(AT - ago, AT - ago - timedelta(minutes=2), 3) for ago in (EVENING, NOON))
    now = Vouched(AT, AT - timedelta(minutes=1), 4)
    made = [(entry, {TEACHER: noon if n else evening, COLLEAGUE: now}) for n, entry in enumerate(entries)]
    order = order_for("order", made)
    return replace(a_page(size), entries=entries, signings=order.signings), entries


def test_everybody_who_decided_signs_what_they_decided_with_their_own_sign_in() -> None:
    page, entries = decided_together(3)
    early, late, colleague = page.signings
    assert [one.signer.person for one in page.signings] == [TEACHER, TEACHER, COLLEAGUE]
    assert [one.entries for one in (early, late)] == [
        (place_of(entries[0]),), tuple(place_of(entry) for entry in entries[1:])
    ]  # fmt: skip
    assert colleague.entries == tuple(map(place_of, entries))
    told = [pages.reason(page, one) for one in page.signings]
    assert told[0].endswith("inloggad 2026-12-17T13:03:00.000Z nivå 3")
    assert f", 1 beslut {digest_of(entries[:1])}, " in told[0]
    assert f", 2 beslut {digest_of(entries[1:])}, " in told[1]
    assert told[2].endswith("inloggad 2026-12-18T13:04:00.000Z nivå 4")
    shown: Any = pages.content(page, words(3))["signers"]
    assert [row[-2:] for row in shown] == [["3", "1 av 3"], ["3", "2 av 3"], ["4", "3 av 3"]]
    assert pages.broken(machine(page)) == []


@given(st.integers(0, 2), st.sampled_from(["left out", "other decisions", "somebody else"]))
def test_a_decision_that_not_everybody_signed_shows(n: int, what: str) -> None:
    said = machine(decided_together(3)[0])
    signer = said["signers"][n]
    if what == "left out":
        del said["signers"][n]
    elif what == "somebody else":
        signer["person"] = PRINCIPAL
    else:
        signer["entries"] = signer["entries"][1:] or [said["entries"][-1]["id"]]
    assert pages.broken(said)


def test_nobody_decides_without_a_sign_in() -> None:
    with pytest.raises(KeyError):
        order_for("order", [(replace(a_class(1)[0], deciders=BOTH), {TEACHER: Vouched(AT, AT, 3)})])


def test_the_page_of_a_pupils_own_series_has_no_group_and_says_why_in_words() -> None:
    (entry,) = a_class(1)
    taken_back = replace(
        entry, kind="withdrawal", reason="wrongImport", activity=None, period=None,
        deciders=(Decider(person=PRINCIPAL, role="principal"),),
    )  # fmt: skip
    page = replace(
        paged(1, taken_back), series=pages.Series(pupil=entry.pupil),
        signings=order_for("order", [(taken_back, {PRINCIPAL: Vouched(AT, AT, 3)})]).signings,
    )  # fmt: skip
    shown = pages.content(page, replace(words(1), group="", period=pages.term_name("HT", "2026/2027")))
    head: Any = shown["head"]
    rows: Any = shown["rows"]
    assert [name for name, _ in head] == ["Huvudman", "Skolenhet", "Ämne", "Termin", "Upprättad"]
    assert (rows[0][5], rows[0][8]) == ("Återtagande", "Skäl: fel i det inlästa")
    said = machine(page)
    assert (said["series"]["pupil"], said["series"]["activity"]) == (entry.pupil, "")
    assert pages.broken(said) == []

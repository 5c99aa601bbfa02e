"""What a record of the population register changes: found by comparing, never the other way round."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.register.domain import population as rules
from functions.register.domain.people import GuardianLoop, PersonCard, Responsible
from functions.register.domain.population import Change, Custody, Last, Notice
from skolkit.types import PersonId

ME, MOTHER, FATHER = PersonId("me"), PersonId("mother"), PersonId("father")
IDS = {"m": MOTHER, "f": FATHER, "me": ME}
BIRTHS = {MOTHER: date(1980, 1, 1), FATHER: date(1979, 1, 1), ME: date(2016, 5, 4)}


def notice(**more: Any) -> Notice:
    made = Notice(
        "n", "2026-11-22T02:00:00.000Z", date(2026, 11, 22), "d", "A", None, "B", date(2016, 5, 4), "Man",
        municipality="9999",
    )  # fmt: skip
    return replace(made, **more)


def after(before: PersonCard | None, last: Last | None, of: Notice) -> PersonCard:
    return rules.applied(ME, before, last, of, rules.custody_after(ME, before, of, IDS, BIRTHS))


def found(before: PersonCard | None, of: Notice, *, rehoused: bool = False) -> tuple[Change, ...]:
    return rules.changes(before, after(before, None, of), of, rehoused=rehoused)


@given(st.integers(0, 40), st.booleans(), st.booleans())
def test_who_is_kept(years: int, known: bool, guardian: bool) -> None:
    of = notice(born=date(2026 - years, 1, 1))
    assert rules.is_kept(of, known=known, guardian=guardian) == (known or guardian or years <= 20)
    assert not rules.is_kept(replace(of, status="Avliden"), known=False, guardian=guardian)


def test_the_first_record_tells_only_of_what_is_recent() -> None:
    assert found(None, notice()) == (Change.ADDED,)
    assert found(None, notice(born=date(2026, 11, 1))) == (Change.BORN,)
    assert found(None, notice(since=date(2026, 11, 1))) == (Change.MOVED,)
    assert found(None, notice(since=date(2020, 11, 1))) == (Change.ADDED,)


def test_the_same_again_is_no_change() -> None:
    before = after(None, None, notice(guardians=(Custody("m"),)))
    assert found(before, notice(guardians=(Custody("m"),))) == ()


def test_each_change_by_itself() -> None:
    before = after(None, None, notice(guardians=(Custody("m"),)))
    keep = {"guardians": (Custody("m"),)}
    assert found(before, notice(municipality="0180", **keep)) == (Change.MOVED,)
    assert found(before, notice(**keep), rehoused=True) == (Change.MOVED,)
    assert found(before, notice(family_name="C", **keep)) == (Change.RENAMED,)
    assert found(before, notice(number="x", earlier="n", **keep)) == (Change.NUMBER,)
    assert found(before, notice(guardians=(Custody("m"), Custody("f")))) == (Change.CUSTODY,)
    assert found(before, notice(marking="Sekretessmarkering", **keep)) == (Change.PROTECTED,)
    assert found(before, notice(status="Avliden", **keep)) == (Change.DIED,)
    gone = notice(status="Utvandrad", deregistered=date(2026, 11, 1), **keep)
    assert found(before, gone) == (Change.EMIGRATED,)


def test_custody_that_is_left_out_ends_the_day_before_and_others_stay() -> None:
    before = replace(
        after(None, None, notice(guardians=(Custody("m"),))),
        responsibles=(Responsible(MOTHER, "Vårdnadshavare", home=True), Responsible(FATHER, "God man")),
    )
    later = after(before, None, notice(guardians=()))
    assert {r.person: r.end for r in later.responsibles} == {MOTHER: date(2026, 11, 21), FATHER: None}
    assert after(before, None, notice(guardians=None)).responsibles == before.responsibles
    again = after(before, None, notice(guardians=(Custody("m"),)))
    assert next(r for r in again.responsibles if r.person == MOTHER).home


def test_nobody_is_guardian_of_somebody_older_or_of_themselves() -> None:
    for custody in (Custody("me"), Custody("unknown", born=date(2017, 1, 1))):
        with pytest.raises(GuardianLoop):
            rules.custody_after(
                ME, None, notice(guardians=(custody,)), IDS | {"unknown": PersonId("u")}, BIRTHS
            )


def test_a_marking_is_lifted_only_by_who_set_it() -> None:
    hidden = after(None, None, notice(marking="Sekretessmarkering"))
    unmarked = Last("t", "d", "Ingen")
    assert after(hidden, unmarked, notice()).protected  # the school has set it
    assert after(hidden, None, notice()).protected
    assert not after(hidden, Last("t", "d", "Sekretessmarkering"), notice()).protected
    stronger = Last("t", "d", "Skyddad folkbokföring")
    assert after(hidden, stronger, notice()).protected


@given(st.permutations(["2026-11-20", "2026-11-21", "2026-11-22"]))
def test_whatever_the_order_the_latest_record_stands(days: list[str]) -> None:
    last: Last | None = None
    for day in days:
        of = notice(time=f"{day}T00:00:00.000Z", digest=day)
        if rules.is_news(last, of):
            last = Last(of.time, of.digest, of.marking)
    assert last is not None
    assert last.digest == "2026-11-22"


def test_two_records_of_one_moment_contradict_each_other() -> None:
    of = notice()
    assert not rules.is_news(Last(of.time, of.digest, "Ingen"), of)
    with pytest.raises(rules.Contradiction):
        rules.is_news(Last(of.time, "other", "Ingen"), of)

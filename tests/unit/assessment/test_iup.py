"""Individual development plans: where there is one, what makes it whole, what its paper says."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.assessment.domain import iup as rules
from functions.assessment.domain.iup import Goal, Named, Plan
from functions.assessment.domain.minutes import Agreement
from skolkit.sweden.calendar import SchoolYear
from skolkit.sweden.codes import SchoolForm
from skolkit.types import PersonId
from tests.unit.assessment.test_judgements import PUBLIC, READY
from tests.unit.assessment.test_rounds import NOW

TODAY = NOW.date()
PLAN = Plan(
    pupil=PersonId("pupil"), year=SchoolYear(2026), needs="Lästräning",
    goals=(Goal("Läsa", "SV"), Goal("Tid")), steps=(Agreement("Läsa", "home"),), agreed=TODAY,
    follow_up=TODAY + timedelta(days=30), by=PersonId("mentor"), at=NOW,
)  # fmt: skip
KNOWN = [(PUBLIC, READY)]


def test_there_is_a_plan_where_no_grades_are_set() -> None:
    for form, year in (("GR", 1), ("GR", 5), ("SAM", 5), ("GRAN", 9), ("TR", 9)):
        rules.check_form(form, year)
    for form, none in (("GR", 6), ("GY", 1), ("FKLASS", 0), ("FS", None), ("", None), ("VUX", None)):
        with pytest.raises(rules.NoPlanThere):
            rules.check_form(form, none)
    assert set(rules.YEARS) <= set(SchoolForm)


@given(st.sets(st.sampled_from(["goals", "steps", "agreed", "follow_up", "known"])))
def test_a_plan_is_published_when_nothing_is_missing_and_else_says_all_that_is(gone: set[str]) -> None:
    empty = {"goals": (), "steps": (), "agreed": None, "follow_up": None}
    plan = replace(PLAN, **{name: empty[name] for name in gone - {"known"}})  # type: ignore[arg-type]
    known = [] if "known" in gone else KNOWN
    if not gone:
        fresh, edition = rules.publish(plan, known, TODAY, NOW)
        assert (fresh.published, fresh.changed, fresh.next_follow_up) == (1, False, plan.follow_up)
        assert (edition.number, edition.plan) == (1, fresh)
        return
    with pytest.raises(rules.PlanNotWhole) as refusal:
        rules.publish(plan, known, TODAY, NOW)
    names = {"known": "judgements", "follow_up": "followUp"}
    assert {fault.field for fault in refusal.value.faults} == {names.get(name, name) for name in gone}


def test_versions_follow_each_other_and_the_same_is_not_published_twice() -> None:
    fresh, _ = rules.publish(PLAN, KNOWN, TODAY, NOW)
    with pytest.raises(rules.NothingNew):
        rules.publish(fresh, KNOWN, TODAY, NOW)
    again = rules.write(fresh, replace(PLAN, needs="Mer"), TODAY)
    assert (again.published, again.changed, again.next_follow_up) == (1, True, PLAN.follow_up)
    assert rules.publish(again, KNOWN, TODAY, NOW)[1].number == 2
    with pytest.raises(rules.NotOfTheYear):
        rules.write(None, replace(PLAN, year=SchoolYear(2025)), TODAY)
    with pytest.raises(rules.NotPublished):
        rules.followed_up(PLAN, None)
    assert rules.followed_up(fresh, None).next_follow_up is None


def test_a_paper_names_nobody_who_is_protected() -> None:
    _, edition = rules.publish(PLAN, KNOWN, TODAY, NOW)
    told = rules.content(edition, KNOWN, Named("Liv Provsson, 201505040000", "Skolan", "Dan Mentor"), NOW)
    assert ["Elev", "Liv Provsson, 201505040000"] in told["facts"]  # type: ignore[operator]
    assert told["judgements"] == [["Matematik", "", "godtagbara kunskaper", "Bra"]]
    assert told["goals"] == [["Svenska", "Läsa"], ["Allmänt", "Tid"]]
    hidden = Named(None, "Skolan", None)
    assert not any(name in str(rules.content(edition, KNOWN, hidden, NOW)) for name in ("Liv", "Dan", "2015"))
    written = rules.written(edition, Named("Liv", "Skolan", "Dan"), "0" * 64)
    assert (written.named, written.people) == (True, ("mentor", "pupil"))
    assert rules.written(edition, hidden, "0" * 64).people == ()
    assert rules.unwritten(written) == replace(edition, paper="waiting")

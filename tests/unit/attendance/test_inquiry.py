"""The investigation of absence: what may be noted, in what state, and what the home may be shown."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from functions.attendance.domain import inquiry as rules
from functions.attendance.domain.inquiry import CODES, Case, Note
from skolkit.types import PersonId, UnitId

TODAY = date(2026, 11, 26)
NOW = datetime(2026, 11, 26, 10, tzinfo=UTC)
HEAD, NURSE = PersonId("head"), PersonId("nurse")
CASE = Case("case", PersonId("pupil"), UnitId("unit"), TODAY, HEAD, "inquiry-1", NOW, handler=HEAD)


def note(kind: str, code: str, **other: Any) -> Note:
    return Note(kind, code, **{"day": TODAY, "by": HEAD, "at": NOW, **other})  # type: ignore[arg-type]


def refused(case: Case, what: Note, error: type[Exception]) -> None:
    with pytest.raises(error):
        rules.noted(case, what, TODAY)


def test_a_step_is_how_far_the_case_has_come() -> None:
    assert rules.noted(CASE, note("step", "analysing"), TODAY).step == "analysing"
    assert rules.noted(CASE, note("measure", "contactPerson"), TODAY) == CASE


@pytest.mark.parametrize("kind", CODES)
def test_a_note_has_a_code_of_its_kind(kind: str) -> None:
    refused(CASE, note(kind, "diagnosis"), rules.CodeNotOfKind)


def test_text_is_only_where_codes_do_not_do() -> None:
    refused(CASE, note("step", "analysing", text="något"), rules.TextNotTaken)
    refused(CASE, note("finding", "learning"), rules.TextNotTaken)
    assert rules.noted(CASE, note("finding", "learning", text="något"), TODAY) == CASE


def test_findings_and_meetings_are_not_shared() -> None:
    refused(CASE, note("finding", "home", text="något", shared=True), rules.NotShared)
    refused(CASE, note("meeting", "survey", shared=True), rules.NotShared)
    rules.noted(CASE, note("measure", "contactPerson", text="Varje måndag", shared=True), TODAY)


def test_a_follow_up_is_planned_and_noted() -> None:
    day = TODAY + timedelta(days=7)
    planned = rules.noted(CASE, note("plannedFollowUp", "followUp", day=day), TODAY)
    assert planned.follow_ups == (day,)
    refused(planned, note("plannedFollowUp", "followUp", day=day), rules.NoSuchFollowUp)
    refused(CASE, note("plannedFollowUp", "followUp", day=TODAY - timedelta(days=1)), rules.NoSuchFollowUp)
    refused(planned, note("followUp", "improved", day=TODAY), rules.NoSuchFollowUp)
    assert rules.noted(planned, note("followUp", "improved", day=day), day).follow_ups == ()


def test_there_is_an_end_to_follow_ups() -> None:
    case = replace(CASE, follow_ups=tuple(TODAY + timedelta(days=n) for n in range(10)))
    refused(case, note("plannedFollowUp", "followUp", day=TODAY + timedelta(days=30)), rules.NoSuchFollowUp)


def test_a_closed_case_stays_as_it_is() -> None:
    closed = rules.closed(replace(CASE, follow_ups=(TODAY,)), "supportGoesOn", "improved", TODAY)
    assert (closed.closed, closed.outcome, closed.effect, closed.follow_ups) == (
        TODAY, "supportGoesOn", "improved", (),
    )  # fmt: skip
    refused(closed, note("step", "analysing"), rules.InquiryIsClosed)
    with pytest.raises(rules.InquiryIsClosed):
        rules.closed(closed, "noCause", "unknown", TODAY)
    with pytest.raises(rules.InquiryIsClosed):
        rules.assigned(closed, HEAD, ())


def test_at_a_new_unit_nobody_of_the_old_one_works_on_it() -> None:
    case = rules.assigned(CASE, NURSE, (HEAD, NURSE, HEAD))
    assert case.team == (HEAD, NURSE)
    assert case.people == frozenset({HEAD, NURSE})
    moved = rules.moved(case, UnitId("other"))
    assert (moved.unit, moved.units, moved.people) == ("other", ("unit",), frozenset())

"""Rounds of written assessments: what is missing and whose it is, when it may be published."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.assessment.domain import rounds as rules
from functions.assessment.domain.rounds import Class, Lack, Round, Taught
from skolkit.sweden.codes import SchoolForm
from skolkit.types import GroupId, PersonId, UnitId

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
HEAD, TEACHER, MENTOR = PersonId("head"), PersonId("teacher"), PersonId("mentor")
ROUND = Round(
    id="round", unit=UnitId("unit"), title="Höst", form=SchoolForm.COMPULSORY, years=(4, 5),
    subjects=("EN", "MA", "SV", "SVA"), first=date(2026, 11, 1), last=date(2026, 12, 10),
    levels="omdome-2026", opened_by=HEAD,
)  # fmt: skip
PUPILS = [PersonId(f"pupil{n}") for n in range(5)]
CLASS = Class(GroupId("class"), tuple(PUPILS), frozenset({MENTOR}))
MATHS = Taught(GroupId("class"), "MA", frozenset(PUPILS), frozenset({TEACHER}))
SWEDISH = Taught(GroupId("sva"), "SVA", frozenset(PUPILS[:1]), frozenset({TEACHER}))


def missing(ready: set[tuple[PersonId, str]], *taught: Taught) -> list[Lack]:
    return rules.lacking(ROUND, PUPILS, [CLASS], taught, ready)


def test_a_subject_that_nobody_is_said_to_teach_is_the_mentors() -> None:
    found = {lack.subject: lack for lack in missing(set(), MATHS)}
    assert found["MA"].teachers == (TEACHER,)
    assert found["EN"].teachers == (MENTOR,)
    assert found["EN"].pupils == tuple(PUPILS)
    assert [lack.subject for lack in rules.owed_by(TEACHER, found.values())] == ["MA"]


def test_a_subject_that_is_taught_is_owed_to_its_own_pupils_alone() -> None:
    found = {lack.subject: lack.pupils for lack in missing(set(), SWEDISH)}
    assert found["SVA"] == (PUPILS[0],)
    assert found["SV"] == tuple(PUPILS)


def test_whoever_is_assessed_in_swedish_as_a_second_language_needs_no_swedish() -> None:
    found = {lack.subject: lack.pupils for lack in missing({(PUPILS[0], "SVA")}, SWEDISH)}
    assert "SVA" not in found
    assert PUPILS[0] not in found["SV"]


def test_a_pupil_without_a_class_is_missed_too() -> None:
    lost = PersonId("lost")
    found = rules.lacking(ROUND, [lost], [CLASS], [], set())
    assert {(lack.group, lack.teachers, lack.pupils) for lack in found} == {(None, (), (lost,))}


READY = st.sets(st.tuples(st.sampled_from(PUPILS), st.sampled_from(["EN", "MA"])))


@given(READY, READY)
def test_what_is_ready_is_not_missing_and_more_that_is_ready_never_means_more_missing(
    ready: set[tuple[PersonId, str]], more: set[tuple[PersonId, str]]
) -> None:
    def pairs(known: set[tuple[PersonId, str]]) -> set[tuple[PersonId, str]]:
        return {(p, lack.subject) for lack in missing(known, MATHS) for p in lack.pupils}

    assert not pairs(ready) & ready
    assert pairs(ready | more) <= pairs(ready)
    assert pairs(ready) | ready >= {(pupil, subject) for pupil in PUPILS for subject in ("EN", "MA")}


def test_a_round_with_something_missing_is_published_only_on_purpose() -> None:
    lacks = missing(set(), MATHS)
    with pytest.raises(rules.NotWhole) as refusal:
        rules.publish(ROUND, lacks, None, HEAD, NOW, incomplete=False)
    assert {fault.field for fault in refusal.value.faults} == set(ROUND.subjects)
    on_purpose = rules.publish(ROUND, lacks, None, HEAD, NOW, incomplete=True)
    assert (on_purpose.incomplete, on_purpose.publish_at) == (True, NOW)
    assert not rules.publish(ROUND, [], None, HEAD, NOW, incomplete=True).incomplete
    with pytest.raises(rules.RoundPublished):
        rules.publish(on_purpose, [], None, HEAD, NOW, incomplete=False)
    ahead = replace(ROUND, publish_at=NOW + timedelta(hours=1))
    assert rules.publish(ahead, [], None, HEAD, NOW, incomplete=False).publish_at == NOW


def test_homes_read_from_the_moment_and_not_before() -> None:
    at = NOW + timedelta(hours=1)
    round = rules.publish(ROUND, [], at, HEAD, NOW, incomplete=False)
    assert [round.is_public(at + timedelta(seconds=n)) for n in (-1, 0, 1)] == [False, True, True]
    for wrong in (NOW, NOW - timedelta(1), NOW + rules.AHEAD + timedelta(seconds=1)):
        with pytest.raises(rules.NotAhead):
            rules.publish(ROUND, [], wrong, HEAD, NOW, incomplete=False)


def test_a_round_lies_in_one_school_year_and_has_years_of_its_form() -> None:
    assert rules.check(ROUND) == ROUND
    for last in (date(2026, 10, 31), date(2027, 7, 1)):
        with pytest.raises(rules.WrongSpan):
            rules.check(replace(ROUND, last=last))
    with pytest.raises(rules.YearNotOfForm):
        rules.check(replace(ROUND, years=(4, 10)))
    with pytest.raises(rules.RoundNotBegun):
        rules.check_writable(ROUND, date(2026, 10, 31))

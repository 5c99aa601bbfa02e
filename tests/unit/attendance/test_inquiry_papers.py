"""What a paper of an investigation says (process 23)."""

from __future__ import annotations

import typing
from datetime import UTC, date, datetime

from functions.attendance.domain import inquiry, inquiry_paper
from functions.attendance.domain.inquiry import Case, Note
from functions.attendance.domain.inquiry_paper import Named, Paper
from functions.attendance.domain.suggestions import Cause, Reason
from functions.attendance.domain.totals import Sums
from skolkit.types import PersonId, UnitId

AT = datetime(2026, 11, 23, 8, tzinfo=UTC)
HEAD, NURSE = PersonId("head"), PersonId("nurse")
CASE = Case(
    "case", PersonId("pupil"), UnitId("unit"), date(2026, 11, 2), HEAD, "inquiry-1", AT,
    reasons=(Reason("share", 20, {"percent": 20}),), handler=NURSE, follow_ups=(date(2026, 12, 1),),
)  # fmt: skip
SECRET, SHARED = "Trivs inte på rasterna", "Varje måndag"
NOTES = [
    Note("finding", "relations", date(2026, 11, 3), NURSE, AT, text=SECRET),
    Note("meeting", "survey", date(2026, 11, 4), NURSE, AT, ("pupil", "guardians"), SECRET),
    Note("measure", "contactPerson", date(2026, 11, 5), HEAD, AT, text=SHARED, shared=True),
    Note("measure", "socialServicesTold", date(2026, 11, 6), HEAD, AT),
]
NAMED = Named("Alva Prov, 20120101-0000", "Skolan", {HEAD: "Rut Rektor", NURSE: None})


def said(edition: inquiry_paper.Edition) -> dict[str, object]:
    return inquiry_paper.content(edition, CASE, NOTES, {"2026-11": Sums(offered=60)}, NAMED, AT)


def test_the_whole_has_everything() -> None:
    text = str(said("whole"))
    for part in (SECRET, SHARED, "anmälan till socialtjänsten", "Rut Rektor", "2026-12-01", "2026-11"):
        assert part in text
    assert "medarbetare" in text  # whose name is protected


def test_the_homes_part_has_what_is_shared_and_nothing_of_the_rest() -> None:
    made = said("home")
    text = str(made)
    assert SHARED in text
    for part in (SECRET, "socialtjänsten", "Rut Rektor", "rättad", "inquiry-1", "Stor del"):
        assert part not in text
    assert (made["reasons"], made["sums"]) == ([], [])


def test_every_code_has_a_word() -> None:
    for kind, codes in inquiry.CODES.items():
        assert inquiry_paper.KINDS[kind]
        assert codes <= inquiry_paper.CODES.keys()
    assert set(typing.get_args(Cause)) == set(inquiry_paper.CAUSES)
    assert set(typing.get_args(inquiry.Participant)) == set(inquiry_paper.PARTICIPANTS)
    assert set(typing.get_args(inquiry.Outcome)) == set(inquiry_paper.OUTCOMES)
    assert set(typing.get_args(inquiry.Effect)) == set(inquiry_paper.EFFECTS)


def test_a_paper_that_names_a_pupil_who_is_protected_now_is_gone() -> None:
    paper = Paper("paper", "whole", HEAD, AT)
    assert inquiry_paper.hidden(paper) == paper  # which is written anew
    named = inquiry_paper.written(paper, CASE.pupil, NAMED, "0" * 64, AT)
    assert named.people == (HEAD, CASE.pupil)
    gone = inquiry_paper.hidden(named)
    assert gone
    assert (gone.state, gone.people) == ("withdrawn", ())
    assert inquiry_paper.hidden(gone) is None
    nameless = inquiry_paper.written(paper, CASE.pupil, Named(None, "Skolan", {}), "0" * 64, AT)
    assert (nameless.people, inquiry_paper.hidden(nameless)) == ((), None)

"""Investigations of absence in a register extract.

Codes and days are told, and texts that have been shared with the home. Of other texts it is told that they
are there: they may say something of somebody else, and are given after a test of secrecy (offentlighets- och
sekretesslagen 23:2, dataskyddslagen 5:1).
"""

from __future__ import annotations

from functions.attendance.domain.inquiry import Case, Note
from functions.attendance.domain.inquiry_paper import Paper
from functions.attendance.domain.suggestions import Suggestion
from functions.attendance.store.inquiry import cases_of, notes_of, papers_of
from functions.attendance.store.suggestions import suggestions_of
from skolkit.clock import today
from skolkit.extracts import Section, Value, section
from skolkit.types import PersonId

_ASKED_FOR = "finns; lämnas efter sekretessprövning"


def inquiries(person: PersonId) -> list[Section]:
    """What has been suggested and investigated about a pupil. Two queries, a batch, two queries per case."""
    cases = cases_of([person])
    rows = [
        row
        for case in cases
        for row in (
            _case(case), *map(_note, notes_of(case.id)), *(_paper(paper) for _, paper in papers_of(case.id))
        )
    ]  # fmt: skip
    return [
        section(
            "attendance.suggestion", "Förslag om frånvaroutredning", "Suggestions of investigations",
            {
                "day": ("Dag", "Day"), "cause": ("Orsak", "Cause"), "figures": ("Mått", "Figures"),
                "state": ("Läge", "State"), "why": ("Skäl", "Reason"),
            },
            [_suggestion(one) for one in suggestions_of(person)],
        ),
        section(
            "attendance.inquiry", "Frånvaroutredningar", "Investigations of absence",
            {
                "kind": ("Slag", "Kind"), "what": ("Vad", "What"), "start": ("Dag", "Day"),
                "end": ("Avslutad", "Closed"), "text": ("Text", "Text"),
            },
            rows,
        ),
    ]  # fmt: skip


def _suggestion(one: Suggestion) -> list[Value]:
    figures = "; ".join(
        " ".join(filter(None, (reason.of, *(f"{name} {value}" for name, value in reason.figures.items()))))
        for reason in one.reasons
    )
    return [one.day.isoformat(), one.cause, figures or None, one.state, one.dismissal]


def _case(case: Case) -> list[Value]:
    what = ", ".join(dict.fromkeys(reason.cause for reason in case.reasons)) or None
    closed = f"{case.closed} {case.outcome} {case.effect}" if case.closed else None
    return ["Utredning", what, case.opened.isoformat(), closed, None]


def _note(note: Note) -> list[Value]:
    text = note.text if note.shared else _ASKED_FOR
    return ["Notering", f"{note.kind}: {note.code}", note.day.isoformat(), None, text if note.text else None]


def _paper(paper: Paper) -> list[Value]:
    return ["Dokument", f"{paper.edition} {paper.state}", today(paper.asked).isoformat(), None, None]

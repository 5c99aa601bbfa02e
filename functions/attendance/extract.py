"""Attendance's part of a register extract: a pupil's notices and minutes, a teacher's reported lessons.

Plain attendance is only in the lessons' sheets, so those are found by way of the timetable.
"""

from __future__ import annotations

import json

from functions.attendance import store
from functions.attendance.domain.lesson import Sheet
from functions.attendance.store import csn as csn_store
from functions.timetable import queries as timetable
from skolkit.clock import stamp
from skolkit.extracts import Requested, Section, section
from skolkit.table import fetch
from skolkit.types import PersonId

_MINUTES = {
    "attendance": ("Närvaro, min", "Attendance, min"),
    "valid": ("Giltig frånvaro, min", "Valid absence, min"),
    "invalid": ("Ogiltig frånvaro, min", "Invalid absence, min"),
    "other": ("Annan skolaktivitet, min", "Other school activity, min"),
    "reason": ("Skäl", "Reason"),
}


def gather(asked: Requested) -> list[Section]:
    """A query for the pupil's own rows, what the timetable costs, and a batch read per hundred lessons."""
    person = asked.person
    rows = list(store.AttendanceItem.query(f"PUPIL#{person}", consistent_read=True))
    (sheets,) = fetch(
        store.wanted_sheets([lesson.id for lesson in timetable.lessons_of(asked.kept or person)])
    )
    mine = sorted(sheets.values(), key=lambda sheet: (sheet.start, sheet.lesson))
    return [_absence(rows, person), _gaps(rows), _lessons(mine, person), _reported(mine, person), _csn(rows)]


def _absence(rows: list[store.AttendanceItem], person: PersonId) -> Section:
    return section(
        "attendance.absence", "Frånvaroanmälningar", "Notices of absence",
        {
            "span": ("Tid", "Time"), "reason": ("Skäl", "Reason"), "reportedBy": ("Anmäld av", "Reported by"),
            "withdrawn": ("Återtagen", "Withdrawn"),
        },
        [
            [
                " – ".join(filter(None, json.loads(row.span))), row.reason,
                "personen själv" if row.reported_by == person else "någon annan",
                "ja" if row.withdrawn else "nej",
            ]
            for row in rows if isinstance(row, store.NoticeItem)
        ],
    )  # fmt: skip


def _gaps(rows: list[store.AttendanceItem]) -> Section:
    gaps = [gap for row in rows if isinstance(row, store.DayItem) for gap in json.loads(row.gaps)]
    return section(
        "attendance.absence", "Frånvaro som vårdnadshavare underrättats om", "Absence guardians are told of",
        {"start": ("Från", "From"), "end": ("Till", "To"), "told": ("Antal mottagare", "Recipients")},
        [[start, end, len(outcomes)] for _, _, start, end, outcomes in gaps],
    )  # fmt: skip


def _lessons(sheets: list[Sheet], person: PersonId) -> Section:
    entries = [(sheet, entry) for sheet in sheets if (entry := sheet.entries.get(person))]
    minutes = [(sheet, entry.minutes, entry.reason) for sheet, entry in entries]
    return section(
        "attendance.lesson", "Närvaro på lektioner", "Attendance at lessons",
        {"start": ("Lektion", "Lesson"), "subject": ("Ämne", "Subject"), **_MINUTES},
        [
            [stamp(s.start), s.subject, m.attendance, m.valid, m.invalid, m.other, reason]
            for s, m, reason in minutes
        ],
    )  # fmt: skip


def _reported(sheets: list[Sheet], person: PersonId) -> Section:
    return section(
        "attendance.lesson", "Lektioner personen har rapporterat", "Lessons the person has reported",
        {"start": ("Lektion", "Lesson"), "subject": ("Ämne", "Subject"), "at": ("Rapporterad", "Reported")},
        [
            [stamp(s.start), s.subject, stamp(s.reported_at) if s.reported_at else None]
            for s in sheets if s.reported_by == person
        ],
    )  # fmt: skip


def _csn(rows: list[store.AttendanceItem]) -> Section:
    decided = [row for row in rows if isinstance(row, csn_store.CsnDecisionItem)]
    cases = [row for row in rows if isinstance(row, csn_store.CsnCaseItem)]
    return section(
        "attendance.csn", "Ogiltig frånvaro och rapporter till CSN", "Invalid absence and reports to CSN",
        {
            "month": ("Månad", "Month"), "state": ("Läge eller beslut", "State or decision"),
            "firstDay": ("Första dag", "First day"), "minutes": ("Minuter", "Minutes"),
            "reason": ("Skäl att avstå", "Reason to refrain"), "at": ("Beslutat", "Decided"),
        },
        [
            *([_month(row), row.state, *_found(row.finding), None, None] for row in cases),
            *(
                [_month(row), row.decision, *_found(row.about), row.reason, row.at]
                for row in decided
            ),
        ],
    )  # fmt: skip


def _month(row: store.AttendanceItem) -> str:
    sk: str = row.sk
    return sk.split("#")[1][:7]


def _found(text: str | None) -> tuple[str | None, int | None]:
    first, minutes, *_ = json.loads(text) if text else (None, None)
    return first, minutes

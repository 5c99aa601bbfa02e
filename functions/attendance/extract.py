"""Attendance's part of a register extract: a pupil's notices, minutes and investigations, a
teacher's reported lessons.

Plain attendance is only in the lessons' sheets, so those are found by way of the timetable.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from functions.attendance import care_extract, store
from functions.attendance.domain.lesson import Entry, Sheet
from functions.attendance.domain.lesson_check_in import Arrival
from functions.attendance.inquiry_extract import inquiries
from functions.attendance.store import calls as calls_store
from functions.attendance.store import csn as csn_store
from functions.attendance.store import leave as leaves
from functions.attendance.store import notices, phone, series
from functions.attendance.store.lesson_check_in import wanted_arrivals
from functions.timetable import queries as timetable
from skolkit.clock import stamp
from skolkit.extracts import Requested, Section, section
from skolkit.table import fetch
from skolkit.types import LessonId, PersonId

_MINUTES = {
    "attendance": ("Närvaro, min", "Attendance, min"),
    "valid": ("Giltig frånvaro, min", "Valid absence, min"),
    "invalid": ("Ogiltig frånvaro, min", "Invalid absence, min"),
    "other": ("Annan skolaktivitet, min", "Other school activity, min"),
    "late": ("Sen ankomst, min", "Late, min"),
    "left": ("Gick tidigt, min", "Left early, min"),
    "reason": ("Skäl", "Reason"),
    "activity": ("Aktivitet", "Activity"),
    "checkedIn": ("Checkade in", "Checked in"),
}


def gather(asked: Requested) -> list[Section]:
    """A query for the pupil's own rows, what the timetable and investigations cost, and two batch reads per
    hundred lessons.
    """
    person = asked.person
    rows = list(store.AttendanceItem.query(f"PUPIL#{person}", consistent_read=True))
    (sheets,) = fetch(
        store.wanted_sheets([lesson.id for lesson in timetable.lessons_of(asked.kept or person)])
    )
    mine = sorted(sheets.values(), key=lambda sheet: (sheet.start, sheet.lesson))
    (came,) = fetch(wanted_arrivals([s.lesson for s in mine if person in s.roster], person))
    return [
        _absence(rows, person), _series(rows), _code(person), _leave(rows, person), _leave_decisions(rows),
        _gaps(rows), _calls(rows), _lessons(mine, person, came), _reported(mine, person),
        _csn(rows), *care_extract.gather(person), *inquiries(person),
    ]  # fmt: skip


def _absence(rows: list[store.AttendanceItem], person: PersonId) -> Section:
    return section(
        "attendance.absence", "Frånvaroanmälningar", "Notices of absence",
        {
            "span": ("Tid", "Time"), "reason": ("Skäl", "Reason"), "reportedBy": ("Anmäld av", "Reported by"),
            "phone": ("Per telefon", "By telephone"), "withdrawn": ("Återtagen", "Withdrawn"),
            "answer": ("Svar på om eleven är sjuk", "Answer to whether still ill"),
        },
        [
            [
                " – ".join(filter(None, json.loads(row.span))), row.reason,
                "personen själv" if row.reported_by == person else "någon annan",
                "ja" if row.by_phone else "nej", "ja" if row.withdrawn else "nej", row.answer,
            ]
            for row in rows if isinstance(row, notices.NoticeItem)
        ],
    )  # fmt: skip


def _leave(rows: list[store.AttendanceItem], person: PersonId) -> Section:
    return section(
        "attendance.leave", "Ansökningar om ledighet", "Applications for leave",
        {
            "asked": ("Tid", "Time"), "purpose": ("Ändamål", "Purpose"), "words": ("Skäl", "Reasons"),
            "applicant": ("Ansökt av", "Applied for by"), "state": ("Läge", "State"),
            "granted": ("Beviljat", "Granted"),
        },
        [
            [
                _span(row.asked), row.purpose, row.words,
                "personen själv" if row.applicant == person else "någon annan",
                row.state, _span(row.granted) if row.granted else None,
            ]
            for row in rows if isinstance(row, leaves.LeaveItem)
        ],
    )  # fmt: skip


def _leave_decisions(rows: list[store.AttendanceItem]) -> Section:
    found = [(row, json.loads(row.decided)) for row in rows if isinstance(row, leaves.LeaveDecisionItem)]
    return section(
        "attendance.leave", "Beslut om ledighet", "Decisions on leave",
        {
            "at": ("Beslutat", "Decided"), "span": ("Tid", "Time"), "outcome": ("Utfall", "Outcome"),
            "ground": ("Grund", "Ground"), "motivation": ("Motivering", "Reasons"),
            "appeal": ("Hur beslutet överklagas", "How to appeal"),
        },
        [
            [row.at, _span(row.span), kept["outcome"], kept["ground"], kept["motivation"], kept["appeal"][0]]
            for row, kept in found
        ],
    )  # fmt: skip


def _span(text: str) -> str:
    return " – ".join(filter(None, json.loads(text)))


def _series(rows: list[store.AttendanceItem]) -> Section:
    return section(
        "attendance.absence", "Återkommande frånvaro", "Recurring absence",
        {
            "day": ("Dag", "Day"), "start": ("Från", "From"), "end": ("Till", "To"),
            "reason": ("Skäl", "Reason"), "cancelled": ("Borttagen", "Cancelled"),
        },
        [
            [day, start, end, reason, "ja" if cancelled else "nej"]
            for row in rows if isinstance(row, series.SeriesItem)
            for day, start, end, reason, *cancelled in json.loads(row.occasions)
        ],
    )  # fmt: skip


def _code(person: PersonId) -> Section:
    known = phone.find_pin(person)
    return section(
        "attendance.phone", "Kod för frånvaro per telefon", "Code for absence by telephone",
        {"changed": ("Vald", "Chosen")}, [[known.changed]] if known else [],
    )  # fmt: skip


def _gaps(rows: list[store.AttendanceItem]) -> Section:
    gaps = [gap for row in rows if isinstance(row, store.DayItem) for gap in json.loads(row.gaps)]
    return section(
        "attendance.absence", "Frånvaro som vårdnadshavare underrättats om", "Absence guardians are told of",
        {"start": ("Från", "From"), "end": ("Till", "To"), "told": ("Antal mottagare", "Recipients")},
        [[start, end, len(outcomes)] for _, _, start, end, outcomes in gaps],
    )  # fmt: skip


def _calls(rows: list[store.AttendanceItem]) -> Section:
    """Calls home about the pupil; which guardian was called is theirs."""
    failed = [
        (row.unit, row.sk.removeprefix("D#"), gap[0], recipient)
        for row in rows if isinstance(row, store.DayItem)
        for gap in json.loads(row.gaps)
        for recipient, outcome in gap[4].items() if outcome != "delivered"
    ]  # fmt: skip
    (found,) = fetch(calls_store.wanted_calls(failed))
    return section(
        "attendance.absence", "Samtal hem om frånvaro", "Calls home about absence",
        {
            "day": ("Dag", "Day"), "reason": ("Skäl", "Reason"), "called": ("Utfall", "Outcome"),
            "at": ("Ringt", "Called"),
        },
        [
            [call.day.isoformat(), call.why, call.called.value, stamp(call.at) if call.at else None]
            for call in found
        ],
    )  # fmt: skip


def _lessons(sheets: list[Sheet], person: PersonId, came: Mapping[LessonId, Arrival]) -> Section:
    return section(
        "attendance.lesson", "Närvaro på lektioner", "Attendance at lessons",
        {"start": ("Lektion", "Lesson"), "subject": ("Ämne", "Subject"), **_MINUTES},
        [
            [stamp(s.start), s.subject, *_line(s.entries.get(person)), _moment(came.get(s.lesson))]
            for s in sheets if person in s.entries or s.lesson in came
        ],
    )  # fmt: skip


def _line(entry: Entry | None) -> list[Any]:
    if entry is None:
        return [None] * (len(_MINUTES) - 1)
    m = entry.minutes
    return [
        m.attendance, m.valid, m.invalid, m.other, entry.late, entry.left, entry.reason, entry.activity
    ]  # fmt: skip


def _moment(arrival: Arrival | None) -> str | None:
    return stamp(arrival.at) if arrival and arrival.at else None


def _reported(sheets: list[Sheet], person: PersonId) -> Section:
    return section(
        "attendance.lesson", "Lektioner personen har rapporterat", "Lessons the person has reported",
        {"start": ("Lektion", "Lesson"), "subject": ("Ämne", "Subject"), "at": ("Rapporterad", "Reported")},
        [
            [stamp(s.start), s.subject, stamp(s.reported_at) if s.reported_at else None]
            for s in sheets if person in {s.reported_by, *(mark.by for mark in s.marks.values())}
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

"""The part of assessment in a register extract: what has been noted, assessed, planned and agreed about a
pupil, in every version, and a mentor's days with talks.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from functions.assessment import tests_extract
from functions.assessment.domain.levels import BY_ID, SCALES
from functions.assessment.store import AssessmentItem
from functions.assessment.store.iup import EditionItem, FollowUpItem, PlanItem
from functions.assessment.store.judgements import JudgementItem, JudgementVersionItem, ReceiptItem
from functions.assessment.store.notes import NoteItem
from functions.assessment.store.talks import BookedItem, MentorDayItem, MinutesItem, MinutesVersionItem
from skolkit.extracts import Requested, Section, Value, section
from skolkit.parts import every
from skolkit.types import PersonId

_WHO = {"school": "skolan", "home": "hemmet", "pupil": "eleven"}


def gather(asked: Requested) -> list[Section]:
    """Everything the area keeps about one person. Two queries, and those of the tests."""
    from functions.assessment import store

    every(store.__name__)  # rows are read by their kind
    rows = list(AssessmentItem.query(f"PUPIL#{asked.person}", consistent_read=True))
    return [
        _notes(rows), _judgements(rows), _plans(rows), _follow_ups(rows), _talks(rows),
        _minutes(rows, asked.person), _receipts(rows, asked.person), _days(asked.person),
        *tests_extract.gather(asked.person),
    ]  # fmt: skip


def _notes(rows: list[AssessmentItem]) -> Section:
    return section(
        "assessment.note", "Anteckningar om lärande", "Notes about learning",
        {
            "subject": ("Ämne", "Subject"), "day": ("Dag", "Day"), "area": ("Kunskapsområde", "Area"),
            "title": ("Vad", "What"), "level": ("Nivå", "Level"), "points": ("Poäng", "Points"),
            "text": ("Text", "Text"), "shared": ("Delas med hemmet", "Shared with the home"),
        },
        [
            [
                said["subject"], said["day"], said["area"], said["title"],
                _level(said["level"], said["scale"]),
                f"{said['points']:g} av {said['most']:g}" if said["points"] is not None else None,
                said["text"], "ja" if said["shared"] else "nej",
            ]
            for row in rows if isinstance(row, NoteItem) and (said := row.data)
        ],
    )  # fmt: skip


def _judgements(rows: list[AssessmentItem]) -> Section:
    found = [row.data for row in rows if isinstance(row, JudgementItem | JudgementVersionItem)]
    return section(
        "assessment.judgement", "Skriftliga omdömen", "Written assessments",
        {
            "subject": ("Ämne", "Subject"), "at": ("Skrivet", "Written"), "version": ("Version", "Version"),
            "area": ("Kunskapsområde", "Area"), "level": ("Nivå", "Level"), "text": ("Text", "Text"),
            "ready": ("Färdigt", "Ready"), "reason": ("Skäl till ändring", "Reason of the change"),
        },
        [row for said in found for row in _of_judgement(said)],
    )  # fmt: skip


def _of_judgement(said: Mapping[str, Any]) -> Iterator[list[Value]]:
    ready = "ja" if said["ready"] else "utkast"
    parts = [(None, said["level"], said["text"])]
    parts += [(area["name"], area["level"], area["text"]) for area in said["areas"]]
    for name, level, text in parts:
        yield [
            said["subject"], said["at"], said["number"], name, _level(level, SCALES[0].id), text, ready,
            said["reason"],
        ]  # fmt: skip


def _plans(rows: list[AssessmentItem]) -> Section:
    found = [(row.data, "under arbete") for row in rows if isinstance(row, PlanItem) and row.data["changed"]]
    found += [
        (row.data["plan"], f"version {row.data['number']}") for row in rows if isinstance(row, EditionItem)
    ]
    return section(
        "assessment.iup", "Individuella utvecklingsplaner", "Individual development plans",
        {
            "year": ("Läsår från", "School year from"), "state": ("Läge", "State"),
            "goals": ("Mål", "Goals"), "needs": ("Insatser", "Measures"),
            "steps": ("Överenskommelser", "Agreements"), "agreed": ("Samtal", "Talk"),
            "followUp": ("Uppföljning", "Follow-up"),
        },
        [
            [
                plan["year"]["start_year"], state, "; ".join(goal["text"] for goal in plan["goals"]),
                plan["needs"], _agreements(plan["steps"]), plan["agreed"], plan["follow_up"],
            ]
            for plan, state in found
        ],
    )  # fmt: skip


def _follow_ups(rows: list[AssessmentItem]) -> Section:
    return section(
        "assessment.iup", "Uppföljningar av utvecklingsplaner", "Follow-ups of development plans",
        {"at": ("Skriven", "Written"), "text": ("Text", "Text")},
        [[row.sk.split("#")[2], row.text] for row in rows if isinstance(row, FollowUpItem)],
    )  # fmt: skip


def _talks(rows: list[AssessmentItem]) -> Section:
    return section(
        "assessment.minutes", "Bokade utvecklingssamtal", "Booked development talks",
        {
            "start": ("Tid", "Time"), "guardians": ("Vårdnadshavare som kommer", "Guardians who come"),
            "cancelled": ("Avbokat", "Cancelled"),
        },
        [
            [start, len(guardians), said]
            for row in rows if isinstance(row, BookedItem)
            for talks, said in ((row.data["talks"], "nej"), (row.data.get("gone", {}), "ja"))
            for start, guardians in talks.values()
        ],
    )  # fmt: skip


def _minutes(rows: list[AssessmentItem], person: PersonId) -> Section:
    found = [row.data for row in rows if isinstance(row, MinutesItem | MinutesVersionItem)]
    return section(
        "assessment.minutes", "Protokoll från utvecklingssamtal", "Minutes of development talks",
        {
            "held": ("Samtalet hölls", "Held"), "version": ("Version", "Version"), "text": ("Text", "Text"),
            "agreements": ("Överenskommelser", "Agreements"), "signed": ("Signerat", "Signed"),
        },
        [
            [
                said["held"], said["number"], said["text"], _agreements(said["agreements"]),
                "; ".join(f"{_signer(one, person)} {one['at']}" for one in said["signatures"]),
            ]
            for said in found
        ],
    )  # fmt: skip


def _receipts(rows: list[AssessmentItem], person: PersonId) -> Section:
    return section(
        "assessment.judgement", "Läskvitton för omdömen och planer", "Receipts of assessments and plans",
        {"by": ("Läst av", "Read by"), "at": ("När", "When")},
        [
            ["personen själv" if row.sk.endswith(person) else "någon annan i hemmet", row.at]
            for row in rows if isinstance(row, ReceiptItem)
        ],
    )  # fmt: skip


def _days(person: PersonId) -> Section:
    """A mentor's own times; with whom they are is the pupils'."""
    rows = MentorDayItem.query(f"MENTOR#{person}", consistent_read=True)
    return section(
        "assessment.talk", "Tider som personen erbjudit", "Times the person has offered",
        {"start": ("Från", "From"), "end": ("Till", "To")},
        [[start, end] for row in rows for start, end, _ in row.talks.values()],
    )  # fmt: skip


def _signer(signature: Mapping[str, Any], person: PersonId) -> str:
    parts = {"mentor": "mentor", "guardian": "vårdnadshavare", "pupil": "eleven"}
    return "personen själv" if signature["person"] == person else parts[signature["part"]]


def _agreements(steps: list[Mapping[str, Any]]) -> str:
    return "; ".join(f"{one['what']} ({_WHO[one['who']]}, {one['due'] or 'utan dag'})" for one in steps)


def _level(level: int | None, scale: str) -> str | None:
    return BY_ID[scale].words[level].sv if level is not None else None

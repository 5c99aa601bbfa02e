"""The hand-over of a pupil's data to the next school (överlämning, skollagen 3:12 j): the register's part as
SS 12000 has it. Other areas hand in their parts when they have them; the package names those that are not
there.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import date
from typing import Any

from functions.register.domain.certificate import MISSING_PARTS, LeavingCertificate
from functions.register.domain.enrolment import Enrolment
from functions.register.domain.leaving import Leaving
from functions.register.domain.people import PersonCard, PersonName, Responsible
from skolkit.errors import DomainError, Text
from skolkit.sweden.codes import SS12000_SCHOOL_TYPE
from skolkit.types import PersonId

PARTS = ("grades", "assessment", "support", "attendance")
"""The areas whose parts belong in a hand-over; each answers `register.PupilLeft.v1` with
`<area>/leaving/<case>/part.json` in the bucket of documents.
"""

VERSION = "handover-2026"


class DecisionNeeded(DomainError):
    """What is known of somebody with protected identity is handed over by a decision of its own."""

    status = 422
    reason = Text(
        "Eleven har skyddade personuppgifter: överlämningen behöver ett särskilt beslut.",
        "The pupil has protected identity: the hand-over needs a decision of its own.",
    )
    advice = Text(
        "Ange beslutets diarienummer i specialDecision.",
        "Give the decision's registry number in specialDecision.",
    )
    law = "offentlighets- och sekretesslagen 23:2, 21:3"


class NotLeft(DomainError):
    """Nothing is handed over before it is decided that the pupil leaves."""

    reason = Text("Det är inte beslutat att eleven slutar.", "It has not been decided that the pupil leaves.")
    advice = Text("Avgör ärendet först.", "Decide the case first.")


class NotReady(DomainError):
    """The package is made a moment after it was asked for."""

    reason = Text("Filen är inte klar än.", "The file is not ready yet.")
    advice = Text("Försök igen om en stund.", "Try again in a moment.")


def check(card: PersonCard, case: Leaving, special_decision: str | None) -> None:
    """Whether a hand-over may be made. Raises `NotLeft`, `DecisionNeeded`."""
    if case.state != "left":
        raise NotLeft(field="leaving")
    if card.protected and not special_decision:
        raise DecisionNeeded(field="specialDecision")


def package(
    card: PersonCard,
    case: Leaving,
    part: LeavingCertificate,
    names: Mapping[PersonId, PersonName],
    special_decision: str | None,
    day: date,
) -> dict[str, Any]:
    """The package as JSON: person, enrolments, responsible adults, the register's part of the certificate.
    Addresses are not in it; a protected adult has no name in it.
    """
    return {
        "format": VERSION,
        "leaving": case.id,
        "specialDecision": special_decision,
        "person": person(card, names, day),
        "certificate": {
            "yearLeft": part.year_left,
            "lastDay": part.last_day.isoformat(),
            "stays": [
                {"enroledAt": {"id": s.unit}, "startDate": s.start.isoformat(), "endDate": _text(s.end)}
                for s in part.stays
            ],
            "repeatedYears": [{"schoolYear": y, "läsår": text} for y, text in part.repeated],
            "missing": list(MISSING_PARTS),
        },
        "parts": {"register": "included"} | dict.fromkeys(PARTS, "notHandedIn"),
    }


def person(card: PersonCard, names: Mapping[PersonId, PersonName], day: date) -> dict[str, Any]:
    """SS 12000 `Person` with enrolments and the responsible adults of a day."""
    made: dict[str, Any] = {
        "id": card.id,
        "givenName": card.given_name,
        "middleName": card.middle_name,
        "familyName": card.family_name,
        "civicNo": {"value": card.civic_no} if card.civic_no else None,
        "birthDate": card.birth_date.isoformat(),
        "sex": card.sex,
        "securityMarking": card.marking,
        "personStatus": card.status,
        "enrolments": [enrolment(e) for e in card.enrolments],
        "responsibles": [_responsible(r, names) for r in card.responsibles if r.covers(day)],
    }
    return _filled(made)


def enrolment(e: Enrolment) -> dict[str, Any]:
    """SS 12000 `Enrolment`."""
    made = {
        "enroledAt": {"id": e.unit},
        "schoolYear": e.year,
        "schoolType": SS12000_SCHOOL_TYPE[e.school_form],
        "startDate": e.start.isoformat(),
        "endDate": _text(e.end),
        "cancelled": e.cancelled,
        "educationCode": e.education_code,
        "programme": {"id": e.programme} if e.programme else None,
        "specification": e.specification,
    }
    return _filled(made)


def content(value: Mapping[str, Any]) -> bytes:
    """A package as it is stored: the same value gives the same bytes."""
    return json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True).encode()


def digest(data: bytes) -> str:
    """SHA-256 in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def _responsible(r: Responsible, names: Mapping[PersonId, PersonName]) -> dict[str, Any]:
    name = names.get(r.person)
    shown = f"{name.given_name} {name.family_name}" if name and not name.protected else None
    return {"person": _filled({"id": r.person, "displayName": shown}), "relationType": r.relation}


def _filled(made: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in made.items() if value is not None}


def _text(day: date | None) -> str | None:
    return day.isoformat() if day else None

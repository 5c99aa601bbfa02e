"""Notices to those who must know that a pupil started or left, or is investigated for absence: the home
municipality (hemkommun, skollagen 7:22, 15:15), the next organiser and the home (avgångsintyg,
skolförordningen 6:17–18).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Literal

from functions.register.domain.enrolment import Enrolment
from functions.register.domain.people import PersonCard
from skolkit.clock import today
from skolkit.errors import DomainError, Text
from skolkit.sweden.codes import SchoolForm
from skolkit.sweden.school_forms import COMPULSORY
from skolkit.types import PersonId, UnitId

Purpose = Literal["started", "left", "absenceInquiry"]
Recipient = Literal["homeMunicipality", "nextOrganiser", "home"]
Channel = Literal["secureMessage", "letter", "inPerson", "otherSystem"]
"""How a notice went. Ordinary mail with personal data is not among them."""

NOTICE_LAW = {True: "skollagen 7:22", False: "skollagen 15:15"}
"""By whether the school form is compulsory: why the home municipality is told at once (snarast)."""


class NotSentYet(DomainError):
    """Only a notice that has been sent can be acknowledged."""

    reason = Text("Underrättelsen är inte skickad.", "The notice has not been sent.")
    advice = Text("Markera den som skickad först.", "Mark it as sent first.")


class AlreadyMarked(DomainError):
    """What has been noted about a notice stays."""

    reason = Text("Det är redan noterat.", "It has already been noted.")
    advice = Text("Hämta underrättelsen på nytt.", "Read the notice again.")


class ChannelMissing(DomainError):
    """What is sent, is sent by some way."""

    status = 422
    reason = Text("Det framgår inte hur underrättelsen skickades.", "It is not said how the notice was sent.")
    advice = Text("Ange channel.", "Give the channel.")


class NotWrittenYet(DomainError):
    """The document is made a moment after the notice."""

    reason = Text("Dokumentet är inte klart än.", "The document is not ready yet.")
    advice = Text("Försök igen om en stund.", "Try again in a moment.")


@dataclass(frozen=True, slots=True)
class NoticeRules:
    """How long things may take, in days. The law says at once (snarast); the numbers are the municipality's.

    `send` until a notice is sent, `acknowledge` until somebody reminds, `decide` for a leaving case, `answer`
    for the receiving unit.
    """

    id: str = "leaving-2026"
    send: int = 5
    acknowledge: int = 14
    decide: int = 10
    answer: int = 10


RULES = NoticeRules()


@dataclass(frozen=True, slots=True)
class Notice:
    """A notice about one pupil to one recipient. `code` is a kommunkod or an organisation number, "" for the
    home. `day` is the first day of who started, the last of who left; `due` when it should be sent, and once
    sent when it should be acknowledged. `documents` are the keys of its letter and data in S3 by kind, of a
    protected pupil `nameless`; `day` of an investigation of absence is when it was opened.
    """

    id: str
    purpose: Purpose
    recipient: Recipient
    code: str
    unit: UnitId
    school_form: SchoolForm
    year: int | None
    day: date
    law: str
    due: date
    created: datetime
    created_by: str
    leaving: str | None = None
    rules: str = RULES.id
    documents: tuple[tuple[str, str, str], ...] = ()
    nameless: bool = False
    sent: datetime | None = None
    sent_by: PersonId | None = None
    channel: Channel | None = None
    acknowledged: datetime | None = None
    acknowledged_by: PersonId | None = None

    @property
    def units(self) -> tuple[UnitId, ...]:
        return (self.unit,)

    @property
    def waits_until(self) -> date | None:
        """Until when somebody should do something about it; None when all is done."""
        if self.sent and (self.acknowledged or self.recipient == "home"):
            return None
        return self.due

    def written(self, documents: tuple[tuple[str, str, str], ...], *, nameless: bool) -> Notice:
        """With its documents: kind, key and SHA-256 of each."""
        return replace(self, documents=documents, nameless=nameless)

    def marked_sent(self, by: PersonId, at: datetime, channel: Channel) -> Notice:
        """Sent by somebody. Raises `AlreadyMarked`."""
        if self.sent:
            raise AlreadyMarked(field="state", value="sent")
        due = today(at) + timedelta(days=RULES.acknowledge)
        return replace(self, sent=at, sent_by=by, channel=channel, due=due)

    def marked_acknowledged(self, by: PersonId, at: datetime) -> Notice:
        """The recipient has said that it came. Raises `NotSentYet`, `AlreadyMarked`."""
        if self.sent is None:
            raise NotSentYet(field="state", value="acknowledged")
        if self.acknowledged:
            raise AlreadyMarked(field="state", value="acknowledged")
        return replace(self, acknowledged=at, acknowledged_by=by)


def started(
    id: str, card: PersonCard, enrolment: Enrolment, own: str, by: str, at: datetime
) -> Notice | None:
    """The notice to the home municipality that a pupil has started, if it is another than the unit's `own`
    and the pupil did not go to that unit already; None otherwise.
    """
    told = enrolment.school_form in _TOLD and card.municipality not in {None, own}
    there = any(e.unit == enrolment.unit and not e.cancelled for e in card.enrolments)
    if not told or there:
        return None
    return Notice(
        id=id,
        purpose="started",
        recipient="homeMunicipality",
        code=card.municipality or "",
        unit=enrolment.unit,
        school_form=enrolment.school_form,
        year=enrolment.year,
        day=enrolment.start,
        law=NOTICE_LAW[enrolment.school_form in COMPULSORY],
        due=today(at) + timedelta(days=RULES.send),
        created=at,
        created_by=by,
    )


def inquired(
    id: str, card: PersonCard, unit: UnitId, own: str, day: date, by: str, at: datetime
) -> Notice | None:
    """The notice to the home municipality that a pupil's absence is investigated, if it is another than the
    unit's `own`; None otherwise.
    """
    there = [e for e in card.enrolments if e.unit == unit and e.school_form in _TOLD and e.covers(day)]
    if not there or card.municipality in {None, own}:
        return None
    return Notice(
        id=id,
        purpose="absenceInquiry",
        recipient="homeMunicipality",
        code=card.municipality or "",
        unit=unit,
        school_form=there[0].school_form,
        year=there[0].year,
        day=day,
        law=NOTICE_LAW[there[0].school_form in COMPULSORY],
        due=today(at) + timedelta(days=RULES.send),
        created=at,
        created_by=by,
    )


_TOLD = COMPULSORY | {SchoolForm.UPPER_SECONDARY, SchoolForm.ADAPTED_UPPER_SECONDARY}

"""Facts of messages, and the parts of other areas' facts that messages reads."""

from __future__ import annotations

from datetime import date, datetime
from typing import ClassVar

from pydantic import BaseModel, ConfigDict

from functions.messages.domain.deliveries import Channel, Failure
from skolkit import events
from skolkit.events import Fact
from skolkit.extracts import Answered
from skolkit.jobs import Asked
from skolkit.retention import facts as retention
from skolkit.types import NoticeId, PersonId, UnitId


class NoticeDelivered(Fact):
    """The channel's provider has taken a notice to one recipient."""

    type: ClassVar[str] = "messages.NoticeDelivered.v1"
    notice: NoticeId
    pupil: PersonId
    day: date
    recipient: PersonId
    channel: Channel


class NoticeFailed(Fact):
    """A notice could not be sent to a recipient, or came back; the reason says who acts."""

    type: ClassVar[str] = "messages.NoticeFailed.v1"
    notice: NoticeId
    pupil: PersonId
    day: date
    recipient: PersonId
    reason: Failure


class GlassBroken(BaseModel):
    """Of `register.GlassBroken.v1`."""

    model_config = ConfigDict(frozen=True, extra="ignore", defer_build=True)
    person: PersonId
    by: PersonId
    units: list[UnitId]
    until: datetime


class NoticeDue(BaseModel):
    """Of `attendance.GuardianNoticeDue.v1`."""

    model_config = ConfigDict(frozen=True, extra="ignore", defer_build=True)
    notice: NoticeId
    pupil: PersonId
    day: date
    start: datetime
    end: datetime
    late: int = 0


class MessageDue(events.MessageDue):
    """People are to be told something of messages itself. Those of other areas are read as this one."""

    type: ClassVar[str] = "messages.MessageDue.v1"


class DeliveryDue(Fact):
    """A delivery is to be looked at again: `delivery` is its tag, `due` when that was to be."""

    type: ClassVar[str] = "messages.DeliveryDue.v1"
    delivery: str
    due: datetime


class EmergencyDue(Fact):
    """A part of the recipients of an emergency is to be told at once; `calls` are called instead."""

    type: ClassVar[str] = "messages.EmergencyDue.v1"
    emergency: str
    part: int
    recipients: list[PersonId]
    calls: list[PersonId]


class NewsDue(Fact):
    """The time of a post has come: it is to be published, and people told."""

    type: ClassVar[str] = "messages.NewsDue.v1"
    post: str


class DigestDue(Fact):
    """The homes of a unit's pupils, from a place in its list on, are to be told of the week; `day` is the
    digest's.
    """

    type: ClassVar[str] = "messages.DigestDue.v1"
    unit: UnitId
    day: date
    cursor: str | None = None


class ConsentDue(Fact):
    """Homes are to be told of a question about consent, or reminded before its deadline."""

    type: ClassVar[str] = "messages.ConsentDue.v1"
    consent: str
    reminder: bool = False


class FormDue(Fact):
    """People are to be told of a form, or reminded before its deadline."""

    type: ClassVar[str] = "messages.FormDue.v1"
    form: str
    reminder: bool = False


class FormExportAsked(Asked):
    """The answers to a form are to be written into a file."""

    type: ClassVar[str] = "messages.FormExportAsked.v1"


class ExtractAnswered(Answered):
    """The part of messages in a register extract has been written."""

    type: ClassVar[str] = "messages.ExtractAnswered.v1"


class RetentionContinued(retention.Turn):
    """The area's part of a retention run goes on in another turn."""

    type: ClassVar[str] = "messages.RetentionContinued.v1"


class RetentionAnswered(retention.Answered):
    """The area's part of a retention run is done: counts and where the proofs are."""

    type: ClassVar[str] = "messages.RetentionAnswered.v1"

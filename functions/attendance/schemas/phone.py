"""Absence by telephone."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field, SecretStr

from functions.attendance.domain.absence import Reason
from functions.attendance.domain.phone import Outcome
from functions.attendance.schemas.common import Notified
from skolkit.http import Shape

Pin = Annotated[SecretStr, Field(min_length=4, max_length=8)]
Number = Annotated[str, Field(pattern=r"^[+(]?[0-9][0-9 ()./-]{3,30}$")]


class NewPhonePin(Shape):
    """The number somebody will call from and the code they will give; neither can be read again."""

    number: Number
    pin: Pin


class ProvenNumber(Shape):
    """The code that was sent to the number as a text message."""

    code: Annotated[SecretStr, Field(min_length=6, max_length=6)]


class PhonePinView(Shape):
    """Whether there is a code, and since when; `awaits_proof` is whether one waits for its number to be
    proved. `version` is what If-Match takes, 0 for none.
    """

    is_set: bool
    awaits_proof: bool
    changed: datetime | None
    version: int


class PhoneAbsence(Shape):
    """A call or text message: who says it, and which child is away on which day. `childIndex` counts from the
    eldest, `childBirthDate` are the digits of month and day, or all eight.
    """

    caller_number: Number
    pin: Pin
    kind: Literal["today", "tomorrow"]
    reason: Notified = Reason.ILLNESS
    child_index: Annotated[int, Field(ge=1, le=20)] | None = None
    child_birth_date: Annotated[str, Field(pattern=r"^([0-9]{4}){1,2}$")] | None = None


class PhoneAnswer(Shape):
    """What became of it, and what to read aloud or send back; no names in it."""

    outcome: Outcome
    text: str
    language: Literal["sv", "en"] | None

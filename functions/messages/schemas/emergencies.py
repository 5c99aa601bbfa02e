"""Emergencies over HTTP."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from functions.messages.domain.emergencies import Audience
from skolkit.http import Shape

Said = Annotated[str, Field(min_length=1, max_length=300)]


class Texts(Shape):
    """What is said, in Swedish and where wanted in English."""

    sv: Said
    en: Said | None = None


class AudienceQuery(Shape):
    """Whom it is for."""

    audience: Audience = "both"


class PreviewView(Shape):
    """How many it would go to, and how many must be called instead."""

    recipients: int
    calls: int


class NewEmergency(Shape):
    """What is said to whom; `recipients` is the number that the preview showed."""

    texts: Texts
    audience: Audience
    recipients: Annotated[int, Field(ge=0, le=100_000)]


class EmergencyView(Shape):
    """An emergency and how far it has come: of the recipients so many told, not reached, and waiting."""

    id: str
    unit: str
    audience: Audience
    texts: Texts
    at: datetime
    recipients: int
    told: int
    unreached: int
    waiting: int
    calls: int
    version: int


class CallView(Shape):
    """Somebody to call, and why. Of a protected person nothing is said to those who may not know."""

    person: str | None
    given_name: str | None
    family_name: str | None
    reason: Literal["protected", "unreached"]


class CallPage(Shape):
    """Those to call, of some parts of the recipients."""

    data: list[CallView]
    cursor: str | None

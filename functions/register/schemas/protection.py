"""Protected identity over HTTP."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import Field

from functions.register.domain.people import Marking
from functions.register.domain.protection import Basis, Why
from functions.register.schemas.common import Id
from functions.register.schemas.people import AddressShape, EmailShape, PhoneShape
from skolkit.http import Shape


class ProtectionBody(Shape):
    """The marking a person has from now on, and what it rests on. `caseNumber` is the diary's."""

    security_marking: Marking
    basis: Basis
    case_number: Annotated[str, Field(pattern=r"^[A-ZÅÄÖ]{0,6} ?[0-9]{2,4}[/-][0-9]{1,6}$")] | None = None


class ProtectionView(Shape):
    """The marking of a person."""

    person: Id
    security_marking: Marking
    version: int


class GlassBody(Shape):
    """Why the details are needed now."""

    reason: Why


class GlassView(Shape):
    """A broken glass: until when the details may be read by whoever broke it."""

    person: Id
    until: datetime


class ProtectedContacts(Shape):
    """How a protected person is reached, for whoever has broken the glass."""

    person: Id
    until: datetime
    emails: list[EmailShape]
    phone_numbers: list[PhoneShape]
    addresses: list[AddressShape]

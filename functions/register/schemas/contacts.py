"""Contact details over HTTP."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, Field

from functions.register.domain.contacts import phone_number
from functions.register.schemas.common import Id
from skolkit.http import Shape

Email = Annotated[str, Field(pattern=r"^[^@\s]+@[^@\s]+\.[^@\s]+$", max_length=254)]
Phone = Annotated[str, Field(max_length=30), AfterValidator(phone_number)]


class ContactChange(Shape):
    """How the caller wants to be reached. The telephone number may be written in any usual way."""

    email: Email | None = None
    phone: Phone | None = None
    language: Annotated[str, Field(pattern=r"^[a-z]{2,3}$")] = "sv"


class ContactView(Shape):
    """How a person may be reached; `withheld` when the identity is protected, and then without address."""

    person: Id
    email: str | None
    phone: str | None
    language: str | None
    withheld: bool
    version: int

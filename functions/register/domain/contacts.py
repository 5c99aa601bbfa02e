"""How people are reached: mail, telephone, addresses; withheld for protected identity."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from skolkit.types import PersonId

AddressType = Literal["Folkbokföring", "Särskild postadress", "Tillfällig adress", "Postadress"]
"""`type` of SS 12000 `Person.addresses`."""

EmailType = Literal["Privat", "Skola elev", "Skola personal", "Arbete övrigt"]
PhoneType = Literal["Hem", "Arbete"]


@dataclass(frozen=True, slots=True)
class Address:
    """A postal address, SS 12000 `Person.addresses`. `municipality_code` is a kommunkod."""

    street: str
    postal_code: str
    locality: str
    type: AddressType = "Folkbokföring"
    country: str = "Sverige"
    municipality_code: str | None = None
    care_of: str | None = None


@dataclass(frozen=True, slots=True)
class Email:
    """A mail address, SS 12000 `Email`."""

    value: str
    type: EmailType = "Privat"


@dataclass(frozen=True, slots=True)
class Phone:
    """A telephone number in E.164, SS 12000 `Phonenumber`."""

    value: str
    type: PhoneType = "Hem"
    mobile: bool = True


@dataclass(frozen=True, slots=True)
class Contact:
    """How a person may be reached. `phone` is E.164, `language` a two- or three-letter code; `email` and
    `phone` are where notices go, the lists are all there are.
    """

    person: PersonId
    email: str | None
    phone: str | None
    language: str
    emails: tuple[Email, ...] = ()
    phones: tuple[Phone, ...] = ()
    addresses: tuple[Address, ...] = ()


@dataclass(frozen=True, slots=True)
class Withheld:
    """The contact of a person with protected identity: it exists, and is not handed out here."""

    person: PersonId


def phone_number(text: str) -> str:
    """A telephone number in E.164, from any usual Swedish spelling. Raises ValueError.

    >>> phone_number("070-174 06 05"), phone_number("+46 (0)8-465 00 04"), phone_number("0047 22 22 55 55")
    ('+46701740605', '+4684650004', '+4722225555')
    """
    digits = re.sub(r"\(0\)|[\s()./-]", "", text)
    digits = re.sub("^00", "+", digits)
    digits = re.sub("^0", "+46", digits)
    if not re.fullmatch(r"\+[1-9][0-9]{6,14}", digits):
        raise ValueError("not a telephone number")
    return digits

"""The numbers that identify a person to Swedish authorities, as types that never show themselves by accident.

A person has a personnummer, a samordningsnummer or a temporary TF number, and may change from one to another:
the number is an attribute of a person, never a key. `repr`, `str` and f-strings of these types show no digit,
and no error repeats what was typed; write `.value` where the number itself is meant (SS 12000 `civicNo`,
reports to authorities).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import ClassVar, Literal, Self

Sex = Literal["Man", "Kvinna", "Okänt"]
"""Code_Sex of SS 12000."""

_USUAL = re.compile(r"(?:[0-9]{2})?[0-9]{6}[-+]?[0-9]{4}")
_CANONICAL = re.compile(r"[0-9]{12}")
_TEMPORARY = re.compile(r"([0-9]{8})-?TF([0-9]{2})")
_DASHES = str.maketrans("‐‑–−", "----")


class IdentityNumberError(ValueError):
    """A text that is no identity number. `reason` is for programs, `sv` and `en` for people; none holds the
    number.
    """

    def __init__(self, reason: str) -> None:
        self.reason = reason
        self.sv, self.en = _TEXTS[reason]
        super().__init__(self.en)


_TEXTS = {
    "unreadable": (
        "Numret går inte att läsa. Skriv det som ÅÅÅÅMMDD-NNNN.",
        "The identity number cannot be read. Write it as YYYYMMDD-NNNN.",
    ),
    "date": (
        "Datumet i numret finns inte. Kontrollera år, månad och dag.",
        "The identity number holds a date that does not exist. Check year, month and day.",
    ),
    "check_digit": (
        "Kontrollsiffran stämmer inte. Någon siffra är fel eller omkastad.",
        "The check digit of the identity number does not match. A digit is wrong or transposed.",
    ),
    "kind": (
        "Numret är av en annan sort än den som efterfrågas (person-, samordnings- eller TF-nummer).",
        "The identity number is of another kind than the one asked for (personal, coordination, temporary).",
    ),
}


@dataclass(frozen=True, slots=True, repr=False)
class _IdentityNumber:
    """`value` is the 12 characters of SS 12000 `civicNo`, without separator; anything else raises
    IdentityNumberError.
    """

    value: str

    _day_offset: ClassVar[int] = 0

    def __post_init__(self) -> None:
        if not _CANONICAL.fullmatch(self.value):
            raise IdentityNumberError("unreadable")
        day = int(self.value[6:8]) - self._day_offset
        if (day < 0) if self._day_offset else (day > 60):
            raise IdentityNumberError("kind")
        _date(self.value, day)
        if _canonical(self.value) is None:
            raise IdentityNumberError("check_digit")

    @classmethod
    def parse(cls, text: str) -> Self:
        """The number in any usual spelling: 10 or 12 digits, with or without `-`, spaces around or inside,
        `+` at 100 years.

        Ten digits have no century: it is the latest possible one as of today, a hundred years earlier after
        `+` (folkbokföringslagen 18 §). Raises IdentityNumberError.
        """
        plain = _plain(text)
        if _TEMPORARY.fullmatch(plain):
            raise IdentityNumberError("kind")
        if not _USUAL.fullmatch(plain):
            raise IdentityNumberError("unreadable")
        if canonical := _canonical(plain):
            return cls(canonical)
        # Refused, whatever the century: a complete number only lets the constructor say why.
        digits = re.sub("[-+]", "", plain)
        return cls(digits if len(digits) == 12 else ("19" if "+" in plain else "20") + digits)

    @property
    def birth_date(self) -> date:
        """The date in the number; when a day's numbers have run out it is a neighbouring day
        (folkbokföringslagen 18 §).
        """
        return _date(self.value, int(self.value[6:8]) - self._day_offset)

    @property
    def sex(self) -> Sex:
        """The next to last digit: odd for men, even for women."""
        return "Man" if int(self.value[10]) % 2 else "Kvinna"

    @property
    def spelled(self) -> str:
        """`YYYYMMDD-NNNN`, the spelling of forms and letters."""
        return f"{self.value[:8]}-{self.value[8:]}"

    def __repr__(self) -> str:
        return f"{type(self).__name__}(masked)"

    __str__ = __repr__


@dataclass(frozen=True, slots=True, repr=False)
class Personnummer(_IdentityNumber):
    """A personal identity number (personnummer), folkbokföringslagen (1991:481) 18 §.

    >>> number = Personnummer.parse("811218-9876")
    >>> number.value, number.birth_date.isoformat(), number.sex
    ('198112189876', '1981-12-18', 'Man')
    >>> print(number)
    Personnummer(masked)
    """


@dataclass(frozen=True, slots=True, repr=False)
class Samordningsnummer(_IdentityNumber):
    """A coordination number (samordningsnummer), lag (2022:1697): a personal number whose day is increased by
    60.
    """

    _day_offset: ClassVar[int] = 60


@dataclass(frozen=True, slots=True, repr=False)
class TFNumber(_IdentityNumber):
    """A temporary number: birth date and `TF10` (man), `TF20` (woman) as SCB wants it, or `TFnn` as SS 12000
    shows.

    There is no check digit. SCB uses it for persons without a number and for pupils with protected identity.

    >>> TFNumber.parse("20100315-TF20").sex
    'Kvinna'
    """

    def __post_init__(self) -> None:
        if not (found := _TEMPORARY.fullmatch(self.value)) or len(self.value) != 12:
            raise IdentityNumberError("unreadable")
        _date(found[1], int(self.value[6:8]))

    @classmethod
    def parse(cls, text: str) -> Self:
        """As `Personnummer.parse`, for `YYYYMMDDTFnn` with or without `-`, in any case."""
        return cls(_plain(text).replace("-", ""))

    @property
    def sex(self) -> Sex:
        """From TF10 and TF20; any other serial says nothing."""
        return {"10": "Man", "20": "Kvinna"}.get(self.value[10:], "Okänt")  # type: ignore[return-value]


IdentityNumber = Personnummer | Samordningsnummer | TFNumber


def parse_identity_number(text: str) -> IdentityNumber:
    """The number in any usual spelling, as the kind it is. Raises IdentityNumberError.

    >>> parse_identity_number("20130101TF01").value, parse_identity_number("19811278-9873")
    ('20130101TF01', Samordningsnummer(masked))
    """
    if "TF" in _plain(text):
        return TFNumber.parse(text)
    try:
        return Personnummer.parse(text)
    except IdentityNumberError as refusal:
        if refusal.reason != "kind":
            raise
    return Samordningsnummer.parse(text)


def _plain(text: str) -> str:
    return "".join(text.split()).translate(_DASHES).upper()


def _canonical(text: str) -> str | None:
    """Twelve digits if the library accepts the number (date, day + 60, Luhn), else nothing: its errors repeat
    the number.
    """
    # Imported here because only those who read identity numbers need it.
    from personnummer import personnummer

    try:
        return str(personnummer.parse(text).format(long_format=True))
    except personnummer.PersonnummerException:
        return None


def _date(digits: str, day: int) -> date:
    try:
        return date(int(digits[:4]), int(digits[4:6]), day)
    except ValueError:
        pass
    raise IdentityNumberError("date")

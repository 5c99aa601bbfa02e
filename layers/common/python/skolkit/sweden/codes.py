"""The codes by which authorities know a school, its municipality and its organiser, checked when they are
made.

They are text: they compare, sort and serialise as the code itself.
"""

from __future__ import annotations

import re
from enum import StrEnum
from typing import ClassVar, Self


class CodeError(ValueError):
    """A text that is not such a code. `value` is the text; `sv` and `en` say what it should look like."""

    def __init__(self, value: str, sv: str, en: str) -> None:
        self.value, self.sv, self.en = value, sv, en
        super().__init__(f"{value!r}: {en}")


class _Code(str):
    __slots__ = ()
    _pattern: ClassVar[re.Pattern[str]]
    _texts: ClassVar[tuple[str, str]]

    def __new__(cls, value: str) -> Self:
        if not cls._pattern.fullmatch(value):
            raise CodeError(value, *cls._texts)
        return super().__new__(cls, value)


class SchoolUnitCode(_Code):
    """School unit code (skolenhetskod): 8 digits, a random number 10000000–99999999 (Skolenhetsregistret v2).

    >>> SchoolUnitCode("19733028")
    '19733028'
    """

    __slots__ = ()
    _pattern = re.compile(r"[1-9][0-9]{7}")
    _texts = (
        "en skolenhetskod har åtta siffror och börjar inte med noll",
        "a school unit code has eight digits and does not begin with zero",
    )


class MunicipalityCode(_Code):
    """Municipality code (kommunkod): county and municipality, 4 digits, e.g. 0180. Existence is not
    checked.
    """

    __slots__ = ()
    _pattern = re.compile(r"(?!00|[0-9]{2}00)[0-9]{4}")
    _texts = (
        "en kommunkod har fyra siffror, län och kommun, t.ex. 0180",
        "a municipality code has four digits, county and municipality, e.g. 0180",
    )


class OrganisationNumber(_Code):
    """Organisation number (organisationsnummer): 10 digits without hyphen, third digit at least 2, Luhn check
    digit.

    >>> OrganisationNumber("2120000142")
    '2120000142'
    """

    __slots__ = ()
    _pattern = re.compile(r"[0-9]{2}[2-9][0-9]{7}")
    _texts = (
        "ett organisationsnummer har tio siffror utan bindestreck och rätt kontrollsiffra",
        "an organisation number has ten digits without hyphen and a matching check digit",
    )

    def __new__(cls, value: str) -> Self:
        """Raises CodeError."""
        code = super().__new__(cls, value)
        if check_digit(code[:9]) != int(code[9]):
            raise CodeError(value, *cls._texts)
        return code


class SchoolForm(StrEnum):
    """School forms (skolformer) and other forms of education a municipality runs.

    The words are those of Skolenhetsregistret v2 (`CodeSchoolType`, for adults also its parts,
    `CodeSchoolTypePartVux`), for forms that are not in that register those of SS 12000. What each of them
    uses is in `skolkit.sweden.school_forms`.
    """

    PRESCHOOL = "FS"
    PRESCHOOL_CLASS = "FKLASS"
    AFTER_SCHOOL_CENTRE = "FTH"
    OPEN_LEISURE = "OPPFTH"
    COMPULSORY = "GR"
    ADAPTED_COMPULSORY = "GRAN"
    SPECIAL = "SP"
    SAMI = "SAM"
    UPPER_SECONDARY = "GY"
    ADAPTED_UPPER_SECONDARY = "GYAN"
    ADULT = "VUX"
    ADULT_BASIC = "VUXGR"
    ADULT_UPPER_SECONDARY = "VUXGY"
    ADULT_SWEDISH = "VUXSFI"
    ADAPTED_ADULT_BASIC = "VUXGRAN"
    ADAPTED_ADULT_UPPER_SECONDARY = "VUXGYAN"
    SUBJECT_AREAS = "TR"
    ARTS_SCHOOL = "KU"
    HIGHER_VOCATIONAL = "YH"
    FOLK_HIGH_SCHOOL = "FHS"


_OLD_NAMES = {"GRAN": "GRS", "GYAN": "GYS", "VUXGRAN": "VUXSARGR", "VUXGYAN": "VUXSARGY"}
SS12000_SCHOOL_TYPE = {form: _OLD_NAMES.get(form.value, form.value) for form in SchoolForm}
"""The register's school form → SS 12000 `SchoolTypesEnum`, which keeps the names from before 2 July 2023."""


def check_digit(digits: str) -> int:
    """The Luhn (modulus 10) check digit that belongs after nine digits of a personal or organisation number.

    >>> check_digit("811218987")
    6
    """
    doubled = (int(digit) * (2 - place % 2) for place, digit in enumerate(digits))
    return -sum(product // 10 + product % 10 for product in doubled) % 10

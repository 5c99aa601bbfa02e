"""How numbers are written on grade documents."""

from __future__ import annotations

from functions.grades.domain.documents import Language
from skolkit.errors import Text

_HOURS = Text("timme|timmar", "hour|hours")
_MINUTES = Text("minut|minuter", "minute|minutes")


def civic(civic_no: str) -> str:
    """An identity number as people write it.

    >>> civic("201106279811"), civic("20110627-9811")
    ('20110627-9811', '20110627-9811')
    """
    return f"{civic_no[:8]}-{civic_no[8:].removeprefix('-')}"


def thousands(number: int) -> str:
    """A number with spaces that do not break.

    >>> thousands(2500).split()
    ['2', '500']
    """
    return f"{number:,}".replace(",", "\N{NO-BREAK SPACE}")


def duration(minutes: int, language: Language) -> str:
    """Minutes in words.

    >>> duration(0, "sv"), duration(60, "sv"), duration(125, "en")
    ('ingen', '1 timme', '2 hours 5 minutes')
    """
    if minutes <= 0:
        return "none" if language == "en" else "ingen"
    parts = []
    for number, words in zip(divmod(minutes, 60), (_HOURS, _MINUTES), strict=True):
        if number:
            one, many = words.in_language(language).split("|")
            parts.append(f"{thousands(number)} {one if number == 1 else many}")
    return " ".join(parts)

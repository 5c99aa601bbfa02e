"""Identity numbers that belong to nobody, each handed out once."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta

from skolkit.sweden.codes import check_digit
from skolkit.sweden.identity_numbers import Personnummer, Samordningsnummer, Sex

_DAYS = 366
_PER_DAY = 10


class NumberSeries:
    """Numbers with birth number 980–999, the range of Skatteverket's published test persons: ten per day and
    sex.

    When a date has run out the nearest free day of the same year is used (folkbokföringslagen 18 § does the
    same), and when a year has run out the coordination-number form of the same range: 7,300 people per year
    and sex.
    """

    def __init__(self) -> None:
        self._used: dict[tuple[int, Sex, int], bytearray] = defaultdict(lambda: bytearray(_DAYS))

    def take(self, birth: date, sex: Sex) -> Personnummer | Samordningsnummer:
        """An unused number of someone born on or near that date. Raises OverflowError when year and sex have
        run out.
        """
        first = date(birth.year, 1, 1)
        wanted = (birth - first).days
        length = (date(birth.year + 1, 1, 1) - first).days
        for offset in (0, 60):
            used = self._used[birth.year, sex, offset]
            free = (day for day in range(length) if used[day] < _PER_DAY)
            nearest = (
                wanted
                if used[wanted] < _PER_DAY
                else min(free, key=lambda day: abs(day - wanted), default=None)
            )
            if nearest is not None:
                number = 980 + 2 * used[nearest] + (sex == "Man")
                used[nearest] += 1
                day = first + timedelta(days=nearest)
                digits = f"{day:%Y%m}{day.day + offset:02}{number}"
                value = f"{digits}{check_digit(digits[2:])}"
                return Samordningsnummer(value) if offset else Personnummer(value)
        raise OverflowError(
            f"No synthetic number is left for {sex} born {birth.year}: generate fewer pupils at a time."
        )

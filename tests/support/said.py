"""A plain model of a school day with some lessons and pupils: what has been said of whom, and which sums and
notices that must lead to.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

HOURS, LENGTH = (8, 9, 10, 11), 40  # lessons begin on the hour
OUTCOMES = [(LENGTH, 0, 0), (0, 0, LENGTH), (0, 0, LENGTH), (25, 0, 15), (0, LENGTH, 0)]

Minutes = tuple[int, int, int]  # attendance, valid, invalid
Key = tuple[int, int]  # a pupil and a lesson


@dataclass
class Model:
    """What everybody has said. `ever` are lessons that were at some time missed without a reason, `seen`
    those that the pupil was at some time present in: what is told depends on which fact came when.
    """

    lines: dict[Key, Minutes] = field(default_factory=dict)
    made: dict[Key, datetime] = field(default_factory=dict)
    whole: set[int] = field(default_factory=set)
    cancelled: set[int] = field(default_factory=set)
    excused: dict[str, tuple[int, set[int]]] = field(default_factory=dict)
    ever: set[Key] = field(default_factory=set)
    seen: set[Key] = field(default_factory=set)

    def missed(self) -> set[Key]:
        """Lessons with invalid minutes."""
        return {key for key, minutes in self.lines.items() if minutes[2]}

    def unexplained(self) -> set[Key]:
        reasons = {(pupil, n) for pupil, lessons in self.excused.values() for n in lessons}
        return self.missed() - reasons

    def note(self) -> None:
        self.ever |= self.unexplained()
        self.seen |= {key for key, minutes in self.lines.items() if minutes[0]}

    def sums(self, pupil: int) -> list[int]:
        mine = [minutes for (p, n), minutes in self.lines.items() if p == pupil and n in self.whole]
        return [sum(column) for column in zip(*mine, strict=True)] if mine else [0, 0, 0]

    def one_gap(self, pupil: int, first: int, last: int) -> bool:
        """Whether two missed lessons can only have been one gap: never present in between."""
        return not any((pupil, n) in self.seen for n in range(first + 1, last))


def line_of(minutes: Minutes) -> dict[str, Any]:
    """The minutes as a phone sends them."""
    names = ("attendanceMinutes", "validAbsenceMinutes", "invalidAbsenceMinutes")
    return dict(zip(names, minutes, strict=True))

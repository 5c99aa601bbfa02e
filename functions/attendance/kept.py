"""What attendance keeps about people."""

from __future__ import annotations

from skolkit.kept import Kept

KEPT = {
    "sheet": Kept("attendance.lesson", ("roster", "teachers", "reported_by")),
    "deviation": Kept("attendance.lesson", ("pk",)),
    "notice": Kept("attendance.absence", ("pk", "reported_by")),
    "day": Kept("attendance.absence", ("pk", "gaps")),
    "sweep": Kept("attendance.sweep"),
}

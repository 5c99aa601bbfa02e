"""Reminders of lessons nobody has reported (process 20)."""

from __future__ import annotations

from functions.attendance.app.base import on
from functions.attendance.usecases import lesson_reminders


@on.on_schedule(
    "cron(0/30 8-18 ? * MON-FRI *)", process=20, timeout=900,
    meaning="Lärare påminns inte om lektioner utan närvaro, och rektor får inte veta vilka som saknas.",
)  # fmt: skip
def remind_unreported() -> None:
    """Every half hour of school days: remind of unreported lessons, tell principals what is left."""
    lesson_reminders.remind_unreported()

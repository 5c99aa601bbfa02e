"""By when homes answer what the school asks, and when those who have not are reminded (process 28)."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from skolkit.clock import local
from skolkit.errors import DomainError, Text

REMINDED_AT = time(9)


class DeadlinePassed(DomainError):
    """After the deadline nobody answers any more; a yes to a consent is withdrawn at any time."""

    reason = Text("Sista svarsdag har passerat.", "The deadline has passed.")
    advice = Text(
        "Kontakta skolan. Ett ja till ett samtycke kan alltid tas tillbaka.",
        "Contact the school. A yes to a consent can be withdrawn at any time.",
    )


def reminded_at(deadline: date, days: int) -> datetime:
    """When those who have not answered are reminded: in the morning, so many days before the deadline.

    >>> reminded_at(date(2026, 10, 27), 2).isoformat()
    '2026-10-25T08:00:00+00:00'
    """
    return local(deadline - timedelta(days=days), REMINDED_AT)

"""Several may decide about the same thing at the same moment: whoever comes second decides again."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from skolkit.errors import Busy, ChangedMeanwhile

T = TypeVar("T")
ATTEMPTS = 5  # a guardian's notice and two lessons may be decided about the same pupil at the same moment


def persist(attempt: Callable[[], T]) -> T:
    """Try again, from what is read to what is written, when somebody else was first or is writing now (which
    DynamoDB tells as a conflict of transactions, here `Busy`); not when the caller's own version is old.
    """
    for _ in range(ATTEMPTS - 1):
        try:
            return attempt()
        except (ChangedMeanwhile, Busy) as refusal:
            if refusal.field:
                raise
    return attempt()

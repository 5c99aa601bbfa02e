"""What other areas may read of assessment."""

from __future__ import annotations

from collections.abc import Sequence

from functions.assessment.store import sittings as store
from skolkit.clock import today
from skolkit.sweden.calendar import SchoolYear
from skolkit.table import Wanted
from skolkit.types import PersonId

__all__ = ["wanted_test_grades"]


def wanted_test_grades(
    pupils: Sequence[PersonId], subject: str, year: SchoolYear | None = None
) -> Wanted[dict[PersonId, str]]:
    """Pupils' test grades (provbetyg) in a subject, course or level by its code, for `skolkit.table.fetch`;
    those without are left out. `year`: the school year, this one when not given. To be taken into special
    account when the grade is set (skollagen 10:20 a, 15:25 a).
    """
    return store.wanted_grades(pupils, subject, year or SchoolYear.of(today()))

"""What other areas may read of assessment."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from functions.assessment.store import sittings as store
from skolkit.clock import today
from skolkit.sweden.calendar import SchoolYear
from skolkit.table import Wanted
from skolkit.types import PersonId

__all__ = ["wanted_test_grades"]


def wanted_test_grades(
    pupils: Iterable[PersonId],
    subject: str,
    year: SchoolYear | None = None,
    also: Mapping[PersonId, Sequence[PersonId]] | None = None,
) -> Wanted[dict[PersonId, str]]:
    """Pupils' test grades (provbetyg) in a subject, course or level by its code, for `skolkit.table.fetch`;
    those without are left out. `year`: the school year, this one when not given. `also`: their other
    records (`register.queries.wanted_also`), looked at when their own has no grade. To be taken into special
    account when the grade is set (skollagen 10:20 a, 15:25 a).
    """
    records = {pupil: (pupil, *(also or {}).get(pupil, ())) for pupil in pupils}
    return store.wanted_grades(records, subject, year or SchoolYear.of(today()))

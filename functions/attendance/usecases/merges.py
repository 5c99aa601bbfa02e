"""Two records that proved to be one person: what attendance keeps goes with the one that is kept."""

from __future__ import annotations

from functions.attendance.store import merges as store
from functions.register import queries as register
from skolkit.merges import MergeTold


def follow_merge(told: MergeTold) -> None:
    """Move days, deviations and notices to the kept record, or back. Lessons that have been reported keep the
    record that was in the class then; coming ones follow the class.
    """
    if register.merged_into(told.merged) == told.kept:
        store.move_pupil(told.merged, told.kept, told.kept, back=False)
    else:
        store.move_pupil(told.kept, told.merged, told.kept, back=True)

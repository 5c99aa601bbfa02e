"""Decisions as SS 12000 `Grade`, as they come in the feed of what has changed since."""

from __future__ import annotations

from typing import Any

from functions.grades.ss12000 import grade
from functions.grades.store.catalogue import EntryItem, wanted_entries
from skolkit.clock import now
from skolkit.feed import changes
from skolkit.table import FEED_SHARDS, fetch
from skolkit.types import new_id
from tests.support.areas import acting_as
from tests.support.grading import Graded


def test_every_decision_is_in_the_feed_as_a_grade(school: Graded) -> None:
    begun, values = now(), dict[str, Any](zip(school.klass.pupil_ids, "ABCDEF-", strict=False))
    assert school.set(school.teachers[0], values).status == 201
    with acting_as("grades"):
        found = [one for shard in range(FEED_SHARDS) for one in changes(EntryItem, shard, None, 100)[0]]
        (entries,) = fetch(wanted_entries([(one.pk, one.sk) for one in found]))
    assert {one.at >= begun.isoformat()[:19] and not one.deleted for one in found} == {True}
    shown = [grade(entry, new_id(), (now(), now()), {}) for entry in entries]
    assert {str(one.student.id): one.grade_value for one in shown} == values
    assert {str(one.grading_teacher and one.grading_teacher.id) for one in shown} == {school.teachers[0]}

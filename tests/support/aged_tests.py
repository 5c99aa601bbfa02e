"""National tests and observations, old ones and newer, straight into the table of assessment."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, time

from functions.assessment.domain.marking import Code, Mark, Marking, Paper
from functions.assessment.domain.matrices import MatrixId, Observation, Progress, Standing
from functions.assessment.domain.national_tests import NationalTest, Outcome, Part, national_test_id
from functions.assessment.domain.sittings import MarkingId, Result, Sitting, SittingId
from functions.assessment.domain.terms import term_of
from functions.assessment.store import marking as marking_store
from functions.assessment.store import matrices
from functions.assessment.store import sittings as store
from skolkit.clock import stamp
from skolkit.sweden.calendar import SchoolYear
from skolkit.sweden.codes import SchoolForm
from skolkit.table import Item, Overwrite, Write
from skolkit.types import GroupId, PersonId, UnitId, new_id


def test_group(pupil: PersonId, teacher: PersonId, unit: UnitId, day: date) -> tuple[list[Item], list[Item]]:
    """A test held on a day: its result, and apart from it the group and its marking without names."""
    part = Part(code="A", name="A", kind="grade", first=day, last=day)
    year, form = SchoolYear.of(day), SchoolForm.COMPULSORY
    paper = NationalTest(
        id=national_test_id(year, form, "GRGRENG01", 6), school_year=year, form=form, subject="GRGRENG01",
        name="Engelska", parts=(part,), year=6,
    )  # fmt: skip
    at, grade = datetime.combine(day, time(9), UTC), Outcome("done", "B")
    sitting = Sitting(
        id=SittingId(new_id()), unit=unit, group=GroupId(new_id()), paper=paper, responsible=teacher,
        pupils=(pupil,),
    )  # fmt: skip
    other = PersonId(new_id())
    marking = Marking(
        id=MarkingId(new_id()), sitting=sitting.id, unit=unit, name="Engelska", part=part,
        grades=paper.grades, markers=(teacher, other), papers=1, state="opened",
    )  # fmt: skip
    marked = Paper(code=Code("AB12"), marks=(Mark(other, grade, at),), settled=grade, how="alike")
    result = Result(
        pupil=pupil, sitting=sitting.id, paper=paper, unit=unit, parts={"A": grade}, by=teacher, at=at
    )
    group = [
        *_items(store.sitting_writes(None, sitting)), *_items(marking_store.marking_writes(None, marking)),
        marking_store.key_item(marking, {marked.code: pupil}), marking_store.paper_item(marking, marked),
    ]  # fmt: skip
    return [store.result_item(replace(result))], group


def tracked(pupil: PersonId, teacher: PersonId, day: date) -> list[Item]:
    """What was seen of a pupil on a day, and that the goals are at risk."""
    matrix, group, at = MatrixId(new_id()), GroupId(new_id()), datetime.combine(day, time(9), UTC)
    one = Observation(
        id=new_id(), pupil=pupil, matrix=matrix, criterion="K1", level=0, text="Sett", by=teacher,
        group=group, at=at,
    )  # fmt: skip
    progress = Progress(pupil, matrix, {"K1": Standing(0, 1, at)})
    return [
        matrices.observation_item(one), matrices.progress_item(progress),
        matrices.risk_item(pupil, term_of(day), new_id(), "notReached", stamp(at)),
        matrices.due_item(day, group, matrix),
    ]  # fmt: skip


test_group.__test__ = False  # type: ignore[attr-defined]


def _items(writes: Iterable[Write]) -> list[Item]:
    return [write.item if isinstance(write, Overwrite) else write for write in writes]  # type: ignore[misc]

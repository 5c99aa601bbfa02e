"""Grades already in a pupil's catalogue, of the years before: imported, and so of no period."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from functions.grades.domain.catalogue import Entry, Subject
from functions.grades.domain.scales import scale
from functions.grades.domain.subjects import graded
from functions.grades.store import catalogue
from skolkit.audit import Trace
from skolkit.clock import now, today
from skolkit.sweden.calendar import SchoolYear
from skolkit.sweden.codes import SchoolForm
from skolkit.table import commit
from skolkit.types import PersonId, UnitId, new_id
from tests.support.areas import acting_as


def put(pupil: str, unit: str, *entries: Entry | tuple[str, str], **more: Any) -> list[Entry]:
    """Append entries to a pupil's chain: `("MA", "C")` is a finished subject of grundskola."""
    made = [
        one if isinstance(one, Entry) else entry(pupil, unit, graded(_GR, one[0], one[0]), one[1], **more)
        for one in entries
    ]
    with acting_as("grades"):
        head = catalogue.find_heads([PersonId(pupil)])[PersonId(pupil)]
        items, placed = catalogue.append(head, made, catalogue.entries([PersonId(pupil)]))
        commit(*items, facts=[], trace=Trace("system:test", "import_grades", pupil))
    return list(placed)


_GR, _GY = SchoolForm.COMPULSORY, SchoolForm.UPPER_SECONDARY


def entry(pupil: str, unit: str, subject: Subject, value: str, **more: Any) -> Entry:
    """A decision of this term."""
    said: Mapping[str, Any] = {
        "kind": "imported", "finished": True, "source": "Förra systemet",
        "scale": scale(subject.form, today(), work=subject.work).id, **more,
    }  # fmt: skip
    return Entry(
        id=new_id(), pupil=PersonId(pupil), subject=subject, value=value, at=now(), unit=UnitId(unit),
        **{"school_year": str(SchoolYear.of(today())), "term": "VT"} | dict(said),
    )  # fmt: skip


def course(pupil: str, unit: str, code: str, value: str, points: int = 100, name: str = "") -> Entry:
    """A grade in a course or level of upper secondary school."""
    return entry(pupil, unit, graded(_GY, code, name or code, points=points), value)

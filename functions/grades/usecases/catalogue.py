"""The catalogue as it is read: the grades that stand, and the whole chain of decisions."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from functions.access import guard
from functions.grades.domain import catalogue as rules
from functions.grades.domain.catalogue import Entry
from functions.grades.domain.held import Held, Stand, as_held
from functions.grades.schemas.common import PageQuery
from functions.grades.schemas.grading import CataloguePage, EntryView, GradeList, GradeView
from functions.grades.ss12000 import CORRECTIONS
from functions.grades.store import catalogue as store
from functions.grades.store import periods as periods_store
from functions.register import queries as register
from functions.register.queries import PupilRecord
from skolkit.audit import Trace, record_read
from skolkit.clock import now, today
from skolkit.cursor import seal, unseal
from skolkit.identity import Caller
from skolkit.table import fetch
from skolkit.types import PersonId


def list_grades(caller: Caller, pupil: PersonId) -> GradeList:
    """A pupil's grades that stand; the home sees those that are published. Four round trips for the home,
    five for staff: the ends of chains hold what stands, so that the grade day reads no whole chain.
    """
    record = register.require_pupil(caller, "grades:read_grades", pupil)
    found = standing_grades(record, at_home=caller.person in {record.id, *record.guardians})
    record_read(Trace(caller.person_id, "list_grades", pupil))
    return GradeList(data=[grade_view(e) for e in sorted(found, key=lambda e: e.subject.name)])


def standing_grades(record: PupilRecord, *, at_home: bool) -> list[Held]:
    """A pupil's grades that stand, for a home of what is published. One round trip, for a home one more; a
    query of each whole chain where several records are one person, or more than the last period is not
    published.
    """
    heads = [
        head for head in store.find_heads(record.records, consistent=not at_home).values() if head.number
    ]
    if len(heads) <= 1:
        stand = heads[0].stand if heads else Stand()
        seen = stand.seen(shown_periods(stand.periods)) if at_home else stand.held
        if seen is not None:
            return list(seen.values())
    known = store.entries(record.records)
    return [as_held(e) for e in rules.standing(published(known) if at_home else known).values()]


def read_entries(caller: Caller, action: guard.Action, pupil: PersonId) -> tuple[PupilRecord, list[Entry]]:
    """A pupil and the entries that the caller may see, in order, if the caller may do `action`; `NotFound`
    otherwise. Two round trips for the home and one more where there are periods, four for staff.
    """
    record = register.require_pupil(caller, action, pupil)
    known = store.entries(record.records)
    at_home = caller.person in {record.id, *record.guardians}
    return record, published(known) if at_home else known


def published(known: Sequence[Entry]) -> list[Entry]:
    """The entries that everybody may see: of periods that are published, and those of no period. One round
    trip.
    """
    shown = shown_periods({entry.period for entry in known if entry.period})
    return [entry for entry in known if entry.period is None or entry.period in shown]


def shown_periods(ids: Collection[str]) -> set[str]:
    """Those periods whose moment has come. One round trip. It need not be a consistent one: a moment is not
    moved in its last minute (`periods.NEAR`).
    """
    if not ids:
        return set()
    (found,) = fetch(periods_store.wanted_periods(sorted(ids)))
    return {id for id, period in found.items() if period.shown(now())}


def list_catalogue(caller: Caller, pupil: PersonId, query: PageQuery) -> CataloguePage:
    """A page of a pupil's chain of decisions, newest first. As many round trips as `list_grades`."""
    record, known = read_entries(caller, "grades:read_catalogue", pupil)
    after = unseal(query.cursor, "catalogue", pupil, caller.seal)
    newest = sorted(known, key=lambda e: (e.at, e.number), reverse=True)
    start = after["after"] if after else 0
    page = newest[start : start + query.limit]
    stands = {entry.id for entry in rules.standing(known).values()}
    record_read(Trace(caller.person_id, "list_catalogue", pupil))
    return CataloguePage(
        data=[entry_view(entry, standing=entry.id in stands) for entry in page],
        intact=is_intact(record, known),
        cursor=seal({"after": start + query.limit}, "catalogue", pupil, caller.seal)
        if start + query.limit < len(newest)
        else None,
    )


def is_intact(record: PupilRecord, known: Sequence[Entry]) -> bool | None:
    """Whether every entry follows from the one before it; None when not all of a chain is seen, which is then
    not to be judged.
    """
    chains = {id: [e for e in known if e.pupil == id] for id in record.records}
    if any(chain and len(chain) != chain[-1].number for chain in chains.values()):
        return None
    return all(rules.broken(chain) is None for chain in chains.values())


def grade_view(e: Held | Entry) -> GradeView:
    """A grade as it is shown."""
    return GradeView(**_grade(e))


def entry_view(e: Entry, *, standing: bool) -> EntryView:
    """An entry with all that it says."""
    return EntryView(
        **_grade(e), number=e.number, kind=e.kind, organisation=e.unit, group=e.group, period=e.period,
        decided_timestamp=e.at, decided_by=[d.person for d in e.deciders],
        by_principal=any(d.role == "principal" for d in e.deciders), registered_by=e.registered_by,
        replaces=e.replaces, reason=e.reason, support=e.support, source=e.source, title=e.title,
        standing=standing, digest=e.digest, previous=e.previous,
    )  # fmt: skip


def _grade(e: Held | Entry) -> dict[str, Any]:
    return {
        "id": e.id, "subject_code": e.subject.code, "subject_name": e.subject.name,
        "school_form": e.subject.form, "language": e.subject.language, "choice": e.subject.choice,
        "points": e.subject.points, "grade_value": e.value, "passed": e.passed, "final_grade": e.finished,
        "trial": e.trial, "registered_date": today(e.at), "semester": e.term, "school_year": e.school_year,
        "year": e.year, "adapted_study_plan": e.adapted, "remark": e.remark,
        "correction_type": CORRECTIONS.get(e.kind),
    }  # fmt: skip

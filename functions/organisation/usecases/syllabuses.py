"""The catalogue of syllabuses: everybody reads it, a unit adds its own (process 14)."""

from __future__ import annotations

from dataclasses import asdict

from functions.access import guard
from functions.organisation import queries
from functions.organisation.domain.syllabuses import Syllabus, SyllabusId, check
from functions.organisation.schemas.syllabuses import NewSyllabus, SyllabusPage, SyllabusQuery, SyllabusView
from functions.organisation.store import syllabuses as syllabuses_store
from skolkit.audit import Trace
from skolkit.errors import NotFound
from skolkit.idempotency import RequestKey
from skolkit.identity import Caller
from skolkit.table import commit
from skolkit.types import UnitId, new_id


def list_syllabuses(caller: Caller, query: SyllabusQuery) -> SyllabusPage:
    """A page of the catalogue. One round trip."""
    guard.require(caller, "organisation:read_catalogue", guard.SYSTEM)
    bound_to = (caller.seal, "syllabuses", query.school_form.value, query.subject or "", str(query.on))
    found, cursor = syllabuses_store.page_of_syllabuses(
        query.school_form, query.subject, query.on, query.cursor, query.limit, *bound_to
    )
    return SyllabusPage(data=[view(syllabus) for syllabus in found], cursor=cursor)


def read_syllabus(caller: Caller, id: SyllabusId) -> SyllabusView:
    """One edition of a syllabus. One round trip."""
    guard.require(caller, "organisation:read_catalogue", guard.SYSTEM)
    syllabus = syllabuses_store.find_syllabus(id)
    if syllabus is None:
        raise NotFound
    return view(syllabus)


def add_local_syllabus(caller: Caller, unit: UnitId, new: NewSyllabus, key: RequestKey) -> SyllabusView:
    """Add a unit's own syllabus. Two round trips: duties, commit."""
    duties = queries.duties_of(caller.person_id)
    guard.require(caller, "organisation:plan_offering", guard.Unit(unit), duties)
    id = SyllabusId(new_id())
    syllabus = check(Syllabus(id=id, unit=unit, official=False, **new.model_dump()))
    answer = view(syllabus)
    commit(
        syllabuses_store.syllabus_item(syllabus),
        trace=Trace(caller.person_id, "add_local_syllabus", unit, changes=str(id)),
        once=key.once(answer.model_dump_json(by_alias=True)),
    )
    return answer


def view(syllabus: Syllabus) -> SyllabusView:
    """What everybody may see of a syllabus: all of it but how levels build on each other."""
    fields = asdict(syllabus)
    return SyllabusView(**{name: fields[name] for name in SyllabusView.model_fields})

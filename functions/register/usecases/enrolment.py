"""Where a pupil goes to school (process 3)."""

from __future__ import annotations

from dataclasses import replace

from functions.access import guard
from functions.organisation import queries as organisation
from functions.register.domain.enrolment import Enrolment, UnknownUnit, enrol
from functions.register.domain.people import PersonCard, PupilRecord
from functions.register.events import PupilEnrolled
from functions.register.queries import require_relation
from functions.register.schemas.enrolment import EnrolmentView, NewEnrolment
from functions.register.store import people as people_store
from functions.register.store.items import PersonItem
from functions.register.store.search import adults_of, refound
from functions.register.store.writes import enrolment_item
from skolkit.audit import Trace
from skolkit.clock import today
from skolkit.errors import NotFound
from skolkit.idempotency import RequestKey
from skolkit.identity import Caller
from skolkit.table import Overwrite, commit
from skolkit.types import PersonId, UnitId


def enrol_pupil(caller: Caller, id: PersonId, new: NewEnrolment, key: RequestKey) -> EnrolmentView:
    """Enrol a pupil at a unit. Five round trips: duties, unit, person, names of who is responsible, commit;
    two more for one already placed.
    """
    unit = UnitId(new.unit)
    guard.require(caller, "register:enrol", guard.Unit(unit), organisation.duties_of(caller.person_id))
    if organisation.unit(unit) is None:
        raise UnknownUnit(field="unit", value=unit)
    item, card = _placeable(caller, id)
    enrolment = enrol(card.enrolments, _enrolment(new), card.birth_date)
    view = EnrolmentView(person=id, **new.model_dump())
    enrolled = replace(card, enrolments=(*card.enrolments, enrolment))
    commit(
        item,
        Overwrite(enrolment_item(id, enrolment)),
        *refound(card, enrolled, adults_of(card), today()),
        facts=[_enrolled(id, enrolment)],
        trace=Trace(caller.person_id, "enrol_pupil", id, changes=f"{unit} {enrolment.start}"),
        once=key.once(view.model_dump_json(by_alias=True)),
    )
    return view


def _placeable(caller: Caller, id: PersonId) -> tuple[PersonItem, PersonCard]:
    """The person, if the caller may place them: one who belongs to a unit or is protected needs a right to
    them too.
    """
    found = people_store.find_person(id)
    if found is None:
        raise NotFound
    record = PupilRecord.of(found[1], today())
    if record.unit or record.protected:
        require_relation(caller, "register:enrol", record)
    return found


def _enrolment(new: NewEnrolment) -> Enrolment:
    return Enrolment(
        unit=UnitId(new.unit),
        school_form=new.school_form,
        year=new.year,
        start=new.start_date,
        end=new.end_date,
        education_code=new.education_code,
        programme=new.programme,
        specification=new.specification,
    )


def _enrolled(pupil: PersonId, enrolment: Enrolment) -> PupilEnrolled:
    return PupilEnrolled(
        pupil=pupil,
        unit=enrolment.unit,
        school_form=enrolment.school_form.value,
        year=enrolment.year,
        start=enrolment.start,
    )

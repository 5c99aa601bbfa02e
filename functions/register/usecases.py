"""What people do with the register: see children and persons, keep contact details, enrol pupils."""

from __future__ import annotations

from collections.abc import Sequence

from functions.access import guard
from functions.organisation import queries as organisation
from functions.register import store
from functions.register.domain import (
    Contact,
    Enrolment,
    PersonCard,
    PupilRecord,
    UnknownUnit,
    Withheld,
    enrol,
)
from functions.register.events import PupilEnrolled
from functions.register.queries import require_relation
from functions.register.schemas import (
    Children,
    ChildView,
    ContactChange,
    ContactView,
    EnrolmentView,
    GroupRef,
    NewEnrolment,
    PersonView,
    UnitRef,
)
from skolkit.audit import Trace, record_read
from skolkit.clock import today
from skolkit.errors import ChangedMeanwhile, NotFound
from skolkit.idempotency import RequestKey
from skolkit.identity import Caller
from skolkit.table import Overwrite, commit, fetch
from skolkit.types import PersonId, UnitId


def list_my_children(caller: Caller) -> Children:
    """The caller's children. Round trips: the children, one per child, two for groups and units."""
    guard.require(caller, "register:read_own_children", guard.Person(caller.person_id))
    cards = [store.find_card(child) for child in store.children_of(caller.person_id, today())]
    children = [PupilRecord.of(card, today()) for card in cards if card]
    return Children(data=_child_views(children))


def read_person(caller: Caller, id: PersonId) -> PersonView:
    """A person and where they go to school. Four round trips for family and self, seven for staff."""
    card = _allowed_card(caller, "register:read_person", id)
    record = PupilRecord.of(card, today())
    (view,) = _child_views([record])
    record_read(Trace(caller.person_id, "read_person", id))
    return PersonView(**view.model_dump(), birth_date=card.birth_date, protected=card.protected)


def read_contacts(caller: Caller, id: PersonId) -> ContactView:
    """How a person may be reached. Three round trips for oneself, six for staff."""
    _allowed_card(caller, "register:read_contacts", id)
    item = store.find_contact(id)
    record_read(Trace(caller.person_id, "read_contacts", id))
    return _contact_view(store.contact_of(id, item), item.version if item else 0)


def change_contacts(caller: Caller, id: PersonId, new: ContactChange, version: int) -> ContactView:
    """Set the caller's own contact details. Three round trips (a fourth to KMS for protected identity)."""
    guard.require(caller, "register:edit_own_contacts", guard.Person(id))
    card, item = store.find_card(id), store.find_contact(id)
    if card is None:
        raise NotFound
    if (item.version if item else 0) != version:
        raise ChangedMeanwhile(field="If-Match", value=version)
    contact = Contact(id, new.email, new.phone, new.language)
    item = store.changed_contact(item, contact, protected=card.protected)
    commit(item, trace=Trace(caller.person_id, "change_contacts", id))
    return _contact_view(store.contact_of(id, item), item.version)


def enrol_pupil(caller: Caller, id: PersonId, new: NewEnrolment, key: RequestKey) -> EnrolmentView:
    """Enrol a pupil at a unit. Four round trips: duties, unit, person, commit; two more for one already
    placed.
    """
    unit = UnitId(new.unit)
    guard.require(caller, "register:enrol", guard.Unit(unit), organisation.duties_of(caller.person_id))
    if organisation.unit(unit) is None:
        raise UnknownUnit(field="unit", value=unit)
    item, card = _placeable(caller, id)
    enrolment = enrol(card.enrolments, _enrolment(new))
    view = EnrolmentView(person=id, **new.model_dump())
    commit(
        item,
        Overwrite(store.enrolment_item(id, enrolment)),
        facts=[_enrolled(id, enrolment)],
        trace=Trace(caller.person_id, "enrol_pupil", id, changes=f"{unit} {enrolment.start}"),
        once=key.once(view.model_dump_json(by_alias=True)),
    )
    return view


def _placeable(caller: Caller, id: PersonId) -> tuple[store.PersonItem, PersonCard]:
    """The person, if the caller may place them: one who belongs to a unit or is protected needs a right to
    them too.
    """
    found = store.find_for_enrolment(id)
    if found is None:
        raise NotFound
    record = PupilRecord.of(found[1], today())
    if record.unit or record.protected:
        require_relation(caller, "register:enrol", record)
    return found


def _allowed_card(caller: Caller, action: guard.Action, id: PersonId) -> PersonCard:
    card = store.find_card(id)
    if card is None:
        raise NotFound
    if card.is_pupil and not (caller.person == id and action == "register:read_contacts"):
        require_relation(caller, action, PupilRecord.of(card, today()))
    else:
        guard.require(caller, action, guard.Person(id))
    return card


def _child_views(pupils: Sequence[PupilRecord]) -> list[ChildView]:
    ids = [pupil.id for pupil in pupils]
    units = [pupil.unit for pupil in pupils if pupil.unit]
    groups_of, known = fetch(organisation.wanted_groups_of(ids, today()), organisation.wanted_units(units))
    (groups,) = fetch(organisation.wanted_groups([g for mine in groups_of.values() for g in mine], today()))
    views = []
    for pupil in pupils:
        unit = known.get(pupil.unit)
        mine = [groups[group] for group in groups_of[pupil.id] if group in groups]
        views.append(
            ChildView(
                id=pupil.id,
                given_name=pupil.given_name,
                family_name=pupil.family_name,
                unit=UnitRef(id=unit.id, name=unit.name) if unit else None,
                school_form=pupil.school_form,
                year=pupil.year,
                classes=[GroupRef(id=g.id, name=g.name) for g in mine if g.kind == "klass"],
            )
        )
    return views


def _contact_view(contact: Contact | Withheld, version: int) -> ContactView:
    match contact:
        case Withheld(person):
            return ContactView(
                person=person, email=None, phone=None, language=None, withheld=True, version=version
            )
        case Contact(person, email, phone, language):
            return ContactView(
                person=person, email=email, phone=phone, language=language, withheld=False, version=version
            )


def _enrolment(new: NewEnrolment) -> Enrolment:
    return Enrolment(
        unit=UnitId(new.unit),
        school_form=new.school_form,
        year=new.year,
        start=new.start_date,
        end=new.end_date,
        education_code=new.education_code,
    )


def _enrolled(pupil: PersonId, enrolment: Enrolment) -> PupilEnrolled:
    return PupilEnrolled(
        pupil=pupil,
        unit=enrolment.unit,
        school_form=enrolment.school_form.value,
        year=enrolment.year,
        start=enrolment.start,
    )

"""Who sees whom: children, persons (process 2)."""

from __future__ import annotations

from collections.abc import Sequence

from functions.access import guard
from functions.organisation import queries as organisation
from functions.register.domain.people import PersonCard, PupilRecord
from functions.register.queries import require_person
from functions.register.schemas.common import GroupRef, UnitRef
from functions.register.schemas.people import Children, ChildView, PersonView
from functions.register.store import people as people_store
from skolkit.audit import Trace, record_read
from skolkit.clock import today
from skolkit.errors import NotFound
from skolkit.identity import Caller
from skolkit.table import fetch
from skolkit.types import PersonId


def list_my_children(caller: Caller) -> Children:
    """The caller's children. Round trips: the children, one per child, two for groups and units."""
    guard.require(caller, "register:read_own_children", guard.Person(caller.person_id))
    cards = [people_store.find_card(child) for child in people_store.children_of(caller.person_id, today())]
    children = [PupilRecord.of(card, today()) for card in cards if card]
    return Children(data=_child_views(children))


def read_person(caller: Caller, id: PersonId) -> PersonView:
    """A person and where they go to school. Four round trips for family and self, seven for staff."""
    card = allowed_card(caller, "register:read_person", id)
    record = PupilRecord.of(card, today())
    (view,) = _child_views([record])
    record_read(Trace(caller.person_id, "read_person", id))
    return PersonView(**view.model_dump(), birth_date=card.birth_date, protected=card.protected)


def allowed_card(caller: Caller, action: guard.Action, id: PersonId) -> PersonCard:
    """The person, if the caller may do `action` about them; `NotFound` otherwise."""
    card = people_store.find_card(id)
    if card is None or card.merged_into:
        raise NotFound
    if caller.person == id and action == "register:read_contacts":
        guard.require(caller, action, guard.Person(id))
    else:
        require_person(caller, action, card)
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

"""Protected identity: setting and removing the marking, and the broken glass (process 2)."""

from __future__ import annotations

from functions.access import guard
from functions.register.domain.people import Marking, PersonCard
from functions.register.domain.protection import (
    OPEN_FOR,
    GlassIsWhole,
    NothingWithheld,
    check_basis,
)
from functions.register.events import GlassBroken, PersonProtected, ProtectionRemoved
from functions.register.queries import require_person, units_around
from functions.register.schemas.protection import (
    GlassBody,
    GlassView,
    ProtectedContacts,
    ProtectionBody,
    ProtectionView,
)
from functions.register.store import contacts as contacts_store
from functions.register.store import people as people_store
from functions.register.store.items import ContactItem, PersonItem
from functions.register.store.protection import find_glass, glass_item
from functions.register.usecases.records import reach_view
from skolkit.audit import Trace, record_read
from skolkit.clock import now, stamp
from skolkit.errors import ChangedMeanwhile, NotFound
from skolkit.idempotency import RequestKey
from skolkit.identity import Caller
from skolkit.table import Write, commit
from skolkit.types import PersonId


def protect_person(caller: Caller, id: PersonId, new: ProtectionBody, version: int) -> ProtectionView:
    """Set or remove the marking. The contact is sealed, or opened, by the same transaction; whoever keeps
    anything that shows the person hears of it. Setting shows nothing; removing shows everything, and is for
    those who may see it. Raises `BasisMismatch`.
    """
    protected = new.security_marking != "Ingen"
    item, card = _found(caller, "register:protect" if protected else "register:edit_person", id)
    check_basis(new.security_marking, new.basis)
    if item.version != version:
        raise ChangedMeanwhile(field="If-Match", value=version)
    before, item.marking = card.marking, new.security_marking
    fact = PersonProtected(person=id) if protected else ProtectionRemoved(person=id)
    changes = f"{before} > {new.security_marking} {new.case_number or ''}".rstrip()
    trace = Trace(caller.person_id, "protect_person", id, reason=new.basis, changes=changes)
    commit(item, *_contact_writes(id, protected=protected), facts=[fact], trace=trace)
    return ProtectionView(person=id, security_marking=new.security_marking, version=item.version)


def protect_closed(id: PersonId, marking: Marking) -> None:
    """A closed record gets the marking of the one it proved to be, and whoever keeps something that shows it
    hears of it. Three round trips, two when it has it.
    """
    found = people_store.find_person(id)
    if found and found[1].marking != marking:
        item, card = found
        item.marking = marking
        trace = Trace("system:hide_papers", "protect_person", id, changes=f"{card.marking} > {marking}")
        commit(item, *_contact_writes(id, protected=True), facts=[PersonProtected(person=id)], trace=trace)


def break_glass(caller: Caller, id: PersonId, new: GlassBody, key: RequestKey) -> GlassView:
    """Open a protected person's contact details for a while, for a reason, and let the units' administrators
    know. Raises `NothingWithheld`.
    """
    _, card = _found(caller, "register:break_glass", id)
    if not card.protected:
        raise NothingWithheld(field="person", value=id)
    by, until = caller.person_id, now() + OPEN_FOR
    old = find_glass(id, by)
    item = glass_item(id, by, until, new.reason).over(old.version if old else None)
    view = GlassView(person=id, until=until)
    fact = GlassBroken(person=id, by=by, why=new.reason, units=units_around(card), until=until)
    trace = Trace(by, "break_glass", id, reason=new.reason, changes=f"until {stamp(until)}")
    commit(item, facts=[fact], trace=trace, once=key.once(view.model_dump_json(by_alias=True)))
    return view


def open_contacts(caller: Caller, id: PersonId) -> ProtectedContacts:
    """How a protected person is reached, for whoever has broken the glass. Raises `GlassIsWhole`."""
    _found(caller, "register:break_glass", id)
    glass = find_glass(id, caller.person_id)
    if glass is None or glass.until <= stamp(now()):
        raise GlassIsWhole(field="person", value=id)
    item = contacts_store.find_contact(id)
    record_read(Trace(caller.person_id, "open_contacts", id, reason=glass.why))
    contact = contacts_store.opened(item, id) if item else None
    return ProtectedContacts.model_validate(reach_view(contact) | {"person": id, "until": glass.until})


def _contact_writes(id: PersonId, *, protected: bool) -> list[Write]:
    item: ContactItem | None = contacts_store.find_contact(id)
    if item is None or item.withheld == protected:
        return []
    return [(contacts_store.sealed_contact if protected else contacts_store.unsealed_contact)(item, id)]


def _found(caller: Caller, action: guard.Action, id: PersonId) -> tuple[PersonItem, PersonCard]:
    found = people_store.find_person(id)
    if found is None or found[1].merged_into:
        raise NotFound
    require_person(caller, action, found[1])
    return found

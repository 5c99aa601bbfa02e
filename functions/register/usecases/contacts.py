"""How a person is reached, and who may know (process 2)."""

from __future__ import annotations

from functions.access import guard
from functions.register.domain.contacts import Contact, Withheld
from functions.register.schemas.contacts import ContactChange, ContactView
from functions.register.store import contacts as contacts_store
from functions.register.store import people as people_store
from functions.register.usecases.people import allowed_card
from skolkit.audit import Trace, record_read
from skolkit.errors import ChangedMeanwhile, NotFound
from skolkit.identity import Caller
from skolkit.table import commit
from skolkit.types import PersonId


def read_contacts(caller: Caller, id: PersonId) -> ContactView:
    """How a person may be reached. Three round trips for oneself, six for staff."""
    allowed_card(caller, "register:read_contacts", id)
    item = contacts_store.find_contact(id)
    record_read(Trace(caller.person_id, "read_contacts", id))
    return _contact_view(contacts_store.contact_of(id, item), item.version if item else 0)


def change_contacts(caller: Caller, id: PersonId, new: ContactChange, version: int) -> ContactView:
    """Set the caller's own contact details. Three round trips (a fourth to KMS for protected identity). The
    person's item is written with them: it tells others that something about the person has changed.
    """
    guard.require(caller, "register:edit_own_contacts", guard.Person(id))
    found, item = people_store.find_person(id), contacts_store.find_contact(id)
    if found is None:
        raise NotFound
    profile, card = found
    if (item.version if item else 0) != version:
        raise ChangedMeanwhile(field="If-Match", value=version)
    contact = Contact(id, new.email, new.phone, new.language)
    item = contacts_store.changed_contact(item, contact, protected=card.protected)
    commit(profile, item, trace=Trace(caller.person_id, "change_contacts", id))
    return _contact_view(contacts_store.contact_of(id, item), item.version)


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

"""How people are reached, in the clear or sealed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from functions.register.domain.contacts import Address, Contact, Email, Phone, Withheld
from functions.register.domain.people import NewPerson
from functions.register.store.items import ContactItem, contact_key
from skolkit.protected import seal
from skolkit.table import Wanted, fetch
from skolkit.types import PersonId


def contacts(ids: Sequence[PersonId]) -> dict[PersonId, Contact | Withheld]:
    """How people may be reached by a notice, without addresses; those without a contact are left out. One
    `BatchGetItem` per 100, consistent, so that a message never goes out beside a new protection.
    """
    keys = {contact_key(person): person for person in ids}
    only = ("withheld", "email", "phone", "language")
    found: dict[tuple[str, str], ContactItem]
    (found,) = fetch(Wanted(ContactItem, list(keys), dict, only=only), consistent=True)
    return {keys[key]: contact_of(keys[key], item) for key, item in found.items()}


def find_contact(person: PersonId) -> ContactItem | None:
    """A person's contact item, consistently read, for a change."""
    return ContactItem.find(*contact_key(person))


def contact_of(person: PersonId, item: ContactItem | None) -> Contact | Withheld:
    """What may be handed out of a contact item."""
    if item is None:
        return Contact(person, None, None, "sv")
    if item.withheld:
        return Withheld(person)
    return Contact(
        person,
        item.email,
        item.phone,
        item.language,
        tuple(Email(*row) for row in item.emails or ()),
        tuple(Phone(*row) for row in item.phones or ()),
        tuple(Address(**row) for row in item.addresses or ()),
    )


def changed_contact(item: ContactItem | None, new: Contact, *, protected: bool) -> ContactItem:
    """The contact item after the person set mail, telephone and language themselves; addresses stay."""
    item = item or ContactItem(*contact_key(new.person))
    item.language, item.own, item.withheld = new.language, True, protected
    _set_reach(item, new)
    return item


def addressed(item: ContactItem | None, person: PersonId, addresses: Sequence[Address]) -> ContactItem:
    """The contact item with other addresses."""
    item = item or ContactItem(*contact_key(person))
    _set_addresses(item, person, [_fields(address) for address in addresses])
    return item


def sealed_contact(item: ContactItem, person: PersonId) -> ContactItem:
    """The contact item of somebody who has become protected: what was in the clear is sealed."""
    if not item.withheld:
        contact = contact_of(person, item)
        assert isinstance(contact, Contact)
        item.withheld = True
        _set_reach(item, contact)
        _set_addresses(item, person, item.addresses or [])
    return item


def opened_contact(item: ContactItem, reach: Mapping[str, Any], homes: Mapping[str, Any]) -> ContactItem:
    """The contact item of somebody who is not protected any more, with what was sealed in the clear."""
    item.withheld, item.sealed_reach, item.sealed_address = False, None, None
    item.email, item.phone = reach.get("email"), reach.get("phone")
    item.emails, item.phones = reach.get("emails"), reach.get("phones")
    item.addresses = homes.get("addresses")
    return item


def filed_contact(new: NewPerson, item: ContactItem | None) -> ContactItem:
    """The contact item after a file; mail and telephone that the person has set stay as they are."""
    item = item or ContactItem(*contact_key(new.id))
    protected = new.marking != "Ingen"
    readable = not (item.withheld and not protected)  # what was sealed cannot be opened here
    own = item.own and readable
    kept = contact_of(new.id, item)
    if not (own and item.withheld):
        item.withheld = protected
        mine = kept if own and isinstance(kept, Contact) else None
        _set_reach(item, mine or Contact(new.id, new.email, new.phone, new.language))
    item.own = own
    item.language = item.language if own else new.language
    _set_addresses(item, new.id, [_fields(address) for address in new.addresses])
    return item


def _set_reach(item: ContactItem, new: Contact) -> None:
    reach: dict[str, Any] = {
        "email": new.email,
        "phone": new.phone,
        "emails": [[e.value, e.type] for e in new.emails] or None,
        "phones": [[p.value, p.type, p.mobile] for p in new.phones] or None,
    }
    sealed = item.withheld and any(reach.values())
    item.sealed_reach = seal(new.person, reach) if sealed else None
    shown = {} if item.withheld else reach
    item.email, item.phone = shown.get("email"), shown.get("phone")
    item.emails, item.phones = shown.get("emails"), shown.get("phones")


def _set_addresses(item: ContactItem, person: PersonId, rows: Sequence[dict[str, Any]]) -> None:
    sealed = item.withheld and rows
    item.sealed_address = seal(person, {"addresses": list(rows)}) if sealed else None
    item.addresses = None if item.withheld or not rows else list(rows)


def _fields(address: Address) -> dict[str, Any]:
    names = ("street", "postal_code", "locality", "type", "country", "municipality_code", "care_of")
    return {name: value for name in names if (value := getattr(address, name)) is not None}

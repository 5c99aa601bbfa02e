"""How people are reached, in the clear or sealed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from functions.register.domain.contacts import Address, Contact, Email, Phone, Withheld
from functions.register.domain.people import NewPerson
from functions.register.store.items import ContactItem, contact_key
from skolkit.protected import seal, unseal
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
    return {keys[key]: _reach(keys[key], item) for key, item in found.items()}


def _reach(person: PersonId, item: ContactItem) -> Contact | Withheld:
    if item.withheld:
        return Withheld(person)
    return Contact(person, item.email, item.phone, item.language)


def wanted_reached(ids: Sequence[PersonId]) -> Wanted[set[PersonId]]:
    """Of whom there is a contact at all."""
    keys = {contact_key(person): person for person in ids}
    return Wanted(ContactItem, list(keys), lambda found: {keys[key] for key in found}, only=("withheld",))


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
    """The contact item after the person set mail, telephone and language themselves; the rest stays."""
    item = item or ContactItem(*contact_key(new.person))
    kept = opened(item, new.person)
    item.language, item.own, item.withheld = new.language, True, protected
    _set_reach(item, replace(new, emails=kept.emails, phones=kept.phones))
    return item


def reached_at(item: ContactItem | None, new: Contact, *, protected: bool) -> ContactItem:
    """The contact item with all ways to reach the person as an administrator has entered them."""
    item = item or ContactItem(*contact_key(new.person))
    item.language, item.withheld = new.language, protected
    _set_reach(item, new)
    _set_addresses(item, new.person, [_fields(address) for address in new.addresses])
    return item


def opened(item: ContactItem, person: PersonId) -> Contact:
    """All that is known, unsealed: at most two KMS calls."""
    reach: dict[str, Any] = {
        "email": item.email, "phone": item.phone, "emails": item.emails, "phones": item.phones
    } | unseal(person, item.sealed_reach)  # fmt: skip
    homes = item.addresses or unseal(person, item.sealed_address).get("addresses") or ()
    return Contact(
        person,
        reach["email"],
        reach["phone"],
        item.language,
        tuple(Email(*row) for row in reach["emails"] or ()),
        tuple(Phone(*row) for row in reach["phones"] or ()),
        tuple(Address(**row) for row in homes),
    )


def addressed(item: ContactItem, person: PersonId, addresses: Sequence[Address]) -> ContactItem:
    """The contact item with other addresses."""
    _set_addresses(item, person, [_fields(address) for address in addresses])
    return item


def sealed_contact(item: ContactItem, person: PersonId) -> ContactItem:
    """The contact item of somebody who has become protected: what was in the clear is sealed."""
    if not item.withheld:
        reached_at(item, opened(item, person), protected=True)
    return item


def unsealed_contact(item: ContactItem, person: PersonId) -> ContactItem:
    """The contact item of somebody who is not protected any more: what was sealed is in the clear."""
    contact = opened(item, person)
    return reached_at(item, contact, protected=False)


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
        filed = Contact(new.id, new.email, new.phone, new.language, new.emails, new.phones)
        _set_reach(item, mine or filed)
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

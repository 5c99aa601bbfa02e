"""People as those around them see them, and protected identity (process 2)."""

from __future__ import annotations

from functions.register.app.base import api
from functions.register.domain import protection as protection_rules
from functions.register.schemas.contacts import ContactChange, ContactView
from functions.register.schemas.people import (
    Children,
    PersonView,
)  # fmt: skip
from functions.register.schemas.protection import (
    GlassBody,
    GlassView,
    ProtectedContacts,
    ProtectionBody,
    ProtectionView,
)  # fmt: skip
from functions.register.usecases import (
    contacts,
    people,
    protection,
)
from skolkit.errors import ChangedMeanwhile, NotFound
from skolkit.http import Request
from skolkit.types import PersonId


@api.operation("GET", "/v1/me/children", process=2, answer=Children)
def list_my_children(request: Request[None, None]) -> Children:
    """The children in the caller's custody"""
    return people.list_my_children(request.caller)


@api.operation("GET", "/v1/persons/{person}", process=2, answer=PersonView, errors=(NotFound,))
def read_person(request: Request[None, None]) -> PersonView:
    """A person and where they go to school"""
    return people.read_person(request.caller, PersonId(request.id("person")))


@api.operation("GET", "/v1/persons/{person}/contacts", process=2, answer=ContactView, errors=(NotFound,))
def read_contacts(request: Request[None, None]) -> ContactView:
    """How a person may be reached"""
    return contacts.read_contacts(request.caller, PersonId(request.id("person")))


@api.operation(
    "PUT", "/v1/persons/{person}/contacts", process=2, versioned=True,
    body=ContactChange, answer=ContactView, errors=(NotFound, ChangedMeanwhile),
)  # fmt: skip
def change_contacts(request: Request[ContactChange, None]) -> ContactView:
    """Set one's own mail, telephone and language"""
    person = PersonId(request.id("person"))
    return contacts.change_contacts(request.caller, person, request.body, request.version)


@api.operation(
    "PUT", "/v1/persons/{person}/protection", process=2, versioned=True,
    body=ProtectionBody, answer=ProtectionView,
    errors=(NotFound, ChangedMeanwhile, protection_rules.BasisMismatch),
)  # fmt: skip
def protect_person(request: Request[ProtectionBody, None]) -> ProtectionView:
    """Set or remove the marking for protected identity"""
    person = PersonId(request.id("person"))
    return protection.protect_person(request.caller, person, request.body, request.version)


@api.operation(
    "POST", "/v1/persons/{person}/glass", process=2, status=201, keyed=True,
    body=GlassBody, answer=GlassView,
    errors=(NotFound, ChangedMeanwhile, protection_rules.NothingWithheld),
)  # fmt: skip
def break_glass(request: Request[GlassBody, None]) -> GlassView:
    """Open a protected person's contact details for half an hour; the units' administrators are told"""
    assert request.key
    return protection.break_glass(request.caller, PersonId(request.id("person")), request.body, request.key)


@api.operation(
    "POST", "/v1/persons/{person}/protected-contacts", process=2, answer=ProtectedContacts,
    errors=(NotFound, protection_rules.GlassIsWhole),
)  # fmt: skip
def open_contacts(request: Request[None, None]) -> ProtectedContacts:
    """How a protected person is reached, once the glass is broken"""
    return protection.open_contacts(request.caller, PersonId(request.id("person")))

"""Contact lists of a class or group (process 28)."""

from __future__ import annotations

from functions.messages.app.base import api
from functions.messages.domain.contacts import NotListed
from functions.messages.schemas import contacts as schemas
from functions.messages.schemas.common import PageQuery
from functions.messages.usecases import contacts
from skolkit.errors import ChangedMeanwhile, NotFound
from skolkit.http import Request
from skolkit.types import GroupId, PersonId


@api.operation(
    "GET", "/v1/me/contact-visibility/{child}", process=28, answer=schemas.VisibilityView, errors=(NotFound,)
)
def read_contact_visibility(request: Request[None, None]) -> schemas.VisibilityView:
    """What the other homes of a child's groups see of the caller"""
    return contacts.read_contact_visibility(request.caller, PersonId(request.id("child")))


@api.operation(
    "PUT", "/v1/me/contact-visibility/{child}", process=28, versioned=True, body=schemas.Visibility,
    answer=schemas.VisibilityView, errors=(NotFound, ChangedMeanwhile, NotListed),
)  # fmt: skip
def choose_contact_visibility(request: Request[schemas.Visibility, None]) -> schemas.VisibilityView:
    """Choose what the other homes of a child's groups see of the caller"""
    child = PersonId(request.id("child"))
    return contacts.choose_contact_visibility(request.caller, child, request.body, request.version)


@api.operation(
    "GET", "/v1/groups/{group}/contacts", process=28, query=PageQuery, answer=schemas.ContactPage,
    errors=(NotFound,),
)  # fmt: skip
def list_contacts(request: Request[None, PageQuery]) -> schemas.ContactPage:
    """The homes of a group, as far as each shows itself"""
    return contacts.list_contacts(request.caller, GroupId(request.id("group")), request.query)

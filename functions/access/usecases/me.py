"""Who is signed in, and what they are here."""

from __future__ import annotations

from functions.access import guard
from functions.access.schemas import DutyView, Me, PartView
from functions.organisation import queries as organisation
from functions.register import queries as register
from skolkit.clock import today
from skolkit.errors import NotFound
from skolkit.identity import Caller
from skolkit.table import fetch


def read_me(caller: Caller) -> Me:
    """The caller's name, duties, groups and number of children. Four round trips."""
    id = caller.person_id
    guard.require(caller, "register:read_person", guard.Person(id))
    names, parts = fetch(register.wanted_names([id]), organisation.wanted_parts([id]))
    if id not in names:
        raise NotFound
    mine = [part for part in parts[id] if part.covers(today())]
    (groups,) = fetch(organisation.wanted_groups([part.group for part in mine], today()))
    return Me(
        person=id,
        given_name=names[id].given_name,
        family_name=names[id].family_name,
        duties=[
            DutyView(role=duty.role, unit=duty.unit, only=None if duty.only is None else sorted(duty.only))
            for duty in organisation.duties_of(id)
        ],
        groups=[
            PartView(group=p.group, name=groups[p.group].name if p.group in groups else None, part=p.part)
            for p in mine
        ],
        children=len(register.children_of(id)),
    )

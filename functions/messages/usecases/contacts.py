"""Contact lists: what a home shows the other homes of a child's groups, and the list as it is at this moment.

Custody, group, protection, ways to reach somebody and their choice are read at every read: whoever has left
is gone at once, and nothing is kept of anybody but the choice.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from functions.access import guard
from functions.messages.domain import contacts as rules
from functions.messages.domain.contacts import Line, Shown
from functions.messages.schemas.common import PageQuery
from functions.messages.schemas.contacts import (
    AdultView,
    ContactPage,
    HomeView,
    Visibility,
    VisibilityView,
)
from functions.messages.store import contacts as store
from functions.messages.usecases.asked import page_of
from functions.messages.usecases.circles import ALONE
from functions.organisation import queries as organisation
from functions.register import queries as register
from skolkit.audit import Trace, record_read
from skolkit.clock import today
from skolkit.errors import NotFound
from skolkit.identity import Caller
from skolkit.table import commit, fetch
from skolkit.types import GroupId, PersonId, stable_id


@dataclass(frozen=True, slots=True)
class Home:
    """A child of a group with those who decide what is shown: the guardians, or the pupil of age alone."""

    child: PersonId
    people: tuple[PersonId, ...]


def read_contact_visibility(caller: Caller, child: PersonId) -> VisibilityView:
    """What the caller shows. Two round trips."""
    record = _own(caller, child)
    shown, version = store.find_shown(caller.person_id, record.id)
    return _view(shown, version)


def choose_contact_visibility(
    caller: Caller, child: PersonId, chosen: Visibility, version: int
) -> VisibilityView:
    """Choose what is shown of the caller alone. Four round trips."""
    record = _own(caller, child)
    shown = Shown(chosen.name, chosen.phone, chosen.mail)
    own = register.children_of(caller.person_id)
    names = _names([record.id, caller.person_id, *record.guardians, *own])
    protected = {id for id, name in names.items() if name.protected}
    rules.check_choice(shown, record.id, {caller.person_id, *record.guardians}, own, protected)
    trace = Trace(caller.person_id, "choose_contact_visibility", record.id)
    commit(store.shown_item(caller.person_id, record.id, shown, version), trace=trace)
    return _view(shown, version + 1)


def list_contacts(caller: Caller, id: GroupId, query: PageQuery) -> ContactPage:
    """The homes of a group, of so many of its members, as far as each shows itself. For a guardian eight
    round trips for 20 members, and one per guardian who shows something.
    """
    group = organisation.group(id, today())
    if group is None:
        raise NotFound
    _require_reader(caller, group)
    members, cursor = _page(group, query, caller)
    homes = _homes(members)
    record_read(Trace(caller.person_id, "list_contacts", id))
    return ContactPage(data=homes, cursor=cursor)


def _own(caller: Caller, child: PersonId) -> register.PupilRecord:
    """The child, if the caller decides what is shown of its home."""
    record = register.pupil(child)
    if record is None:
        raise NotFound
    guard.require(caller, "messages:show_contacts", register.facts_of(record, ALONE))
    return record


def _require_reader(caller: Caller, group: organisation.GroupRecord) -> None:
    """Let the group's staff go on, whoever has a child in it today, and its pupils of age."""
    if caller.person in group.mentors | group.teachers:
        facts = guard.Group(group.id, group.unit, group.teachers, group.mentors)
        guard.require(caller, "messages:read_contacts", facts)
        return
    children = {caller.person_id, *register.children_of(caller.person_id)} & set(group.members)
    record = register.pupil(min(children)) if children else None
    if record is None:
        raise NotFound
    guard.require(caller, "messages:read_contacts", register.facts_of(record, ALONE))


def _page(
    group: organisation.GroupRecord, query: PageQuery, caller: Caller
) -> tuple[list[PersonId], str | None]:
    """Some of the members, in an order that tells nothing of them, and the cursor of the next page: whoever
    opens it finds nobody who is not shown.
    """
    places = {stable_id("contact", group.id, member): member for member in group.members}
    page, cursor = page_of(sorted(places), str, query.limit, query.cursor, "contacts", group.id, caller.seal)
    return [places[place] for place in page], cursor


def _homes(members: Sequence[PersonId]) -> list[HomeView]:
    names, births, custody = fetch(
        register.wanted_names(members), register.wanted_births(members), register.wanted_guardians(members),
        consistent=True,
    )  # fmt: skip
    grown = {id for id, born in births.items() if register.of_age(born) <= today()}
    homes = [Home(id, (id,) if id in grown else custody[id]) for id in members if id in names]
    people, shown = _showing(homes)
    names |= people
    protected = {id for id, name in names.items() if name.protected}
    lines = _lines({who for who, _ in shown}, names, shown)
    views = []
    for home in homes:
        adults = [line for who in home.people if (line := lines.get((who, home.child)))]
        if adults and rules.is_listed(home.child, home.people, protected):
            views.append(_home_view(names[home.child], adults))
    return views


def _showing(
    homes: Sequence[Home],
) -> tuple[dict[PersonId, register.PersonName], dict[tuple[PersonId, PersonId], Shown]]:
    """The adults of the homes, and what they show; nobody who has a protected child shows anything."""
    pairs = [(who, home.child) for home in homes for who in home.people]
    people, shown = fetch(
        register.wanted_names(sorted({who for who, _ in pairs})), store.wanted_shown(pairs), consistent=True
    )
    children = {who: register.children_of(who) for who in sorted({who for who, _ in shown})}
    known = _names({child for own in children.values() for child in own})
    shielded = {who for who, own in children.items() if any(known[c].protected for c in own if c in known)}
    return people, {pair: what for pair, what in shown.items() if pair[0] not in shielded}


def _lines(
    people: set[PersonId],
    names: Mapping[PersonId, register.PersonName],
    shown: Mapping[tuple[PersonId, PersonId], Shown],
) -> dict[tuple[PersonId, PersonId], Line]:
    reached = register.contacts(sorted(people))
    lines: dict[tuple[PersonId, PersonId], Line] = {}
    for pair, what in shown.items():
        name, contact = names.get(pair[0]), reached.get(pair[0])
        if name is None or isinstance(contact, register.Withheld):
            continue
        phone, mail = (contact.phone, contact.email) if contact else (None, None)
        if line := rules.line_of(what, f"{name.given_name} {name.family_name}", phone, mail):
            lines[pair] = line
    return lines


def _names(people: set[PersonId] | Sequence[PersonId]) -> dict[PersonId, register.PersonName]:
    found: dict[PersonId, register.PersonName]
    (found,) = fetch(register.wanted_names(sorted(set(people))), consistent=True)
    return found


def _home_view(child: register.PersonName, adults: Sequence[Line]) -> HomeView:
    return HomeView(
        given_name=child.given_name, family_name=child.family_name,
        adults=[AdultView(name=line.name, phone=line.phone, mail=line.mail) for line in adults],
    )  # fmt: skip


def _view(shown: Shown, version: int) -> VisibilityView:
    return VisibilityView(name=shown.name, phone=shown.phone, mail=shown.mail, version=version)

"""What the register erases when its time is over: contact details with the keys of what was sealed, custody
in both directions, cases of the watch, which are archived.
"""

from __future__ import annotations

from functions.access import queries as access
from functions.register.events import RetentionAnswered, RetentionContinued
from functions.register.extract import told_of_case
from functions.register.kept import KEPT
from functions.register.queries import tie_end
from functions.register.store.enrolments import whole_kin
from functions.register.store.items import ContactItem, KinItem, PersonItem, RegisterItem, profile_key
from functions.register.store.merging import MergeItem
from functions.register.store.people import find_card
from functions.register.store.population import ParkedItem
from functions.register.store.protection import GlassItem
from functions.register.store.retention import RegisterErasureItem, RegisterRetentionItem
from functions.register.store.search_index import SearchJobItem
from functions.register.store.tables import KINDS
from functions.register.store.watch import CaseItem, case_of, whole_case
from skolkit.extracts import Section, section
from skolkit.protected import shredding
from skolkit.retention.shelf import TOGETHER, Document, Shelf
from skolkit.table import Item
from skolkit.types import PersonId

__all__ = ["KINDS", "SHELF", "GlassItem", "MergeItem", "ParkedItem", "SearchJobItem"]  # read by their kind


def _contact(item: ContactItem) -> Document:
    """What was sealed is shredded with it: no copy of it, in a backup or an archive, can be read again."""
    person = _owner(item)
    last, others = shredding(person, item.sealed_reach, item.sealed_address)
    return Document((item,), also=(*last, *_profile(person)), about=person, surplus=others)


def _custody(kin: KinItem) -> Document:
    return Document(whole_kin(kin), also=_profile(_owner(kin)), about=_owner(kin))


def _profile(person: PersonId) -> tuple[Item, ...]:
    """The person's item, to be written with what goes: whoever follows who has changed must hear of it. Not a
    closed record's, which nobody sees.
    """
    item = PersonItem.find(*profile_key(person))
    return (item,) if item and not item.merged_into else ()


def _case(item: CaseItem) -> Document:
    rows, case = whole_case(item), case_of(item)
    events = rows[TOGETHER:]  # a case with more than that is erased from its last notes on
    shown = (_person(case.person), told_of_case(case))
    return Document(rows[:TOGETHER], before=events, about=case.person, shown=shown)


def _person(person: PersonId) -> Section:
    """Whom a case is about. Of a protected person the id alone: the register says who that is."""
    card = find_card(person)
    known = card and not card.protected
    row = (
        [person, f"{card.given_name} {card.family_name}", card.civic_no]
        if card and known
        else [person, None, None]
    )
    return section(
        "register.person", "Person", "Person",
        {"id": ("Id", "Id"), "name": ("Namn", "Name"), "civicNo": ("Personnummer", "Identity number")},
        [row],
    )  # fmt: skip


def _owner(item: RegisterItem) -> PersonId:
    pk: str = item.pk
    return PersonId(pk.removeprefix("PERSON#"))


SHELF = Shelf(
    area="register",
    kept=KEPT,
    item=RegisterItem,
    job=RegisterRetentionItem,
    proof=RegisterErasureItem,
    continued=RetentionContinued,
    answered=RetentionAnswered,
    lines=access.retention_lines,
    holds=access.holds,
    real=access.deletes,
    tie=tie_end,
    whole={"contact": _contact, "kin": _custody, "watch_case": _case},
    secret=frozenset({"birth", "civic", "identifier", "number", "search_word"}),
)

"""Two records that prove to be one person (process 2)."""

from __future__ import annotations

from functions.access import guard
from functions.organisation import queries as organisation
from functions.register.domain import merging
from functions.register.domain.leaving import Leaving, Transfer
from functions.register.domain.people import PersonCard, of_age
from functions.register.events import PersonsMerged, PersonsParted
from functions.register.queries import require_person
from functions.register.schemas.people import MergeBody, MergeView
from functions.register.store import matters as matters_store
from functions.register.store import merging as merging_store
from functions.register.store import people as people_store
from functions.register.store.enrolments import kin_item, kin_moved, moved_writes
from functions.register.store.items import ChildItem, PersonItem, RegisterItem
from functions.register.store.writes import (
    civic_item,
    number_item,
    relation_items,
    relation_moved,
    relation_removed,
)
from skolkit.audit import Trace
from skolkit.clock import today
from skolkit.errors import NotFound
from skolkit.idempotency import RequestKey
from skolkit.identity import Caller
from skolkit.table import Overwrite, Write, commit
from skolkit.types import PersonId, new_id


def merge_persons(caller: Caller, id: PersonId, new: MergeBody, key: RequestKey) -> MergeView:
    """Keep one record of two: numbers, enrolments and relations move to it, the other is closed. What is
    written about the other elsewhere stays under its id and is read with the kept one's. Ten round trips:
    duties, both records, the other's duties, plans, the children's adults, the rows as they were, the
    children, commit.
    Raises `NotMergeable`, `ProtectionDiffers`, `StillEmployed`, `OpenMatters`, `PlanOnTheOther`,
    `AlreadyEnrolled`.
    """
    kept, card, _ = _found(caller, id)
    other, other_card, rows = _found(caller, PersonId(new.duplicate))
    gain = merging.merge(card, other_card)
    _require_closable(id, other_card.id, rows)
    other.merged_into = id
    kept.civic_no = kept.civic_no or other.civic_no
    kept.also = [*(kept.also or ()), other_card.id, *other_card.also]
    writes: list[Write] = [kept, other]
    writes += [Overwrite(number_item(id, span.number, span.since)) for span in gain.numbers]
    writes += [Overwrite(civic_item(span.number, id)) for span in other_card.numbers]
    writes += moved_writes(id, other_card.id, gain.enrolments, other_card.enrolments)
    for responsible in gain.responsibles:
        writes += relation_items(id, card.birth_date, responsible)
    if gain.responsibles:
        everyone = (*card.responsibles, *gain.responsibles)
        writes.append(Overwrite(kin_item(id, of_age(card.birth_date), everyone)))
    writes += [relation_removed(other_card.id, r.person) for r in other_card.responsibles]
    children = [PersonId(str(row.sk).removeprefix("CHILD#")) for row in rows if isinstance(row, ChildItem)]
    writes += [write for row in rows if isinstance(row, ChildItem) for write in relation_moved(row, id)]
    writes += kin_moved(children, other_card.id, id)
    merge = new_id()
    writes += [
        Overwrite(merging_store.merged_item(id, closed, merge))
        for closed in (other_card.id, *other_card.also)
    ]
    record = merging_store.merge_item(merge, id, other_card.id, writes)
    view = MergeView(id=merge, kept=id, merged=other_card.id)
    trace = Trace(caller.person_id, "merge_persons", id, changes=f"{other_card.id} merge {merge}")
    fact = PersonsMerged(kept=id, merged=other_card.id)
    writes += people_store.profiles_of(children)  # to tell of the change: a merge that is undone leaves them
    commit(*writes, record, facts=[fact], trace=trace, once=key.once(view.model_dump_json(by_alias=True)))
    return view


def undo_merge(caller: Caller, merge: str) -> None:
    """Take a merge apart: every row is as it was. Raises `ChangedSinceMerge`."""
    guard.require(caller, "register:merge", guard.SYSTEM, organisation.duties_of(caller.person_id))
    record = merging_store.find_merge(merge)
    if record is None or record.undone:
        raise NotFound
    writes = merging_store.undo_writes(record)
    if writes is None:
        raise merging.ChangedSinceMerge(field="merge", value=merge)
    kept, merged = PersonId(record.kept), PersonId(record.merged)
    writes += people_store.profiles_of(merging_store.children_of(record))
    record.undone = caller.person_id
    trace = Trace(caller.person_id, "undo_merge", kept, changes=f"{merged} merge {merge}")
    commit(record, *writes, facts=[PersonsParted(kept=kept, merged=merged)], trace=trace)


def _require_closable(kept: PersonId, other: PersonId, rows: list[RegisterItem]) -> None:
    """Nothing goes on under a record that is closed."""
    if any(span.end is None or span.end >= today() for span in organisation.duty_history(other)):
        raise merging.StillEmployed(field="duplicate", value=other)
    cases = [case.waits_until for _, case in matters_store.matters(Leaving, rows)]
    transfers = [transfer.waits_until for _, transfer in matters_store.matters(Transfer, rows)]
    if any((*cases, *transfers)):
        raise merging.OpenMatters(field="duplicate", value=other)
    if organisation.has_study_plan(other) and not organisation.has_study_plan(kept):
        raise merging.PlanOnTheOther(field="duplicate", value=other)


def _found(caller: Caller, id: PersonId) -> tuple[PersonItem, PersonCard, list[RegisterItem]]:
    guard.require(caller, "register:merge", guard.SYSTEM, organisation.duties_of(caller.person_id))
    rows = people_store.rows_of(id)
    card = people_store.card_of(id, rows)
    if card is None:
        raise NotFound
    require_person(caller, "register:edit_person", card)
    return next(row for row in rows if isinstance(row, PersonItem)), card, rows

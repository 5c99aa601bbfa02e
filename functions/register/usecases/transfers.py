"""A pupil changes from one of the municipality's units to another (process 8): asked for by one, accepted by
the receiving one, or decided at once by somebody who may enrol at both.
"""

from __future__ import annotations

from datetime import timedelta

from functions.register.domain import enrolment as enrolment_rules
from functions.register.domain import leaving as rules
from functions.register.domain.enrolment import Enrolment, EnrolmentId
from functions.register.domain.leaving import Transfer
from functions.register.domain.notices import RULES
from functions.register.domain.people import PersonCard
from functions.register.events import PupilTransferred
from functions.register.schemas.leaving import NewTransfer, TransferAnswer, TransferView
from functions.register.store import people as people_store
from functions.register.store.enrolments import enrolment_writes
from functions.register.store.items import PersonItem
from functions.register.store.matters import TransferItem, find, transfer_writes
from functions.register.usecases.enrolment import changeable, ended, enrolled, open_unit, warnings
from functions.register.usecases.relations import duties_of, may
from skolkit.audit import Trace
from skolkit.clock import now, today
from skolkit.errors import ChangedMeanwhile, NotFound
from skolkit.events import Fact
from skolkit.idempotency import RequestKey
from skolkit.identity import Caller
from skolkit.table import Once, commit
from skolkit.types import PersonId, UnitId, new_id


def ask_transfer(caller: Caller, id: PersonId, new: NewTransfer, key: RequestKey) -> TransferView:
    """Ask for a transfer; done at once by somebody who may enrol at the receiving unit too. Five round trips:
    person, duties twice, unit, commit.
    """
    item, card, old = changeable(caller, id, EnrolmentId(new.enrolment), None)
    asked = _asked(caller, old, new)
    open_unit(asked.to_unit)
    rules.transfer(id, card.enrolments, asked, card.birth_date)  # what cannot be is not asked for
    duties = duties_of(caller, card)
    if may(caller, "register:enrol", card, [asked.to_unit], duties):
        return _done(caller, item, card, asked, None, key)
    view = transfer_view(id, asked, 1)
    trace = Trace(caller.person_id, "ask_transfer", id, changes=f"{asked.id} {asked.to_unit}")
    commit(*transfer_writes(id, asked), trace=trace, once=key.once(view.model_dump_json(by_alias=True)))
    return view


def answer_transfer(
    caller: Caller, id: PersonId, which: str, new: TransferAnswer, version: int
) -> TransferView:
    """The receiving unit, or the municipality, accepts or declines. Five round trips: person, transfer,
    duties, unit, commit.
    """
    found, stored = people_store.find_person(id), find(Transfer, id, which)
    if found is None or stored is None:
        raise NotFound
    (item, card), (row, asked) = found, stored
    if not may(caller, "register:enrol", card, [asked.to_unit], duties_of(caller, card)):
        raise NotFound
    if row.version != version:
        raise ChangedMeanwhile(field="If-Match", value=version)
    if new.accepted:
        open_unit(asked.to_unit)
        return _done(caller, item, card, asked, row, None)
    declined = asked.answer(caller.person_id, now(), None)
    trace = Trace(caller.person_id, "answer_transfer", id, "declined", asked.id)
    commit(*transfer_writes(id, declined, row, asked), trace=trace)
    return transfer_view(id, declined, row.version)


def transfer_view(
    person: PersonId, t: Transfer, version: int, old: Enrolment | None = None, new: Enrolment | None = None
) -> TransferView:
    """A transfer as it is shown."""
    return TransferView(
        id=t.id, person=person, state=t.state, from_unit=t.from_unit, to_unit=t.to_unit, old=t.old,
        new=t.new, last_day=t.last_day, first_day=t.first_day, year=t.year, school_form=t.school_form,
        asked=t.asked, asked_by=t.asked_by, due=t.due, answered=t.answered, answered_by=t.answered_by,
        warnings=warnings(old, [new]) if old and new else [], version=version,
    )  # fmt: skip


def _done(
    caller: Caller,
    item: PersonItem,
    card: PersonCard,
    asked: Transfer,
    stored: TransferItem | None,
    key: RequestKey | None,
) -> TransferView:
    if asked.state != "asked":
        raise rules.AlreadyDecided(field="transfer")
    enrolment_rules.find_enrolment(card.enrolments, asked.old)
    changed, new = rules.transfer(card.id, card.enrolments, asked, card.birth_date)
    done = asked.answer(caller.person_id, now(), new.id)
    version = (stored.version if stored else 0) + 1
    old = next(e for e in card.enrolments if e.id == asked.old)
    view = transfer_view(card.id, done, version, old, new)
    once: Once | None = key.once(view.model_dump_json(by_alias=True)) if key else None
    commit(
        item,
        *enrolment_writes(card.id, changed, card.enrolments),
        *transfer_writes(card.id, done, stored, asked if stored else None),
        facts=_facts(card, done, changed, new),
        trace=Trace(caller.person_id, "answer_transfer", card.id, "done", f"{done.id} {new.id}"),
        once=once,
    )
    return view


def _facts(card: PersonCard, done: Transfer, changed: list[Enrolment], new: Enrolment) -> list[Fact]:
    after = enrolment_rules.replaced(card.enrolments, changed)
    moved = PupilTransferred(
        pupil=card.id, transfer=done.id, from_unit=done.from_unit, to_unit=done.to_unit,
        school_form=done.school_form.value, year=done.year, last_day=done.last_day, first_day=done.first_day,
    )  # fmt: skip
    return [moved, *(ended(card.id, e, after) for e in changed if e != new), enrolled(card.id, new)]


def _asked(caller: Caller, old: Enrolment, new: NewTransfer) -> Transfer:
    form = new.school_form or old.school_form
    return Transfer(
        id=new_id(),
        from_unit=old.unit,
        to_unit=UnitId(new.to_unit),
        old=old.id,
        last_day=new.last_day or new.first_day - timedelta(days=1),
        first_day=new.first_day,
        year=old.year if new.year is None and form == old.school_form else new.year,
        school_form=form,
        education_code=new.education_code or old.education_code,
        gap_allowed=new.gap_allowed,
        asked=now(),
        asked_by=caller.person_id,
        due=today() + timedelta(days=RULES.answer),
    )

"""Where a pupil goes to school (process 3).

A correction changes the enrolment; whatever begins on a day (a new year, another study path) is an enrolment
of its own that follows it, as SS 12000 has one `schoolYear` per dated enrolment. Nothing is deleted.
"""

from __future__ import annotations

from datetime import timedelta

from functions.access import guard
from functions.organisation import queries as organisation
from functions.organisation.queries import UnitRecord
from functions.register.domain import enrolment as rules
from functions.register.domain.enrolment import Enrolment, EnrolmentId
from functions.register.domain.notices import Notice, started
from functions.register.domain.people import PersonCard, PupilRecord
from functions.register.events import EnrolmentChanged, EnrolmentEnded, NoticeDrawnUp, PupilEnrolled
from functions.register.queries import require_relation
from functions.register.schemas.enrolment import (
    ChangedEnrolments,
    EnrolmentChange,
    EnrolmentList,
    EnrolmentRow,
    EnrolmentView,
    NewEnrolment,
    PlaceKept,
)
from functions.register.store import people as people_store
from functions.register.store.enrolments import enrolment_writes
from functions.register.store.items import PersonItem
from functions.register.store.matters import notice_writes
from functions.register.usecases.relations import require_at, units_of
from skolkit.audit import Trace, record_read
from skolkit.clock import now, today
from skolkit.errors import ChangedMeanwhile, NotFound
from skolkit.events import Fact
from skolkit.idempotency import RequestKey
from skolkit.identity import Caller
from skolkit.table import commit
from skolkit.types import PersonId, UnitId, new_id


def list_enrolments(caller: Caller, id: PersonId) -> EnrolmentList:
    """A person's enrolments of all times. Two round trips for the home, three for staff."""
    found = people_store.find_person(id)
    if found is None:
        raise NotFound
    item, card = found
    require_at(caller, "register:read_enrolments", card, units_of(card, today()))
    record_read(Trace(caller.person_id, "list_enrolments", id))
    return EnrolmentList(person=id, data=[row_view(e) for e in card.enrolments], version=item.version)


def enrol_pupil(caller: Caller, id: PersonId, new: NewEnrolment, key: RequestKey) -> EnrolmentView:
    """Enrol a pupil at a unit; the home municipality is told if it is another one. Four round trips: duties,
    unit, person, commit; two more for one already placed.
    """
    place = UnitId(new.unit)
    guard.require(caller, "register:enrol", guard.Unit(place), organisation.duties_of(caller.person_id))
    unit = open_unit(place)
    item, card = _placeable(caller, id)
    enrolment = rules.enrol(card.enrolments, _enrolment(new), card.birth_date)
    enrolment = rules.identified(id, enrolment, card.enrolments)
    view = EnrolmentView(**row_view(enrolment).model_dump(), person=id, version=item.version + 1)
    notices = _start_notices(caller, card, enrolment, unit)
    commit(
        item,
        *enrolment_writes(id, [enrolment], card.enrolments),
        *(write for notice in notices for write in notice_writes(id, notice)),
        facts=[enrolled(id, enrolment), *(NoticeDrawnUp(pupil=id, notice=n.id) for n in notices)],
        trace=Trace(caller.person_id, "enrol_pupil", id, changes=f"{place} {enrolment.start}"),
        once=key.once(view.model_dump_json(by_alias=True)),
    )
    return view


def change_enrolment(
    caller: Caller, id: PersonId, which: EnrolmentId, new: EnrolmentChange, version: int
) -> ChangedEnrolments:
    """Change year, study path or last day, from a day on or as a correction. Three round trips: person,
    duties, commit.
    """
    item, card, old = changeable(caller, id, which, version)
    asked = rules.EnrolmentChange(
        new.year, new.end_date, new.education_code, new.programme, new.specification, new.since
    )
    changed = rules.change(id, card.enrolments, which, asked, card.birth_date)
    last = changed[-1]
    facts: list[Fact] = [changed_fact(id, last)]
    if last.end is not None and last.end != old.end:
        facts.append(ended(id, last, rules.replaced(card.enrolments, changed)))
    return _saved(caller, "change_enrolment", item, card, changed, facts, old)


def cancel_enrolment(caller: Caller, id: PersonId, which: EnrolmentId, version: int) -> ChangedEnrolments:
    """Cancel an enrolment, which stays in the history. Three round trips: person, duties, commit."""
    item, card, old = changeable(caller, id, which, version)
    cancelled = rules.cancel(card.enrolments, which)
    after = rules.replaced(card.enrolments, [cancelled])
    return _saved(caller, "cancel_enrolment", item, card, [cancelled], [ended(id, cancelled, after)], old)


def changeable(
    caller: Caller, id: PersonId, which: EnrolmentId, version: int | None
) -> tuple[PersonItem, PersonCard, Enrolment]:
    """The person and the enrolment, if the caller may change it and has seen the latest version."""
    found = people_store.find_person(id)
    old = next((e for e in found[1].enrolments if e.id == which), None) if found else None
    if found is None or old is None:
        raise NotFound
    require_at(caller, "register:enrol", found[1], [old.unit])
    if version is not None and found[0].version != version:
        raise ChangedMeanwhile(field="If-Match", value=version)
    return (*found, old)


def open_unit(id: UnitId) -> UnitRecord:
    """A unit where pupils can be enrolled. Raises `UnknownUnit`, `ClosedUnit`."""
    unit = organisation.unit(id)
    if unit is None:
        raise rules.UnknownUnit(field="unit", value=id)
    if unit.status in {"UPPHORT", "VILANDE"}:
        raise rules.ClosedUnit(field="unit", value=id)
    return unit


def row_view(e: Enrolment) -> EnrolmentRow:
    """An enrolment as it is shown."""
    return EnrolmentRow(
        id=e.id, unit=e.unit, school_form=e.school_form, year=e.year, start_date=e.start, end_date=e.end,
        education_code=e.education_code, programme=e.programme, specification=e.specification,
        cancelled=e.cancelled, leaving=e.leaving,
    )  # fmt: skip


def warnings(old: Enrolment, changed: list[Enrolment]) -> list[PlaceKept]:
    """That the pupil may keep the place longer than the change lets them."""
    until = rules.keeps_place_until(old, today())
    kept = [e for e in changed if not e.cancelled]
    if until is None or any(e.unit == old.unit and (e.end is None or e.end >= until) for e in kept):
        return []
    return [PlaceKept(code="keepsPlace", until=until, law="skollagen 10:28")]


def enrolled(pupil: PersonId, enrolment: Enrolment) -> PupilEnrolled:
    """That the pupil was enrolled."""
    return PupilEnrolled(
        pupil=pupil,
        unit=enrolment.unit,
        school_form=enrolment.school_form.value,
        year=enrolment.year,
        start=enrolment.start,
    )


def ended(pupil: PersonId, enrolment: Enrolment, after: list[Enrolment]) -> EnrolmentEnded:
    """That the enrolment ended or was cancelled, `after` being all enrolments then."""
    before = enrolment.start - timedelta(days=1)
    last = before if enrolment.cancelled or enrolment.end is None else enrolment.end
    return EnrolmentEnded(
        pupil=pupil,
        enrolment=enrolment.id,
        unit=enrolment.unit,
        school_form=enrolment.school_form.value,
        last_day=last,
        reason=enrolment.leaving or "",
        cancelled=enrolment.cancelled,
        left_unit=rules.left_unit(after, enrolment.unit, last),
    )


def _saved(
    caller: Caller,
    action: str,
    item: PersonItem,
    card: PersonCard,
    changed: list[Enrolment],
    facts: list[Fact],
    old: Enrolment,
) -> ChangedEnrolments:
    what = " ".join(f"{e.id} {e.year} {e.start} {e.end} {e.cancelled}" for e in changed)
    writes = enrolment_writes(card.id, changed, card.enrolments)
    commit(item, *writes, facts=facts, trace=Trace(caller.person_id, action, card.id, changes=what))
    rows = [row_view(e) for e in changed]
    return ChangedEnrolments(person=card.id, data=rows, warnings=warnings(old, changed), version=item.version)


def _placeable(caller: Caller, id: PersonId) -> tuple[PersonItem, PersonCard]:
    """The person, if the caller may place them: one who belongs to a unit or is protected needs a right to
    them too.
    """
    found = people_store.find_person(id)
    if found is None:
        raise NotFound
    record = PupilRecord.of(found[1], today())
    if record.unit or record.protected:
        require_relation(caller, "register:enrol", record)
    return found


def _start_notices(caller: Caller, card: PersonCard, enrolment: Enrolment, unit: UnitRecord) -> list[Notice]:
    notice = started(new_id(), card, enrolment, str(unit.municipality_code), caller.person_id, now())
    return [notice] if notice else []


def _enrolment(new: NewEnrolment) -> Enrolment:
    return Enrolment(
        unit=UnitId(new.unit),
        school_form=new.school_form,
        year=new.year,
        start=new.start_date,
        end=new.end_date,
        education_code=new.education_code,
        programme=new.programme,
        specification=new.specification,
    )


def changed_fact(pupil: PersonId, e: Enrolment) -> EnrolmentChanged:
    """That the enrolment says something else."""
    return EnrolmentChanged(
        pupil=pupil, enrolment=e.id, unit=e.unit, school_form=e.school_form.value, year=e.year,
        start=e.start, end=e.end, since=e.start,
    )  # fmt: skip

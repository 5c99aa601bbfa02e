"""Telling everybody around a unit at once, and following how far it has come."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Literal

from functions.access import guard
from functions.messages import store
from functions.messages.domain import emergencies as rules
from functions.messages.domain.deliveries import Channel, Said
from functions.messages.domain.emergencies import Around, Audience, Emergency
from functions.messages.domain.templates import EMERGENCY
from functions.messages.events import EmergencyDue
from functions.messages.schemas.common import PageQuery
from functions.messages.schemas.emergencies import (
    CallPage,
    CallView,
    EmergencyView,
    NewEmergency,
    PreviewView,
    Texts,
)
from functions.messages.store import DeliveryKey, emergencies
from functions.messages.store.emergencies import Chunk
from functions.messages.usecases.sending import Letter, send_all, ways_to, wishes_of
from functions.organisation import queries as organisation
from functions.register import queries as register
from functions.register.queries import PersonName, Withheld
from skolkit.audit import Trace, record_read
from skolkit.clock import now, today
from skolkit.errors import NotFound
from skolkit.idempotency import RequestKey
from skolkit.identity import Caller
from skolkit.table import Overwrite, commit, fetch
from skolkit.types import NoticeId, PersonId, UnitId, new_id, stable_id

WORKERS = 8  # at a time in one function: what is slow is the providers
PAGE = 200  # duties in one query
PARTS = 5  # of the recipients on one page of calls


def preview_emergency(caller: Caller, unit: UnitId, audience: Audience) -> PreviewView:
    """How many an emergency would go to now."""
    _require(caller, unit)
    around = _around(unit, audience)
    return PreviewView(recipients=len(around.recipients), calls=len(around.calls))


def send_emergency(caller: Caller, unit: UnitId, new: NewEmergency, key: RequestKey) -> EmergencyView:
    """Let it go to everybody, in parts that queues carry out side by side. One transaction."""
    _require(caller, unit)
    around = _around(unit, new.audience)
    rules.confirmed(around, new.recipients)
    emergency = Emergency(
        id=new_id(), unit=unit, audience=new.audience, texts=new.texts.model_dump(exclude_none=True),
        asked_by=caller.person_id, at=now(), recipients=len(around.recipients), calls=len(around.calls),
    )  # fmt: skip
    facts = [
        EmergencyDue(emergency=emergency.id, part=number, recipients=recipients, calls=calls)
        for number, (recipients, calls) in enumerate(around.chunks)
    ]
    view = _view(emergency, [])
    trace = Trace(caller.person_id, "send_emergency", unit, changes=f"{new.audience} {new.recipients}")
    once = key.once(view.model_dump_json(by_alias=True))
    commit(emergencies.head_item(emergency), facts=facts, trace=trace, once=once)
    return view


def read_emergency(caller: Caller, unit: UnitId, id: str) -> EmergencyView:
    """How far an emergency has come."""
    _require(caller, unit)
    emergency = _emergency(unit, id)
    return _view(emergency, list(_settled(emergency, emergencies.chunks(id))))


def list_emergency_calls(caller: Caller, unit: UnitId, id: str, query: PageQuery) -> CallPage:
    """Whom to call: those with protected identity and those who could not be reached. Who has protected
    identity is for those with a task for this very unit.
    """
    duties = _require(caller, unit)
    emergency = _emergency(unit, id)
    parts, cursor = emergencies.page(id, PARTS, query.cursor, caller.seal)
    found = list(_settled(emergency, parts))
    hidden = [one for chunk in found for one in chunk.calls]
    others = [one for chunk in found for one in chunk.unreached]
    anyone = guard.Pupil(PersonId("anyone"), unit, protected=True)
    shown = hidden if guard.allowed(caller, "register:read_person", anyone, duties) else []
    (names,) = fetch(register.wanted_names([*shown, *others]))
    for person in (unit, *shown):
        record_read(Trace(caller.person_id, "list_emergency_calls", person))
    reasons: list[tuple[PersonId, Literal["protected", "unreached"]]] = [
        *((one, "protected") for one in hidden),
        *((one, "unreached") for one in others),
    ]
    return CallPage(data=[_call(names.get(one), why) for one, why in reasons], cursor=cursor)


def _call(name: PersonName | None, reason: Literal["protected", "unreached"]) -> CallView:
    person, given, family = (name.id, name.given_name, name.family_name) if name else (None, None, None)
    return CallView(person=person, given_name=given, family_name=family, reason=reason)


def _require(caller: Caller, unit: UnitId) -> Collection[guard.Duty]:
    duties = organisation.duties_of(caller.person_id)
    guard.require(caller, "messages:send_emergency", guard.Unit(unit), duties)
    return duties


def _emergency(unit: UnitId, id: str) -> Emergency:
    emergency = emergencies.find(id)
    if emergency is None or emergency.unit != unit:
        raise NotFound
    return emergency


# Whom it is for


def _around(unit: UnitId, audience: Audience) -> Around:
    """A round trip per 50 pupils, and one for each pupil without guardians."""
    homes = _homes(unit) if audience != "staff" else {}
    staff = _staff(unit) if audience != "guardians" else set()
    people = [*homes, *staff, *(one for home in homes.values() for one in home)]
    (names,) = fetch(register.wanted_names(list(dict.fromkeys(people))))
    return rules.gather(homes, staff, [id for id, name in names.items() if name.protected])


def _homes(unit: UnitId) -> dict[PersonId, Sequence[PersonId]]:
    """Of each pupil at the unit today those who are told: guardians, or the pupil without any."""
    pupils = list(dict.fromkeys(p for p, e in register.enrolments_at(unit) if e.covers(today())))
    (custody,) = fetch(register.wanted_guardians(pupils))
    return {pupil: custody.get(pupil) or (pupil,) for pupil in pupils}


def _staff(unit: UnitId) -> set[PersonId]:
    found, cursor = set[PersonId](), None
    while True:
        held, cursor = organisation.held_at(unit, cursor, PAGE, "emergency", unit)
        found |= {one.person for one in held if one.start[:10] <= today().isoformat()}
        if cursor is None:
            return found


# Sending


def deliver_emergency(due: EmergencyDue) -> None:
    """Tell a part of the recipients by every way there is, each once, and count. Raises when some must be
    tried again.
    """
    emergency = emergencies.find(due.emergency)
    if emergency is None:
        return  # the fact is older than what is kept of it
    letters = _letters(emergency, due.recipients)
    try:
        send_all(letters, WORKERS)
    finally:
        part = _counted(emergency, due.part, due.recipients, due.calls)
        commit(Overwrite(emergencies.chunk_item(due.emergency, part, now())))


def _letters(emergency: Emergency, recipients: Sequence[PersonId]) -> dict[DeliveryKey, Letter]:
    contacts, wishes = register.contacts(recipients), wishes_of(list(recipients))
    letters = dict[DeliveryKey, Letter]()
    for one in recipients:
        contact = contacts.get(one)
        ways = {} if isinstance(contact, Withheld) else ways_to(contact, wishes[one])
        for channel in (channel for channel, address in ways.items() if address):
            said = Said(EMERGENCY, {"emergency": emergency.id}, urgent=True, only=channel)
            letters[_key(emergency, one, channel)] = Letter(said, texts=emergency.texts)
    return letters


def _key(emergency: Emergency, person: PersonId, channel: Channel) -> DeliveryKey:
    """The delivery by one way, which is claimed by itself."""
    notice = NoticeId(stable_id("emergency", emergency.id, channel))
    return DeliveryKey(person, today(emergency.at), notice, person)


# Counting


def _counted(
    emergency: Emergency, part: int, recipients: Sequence[PersonId], calls: Sequence[PersonId], told: int = 0
) -> Chunk:
    """What has become of some recipients, beside so many already told. A round trip per 33."""
    keys = {one: [_key(emergency, one, channel) for channel in Channel] for one in recipients}
    wanted = store.wanted_deliveries([key for some in keys.values() for key in some])
    (found,) = fetch(wanted, consistent=True)
    became = {one: rules.outcome([found[key] for key in some if key in found]) for one, some in keys.items()}
    of = {
        state: [one for one in recipients if became[one] == state] for state in ("told", "open", "unreached")
    }
    return Chunk(part, told + len(of["told"]), of["open"], of["unreached"], calls)


def _settled(emergency: Emergency, chunks: Iterable[Chunk]) -> Iterator[Chunk]:
    """The parts as they are now: what was not settled when a part was counted may be since."""
    for chunk in chunks:
        if not chunk.unsettled:
            yield chunk
            continue
        now = _counted(emergency, chunk.number, chunk.unsettled, chunk.calls, chunk.told)
        yield replace(now, unreached=[*chunk.unreached, *now.unreached])


def _view(emergency: Emergency, chunks: Sequence[Chunk]) -> EmergencyView:
    told, unreached = sum(c.told for c in chunks), sum(len(c.unreached) for c in chunks)
    return EmergencyView(
        id=emergency.id, unit=emergency.unit, audience=emergency.audience, texts=Texts(**emergency.texts),
        at=emergency.at, recipients=emergency.recipients, told=told, unreached=unreached,
        waiting=emergency.recipients - told - unreached, calls=emergency.calls, version=emergency.version,
    )  # fmt: skip

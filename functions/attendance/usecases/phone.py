"""Absence by telephone (process 19): a guardian's code, and the call of whoever knows it.

The telephony provider is let in by its own token and does nothing by itself: what is reported is reported by
the guardian whose code it is, and decided as if they had signed in.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Literal

from functions.access import guard
from functions.attendance.domain import phone as rules
from functions.attendance.domain.absence import NoSchoolDay, Notice, OverlappingAbsence, Reporter, Span
from functions.attendance.domain.phone import RULES, Outcome
from functions.attendance.events import MessageDue
from functions.attendance.schemas.phone import (
    NewPhonePin,
    PhoneAbsence,
    PhoneAnswer,
    PhonePinView,
    ProvenNumber,
)
from functions.attendance.store import phone as store
from functions.attendance.usecases.absence import accept, notified
from functions.organisation import queries as organisation
from functions.register import queries as register
from functions.register.queries import PupilRecord
from skolkit.audit import Trace
from skolkit.clock import now, today
from skolkit.config import phone_key
from skolkit.errors import ChangedMeanwhile, NotFound
from skolkit.idempotency import RequestKey
from skolkit.identity import SCHOOL_SCOPE, Caller
from skolkit.links import number_code
from skolkit.retry import persist
from skolkit.table import Erase, Once, Write, commit
from skolkit.telemetry import count
from skolkit.types import NoticeId, PersonId, new_id

Language = Literal["sv", "en"]


def read_phone_pin(caller: Caller) -> PhonePinView:
    """Whether the caller has a code, or one that waits for proof. Two round trips."""
    guard.require(caller, "attendance:edit_own_phone_pin", guard.Person(caller.person_id))
    found = store.find_proof(caller.person_id)
    return _pin_view(store.find_pin(caller.person_id), awaits=found is not None and found[1].stands(now()))


def _pin_view(known: store.PhonePinItem | None, *, awaits: bool) -> PhonePinView:
    changed = datetime.fromisoformat(known.changed) if known else None
    return PhonePinView(
        is_set=known is not None, awaits_proof=awaits, changed=changed,
        version=known.version if known else 0,
    )  # fmt: skip


def choose_phone_pin(caller: Caller, new: NewPhonePin, version: int) -> PhonePinView:
    """Choose a code and the number it is for. It counts when the number is proved by what is sent to it: a
    text message with another code, which messages makes for the number that the register has. Six round
    trips.
    """
    person, pin = caller.person_id, new.pin.get_secret_value()
    guard.require(caller, "attendance:edit_own_phone_pin", guard.Person(person))
    rules.check_pin(pin)
    number, known = _e164(new.number), store.find_pin(person)
    if (known.version if known else 0) != version:
        raise ChangedMeanwhile(field="If-Match", value=version)
    hidden = _with_room(rules.number_hash(number, phone_key()), person)
    if not persist(partial(_try, _line(person), RULES.proofs, None)):
        raise rules.TooManyCodes
    message, earlier = new_id(), store.find_proof(person)
    proof = rules.Proof(
        hidden,
        _hashed(pin),
        _hashed(number_code(message, person, number)),
        now() + RULES.proof,
        version=earlier[1].version if earlier else None,
    )
    due = MessageDue(id=message, recipients=[person], template="phone_code", urgent=True)
    commit(store.proof_item(person, proof), facts=[due], trace=Trace(person, "choose_phone_pin", person))
    return _pin_view(known, awaits=True)


def prove_phone_number(caller: Caller, said: ProvenNumber, key: RequestKey) -> PhonePinView:
    """Let the chosen code count, in place of an earlier one. Four round trips and 50 ms of hashing."""
    person = caller.person_id
    guard.require(caller, "attendance:edit_own_phone_pin", guard.Person(person))
    found, known = store.find_proof(person), store.find_pin(person)
    if found is None or not found[1].stands(now()):
        raise rules.WrongCode(field="code")
    proof = found[1]
    # Counted before it is looked at, as tries of codes are.
    counted = store.proof_item(person, replace(proof, wrong=proof.wrong + 1))
    commit(counted)
    if not rules.fits(said.code.get_secret_value(), proof.proof, phone_key()):
        raise rules.WrongCode(field="code")
    _with_room(proof.number, person)
    at, version = now(), known.version if known else 0
    view = PhonePinView(is_set=True, awaits_proof=False, changed=at, version=version + 1)
    commit(
        *store.setting(person, known, proof.number, proof.code, at, version),
        Erase(counted),
        trace=Trace(person, "prove_phone_number", person),
        once=key.once(view.model_dump_json(by_alias=True)),
    )
    return view


def _with_room(number: str, person: PersonId) -> str:
    if len(store.guardians_of(number).keys() - {person}) >= RULES.guardians:
        raise rules.NumberFull(field="number")
    return number


def _hashed(code: str) -> rules.Hashed:
    return rules.hashed(code, os.urandom(16), phone_key())


def remove_phone_pin(caller: Caller, version: int) -> None:
    """Report by telephone no more."""
    person = caller.person_id
    guard.require(caller, "attendance:edit_own_phone_pin", guard.Person(person))
    known = store.find_pin(person)
    if known is None:
        raise NotFound
    if known.version != version:
        raise ChangedMeanwhile(field="If-Match", value=version)
    commit(*store.removing(person, known), trace=Trace(person, "remove_phone_pin", person))


def _e164(text: str) -> str:
    try:
        return register.phone_number(text)
    except ValueError:
        raise rules.UnfitNumber(field="number") from None


def report_by_phone(caller: Caller, call: PhoneAbsence, key: RequestKey) -> PhoneAnswer:
    """What a call leads to, and what to say. Some nine round trips and 50 ms of hashing for each guardian of
    the number.
    """
    guard.require(caller, "attendance:report_by_phone", guard.SYSTEM)
    if done := key.earlier():
        raise done
    answer = _answered(caller, call, key)
    count(f"Phone{answer.outcome[0].upper()}{answer.outcome[1:]}", 1)
    return answer


def _answered(caller: Caller, call: PhoneAbsence, key: RequestKey) -> PhoneAnswer:
    number, provider = _line(call.caller_number), f"CLIENT#{caller.client}"
    if rules.is_locked(store.tries_of(provider), RULES.provider_tries, now()):
        return _say(Outcome.LOCKED, None)
    if not persist(partial(_try, number, RULES.tries, None)):
        return _say(Outcome.LOCKED, None)
    guardians = _guardians(number, call.pin.get_secret_value())
    if not guardians:
        answer = _say(Outcome.REFUSED, None)
        persist(partial(_try, provider, RULES.provider_tries, key.once(_json(answer))))
        return answer
    return persist(partial(_report, _Call(caller.client, number, call, key), guardians))


def _line(text: str) -> str:
    """Where a number's guardians are; what is no number is nobody's."""
    with suppress(ValueError):
        text = register.phone_number(text)
    return f"PHONE#{rules.number_hash(text, phone_key())}"


def _try(who: str, most: int, once: Once | None) -> bool:
    """Count a try, if there is one left."""
    tries = store.tries_of(who)
    if rules.is_locked(tries, most, now()):
        return False
    commit(store.tries_item(who, rules.tried(tries, now())), once=once)
    return True


def _guardians(number: str, pin: str) -> list[PersonId]:
    """Whose code it is. A number that nobody has takes as long as one that somebody has."""
    known = store.guardians_of(number.removeprefix("PHONE#"))
    if not known:
        rules.fits(pin, rules.NOBODY, phone_key())
    return [person for person, kept in known.items() if rules.fits(pin, kept, phone_key())]


@dataclass(frozen=True, slots=True)
class _Call:
    client: str
    number: str
    said: PhoneAbsence
    key: RequestKey


def _report(call: _Call, guardians: list[PersonId]) -> PhoneAnswer:
    language = _language(guardians)
    if language is None:
        return _done(call, Outcome.OFFICE, None)
    known = _children(call.client, guardians)
    children = [rules.Child(id, record.birth_date, record.protected) for id, (_, record) in known.items()]
    chosen = rules.choose(children, call.said.child_index, call.said.child_birth_date)
    if not children or any(child.protected for child in chosen):
        return _done(call, Outcome.OFFICE, language)
    if len(chosen) != 1:
        return _done(call, Outcome.CHOOSE_CHILD, language)
    guardian, record = known[chosen[0].id]
    return _notify(call, guardian, record, language)


def _notify(call: _Call, guardian: PersonId, pupil: PupilRecord, language: Language) -> PhoneAnswer:
    assert pupil.unit
    day = today() + timedelta(days=1 if call.said.kind == "tomorrow" else 0)
    role = Reporter.PUPIL if guardian == pupil.id else Reporter.GUARDIAN
    draft = Notice(
        NoticeId(new_id()), pupil.id, pupil.unit, Span(day, day), call.said.reason, guardian, role, True
    )
    try:
        (made,) = accept([draft])
    except OverlappingAbsence:
        return _done(call, Outcome.ALREADY, language)
    except NoSchoolDay:
        return _done(call, Outcome.NO_SCHOOL, language)
    return _done(call, Outcome.REPORTED, language, made.notice, made.writes)


def _done(
    call: _Call, outcome: Outcome, language: Language | None, notice: Notice | None = None,
    writes: Iterable[Write] = (),
) -> PhoneAnswer:  # fmt: skip
    """The answer, kept for a repeat of the call; a right code does not count as a try."""
    answer = _say(outcome, language)
    changes = f"{notice.id} {call.client}" if notice else ""
    trace = Trace(notice.reported_by, "report_by_phone", notice.pupil, changes=changes) if notice else None
    commit(
        *writes,
        store.tries_item(call.number, rules.given_back(store.tries_of(call.number))),
        facts=[notified(notice)] if notice else [],
        trace=trace,
        once=call.key.once(_json(answer)),
    )
    return answer


def _say(outcome: Outcome, language: Language | None) -> PhoneAnswer:
    return PhoneAnswer(outcome=outcome, text=rules.said(outcome, language), language=language)


def _json(answer: PhoneAnswer) -> str:
    return answer.model_dump_json(by_alias=True)


def _language(guardians: list[PersonId]) -> Language | None:
    """What to speak with them; None when one has a protected identity, whom nothing is said to."""
    contacts = register.contacts(guardians)
    if any(isinstance(contact, register.Withheld) for contact in contacts.values()):
        return None
    spoken = {c.language for c in contacts.values() if isinstance(c, register.Contact)}
    return "en" if spoken == {"en"} else "sv"


def _children(client: str, guardians: list[PersonId]) -> dict[PersonId, tuple[PersonId, PupilRecord]]:
    """Whom they may report today, and who of them does: their children, or an adult pupil alone."""
    found: dict[PersonId, tuple[PersonId, PupilRecord]] = {}
    for guardian in guardians:
        acting = Caller(guardian, client, frozenset({SCHOOL_SCOPE}))
        for child in (*register.children_of(guardian), guardian):
            record = register.pupil(child)
            if record and record.unit and _may(acting, record):
                found.setdefault(child, (guardian, record))
    return found


def _may(caller: Caller, pupil: PupilRecord) -> bool:
    facts = register.facts_of(pupil, organisation.Around(()))
    return guard.allowed(caller, "attendance:report_absence", facts)

"""The minutes of development talks (process 30): written by the mentor, read by the home when they are ready,
signed by the parties.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from functools import partial

from functions.assessment.domain import minutes as rules
from functions.assessment.domain.minutes import Agreement, Minutes, Signature
from functions.assessment.events import MessageDue, MinutesSigned
from functions.assessment.schemas import talks as schemas
from functions.assessment.store import talks as store
from functions.assessment.usecases.rights import require_reader, require_task
from functions.organisation import queries as organisation
from functions.register import queries as register
from functions.register.queries import PupilRecord, require_pupil
from skolkit.audit import Trace, record_read
from skolkit.clock import now, today
from skolkit.errors import ChangedMeanwhile, NotFound
from skolkit.idempotency import RequestKey
from skolkit.identity import Caller
from skolkit.retry import persist
from skolkit.table import commit
from skolkit.types import PersonId, stable_id


def write_minutes(
    caller: Caller, id: PersonId, round: str, slot_id: str, new: schemas.NewMinutes, version: int
) -> schemas.MinutesView:
    """Write the minutes of a talk; what the home has read becomes a version, and its signatures are of that.
    Six round trips: pupil, groups (2), time, minutes, commit.
    """
    pupil = require_task(caller, "assessment:plan", id).pupil
    slot, old = store.find_slot(round, slot_id), store.find_minutes(pupil.records, round, slot_id)
    booking = slot.booking if slot and slot.booking and slot.booking.pupil in pupil.records else None
    if booking is None and old is None:
        raise NotFound
    if (old.version if old else 0) != version:
        raise ChangedMeanwhile(field="If-Match", value=version)
    owner = old.pupil if old else id
    written = rules.write(old, _minutes(caller, owner, round, slot_id, new), booking, today())
    minutes = replace(written, version=version or None)
    commit(
        *store.minutes_writes(minutes, old if old and old.ready else None),
        facts=[_ready(minutes, pupil)] if minutes.ready else [],
        trace=Trace(caller.person_id, "write_minutes", id, changes=f"{slot_id} {minutes.number}"),
    )
    return _view(replace(minutes, version=version + 1), pupil)


def read_minutes(caller: Caller, id: PersonId, round: str, slot: str) -> schemas.MinutesView:
    """The minutes of a talk with what they said before; for the home when they are ready. Three round trips,
    three more for staff.
    """
    pupil, home = require_reader(caller, id)
    minutes = store.find_minutes(pupil.records, round, slot)
    if minutes is None or (home and not minutes.ready):
        raise NotFound
    earlier = store.minutes_versions(minutes) if minutes.number > 1 else []
    record_read(Trace(caller.person_id, "read_minutes", id, changes=f"{slot} {minutes.number}"))
    view = _view(minutes, pupil)
    return view.model_copy(update={"earlier": tuple(_view(one, pupil) for one in earlier)})


def sign_minutes(
    caller: Caller, id: PersonId, round: str, slot: str, new: schemas.NewSignature, key: RequestKey
) -> schemas.MinutesView:
    """Sign the minutes as they are, with how one has signed in. Three round trips, three more for mentors."""
    pupil = require_pupil(caller, "assessment:sign", id)
    mentors: Collection[PersonId] = ()
    if caller.person not in {pupil.id, *pupil.guardians}:
        mentors = organisation.staff_around(pupil.id, today()).mentors
    return persist(partial(_sign, caller, pupil, round, slot, new, key, mentors))


def _sign(
    caller: Caller, pupil: PupilRecord, round: str, slot: str, new: schemas.NewSignature, key: RequestKey,
    mentors: Collection[PersonId],
) -> schemas.MinutesView:  # fmt: skip
    minutes = store.find_minutes(pupil.records, round, slot)
    if minutes is None or not (minutes.ready or mentors):
        raise NotFound
    part = rules.part_of(minutes, caller.person_id, _age(pupil), pupil.guardians, mentors)
    signature = Signature(caller.person_id, part, now(), caller.assurance, caller.client)
    signed = rules.sign(minutes, new.digest, signature)
    view = _view(replace(signed, version=(minutes.version or 0) + 1), pupil)
    commit(
        *store.minutes_writes(signed),
        facts=[
            MinutesSigned(
                round=round,
                slot=slot,
                pupil=pupil.id,
                version=signed.number,
                part=part,
                whole=not view.awaits,
            )
        ],
        trace=Trace(caller.person_id, "sign_minutes", pupil.id, changes=f"{slot} {signed.number} {part}"),
        once=key.once(view.model_dump_json(by_alias=True)),
    )
    return view


def _ready(minutes: Minutes, pupil: PupilRecord) -> MessageDue:
    """That there are minutes to read and sign."""
    home = sorted(pupil.guardians & set(minutes.guardians)) or sorted(pupil.guardians) or [pupil.id]
    which = (minutes.slot, minutes.pupil, minutes.digest)
    return MessageDue(
        id=stable_id("talk_minutes", *which), recipients=home, template="talk_minutes", about=pupil.id,
        values={"day": minutes.held.isoformat()},
    )  # fmt: skip


def _minutes(caller: Caller, pupil: PersonId, round: str, slot: str, new: schemas.NewMinutes) -> Minutes:
    return Minutes(
        pupil=pupil, round=round, slot=slot, held=new.held, text=new.text,
        agreements=tuple(Agreement(one.what, one.who, one.due) for one in new.agreements), guardians=(),
        takes_part=False, by=caller.person_id, at=now(), ready=new.ready,
    )  # fmt: skip


def _age(pupil: PupilRecord) -> int | None:
    return register.facts_of(pupil, organisation.Around(())).age


def _view(minutes: Minutes, pupil: PupilRecord) -> schemas.MinutesView:
    return schemas.MinutesView(
        pupil=minutes.pupil, round=minutes.round, slot=minutes.slot, number=minutes.number, held=minutes.held,
        text=minutes.text,
        agreements=[schemas.AgreementOf(what=a.what, who=a.who, due=a.due) for a in minutes.agreements],
        ready=minutes.ready, by=minutes.by, at=minutes.at, digest=minutes.digest,
        signatures=[
            schemas.SignatureView(person=one.person, part=one.part, at=one.at, assurance=one.assurance)
            for one in minutes.signatures
        ],
        awaits=list(rules.awaits(minutes, _age(pupil), pupil.guardians)), version=minutes.version or 0,
    )  # fmt: skip

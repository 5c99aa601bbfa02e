"""Delivering a notice to each of its recipients, and the log."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from functions.messages import channels, store
from functions.messages.domain import deliveries as rules
from functions.messages.domain.deliveries import Channel, Delivery, Failure, State
from functions.messages.domain.templates import TEMPLATES
from functions.messages.events import GlassBroken, MessageDue, NoticeDelivered, NoticeDue, NoticeFailed
from functions.messages.schemas.common import PageQuery
from functions.messages.schemas.deliveries import DeliveryPage, DeliveryView
from functions.messages.store import DeliveryKey
from functions.organisation import queries as organisation
from functions.register import queries as register
from functions.register.queries import Contact, Withheld
from skolkit.audit import Trace, record_read
from skolkit.clock import now, today
from skolkit.errors import ChangedMeanwhile, NotFound, Text
from skolkit.events import Fact
from skolkit.identity import Caller
from skolkit.table import commit, fetch
from skolkit.telemetry import logger
from skolkit.types import NoticeId, PersonId


class InFlight(RuntimeError):
    """Somebody else is sending this notice right now, or died doing so; it comes again after the lease."""


class NobodyToTell(RuntimeError):
    """A glass was broken and no administrator can be told; the queue's dead letters raise the alarm."""


@dataclass(frozen=True, slots=True)
class Message:
    """What is sent; `withheld`: it is about somebody nothing may be sent about."""

    subject: Text
    text: Text
    withheld: bool = False


def list_deliveries(caller: Caller, pupil: PersonId, query: PageQuery) -> DeliveryPage:
    """The notices sent about a pupil, and what became of them."""
    record = register.require_pupil(caller, "messages:read_delivery_log", pupil)
    found, cursor = store.deliveries(record.records, query.limit, query.cursor, caller.seal)
    record_read(Trace(caller.person_id, "list_deliveries", pupil))
    data = [
        DeliveryView(
            notice=key.notice,
            recipient=key.recipient,
            date=key.day,
            at=d.at,
            channel=d.channel,
            state=d.state,
            failure=d.failure,
            attempts=d.attempts,
        )
        for key, d in found
    ]
    return DeliveryPage(data=data, cursor=cursor)


def deliver_notice(due: NoticeDue) -> None:
    """Tell every guardian, each once, by their own channel. Raises when some must be tried again; the rest
    stay done.
    """
    pupil = register.present(due.pupil)
    if pupil is None:
        raise NotFound
    guardians = sorted(pupil.guardians)
    if not guardians:
        _settle(_key(due, due.pupil), None, Failure.NO_GUARDIAN)
        return
    message = Message(rules.SUBJECT, rules.notice_text(pupil.given_name, due.start, due.end), pupil.protected)
    _deliver_all({_key(due, guardian): message for guardian in guardians})


def warn_of_broken_glass(broken: GlassBroken, id: str) -> None:
    """Tell the units' administrators, each once, that somebody has opened protected details: neither whose
    nor who, which they read in the system. Raises when some must be tried again, or there is nobody to tell.
    """
    units = broken.units or [organisation.MUNICIPALITY]
    told = {p for unit in units for p in organisation.administrators_at(unit)} - {broken.by}
    told = told or set(organisation.administrators_at(organisation.MUNICIPALITY)) - {broken.by}
    if not told:
        raise NobodyToTell
    said = TEMPLATES["glass_broken"]
    message = Message(said.subject, said.body)
    day = today(broken.until)
    _deliver_all({DeliveryKey(broken.person, day, NoticeId(id), one): message for one in sorted(told)})


def deliver_message(due: MessageDue, day: date) -> None:
    """Tell every recipient, each once for the same id and day. Raises when some must be tried again."""
    said, name, withheld = TEMPLATES[due.template], "", False
    if due.about:
        (known,) = fetch(register.wanted_names([due.about]))
        person = known.get(due.about)
        if person is None:
            raise NotFound
        name, withheld = person.given_name, person.protected
    values = {**due.values, "name": name}
    message = Message(said.subject.format(**values), said.body.format(**values), withheld)
    about = {recipient: due.about or recipient for recipient in due.recipients}
    _deliver_all(
        {
            DeliveryKey(about[one], day, NoticeId(due.id), one): message
            for one in dict.fromkeys(due.recipients)
        }
    )


def _deliver_all(messages: Mapping[DeliveryKey, Message]) -> None:
    people = [key.recipient for key in messages]
    contacts = register.contacts(people)
    (preferred,) = fetch(store.wanted_channels(people))
    pending = 0
    for key, message in messages.items():
        try:
            _deliver(key, message, contacts.get(key.recipient), preferred[key.recipient])
        except (InFlight, ChangedMeanwhile, channels.Unavailable):
            pending += 1
    if pending:
        raise InFlight(f"{pending} of {len(messages)}")


def _deliver(
    key: DeliveryKey, message: Message, contact: Contact | Withheld | None, preferred: Channel
) -> None:
    known = store.delivery(key)
    if not rules.may_send(known, now()):
        if known and known.state is State.CLAIMED:
            raise InFlight
        return
    if message.withheld or isinstance(contact, Withheld):
        _settle(key, known, Failure.PROTECTED)
        return
    way = rules.choose_channel(preferred, contact.email, contact.phone) if contact else None
    if contact is None or way is None:
        _settle(key, known, Failure.NO_ADDRESS)
        return
    channel, address = way
    subject, text = (said.in_language(contact.language) for said in (message.subject, message.text))
    claim = _claim(key, known, channel)
    try:
        channels.send(channel, address, subject, text, _tag(key))
    except channels.Rejected:
        _settle(key, claim, Failure.REJECTED)
        return
    except channels.Unavailable:
        commit(
            store.delivery_item(key, replace(claim, at=claim.at - rules.LEASE))
        )  # nobody is sending it now
        raise
    _settle(key, claim, None)


def _claim(key: DeliveryKey, known: Delivery | None, channel: Channel) -> Delivery:
    """Say that this function is sending, so that a repeat of the fact does not send too."""
    attempts = known.attempts + 1 if known else 1
    claim = Delivery(
        State.CLAIMED, channel, now(), attempts=attempts, version=known.version if known else None
    )
    commit(store.delivery_item(key, claim))
    return replace(claim, version=(claim.version or 0) + 1)


def _settle(key: DeliveryKey, known: Delivery | None, failure: Failure | None) -> None:
    """Record how a delivery ended and tell attendance, in one transaction."""
    before = known or Delivery(State.CLAIMED, None, now())
    state = State.FAILED if failure else State.ACCEPTED
    settled = replace(before, state=state, failure=failure, at=now())
    commit(store.delivery_item(key, settled), facts=[_answer(key, settled)])
    logger().info("notice settled", state=state.value, channel=settled.channel, failure=failure)


def _answer(key: DeliveryKey, settled: Delivery) -> Fact:
    about = {"notice": key.notice, "pupil": key.pupil, "day": key.day, "recipient": key.recipient}
    if settled.failure is None:
        return NoticeDelivered(**about, channel=settled.channel)
    return NoticeFailed(**about, reason=settled.failure)


def record_receipt(kind: str, tag: str) -> None:
    """What SES says of a mail: sent or delivered proves that a claim was carried out, a bounce that it came
    back.
    """
    key = _untag(tag)
    known = store.delivery(key)
    if known is None:
        return
    if kind in ("Send", "Delivery") and known.state is State.CLAIMED:
        _settle(key, known, None)
    if kind in ("Bounce", "Reject", "Rendering Failure") and known.failure is None:
        _settle(key, known, Failure.BOUNCED)


def _key(due: NoticeDue, recipient: PersonId) -> DeliveryKey:
    return DeliveryKey(due.pupil, due.day, due.notice, recipient)


def _tag(key: DeliveryKey) -> str:
    return "_".join((key.pupil, key.day.isoformat(), key.notice, key.recipient))


def _untag(tag: str) -> DeliveryKey:
    pupil, day, notice, recipient = tag.split("_")
    return DeliveryKey(PersonId(pupil), date.fromisoformat(day), NoticeId(notice), PersonId(recipient))

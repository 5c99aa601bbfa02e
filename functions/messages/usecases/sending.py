"""Sending one message to one person: by the way they prefer, and when that fails or nothing is heard of it by
the next, until it has arrived or somebody must call.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import timedelta

from functions.messages import channels, store
from functions.messages.domain import deliveries as rules
from functions.messages.domain.deliveries import (
    Address,
    Channel,
    Delivery,
    Failure,
    Kind,
    Said,
    State,
    Wishes,
)
from functions.messages.domain.template import Template
from functions.messages.domain.templates import EMERGENCY, TEMPLATES
from functions.messages.events import DeliveryDue, NoticeDelivered, NoticeFailed
from functions.messages.store import DeliveryKey, devices, emergencies
from functions.register import queries as register
from functions.register.queries import Contact, Withheld
from skolkit import config
from skolkit.clock import now
from skolkit.errors import Busy, ChangedMeanwhile
from skolkit.events import Fact
from skolkit.links import answer_link, number_code
from skolkit.retry import persist
from skolkit.table import Remove, Write, chunks, commit, fetch
from skolkit.telemetry import count, logger
from skolkit.types import PersonId

SECONDS = 45.0  # of handing over what is due; the schedule comes every minute
HANDED = 45  # in one transaction, each with its fact
DONE = frozenset({State.CONFIRMED, State.FAILED})


class InFlight(RuntimeError):
    """Somebody else is sending this right now, or died doing so; it comes again after the lease."""


@dataclass(frozen=True, slots=True)
class Letter:
    """What is sent; `withheld`: it is about somebody nothing may be sent about; `texts` by language fill the
    place `{text}`.
    """

    said: Said
    name: str = ""
    withheld: bool = False
    texts: Mapping[str, str] | None = None

    @property
    def template(self) -> Template:
        return TEMPLATES[self.said.template]

    @property
    def urgent(self) -> bool:
        return self.said.urgent or self.template.kind is Kind.ABSENCE

    @property
    def pressing(self) -> bool:
        """Whether another way is tried when nothing is heard; what goes by one way alone has no other."""
        return self.urgent and self.said.only is None

    def unwanted(self, wishes: Wishes) -> bool:
        """Whether the recipient has turned this kind off."""
        free = not self.said.urgent and self.said.only is None
        return free and not wishes.order(self.template.kind)

    def write(self, language: str, key: DeliveryKey, address: Address) -> tuple[str, str]:
        """Subject and text to an address of a recipient. `{link}` and `{code}` are made here, so that nothing
        stored has their secret.
        """
        texts = self.texts or {}
        own = {"text": texts.get(language) or texts.get("sv", ""), "name": self.name}
        if self.template.has_link:
            own["link"] = answer_link(key.notice, key.pupil, key.recipient, language)
        if self.template.has_code and isinstance(address, str):
            own["code"] = number_code(key.notice, key.recipient, address)
        return self.template.write(language, {**self.said.values, **own})


def send_all(letters: Mapping[DeliveryKey, Letter], workers: int = 1) -> None:
    """Send every letter once, so many at a time. Raises when some must be tried again; the rest stay done.
    What is known of the deliveries is read for 100 at a time: who has been sent to since fails at the claim.
    """
    people = list(dict.fromkeys(key.recipient for key in letters))
    contacts, wishes = register.contacts(people), wishes_of(people)
    (known,) = fetch(store.wanted_deliveries(list(letters)), consistent=True)

    def done(key: DeliveryKey) -> bool:
        if letters[key].unwanted(wishes[key.recipient]):
            return True
        try:
            _send(key, letters[key], contacts.get(key.recipient), wishes[key.recipient], known.get(key))
        except (InFlight, ChangedMeanwhile, channels.Unavailable):
            return False
        return True

    with ThreadPoolExecutor(workers) as side:
        pending = list(side.map(done, letters) if workers > 1 else map(done, letters)).count(False)
    if pending:
        raise InFlight(f"{pending} of {len(letters)}")


def wishes_of(people: list[PersonId]) -> dict[PersonId, Wishes]:
    """How people want to be reached, and on which devices; the devices of a record that was closed by a
    merge are not theirs who holds the kept one. One round trip per 25.
    """
    more = devices.wanted(people), register.wanted_merged(people)
    *chosen, held, closed = fetch(*store.wanted_wishes(people), *more)
    known = store.wishes_of(people, *chosen)
    found = {one: held.get(one, ()) if one not in closed else () for one in people}
    return {one: replace(wishes, devices=found[one]) for one, wishes in known.items()}


def _send(
    key: DeliveryKey,
    letter: Letter,
    contact: Contact | Withheld | None,
    wishes: Wishes,
    known: Delivery | None,
) -> None:
    if rules.may_send(known, now()):
        _deliver(key, letter, contact, wishes, known or _new(letter.said))
    elif known and known.state is State.CLAIMED:
        raise InFlight


def _new(said: Said) -> Delivery:
    return Delivery(State.WAITING, None, now(), attempts=0, said=said)


def send_again(due: DeliveryDue) -> None:
    """Go on with a delivery whose time has come: the night is over, the provider may be back, or nothing has
    been heard of a mail. What has been looked at since is left alone.
    """
    key = DeliveryKey.tagged(due.delivery)
    known = store.delivery(key)
    said = known.said if known else None
    if known is None or said is None or known.until != due.due or known.state in DONE:
        return
    if known.state is State.ACCEPTED and known.channel:
        known = replace(known, tried=(*known.tried, (known.channel, Failure.UNCONFIRMED)))
    elif not rules.may_send(known, now()):
        raise InFlight
    letter = _letter_of(key, said)
    if rules.is_late(letter.template.kind, key.day, now()):
        settle(key, known, rules.why_failed(known.tried) if known.tried else Failure.LATE)
        return
    contact = register.contacts([key.recipient]).get(key.recipient)
    try:
        _deliver(key, letter, contact, wishes_of([key.recipient])[key.recipient], known)
    except channels.Unavailable:
        logger().warning("provider unavailable", attempts=known.attempts)  # it is due again


def _letter_of(key: DeliveryKey, said: Said) -> Letter:
    if said.template == EMERGENCY:
        found = emergencies.find(said.values["emergency"])
        return Letter(said, texts=found.texts) if found else Letter(said, withheld=True)
    if not said.named:
        return Letter(said)
    about = register.merged_into(key.pupil) or key.pupil
    (known,) = fetch(register.wanted_names([about]))
    person = known.get(about)
    return Letter(said, person.given_name, person.protected) if person else Letter(said, withheld=True)


def _deliver(
    key: DeliveryKey, letter: Letter, contact: Contact | Withheld | None, wishes: Wishes, known: Delivery
) -> None:
    if letter.withheld or isinstance(contact, Withheld):
        settle(key, known, Failure.PROTECTED)
        return
    quiet = wishes.quiet or rules.usual_quiet(config.quiet_hours())
    until = rules.hold_until(letter.template.kind, letter.said.urgent, quiet, now())
    if until:
        held = replace(known, state=State.HELD, until=until, at=now())
        commit(store.delivery_item(key, held), *store.due_items(key, held))
        return
    ways = ways_to(contact, wishes)
    back = (way for way, mark in (wishes.shut or {}).items() if mark == _mark(ways.get(way)))
    new = tuple((way, Failure.BOUNCED) for way in back if way not in dict(known.tried))
    _climb(key, letter, contact, wishes, replace(known, tried=(*known.tried, *new)))


def ways_to(contact: Contact | None, wishes: Wishes) -> dict[Channel, Address | None]:
    """The addresses of somebody; none of whom there is no contact card."""
    if contact is None:
        return {}
    return {Channel.PUSH: wishes.devices or None, Channel.MAIL: contact.email, Channel.SMS: contact.phone}


def _mark(address: Address | None) -> str | None:
    """What tells an address from another; a device that is no more is forgotten instead."""
    return store.mark_of(address) if isinstance(address, str) and address else None


def _climb(
    key: DeliveryKey, letter: Letter, contact: Contact | None, wishes: Wishes, known: Delivery
) -> None:
    """Try one way after the other until a provider takes the message."""
    only, ways = letter.said.only, ways_to(contact, wishes)
    order = (only,) if only else wishes.order(letter.template.kind)
    while contact and (way := rules.next_way(order, ways, dict(known.tried))):
        known = claim(key, known, *way)
        try:
            _hand_over(key, letter, wishes.language or contact.language, *way)
        except channels.NotTaken as refused:
            away = isinstance(refused, channels.Unavailable)
            if away and not rules.leave(way[0], known.attempts):
                _wait(key, known, refused.after)
                raise
            known = replace(known, tried=(*known.tried, (way[0], Failure.REJECTED)))
            continue
        settle(key, known, None, letter)
        return
    settle(key, known, rules.why_failed(known.tried))


def _hand_over(key: DeliveryKey, letter: Letter, language: str, channel: Channel, address: Address) -> None:
    """Let the provider have it; devices that are no more are forgotten at once."""
    subject, text = letter.write(language, key, address)
    gone = frozenset[str]()
    try:
        gone = channels.send(channel, address, subject, text, key.tag, urgent=letter.urgent)
    except channels.NotTaken as refused:
        gone = refused.gone
        raise
    finally:
        if gone:
            _forget_soon(key.recipient, gone)


def _forget_soon(person: PersonId, gone: frozenset[str]) -> None:
    """What has been sent is sent, whatever becomes of this: the next message finds them gone again."""
    try:
        persist(lambda: _forget(person, gone))
    except (Busy, ChangedMeanwhile):
        logger().warning("devices not forgotten")


def _forget(person: PersonId, gone: frozenset[str]) -> None:
    if writes := devices.without(person, gone):
        commit(*writes)
        count("DevicesGone", len(gone))


def claim(key: DeliveryKey, known: Delivery, channel: Channel, address: Address) -> Delivery:
    """Say that this function is sending, so that a repeat of the fact does not send too."""
    claimed = replace(
        known, state=State.CLAIMED, channel=channel, at=now(), attempts=known.attempts + 1,
        mark=_mark(address),
    )  # fmt: skip
    commit(store.delivery_item(key, claimed))
    return replace(claimed, version=(claimed.version or 0) + 1)


def _wait(key: DeliveryKey, claimed: Delivery, after: timedelta | None) -> None:
    """Nobody is sending it now; it is due again later, and once although the queue may come before."""
    at = now()
    planned = claimed.until if claimed.until and claimed.until > at else None
    until = planned or rules.try_again(claimed.attempts, at, after=after)
    if until is None:
        settle(key, claimed, Failure.REJECTED)
        return
    waiting = replace(claimed, state=State.WAITING, at=at, until=until)
    commit(store.delivery_item(key, waiting), *([] if planned else store.due_items(key, waiting)))


def settle(key: DeliveryKey, known: Delivery, failure: Failure | None, letter: Letter | None = None) -> None:
    """Record that a provider has taken a message or nobody can be reached, and for a notice of absence tell
    attendance, in one transaction.
    """
    at = now()
    state = State.FAILED if failure else State.ACCEPTED
    until = rules.look_again(known.channel, letter.pressing, at) if letter and known.channel else None
    settled = replace(known, state=state, failure=failure, at=at, until=until)
    commit(store.delivery_item(key, settled), *store.due_items(key, settled), facts=answers(key, settled))
    tell(settled)


def tell(settled: Delivery) -> None:
    """Count what became of a delivery, by channel."""
    count("Deliveries", 1, channel=settled.channel or "none", state=settled.state)
    logger().info(
        "delivery settled", state=settled.state.value, channel=settled.channel, failure=settled.failure
    )


def answers(key: DeliveryKey, settled: Delivery) -> list[Fact]:
    """What attendance is told; what was sent before texts had names can only have been a notice."""
    if settled.said and TEMPLATES[settled.said.template].kind is not Kind.ABSENCE:
        return []
    about = {"notice": key.notice, "pupil": key.pupil, "day": key.day, "recipient": key.recipient}
    if settled.failure is None:
        return [NoticeDelivered(**about, channel=settled.channel)]
    return [NoticeFailed(**about, reason=settled.failure)]


def record_receipt(kind: str, tag: str, *, lasting: bool = True) -> None:
    """What SES says of a mail. Sent proves that a claim was carried out; delivered that it has arrived; a
    bounce that it came back: the next way is tried, and if the address is wrong for good (`lasting`) it is
    not used again.
    """
    key = DeliveryKey.tagged(tag)
    known = store.delivery(key)
    if known is None or known.channel is not Channel.MAIL or known.state in (State.FAILED, State.WAITING):
        return
    if kind in ("Send", "Delivery") and known.state is State.CLAIMED:
        letter = Letter(known.said) if known.said else None
        settle(key, known, None, letter)
    if kind == "Delivery":
        _confirm(key)
    if kind in ("Bounce", "Reject", "Rendering Failure"):
        _take_back(key, known, lasting and kind == "Bounce")


def _confirm(key: DeliveryKey) -> None:
    known = store.delivery(key)
    if known and known.state is State.ACCEPTED:
        commit(store.delivery_item(key, replace(known, state=State.CONFIRMED, until=None)))


def _take_back(key: DeliveryKey, known: Delivery, shut: bool) -> None:
    if known.said is None:
        settle(key, known, Failure.BOUNCED)
        return
    at = now().replace(microsecond=0)  # as rows and facts keep it
    tried = (*known.tried, (Channel.MAIL, Failure.BOUNCED))
    back = replace(known, state=State.WAITING, tried=tried, at=at, until=at)
    writes: list[Write] = [store.delivery_item(key, back), *store.due_items(key, back)]
    if shut and known.mark:
        writes.append(store.shut_item(key.recipient, Channel.MAIL, known.mark))
    commit(*writes, facts=[DeliveryDue(delivery=key.tag, due=at)])


def hand_over_due() -> int:
    """Let the queue have every delivery whose time has come, the oldest first; returns how many."""
    stop, done = time.monotonic() + SECONDS, 0
    for shard in range(store.DUE_SHARDS):
        while time.monotonic() < stop and (found := store.due(shard, now(), 20 * HANDED)):
            for some in chunks(found, HANDED):
                facts = [DeliveryDue(delivery=key.tag, due=at) for _, key, at in some]
                commit(*(Remove(item) for item, _, _ in some), facts=facts)
            done += len(found)
    return done

"""Who is due which message (processes 21 and 28), and the log of what has been sent."""

from __future__ import annotations

from datetime import date

from functions.messages import store
from functions.messages.domain.deliveries import Channel, Delivery, Failure, Said, State
from functions.messages.domain.templates import TEMPLATES
from functions.messages.events import GlassBroken, MessageDue, NoticeDue
from functions.messages.schemas.common import PageQuery
from functions.messages.schemas.deliveries import DeliveryPage, DeliveryView, Tried
from functions.messages.store import DeliveryKey
from functions.messages.usecases.sending import Letter, send_all, settle
from functions.organisation import queries as organisation
from functions.register import queries as register
from skolkit.audit import Trace, record_read
from skolkit.clock import LOCAL, now, today
from skolkit.errors import NotFound
from skolkit.identity import Caller
from skolkit.table import fetch
from skolkit.types import NoticeId, PersonId


class NobodyToTell(RuntimeError):
    """A glass was broken and no administrator can be told; the queue's dead letters raise the alarm."""


def list_deliveries(caller: Caller, pupil: PersonId, query: PageQuery) -> DeliveryPage:
    """The notices sent about a pupil, and what became of them."""
    record = register.require_pupil(caller, "messages:read_delivery_log", pupil)
    found, cursor = store.deliveries(record.records, query.limit, query.cursor, caller.seal)
    record_read(Trace(caller.person_id, "list_deliveries", pupil))
    return DeliveryPage(data=[_view(key, delivery) for key, delivery in found], cursor=cursor)


def _view(key: DeliveryKey, d: Delivery) -> DeliveryView:
    tried = [Tried(channel=channel, failure=failure) for channel, failure in d.tried]
    return DeliveryView(
        notice=key.notice, recipient=key.recipient, date=key.day, at=d.at, channel=d.channel, state=d.state,
        failure=d.failure, attempts=d.attempts, tried=tried, until=d.until,
    )  # fmt: skip


def deliver_notice(due: NoticeDue) -> None:
    """Tell every guardian with custody, each once, or the pupil who is of age. Raises when some must be tried
    again; the rest stay done.
    """
    pupil = register.present(due.pupil)
    if pupil is None:
        raise NotFound
    grown = register.of_age(pupil.birth_date) <= due.day
    recipients = [pupil.id] if grown else sorted(pupil.guardians)
    span = {"start": due.start, "end": due.end}
    values = {name: f"{at.astimezone(LOCAL):%H:%M}" for name, at in span.items()}
    kind = "late" if due.late else "absence"
    values |= {"minutes": str(due.late)} if due.late else {}
    said = Said(f"{kind}_own" if grown else kind, values, named=True)
    if not recipients:
        key = DeliveryKey(due.pupil, due.day, due.notice, due.pupil)
        if store.delivery(key) is None:
            settle(key, Delivery(State.WAITING, None, now(), attempts=0, said=said), Failure.NO_GUARDIAN)
        return
    letter = Letter(said, pupil.given_name, pupil.protected)
    send_all({DeliveryKey(due.pupil, due.day, due.notice, one): letter for one in recipients})


def warn_of_broken_glass(broken: GlassBroken, id: str) -> None:
    """Tell the units' administrators, each once, that somebody has opened protected details: neither whose
    nor who, which they read in the system. Raises when some must be tried again, or there is nobody to tell.
    """
    units = broken.units or [organisation.MUNICIPALITY]
    told = {p for unit in units for p in organisation.administrators_at(unit)} - {broken.by}
    told = told or set(organisation.administrators_at(organisation.MUNICIPALITY)) - {broken.by}
    if not told:
        raise NobodyToTell
    letter = Letter(Said("glass_broken", {}, urgent=True))
    day = today(broken.until)
    send_all({DeliveryKey(broken.person, day, NoticeId(id), one): letter for one in sorted(told)})


def deliver_message(due: MessageDue, day: date) -> None:
    """Tell every recipient, each once for the same id and day. Raises when some must be tried again."""
    name, withheld = "", False
    if due.about:
        (known,) = fetch(register.wanted_names([due.about]))
        person = known.get(due.about)
        if person is None:
            raise NotFound
        name, withheld = person.given_name, person.protected
    only = Channel.SMS if TEMPLATES[due.template].has_code else None
    said = Said(due.template, due.values, due.about is not None, due.urgent, only)
    letter = Letter(said, name, withheld)
    about = {recipient: due.about or recipient for recipient in due.recipients}
    keys = [DeliveryKey(about[one], day, NoticeId(due.id), one) for one in dict.fromkeys(due.recipients)]
    send_all(dict.fromkeys(keys, letter))

"""Calendars that people subscribe to (process 35, decision 0052): made, listed and revoked by whoever has
them, fetched by their calendars. What may be seen is decided anew at every fetch, by the policies of the app.
"""

from __future__ import annotations

import secrets

from functions.access import guard
from functions.exchange.domain import calendars as rules
from functions.exchange.domain.calendars import Calendar
from functions.exchange.schemas.calendars import (
    CalendarMade,
    CalendarPage,
    CalendarQuery,
    CalendarView,
    NewCalendar,
)
from functions.exchange.store import calendars as store
from functions.exchange.usecases.calendar_events import events_of, relation
from functions.exchange.usecases.calendar_files import calendar_file
from skolkit.audit import Trace, recording
from skolkit.clock import now, today
from skolkit.config import origin
from skolkit.errors import NotFound
from skolkit.http import CalendarFile
from skolkit.idempotency import RequestKey
from skolkit.identity import SCHOOL_SCOPE, Caller
from skolkit.links import calendar_secret
from skolkit.table import AlreadyDone, commit
from skolkit.types import GroupId, PersonId, is_id, new_id


def subscribe_calendar(caller: Caller, new: NewCalendar, key: RequestKey) -> CalendarMade:
    """Make a calendar; its address is in this answer alone, and in that to the same request again. Six round
    trips at most: the request before, whose it is (2), the others one has (2), commit.
    """
    if done := key.earlier():
        return _again(done, key)
    seed = secrets.token_urlsafe(32)
    calendar = _new(caller, new, store.digest_of(calendar_secret(seed)))
    relation(caller, calendar)
    if len(store.page_of(caller.person_id, rules.MOST)[0]) >= rules.MOST:
        raise rules.TooManyCalendars(field="kind", value=rules.MOST)
    made = CalendarMade(**_view(calendar).model_dump(), address=seed)
    trace = Trace(caller.person_id, "subscribe_calendar", calendar.person, changes=_said(calendar))
    try:
        commit(*store.new_writes(calendar), trace=trace, once=key.once(made.model_dump_json(by_alias=True)))
    except AlreadyDone as done:
        return _again(done, key)
    return _told(made)


def _new(caller: Caller, new: NewCalendar, digest: str) -> Calendar:
    return Calendar(
        id=new_id(), kind=new.kind, owner=caller.person_id, digest=digest, name=new.name, made=now(),
        person=PersonId(new.person) if new.person else caller.person_id,
        group=GroupId(new.group) if new.group else None, ends=today() + rules.LASTS,
    )  # fmt: skip


def _again(done: AlreadyDone, key: RequestKey) -> CalendarMade:
    return _told(CalendarMade.model_validate_json(key.replay(done)))


def _told(made: CalendarMade) -> CalendarMade:
    """The answer as it is given; the one that is kept has the secret's seed in the place of the address."""
    address = f"{origin()}/exchange/v1/calendars/{made.id}/{calendar_secret(made.address)}.ics"
    return made.model_copy(update={"address": address})


def list_my_calendars(caller: Caller, query: CalendarQuery) -> CalendarPage:
    """One's own calendars. Two round trips."""
    guard.require(caller, "exchange:keep_calendar", guard.Person(caller.person_id))
    found, cursor = store.page_of(caller.person_id, query.limit, query.cursor)
    return CalendarPage(data=[_view(one) for one in found], cursor=cursor)


def revoke_calendar(caller: Caller, id: str) -> None:
    """Let an address open nothing from now on. Two round trips."""
    guard.require(caller, "exchange:keep_calendar", guard.Person(caller.person_id))
    calendar = store.find_own(caller.person_id, id)
    if calendar is None:
        raise NotFound
    commit(
        *store.revoking_writes(calendar),
        trace=Trace(caller.person_id, "revoke_calendar", calendar.person, changes=_said(calendar)),
    )


def fetch_calendar(id: str, text: str) -> CalendarFile:
    """What an address shows now, to whoever has it; `NotFound` for one that is wrong, revoked or over, and
    for one whose owner may not see it any more. Round trips: see `relation` and `events_of`, and one.
    """
    secret = rules.secret_in(text)
    calendar = store.open_calendar(id, secret, today()) if secret and is_id(id) else None
    if calendar is None:
        raise NotFound
    owner = Caller(calendar.owner, "calendar", frozenset({SCHOOL_SCOPE}))
    around = relation(owner, calendar)
    with recording(Trace(owner.person_id, "fetch_calendar", calendar.person, changes=_said(calendar))):
        events = events_of(calendar, around, today())
    return calendar_file("" if around.protected else calendar.name, events, now())


def _said(calendar: Calendar) -> str:
    return f"group {calendar.group}" if calendar.group else calendar.kind


def _view(calendar: Calendar) -> CalendarView:
    return CalendarView(
        id=calendar.id, kind=calendar.kind, person=calendar.person, group=calendar.group,
        name=calendar.name, made_timestamp=calendar.made, ends=calendar.ends,
    )  # fmt: skip

"""Calendars that people subscribe to (process 35)."""

from __future__ import annotations

from functions.exchange.app.base import api
from functions.exchange.domain import calendars as rules
from functions.exchange.schemas import calendars as schemas
from functions.exchange.usecases import calendars
from skolkit.cursor import BadCursor
from skolkit.errors import NotFound
from skolkit.http import CalendarFile, Request


@api.operation(
    "POST", "/v1/me/calendars", process=35, status=201, keyed=True,
    body=schemas.NewCalendar, answer=schemas.CalendarMade, errors=(NotFound, rules.TooManyCalendars),
)  # fmt: skip
def subscribe_calendar(request: Request[schemas.NewCalendar, None]) -> schemas.CalendarMade:
    """Make a calendar to subscribe to, of oneself, a child or a group"""
    assert request.key
    return calendars.subscribe_calendar(request.caller, request.body, request.key)


@api.operation(
    "GET", "/v1/me/calendars", process=35,
    query=schemas.CalendarQuery, answer=schemas.CalendarPage, errors=(BadCursor,),
)  # fmt: skip
def list_my_calendars(request: Request[None, schemas.CalendarQuery]) -> schemas.CalendarPage:
    """One's own calendars, without their addresses"""
    return calendars.list_my_calendars(request.caller, request.query)


@api.operation(
    "DELETE", "/v1/me/calendars/{calendar}", process=35, status=204, errors=(NotFound,),
)  # fmt: skip
def revoke_calendar(request: Request[None, None]) -> None:
    """Revoke a calendar: its address shows nothing any more"""
    calendars.revoke_calendar(request.caller, request.id("calendar"))


@api.operation(
    "GET", "/v1/calendars/{calendar}/{secret}", process=35, scope=None,
    answer=CalendarFile, errors=(NotFound,),
)  # fmt: skip
def fetch_calendar(request: Request[None, None]) -> CalendarFile:
    """The events of a calendar, to whoever has its address"""
    return calendars.fetch_calendar(request.path["calendar"], request.path["secret"])

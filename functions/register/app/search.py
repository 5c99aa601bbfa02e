"""Finding people, and keeping the index they are found by (process 2)."""

from __future__ import annotations

from collections.abc import Sequence

from functions.register.app.base import api, on
from functions.register.domain.search import NothingToFind
from functions.register.events import SearchRenewalAsked
from functions.register.schemas.search import Search, SearchPage
from functions.register.usecases import search, search_index
from skolkit.cursor import BadCursor
from skolkit.errors import NotFound
from skolkit.events import Envelope
from skolkit.http import Request


@api.operation(
    "POST", "/v1/searches", process=2, body=Search, answer=SearchPage,
    errors=(NotFound, NothingToFind, BadCursor),
)  # fmt: skip
def search_people(request: Request[Search, None]) -> SearchPage:
    """Find people; a POST, since names and numbers must not be in addresses"""
    return search.search_people(request.caller, request.body)


@on.on_changes(
    "person", "enrolment", "kin", gone="PERSON#", process=2, timeout=120, memory=1024, batch=200,
    runbook="search",
    meaning="Nya och ändrade personer hittas inte i sökningen, eller under sitt gamla namn.",
)  # fmt: skip
def keep_search(keys: Sequence[tuple[str, str]]) -> None:
    """Let people who have changed be found as they are now."""
    search_index.keep(keys)


@on.on_schedule(
    "cron(15 1 ? * SUN *)", process=2, timeout=60, runbook="search",
    meaning="Veckans genomgång av sökningen har inte startat: den som saknas i sökningen saknas fortfarande.",
)  # fmt: skip
def renew_search() -> None:
    """Every week, and when somebody starts it: let everybody be found as they are now."""
    search_index.ask_renewal()


@on.on_facts(
    SearchRenewalAsked.type, process=2, timeout=900, memory=1024, batch=1, runbook="search",
    meaning="Veckans genomgång av sökningen är inte klar: den som saknas i sökningen saknas fortfarande.",
)  # fmt: skip
def go_through_search(envelope: Envelope) -> None:
    """Go through everybody's words in the search index."""
    search_index.renew(SearchRenewalAsked.model_validate(envelope.data))

"""The places that whoever speaks to people has named, and whether they may speak there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from functions.access import guard
from functions.messages.domain.audiences import Audience, check_audience
from functions.messages.domain.news import Said, check_texts
from functions.messages.schemas.news import AudienceView, NewAudience, NewsText
from functions.organisation import queries as organisation
from skolkit.clock import today
from skolkit.errors import NotFound
from skolkit.identity import Caller
from skolkit.table import fetch
from skolkit.types import GroupId, UnitId


def audiences_of(asked: Iterable[NewAudience]) -> Iterator[Audience]:
    """The audiences of a request. Raises `AudienceUnclear`."""
    for one in asked:
        check_audience(one.kind, one.id, one.year)
        yield from (Audience(one.kind, one.id or "", role, one.year) for role in one.roles)


def boards_of(caller: Caller, asked: Sequence[Audience], action: guard.Action) -> dict[str, list[str]]:
    """The places by the unit on whose board they go, if the caller may do `action` to all of them. Two round
    trips.
    """
    ids = sorted({GroupId(a.id) for a in asked if a.kind == "group"})
    (groups,) = fetch(organisation.wanted_groups(ids, today()), consistent=True)
    duties = organisation.duties_of(caller.person_id)
    boards: dict[str, set[str]] = {}
    for audience in asked:
        unit = UnitId(audience.id)
        if audience.kind == "group":
            if (group := groups.get(GroupId(audience.id))) is None:
                raise NotFound
            unit = group.unit
            thing: guard.Resource = guard.Group(group.id, unit, group.teachers, group.mentors)
        elif audience.kind == "municipality":
            unit, thing = organisation.MUNICIPALITY, guard.SYSTEM
        else:
            thing = guard.Unit(unit)
        guard.require(caller, action, thing, duties)
        boards.setdefault(unit, set()).add(audience.place)
    return {unit: sorted(places) for unit, places in boards.items()}


def place_view(place: str) -> AudienceView:
    """A place as it is shown."""
    audience = Audience.of(place)
    return AudienceView(kind=audience.kind, id=audience.id or None, year=audience.year, role=audience.role)


def said_in(texts: Sequence[NewsText]) -> list[Said]:
    """The texts of a request. Raises `UnknownLanguage`, `LanguageTwice`."""
    said = [Said(t.language, t.title, t.body, t.format) for t in texts]
    check_texts(said)
    return said


def texts_of(rows: Iterable[Sequence[str]]) -> list[NewsText]:
    """Texts as they are shown."""
    return [
        NewsText(language=language, title=title, body=body, format=form)
        for language, title, body, form in rows
    ]

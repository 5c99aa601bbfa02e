"""SS 12000 for reading: who asks, what the client may see, pages with sealed tokens, and what is shown.

`meta.modified` is when a change is published: a little after it was made, when nothing older can come in any
more (`skolkit.feed`). So a client that asks for what was modified after the last time it asked, by its own
clock or by the latest `meta.modified` it has seen, misses nothing. A walk through several pages sees
everything as of when it began; what changes meanwhile comes in the next one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from pydantic import BaseModel
from pydantic_core import to_json

from functions.exchange.schemas.standard import MOST_IN_A_LOOKUP, Deleted, Listed, listing
from functions.exchange.usecases.embedding import embed, name_references
from functions.exchange.usecases.readers import Reader, asked_by, reader
from functions.exchange.usecases.resources import DELETED_AS, RESOURCES, resource_of
from skolkit.audit import Trace, record_read
from skolkit.clock import stamp, today
from skolkit.cursor import BadCursor, seal, unseal
from skolkit.errors import DomainError, NotFound, Text
from skolkit.http import Rendered, Request
from skolkit.identity import Caller
from skolkit.ss12000 import Asked, Entity, Listable, Place, Step
from skolkit.types import PersonId

MOST = 1_000  # entities in a page
USUAL = 500
CHUNK = 100  # items read at a time
NOBODY = "00000000-0000-0000-0000-000000000000"
MOST_BYTES = 5_000_000  # a function answers at most 6 MB
META = frozenset(
    {"limit", "pageToken", "expand", "expandReferenceNames", "sortkey"}
    | {f"meta.{time}.{side}" for time in ("created", "modified") for side in ("before", "after")}
)


class TokenCombined(DomainError):
    """A page token with other filters than those it was made for."""

    status = 400
    reason = Text(
        "pageToken går inte att kombinera med andra filter än de som sidan hör till.",
        "pageToken cannot be combined with filters other than those of its list.",
    )
    advice = Text("Skicka bara pageToken och limit.", "Send pageToken and limit alone.")


class TooLarge(DomainError):
    """More is asked for than one answer holds."""

    status = 503
    reason = Text("Svaret är för stort.", "The answer is too large.")
    advice = Text("Fråga efter färre åt gången.", "Ask for fewer at a time.")


class _Row(NamedTuple):
    """An entity that matches, and where to go on after it."""

    entity: Entity
    place: Place
    skip: int


def list_entities(request: Request[None, Any], name: str) -> Rendered:
    """A page of a resource. Four round trips, and two for every hundred items."""
    token = unseal(request.query.page_token, request.caller.seal, name)
    query = _asked_before(request.query, token, name) if token else request.query
    since = datetime.fromisoformat(token["since"]) if token else None
    who = asked_by(reader(request.caller, name, since), name, _given(query))
    limit = min(request.query.limit or USUAL, MOST)
    resource = resource_of(name)
    asked = _asked(query, who, resource)
    bodies: list[dict[str, Any]] = []
    size, after = 0, None
    for row in _rows(name, asked, query, who, token, limit):
        if isinstance(row, Step):  # far enough for one request
            after = (row.place, 0)
            break
        body = who.shown(name, row.entity)
        if body is None:
            continue
        bodies.append(body)
        size += len(to_json(body))
        if len(bodies) == limit or size > MOST_BYTES:
            after = (row.place, row.skip)
            break
    _complete(who, name, bodies, query)
    if bodies:
        about = f"client:{who.client.id}"
        record_read(Trace(about, f"list_{name}", about, changes=f"count={len(bodies)}"))
    on = {"place": after[0], "skip": after[1]} if after else None
    return _rendered({"data": bodies, "pageToken": _token(request.caller, name, who, query, on)}, len(bodies))


def read_entity(request: Request[None, Any], name: str) -> Rendered:
    """One entity. Four round trips."""
    who = reader(request.caller, name)
    found = [entity for entity in resource_of(name).by_ids([request.id("id")]) if who.sees(name, entity)]
    body = who.shown(name, found[0]) if found else None
    if body is None:
        raise NotFound
    _complete(who, name, [body], request.query)
    _record(who, f"read_{name}", found)
    return _rendered(body, 1)


def lookup_entities(request: Request[Any, Any], name: str) -> Rendered:
    """Many entities by id, or by what else the standard's lookup takes: those that answer to any of it. Those
    that are not there are left out. Four round trips, and one for every hundred.
    """
    asked = request.body.model_dump(mode="json", by_alias=True)
    if sum(map(len, asked.values())) > MOST_IN_A_LOOKUP:
        raise TooLarge
    who = reader(request.caller, name)
    by_others = asked_by(who, name, {by: values for by, values in asked.items() if values})
    resource = resource_of(name)
    keys = resource.keys_of(asked.pop("ids"))
    wanted = set(request.body.model_dump(mode="json", by_alias=True)["ids"])
    there = {by: [v for v in values if v not in who.gone] for by, values in asked.items()}
    by_id = [e for e in resource.find(keys) if e.id in wanted and who.sees(name, e)]
    lists = resource.meant(there, who.gone)
    looked_up = [e for by, values in lists.items() if values for e in resource.looked_up(by, values)]
    by_other = [e for e in looked_up if by_others.sees(name, e)]
    seen = {entity.id: entity for entity in (*by_id, *by_other)}
    bodies = [body for entity in seen.values() if (body := who.shown(name, entity)) is not None]
    _complete(who, name, bodies, request.query)
    _record(who, f"lookup_{name}", list(seen.values()))
    return _rendered(bodies, len(bodies))


def list_deleted(request: Request[None, Deleted]) -> Rendered:
    """A page of the ids of what is not there any more, by kind: deleted, or no longer there for this client,
    as a pupil who has moved out of its units or whose identity is protected now. Three round trips, and two
    for every hundred changes.
    """
    query = request.query
    token = unseal(query.page_token, request.caller.seal, "deletedEntities")
    if token:
        _same_again(token, query)
        query = Deleted.model_validate(token["q"])
    who = reader(request.caller, "deletedEntities", datetime.fromisoformat(token["since"]) if token else None)
    limit = min(query.limit or MOST, request.query.limit or MOST, MOST)
    found: dict[str, list[str]] = {}
    on = _deleted(who, query, token, limit, found)
    token_after = _token(request.caller, "deletedEntities", who, query, on)
    return _rendered({"data": found, "pageToken": token_after}, sum(map(len, found.values())))


def _deleted(
    who: Reader, query: Deleted, token: dict[str, Any] | None, limit: int, found: dict[str, list[str]]
) -> dict[str, Any] | None:
    """Fill `found`, from where the token says on; where to go on, None at the end."""
    kinds = [n for n in DELETED_AS if not query.entities or RESOURCES[n][1] in query.entities]
    kinds = [name for name in kinds if who.client.may("read", name, today())]
    place, looked = (token["place"] if token else None), 0
    asked = Asked(changed_after=_back(query.after, who.lag), changed_until=who.since - who.lag)
    for name in kinds[kinds.index(token["kind"]) if token and token["kind"] in kinds else 0 :]:
        for step in resource_of(name).walk(asked, place, CHUNK):
            ids = [*step.gone, *(e.id for e in step.entities if not who.sees(name, e))]
            found.setdefault(DELETED_AS[name], []).extend(ids)
            looked += 1 + len(ids)
            if looked >= 2 * limit:
                return {"kind": name, "place": step.place}
        place = None
    return None


def _record(who: Reader, action: str, found: Sequence[Entity]) -> None:
    """A row about each person whose data leaves, or about the client when they are many."""
    actor = f"client:{who.client.id}"
    people = {e.about for e in found if e.about}
    if not people or len(people) > 25:
        record_read(Trace(actor, action, actor, changes=f"count={len(found)}"))
        return
    for person in sorted(people):
        record_read(Trace(actor, action, person))


def _token(caller: Caller, name: str, who: Reader, query: BaseModel, on: dict[str, Any] | None) -> str | None:
    """The sealed place to go on from, with what was asked and when the walk began."""
    body = {"q": _given(query), "since": stamp(who.since), **on} if on else None
    return seal(body, caller.seal, name)


def _complete(who: Reader, name: str, bodies: list[dict[str, Any]], query: Any) -> None:
    """Add what was asked for beside the entities."""
    if words := getattr(query, "expand", ()):
        embed(who, name, bodies, words)
    if query.expand_reference_names:
        name_references(who, bodies)


def _rendered(body: Any, count: int) -> Rendered:
    text = to_json(body)
    if len(text) > MOST_BYTES * 1.1:
        raise TooLarge
    return Rendered(json_text=text, count=count)


def _given(query: BaseModel) -> dict[str, Any]:
    given = query.model_dump(mode="json", by_alias=True, exclude_unset=True)
    return {name: value for name, value in given.items() if name not in ("limit", "pageToken")}


def _asked_before(query: Listed, token: dict[str, Any], name: str) -> Listed:
    """What the token's list was asked for. Clients may say the same again, and nothing else."""
    _same_again(token, query)
    try:
        return listing(name).model_validate(token["q"])
    except ValueError as error:  # made by an earlier version of ours
        raise BadCursor(field="pageToken") from error


def _same_again(token: dict[str, Any], query: BaseModel) -> None:
    if any(token["q"].get(key) != value for key, value in _given(query).items()):
        raise TokenCombined(field="pageToken")


def _asked(query: Listed, who: Reader, resource: Listable) -> Asked:
    """What is asked for, in the table's terms: changes by when they were made."""
    said = query.model_dump(by_alias=True, exclude_unset=True)
    filters = {n: _plain(v, who.gone) for n, v in said.items() if n not in META and v not in (None, ())}
    after = max((t for t in (query.modified_after, query.created_after) if t), default=None)
    by_change = query.modified_after or query.modified_before
    until = min(query.modified_before or who.since, who.since) if by_change else None
    filters = dict(resource.meant(filters, who.gone))
    return Asked(filters, said.get("sortkey"), _back(after, who.lag), _back(until, who.lag))


def _back(at: datetime | None, lag: timedelta) -> datetime | None:
    return at - lag if at else None


def _plain(value: Any, gone: frozenset[PersonId]) -> Any:
    """Ids as the areas write them; whoever is not there is nobody."""
    from uuid import UUID

    if isinstance(value, tuple):
        return tuple(_plain(one, gone) for one in value)
    if isinstance(value, UUID):
        return NOBODY if str(value) in gone else str(value)
    return value


def _rows(
    name: str, asked: Asked, query: Listed, who: Reader, token: dict[str, Any] | None, limit: int
) -> Iterator[_Row | Step]:
    """What matches, from where the token says on; a `Step` when enough has been looked through."""
    resource = resource_of(name)
    place, skip = (token["place"], token["skip"]) if token else (None, 0)
    looked = 0
    for step in resource.walk(asked, place, min(limit, CHUNK)):
        looked += 1
        for number, entity in enumerate(step.entities, 1):
            if number <= skip or not (
                _matches(resource, asked, query, who, entity) and who.sees(name, entity)
            ):
                continue
            last = number == len(step.entities)
            yield _Row(entity, step.place if last else place, 0 if last else number)
        place, skip = step.place, 0
        if looked >= max(2 * limit, MOST):
            yield step


def _matches(resource: Listable, asked: Asked, query: Listed, who: Reader, entity: Entity) -> bool:
    changed, created = entity.changed + who.lag, entity.created + who.lag
    if asked.changed_until and changed > who.since:
        return False  # it comes when it is published
    if query.created_after and created > who.since:
        return False
    return (
        _within(changed, query.modified_after, query.modified_before)
        and _within(created, query.created_after, query.created_before)
        and resource.keeps(entity, asked.filters)
    )


def _within(at: datetime, after: datetime | None, before: datetime | None) -> bool:
    """After is exclusive, before inclusive."""
    return (after is None or at > after) and (before is None or at <= before)

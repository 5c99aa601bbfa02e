"""SS 12000:2020 (API 2.1.0) as the areas serve it: the shapes they share, and a `Resource` that says where an
area keeps what it hands out, in which orders, and what may be asked. The protocol around it (who asks, pages,
tokens, errors) is `functions.exchange`'s.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import partial
from itertools import islice
from typing import Any, Literal, NamedTuple, Protocol
from uuid import UUID

from skolkit import feed
from skolkit.clock import stamp
from skolkit.errors import NotFound
from skolkit.http import Shape
from skolkit.sweden.codes import SchoolForm
from skolkit.table import FEED_SHARDS, Item
from skolkit.types import PersonId, UnitId

SecurityMarking = Literal["Ingen", "Sekretessmarkering", "Skyddad folkbokföring"]
Key = tuple[str, str]
Filters = Mapping[str, Any]
Place = Any
"""Where somebody is on the way through a list, as JSON."""


class Reference(Shape):
    """Something by its id; the name only when the reader asked for names."""

    id: UUID
    display_name: str | None = None


class PersonReference(Reference):
    """A person by id, with the marking of the population register."""

    security_marking: SecurityMarking | None = None


class Meta(Shape):
    """When an entity came to be, and when what belongs to it changed last."""

    created: datetime
    modified: datetime


@dataclass(frozen=True, slots=True)
class Entity:
    """Something of the standard, as its area hands it out.

    `units` and `forms` are where it belongs, for clients that may see some units or school forms only (None:
    it belongs to none in particular, and every client may see it), or what tells so, where that costs reads;
    `about` is the person whose it is: it is not there for whoever may not know of that person; `people` is
    everybody it names, `behind` who is behind other ids that it names (duties). One that is `gone` was made
    of an item that is still there: it is told as deleted, and no more.
    """

    id: str
    shape: Shape
    created: datetime
    changed: datetime
    units: frozenset[UnitId] | Callable[[], frozenset[UnitId]] | None = None
    forms: frozenset[SchoolForm] | Callable[[], frozenset[SchoolForm]] | None = None
    about: PersonId | None = None
    people: frozenset[PersonId] = frozenset()
    behind: Mapping[str, PersonId] = field(default_factory=dict)
    gone: bool = False

    def in_units(self) -> frozenset[UnitId] | None:
        """The units it belongs to."""
        return self.units() if callable(self.units) else self.units

    def in_forms(self) -> frozenset[SchoolForm] | None:
        """The school forms it belongs to."""
        return self.forms() if callable(self.forms) else self.forms


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked for: filters by the standard's names, with their values parsed; the sort key; changed
    after a stamp of the table (exclusive) and not after another.
    """

    filters: Filters = field(default_factory=dict)
    order: str | None = None
    changed_after: datetime | None = None
    changed_until: datetime | None = None


class Step(NamedTuple):
    """One item on the way, the entities it makes, and the place to go on from after it. `gone`: the ids that
    were there before it was deleted.
    """

    place: Place
    entities: Sequence[Entity]
    gone: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Order:
    """A sort key of the standard: by which of the kind's orders (0: by change), downwards or up; `text` says
    the same of an entity, for short lists that are sorted when asked for.
    """

    number: int
    text: Callable[[Entity], str]
    down: bool = False


def _changed(entity: Entity) -> str:
    return stamp(entity.changed)


NEWEST_FIRST = Order(0, _changed, down=True)


class Span(NamedTuple):
    """The part of an order that can answer, first and last place inclusive. It is sorted as the resource's
    orders are, all but the one by change.
    """

    number: int
    low: str
    high: str


def _everything(_: Entity, __: Filters) -> bool:
    return True


def _no_narrower(_: Filters) -> Sequence[Key] | None:
    return None


def _no_span(_: Filters) -> Span | None:
    return None


def as_asked(filters: Filters, _: frozenset[PersonId]) -> Filters:
    """Filters that mean what they say."""
    return filters


class Sift(NamedTuple):
    """What can be told from the texts of some of a kind's orders, before anything is loaded: `fits` whether
    what is listed under a text can answer. Without a sort key the list goes by the first of `orders`.
    """

    orders: Sequence[int]
    fits: Callable[[str], bool]


SIFTED = 20  # keys that are looked through for the price of one that is loaded


def _no_sift(_: Filters) -> Sift | None:
    return None


@dataclass(frozen=True, slots=True)
class Author:
    """The client that writes, as `actor` of what it does, and who and what is there for it."""

    actor: str
    sees: Callable[[PersonId, frozenset[UnitId] | None, frozenset[SchoolForm] | None], bool]

    def require(self, about: PersonId, unit: UnitId, forms: frozenset[SchoolForm]) -> None:
        """Raises `NotFound` for somebody, or somewhere, that is not there for the client."""
        if not self.sees(about, frozenset((unit,)), forms):
            raise NotFound


Belongs = Callable[[frozenset[UnitId], frozenset[SchoolForm]], Callable[[Entity], bool]]


class Listable(Protocol):
    """What a list can be made of: a way through it in an order, and what it keeps of what comes."""

    def walk(self, asked: Asked, place: Place | None, limit: int) -> Iterator[Step]:
        """On from after a place; whoever goes along reads about `limit` at a time."""
        ...

    @property
    def keeps(self) -> Callable[[Entity, Filters], bool]:
        """Whether an entity answers to filters."""
        ...

    @property
    def meant(self) -> Callable[[Filters, frozenset[PersonId]], Filters]:
        """What filters stand for (`Resource.meant`)."""
        ...

    @property
    def belongs(self) -> Belongs | None:
        """What is a client's, where the entities do not say (`Resource.belongs`)."""
        ...


@dataclass(frozen=True, slots=True)
class Resource:
    """A resource of the standard, and the fed kind of item behind it.

    `load` makes entities of items by key (consistently read or not), most items one; keys that are not there
    are left out. `key` is where an id is (None: it cannot exist; `several`: where ids are, when that has to
    be read), `ids` which ids a deleted key stood for. `narrow` gives the keys that can answer to filters that
    say it (None: all can), `span` the part of an order that can, `sift` what can be told of the rest without
    loading it, `keeps` whether an entity does; `lookups` are the keys for the lists of the standard's lookup,
    and `answers` whether an entity does, when an item makes others, too. `name` is what a reference to it
    shows.

    `meant` makes of filters, and of a lookup's lists, what `narrow`, `keeps` and `lookups` go by, once for
    a request: an element and all below it, the groups of a person. Given who is not there for the client.
    `belongs` is for what says not itself at which units or of which forms it is: whether it is a client's
    that may see some units or some forms only (empty: all); asked for once in a request of such a client.
    """

    kind: type[Item]
    load: Callable[[Sequence[Key], bool], dict[Key, list[Entity]]]
    key: Callable[[str], Key | None]
    ids: Callable[[Key], Sequence[str]]
    orders: Mapping[str, Order] = field(default_factory=lambda: {"ModifiedDesc": NEWEST_FIRST})
    narrow: Callable[[Filters], Sequence[Key] | None] = _no_narrower
    span: Callable[[Filters], Span | None] = _no_span
    sift: Callable[[Filters], Sift | None] = _no_sift
    keeps: Callable[[Entity, Filters], bool] = _everything
    meant: Callable[[Filters, frozenset[PersonId]], Filters] = as_asked
    lookups: Mapping[str, Callable[[Sequence[str]], Sequence[Key]]] = field(default_factory=dict)
    name: Callable[[Entity], str] = lambda _: ""
    belongs: Belongs | None = None
    several: Callable[[Sequence[str]], Sequence[Key]] | None = None
    answers: Mapping[str, Callable[[Entity, Sequence[str]], bool]] = field(default_factory=dict)

    def walk(self, asked: Asked, place: Place | None, limit: int) -> Iterator[Step]:
        """On through what can answer to what is asked, from after a place, in its order; whoever goes along
        reads about `limit` at a time. Without a sort key it goes by when things changed.
        """
        keys = self.narrow(asked.filters)
        order = self.orders[asked.order] if asked.order else None
        if keys is not None:
            return self._short(keys, order, place)
        span, sift = self.span(asked.filters), self.sift(asked.filters)
        if order is None and sift and not asked.changed_after:
            order = Order(sift.orders[0], _changed)
        down = order is not None and order.down
        if span and (order.number if order else not asked.changed_after):
            return self._ordered(span, place, limit, down=down)
        if order is None:
            return self._by_change(asked, place, limit)
        fits = sift.fits if sift and order.number in sift.orders else None
        whole = Span(order.number, feed.FIRST, feed.LAST)
        return self._ordered(whole, place, limit, down=down, fits=fits)

    def find(self, keys: Sequence[Key], *, consistent: bool = True) -> list[Entity]:
        """The entities of keys."""
        found = self.load(list(dict.fromkeys(keys)), consistent)
        return [e for key in dict.fromkeys(keys) for e in found.get(key, ()) if not e.gone]

    def keys_of(self, ids: Sequence[str]) -> Sequence[Key]:
        """Where ids are, those that can exist."""
        return self.several(ids) if self.several else [key for id in ids if (key := self.key(id))]

    def looked_up(self, by: str, values: Sequence[str]) -> list[Entity]:
        """The entities of a list of the standard's lookup."""
        answers = self.answers.get(by)
        return [e for e in self.find(self.lookups[by](values)) if answers is None or answers(e, values)]

    def by_ids(self, ids: Sequence[str]) -> list[Entity]:
        """The entities of ids, those there are."""
        wanted = set(ids)
        return [entity for entity in self.find(self.keys_of(ids)) if entity.id in wanted]

    def _short(self, keys: Sequence[Key], order: Order | None, place: Place | None) -> Iterator[Step]:
        """All that there can be, sorted here: a unit's, a class's, a person's."""
        text = order.text if order else lambda _: ""
        found = sorted(((text(e), e.id, e) for e in self.find(keys, consistent=False)), key=lambda r: r[:2])
        if order and order.down:
            found.reverse()
        for value, id, entity in found:
            here = [value, id]
            if place is None or (here < place if order and order.down else here > place):
                yield Step(here, [entity])

    def _ordered(
        self,
        span: Span,
        place: Place | None,
        limit: int,
        *,
        down: bool,
        fits: Callable[[str], bool] | None = None,
    ) -> Iterator[Step]:
        index = f"order_{span.number}" if span.number else "feed"
        on = feed.merged(self.kind, place, index=index, down=down, low=span.low, high=span.high)
        while chunk := list(islice(on, SIFTED if fits else limit)):
            found = [row for row in chunk if fits is None or fits(row[0].partition("#")[0])]
            yield from self._steps(found)
            if not found or found[-1] is not chunk[-1]:
                yield Step(chunk[-1][0], ())

    def _by_change(self, asked: Asked, place: Place | None, limit: int) -> Iterator[Step]:
        low = f"{stamp(asked.changed_after)}$" if asked.changed_after else feed.FIRST
        high = f"{stamp(asked.changed_until)}$" if asked.changed_until else feed.LAST
        first = place[0] if place else 0
        read = partial(feed.stretch, self.kind, high=high, limit=limit)
        ahead: list[list[tuple[str, feed.Changed]]] = []
        if place is None and asked.changed_after:  # mostly there is nothing new, and then this is all
            with ThreadPoolExecutor(FEED_SHARDS) as pool:
                ahead = list(pool.map(lambda shard: read(shard, low=low), range(FEED_SHARDS)))
        for shard in range(first, FEED_SHARDS):
            start = feed.after(place[1]) if place and shard == first else low
            found = ahead[shard] if ahead else read(shard, low=start)
            while found:
                yield from self._steps([([shard, at], changed) for at, changed in found])
                found = read(shard, low=feed.after(found[-1][0])) if len(found) == limit else []

    def _steps(self, found: Sequence[tuple[Place, feed.Changed]]) -> Iterator[Step]:
        keys = {(changed.pk, changed.sk) for _, changed in found if not changed.deleted}
        there = self.load(sorted(keys), False)
        # The index may be ahead of the copy of the item that answered.
        behind = [
            key for _, changed in found
            if (key := (changed.pk, changed.sk)) in keys and _older(there.get(key, ()), changed.at)
        ]  # fmt: skip
        there |= self.load(behind, True) if behind else {}
        graves = [(c.pk, c.sk) for _, c in found if c.deleted]
        risen = self.load(graves, True) if graves else {}
        for place, changed in found:
            key = (changed.pk, changed.sk)
            if changed.deleted:
                alive = {entity.id for entity in risen.get(key, ()) if not entity.gone}
                yield Step(place, (), [id for id in self.ids(key) if id not in alive])
            else:
                made = there.get(key, ())
                yield Step(place, [e for e in made if not e.gone], [e.id for e in made if e.gone])


def nothing(kind: type[Item], *sortkeys: str) -> Resource:
    """A resource of which nothing is kept: every list is empty, and no id exists."""
    return Resource(
        kind=kind,
        load=lambda _keys, _consistent: {},
        key=lambda _: None,
        ids=lambda _: (),
        orders=dict.fromkeys(("ModifiedDesc", *sortkeys), NEWEST_FIRST),
        narrow=lambda _: (),
    )


def _older(entities: Sequence[Entity], at: str) -> bool:
    return not entities or any(stamp(entity.changed) < at for entity in entities)


def holds(filters: Filters, start: date | None, end: date | None) -> bool:
    """Whether a span of days answers to `startDate.onOr…` and `endDate.onOr…`; what has no such date does.

    >>> holds({"endDate.onOrAfter": date(2026, 8, 1)}, date(2025, 8, 1), None)
    True
    >>> holds({"startDate.onOrBefore": date(2026, 8, 1)}, date(2026, 8, 2), None)
    False
    """
    return all(
        value is None
        or (
            ((first := filters.get(f"{name}.onOrAfter")) is None or value >= first)
            and ((last := filters.get(f"{name}.onOrBefore")) is None or value <= last)
        )
        for name, value in (("startDate", start), ("endDate", end))
    )


_SWEDISH = str.maketrans({"å": "{", "ä": "|", "æ": "|", "ö": "}", "ø": "}"})


def collated(*words: str | None) -> str:
    """How words sort in Swedish, å, ä and ö last and other accents as if they were not there.

    >>> sorted(["Österlund", "Åberg", "Zetterlund", "Ädel", "Édouard", "Ek"], key=collated)
    ['Édouard', 'Ek', 'Zetterlund', 'Åberg', 'Ädel', 'Österlund']
    """
    text = unicodedata.normalize("NFC", " ".join(word for word in words if word)).casefold()
    plain = unicodedata.normalize("NFKD", text.translate(_SWEDISH))
    return "".join(letter for letter in plain if not unicodedata.combining(letter)).replace("#", " ")

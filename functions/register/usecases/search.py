"""Finding people (process 2): by name, number, birth date, unit, group, or who has custody of them.

Administrators of a unit find its pupils, those who have custody of them, and by number its staff;
administrators of the municipality find everybody. A protected person is found by nobody, except by the whole
number by the unit's own administrators (protected.cedar): not by name, birth date, unit, group or custody.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from functions.access import guard
from functions.organisation import queries as organisation
from functions.register.domain.enrolment import Enrolment
from functions.register.domain.people import PersonCard
from functions.register.domain.search import NameSearch, words_of
from functions.register.schemas.common import UnitRef
from functions.register.schemas.search import FoundPerson, Search, SearchPage
from functions.register.store import people as people_store
from functions.register.store import search as search_store
from skolkit.audit import Trace, record_read
from skolkit.clock import today
from skolkit.cursor import seal, unseal
from skolkit.errors import NotFound
from skolkit.identity import Caller
from skolkit.table import fetch
from skolkit.types import GroupId, PersonId, UnitId

Place = dict[str, Any]


@dataclass(frozen=True, slots=True)
class _Candidate:
    """Somebody who may be meant: `unit` is what decides who may find them, `hidden` that they or whoever led
    to them is protected.
    """

    card: PersonCard
    unit: UnitId | None
    hidden: bool
    guardian: PersonId | None = None


Known = Callable[[Sequence[_Candidate]], list[_Candidate]]


def search_people(caller: Caller, wanted: Search) -> SearchPage:
    """A page of the people meant. Five round trips by name or unit: duties, the index, the people, their
    units, the audit row; by number, birth date and custody one per person found.
    """
    duties = organisation.duties_of(caller.person_id)
    units = _searched(caller, wanted, duties)
    bound = (caller.seal, "search_people", wanted.model_dump_json(exclude={"cursor", "limit"}))
    start = unseal(wanted.cursor, *bound)

    def known(found: Sequence[_Candidate]) -> list[_Candidate]:
        facts = {c.card.id: guard.Pupil(c.card.id, c.unit, protected=c.hidden) for c in found}
        ids = {f.id for f in guard.permitted(caller, "register:search", list(facts.values()), duties)}
        return [c for c in found if c.card.id in ids and (wanted.civic_no or not c.hidden)]

    shown, end = _found(wanted, units, start, known)
    views = _views(shown)
    about = wanted.unit or (units[0] if units[0] and len(units) == 1 else "register")
    reason = "+".join([*wanted.criteria, *(["guardians"] if wanted.among == "guardians" else [])])
    record_read(Trace(caller.person_id, "search_people", about, reason, f"{len(views)} shown"))
    return SearchPage(data=views, cursor=seal(end, *bound))


def _searched(caller: Caller, wanted: Search, duties: Sequence[guard.Duty]) -> list[UnitId | None]:
    """The units to look in; None is everywhere. Raises `NotFound` for whoever administers none."""
    if guard.allowed(caller, "register:search", guard.SYSTEM, duties):
        return [UnitId(wanted.unit) if wanted.unit else None]
    own = sorted({duty.unit for duty in duties if duty.unit})
    units = guard.permitted(caller, "register:search", [guard.Unit(unit) for unit in own], duties)
    mine = [unit.id for unit in units if wanted.unit in (None, unit.id)]
    if not mine:
        raise NotFound
    return list(mine)


def _found(
    wanted: Search, units: list[UnitId | None], start: Place | None, known: Known
) -> tuple[list[_Candidate], Place | None]:
    name = NameSearch.of(wanted.name) if wanted.name else None
    found: Iterable[_Candidate]
    if wanted.civic_no:
        found = _by_number(wanted.civic_no, units)
    elif wanted.guardian and wanted.guardian.civic_no:
        found = _by_guardian(wanted.guardian.civic_no)
    elif wanted.group:
        return _group_page(GroupId(wanted.group), units, wanted, start, known)
    elif wanted.birth_date and not wanted.guardian:
        found = _born(wanted.birth_date)
    else:
        hits, end = _indexed(wanted, units, name, start)
        return known(hits), end
    # Few people, decided before they are counted: what one may not see makes no page and no cursor.
    after = str(start["after"]) if start else ""
    mine = sorted(known([c for c in found if _meant(c, wanted, name)]), key=lambda c: c.card.id)
    return _cut([c for c in mine if c.card.id > after], wanted.limit)


def _cut(left: Sequence[_Candidate], limit: int) -> tuple[list[_Candidate], Place | None]:
    page = list(left[:limit])
    return page, {"after": page[-1].card.id} if len(left) > limit else None


def _by_number(number: str, units: Sequence[UnitId | None]) -> Iterator[_Candidate]:
    owner = fetch(people_store.wanted_owners([number]), consistent=True)[0].get(number)
    card = people_store.find_card(owner) if owner else None
    if card is None or card.merged_into:
        return
    candidate = _candidate(card)
    if candidate.unit is None and units != [None]:
        candidate = replace(candidate, unit=_unit_of_adult(card.id, units))
    yield candidate


def _unit_of_adult(adult: PersonId, units: Sequence[UnitId | None]) -> UnitId | None:
    """Which of the units the adult works at or has a child at. Two round trips and one per child."""
    for duty in organisation.duties_of(adult):
        if duty.unit in units:
            return duty.unit
    cards = (people_store.find_card(child) for child in people_store.children_of(adult, today()))
    return next((unit for card in cards if card and (unit := _candidate(card).unit) in units), None)


def _by_guardian(number: str) -> Iterator[_Candidate]:
    owner = fetch(people_store.wanted_owners([number]), consistent=True)[0].get(number)
    if owner is None:
        return
    adult = people_store.find_card(owner)
    for child in people_store.children_of(owner, today()):
        card = people_store.find_card(child)
        if card and adult:
            mine = _candidate(card)
            yield replace(mine, guardian=owner, hidden=mine.hidden or adult.protected)


def _born(day: date) -> Iterator[_Candidate]:
    for person in people_store.born_on(day):
        card = people_store.find_card(person)
        if card and not card.merged_into:
            yield _candidate(card)


def _group_page(
    id: GroupId, units: Sequence[UnitId | None], wanted: Search, start: Place | None, known: Known
) -> tuple[list[_Candidate], Place | None]:
    """A page of a group's members by id. Their names come first, so that a protected one makes no gap."""
    group = organisation.group(id, today())
    if group is None or (units != [None] and group.unit not in units):
        return [], None
    (names,) = fetch(people_store.wanted_names(sorted(group.members)), consistent=True)
    after = str(start["after"]) if start else ""
    ids = [p for p in sorted(names) if p > after and not names[p].protected]
    if wanted.name:
        search = NameSearch.of(wanted.name)
        ids = [p for p in ids if search.matches(_words(names[p].given_name, names[p].family_name))]
    cards = [people_store.find_card(person) for person in ids[: wanted.limit]]
    found = [c for card in cards if card and _meant(c := _candidate(card), wanted, None)]
    return known(found), {"after": ids[wanted.limit - 1]} if len(ids) > wanted.limit else None


def _words(*names: str | None) -> list[str]:
    return [word.folded for word in words_of(" ".join(name for name in names if name))]


def _meant(candidate: _Candidate, wanted: Search, name: NameSearch | None) -> bool:
    """Whether everything that is known is true of the candidate."""
    card = candidate.card
    names = _words(card.given_name, card.middle_name, card.family_name)
    return (
        (wanted.unit is None or candidate.unit == wanted.unit)
        and (wanted.birth_date is None or card.birth_date == wanted.birth_date)
        and (name is None or name.matches(names))
        and not (candidate.hidden and wanted.civic_no is None)
    )


def _indexed(
    wanted: Search, units: list[UnitId | None], name: NameSearch | None, start: Place | None
) -> tuple[list[_Candidate], Place | None]:
    """A page from the index of names: unit by unit, and for a name with accents first those who write it so.
    A request reads the index once, so that the time it takes has a bound.
    """
    at = start or {"unit": 0, "turn": 0, "key": None}
    guardian = wanted.guardian.name if wanted.guardian else None
    kind: search_store.Kind = "G" if guardian or wanted.among == "guardians" else "N"
    sought = NameSearch.of(guardian) if guardian else name
    unit, turns = units[at["unit"]], 2 if sought and sought.accented else 1
    if sought is None:
        assert unit
        hits = search_store.at_unit(unit, at["key"], limit=wanted.limit)
    else:
        written = None if turns == 1 else at["turn"] == 0
        hits = search_store.by_name(kind, sought, unit, at["key"], limit=wanted.limit, written=written)
    people: dict[PersonId, search_store.Hit] = {}
    end, last = hits.end, at["key"]
    for hit, key in hits.found:
        who = hit.adult if wanted.among == "guardians" and hit.adult else hit.person
        if who not in people and len(people) == wanted.limit:
            end = last
            break
        people.setdefault(who, hit)
        last = key
    candidates = _loaded(list(people.values()), wanted)
    found = [c for c in candidates if _meant(c, wanted, name if guardian else None)]
    return found, _next(at, end, turns, len(units))


def _next(at: Place, key: Place | None, turns: int, units: int) -> Place | None:
    """Where the next page begins: further on, in the second turn, at the next unit, or nowhere."""
    if key:
        return at | {"key": key}
    if at["turn"] + 1 < turns:
        return {"unit": at["unit"], "turn": at["turn"] + 1, "key": None}
    if at["unit"] + 1 < units:
        return {"unit": at["unit"] + 1, "turn": 0, "key": None}
    return None


def _loaded(hits: list[search_store.Hit], wanted: Search) -> list[_Candidate]:
    """Those found as they are now; custody that has ended finds nobody."""
    cards = search_store.found_cards(hits)
    candidates = []
    for hit in hits:
        card, adult = cards.get(hit.person), cards.get(hit.adult) if hit.adult else None
        if card is None or card.merged_into:
            continue
        mine = _candidate(card)
        if hit.adult is None:
            candidates.append(mine)
        elif adult and hit.adult in card.guardians(today()):
            hidden = card.protected or adult.protected
            wanted_card, guardian = (adult, None) if wanted.among == "guardians" else (card, hit.adult)
            candidates.append(_Candidate(wanted_card, mine.unit, hidden, guardian))
    return candidates


def _candidate(card: PersonCard) -> _Candidate:
    placed = _placed(card)
    return _Candidate(card, placed.unit if placed else None, card.protected)


def _placed(card: PersonCard) -> Enrolment | None:
    """Today's enrolment, or the next one."""
    coming = [e for e in card.enrolments if not e.cancelled and e.start > today()]
    return card.current(today()) or min(coming, key=lambda e: e.start, default=None)


def _views(found: Sequence[_Candidate]) -> list[FoundPerson]:
    placed = [_placed(c.card) for c in found]
    ids = list({e.unit for e in placed if e})
    units = fetch(organisation.wanted_units(ids))[0] if ids else {}
    return [
        FoundPerson(
            person=c.card.id,
            given_name=c.card.given_name,
            family_name=c.card.family_name,
            birth_date=c.card.birth_date,
            unit=UnitRef(id=e.unit, name=units[e.unit].name) if e and e.unit in units else None,
            school_form=e.school_form.value if e else "",
            year=e.year if e else None,
            guardian=c.guardian,
            protected=c.card.protected,
        )
        for c, e in zip(found, placed, strict=True)
    ]

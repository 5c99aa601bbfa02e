"""Finding people (process 2): by name, number, birth date, unit, group, or who has custody of them.

Administrators of a unit find its pupils, those who have custody of them, and by number its staff;
administrators of the municipality find everybody. Nobody finds a protected person, nor anybody by one: they
are left out before pages are cut, and no cursor is made of a place that is theirs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from functions.access import guard
from functions.organisation import queries as organisation
from functions.organisation.queries import UnitRecord
from functions.register.domain.enrolment import Enrolment
from functions.register.domain.people import PersonCard
from functions.register.domain.search import Kind, NameSearch, words_of
from functions.register.schemas.common import UnitRef
from functions.register.schemas.search import FoundPerson, Search, SearchPage
from functions.register.store import people as people_store
from functions.register.store import search as store
from functions.register.store.search import Hit, Place, Row
from skolkit.audit import Trace, record_read
from skolkit.clock import today
from skolkit.cursor import seal, unseal
from skolkit.errors import NotFound
from skolkit.identity import Caller
from skolkit.table import chunks, fetch
from skolkit.types import GroupId, PersonId, UnitId

READS = 3  # of the index in one request
READ = 200  # rows of it at a time when few of them match: 5 read units


@dataclass(frozen=True, slots=True)
class _Candidate:
    """Somebody who may be meant: `units` where they (or the child that leads to them) go or will go, `unit`
    the one that decides who may find them.
    """

    card: PersonCard
    units: tuple[UnitId, ...]
    unit: UnitId | None
    guardian: PersonId | None = None


@dataclass(frozen=True, slots=True)
class _Sought:
    """A search: `units` to look in (None is everywhere); `lead` the name that leads to people, theirs or that
    of who has custody; `own` their own name where it does not; `permitted` those who may be found.
    """

    wanted: Search
    units: tuple[UnitId | None, ...]
    kind: Kind
    lead: NameSearch | None
    own: NameSearch | None
    permitted: Callable[[Sequence[guard.Pupil]], list[guard.Pupil]]

    @property
    def segments(self) -> list[tuple[UnitId | None, int]]:
        """The index is read unit by unit, and for a name with accents in two turns."""
        return [(unit, turn) for unit in self.units for turn in range(self.lead.turns if self.lead else 1)]


def search_people(caller: Caller, wanted: Search) -> SearchPage:
    """A page of the people meant. Five round trips by name or unit: duties, the index, who they are, where
    they go, the audit row; six by number, custody and group. More when much of what was read is not meant.
    """
    duties = organisation.duties_of(caller.person_id)
    sought = _sought(caller, wanted, duties)
    bound = (caller.seal, "search_people", wanted.model_dump_json(exclude={"cursor", "limit"}))
    start = unseal(wanted.cursor, *bound)
    people = _people(sought)
    shown, end = _indexed(sought, start) if people is None else _few(sought, people, start)
    about = wanted.unit or (sought.units[0] if len(sought.units) == 1 and sought.units[0] else "register")
    reason = "+".join([*wanted.criteria, *(["guardians"] if wanted.among == "guardians" else [])])
    record_read(Trace(caller.person_id, "search_people", about, reason, f"{len(shown)} shown"))
    return SearchPage(data=[_view(found, names) for found, names in shown], cursor=seal(end, *bound))


def _sought(caller: Caller, wanted: Search, duties: Sequence[guard.Duty]) -> _Sought:
    units = _searched(caller, wanted, duties)
    name = NameSearch.of(wanted.name) if wanted.name else None
    guardian = NameSearch.of(wanted.guardian.name) if wanted.guardian and wanted.guardian.name else None
    kind: Kind = "G" if guardian or wanted.among == "guardians" else "N" if name else "U"

    def permitted(facts: Sequence[guard.Pupil]) -> list[guard.Pupil]:
        return guard.permitted(caller, "register:search", facts, duties)

    lead, own = (guardian, name) if wanted.guardian else (name, None)
    return _Sought(wanted, units, kind, lead, own, permitted)


def _searched(caller: Caller, wanted: Search, duties: Sequence[guard.Duty]) -> tuple[UnitId | None, ...]:
    """The units to look in; None is everywhere. Raises `NotFound` for whoever administers none."""
    if guard.allowed(caller, "register:search", guard.SYSTEM, duties):
        return (UnitId(wanted.unit) if wanted.unit else None,)
    own = sorted({duty.unit for duty in duties if duty.unit})
    units = guard.permitted(caller, "register:search", [guard.Unit(unit) for unit in own], duties)
    mine = tuple(unit.id for unit in units if wanted.unit in (None, unit.id))
    if not mine:
        raise NotFound
    return mine


Units = dict[UnitId, UnitRecord]
Shown = tuple[_Candidate, Units]


# Few people, read at once


def _people(sought: _Sought) -> list[Hit] | None:
    """Those who may be meant where that is a handful whatever the size of the municipality; None for names
    and units, which the index is for.
    """
    wanted = sought.wanted
    if wanted.civic_no:
        owner = _owner(wanted.civic_no)
        return [Hit(owner)] if owner else []
    if wanted.guardian and wanted.guardian.civic_no:
        owner = _owner(wanted.guardian.civic_no)
        return [Hit(child, owner) for child in people_store.children_of(owner, today())] if owner else []
    if wanted.group:
        group = organisation.group(GroupId(wanted.group), today())
        here = group is not None and (sought.units == (None,) or group.unit in sought.units)
        return [Hit(person) for person in group.members] if group and here else []
    if wanted.birth_date and not wanted.guardian:
        return [Hit(person) for person in people_store.born_on(wanted.birth_date)]
    return None


def _owner(number: str) -> PersonId | None:
    owners: dict[str, PersonId] = fetch(people_store.wanted_owners([number]), consistent=True)[0]
    return owners.get(number)


def _few(sought: _Sought, people: Sequence[Hit], start: Place | None) -> tuple[list[Shown], Place | None]:
    """A page by id. All are decided before they are counted."""
    after = str(start["after"]) if start else ""
    found = [c for c in _loaded(sought, people) if c[0].card.id > after]
    mine = sorted(found, key=lambda c: c[0].card.id)
    page = mine[: sought.wanted.limit]
    return page, {"after": page[-1][0].card.id} if len(mine) > len(page) else None


# The index of names


def _indexed(sought: _Sought, start: Place | None) -> tuple[list[Shown], Place | None]:
    """A page from the index. It ends where `limit` people are shown and one more could be, where the index
    ends, or when it has been read `READS` times.
    """
    at = start or {"segment": 0, "key": None}
    found: list[tuple[Shown, Place]] = []
    limit, safe, reads = sought.wanted.limit, start, 0
    adult = sought.wanted.among == "guardians"
    while safe is start or reads < READS:
        segment = int(at["segment"])
        last = store.person_of(at["key"], adult=adult) if at["key"] else ""
        rows, end = _read(sought, segment, at["key"])
        reads += 1
        for shown, key in _shown(sought, rows, segment, last, limit + 1 - len(found)):
            if shown[0].card.id not in {known[0].card.id for known, _ in found}:
                found.append((shown, {"segment": segment, "key": key}))
                safe = found[-1][1]
            if len(found) > limit:
                return [shown for shown, _ in found[:limit]], found[limit - 1][1]
        at = {"segment": segment, "key": end} if end else {"segment": segment + 1, "key": None}
        if int(at["segment"]) == len(sought.segments):
            return [shown for shown, _ in found], None
        if not end or (reads >= READS and _loaded(sought, [rows[-1].hit], meant=False)):
            safe = at
    return [shown for shown, _ in found], safe


def _read(sought: _Sought, segment: int, after: Place | None) -> tuple[list[Row], Place | None]:
    unit, _ = sought.segments[segment]
    limit, lead = sought.wanted.limit + 5, sought.lead
    if lead is None:
        assert unit
        return store.at_unit(unit, after, limit)
    if unit is None and lead.pair:
        return store.by_pair(sought.kind, lead.pair, after, READ)
    sparse = lead.turns > 1 or len(lead.words) > 1 or sought.own or sought.wanted.birth_date
    return store.by_name(sought.kind, lead, unit, after, READ if sparse else limit)


def _shown(
    sought: _Sought, rows: Sequence[Row], segment: int, last: str, enough: int
) -> Iterator[tuple[Shown, Place]]:
    """Those of the rows who are meant and may be shown, with their rows' keys, read a few at a time. `last`
    was shown by the row before.
    """
    unit, turn = sought.segments[segment]
    lead, guardians = sought.lead, sought.wanted.among == "guardians"
    meant: dict[PersonId, list[Row]] = {}
    for row in rows:
        who = row.hit.adult if guardians and row.hit.adult else row.hit.person
        if who != last and (lead is None or _leads(lead, turn, row)):
            meant.setdefault(who, []).append(row)
    for some in chunks(meant.items(), enough):
        known = {c.card.id: (c, names) for c, names in
                 _loaded(sought, [row.hit for _, mine in some for row in mine])}  # fmt: skip
        for who, mine in some:
            found = known.get(who)
            # Whoever goes to several of the units is shown in the first of them.
            if found and (unit is None or found[0].unit == unit):
                yield found, mine[-1].key


def _leads(lead: NameSearch, turn: int, row: Row) -> bool:
    leader = lead.leader(row.name)
    mine = leader is not None and row.word in (None, leader) and lead.turn(leader) == turn
    return mine and lead.matches(row.name)


# Who they are, and who may be shown


def _loaded(sought: _Sought, hits: Sequence[Hit], *, meant: bool = True) -> list[Shown]:
    """Those found, as they are now, who are meant and may be shown, each once. Two round trips."""
    if not hits:
        return []
    profiles, guardians, stays = store.profiles_of(hits)
    units = {UnitId(unit) for mine in stays.values() for _, unit in mine}
    cards, names = fetch(
        store.wanted_cards(profiles, stays), organisation.wanted_units(sorted(units)), consistent=True
    )
    found: dict[PersonId, _Candidate] = {}
    for hit in hits:
        card, adult = cards.get(hit.person), cards.get(hit.adult) if hit.adult else None
        if card is None or card.merged_into or card.protected:
            continue
        mine = _candidate(card, sought)
        if hit.adult:
            if adult is None or adult.protected or hit.adult not in guardians.get(hit.person, ()):
                continue
            led = sought.wanted.among == "guardians"
            mine = replace(mine, card=adult) if led else replace(mine, guardian=hit.adult)
        # By the name they have now: the index may still know the one before.
        named = sought.lead is None or _named(adult or card, sought.lead)
        if not meant or (named and _meant(mine, sought)):
            found.setdefault(mine.card.id, mine)
    shown = list(found.values())
    facts = {c.card.id: guard.Pupil(c.card.id, c.unit) for c in shown}
    known = {fact.id for fact in sought.permitted(list(facts.values()))}
    return [(c, names) for c in shown if c.card.id in known]


def _candidate(card: PersonCard, sought: _Sought) -> _Candidate:
    units = tuple(dict.fromkeys(e.unit for e in card.enrolments if _stays(e)))
    mine = next((unit for unit in sought.units if unit in units), None)
    placed = _placed(card)
    unit = mine or (placed.unit if placed else None)
    if unit is None and sought.wanted.civic_no and sought.units != (None,):
        unit = _unit_of_adult(card.id, sought.units)
    return _Candidate(card, units, unit)


def _unit_of_adult(adult: PersonId, units: Sequence[UnitId | None]) -> UnitId | None:
    """Which of the units the adult works at or has a child at. Two round trips and one per child."""
    for duty in organisation.duties_of(adult):
        if duty.unit in units:
            return duty.unit
    cards = (people_store.find_card(child) for child in people_store.children_of(adult, today()))
    there = (e.unit for card in cards if card and not card.protected for e in card.enrolments if _stays(e))
    return next((unit for unit in there if unit in units), None)


def _meant(candidate: _Candidate, sought: _Sought) -> bool:
    """Whether what is known beside the name that led here is true of the candidate."""
    wanted = sought.wanted
    return (
        (wanted.unit is None or wanted.unit in candidate.units)
        and (wanted.birth_date is None or candidate.card.birth_date == wanted.birth_date)
        and (sought.own is None or _named(candidate.card, sought.own))
    )


def _named(card: PersonCard, name: NameSearch) -> bool:
    return name.matches(words_of(" ".join((card.given_name, card.middle_name or "", card.family_name))))


def _stays(enrolment: Enrolment) -> bool:
    return not enrolment.cancelled and (enrolment.end is None or today() <= enrolment.end)


def _placed(card: PersonCard) -> Enrolment | None:
    """Today's enrolment, or the next one."""
    coming = [e for e in card.enrolments if _stays(e) and e.start > today()]
    return card.current(today()) or min(coming, key=lambda e: e.start, default=None)


def _view(found: _Candidate, units: Units) -> FoundPerson:
    card, placed = found.card, _placed(found.card)
    unit = units.get(placed.unit) if placed else None
    return FoundPerson(
        person=card.id,
        given_name=card.given_name,
        family_name=card.family_name,
        birth_date=card.birth_date,
        unit=UnitRef(id=unit.id, name=unit.name) if unit else None,
        school_form=placed.school_form.value if placed else "",
        year=placed.year if placed else None,
        guardian=found.guardian,
    )

"""How much waits for people and what comes for their children: read for many at once, and each board, list
and unit once for all of them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cache

from functions.attendance import queries as attendance
from functions.messages.domain.audiences import Audience, Role
from functions.messages.domain.digest import RULES, Digest, Week
from functions.messages.store import board, consents, news
from functions.messages.store import conversations as talks
from functions.messages.store import forms as form_store
from functions.organisation import queries as organisation
from functions.register import queries as register
from skolkit.clock import now, today
from skolkit.table import fetch
from skolkit.types import GroupId, PersonId, UnitId

ASKED = timedelta(days=550)  # no deadline is longer ahead


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody with the children it is about; a pupil of age is one of their own."""

    person: PersonId
    children: tuple[PersonId, ...]


@dataclass(frozen=True, slots=True)
class Seen:
    """What the children stand in today: their units, and groups with those who have mentors apart."""

    units: Mapping[PersonId, Collection[tuple[UnitId, int | None]]]
    groups: Mapping[PersonId, Collection[GroupId]]
    mentored: frozenset[GroupId]

    def places(self, child: PersonId, role: Role) -> frozenset[str]:
        """The places that a child, or its home, stands in."""
        at = [Audience("municipality", "", role)]
        for unit, year in self.units.get(child, ()):
            at += [
                Audience("unit", unit, role),
                *([Audience("year", unit, role, year)] if year is not None else []),
            ]
        at += [Audience("group", group, role) for group in self.groups.get(child, ())]
        return frozenset(one.place for one in at)


def waiting_for(readers: Sequence[Reader], week: Week) -> dict[PersonId, Digest]:
    """How much there is for each. Per child two queries (its record, its conversations), per unit four and
    per group one for all of them together, and batches of what each has read.
    """
    children = sorted({child for reader in readers for child in reader.children})
    seen = _seen(children)
    unread = _unread_news(readers, seen)
    talking = _unread_talks(readers, seen)
    asked, forms = _unanswered(readers, seen), _unfilled(readers, seen)
    away = _minutes_away(seen, week)
    (leave,) = fetch(attendance.wanted_leave(children, *week.coming))
    return {
        one.person: Digest(
            news=unread[one.person], messages=talking[one.person], consents=asked[one.person],
            forms=forms[one.person],
            absence=sum(away.get(child, 0) for child in one.children),
            leave=sum(leave.get(child, 0) for child in one.children),
        )
        for one in readers
    }  # fmt: skip


def _seen(children: Sequence[PersonId]) -> Seen:
    day = today()
    known = register.pupils(children)
    (groups,) = fetch(organisation.wanted_groups_of(children, day))
    ids = sorted({group for mine in groups.values() for group in mine})
    (records,) = fetch(organisation.wanted_groups(ids, day))
    units = {
        id: tuple({(e.unit, e.year) for e in pupil.enrolments if e.covers(day)})
        for id, pupil in known.items()
    }
    return Seen(units, groups, frozenset(id for id, group in records.items() if group.mentors))


def _unread_news(readers: Sequence[Reader], seen: Seen) -> dict[PersonId, int]:
    since = now() - RULES.unread
    read = cache(lambda unit: board.put_up(unit, "NEWS", since))
    posts: dict[PersonId, list[str]] = {}
    for one in readers:
        places = frozenset[str]().union(
            *(seen.places(child, "pupils" if child == one.person else "guardians") for child in one.children)
        )
        boards = [organisation.MUNICIPALITY, *_units(one.children, seen)]
        there = {id for unit in boards for id, of in read(unit).items() if of & places}
        posts[one.person] = sorted(there)
    receipts = fetch(*(news.wanted_receipts(ids, person) for person, ids in posts.items()))
    return {
        person: len(ids) - len(got) for (person, ids), got in zip(posts.items(), receipts, strict=True)
    }  # fmt: skip


def _unread_talks(readers: Sequence[Reader], seen: Seen) -> dict[PersonId, int]:
    """Those in which the last message is one that somebody has not seen. Of what was written about a closed
    record nothing is counted until somebody writes again.
    """
    since = now() - RULES.unread
    listed = cache(lambda pk: talks.written_since(pk, since))
    mine: dict[PersonId, list[str]] = {}
    for one in readers:
        ids = {row.talk for child in one.children for row in listed(talks.pupils_list(child))
               if row.guardian in ((child,) if child == one.person else (None, one.person))}  # fmt: skip
        others = {*one.children} - {one.person}
        groups = {group for child in others for group in seen.groups.get(child, ())}
        ids |= {row.talk for group in groups & seen.mentored for row in listed(talks.groups_list(group))}
        mine[one.person] = sorted(ids)
    (newest,) = fetch(talks.wanted_newest(sorted({id for ids in mine.values() for id in ids})))
    marks = fetch(*(talks.wanted_seen(ids, person) for person, ids in mine.items()))
    return {
        person: sum(id in newest and known.get(id) != newest[id] for id in ids)
        for (person, ids), known in zip(mine.items(), marks, strict=True)
    }


def _put_to(
    readers: Sequence[Reader], seen: Seen, kind: str, grown: Role
) -> dict[PersonId, list[tuple[str, PersonId]]]:
    """What their boards ask each of them, with the child: homes, and as `grown` those of age about
    themselves.
    """
    since = now() - ASKED
    put_up = cache(lambda unit: board.put_up(unit, kind, since))
    pairs: dict[PersonId, list[tuple[str, PersonId]]] = {}
    for one in readers:
        here = {child: seen.places(child, "guardians") for child in one.children}
        if one.person in here:
            here[one.person] |= seen.places(one.person, grown)
        pairs[one.person] = [
            (id, child) for child, mine in here.items() for unit in _units([child], seen)
            for id, places in put_up(unit).items() if places & mine
        ]  # fmt: skip
    return pairs


def _unanswered(readers: Sequence[Reader], seen: Seen) -> dict[PersonId, int]:
    pairs = _put_to(readers, seen, "ASK", "guardians")
    (still,) = fetch(consents.wanted_open(sorted({id for mine in pairs.values() for id, _ in mine}), today()))
    open_ = {person: [pair for pair in mine if pair[0] in still] for person, mine in pairs.items()}
    own = fetch(*(consents.wanted_own(person, mine) for person, mine in open_.items()))
    return {
        person: sum(not answers.get(pair) for pair in mine)
        for (person, mine), answers in zip(open_.items(), own, strict=True)
    }


def _unfilled(readers: Sequence[Reader], seen: Seen) -> dict[PersonId, int]:
    pairs = _put_to(readers, seen, "FORM", "pupils")
    (found,) = fetch(form_store.wanted_forms(sorted({id for mine in pairs.values() for id, _ in mine})))
    held = {
        person: {
            form.held(person if form.respondents == "person" else child, person)
            for id, child in mine if (form := found.get(id)) and form.is_open(today())
        }
        for person, mine in pairs.items()
    }  # fmt: skip
    (answered,) = fetch(form_store.wanted_answered(sorted({one for mine in held.values() for one in mine})))
    return {person: len(mine - answered.keys()) for person, mine in held.items()}


def _minutes_away(seen: Seen, week: Week) -> dict[PersonId, int]:
    away: dict[PersonId, int] = {}
    for unit in _units(seen.units, seen):
        for pupil, minutes in attendance.minutes_away(unit, week.first, week.day).items():
            away[pupil] = away.get(pupil, 0) + minutes
    return away


def _units(children: Iterable[PersonId], seen: Seen) -> list[UnitId]:
    return sorted({unit for child in children for unit, _ in seen.units.get(child, ())})

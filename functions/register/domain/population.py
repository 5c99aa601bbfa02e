"""What the population register (folkbokföringen) says of a person, and what has changed since last time.

Navet sends changed records, not events (rules §4.7): that somebody has moved, been born, died, emigrated,
changed name or number, or that custody or protection is another, is found by comparing with what is stored.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Literal

from functions.register.domain.contacts import Address
from functions.register.domain.people import (
    Marking,
    NumberSpan,
    PersonCard,
    Responsible,
    Sex,
    Status,
    age,
    check_responsible,
)
from skolkit.errors import DomainError, Text
from skolkit.types import PersonId

RECENT = timedelta(days=90)
"""How long after a birth or a move the first record of a person tells of it; later it is only the person that
is new to us, as all are in the first delivery (grunduttag)."""


@dataclass(frozen=True, slots=True)
class Keeping:
    """Whom of those not in the register yet a record makes known (data minimisation, GDPR art. 5.1 c):
    everybody up to `oldest` years, and adults who are somebody's guardian here. Version `id`, `valid_from`.
    """

    id: str = "keeping-2026"
    valid_from: date = date(2026, 7, 1)
    oldest: int = 20


KEEPING = Keeping()


class Contradiction(DomainError):
    """Two records of one person and one moment that do not say the same."""

    reason = Text(
        "Två poster om samma person och tidpunkt säger olika saker.",
        "Two records of the same person and time do not agree.",
    )
    advice = Text(
        "Begär personens uppgifter på nytt från folkbokföringen.",
        "Ask the population register for the person's record again.",
    )


class TwoRecords(DomainError):
    """A number and an earlier number that are two people in the register."""

    reason = Text(
        "Numret och det tidigare numret tillhör två olika poster i registret.",
        "The number and the earlier number belong to two records of the register.",
    )
    advice = Text("Slå ihop posterna och försök igen.", "Merge the records and try again.")


@dataclass(frozen=True, slots=True)
class Custody:
    """A relation to somebody by identity number, from `start` to `end` (both inclusive; None is open)."""

    number: str
    start: date | None = None
    end: date | None = None
    born: date | None = None


@dataclass(frozen=True, slots=True)
class Notice:
    """One record. `time` (sorts as text) is when the population register wrote it; `deregistered` without a
    status of its own means removed from the population register for another reason. `guardians` is the whole
    list, or None when the record does not speak of it; `children` those in this person's custody.
    """

    number: str
    time: str
    day: date
    digest: str
    given_name: str
    middle_name: str | None
    family_name: str
    born: date
    sex: Sex
    marking: Marking = "Ingen"
    status: Status = "Aktiv"
    deregistered: date | None = None
    earlier: str | None = None
    municipality: str | None = None
    parish: str | None = None
    since: date | None = None
    addresses: tuple[Address, ...] = ()
    guardians: tuple[Custody, ...] | None = None
    children: tuple[Custody, ...] = ()

    @property
    def numbers(self) -> tuple[str, ...]:
        """Every number the record names."""
        own = (self.number, *([self.earlier] if self.earlier else []))
        return (*own, *(c.number for c in (*(self.guardians or ()), *self.children)))


@dataclass(frozen=True, slots=True)
class Last:
    """What the last record taken of a person said."""

    time: str
    digest: str
    marking: Marking
    parish: str | None = None


Direction = Literal["in", "out", "within", "elsewhere"]


class Change(StrEnum):
    """What a record says is new."""

    ADDED = "added"
    BORN = "born"
    MOVED = "moved"
    DIED = "died"
    EMIGRATED = "emigrated"
    RENAMED = "renamed"
    NUMBER = "number"
    CUSTODY = "custody"
    PROTECTED = "protected"
    UNPROTECTED = "unprotected"


def is_news(last: Last | None, notice: Notice) -> bool:
    """Whether the record says something later than what is known: a repeated or older one does not. Raises
    `Contradiction`.
    """
    if last is None or notice.time > last.time:
        return True
    if notice.time == last.time and notice.digest != last.digest:
        raise Contradiction(field="time", value=notice.time)
    return False


def is_kept(notice: Notice, *, known: bool, guardian: bool, keeping: Keeping = KEEPING) -> bool:
    """Whether the record is of somebody the schools have to do with; `guardian` of somebody here."""
    if known:
        return True
    return notice.status == "Aktiv" and (guardian or age(notice.born, notice.day) <= keeping.oldest)


def marking_after(before: PersonCard | None, last: Last | None, notice: Notice) -> Marking:
    """The protection marking after a record. What the school itself has decided is not lifted by a record
    without a marking: only the one that an earlier record set is.
    """
    if before is None or notice.marking != "Ingen":
        return notice.marking
    set_by_record = last is not None and last.marking != "Ingen" and before.marking == last.marking
    return "Ingen" if set_by_record else before.marking


def custody_after(
    child: PersonId,
    before: PersonCard | None,
    notice: Notice,
    ids: Mapping[str, PersonId],
    births: Mapping[PersonId, date],
) -> tuple[Responsible, ...]:
    """Who is responsible after a record: its guardians, those no longer there until the day before it, and
    everybody responsible in another way as before. Raises `GuardianLoop`.
    """  # fmt: skip
    old = {r.person: r for r in before.responsibles} if before else {}
    if notice.guardians is None:
        return tuple(old.values())
    new: dict[PersonId, Responsible] = {}
    for custody in notice.guardians:
        adult = ids[custody.number]
        check_responsible((child, notice.born), (adult, births.get(adult, custody.born or date.min)))
        home = old[adult].home if adult in old else False
        new[adult] = Responsible(adult, "Vårdnadshavare", custody.start, custody.end, home)
    ended = notice.day - timedelta(days=1)
    for person, r in old.items():
        if person not in new:
            over = r.relation != "Vårdnadshavare" or (r.end is not None and r.end <= ended)
            new[person] = r if over else replace(r, end=ended)
    return tuple(new.values())


def applied(
    id: PersonId,
    before: PersonCard | None,
    last: Last | None,
    notice: Notice,
    responsibles: Iterable[Responsible],
) -> PersonCard:
    """The person as the record says."""  # fmt: skip
    numbers = before.numbers if before else ()
    if not numbers or numbers[-1].number != notice.number:
        numbers = (*numbers, NumberSpan(notice.number, notice.day if numbers else notice.born))
    here = None if notice.deregistered and notice.status != "Avliden" else notice.municipality
    blank = PersonCard(id, "", "", notice.born, "Ingen")
    return replace(
        before or blank,
        given_name=notice.given_name,
        middle_name=notice.middle_name,
        family_name=notice.family_name,
        birth_date=notice.born,
        sex=notice.sex,
        status=notice.status,
        marking=marking_after(before, last, notice),
        numbers=numbers,
        municipality=here,
        responsibles=tuple(responsibles),
    )


def changes(
    before: PersonCard | None, after: PersonCard, notice: Notice, *, rehoused: bool
) -> tuple[Change, ...]:
    """What is new. `rehoused`: the address in the population register is another than the stored one."""
    if before is None:
        return _first(after, notice)
    found = []
    if after.status != before.status and after.status in _ENDS:
        found.append(_ENDS[after.status])
    if _has_moved(before, after, rehoused=rehoused):
        found.append(Change.MOVED)
    if _names(before) != _names(after):
        found.append(Change.RENAMED)
    if before.civic_no is not None and before.civic_no != after.civic_no:
        found.append(Change.NUMBER)
    if before.guardians(notice.day) != after.guardians(notice.day):
        found.append(Change.CUSTODY)
    if before.protected != after.protected:
        found.append(Change.PROTECTED if after.protected else Change.UNPROTECTED)
    return tuple(found)


_ENDS: dict[Status, Change] = {"Avliden": Change.DIED, "Utvandrad": Change.EMIGRATED}


def _first(after: PersonCard, notice: Notice) -> tuple[Change, ...]:
    found = [Change.ADDED]
    recent = datetime.fromisoformat(notice.time).date() - RECENT
    if after.birth_date >= recent:
        found = [Change.BORN]
    elif notice.since and notice.since >= recent:
        found = [Change.MOVED]
    return (*found, *([Change.PROTECTED] if after.protected else []))


def _has_moved(before: PersonCard, after: PersonCard, *, rehoused: bool) -> bool:
    if after.status != "Aktiv" or after.municipality is None:
        return False
    if before.status == "Utvandrad":
        return True
    known = before.municipality is not None
    return known and (before.municipality != after.municipality or rehoused)


def _names(card: PersonCard) -> tuple[str, str | None, str]:
    return card.given_name, card.middle_name, card.family_name


def direction(before: str | None, after: str | None, own: str | None) -> Direction:
    """A move seen from the municipality `own`: in, out, within, or elsewhere (between two others).

    >>> direction("0180", "1281", "1281"), direction("1281", "1281", "1281"), direction(None, "0180", "1281")
    ('in', 'within', 'elsewhere')
    """
    if after == own:
        return "within" if before == own else "in"
    return "out" if before == own else "elsewhere"

"""The catalogue of grades (betygskatalog): every decision to set a grade and every decision not to set one,
in the order they were made, never changed (SkolF 6:10; skollagen 3:16–21).

A pupil's entries form a chain: each carries its number and the digest of the one before it, so that one that
is missing, moved or altered shows.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal, Protocol

from functions.grades.domain.scales import BY_ID
from skolkit.clock import stamp
from skolkit.sweden.codes import SchoolForm
from skolkit.types import GroupId, PersonId, UnitId

Kind = Literal["decision", "correction", "change", "trial", "imported", "withdrawal"]
"""A decision at the end of a period; rättelse (skollagen 3:19); ändring (3:20); prövning (3:21, 10:23,
15:28); what an earlier system had, and that such an entry was a mistake of the file and holds no longer."""

Choice = Literal["languageChoice", "pupilsChoice"]
Term = Literal["HT", "VT"]
DeciderRole = Literal["teacher", "principal"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What a grade is in: a subject, a course (GY11) or a level of a subject (GY25). `code` is the most exact
    code there is (ämneskod, kurskod, nivåkod), `language` a language code (ISO 639-3) where the subject is a
    language of many, `choice` how a modern language is read in grundskola, `points` the size in upper
    secondary school, `work` a diploma project (gymnasiearbete).
    """

    code: str
    name: str
    form: SchoolForm
    language: str | None = None
    choice: Choice | None = None
    points: int | None = None
    work: bool = False

    @property
    def key(self) -> str:
        """What a later grade in the same subject has in common with this one."""
        return ":".join(filter(None, (self.form.value, self.code, self.language, self.choice)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Decider:
    """Who decided: as a teacher or as the principal, certified (legitimerad) and qualified in the subject
    (behörig) at the time or not.
    """

    person: PersonId
    role: DeciderRole = "teacher"
    certified: bool = False
    qualified: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One decision. `value` is the grade or a dash; `finished` whether the subject was finished (SkolF
    6:10); `year` the pupil's year, `school_year` as "2026/27"; `adapted` how the studies were adapted
    (anpassad studiegång, modified timplan), `support` the written assessment that an F in a finished
    subject demands (skollagen 10:22); `replaces` the entry that this one corrects or changes; `reason` why;
    `source` where an imported one comes from; `syllabus` the edition that it was graded by (kursplan,
    ämnesplan); `converted` that it was turned from another scale; `trial` that it was set at a trial, also
    when it corrects one that was. `number` counts the pupil's entries, `previous` is the digest of the one
    before.
    """

    id: str
    pupil: PersonId
    kind: Kind
    subject: Subject
    value: str
    scale: str
    at: datetime
    unit: UnitId
    school_year: str
    term: Term
    year: int | None = None
    finished: bool = False
    deciders: tuple[Decider, ...] = ()
    registered_by: PersonId | None = None
    group: GroupId | None = None
    activity: str | None = None
    period: str | None = None
    adapted: str = ""
    remark: str = ""
    support: str = ""
    replaces: str | None = None
    reason: str = ""
    source: str = ""
    title: str = ""
    syllabus: str | None = None
    converted: bool = False
    trial: bool = False
    number: int = 0
    previous: str = ""

    @property
    def passed(self) -> bool:
        return BY_ID[self.scale].worth(self.value).passed

    @property
    def points(self) -> float | None:
        """The value's points; None for what nothing is counted from."""
        return BY_ID[self.scale].worth(self.value).points

    @property
    def rank(self) -> int:
        return BY_ID[self.scale].rank(self.value)

    @property
    def digest(self) -> str:
        """SHA-256 over everything that the entry says, the digest before it included."""
        return hashlib.sha256(canonical(self).encode()).hexdigest()


def canonical(entry: Entry) -> str:
    """The entry as one text: the same entry, the same text."""
    return json.dumps(row(entry), ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def row(entry: Entry) -> dict[str, object]:
    """Everything that an entry says, as JSON has it; what is empty is left out."""
    subject = entry.subject
    said: dict[str, object] = {
        "id": entry.id, "pupil": entry.pupil, "kind": entry.kind, "value": entry.value, "scale": entry.scale,
        "at": stamp(entry.at), "unit": entry.unit, "schoolYear": entry.school_year, "term": entry.term,
        "year": entry.year, "finished": entry.finished, "trial": entry.trial,
        "registeredBy": entry.registered_by,
        "group": entry.group, "activity": entry.activity, "period": entry.period, "adapted": entry.adapted,
        "remark": entry.remark, "support": entry.support, "replaces": entry.replaces, "reason": entry.reason,
        "source": entry.source, "title": entry.title, "syllabus": entry.syllabus,
        "converted": entry.converted or None, "number": entry.number, "previous": entry.previous,
        "subject": {
            "code": subject.code, "name": subject.name, "form": subject.form.value,
            "language": subject.language, "choice": subject.choice, "points": subject.points,
            "work": subject.work,
        },
        "deciders": [
            {"person": d.person, "role": d.role, "certified": d.certified, "qualified": d.qualified}
            for d in entry.deciders
        ],
    }  # fmt: skip
    return {name: value for name, value in said.items() if value not in (None, "")}


def chained(entries: Sequence[Entry], number: int, previous: str) -> tuple[Entry, ...]:
    """New entries of one pupil put after the last one, whose number and digest these are (0 and "" for
    none).
    """
    made: list[Entry] = []
    for entry in entries:
        number += 1
        made.append(replace(entry, number=number, previous=previous))
        previous = made[-1].digest
    return tuple(made)


def broken(chain: Iterable[Entry]) -> int | None:
    """The number of the first entry of a pupil's whole chain that does not follow from the one before it;
    None when all do.
    """
    previous = ""
    for number, entry in enumerate(chain, start=1):
        if entry.number != number or entry.previous != previous:
            return number
        previous = entry.digest
    return None


class Placed(Protocol):
    """What is known of a grade that stands, as an entry or as the end of the chain keeps it."""

    @property
    def scale(self) -> str: ...
    @property
    def rank(self) -> int: ...
    @property
    def passed(self) -> bool: ...


def takes_over(entry: Entry, held: Placed | None) -> bool:
    """Whether an entry stands in place of one that was decided before it: a decision does, a trial only when
    it is higher (skollagen 3:21 [M]); of two scales only a pass is compared.
    """
    if held is None or not entry.trial:
        return True
    return entry.rank > held.rank if entry.scale == held.scale else entry.passed >= held.passed


def standing(entries: Iterable[Entry]) -> dict[str, Entry]:
    """The grade that holds in each subject (by `Subject.key`), from all of a pupil's entries.

    What corrects or changes an entry is in that one's place, in whichever subject, and what is withdrawn is
    nowhere; the rest follow each other as they were decided, not as they came: an imported grade does not
    stand in place of a later decision.
    """
    known = {entry.id: entry for entry in entries}
    place = {id: (entry.at, number) for number, (id, entry) in enumerate(known.items())}
    replaced = {entry.replaces for entry in known.values()}
    there = [e for e in known.values() if e.id not in replaced and e.kind != "withdrawal"]
    found: dict[str, Entry] = {}
    for entry in sorted(there, key=lambda e: place[_first(e, known).id]):
        if takes_over(entry, found.get(entry.subject.key)):
            found[entry.subject.key] = entry
    return found


def _first(entry: Entry, known: Mapping[str, Entry]) -> Entry:
    """What was decided at first, of entries that replace each other."""
    while entry.replaces and entry.replaces in known:
        entry = known[entry.replaces]
    return entry


def family(entry: Entry, entries: Iterable[Entry]) -> tuple[Entry, ...]:
    """A decision and what has come in its place, first to last: the same from whichever of them."""
    known = {one.id: one for one in entries} | {entry.id: entry}
    after = {one.replaces: one for one in known.values() if one.replaces}
    found = [_first(entry, known)]
    while found[-1].id in after:
        found.append(after[found[-1].id])
    return tuple(found)

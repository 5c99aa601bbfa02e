"""The catalogue: `PUPIL#<id>` / `ENTRY#<number>`, one row a decision, whose words are put once and never
again, and `HEAD`, the pupil's standing grades with the end of the chain, which every new entry moves.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from pynamodb.attributes import BooleanAttribute, NumberAttribute, UnicodeAttribute
from pynamodb.indexes import GlobalSecondaryIndex, KeysOnlyProjection

from functions.grades.domain.catalogue import Decider, Entry, Subject, canonical, chained
from functions.grades.domain.held import Held, Stand
from functions.grades.store import GradesItem
from skolkit import feed
from skolkit.clock import stamp, today
from skolkit.errors import ChangedMeanwhile
from skolkit.sweden.codes import SchoolForm
from skolkit.table import Overwrite, Unchanged, Wanted, Write, fetch
from skolkit.types import GroupId, PersonId, UnitId


class OfUnit(GlobalSecondaryIndex["EntryItem"]):
    """A unit's decisions of a term by subject, group and pupil."""

    class Meta:
        index_name = "of_unit"
        projection = KeysOnlyProjection()

    unit_pk = UnicodeAttribute(hash_key=True)
    unit_sk = UnicodeAttribute(range_key=True)


class OfEntry(GlobalSecondaryIndex["EntryItem"]):
    """Where the decision of an id is."""

    class Meta:
        index_name = "of_entry"
        projection = KeysOnlyProjection()

    entry = UnicodeAttribute(hash_key=True)


class EntryItem(GradesItem, discriminator="grade_entry"):
    """One decision; `said` is all of it as canonical JSON, whose digest the next one carries. `withdrawn`
    since it was found never to have been made. It is written again when others are to hear of it: when its
    period is published, and when it is withdrawn.
    """

    fed, orders = True, 2

    entry = UnicodeAttribute()
    withdrawn = BooleanAttribute(null=True)
    said = UnicodeAttribute()
    at = UnicodeAttribute()
    unit_pk = UnicodeAttribute()
    unit_sk = UnicodeAttribute()
    of_unit = OfUnit()
    of_entry = OfEntry()

    def order_texts(self) -> Sequence[str]:
        """By the day it was registered, and that within its unit."""
        day = today(datetime.fromisoformat(self.at)).isoformat()
        return day, f"{self.unit_pk.partition('#')[0]}#{day}"


class HeadItem(GradesItem, discriminator="grade_head"):
    """The end of a pupil's chain, and what stands, as compact rows."""

    number = NumberAttribute()
    digest = UnicodeAttribute()
    held = UnicodeAttribute()
    periods = UnicodeAttribute(null=True)
    before = UnicodeAttribute(null=True)


@dataclass(frozen=True, slots=True)
class Head:
    """The end of a pupil's chain: how many entries, the last one's digest, the grades that stand by subject
    (`Subject.key`), the version read (0: nothing yet), and what a home sees of it.
    """

    pupil: PersonId
    number: int = 0
    digest: str = ""
    held: Mapping[str, Held] = field(default_factory=dict)
    version: int = 0
    stand: Stand = field(default_factory=Stand)


def append(
    head: Head, entries: Sequence[Entry], known: Sequence[Entry] | None = None
) -> tuple[list[Write], tuple[Entry, ...]]:
    """What puts new entries of one pupil after the last one, and the entries with their places. The head is
    put over the version read, so that two at the same time do not both get a place. What replaces an entry,
    or was decided before others, needs the whole chain as it is `known`: ValueError without,
    `ChangedMeanwhile` when it has gone on since.
    """
    made = chained(entries, head.number, head.digest)
    if known is None and any(e.replaces or e.kind == "imported" for e in made):
        raise ValueError("What replaces an entry or was decided earlier is put after a chain that is known.")
    if known is not None and len(known) != head.number:
        raise ChangedMeanwhile
    stand = head.stand.followed(made) if known is None else Stand.of([*known, *made])
    moved = HeadItem(
        f"PUPIL#{head.pupil}", "HEAD", number=made[-1].number, digest=made[-1].digest,
        held=_rows(stand.held.values()), periods=_compact(stand.periods), before=_before(stand),
    )  # fmt: skip
    said = [_entry_item(entry) for entry in made]
    return [*said, *_withdrawn(made, known or ()), moved.over(head.version)], made


def _withdrawn(made: Sequence[Entry], known: Sequence[Entry]) -> Iterator[Overwrite]:
    """Those that new entries withdraw, marked; the head guards them."""
    gone = {entry.replaces for entry in made if entry.kind == "withdrawal"}
    for entry in known:
        if entry.id in gone:
            item = _entry_item(entry)
            item.withdrawn = True
            yield Overwrite(item)


def _entry_item(entry: Entry) -> EntryItem:
    return EntryItem(
        f"PUPIL#{entry.pupil}", f"ENTRY#{entry.number:05}", entry=entry.id, said=canonical(entry),
        at=stamp(entry.at), unit_pk=f"{entry.unit}#{entry.school_year}#{entry.term}",
        unit_sk=f"{entry.subject.key}#{entry.group or '-'}#{entry.pupil}#{entry.number:05}",
    )  # fmt: skip


def wanted_heads(pupils: Iterable[PersonId]) -> Wanted[dict[PersonId, Head]]:
    """The heads of pupils, for `skolkit.table.fetch`; an empty one for who has no entry."""
    keys = {pupil: (f"PUPIL#{pupil}", "HEAD") for pupil in pupils}

    def answer(found: dict[tuple[str, str], HeadItem]) -> dict[PersonId, Head]:
        return {
            pupil: _head(pupil, found[key]) if key in found else Head(pupil) for pupil, key in keys.items()
        }

    return Wanted(HeadItem, list(keys.values()), answer)


def wanted_held(pupils: Iterable[PersonId]) -> Wanted[dict[PersonId, Mapping[str, Held]]]:
    """What stands for pupils by subject (`Subject.key`), without the rest of their heads, which takes as long
    again; nothing for who has no entry.
    """
    keys = {pupil: (f"PUPIL#{pupil}", "HEAD") for pupil in pupils}

    def answer(found: dict[tuple[str, str], HeadItem]) -> dict[PersonId, Mapping[str, Held]]:
        return {
            pupil: _Rows(_by_key(json.loads(found[key].held)) if key in found else {})
            for pupil, key in keys.items()
        }

    return Wanted(HeadItem, list(keys.values()), answer, only=("held",))


def _head(pupil: PersonId, item: HeadItem) -> Head:
    held, (missing, other) = _by_key(json.loads(item.held)), json.loads(item.before or "[[],[]]")
    before = {key: row for key, row in held.items() if key not in missing} | _by_key(other)
    stand = Stand(_Rows(held), tuple(json.loads(item.periods or "[]")), _Rows(before))
    return Head(pupil, int(item.number), item.digest, stand.held, int(item.version or 0), stand)


class _Rows(Mapping[str, Held]):
    """What stands, each made of its row when it is asked for: a class opened in one subject needs one of
    twenty of each pupil's, and of what was before none.
    """

    def __init__(self, rows: dict[str, list[Any]]) -> None:
        self._rows = rows

    def __getitem__(self, key: str) -> Held:
        return _held_of(self._rows[key])

    def __iter__(self) -> Iterator[str]:
        return iter(self._rows)

    def __len__(self) -> int:
        return len(self._rows)


def _by_key(rows: list[list[Any]]) -> dict[str, list[Any]]:
    """Rows by `Subject.key`."""
    return {":".join(filter(None, (s[0], s[1], s[3], s[4]))): row for row in rows for s in [row[8]]}


def _before(stand: Stand) -> str:
    """What a home sees until the last period is published, as what is otherwise than now: the subjects that
    stand since that period alone, and the rows that it has taken the place of.
    """
    missing = [key for key in stand.held if key not in stand.before]
    other = [_held_row(one) for key, one in stand.before.items() if stand.held.get(key) != one]
    return _compact([missing, other])


def entries(pupils: Sequence[PersonId]) -> list[Entry]:
    """All entries of a pupil's records, each record's in order. One consistent query per record and megabyte
    (some 1,500 entries).
    """
    return [entry_of(item) for pupil in pupils for item in _items(pupil)]


def _items(pupil: PersonId) -> Iterator[EntryItem]:
    yield from EntryItem.query(f"PUPIL#{pupil}", EntryItem.sk.startswith("ENTRY#"), consistent_read=True)


def find_entry(pupil: PersonId, id: str) -> Entry | None:
    """One of a pupil's entries. One consistent query."""
    return next((entry for entry in entries([pupil]) if entry.id == id), None)


def keys_of_unit(
    unit: UnitId, school_year: str, term: str, subject: str | None, limit: int, after: dict[str, Any] | None
) -> tuple[list[tuple[str, str]], dict[str, Any] | None]:
    """A page of the keys of a unit's entries of a term, perhaps of one subject (`Subject.key`), and the key
    to go on after. One query of an index, eventually consistent.
    """
    begins = EntryItem.of_unit.query(
        f"{unit}#{school_year}#{term}",
        OfUnit.unit_sk.startswith(f"{subject}#") if subject else None,
        limit=limit, last_evaluated_key=after,
    )  # fmt: skip
    found = [(str(item.pk), str(item.sk)) for item in begins]
    return found, begins.last_evaluated_key


def wanted_entries(keys: Sequence[tuple[str, str]]) -> Wanted[list[Entry]]:
    """Entries by their keys, for `skolkit.table.fetch`."""
    return Wanted(EntryItem, list(keys), lambda found: [entry_of(item) for item in found.values()])


def wanted_numbered(places: Iterable[tuple[PersonId, int]]) -> Wanted[list[Entry]]:
    """Entries by pupil and number, as orders name them, for `skolkit.table.fetch`."""
    return wanted_entries([(f"PUPIL#{pupil}", f"ENTRY#{number:05}") for pupil, number in places])


def find_heads(pupils: Iterable[PersonId], *, consistent: bool = True) -> dict[PersonId, Head]:
    """The heads of pupils. One round trip per 100."""
    found: dict[PersonId, Head] = fetch(wanted_heads(pupils), consistent=consistent)[0]
    return found


def as_read(pupils: Iterable[PersonId]) -> list[Unchanged]:
    """What lets a transaction through only while no entry has come since: of each record the end of its
    chain. One consistent get per record, before the entries are read.
    """
    keys = [(f"PUPIL#{pupil}", "HEAD") for pupil in pupils]
    return [Unchanged(HeadItem.find(*key) or HeadItem(*key)) for key in keys]


@dataclass(frozen=True, slots=True)
class Row:
    """An entry, when it came to be here and was written last, and whether it has been withdrawn."""

    entry: Entry
    created: datetime
    changed: datetime
    withdrawn: bool


def stored_entries(keys: Sequence[tuple[str, str]], *, consistent: bool) -> dict[tuple[str, str], Row]:
    """Entries by key. One `BatchGetItem` per 100."""
    found: dict[tuple[str, str], EntryItem]
    (found,) = fetch(Wanted(EntryItem, keys, dict), consistent=consistent)
    return {
        key: Row(entry_of(item), *feed.times_of(item), bool(item.withdrawn)) for key, item in found.items()
    }


def keys_of_entries(ids: Sequence[str]) -> list[tuple[str, str]]:
    """Where entries are. A query of an index for each, several at a time."""
    with ThreadPoolExecutor(8) as pool:
        found = pool.map(lambda one: list(EntryItem.of_entry.query(one)), ids)
        return [(str(item.pk), str(item.sk)) for items in found for item in items]


def keys_of_pupil(pupil: str) -> list[tuple[str, str]]:
    """Where a pupil's entries are. One consistent query per megabyte."""
    return [(str(item.pk), str(item.sk)) for item in _items(PersonId(pupil))]


def told_again(pupil: PersonId, period: str) -> list[Write]:
    """What puts a pupil's entries of a period last in the feed, with what they say as it is. One consistent
    query.
    """
    return [item for item in _items(pupil) if entry_of(item).period == period]


def entry_of(item: EntryItem) -> Entry:
    """The entry that an item keeps."""
    said = json.loads(item.said)
    subject, deciders = said.pop("subject"), said.pop("deciders")
    return Entry(
        id=said["id"], pupil=PersonId(said["pupil"]), kind=said["kind"], value=said["value"],
        scale=said["scale"], at=datetime.fromisoformat(said["at"]).astimezone(UTC), unit=UnitId(said["unit"]),
        school_year=said["schoolYear"], term=said["term"], year=said.get("year"),
        finished=said["finished"], registered_by=_person(said.get("registeredBy")),
        group=GroupId(said["group"]) if "group" in said else None, activity=said.get("activity"),
        period=said.get("period"), adapted=said.get("adapted", ""), remark=said.get("remark", ""),
        support=said.get("support", ""), replaces=said.get("replaces"), reason=said.get("reason", ""),
        source=said.get("source", ""), syllabus=said.get("syllabus"), converted=said.get("converted", False),
        title=said.get("title", ""), trial=said["trial"],
        number=said["number"], previous=said.get("previous", ""),
        subject=Subject(
            code=subject["code"], name=subject["name"], form=SchoolForm(subject["form"]),
            language=subject["language"], choice=subject["choice"], points=subject["points"],
            work=subject["work"],
        ),
        deciders=tuple(
            Decider(
                person=PersonId(d["person"]), role=d["role"], certified=d["certified"],
                qualified=d["qualified"],
            )
            for d in deciders
        ),
    )  # fmt: skip


def _person(id: str | None) -> PersonId | None:
    return PersonId(id) if id else None


def _held_row(one: Held) -> list[Any]:
    s = one.subject
    subject = [s.form.value, s.code, s.name, s.language, s.choice, s.points, s.work]
    row: list[Any] = [
        one.id, one.number, one.kind, one.value, one.scale, stamp(one.at), one.finished, one.period, subject,
        one.school_year, one.term, one.year, one.trial, one.adapted, one.remark,
    ]  # fmt: skip
    while row[-1] == "":
        row.pop()
    return row


def _held_of(row: list[Any]) -> Held:
    id, number, kind, value, scale, at, finished, period, subject, *more = row
    said: list[Any] = [*more, *[""] * (6 - len(more))]
    school_year, term, year, trial, adapted, remark = said
    form, code, name, language, choice, points, work = subject
    return Held(
        id=id, number=number, kind=kind, value=value, scale=scale, finished=finished, period=period,
        at=datetime.fromisoformat(at).astimezone(UTC), school_year=school_year, term=term or "HT",
        year=year or None, trial=bool(trial), adapted=adapted, remark=remark,
        subject=Subject(
            code=code, name=name, form=SchoolForm(form), language=language, choice=choice, points=points,
            work=work,
        ),
    )  # fmt: skip


def _rows(held: Iterable[Held]) -> str:
    return _compact([_held_row(one) for one in held])


def _compact(rows: object) -> str:
    return json.dumps(rows, ensure_ascii=False, separators=(",", ":"))

"""Marking without names: a marking with its papers by code, and apart from them the key.

`MARKING#<id>` holds the marking (`MARKING`), every paper (`CODE#<code>`) and whose they are (`KEY`), which
only `key` reads. A line in `MARKS#<person>` leads a marker there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache

from pydantic import TypeAdapter
from pynamodb.attributes import JSONAttribute, UnicodeAttribute

from functions.assessment.domain.marking import Code, Marking, Paper
from functions.assessment.domain.sittings import MarkingId
from functions.assessment.store import AssessmentItem
from skolkit.cursor import seal, unseal
from skolkit.table import Overwrite, Remove, Wanted, Write, fetch
from skolkit.types import PersonId


class MarkingItem(AssessmentItem, discriminator="marking"):
    """The marking of a part; `day` is the last day of the part."""

    data = JSONAttribute()
    day = UnicodeAttribute()


class MarkingKeyItem(AssessmentItem, discriminator="marking_key"):
    """Whose the papers are: `{code: pupil}`."""

    pupils = JSONAttribute()
    day = UnicodeAttribute()


class PaperItem(AssessmentItem, discriminator="marked_paper"):
    """A paper with its marks."""

    data = JSONAttribute()
    day = UnicodeAttribute()


class MarkerItem(AssessmentItem, discriminator="marker"):
    """That somebody marks in a marking."""

    day = UnicodeAttribute()


@cache
def _markings() -> TypeAdapter[Marking]:
    return TypeAdapter(Marking)


@cache
def _papers() -> TypeAdapter[Paper]:
    return TypeAdapter(Paper)


def find_marking(id: MarkingId) -> Marking | None:
    """One consistent get."""
    item = MarkingItem.find(*_key(id))
    return _marking(item) if item else None


def _key(id: MarkingId) -> tuple[str, str]:
    return f"MARKING#{id}", "MARKING"


def _marking(item: MarkingItem) -> Marking:
    return _markings().validate_python({**item.data, "version": item.version})


def marking_item(one: Marking) -> MarkingItem:
    """The marking over the version read."""
    data = _markings().dump_python(one, mode="json", exclude={"version"})
    return MarkingItem(*_key(one.id), data=data, day=_day(one)).over(one.version)


def _day(one: Marking) -> str:
    return one.part.last.isoformat()


def marking_writes(old: Marking | None, new: Marking) -> list[Write]:
    """The marking over the version read, with the markers' lines."""
    now, was = set(new.everybody), set(old.everybody) if old else set()
    return [
        marking_item(new),
        *(Overwrite(MarkerItem(f"MARKS#{p}", new.id, day=_day(new))) for p in sorted(now - was)),
        *(Remove(MarkerItem(f"MARKS#{p}", new.id, day=_day(new))) for p in sorted(was - now)),
    ]


def key_item(one: Marking, pupils: Mapping[Code, PersonId]) -> MarkingKeyItem:
    """The key, new."""
    return MarkingKeyItem(f"MARKING#{one.id}", "KEY", pupils=dict(pupils), day=_day(one))


def key(id: MarkingId) -> dict[Code, PersonId]:
    """Whose the papers are. One consistent get."""
    item = MarkingKeyItem.find(f"MARKING#{id}", "KEY")
    return {Code(code): PersonId(pupil) for code, pupil in (item.pupils if item else {}).items()}


def paper_item(one: Marking, paper: Paper) -> PaperItem:
    """A paper over the version read."""
    data = _papers().dump_python(paper, mode="json", exclude={"version"})
    return PaperItem(f"MARKING#{one.id}", f"CODE#{paper.code}", data=data, day=_day(one)).over(paper.version)


def _paper(item: PaperItem) -> Paper:
    return _papers().validate_python({**item.data, "version": item.version})


def papers_of(id: MarkingId) -> list[Paper]:
    """A marking's papers by code, 45 at most. One consistent query."""
    mine = PaperItem.sk.startswith("CODE#")
    return [_paper(item) for item in PaperItem.query(f"MARKING#{id}", mine, consistent_read=True)]


def page_of_marker(
    person: PersonId, limit: int, cursor: str | None, caller: str
) -> tuple[list[Marking], str | None]:
    """A page of the markings that somebody marks in, newest first. A query and a batch."""
    bound = ("markings", person, caller)
    found = MarkerItem.query(
        f"MARKS#{person}", limit=limit, page_size=limit, scan_index_forward=False,
        last_evaluated_key=unseal(cursor, *bound),
    )  # fmt: skip
    return _all([MarkingId(row.sk) for row in found]), seal(found.last_evaluated_key, *bound)


def marked_by(person: PersonId) -> list[Marking]:
    """All markings that somebody marks in."""
    return _all([MarkingId(row.sk) for row in MarkerItem.query(f"MARKS#{person}")])


def _all(ids: Sequence[MarkingId]) -> list[Marking]:
    keys = [_key(id) for id in ids]

    def answer(found: dict[tuple[str, str], MarkingItem]) -> list[Marking]:
        return [_marking(found[key]) for key in keys if key in found]

    rows: list[Marking] = fetch(Wanted(MarkingItem, keys, answer), consistent=True)[0] if keys else []
    return rows

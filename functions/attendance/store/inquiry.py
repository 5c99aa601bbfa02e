"""Investigations of absence with their notes (process 23).

A case is `INQUIRY#<id>` / `CASE`, its notes `NOTE#<when>` and its papers `PAPER#<id>` beside it. That there
is one is said in the lists of its pupil (`INQUIRIES#<pupil>`), its unit (`CASES#<unit>`), those who work on
it (`TEAM#<person>`) and of the days it is to be followed up (`FOLLOWUPS#<day>`), all written by the same
transaction.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from functools import cache

from pydantic import TypeAdapter
from pynamodb.attributes import JSONAttribute, UnicodeAttribute

from functions.attendance.domain.inquiry import Case, Note
from functions.attendance.domain.inquiry_paper import Paper
from functions.attendance.store import AttendanceItem
from functions.attendance.store.suggestions import InquiryListedItem, inquiries_pk, listed
from skolkit.clock import stamp
from skolkit.cursor import seal, unseal
from skolkit.table import Overwrite, Remove, Wanted, Write, fetch
from skolkit.types import PersonId, UnitId, new_id


class InquiryItem(AttendanceItem, discriminator="inquiry"):
    """An investigation."""

    pupil = UnicodeAttribute()
    data = JSONAttribute()


class InquiryNoteItem(AttendanceItem, discriminator="inquiry_note"):
    """A note; never changed."""

    data = JSONAttribute()


class InquiryPaperItem(AttendanceItem, discriminator="inquiry_paper"):
    """A paper of a case; what it is is in the bucket of documents."""

    data = JSONAttribute()


@cache
def _cases() -> TypeAdapter[Case]:
    return TypeAdapter(Case)


@cache
def _notes() -> TypeAdapter[Note]:
    return TypeAdapter(Note)


@cache
def _papers() -> TypeAdapter[Paper]:
    return TypeAdapter(Paper)


def find_case(id: str) -> tuple[InquiryItem, Case] | None:
    """A case. One consistent get."""
    item = InquiryItem.find(*_key(id))
    return (item, _case(item)) if item else None


def cases_of(pupils: Sequence[PersonId]) -> list[Case]:
    """The cases of a pupil's records, oldest first. A consistent query each, and a batch."""
    rows = [
        row
        for pupil in pupils
        for row in InquiryListedItem.query(
            inquiries_pk(pupil), InquiryListedItem.sk.startswith("CASE#"), consistent_read=True
        )
    ]
    return _all([row.about for row in sorted(rows, key=lambda row: str(row.sk))])


def page_of_cases(unit: UnitId, cursor: str | None, limit: int, caller: str) -> tuple[list[Case], str | None]:
    """A page of a unit's open cases, oldest first. A query and a batch."""
    return _page(f"CASES#{unit}", "OPEN#", cursor, limit, caller)


def page_of_own(
    person: PersonId, cursor: str | None, limit: int, caller: str
) -> tuple[list[Case], str | None]:
    """A page of the open cases that somebody works on. A query and a batch."""
    return _page(f"TEAM#{person}", "OPEN#", cursor, limit, caller)


def open_at(unit: UnitId) -> list[PersonId]:
    """The pupils of a unit's open cases. One query per megabyte (about 5,000)."""
    rows = InquiryListedItem.query(f"CASES#{unit}", InquiryListedItem.sk.startswith("OPEN#"))
    return [PersonId(row.pupil) for row in rows]


def count_of(unit: UnitId, since: date) -> tuple[int, int]:
    """How many cases are open at a unit, and how many have been closed since a day. Two queries."""
    pk, sk = f"CASES#{unit}", InquiryListedItem.sk
    opened = InquiryListedItem.count(pk, sk.startswith("OPEN#"))
    closed = InquiryListedItem.count(pk, sk.between(f"CLOSED#{since}", "CLOSED#~"))
    return int(opened), int(closed)


def follow_ups_on(day: date) -> list[str]:
    """The cases to be followed up on a day and not noted yet. One query per megabyte (about 5,000)."""
    return [row.about for row in InquiryListedItem.query(f"FOLLOWUPS#{day}", consistent_read=True)]


def notes_of(case: str) -> list[Note]:
    """A case's notes, oldest first. One consistent query."""
    rows = InquiryNoteItem.query(
        f"INQUIRY#{case}", InquiryNoteItem.sk.startswith("NOTE#"), consistent_read=True
    )
    return [_notes().validate_python(row.data) for row in rows]


def find_paper(case: str, id: str) -> tuple[InquiryPaperItem, Paper] | None:
    """A paper of a case. One consistent get."""
    item = InquiryPaperItem.find(f"INQUIRY#{case}", f"PAPER#{id}")
    return (item, _papers().validate_python(item.data)) if item else None


def papers_of(case: str) -> list[tuple[InquiryPaperItem, Paper]]:
    """A case's papers, oldest first. One consistent query."""
    rows = InquiryPaperItem.query(
        f"INQUIRY#{case}", InquiryPaperItem.sk.startswith("PAPER#"), consistent_read=True
    )
    return [(row, _papers().validate_python(row.data)) for row in rows]


def paper_item(case: str, paper: Paper, item: InquiryPaperItem | None = None) -> InquiryPaperItem:
    """A paper to write over the one read."""
    data = _papers().dump_python(paper, mode="json")
    return InquiryPaperItem(f"INQUIRY#{case}", f"PAPER#{paper.id}", data=data).over(
        item.version if item else None
    )


def writes(case: Case, item: InquiryItem | None = None) -> list[Write]:
    """What stores a case over the one read, with its places in the lists."""
    old = _case(item) if item else None
    fresh = InquiryItem(*_key(case.id), pupil=case.pupil, data=_cases().dump_python(case, mode="json"))
    fresh.over(item.version if item else None)
    places, before = set(_places(case)), set(_places(old) if old else ())
    added = [Overwrite(listed(*place, case.id, case.pupil)) for place in sorted(places - before)]
    gone = [Remove(listed(*place, case.id, case.pupil)) for place in sorted(before - places)]
    return [fresh, *added, *gone]


def note_item(case: str, note: Note) -> InquiryNoteItem:
    """A note, in the order of writing."""
    return InquiryNoteItem(
        f"INQUIRY#{case}", f"NOTE#{stamp(note.at)}#{new_id()}", data=_notes().dump_python(note, mode="json")
    )


def _places(case: Case) -> Iterator[tuple[str, str]]:
    yield inquiries_pk(case.pupil), f"CASE#{case.opened}#{case.id}"
    state = f"CLOSED#{case.closed}" if case.closed else f"OPEN#{case.opened}"
    yield f"CASES#{case.unit}", f"{state}#{case.id}"
    if case.closed is None:
        yield from ((f"TEAM#{person}", f"OPEN#{case.opened}#{case.id}") for person in case.people)
        yield from ((f"FOLLOWUPS#{day}", case.id) for day in case.follow_ups)


def _page(pk: str, begins: str, cursor: str | None, limit: int, caller: str) -> tuple[list[Case], str | None]:
    bound = ("inquiries", pk, caller)
    found = InquiryListedItem.query(
        pk, InquiryListedItem.sk.startswith(begins), limit=limit, page_size=limit,
        last_evaluated_key=unseal(cursor, *bound),
    )  # fmt: skip
    cases = _all([row.about for row in found])
    return cases, seal(found.last_evaluated_key, *bound)


def _all(ids: Sequence[str]) -> list[Case]:
    keys = [_key(id) for id in ids]
    wanted = Wanted(InquiryItem, keys, lambda found: [_case(found[key]) for key in keys if key in found])
    cases: list[Case] = fetch(wanted)[0] if keys else []
    return cases


def _key(case: str) -> tuple[str, str]:
    return f"INQUIRY#{case}", "CASE"


def _case(item: InquiryItem) -> Case:
    return _cases().validate_python(item.data)

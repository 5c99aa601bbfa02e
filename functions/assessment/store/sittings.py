"""Test groups, what came of them, and decisions on exemption.

A sitting is `SITTING#<id>`, and a line in the lists of its unit (`SITTINGS#<unit>#<year>`), of who is
responsible (`HOLDS#<person>`) and of those who write (`WRITES#<person>`). A pupil has one result per subject
and school year, so that many pupils' are one batch read.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from pydantic import TypeAdapter
from pynamodb.attributes import JSONAttribute, UnicodeAttribute

from functions.assessment.domain.national_tests import NationalTest, TestId
from functions.assessment.domain.sittings import Exemption, Result, Sitting, SittingId
from functions.assessment.store import AssessmentItem
from skolkit.config import table_name
from skolkit.cursor import page_through, seal, unseal
from skolkit.jobs import JobItem
from skolkit.sweden.calendar import SchoolYear
from skolkit.table import Overwrite, Remove, Wanted, Write, fetch
from skolkit.types import PersonId, UnitId


class SittingItem(AssessmentItem, discriminator="sitting"):
    """A test of a group; `day` is the last day of the test."""

    data = JSONAttribute()
    day = UnicodeAttribute()


class SittingListedItem(AssessmentItem, discriminator="sitting_listed"):
    """That a unit has a sitting, or somebody is responsible for one or writes in it."""

    day = UnicodeAttribute()


class ResultItem(AssessmentItem, discriminator="test_result"):
    """What came of a test for a pupil; `day` is the last day of the test."""

    data = JSONAttribute()
    grade = UnicodeAttribute(null=True)
    day = UnicodeAttribute()


class ExemptionItem(AssessmentItem, discriminator="exemption"):
    """A decision on exemption; never changed."""

    data = JSONAttribute()


class TestExportItem(JobItem, discriminator="test_export"):
    """A file of results that somebody has asked for."""

    class Meta:
        table_name = table_name("assessment")


@cache
def _sittings() -> TypeAdapter[Sitting]:
    return TypeAdapter(Sitting)


@cache
def _results() -> TypeAdapter[Result]:
    return TypeAdapter(Result)


@cache
def _exemptions() -> TypeAdapter[Exemption]:
    return TypeAdapter(Exemption)


def find_sitting(id: SittingId) -> Sitting | None:
    """One consistent get."""
    item = SittingItem.find(*_key(id))
    return _sitting(item) if item else None


def _key(id: SittingId) -> tuple[str, str]:
    return f"SITTING#{id}", "SITTING"


def sitting_item(one: Sitting) -> SittingItem:
    """The sitting over the version read."""
    data = _sittings().dump_python(one, mode="json", exclude={"version"})
    return SittingItem(*_key(one.id), data=data, day=_day(one.paper)).over(one.version)


def sitting_writes(old: Sitting | None, new: Sitting) -> list[Write]:
    """The sitting over the version read, with its lines."""
    now, was = _lines(new), _lines(old) if old else set[str]()
    return [
        sitting_item(new),
        *(Overwrite(SittingListedItem(pk, new.id, day=_day(new.paper))) for pk in sorted(now - was)),
        *(Remove(SittingListedItem(pk, new.id, day=_day(new.paper))) for pk in sorted(was - now)),
    ]


def _lines(one: Sitting) -> set[str]:
    """The lists a sitting is in: of its unit, of who is responsible, of those who write."""
    writers = {_writes(pupil) for pupil in one.pupils}
    return {_unit(one.unit, one.paper.school_year), _held(one.responsible), *writers}


def _writes(pupil: PersonId) -> str:
    return f"WRITES#{pupil}"


def _held(person: PersonId) -> str:
    return f"HOLDS#{person}"


def _unit(unit: UnitId, year: SchoolYear) -> str:
    return f"SITTINGS#{unit}#{year}"


def _day(paper: NationalTest) -> str:
    return max(part.last for part in paper.parts).isoformat()


def _sitting(item: SittingItem) -> Sitting:
    return _sittings().validate_python({**item.data, "version": item.version})


def page_at(
    unit: UnitId, year: SchoolYear, limit: int, cursor: str | None, caller: str
) -> tuple[list[Sitting], str | None]:
    """A page of a unit's sittings, newest first. A query and a batch."""
    return _page(_unit(unit, year), limit, cursor, caller)


def page_held(
    person: PersonId, limit: int, cursor: str | None, caller: str
) -> tuple[list[Sitting], str | None]:
    """A page of the sittings that somebody is responsible for, newest first. A query and a batch."""
    return _page(_held(person), limit, cursor, caller)


def _page(pk: str, limit: int, cursor: str | None, caller: str) -> tuple[list[Sitting], str | None]:
    bound = ("sittings", pk, caller)
    found = SittingListedItem.query(
        pk, limit=limit, page_size=limit, scan_index_forward=False, last_evaluated_key=unseal(cursor, *bound)
    )
    return _all([SittingId(row.sk) for row in found]), seal(found.last_evaluated_key, *bound)


def sittings_at(unit: UnitId, year: SchoolYear) -> list[Sitting]:
    """All of a unit's sittings in a school year, some tens. A query, and a batch per hundred."""
    rows = SittingListedItem.query(_unit(unit, year), consistent_read=True)
    return _all([SittingId(row.sk) for row in rows])


def sittings_of(person: PersonId) -> tuple[list[Sitting], list[Sitting]]:
    """All sittings in which somebody writes, and all that they are responsible for. Two queries, and their
    batches.
    """
    return written_by([person]), held_by(person)


def written_by(records: Sequence[PersonId]) -> list[Sitting]:
    """All sittings in which a pupil writes. A query per record, and a batch per hundred."""
    return _all([SittingId(row.sk) for one in records for row in SittingListedItem.query(_writes(one))])


def held_by(person: PersonId) -> list[Sitting]:
    """All sittings that somebody is responsible for. A query, and a batch per hundred."""
    return _all([SittingId(row.sk) for row in SittingListedItem.query(_held(person))])


def _all(ids: Sequence[SittingId]) -> list[Sitting]:
    keys = [_key(id) for id in ids]

    def answer(found: dict[tuple[str, str], SittingItem]) -> list[Sitting]:
        return [_sitting(found[key]) for key in keys if key in found]

    rows: list[Sitting] = fetch(Wanted(SittingItem, keys, answer), consistent=True)[0] if keys else []
    return rows


# Results


def result_key(pupil: PersonId, year: SchoolYear, subject: str) -> tuple[str, str]:
    """Where a pupil's result in a subject is."""
    return f"PUPIL#{pupil}", f"RESULT#{year}#{subject}"


def result_item(one: Result) -> ResultItem:
    """The result over the version read."""
    data = _results().dump_python(one, mode="json", exclude={"version"})
    key = result_key(one.pupil, one.paper.school_year, one.paper.subject)
    return ResultItem(*key, data=data, grade=one.grade, day=_day(one.paper)).over(one.version)


def result_of(item: ResultItem) -> Result:
    """The result in an item."""
    return _results().validate_python({**item.data, "version": item.version})


def results(pupils: Sequence[PersonId], paper: NationalTest) -> dict[PersonId, Result]:
    """Pupils' results of a test; those without are left out. One consistent batch."""
    keys = {result_key(pupil, paper.school_year, paper.subject): pupil for pupil in pupils}

    def answer(found: dict[tuple[str, str], ResultItem]) -> dict[PersonId, Result]:
        return {keys[key]: result_of(item) for key, item in found.items()}

    found: dict[PersonId, Result] = fetch(Wanted(ResultItem, list(keys), answer), consistent=True)[0]
    return found


def wanted_grades(
    records: Mapping[PersonId, Sequence[PersonId]], subject: str, year: SchoolYear
) -> Wanted[dict[PersonId, str]]:
    """Test grades in a subject and a school year, by pupil; those without are left out. `records` by pupil
    are those looked at: the first that has a grade holds.
    """
    keys = {pupil: [result_key(one, year, subject) for one in some] for pupil, some in records.items()}
    wanted = list(dict.fromkeys(key for some in keys.values() for key in some))

    def answer(found: dict[tuple[str, str], Any]) -> dict[PersonId, str]:
        graded = {key: item.grade for key, item in found.items() if item.grade}
        mine = {pupil: [graded[key] for key in some if key in graded] for pupil, some in keys.items()}
        return {pupil: grades[0] for pupil, grades in mine.items() if grades}

    return Wanted(ResultItem, wanted, answer, only=("grade",))


def page_of_results(
    records: Sequence[PersonId], limit: int, cursor: str | None, caller: str
) -> tuple[list[Result], str | None]:
    """A page of the results of all a pupil's records, newest first. One query per record."""

    def read(pk: str, after: Any, size: int) -> tuple[list[Result], Any]:
        found = ResultItem.query(
            pk, ResultItem.sk.startswith("RESULT#"), limit=size, page_size=size, scan_index_forward=False,
            last_evaluated_key=after,
        )  # fmt: skip
        return [result_of(item) for item in found], found.last_evaluated_key

    bound = ("test-results", records[0], caller)
    page, place = page_through([f"PUPIL#{r}" for r in records], unseal(cursor, *bound), limit, read)
    return page, seal(place, *bound)


# Exemption


def exemption_item(one: Exemption) -> ExemptionItem:
    """A new decision; refused by the transaction where there is one of its number."""
    data = _exemptions().dump_python(one, mode="json")
    return ExemptionItem(f"PUPIL#{one.pupil}", f"EXEMPT#{one.test}#{one.number:03}", data=data)


def exemptions_of(pupil: PersonId, test: TestId) -> list[Exemption]:
    """The decisions about a pupil and a test, first to last. One consistent query."""
    mine = ExemptionItem.sk.startswith(f"EXEMPT#{test}#")
    return [exemption_of(item) for item in ExemptionItem.query(f"PUPIL#{pupil}", mine, consistent_read=True)]


def exemption_of(item: ExemptionItem) -> Exemption:
    """The decision in an item."""
    return _exemptions().validate_python(item.data)


def page_of_exemptions(
    records: Sequence[PersonId], limit: int, cursor: str | None, caller: str
) -> tuple[list[Exemption], str | None]:
    """A page of the decisions about all a pupil's records. One query per record."""

    def read(pk: str, after: Any, size: int) -> tuple[list[Exemption], Any]:
        found = ExemptionItem.query(
            pk, ExemptionItem.sk.startswith("EXEMPT#"), limit=size, page_size=size, last_evaluated_key=after
        )
        return [exemption_of(item) for item in found], found.last_evaluated_key

    bound = ("exemptions", records[0], caller)
    page, place = page_through([f"PUPIL#{r}" for r in records], unseal(cursor, *bound), limit, read)
    return page, seal(place, *bound)

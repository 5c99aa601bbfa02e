"""The calendar of national tests, and which subjects of NO and SO units have been given.

A test is `TEST#<id>`, and once more in the list of its school year, `TESTS#<year>`, written by the same
transaction.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from pydantic import TypeAdapter
from pynamodb.attributes import JSONAttribute, UnicodeAttribute

from functions.assessment.domain.national_tests import Block, NationalTest, TestId
from functions.assessment.store import AssessmentItem
from skolkit.config import table_name
from skolkit.cursor import seal, unseal
from skolkit.imports import ImportItem
from skolkit.sweden.calendar import SchoolYear
from skolkit.table import Overwrite, Write
from skolkit.types import UnitId


class TestItem(AssessmentItem, discriminator="national_test"):
    """A test of the calendar."""

    data = JSONAttribute()


class TestListedItem(AssessmentItem, discriminator="national_test_listed"):
    """The same test in its school year's list."""

    test = UnicodeAttribute()
    data = JSONAttribute()


class GivenItem(AssessmentItem, discriminator="given_subjects"):
    """Which subject of NO and of SO a unit has been given in a school year."""

    no = UnicodeAttribute(null=True)
    so = UnicodeAttribute(null=True)


class AssessmentImportItem(ImportItem, discriminator="assessment_import"):
    """How far an import has come."""

    class Meta:
        table_name = table_name("assessment")


@cache
def tests() -> TypeAdapter[NationalTest]:
    """How a test is written and read, here and where one is held."""
    return TypeAdapter(NationalTest)


def find_test(id: TestId) -> NationalTest | None:
    """One consistent get."""
    item = TestItem.find(f"TEST#{id}", "TEST")
    return _test(item) if item else None


def item_of(test: NationalTest) -> TestItem:
    """The test's own item, over the version read."""
    return TestItem(f"TEST#{test.id}", "TEST", data=_data(test)).over(test.version)


def test_writes(test: NationalTest) -> list[Write]:
    """The test over the version read, and its line in the list."""
    line = f"{test.form.value}#{test.year or 0:02}#{test.subject}#{test.id}"
    listed = TestListedItem(f"TESTS#{test.school_year}", line, test=test.id, data=_data(test))
    return [item_of(test), Overwrite(listed)]


def page_of_tests(
    year: SchoolYear, limit: int, cursor: str | None, caller: str
) -> tuple[list[NationalTest], str | None]:
    """A page of a school year's tests by form, year and subject. One query."""
    bound = ("national-tests", str(year), caller)
    found = TestListedItem.query(
        f"TESTS#{year}", limit=limit, page_size=limit, last_evaluated_key=unseal(cursor, *bound)
    )
    return [_test(item) for item in found], seal(found.last_evaluated_key, *bound)


def tests_of(year: SchoolYear) -> list[NationalTest]:
    """All of a school year's tests, about a hundred. One query."""
    return [_test(item) for item in TestListedItem.query(f"TESTS#{year}", consistent_read=True)]


def _data(test: NationalTest) -> object:
    return tests().dump_python(test, mode="json", exclude={"version"})


def _test(item: TestItem | TestListedItem) -> NationalTest:
    return tests().validate_python({**item.data, "version": item.version})


def given(unit: UnitId, year: SchoolYear) -> tuple[dict[Block, str], int]:
    """The subjects a unit has been given, and the version of that (0: nothing yet). One consistent get."""
    item = GivenItem.find(f"UNIT#{unit}", f"GIVEN#{year}")
    if item is None:
        return {}, 0
    pairs: list[tuple[Block, str | None]] = [("NO", item.no), ("SO", item.so)]
    return {block: subject for block, subject in pairs if subject}, item.version or 0


def given_item(unit: UnitId, year: SchoolYear, subjects: Mapping[Block, str], version: int) -> GivenItem:
    """What a unit has been given, over the version read."""
    item = GivenItem(f"UNIT#{unit}", f"GIVEN#{year}", no=subjects.get("NO"), so=subjects.get("SO"))
    return item.over(version)

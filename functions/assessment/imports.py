"""Files of the calendar of national tests, and of the subjects that units have been given (process 31)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Annotated, Any

from pydantic import AfterValidator

from functions.assessment.domain import national_tests as rules
from functions.assessment.domain.national_tests import Block, NationalTest
from functions.assessment.events import ImportFinished
from functions.assessment.schemas.national_tests import NewTest, SubjectCode, Year
from functions.assessment.store import national_tests as store
from functions.assessment.store.national_tests import AssessmentImportItem
from functions.organisation import queries as organisation
from skolkit.errors import DomainError, Text
from skolkit.imports import FileRow, Importer, Row, RowFault, Source, differing, save
from skolkit.sweden.calendar import SchoolYear
from skolkit.table import fetch
from skolkit.types import UnitId


def take_tests(rows: Sequence[Row[NewTest]], source: Source) -> list[RowFault]:
    """Write tests that differ from the stored ones. Per 100: 1 read and 3 transactions."""
    found, faults = dict[str, NationalTest](), list[RowFault]()
    for row in rows:
        try:
            test = rules.check(row.data.test())
        except DomainError as refusal:
            faults += [RowFault(row.line, f.field, f.reason, f.advice) for f in refusal.faults]
        else:
            found[test.id] = test
    changed = differing([store.item_of(test) for test in found.values()])
    # The version read is over which the test and its line in the list are written.
    versions = {item.pk.removeprefix("TEST#"): item.version for item in changed}
    save([store.test_writes(replace(found[id], version=version)) for id, version in versions.items()], source)
    return faults


class GivenRow(FileRow):
    """What a unit has been given in a school year; `unit` is a school unit code or an id."""

    unit: Annotated[str, AfterValidator(organisation.unit_named)]
    school_year: Year
    no: SubjectCode | None = None
    so: SubjectCode | None = None

    @property
    def subjects(self) -> Mapping[Block, str]:
        pairs: list[tuple[Block, str | None]] = [("NO", self.no), ("SO", self.so)]
        return {block: subject for block, subject in pairs if subject}


_UNKNOWN = Text("Skolenheten finns inte.", "The school unit does not exist.")
_ADVICE = Text("Läs in enheterna först, eller rätta koden.", "Import the units first, or correct the code.")


def take_given(rows: Sequence[Row[GivenRow]], source: Source) -> list[RowFault]:
    """Write what differs from what is stored. Per 100: 2 reads and 2 transactions."""
    (units,) = fetch(organisation.wanted_units([UnitId(row.data.unit) for row in rows]))
    known = [row.data for row in rows if row.data.unit in units]
    items = [
        store.given_item(UnitId(row.unit), SchoolYear.parse(row.school_year), row.subjects, 0)
        for row in known
    ]
    save([[item] for item in differing(items)], source)
    return [RowFault(row.line, "unit", _UNKNOWN, _ADVICE) for row in rows if row.data.unit not in units]


def _read_test(raw: Any) -> NewTest:
    return NewTest.model_validate_json(raw) if isinstance(raw, str) else NewTest.model_validate(raw)


def _read_given(raw: Any) -> GivenRow:
    return GivenRow.model_validate_json(raw) if isinstance(raw, str) else GivenRow.model_validate(raw)


TESTS: Importer[NewTest] = Importer(
    name="import_tests", item=AssessmentImportItem, finished=ImportFinished, read=_read_test, take=take_tests,
    key=lambda row: row.test().id, shown=("subject", "year", "code", "kind"),
)  # fmt: skip
GIVEN: Importer[GivenRow] = Importer(
    name="import_given_subjects", item=AssessmentImportItem, finished=ImportFinished, read=_read_given,
    take=take_given, key=lambda row: (row.unit, row.school_year), shown=("unit", "no", "so"),
)  # fmt: skip

"""Files of certifications (legitimationer, process 15), as Skolverket's register of teachers has them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Annotated

from pydantic import Field

from functions.organisation.domain.staffing import Certification, Qualification
from functions.organisation.events import ImportFinished
from functions.organisation.imports.common import Id
from functions.organisation.schemas.staffing import SchoolGrade, Subject
from functions.organisation.store import base as base_store
from functions.organisation.store import duties as store
from functions.register import queries as register
from skolkit.errors import Text
from skolkit.events import Fact
from skolkit.imports import FileRow, Importer, Row, RowFault, Source, save
from skolkit.sweden.codes import SchoolForm
from skolkit.table import Write, fetch
from skolkit.types import PersonId


class QualificationRow(FileRow):
    """Qualified (behörig) in a subject, null for all, of a school form and some of its years."""

    subject: Subject | None = None
    school_form: SchoolForm
    first_year: SchoolGrade | None = None
    last_year: SchoolGrade | None = None


class CertificationRow(FileRow):
    """What is known of one person's certification; a later row replaces all of it."""

    person: Id
    certified: bool
    since: date | None = None
    qualifications: Annotated[tuple[QualificationRow, ...], Field(max_length=60)] = ()

    def certification(self) -> Certification:
        return Certification(
            certified=self.certified,
            since=self.since,
            qualifications=tuple(
                Qualification(q.subject, q.school_form, q.first_year, q.last_year)
                for q in self.qualifications
            ),
        )


_UNKNOWN = Text("Personen finns inte i registret.", "The person is not in the register.")
_ADVICE = Text("Läs in personen först.", "Import the person first.")


def take_certifications(rows: Sequence[Row[CertificationRow]], source: Source) -> list[RowFault]:
    """Write certifications that differ from the stored ones. Per 100 rows: 1 read and 1 transaction."""
    people = [PersonId(row.data.person) for row in rows]
    names, stored = fetch(register.wanted_names(people), store.wanted_certifications(people), consistent=True)
    faults: list[RowFault] = []
    bundles: list[list[Write | Fact]] = []
    for row in rows:
        person, held = PersonId(row.data.person), row.data.certification()
        old = stored.get(person, Certification())
        if person not in names:
            faults.append(RowFault(row.line, "person", _UNKNOWN, _ADVICE, person))
        elif (held.certified, held.since, held.qualifications) != (
            old.certified, old.since, old.qualifications,
        ):  # fmt: skip
            bundles.append([store.certification_item(person, held).over(old.version)])
    save(bundles, source)
    return faults


CERTIFICATIONS: Importer[CertificationRow] = Importer(
    name="import_certifications",
    item=base_store.OrganisationImportItem,
    finished=ImportFinished,
    read=CertificationRow.model_validate_json,
    take=take_certifications,
    key=lambda row: row.person,
    shown=("certified", "since"),
)

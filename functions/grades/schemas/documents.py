"""Grade documents over HTTP."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from functions.grades.domain.documents import DocumentKind, Issuer, Language, Revocation, State
from functions.grades.schemas.common import Id
from skolkit.http import Shape
from skolkit.sweden.codes import SchoolForm


class NewDocument(Shape):
    """A document of one pupil. `period` for a terminsbetyg, and for a slutbetyg that is shown when the
    period's grades are; `offeredHours` for an avgångsintyg; `direction` of a diploma of adult education:
    SH or NT (study areas), or the code of a vocational programme.
    """

    student: Id
    kind: DocumentKind
    school_form: SchoolForm
    language: Language = "sv"
    period: Id | None = None
    offered_hours: Annotated[int, Field(ge=0, le=20_000)] | None = None
    direction: Annotated[str, Field(pattern="^[A-Z]{2}$")] | None = None


class NewDocuments(Shape):
    """The same document of all pupils of a period."""

    kind: Literal["termGrades", "finalGrades", "diploma", "studyCertificate"]
    language: Language = "sv"


class DocumentView(Shape):
    """A document. `stale`: a grade in it has been corrected or changed, and it is to be replaced; `endedBy`
    is the document that replaced it, or why it was revoked.
    """

    id: Id
    kind: DocumentKind
    title: str
    language: Language
    school_form: SchoolForm
    organisation: Id
    number: str
    issued: datetime
    issued_by: Id
    role: Issuer
    period: Id | None
    state: State
    ended: datetime | None
    ended_by: str
    stale: bool
    sha256: str
    entries: list[Id]
    version: int


class DocumentPage(Shape):
    """A pupil's documents, newest first."""

    data: list[DocumentView]
    cursor: str | None


class DocumentLink(Shape):
    """Where to fetch the file, for so many seconds."""

    url: str
    seconds: int
    sha256: str


class NewRevocation(Shape):
    """Why a document is revoked."""

    reason: Revocation


class RowView(Shape):
    """What became of one pupil in a job; `reason` is the code of a refusal."""

    student: Id
    outcome: Literal["issued", "unchanged", "refused"]
    document: Id | None
    reason: str | None


class RowPage(Shape):
    """A job's pupils; `cursor` leads to the next page."""

    data: list[RowView]
    cursor: str | None


class DueDocumentView(Shape):
    """A document to be replaced since a grade in it was corrected or changed."""

    document: Id
    student: Id
    kind: DocumentKind
    since: datetime


class DueDocumentPage(Shape):
    """A unit's documents to be replaced, oldest first."""

    data: list[DueDocumentView]
    cursor: str | None


class CheckQuery(Shape):
    """The code on the document, as it is typed, and the language of the page."""

    code: Annotated[str, Field(max_length=60)] = ""
    language: Annotated[Language, Field(alias="l")] = "sv"


class CheckForm(CheckQuery):
    """What somebody reads on the document: birth date and grades."""

    born: Annotated[str, Field(max_length=20)]
    grades: Annotated[str, Field(max_length=400)]


class CheckView(Shape):
    """What everybody may know of a document: nothing of whose it is."""

    state: Literal["issued", "replaced", "revoked", "unknown"]
    kind: DocumentKind | None
    number: str | None
    school_unit: str | None
    issued: str | None
    ended: str | None
    sha256: str | None

"""Tables in and out over HTTP."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from functions.register.schemas.common import Id
from skolkit.http import Shape
from skolkit.table_files import Format

TableName = Literal["persons", "enrolments"]


class FormatQuery(Shape):
    """CSV (semicolons, UTF-8) or an Excel workbook, with Swedish or English headings."""

    format: Format = "csv"
    language: Literal["sv", "en"] = "sv"


class ColumnView(Shape):
    """A column: its field and headings."""

    field: str
    sv: str
    en: str


class TemplateView(Shape):
    """An empty table as a file (`content` in base64), and what its columns are."""

    name: str
    content_type: str
    content: str
    columns: list[ColumnView]


class NewUpload(Shape):
    """Which table a file will be, and its format."""

    table: TableName
    format: Format


class UploadView(Shape):
    """Where to send the file: a form (multipart POST to `url`) with `fields` first and the `file` last,
    within a quarter of an hour; at most `mostBytes`.
    """

    id: Id
    url: str
    fields: dict[str, str]
    most_bytes: int


Heading = Annotated[str, Field(min_length=1, max_length=100)]


class Mapping(Shape):
    """What the file's own headings are: heading to field, or to "" to leave the column out. It is kept for
    the next file of this table; left out, the kept one is used.
    """

    mapping: Annotated[dict[Heading, Annotated[str, Field(max_length=40)]], Field(max_length=60)] | None = (
        None
    )


class NewExport(Shape):
    """Which table of a unit's pupils."""

    table: TableName
    unit: Id
    format: Format = "csv"


class RowQuery(Shape):
    """Which page of a job's rows."""

    cursor: Annotated[str, Field(max_length=500)] | None = None


class RowFaultView(Shape):
    """What is wrong with a field; `value` only when it is no personal datum."""

    field: str
    reason: str
    advice: str
    value: str | None = None
    formula: bool = False


class TableRow(Shape):
    """What a row does or did: `fields` that differ, never their values."""

    line: int
    outcome: Literal["created", "changed", "unchanged", "refused"]
    person: str | None
    fields: list[str]
    faults: list[RowFaultView]


class TableRowPage(Shape):
    """A page of a job's rows."""

    data: list[TableRow]
    cursor: str | None


class FileQuery(Shape):
    """Which of the job's files (`outcome.files`)."""

    name: Annotated[str, Field(pattern=r"^[a-z]{1,20}\.(csv|xlsx)$")]


class FileLink(Shape):
    """A link that downloads the file; it works for five minutes and is for whoever asked."""

    url: str

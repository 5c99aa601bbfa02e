"""Tables in and out over HTTP."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from skolkit.http import Shape
from skolkit.tables.formats import Format

Id = Annotated[str, Field(pattern=r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")]


class FormatQuery(Shape):
    """CSV (semicolons, UTF-8) or an Excel workbook, with Swedish or English headings."""

    format: Format = "csv"
    language: Literal["sv", "en"] = "sv"


class ColumnView(Shape):
    """A column: its field and headings. One that is only `shown` is left alone when it comes in."""

    field: str
    sv: str
    en: str
    shown: bool


class TemplateView(Shape):
    """An empty table as a file (`content` in base64), what its columns are, and which headings of the
    caller's own are known.
    """

    name: str
    content_type: str
    content: str
    columns: list[ColumnView]
    mapping: dict[str, str]


class NewUpload(Shape):
    """The format of the file that will be sent."""

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
    the caller's next file of this table; left out, the kept one is used.
    """

    mapping: Annotated[dict[Heading, Annotated[str, Field(max_length=40)]], Field(max_length=60)] | None = (
        None
    )


class NewExport(Shape):
    """Whose: a unit's, or the whole municipality's when `unit` is null."""

    unit: Id | None
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


class TableRow(Shape):
    """What a row does or did: whom or what it is `about`, the `fields` that differ, never their values, and
    the `formulas` whose value was read.
    """

    line: int
    outcome: Literal["created", "changed", "unchanged", "refused"]
    about: str | None
    fields: list[str]
    formulas: list[str]
    faults: list[RowFaultView]


class TableRowPage(Shape):
    """A page of a job's rows."""

    data: list[TableRow]
    cursor: str | None


class FileName(Shape):
    """Which of the job's files (`outcome.files`)."""

    name: Annotated[str, Field(pattern=r"^[a-z]{1,20}\.(csv|xlsx)$")]


class FileLink(Shape):
    """A link that downloads the file; it works for five minutes and is for whoever asked."""

    url: str
    seconds: int

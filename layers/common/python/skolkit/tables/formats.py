"""Tables as people keep them: CSV and Excel files read into rows of text, checked before they are parsed, and
written so that no cell is a formula.

A file is read whole or refused whole (`UnfitFile`): too big, not text, macros, a password, a zip that unpacks
to something else than it looks. CSV is read in the encoding and with the separator it was written, and
written for a Swedish Excel: semicolons, UTF-8 with a mark.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any, Literal

from skolkit import archives
from skolkit.errors import Text
from skolkit.imports import UnfitFile

Format = Literal["csv", "xlsx"]

MOST_BYTES = 20_000_000
MOST_ROWS = 50_000
MOST_COLUMNS = 60
LONGEST_CELL = 2_000  # characters
MOST_ENTRIES = 200  # of the zip that an Excel file is
CONTENT_TYPES: Mapping[Format, str] = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")  # in XML
_DANGEROUS = ("=", "+", "-", "@", "\t", "\r")
_TWICE = re.compile("Ã[¥¤¶…„–]")  # å, ä, ö, Å, Ä, Ö of UTF-8 read as Windows-1252
_AS_UTF8 = Text(
    "Spara som ”CSV UTF-8 (kommaavgränsad)” eller som Excel-arbetsbok (.xlsx).",
    "Save as “CSV UTF-8 (comma delimited)” or as an Excel workbook (.xlsx).",
)


@dataclass(frozen=True, slots=True)
class Cells:
    """A row of a file as text, by column from 0; `formulas` are the columns whose value is calculated."""

    line: int
    texts: tuple[str, ...]
    formulas: frozenset[int] = frozenset()


def read_table(content: bytes, format: Format) -> Iterator[Cells]:
    """Every row that is not empty, the headings first. Raises `UnfitFile`."""
    if len(content) > MOST_BYTES:
        raise unfit("Filen är större än 20 MB.", "The file is larger than 20 MB.")
    rows = _csv(content) if format == "csv" else _xlsx(content)
    count = 0
    for row in rows:
        if len(row.texts) > MOST_COLUMNS:
            raise unfit("Tabellen har fler än 60 kolumner.", "The table has more than 60 columns.", row.line)
        if any(len(text) > LONGEST_CELL for text in row.texts):
            raise unfit("En cell har över 2 000 tecken.", "A cell has over 2,000 characters.", row.line)
        if any(row.texts):
            count += 1
            if count > MOST_ROWS + 1:
                raise unfit("Tabellen har över 50 000 rader.", "The table has over 50,000 rows.", row.line)
            yield row


def write_table(rows: Iterable[Sequence[object]], format: Format, *, title: str = "Tabell") -> bytes:
    """A file of rows, the headings first. Text that a spreadsheet could take for a formula is led by an
    apostrophe (CWE-1236), which `read_table` takes away again.
    """
    return _written_csv(rows) if format == "csv" else _written_xlsx(rows, title)


def harmless(text: str) -> str:
    """The text as a cell that is never calculated.

    >>> harmless("=1+1"), harmless("+46701740605"), harmless("Åsa")
    ("'=1+1", "'+46701740605", 'Åsa')
    """
    return f"'{text}" if text.startswith(_DANGEROUS) else text


def letter(number: int) -> str:
    """A column's letters.

    >>> letter(0), letter(27)
    ('A', 'AB')
    """
    return ("" if number < 26 else letter(number // 26 - 1)) + chr(65 + number % 26)


def _cell(text: str) -> str:
    text = text.strip()
    return text[1:] if text[:1] == "'" and text[1:].startswith(_DANGEROUS) else text


def _csv(content: bytes) -> Iterator[Cells]:
    text = decoded(content)
    if "\0" in text:
        raise unfit("Filen är ingen textfil.", "The file is no text file.")
    said = re.match(r"sep=(.)\r?\n", text)  # Excel's own word for the separator
    first = text.partition("\n")[0]
    delimiter = said[1] if said else max(";,\t", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        for row in reader:
            if said and reader.line_num == 1:
                continue
            formulas = frozenset(n for n, cell in enumerate(row) if cell.startswith("="))
            yield Cells(reader.line_num, tuple(map(_cell, row)), formulas)
    except csv.Error:
        raise unfit(
            "Raden går inte att läsa som CSV.", "The line cannot be read as CSV.", reader.line_num,
            Text("Kontrollera citattecken.", "Check the quotes."),
        ) from None  # fmt: skip


def decoded(content: bytes) -> str:
    """The text of a file in UTF-8, UTF-16 or Windows-1252 (what Excel calls Latin-1 or ANSI), with a byte
    order mark or without. A mark that says UTF-8 of what is not is a mistake of the writing program and is
    left out. Raises `UnfitFile` for what is none of them, or was decoded wrongly before it was saved.

    >>> decoded("Åsa".encode("cp1252")), decoded("Åsa".encode("utf-16"))
    ('Åsa', 'Åsa')
    """
    if wide := _wide(content):
        return _strict(content, wide)
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = _strict(content.removeprefix(b"\xef\xbb\xbf"), "cp1252")
    if found := _TWICE.search(text):
        raise unfit(
            "Filen är delvis UTF-8 och delvis något annat.",
            "The file is partly UTF-8, partly something else.",
            text.count("\n", 0, found.start()) + 1, _AS_UTF8,
        )  # fmt: skip
    return text


def _wide(content: bytes) -> str | None:
    """Which UTF-16 it is: by its mark, or without one because every other byte of Latin text is 0."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    start = content[:400]
    low, high = start[1::2].count(0), start[::2].count(0)
    if max(low, high) * 4 < len(start):
        return None
    return "utf-16-le" if low > high else "utf-16-be"


def _strict(content: bytes, encoding: str) -> str:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise unfit(
            "Filens teckenkodning är varken UTF-8, UTF-16 eller Windows-1252.",
            "The file is in neither UTF-8, UTF-16 nor Windows-1252.", line, _AS_UTF8,
        ) from None  # fmt: skip


def _xlsx(content: bytes) -> Iterator[Cells]:
    """The first sheet's values; of a formula the value last calculated."""
    _check_workbook(content)
    import openpyxl

    try:
        books = [
            openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=values, keep_links=False)
            for values in (False, True)
        ]
        sheets = [book.worksheets[0].iter_rows(max_col=MOST_COLUMNS + 1) for book in books]
        for line, (written, values) in enumerate(zip(*sheets, strict=False), 1):
            if line > MOST_ROWS + 1:
                raise unfit("Tabellen har över 50 000 rader.", "The table has over 50,000 rows.", line)
            formulas = frozenset(n for n, cell in enumerate(written) if cell.data_type == "f")
            texts = tuple(_cell(_text(cell.value)) for cell in values)
            yield Cells(line, _trimmed(texts), formulas)
    except UnfitFile:
        raise
    except Exception:  # noqa: BLE001 - whatever a made-up workbook makes the library do
        raise unfit(
            "Arbetsboken går inte att läsa.", "The workbook cannot be read.",
            advice=Text("Spara om den som Excel-arbetsbok (.xlsx).", "Save it again as .xlsx."),
        ) from None  # fmt: skip


def _check_workbook(content: bytes) -> None:
    """What kind of file it is and how big it becomes, before any of it is unpacked."""
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        raise unfit(
            "Filen är lösenordsskyddad eller i det gamla formatet .xls.",
            "The file has a password or is in the old .xls format.",
            advice=Text("Spara utan lösenord som .xlsx.", "Save it without a password as .xlsx."),
        )
    try:
        names = {entry.filename.lower() for entry in archives.entries_of(content, MOST_ENTRIES)}
    except archives.NoArchive:
        raise unfit("Filen är ingen Excel-arbetsbok.", "The file is no Excel workbook.") from None
    except archives.TooMuch:
        raise unfit(
            "Arbetsboken packas upp till orimligt mycket.", "The workbook unpacks to unreasonably much."
        ) from None
    if archives.has_macros(names):
        raise unfit(
            "Arbetsboken innehåller makron.", "The workbook has macros.",
            advice=Text("Spara den som .xlsx, utan makron.", "Save it as .xlsx, without macros."),
        )  # fmt: skip
    if "xl/workbook.xml" not in names:
        raise unfit("Filen är ingen Excel-arbetsbok.", "The file is no Excel workbook.")


def _text(value: Any) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case datetime() if value.time() == time():
            return value.date().isoformat()
        case datetime() | date():
            return value.isoformat()
        case float() if value.is_integer():
            return str(int(value))
    return str(value)


def _trimmed(texts: tuple[str, ...]) -> tuple[str, ...]:
    last = max((n for n, text in enumerate(texts, 1) if text), default=0)
    return texts[:last]


def _written_csv(rows: Iterable[Sequence[object]]) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerows([harmless(_text(value)) for value in row] for row in rows)
    return b"\xef\xbb\xbf" + text.getvalue().encode()


def _written_xlsx(rows: Iterable[Sequence[object]], title: str) -> bytes:
    import openpyxl
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Font

    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet(title)
    sheet.freeze_panes = "A2"
    for number, row in enumerate(rows):
        cells = []
        for value in row:
            # Text through and through: Excel would make a date of 1-2 and drop the first 0 of a number.
            cell = WriteOnlyCell(sheet, _UNWRITABLE.sub("", harmless(_text(value))))
            cell.data_type, cell.number_format = "s", "@"
            if number == 0:
                cell.font = Font(bold=True)
            cells.append(cell)
        if number == 0:
            for n, value in enumerate(row):
                sheet.column_dimensions[letter(n)].width = max(12, len(str(value)) + 2)
        sheet.append(cells)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def unfit(sv: str, en: str, line: int = 1, advice: Text | None = None) -> UnfitFile:
    """The refusal of a file as a whole."""
    return UnfitFile(
        line,
        Text(sv, en),
        advice or Text("Rätta filen och lägg in den igen.", "Correct the file and try again."),
    )

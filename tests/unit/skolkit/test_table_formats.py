"""Tables as files: read as they are meant, refused whole when they are not what they seem, written safely."""

from __future__ import annotations

import io
import zipfile

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skolkit.imports import UnfitFile
from skolkit.tables.columns import Column, fields_of, template
from skolkit.tables.formats import MOST_COLUMNS, MOST_ROWS, Cells, Format, read_table, write_table

COLUMNS = (
    Column("givenName", "Förnamn", "Given name", "Åsa", ("tilltalsnamn",)),
    Column("phone", "Telefon", "Telephone", "070-174 06 05"),
)
text = st.text(st.characters(blacklist_categories=("Cs", "Cc")), max_size=20).map(str.strip)


def texts(content: bytes, format: Format) -> list[tuple[str, ...]]:
    return [row.texts for row in read_table(content, format)]


def workbook(*rows: tuple[object, ...]) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def with_entry(content: bytes, name: str, data: bytes) -> bytes:
    made = io.BytesIO(content)
    with zipfile.ZipFile(made, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, data)
    return made.getvalue()


@pytest.mark.parametrize("format", ["csv", "xlsx"])
def test_a_template_is_read_back(format: Format) -> None:
    rows = texts(template(COLUMNS, format), format)
    assert rows == [("Förnamn", "Telefon"), ("Åsa", "070-174 06 05")]


def test_csv_is_what_a_swedish_excel_opens() -> None:
    content = template(COLUMNS, "csv")
    assert content == "\ufeffFörnamn;Telefon\r\nÅsa;070-174 06 05\r\n".encode()


@pytest.mark.parametrize("format", ["csv", "xlsx"])
@settings(max_examples=20)
@given(rows=st.lists(st.tuples(text.filter(bool), text.filter(bool)), min_size=1, max_size=5))
def test_what_is_written_is_read(format: Format, rows: list[tuple[str, str]]) -> None:
    if format == "csv":
        rows = [tuple(f"x{cell}" for cell in row) for row in rows]  # type: ignore[misc]
    same = [row for row in rows if not any(cell.startswith("'") for cell in row)]
    same = [("Namn", "Ort"), *same]  # by its headings a file's separator is known
    assert texts(write_table(same, format), format) == same


@pytest.mark.parametrize("cell", ["=1+1", "+46701740605", "-2", "@SUM(A1)", "\t=1", "\r=1"])
def test_no_cell_written_is_a_formula(cell: str) -> None:
    assert b"'" + cell.strip().encode()[:2] in write_table([[cell]], "csv").replace(b"\t", b"").replace(
        b"\r", b""
    )
    (sheet,) = openpyxl.load_workbook(io.BytesIO(write_table([[cell]], "xlsx"))).worksheets
    assert sheet["A1"].data_type == "s"


@pytest.mark.parametrize("separator", [";", ",", "\t"])
def test_every_usual_separator_is_read(separator: str) -> None:
    content = f"Förnamn{separator}Telefon\n\nÅsa{separator}1\n".encode()
    assert [(r.line, r.texts) for r in read_table(content, "csv")] == [
        (1, ("Förnamn", "Telefon")), (3, ("Åsa", "1")),
    ]  # fmt: skip


ENCODINGS = {
    "utf-8": b"", "utf-8-sig": b"", "utf-16": b"", "utf-16-le": b"", "utf-16-be": b"", "cp1252": b"",
    "latin-1": b"\xef\xbb\xbf",
}  # fmt: skip


@pytest.mark.parametrize(("encoding", "mark"), ENCODINGS.items())
def test_every_usual_encoding_is_read_with_and_without_a_mark(encoding: str, mark: bytes) -> None:
    content = mark + "Förnamn;Efternamn\r\nÅsa;Öberg\r\n".encode(encoding)
    assert texts(content, "csv") == [("Förnamn", "Efternamn"), ("Åsa", "Öberg")]


def test_excels_own_word_for_the_separator_is_no_row() -> None:
    assert texts(b"sep=,\nId,a;b\nx,y\n", "csv") == [("Id", "a;b"), ("x", "y")]


def test_a_formula_in_a_text_file_is_told() -> None:
    assert list(read_table(b"Id;Namn\n1;=HYPERLINK(1)\n", "csv"))[1].formulas == {1}


def test_a_formula_is_read_as_its_value_and_told() -> None:
    content = workbook(("Förnamn", "Telefon", 5, 2.0, True), ("=A1", "x", None, None, None))
    head, row = read_table(content, "xlsx")
    assert head.texts == ("Förnamn", "Telefon", "5", "2", "true")
    assert row == Cells(2, ("", "x"), frozenset({0}))  # openpyxl has calculated nothing


MADE = workbook(("Förnamn",), ("Åsa",))


@pytest.mark.parametrize(
    ("content", "format", "said"),
    [
        ("Förnamn\nÅsa\n".encode() + b"\xc5sa", "csv", "partly UTF-8"),
        (b"F\x81rnamn", "csv", "neither UTF-8"),
        (MADE, "csv", "neither UTF-8"),
        ("Förnamn".encode("utf-16")[:-1], "csv", "neither UTF-8"),
        (b"a;bcdefghijk\0", "csv", "no text file"),
        (b"a;" * (MOST_COLUMNS + 1), "csv", "60 columns"),
        (b"a" * 3000, "csv", "2,000 characters"),
        (b"a\n" * (MOST_ROWS + 2), "csv", "50,000 rows"),
        (b"a" * 21_000_000, "csv", "20 MB"),
        (b"a;b", "xlsx", "no Excel workbook"),
        (b"\xd0\xcf\x11\xe0" + b"0" * 600, "xlsx", "password"),
        (with_entry(MADE, "xl/vbaProject.bin", b"macro"), "xlsx", "macros"),
        (with_entry(MADE, "xl/worksheets/bomb.xml", b"0" * 250_000_000), "xlsx", "unreasonably"),
        (with_entry(MADE, "xl/worksheets/ratio.xml", b"0" * 30_000_000), "xlsx", "unreasonably"),
        (MADE[:-200], "xlsx", "no Excel workbook"),
        (with_entry(b"", "xl/workbook.xml", b"<not"), "xlsx", "cannot be read"),
    ],
)
def test_an_unfit_file_is_refused_whole_and_says_why(content: bytes, format: Format, said: str) -> None:
    with pytest.raises(UnfitFile) as refused:
        list(read_table(content, format))
    assert said in refused.value.fault.reason.en


def test_a_sheet_of_a_million_empty_rows_is_refused() -> None:
    book = openpyxl.Workbook()
    book.active["A1"] = "Förnamn"
    book.active["A1048576"] = "Åsa"
    content = io.BytesIO()
    book.save(content)
    with pytest.raises(UnfitFile):
        texts(content.getvalue(), "xlsx")


def heading(*names: str) -> Cells:
    return Cells(1, names)


def test_headings_in_swedish_english_and_the_customers_own() -> None:
    own = {"Elevens namn": "givenName", "Skostorlek": ""}
    assert fields_of(heading("FÖRNAMN", "telephone"), COLUMNS, {}) == ["givenName", "phone"]
    assert fields_of(heading("phone", "Tilltalsnamn"), COLUMNS, {}) == ["phone", "givenName"]
    assert fields_of(heading("elevens namn", "", "Skostorlek"), COLUMNS, own) == ["givenName", None, None]


def test_what_is_only_shown_is_left_alone() -> None:
    shown = (*COLUMNS, Column("unitName", "Skola", "School", shown=True))
    assert fields_of(heading("Skola", "Telefon"), shown, {}) == [None, "phone"]


@pytest.mark.parametrize("names", [("Förnam",), ("Förnamn", "givenName")])
def test_unknown_and_double_headings_are_refused(names: tuple[str, ...]) -> None:
    with pytest.raises(UnfitFile):
        fields_of(heading(*names), COLUMNS, {})

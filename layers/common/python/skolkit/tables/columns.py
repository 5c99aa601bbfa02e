"""Columns of a table: what they are called in Swedish and English, and in the customer's own files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from skolkit.errors import Text
from skolkit.tables.formats import Cells, Format, letter, unfit, write_table


@dataclass(frozen=True, slots=True)
class Column:
    """A column: the field it fills, its headings in Swedish and English, and what a cell looks like. One that
    is only `shown` is given out, and left alone when it comes in.
    """

    field: str
    sv: str
    en: str
    example: str = ""
    also: tuple[str, ...] = ()
    shown: bool = False


def fields_of(
    headings: Cells, columns: Sequence[Column], mapping: Mapping[str, str]
) -> list[str | None]:  # fmt: skip
    """The field of each column; None for one to leave out. `mapping` is the customer's own: heading to field,
    or to "" to leave it out. A heading nobody knows is refused: a misspelt one would go unnoticed.
    """
    known = {_plain(text): c.field for c in columns for text in (c.field, c.sv, c.en, *c.also)}
    shown = {c.field for c in columns if c.shown}
    own = {_plain(heading): field for heading, field in mapping.items()}
    fields: list[str | None] = []
    for number, text in enumerate(headings.texts):
        name = _plain(text)
        if not name or own.get(name) == "":
            fields.append(None)
            continue
        field = own.get(name) or known.get(name)
        if field is None or field not in {c.field for c in columns}:
            raise unfit(
                f"Rubriken i kolumn {letter(number)} är okänd.",
                f"The heading of column {letter(number)} is unknown.",
                headings.line,
                Text(
                    "Rätta rubriken efter mallen, eller ange i mappningen vad kolumnen är.",
                    "Correct the heading as in the template, or say in the mapping what the column is.",
                ),
            )
        if field in fields:
            raise unfit(f"Två kolumner är {field}.", f"Two columns are {field}.", headings.line)
        fields.append(None if field in shown else field)
    return fields


def template(columns: Sequence[Column], format: Format, language: str = "sv") -> bytes:
    """An empty table with headings, and an example in the first row."""
    headings = [column.en if language == "en" else column.sv for column in columns]
    return write_table([headings, [column.example for column in columns]], format)


def _plain(text: str) -> str:
    return "".join(c for c in text.casefold() if c.isalnum())

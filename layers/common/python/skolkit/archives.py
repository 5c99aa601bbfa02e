"""Zip files that strangers send (workbooks, documents): what is in them and how big it becomes, from their
directory alone, before any of it is unpacked; Python unpacks no more of an entry than the directory says.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable
from zipfile import ZipInfo

MOST_UNPACKED = 200_000_000  # bytes
MOST_RATIO = 100  # unpacked to packed; a workbook of repeated words has about 30
# What `zipfile` raises for what is no zip, or a kind that it does not read (some `RuntimeError`).
UNREADABLE = (zipfile.BadZipFile, ValueError, OverflowError, RuntimeError)


class NoArchive(Exception):
    """It is no zip, or one that cannot be read."""


class TooMuch(Exception):
    """It unpacks to unreasonably much."""


def entries_of(content: bytes, most: int) -> list[ZipInfo]:
    """The entries of a zip of at most `most`. Raises `NoArchive`, `TooMuch`."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = archive.infolist()
    except UNREADABLE:
        raise NoArchive from None
    unpacked = sum(entry.file_size for entry in entries)
    if len(entries) > most or unpacked > MOST_UNPACKED or unpacked > MOST_RATIO * max(len(content), 100_000):
        raise TooMuch
    return entries


def has_macros(names: Iterable[str]) -> bool:
    """Whether an Office file with entries of these names carries macros.

    >>> has_macros(["xl/workbook.xml"]), has_macros(["xl/vbaProject.bin"])
    (False, True)
    """
    lower = [name.lower() for name in names]
    return any(name.endswith("vbaproject.bin") or "macrosheets" in name for name in lower)

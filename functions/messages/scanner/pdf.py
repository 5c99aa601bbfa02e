"""PDFs: no scripts, no files in them, nothing started, sent or fetched.

Every object of the document is looked at as a reader would find it; then the names in the file and its packed
objects, whether or not its index knows them, because readers mend a broken index in their own ways.
"""

from __future__ import annotations

import io
import re
import zlib
from collections.abc import Iterator
from typing import Any

from functions.messages.domain.attachments import Reason
from functions.messages.scanner import rules

ACTIVE = frozenset({
    "/JavaScript", "/JS", "/Launch", "/EmbeddedFile", "/EmbeddedFiles", "/EF", "/RichMedia", "/XFA",
    "/SubmitForm", "/ImportData", "/GoToE", "/Rendition", "/Movie", "/3D",
})  # fmt: skip
MOST_PACKED = 50_000_000  # bytes of all streams of objects, unpacked
LONGEST = 1_000_000  # bytes of one, packed
_STREAM = re.compile(rb"stream\r?\n")
_ESCAPED = re.compile(rb"#([0-9A-Fa-f]{2})")


class _TooMuch(Exception):
    """The streams of objects unpack to unreasonably much."""


def refusal(content: bytes) -> Reason | None:
    """Why a PDF is not to be given out."""
    if not content.startswith(b"%PDF-"):
        return "typeMismatch"
    from pypdf import PdfReader

    try:
        for part in _parts(content):
            if why := rules.found(part, "pdf"):
                return why
        reader = PdfReader(io.BytesIO(content), strict=False)
        if reader.is_encrypted:
            return "locked"
        _ = len(reader.pages)
        return "activeContent" if any(_acts(one) for one in _objects(reader)) else None
    except _TooMuch:
        return "tooMuch"
    except Exception:  # noqa: BLE001 - whatever a made-up file makes the library do
        return "unreadable"


def _parts(content: bytes) -> Iterator[bytes]:
    """The file, and its streams of objects unpacked, with names as they are read (`/J#53` is `/JS`)."""
    yield _ESCAPED.sub(_letter, content)
    left = MOST_PACKED
    for found in _STREAM.finditer(content):
        if b"ObjStm" in _ESCAPED.sub(_letter, content[max(0, found.start() - 500) : found.start()]):
            try:
                packed = zlib.decompressobj()
                objects = packed.decompress(content[found.end() : found.end() + LONGEST], left)
            except zlib.error:
                continue
            left -= len(objects)
            if left <= 0 or not (packed.eof or found.end() + LONGEST > len(content)):
                raise _TooMuch
            yield _ESCAPED.sub(_letter, objects)


def _letter(found: re.Match[bytes]) -> bytes:
    return bytes([int(found[1], 16)])


def _objects(reader: Any) -> Iterator[Any]:
    from pypdf.generic import IndirectObject

    numbers = {(n, generation) for generation, known in reader.xref.items() for n in known}
    numbers |= {(n, 0) for n in reader.xref_objStm}
    for number, generation in sorted(numbers):
        if number:
            yield reader.get_object(IndirectObject(number, generation, reader))
    yield reader.trailer


def _acts(thing: Any) -> bool:
    """Whether an object has one of the names, without what it refers to: that is looked at by itself."""
    waiting = [thing]
    while waiting:
        one = waiting.pop()
        if isinstance(one, dict):
            if ACTIVE & one.keys():
                return True
            waiting += list(dict.values(one))
        elif isinstance(one, list):
            waiting += list(list.__iter__(one))
        elif isinstance(one, str) and one in ACTIVE and type(one).__name__ == "NameObject":
            return True
    return False

"""Documents of Office (Office Open XML): no macros, no programs or files of other kinds in them, nothing
fetched from outside; unpacked within the limits that tables have.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import urlsplit
from xml.parsers import expat

from functions.messages.domain.attachments import OFFICE, Reason
from functions.messages.scanner import rules
from skolkit import archives

MOST_ENTRIES = 2_000  # a presentation has some for every page
MOST_RELATIONS = 5_000_000  # bytes of a part that says which others there are
KINDS = tuple(f"{OFFICE}{kind}" for kind in (
    "wordprocessingml.document", "spreadsheetml.sheet", "presentationml.presentation"
))  # fmt: skip
_COMPOUND = b"\xd0\xcf\x11\xe0"  # the old formats, what is locked, and objects of other programs
_ZIP = b"PK\x03\x04"
_UNREADABLE = (*archives.UNREADABLE, zlib.error, EOFError)  # what only unpacking finds
_ACTIVE = re.compile(
    r"activex/|externallinks/|querytables/|(^|/)connections\.xml$|"
    r"\.(bat|chm|cmd|com|dll|exe|hta|html?|jar|js|jse|lnk|mht|msi|ole|ps1|rtf|scr|svg|vbe|vbs|wsf)$"
)
_FETCHED = ("/aFChunk", "/attachedTemplate", "/control", "/externalLinkPath", "/frame", "/subDocument")
_SCHEMES = {"", "http", "https", "mailto", "tel"}
_DDE = re.compile(r"\bDDE(AUTO)?\b", re.IGNORECASE)
_BEFORE_XML = b"\xef\xbb\xbf\xff\xfe\0 \r\n\t"


class _Refused(Exception):
    """Carries the reason out."""

    def __init__(self, why: Reason) -> None:
        super().__init__(why)
        self.why: Reason = why


def refusal(content: bytes, type: str) -> Reason | None:
    """Why a document declared to be of a type of Office is not to be given out."""
    try:
        _Look().document(content, (type,))
    except _Refused as refused:
        return refused.why
    return None


@dataclass
class _Look:
    """A look through a document and the charts' workbooks in it; `left` is what may still be unpacked."""

    left: int = archives.MOST_UNPACKED
    inside: bool = False

    def document(self, content: bytes, types: tuple[str, ...]) -> None:
        if content.startswith(_COMPOUND):
            raise _Refused("locked")
        if not content.startswith(_ZIP):
            raise _Refused("typeMismatch")
        try:
            entries = archives.entries_of(content, MOST_ENTRIES)
        except archives.NoArchive:
            raise _Refused("unreadable") from None
        except archives.TooMuch:
            raise _Refused("tooMuch") from None
        self.left -= sum(entry.file_size for entry in entries)
        if self.left < 0:
            raise _Refused("tooMuch")
        _check_directory(entries)
        try:
            with zipfile.ZipFile(io.BytesIO(content)) as archive:
                if not set(types) & _main_types(archive.read("[Content_Types].xml")):
                    raise _Refused("typeMismatch")
                for entry in entries:
                    self._part(entry.filename.lower(), archive.read(entry))
        except KeyError:
            raise _Refused("typeMismatch") from None
        except _UNREADABLE:
            raise _Refused("unreadable") from None

    def _part(self, name: str, content: bytes) -> None:
        if why := rules.found(content, "files"):
            raise _Refused(why)
        if content.startswith(_COMPOUND):
            raise _Refused("activeContent")
        if content.startswith(_ZIP):
            self._embedded(content)
        elif name.endswith(".rels"):
            _check_relations(content)
        elif content.lstrip(_BEFORE_XML).startswith(b"<"):  # whatever the part is called
            _check_fields(content)

    def _embedded(self, content: bytes) -> None:
        """A chart brings the workbook it is drawn from; a document in a document in a document does not."""
        if self.inside:
            raise _Refused("activeContent")
        self.inside = True
        try:
            self.document(content, KINDS)
        except _Refused as refused:
            raise _Refused("activeContent" if refused.why == "typeMismatch" else refused.why) from None
        finally:
            self.inside = False


def _check_directory(entries: list[zipfile.ZipInfo]) -> None:
    names = [entry.filename.lower() for entry in entries]
    if any(entry.flag_bits & 1 for entry in entries):
        raise _Refused("locked")
    if archives.has_macros(names):
        raise _Refused("macros")
    if len(set(names)) < len(names):  # which of the two is read depends on the reader
        raise _Refused("unreadable")
    if any(_ACTIVE.search(name) or _is_object(name) for name in names):
        raise _Refused("activeContent")


def _is_object(name: str) -> bool:
    """Something of another program, not the settings of a printer."""
    return name.endswith(".bin") and "printersettings/" not in name


def _main_types(content: bytes) -> set[str]:
    """The types of documents that a package says it is."""
    said = [attributes.get("ContentType", "") for _, attributes in _elements(content)]
    if any("macroenabled" in one.lower() or "vba" in one.lower() for one in said):
        raise _Refused("macros")
    return {one.removesuffix(".main+xml") for one in said if one.endswith(".main+xml")}


def _check_relations(content: bytes) -> None:
    for name, relation in _elements(content):
        if not name.endswith("Relationship"):
            continue
        kind, target = relation.get("Type", ""), relation.get("Target", "")
        outside = relation.get("TargetMode", "") == "External"
        if kind.endswith(_FETCHED) or (outside and not (kind.endswith("/hyperlink") and _is_link(target))):
            raise _Refused("activeContent")


def _is_link(target: str) -> bool:
    """An address that a browser opens when somebody asks for it."""
    return urlsplit(target).scheme.lower() in _SCHEMES and not target.startswith(("\\\\", "//"))


def _check_fields(content: bytes) -> None:
    """No part declares entities, or fetches its text from a program (DDE), whichever pieces the field is
    written in. What is not quite XML, as old drawings are, is read as far as it goes.
    """
    if b"<!DOCTYPE" in content or b"<\0!\0D\0O\0C" in content:
        raise _Refused("activeContent")
    said, inside = [""], False

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal inside
        inside = name.rpartition(":")[2] == "instrText"
        said.extend(value for key, value in attributes.items() if key.rpartition(":")[2] == "instr")

    def end(_: str) -> None:
        nonlocal inside
        inside = False

    with suppress(ValueError):
        _read(content, start, end, lambda text: said.append(text) if inside else None)
    if _DDE.search("".join(said)):
        raise _Refused("activeContent")


def _elements(content: bytes) -> list[tuple[str, dict[str, str]]]:
    """The elements of a part that says which others there are, with their attributes."""
    if len(content) > MOST_RELATIONS:
        raise _Refused("tooMuch")
    found: list[tuple[str, dict[str, str]]] = []
    _read(content, lambda name, attributes: found.append((name, attributes)))
    return found


def _read(
    content: bytes,
    start: Callable[[str, dict[str, str]], None],
    end: Callable[[str], None] | None = None,
    letters: Callable[[str], None] | None = None,
) -> None:
    """Go through a part. Raises `ValueError` for what is no XML of Office."""

    def refuse(*_: object) -> None:
        raise ValueError("a document type in a part of Office")

    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = refuse
    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.CharacterDataHandler = letters
    try:
        parser.Parse(content, True)
    except expat.ExpatError as error:
        raise ValueError("no XML") from error

"""Segments of the audit trail: rows as JSON Lines, chained by digest and sealed, so that none can be changed,
left out or added afterwards without it showing.

A segment is a header, its rows, and a last line with the seal: a MAC over the digest of everything before it,
made by a key that never leaves KMS. The header names the digest of the segment before. Where each shard of
the stream has been read to is in the header, so that a segment alone tells where the next one begins.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

GENESIS = "0" * 64
"""What the first segment names as the digest before it."""


class BrokenSegment(ValueError):
    """The content is not a segment: cut short, or written by somebody else."""


@dataclass(frozen=True, slots=True)
class Header:
    """`places`: shard → the last sequence number read; `lost`: since when nothing had been read, when
    that was longer than the stream keeps rows (a gap; the table still has them).
    """

    number: int
    previous: str
    made: str
    rows: int
    places: Mapping[str, str]
    lost: str = ""


@dataclass(frozen=True, slots=True)
class Segment:
    """A segment as read. `digest` is of what the file holds, whatever it should hold; `mac` is its seal."""

    header: Header
    rows: tuple[dict[str, Any], ...]
    digest: str
    mac: bytes


@dataclass(slots=True)
class Chain:
    """Checks segments one after the other; `faults` are sentences for people."""

    number: int | None = None
    digest: str = GENESIS
    rows: int = 0
    seen: set[tuple[str, str]] = field(default_factory=set)
    faults: list[str] = field(default_factory=list)

    def follow(self, segment: Segment, *, sealed: bool) -> None:
        """Add the next segment; `sealed` is whether KMS vouches for its seal."""
        header, number = segment.header, segment.header.number
        if self.number is None:
            if number == 1 and header.previous != GENESIS:
                self._fault(number, "is not the beginning it says it is")
        elif number != self.number + 1:
            last = f"–{number - 1}" if number > self.number + 2 else ""
            self.faults.append(f"segment {self.number + 1}{last}: missing")
        elif header.previous != self.digest:
            self._fault(number, f"does not follow segment {self.number} (digest)")
        if not sealed:
            self._fault(number, "the seal is not right, the content has been changed")
        if header.rows != len(segment.rows):
            self._fault(number, f"has {len(segment.rows)} rows, {header.rows} were promised")
        if header.lost:
            self._fault(number, f"rows since {header.lost} may be missing, the stream was not read for a day")
        self._rows(number, segment.rows)
        self.number, self.digest, self.rows = number, segment.digest, self.rows + len(segment.rows)

    def _rows(self, number: int, rows: Iterable[Mapping[str, Any]]) -> None:
        for row in rows:
            key, at = (row.get("pk", ""), row.get("sk", "")), str(row.get("sk", "?"))[:24]
            if row.get("event") != "INSERT":
                self._fault(number, f"a row of {at} was changed or deleted in the table")
            elif key in self.seen:
                self._fault(number, f"a row of {at} is there twice")
            self.seen.add(key)

    def _fault(self, number: int, what: str) -> None:
        self.faults.append(f"segment {number}: {what}")


def content(header: Header, rows: Sequence[Mapping[str, Any]]) -> bytes:
    """What is sealed: header and rows, one a line."""
    return b"".join(_line(entry) for entry in ({"header": asdict(header)}, *rows))


def digest(sealed: bytes) -> bytes:
    """SHA-256 of what is sealed: what the MAC is over, and what the next segment names (in hex)."""
    return hashlib.sha256(sealed).digest()


def file(sealed: bytes, mac: bytes) -> bytes:
    """The file of a segment; the same content gives the same bytes."""
    return gzip.compress(sealed + _line({"mac": base64.b64encode(mac).decode()}), mtime=0)


def read(body: bytes) -> Segment:
    """A segment from its file. Raises `BrokenSegment`.

    >>> head = Header(1, GENESIS, "2026-11-23T07:10:00.000Z", 1, {"shard-1": "5"})
    >>> text = content(head, [{"event": "INSERT", "pk": "ABOUT#x", "sk": "1"}])
    >>> read(file(text, b"mac")).digest == digest(text).hex()
    True
    """
    try:
        lines = gzip.decompress(body).splitlines(keepends=True)
        first, *rows, last = (json.loads(line) for line in lines)
        header = Header(**first["header"])
        sealed = digest(b"".join(lines[:-1])).hex()
        return Segment(header, tuple(rows), sealed, base64.b64decode(last["mac"]))
    except (OSError, EOFError, ValueError, KeyError, TypeError) as error:
        raise BrokenSegment(str(error)) from error


def _line(entry: Mapping[str, Any]) -> bytes:
    return json.dumps(entry, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode() + b"\n"

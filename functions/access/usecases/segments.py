"""The audit trail's archive: what is new in the table becomes segments of a chain that nobody can change."""

from __future__ import annotations

from datetime import datetime, timedelta

from functions.access.domain import segments as rules
from functions.access.domain.segments import Header
from functions.access.store import segments as store
from functions.access.store.segments import ChainItem
from skolkit.clock import now, stamp
from skolkit.table import commit
from skolkit.telemetry import count, logger

ROWS = 5_000  # in a segment, about: two megabytes before compression
STREAM_KEEPS = timedelta(hours=24)
SEGMENTS = 100  # in one run; the next run goes on


def append_segments() -> int:
    """Archive what the stream has; returns how many rows. Per segment: the stream, KMS, S3, commit."""
    chain, archived, begun = store.chain(), 0, now()
    lost = _unread(chain, begun)
    for _ in range(SEGMENTS):
        batch = store.read_stream(chain.places, ROWS)
        if not batch.rows and not lost:
            chain.places = dict(batch.places) or chain.places  # rows that only expired are not read again
            break
        archived += _append(chain, batch, lost)
        lost = ""
    chain.read = stamp(begun)
    commit(chain)
    count("AuditRowsArchived", archived)
    return archived


def _unread(chain: ChainItem, at: datetime) -> str:
    """Since when the stream has not been read, if that is longer than it keeps rows."""
    last: str = chain.read or ""
    if not last or at - datetime.fromisoformat(last) < STREAM_KEEPS:
        return ""
    logger().error("audit stream not read for a day", since=last)
    return last


def _append(chain: ChainItem, batch: store.Batch, lost: str) -> int:
    """Put the segment first, then say in the chain that it is there. When its number is taken, an earlier run
    has died in between: the chain takes over what that one put, and the rows are read again after it.
    """
    number = int(chain.number) + 1
    header = Header(number, chain.digest, stamp(now()), len(batch.rows), batch.places, lost)
    sealed = rules.content(header, batch.rows)
    digest = rules.digest(sealed)
    if not store.put_segment(number, rules.file(sealed, store.seal(digest))):
        kept = rules.read(store.segment_file(number))
        _advance(chain, kept.header, kept.digest)
        return 0
    _advance(chain, header, digest.hex())
    return len(batch.rows)


def _advance(chain: ChainItem, header: Header, digest: str) -> None:
    chain.number, chain.digest, chain.places = header.number, digest, dict(header.places)
    commit(chain)

"""The audit trail's archive: what is new in the table becomes segments of a chain that nobody can change."""

from __future__ import annotations

from functions.access.domain import segments as rules
from functions.access.domain.segments import Header
from functions.access.store import segments as store
from functions.access.store.segments import ChainItem
from skolkit.clock import now, stamp
from skolkit.table import commit
from skolkit.telemetry import count, logger

ROWS = 5_000  # in a segment, about: two megabytes before compression
SEGMENTS = 100  # in one run; the next run goes on


def append_segments() -> int:
    """Archive what the stream has; returns how many rows. Per segment: the stream, KMS, S3, commit."""
    chain, archived = store.chain(), 0
    for _ in range(SEGMENTS):
        batch = store.read_stream(chain.places, ROWS)
        if not batch.rows and not batch.lost:
            break
        if batch.lost:
            logger().error("audit rows lost from the stream", shards=len(batch.lost))
        archived += _append(chain, batch)
    count("AuditRowsArchived", archived)
    return archived


def _append(chain: ChainItem, batch: store.Batch) -> int:
    """Put the segment first, then say in the chain that it is there. When its number is taken, an earlier run
    has died in between: the chain takes over what that one put, and the rows are read again after it.
    """
    number = int(chain.number) + 1
    header = Header(number, chain.digest, stamp(now()), len(batch.rows), batch.places, tuple(batch.lost))
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

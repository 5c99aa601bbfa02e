"""A chain of segments shows whatever has been done to it."""

from __future__ import annotations

import gzip
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.access.domain import segments as rules
from functions.access.domain.segments import GENESIS, BrokenSegment, Chain, Header, Segment


def row(number: int, event: str = "INSERT") -> dict[str, Any]:
    return {"event": event, "pk": "ABOUT#someone", "sk": f"2026-11-23T07:10:00.{number:03}Z#x", "actor": "å"}


def chained(*batches: list[dict[str, Any]]) -> list[bytes]:
    files, previous = [], GENESIS
    for number, rows in enumerate(batches, 1):
        sealed = rules.content(Header(number, previous, "2026-11-23", len(rows), {"s": str(number)}), rows)
        files.append(rules.file(sealed, b"mac of " + rules.digest(sealed)))
        previous = rules.digest(sealed).hex()
    return files


def check(files: list[bytes]) -> list[str]:
    """The faults; the seal is right when the MAC is of what is there."""
    chain = Chain()
    for body in files:
        segment = rules.read(body)
        chain.follow(segment, sealed=segment.mac == b"mac of " + bytes.fromhex(segment.digest))
    return chain.faults


THREE = chained([row(1), row(2)], [row(3)], [row(4), row(5)])


def test_a_whole_chain_has_no_faults_from_wherever_one_begins() -> None:
    for first in range(3):
        assert check(THREE[first:]) == []


def test_a_segment_left_out_is_missing() -> None:
    assert check([THREE[0], THREE[2]]) == ["segment 2: missing"]
    four = chained(*([row(n)] for n in range(5)))
    assert check([four[0], four[4]]) == ["segment 2–4: missing"]


def test_a_segment_put_in_place_of_another_does_not_fit() -> None:
    other = chained([row(1), row(2)], [row(9)])
    assert check([THREE[0], other[1], THREE[2]]) == ["segment 3: does not follow segment 2 (digest)"]


def test_a_row_twice_and_a_row_changed_in_the_table_show() -> None:
    twice = check(chained([row(1)], [row(1)]))
    assert twice == ["segment 2: a row of 2026-11-23T07:10:00.001Z is there twice"]
    (changed,) = check(chained([row(1)], [row(1, "MODIFY")]))
    assert "changed or deleted" in changed


def test_what_was_lost_from_the_stream_shows() -> None:
    segment = rules.read(THREE[0])
    chain = Chain()
    chain.follow(replace(segment, header=replace(segment.header, lost="2026-11-20")), sealed=True)
    (fault,) = chain.faults
    assert "rows since 2026-11-20 may be missing" in fault


@given(st.integers(min_value=0), st.integers(1, 255))
def test_no_byte_can_be_changed(place: int, flip: int) -> None:
    text = bytearray(gzip.decompress(THREE[1]))
    text[place % len(text)] ^= flip
    try:
        assert check([THREE[0], gzip.compress(bytes(text)), THREE[2]])
    except BrokenSegment:
        pass
    except AttributeError:
        pytest.fail("a broken line is not told from a whole one")


@pytest.mark.parametrize(
    "body",
    [b"", b"no gzip", gzip.compress(b"", mtime=0), gzip.compress(b'{"header": {}}\n', mtime=0)],
    ids=range(4),
)
def test_what_is_no_segment_is_told_so(body: bytes) -> None:
    with pytest.raises(BrokenSegment):
        rules.read(body)


def test_a_segment_is_read_as_it_was_written() -> None:
    segment = rules.read(THREE[0])
    assert isinstance(segment, Segment)
    assert segment.rows == (row(1), row(2))

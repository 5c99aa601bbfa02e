"""What an area keeps about people: for every kind of stored item whose data it is, and which document type of
the retention plan it belongs to.

Declared in `functions/<area>/kept.py`. Register extracts, the retention plan and the record of processing are
read from it; a test fails for a kind that is not declared.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Kept:
    """One kind of item. `document` names its line in the retention plan (`functions.access.domain.plan`).

    `whose` are the attributes that hold ids of people (`pk` and `sk` where the id is part of the key); ()
    for what is about nobody.
    """

    document: str
    whose: tuple[str, ...] = ()

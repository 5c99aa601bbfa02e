"""What an area keeps about people: for every kind of stored item whose data it is, which document type of the
retention plan it belongs to, and from what its time is counted.

Declared in `functions/<area>/kept.py`. Register extracts, the retention run, the plan and the record of
processing are read from it; a test fails for a kind that is not declared, and for one that is to be deleted
or archived and does not say from when.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Kept:
    """One kind of item. `document` names its line in the retention plan (`functions.access.domain.plan`).

    `whose` are the attributes that hold ids of people (`pk` and `sk` where the id is part of the key); ()
    for what is about nobody.

    What the plan counts from is in the attribute `dated` (the latest day in it; none yet: not over), or it is
    something about the person in `tied` (end of education, coming of age, end of duty), or the item goes with
    another kind, which it `follows`.
    """

    document: str
    whose: tuple[str, ...] = ()
    dated: str = ""
    tied: str = ""
    follows: str = ""

"""What a retention run keeps in an area's table. Every area has kinds of its own of both."""

from __future__ import annotations

from pynamodb.attributes import JSONAttribute, UnicodeAttribute

from skolkit.jobs import JobItem
from skolkit.table import Item


class RetentionJob(JobItem):
    """Base of an area's part of a run."""


class ErasureItem(Item):
    """Base of the proof of one transaction: the digests of the rows it erased, and their package. It goes
    away when it has long been in the archive, and only then.
    """

    document = UnicodeAttribute()
    digests = JSONAttribute()
    package = JSONAttribute(null=True)

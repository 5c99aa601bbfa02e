"""What an area keeps of its tables: places for uploads, the headings people use, jobs, what was there before
a row was taken, and which jobs have files that may have to be withdrawn.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from pynamodb.attributes import BinaryAttribute, JSONAttribute, NumberAttribute, UnicodeAttribute

from skolkit.clock import now
from skolkit.jobs import JobItem
from skolkit.table import Item
from skolkit.tables.bucket import DAYS, Kind

Image = dict[str, Any]
"""An item before and after a write: `{pk, sk, before, after}`, in DynamoDB's notation as JSON."""
MAPPING_DAYS = 730


class UploadItem(Item):
    """A place for one file. `by` may use it."""

    table = UnicodeAttribute()
    format = UnicodeAttribute()
    by = UnicodeAttribute()


class MappingItem(Item):
    """Somebody's own headings of a table: heading to field, "" for columns to leave out."""

    headings = JSONAttribute(default=dict)


class BeforeItem(Item):
    """What rows wrote, and what was there before (`skolkit.tables.undoing`), with the import's job: written
    by the transaction that writes the rows, so that nothing is done that cannot be undone and no row is done
    twice. `rows` are their results. Without `images` it has been withdrawn: there is nothing to go back to.
    """

    about = UnicodeAttribute()
    line = NumberAttribute()
    rows = JSONAttribute()
    packed = BinaryAttribute(null=True, legacy_encoding=False)  # a class with its members is large

    @property
    def images(self) -> list[Image] | None:
        """The items before and after."""
        packed: bytes | None = self.packed
        found: list[Image] | None = None if packed is None else json.loads(zlib.decompress(packed))
        return found

    @images.setter
    def images(self, images: list[Image] | None) -> None:
        self.packed = None if images is None else zlib.compress(json.dumps(images).encode())


class OpenJobItem(Item):
    """A job whose files show people."""

    job = UnicodeAttribute()


@dataclass(frozen=True, slots=True)
class Kinds:
    """An area's kinds of these items; `item` is the base of all its items."""

    item: type[Item]
    upload: type[UploadItem]
    mapping: type[MappingItem]
    job: type[JobItem]
    before: type[BeforeItem]
    open: type[OpenJobItem]

    def new_upload(self, id: str, table: str, format: str, by: str) -> UploadItem:
        """A place for a file, gone when the bucket forgets the file."""
        key = _upload_key(id)
        return self.upload(*key, table=table, format=format, by=by, expires=_in_days("uploads"))

    def find_upload(self, id: str) -> UploadItem | None:
        """An upload. One consistent get."""
        return self.upload.find(*_upload_key(id))

    def find_mapping(self, person: str, table: str) -> MappingItem:
        """Somebody's headings of a table, new when there are none. One consistent get."""
        key = (f"MAPPING#{person}", table)
        found = self.mapping.find(*key) or self.mapping(*key, headings={})
        found.expires = int((now() + timedelta(days=MAPPING_DAYS)).timestamp())
        return found

    def new_before(self, job: JobItem, line: int) -> BeforeItem:
        """An empty picture of what was there before the rows that begin at a line."""
        return self.before(job.pk, f"BEFORE#{line:06}", line=line, expires=_in_days("work"))

    def befores(self, job: JobItem, first: int, last: int) -> list[BeforeItem]:
        """The pictures of rows that begin between two lines. One consistent query per megabyte."""
        between = self.before.sk.between(f"BEFORE#{first:06}", f"BEFORE#{last:06}")
        return list(self.before.query(job.pk, between, consistent_read=True))

    def befores_back(self, job: JobItem, from_: str, most: int) -> list[BeforeItem]:
        """The last `most` pictures whose key comes before `from_`. One consistent query."""
        found = self.before.query(
            job.pk, self.before.sk < from_, scan_index_forward=False, limit=most, consistent_read=True
        )
        return list(found)

    def opened(self, job: JobItem) -> OpenJobItem:
        """That a job's files may show people from now on."""
        return self.open("TABLES", f"{job.asked}#{job.id}", job=job.id, expires=_in_days("work"))

    def open_jobs(self) -> Iterator[JobItem]:
        """Every job whose files may still be there, one consistent get each."""
        for row in self.open.query("TABLES", consistent_read=True):
            if job := self.job.find(f"JOB#{row.job}", "JOB"):
                yield job


def _upload_key(id: str) -> tuple[str, str]:
    return f"UPLOAD#{id}", "UPLOAD"


def _in_days(kind: Kind) -> int:
    return int((now() + timedelta(days=DAYS[kind])).timestamp())

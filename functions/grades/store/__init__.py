"""The table of grades. Keys are built only in this package."""

from __future__ import annotations

from skolkit.config import table_name
from skolkit.imports import ImportItem
from skolkit.retention.items import ErasureItem, RetentionJob
from skolkit.table import Item


class GradesItem(Item):
    """Anything in the table of grades."""

    class Meta:
        table_name = table_name("grades")


class GradesRetentionItem(RetentionJob, discriminator="grades_retention"):
    """The area's part of a retention run."""

    class Meta:
        table_name = table_name("grades")


class GradesImportItem(ImportItem, discriminator="grades_import"):
    """How far a file of earlier grades has been taken."""

    class Meta:
        table_name = table_name("grades")


class GradesErasureItem(ErasureItem, discriminator="grades_erasure"):
    """The proof of what one transaction erased."""

    class Meta:
        table_name = table_name("grades")

"""The table of assessment. Keys are built only in this package."""

from __future__ import annotations

from skolkit.config import table_name
from skolkit.retention.items import ErasureItem, RetentionJob
from skolkit.table import Item


class AssessmentItem(Item):
    """Anything in the table of assessment."""

    class Meta:
        table_name = table_name("assessment")


class AssessmentRetentionItem(RetentionJob, discriminator="assessment_retention"):
    """The area's part of a retention run."""

    class Meta:
        table_name = table_name("assessment")


class AssessmentErasureItem(ErasureItem, discriminator="assessment_erasure"):
    """The proof of what one transaction erased."""

    class Meta:
        table_name = table_name("assessment")

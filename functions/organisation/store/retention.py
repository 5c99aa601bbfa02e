"""How far the area's part of a retention run has come, and its proofs."""

from __future__ import annotations

from skolkit.config import table_name
from skolkit.retention.items import ErasureItem, RetentionJob


class OrganisationRetentionItem(RetentionJob, discriminator="organisation_retention"):
    """The area's part of a retention run."""

    class Meta:
        table_name = table_name("organisation")


class OrganisationErasureItem(ErasureItem, discriminator="organisation_erasure"):
    """The proof of what one transaction erased."""

    class Meta:
        table_name = table_name("organisation")

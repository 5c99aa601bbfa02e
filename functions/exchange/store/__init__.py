"""The table of exchange. Keys are built only in this package."""

from __future__ import annotations

from skolkit.config import table_name
from skolkit.retention.items import ErasureItem, RetentionJob
from skolkit.table import Item


class ExchangeItem(Item):
    """Anything in the table of exchange."""

    class Meta:
        table_name = table_name("exchange")


class ExchangeRetentionItem(RetentionJob, discriminator="exchange_retention"):
    """The area's part of a retention run."""

    class Meta:
        table_name = table_name("exchange")


class ExchangeErasureItem(ErasureItem, discriminator="exchange_erasure"):
    """The proof of what one transaction erased."""

    class Meta:
        table_name = table_name("exchange")

"""The table of exchange. Keys are built only in this package."""

from __future__ import annotations

from skolkit.config import table_name
from skolkit.table import Item


class ExchangeItem(Item):
    """Anything in the table of exchange."""

    class Meta:
        table_name = table_name("exchange")

"""What every item of the access area's table has."""

from __future__ import annotations

from skolkit.config import table_name
from skolkit.table import Item


class AccessItem(Item):
    """Anything in the access area's table."""

    class Meta:
        table_name = table_name("access")

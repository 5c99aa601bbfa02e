"""What is done about calendars that people subscribe to, in plain words."""

from __future__ import annotations

from functions.access.domain.deeds import Deed, change, read

DEEDS: dict[str, Deed] = {
    "fetch_calendar": read("hämtade en kalender genom dess adress", "fetched a calendar by its address"),
    "revoke_calendar": change("återkallade en kalenderadress", "revoked the address of a calendar"),
    "subscribe_calendar": change("skapade en kalenderadress", "made an address of a calendar"),
}

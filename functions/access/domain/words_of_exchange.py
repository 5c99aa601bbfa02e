"""What is done about systems that are let in, in plain words."""

from __future__ import annotations

from functions.access.domain.deeds import Deed, change

DEEDS: dict[str, Deed] = {
    "change_client": change("ändrade vad ett anslutet system får", "changed what a connected system may"),
    "delete_client": change("tog bort ett anslutet system", "removed a connected system"),
    "keep_clients": change("gick igenom anslutna system", "went through connected systems"),
    "register_client": change("anslöt ett system", "connected a system"),
    "rotate_secret": change("bytte ett anslutet systems hemlighet", "replaced a connected system's secret"),
    "start_client": change("släppte in ett stoppat system igen", "let a stopped system in again"),
    "stop_client": change("stoppade ett anslutet system", "stopped a connected system"),
}

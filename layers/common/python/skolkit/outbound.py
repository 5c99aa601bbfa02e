"""Requests to addresses that somebody outside chose: the name is resolved once, every address it has is
judged, and the connection goes to the very address that was judged, so that a name which resolves to
something else a moment later leads nowhere. No redirect is followed and no body is read.
"""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Mapping
from functools import lru_cache
from ipaddress import IPv6Address, IPv6Network, ip_address
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import ssl

    from urllib3.connection import HTTPConnection

CONNECT, WHOLE = 5.0, 10.0  # seconds
_TRANSLATED = IPv6Network("64:ff9b::/96")  # IPv4 behind it, whichever


class Undelivered(Exception):
    """Nobody answered a request."""


class LeadsInside(Undelivered):
    """A name has an address that may not be connected to."""


class Untrusted(Undelivered):
    """The other side is not who it should be, or cannot speak TLS as it must be spoken today."""


class TooSlow(Undelivered):
    """The answer did not come in time."""


def may_connect(address: str, local: bool) -> bool:
    """Whether an address that a name resolved to may be connected to: a public one, or for a configured local
    target the loopback. Addresses that carry an IPv4 address hide where they lead.
    """
    ip = ip_address(address)
    if isinstance(ip, IPv6Address) and (ip.ipv4_mapped or ip.sixtofour or ip.teredo or ip in _TRANSLATED):
        return False
    return ip.is_loopback if local else ip.is_global and not ip.is_multicast


def address_of(host: str, port: int, *, local: bool) -> str:
    """The address to connect to, IPv4 first (functions have no other). Raises `LeadsInside` when one that the
    name has may not be connected to, `OSError` when it has none.
    """
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    addresses = [str(one[4][0]) for one in sorted(found, key=lambda one: one[0] != socket.AF_INET)]
    if not all(may_connect(one, local) for one in addresses):
        raise LeadsInside
    return addresses[0]


def post(
    scheme: str, host: str, port: int, path: str, body: bytes, headers: Mapping[str, str], *,
    local: bool = False, connect: float = CONNECT, whole: float = WHOLE,
) -> int:  # fmt: skip
    """The status that a POST is answered with, `whole` seconds after the name was resolved at the latest.
    Raises `Undelivered`.
    """
    import ssl
    from http.client import HTTPException

    from urllib3.exceptions import ConnectTimeoutError, HTTPError

    name = host if (scheme, port) in (("https", 443), ("http", 80)) else f"{host}:{port}"
    try:
        made = _connection(scheme, host, port, address_of(host, port, local=local), connect)
        return _answered(made, path, body, {**headers, "host": name}, whole)
    except (TimeoutError, ConnectTimeoutError) as error:
        raise TooSlow from error
    except ssl.SSLError as error:
        raise Untrusted from error
    except (HTTPError, HTTPException, OSError, ValueError) as error:
        raise Undelivered from error


def _connection(scheme: str, host: str, port: int, address: str, connect: float) -> HTTPConnection:
    from urllib3.connection import HTTPConnection, HTTPSConnection

    if scheme == "https":  # the context checks the certificate for `server_hostname`
        return HTTPSConnection(address, port, timeout=connect, ssl_context=_trusted(), server_hostname=host)
    return HTTPConnection(address, port, timeout=connect)


def _answered(made: HTTPConnection, path: str, body: bytes, headers: Mapping[str, str], whole: float) -> int:
    until = time.monotonic() + whole
    try:
        made.connect()
        assert made.sock
        with _EndedAt(until, made.sock) as ended:
            try:
                made.request("POST", path, body=body, headers=headers, preload_content=False)
                status = made.getresponse().status
            except Exception as error:
                if ended.is_set():
                    raise TooSlow from error
                raise
            if ended.is_set():  # half an answer looks like a whole one when its connection ends
                raise TooSlow
            return status
    finally:
        made.close()


class _EndedAt:
    """Ends a connection at a moment, whatever it is doing. The event says whether that was done."""

    def __init__(self, until: float, sock: socket.socket) -> None:
        self._ended = threading.Event()
        self._sock = sock
        sock.settimeout(max(until - time.monotonic(), 0.001))
        self._timer = threading.Timer(max(until - time.monotonic(), 0), self._end)
        self._timer.daemon = True

    def _end(self) -> None:
        self._ended.set()
        try:
            self._sock.shutdown(socket.SHUT_RDWR)
        except OSError:
            return  # it has ended by itself

    def __enter__(self) -> threading.Event:
        self._timer.start()
        return self._ended

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()


@lru_cache(maxsize=1)
def _trusted() -> ssl.SSLContext:
    import ssl

    return ssl.create_default_context()

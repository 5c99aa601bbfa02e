"""Requests to addresses that somebody outside chose."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from skolkit import outbound
from skolkit.outbound import LeadsInside, TooSlow, Undelivered, Untrusted
from tests.support.push_service import PushService

Names = Callable[..., list[str]]


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> Names:
    """Let every name resolve to these addresses, one answer after the other; the names asked for."""
    real = socket.getaddrinfo

    def resolving(*answers: list[str]) -> list[str]:
        asked: list[str] = []

        def resolve(host: Any, port: Any, *given: Any, **more: Any) -> Any:
            if host[0].isdigit():
                return real(host, port, *given, **more)
            asked.append(host)
            found = answers[min(len(asked), len(answers)) - 1]
            kind = {True: socket.AF_INET6, False: socket.AF_INET}
            return [(kind[":" in one], socket.SOCK_STREAM, 6, "", (one, port)) for one in found]

        monkeypatch.setattr(socket, "getaddrinfo", resolve)
        return asked

    return resolving


@pytest.fixture
def tls(monkeypatch: pytest.MonkeyPatch) -> Iterator[PushService]:
    """A server whose certificate is for localhost, and trusted."""
    with PushService(tls=True) as running:
        monkeypatch.setenv("SSL_CERT_FILE", str(running.certificate))
        outbound._trusted.cache_clear()
        yield running
    outbound._trusted.cache_clear()


@pytest.mark.parametrize(
    "addresses",
    [
        ["127.0.0.1"], ["10.0.0.1"], ["172.16.0.1"], ["192.168.0.1"], ["169.254.169.254"], ["100.64.0.1"],
        ["0.0.0.0"], ["224.0.0.1"], ["255.255.255.255"], ["192.0.2.1"], ["::1"], ["::"], ["fe80::1"],
        ["fd00:ec2::254"], ["ff02::1"], ["::ffff:127.0.0.1"], ["::ffff:93.184.216.34"], ["64:ff9b::7f00:1"],
        ["2002:7f00:1::"], ["2001:0:7f00:1::"], ["93.184.216.34", "10.0.0.1"], ["10.0.0.1", "93.184.216.34"],
    ],
)  # fmt: skip
def test_a_name_with_an_address_inside_is_not_connected_to(
    names: Names, monkeypatch: pytest.MonkeyPatch, addresses: list[str]
) -> None:
    names(addresses)
    monkeypatch.setattr(outbound, "_answered", lambda *_: pytest.fail("connected"))
    with pytest.raises(LeadsInside):
        outbound.post("https", "inside.example.se", 443, "/", b"", {})


def test_the_connection_goes_to_the_address_that_was_judged(
    names: Names, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The name leads inside when it is asked again: it is not asked again."""
    asked = names(["93.184.216.34"], ["127.0.0.1"])
    connected = []

    def connect(made: Any, path: str, body: bytes, headers: dict[str, str], whole: float) -> int:
        connected.append((made.host, made.port, made.server_hostname, path, headers["host"]))
        return 204

    monkeypatch.setattr(outbound, "_answered", connect)
    assert outbound.post("https", "system.example.se", 443, "/hook", b"{}", {}) == 204
    assert connected == [("93.184.216.34", 443, "system.example.se", "/hook", "system.example.se")]
    assert asked == ["system.example.se"]


def test_tls_is_for_the_name(names: Names, tls: PushService) -> None:
    names(["127.0.0.1"])
    assert outbound.post("https", "localhost", tls.port, "/push/x", b"", {}, local=True) == 404
    with pytest.raises(Untrusted):
        outbound.post("https", "other.example.se", tls.port, "/push/x", b"", {}, local=True)
    assert tls.asked == 1


def test_a_certificate_that_nobody_vouches_for_is_refused(names: Names, tmp_path: Path) -> None:
    names(["127.0.0.1"])
    outbound._trusted.cache_clear()
    with PushService(tls=True) as stranger, pytest.raises(Untrusted):
        outbound.post("https", "localhost", stranger.port, "/", b"", {}, local=True)


@pytest.mark.parametrize("says", [b"", b"\0\1\2", b"HTTP/9.9 x\r\n\r\n", b"SSH-2.0-x\r\n"])
def test_what_speaks_something_else_has_not_answered(says: bytes) -> None:
    with _server(lambda sock: sock.sendall(says)) as port, pytest.raises(Undelivered):
        outbound.post("http", "127.0.0.1", port, "/", b"{}", {}, local=True, whole=1.0)


def test_nobody_there() -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        with pytest.raises(Undelivered):
            outbound.post("http", "127.0.0.1", closed.getsockname()[1], "/", b"{}", {}, local=True)


def test_whoever_sends_a_little_at_a_time_is_cut_off() -> None:
    """Headers without end, each byte well within a read's time."""

    def drip(sock: socket.socket) -> None:
        sock.sendall(b"HTTP/1.1 200 OK\r\n")
        for _ in range(200):
            sock.sendall(b"x: y\r\n")
            time.sleep(0.02)

    begun = time.monotonic()
    with _server(drip) as port, pytest.raises(TooSlow):
        outbound.post("http", "127.0.0.1", port, "/", b"{}", {}, local=True, whole=0.3)
    assert time.monotonic() - begun < 2


def test_an_endless_body_is_not_read() -> None:
    def flood(sock: socket.socket) -> None:
        sock.sendall(b"HTTP/1.1 200 OK\r\ncontent-length: 999999999999\r\n\r\n")
        for _ in range(10_000):
            sock.sendall(b"x" * 65_536)

    with _server(flood) as port:
        assert outbound.post("http", "127.0.0.1", port, "/", b"{}", {}, local=True, whole=5.0) == 200


class _server:  # noqa: N801 - used as a function
    """Does something with the first connection on a port of this machine, once it has been asked."""

    def __init__(self, does: Callable[[socket.socket], Any]) -> None:
        self._does, self._sock = does, socket.create_server(("127.0.0.1", 0))

    def __enter__(self) -> int:
        threading.Thread(target=self._run, daemon=True).start()
        return int(self._sock.getsockname()[1])

    def _run(self) -> None:
        try:
            taken, _ = self._sock.accept()
            with taken:
                taken.recv(65_536)
                self._does(taken)
        except OSError:
            return  # it was left

    def __exit__(self, *_: object) -> None:
        self._sock.close()

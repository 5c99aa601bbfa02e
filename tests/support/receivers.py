"""A connected system that takes notices on this machine, and does otherwise when it is told to."""

from __future__ import annotations

import json
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self

from infra.local.cloud import HOST


@dataclass
class Receiver:
    """The system while it is open (a context manager). `got` are the notices it was sent, taken or not.

    `status` is what it answers, `headers` with; `hangs`: it answers nothing for so many seconds; `drips`: it
    sends a byte of its answer now and then.
    """

    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    hangs: float = 0.0
    drips: bool = False
    got: list[dict[str, Any]] = field(default_factory=list)

    def __enter__(self) -> Self:
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("content-length", 0)))
                named = {name.lower(): value for name, value in self.headers.items()}
                receiver.got.append({"path": self.path, "headers": named, "body": body})
                receiver._closed.wait(receiver.hangs)
                if receiver.drips:
                    self._drip()
                    return
                self.send_response(receiver.status)
                for name, value in (receiver.headers | {"content-length": "0"}).items():
                    self.send_header(name, value)
                self.end_headers()

            do_GET = do_POST  # noqa: N815 - its name; where a redirect would lead

            def _drip(self) -> None:
                until = time.monotonic() + 5
                while time.monotonic() < until and not receiver._closed.wait(0.02):
                    try:
                        self.wfile.write(b"H")
                    except OSError:
                        return

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self._closed = threading.Event()
        self._server = ThreadingHTTPServer((HOST, 0), Handler)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._closed.set()
        self._server.shutdown()
        self._server.server_close()

    @property
    def origin(self) -> str:
        """What `SKOLKIT_WEBHOOK_HOSTS` must hold."""
        return f"http://{HOST}:{self._server.server_address[1]}"

    @property
    def bodies(self) -> list[Any]:
        """What the notices said."""
        return [json.loads(one["body"]) for one in self.got]

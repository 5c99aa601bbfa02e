"""A real browser for tests: Chromium through Playwright, from `CHROMIUM` or PATH, with pages served to it in
this process, and what an audit of accessibility (axe, WCAG 2.2 AA) finds. Where there is no Chromium such
tests are skipped and say so.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright

PHONE = {"width": 320, "height": 640}
"""Also what 1280 pixels are at 400 % (WCAG 1.4.10)."""
WIDE = {"width": 1280, "height": 800}
_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

Served = tuple[int, Mapping[str, str], str]
"""Status, headers and text of an answer."""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A browser of its own for a module: Playwright's loop is not left for tests that have one."""
    program = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    if program is None:
        pytest.skip("no Chromium here: put it in PATH, or say where it is with CHROMIUM")
    alone = [] if os.geteuid() else ["--no-sandbox"]  # Chromium has no sandbox for the superuser
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=program, args=alone)
        yield running
        running.close()


@contextmanager
def served(answer: Callable[[str, str, str], Served]) -> Iterator[str]:
    """Serve pages on this machine; `answer` gets method, path with query, and body. The address."""

    class Handler(BaseHTTPRequestHandler):
        def _reply(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length") or 0)).decode()
            status, headers, text = answer(self.command, self.path, body)
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(text.encode())

        do_GET = do_POST = _reply  # noqa: N815 - the names are the library's

        def log_message(self, *_: object) -> None:
            """Nothing."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


def faults(page: Page) -> list[str]:
    """What is wrong with a page: axe's rules with the places, and what has to be scrolled sideways."""
    found = Axe().run(page, options={"runOnly": {"type": "tag", "values": _TAGS}}).response["violations"]
    said = [f"{one['id']}: {one['help']} ({node['html'][:120]})" for one in found for node in one["nodes"]]
    wide = page.evaluate("document.documentElement.scrollWidth > window.innerWidth")
    return said + (["wider than the window"] if wide else [])


def focused(page: Page) -> str:
    """What has the focus: its id, name or text; "" when nothing has."""
    said: str = page.evaluate(
        "(e => e === document.body ? '' : e.id || e.name || e.textContent.trim())(document.activeElement)"
    )
    return said

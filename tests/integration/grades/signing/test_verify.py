"""`python -m infra verify`: what it says of pages that are right, altered, and not after each other."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from infra.local.cli import app
from infra.local.cloud import CloudError
from tests.integration.grades.signing.conftest import Municipality
from tests.support.pages import a_page, words


@pytest.fixture
def given(municipality: Municipality, tmp_path: Path) -> Path:
    """Two pages of a sheet and the municipality's certificate, as files."""
    one = municipality.sign(a_page(3), words(3))
    two = municipality.sign(a_page(3, 2, hashlib.sha256(one).hexdigest(), closing=True), words(3))
    (tmp_path / "1.pdf").write_bytes(one)
    (tmp_path / "2.pdf").write_bytes(two)
    (tmp_path / "kommun.pem").write_text(municipality.root.pem)
    return tmp_path


def verified(given: Path, *names: str) -> tuple[int, str]:
    files = [str(given / name) for name in names]
    done = CliRunner().invoke(app, ["verify", *files, "--certificate", str(given / "kommun.pem")])
    if isinstance(done.exception, CloudError):
        raise done.exception
    return done.exit_code, " ".join(done.output.split())


def test_pages_that_are_right(given: Path) -> None:
    code, said = verified(given, "1.pdf", "2.pdf")
    assert code == 0
    assert "Allt stämmer." in said
    assert "Sigill" in said


def test_an_altered_page(given: Path) -> None:
    page = bytearray((given / "1.pdf").read_bytes())
    page[page.index(b"/Creator") + 10] ^= 1
    (given / "1.pdf").write_bytes(page)
    code, said = verified(given, "1.pdf")
    assert code == 1
    assert "Något stämmer inte." in said


def test_a_page_that_was_replaced(municipality: Municipality, given: Path) -> None:
    """Each page is right by itself; the second names another one as the one before it."""
    (given / "1.pdf").write_bytes(municipality.sign(replace(a_page(3)), words(3)))
    code, said = verified(given, "1.pdf", "2.pdf")
    assert code == 1
    assert "sida 2 följer inte på sida 1" in said


def test_what_is_no_page_and_what_is_no_certificate(given: Path) -> None:
    (given / "3.pdf").write_bytes(b"%PDF-1.7 nothing")
    assert verified(given, "3.pdf")[0] == 1
    (given / "kommun.pem").write_text("nothing")
    with pytest.raises(CloudError, match="certificate"):
        verified(given, "1.pdf")

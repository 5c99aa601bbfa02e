"""The public page that checks a grade document, in a real browser: every state, in Swedish and in English, on
a phone and on a wide screen, and without a mouse (WCAG 2.2 AA).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from playwright.sync_api import Browser, Page

from functions.grades.domain import check_codes
from functions.grades.domain.check_page import MOST_TRIES
from functions.grades.domain.documents import Document, State
from functions.grades.store import documents as store
from infra.local.cloud import Cloud
from skolkit.sweden.codes import SchoolForm
from skolkit.table import commit
from skolkit.types import PersonId, UnitId, new_id
from tests.support.areas import acting_as, call
from tests.support.browser import PHONE, WIDE, Served, browser, faults, focused, served
from tests.support.fixtures import lay_tables

__all__ = ["browser"]

CODES = {state: 4 * letters for state, letters in
         (("issued", "ABCDE"), ("replaced", "FGHJK"), ("revoked", "LMNPQ"))}  # fmt: skip
CHECK = "/grades/v1/documents/check"
AT = datetime(2026, 6, 12, 9, tzinfo=UTC)


@pytest.fixture(scope="module")
def site(cloud: Cloud) -> Iterator[str]:
    """The page as the area serves it, with a document in every state."""
    lay_tables(cloud)
    with acting_as("grades"):
        for state, code in CODES.items():
            one = document(code, state)  # type: ignore[arg-type]
            commit(*store.document_writes(one, one.at))
    with served(answer) as address:
        yield address + CHECK


def document(code: str, state: State) -> Document:
    return Document(
        id=new_id(), pupil=PersonId(new_id()), kind="finalGrades", language="sv", form=SchoolForm.COMPULSORY,
        unit=UnitId(new_id()), unit_name="Björkskolan med ett ganska långt namn", at=AT, role="principal",
        by=PersonId(new_id()), number="SB-20260612-5F3A9C21", entries=(), code=check_codes.hashed(code),
        sha256="3f" * 32, fingerprint=check_codes.fingerprint(code, date(2011, 5, 6), ["A", "C", "-"]),
        state=state, ended=None if state == "issued" else AT,
    )  # fmt: skip


def answer(method: str, path: str, body: str) -> Served:
    if not path.startswith(CHECK):
        return 404, {}, ""
    if method == "POST":
        found = call("grades", "compare_document", None, body=body)
    else:
        found = call("grades", "open_check", None, query=dict(parse_qsl(urlsplit(path).query)))
    return found.status, found.headers, str(found.body)


@pytest.fixture(params=[PHONE, WIDE], ids=["phone", "wide"])
def page(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A page; nothing in it may be refused by its own content security policy."""
    context, refused = browser.new_context(viewport=request.param), list[str]()
    opened = context.new_page()
    opened.on("console", lambda said: refused.append(said.text) if "Security Policy" in said.text else None)
    yield opened
    context.close()
    assert refused == []


def whole(page: Page, language: str, heading: str) -> None:
    """The page says so, in its language, and nothing is wrong with it."""
    assert page.locator("h1").inner_text() == heading
    assert page.title() == heading
    assert page.locator("html").get_attribute("lang") == language
    assert faults(page) == []


STATES = [
    ("", "Kontrollera ett betygsdokument", "Check a grade document"),
    (CODES["issued"], "Dokumentet är äkta och gäller", "The document is genuine and valid"),
    (CODES["replaced"], "Dokumentet är ersatt", "The document has been replaced"),
    (CODES["revoked"], "Dokumentet är återkallat", "The document has been revoked"),
    ("22222-22222-22222-22222", "Koden finns inte", "There is no such code"),
]


@pytest.mark.parametrize(("code", "sv", "en"), STATES, ids=["ask", *CODES, "unknown"])
def test_every_state_can_be_read_by_everybody(site: str, page: Page, code: str, sv: str, en: str) -> None:
    page.goto(f"{site}?code={code}" if code else site)
    whole(page, "sv", sv)
    page.get_by_role("link", name="In English").click()
    whole(page, "en", STATES[0][2] if code.startswith("2") else en)  # a code that is none is not carried on
    page.get_by_role("link", name="På svenska").click()
    assert page.locator("html").get_attribute("lang") == "sv"


def test_a_paper_is_checked_and_compared_without_a_mouse(site: str, page: Page) -> None:
    page.goto(site)
    walk(page, "code")
    page.keyboard.type("abcde-abcde-abcde-abcde")
    page.keyboard.press("Enter")
    page.wait_for_url("**code=**")
    whole(page, "sv", "Dokumentet är äkta och gäller")
    for grades, said in (("A C A", "Det stämmer inte"), ("A C –", "Födelsedatum och betyg stämmer")):
        walk(page, "born")
        page.keyboard.press("Control+A")
        page.keyboard.type("2011-05-06")
        page.keyboard.press("Tab")
        assert focused(page) == "grades"
        page.keyboard.press("Control+A")
        page.keyboard.type(grades)
        page.keyboard.press("Tab")
        assert focused(page) == "Jämför"
        page.keyboard.press("Enter")
        page.get_by_text(said).wait_for()
        assert focused(page) == "compared"  # whoever does not see the page is told at once
        assert page.locator("#compared").is_visible()
        assert page.locator("#grades").input_value() == ("" if said.startswith("Födelse") else grades)
        whole(page, "sv", "Dokumentet är äkta och gäller")


def walk(page: Page, to: str) -> None:
    """Tab to a field, and see where the focus is on the way."""
    for _ in range(8):
        page.keyboard.press("Tab")
        here: dict[str, Any] = page.evaluate(
            "(e => ({style: getComputedStyle(e).outlineStyle, width: getComputedStyle(e).outlineWidth}))"
            "(document.activeElement)"
        )
        assert (here["style"], here["width"]) != ("none", "0px")
        if focused(page) == to:
            return
    raise AssertionError(to)


def test_who_has_tried_too_often_is_told_when_to_come_back(site: str, page: Page) -> None:
    for _ in range(MOST_TRIES):
        call("grades", "read_check", None, query={"code": "2" * 20})
    page.goto(f"{site}?code={CODES['issued']}")
    whole(page, "sv", "För många försök")
    page.goto(f"{site}?code={CODES['issued']}&l=en")
    whole(page, "en", "Too many attempts")

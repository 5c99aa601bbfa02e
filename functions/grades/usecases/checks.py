"""The public check of a grade document by its code (process 33): open to all, tells nothing of whose it
is. Wrong codes are counted by address for an hour.
"""

from __future__ import annotations

import re
from datetime import datetime
from functools import partial

from functions.grades.domain import check_codes
from functions.grades.domain import check_page as pages
from functions.grades.domain.check_page import POLICY, Checked, TooManyChecks
from functions.grades.schemas.documents import CheckForm, CheckQuery, CheckView
from functions.grades.store import documents as store
from skolkit.clock import now
from skolkit.config import settings
from skolkit.http import Page
from skolkit.retry import persist
from skolkit.table import commit


def open_check(query: CheckQuery, address: str) -> Page:
    """The page that asks for a code, or says what it leads to. No round trip to ask; two for a code, one more
    for a wrong one.
    """
    if not query.code.strip():
        return Page(pages.page("ask", query.language), query.language, POLICY)
    try:
        found = _checked(query.code, address)
    except TooManyChecks:
        return Page(pages.page("tooMany", query.language), query.language, POLICY)
    said = found.state if found else "unknown"
    code = check_codes.tidied(query.code) or ""
    return Page(pages.page(said, query.language, found, code), query.language, POLICY)


def compare_document(form: CheckForm, address: str) -> Page:
    """Whether what somebody reads on the paper is what the document says. As many round trips; what is wrong
    counts as a wrong code does.
    """
    try:
        found = _checked(form.code, address)
    except TooManyChecks:
        return Page(pages.page("tooMany", form.language), form.language, POLICY)
    if found is None or found.state != "issued":
        said = found.state if found else "unknown"
        return Page(pages.page(said, form.language, found), form.language, POLICY)
    code = check_codes.tidied(form.code) or ""
    fits = _fits(code, form, found)
    if not fits:
        _count(address)
    typed = ("", "") if fits else (form.born, form.grades)
    shown = pages.page("issued", form.language, found, code, "fits" if fits else "differs", typed)
    return Page(shown, form.language, POLICY)


def _fits(code: str, form: CheckForm, found: Checked) -> bool:
    digits = re.sub(r"[^0-9]", "", form.born)
    try:
        born = datetime.strptime(digits, "%Y%m%d").date()  # noqa: DTZ007 - a date has no time zone
    except ValueError:
        return False
    return check_codes.fingerprint(code, born, pages.typed_grades(form.grades)) == found.fingerprint


def read_check(query: CheckQuery, address: str) -> CheckView:
    """The same for machines. Raises `TooManyChecks`."""
    found = _checked(query.code, address)
    if found is None:
        return CheckView(
            state="unknown", kind=None, number=None, school_unit=None, issued=None, ended=None, sha256=None
        )
    return CheckView(
        state=found.state, kind=found.kind, number=found.number, school_unit=found.unit, issued=found.day,
        ended=found.ended, sha256=found.sha256,
    )  # fmt: skip


def _checked(text: str, address: str) -> Checked | None:
    """The document of a code. What cannot be a code is looked for like any other."""
    if store.tries_of(_hash(address)).locked(now()):
        raise TooManyChecks
    found = store.find_check(check_codes.hashed(check_codes.tidied(text) or "none"))
    if found is None:
        _count(address)
    return found


def _count(address: str) -> None:
    persist(partial(_one_more, _hash(address)))


def _one_more(who: str) -> None:
    commit(store.tries_item(who, store.tries_of(who).one_more(now())))


def _hash(address: str) -> str:
    return pages.address_hash(address, settings().cursor_key)

"""The link in "still ill?" (process 19, decision 0035): looking answers nothing, sending the form does, once,
as the guardian who was asked and by the same policies.
"""

from __future__ import annotations

from functions.attendance.domain import answer_page as pages
from functions.attendance.domain.answer_page import POLICY, Said
from functions.attendance.schemas.answers import AnswerForm, AnswerQuery
from functions.attendance.store import answers as store
from functions.attendance.store import notices as notices_store
from functions.attendance.store.answers import Asked
from functions.attendance.usecases import illness
from skolkit.clock import now
from skolkit.errors import Busy, ChangedMeanwhile, DomainError
from skolkit.http import Page
from skolkit.idempotency import RequestKey
from skolkit.identity import SCHOOL_SCOPE, Caller
from skolkit.table import AlreadyDone
from skolkit.types import PersonId


def open_answer(query: AnswerQuery) -> Page:
    """The question, or that there is none any more. Two round trips; nothing changes."""
    asked = _asked(query.t)
    said: Said = "over"
    if asked:
        notice = notices_store.notice(asked.pupil, asked.notice)
        said = "ask" if notice and not notice.withdrawn and not notice.answer else "answered"
    return Page(pages.page(said, query.language, query.t), query.language, POLICY)


def answer_by_link(form: AnswerForm) -> Page:
    """Take in the answer, once for each link. A round trip more than the answer in the app."""
    asked = _asked(form.t)
    said: Said = _answer(asked, form) if asked else "over"
    return Page(pages.page(said, form.language), form.language, POLICY)


def _asked(token: str) -> Asked | None:
    found = store.find_answer(token)
    return found if found and pages.in_time(found.day, now()) else None


def _answer(asked: Asked, form: AnswerForm) -> Said:
    home = Caller(PersonId(asked.person), "answer link", frozenset({SCHOOL_SCOPE}))
    key = RequestKey(f"ANSWER#{store.name_of(form.t)}", "")
    notice = notices_store.notice(asked.pupil, asked.notice)
    if notice is None or notice.withdrawn or notice.answer:
        return "answered"
    try:
        if form.answer == "ill":
            illness.prolong_absence(home, asked.pupil, asked.notice, None, key, "prolong_by_link")
        else:
            illness.tell_back(home, asked.pupil, asked.notice, key, "back_by_link")
    except AlreadyDone:
        return "answered"
    except (Busy, ChangedMeanwhile):
        raise
    except DomainError:
        return "over"
    return form.answer

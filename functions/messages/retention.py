"""What messages erases when its time is over: the channel of somebody the schools have no more to do with,
news with what it said before, conversations, consents, forms.
"""

from __future__ import annotations

from collections.abc import Sequence

from functions.access import queries as access
from functions.messages import store
from functions.messages.events import RetentionAnswered, RetentionContinued
from functions.messages.kept import KEPT
from functions.messages.store import (
    MessagesErasureItem,
    MessagesItem,
    MessagesRetentionItem,
    consents,
    conversations,
    forms,
)
from functions.messages.store.news import PostItem, whole_post
from functions.register import queries as register
from skolkit.parts import every
from skolkit.retention.shelf import TOGETHER, Document, Shelf
from skolkit.table import Item

every(store.__name__)


def _together(rows: Sequence[Item]) -> Document:
    """The first rows in one transaction, those of a document too large for that before it."""
    return Document(tuple(rows[:TOGETHER]), before=tuple(rows[TOGETHER:]))


def _news(post: PostItem) -> Document:
    return _together(whole_post(post))


def _talk(talk: conversations.TalkItem) -> Document:
    return _together(conversations.whole_talk(talk))


def _ask(ask: consents.AskItem) -> Document:
    return _together(consents.whole_ask(ask))


def _form(form: forms.FormItem) -> Document:
    return _together(forms.whole_form(form))


def _withdrawn(answer: consents.AnswerItem) -> Document:
    return _together(consents.withdrawn_with(answer))


SHELF = Shelf(
    area="messages",
    kept=KEPT,
    item=MessagesItem,
    job=MessagesRetentionItem,
    proof=MessagesErasureItem,
    continued=RetentionContinued,
    answered=RetentionAnswered,
    lines=access.retention_lines,
    holds=access.holds,
    real=access.deletes,
    tie=register.tie_end,
    whole={
        "consent_answer": _withdrawn,
        "consent_ask": _ask,
        "form": _form,
        "form_sensitive": _form,
        "news": _news,
        "talk": _talk,
    },
)

"""Signatures as data (YARA): a municipality adds its own rules in the files beside this one."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Literal

import yara_x

from functions.messages.domain.attachments import Reason

Book = Literal["files", "pdf"]


@cache
def _book(name: Book) -> yara_x.Rules:
    return yara_x.compile((Path(__file__).parent / f"{name}.yar").read_text())


def found(content: bytes, book: Book) -> Reason | None:
    """The reason of the first rule of a book that the content meets."""
    for rule in _book(book).scan(content).matching_rules:
        reason: Reason = dict(rule.metadata)["reason"]
        return reason
    return None

"""Whether a file that somebody sends may be given to others: what it says it is, and nothing in it that acts
or attacks. The whole file is looked at; what cannot be looked at is refused (decision 0031).

Needs the layer `scanning`. Bytes in, a reason out: nothing here knows where the file came from.
"""

from __future__ import annotations

import filetype

from functions.messages.domain.attachments import OFFICE, Reason
from functions.messages.scanner import office, pdf, rules
from skolkit.imports import UnfitFile
from skolkit.tables.formats import decoded

_LAYOUT = "\t\n\r\f"


def refusal(content: bytes, type: str) -> Reason | None:
    """Why a file declared to be of a type is not to be given out; None for one that is."""
    if why := rules.found(content, "files"):
        return why
    if type.startswith(OFFICE):
        return office.refusal(content, type)
    if type == "text/plain":
        return None if _is_text(content) else "typeMismatch"
    if filetype.guess_mime(content) != type:
        return "typeMismatch"
    return pdf.refusal(content) if type == "application/pdf" else None


def _is_text(content: bytes) -> bool:
    try:
        text = decoded(content)
    except UnfitFile:
        return False
    return all(letter in _LAYOUT or letter >= " " for letter in text)

"""Sets a document as an accessible PDF (PDF/UA-1, and PDF/A-3a so that an archive can take it), by Typst:
only for functions with the layer `documents`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

# Typst's own fonts have these for certain; what lacks a font stops the whole document.
_UNSET = re.compile(r"[^\n\x20-\x7e\u00a0-\u052f\u2010-\u2027\u2030-\u205e\u20ac\u2190-\u2193]")


def pdf(template: Path, data: Mapping[str, object], attached: str = "") -> bytes:
    """The PDF of a `.typ` file with `data`; `attached` is for its `pdf.attach`, and stays exactly as it is.
    Raises `typst.TypstError` for a template that cannot be set.
    """
    made: bytes = _compiled(template, data, attached, format="pdf", pdf_standards=["a-3a", "ua-1"])
    return made


def pages(template: Path, data: Mapping[str, object]) -> list[bytes]:
    """The same as pictures (PNG), one per page, to be looked at."""
    made = _compiled(template, data, "", format="png", ppi=72)
    return made if isinstance(made, list) else [made]


def _compiled(template: Path, data: Mapping[str, object], attached: str, **options: object) -> Any:
    import typst  # 80 MB that only the functions with the layer carry

    def compiled(data: object) -> Any:
        text = json.dumps(data, ensure_ascii=False)
        inputs = {"data": text, "attached": attached}
        return typst.compile(template.read_bytes(), sys_inputs=inputs, **options)

    try:
        return compiled(data)
    except typst.TypstError:
        return compiled(_plain(data))


def _plain(value: object) -> object:
    """The same with a question mark for each letter that may have no font: better than no document at all.

    >>> _plain({"text": ["Å → 😀"]})
    {'text': ['Å → ?']}
    """
    if isinstance(value, str):
        return _UNSET.sub("?", value)
    if isinstance(value, Mapping):
        return {key: _plain(one) for key, one in value.items()}
    return [_plain(one) for one in value] if isinstance(value, list | tuple) else value

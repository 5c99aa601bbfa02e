"""Sets a document as an accessible PDF (PDF/UA-1, and PDF/A-3a so that an archive can take it), by Typst:
only for functions with the layer `documents`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any


def pdf(template: Path, data: Mapping[str, object]) -> bytes:
    """The PDF of a `.typ` file with `data`. Raises `typst.TypstError` for a template that cannot be set."""
    made: bytes = _compiled(template, data, format="pdf", pdf_standards=["a-3a", "ua-1"])
    return made


def pages(template: Path, data: Mapping[str, object]) -> list[bytes]:
    """The same as pictures (PNG), one per page, to be looked at."""
    made = _compiled(template, data, format="png", ppi=72)
    return made if isinstance(made, list) else [made]


def _compiled(template: Path, data: Mapping[str, object], **options: object) -> Any:
    import typst  # 80 MB that only the functions with the layer carry

    text = json.dumps(data, ensure_ascii=False)
    return typst.compile(template.read_bytes(), sys_inputs={"data": text}, **options)

"""Table of contents of assessment: one module per process."""

from __future__ import annotations

from skolkit.parts import serve, whole

app = serve(__name__)
__getattr__ = whole(__name__)

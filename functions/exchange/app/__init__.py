"""Table of contents of exchange: one module per part."""

from __future__ import annotations

from skolkit.parts import serve, whole

app = serve(__name__)
__getattr__ = whole(__name__)

"""Pages."""

from pathlib import Path

TEMPLATE = Path(__file__).parent.with_name("documents") / "page.typ"

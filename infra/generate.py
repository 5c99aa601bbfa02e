"""Writes what is derived from the code and committed: each area's OpenAPI document, the schemas of the facts
it publishes and their catalogue, the documents of data protection, and the map of the processes.
`python -m infra.generate --check` only tells what has drifted."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from infra import facts
from infra.areas import Area, load_all
from infra.compliance.documents import documents
from infra.local.paths import ROOT
from infra.processes import as_markdown, process_map
from skolkit.openapi import document
from skolkit.parts import ROUTES

MARK = "<!-- process map -->"


def generated(root: Path, areas: Iterable[Area]) -> Iterator[tuple[Path, str]]:
    """Every generated file with the text it should have."""
    areas = tuple(areas)
    for area in areas:
        yield root / "functions" / area.name / "openapi.json", _json(document(area.api))
        if area.standard:
            yield root / "functions" / area.name / "standard.json", _json(document(area.standard))
        if parts := parts_of(area):
            yield root / "functions" / area.name / "app" / ROUTES, _json(parts)
        for fact in facts.published(area.name):
            yield root / facts.schema_file(fact.type), _json(facts.schema(fact))
    told = facts.catalogue(areas, root / "events" / "samples")
    yield root / "functions" / "exchange" / "catalogue.json", _json(told)
    yield root / "events" / "catalogue.json", _json(facts.without_schemas(told))
    yield root / "events" / "asyncapi.json", _json(facts.asyncapi(told))
    yield root / "events" / "README.md", facts.as_page(told)
    processes = process_map(areas)
    yield root / "functions" / "access" / "process_map.json", _json(processes)
    for path, text in documents(areas):
        yield root / path, text
    readme = root / "README.md"
    if readme.exists():
        yield readme, with_map(readme.read_text(encoding="utf-8"), as_markdown(processes))


def parts_of(area: Area) -> dict[str, str]:
    """Which module of the area's `app` package serves which route; {} where `app` is one module."""
    package = f"functions.{area.name}.app."
    return {
        f"{operation.method} {operation.path}": operation.handler.__module__.removeprefix(package)
        for operation in sorted(area.operations, key=lambda o: (o.path, o.method))
        if operation.handler.__module__.startswith(package)
    }


def with_map(readme: str, table: str) -> str:
    """The README with the table between its two marks. ValueError when it has not exactly two."""
    before, _, after = readme.split(MARK)
    return f"{before}{MARK}\n{table}\n{MARK}{after}"


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2) + "\n"


def main(arguments: list[str], root: Path = ROOT) -> int:
    """Write, or with `--check` compare; the exit code is 1 when something has drifted."""
    drifted = [
        (path, text)
        for path, text in generated(root, load_all())
        if not path.exists() or path.read_text(encoding="utf-8") != text
    ]
    wanted = {path for path, _ in generated(root, load_all())}
    stale = [path for path in (root / "events" / "schemas").rglob("*.json") if path not in wanted]
    if "--check" in arguments:
        for path in [*(path for path, _ in drifted), *stale]:
            print(f"{path.relative_to(root)} is not what the code says. Run: make generate")
        return 1 if drifted or stale else 0
    for path, text in drifted:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    for path in stale:
        path.unlink()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

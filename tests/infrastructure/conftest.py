"""The synthesised templates: those in `CDK_OUTDIR` when it is set, else of an assembly made (once) for the
tests."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from infra import layers
from infra.areas import Area, load_all
from infra.local.synth import assembly


@dataclass(frozen=True)
class Resource:
    """One resource of a template."""

    stack: str
    name: str
    type: str
    properties: dict[str, Any]
    raw: dict[str, Any]

    def __str__(self) -> str:
        return f"{self.stack}/{self.name}"


@dataclass(frozen=True)
class Assembly:
    """All templates, by stack."""

    templates: dict[str, dict[str, Any]]

    def of(self, kind: str) -> Iterator[Resource]:
        """Every resource of a type; that there is one is part of the promise."""
        found = False
        for stack, template in self.templates.items():
            for name, raw in template["Resources"].items():
                if raw["Type"] == kind:
                    found = True
                    yield Resource(stack, name, kind, raw.get("Properties", {}), raw)
        assert found, f"no {kind} in any template"

    def get(self, stack: str, name: str) -> Resource:
        """A resource by its logical id."""
        raw = self.templates[stack]["Resources"][name]
        return Resource(stack, name, raw["Type"], raw.get("Properties", {}), raw)

    def referred(self, stack: str, value: Any) -> Resource:
        """The resource a `Ref` or `Fn::GetAtt` points at."""
        name = value["Ref"] if "Ref" in value else value["Fn::GetAtt"][0]
        return self.get(stack, name)


def as_text(value: Any) -> str:
    """An ARN or text with its references written as `${…}`.

    `{"Fn::Join": ["", ["a", {"Ref": "B"}]]}` is `a${B}`.
    """
    match value:
        case str():
            return value
        case {"Fn::Join": [separator, parts]}:
            return str(separator).join(as_text(part) for part in parts)
        case {"Ref": name}:
            return f"${{{name}}}"
        case {"Fn::GetAtt": [name, attribute]}:
            return f"${{{name}.{attribute}}}"
        case {"Fn::ImportValue": name}:
            return f"${{import:{name}}}"
        case _:
            return json.dumps(value)


@pytest.fixture(scope="session")
def cdk() -> Assembly:
    """The templates under test."""
    given = os.environ.get("CDK_OUTDIR")
    directory = Path(given) if given else assembly(layers.LOCAL)
    files = sorted(directory.glob("*.template.json"))
    return Assembly({file.name.split(".")[0]: json.loads(file.read_text()) for file in files})


@pytest.fixture(scope="session")
def areas() -> tuple[Area, ...]:
    """What the areas declare."""
    return load_all()

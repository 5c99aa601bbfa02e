"""How an assembly is read before anything is sent anywhere."""

from __future__ import annotations

import json
from pathlib import Path

from infra.local import deploy


def _assembly(root: Path, dependencies: dict[str, list[str]]) -> Path:
    artifacts = {
        name: {
            "type": "aws:cloudformation:stack",
            "properties": {"templateFile": f"{name}.template.json"},
            "dependencies": [f"{name}.assets", *others],
        }
        for name, others in dependencies.items()
    }
    manifest = {
        "artifacts": artifacts | {f"{name}.assets": {"type": "cdk:asset-manifest"} for name in artifacts}
    }
    (root / "manifest.json").write_text(json.dumps(manifest))
    return root


def test_every_stack_comes_after_those_it_needs(tmp_path: Path) -> None:
    root = _assembly(tmp_path, {"console": ["area", "core"], "area": ["core"], "core": []})
    assert [stack.name for stack in deploy.stacks(root)] == ["core", "area", "console"]


def test_placeholders_of_the_assembly_are_filled_in() -> None:
    name = "cdk-hnb659fds-assets-${AWS::AccountId}-${AWS::Region}"
    assert deploy.local_name(name) == "cdk-hnb659fds-assets-000000000000-eu-north-1"


def test_resources_of_one_type(tmp_path: Path) -> None:
    resources = {"Bus": {"Type": "AWS::Events::EventBus"}, "Rule": {"Type": "AWS::Events::Rule"}}
    template = tmp_path / "x.template.json"
    template.write_text(json.dumps({"Resources": resources}))
    stack = deploy.Stack("x", template, tmp_path / "x.assets.json")
    assert list(stack.resources("AWS::Events::Rule")) == ["Rule"]

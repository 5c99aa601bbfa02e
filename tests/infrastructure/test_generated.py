"""What is generated says what the code says, and cfn-lint finds nothing in the templates."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from infra import generate
from infra.areas import AREAS, Area
from infra.local import paths
from infra.processes import PROCESSES, as_markdown, process_map
from skolkit.triggers import EVERY_PROCESS
from tests.infrastructure.conftest import Assembly


def test_nothing_has_drifted() -> None:
    assert generate.main(["--check"]) == 0


def test_drift_is_told_and_mended(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shutil.copytree(paths.ROOT / "events", tmp_path / "events")
    (tmp_path / "README.md").write_text(f"before\n{generate.MARK}\nold\n{generate.MARK}\nafter\n")
    stale = tmp_path / "events" / "schemas" / "attendance" / "Gone.v1.json"
    stale.write_text("{}")
    assert generate.main(["--check"], tmp_path) == 1
    told = capsys.readouterr().out
    assert "README.md is not what the code says" in told
    assert "Gone.v1.json" in told
    assert generate.main([], tmp_path) == 0
    assert generate.main(["--check"], tmp_path) == 0
    assert not stale.exists()
    assert (tmp_path / "README.md").read_text().startswith(f"before\n{generate.MARK}\n| nr |")


def test_the_processes_are_the_36_and_each_has_one_line(areas: tuple[Area, ...]) -> None:
    processes = process_map(areas)
    assert [process["no"] for process in processes] == list(range(1, 37))
    assert len(PROCESSES) == 36
    assert as_markdown(processes).count("\n") == 37


def test_every_operation_and_trigger_is_on_the_map(areas: tuple[Area, ...]) -> None:
    shown = {(f["function"], f["name"]) for p in process_map(areas) for f in p["functions"]}
    for area in areas:
        for trigger in area.triggers:
            expected = trigger.process != EVERY_PROCESS
            assert ((f"skolkit-{area.name}-{trigger.name}", trigger.name) in shown) == expected
        for operation in area.operations:
            side = "writer" if operation.writes else "reader"
            assert (f"skolkit-{area.name}-{side}", operation.id) in shown


def test_a_process_is_served_here_or_elsewhere_or_not_yet(areas: tuple[Area, ...]) -> None:
    for process in process_map(areas):
        assert (process["status"] == "served") == bool(process["functions"]), process["no"]
        assert process["status"] != "external" or process["external"]


def test_areas_read_areas_that_exist() -> None:
    names = {spec.name for spec in AREAS}
    for spec in AREAS:
        assert set(spec.reads) <= names - {spec.name}, spec


def test_every_fact_that_is_heard_has_a_schema(areas: tuple[Area, ...]) -> None:
    for area in areas:
        for trigger in area.triggers:
            if (trigger.kind, trigger.bus) == ("facts", "skolkit"):
                for kind in trigger.source:
                    publisher, name, version = kind.split(".")
                    file = paths.ROOT / "events" / "schemas" / publisher / f"{name}.{version}.json"
                    assert json.loads(file.read_text())["properties"]["type"] == {"const": kind}


def test_cfn_lint_finds_nothing(cdk: Assembly, tmp_path: Path) -> None:
    """What is ignored, and why, is in the templates themselves (`infra.stacks.base.acknowledge`)."""
    for stack, template in cdk.templates.items():
        (tmp_path / f"{stack}.json").write_text(json.dumps(template))
    program = Path(sys.executable).with_name("cfn-lint")
    command = [str(program), "-r", "eu-north-1", "--", *map(str, tmp_path.glob("*.json"))]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout

"""The map of the 36 processes: what is said to be served has something that starts it, a line in the README,
and a scenario that goes through it over HTTP. A scenario's module says which in `PROCESSES`.
"""

from __future__ import annotations

import ast
import json
from pathlib import Path
from typing import Any

import pytest

from infra.areas import load_all
from infra.generate import MARK

ROOT = Path(__file__).parents[2]
MAP: list[dict[str, Any]] = json.loads((ROOT / "functions" / "access" / "process_map.json").read_bytes())
SERVED = [process["no"] for process in MAP if process["status"] == "served"]


def declared(module: Path) -> tuple[int, ...]:
    """The numbers a test module says it is the scenario of, read without importing it."""
    for statement in ast.parse(module.read_text()).body:
        if isinstance(statement, ast.Assign) and [ast.unparse(t) for t in statement.targets] == ["PROCESSES"]:
            return tuple(ast.literal_eval(statement.value))
    return ()


SCENARIOS = {
    module.stem: declared(module)
    for suite in ("scenarios", "e2e")
    for module in sorted((ROOT / "tests" / suite).glob("test_*.py"))
}


def test_there_are_36() -> None:
    assert [process["no"] for process in MAP] == list(range(1, 37))


@pytest.mark.parametrize("process", MAP, ids=lambda process: str(process["no"]))
def test_the_readme_has_one_line(process: dict[str, Any]) -> None:
    table = (ROOT / "README.md").read_text().split(MARK)[1]
    (line,) = [line for line in table.splitlines() if line.startswith(f"| {process['no']} |")]
    assert process["name_sv"] in line
    assert all(f"`{function['name']}`" in line for function in process["functions"])
    assert ("ännu inte" in line) == (process["status"] == "planned")


@pytest.mark.parametrize("number", SERVED)
def test_a_served_process_is_started_by_what_the_areas_declare(number: int) -> None:
    found = {o.id for area in load_all() for o in area.operations if o.process == number}
    found |= {t.name for area in load_all() for t in area.triggers if t.process == number}
    assert found
    assert found == {function["name"] for function in MAP[number - 1]["functions"]}


@pytest.mark.parametrize("number", SERVED)
def test_a_served_process_has_a_scenario(number: int) -> None:
    assert [name for name, numbers in SCENARIOS.items() if number in numbers], (
        f"no scenario of process {number}"
    )


def test_a_scenario_is_of_something_that_is_served() -> None:
    assert {number for numbers in SCENARIOS.values() for number in numbers} == set(SERVED)

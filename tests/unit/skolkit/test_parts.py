"""An area in parts: what is asked for is loaded, and nothing else."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest

from functions.organisation import app as organisation
from infra.areas import AREAS, load
from infra.generate import parts_of
from infra.local import paths

SCRIPT = """
import json, sys
sys.path[:0] = {paths!r}
import functions.organisation.app as area
event = {{"httpMethod": "GET", "requestContext": {{"resourcePath": {route!r}}}}}
try:
    area.app(event, None)
except Exception:
    pass  # it goes on to what such an event lacks
print(json.dumps([name for name in sys.modules if name.startswith("functions.organisation.app.")]))
"""


@pytest.mark.parametrize(("route", "part"), [("/v1/units", "units"), ("/v1/nowhere", None)])
def test_a_request_loads_the_part_that_serves_it(route: str, part: str | None) -> None:
    where = [str(paths.ROOT), str(paths.ROOT / "layers" / "common" / "python")]
    script = SCRIPT.format(paths=where, route=route)
    done = subprocess.run([sys.executable, "-I", "-c", script], capture_output=True, text=True, check=True)
    loaded = {name.rpartition(".")[2] for name in json.loads(done.stdout.splitlines()[-1])}
    assert loaded == {"base", *([part] if part else [])}


def test_every_route_has_its_part() -> None:
    area = next(load(spec) for spec in AREAS if spec.name == "organisation")
    assert set(parts_of(area)) == {f"{o.method} {o.path}" for o in area.operations}


def test_the_whole_has_what_starts_by_itself_and_nothing_made_up() -> None:
    whole: Any = organisation
    assert callable(whole.import_units)
    with pytest.raises(AttributeError):
        _ = whole.no_such_function

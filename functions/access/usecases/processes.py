"""Which of the 36 processes the system serves."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

from functions.access import guard
from functions.access.schemas import ProcessMap
from skolkit.identity import Caller


def list_processes(caller: Caller) -> ProcessMap:
    """The map of the 36 processes, generated from the declarations of all areas. No round trip."""
    guard.require(caller, "access:read_process_map", guard.SYSTEM)
    return _process_map()


@cache
def _process_map() -> ProcessMap:
    entries = json.loads((Path(__file__).parents[1] / "process_map.json").read_bytes())
    return ProcessMap.model_validate({"data": entries})
